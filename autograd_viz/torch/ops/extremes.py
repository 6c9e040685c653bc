"""The largest and the smallest: their values, or where they are.

Elements that tie share the gradient evenly, except where a position is given too (`max(dim)`): then the one at that position gets it all.

Read next: `cumulation.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import return_types
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import eq, maximum, minimum, ne, where, zeros
from autograd_viz.torch.ops.reduction import Dims, axes, in_rows, sum_all, sum_dim
from autograd_viz.torch.ops.shape import blank, reshape, scatter, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "amax", "amin", "aminmax", "argmax", "argmin", "max", "min",
]  # fmt: skip

# --- the largest and the smallest of all ------------------------------------------------------------------------------


@op("MaxBackward1", self=lambda grad, self, result: share_evenly(grad, self, result))
def max_all(self: Array) -> Array:
    """The largest element, 0-d. Elements that tie share its gradient."""
    return _not_empty(self, "max").max()


@op("MinBackward1", self=lambda grad, self, result: share_evenly(grad, self, result))
def min_all(self: Array) -> Array:
    """The smallest element, 0-d. Elements that tie share its gradient."""
    return _not_empty(self, "min").min()


def share_evenly(grad: Any, self: Any, result: Any) -> Any:
    """grad divided evenly among the elements equal to result."""
    mask = eq(self, result) if bool(result == result) else ne(self, self)  # nan equals nothing, itself included
    return filled_where(zeros(self), mask, grad / sum_all(mask))


@op(
    "MaskedFillBackward1",
    others="mask",
    self=lambda grad, mask: where(mask, zeros(grad), grad),
    value=lambda grad, mask: sum_all(where(mask, grad, zeros(grad))),
)
def filled_where(self: Array, mask: Array, value: Array) -> Array:
    """The 0-d `value` where the mask is true, self elsewhere."""
    return np.where(mask, value, self)


@op("AmaxBackward0", self=lambda grad, self, dim, keepdim, result: share_evenly_along(grad, self, dim, keepdim, result))
def amax_dim(self: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The largest element over several dimensions, or all. Elements that tie share its gradient."""
    return in_rows(_not_empty(self, "amax", dim).max(axis=axes(self, dim), keepdims=keepdim))


@op("AminBackward0", self=lambda grad, self, dim, keepdim, result: share_evenly_along(grad, self, dim, keepdim, result))
def amin_dim(self: Array, dim: Dims = (), keepdim: bool = False) -> Array:
    """The smallest element over several dimensions, or all. Elements that tie share its gradient."""
    return in_rows(_not_empty(self, "amin", dim).min(axis=axes(self, dim), keepdims=keepdim))


@reads("amax(Tensor input, int[1]? dim=(), bool keepdim=False, *, Tensor? out=None)")
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest element over all or some dimensions; of those that tie, each gets its share of the gradient."""
    return amax_dim(input, dim, keepdim)


@reads("amin(Tensor input, int[1]? dim=(), bool keepdim=False, *, Tensor? out=None)")
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest element over all or some dimensions; of those that tie, each gets its share of the gradient."""
    return amin_dim(input, dim, keepdim)


@op(
    "AminmaxBackward0",
    outputs="min max",
    self=lambda grads, self, dim, keepdim, min, max: aminmax_backward(grads, self, dim, keepdim, min, max),
)
def aminmax_dim(self: Array, dim: int | None = None, keepdim: bool = False) -> tuple[Array, Array]:
    """The smallest and the largest element, of all or along a dimension."""
    dims = () if dim is None else (dim,)
    if dim is None and not self.size:
        raise RuntimeError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    if dim is not None and self.ndim and not self.shape[wrap_dim(dim, self.ndim)]:
        raise IndexError(f"aminmax: Expected reduction dim {wrap_dim(dim, self.ndim)} to have non-zero size.")
    return amin_dim(self, dims, keepdim), amax_dim(self, dims, keepdim)


def aminmax_backward(grads: list[Any], self: Any, dim: int | None, keepdim: bool, min: Any, max: Any) -> Any:
    """Both gradients shared evenly, and added; either may be missing."""
    dims = () if dim is None else (dim,)
    pairs = zip(grads, (min, max), strict=True)
    both = [share_evenly_along(grad, self, dims, keepdim, result) for grad, result in pairs if grad is not None]
    return both[0] + both[1] if len(both) == 2 else both[0]


