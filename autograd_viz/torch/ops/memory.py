"""Memory under an array: all of it, and the same memory read with other sizes and steps, which is all that a view is.

Read next: `out.py`.
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
    """A copy, in the same order in memory."""
    if 0 not in array.strides:
        return array.copy("K")
    made = blank_like(array)
    made[...] = array
    return made


def blank_like(array: Array, dtype: Any = None) -> Array:
    """Memory for an array of that shape, whose elements lie in the same order; a dimension along which all lie in one place goes outside.

    Source: ATen, infer_dense_strides.
    """
    if 0 not in array.strides:
        return np.empty_like(array, dtype)
    order = list(range(array.ndim))[::-1]  # from the inside
    for i in range(1, array.ndim):
        for place in range(i, 0, -1):
            inner, outer = (array.strides[dim] for dim in order[place - 1 : place + 1])
            if inner > outer > 0:
                order[place - 1 : place + 1] = order[place - 1 : place + 1][::-1]
            elif 0 < inner < outer:
                break
    from_outside = order[::-1]
    return np.empty([array.shape[dim] for dim in from_outside], dtype or array.dtype).transpose(np.argsort(from_outside))


def is_dense(array: Array) -> bool:
    """Whether the elements lie side by side in memory, in whatever order, each in a place of its own."""
    step = array.itemsize
    for stride, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size > 1:
            if stride != step:
                return False
            step *= size
    return True


def check_one_place_each(array: Array) -> None:
    """Raise RuntimeError if some elements share their memory, as those of `expand` do: it can't be said what would be written there."""
    if 0 in array.strides and array.size > 1 and any(n > 1 and s == 0 for n, s in zip(array.shape, array.strides, strict=True)):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the "
            "tensor before performing the operation."
        )


def check_apart(target: Array, array: Array, *, same: bool = True) -> None:
    """Raise RuntimeError if `target`, which is written to, and `array`, which is read, overlap: what is read might be written already.

    `same`: they may be one and the same memory, for each element is read before it is written. (Where elements do not lie side by side,
    PyTorch does not look closer.)  Source: ATen/MemoryOverlap.cpp.
    """
    if array is not target and not (np.may_share_memory(target, array) and target.size and is_dense(target) and is_dense(array)):
        return
    one = array is target or (_begin(target) == _begin(array) and (target.size, target.strides) == (array.size, array.strides))
    if not (one and same):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please "
            "clone() the tensor before performing the operation."
        )


def _begin(array: Array) -> int:
    begin: int = array.__array_interface__["data"][0]
    return begin


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
