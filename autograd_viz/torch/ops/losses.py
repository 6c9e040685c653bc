"""Losses: how far a prediction is from its target, elementwise and then reduced to their mean or sum.

`reduction` is PyTorch's number for it: 0 none, 1 mean, 2 sum. The derivative of such a loss is the slope at each element times what
arrives, divided by the number of elements if the loss was their mean. `X_loss_backward` computes that; it is linear in what arrives, so
it is its own derivative there. (One number arrived for all elements if the loss was reduced: the engine sums their gradients to it.)

Read next: `distances.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import from_one, need_floats, not_differentiable
from autograd_viz.torch.ops.pointwise import divided, plus, sigmoid, sigmoid_backward, times
from autograd_viz.torch.ops.reduction import mean_all, sum_all
from autograd_viz.torch.ops.special_functions import logit_row
from autograd_viz.torch.tensor import holding

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def reduced(loss: Any, reduction: int) -> Any:
    """The elements' losses, their mean or their sum."""
    return (mean_all if reduction == 1 else sum_all)(loss) if reduction else loss


def _share(array: Array, reduction: int) -> Array:
    """Each element's share of the mean."""
    return array / array.dtype.type(max(array.size, 1)) if reduction == 1 else array


def _met(self: Array, target: Array, kernel: str) -> tuple[Array, Array]:
    """Both in their common dtype.  Raises NotImplementedError, as that PyTorch kernel, unless it is a float."""
    kind = dtypes.promoted([self, target], [False, False])
    need_floats(np.empty(0, kind), kernel)
    self = self.astype(kind, copy=False)
    return self, target.astype(kind, copy=False)


# --- distances: of numbers from numbers ------------------------------------------------------------------------------


@op(
    "MseLossBackward0",
    self=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    target=lambda grad, self, target, reduction: mse_loss_backward(grad, target, self, reduction),
)
def mse_loss(self: Array, target: Array, reduction: int = 1) -> Array:
    """(self - target) ** 2, reduced."""
    self, target = _met(self, target, "mse_cpu")
    difference = self - target
    return reduced(difference * difference, reduction)


@op(
    "MseLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction: mse_loss_backward(grad, self, target, reduction),
    self=lambda grad, grad_output, self, reduction: mse_loss_double_backward(grad * grad_output, self, reduction),
    target=lambda grad, grad_output, self, reduction: -mse_loss_double_backward(grad * grad_output, self, reduction),
)
def mse_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int) -> Array:
    """2 * (self - target) * grad_output, shared out."""
    return _share(2 * (self - target) * grad_output, reduction).astype(self.dtype, copy=False)


def mse_loss_double_backward(grad: Any, self: Any, reduction: int) -> Any:
    """The gradient of `mse_loss_backward` with respect to self."""
    inner = times(grad, 2)
    return divided(inner, _size(self)) if reduction == 1 else inner


@op(
    "SmoothL1LossBackward0",
    self=lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(grad, self, target, reduction, beta),
    target=lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(grad, target, self, reduction, beta),
)
def smooth_l1_loss(self: Array, target: Array, reduction: int = 1, beta: float = 1.0) -> Array:
    """|self - target| minus beta / 2, but half its square over beta where it is less than beta: no kink at 0."""
    self, target = _met(self, target, "smooth_l1_cpu")
    distance, beta = np.abs(self - target), self.dtype.type(beta)
    return reduced(np.where(distance < beta, distance * distance / (2 * beta), distance - beta / 2), reduction)


@op(
    "SmoothL1LossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction, beta: smooth_l1_loss_backward(grad, self, target, reduction, beta),
    self=lambda grad, grad_output, self, target, reduction, beta: smooth_l1_double_backward(
        grad * grad_output, self, target, reduction, beta
    ),
    target=lambda grad, grad_output, self, target, reduction, beta: (
        -smooth_l1_double_backward(grad * grad_output, self, target, reduction, beta)
    ),
)
def smooth_l1_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int, beta: float) -> Array:
    """grad_output * (self - target) / beta cut off at -1 and 1, shared out."""
    slope = np.clip((self - target) / self.dtype.type(beta), -1, 1)
    return _share(slope * grad_output, reduction).astype(self.dtype, copy=False)


