"""`Embedding`: a learned vector for each of a number of words; the input says which.

Read next: `conv.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.parameter import Parameter
from autograd_viz.torch.ops.creation import empty
from autograd_viz.torch.tensor import Tensor

__all__ = ["Embedding"]


class Embedding(Module):
    """A table of vectors: (*) whole numbers -> (*, embedding_dim). The row `padding_idx` starts at 0 and is not learned."""

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Tensor | None = None,
        _freeze: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings and padding_idx != 0:
                raise AssertionError("Padding_idx must be within num_embeddings")
            padding_idx = padding_idx + num_embeddings if padding_idx < 0 else padding_idx
        self.padding_idx, self.max_norm, self.norm_type = padding_idx, max_norm, norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        if _weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, device=device, dtype=dtype), requires_grad=not _freeze)
            self.reset_parameters()
        else:
            if list(_weight.shape) != [num_embeddings, embedding_dim]:
                raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
            self.weight = Parameter(_weight, requires_grad=not _freeze)
        self.sparse = sparse

    def reset_parameters(self) -> None:
        """The bell curve; 0 for the padding."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)  # type: ignore[index]

    def forward(self, input: Tensor) -> Tensor:
        """(*) -> (*, embedding_dim)."""
        settings = (self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse)
        return F.embedding(input, self.weight, self.padding_idx, *settings)

    def extra_repr(self) -> str:
        """Its sizes, and what is not as usual."""
        unusual = {"padding_idx": None, "max_norm": None, "norm_type": 2, "scale_grad_by_freq": False, "sparse": False}
        said = [f"{name}={getattr(self, name)}" for name, usual in unusual.items() if getattr(self, name) != usual]
        return ", ".join([str(self.num_embeddings), str(self.embedding_dim), *said])

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False,
    ) -> Embedding:  # fmt: skip
        """With a table that exists already; `freeze`: it is not learned."""
        if embeddings.ndim != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight=embeddings, _freeze=freeze)
