"""Other sizes for images: interpolation, whose every output is a weighted mean of inputs nearby, and pixel shuffling.

Interpolation is linear and separable: a matrix for each dimension (see `along` in `pooling.py`).

Read next: `grids.py`.
"""

from __future__ import annotations

import math

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.pooling import along

Sizes = tuple[int, ...]

__all__ = ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def nearest(size: int, out: int, scale: float | None, exact: bool = False) -> Array:
    """Each output takes the input that lies at or before its place (`exact`: its middle's place)."""
    step = 1 / scale if scale else size / out
    matrix = np.zeros((out, size))
    for i, row in enumerate(matrix):
        row[min(math.floor((i + 0.5 * exact) * np.float32(step)), size - 1)] = 1
    return matrix


def linear(size: int, out: int, scale: float | None, align_corners: bool) -> Array:
    """Each output lies between two inputs and takes of each as much as it is near. `align_corners`: the ends lie on the ends."""
    step = ((size - 1) / (out - 1) if out > 1 else 0.0) if align_corners else (1 / scale if scale else size / out)
    matrix = np.zeros((out, size))
    for i, row in enumerate(matrix):
        place = i * step if align_corners else max((i + 0.5) * step - 0.5, 0.0)
        before = min(int(place), size - 1)
        part = min(max(place - before, 0.0), 1.0)
        row[before] += 1 - part
        row[min(before + 1, size - 1)] += part
    return matrix


@op(
    "UpsampleNearest1DBackward0",
    self=lambda grad, output_size, self_sym_sizes, scales: upsample_nearest1d_backward(grad, output_size, self_sym_sizes, scales),
)
def upsample_nearest1d(self: Array, output_size: Sizes, scales: float | None = None) -> Array:
    """Each output the nearest input.  (n, c, w) -> (n, c, w')."""
    return along(self, [nearest(self.shape[-1], output_size[0], scales)])


@op("UpsampleNearest1DBackwardBackward0", grad_output=lambda grad, output_size, scales: upsample_nearest1d(grad, output_size, scales))
def upsample_nearest1d_backward(grad_output: Array, output_size: Sizes, input_size: Sizes, scales: float | None = None) -> Array:
    """To each input the sum of what took it."""
    return along(grad_output, [nearest(input_size[-1], output_size[0], scales).T])


@op(
    "UpsampleNearest2DBackward0",
    self=lambda grad, output_size, self_sym_sizes, scales_h, scales_w: upsample_nearest2d_backward(
        grad, output_size, self_sym_sizes, scales_h, scales_w
    ),
)
def upsample_nearest2d(self: Array, output_size: Sizes, scales_h: float | None = None, scales_w: float | None = None) -> Array:
    """Each output the nearest input.  (n, c, h, w) -> (n, c, h', w')."""
    return along(self, _nearest2d(self.shape, output_size, scales_h, scales_w))


@op(
    "UpsampleNearest2DBackwardBackward0",
    grad_output=lambda grad, output_size, scales_h, scales_w: upsample_nearest2d(grad, output_size, scales_h, scales_w),
)
def upsample_nearest2d_backward(
    grad_output: Array, output_size: Sizes, input_size: Sizes, scales_h: float | None = None, scales_w: float | None = None
) -> Array:
    """To each input the sum of what took it."""
    return along(grad_output, [m.T for m in _nearest2d(input_size, output_size, scales_h, scales_w)])


@op(
    "UpsampleNearestExact1DBackward0",
    self=lambda grad, output_size, self_sym_sizes, scales: upsample_nearest_exact1d_backward(grad, output_size, self_sym_sizes, scales),
)
def upsample_nearest_exact1d(self: Array, output_size: Sizes, scales: float | None = None) -> Array:
    """Each output the input whose middle is nearest.  (n, c, w) -> (n, c, w')."""
    return along(self, [nearest(self.shape[-1], output_size[0], scales, exact=True)])


@op(
    "UpsampleNearestExact1DBackwardBackward0",
    grad_output=lambda grad, output_size, scales: upsample_nearest_exact1d(grad, output_size, scales),
)
def upsample_nearest_exact1d_backward(grad_output: Array, output_size: Sizes, input_size: Sizes, scales: float | None = None) -> Array:
    """To each input the sum of what took it."""
    return along(grad_output, [nearest(input_size[-1], output_size[0], scales, exact=True).T])


@op(
    "UpsampleNearestExact2DBackward0",
    self=lambda grad, output_size, self_sym_sizes, scales_h, scales_w: upsample_nearest_exact2d_backward(
        grad, output_size, self_sym_sizes, scales_h, scales_w
    ),
)
def upsample_nearest_exact2d(self: Array, output_size: Sizes, scales_h: float | None = None, scales_w: float | None = None) -> Array:
    """Each output the input whose middle is nearest.  (n, c, h, w) -> (n, c, h', w')."""
    return along(self, _nearest2d(self.shape, output_size, scales_h, scales_w, exact=True))


@op(
    "UpsampleNearestExact2DBackwardBackward0",
    grad_output=lambda grad, output_size, scales_h, scales_w: upsample_nearest_exact2d(grad, output_size, scales_h, scales_w),
)
def upsample_nearest_exact2d_backward(
    grad_output: Array, output_size: Sizes, input_size: Sizes, scales_h: float | None = None, scales_w: float | None = None
) -> Array:
    """To each input the sum of what took it."""
    return along(grad_output, [m.T for m in _nearest2d(input_size, output_size, scales_h, scales_w, exact=True)])


