"""The LU decomposition, with its factors in the open; and the exponential of a matrix.

`solve`, `inv` and `det` use the LU factors silently; here one can have them, and solve with them again and again.

Read next: `../utils/__init__.py`.
"""

# ruff: noqa: N806 (matrices have capital letters, as on paper)

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import return_types
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.joining import joined
from autograd_viz.torch.ops.matrices import need_floats, need_matrix, need_square, tril, triu
from autograd_viz.torch.ops.shape import blank, slice_
from autograd_viz.torch.ops.systems import columns, factored, linalg_solve_triangular, lu_solved, mH, order_of, product
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["lu_unpack", "matrix_exp"]

# --- the rows ---------------------------------------------------------------------------------------------------------


@op("LinalgLuFactorExBackward0", outputs="LU pivots info", keep="pivots",
    A=lambda grads, LU, pivots, pivot: lu_factor_backward(grads[0], LU, pivots))  # fmt: skip
def linalg_lu_factor_ex(A: Array, pivot: bool = True) -> tuple[Array, Array, Array]:
    """Both factors in one matrix, the row exchanges, and the first zero pivot or 0.  (..., m, n) -> (..., m, n), (..., k), (...)."""
    return factored(A)


@op("LinalgLuBackward0", others="P", outputs="L U", A=lambda grads, P, L, U, pivot: lu_backward(grads[0], grads[1], P, L, U))
def linalg_lu(A: Array, P: Array, pivot: bool = True) -> tuple[Array, Array]:
    """L and U of A = P @ L @ U: lower triangular with ones on its diagonal, and upper triangular."""
    return _split(factored(A)[0])


@op("LuUnpackBackward0", outputs="L U", keep="LU_data_sym_argsize_minus_2",
    LU_data=lambda grads, LU_data_sym_argsize_minus_1: lu_unpack_backward(grads[0], grads[1]))  # fmt: skip
def lu_unpack_row(LU_data: Array, LU_data_sym_argsize_minus_2: int, LU_data_sym_argsize_minus_1: int) -> tuple[Array, Array]:
    """L and U out of the one matrix that holds both."""
    return _split(LU_data)


def _split(LU: Array) -> tuple[Array, Array]:
    k = min(LU.shape[-2:])
    L = np.tril(LU[..., :, :k], -1)
    L[..., np.arange(k), np.arange(k)] = 1
    return L, np.triu(LU[..., :k, :])


def permutation(pivots: Array, rows: int, kind: np.dtype) -> Array:
    """P of A = P @ L @ U."""
    return np.swapaxes(np.eye(rows, dtype=kind)[order_of(pivots, rows)], -1, -2).copy()


@op("LinalgLuSolveBackward0", others="pivots",
    LU=lambda grad, LU, pivots, result, left, adjoint: lu_solve_backward(grad, LU, pivots, result, left, adjoint),
    B=lambda grad, LU, pivots, left, adjoint: linalg_lu_solve(LU, pivots, grad, left, not adjoint))  # fmt: skip
def linalg_lu_solve(LU: Array, pivots: Array, B: Array, left: bool = True, adjoint: bool = False) -> Array:
    """X of A X = B, given the factors of A; of X A = B if not `left`, of A.mH X = B if `adjoint`."""
    X = lu_solved(LU, pivots, B, left, adjoint)
    return columns(X) if left else np.ascontiguousarray(X)


# --- their derivatives ------------------------------------------------------------------------------------------------


