"""Ready parametrizations of a weight: `weight_norm` (length and direction apart), `spectral_norm` (largest singular value 1), `orthogonal`.

Read next: `reparametrized.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import linalg
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn.modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.utils.parametrize import register_parametrization
from autograd_viz.torch.ops.conversion import allclose
from autograd_viz.torch.ops.creation import eye, zeros_like
from autograd_viz.torch.ops.joining import cat
from autograd_viz.torch.ops.normalization import norm_except_dim, weight_norm_of
from autograd_viz.torch.tensor import Tensor

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    """weight = g * v / |v|, with a length g for each row (of `dim`)."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        """The weight."""
        return weight_norm_of(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Any) -> Any:
        """Its lengths, and itself for the directions."""
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int = 0) -> Any:
    """Learn the lengths (`original0`) and directions (`original1`) of a weight's rows apart."""
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(Module):
    """weight / sigma, its largest singular value; found by a few steps of the power method at each call in training."""

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim, self.eps = dim % ndim, eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._matrix(weight)
            u, v = (matrix.new_empty(size).normal_(0, 1) for size in matrix.shape)
            self.register_buffer("_u", F.normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", F.normalize(v, dim=0, eps=eps))
            self._power_method(matrix, 15)

    def _matrix(self, weight: Any) -> Any:
        if self.dim != 0:
            weight = weight.permute(self.dim, *(d for d in range(weight.ndim) if d != self.dim))
        return weight.flatten(1)

    def _power_method(self, matrix: Any, steps: int) -> None:
        with no_grad():
            for _ in range(steps):
                self._u.copy_(F.normalize(matrix.mv(self._v), dim=0, eps=self.eps))
                self._v.copy_(F.normalize(matrix.mH.mv(self._u), dim=0, eps=self.eps))

    def forward(self, weight: Any) -> Any:
        """The weight, divided."""
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = self._matrix(weight)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        return weight / self._u.clone().vdot(matrix.mv(self._v.clone()))

    def right_inverse(self, value: Any) -> Any:
        """The value itself."""
        return value


def spectral_norm(module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None) -> Any:
    """Divide a weight by its largest singular value."""
    weight = _weight_of(module, name)
    if dim is None:
        dim = 1 if isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d) else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


def _weight_of(module: Any, name: str) -> Any:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


MAPS = ("matrix_exp", "cayley")


class _Orthogonal(Module):
    """An orthogonal matrix from any: base @ exp(A), where A = X - X^T of the lower triangle of X; or by Cayley's map instead of exp."""

    def __init__(self, weight: Any, orthogonal_map: str) -> None:
        super().__init__()
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        self.register_buffer("base", None)

    def forward(self, given: Any) -> Any:
        """The matrix."""
        wide = given.shape[-2] < given.shape[-1]
        x = (given.mT if wide else given).tril()
        n, k = x.shape[-2:]
        if n != k:
            x = cat([x, x.new_zeros(n, n - k).expand(*x.shape[:-2], -1, -1)], dim=-1)
        a = x - x.mT
        if self.orthogonal_map == "matrix_exp":
            made: Any = linalg.matrix_exp(a)
        else:
            one: Any = eye(n, dtype=a.dtype)
            made = linalg.solve(one.add(a, alpha=-0.5), one.add(a, alpha=0.5))
        made = self.base @ (made[..., :k] if n != k else made)
        return made.mT if wide else made

    def right_inverse(self, given: Any) -> Any:
        """Remember the matrix, made orthogonal, as the base; the X for it is minus the identity, of which A is 0."""
        if given.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {given.shape}.")
        with no_grad():
            n, k = sorted(given.shape[-2:], reverse=True)
            q = given.mT if given.shape[-2] < given.shape[-1] else given
            if n != k:
                q = cat([q, q.new_empty(*q.shape[:-2], n, n - k).normal_()], dim=-1)
            one: Any = eye(n, dtype=q.dtype)
            if n == k and allclose(q.mT @ q, one, atol=10.0 * n * float(np.finfo(q.dtype.numpy).eps)):
                self.base = q.clone()
            else:
                found, upper = linalg.qr(q)
                self.base = found * upper.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)
            minus: Any = zeros_like(given)
            minus.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return minus


def orthogonal(module: Any, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True) -> Any:
    """Keep a weight orthogonal (its rows or columns, if it is not square). `use_trivialization` is always on here."""
    weight = _weight_of(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    chosen = orthogonal_map or ("matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder")
    if chosen not in (*MAPS, "householder"):
        raise ValueError(f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {chosen}')
    if chosen == "householder":
        raise NotImplementedError('orthogonal_map="householder" is not part of this library; choose "matrix_exp" or "cayley".')
    return register_parametrization(module, name, _Orthogonal(weight, chosen), unsafe=True)
