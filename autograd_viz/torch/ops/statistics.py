"""Spreads, quantiles, covariances: what one says of a sample. And `logsumexp`, a soft maximum.

Read next: `norms.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import divided, eq, exp, floats, masked_fill, sqrt, times, where
from autograd_viz.torch.ops.reduction import Dims, axes, count, in_rows, mean_all, mean_dim, spread, sum_dim, unsqueeze_multiple, wrap_dims
from autograd_viz.torch.ops.shape import squeeze_all, t, transpose, unsqueeze, view, wrap_dim
from autograd_viz.torch.ops.shape_inplace import squeeze_dim_, transpose_, unsqueeze_
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "corrcoef", "cov", "logsumexp", "nanquantile", "quantile", "std", "std_mean", "var", "var_mean",
]  # fmt: skip

Number = bool | int | float

# --- spreads ----------------------------------------------------------------------------------------------------------


@op("VarBackward0", self=lambda grad, self, dim, correction, keepdim: var_backward(grad, self, dim, correction, keepdim))
def var_dim(self: Array, dim: Dims | None = None, correction: Number | None = None, keepdim: bool = False) -> Array:
    """The sum of the squared distances from the mean, divided by their number less `correction`."""
    return _spread(self, dim, correction, keepdim)


@op("StdBackward0",
    self=lambda grad, self, result, dim, correction, keepdim: std_backward(result, grad, self, dim, correction, keepdim))  # fmt: skip
def std_dim(self: Array, dim: Dims | None = None, correction: Number | None = None, keepdim: bool = False) -> Array:
    """The square root of the variance."""
    return _spread(self, dim, correction, keepdim, np.sqrt)


@op("VarMeanBackward0", outputs="result0 result1",
    self=lambda grads, self, dim, correction, keepdim: var_mean_backward(grads, self, dim, correction, keepdim))  # fmt: skip
def var_mean_dim(
    self: Array, dim: Dims | None = None, correction: Number | None = None, keepdim: bool = False
) -> tuple[Array, Array]:
    """The variance and the mean."""
    return _spread(self, dim, correction, keepdim), mean_dim(self, dim, keepdim)


@op(
    "StdMeanBackward0",
    outputs="result0 result1",
    self=lambda grads, self, result0, dim, correction, keepdim: std_mean_backward(grads, self, result0, dim, correction, keepdim),
)
def std_mean_dim(
    self: Array, dim: Dims | None = None, correction: Number | None = None, keepdim: bool = False
) -> tuple[Array, Array]:
    """The standard deviation and the mean."""
    return _spread(self, dim, correction, keepdim, np.sqrt), mean_dim(self, dim, keepdim)


def _spread(array: Array, dim: Dims | None, correction: Number | None, keepdim: bool, root: Any = np.positive) -> Array:
    n = count(array.shape, dim)
    if array.dtype == np.float64 and n <= 32:
        squares = _one_by_one(array, wrap_dims(dim, array.ndim) if array.ndim else (), n, keepdim)
    else:  # single precision is computed in double
        dims, wide = axes(array, dim), array.astype(np.float64)
        squares = in_rows(np.square(wide - wide.sum(axis=dims, keepdims=True) / n).sum(axis=dims, keepdims=keepdim))
    freedom = n - (1 if correction is None else correction)
    return root(squares / np.float64(freedom if freedom > 0 else 0)).astype(array.dtype)


def _one_by_one(array: Array, dims: Dims, n: int, keepdim: bool) -> Array:
    """The sum of the squared distances from the mean as PyTorch computes it, for the last digit: one after the other (Welford's way)."""
    kept = [1 if d in dims else size for d, size in enumerate(array.shape) if keepdim or d not in dims]
    mean = squares = np.full(kept, 0.0 if n else np.nan)
    for k, element in enumerate(np.moveaxis(array, dims, range(len(dims))).reshape(n, *kept), 1):
        before = element - mean
        mean = mean + before / k
        squares = squares + before * (element - mean)
    return squares


def var_backward(grad: Any, self: Any, dim: Dims | None, correction: Number | None, keepdim: bool) -> Any:
    """2 / (n - correction) * grad * (self - its mean)."""
    correction = float(1 if correction is None else correction)
    if not self.shape or dim is None:
        freedom = float(np.prod(self.shape)) - correction
        if freedom <= 0:  # nan at the mean, infinite beside it
            return grad * where(eq(self, mean_all(self)), _number(self, np.nan), _number(self, np.inf))
        return times(grad, 2.0 / freedom) * (self - mean_all(self))
    if not keepdim and len(self.shape) > 1:
        grad = unsqueeze_multiple(grad, dim, len(self.shape))
    freedom = (count(self.shape, dim) if dim else 1) - correction
    factor = 2.0 / freedom if freedom else float("inf")
    return times(grad, factor) * (self - mean_dim(self, dim, True))


def _number(like: Any, number: float) -> Any:
    """A number in the default dtype, as a tensor or as an array."""
    array = np.asarray(number, dtypes.get_default_dtype().numpy)
    return holding(array) if isinstance(like, Tensor) else array


def std_backward(result: Any, grad: Any, self: Any, dim: Dims | None, correction: Number | None, keepdim: bool) -> Any:
    """What `var` does with grad / (2 * result); 0 where the deviation is 0."""
    of_var = masked_fill(grad / times(result, 2), eq(result, 0), 0)
    return var_backward(of_var, self, dim, correction, keepdim)


def var_mean_backward(grads: list[Any], self: Any, dim: Dims | None, correction: Number | None, keepdim: bool) -> Any:
    """The gradient through the variance plus that through the mean; either may be missing."""
    parts = []
    if grads[0] is not None:
        parts.append(var_backward(grads[0], self, dim, correction, keepdim))
    return _with_mean(parts, grads[1], self, dim, keepdim)


def std_mean_backward(grads: list[Any], self: Any, std: Any, dim: Dims | None, correction: Number | None, keepdim: bool) -> Any:
    """The gradient through the deviation plus that through the mean; either may be missing."""
    parts = []
    if grads[0] is not None:
        parts.append(std_backward(std, grads[0], self, dim, correction, keepdim))
    return _with_mean(parts, grads[1], self, dim, keepdim)


def _with_mean(parts: list[Any], grad: Any, self: Any, dim: Dims | None, keepdim: bool) -> Any:
    if grad is not None:
        parts.append(divided(spread(grad, tuple(self.shape), dim, keepdim), count(self.shape, dim)))
    return parts[0] + parts[1] if len(parts) == 2 else parts[0]


SPREADS = (
    "Tensor input, int[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor? out=None",
    "Tensor input, int[1]? dim=None, *, Number? correction=None, bool keepdim=False, Tensor? out=None",
    "Tensor input, bool unbiased=True",
)
AND_MEANS = [form.removesuffix(", Tensor? out=None").removesuffix(", *") for form in SPREADS]


def _sample(name: str, row: Any, input: Tensor, given: dict[str, Any]) -> Any:
    """`unbiased` is an older word for a correction of 1 (True) or 0 (False)."""
    if input._array.dtype.kind != "f":
        raise RuntimeError(f"{name} only support floating point and complex dtypes" if "mean" in name else
                           "std and var only support floating point and complex dtypes")  # fmt: skip
    dim, keepdim = given.get("dim"), given.get("keepdim", False)
    correction = given.get("correction")
    if "unbiased" in given or ("dim" in given and "correction" not in given):
        correction = int(given.get("unbiased", True))
    wrap_dims(dim, input.ndim)
    rest = [n for d, n in enumerate(input.shape) if dim and d not in wrap_dims(dim, input.ndim)]
    if (0 if 0 in rest else count(tuple(input.shape), dim)) - (1 if correction is None else correction) <= 0:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by "
            "output numel). (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/ReduceOps.cpp:1861.)",
            UserWarning,
            stacklevel=4,
        )
    return row(input, dim, correction, keepdim)


