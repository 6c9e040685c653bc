"""What goes with pooling: the pools that always give their indices, and the way back, max_unpool.

Read next: `resampling.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.nn.functional import pooling
from autograd_viz.torch.nn.functional.convolution import Sizes, sizes_of
from autograd_viz.torch.ops import pooling as rows
from autograd_viz.torch.ops.shape import squeeze_dim, unsqueeze
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "adaptive_max_pool1d_with_indices", "adaptive_max_pool2d_with_indices", "max_pool1d_with_indices", "max_pool2d_with_indices",
    "max_pool3d_with_indices", "max_unpool1d", "max_unpool2d",
]  # fmt: skip


def max_pool1d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """`max_pool1d` with its indices."""
    return pooling.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """`max_pool2d` with its indices."""
    return pooling.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """`max_pool3d` with its indices."""
    return pooling.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool1d` with its indices."""
    return pooling.adaptive_max_pool1d(input, output_size, True)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool2d` with its indices."""
    return pooling.adaptive_max_pool2d(input, output_size, True)


def _output_size(input: Tensor, dims: int, kernel: Sizes, stride: Sizes, padding: Sizes, asked: Any) -> Sizes:
    """The size that was pooled: the smallest of those possible, or `asked` if it is one of them."""
    every = zip(input.shape[-dims:], kernel, stride, padding, strict=True)
    usual = tuple((n - 1) * s + k - 2 * p for n, k, s, p in every)
    if asked is None:
        return usual
    if len(asked) == dims + 2:
        asked = asked[2:]
    if len(asked) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of '{len(asked)}'"
        )
    for d, (size, step) in enumerate(zip(usual, stride, strict=True)):
        if not size - step < asked[d] < size + step:
            raise ValueError(f'invalid output_size "{asked}" (dim {d} must be between {size - step} and {size + step})')
    return tuple(asked)


def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Any:
    """Undo `max_pool2d`: the winners in their places, zeros elsewhere.  (n, c, h', w') -> (n, c, h, w)."""
    kernel, pad = sizes_of(kernel_size, 2), sizes_of(padding, 2)
    step = kernel if stride is None else sizes_of(stride, 2)
    return rows.max_unpool2d(input, indices, _output_size(input, 2, kernel, step, pad, output_size))


def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Any:
    """Undo `max_pool1d`.  (n, c, w') -> (n, c, w)."""
    kernel, pad = sizes_of(kernel_size, 1), sizes_of(padding, 1)
    step = kernel if stride is None else sizes_of(stride, 1)
    size = (*_output_size(input, 1, kernel, step, pad, output_size), 1)
    return squeeze_dim(rows.max_unpool2d(unsqueeze(input, -1), unsqueeze(indices, -1), size), -1)
