"""Negative log likelihood: given the logarithms of the classes' probabilities, minus that of the class that was so.

The classes are dimension 1 (of a vector: its only one); every other place has a target of its own, the number of a class.
A target equal to `ignore_index` counts for nothing.

Read next: `normalization.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.tensor import Tensor, holding


def weights_of(classes: int, target: Array, weight: Array | None, ignore_index: int, kind: np.dtype) -> tuple[Array, Array]:
    """Each target's weight, and the targets as places that exist.  Raises IndexError for a class that there is not."""
    counts = target != ignore_index
    wrong = target[counts & ((target < 0) | (target >= classes))]
    if wrong.size:
        raise IndexError(f"Target {wrong.flat[0]} is out of bounds.\nHint: with {classes} classes they are numbered 0 to {classes - 1}.")
    places = np.where(counts, target, 0).astype(np.int64)
    each = np.ones(target.shape, kind) if weight is None else weight[places]
    return np.where(counts, each, kind.type(0)), places


def nll_loss(self: Any, target: Any, weight: Any, reduction: int, ignore_index: int, row: Any) -> Any:
    """`row`, given besides its arguments the sum of the weights, by which a mean is divided (PyTorch keeps it in the node)."""
    array, targets = self._array, target._array
    need_floats(array, "nll_loss_out_frame")
    weights = None if weight is None else weight._array
    if weights is not None and weights.dtype != array.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.scalar_name(array)} but found {dtypes.scalar_name(weights)}")
    each, _ = weights_of(array.shape[min(1, array.ndim - 1)], targets, weights, ignore_index, array.dtype)
    total = each.sum(dtype=array.dtype) if reduction or not targets.ndim else array.dtype.type(0)
    made: Tensor = row(self, target, weight, reduction, ignore_index % 2**64, holding(np.asarray(total)))
    return made


def _picked(
    array: Array, target: Array, weight: Array | None = None, reduction: int = 1, ignore_index: int = -100, total_weight: Any = None
) -> Array:
    axis = min(1, array.ndim - 1)
    ignore_index -= 2**64 * (ignore_index >= 2**63)  # the node keeps it as PyTorch shows it, unsigned
    each, places = weights_of(array.shape[axis], target, weight, ignore_index, array.dtype)
    chosen = np.take_along_axis(array, np.expand_dims(places, axis), axis).squeeze(axis)
    loss = np.where(target == ignore_index, array.dtype.type(0), -chosen * each)
    return np.asarray(loss if not reduction else loss.sum() if reduction == 2 else loss.sum() / total_weight)


def _put_back(
    grad: Array,
    array: Array,
    target: Array,
    weight: Array | None = None,
    reduction: int = 1,
    ignore_index: int = -100,
    total_weight: Any = None,
) -> Array:
    axis = min(1, array.ndim - 1)
    ignore_index -= 2**64 * (ignore_index >= 2**63)
    each, places = weights_of(array.shape[axis], target, weight, ignore_index, array.dtype)
    slopes = np.where(target == ignore_index, array.dtype.type(0), -each * grad / (total_weight if reduction == 1 else array.dtype.type(1)))
    made = np.zeros_like(array)
    np.put_along_axis(made, np.expand_dims(places, axis), np.expand_dims(slopes, axis), axis)
    return made


@op("NllLossBackward0", others="target weight total_weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight))  # fmt: skip
def nll_loss_1d(
    self: Array, target: Array, weight: Array | None = None, reduction: int = 1, ignore_index: int = -100, total_weight: Any = None
) -> Array:
    """-self at the target's class, weighted and reduced.  (n, classes), (n,) -> (n,) or ()."""
    return _picked(self, target, weight, reduction, ignore_index, total_weight)


@op("NllLossBackwardBackward0", others="target weight total_weight",
    grad_output=lambda grad, target, weight, reduction, ignore_index, total_weight: nll_loss_1d(
        grad, target, weight, reduction, ignore_index, total_weight),
    self=lambda grad: zeros(grad))  # fmt: skip
def nll_loss_backward(
    grad_output: Array,
    self: Array,
    target: Array,
    weight: Array | None = None,
    reduction: int = 1,
    ignore_index: int = -100,
    total_weight: Any = None,
) -> Array:
    """-grad_output times the weight in the place of the target's class and zeros elsewhere."""
    return _put_back(grad_output, self, target, weight, reduction, ignore_index, total_weight)


@op("NllLoss2DBackward0", others="target weight total_weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss2d_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight))  # fmt: skip
def nll_loss2d(
    self: Array, target: Array, weight: Array | None = None, reduction: int = 1, ignore_index: int = -100, total_weight: Any = None
) -> Array:
    """The same for images.  (n, classes, h, w), (n, h, w) -> (n, h, w) or ()."""
    return _picked(self, target, weight, reduction, ignore_index, total_weight)


@op("NllLoss2DBackwardBackward0", others="target weight total_weight",
    grad_output=lambda grad, target, weight, reduction, ignore_index, total_weight: nll_loss2d(
        grad, target, weight, reduction, ignore_index, total_weight),
    self=lambda grad: zeros(grad))  # fmt: skip
def nll_loss2d_backward(
    grad_output: Array,
    self: Array,
    target: Array,
    weight: Array | None = None,
    reduction: int = 1,
    ignore_index: int = -100,
    total_weight: Any = None,
) -> Array:
    """-grad_output times the weight in the place of the target's class and zeros elsewhere."""
    return _put_back(grad_output, self, target, weight, reduction, ignore_index, total_weight)
