"""Norms: how long a vector is, how large a matrix, how far one tensor from another.

`torch.norm` and `Tensor.norm` choose one of the norms of `torch.linalg`. The norms of a matrix that need its singular values ask
`decompositions.py` for them.

Read next: `selection.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.extremes import amax_dim, amin_dim, grad_over
from autograd_viz.torch.ops.pointwise import abs, eq, gt, masked_fill, ne, plus, pow_number, reciprocal, sgn, times, to_copy, where
from autograd_viz.torch.ops.reduction import Dims, axes, in_rows, like, sum_dim, unsqueeze_multiple
from autograd_viz.torch.ops.shape import permute, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "dist", "norm", "nuclear_norm", "renorm",
]  # fmt: skip
IN_PLACE = ("renorm",)

Number = bool | int | float
NORM = "{}(Tensor input, {}, int[1]? dim=None, bool keepdim=False, *, dtype? dtype=None, Tensor? out=None)"

# --- the norm of a vector ---------------------------------------------------------------------------------------------


@op("LinalgVectorNormBackward0",
    self=lambda grad, self, ord, result, dim, keepdim: norm_backward(grad, self, ord, result, dim or (), keepdim))  # fmt: skip
def linalg_vector_norm(self: Array, ord: Number = 2, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Array:
    """The `ord`-norm over the dimensions `dim`, or of all elements: (sum |x| ** ord) ** (1 / ord).  Raises RuntimeError for integers."""
    _check_floats(self, "linalg.vector_norm")
    dims = axes(self, dim)
    sizes = np.abs(self if dtype is None else self.astype(dtype.numpy, copy=False))
    _check_identity(sizes, ord, dim)
    if math.isinf(ord):
        return in_rows((sizes.max if ord > 0 else sizes.min)(axis=dims, keepdims=keepdim))
    powers = sizes != 0 if ord == 0 else sizes if ord == 1 else sizes * sizes if ord == 2 else sizes ** sizes.dtype.type(ord)
    total = in_rows(powers.sum(axis=dims, keepdims=keepdim, dtype=sizes.dtype))
    return total if ord in (0, 1) else np.sqrt(total) if ord == 2 else total ** sizes.dtype.type(1 / ord)


@reads(NORM.format("linalg_vector_norm", "Number ord=2"), method=False)
def vector_norm(input: Tensor, ord: Number = 2, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The `ord`-norm of a vector, or over some dimensions: `torch.linalg.vector_norm`."""
    if dtype is not None and not dtype.is_floating_point:
        raise RuntimeError(f"linalg.vector_norm: dtype should be floating point or complex, but got {dtypes.SCALAR_NAMES[dtype]}")
    if dtype is not None and input._array.dtype.kind == "f" and dtype.itemsize < input._array.itemsize:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({dtypes.scalar_name(input._array)}) should be convertible without narrowing to "
            f"the specified dtype ({dtypes.SCALAR_NAMES[dtype]})"
        )
    return linalg_vector_norm(input, ord, dim, keepdim, dtype)


def norm_backward(grad: Any, self: Any, p: Number, norm: Any, dim: Dims = (), keepdim: bool = True) -> Any:
    """How the p-norm changes with each element: sign * (size / norm) ** (p - 1), and 0 where the norm is 0."""
    if not keepdim and self.shape:
        grad, norm = unsqueeze_multiple(grad, dim, len(self.shape)), unsqueeze_multiple(norm, dim, len(self.shape))
    if p == 0:
        return None  # it counts, and counts do not change
    if p == 1:
        return sgn(self) * grad
    if p == 2:
        return grad * masked_fill(self / norm, eq(norm, 0), 0)
    if math.isinf(p):
        largest = eq(abs(self), norm) + ne(self, self)  # (nan takes part)
        return sgn(self) * (grad_over(grad, sum_dim(largest, dim, True)) * largest)
    if p < 1:
        return sgn(self) * masked_fill(pow_number(abs(self), p - 1), eq(self, 0), 0) * grad * pow_number(norm, 1 - p)
    scaled = sgn(self) * pow_number(abs(self), p - 1) if p < 2 else self * pow_number(abs(self), p - 2)
    return scaled * masked_fill(grad / pow_number(norm, p - 1), eq(norm, 0), 0)


