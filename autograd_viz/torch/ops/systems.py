"""What one asks of a square matrix: its determinant, its inverse, the solution of a system of equations.

PyTorch computes all this by LAPACK, which keeps matrices column by column, and so the strides of the results are. Here elimination is
written out. Every function takes batches of matrices too: all but the last two dimensions count them. The formulas are those of
torch/csrc/autograd/FunctionsManual.cpp; `mH` is the transpose.

Read next: `decompositions.py`.
"""

# ruff: noqa: N802, N806 (matrices have capital letters, as on paper)

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.linalg import matmul
from autograd_viz.torch.ops.matrices import diag_embed, need_floats, need_matrix, need_square, tril, triu
from autograd_viz.torch.ops.rounding import fused
from autograd_viz.torch.ops.shape import blank, expand, slice_, squeeze_dim, transpose, unsqueeze
from autograd_viz.torch.tensor import Tensor, holding


class _LinAlgError(RuntimeError):
    """The matrix does not allow it: it is singular, or not positive definite.  `torch.linalg.LinAlgError`."""


_LinAlgError.__module__ = "torch._C"

# --- elimination ------------------------------------------------------------------------------------------------------


def product(a: Any, b: Any) -> Any:
    """a @ b, of arrays or of Tensors."""
    return a @ b if isinstance(a, np.ndarray) else matmul(a, b)


def mH(a: Any) -> Any:
    """Each matrix transposed."""
    return transpose(a, -2, -1)


def columns(array: Array) -> Array:
    """The same matrices, kept column by column."""
    return np.swapaxes(np.ascontiguousarray(np.swapaxes(array, -1, -2)), -1, -2) if array.ndim > 1 else array


def factored(A: Array) -> tuple[Array, Array, Array]:
    """A = P L U by elimination with row exchanges: both factors in one matrix, whom each row was exchanged with, the first zero pivot."""
    LU = np.array(A, order="C")
    m, n = A.shape[-2:]
    pivots = np.zeros((*A.shape[:-2], min(m, n)), np.int32)
    info = np.zeros(A.shape[:-2], np.int32)
    for place in np.ndindex(A.shape[:-2]):
        M = LU[place]
        for k in range(min(m, n)):
            best = k + int(np.argmax(np.abs(M[k:, k])))
            pivots[(*place, k)] = best + 1
            if M[best, k] == 0:
                info[place] = info[place] or k + 1
                continue
            M[[k, best]] = M[[best, k]]
            M[k + 1 :, k] = M[k + 1 :, k] / M[k, k] if m - k == 2 else M[k + 1 :, k] * (1 / M[k, k])
            M[k + 1 :, k + 1 :] = fused(M[k + 1 :, k + 1 :], -M[k + 1 :, k, None], M[k, k + 1 :])
    return columns(LU), pivots, info


def order_of(pivots: Array, rows: int) -> Array:
    """The order of the rows after the exchanges.  (..., k) -> (..., rows)."""
    order = np.broadcast_to(np.arange(rows), (*pivots.shape[:-1], rows)).copy()
    for place in np.ndindex(pivots.shape[:-1]):
        for k, other in enumerate(pivots[place] - 1):
            order[place][[k, other]] = order[place][[other, k]]
    return order


def substituted(A: Array, B: Array, upper: bool, left: bool = True, unit: bool = False) -> Array:
    """The solution of A X = B, or X A = B, for a triangular A: row by row."""
    if not left:
        return np.swapaxes(substituted(np.swapaxes(A, -1, -2), np.swapaxes(B, -1, -2), not upper, True, unit), -1, -2)
    n = A.shape[-1]
    X = np.broadcast_to(B, (*np.broadcast_shapes(A.shape[:-2], B.shape[:-2]), *B.shape[-2:])).copy()
    known: list[int] = []  # whose rows of X are computed
    for i in reversed(range(n)) if upper else range(n):
        if len(known) == 1:
            X[..., i, :] = fused(X[..., i, :], -A[..., i, known], X[..., known[0], :])
        elif known:
            first, *others = [known[1], known[0], *known[2:]]
            total = A[..., i, first, None] * X[..., first, :]
            for j in others:
                total = fused(total, A[..., i, j, None], X[..., j, :])
            X[..., i, :] -= total
        if not unit:
            pivot, dividend = A[..., i, i, None], X[..., i, :].copy()
            X[..., i, :] = dividend * (1 / pivot)
            if n == 3 and X.shape[-1] % 2:  # LAPACK works on two columns at a time; in the one that is left over it divides
                X[..., i, -1] = dividend[..., -1] / pivot[..., 0]
        known.append(i)
    return X