def lu_backward(gL: Any, gU: Any, P: Any, L: Any, U: Any) -> Any:
    """P L^-H [(L.mH gL) below the diagonal + (gU U.mH) on and above it] U^-H, for a square A; what is longer is solved for alone."""
    if gL is None and gU is None:
        return None
    m, n = L.shape[-2], U.shape[-1]
    of_L: Any = None if gL is None else product(mH(L), gL if m <= n else tril(gL, -1))
    of_U: Any = None if gU is None else product(gU if m >= n else triu(gU), mH(U))
    if m == n:
        parts = [part for part in (None if of_L is None else tril(of_L, -1), None if of_U is None else triu(of_U)) if part is not None]
        gA = parts[0] if len(parts) == 1 else parts[0] + parts[1]
        gA = linalg_solve_triangular(mH(U), gA, upper=False, left=False)
        gA = linalg_solve_triangular(mH(L), gA, upper=True, left=True, unitriangular=True)
    elif m < n:
        gA = -of_U if of_L is None else of_L if of_U is None else of_L - of_U
        gA = linalg_solve_triangular(mH(slice_(U, -1, 0, m)), tril(gA, -1), upper=False, left=False)
        rest = blank(gA, (*U.shape[:-1], n - m)) if gU is None else slice_(gU, -1, m, n)
        gA = joined([gA if gU is None else gA + triu(slice_(gU, -1, 0, m)), rest], -1)
        gA = linalg_solve_triangular(mH(L), gA, upper=True, left=True, unitriangular=True)
    else:
        gA = -of_L if of_U is None else of_U if of_L is None else of_U - of_L
        gA = linalg_solve_triangular(mH(slice_(L, -2, 0, n)), triu(gA), upper=True, left=True, unitriangular=True)
        rest = blank(gA, (*L.shape[:-2], m - n, n)) if gL is None else slice_(gL, -2, n, m)
        gA = joined([gA if gL is None else gA + tril(slice_(gL, -2, 0, n), -1), rest], -2)
        gA = linalg_solve_triangular(mH(U), gA, upper=False, left=False)
    return product(P, gA)


def lu_factor_backward(grad: Any, LU: Any, pivots: Any) -> Any:
    """As of `linalg_lu`, whose two gradients are parts of this one."""
    if grad is None:
        return None
    P, L, U = unpacked(LU, pivots)
    k = min(LU.shape[-2:])
    return lu_backward(slice_(grad, -1, 0, k), slice_(grad, -2, 0, k), P, L, U)


def unpacked(LU: Any, pivots: Any) -> tuple[Any, Any, Any]:
    """P, L and U, of arrays or of Tensors."""
    m, n = LU.shape[-2:]
    if isinstance(LU, np.ndarray):
        return (permutation(pivots, m, LU.dtype), *_split(LU))
    return (holding(permutation(pivots._array, m, LU._array.dtype)), *lu_unpack_row(LU, m, n))


def lu_unpack_backward(gL: Any, gU: Any) -> Any:
    """Each gradient in its triangle of a square matrix."""
    if gL is None or gU is None:
        return None if gL is gU else triu(gU) if gL is None else tril(gL, -1)
    m, n = gL.shape[-2], gU.shape[-1]
    if m == n:
        return tril(gL, -1) + triu(gU)
    k = min(m, n)
    first = tril(gL if m == k else slice_(gL, -2, 0, k), -1) + triu(gU if n == k else slice_(gU, -1, 0, k))
    return joined([first, slice_(gL, -2, k, m)], -2) if m > n else joined([first, slice_(gU, -1, k, n)], -1)


def lu_solve_backward(grad: Any, LU: Any, pivots: Any, X: Any, left: bool, adjoint: bool) -> Any:
    """The gradient of the factors, from that of A."""
    P, L, U = unpacked(LU, pivots)
    if left != adjoint:
        gR = -product(grad if left else mH(grad), mH(X) if left else X)
        gR = linalg_solve_triangular(mH(U), gR, upper=False)
        gL = linalg_solve_triangular(mH(L), product(gR, mH(U)), upper=True, left=True, unitriangular=True)
        return tril(gL, -1) + triu(gR)
    gR = -product(product(product(mH(P), X if left else mH(X)), mH(grad) if left else grad), P)
    gR = linalg_solve_triangular(mH(L), gR, upper=True, left=False, unitriangular=True)
    gU = linalg_solve_triangular(mH(U), product(mH(L), gR), upper=False, left=False)
    return tril(gR, -1) + triu(gU)


# --- the functions ----------------------------------------------------------------------------------------------------


def _need_pivoting(pivot: bool) -> None:
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


@reads("linalg_lu(Tensor A, *, bool pivot=True, Tensor? out=None)", method=False)
def lu(A: Tensor, pivot: bool = True) -> Any:
    """P, L and U of A = P @ L @ U.  (..., m, n) -> (..., m, m), (..., m, k), (..., k, n)."""
    _need_pivoting(pivot)
    array = A._array
    if array.ndim < 2:
        raise RuntimeError(f"linalg.lu: Expected tensor with 2 or more dimensions. Got size: {list(array.shape)} instead")
    need_floats("linalg.lu", array)
    P = holding(permutation(factored(array)[1], array.shape[-2], array.dtype))
    return return_types.linalg_lu((P, *linalg_lu(A, P, pivot)))