def _check_floats(array: Array, name: str) -> None:
    if array.dtype.kind != "f":
        kind = dtypes.scalar_name(array)
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {kind}")


def _check_identity(array: Array, ord: Number, dim: Dims | None) -> None:
    """The largest of no elements does not exist."""
    if array.size or not (ord < 0 or math.isinf(ord)):
        return
    spoken = f"{ord:g}"
    if not dim:
        raise RuntimeError(f"linalg.vector_norm cannot compute the {spoken} norm on an empty tensor because the operation does not have "
                           "an identity")  # fmt: skip
    for d in dim:
        if not array.shape[wrap_dim(d, array.ndim)]:
            raise RuntimeError(f"linalg.vector_norm cannot compute the {spoken} norm on the dimension {d}because this dimension is empty "
                               "and the operation does not have an identity")  # fmt: skip


# --- norms of matrices, and the choice --------------------------------------------------------------------------------


MATRIX_NORM = "linalg_matrix_norm(Tensor input, {}, int[] dim=(-2,-1), bool keepdim=False, *, dtype? dtype=None, Tensor? out=None)"


@reads(MATRIX_NORM.format("Number ord"), MATRIX_NORM.format("str ord='fro'"), method=False)
def matrix_norm(input: Tensor, ord: Number | str = "fro", dim: Dims = (-2, -1), keepdim: bool = False, dtype: Any = None) -> Tensor:
    """A norm of the matrices in the dimensions `dim`: `torch.linalg.matrix_norm`.  `ord`: 'fro', 'nuc', 1, -1, 2, -2, inf or -inf."""
    if ord not in ("fro", "nuc") if isinstance(ord, str) else math.fabs(ord) not in (1, 2, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord if isinstance(ord, str) else format(float(ord), 'g')} not supported.")
    if input.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    _check_floats(input._array, "linalg.matrix_norm")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    rows, columns = (wrap_dim(d, input.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({rows}, {columns})")
    if ord == "fro":
        return linalg_vector_norm(input, 2, (rows, columns), keepdim, dtype)
    if ord == "nuc" or ord in (2, -2):
        return _of_singular_values(input, ord, (rows, columns), keepdim, dtype)
    if isinstance(ord, float) and math.isinf(ord):  # the largest sum of a row is that of a column of the transpose
        rows, columns = columns, rows
    sums = linalg_vector_norm(input, 1.0, (rows,), keepdim, dtype)
    return (amax_dim if ord > 0 else amin_dim)(sums, (columns - (not keepdim and rows < columns),), keepdim)  # type: ignore[operator]


def _of_singular_values(input: Tensor, ord: Number | str, dim: Dims, keepdim: bool, dtype: Any) -> Tensor:
    from autograd_viz.torch.ops.decompositions import svdvals

    order = [d for d in range(input.ndim) if d not in dim] + list(dim)
    values = svdvals(permute(input if dtype is None else to_copy(input, dtype), tuple(order)))
    result = sum_dim(values, (-1,), keepdim) if ord == "nuc" else (amax_dim if ord == 2 else amin_dim)(values, (-1,), keepdim)
    return permute(unsqueeze(result, -1), tuple(order.index(d) for d in range(input.ndim))) if keepdim else result


@reads(NORM.format("linalg_norm", "Number? ord=None"), NORM.format("linalg_norm", "str ord"), method=False)
def linalg_norm(
    input: Tensor, ord: Number | str | None = None, dim: Dims | None = None, keepdim: bool = False, dtype: Any = None
) -> Tensor:
    """`torch.linalg.norm`: of a matrix if two dimensions are meant, else of a vector.  No `ord`: the 2-norm of all elements."""
    if dim is not None and len(dim) not in (1, 2) and not isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got [{', '.join(map(str, dim))}]")
    if dim is None and ord is not None and input.ndim not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {input.ndim}D.")
    if isinstance(ord, str) or (ord is not None and (input.ndim if dim is None else len(dim)) == 2):
        return matrix_norm(input, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2.0 if ord is None else ord, dim, keepdim, dtype=dtype)


NUCLEAR = "nuclear_norm(Tensor input, {}bool keepdim=False, *, Tensor? out=None)"


@reads(NUCLEAR.format("int[] dim, "), NUCLEAR.format(""), method=False)
def nuclear_norm(input: Tensor, dim: Dims = (-2, -1), keepdim: bool = False) -> Tensor:
    """The sum of a matrix's singular values, by an old name (deprecated)."""
    warnings.warn("at::nuclear_norm is deprecated and it is just left for JIT compatibility", stacklevel=3)
    return matrix_norm(input, "nuc", dim, keepdim)


def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, out: None = None, dtype: Any = None) -> Tensor:
    """The p-norm of all elements, or over some dimensions; "fro" is the 2-norm, "nuc" the sum of a matrix's singular values."""
    if not isinstance(input, Tensor):
        raise AttributeError(f"'{type(input).__name__}' object has no attribute 'layout'")
    dims = [dim] if isinstance(dim, int) else dim
    if p == "fro" and (dims is None or len(dims) <= 2):
        return vector_norm(input, 2, dims, keepdim, dtype=dtype)
    if isinstance(p, str):
        return matrix_norm(input, p, list(range(input.ndim)) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm(input, 2.0 if p is None else p, dims, keepdim, dtype=dtype)


def _norm_method(self: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The p-norm of all elements, or over some dimensions."""
    return norm(self, p, dim, keepdim, dtype=dtype)


_norm_method.__qualname__ = "Tensor.norm"  # as errors call it
Tensor.norm = _norm_method  # type: ignore[attr-defined]

# --- distances --------------------------------------------------------------------------------------------------------


@op(
    "DistBackward0",
    pointwise=True,
    self=lambda grad, self, other, p, result: norm_backward(grad, self - other, p, result),
    other=lambda grad, self, other, p, result: negative(norm_backward(grad, self - other, p, result)),
)
def dist_of(self: Array, other: Array, p: Number = 2) -> Array:
    """The p-norm of self - other, 0-d."""
    return linalg_vector_norm(self - other, p)


def negative(gradient: Any) -> Any:
    """-gradient, if there is one."""
    return None if gradient is None else -gradient


@reads("dist(Tensor input, Tensor other, Number p=2)")
def dist(input: Tensor, other: Tensor, p: Number = 2) -> Tensor:
    """The p-norm of the difference of two tensors; their shapes broadcast."""
    if "b" in (input._array.dtype.kind, other._array.dtype.kind):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        )
    if "f" not in (input._array.dtype.kind, other._array.dtype.kind):
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {dtypes.scalar_name(input._array)} instead."
        )
    return dist_of(input, other, p)


@op("RenormBackward0", self=lambda grad, self, p, dim, maxnorm: renorm_backward(grad, self, p, dim, maxnorm))
def renorm_along(self: Array, p: Number, dim: int, maxnorm: Number) -> Array:
    """Each slice along a dimension made shorter if its p-norm is above maxnorm."""
    lengths = linalg_vector_norm(self, p, _but(dim, self.ndim), True)
    factors = np.where(lengths > maxnorm, maxnorm / (lengths + 1e-7), 1).astype(self.dtype)
    return self * factors


@reads("renorm(Tensor input, Number p, int dim, Number maxnorm, *, Tensor? out=None)")
def renorm(input: Tensor, p: Number, dim: int, maxnorm: Number) -> Tensor:
    """Each slice along a dimension made shorter if its p-norm is above maxnorm.  Raises RuntimeError unless p > 0 and maxnorm >= 0."""
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    return renorm_along(input, p, dim, maxnorm)


def _but(dim: int, ndim: int) -> Dims:
    return tuple(d for d in range(ndim) if d != wrap_dim(dim, ndim))


def renorm_backward(grad: Any, self: Any, p: Number, dim: int, maxnorm: Number) -> Any:
    """grad where the slice was short enough; else what the division by its norm makes of it."""
    dims = _but(dim, len(self.shape))
    lengths = linalg_vector_norm(self, p, dims, True, dtypes.float64)
    through = norm_backward(sum_dim(self * grad, dims, True, dtypes.float64), self, p, lengths, dims, True)
    inverse = reciprocal(plus(lengths, 1e-7))
    return where(gt(lengths, maxnorm), like(times(inverse, maxnorm) * (grad - inverse * through), grad), grad)
