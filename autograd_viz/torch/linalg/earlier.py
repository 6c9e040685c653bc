"""What PyTorch offered before it had `torch.linalg`, under `torch` itself and as methods: `torch.det(x)`, `x.inverse()`, `torch.svd(x)`.

Read next: `../utils/__init__.py`.
"""

# ruff: noqa: N806 (matrices have capital letters, as on paper)

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import linalg, return_types
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.ops import decompositions, matrices, pointwise, systems
from autograd_viz.torch.ops.shape import transpose
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "cholesky", "cholesky_inverse", "cholesky_solve", "det", "inverse", "logdet", "pinverse", "qr", "slogdet", "svd",
]  # fmt: skip


@reads("det(Tensor input)")
def det(input: Tensor) -> Tensor:
    """The determinant.  (..., n, n) -> (...)."""
    return linalg.det(input)


@reads("logdet(Tensor input)")
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant, nan if that is negative.  (..., n, n) -> (...)."""
    sign, logabsdet = linalg.sign_and_log(input, "logdet")
    return pointwise.where(pointwise.eq(sign, -1.0), float("nan"), logabsdet)


@reads("slogdet(Tensor input, *, Tensor? out=None)")
def slogdet(input: Tensor) -> Any:
    """The determinant's sign and the logarithm of its magnitude.  (..., n, n) -> (...), (...)."""
    return return_types.slogdet(linalg.sign_and_log(input, "linalg.slogdet"))


@reads("inverse(Tensor input, *, Tensor? out=None)")
def inverse(input: Tensor) -> Tensor:
    """The inverse.  (..., n, n) -> (..., n, n).  Raises LinAlgError if a matrix is singular."""
    return systems.inv(input)


@reads("pinverse(Tensor input, float rcond=1e-15)")
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudo-inverse: singular values below rcond times the largest count as 0.  (..., m, n) -> (..., n, m)."""
    return linalg.pinv(input, rcond)


@reads("cholesky(Tensor input, bool upper=False, *, Tensor? out=None)")
def cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """L of input = L @ L.mH.  Raises LinAlgError if it is not positive-definite."""
    warnings.warn(
        "torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.\n"
        "L = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)",
        UserWarning, stacklevel=3,
    )  # fmt: skip
    matrices.need_square("cholesky", input._array)
    if input._array.dtype.kind == "f":
        _, info = decompositions.rooted(input._array.swapaxes(-1, -2) if upper else input._array)
        systems.check(info, "cholesky", linalg.NOT_POSITIVE)
    matrices.need_floats("linalg.cholesky", input._array)
    return decompositions.cholesky_factor(input, upper)


@reads("cholesky_inverse(Tensor input, bool upper=False, *, Tensor? out=None)")
def cholesky_inverse(input: Tensor, upper: bool = False) -> Tensor:
    """The inverse of L @ L.mH, given L."""
    matrices.need_square("cholesky_inverse", input._array)
    return decompositions.cholesky_inverse_row(input, upper)


@reads("cholesky_solve(Tensor input, Tensor input2, bool upper=False, *, Tensor? out=None)")
def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False) -> Tensor:
    """X of L L.mH X = input, given L = input2.  (..., n, m), (..., n, n) -> (..., n, m)."""
    b, L = input._array, input2._array
    for name, array in (("b", b), ("u", L)):
        if array.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {array.ndim} dimensions instead")
    matrices.need_square("", L)
    if b.shape[-2] != L.shape[-1]:
        sizes = f"each A matrix is {L.shape[-1]} by {L.shape[-1]} but each b matrix is {b.shape[-2]} by {b.shape[-1]}"
        raise RuntimeError(f"Incompatible matrix sizes for cholesky_solve: {sizes}")
    return decompositions.cholesky_solve_row(input, input2, upper)


@reads("qr(Tensor input, bool some=True, *, Tensor? out=None)")
def qr(input: Tensor, some: bool = True) -> Any:
    """Q and R of input = Q @ R; Q is square unless `some`."""
    warnings.warn(
        "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n"
        "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\n"
        "should be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')",
        UserWarning, stacklevel=3,
    )  # fmt: skip
    return return_types.qr(linalg.orthogonal_and_triangular(input, "reduced" if some else "complete"))


@reads("svd(Tensor input, bool some=True, bool compute_uv=True, *, Tensor? out=None)")
def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    """U, S and V (not V.mH) of input = U @ diag(S) @ V.mH; U and V are square unless `some`."""
    if input.ndim < 2:
        raise RuntimeError(f"linalg.svd: input should have at least 2 dimensions, but has {input.ndim} dimensions instead")
    if compute_uv:
        U, S, Vh = decompositions.svd_of(input, not some)
        return return_types.svd((U, S, transpose(Vh, -2, -1)))
    *batch, m, n = input.shape
    nothing = [holding(np.zeros((*batch, k, k), input._array.dtype)) for k in (m, n)]
    return return_types.svd((nothing[0], linalg.svdvals(input), nothing[1]))
