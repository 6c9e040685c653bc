"""Dropout: while training, each element (or channel) is 0 with probability p, and the others are enlarged by 1 / (1 - p).

Read next: `sparse.py`.
"""

from __future__ import annotations

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.tensor import Tensor

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        """Its settings."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Drops elements."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Drops channels of (N, C, L)."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Drops channels of (N, C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Drops channels of (N, C, D, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for networks of SELU."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape."""
        return F.feature_alpha_dropout(input, self.p, self.training)
