"""Images seen through a grid of places: `affine_grid` makes such a grid, `grid_sample` looks there.

A place lies between pixels, and takes a weighted mean of those around it. The weights are a product of weights along y and weights along x
(`Taps`), and so all derivatives are: what changes is only which of the two factors is the weights' slope.

Read next: `embedding.py`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.linalg import bmm
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.ops.shape import reshape, transpose
from autograd_viz.torch.tensor import Tensor, holding

Sizes = tuple[int, ...]

# --- grids ------------------------------------------------------------------------------------------------------------


def _base(kind: Any, size: Sizes, align_corners: bool) -> Array:
    """The places (x, y, 1) or (x, y, z, 1) of all pixels; the image reaches from -1 to 1.  -> (n, h * w, 3) or (n, d * h * w, 4)"""
    lines = [np.linspace(-1, 1, n) * (1 if align_corners else (n - 1) / n) if n > 1 else np.zeros(n) for n in size[2:]]
    places = np.meshgrid(*lines, indexing="ij")[::-1]
    flat = np.stack([*places, np.ones(size[2:])], -1).reshape(1, -1, len(size) - 1)
    return np.broadcast_to(flat, (size[0], *flat.shape[1:])).astype(kind)


@op("AffineGridGeneratorBackward0", theta=lambda grad, size, align_corners: affine_grid_backward(grad, size, align_corners))
def affine_grid_generator(theta: Array, size: Sizes, align_corners: bool) -> Array:
    """Where a rotated, scaled, moved image of that size looks.  (n, 2, 3) -> (n, h, w, 2); (n, 3, 4) -> (n, d, h, w, 3)."""
    return bmm(_base(theta.dtype, size, align_corners), np.swapaxes(theta, 1, 2)).reshape(size[0], *size[2:], len(size) - 2)


def affine_grid_backward(grad: Any, size: Sizes, align_corners: bool) -> Any:
    """The base grid, transposed, times grad."""
    is_tensor = isinstance(grad, Tensor)
    base = _base(grad._array.dtype if is_tensor else grad.dtype, size, align_corners)
    rows: Any = transpose(holding(base) if is_tensor else base, 1, 2)
    return transpose(bmm(rows, reshape(grad, (size[0], math.prod(size[2:]), len(size) - 2))), 1, 2)


# --- looking ----------------------------------------------------------------------------------------------------------


class Taps(NamedTuple):
    """Which pixels of a line a place takes, and how much of each: (n, h, w, taps)."""

    pixels: Array
    weights: Array
    slopes: Array  # of the weights, along the place
    curves: Array  # and their slopes


def _reflected(x: Array, size: int, align_corners: bool) -> tuple[Array, Array]:
    """Places beyond the rim thrown back, as often as needed, and the direction in which they then move: 1 or -1."""
    low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
    if span == 0:
        return np.zeros_like(x), np.zeros_like(x)
    direction = np.where(x < low, -1.0, 1.0)
    turns, rest = np.divmod(np.abs(x - low), span)
    back = turns % 2 == 1
    return np.where(back, span - rest, rest) + low, np.where(back, -direction, direction)


def _padded(x: Array, size: int, padding: int, align_corners: bool) -> tuple[Array, Array]:
    """Places brought inside (padding 1: to the rim, 2: reflected), and how they then move."""
    if padding == 0:
        return x, np.ones_like(x)
    x, slope = _reflected(x, size, align_corners) if padding == 2 else (x, np.ones_like(x))
    return x.clip(0, size - 1), np.where((x <= 0) | (x >= size - 1), 0, slope)


def _cubic(t: Array) -> tuple[Array, Array, Array]:
    """The weights of four pixels around a place t behind the second, and their derivatives."""
    d, a = np.stack([1 + t, t, 1 - t, 2 - t], -1), -0.75  # their distances
    sign = np.array([1.0, 1, -1, -1])
    far = d > 1
    far[..., 0], far[..., 3], far[..., 1], far[..., 2] = True, True, False, False
    weights = np.where(far, ((a * d - 5 * a) * d + 8 * a) * d - 4 * a, ((a + 2) * d - (a + 3)) * d * d + 1)
    slopes = np.where(far, (3 * a * d - 10 * a) * d + 8 * a, (3 * (a + 2) * d - 2 * (a + 3)) * d)
    return weights, slopes * sign, np.where(far, 6 * a * d - 10 * a, 6 * (a + 2) * d - 2 * (a + 3))


def _taps(place: Array, size: int, mode: int, padding: int, align_corners: bool) -> Taps:
    """mode 0: the two pixels around; 1: the nearest; 2: four.  (n, h, w) of -1 ... 1 -> pixels and weights"""
    factor = (size - 1) / 2 if align_corners else size / 2
    x = (place + 1) * factor - (0 if align_corners else 0.5)
    slope = np.ones_like(x)
    if mode != 2:
        x, slope = _padded(x, size, padding, align_corners)
    first = np.floor(x)
    t = x - first
    if mode == 0:
        pixels, weights = np.stack([first, first + 1], -1), np.stack([1 - t, t], -1)
        slopes = np.broadcast_to(np.array([-1.0, 1.0]), weights.shape)
        curves = np.zeros_like(weights)
    elif mode == 1:
        pixels = np.rint(x)[..., None]
        weights, slopes, curves = np.ones_like(pixels), np.zeros_like(pixels), np.zeros_like(pixels)
    else:
        pixels = first[..., None] + np.arange(-1, 3)
        weights, slopes, curves = _cubic(t)
        pixels = _padded(pixels, size, padding, align_corners)[0]
    inside = (pixels >= 0) & (pixels < size)
    moved = (slope * factor)[..., None]
    kept = (np.where(inside, each, 0).astype(place.dtype) for each in (weights, slopes * moved, curves * moved * moved))
    return Taps(np.where(inside, pixels, 0).astype(np.int64), *kept)


class _View:
    """An image and the taps of a grid: what all formulas are written with."""

    def __init__(self, input: Array, grid: Array, mode: int, padding: int, align_corners: bool) -> None:
        h, w = input.shape[2:]
        self.shape = input.shape
        self.x, self.y = _taps(grid[..., 0], w, mode, padding, align_corners), _taps(grid[..., 1], h, mode, padding, align_corners)

    def seen(self, image: Array, y: Array, x: Array) -> Array:
        """The image where the grid looks, weighted.  -> (n, c, h', w')"""
        n = np.arange(self.shape[0])[:, None, None, None, None]
        patch = image[n, :, self.y.pixels[..., :, None], self.x.pixels[..., None, :]]  # (n, h', w', ty, tx, c)
        return np.ascontiguousarray(np.einsum("nhwijc,nhwi,nhwj->nchw", patch, y, x))

    def spread(self, grad: Array, y: Array, x: Array) -> Array:
        """The opposite: grad given to the pixels, weighted.  -> (n, c, h, w)"""
        made = np.zeros(self.shape, grad.dtype)
        n = np.arange(self.shape[0])[:, None, None, None, None]
        parts = np.einsum("nchw,nhwi,nhwj->nhwijc", grad, y, x)
        places: Any = (n, slice(None), self.y.pixels[..., :, None], self.x.pixels[..., None, :])
        np.add.at(made, places, parts)
        return made

    def slope(self, grad: Array, image: Array, by: str) -> Array:
        """grad times the slope of what is seen, along "x", "y", or twice, as "xy"; summed over the channels.  -> (n, h', w')"""
        lines = [(taps.weights, taps.slopes, taps.curves)[by.count(name)] for name, taps in (("y", self.y), ("x", self.x))]
        return (grad * self.seen(image, *lines)).sum(1)


@op(
    "GridSampler2DBackward0",
    inputs="input grid",
    joint=lambda grad, input, grid, interpolation_mode, padding_mode, align_corners: grid_sampler_2d_backward(
        grad, input, grid, interpolation_mode, padding_mode, align_corners
    ),
)
def grid_sampler_2d(input: Array, grid: Array, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Array:
    """The image at the places of a grid.  (n, c, h, w), (n, h', w', 2) -> (n, c, h', w')."""
    view = _View(input, grid, interpolation_mode, padding_mode, align_corners)
    return view.seen(input, view.y.weights, view.x.weights)


@op(
    "GridSampler2DBackwardBackward0",
    outputs="result0 result1",
    inputs="grad_output input grid",
    joint=lambda grads, grad_output, input, grid, interpolation_mode, padding_mode, align_corners: (
        once_more(grads[0], grads[1], grad_output, input, grid, interpolation_mode, padding_mode, align_corners)
    ),
)
def grid_sampler_2d_backward(
    grad_output: Array, input: Array, grid: Array, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> tuple[Array, Array]:
    """To each pixel what was taken of it; to each place the slope of the image there."""
    view = _View(input, grid, interpolation_mode, padding_mode, align_corners)
    places = np.stack([view.slope(grad_output, input, by) for by in "xy"], -1)
    return view.spread(grad_output, view.y.weights, view.x.weights), places


def once_more(
    gg_input: Any, gg_grid: Any, grad_output: Any, input: Any, grid: Any, mode: int, padding: int, align_corners: bool
) -> Any:
    """The derivatives of `grid_sampler_2d_backward`; none of the image if the places do not matter: then all is linear in it."""
    of_grad, of_input, of_grid = grid_sampler_2d_double_backward(gg_input, gg_grid, grad_output, input, grid, mode, padding, align_corners)
    return [of_grad, None if gg_grid is None or mode == 1 else of_input, of_grid]


@op("", outputs="result0 result1 result2", others="gg_input gg_grid grad_output input grid")
def grid_sampler_2d_double_backward(
    gg_input: Array | None, gg_grid: Array | None, grad_output: Array, input: Array, grid: Array, interpolation_mode: int,
    padding_mode: int, align_corners: bool,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The same once more: of grad_output, the image and the places."""
    view = _View(input, grid, interpolation_mode, padding_mode, align_corners)
    y, x = view.y, view.x
    gg_input = np.zeros_like(input) if gg_input is None else gg_input
    gx, gy = (np.zeros_like(grid) if gg_grid is None else gg_grid).transpose(3, 0, 1, 2)[:, :, None]  # (n, 1, h', w') each
    of_grad = view.seen(gg_input, y.weights, x.weights)
    of_grad += gx * view.seen(input, y.weights, x.slopes) + gy * view.seen(input, y.slopes, x.weights)
    of_input = view.spread(grad_output * gx, y.weights, x.slopes) + view.spread(grad_output * gy, y.slopes, x.weights)
    along_x, along_y = grad_output * gx, grad_output * gy
    places = [
        view.slope(grad_output, gg_input, by) + view.slope(along_x, input, by + "x") + view.slope(along_y, input, by + "y") for by in "xy"
    ]
    return of_grad, of_input, np.stack(places, -1)


