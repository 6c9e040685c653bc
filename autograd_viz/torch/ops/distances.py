"""Distances and angles between the rows of two tensors.

Read next: `likelihood.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.pointwise import abs, masked_fill, plus, pow_number, sgn, sub, zeros
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import clone, expand, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = ["cosine_similarity", "pairwise_distance"]


@op("NormBackward1", self=lambda grad, self, p, result, dim, keepdim: norm_backward(grad, self, p, result, dim, keepdim))
def norm_dim(self: Array, p: float, dim: tuple[int, ...], keepdim: bool = False) -> Array:
    """The p-norm along one dimension: (sum of |self| ** p) ** (1 / p)."""
    if not self.ndim:
        return np.abs(self)
    size = np.abs(self)
    axis = dim[0]
    if math.isinf(p):
        return np.asarray((size.max if p > 0 else size.min)(axis=axis, keepdims=keepdim))
    if p == 0:
        return (self != 0).sum(axis, keepdims=keepdim).astype(self.dtype)
    return np.asarray((size**p).sum(axis, keepdims=keepdim) ** (1 / p)).astype(self.dtype)


def norm_backward(grad: Any, self: Any, p: float, norm: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    """grad * sign(self) * (|self| / norm) ** (p - 1), and 0 where the norm is 0."""
    if p == 0:
        return zeros(self)
    if not keepdim and self.ndim:
        grad = unsqueeze(grad, dim[0])
        norm = unsqueeze(norm, dim[0]) if p != 1 else norm
    if p == 1:
        return sgn(self) * grad
    if math.isinf(p):
        mask = abs(self) == norm
        return sgn(self) * (grad / sum_dim(mask, dim, True) * mask)
    if p < 2:
        direction, scale = sgn(self) * pow_number(abs(self), p - 1), grad / pow_number(norm, p - 1)
    elif p == 2:
        direction, scale = self, grad / norm
    else:
        direction, scale = self * pow_number(abs(self), p - 2), grad / pow_number(norm, p - 1)
    return direction * masked_fill(scale, norm == 0, 0)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension.  (n, k), (n, k) -> (n,)."""
    need_tensors("pairwise_distance", x1=x1, x2=x2)
    last = max(x1.ndim, x2.ndim, 1) - 1
    return norm_dim(plus(sub(x1, x2), eps), float(p), (last,), keepdim)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle between x1 and x2 along dim: their product, both divided by their lengths.  (n, k), (n, k) -> (n,)."""
    need_tensors("cosine_similarity", x1=x1, x2=x2)
    if x1.shape != x2.shape:
        check_broadcast(tuple(x1.shape), tuple(x2.shape))
        shape = np.broadcast_shapes(x1.shape, x2.shape)
        x1, x2 = expand(x1, shape), expand(x2, shape)
    wrap_dim(dim, x1.ndim)
    lengths: list[Any] = [clone(x.norm(2, dim, keepdim=True)) for x in (x1, x2)]
    with no_grad():
        for length in lengths:
            length.clamp_min_(eps)
    return sum_dim((x1 / lengths[0]) * (x2 / lengths[1]), (dim,))
