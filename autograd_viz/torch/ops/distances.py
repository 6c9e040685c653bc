"""Distances and angles between the rows of two tensors.

Read next: `likelihood.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.norms import linalg_vector_norm, norm_backward
from autograd_viz.torch.ops.pointwise import floats, plus, sub, to_copy
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import clone, expand, wrap_dim
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = ["cosine_similarity", "frobenius_norm", "pairwise_distance"]


@op("NormBackward1", self=lambda grad, self, p, result, dim, keepdim: norm_backward(grad, self, p, result, dim, keepdim))
def norm_dim(self: Array, p: float, dim: tuple[int, ...], keepdim: bool = False) -> Array:
    """The p-norm along one dimension: (sum of |self| ** p) ** (1 / p)."""
    return np.asarray(linalg_vector_norm(self, p, dim, keepdim))


@reads("frobenius_norm(Tensor input, int[1] dim, bool keepdim=False, *, Tensor? out=None)", method=False)
def frobenius_norm(input: Tensor, dim: tuple[int, ...], keepdim: bool = False) -> Tensor:
    """The 2-norm over one dimension or two, by an old name (deprecated).  Raises RuntimeError for more."""
    warnings.warn("at::frobenius_norm is deprecated and it is just left for JIT compatibility", stacklevel=3)
    if len(dim) > 2:
        raise RuntimeError(f"Expected at most 2 dimensions, but got {len(dim)} dimensions instead.")
    return norm_dim(input, 2.0, dim, keepdim)


@reads("pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False)", method=False)
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension.  (n, k), (n, k) -> (n,)."""
    need_tensors("pairwise_distance", x1=x1, x2=x2)
    last = max(x1.ndim, x2.ndim) - 1
    return norm_dim(plus(sub(x1, x2), eps), float(p), (last,), keepdim)


@reads("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08)", method=False)
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle between x1 and x2 along dim: their product, both divided by their lengths.  (n, k), (n, k) -> (n,)."""
    need_tensors("cosine_similarity", x1=x1, x2=x2)
    kind = dtypes.of_numpy[floats(np.empty(0, dtypes.promoted([x1._array, x2._array], [False, False]))).dtype]
    x1, x2 = (x if x.dtype.is_floating_point else to_copy(x, kind) for x in (x1, x2))
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
