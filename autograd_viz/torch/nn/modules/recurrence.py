"""How a recurrent layer runs: step after step, layer after layer; in the order of operations of PyTorch's own code.

What the inputs contribute is computed for all steps at once, before the first one.  Source: ATen, native/RNN.cpp.

Read next: `rnn.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_viz.torch.dtypes import float32
from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.ops.joining import cat, stack, unsafe_chunk
from autograd_viz.torch.ops.linalg import contiguous
from autograd_viz.torch.ops.pointwise import relu, sigmoid, tanh
from autograd_viz.torch.ops.recurrent import lstm_layer
from autograd_viz.torch.ops.shape import transpose, unbind
from autograd_viz.torch.ops.shape_inplace import transpose_

__all__ = ["STEPS", "run", "run_packed"]

States = tuple[Any, ...]
Step = Callable[..., States]  # (input, states, weights, is the input's part computed already?) -> states


def _both(input: Any, hidden: Any, weights: tuple[Any, ...], computed: bool) -> tuple[Any, Any]:
    """What the input and what the hidden state contribute to the gates."""
    from_hidden = F.linear(hidden, weights[1], weights[3])
    return input if computed else F.linear(input, weights[0], weights[2]), from_hidden


def _rnn(activation: Any) -> Step:
    def step(input: Any, states: States, weights: tuple[Any, ...], computed: bool = False) -> States:
        from_input, from_hidden = _both(input, states[0], weights, computed)
        return (activation(from_hidden + from_input),)

    return step


def _lstm(input: Any, states: States, weights: tuple[Any, ...], computed: bool = False) -> States:
    from_input, from_hidden = _both(input, states[0], weights, computed)
    i, f, g, o = unsafe_chunk(from_hidden + from_input, 4, 1)
    i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
    c = f * states[1] + i * g
    h = o * tanh(c)
    return (F.linear(h, weights[4]) if len(weights) > 4 else h), c


def _gru(input: Any, states: States, weights: tuple[Any, ...], computed: bool = False) -> States:
    from_input = unsafe_chunk(input if computed else F.linear(input, weights[0], weights[2]), 3, 1)
    from_hidden = unsafe_chunk(F.linear(states[0], weights[1], weights[3]), 3, 1)
    r = sigmoid(from_hidden[0] + from_input[0])
    z = sigmoid(from_hidden[1] + from_input[1])
    n = tanh(from_input[2] + from_hidden[2].mul_(r))
    return ((states[0] - n).mul_(z) + n,)


STEPS: dict[str, Step] = {"RNN_TANH": _rnn(tanh), "RNN_RELU": _rnn(relu), "LSTM": _lstm, "GRU": _gru}


def run(module: Any, input: Any, states: States) -> list[Any]:
    """All layers.  (L, N, I) or (N, L, I) -> outputs, and the last states (layers, N, H)."""
    if module.mode == "LSTM" and not module.proj_size and input.dtype is float32 and input._array.size:
        return _run_whole_layers(module, input, states)
    step = STEPS[module.mode]
    if module.batch_first:
        input = transpose(input, 0, 1)
    firsts = list(zip(*[unbind(state, 0) for state in states], strict=True))
    lasts: list[States] = []

    def along(input: Any, number: int, reverse: bool) -> Any:
        weights = _weights(module, number)
        parts = unbind(F.linear(input, weights[0], weights[2]), 0)
        now, outputs = firsts[number], []
        for part in reversed(parts) if reverse else parts:
            now = step(part, now, weights, True)
            outputs.append(now[0])
        lasts.append(now)
        return stack(outputs[::-1] if reverse else outputs, 0)

    output = _layers(module, input, along, 2)
    if module.batch_first:
        output = transpose_(output, 0, 1)
    return [output, *(stack(list(parts), 0) for parts in zip(*lasts, strict=True))]


def _layers(module: Any, output: Any, along: Callable[[Any, int, bool], Any], features: int) -> Any:
    """One layer after the other, each in one direction or in both."""
    for layer in range(module.num_layers):
        if module.bidirectional:
            output = cat([along(output, 2 * layer, False), along(output, 2 * layer + 1, True)], features)
        else:
            output = along(output, layer, False)
        if module.dropout and module.training and layer < module.num_layers - 1:
            output = F.dropout(output, module.dropout, True)
    return output


def _weights(module: Any, number: int) -> tuple[Any, ...]:
    """weight_ih, weight_hh, bias_ih, bias_hh, and with a projection weight_hr; None for biases that are not there."""
    weights = list(module.all_weights[number])
    if not module.bias:
        weights[2:2] = [None, None]
    return tuple(weights)


def _run_whole_layers(module: Any, input: Any, states: States) -> list[Any]:
    """An LSTM in float32: each layer and direction is one operation."""
    if module.batch_first:
        input = contiguous(transpose(input, 0, 1))
    lasts: list[States] = []

    def along(input: Any, number: int, reverse: bool) -> Any:
        output, *last = lstm_layer(
            input, *_weights(module, number), states[0][number], states[1][number], reverse, (), 2, module.hidden_size, module.num_layers,
            module.bias, module.bidirectional, module.batch_first, module.training,
        )  # fmt: skip
        lasts.append(tuple(last))
        return output

    output = _layers(module, input, along, -1)
    if module.batch_first:
        output = transpose(output, 0, 1)
    return [output, *(stack(list(parts), 0) for parts in zip(*lasts, strict=True))]


# --- packed sequences -------------------------------------------------------------------------------------------------


def run_packed(module: Any, data: Any, batch_sizes: list[int], states: States) -> list[Any]:
    """The same for sequences of several lengths: step t has `batch_sizes[t]` of them.  -> outputs, packed; the last states"""
    step = STEPS[module.mode]
    firsts = list(zip(*[unbind(state, 0) for state in states], strict=True))
    lasts: list[States] = []

    def along(data: Any, number: int, reverse: bool) -> Any:
        weights = _weights(module, number)
        parts, start = [], 0
        computed = F.linear(data, weights[0], weights[2])
        for size in batch_sizes:
            parts.append(computed[start : start + size])
            start += size
        outputs, last = (_backward_in_time if reverse else _forward_in_time)(step, parts, firsts[number], weights)
        lasts.append(last)
        return cat(outputs, 0)

    output = _layers(module, data, along, 1)
    return [output, *(stack(list(parts), 0) for parts in zip(*lasts, strict=True))]


def _forward_in_time(step: Step, parts: list[Any], now: States, weights: tuple[Any, ...]) -> tuple[list[Any], States]:
    """Sequences leave when they have ended."""
    outputs, ended = [], []
    for part in parts:
        size = part.shape[0]
        if size < now[0].shape[0]:
            ended.append(tuple(state[size:] for state in now))
            now = tuple(state[:size] for state in now)
        now = step(part, now, weights, True)
        outputs.append(now[0])
    ended.append(now)
    return outputs, tuple(cat(list(states), 0) for states in zip(*reversed(ended), strict=True))


def _backward_in_time(step: Step, parts: list[Any], first: States, weights: tuple[Any, ...]) -> tuple[list[Any], States]:
    """Sequences join where they end."""
    outputs: list[Any] = []
    now = tuple(state[: parts[-1].shape[0]] for state in first)
    for part in reversed(parts):
        size, before = part.shape[0], now[0].shape[0]
        if size > before:
            now = tuple(cat([state, start[before:size]], 0) for state, start in zip(now, first, strict=True))
        now = step(part, now, weights, True)
        outputs.insert(0, now[0])
    return outputs, now
