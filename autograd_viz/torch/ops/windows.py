"""Windows on memory: where in its base's memory a view lies, and the history of a view whose memory has been changed.

Read next: `inplace.py`.
"""

from __future__ import annotations

import numpy as np

from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array, Node
from autograd_viz.torch.ops.memory import storage_of
from autograd_viz.torch.ops.shape import as_strided
from autograd_viz.torch.tensor import Tensor, strides_of

Window = tuple[tuple[int, ...], tuple[int, ...], int]
"""A shape, and counted in elements: the step along each dimension, and where it begins."""


def window_of(view: Array, base: Array) -> Window:
    """The window through which a view sees the memory that begins where `base` does."""
    offset = (view.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // base.itemsize
    return view.shape, strides_of(view), offset


def look_through(memory: Array, window: Window) -> Array:
    """The array that a window shows of flat memory."""
    shape, steps, offset = window
    if 0 in shape:
        return np.zeros(shape, memory.dtype)
    return np.ndarray(shape, memory.dtype, memory, offset * memory.itemsize, tuple(step * memory.itemsize for step in steps))


def history_now(view: Tensor, base: Tensor) -> Node:
    """The history of a view whose memory has been changed: AsStrided(the base as it is now)."""
    before, mode.grad = mode.grad, True
    was_quiet, mode.quiet = mode.quiet, True
    try:
        offset = storage_of(view._array)[1] // view._array.itemsize
        node: Node = as_strided(base, view._array.shape, strides_of(view._array), offset)._grad_fn
    finally:
        mode.grad, mode.quiet = before, was_quiet
    return node
