"""Running sums and products: element k of the result is made of the elements up to k. The product of all is here too.

A running sum's gradient runs backwards: it is the running sum from the other end.

Read next: `differences.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, return_types
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import abs, exp, floats, gt, log, lt, where, zeros
from autograd_viz.torch.ops.reduction import check_floating, in_rows, like, sum_dim
from autograd_viz.torch.ops.shape import (
    blank,
    expand,
    reshape,
    scatter_add,
    select,
    slice_,
    unsqueeze,
    wrap_dim,
)
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "cummax", "cummin", "cumprod", "cumsum", "logcumsumexp", "prod",
]  # fmt: skip
IN_PLACE = ("cumprod", "cumsum")

# --- the product of all -----------------------------------------------------------------------------------------------


@op("ProdBackward0", self=lambda grad, self, result: prod_backward(grad, like(self, grad), result))
def prod_all(self: Array, dtype: Any = None) -> Array:
    """The product of all elements, 0-d; integers and bools multiply to int64."""
    return _multiplied(self, dtype).prod()


@op("ProdBackward1",
    self=lambda grad, self, result, dim, keepdim: prod_dim_backward(grad, like(self, grad), result, dim, keepdim))  # fmt: skip
def prod_dim(self: Array, dim: int, keepdim: bool = False, dtype: Any = None) -> Array:
    """The product along a dimension.  (2, 3), dim=1 -> (2,), or (2, 1) with keepdim."""
    dim, array = wrap_dim(dim, self.ndim), _multiplied(self, dtype)
    return in_rows(array.prod(axis=dim, keepdims=keepdim)) if self.ndim else array.copy()


@reads("prod(Tensor input, *, dtype? dtype=None)",
       "prod(Tensor input, int dim, bool keepdim=False, *, dtype? dtype=None, Tensor? out=None)")  # fmt: skip
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The product of all elements, or along a dimension."""
    check_floating(input, dtype)
    return prod_all(input, dtype) if dim is None else prod_dim(input, dim, keepdim, dtype)


def prod_backward(grad: Any, self: Any, result: Any) -> Any:
    """grad * result / self; where self has zeros, the product of the other elements."""
    if not self.shape:
        return grad
    zeros_in_it = int(np.count_nonzero(as_array(self) == 0))
    if not zeros_in_it:
        return grad * (result / self)
    if not mode.grad and zeros_in_it > 1:
        return zeros(self)
    return reshape(product_of_others(grad, flat(self), 0), tuple(self.shape))


def prod_dim_backward(grad: Any, self: Any, result: Any, dim: int, keepdim: bool) -> Any:
    """grad * result / self; where self has zeros, the product of the other elements along the dimension."""
    if not self.shape:
        return grad
    dim = wrap_dim(dim, len(self.shape))
    if not keepdim:
        grad, result = unsqueeze(grad, dim), unsqueeze(result, dim)
    if (as_array(self) == 0).any():
        return product_of_others(grad, self, dim)
    return grad * (result / self)


def product_of_others(grad: Any, self: Any, dim: int) -> Any:
    """grad times what each element is multiplied with: the product of those before it times that of those after it."""
    n = self.shape[dim]
    if not as_array(self).size:
        return expand(grad, tuple(self.shape))
    if n == 1:
        return grad
    ones = blank(grad, tuple(1 if d == dim else size for d, size in enumerate(self.shape))) + 1
    before = cumprod_dim(joined([ones, slice_(self, dim, 0, n - 1)], dim), dim)
    after = flipped(cumprod_dim(joined([ones, flipped(slice_(self, dim, 1, n), dim)], dim), dim), dim)
    return grad * (before * after)


def as_array(tensor: Any) -> Array:
    """The numbers of a tensor or array, for a decision that depends on them."""
    return tensor._array if isinstance(tensor, Tensor) else tensor


def flat(tensor: Any) -> Any:
    """All elements in one dimension, row by row."""
    from autograd_viz.torch.ops.linalg import contiguous

    return reshape(contiguous(tensor) if isinstance(tensor, Tensor) else tensor, (-1,))


