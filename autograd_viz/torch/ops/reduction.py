"""Operations that make one number of many: sums, means, and questions as `any`.

Each is a row of the table, and beside it the function that reads its arguments. Maxima and minima are in `extremes.py`, spreads in
`statistics.py`, norms in `norms.py`.

Read next: `extremes.py`.
"""

from __future__ import annotations

from math import prod as product
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import divided, eq, to_copy
from autograd_viz.torch.ops.shape import expand, sum_to, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor, needs_grad

__all__ = [
    "all", "any", "count_nonzero", "mean", "nanmean", "nansum", "sum",
]  # fmt: skip

Dims = tuple[int, ...]
OVER_ALL: Any = object()  # x.sum() and x.sum(None) are two nodes in PyTorch
REDUCES = ("Tensor input, *, dtype? dtype=None", "Tensor input, int[1]? dim, bool keepdim=False, *, dtype? dtype=None, Tensor? out=None")


def wrap_dims(dims: Dims | None, ndim: int) -> Dims:
    """Dimensions counted from the front; none given means all.  Raises IndexError, or RuntimeError if one is named twice."""
    wrapped = [wrap_dim(dim, ndim) for dim in dims or range(ndim)]
    for dim in wrapped:
        if wrapped.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return tuple(wrapped)


def axes(array: Array, dim: Dims | None) -> Dims | None:
    """`wrap_dims` for numpy, which has no dimension 0 in a 0-d array."""
    dims = wrap_dims(dim, array.ndim)
    return dims if array.ndim else None


# --- sums and means ---------------------------------------------------------------------------------------------------


@op("SumBackward0", self=lambda grad, self_sym_sizes: expand(grad, self_sym_sizes))
def sum_all(self: Array, dtype: Any = None) -> Array:
    """The sum of all elements, 0-d; integers and bools add up to int64."""
    return added(self, None, False, dtype)