@reads("linalg_lu_factor(Tensor A, *, bool pivot=True, Tensor? out=None)", method=False)
def lu_factor(A: Tensor, pivot: bool = True) -> Any:
    """L and U in one matrix, and the row exchanges.  Raises RuntimeError if a pivot is zero."""
    LU, pivots, info = _factor(A, pivot)
    for place, failed in enumerate(np.ravel(info._array)):
        if failed:
            batch = f"(Batch element {place}): " if info.ndim else ""
            raise RuntimeError(
                f"torch.linalg.lu_factor: {batch}U[{failed},{failed}] is zero and using it on lu_solve would result in a division by zero. "
                "If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
            )
    return return_types.linalg_lu_factor((LU, pivots))


def _factor(A: Tensor, pivot: bool) -> tuple[Tensor, Tensor, Tensor]:
    _need_pivoting(pivot)
    array = A._array
    if array.ndim < 2:
        raise RuntimeError(f"torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: {list(array.shape)} instead")
    need_floats("torch.lu_factor", array)
    parts: tuple[Tensor, Tensor, Tensor] = linalg_lu_factor_ex(A, pivot)
    return parts


@reads("linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False, Tensor? out=None)", method=False)
def lu_factor_ex(A: Tensor, pivot: bool = True, check_errors: bool = False) -> Any:
    """`lu_factor`, and which pivot is zero, or 0."""
    return RETURNED_EX(_factor(A, pivot))


RETURNED_EX = return_types._named("linalg_lu_factor_ex", "LU", "pivots", "info")
UNPACKED = return_types._named("lu_unpack", "P", "L", "U")


@reads("linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False, Tensor? out=None)", method=False)
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, left: bool = True, adjoint: bool = False) -> Tensor:
    """X of A X = B, given `lu_factor(A)`."""
    need_square("linalg.lu_solve", LU._array)
    need_matrix("linalg.lu_solve", B._array, "B")
    result: Tensor = linalg_lu_solve(LU, pivots, B, left, adjoint)
    return result


@reads("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True, *, Tensor? out=None)", method=False)
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """P, L and U, given `lu_factor(A)`."""
    P, L, U = unpacked(LU_data, LU_pivots)
    nothing = holding(np.zeros(0, LU_data._array.dtype))
    return UNPACKED((P if unpack_pivots else nothing, L if unpack_data else nothing, U if unpack_data else nothing))


# --- the exponential --------------------------------------------------------------------------------------------------


@op("LinalgMatrixExpBackward0", self=lambda grad, self: matrix_exp_backward(grad, self))
def matrix_exp_row(self: Array) -> Array:
    """1 + A + A @ A / 2 + ..., of A halved until it is small; then squared as often."""
    size = np.abs(self).sum(-2).max(initial=0)
    halvings = max(0, int(np.ceil(np.log2(size))) + 1) if 0 < size < np.inf else 0
    small = self / self.dtype.type(2**halvings)
    term = total = np.broadcast_to(np.eye(self.shape[-1], dtype=self.dtype), self.shape)
    for k in range(1, 19):
        term = term @ small / self.dtype.type(k)
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return np.ascontiguousarray(total)


def matrix_exp_backward(grad: Any, self: Any) -> Any:
    """The upper right block of the exponential of [[A.mH, grad], [0, A.mH]]."""
    A, n = mH(self), self.shape[-1]
    blocks = blank(grad, (*self.shape[:-2], 2 * n, 2 * n))
    for block, top, left in ((A, 0, 0), (A, n, n), (grad, 0, n)):
        blocks = with_block(blocks, block, top, left)
    return slice_(slice_(matrix_exp_row(blocks), -2, 0, n), -1, n, 2 * n)


@op("torch::autograd::CopySlices", self=lambda grad, src, top, left: with_block(grad, blank(grad, src.shape), top, left),
    src=lambda grad, src, top, left: slice_(
        slice_(grad, -2, top, top + src.shape[-2]), -1, left, left + src.shape[-1]))  # fmt: skip
def with_block(self: Array, src: Array, top: int, left: int) -> Array:
    """self with `src` written into it: PyTorch does that in place, on a view."""
    made = self.copy()
    made[..., top : top + src.shape[-2], left : left + src.shape[-1]] = src
    return made


@reads("matrix_exp(Tensor input)")
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of a matrix: the solution at time 1 of x' = A x.  (..., n, n) -> (..., n, n).  Raises RuntimeError unless square."""
    need_square("linalg.matrix_exp", input._array)
    need_floats("matrix_exp", input._array)
    result: Tensor = matrix_exp_row(input)
    return result
