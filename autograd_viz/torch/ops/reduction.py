"""Operations that make one number of many: sums, means, maxima, minima.

Read next: `linalg.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import divided, eq, ne, where, zeros
from autograd_viz.torch.ops.shape import blank, expand, scatter, unsqueeze, wrap_dim

Dims = tuple[int, ...]


def wrap_dims(dims: Dims | None, ndim: int) -> Dims:
    """Dimensions counted from the front; none given means all.  Raises IndexError, or RuntimeError if one is named twice."""
    wrapped = [wrap_dim(dim, ndim) for dim in dims or range(ndim)]
    for dim in wrapped:
        if wrapped.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return tuple(wrapped)


# --- sums and means ---------------------------------------------------------------------------------------------------


@op("SumBackward0", self=lambda grad, self_sym_sizes: expand(grad, self_sym_sizes))
def sum_all(self: Array, dtype: Any = None) -> Array:
    """The sum of all elements, 0-d; integers and bools add up to int64."""
    return self.sum(dtype=_summed(self, dtype))


@op("SumBackward1", self=lambda grad, self_sym_sizes, dim, keepdim: spread(grad, self_sym_sizes, dim, keepdim))
def sum_dim(self: Array, dim: Dims | None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The sum over the dimensions `dim`, or all of them.  (2, 3), dim=(1,) -> (2,), or (2, 1) with keepdim."""
    dims = wrap_dims(dim, self.ndim)
    return self.sum(axis=dims, keepdims=keepdim, dtype=_summed(self, dtype)) if self.ndim else self.astype(_summed(self, dtype))


@op("MeanBackward0", self=lambda grad, self_sym_sizes, self_sym_numel: divided(expand(grad, self_sym_sizes), self_sym_numel))
def mean_all(self: Array, dtype: Any = None) -> Array:
    """The mean of all elements, 0-d.  Raises RuntimeError for integers."""
    self = _only_floats(self, dtype)
    return self.sum() / self.dtype.type(self.size)


@op(
    "MeanBackward1",
    keep="self_sym_numel",
    self=lambda grad, self_sym_sizes, dim, keepdim: divided(spread(grad, self_sym_sizes, dim, keepdim), count(self_sym_sizes, dim)),
)
def mean_dim(self: Array, dim: Dims | None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The mean over the dimensions `dim`, or all of them."""
    self = _only_floats(self, dtype)
    return sum_dim(self, dim, keepdim) / self.dtype.type(count(self.shape, dim))


def spread(grad: Any, sizes: Dims, dim: Dims | None, keepdim: bool) -> Any:
    """grad repeated along the summed dimensions: each summand gets the gradient of its sum."""
    if not keepdim and sizes and dim:
        for d in sorted(wrap_dims(dim, len(sizes))):
            grad = unsqueeze(grad, d)
    return expand(grad, sizes)


def count(sizes: Dims, dim: Dims | None) -> int:
    """How many elements are summed into one."""
    return prod(sizes[d] for d in wrap_dims(dim, len(sizes))) if sizes else 1


def _summed(array: Array, dtype: Any) -> np.dtype:
    if dtype is not None:
        return dtype.numpy
    return array.dtype if array.dtype.kind == "f" else np.dtype(np.int64)


def _only_floats(array: Array, dtype: Any) -> Array:
    if dtype is not None:
        array = array.astype(dtype.numpy, copy=False)
    if array.dtype.kind != "f":
        how = "could not infer output dtype. Input" if dtype is None else "could not compute the mean for this dtype. Output"
        raise RuntimeError(
            f"mean(): {how} dtype must be either a floating point or complex dtype. Got: {dtypes.scalar_name(array)}"
            "\nHint: make floats of it first: x.float().mean()."
        )
    return array


# --- maxima and minima ------------------------------------------------------------------------------------------------


@op("MaxBackward1", self=lambda grad, self, result: share_evenly(grad, self, result))
def max_all(self: Array) -> Array:
    """The largest element, 0-d. Elements that tie share its gradient."""
    return _not_empty(self, "max").max()


@op("MinBackward1", self=lambda grad, self, result: share_evenly(grad, self, result))
def min_all(self: Array) -> Array:
    """The smallest element, 0-d. Elements that tie share its gradient."""
    return _not_empty(self, "min").min()


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


def _not_empty(array: Array, name: str) -> Array:
    if array.size == 0:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
        )
    return array