@op("SumBackward1", self=lambda grad, self_sym_sizes, dim, keepdim: spread(grad, self_sym_sizes, dim, keepdim))
def sum_dim(self: Array, dim: Dims | None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum over the dimensions `dim`, or all of them.  (2, 3), dim=(1,) -> (2,), or (2, 1) with keepdim."""
    return added(self, axes(self, dim), keepdim, dtype)


def check_floating(input: Tensor, dtype: Any) -> None:
    """Raise RuntimeError if a result of this dtype could have no gradient, though the input asks for one."""
    if dtype is not None and not dtype.is_floating_point and mode.grad and needs_grad(input):
        raise RuntimeError(f"Autograd not support dtype: {dtypes.SCALAR_NAMES[dtype]}\nHint: integers and bools have no gradient.")


@reads(*named("sum", REDUCES))
def sum(input: Tensor, dim: Any = OVER_ALL, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    check_floating(input, dtype)
    return sum_all(input, dtype) if dim is OVER_ALL else sum_dim(input, dim, keepdim, dtype)


@op("MeanBackward0", self=lambda grad, self_sym_sizes, self_sym_numel: divided(expand(grad, self_sym_sizes), self_sym_numel))
def mean_all(self: Array, dtype: Any = None) -> Array:
    """The mean of all elements, 0-d.  Raises RuntimeError for integers."""
    self = _only_floats(self, dtype)
    return added(self) / self.size


@op(
    "MeanBackward1",
    keep="self_sym_numel",
    self=lambda grad, self_sym_sizes, dim, keepdim: divided(spread(grad, self_sym_sizes, dim, keepdim), count(self_sym_sizes, dim)),
)
def mean_dim(self: Array, dim: Dims | None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The mean over the dimensions `dim`, or all of them."""
    self = _only_floats(self, dtype)
    return sum_dim(self, dim, keepdim) / self.dtype.type(count(self.shape, dim))


@reads("mean(Tensor input, *, dtype? dtype=None, Tensor? out=None)", f"mean({REDUCES[1]})")
def mean(input: Tensor, dim: Any = OVER_ALL, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The mean of all elements, or over some dimensions."""
    return mean_all(input, dtype) if dim is OVER_ALL else mean_dim(input, dim, keepdim, dtype)


@op("NansumBackward0",
    self=lambda grad, self, dim, keepdim: spread(like(grad, self), self.shape, dim, keepdim) * eq(self, self))  # fmt: skip
def nansum_dim(self: Array, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum that takes nan for 0. (nan is what does not equal itself.)"""
    return sum_dim(np.where(self == self, self, self.dtype.type(0)), dim, keepdim, dtype)


@reads("nansum(Tensor input, int[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor? out=None)")
def nansum(input: Tensor, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The sum of the elements that are numbers."""
    check_floating(input, dtype)
    return nansum_dim(input, dim, keepdim, dtype)


@reads("nanmean(Tensor input, int[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor? out=None)")
def nanmean(input: Tensor, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The mean of the elements that are numbers: their sum divided by how many they are.  Raises RuntimeError for integers."""
    if input._array.dtype.kind != "f":
        kind = dtypes.scalar_name(input._array)
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {kind}")
    return nansum_dim(input, dim, keepdim, dtype) / sum_dim(eq(input, input), dim, keepdim)


def spread(grad: Any, sizes: Dims, dim: Dims | None, keepdim: bool) -> Any:
    """grad repeated along the summed dimensions: each summand gets the gradient of its sum."""
    return expand(grad if keepdim or not sizes else unsqueeze_multiple(grad, dim or (), len(sizes)), sizes)


def unsqueeze_multiple(grad: Any, dim: Dims, ndim: int) -> Any:
    """grad with the dimensions `dim` of size 1 put back."""
    if len(dim) == 1:
        return unsqueeze(grad, dim[0])
    for d in sorted(wrap_dims(dim, ndim)) if dim else ():
        grad = unsqueeze(grad, d)
    return grad


def count(sizes: Dims, dim: Dims | None) -> int:
    """How many elements are summed into one."""
    return product(sizes[d] for d in wrap_dims(dim, len(sizes))) if sizes else 1


def like(tensor: Any, other: Any) -> Any:
    """A tensor in the dtype of another: itself if it has it."""
    if tensor.dtype == other.dtype:
        return tensor
    return to_copy(tensor, other.dtype) if isinstance(tensor, Tensor) else tensor.astype(other.dtype)


def added(array: Array, dims: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum of numpy's, in PyTorch's dtype: integers and bools add up to int64, and half precision is added in single."""
    whole = array.dtype.kind != "f"
    if not whole and dtype is None and array.itemsize > 2:
        if dims is None and not keepdim:
            return np.add.reduce(array, None)
        return in_rows(np.add.reduce(array, dims, keepdims=keepdim))  # type: ignore[call-overload]
    kind = np.dtype(np.int64) if dtype is None and whole else array.dtype if dtype is None else dtype.numpy
    if dtype is not None:
        array = array.astype(kind, copy=False)  # float16, added in float32
    total = array.sum(axis=dims, keepdims=keepdim, dtype=np.dtype(np.float32) if kind == np.float16 else kind)
    return in_rows(total.astype(kind, copy=False))


def in_rows(array: Array) -> Array:
    """The result of a reduction row by row in memory, as PyTorch lays it out. (numpy keeps the order of what it reduces.)"""
    return np.asarray(array, order="C")


def _only_floats(array: Array, dtype: Any) -> Array:
    if dtype is not None:
        array = array.astype(dtype.numpy, copy=False)
    if array.dtype.kind != "f":
        how = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {how} dtype must be either a floating point or complex dtype. "
            f"Got: {dtypes.scalar_name(array)}"
            "\nHint: make floats of it first: x.float().mean()."
        )
    return array


@reads("sum_to_size(Tensor input, int[] size)", function=False)
def sum_to_size(input: Tensor, size: Dims) -> Tensor:
    """The sum over the dimensions that a broadcast from `size` would have made.  Raises RuntimeError if there is no such broadcast."""
    shape = tuple(input.shape)
    extra = len(shape) - len(size)
    if extra < 0 or not np.all([n in (1, m) for n, m in zip(size, shape[extra:], strict=True)]):
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    return sum_to(input, size)


# --- questions: bools, and a count, which have no gradient ------------------------------------------------------------

ASKS = ("Tensor input, *, Tensor? out=None", "Tensor input, int[]? dim=None, bool keepdim=False, *, Tensor? out=None",
        "Tensor input, int dim, bool keepdim=False, *, Tensor? out=None")  # fmt: skip


@op("", others="self")
def any_dim(self: Array, dim: Dims | None = None, keepdim: bool = False) -> Array:
    """Whether some element is true, of all or over some dimensions."""
    return _answer(self, np.any(self, axis=() if dim == () else axes(self, dim), keepdims=keepdim))


@op("", others="self")
def all_dim(self: Array, dim: Dims | None = None, keepdim: bool = False) -> Array:
    """Whether every element is true, of all or over some dimensions."""
    return _answer(self, np.all(self, axis=() if dim == () else axes(self, dim), keepdims=keepdim))


def _answer(self: Array, made: Array) -> Array:
    return in_rows(made.astype(np.uint8) if self.dtype == np.uint8 else made)  # bytes were PyTorch's first bools


def _asked(dim: Any) -> Dims | None:
    return (dim,) if isinstance(dim, int) else dim


@reads(*named("any", ASKS))
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true, of all or along dimensions."""
    return any_dim(input, _asked(dim), keepdim)


@reads(*named("all", ASKS))
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether every element is true, of all or along dimensions."""
    return all_dim(input, _asked(dim), keepdim)


@op("", others="self")
def count_nonzero_dim(self: Array, dim: Dims | None = None) -> Array:
    """How many elements are not 0, of all or over some dimensions."""
    return in_rows(np.asarray(np.count_nonzero(self, axis=axes(self, dim)), np.int64))


@reads("count_nonzero(Tensor input, int? dim=None)", "count_nonzero(Tensor input, int[] dim)")
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0, of all or along dimensions."""
    return count_nonzero_dim(input, _asked(dim))
