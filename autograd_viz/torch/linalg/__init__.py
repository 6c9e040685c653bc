"""`torch.linalg`: linear algebra. The rows are in `ops/systems.py` and `ops/decompositions.py`; here are the functions.

Read next: `../utils/__init__.py`.
"""

# ruff: noqa: N806 (matrices have capital letters, as on paper)

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import return_types
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.linalg.factors import lu, lu_factor, lu_factor_ex, lu_solve, matrix_exp
from autograd_viz.torch.linalg.products import linalg_vander as vander
from autograd_viz.torch.linalg.products import matrix_power as _power
from autograd_viz.torch.linalg.products import multi_dot, vecdot
from autograd_viz.torch.ops import decompositions, matrices, pointwise, shape, systems
from autograd_viz.torch.ops import linalg as products
from autograd_viz.torch.ops.decompositions import svd_of, svdvals
from autograd_viz.torch.ops.norms import linalg_norm, matrix_norm, vector_norm
from autograd_viz.torch.ops.systems import SINGULAR, _LinAlgError
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "inv_ex", "lstsq", "lu",
    "lu_factor", "lu_factor_ex", "lu_solve", "matmul", "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot",
    "norm", "pinv", "qr", "slogdet", "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander",
    "vecdot", "vector_norm",
]  # fmt: skip

LinAlgError = _LinAlgError
norm = linalg_norm
NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the leading minor of order {} is not "
    "positive-definite)."
)
TOLERANCES = (
    "Tensor input, *, float? atol=None, float? rtol=None, bool hermitian=False, Tensor? out=None",
    "Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False, Tensor? out=None",
    "Tensor input, float {}, bool hermitian=False, *, Tensor? out=None",
    "Tensor input, Tensor {}, bool hermitian=False, *, Tensor? out=None",
)

# --- products and views -----------------------------------------------------------------------------------------------


@reads("linalg_matmul(Tensor input, Tensor other, *, Tensor? out=None)", method=False)
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """input @ other."""
    return products.matmul(input, other)


@reads("linalg_matrix_power(Tensor A, int n, *, Tensor? out=None)", method=False)
def matrix_power(A: Tensor, n: int) -> Tensor:
    """A @ A @ ... (n times); the inverse for n < 0.  Raises RuntimeError unless A is square."""
    return _power(A, n)


@reads("linalg_cross(Tensor input, Tensor other, *, int dim=-1, Tensor? out=None)", method=False)
def cross(input: Tensor, other: Tensor, dim: int = -1) -> Tensor:
    """The cross product of vectors along a dimension of size 3; the others broadcast.  Raises RuntimeError for another size."""
    return matrices.linalg_cross(input, other, dim=dim)


