"""Matrices as products of simpler ones: Cholesky, QR, singular values, eigenvalues, and the pseudo-inverse.

numpy has them from LAPACK, as PyTorch does. The derivatives are those of torch/csrc/autograd/FunctionsManual.cpp: each begins with the
gradient in the basis of the factors, keeps of it what a change of the matrix can bring about, and goes back to the matrix's own basis.

Read next: `inplace.py`.
"""

# ruff: noqa: N806 (matrices have capital letters, as on paper)

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.matrices import diag_embed, diagonal, need_floats, need_matrix, tril, triu
from autograd_viz.torch.ops.pointwise import times
from autograd_viz.torch.ops.rounding import fused
from autograd_viz.torch.ops.shape import blank, slice_, squeeze_dim, unsqueeze
from autograd_viz.torch.ops.systems import _LinAlgError, columns, linalg_solve_triangular, mH, product, substituted
from autograd_viz.torch.tensor import Tensor

# --- Cholesky ---------------------------------------------------------------------------------------------------------


@op("LinalgCholeskyExBackward0", outputs="L info", A=lambda grads, upper, L: cholesky_backward(grads[0], upper, L))
def linalg_cholesky_ex(A: Array, upper: bool = False) -> tuple[Array, Array]:
    """A = L @ L.mH with L lower triangular, and whether there is one (0) or at which column it failed.  (..., n, n) -> (..., n, n)."""
    L, info = rooted(np.swapaxes(A, -1, -2) if upper else A)
    return columns(np.swapaxes(L, -1, -2) if upper else L), info


@op("CholeskyBackward0", self=lambda grad, upper, result: cholesky_backward(grad, upper, result))
def cholesky_factor(self: Array, upper: bool = False) -> Array:
    """`linalg_cholesky_ex`, as the old torch.cholesky has it."""
    return linalg_cholesky_ex(self, upper)[0]


def rooted(A: Array) -> tuple[Array, Array]:
    """Cholesky's factor of the lower triangle of A, column by column, and the first column whose pivot is not positive."""
    L = np.tril(A)
    info = np.zeros(A.shape[:-2], np.int32)
    for place in np.ndindex(A.shape[:-2]):
        M = L[place]
        for j in range(A.shape[-1]):
            if j == 1:
                M[1:, 1] = fused(M[1:, 1], -M[1:, 0], M[1, 0])
            elif j:
                total = M[j:, 0] * M[j, 0]
                for k in range(1, j):
                    total = fused(total, M[j:, k], M[j, k])
                M[j:, j] -= total
            if not M[j, j] > 0:
                info[place] = j + 1
                break
            M[j, j] = np.sqrt(M[j, j])
            M[j + 1 :, j] = M[j + 1 :, j] / M[j, j] if len(M) - j == 2 else M[j + 1 :, j] * (1 / M[j, j])
    return L, info


def cholesky_backward(grad: Any, upper: bool, L: Any) -> Any:
    """L^-H (the lower half of L.mH @ grad, made symmetric) L^-1."""
    L, grad = (mH(L), mH(grad)) if upper else (L, grad)
    gA = tril(product(mH(L), grad))
    gA = times(gA + mH(tril(gA, -1)), 0.5)
    gA = linalg_solve_triangular(mH(L), gA, upper=True, left=True)
    return linalg_solve_triangular(L, gA, upper=False, left=False)


@op("CholeskyInverseBackward0", self=lambda grad, self, upper, result: cholesky_inverse_backward(grad, self, upper, result))
def cholesky_inverse_row(self: Array, upper: bool = False) -> Array:
    """The inverse of L @ L.mH, given L.  (..., n, n) -> (..., n, n)."""
    return cholesky_solve_row(np.eye(self.shape[-1], dtype=self.dtype), self, upper)


def cholesky_inverse_backward(grad: Any, L: Any, upper: bool, inverse: Any) -> Any:
    """-(inverse (grad + grad.mH) inverse) L."""
    common = product(inverse, product(grad + mH(grad), inverse))
    return -(product(L, common) if upper else product(common, L))


@op("CholeskySolveBackward0", inputs="self input2",
    joint=lambda grad, self, input2, upper, result, needed: cholesky_solve_backward(grad, input2, upper, result, needed))  # fmt: skip
def cholesky_solve_row(self: Array, input2: Array, upper: bool = False) -> Array:
    """The solution of L L.mH X = self, given L = input2.  (..., n, m), (..., n, n) -> (..., n, m)."""
    L = np.swapaxes(input2, -1, -2) if upper else input2
    return columns(substituted(np.swapaxes(L, -1, -2), substituted(L, self, False), True))