def lu_solved(LU: Array, pivots: Array, B: Array, left: bool = True, adjoint: bool = False) -> Array:
    """The solution of A X = B (of A.mH X = B if `adjoint`; of X A = B if not `left`), given the factors of A."""
    if not left:
        return np.swapaxes(lu_solved(LU, pivots, np.swapaxes(B, -1, -2), True, not adjoint), -1, -2)
    order = order_of(pivots, LU.shape[-1])[..., None]
    if not adjoint:
        B = np.take_along_axis(*_matched(B, order), -2)
        return substituted(LU, substituted(LU, B, False, unit=True), True)
    turned = np.swapaxes(LU, -1, -2)
    X = substituted(turned, substituted(turned, B, False), True, unit=True)
    return np.take_along_axis(*_matched(X, np.argsort(order, -2)), -2)


def _matched(a: Array, b: Array) -> tuple[Array, Array]:
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, (*batch, *b.shape[-2:]))


def turned_factors(A: Array) -> tuple[Tensor, Tensor]:
    """The factors of A, or of A.mH where A lies row by row: PyTorch saves itself a copy, as both have the same determinant."""
    LU, pivots, _ = factored(np.swapaxes(A, -1, -2) if A.flags.c_contiguous else A)
    return holding(LU), holding(pivots)


def check(info: Array, name: str, why: str) -> None:
    """Raise LinAlgError for the first matrix of a batch that failed."""
    for place, failed in enumerate(np.ravel(info)):
        if failed:
            batch = f"(Batch element {place}): " if np.ndim(info) else ""
            raise _LinAlgError(f"{name}: {batch}{why.format(failed)}")


# --- determinants -----------------------------------------------------------------------------------------------------


@op("LinalgDetBackward0", others="LU pivots",
    A=lambda grad, result, A, LU, pivots: det_backward(grad, result, A, LU, pivots))  # fmt: skip
def linalg_det(A: Array, LU: Array, pivots: Array) -> Array:
    """The determinant, given the factors: plus or minus the product of the pivots.  (..., n, n) -> (...)."""
    return _sign_of(pivots, A.dtype) * np.prod(np.diagonal(LU, 0, -2, -1), -1)


@op("LinalgSlogdetBackward0", others="LU pivots", outputs="sign logabsdet", keep="sign",
    A=lambda grads, A, LU, pivots: slogdet_backward(grads[1], A, LU, pivots))  # fmt: skip
def linalg_slogdet(A: Array, LU: Array, pivots: Array) -> tuple[Array, Array]:
    """The determinant's sign and the logarithm of its magnitude, which neither overflows nor underflows."""
    pivot = np.diagonal(LU, 0, -2, -1)
    return _sign_of(pivots, A.dtype) * np.prod(np.sign(pivot), -1), np.log(np.abs(pivot)).sum(-1)


def _sign_of(pivots: Array, kind: np.dtype) -> Array:
    swaps = (pivots != np.arange(1, pivots.shape[-1] + 1)).sum(-1)
    return np.where(swaps % 2, kind.type(-1), kind.type(1))