@reads("aminmax(Tensor input, *, int? dim=None, bool keepdim=False, Tensor[]? out=None)")
def aminmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element, of all or along a dimension."""
    return return_types.aminmax(aminmax_dim(input, dim, keepdim))


def share_evenly_along(grad: Any, self: Any, dim: Dims, keepdim: bool, result: Any) -> Any:
    """grad divided evenly among the elements equal to result, along the dimensions dim."""
    mask = eq(restored(result, dim, keepdim), self)
    return grad_over(restored(grad, dim, keepdim), sum_dim(mask, dim, True)) * mask


def grad_over(grad: Any, count: Any) -> Any:
    """grad / count, in grad's dtype."""
    return grad / (count if isinstance(grad, Tensor) else count.astype(grad.dtype))


def restored(output: Any, dim: Dims, keepdim: bool) -> Any:
    """The result of a reduction with the dimensions `dim` of size 1 put back, in one step."""
    if keepdim:
        return output
    total = len(output.shape) + len(dim)
    gone = {d % total for d in dim} if total else set()
    rest = iter(output.shape)
    return reshape(output, tuple(1 if d in gone else next(rest) for d in range(total)))


# --- the winner along a dimension -------------------------------------------------------------------------------------


@op("MaxBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def max_dim(self: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The largest element along a dimension, and where it is. The first of several that tie gets the gradient."""
    return _winners(self, np.argmax, dim, keepdim, "max")


@op("MinBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def min_dim(self: Array, dim: int, keepdim: bool = False) -> tuple[Array, Array]:
    """The smallest element along a dimension, and where it is."""
    return _winners(self, np.argmin, dim, keepdim, "min")


EXTREME = (
    "Tensor input, *, Tensor? out=None",
    "Tensor input, Tensor other, *, Tensor? out=None",
    "Tensor input, int dim, bool keepdim=False, *, Tensor[]? out=None",
)


@reads(*named("max", EXTREME))
def max(input: Tensor, dim: int | None = None, keepdim: bool = False, other: Tensor | None = None) -> Any:
    """The largest element; with `dim`, the largest along it and where it is; with another tensor, the larger of each two elements."""
    if other is not None:
        return maximum(input, other)
    return max_all(input) if dim is None else return_types.max(max_dim(input, dim, keepdim))


@reads(*named("min", EXTREME))
def min(input: Tensor, dim: int | None = None, keepdim: bool = False, other: Tensor | None = None) -> Any:
    """The smallest element; with `dim`, the smallest along it and where it is; with another tensor, the smaller of each two elements."""
    if other is not None:
        return minimum(input, other)
    return min_all(input) if dim is None else return_types.min(min_dim(input, dim, keepdim))


def to_winners(grad: Any, sizes: Dims, dim: int, keepdim: bool, indices: Any) -> Any:
    """grad in the place of the winner and zeros elsewhere."""
    if not keepdim and sizes:
        grad, indices = unsqueeze(grad, dim), unsqueeze(indices, dim)
    return scatter(blank(grad, sizes), dim, indices, grad)


def _winners(array: Array, arg: Any, dim: int, keepdim: bool, name: str) -> tuple[Array, Array]:
    dim = wrap_dim(dim, array.ndim)
    if array.ndim == 0:
        return array.copy(), np.zeros((), np.int64)
    if array.shape[dim] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
    indices = np.expand_dims(arg(array, axis=dim), dim).astype(np.int64)
    values = np.take_along_axis(array, indices, dim)
    return (values, indices) if keepdim else (values.squeeze(dim), indices.squeeze(dim))


def _not_empty(array: Array, name: str, dim: Dims = ()) -> Array:
    if array.size == 0 and not dim:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
        )
    for d in dim if array.ndim and not array.size else ():
        if array.shape[wrap_dim(d, array.ndim)] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")
    return array


@op("", others="self")
def argmax_dim(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest element is, counted through all of them or along a dimension; the first of several."""
    return _place(self, np.argmax, "argmax", dim, keepdim)


@op("", others="self")
def argmin_dim(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest element is, counted through all of them or along a dimension; the first of several."""
    return _place(self, np.argmin, "argmin", dim, keepdim)


@reads("argmax(Tensor input, int? dim=None, bool keepdim=False, *, Tensor? out=None)")
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is, counted through all of them or along a dimension."""
    return argmax_dim(input, dim, keepdim)


@reads("argmin(Tensor input, int? dim=None, bool keepdim=False, *, Tensor? out=None)")
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is, counted through all of them or along a dimension."""
    return argmin_dim(input, dim, keepdim)


def _place(self: Array, find: Any, name: str, dim: int | None, keepdim: bool) -> Array:
    if self.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    if dim is None and not self.size:
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    axis = None if dim is None else wrap_dim(dim, self.ndim)
    if axis is not None and self.ndim and not self.shape[axis]:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    return np.asarray(find(self, axis=axis if self.ndim else None, keepdims=keepdim), np.int64)