def cholesky_solve_backward(grad: Any, L: Any, upper: bool, result: Any, needed: tuple[bool, ...]) -> list[Any]:
    """The same system again; L's gradient is minus (that @ result.mH, made symmetric) @ L."""
    gB = cholesky_solve_row(grad, L, upper)
    if not needed[1]:
        return [gB, None]
    common = product(gB, mH(result))
    common = common + mH(common)
    return [gB if needed[0] else None, -(product(L, common) if upper else product(common, L))]


# --- QR ---------------------------------------------------------------------------------------------------------------


@op("LinalgQrBackward0", outputs="Q R", A=lambda grads, Q, R, mode: qr_backward(grads[0], grads[1], Q, R, mode))
def linalg_qr(A: Array, mode: str = "reduced") -> tuple[Array, Array]:
    """A = Q @ R, Q with orthonormal columns, R upper triangular.  (..., m, n) -> (..., m, k), (..., k, n), k = min(m, n)."""
    if mode == "r":
        return np.zeros(0, A.dtype), columns(np.asarray(np.linalg.qr(A, "r")))
    Q, R = np.linalg.qr(A, "complete" if mode == "complete" else "reduced")
    return columns(Q), columns(R)


def qr_backward(gQ: Any, gR: Any, Q: Any, R: Any, mode: str) -> Any:
    """See the source: gA = (gQ + Q syminvadj(triu(gR R.mH - Q.mH gQ))) R^-H, for a tall A."""
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you "
            "are going to differentiate through linalg.qr."
        )
    m, n = Q.shape[-2], R.shape[-1]
    if mode == "complete" and m > n:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    if gQ is None and gR is None:
        return None
    if gQ is None:
        gA = product(gR, mH(R))
    else:
        gA = product(gR, mH(R)) - product(mH(Q), gQ) if gR is not None else -product(mH(Q), gQ)
    if m >= n:
        gA = triu(gA)
        gA = product(Q, diagonal_halved(gA + mH(gA)))
        return linalg_solve_triangular(mH(R), gA if gQ is None else gA + gQ, upper=False, left=False)
    gA = -gA
    gA = product(Q, tril(gA - mH(gA)))
    gA = linalg_solve_triangular(mH(slice_(R, R.ndim - 1, 0, m)), gA, upper=False, left=False)
    gA = widened(gA, n - m)
    return gA if gR is None else gA + product(Q, gR)


def widened(A: Any, extra: int) -> Any:
    """A with columns of zeros after it."""
    from autograd_viz.torch.ops.joining import joined

    return joined([A, blank(A, (*A.shape[:-1], extra))], -1)


@op("torch::autograd::CopySlices", self=lambda grad: diagonal_halved(grad))
def diagonal_halved(self: Array) -> Array:
    """self with its diagonal times 0.5: PyTorch does that in place, on a view."""
    made = self.copy()
    for i in range(min(self.shape[-2:])):
        made[..., i, i] *= self.dtype.type(0.5)
    return made


@op("torch::autograd::CopySlices", self=lambda grad: diagonal_ones(grad, 0))
def diagonal_ones(self: Array, value: int = 1) -> Array:
    """self with `value` on its diagonal."""
    made = self.copy()
    for i in range(min(self.shape[-2:])):
        made[..., i, i] = value
    return made


@op("torch::autograd::CopySlices", self=lambda grad: diagonal_ones(grad, 0), src=lambda grad: diagonal(grad, 0, -2, -1))
def diagonal_set(self: Array, src: Array) -> Array:
    """self with `src` on its diagonal."""
    made = self.copy()
    for i in range(min(self.shape[-2:])):
        made[..., i, i] = src[..., i]
    return made


# --- singular values --------------------------------------------------------------------------------------------------


@op("LinalgSvdBackward0", outputs="U S Vh", keep="S_sym_argsize_minus_1",
    A=lambda grads, full_matrices, U, S, Vh: svd_backward(
        *reduced(grads, full_matrices, S), *reduced((U, S, Vh), full_matrices, S)))  # fmt: skip
def linalg_svd(A: Array, full_matrices: bool, compute_uv: bool, S_sym_argsize_minus_1: int) -> tuple[Array, Array, Array]:
    """A = U @ diag(S) @ Vh: rotations, and how far each direction is stretched, the farthest first.  Raises LinAlgError for nan or inf."""
    if not np.isfinite(A).all():
        place = f"(Batch element {int(np.argmin(np.isfinite(A).all((-2, -1))))}): " if A.ndim > 2 else ""
        why = "The algorithm failed to converge because the input matrix contained non-finite values."
        raise _LinAlgError(f"linalg.svd: {place}{why}")
    m, n = A.shape[-2:]
    if n < m >= int(1.5 * n) > 0:  # for a tall matrix LAPACK starts with its QR decomposition, and PyTorch's does so a little earlier
        Q, R = np.linalg.qr(A, "complete" if full_matrices else "reduced")
        inner, S, Vh = np.linalg.svd(R[..., :n, :], False)
        U = np.concatenate([Q[..., :n] @ inner, Q[..., n:]], -1)
    else:
        U, S, Vh = np.linalg.svd(A, full_matrices)
    return columns(U), S, columns(Vh)


