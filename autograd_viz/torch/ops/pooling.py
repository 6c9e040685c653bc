"""Pooling: of every window of the input one number, its largest or its mean; and the way back up, interpolation.

A maximum keeps the place of its winner, to which its gradient goes. Means and interpolations are linear: one matrix per dimension says
how much each input counts for each output (`along`), and the gradient takes the same matrices the other way.

Read next: `resampling.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.convolution import windows
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.ops.shape import gather, reshape

Sizes = tuple[int, ...]


def out_size(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, ceil_mode: bool = False) -> int:
    """How many windows there are along a dimension. `ceil_mode`: also the last one that only begins inside."""
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (math.ceil(span / stride) if ceil_mode else span // stride) + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + padding else count


# --- the largest ------------------------------------------------------------------------------------------------------


def _winners(self: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool) -> tuple[Array, Array]:
    """The largest number of each window, and its place in the input, counted over all pooled dimensions."""
    lowest = -np.inf if self.dtype.kind == "f" else np.iinfo(self.dtype).min
    sizes = self.shape[self.ndim - len(kernel) :]
    every = list(zip(sizes, kernel, stride or kernel, padding, dilation, strict=True))
    outs = [out_size(*each, ceil_mode) for each in every]
    ends = [max((o - 1) * s + d * (k - 1) + 1 - n - p, 0) for o, (n, k, s, p, d) in zip(outs, every, strict=True)]
    rim = [(0, 0)] * (self.ndim - len(kernel)) + list(zip(padding, ends, strict=True))
    numbers = np.arange(math.prod(sizes)).reshape(sizes)
    seen = windows(np.pad(self, rim, constant_values=lowest), kernel, stride or kernel, dilation)
    places = windows(np.pad(numbers, rim[-len(kernel) :]), kernel, stride or kernel, dilation)
    cut: Any = tuple(slice(o) for o in outs)
    seen, places = seen[..., *cut, *(slice(None),) * len(kernel)], places[cut]
    flat = seen.reshape(*seen.shape[: -len(kernel)], -1)
    best = np.expand_dims(flat.argmax(-1), -1)
    values = np.take_along_axis(flat, best, -1).squeeze(-1)
    where = np.broadcast_to(places.reshape(*places.shape[: len(kernel)], -1), flat.shape)
    return values, np.take_along_axis(where, best, -1).squeeze(-1).astype(np.int64)


def _to_winners(grad_output: Array, shape: Sizes, indices: Array, dims: int) -> Array:
    """grad_output added up in the winners' places."""
    lead = shape[: len(shape) - dims]
    made = np.zeros((math.prod(lead), math.prod(shape[len(shape) - dims :])), grad_output.dtype)
    rows = np.arange(made.shape[0])[:, None]
    np.add.at(made, (rows, indices.reshape(made.shape[0], -1)), grad_output.reshape(made.shape[0], -1))
    return made.reshape(shape)


def from_winners(grad: Any, indices: Any, dims: int) -> Any:
    """What grad has in the winners' places: the derivative of giving it to them."""
    sizes = tuple(indices.shape)
    lead = sizes[: len(sizes) - dims]
    picked = gather(reshape(grad, (*lead, -1)), -1, reshape(indices, (*lead, -1)))
    return reshape(picked, sizes)


@op("MaxPool2DWithIndicesBackward0", outputs="result0 result1",
    self=lambda grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1: max_pool2d_with_indices_backward(
        grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1))  # fmt: skip
def max_pool2d_with_indices(
    self: Array, kernel_size: Sizes, stride: Sizes = (), padding: Sizes = (0, 0), dilation: Sizes = (1, 1), ceil_mode: bool = False
) -> tuple[Array, Array]:
    """The largest number of each window, and where it is.  (..., h, w) -> (..., h', w')."""
    return _winners(self, kernel_size, stride, padding, dilation, ceil_mode)


@op("MaxPool2DWithIndicesBackwardBackward0", others="indices",
    grad_output=lambda grad, indices: from_winners(grad, indices, 2), self=lambda self: zeros(self))  # fmt: skip
def max_pool2d_with_indices_backward(
    grad_output: Array, self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool, indices: Array
) -> Array:
    """grad_output in the places of the winners."""
    return _to_winners(grad_output, self.shape, indices, 2)


@op("MaxPool3DWithIndicesBackward0", outputs="result0 result1",
    self=lambda grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1: max_pool3d_with_indices_backward(
        grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1))  # fmt: skip
def max_pool3d_with_indices(
    self: Array, kernel_size: Sizes, stride: Sizes = (), padding: Sizes = (0, 0, 0), dilation: Sizes = (1, 1, 1), ceil_mode: bool = False
) -> tuple[Array, Array]:
    """The same in three dimensions."""
    return _winners(self, kernel_size, stride, padding, dilation, ceil_mode)


