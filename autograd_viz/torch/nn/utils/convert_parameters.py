"""All parameters of a model as one vector, and back.

Read next: `rnn.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd_viz.torch.nn.modules.naming import typename
from autograd_viz.torch.ops.joining import cat
from autograd_viz.torch.tensor import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Any]) -> Tensor:
    """All of them flattened, one after the other.  -> (the number of all elements,)"""
    return cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Give the parameters their values from a vector; they share its memory from then on."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {typename(vec)}")
    at: Any = vec
    start = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = at[start : start + count].view_as(parameter).data
        start += count
