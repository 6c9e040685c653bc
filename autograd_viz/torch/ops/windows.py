"""Windows on memory: where in its base's memory a view lies, and the history of a view whose base has been changed.

Read next: `inplace.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array, Node
from autograd_viz.torch.op import op
from autograd_viz.torch.tensor import Tensor, strides_of

Window = tuple[tuple[int, ...], tuple[int, ...], int]  # shape, and in elements: steps, offset


def window_of(view: Array, base: Array) -> Window:
    """Shape, steps and offset (in elements, from the base's first) of a view."""
    offset = (view.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // base.itemsize
    return view.shape, strides_of(view), offset


def window(view: Tensor, base: Tensor) -> Node:
    """The history of a view whose memory has been changed: AsStrided(the base as it is now)."""
    before, mode.grad = mode.grad, True
    was_quiet, mode.quiet = mode.quiet, True
    try:
        fn: Node = as_strided(base, *window_of(view._array, base._array))._grad_fn
    finally:
        mode.grad, mode.quiet = before, was_quiet
    return fn


@op("AsStridedBackward0", view=True, self=lambda grad, self_sym_sizes, size, stride, storage_offset: back(grad, self_sym_sizes, size, stride, storage_offset))
def as_strided(self: Array, size: Any, stride: Any, storage_offset: int = 0) -> Array:
    """Temporary."""
    flat = self.reshape(-1)
    return np.lib.stride_tricks.as_strided(flat[storage_offset:], size, [s * self.itemsize for s in stride])


@op("X", grad=lambda grad, size, stride, storage_offset: as_strided(grad, size, stride, storage_offset))
def back(grad: Array, sizes: Any, size: Any, stride: Any, storage_offset: int) -> Array:
    """Temporary."""
    z = np.zeros(sizes, grad.dtype)
    as_strided(z, size, stride, storage_offset)[...] = grad
    return z
