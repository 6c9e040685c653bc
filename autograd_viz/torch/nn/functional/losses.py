"""Losses with PyTorch's arguments and checks.

`reduction`: "mean", "sum", or "none" for each element's loss. Its older names, `size_average` and `reduce`, still work and warn.

Read next: `classes.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import SCALAR_NAMES
from autograd_viz.torch.modes import mode, no_grad
from autograd_viz.torch.nn.functional.activations import logsigmoid
from autograd_viz.torch.op import check_broadcast
from autograd_viz.torch.ops import creation, losses
from autograd_viz.torch.ops.distances import cosine_similarity, pairwise_distance
from autograd_viz.torch.ops.losses import reduced
from autograd_viz.torch.ops.pointwise import masked_fill, minimum, minus, plus, sub, times, where
from autograd_viz.torch.ops.rearranging import broadcast_shapes
from autograd_viz.torch.ops.reduction import mean_all, sum_all, sum_dim
from autograd_viz.torch.ops.shape import expand, unsqueeze
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cosine_similarity", "gaussian_nll_loss",
    "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss", "margin_ranking_loss", "mse_loss", "multi_margin_loss",
    "multilabel_soft_margin_loss", "pairwise_distance", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]  # fmt: skip

Flag = bool | None
RESHAPE = "\nHint: .squeeze(-1), .unsqueeze(-1) or .view_as(other) gives one of them the other's shape."
NO_BOOLS = "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
ONE_BOOL = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)
NOT_NEGATIVE = (
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` "
    "operator instead."
)

# --- what they share --------------------------------------------------------------------------------------------------


def reduction_of(name: str, size_average: Flag = None, reduce: Flag = None) -> int:
    """PyTorch's number for a reduction.  Raises ValueError for a name that is none, warns of the older arguments."""
    if size_average is not None or reduce is not None:
        name = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{name}' instead.", UserWarning, stacklevel=3)
    if name == "elementwise_mean":
        warnings.warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", UserWarning, stacklevel=3)
        return 1
    if name not in losses.REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction\nHint: it is one of {', '.join(losses.REDUCTIONS)}.")
    return losses.REDUCTIONS[name]


def _check_sized(*values: Any, attribute: str = "size") -> None:
    for value in values:
        if not isinstance(value, Tensor):
            raise AttributeError(f"'{type(value).__name__}' object has no attribute '{attribute}'\nHint: a loss compares two tensors.")


def _side_by_side(input: Tensor, target: Tensor) -> tuple[Any, Any]:
    """The two, broadcast to one shape.  Warns if that changes one of them."""
    _check_sized(target, input)
    if target.shape != input.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to incorrect "
            "results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=3,
        )
    check_broadcast(tuple(input.shape), tuple(target.shape))
    shape = np.broadcast_shapes(input.shape, target.shape)
    first, second = (t if t.shape == shape else expand(t, shape) for t in (input, target))
    return first, second


def _weighed(terms: Any, weight: Any, input: Tensor, reduction: str, *, by_count: bool = False) -> Any:
    """Weighted terms; their mean is over the weights, or (`by_count`, as huber_loss has it) over the elements."""
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    weighted = terms() * weight
    if reduction == "none":
        return weighted
    if reduction == "sum":
        return sum_all(weighted)
    if reduction == "mean":
        return mean_all(weighted) if by_count else sum_all(weighted) / sum_all(weight)
    raise ValueError(f"Invalid reduction mode: {reduction}. Expected one of 'none', 'mean', 'sum'.")


def _log(x: Any) -> Any:
    return x.log()


def not_differentiable_in(function: str, **arguments: Any) -> None:
    """Raise PyTorch's RuntimeError if an argument, of which there is no derivative, requires grad."""
    for name, value in arguments.items():
        if isinstance(value, Tensor) and value._requires_grad and mode.grad:
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument '{name}'. "
                "This input cannot have requires_grad True.\nHint: pass it as it is without its graph: x.detach()."
            )


def _at_least(x: Any, bound: float) -> Any:
    """A fresh x, whose elements below the bound are raised to it in place."""
    return x.clamp_min_(bound)


# --- distances of numbers ---------------------------------------------------------------------------------------------


def mse_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean", weight: Tensor | None = None
) -> Any:
    """The squared differences: their mean, their sum, or ("none") each.  Warns if the shapes differ."""
    first, second = _side_by_side(input, target)
    if weight is not None:
        return _weighed(lambda: (first - second) ** 2, weight, input, reduction)
    return losses.mse_loss(first, second, reduction_of(reduction, size_average, reduce))


