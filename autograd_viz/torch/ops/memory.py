"""Memory under an array: all of it, and the same memory read with other sizes and steps, which is all that a view is.

Read next: `shape.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array


def in_memory_of(array: Array, sizes: Sequence[int], steps: Sequence[int], at: int | None = None) -> Array:
    """The memory of an array read with other sizes and steps (in bytes), from byte `at` of it, or from where the array begins."""
    if at is None and array.flags.c_contiguous and array.size:
        return np.ndarray(sizes, array.dtype, array, 0, steps)
    memory, begin = storage_of(array)
    if 0 in sizes or not memory.size:
        return np.ndarray(sizes, array.dtype, memory, 0, steps) if memory.size else np.zeros(sizes, array.dtype)
    return np.ndarray(sizes, array.dtype, memory, begin if at is None else at, steps)


def copied(array: Array) -> Array:
    """A copy, in the same order in memory; row by row, if some elements of the array share their memory."""
    return array.copy("C" if 0 in array.strides else "K")


def is_dense(array: Array) -> bool:
    """Whether the elements lie side by side in memory, in whatever order, each in a place of its own."""
    step = array.itemsize
    for stride, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size > 1:
            if stride != step:
                return False
            step *= size
    return True


def storage_of(array: Array) -> tuple[Array, int]:
    """All the memory of which an array shows a part, in one dimension, and at which byte of it the array begins."""
    whole = array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    return whole.ravel("K"), array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]


class Sizes(tuple[int, ...]):
    """Sizes that know something more: what PyTorch's node keeps, but does not show."""

    beside: Any


def sizes_beside(sizes: Sequence[int], beside: Any) -> Sizes:
    """`sizes`, with something beside them."""
    made = Sizes(sizes)
    made.beside = beside
    return made