# --- volumes ----------------------------------------------------------------------------------------------------------


class _Volume:
    """The same for a volume: three lines of taps instead of two."""

    def __init__(self, input: Array, grid: Array, mode: int, padding: int, align_corners: bool) -> None:
        self.shape = input.shape
        sizes = dict(zip("zyx", input.shape[2:], strict=True))
        self.taps = {by: _taps(grid[..., "xyz".index(by)], size, mode, padding, align_corners) for by, size in sizes.items()}
        z, y, x = (taps.pixels for taps in self.taps.values())
        n = np.arange(self.shape[0])[:, None, None, None, None, None, None]
        self.places: Any = (n, slice(None), z[..., :, None, None], y[..., None, :, None], x[..., None, None, :])

    def lines(self, by: str) -> list[Array]:
        """The weights along z, y and x; their slopes along what `by` names, and twice for what it names twice."""
        return [(taps.weights, taps.slopes, taps.curves)[by.count(name)] for name, taps in self.taps.items()]

    def seen(self, volume: Array, by: str = "") -> Array:
        """What the grid sees.  -> (n, c, d', h', w')"""
        return np.ascontiguousarray(np.einsum("ndhwijkc,ndhwi,ndhwj,ndhwk->ncdhw", volume[self.places], *self.lines(by)))

    def spread(self, grad: Array, by: str = "") -> Array:
        """grad given to the voxels.  -> (n, c, d, h, w)"""
        made = np.zeros(self.shape, grad.dtype)
        np.add.at(made, self.places, np.einsum("ncdhw,ndhwi,ndhwj,ndhwk->ndhwijkc", grad, *self.lines(by)))
        return made

    def slope(self, grad: Array, volume: Array, by: str) -> Array:
        """grad times the slope of what is seen, summed over the channels.  -> (n, d', h', w')"""
        return (grad * self.seen(volume, by)).sum(1)