@op("MaxPool3DWithIndicesBackwardBackward0", others="indices",
    grad_output=lambda grad, indices: from_winners(grad, indices, 3), self=lambda self: zeros(self))  # fmt: skip
def max_pool3d_with_indices_backward(
    grad_output: Array, self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool, indices: Array
) -> Array:
    """grad_output in the places of the winners."""
    return _to_winners(grad_output, self.shape, indices, 3)


@op("MaxUnpool2DBackward0", others="indices", self=lambda grad, indices: from_winners(grad, indices, 2))
def max_unpool2d(self: Array, indices: Array, output_size: Sizes) -> Array:
    """The winners back in their places, zeros elsewhere.  (..., h', w') -> (..., *output_size).  Raises RuntimeError for other places."""
    if indices.shape != self.shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor ("
            f"{list(self.shape)}) but got indices tensor with shape: {list(indices.shape)}"
        )
    made = np.zeros((math.prod(self.shape[:-2]), math.prod(output_size)), self.dtype)
    np.put_along_axis(made, indices.reshape(made.shape[0], -1), self.reshape(made.shape[0], -1), 1)
    return made.reshape(*self.shape[:-2], *output_size)


@op("AdaptiveMaxPool2DBackward0", outputs="result0 result1",
    self=lambda grad, self, result1: adaptive_max_pool2d_backward(grad, self, result1))  # fmt: skip
