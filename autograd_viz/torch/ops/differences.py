"""Differences of neighbours, slopes, and areas under a curve: calculus with samples, made of slices, sums and products.

None of them has a row of its own: the graph shows the parts.

Read next: `statistics.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.cumulation import cumsum_dim, joined
from autograd_viz.torch.ops.pointwise import divided, ne, times, to_copy
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import OPEN_END, reshape, select, slice_, slice_backward, view, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = [
    "cumulative_trapezoid", "diff", "gradient", "trapezoid", "trapz",
]  # fmt: skip

@reads("diff(Tensor input, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None, *, Tensor? out=None)")
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
    """The differences of neighbours along a dimension, taken n times.  (2, 3) -> (2, 2).  Raises RuntimeError for 0-d tensors."""
    from autograd_viz.torch.ops.inplace import copy
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    at = wrap_dim(dim, input.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    others = [tensor for tensor in (prepend, append) if tensor is not None]
    if any(tensor.ndim != input.ndim for tensor in others):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if others:
        input = joined([tensor for tensor in (prepend, input, append) if tensor is not None], dim)
    if n == 0:
        return copy(holding(np.empty_like(input._array)), input)
    for size in range(input._array.shape[at], 0, -1)[:n]:
        later: Any = slice_(input, dim, 1, size)
        earlier: Any = slice_(input, dim, 0, size - 1)
        input = ne(later, earlier) if input._array.dtype.kind == "b" else later - earlier
    return input


@op("SliceBackward0", view=True,
    self=lambda grad, self_sym_sizes, dim, start, end, step: slice_backward(grad, self_sym_sizes, dim, start, OPEN_END, step))  # fmt: skip
def from_(self: Array, dim: int, start: int, end: None = None, step: int = 1) -> Array:
    """All places along a dimension from `start` on, as C++ code writes it: without an end."""
    return self[(slice(None),) * wrap_dim(dim, self.ndim) + (slice(start, None),)]


AREA = ("Tensor y, Tensor x, *, int dim=-1", "Tensor y, *, Number dx=1, int dim=-1")


@reads(*named("trapezoid", AREA), method=False)
def trapezoid(y: Tensor, x: Tensor | None = None, dx: float = 1, dim: int = -1) -> Tensor:
    """The area under y along a dimension, made of trapezia: their corners at `x`, or at a distance of `dx`."""
    if not y.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    at = wrap_dim(dim, y.ndim)
    if y._array.dtype.kind == "b":
        raise RuntimeError("trapezoid: received a bool input for `y`, but bool is not supported")
    y = y if y._array.dtype.kind == "f" else to_copy(y, dtypes.get_default_dtype())
    if not y._array.shape[at]:
        return holding(np.zeros(tuple(size for d, size in enumerate(y.shape) if d != at), y._array.dtype))
    if x is None:
        return times(sum_dim(y, (dim,)) - times(select(y, dim, 0) + select(y, dim, -1), 0.5), float(dx))
    steps = _steps(x, y, at)
    return divided(sum_dim((slice_(y, at, 0, -1) + from_(y, at, 1)) * steps, (at,)), 2.0)


@reads(*named("cumulative_trapezoid", AREA), method=False)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, dx: float = 1, dim: int = -1) -> Tensor:
    """The running area under y along a dimension.  (2, 3) -> (2, 2)."""
    if not y.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    y = y if y._array.dtype.kind == "f" else to_copy(y, dtypes.get_default_dtype())
    if x is None:
        return cumsum_dim(times(slice_(y, dim, 0, -1) + from_(y, dim, 1), float(dx) / 2), dim)
    at = wrap_dim(dim, y.ndim)
    steps = _steps(x, y, at)
    return divided(cumsum_dim((slice_(y, at, 0, -1) + from_(y, at, 1)) * steps, at), 2.0)


def _steps(x: Tensor, y: Tensor, dim: int) -> Tensor:
    """How far apart the corners are, in a shape that broadcasts with y's."""
    if x.ndim == 1:
        if x._array.shape[0] != y._array.shape[dim]:
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        x = view(x, tuple(x._array.size if d == dim else 1 for d in range(y.ndim)))
    elif x.ndim < y.ndim:
        x = view(x, (1,) * (y.ndim - x.ndim) + tuple(x.shape))
    return from_(x, dim, 1) - slice_(x, dim, 0, -1)


trapz = trapezoid

# --- slopes -----------------------------------------------------------------------------------------------------------


def gradient(
    input: Tensor, *, spacing: Any = 1.0, dim: int | list[int] | tuple[int, ...] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """The slope of a sampled function in each direction: from the neighbours of each place, at the edges from one side.

    `spacing`: how far apart the samples are: a number, one for each dimension, or a tensor of coordinates for each.  Raises RuntimeError.
    """
    need_tensors("gradient", input=input)
    input = input if input._array.dtype.kind == "f" else to_copy(input, dtypes.get_default_dtype())
    dims = range(input.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    steps = list(spacing) if isinstance(spacing, tuple | list) else [spacing] * len(dims)
    if len(steps) != len(dims):
        what = "coordinates" if any(isinstance(step, Tensor) for step in steps) else "spacing"
        raise RuntimeError(
            f"torch.gradient expected {what} to be unspecified, a scalar, or a list of length equal to 'self.dim() = {input.ndim}', "
            f"since dim argument was {'not given' if dim is None else 'given'}, but got a list of length {len(steps)}"
        )
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    for d in dims:
        if input._array.shape[wrap_dim(d, input.ndim)] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(_slopes(input, wrap_dim(d, input.ndim), step, edge_order) for d, step in zip(dims, steps, strict=True))


def _slopes(input: Any, dim: int, step: Any, edge_order: int) -> Tensor:
    places = {"first": (0, 1), "second": (1, 2), "third": (2, 3), "before": (-2, -1), "earlier": (-3, -2)}
    at: dict[str, Any] = {name: slice_(input, dim, *ends) for name, ends in places.items()} | {"last": from_(input, dim, -1)}
    if isinstance(step, Tensor):
        return _uneven_slopes(input, dim, step, at)
    center = divided(divided(from_(input, dim, 2) - slice_(input, dim, 0, -2), step), 2)
    if edge_order == 1:
        left, right = at["second"] - at["first"], at["last"] - at["before"]
    else:
        left = times(at["first"], -1.5) + times(at["second"], 2) - times(at["third"], 0.5)
        right = times(at["earlier"], 0.5) - times(at["before"], 2) + times(at["last"], 1.5)
    return joined([divided(left, step), center, divided(right, step)], dim)


def _uneven_slopes(input: Any, dim: int, where: Tensor, at: dict[str, Any]) -> Tensor:
    """Where the samples stand at the coordinates `where`: a parabola through each three of them; at the edges a line."""
    shape = tuple(-1 if d == dim else 1 for d in range(input.ndim))
    gaps: Any = diff(where, 1, 0)
    before, after = slice_(gaps, 0, 0, -1), from_(gaps, 0, 1)
    a = reshape(-after / (before * (before + after)), shape)
    b = reshape((after - before) / (before * after), shape)
    c = reshape(before / (after * (before + after)), shape)
    center = a * slice_(input, dim, 0, -2) + b * slice_(input, dim, 1, -1) + c * from_(input, dim, 2)
    left, right = (at["second"] - at["first"]) / gaps[0], (at["last"] - at["before"]) / gaps[-1]
    return joined([left, center, right], dim)