def smooth_l1_double_backward(grad: Any, self: Any, target: Any, reduction: int, beta: float) -> Any:
    """The gradient of `smooth_l1_loss_backward` with respect to self: only the parabola bends."""
    bent = divided(grad * (abs(self - target) < beta), beta)
    return divided(bent, _size(self)) if reduction == 1 else bent


@op(
    "HuberLossBackward0",
    self=lambda grad, self, target, reduction, delta: huber_loss_backward(grad, self, target, reduction, delta),
    target=lambda grad, self, target, reduction, delta: huber_loss_backward(grad, target, self, reduction, delta),
)
def huber_loss(self: Array, target: Array, reduction: int = 1, delta: float = 1.0) -> Array:
    """delta * `smooth_l1_loss` with beta = delta: a parabola near 0, straight lines beyond delta.  Raises RuntimeError for delta <= 0."""
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    kind = dtypes.promoted([self, target], [False, False])
    if kind.kind == "f" and self.dtype.kind != "f":
        names = dtypes.SCALAR_NAMES[dtypes.of_numpy[kind]], dtypes.scalar_name(self)
        raise RuntimeError(f"result type {names[0]} can't be cast to the desired output type {names[1]}")
    need_same_dtype(target, need_floats(self, "huber_cpu"))
    distance, delta = np.abs(self - target), self.dtype.type(delta)
    return reduced(np.where(distance <= delta, distance * distance / 2, delta * (distance - delta / 2)), reduction)


@op(
    "HuberLossBackwardBackward0",
    grad_output=lambda grad, self, target, reduction, delta: huber_loss_backward(grad, self, target, reduction, delta),
    self=lambda grad, grad_output, self, target, reduction, delta: huber_double_backward(
        grad * grad_output, self, target, reduction, delta
    ),
    target=lambda grad, grad_output, self, target, reduction, delta: (
        -huber_double_backward(grad * grad_output, self, target, reduction, delta)
    ),
)
def huber_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int, delta: float) -> Array:
    """grad_output * (self - target) cut off at -delta and delta, shared out."""
    return _share(np.clip(self - target, self.dtype.type(-delta), self.dtype.type(delta)) * grad_output, reduction)


def huber_double_backward(grad: Any, self: Any, target: Any, reduction: int, delta: float) -> Any:
    """The gradient of `huber_loss_backward` with respect to self."""
    bent = grad * (abs(self - target) < delta)
    return divided(bent, _size(self)) if reduction == 1 else bent


def need_same_dtype(array: Array, as_that: Array) -> None:
    """Raise RuntimeError, as PyTorch's kernels do that convert nothing, if the two differ."""
    if array.dtype != as_that.dtype:
        found, expected = dtypes.scalar_name(array), dtypes.scalar_name(as_that)
        raise RuntimeError(f"Found dtype {found} but expected {expected}\nHint: convert one of them: x.to(y.dtype).")


# --- margins ----------------------------------------------------------------------------------------------------------


@op("SoftMarginLossBackward0", others="target",
    self=lambda grad, self, target, reduction: soft_margin_loss_backward(grad, self, target, reduction))  # fmt: skip
def soft_margin_loss(self: Array, target: Array, reduction: int = 1) -> Array:
    """log(1 + exp(-target * self)), reduced; the target is 1 or -1."""
    return reduced(np.log1p(np.exp(-target.astype(self.dtype) * self)), reduction)


@op(
    "SoftMarginLossBackwardBackward0",
    others="target",
    grad_output=lambda grad, self, target, reduction: soft_margin_loss_backward(grad, self, target, reduction),
    self=lambda grad, grad_output, self, target, reduction: soft_margin_double_backward(grad * grad_output, self, target, reduction),
)
def soft_margin_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int) -> Array:
    """-target * sigmoid(-target * self) * grad_output, shared out."""
    target = target.astype(self.dtype)
    return _share(-target * sigmoid(-target * self) * grad_output, reduction)


