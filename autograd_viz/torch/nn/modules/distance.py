"""How far apart, and how alike in direction: `PairwiseDistance`, `CosineSimilarity`.

Read next: `loss.py`.
"""

from __future__ import annotations

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.tensor import Tensor

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """The p-norm of the differences of rows."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """(N, D), (N, D) -> (N,)."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """(N, D), (N, D) -> (N,)."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
