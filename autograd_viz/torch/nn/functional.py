"""`torch.nn.functional`: activations, and losses with PyTorch's arguments and checks."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.op import check_broadcast
from autograd_viz.torch.ops import losses
from autograd_viz.torch.ops.padding import pad
from autograd_viz.torch.ops.pointwise import relu, sigmoid, tanh
from autograd_viz.torch.ops.shape import expand
from autograd_viz.torch.tensor import Tensor

__all__ = ["binary_cross_entropy_with_logits", "mse_loss", "pad", "relu", "sigmoid", "tanh"]


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squared differences: their mean, their sum, or ("none") each.  Warns if the shapes differ."""
    _check_sized(target, input)
    if target.shape != input.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to incorrect "
            "results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=2,
        )
    reduce = _reduction(reduction)
    check_broadcast(tuple(input.shape), tuple(target.shape))
    shape = np.broadcast_shapes(input.shape, target.shape)
    input, target = (t if t.shape == shape else expand(t, shape) for t in (input, target))
    return losses.mse_loss(input, target, reduce)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """How surprising the targets (0 to 1) are to a model whose probabilities are sigmoid(input).

    Raises ValueError if the shapes differ.  Computed from the logits, so that a sure model does not overflow.
    """
    _check_sized(target, input)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return losses.binary_cross_entropy_with_logits(input, target, weight, pos_weight, _reduction(reduction))


def _check_sized(*values: Any) -> None:
    for value in values:
        if not isinstance(value, Tensor):
            raise AttributeError(f"'{type(value).__name__}' object has no attribute 'size'\nHint: a loss compares two tensors.")


def _reduction(name: str) -> int:
    if name not in losses.REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction\nHint: it is one of {', '.join(losses.REDUCTIONS)}.")
    return losses.REDUCTIONS[name]