def l1_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean", weight: Tensor | None = None
) -> Any:
    """The distances |input - target|, reduced."""
    first, second = _side_by_side(input, target)
    if weight is not None:
        return _weighed(lambda: abs(first - second), weight, input, reduction)
    reduce_ = reduction_of(reduction, size_average, reduce)
    return reduced(abs(first - second), reduce_)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean", beta: float = 1.0
) -> Any:
    """The distances, rounded off where they are less than beta; reduced."""
    first, second = _side_by_side(input, target)
    reduce_ = reduction_of(reduction, size_average, reduce)
    if beta == 0:
        return reduced(abs(first - second), reduce_)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if (first._array.dtype.kind == "b") != (second._array.dtype.kind == "b"):
        raise RuntimeError(ONE_BOOL)
    return losses.smooth_l1_loss(first, second, reduce_, float(beta))


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None) -> Any:
    """Half the square of a distance up to delta, a straight line beyond; reduced."""
    first, second = _side_by_side(input, target)
    if weight is not None:
        return _weighed(lambda: losses.huber_loss(first, second, 0, float(delta)), weight, input, reduction, by_count=True)
    return losses.huber_loss(first, second, reduction_of(reduction), float(delta))


# --- probabilities ----------------------------------------------------------------------------------------------------


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Tensor:
    """How surprising the targets are to a model that says input, all of them probabilities.  Raises ValueError if the shapes differ."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    _check_sized(target, input)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if weight is not None:
        weight = expand(weight, broadcast_shapes(target.shape, weight.shape))
    not_differentiable_in("binary_cross_entropy", weight=weight)
    return losses.binary_cross_entropy(input, target, weight, reduce_)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Flag = None, reduce: Flag = None,
    reduction: str = "mean", pos_weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """How surprising the targets (0 to 1) are to a model whose probabilities are sigmoid(input).

    Raises ValueError if the shapes differ.  Computed from the logits, so that a sure model does not overflow.
    """
    reduce_ = reduction_of(reduction, size_average, reduce)
    _check_sized(target, input)
    if target._array.shape != input._array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape}){RESHAPE}")
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_sigmoid_cpu\" not implemented for '{SCALAR_NAMES[input.dtype]}'")
    if target._array.dtype.kind != "f":
        if target._array.dtype.kind == "b":
            raise RuntimeError(NO_BOOLS)
        names = SCALAR_NAMES
        raise RuntimeError(f"result type {names[input.dtype]} can't be cast to the desired output type {names[target.dtype]}")
    if weight is not None:
        check_broadcast(tuple(input.shape), tuple(weight.shape))
    if pos_weight is not None:
        check_broadcast(tuple(pos_weight.shape), tuple(target.shape))
    if weight is not None or pos_weight is not None:
        not_differentiable_in("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    return losses.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduce_)


def kl_div(
    input: Any, target: Any, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean", log_target: bool = False
) -> Any:
    """What is lost by taking exp(input) for the probabilities target: target * (log(target) - input), reduced.  Warns of "mean"."""
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=2,
        )
    reduce_ = 2 if reduction == "batchmean" else reduction_of(reduction, size_average, reduce)
    loss = reduced(divergence(input, target, log_target), reduce_)
    return loss / input.shape[0] if reduction == "batchmean" and input.ndim else loss


def divergence(input: Any, target: Any, log_target: bool) -> Any:
    """The terms of `kl_div`."""
    need_tensors("kl_div", input=input, target=target)
    if not (input.dtype.is_floating_point and target.dtype.is_floating_point):
        raise RuntimeError("kl_div: Integral inputs not supported.")
    return target.exp() * (target - input) if log_target else target.xlogy(target) - target * input


def poisson_nll_loss(
    input: Any, target: Any, log_input: bool = True, full: bool = False, size_average: Flag = None, eps: float = 1e-8,
    reduce: Flag = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """How surprising counts are to a model that expects input of them, or e ** input (`log_input`); `full`: with Stirling's term."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("poisson_nll_loss", input=input, target=target)
    loss = input.exp() - target * input if log_input else input - target * _log(plus(input, eps))
    if full:
        logarithm: Any = times(target, 2 * math.pi)
        stirling = target * target.log() - target + times(logarithm.log(), 0.5)
        loss = loss + masked_fill(stirling, target <= 1, 0)
    return reduced(loss, reduce_)