@reads("linalg_svdvals(Tensor A, *, str? driver=None, Tensor? out=None)", method=False)
def svdvals(A: Tensor, driver: str | None = None) -> Tensor:
    """The singular values, the largest first.  (..., m, n) -> (..., min(m, n)).  Raises LinAlgError for nan or inf."""
    values: Tensor = svd_of(A, False)[1]
    return values


def svd_of(A: Tensor, full_matrices: bool) -> tuple[Tensor, Tensor, Tensor]:
    """U, S and Vh.  Raises RuntimeError unless A has floats and two dimensions or more."""
    need_floats("linalg.svd", A._array)
    need_matrix("linalg.svd", A._array)
    parts: tuple[Tensor, Tensor, Tensor] = linalg_svd(A, full_matrices, True, min(A.shape[-2:]))
    return parts


def reduced(parts: Any, full_matrices: bool, S: Any) -> tuple[Any, Any, Any]:
    """Without the columns of U and the rows of Vh that belong to no singular value."""
    U, values, Vh = parts
    if full_matrices:
        k = S.shape[-1]
        U = None if U is None else slice_(U, -1, 0, k)
        Vh = None if Vh is None else slice_(Vh, -2, 0, k)
    return U, values, Vh


def svd_backward(gU: Any, gS: Any, gVh: Any, U: Any, S: Any, Vh: Any) -> Any:
    """U [(skew(U.mH gU) / E) S + S (skew(Vh gVh.mH) / E) + diag(gS)] Vh, with E_ij = S_j^2 - S_i^2; more if A is not square."""
    if gU is None and gS is None and gVh is None:
        return None
    m, n = U.shape[-2], Vh.shape[-1]
    if gU is None and gVh is None:
        return product(U, unsqueeze(gS, -1) * Vh) if m >= n else product(U * unsqueeze(gS, -2), Vh)
    gA = svd_core(gU, gS, gVh, U, S, Vh)
    if m > n and gU is not None:
        gA = product(U, gA)
        scaled = gU / unsqueeze(S, -2)
        gA = gA + scaled - product(U, product(mH(U), scaled))
        return product(gA, Vh)
    if m < n and gVh is not None:
        gA = product(gA, Vh)
        scaled = gVh / unsqueeze(S, -1)
        gA = gA + scaled - product(product(scaled, mH(Vh)), Vh)
        return product(U, gA)
    return product(U, product(gA, Vh)) if m >= n else product(product(U, gA), Vh)


def svd_core(gU: Any, gS: Any, gVh: Any, U: Any, S: Any, Vh: Any) -> Any:
    """The gradient in the bases of U and Vh."""
    ofU = None if gU is None else skew(product(mH(U), gU))
    ofV = None if gVh is None else skew(product(Vh, mH(gVh)))
    squares = S * S
    E = diagonal_ones(unsqueeze(squares, -2) - unsqueeze(squares, -1))
    if ofU is None:
        gA = unsqueeze(S, -1) * (ofV / E)
    elif ofV is None:
        gA = (ofU / E) * unsqueeze(S, -2)
    else:
        gA = (ofU * unsqueeze(S, -2) + unsqueeze(S, -1) * ofV) / E
    return gA if gS is None else gA + diag_embed(gS)


def skew(A: Any) -> Any:
    """A - A.mH: of a gradient of a rotation, what another rotation can bring about."""
    return A - mH(A)


# --- eigenvalues ------------------------------------------------------------------------------------------------------


@op("LinalgEighBackward0", outputs="eigenvalues eigenvectors", keep="eigenvalues eigenvectors",
    A=lambda grads, eigenvalues, eigenvectors: eigh_backward(grads[0], grads[1], eigenvalues, eigenvectors))  # fmt: skip
def linalg_eigh(A: Array, UPLO: str = "L", compute_v: bool = True) -> tuple[Array, Array]:
    """A = V @ diag(L) @ V.mH for a symmetric A, of which one triangle is read; the smallest first.  -> (..., n), (..., n, n)."""
    if A.dtype.kind != "f":
        raise NotImplementedError(f"\"linalg_eigh_cpu\" not implemented for '{dtypes.scalar_name(A)}'")
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    L, V = np.linalg.eigh(A, "U" if UPLO.upper() == "U" else "L")
    return L, columns(V)