@reads("linalg_diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1)", method=False)
def diagonal(A: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonal of each matrix.  (..., n, n) -> (..., n)."""
    return matrices.diagonal(A, offset, dim1, dim2)


# --- determinants, inverses, systems ----------------------------------------------------------------------------------


@reads("linalg_det(Tensor A, *, Tensor? out=None)", method=False)
def det(A: Tensor) -> Tensor:
    """The determinant.  (..., n, n) -> (...).  Raises RuntimeError unless A is square and has floats."""
    matrices.need_square("linalg.det", A._array)
    matrices.need_floats("linalg.det", A._array)
    return systems.linalg_det(A, *systems.turned_factors(A._array))


@reads("linalg_slogdet(Tensor A, *, Tensor? out=None)", method=False)
def slogdet(A: Tensor) -> Any:
    """The determinant's sign and the logarithm of its magnitude.  (..., n, n) -> (...), (...)."""
    return return_types.linalg_slogdet(sign_and_log(A, "linalg.slogdet"))


def sign_and_log(A: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """The determinant's sign and the logarithm of its magnitude.  Raises RuntimeError unless A is square and has floats."""
    matrices.need_square(name, A._array)
    matrices.need_floats(name, A._array)
    parts: tuple[Tensor, Tensor] = systems.linalg_slogdet(A, *systems.turned_factors(A._array))
    return parts


@reads("linalg_inv(Tensor A, *, Tensor? out=None)", method=False)
def inv(A: Tensor) -> Tensor:
    """The inverse.  (..., n, n) -> (..., n, n).  Raises LinAlgError if a matrix is singular, RuntimeError if it is not square."""
    return systems.inv(A)


@reads("linalg_inv_ex(Tensor A, *, bool check_errors=False, Tensor? out=None)", method=False)
def inv_ex(A: Tensor, check_errors: bool = False) -> Any:
    """The inverse, and 0 or which pivot was zero."""
    matrices.need_square("linalg.inv", A._array)
    matrices.need_floats("linalg.inv", A._array)
    parts = systems.linalg_inv_ex(A)
    if check_errors:
        systems.check(parts[1]._array, "linalg.inv_ex", SINGULAR)
    return return_types.linalg_inv_ex(parts)


@reads("linalg_solve(Tensor A, Tensor B, *, bool left=True, Tensor? out=None)", method=False)
def solve(A: Tensor, B: Tensor, left: bool = True) -> Tensor:
    """X of A X = B, or of X A = B.  (..., n, n), (..., n, m) or (..., n) -> B's shape.  Raises LinAlgError if A is singular."""
    return systems.solve(A, B, left=left)


@reads("linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False, Tensor? out=None)", method=False)
def solve_ex(A: Tensor, B: Tensor, left: bool = True, check_errors: bool = False) -> Any:
    """The solution, and 0 or which pivot was zero."""
    parts = systems.solve_ex(A, B, left)
    if check_errors:
        systems.check(parts[1]._array, "torch.linalg.solve_ex", "The solver failed because the input matrix is singular.")
    return return_types.linalg_solve_ex(parts)


@reads("linalg_solve_triangular(Tensor input, Tensor B, *, bool upper, bool left=True, bool unitriangular=False, Tensor? out=None)",
       method=False)  # fmt: skip
def solve_triangular(input: Tensor, B: Tensor, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X of A X = B, or of X A = B, for a triangular A.  Raises RuntimeError if the shapes do not fit."""
    a, b = input._array, B._array
    if a.dtype != b.dtype:
        names = f"A of type {scalar_name(a)} and B of type {scalar_name(b)}"
        raise RuntimeError(f"linalg.solve_triangular: Expected A and B to have the same dtype, but found {names} instead")
    systems.check_system("linalg.solve_triangular", a, b, left)
    row = systems.linalg_solve_triangular
    return row(input, B, upper=upper, left=left, unitriangular=unitriangular)


@reads("linalg_tensorsolve(Tensor input, Tensor other, int[]? dims=None, *, Tensor? out=None)", method=False)
def tensorsolve(input: Tensor, other: Tensor, dims: Any = None) -> Tensor:
    """X of tensordot(A, X, X.ndim) = B.  Raises RuntimeError unless A, as a matrix, is square."""
    if dims is not None:
        rest = [d for d in range(input.ndim) if d not in {d % input.ndim for d in dims}]
        input = shape.permute(input, (*rest, *dims))
    sizes = tuple(input.shape[other.ndim :])
    n = prod(sizes)
    if n != prod(input.shape[: other.ndim]):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got "
            f"{n} != {prod(input.shape[: other.ndim])}"
        )
    flat = other if other.ndim == 1 else shape.reshape(other, (-1,))
    return shape.reshape(systems.solve(shape.reshape(input, (n, n)), flat), sizes)


@reads("linalg_tensorinv(Tensor input, int ind=2, *, Tensor? out=None)", method=False)
def tensorinv(input: Tensor, ind: int = 2) -> Tensor:
    """The inverse of A as a matrix whose rows are the first `ind` dimensions.  Raises RuntimeError unless that is square."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = tuple(input.shape[:ind]), tuple(input.shape[ind:])
    if prod(first) != prod(last):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{prod(last)} != {prod(first)}"
        )
    inverse = systems.inv(shape.reshape(input, (prod(last), -1)))
    return shape.reshape(inverse, (*last, *first))


# --- decompositions ---------------------------------------------------------------------------------------------------


@reads("linalg_cholesky(Tensor A, *, bool upper=False, Tensor? out=None)", method=False)
def cholesky(A: Tensor, upper: bool = False) -> Tensor:
    """L of A = L @ L.mH.  Raises LinAlgError if A is not positive-definite."""
    L, info = _cholesky(A, upper)
    systems.check(info._array, "linalg.cholesky", NOT_POSITIVE)
    return L


def _cholesky(A: Tensor, upper: bool) -> tuple[Tensor, Tensor]:
    matrices.need_square("linalg.cholesky", A._array)
    matrices.need_floats("linalg.cholesky", A._array)
    parts: tuple[Tensor, Tensor] = decompositions.linalg_cholesky_ex(A, upper)
    return parts


@reads("linalg_cholesky_ex(Tensor input, *, bool upper=False, bool check_errors=False, Tensor? out=None)", method=False)
def cholesky_ex(input: Tensor, upper: bool = False, check_errors: bool = False) -> Any:
    """L of A = L @ L.mH, and 0 or the column where it failed."""
    parts = _cholesky(input, upper)
    if check_errors:
        systems.check(parts[1]._array, "linalg.cholesky_ex", NOT_POSITIVE)
    return return_types.linalg_cholesky_ex(parts)


@reads("linalg_qr(Tensor A, str mode='reduced', *, Tensor? out=None)", method=False)
def qr(A: Tensor, mode: str = "reduced") -> Any:
    """Q and R of A = Q @ R.  `mode`: 'reduced', 'complete' (Q square), or 'r' (no Q).  Raises RuntimeError for another."""
    return return_types.linalg_qr(orthogonal_and_triangular(A, mode))


def orthogonal_and_triangular(A: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    """Q and R.  Raises RuntimeError unless A has floats and two dimensions or more."""
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    matrices.need_matrix("linalg.qr", A._array)
    matrices.need_floats("linalg.qr", A._array)
    parts: tuple[Tensor, Tensor] = decompositions.linalg_qr(A, mode)
    return parts


@reads("linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None, Tensor? out=None)", method=False)
def svd(A: Tensor, full_matrices: bool = True, driver: str | None = None) -> Any:
    """U, S and Vh of A = U @ diag(S) @ Vh.  Raises LinAlgError for nan or inf."""
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")
    return return_types.linalg_svd(svd_of(A, full_matrices))


@reads("linalg_eigh(Tensor A, str UPLO='L', *, Tensor? out=None)", method=False)
def eigh(A: Tensor, UPLO: str = "L") -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix, of which one triangle is read.  Raises RuntimeError unless it is square."""
    matrices.need_square("linalg.eigh", A._array)
    return return_types.linalg_eigh(decompositions.linalg_eigh(A, UPLO))


@reads("linalg_eigvalsh(Tensor A, str UPLO='L', *, Tensor? out=None)", method=False)
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix, the smallest first."""
    matrices.need_square("linalg.eigh", A._array)
    return decompositions.linalg_eigh(A, UPLO)[0]


# --- matrices that are not square -------------------------------------------------------------------------------------


@reads(*(f"linalg_pinv({form.format('rcond')})" for form in TOLERANCES), method=False)
def pinv(input: Tensor, rcond: Any = None, hermitian: bool = False, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudo-inverse.  `atol`, `rtol`: singular values below max(atol, rtol * the largest) count as 0.  (..., m, n) -> (..., n, m)."""
    array = input._array
    if array.ndim < 2 or array.dtype.kind != "f":
        wanted = "expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types"
        raise RuntimeError(f"linalg.pinv({scalar_name(array)}{{{list(array.shape)}}}): {wanted}")
    if hermitian:
        matrices.need_square("linalg.eigh", array)
    if rcond is not None:
        atol, rtol = 0.0, rcond
    return decompositions.linalg_pinv(input, _values(atol), _values(rtol), hermitian)


def _values(tolerance: Any) -> Any:
    return tolerance._array if isinstance(tolerance, Tensor) else tolerance


@reads(*(f"linalg_matrix_rank({form.format('tol')})" for form in TOLERANCES), method=False)
def matrix_rank(input: Tensor, tol: Any = None, hermitian: bool = False, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values are not 0, as `pinv` counts.  (..., m, n) -> (...), int64."""
    matrices.need_matrix("torch.linalg.matrix_rank", input._array, "input")
    if tol is not None:
        atol, rtol = tol, 0.0
    array = input._array
    if not array.size:
        return holding(np.zeros(array.shape[:-2], np.int64))
    values = np.abs(np.linalg.eigvalsh(array)) if hermitian else np.linalg.svd(array, compute_uv=False)
    tolerance = decompositions.tolerance_of(array, values.max(-1, keepdims=True), _values(atol), _values(rtol))
    return holding(np.asarray((values > tolerance).sum(-1)))


@reads("linalg_lstsq(Tensor input, Tensor b, float? rcond=None, *, str? driver=None)", method=False)
def lstsq(input: Tensor, b: Tensor, rcond: float | None = None, driver: str | None = None) -> Any:
    """The X for which input @ X is nearest to b.  (..., m, n), (..., m, k) -> (..., n, k).  Raises RuntimeError if rows do not match."""
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    vector = b.ndim == 1 or tuple(input.shape[:-1]) == tuple(b.shape)
    if input.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if input.shape[-2] != b.shape[-1 if vector else -2]:
        raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-1)" if vector
                           else "torch.linalg.lstsq: input.size(-2) should match other.size(-2)")  # fmt: skip
    if input.dtype is not b.dtype:
        raise RuntimeError("torch.linalg.lstsq: input and other must have the same dtype")
    solution, residuals = decompositions.linalg_lstsq(input, b)
    rank = matrix_rank(input) if driver != "gels" else holding(np.zeros(0, np.int64))
    return return_types.linalg_lstsq((solution, residuals, rank, holding(np.zeros(0, input._array.dtype))))


@reads("linalg_cond(Tensor input, Number? p=None, *, Tensor? out=None)", "linalg_cond(Tensor input, str p, *, Tensor? out=None)",
       method=False)  # fmt: skip
def cond(input: Tensor, p: Any = None) -> Tensor:
    """By how much a system of equations may multiply an error: the norm times the norm of the inverse.  (..., n, n) -> (...)."""
    if input.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    p = 2 if p is None else p
    if p not in ("fro", "nuc", 1, -1, 2, -2, float("inf"), float("-inf")):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p in (2, -2):
        S = svd_of(input, False)[1]
        n = S.shape[-1]
        largest, smallest = shape.slice_(S, -1, 0, 1), shape.slice_(S, -1, n - 1, n)
        return shape.squeeze_dim(largest / smallest if p == 2 else smallest / largest, -1)
    matrices.need_square(f"linalg.cond(ord={p})", input._array)
    inverse, info = systems.linalg_inv_ex(input)
    result: Tensor = matrix_norm(input, p) * matrix_norm(inverse, p)
    return pointwise.masked_fill(result, holding(info._array > 0), float("inf")) if info._array.any() else result
