"""CTC: how likely is a short text, given for each moment of a long recording the probabilities of the letters?

Every way of stretching the text over the recording counts (letters repeated, `blank` between them), and there are very many; but those
that have come to the same letter at the same moment go on alike, so their probabilities are added up as one: a sum for each letter and
moment, from the first moment to the last (alpha), or from the last to the first (beta). (Graves and others, 2006.)

Read next: `normalization.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op

Lengths = tuple[int, ...]


def spread(text: Array, blank: int) -> Array:
    """The letters with blanks around them: [a, b] -> [blank, a, blank, b, blank]."""
    wide = np.full(2 * len(text) + 1, blank)
    wide[1::2] = text
    return wide


def forward_sums(logs: Array, wide: Array) -> Array:
    """The logarithms of alpha.  (moments, letters), (places,) -> (moments, places)"""
    found = np.full((len(logs), len(wide)), -np.inf, logs.dtype)
    if not len(logs):
        return found
    found[0, :2] = logs[0, wide[:2]]
    skips = np.zeros(len(wide), bool)  # from the letter before, over a blank, unless that is the same letter
    skips[3::2] = wide[3::2] != wide[1:-2:2]
    for t in range(1, len(logs)):
        before = found[t - 1]
        total = np.logaddexp(before, np.concatenate([[-np.inf], before[:-1]]).astype(logs.dtype))
        two = np.concatenate([[-np.inf, -np.inf], before[:-2]]).astype(logs.dtype)[: len(wide)]
        found[t] = np.where(skips, np.logaddexp(total, two), total) + logs[t, wide]
    return found


def texts_of(targets: Array, target_lengths: Lengths) -> list[Array]:
    """The texts, which stand in rows or one behind the other."""
    if targets.ndim == 1:
        return np.split(targets, np.cumsum(target_lengths)[:-1]) if len(target_lengths) else []
    return [row[:length] for row, length in zip(targets, target_lengths, strict=True)]


def alphas(log_probs: Array, targets: Array, input_lengths: Lengths, target_lengths: Lengths, blank: int) -> Array:
    """The forward sums of all samples.  -> (samples, moments, places)"""
    made = np.full((len(input_lengths), len(log_probs), 2 * max(target_lengths, default=0) + 1), -np.inf, log_probs.dtype)
    for n, (text, moments) in enumerate(zip(texts_of(targets, target_lengths), input_lengths, strict=True)):
        made[n, :moments, : 2 * len(text) + 1] = forward_sums(log_probs[:moments, n], spread(text, blank))
    return made


@op("CtcLossBackward0", others="targets result1", outputs="result0", keep="zero_infinity",
    log_probs=lambda grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity: ctc_loss_backward(
        grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity))  # fmt: skip
def ctc_loss(
    log_probs: Array, targets: Array, input_lengths: Lengths, target_lengths: Lengths, blank: int = 0, zero_infinity: bool = False,
    result1: Any = None,
) -> tuple[Array]:  # fmt: skip
    """Minus the logarithm of each text's probability.  (moments, samples, letters) -> (samples,)"""
    losses = np.zeros(len(input_lengths), log_probs.dtype)
    for n, (moments, length) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        if not moments:
            losses[n] = np.inf if length else 0
            continue
        ends = result1[n, moments - 1, max(2 * length - 1, 0) : 2 * length + 1]  # at the last letter, or at the blank behind it
        losses[n] = -np.logaddexp.reduce(ends)
    return (losses,)


@op("torch::autograd::NotImplemented", inputs="grad log_probs", others="targets result result1", joint=lambda grad: no_second_derivative())
def ctc_loss_backward(
    grad: Array, log_probs: Array, targets: Array, input_lengths: Lengths, target_lengths: Lengths, result: Array, result1: Array,
    blank: int, zero_infinity: bool = False,
) -> Array:  # fmt: skip
    """p - (share of all ways that are at this letter now), for probabilities p: as PyTorch has it, with a log_softmax behind."""
    made = np.zeros_like(log_probs)
    for n, text in enumerate(texts_of(targets, target_lengths)):
        moments, wide = input_lengths[n], spread(text, blank)
        if zero_infinity and np.isinf(result[n]):
            continue
        logs = log_probs[:moments, n]
        alpha = result1[n, :moments, : len(wide)]
        beta = forward_sums(logs[::-1], wide[::-1])[::-1, ::-1]
        for t in range(moments):
            shares = np.full(log_probs.shape[2], -np.inf, log_probs.dtype)
            np.logaddexp.at(shares, wide, alpha[t] + beta[t])
            made[t, n] = (np.exp(logs[t]) - np.exp(shares + result[n] - logs[t])) * grad[n]
    return made


def no_second_derivative() -> Any:
    """Raise RuntimeError: PyTorch has none either."""
    raise RuntimeError("derivative for aten::_ctc_loss_backward is not implemented")
