"""Activations as functions. `inplace=True` changes the input itself.

Read next: `losses.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.ops import activations as rows
from autograd_viz.torch.ops import creation, inplace, losses, pointwise, shape, slopes
from autograd_viz.torch.ops import softmax as probabilities
from autograd_viz.torch.ops.slopes import prelu
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "celu", "celu_", "elu", "elu_", "gelu", "glu", "gumbel_softmax", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "hardtanh_",
    "leaky_relu", "leaky_relu_", "log_softmax", "logsigmoid", "mish", "prelu", "relu", "relu6", "relu_", "rrelu", "rrelu_", "selu",
    "selu_", "sigmoid", "silu", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanh", "tanhshrink", "threshold", "threshold_",
]  # fmt: skip


def number(function: str, name: str, position: int, value: Any) -> Any:
    """A Python number given as that or as a 0-d tensor.  Raises PyTorch's TypeError for anything else."""
    if isinstance(value, Tensor) and not value.ndim and not value._requires_grad:
        return value._array.item()
    if not isinstance(value, int | float):
        raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Number, not {type(value).__name__}")
    return value


def _apply(name: str, row: Any, changing: Any, inplace_: bool, input: Any, *args: Any) -> Tensor:
    """row(input, ...), or with `inplace` the same written over the input; `changing`: the row for that."""
    if not inplace_:
        made: Tensor = row(input, *args)
        return made
    need_tensors(name, input=input)
    return inplace.in_place(input, changing, *args)


# --- with kinks -------------------------------------------------------------------------------------------------------


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0)."""
    return _apply("relu", pointwise.relu, pointwise.relu, inplace, input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """The input cut off at 0 and 6."""
    need_tensors("relu6", input=input)
    return _apply("relu6", rows.hardtanh, rows.hardtanh, inplace, input, 0, 6)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """The input, times negative_slope where it is negative."""
    need_tensors("leaky_relu", input=input)
    slope = number("leaky_relu", "negative_slope", 2, negative_slope)
    return _apply("leaky_relu", slopes.leaky_relu, slopes.leaky_relu_, inplace, input, slope)


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """A leaky relu with slopes drawn from [lower, upper) while training."""
    need_tensors("rrelu", input=input)
    noise = slopes.noise_for(input, lower, upper, training)
    return _apply("rrelu", slopes.rrelu_with_noise, slopes.rrelu_with_noise_, inplace, input, noise, lower, upper, training)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """The input cut off at min_val and max_val.  Raises ValueError if the first is the larger."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    need_tensors("hardtanh", input=input)
    return _apply("hardtanh", rows.hardtanh, rows.hardtanh, inplace, input, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """(input + 3) / 6, cut off at 0 and 1."""
    return _apply("hardsigmoid", rows.hardsigmoid, rows.hardsigmoid, inplace, input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input)."""
    return _apply("hardswish", rows.hardswish, rows.hardswish, inplace, input)


@reads("hardshrink(Tensor input, Number lambd=0.5)", method=False)
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """The input, but 0 from -lambd to lambd."""
    need_tensors("hardshrink", input=input)
    return rows.hardshrink(input, number("hardshrink", "lambd", 2, lambd))


@reads("softshrink(Tensor input, Number lambd=0.5)", method=False)
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """The input moved towards 0 by lambd."""
    need_tensors("softshrink", input=input)
    return rows.softshrink(input, number("softshrink", "lambd", 2, lambd))


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """The input where it is more than the threshold, else the value."""
    return _apply("threshold", rows.threshold, rows.threshold_, inplace, input, threshold, value)


# --- smooth -----------------------------------------------------------------------------------------------------------


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The input, but alpha * (e ** input - 1) where it is negative."""
    need_tensors("elu", input=input)
    return _apply("elu", rows.elu, rows.elu_, inplace, input, number("elu", "alpha", 2, alpha))


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """An elu that keeps mean 0 and variance 1 from layer to layer."""
    if not inplace:
        return rows.selu(input)
    return _apply("selu", rows.elu, rows.elu_, True, input, rows.SELU_ALPHA, rows.SELU_SCALE)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """The input, but alpha * (e ** (input / alpha) - 1) where it is negative."""
    need_tensors("celu", input=input)
    return _apply("celu", rows.celu, rows.celu_, inplace, input, number("celu", "alpha", 2, alpha))


@reads("gelu(Tensor input, *, str approximate='none')", method=False)
def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """The input times the normal distribution's probability of less; approximate="tanh" is quicker."""
    return rows.gelu(input, approximate=approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input)."""
    return _apply("silu", rows.silu, rows.silu, inplace, input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input))."""
    return _apply("mish", rows.mish, rows.mish, inplace, input)


@reads("softplus(Tensor input, Number beta=1, Number threshold=20)", method=False)
def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """log(1 + e ** (input * beta)) / beta, a smooth relu."""
    need_tensors("softplus", input=input)
    return rows.softplus(input, number("softplus", "beta", 2, beta), number("softplus", "threshold", 3, threshold))


def softsign(input: Any) -> Any:
    """input / (1 + |input|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Any) -> Any:
    """input - tanh(input)."""
    return input - input.tanh()


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(input)), without overflow."""
    need_tensors("log_sigmoid", input=input)
    made: Tensor = losses.log_sigmoid(input)
    return made


logsigmoid.__name__ = "log_sigmoid"  # (so PyTorch's says)


def sigmoid(input: Any) -> Any:
    """1 / (1 + e ** -input)."""
    return input.sigmoid()


def tanh(input: Any) -> Any:
    """The hyperbolic tangent."""
    return input.tanh()


# --- of rows of elements ----------------------------------------------------------------------------------------------


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along dim times the sigmoid of the second.  Raises RuntimeError if there are no two halves."""
    need_tensors("glu", input=input)
    if not input.ndim:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return probabilities.glu(input, dim)


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Any:
    """Probabilities: positive numbers that sum to 1 along dim.  Warns if it has to guess dim."""
    if dim is None:
        dim = probabilities.implicit_dim("softmax", input.dim())
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Any:
    """The softmax of -input."""
    if dim is None:
        dim = probabilities.implicit_dim("softmin", input.dim())
    return (-input).softmax(dim, dtype=dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None) -> Any:
    """The logarithms of `softmax`, exact also where a probability is tiny."""
    if dim is None:
        dim = probabilities.implicit_dim("log_softmax", input.dim())
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """Draw from the classes, in a way that has a gradient; `hard`: the answer is one-hot, its gradient that of the soft one."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    drawn: Any = creation.empty_like(logits)
    gumbels = -drawn.exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one_hot: Any = shape.scatter(creation.zeros_like(logits), dim, index, creation.ones_like(index, dtype=logits.dtype))
    return one_hot - soft.detach() + soft


# --- in place ---------------------------------------------------------------------------------------------------------


def relu_(input: Tensor) -> Tensor:
    """`relu`, in place."""
    return relu(input, True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, in place."""
    return leaky_relu(input, negative_slope, True)


def rrelu_(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Tensor:
    """`rrelu`, in place."""
    return rrelu(input, lower, upper, training, True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, in place."""
    return hardtanh(input, min_val, max_val, True)


def threshold_(input: Tensor, threshold_: float, value: float) -> Tensor:
    """`threshold`, in place."""
    return threshold(input, threshold_, value, True)


def elu_(input: Tensor, alpha: float = 1) -> Tensor:
    """`elu`, in place."""
    return elu(input, alpha, True)


def selu_(input: Tensor) -> Tensor:
    """`selu`, in place."""
    return selu(input, True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, in place."""
    return celu(input, alpha, True)