def _multiplied(array: Array, dtype: Any) -> Array:
    kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.int64)
    return array.astype(kind if dtype is None else dtype.numpy, copy=False)


# --- running sums and products ----------------------------------------------------------------------------------------


@op("CumsumBackward0", self=lambda grad, dim: cumsum_backward(grad, dim))
def cumsum_dim(self: Array, dim: int, dtype: Any = None) -> Array:
    """The sums of the first 1, 2, 3, ... elements along a dimension."""
    dim, array = wrap_dim(dim, self.ndim), _multiplied(self, dtype)
    return _running(np.cumsum, array, dim) if self.ndim else array.copy()


def _running(numpys: Any, array: Array, dim: int) -> Array:
    """A running operation; floats run in double precision."""
    made = numpys(array, axis=dim, dtype=np.float64 if array.dtype.kind == "f" else array.dtype)
    return in_rows(made.astype(array.dtype, copy=False))


@op("CumprodBackward0", self=lambda grad, self, dim, result: cumprod_backward(like(grad, self), self, dim, result))
def cumprod_dim(self: Array, dim: int, dtype: Any = None) -> Array:
    """The products of the first 1, 2, 3, ... elements along a dimension."""
    dim, array = wrap_dim(dim, self.ndim), _multiplied(self, dtype)
    return _running(np.cumprod, array, dim) if self.ndim else array.copy()


