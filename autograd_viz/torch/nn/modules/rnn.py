"""Recurrent layers: `RNN`, `LSTM`, `GRU`, and one step of each as `RNNCell`, `LSTMCell`, `GRUCell`.

A cell takes an input and what it remembers, and gives what it remembers next. A layer does that along a sequence, (L, N, I) -> (L, N, H),
in one direction or in both, and layers may be stacked. The parameters are the same at each step: in the graph each weight is used L times.

Read next: `attention.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules import recurrence
from autograd_viz.torch.nn.modules.linear import fresh
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.ops.creation import zeros
from autograd_viz.torch.tensor import Tensor

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]


def _reset(module: Module, hidden_size: int) -> None:
    bound = 1.0 / math.sqrt(hidden_size) if hidden_size > 0 else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


# --- one step ---------------------------------------------------------------------------------------------------------


class RNNCellBase(Module):
    """What the cells have in common; `num_chunks`: how many gates, and the candidate, there are."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        like = {"device": device, "dtype": dtype}
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = fresh(rows, input_size, like=like)
        self.weight_hh = fresh(rows, hidden_size, like=like)
        self.register_parameter("bias_ih", fresh(rows, like=like) if bias else None)
        self.register_parameter("bias_hh", fresh(rows, like=like) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Uniform, up to 1 / sqrt(hidden_size)."""
        _reset(self, self.hidden_size)

    def extra_repr(self) -> str:
        """Its sizes, and what is not as usual."""
        said = [str(self.input_size), str(self.hidden_size), *["bias=False"] * (self.bias is not True)]
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return ", ".join([*said, *[f"nonlinearity={nonlinearity}"] * (nonlinearity != "tanh")])

    def _weights(self) -> tuple[Any, ...]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _step(self, step: Any, input: Any, hidden: tuple[Any, ...] | None, count: int, names: tuple[str, ...]) -> tuple[Tensor, ...]:
        """The step of one example (I,) or of a batch (N, I); `hidden` None: zeros."""
        called = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{called}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        for name, state in zip(names, hidden or (), strict=False):
            if state.ndim not in (1, 2):
                raise ValueError(f"{called}: Expected {name} to be 1D or 2D, got {state.ndim}D instead")
        batched = input.ndim == 2
        if not batched:
            input = input.unsqueeze(0)
        if hidden is None:
            hidden = (zeros(input.shape[0], self.hidden_size, dtype=input.dtype),) * count
        elif not batched:
            hidden = tuple(state.unsqueeze(0) for state in hidden)
        self._check(input, hidden)
        made = step(input, hidden, self._weights())
        return made if batched else tuple(state.squeeze(0) for state in made)

    def _check(self, input: Any, hidden: tuple[Any, ...]) -> None:
        if input.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}")
        for i, state in enumerate(hidden):
            if input.shape[0] != state.shape[0]:
                raise RuntimeError(f"Input batch size {input.shape[0]} doesn't match hidden{i} batch size {state.shape[0]}")
            if state.shape[1] != self.hidden_size:
                raise RuntimeError(f"hidden{i} has inconsistent hidden_size: got {state.shape[1]}, expected {self.hidden_size}")


class RNNCell(RNNCellBase):
    """h = tanh(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh), or relu of it."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """(N, I), (N, H) -> (N, H)."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        step = recurrence.STEPS[f"RNN_{self.nonlinearity.upper()}"]
        return self._step(step, input, None if hx is None else (hx,), 1, ("hidden",))[0]


class LSTMCell(RNNCellBase):
    """Remembers h and c: see `ops/recurrent.py`."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """(N, I), ((N, H), (N, H)) -> ((N, H), (N, H))."""
        h, c = self._step(recurrence.STEPS["LSTM"], input, hx, 2, ("hx[0]", "hx[1]"))
        return h, c


class GRUCell(RNNCellBase):
    """h = (1 - z) * n + z * h: between the candidate n and what it remembers, as the gate z says."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """(N, I), (N, H) -> (N, H)."""
        return self._step(recurrence.STEPS["GRU"], input, None if hx is None else (hx,), 1, ("hidden",))[0]


# --- whole sequences --------------------------------------------------------------------------------------------------


class RNNBase(Module):
    """What the layers have in common."""

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional, self.proj_size = bias, batch_first, bidirectional, proj_size
        self._check_settings(dropout)
        self.dropout = float(dropout)
        like = {"device": device, "dtype": dtype}
        rows, remembered = {"LSTM": 4, "GRU": 3}.get(mode, 1) * hidden_size, proj_size or hidden_size
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for suffix in ("", "_reverse") if bidirectional else ("",):
                reads = remembered * (2 if bidirectional else 1) if layer else input_size
                sizes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, reads), "weight_hh": (rows, remembered)}
                sizes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
                sizes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
                self._all_weights.append([f"{name}_l{layer}{suffix}" for name in sizes])
                for name, size in zip(self._all_weights[-1], sizes.values(), strict=True):
                    setattr(self, name, fresh(*size, like=like))
        self.reset_parameters()

    def _check_settings(self, dropout: Any) -> None:
        if isinstance(dropout, bool) or not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
            raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, "
                f"but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        kinds: dict[str, Any] = {"bias": bool, "batch_first": bool, "input_size": int, "hidden_size": int}
        for name, kind in kinds.items():
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
            if kind is int and value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def reset_parameters(self) -> None:
        """Uniform, up to 1 / sqrt(hidden_size)."""
        _reset(self, self.hidden_size)

    def flatten_parameters(self) -> None:
        """Of use on a GPU only."""

    def extra_repr(self) -> str:
        """Its sizes, and what is not as usual."""
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}
        said = [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join([str(self.input_size), str(self.hidden_size), *said])

    def _start(self, input: Any, states: Any, batched: bool) -> tuple[Any, ...]:
        """What is remembered at first, for each layer and direction: zeros, or what was passed.  -> tensors (layers, N, H)"""
        several = self.mode == "LSTM"
        layers = self.num_layers * (2 if self.bidirectional else 1)
        count = input.shape[0 if self.batch_first else 1]
        sizes = [(layers, count, self.proj_size or self.hidden_size), (layers, count, self.hidden_size)][: 1 + several]
        if states is None:
            return tuple(zeros(size, dtype=input.dtype) for size in sizes)
        given = (states[0], states[1]) if several else (states,)
        if any(state.ndim != (3 if batched else 2) for state in given):
            want, kind = ("3-D", "batched 3-D") if batched else ("2-D", "unbatched 2-D")
            if several:
                dims = ", ".join(f"{state.ndim}-D" for state in given).replace(", ", " , ").replace(" ,", ",")
                raise RuntimeError(f"For {kind} input, hx and cx should also be {want} but got ({dims}) tensors")
            raise RuntimeError(f"For {kind} input, hx should also be {want} but got {given[0].ndim}-D tensor")
        return given if batched else tuple(state.unsqueeze(1) for state in given)

    def _check_inputs(self, input: Any, states: tuple[Any, ...]) -> None:
        kind = self.all_weights[0][0].dtype
        if input.dtype is not kind:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({kind}). Convert input: input.to({kind}), or convert model: "
                f"model.to({input.dtype})"
            )
        if self.input_size != input.shape[-1]:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}")
        layers, count = self.num_layers * (2 if self.bidirectional else 1), input.shape[0 if self.batch_first else 1]
        for i, state in enumerate(states):
            expected = (layers, count, (self.proj_size or self.hidden_size) if i == 0 else self.hidden_size)
            said = "Expected hidden size" if len(states) == 1 else f"Expected hidden[{i}] size"
            if tuple(state.shape) != expected:
                raise RuntimeError(f"{said} {expected}, got {list(state.shape)}")

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(L, N, I) -> all outputs (L, N, H), and what is remembered at the end (layers, N, H).  `batch_first`: (N, L, I) -> (N, L, H)."""
        name = self.mode.partition("_")[0]
        if isinstance(input, tuple):
            return self._forward_packed(input, hx)
        if input.ndim not in (2, 3):
            got = f"{input.ndim}D tensor" if name == "RNN" else f"{input.ndim}D"
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {got} instead")
        batched, batch_dim = input.ndim == 3, 0 if self.batch_first else 1
        if not batched:
            input = input.unsqueeze(batch_dim)
        states = self._start(input, hx, batched)
        self._check_inputs(input, states)
        output, *lasts = recurrence.run(self, input, states)
        if not batched:
            output, lasts = output.squeeze(batch_dim), [state.squeeze(1) for state in lasts]
        return output, tuple(lasts) if self.mode == "LSTM" else lasts[0]


    def _forward_packed(self, input: Any, hx: Any) -> tuple[Any, Any]:
        """A PackedSequence -> all outputs, packed; what is remembered at the end, in the order in which the sequences came."""
        data, batch_sizes, order, back = input
        wide = data[None, : int(batch_sizes[0])]
        states = self._start(wide.transpose(0, 1) if self.batch_first else wide, hx, True)
        if hx is not None and order is not None:
            states = tuple(state.index_select(1, order) for state in states)
        output, *lasts = recurrence.run_packed(self, data, batch_sizes.tolist(), states)
        lasts = lasts if back is None else [state.index_select(1, back) for state in lasts]
        return type(input)(output, batch_sizes, order, back), tuple(lasts) if self.mode == "LSTM" else lasts[0]


class RNN(RNNBase):
    """RNNCell along a sequence: (input_size, hidden_size, num_layers, nonlinearity, bias, ...)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            self.nonlinearity = args[3]
            args = (*args[:3], *args[4:])
        else:
            self.nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self.nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self.nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{self.nonlinearity.upper()}", *args, **kwargs)


class LSTM(RNNBase):
    """LSTMCell along a sequence. `proj_size`: h is made smaller by one more matrix."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """GRUCell along a sequence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)