def det_backward(grad: Any, result: Any, A: Any, LU: Any, pivots: Any) -> Any:
    """The solution of A.mH X = grad * result: the gradient of the determinant is the determinant times the transposed inverse."""
    if 0 in A.shape:
        return blank(grad, tuple(A.shape))
    if A.shape[-1] == 1:
        return expand(unsqueeze(unsqueeze(grad, -1), -1), tuple(A.shape))
    d = on_diagonal(grad * result, A)
    if isinstance(grad, Tensor):
        if not np.all(np.abs(result._array) < 100 * np.finfo(LU._array.dtype).eps):
            return solve(mH(A), d)
        from autograd_viz.torch.ops.decompositions import linalg_svd

        U, S, Vh = linalg_svd(A, False, True, A.shape[-1])
        alpha = unsqueeze(product_of_dets(U, Vh) * grad, -1)
        return product(U * unsqueeze(alpha * others_multiplied(S), -2), Vh)
    safe = LU + diag_embed(np.where(np.diagonal(LU, 0, -2, -1) == 0, np.finfo(LU.dtype).eps, LU.dtype.type(0)))
    return lu_solved(safe, pivots, d, adjoint=not A.flags.c_contiguous)


def product_of_dets(U: Tensor, Vh: Tensor) -> Any:
    """det(U) * det(Vh), which is 1 or -1."""
    return linalg_det(U, *turned_factors(U._array)) * linalg_det(Vh, *turned_factors(Vh._array))


def others_multiplied(S: Tensor) -> Any:
    """For each element of the last dimension the product of all others, though some be 0: of those before it and those after it."""
    from autograd_viz.torch.ops.cumulation import cumprod
    from autograd_viz.torch.ops.joining import joined
    from autograd_viz.torch.ops.rearranging import flip

    n, ones = S.shape[-1], holding(np.ones((*S.shape[:-1], 1), S._array.dtype))
    before = cumprod(joined([ones, slice_(S, -1, 0, n - 1)], -1), -1)
    after = flip(cumprod(joined([ones, flip(slice_(S, -1, 1, n), (-1,))], -1), -1), (-1,))
    return before * after


def slogdet_backward(grad: Any, A: Any, LU: Any, pivots: Any) -> Any:
    """The solution of A.mH X = grad: the transposed inverse, times grad."""
    if grad is None:
        return None
    d = on_diagonal(grad, A)
    if isinstance(grad, Tensor):
        return solve(mH(A), d)
    return lu_solved(LU, pivots, d, adjoint=not A.flags.c_contiguous)


def on_diagonal(value: Any, A: Any) -> Any:
    """For each matrix its value, all along a diagonal."""
    return mH(diag_embed(expand(unsqueeze(value, -1), tuple(A.shape[:-1]))))


# --- inverses and systems ---------------------------------------------------------------------------------------------


@op("LinalgInvExBackward0", outputs="inverse info", A=lambda grads, inverse: inv_backward(grads[0], inverse))
def linalg_inv_ex(A: Array) -> tuple[Array, Array]:
    """The inverse, and whether there is one (0) or which pivot is zero.  (..., n, n) -> (..., n, n)."""
    LU, pivots, info = factored(A)
    return columns(lu_solved(LU, pivots, np.eye(A.shape[-1], dtype=A.dtype))), info


def inv_backward(grad: Any, inverse: Any) -> Any:
    """-inverse.mH @ grad @ inverse.mH."""
    return -product(mH(inverse), product(grad, mH(inverse)))


SINGULAR = "The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."


def inv(A: Tensor) -> Tensor:
    """The inverse.  (..., n, n) -> (..., n, n).  Raises LinAlgError if a matrix is singular, RuntimeError if it is not square."""
    need_square("linalg.inv", A._array)
    need_floats("linalg.inv", A._array)
    inverse, info = linalg_inv_ex(A)
    check(info._array, "linalg.inv", SINGULAR)
    return inverse


@op("LinalgSolveExBackward0", others="LU pivots", outputs="result info", inputs="A B",
    joint=lambda grads, result, A, LU, pivots, left, needed: solve_backward(grads[0], result, A, LU, pivots, left, needed))  # fmt: skip
def linalg_solve_ex(A: Array, B: Array, LU: Array, pivots: Array, zero_pivots: Array, left: bool = True) -> tuple[Array, Array]:
    """X of A X = B, or of X A = B, given the factors of A."""
    vector = is_vector(A, B)
    X = lu_solved(LU, pivots, B[..., None] if vector else B, left)
    X = X[..., 0] if vector else X
    return (columns(X) if left else np.ascontiguousarray(X)), zero_pivots