def adaptive_max_pool2d(self: Array, output_size: Sizes) -> tuple[Array, Array]:
    """The largest number of each of output_size regions, as equal as they can be, and where it is."""
    need_floats(self, "adaptive_max_pool2d")
    height, width = self.shape[-2:]
    values, indices = [], []
    for top, bottom in regions(height, output_size[0]):
        for left, right in regions(width, output_size[1]):
            region = self[..., top:bottom, left:right].reshape(*self.shape[:-2], -1)
            best = region.argmax(-1)
            values.append(np.take_along_axis(region, best[..., None], -1)[..., 0])
            indices.append((top + best // (right - left)) * width + left + best % (right - left))
    shape = (*self.shape[:-2], *output_size)
    return np.stack(values, -1).reshape(shape), np.stack(indices, -1).reshape(shape)


@op("AdaptiveMaxPool2DBackwardBackward0", others="indices",
    grad_output=lambda grad, indices: from_winners(grad, indices, 2), self=lambda self: zeros(self))  # fmt: skip
def adaptive_max_pool2d_backward(grad_output: Array, self: Array, indices: Array) -> Array:
    """grad_output in the places of the winners."""
    return _to_winners(grad_output, self.shape, indices, 2)


# --- linear maps, dimension by dimension ------------------------------------------------------------------------------


def along(array: Array, matrices: list[Array]) -> Array:
    """The last dimensions, each multiplied by its matrix.  (..., *in), [(out, in), ...] -> (..., *out)."""
    for dim, matrix in enumerate(reversed(matrices)):
        axis = array.ndim - 1 - dim
        array = np.moveaxis(np.tensordot(array, matrix.astype(array.dtype), (axis, 1)), -1, axis)
    return np.ascontiguousarray(array)


def regions(size: int, count: int) -> list[tuple[int, int]]:
    """`count` regions of `size` places, as equal as they can be; they may overlap by one."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


Means = tuple[list[Array], Array]  # for each dimension what counts for what, and how much counts for each result


def mean(array: Array, how: Means) -> Array:
    """The sums of what counts, over how much it is."""
    made = along(array.astype(np.float64, copy=False) if array.dtype.kind != "f" else array, how[0])
    made = made / how[1].astype(made.dtype)
    return made if array.dtype.kind == "f" else np.trunc(made).astype(array.dtype)


def mean_backward(grad: Array, how: Means) -> Array:
    """Each mean's gradient, spread over what counted."""
    return along(grad / how[1].astype(grad.dtype), [matrix.T for matrix in how[0]])


def _counts(counts: list[list[int]]) -> Array:
    """How much counts for each result: the product over the dimensions."""
    total = np.ones((1,) * len(counts))
    for dim, each in enumerate(counts):
        total = total * np.array(each, float).reshape([-1 if d == dim else 1 for d in range(len(counts))])
    return total


def adaptive_means(sizes: Sizes, outs: Sizes) -> Means:
    """The means over regions."""
    made, counts = [], []
    for size, count in zip(sizes, outs, strict=True):
        matrix = np.zeros((count, size))
        for row, (start, end) in zip(matrix, regions(size, count), strict=True):
            row[start:end] = 1
        made.append(matrix)
        counts.append([end - start for start, end in regions(size, count)])
    return made, _counts(counts)


def window_means(
    sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool, divisor_override: int | None
) -> Means:
    """The means over windows; what is beyond the rim counts as 0, or (count_include_pad=False) not at all."""
    made: list[Array] = []
    counts: list[list[int]] = []
    for n, k, s, p in zip(sizes, kernel, stride or kernel, padding, strict=True):
        matrix, many = np.zeros((out_size(n, k, s, p, 1, ceil_mode), n)), []
        for i, row in enumerate(matrix):
            start, end = i * s - p, min(i * s - p + k, n + p)
            inside = max(start, 0), min(end, n)
            row[inside[0] : inside[1]] = 1
            many.append(end - start if count_include_pad else inside[1] - inside[0])
        made.append(matrix)
        counts.append(many)
    return made, _counts(counts) if divisor_override is None else np.array(float(divisor_override))


@op(
    "AvgPool2DBackward0",
    self=lambda grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: avg_pool2d_backward(
        grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    ),
)
def avg_pool2d(
    self: Array, kernel_size: Sizes, stride: Sizes = (), padding: Sizes = (0, 0), ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Array:  # fmt: skip
    """The mean of each window.  (..., h, w) -> (..., h', w')."""
    return mean(self, window_means(self.shape[-2:], kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override))


@op(
    "AvgPool2DBackwardBackward0",
    grad_output=lambda grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: avg_pool2d(
        grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    ),
    self=lambda self: zeros(self),
)
def avg_pool2d_backward(
    grad_output: Array, self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool,
    divisor_override: int | None = None,
) -> Array:  # fmt: skip
    """Each mean's gradient spread over its window."""
    how = stride, padding, ceil_mode, count_include_pad, divisor_override
    return mean_backward(grad_output, window_means(self.shape[-2:], kernel_size, *how))


@op(
    "AvgPool3DBackward0",
    self=lambda grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: avg_pool3d_backward(
        grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    ),
)
def avg_pool3d(
    self: Array, kernel_size: Sizes, stride: Sizes = (), padding: Sizes = (0, 0, 0), ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Array:  # fmt: skip
    """The mean of each window.  (..., d, h, w) -> (..., d', h', w')."""
    return mean(self, window_means(self.shape[-3:], kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override))


@op(
    "AvgPool3DBackwardBackward0",
    grad_output=lambda grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: avg_pool3d(
        grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    ),
    self=lambda self: zeros(self),
)
def avg_pool3d_backward(
    grad_output: Array, self: Array, kernel_size: Sizes, stride: Sizes, padding: Sizes, ceil_mode: bool, count_include_pad: bool,
    divisor_override: int | None = None,
) -> Array:  # fmt: skip
    """Each mean's gradient spread over its window."""
    how = stride, padding, ceil_mode, count_include_pad, divisor_override
    return mean_backward(grad_output, window_means(self.shape[-3:], kernel_size, *how))


@op("AdaptiveAvgPool2DBackward0", self=lambda grad, self: adaptive_avg_pool2d_backward(grad, self))
def adaptive_avg_pool2d(self: Array, output_size: Sizes) -> Array:
    """The mean of each of output_size regions, as equal as they can be."""
    return mean(need_floats(self, "adaptive_avg_pool2d_cpu"), adaptive_means(self.shape[-2:], output_size))


@op(
    "AdaptiveAvgPool2DBackwardBackward0",
    grad_output=lambda grad, grad_output: adaptive_avg_pool2d(grad, tuple(grad_output.shape[-2:])),
    self=lambda self: zeros(self),
)
def adaptive_avg_pool2d_backward(grad_output: Array, self: Array) -> Array:
    """Each mean's gradient spread over its region."""
    return mean_backward(grad_output, adaptive_means(self.shape[-2:], grad_output.shape[-2:]))


@op("AdaptiveAvgPool3DBackward0", self=lambda grad, self: adaptive_avg_pool3d_backward(grad, self))
def adaptive_avg_pool3d(self: Array, output_size: Sizes) -> Array:
    """The mean of each of output_size regions, as equal as they can be."""
    return mean(need_floats(self, "adaptive_avg_pool3d_cpu"), adaptive_means(self.shape[-3:], output_size))


@op(
    "AdaptiveAvgPool3DBackwardBackward0",
    grad_output=lambda grad, grad_output: adaptive_avg_pool3d(grad, tuple(grad_output.shape[-3:])),
    self=lambda self: zeros(self),
)
def adaptive_avg_pool3d_backward(grad_output: Array, self: Array) -> Array:
    """Each mean's gradient spread over its region."""
    return mean_backward(grad_output, adaptive_means(self.shape[-3:], grad_output.shape[-3:]))