def gaussian_nll_loss(input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Any:
    """How surprising the targets are to a model that expects input, with the variance var (at least eps)."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = creation.full_like(input, var)
    elif (var < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = unsqueeze(var, -1)
        elif input.ndim != var.ndim or sum(y for x, y in zip(input.shape, var.shape, strict=True) if x != y) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in losses.REDUCTIONS:
        raise ValueError(reduction + " is not valid")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    terms: Any = var.log() + (input - target) ** 2 / var
    loss = terms * 0.5
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, losses.REDUCTIONS[reduction])


# --- margins ----------------------------------------------------------------------------------------------------------


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Any:
    """The input where the target is 1, margin - input (at least 0) where it is -1; reduced."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("hinge_embedding_loss", input=input, target=target)
    check_broadcast(tuple(target.shape), tuple(input.shape))
    nothing = creation.zeros_like(input)
    apart = where(target != 1, _at_least(sub(float(margin), input), 0), nothing)
    return reduced(apart + where(target != -1, input, nothing), reduce_)


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Any:
    """By how much input1 fails to be the larger one (target 1) or the smaller one (-1), with a margin; reduced."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    _check_sized(input1, input2, target, attribute="dim")
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced(_at_least(plus(-target * (input1 - input2), margin), 0), reduce_)


def soft_margin_loss(input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target * input)), reduced; the target is 1 or -1."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("soft_margin_loss", input=input, target=target)
    not_differentiable_in("soft_margin_loss", target=target)
    if target._array.dtype.kind == "b":
        raise RuntimeError(NOT_NEGATIVE)
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {SCALAR_NAMES[input.dtype]}")
    check_broadcast(tuple(input.shape), tuple(target.shape))
    both = np.broadcast_shapes(input.shape, target.shape)
    if both != tuple(input.shape):
        raise RuntimeError(f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(both)}")
    return losses.soft_margin_loss(input, target, reduce_)


def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: Flag = None,
    reduce: Flag = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """How far the wrong classes come within `margin` of the right one, to the power p (1 or 2); reduced."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    need_tensors("multi_margin_loss", input=input, target=target)
    if input.ndim == 2 and tuple(target.shape) != (input.shape[0],):
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
            f"Expected target size [{input.shape[0]}], but got {list(target.shape)}. Input has shape {list(input.shape)}."
        )
    return losses.multi_margin_loss(input, target, p, margin, weight, reduce_)


def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Any:
    """For each class a binary cross entropy with logits; their mean over the classes, then reduced."""
    if size_average is not None or reduce is not None:
        reduction = {0: "none", 1: "mean", 2: "sum"}[reduction_of(reduction, size_average, reduce)]
    loss: Any = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    last = input.ndim - 1
    loss = sum_dim(loss, (last,)) / input.shape[last]
    if reduction not in losses.REDUCTIONS:
        raise ValueError(reduction + " is not valid")
    return reduced(loss, losses.REDUCTIONS[reduction])


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Any:
    """1 - cosine where the target is 1, cosine - margin (at least 0) where it is -1; reduced."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    last = (target.ndim,)
    squares = [plus(sum_dim(x * x, last), 1e-12) for x in (input1, input2)]
    cosine: Any = sum_dim(input1 * input2, last) / (squares[0] * squares[1]).sqrt()
    check_broadcast(tuple(target.shape), tuple(cosine.shape))
    nothing = creation.zeros_like(cosine)
    alike = where(target == 1, sub(1.0, cosine), nothing)
    apart = where(target == -1, _at_least(minus(cosine, margin), 0), nothing)
    total: Any = alike + apart
    return reduced(total, reduce_)


def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2, eps: float = 1e-6, swap: bool = False,
    size_average: Flag = None, reduce: Flag = None, reduction: str = "mean",
) -> Any:  # fmt: skip
    """By how much the anchor is not nearer to the positive than to the negative by `margin`; reduced."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    _check_triplet(anchor, positive, negative, margin, first="margin")
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced((plus(near, margin) - far).clamp_min(0), reduce_)


def triplet_margin_with_distance_loss(
    anchor: Any, positive: Any, negative: Any, *, distance_function: Any = None, margin: float = 1.0, swap: bool = False,
    reduction: str = "mean",
) -> Any:  # fmt: skip
    """`triplet_margin_loss` with a distance of one's own."""
    if reduction not in losses.REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    _check_triplet(anchor, positive, negative, margin, first="margin")
    distance: Any = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), losses.REDUCTIONS[reduction])


def _check_triplet(anchor: Any, positive: Any, negative: Any, margin: float, first: str) -> None:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