def eigh_backward(gL: Any, gV: Any, L: Any, V: Any) -> Any:
    """V (diag(gL) + skew(V.mH gV) / 2E) V.mH, with E_ij = L_j - L_i."""
    if gL is None and gV is None:
        return None
    if gV is None:
        return product(V * unsqueeze(gL, -2), mH(V))
    ofV = product(mH(V), gV)
    ofV = times(ofV - mH(ofV), 0.5)
    gA = ofV / diagonal_ones(unsqueeze(L, -2) - unsqueeze(L, -1))
    gA = gA if gL is None else diagonal_set(gA, gL)
    return product(V, product(gA, mH(V)))


# --- the pseudo-inverse -----------------------------------------------------------------------------------------------


@op("LinalgPinvBackward0", self=lambda grad, result, self: pinv_backward(grad, result, self))
def linalg_pinv(self: Array, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Array:
    """What is nearest to an inverse where there is none: singular values below the tolerance count as 0.  (..., m, n) -> (..., n, m)."""
    if 0 in self.shape[-2:]:
        return np.zeros((*self.shape[:-2], self.shape[-1], self.shape[-2]), self.dtype)
    if hermitian:
        S, U = np.linalg.eigh(self)
        Vh = np.swapaxes(U, -1, -2)
    else:
        U, S, Vh = np.linalg.svd(self, False)
    tolerance = tolerance_of(self, np.abs(S).max(-1, keepdims=True), atol, rtol)
    inverse = np.where(np.abs(S) > tolerance, 1 / S, self.dtype.type(0))
    return np.ascontiguousarray((np.swapaxes(Vh, -1, -2) * inverse[..., None, :]) @ np.swapaxes(U, -1, -2))


def tolerance_of(A: Array, largest: Array, atol: Any, rtol: Any) -> Array:
    """Below what a singular value counts as 0: atol or rtol times the largest; by default a few units in the last place of that."""
    if rtol is None:
        rtol = 0.0 if atol is not None and np.any(np.asarray(atol) > 0) else np.finfo(A.dtype).eps * max(A.shape[-2:])
    absolute, relative = (np.asarray(value, A.dtype) for value in (0.0 if atol is None else atol, rtol))
    absolute, relative = (value[..., None] if value.ndim else value for value in (absolute, relative))
    return np.maximum(absolute, relative * largest)


def pinv_backward(grad: Any, pinvA: Any, A: Any) -> Any:
    """The derivative of the pseudo-inverse, in the order that makes the smallest matrices."""
    pinvAh, gradh = mH(pinvA), mH(grad)
    if A.shape[-2] <= A.shape[-1]:
        K = product(gradh, pinvA)
        KpinvAh = product(K, pinvAh)
        first = -mH(product(pinvA, K)) + KpinvAh - product(product(A, pinvA), KpinvAh)
        return first + product(product(pinvAh, pinvA), gradh - product(K, A))
    K = product(pinvA, gradh)
    pinvAhK = product(pinvAh, K)
    first = -mH(product(K, pinvA)) + product(product(gradh - product(A, K), pinvA), pinvAh)
    return first + pinvAhK - product(product(pinvAhK, pinvA), A)


@op("LinalgLstsqBackward0", inputs="self b", outputs="solution residuals",
    joint=lambda grads, self, b, solution, needed: lstsq_backward(grads[0], self, b, solution, needed))  # fmt: skip
def linalg_lstsq(self: Array, b: Array) -> tuple[Array, Array]:
    """The X for which self @ X is nearest to b, and no residuals (the usual driver computes none)."""
    vector = b.ndim == 1 or self.shape[:-1] == b.shape
    X = linalg_pinv(self) @ (b[..., None] if vector else b)
    n = X.shape[-2]
    memory = columns(np.zeros((*X.shape[:-2], max(self.shape[-2:]), X.shape[-1]), X.dtype))  # LAPACK puts the solution where b was
    memory[..., :n, :] = X
    return memory[..., :n, 0] if vector else memory[..., :n, :], np.zeros(0, self.dtype)


def lstsq_backward(grad: Any, A: Any, b: Any, X: Any, needed: tuple[bool, ...]) -> list[Any]:
    """As if the solution were pinv(A) @ b."""
    if grad is None:
        return [None, None]
    vector = len(b.shape) == 1 or tuple(A.shape[:-1]) == tuple(b.shape)
    gX, B = (unsqueeze(grad, -1), unsqueeze(b, -1)) if vector else (grad, b)
    pinvA = linalg_pinv(A)
    gA = pinv_backward(product(gX, mH(B)), pinvA, A) if needed[0] else None
    gB = product(mH(pinvA), gX) if needed[1] else None
    return [gA, squeeze_dim(gB, -1) if vector and gB is not None else gB]