@reads(*named("var", SPREADS))
def var(input: Tensor, **given: Any) -> Tensor:
    """The variance of all elements, or over some dimensions."""
    return _sample("var", var_dim, input, given)


@reads(*named("std", SPREADS))
def std(input: Tensor, **given: Any) -> Tensor:
    """The standard deviation of all elements, or over some dimensions."""
    return _sample("std", std_dim, input, given)


@reads(*named("var_mean", AND_MEANS), method=False)
def var_mean(input: Tensor, **given: Any) -> tuple[Tensor, Tensor]:
    """The variance and the mean of all elements, or over some dimensions."""
    return _sample("var_mean", var_mean_dim, input, given)


@reads(*named("std_mean", AND_MEANS), method=False)
def std_mean(input: Tensor, **given: Any) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean of all elements, or over some dimensions."""
    return _sample("std_mean", std_mean_dim, input, given)


# --- a soft maximum ---------------------------------------------------------------------------------------------------


@op("LogsumexpBackward0", self=lambda grad, self, result, dim, keepdim: logsumexp_backward(grad, self, result, dim, keepdim))
def logsumexp_dim(self: Array, dim: Dims, keepdim: bool = False) -> Array:
    """log(sum(exp(self))) over the dimensions, computed so that nothing overflows."""
    dims, self = axes(self, dim), floats(self)
    if not dim and self.ndim and not keepdim:  # (C++ lays out the result before it looks)
        raise RuntimeError(f"output with shape [] doesn't match the broadcast shape {[1] * self.ndim}")
    most = self.max(axis=dims, keepdims=True) if self.size else np.zeros((), self.dtype)
    most = np.where(np.isinf(most), self.dtype.type(0), most)
    total = np.log(np.exp(self - most).sum(axis=dims, keepdims=True)) + most
    return in_rows(total if keepdim else total.squeeze(dims if self.ndim else None))


def logsumexp_backward(grad: Any, self: Any, result: Any, dim: Dims, keepdim: bool) -> Any:
    """grad * exp(self - result): each element's share of the sum."""
    if not keepdim and self.shape:
        grad, result = unsqueeze_multiple(grad, dim, len(self.shape)), unsqueeze_multiple(result, dim, len(self.shape))
    return grad * exp(self - result)