@op(
    "GridSampler3DBackward0",
    inputs="input grid",
    joint=lambda grad, input, grid, interpolation_mode, padding_mode, align_corners: grid_sampler_3d_backward(
        grad, input, grid, interpolation_mode, padding_mode, align_corners
    ),
)
def grid_sampler_3d(input: Array, grid: Array, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Array:
    """The volume at the places of a grid.  (n, c, d, h, w), (n, d', h', w', 3) -> (n, c, d', h', w')."""
    return _Volume(input, grid, interpolation_mode, padding_mode, align_corners).seen(input)


@op(
    "GridSampler3DBackwardBackward0",
    outputs="result0 result1",
    inputs="grad_output input grid",
    joint=lambda grads, grad_output, input, grid, interpolation_mode, padding_mode, align_corners: (
        once_more_3d(grads[0], grads[1], grad_output, input, grid, interpolation_mode, padding_mode, align_corners)
    ),
)
def grid_sampler_3d_backward(
    grad_output: Array, input: Array, grid: Array, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> tuple[Array, Array]:
    """To each voxel what was taken of it; to each place the slope of the volume there."""
    view = _Volume(input, grid, interpolation_mode, padding_mode, align_corners)
    return view.spread(grad_output), np.stack([view.slope(grad_output, input, by) for by in "xyz"], -1)


def once_more_3d(
    gg_input: Any, gg_grid: Any, grad_output: Any, input: Any, grid: Any, mode: int, padding: int, align_corners: bool
) -> list[Any]:
    """The derivatives of `grid_sampler_3d_backward`."""
    gg_input, gg_grid = zeros(input) if gg_input is None else gg_input, zeros(grid) if gg_grid is None else gg_grid
    return list(grid_sampler_3d_double_backward(gg_input, gg_grid, grad_output, input, grid, mode, padding, align_corners))


@op("", outputs="result0 result1 result2", others="gg_input gg_grid grad_output input grid")
def grid_sampler_3d_double_backward(
    gg_input: Array, gg_grid: Array, grad_output: Array, input: Array, grid: Array, interpolation_mode: int, padding_mode: int,
    align_corners: bool,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The same once more: of grad_output, the volume and the places."""
    view, moves = _Volume(input, grid, interpolation_mode, padding_mode, align_corners), gg_grid
    along = {by: moves[..., "xyz".index(by)][:, None] for by in "xyz"}  # (n, 1, d', h', w') each
    of_grad = view.seen(gg_input) + sum(move * view.seen(input, by) for by, move in along.items())
    of_input = sum((view.spread(grad_output * move, by) for by, move in along.items()), np.zeros_like(input))
    places = [
        view.slope(grad_output, gg_input, by) + sum(view.slope(grad_output * move, input, by + other) for other, move in along.items())
        for by in "xyz"
    ]
    return of_grad, of_input, np.stack(places, -1)