def _nearest2d(sizes: Sizes, outs: Sizes, scales_h: float | None, scales_w: float | None, exact: bool = False) -> list[Array]:
    return [nearest(sizes[-2], outs[0], scales_h, exact), nearest(sizes[-1], outs[1], scales_w, exact)]


@op(
    "UpsampleLinear1DBackward0",
    self=lambda grad, output_size, self_sym_sizes, align_corners, scales: upsample_linear1d_backward(
        grad, output_size, self_sym_sizes, align_corners, scales
    ),
)
def upsample_linear1d(self: Array, output_size: Sizes, align_corners: bool, scales: float | None = None) -> Array:
    """Straight lines from each input to the next.  (n, c, w) -> (n, c, w')."""
    need_floats(self, "compute_indices_weights_linear")
    return along(self, [linear(self.shape[-1], output_size[0], scales, align_corners)])


@op(
    "UpsampleLinear1DBackwardBackward0",
    grad_output=lambda grad, output_size, align_corners, scales: upsample_linear1d(grad, output_size, align_corners, scales),
)
def upsample_linear1d_backward(
    grad_output: Array, output_size: Sizes, input_size: Sizes, align_corners: bool, scales: float | None = None
) -> Array:
    """To each input what its neighbours took of it."""
    return along(grad_output, [linear(input_size[-1], output_size[0], scales, align_corners).T])


@op(
    "UpsampleBilinear2DBackward0",
    self=lambda grad, output_size, self_sym_sizes, align_corners, scales_h, scales_w: upsample_bilinear2d_backward(
        grad, output_size, self_sym_sizes, align_corners, scales_h, scales_w
    ),
)
def upsample_bilinear2d(
    self: Array, output_size: Sizes, align_corners: bool, scales_h: float | None = None, scales_w: float | None = None
) -> Array:
    """Straight lines in both directions.  (n, c, h, w) -> (n, c, h', w')."""
    need_floats(self, "compute_indices_weights_linear")
    return along(self, _bilinear(self.shape, output_size, align_corners, scales_h, scales_w))


@op(
    "UpsampleBilinear2DBackwardBackward0",
    grad_output=lambda grad, output_size, align_corners, scales_h, scales_w: upsample_bilinear2d(
        grad, output_size, align_corners, scales_h, scales_w
    ),
)
def upsample_bilinear2d_backward(
    grad_output: Array, output_size: Sizes, input_size: Sizes, align_corners: bool, scales_h: float | None = None,
    scales_w: float | None = None,
) -> Array:  # fmt: skip
    """To each input what its neighbours took of it."""
    return along(grad_output, [m.T for m in _bilinear(input_size, output_size, align_corners, scales_h, scales_w)])


def _bilinear(sizes: Sizes, outs: Sizes, align_corners: bool, scales_h: float | None, scales_w: float | None) -> list[Array]:
    return [linear(sizes[-2], outs[0], scales_h, align_corners), linear(sizes[-1], outs[1], scales_w, align_corners)]


# --- pixels out of channels -------------------------------------------------------------------------------------------


@op("PixelShuffleBackward0", self=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor))
def pixel_shuffle(self: Array, upscale_factor: int) -> Array:
    """Squares of pixels out of channels.  (..., c r r, h, w) -> (..., c, h r, w r).  Raises RuntimeError if that does not go."""
    r = upscale_factor
    _need_image("pixel_shuffle", self)
    if self.shape[-3] % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={self.shape[-3]} is not divisible by {r * r}"
        )
    *lead, channels, height, width = self.shape
    split = self.reshape(*lead, channels // (r * r), r, r, height, width)
    mixed = np.moveaxis(split, (-4, -3), (-3, -1))  # (..., c, h, r, w, r)
    return np.ascontiguousarray(mixed).reshape(*lead, channels // (r * r), height * r, width * r)


@op("PixelUnshuffleBackward0", self=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor))
def pixel_unshuffle(self: Array, downscale_factor: int) -> Array:
    """Channels out of squares of pixels: `pixel_shuffle` backwards."""
    r = downscale_factor
    _need_image("pixel_unshuffle", self)
    *lead, channels, height, width = self.shape
    for name, size, where in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({where})={size} is not divisible by "
                f"{r}"
            )
    split = self.reshape(*lead, channels, height // r, r, width // r, r)
    mixed = np.moveaxis(split, (-3, -1), (-4, -3))  # (..., c, r, r, h, w)
    return np.ascontiguousarray(mixed).reshape(*lead, channels * r * r, height // r, width // r)


@op("ChannelShuffleBackward0", self=lambda grad, groups: channel_shuffle(grad, grad.shape[1] // groups))
def channel_shuffle(self: Array, groups: int) -> Array:
    """The channels dealt out to `groups` and collected again, one of each group at a time.  (n, c, ...) -> the same."""
    if self.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(self.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    samples, channels, *places = self.shape
    if channels % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups.")
    split = self.reshape(samples, groups, channels // groups, *places)
    return np.ascontiguousarray(np.swapaxes(split, 1, 2)).reshape(self.shape)


def _need_image(name: str, array: Array) -> None:
    if array.ndim < 3:
        raise RuntimeError(f"{name} expects input to have at least 3 dimensions, but got input with {array.ndim} dimension(s)")
