"""Losses of a choice among classes: nll_loss, and cross_entropy, which is nll_loss of log_softmax.

The classes are dimension 1 of the input (the only one of a vector). Targets are the classes' numbers, or for cross_entropy also
probabilities, in the shape of the input.

Read next: `convolution.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.nn.functional.losses import Flag, not_differentiable_in, reduction_of
from autograd_viz.torch.ops import likelihood, losses, sequences
from autograd_viz.torch.ops.piecewise import where
from autograd_viz.torch.ops.pointwise import divided, masked_fill, plus, times
from autograd_viz.torch.ops.reduction import sum_all, sum_dim
from autograd_viz.torch.ops.shape import gather, reshape
from autograd_viz.torch.ops.softmax import log_softmax
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = ["cross_entropy", "ctc_loss", "multilabel_margin_loss", "nll_loss"]


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Flag = None, ignore_index: int = -100,
    reduce: Flag = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """-input at the target's class, times that class's weight; the mean is over the weights.

    (n, classes), (n,) -> ();  (n, classes, ...), (n, ...) -> ().  A target of ignore_index counts for nothing.
    """
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("nll_loss_nd", input=input, target=target)
    return _nll(input, target, weight, reduce_, ignore_index)


def _nll(input: Tensor, target: Tensor, weight: Tensor | None, reduction: int, ignore_index: int) -> Tensor:
    sizes, wanted = tuple(input.shape), tuple(target.shape)
    if not sizes:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if len(sizes) > 1 and sizes[0] != (wanted[0] if wanted else 0):
        raise ValueError(f"Expected input batch_size ({sizes[0]}) to match target batch_size ({wanted[0] if wanted else 0}).")
    if len(sizes) in (3, 4) or len(sizes) > 4:
        return _nll_of_images(input, target, weight, reduction, ignore_index)
    if len(wanted) > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    _check(input, target, weight, sizes[-1])
    if len(sizes) == 2 and not wanted:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if len(sizes) == 1 and wanted:
        if wanted != (1,):
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
        raise RuntimeError(f"size mismatch (got input: {list(sizes)}, target: {list(wanted)})")
    not_differentiable_in("nll_loss_forward", weight=weight)
    made: Tensor = likelihood.nll_loss(input, target, weight, reduction, ignore_index, likelihood.nll_loss_1d)
    return made


def _nll_of_images(input: Tensor, target: Tensor, weight: Tensor | None, reduction: int, ignore_index: int) -> Tensor:
    """PyTorch has it for two dimensions after the classes; any other number of them is made two and back."""
    sizes, wanted = tuple(input.shape), tuple(target.shape)
    n, classes, *places = sizes
    if len(sizes) != 4:
        if wanted[1:] != tuple(places):
            raise RuntimeError(f"Expected target size {[n, *places]}, got {list(wanted)}")
        input = reshape(input, (n, classes, 1, -1) if input._array.size else (n, classes, 0, 0))
        target = reshape(target, (n, 1, -1) if target._array.size else (n, 0, 0))
    elif len(wanted) != 3:
        raise RuntimeError(f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(wanted)}")
    _check_kind(target)
    if len(sizes) == 4 and wanted != (n, *places):
        raise RuntimeError(f"size mismatch (got input: {list(sizes)} , target: {list(wanted)}")
    _check(input, target, weight, classes)
    not_differentiable_in("nll_loss2d_forward", weight=weight)
    made: Tensor = likelihood.nll_loss(input, target, weight, reduction, ignore_index, likelihood.nll_loss2d)
    return made if reduction or len(sizes) == 4 else reshape(made, (n, *places))


def _check(input: Tensor, target: Tensor, weight: Tensor | None, classes: int) -> None:
    if weight is not None and (weight.ndim != 1 or weight.shape[0] != classes):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{list(weight.shape)}"
        )
    _check_kind(target)


def _check_kind(target: Tensor) -> None:
    if target.dtype not in (dtypes.int64, dtypes.uint8):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {dtypes.SCALAR_NAMES[target.dtype]}"
            "\nHint: a target is the number of a class; make it one with .long()."
        )


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Flag = None, ignore_index: int = -100,
    reduce: Flag = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Any:  # fmt: skip
    """How surprising the targets are to a model whose probabilities are softmax(input).

    `target`: the numbers of the classes, or probabilities in the input's shape. `label_smoothing`: that share of each target is spread
    over all classes.  Raises RuntimeError, ValueError or IndexError for targets that do not fit.
    """
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("cross_entropy_loss", input=input, target=target)
    class_dim = 0 if input.ndim == 1 else 1
    if input.shape == target.shape:
        if not input.ndim and target.dtype.is_floating_point:
            raise IndexError("Dimension specified as 1 but tensor has no dimensions")
        if not target.dtype.is_floating_point:
            found = dtypes.SCALAR_NAMES[target.dtype]
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {found}")
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
    if label_smoothing > 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    logs = log_softmax(input, class_dim)
    if input.shape == target.shape:
        return _with_probabilities(logs, target, weight, reduce_, label_smoothing, class_dim)
    if label_smoothing <= 0:
        return _nll(logs, target, weight, reduce_, ignore_index)
    return _smoothed(logs, target, weight, reduce_, ignore_index, label_smoothing, class_dim)


def _along_classes(weight: Tensor, ndim: int) -> Any:
    """The classes' weights in a shape that fits the input's."""
    return weight if ndim == 1 else reshape(weight, tuple(weight.shape[0] if place == 1 else 1 for place in range(ndim)))


def _with_probabilities(logs: Any, target: Any, weight: Any, reduction: int, smoothing: float, class_dim: int) -> Any:
    classes = logs.shape[class_dim]
    if weight is not None and (weight.ndim != 1 or weight.shape[0] != classes):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {list(weight.shape)}"
        )
    if smoothing > 0:
        target = plus(times(target, 1 - smoothing), smoothing / classes)
    terms = logs * target
    if weight is not None:
        terms = terms * _along_classes(weight, logs.ndim)
    if reduction == 0:
        return -sum_dim(terms, (class_dim,))
    total = -sum_all(terms)
    return divided(total, logs._array.size // max(classes, 1)) if reduction == 1 else total


def _smoothed(logs: Any, target: Any, weight: Any, reduction: int, ignore_index: int, smoothing: float, class_dim: int) -> Any:
    """1 - smoothing parts of the nll_loss, and smoothing parts of that of targets spread over all classes."""
    sharp: Any = _nll(logs, target, weight, reduction, ignore_index)
    ignored = target == ignore_index
    spread = -sum_dim(logs if weight is None else logs * _along_classes(weight, logs.ndim), (class_dim,))
    loss: Any = masked_fill(spread, ignored, 0.0)
    if reduction:
        loss = sum_all(loss)
    if reduction == 1:
        counted = ~ignored
        loss = loss / (sum_all(counted) if weight is None else sum_all(gather(weight, 0, target[counted])))
    return times(sharp, 1 - smoothing) + times(loss, smoothing / logs.shape[class_dim])


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Tensor:
    """How far wrong classes come within 1 of right ones; `target`: the numbers of the right ones, then -1.  (n, classes), (n, classes)."""
    reduce_ = reduction_of(reduction, size_average, reduce)
    need_tensors("multilabel_margin_loss", input=input, target=target)
    if tuple(input.shape) != tuple(target.shape):
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    if target.dtype is not dtypes.int64:
        raise RuntimeError(f"expected scalar type Long but found {dtypes.SCALAR_NAMES[target.dtype]}")
    labels, right = np.atleast_2d(target._array), np.zeros(np.atleast_2d(input._array).shape, input._array.dtype)
    for row, label in zip(right, labels, strict=True):
        row[label[: np.argmax(label < 0) if (label < 0).any() else None]] = 1
    made: Tensor = losses.multilabel_margin_loss(input, target, reduce_, holding(right.reshape(input._array.shape)))
    return made


def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:  # fmt: skip
    """How unlikely each text is, given the letters' log probabilities at each moment: (moments, samples, letters), (samples, longest).

    The mean is of each loss over its text's length. Of an input without samples, one number.
    """
    reduce_ = reduction_of(reduction, None, None)
    need_tensors("ctc_loss", log_probs=log_probs, targets=targets)
    batched = log_probs.ndim == 3
    logs = log_probs if batched else log_probs.unsqueeze(1)
    moments, samples, letters = logs.shape
    taken, lengths = (_lengths(each) for each in (input_lengths, target_lengths))
    _check_ctc(moments, samples, letters, targets, taken, lengths, blank)
    alpha = holding(sequences.alphas(logs._array, targets._array, taken, lengths, blank))
    (loss,) = sequences.ctc_loss(logs, targets, taken, lengths, blank, zero_infinity, alpha)
    if zero_infinity:
        loss = masked_by_zero(loss)
    if reduce_ == 0:
        return loss if batched else loss.squeeze(0)
    if reduce_ == 2:
        return loss.sum()
    return divided(loss, holding(np.maximum(np.array(lengths), 1).astype(logs._array.dtype))).mean()


def masked_by_zero(loss: Any) -> Any:
    """Losses that are infinite as 0."""
    return where(loss == float("inf"), holding(np.zeros((), loss._array.dtype)), loss)


def _lengths(given: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in np.atleast_1d(given._array if isinstance(given, Tensor) else np.array(given)))


def _check_ctc(
    moments: int, samples: int, letters: int, targets: Any, taken: tuple[int, ...], lengths: tuple[int, ...], blank: int
) -> None:
    while_ = "(while checking arguments for ctc_loss_allocate_outputs)"
    if len(taken) != samples:
        raise RuntimeError("input_lengths must be of size batch_size")
    if len(lengths) != samples:
        raise RuntimeError("target_lengths must be of size batch_size")
    if not 0 <= blank < letters:
        raise RuntimeError("blank must be in label range")
    if targets.ndim == 2:
        if targets.shape[0] != samples:
            raise RuntimeError(
                f"Expected tensor to have size {samples} at dimension 0, but got size {targets.shape[0]} for argument #2 'targets' {while_}"
            )
        if targets.shape[1] < max(lengths, default=0):
            raise RuntimeError(
                f"Expected tensor to have size at least {max(lengths)} at dimension 1, but got size {targets.shape[1]} for argument #2 "
                f"'targets' {while_}"
            )
    if max(taken, default=0) > moments:
        raise RuntimeError(f"Expected input_lengths to have value at most {moments}, but got value {max(taken)} {while_}")