@reads("cumsum(Tensor input, int dim, *, dtype? dtype=None, Tensor? out=None)")
def cumsum(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """The running sum along a dimension."""
    check_floating(input, dtype)
    return cumsum_dim(input, dim, dtype)


@reads("cumprod(Tensor input, int dim, *, dtype? dtype=None, Tensor? out=None)")
def cumprod(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """The running product along a dimension."""
    check_floating(input, dtype)
    return cumprod_dim(input, dim, dtype)


def cumsum_backward(grad: Any, dim: int) -> Any:
    """The running sum of grad from the other end."""
    if as_array(grad).size <= 1 or grad.shape[dim] == 1:
        return grad
    return backwards(grad, dim, cumsum_dim)


def backwards(tensor: Any, dim: int, running: Any) -> Any:
    """A running operation from the other end of the dimension."""
    return flipped(running(flipped(tensor, dim), dim), dim)


def flipped(tensor: Any, dim: int) -> Any:
    """The elements in reverse along a dimension."""
    if not isinstance(tensor, Tensor):
        return np.flip(tensor, dim)
    from autograd_viz.torch.ops.rearranging import flip

    return flip(tensor, (dim,))


def joined(parts: list[Any], dim: int) -> Any:
    """Side by side along a dimension."""
    if not isinstance(parts[-1], Tensor):
        return np.concatenate(parts, dim)
    from autograd_viz.torch.ops.joining import cat

    return cat(parts, dim)


def cumprod_backward(grad: Any, self: Any, dim: int, result: Any) -> Any:
    """The running sum of grad * result from the other end, divided by self; if self has zeros, each summand without the division."""
    if as_array(self).size <= 1 or self.shape[dim] == 1:
        return grad
    if not (as_array(self) == 0).any():
        return backwards(result * grad, dim, cumsum_dim) / self
    parts = _without_each(grad, self, wrap_dim(dim, len(self.shape)))
    if not isinstance(grad, Tensor):
        return np.stack(parts, dim)
    made: Any = holding(np.zeros(grad._array.shape, grad._array.dtype))
    for k, part in enumerate(parts):
        select(made, dim, k).copy_(part)
    return made


def _without_each(grad: Any, self: Any, dim: int) -> list[Any]:
    """For each k, the sum over j >= k of grad[j] times the product of the elements up to j, the k-th left out."""
    n, parts = self.shape[dim], []
    one = blank(grad, tuple(1 if d == dim else size for d, size in enumerate(self.shape))) + 1
    for k in range(n):
        until = prod_dim(slice_(self, dim, 0, k), dim, True) if k else one
        products = [until]
        if k < n - 1:
            after = cumprod_dim(slice_(self, dim, k + 1), dim)
            products.append(expand(until, tuple(after.shape)) * after if k else after)
        others = joined(products, dim) if len(products) > 1 else until
        parts.append(sum_dim(slice_(grad, dim, k) * others, (dim,)))
    return parts


@op("CummaxBackward0", outputs="values indices", self=lambda grad, self, indices, dim: cummaxmin_backward(grad, self, indices, dim))
def cummax_dim(self: Array, dim: int) -> tuple[Array, Array]:
    """The largest of the first 1, 2, 3, ... elements along a dimension, and where it is: the last of several that tie."""
    return _records(self, dim, np.greater_equal)


@op("CumminBackward0", outputs="values indices", self=lambda grad, self, indices, dim: cummaxmin_backward(grad, self, indices, dim))
def cummin_dim(self: Array, dim: int) -> tuple[Array, Array]:
    """The smallest of the first 1, 2, 3, ... elements along a dimension, and where it is: the last of several that tie."""
    return _records(self, dim, np.less_equal)


def _records(self: Array, dim: int, beats: Any) -> tuple[Array, Array]:
    values, indices = self.copy(), np.zeros(self.shape, np.int64)
    if not self.ndim and dim not in (0, -1):
        name = "cummax" if beats is np.greater_equal else "cummin"
        raise IndexError(f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}")
    if not self.ndim or not self.size:
        return values, indices
    dim = wrap_dim(dim, self.ndim)
    rows, places = np.moveaxis(values, dim, 0), np.moveaxis(indices, dim, 0)  # views: writing here fills the results
    for k in range(1, len(rows)):
        wins = (rows[k] != rows[k]) | ((rows[k - 1] == rows[k - 1]) & beats(rows[k], rows[k - 1]))  # nan wins, and stays
        rows[k], places[k] = np.where(wins, rows[k], rows[k - 1]), np.where(wins, k, places[k - 1])
    return values, indices


def cummaxmin_backward(grad: Any, self: Any, indices: Any, dim: int) -> Any:
    """grad added up in the places of the records and zeros elsewhere."""
    return scatter_add(blank(grad, tuple(self.shape)), dim, indices, grad) if as_array(self).size else self


@reads("cummax(Tensor input, int dim, *, Tensor[]? out=None)")
def cummax(input: Tensor, dim: int) -> Any:
    """The running maximum along a dimension, and where it is."""
    return return_types.cummax(cummax_dim(input, dim))


@reads("cummin(Tensor input, int dim, *, Tensor[]? out=None)")
def cummin(input: Tensor, dim: int) -> Any:
    """The running minimum along a dimension, and where it is."""
    return return_types.cummin(cummin_dim(input, dim))


@op("LogcumsumexpBackward0", self=lambda grad, self, result, dim: logcumsumexp_backward(grad, self, result, dim))
def logcumsumexp_dim(self: Array, dim: int) -> Array:
    """log(cumsum(exp(self))) along a dimension, computed so that nothing overflows."""
    dim, self = wrap_dim(dim, self.ndim), floats(self)
    if not self.ndim:
        return self.copy()
    return in_rows(np.logaddexp.accumulate(self, axis=dim, dtype=self.dtype) if self.size else self.copy())


@reads("logcumsumexp(Tensor input, int dim, *, Tensor? out=None)")
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """The logarithm of the running sum of the exponentials."""
    wrap_dim(dim, input.ndim)
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"logcumsumexp_out_cpu\" not implemented for '{dtypes.scalar_name(input._array)}'")
    return logcumsumexp_dim(input, dim)


def logcumsumexp_backward(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """exp of the running logcumsumexp of log(grad) - result from the other end, plus self; positive and negative grad apart."""
    if not grad.shape or not as_array(grad).size:
        return grad
    lowest = blank(grad, ()) + float(np.finfo(as_array(grad).dtype).min)
    logarithm = log(abs(grad))
    above, below = where(gt(grad, 0), logarithm, lowest), where(lt(grad, 0), logarithm, lowest)
    positive = exp(backwards(above - result, dim, logcumsumexp_dim) + self)
    negative = exp(backwards(below - result, dim, logcumsumexp_dim) + self)
    return positive - negative