@reads("logsumexp(Tensor input, int[1] dim, bool keepdim=False, *, Tensor? out=None)")
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """The logarithm of the sum of the exponentials over some dimensions."""
    return logsumexp_dim(input, dim, keepdim)


# --- quantiles --------------------------------------------------------------------------------------------------------

QUANTILES = (
    "Tensor input, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear', Tensor? out=None",
    "Tensor input, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear', Tensor? out=None",
)


@reads(*named("quantile", QUANTILES))
def quantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, interpolation: str = "linear") -> Tensor:
    """The value below which the share `q` of the elements lies; between two elements it is interpolated.  Raises RuntimeError."""
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=False)


@reads(*named("nanquantile", QUANTILES))
def nanquantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, interpolation: str = "linear") -> Tensor:
    """`quantile` of the elements that are numbers."""
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=True)


def _quantile(input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, *, skip_nan: bool) -> Tensor:
    from autograd_viz.torch.ops.shape import gather

    shares = _checked(input, q, interpolation)
    ordered = _ordered(input, dim)
    at = None if dim is None else wrap_dim(dim, input.ndim)
    kept = (1 if at is None or d == at else n for d, n in enumerate(input.shape))
    shape = tuple(kept) if keepdim else () if at is None else tuple(n for d, n in enumerate(input.shape) if d != at)
    ordered = view(ordered, (*shape, ordered._array.shape[-1]))
    ranks = _ranks(ordered._array, np.atleast_1d(shares), skip_nan=skip_nan)
    how = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}.get(interpolation)
    ranks = how(ranks) if how else ranks
    below = np.floor(ranks)
    values: Any = gather(ordered, -1, holding(below.astype(np.int64)))
    if how is None:
        above = gather(ordered, -1, holding(np.ceil(ranks).astype(np.int64)))
        weights = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
        values = values.lerp(above, holding(weights))
    if shares.ndim:  # the quantiles come first
        values = transpose_(unsqueeze_(values, 0), 0, -1)
    return squeeze_dim_(values, -1)


def _checked(input: Tensor, q: Any, interpolation: str) -> Array:
    kind = input._array.dtype
    if not isinstance(q, Tensor) and not 0 <= q <= 1:
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
    shares = q._array if isinstance(q, Tensor) else np.asarray(q, kind)
    if not input._array.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if shares.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if kind not in (np.float32, np.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if shares.dtype != kind:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}")
    if not np.all((shares >= 0) & (shares <= 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    return shares


def _ordered(input: Tensor, dim: int | None) -> Tensor:
    """The elements in order along the last dimension."""
    from autograd_viz.torch.ops.sorting import sort_dim

    if dim is None:
        flat = input if input.ndim == 1 else view(input, (-1,))
        return sort_dim(flat, -1)[0]
    dim = wrap_dim(dim, input.ndim)
    if dim == input.ndim - 1:
        return sort_dim(input, -1)[0]
    return sort_dim(transpose(unsqueeze(input, -1), dim, -1), -1)[0]


def _ranks(ordered: Array, shares: Array, *, skip_nan: bool) -> Array:
    missing = np.isnan(ordered)
    if skip_nan:
        return np.maximum(shares * (np.sum(~missing, -1, keepdims=True) - 1), 0).astype(ordered.dtype)
    last = ordered.shape[-1] - 1
    return np.where(missing.any(-1, keepdims=True), ordered.dtype.type(last), shares * ordered.dtype.type(last))


# --- how samples vary together ----------------------------------------------------------------------------------------


@reads("cov(Tensor input, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None)")
def cov(input: Tensor, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    """The covariances of the rows.  (variables, samples) -> (variables, variables).  Raises RuntimeError beyond 2 dimensions."""
    from autograd_viz.torch.ops.linalg import mm

    if input.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions")
    if input._array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows: Any = view(input, (1, -1)) if input.ndim < 2 else input
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    total: Any = holding(np.asarray(rows._array.shape[1])) if weights is None else sum_dim(weights, None)
    mean = sum_dim(rows if weights is None else rows * weights, (1,)) / total
    norm = total - correction
    if weights is not None and aweights is not None and correction:
        norm = total - sum_dim(weights * aweights, None) * correction / total
    if norm._array <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.", UserWarning,
            stacklevel=3,
        )  # fmt: skip
        norm = holding(np.zeros_like(norm._array))
    rows = rows - unsqueeze(mean, 1)
    return squeeze_all(mm(rows, t(rows if weights is None else rows * weights)) / norm)


@reads("corrcoef(Tensor input)")
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the rows: their covariances divided by their deviations."""
    together: Any = cov(input)
    if not together.ndim:
        return together / together
    deviations: Any = sqrt(together.diagonal())
    return (together / view(deviations, (-1, 1)) / view(deviations, (1, -1))).clamp(-1, 1)