def soft_margin_double_backward(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    """The gradient of `soft_margin_loss_backward` with respect to self."""
    inner = sigmoid_backward(grad * (target * target), sigmoid(-target * self))
    return divided(inner, _size(self)) if reduction == 1 else inner


@op("MultiMarginLossBackward0", others="target weight",
    self=lambda grad, self, target, p, margin, weight, reduction: multi_margin_loss_backward(
        grad, self, target, p, margin, weight, reduction))  # fmt: skip
def multi_margin_loss(
    self: Array, target: Array, p: int = 1, margin: float = 1.0, weight: Array | None = None, reduction: int = 1
) -> Array:
    """How far each wrong class comes within `margin` of the right one, to the power p; the mean over the classes; reduced."""
    scores, classes = np.atleast_2d(self), np.atleast_1d(target)
    if bool(np.any((classes < 0) | (classes >= scores.shape[1]))):
        raise RuntimeError("target out of range")
    short, _ = _shortfalls(scores, classes, margin)
    loss = (short if p == 1 else short * short) * (1 if weight is None else weight[classes][:, None])
    return np.asarray(reduced((loss.sum(1) / scores.shape[1]).reshape(target.shape), reduction))


def _shortfalls(scores: Array, classes: Array, margin: float) -> tuple[Array, Array]:
    """By how much each wrong class misses the margin (0 for the right one), and where the right one is."""
    right = np.arange(scores.shape[1]) == classes[:, None]
    return np.where(right, 0, np.maximum(margin - scores[right][:, None] + scores, 0)).astype(scores.dtype), right


@op("NotImplemented", others="target weight",
    grad_output=lambda: not_differentiable("multi_margin_loss_backward"),
    self=lambda: not_differentiable("multi_margin_loss_backward"))  # fmt: skip
def multi_margin_loss_backward(
    grad_output: Array, self: Array, target: Array, p: int, margin: float, weight: Array | None = None, reduction: int = 1
) -> Array:
    """The gradient of `multi_margin_loss`. PyTorch has no second derivative of it."""
    scores, classes = np.atleast_2d(self), np.atleast_1d(target)
    short, right = _shortfalls(scores, classes, margin)
    slopes = ((short > 0) if p == 1 else 2 * short) * (1 if weight is None else weight[classes][:, None]) / scores.shape[1]
    slopes = np.where(right, 0 - slopes.sum(1, keepdims=True), slopes) / (scores.shape[0] if reduction == 1 else 1)
    each = grad_output if reduction or not target.ndim else grad_output[:, None]
    return np.asarray(slopes * each, dtype=self.dtype).reshape(self.shape)


@op("MultilabelMarginLossBackward0", others="target is_target",
    self=lambda grad, self, target, reduction, is_target: multilabel_margin_loss_backward(grad, self, target, reduction, is_target))
def multilabel_margin_loss(self: Array, target: Array, reduction: int = 1, is_target: Any = None) -> Array:
    """How far each wrong class comes within 1 of each right one, over the number of classes; reduced. The targets end with the first -1."""
    short, _, _ = _label_shortfalls(self, target, is_target)
    return np.asarray(reduced(short.sum((1, 2), dtype=self.dtype) / np.atleast_2d(self).shape[1], reduction)).reshape(
        () if reduction or self.ndim < 2 else self.shape[:1]
    )


def _label_shortfalls(scores: Array, target: Array, is_target: Array) -> tuple[Array, Array, Array]:
    """max(0, 1 - right + wrong) for each pair, (n, targets, classes); the targets, and which of them count."""
    scores, target, right = np.atleast_2d(scores), np.atleast_2d(target), np.atleast_2d(is_target)
    counts = np.cumprod(target >= 0, 1).astype(bool)
    places = np.where(counts, target, 0)
    short = np.maximum(1 - np.take_along_axis(scores, places, 1)[:, :, None] + scores[:, None, :], 0)
    return np.where(counts[:, :, None] & (right[:, None, :] == 0), short, scores.dtype.type(0)), places, counts


@op("NotImplemented", others="target is_target", grad_output=lambda: not_differentiable("multilabel_margin_loss_backward"),
    self=lambda: not_differentiable("multilabel_margin_loss_backward"))  # fmt: skip
def multilabel_margin_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int, is_target: Array) -> Array:
    """The gradient of `multilabel_margin_loss`."""
    short, places, _ = _label_shortfalls(self, target, is_target)
    pairs = (short > 0).astype(self.dtype) / short.shape[2]
    slopes = pairs.sum(1)
    np.add.at(slopes, (np.arange(len(slopes))[:, None], places), -pairs.sum(2))
    each = np.asarray(grad_output) / (len(slopes) if reduction == 1 else 1)
    return np.asarray(slopes * each.reshape(-1, 1), dtype=self.dtype).reshape(self.shape)


