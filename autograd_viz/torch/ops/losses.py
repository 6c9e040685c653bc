"""Losses: how far a prediction is from its target, elementwise and then reduced to their mean or sum.

`reduction` is PyTorch's number for it: 0 none, 1 mean, 2 sum.

Read next: `inplace.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import divided, plus, sigmoid, times
from autograd_viz.torch.ops.reduction import mean_all, sum_all

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def reduced(loss: Any, reduction: int) -> Any:
    """The elements' losses, their mean or their sum."""
    return (mean_all if reduction == 1 else sum_all)(loss) if reduction else loss


@op(
    "MseLossBackward0",
    self=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    target=lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
)
def mse_loss(self: Array, target: Array, reduction: int = 1) -> Array:
    """(self - target) ** 2, reduced."""
    if self.dtype.kind != "f":
        raise NotImplementedError(f'"mse_cpu" not implemented for \'{dtypes.scalar_name(self)}\'')
    difference = self - target
    return reduced(difference * difference, reduction)


@op(
    "MseLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction: mse_loss_backward_grad(grad, self, target, reduction),
    self=lambda grad, grad_output, self, reduction: mse_loss_backward_self(grad, grad_output, self, reduction),
    target=lambda grad, grad_output, self, reduction: -mse_loss_backward_self(grad, grad_output, self, reduction),
)
def mse_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int) -> Array:
    """2 * (self - target) * grad_output, over the number of elements if the loss was their mean."""
    factor = 2 / max(self.size, 1) if reduction == 1 else 2.0
    return (self.dtype.type(factor) * (self - target) * grad_output).astype(self.dtype, copy=False)


def mse_loss_backward_grad(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    """The gradient of `mse_loss_backward` with respect to grad_output."""
    return reduced(times(grad * (self - target), 2), reduction)


def mse_loss_backward_self(grad: Any, grad_output: Any, self: Any, reduction: int) -> Any:
    """The gradient of `mse_loss_backward` with respect to self."""
    inner = times(grad * grad_output, 2)
    return divided(inner, _size(self)) if reduction == 1 else inner


@op(
    "BinaryCrossEntropyWithLogitsBackward0",
    self=lambda grad, self, target, weight, pos_weight, reduction: bce_self_backward(grad, self, target, weight, pos_weight, reduction),
    target=lambda grad, self, target, weight, pos_weight, reduction: bce_target_backward(grad, self, target, weight, pos_weight, reduction),
    others="weight pos_weight",
)
def binary_cross_entropy_with_logits(
    self: Array, target: Array, weight: Array | None = None, pos_weight: Array | None = None, reduction: int = 1
) -> Array:
    """-(target * log(p) + (1 - target) * log(1 - p)) for p = sigmoid(self), without overflow; reduced. `pos_weight` weighs the first."""
    positive = log_sigmoid(self)
    loss = (1 - target) * self - (positive if pos_weight is None else (1 + (pos_weight - 1) * target) * positive)
    return reduced(loss if weight is None else loss * weight, reduction)


def bce_self_backward(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    """(sigmoid(self) - target) * grad: what the model said minus what was so."""
    if pos_weight is None:
        inner = sigmoid(self) - target
    else:
        weighted = pos_weight * target
        inner = (plus(weighted, 1) - target) * sigmoid(self) - weighted
    return _finish(inner, grad, self, weight, reduction)


def bce_target_backward(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    """-self * grad: the loss is linear in the target."""
    if pos_weight is None:
        inner = -self
    else:
        inner = log_sigmoid(-self) - pos_weight * log_sigmoid(self)
    return _finish(inner, grad, target, weight, reduction)


def _finish(inner: Any, grad: Any, like: Any, weight: Any, reduction: int) -> Any:
    inner = inner * grad
    if weight is not None:
        inner = inner * weight
    return divided(inner, _size(like)) if reduction == 1 else inner


@op("LogSigmoidBackward0", self=lambda grad, self: grad * sigmoid(-self))
def log_sigmoid(self: Array) -> Array:
    """log(1 / (1 + exp(-self))), without overflow."""
    return np.minimum(self, 0) - np.log1p(np.exp(-np.abs(self)))


def _size(value: Any) -> int:
    return int(np.prod(value.shape, dtype=np.int64))