def is_vector(A: Any, B: Any) -> bool:
    """Whether B is one vector for each matrix of A, rather than a matrix."""
    return len(B.shape) == 1 or (len(A.shape) - 1 == len(B.shape) and tuple(A.shape[:-1]) == tuple(B.shape))


def solve_backward(grad: Any, result: Any, A: Any, LU: Any, pivots: Any, left: bool, needed: tuple[bool, ...]) -> list[Any]:
    """B's gradient solves the transposed system; A's is minus that times the solution."""
    if grad is None:
        return [None, None]
    vector = is_vector(A, result)
    gX = unsqueeze(grad, -1) if vector else grad
    gB: Any
    if isinstance(grad, Tensor):
        gB = solve(mH(A), gX, left=left)
    else:
        gB = lu_solved(LU, pivots, gX, left, adjoint=True)
    gA = None
    if needed[0]:
        Xh = mH(unsqueeze(result, -1) if vector else result)
        gA = -(product(gB, Xh) if left else product(Xh, gB))
    return [gA, (squeeze_dim(gB, -1) if vector else gB) if needed[1] else None]


def solve_ex(A: Tensor, B: Tensor, left: bool) -> tuple[Tensor, Tensor]:
    """The solution, and whether there is one.  Raises RuntimeError if shapes or dtypes do not fit."""
    a, b = A._array, B._array
    need_floats("linalg.solve", a)
    if a.dtype != b.dtype:
        names = f"A of type {dtypes.scalar_name(a)} and B of type {dtypes.scalar_name(b)}"
        raise RuntimeError(f"linalg.solve: Expected A and B to have the same dtype, but found {names} instead")
    vector = a.ndim > 1 and is_vector(a, b)
    check_system("linalg.solve", a, b[..., None] if vector else b, left)
    LU, pivots, zero_pivots = factored(a)
    parts: tuple[Tensor, Tensor] = linalg_solve_ex(A, B, holding(LU), holding(pivots), zero_pivots, left)
    return parts


def check_system(name: str, a: Array, b: Array, left: bool) -> None:
    """Raise RuntimeError unless a is square and b has as many rows (columns, if not left)."""
    need_square(name, a)
    need_matrix(name, b, "B")
    if a.shape[-1] != b.shape[-2 if left else -1]:
        equation = f"{'AX = B' if left else 'XA = B'} ({a.shape[-2]}x{a.shape[-1]} and {b.shape[-2]}x{b.shape[-1]})"
        raise RuntimeError(f"{name}: Incompatible shapes of A and B for the equation {equation}")
    check_broadcast(b.shape[:-2], a.shape[:-2])


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X of A X = B, or of X A = B.  (..., n, n), (..., n, m) -> (..., n, m).  Raises LinAlgError if A is singular."""
    result, info = solve_ex(A, B, left)
    check(info._array, "torch.linalg.solve", "The solver failed because the input matrix is singular.")
    return result


@op(
    "LinalgSolveTriangularBackward0", inputs="self B",
    joint=lambda grad, result, self, upper, left, unitriangular, needed: solve_triangular_backward(
        grad, self, result, upper, left, unitriangular, needed),
)  # fmt: skip
def linalg_solve_triangular(self: Array, B: Array, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Array:
    """X of self X = B, or of X self = B, for a triangular matrix: what lies beyond the diagonal is not looked at."""
    return columns(substituted(self, B, upper, left, unitriangular))


def solve_triangular_backward(
    grad: Any, A: Any, X: Any, upper: bool, left: bool, unitriangular: bool, needed: tuple[bool, ...]
) -> list[Any]:
    """As of `solve`, but only the triangle of A gets a gradient."""
    gB = linalg_solve_triangular(mH(A), grad, upper=not upper, left=left, unitriangular=unitriangular)
    if not needed[0]:
        return [None, gB]
    gA = -(product(gB, mH(X)) if left else product(mH(X), gB))
    gA = triu(gA, int(unitriangular)) if upper else tril(gA, -int(unitriangular))
    return [gA, gB if needed[1] else None]