# --- surprises: of a probability, by what was so ----------------------------------------------------------------------


@op(
    "BinaryCrossEntropyBackward0",
    others="weight",
    self=lambda grad, self, target, weight, reduction: binary_cross_entropy_backward(grad, self, target, weight, reduction),
    target=lambda grad, self, target, weight, reduction: bce_to_target(grad, self, target, weight, reduction),
)
def binary_cross_entropy(self: Array, target: Array, weight: Array | None = None, reduction: int = 1) -> Array:
    """-(target * log(self) + (1 - target) * log(1 - self)), reduced; no logarithm counts as less than -100."""
    need_same_dtype(target, self)
    need_floats(self, "binary_cross_entropy")
    for name, array in (("input", self), ("target", target)):
        if not bool(np.all((array >= 0) & (array <= 1))):
            raise RuntimeError(
                f"all elements of {name} should be between 0 and 1"
                + "\nHint: make probabilities of it with sigmoid, or use binary_cross_entropy_with_logits." * (name == "input")
            )
    loss = (target - 1) * np.maximum(np.log1p(-self), -100) - target * np.maximum(np.log(self), -100)
    return reduced(loss if weight is None else loss * weight, reduction)


@op(
    "BinaryCrossEntropyBackwardBackward0",
    others="weight",
    grad_output=lambda grad, self, target, weight, reduction: _finish(
        (self - target) / (plus(self, 1e-12) * plus(from_one(self), 1e-12)), grad, self, weight, reduction
    ),
    self=lambda grad, grad_output, self, target, weight, reduction: bce_curvature(grad * grad_output, self, target, weight, reduction),
    target=lambda grad, grad_output, self, weight, reduction: _finish(
        divided(grad * grad_output, -1), 1 / (self * from_one(self)), self, weight, reduction
    ),
)
def binary_cross_entropy_backward(grad_output: Array, self: Array, target: Array, weight: Array | None = None, reduction: int = 1) -> Array:
    """(self - target) / (self * (1 - self)) * grad_output, shared out."""
    slope = (self - target) / np.maximum((1 - self) * self, self.dtype.type(np.float32(1e-12))) * grad_output
    return _share(slope if weight is None else slope * weight, reduction)


def bce_to_target(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    """-log(self / (1 - self)) * grad, shared out."""
    return _finish(-logit_row(self), grad, target, weight, reduction)


def bce_curvature(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    """The gradient of `binary_cross_entropy_backward` with respect to self."""
    square, spread = self * self, plus(self, 1e-12) * plus(from_one(self), 1e-12)
    return _finish((square - times(self * target, 2) + target) / (spread * spread), grad, self, weight, reduction)


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
    if loss.dtype != target.dtype:
        loss = loss.astype(target.dtype)  # PyTorch computes it in the target's memory
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


def log_sigmoid(self: Any) -> Any:
    """log(1 / (1 + exp(-self))), without overflow. Its node keeps exp(-|self|), which both ways need."""
    if isinstance(self, np.ndarray | np.generic):
        return _log_sigmoid(self, np.exp(-np.abs(self)))
    return _log_sigmoid(self, holding(np.exp(-np.abs(need_floats(self._array, "log_sigmoid_cpu")))))


@op("LogSigmoidBackward0", others="buffer", self=lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer))
def _log_sigmoid(self: Array, buffer: Array) -> Array:
    return np.array(np.minimum(self, 0) - np.log1p(buffer), order="C")


@op(
    "LogSigmoidBackwardBackward0",
    others="buffer",
    grad_output=lambda grad, self, buffer: log_sigmoid_backward(grad, self, buffer),
    self=lambda grad, grad_output, self: sigmoid_backward(-(grad * grad_output), sigmoid(self)),
)
def log_sigmoid_backward(grad_output: Array, self: Array, buffer: Array) -> Array:
    """grad_output * sigmoid(-self)."""
    return grad_output * np.where(self < 0, 1 / (1 + buffer), buffer / (1 + buffer))


def _size(value: Any) -> int:
    return prod(value.shape)
