"""A whole layer of an LSTM as one operation: what PyTorch runs for float32 on a CPU (there by oneDNN, whence the name of its node).

At each step, from the input x, the last output h and the last cell c:

    i, f, g, o = chunks of x @ weight0.T + bias2 + h @ weight1.T + bias3      (i, f, o through a sigmoid, g through tanh)
    c = f * c + i * g          what is kept of the cell, and what is written into it
    h = o * tanh(c)            what is shown of it

And sequences of several lengths without their padding.

Read next: `inplace.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.joining import joined
from autograd_viz.torch.ops.pointwise import sigmoid, tanh
from autograd_viz.torch.ops.shape import transpose
from autograd_viz.torch.tensor import Tensor

__all__: list[str] = []


def steps(input: Any, reverse: bool) -> list[int]:
    """The places of the sequence, in the order in which they are visited."""
    order = range(input.shape[0])
    return list(reversed(order)) if reverse else list(order)


def gates(x: Any, h: Any, weights: tuple[Any, ...]) -> tuple[Any, ...]:
    """i, f, g, o at one step.  (N, I), (N, H) -> four (N, H)"""
    ih, hh, *biases = weights
    total = x @ transpose(ih, 0, 1) + h @ transpose(hh, 0, 1)
    for bias in biases:
        total = total if bias is None else total + bias
    size = hh.shape[1]
    i, f, g, o = (total[:, k * size : (k + 1) * size] for k in range(4))
    return sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)


def lstm_backward(
    grads: Any, input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, hx_: Any, cx_: Any, reverse: bool
) -> list[Any]:
    """Forward once more, keeping what each step made; then back through the steps, last one first."""
    weights = (weight0, weight1, weight2, weight3)
    kept, h, c = [], hx_, cx_
    for t in steps(input, reverse):
        i, f, g, o = gates(input[t], h, weights)
        new = f * c + i * g
        kept.append((t, h, c, i, f, g, o, tanh(new)))
        h, c = o * kept[-1][-1], new
    of_output, of_h, of_c = grads[:3]
    along: dict[int, Any] = {}
    of_weights: list[Any] = [0, 0, 0]
    of_h, of_c = (0 if grad is None else grad for grad in (of_h, of_c))
    for t, h, c, i, f, g, o, shown in reversed(kept):
        if of_output is not None:
            of_h = of_h + of_output[t]
        of_c = of_c + of_h * o * (1 - shown * shown)
        parts = (of_c * g * i * (1 - i), of_c * c * f * (1 - f), of_c * i * (1 - g * g), of_h * shown * o * (1 - o))
        of_gates = joined([part + 0 * h for part in parts], 1)  # (N, 4 H)
        turned = transpose(of_gates, 0, 1)
        for place, value in enumerate((turned @ input[t], turned @ h, of_gates.sum(0))):
            of_weights[place] = of_weights[place] + value
        along[t] = of_gates @ weight0
        of_h, of_c = of_gates @ weight1, of_c * f
    of_input = joined([along[t][None] for t in range(input.shape[0])], 0)
    of_ih, of_hh, of_bias = of_weights
    return [of_input, of_ih, of_hh, of_bias, of_bias, of_h, of_c]


@op("MkldnnRnnLayerBackward0", outputs="result0 result1 result2", inputs="input weight0 weight1 weight2 weight3 hx_ cx_",
    keep="result0 result1 result2 mode hidden_size num_layers has_biases bidirectional batch_first batch_sizes train",
    joint=lstm_backward)  # fmt: skip
def lstm_layer(
    input: Array, weight0: Array, weight1: Array, weight2: Array | None = None, weight3: Array | None = None, hx_: Any = None,
    cx_: Any = None, reverse: bool = False, batch_sizes: tuple[int, ...] = (), mode: int = 2, hidden_size: int = 0, num_layers: int = 1,
    has_biases: bool = True, bidirectional: bool = False, batch_first: bool = False, train: bool = True,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """One direction of one layer.  (L, N, I) -> outputs (L, N, H), the last h (N, H), the last c (N, H)."""
    h, c, outputs = hx_, cx_, {}
    for t in steps(input, reverse):
        i, f, g, o = gates(input[t], h, (weight0, weight1, weight2, weight3))
        c = f * c + i * g
        h = outputs[t] = o * tanh(c)
    return joined([outputs[t][None] for t in range(len(outputs))], 0), h, c


# --- sequences of several lengths, without padding --------------------------------------------------------------------


def kept_places(batch_sizes: Array, batch_first: bool) -> tuple[Array, Array]:
    """Where the elements that are no padding stand, step after step.  [2, 1] -> first step: samples 0 and 1, second: sample 0"""
    sizes = getattr(batch_sizes, "_array", batch_sizes)
    step, sample = np.repeat(np.arange(len(sizes)), sizes), np.concatenate([np.arange(size) for size in sizes])
    return (sample, step) if batch_first else (step, sample)


@op("PackPaddedSequenceBackward0", others="result1",
    input=lambda grad, input_sym_sizes, result1, batch_first: unpacked(grad, result1, input_sym_sizes, batch_first))  # fmt: skip
def packed_sequence(input: Array, result1: Array, batch_first: bool = False) -> Array:
    """What is no padding, step after step.  (L, N, *), how many samples each step has -> (their sum, *)"""
    return input[kept_places(result1, batch_first)]


def unpacked(grad: Any, batch_sizes: Any, sizes: tuple[int, ...], batch_first: bool) -> Any:
    """Back in their places, zeros elsewhere."""
    if not isinstance(grad, Tensor):
        made = np.zeros(sizes, grad.dtype)
        made[kept_places(batch_sizes, batch_first)] = grad
        return made
    wide: Any = grad.new_zeros((sizes[1], sizes[0], *sizes[2:]) if batch_first else sizes)  # type: ignore[attr-defined]
    start = 0
    for step, size in enumerate(batch_sizes.tolist()):
        wide[step, :size] = grad[start : start + size]  # type: ignore[index]
        start += size
    return transpose(wide, 0, 1) if batch_first else wide
