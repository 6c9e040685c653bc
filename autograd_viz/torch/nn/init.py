"""How parameters start: `nn.init.xavier_uniform_(weight)` and the like fill a tensor in place, unseen by autograd.

Why it matters: a layer sums `fan_in` products. If the weights have variance 1 / fan_in (times a gain for what the activation takes away),
its outputs are as large as its inputs, and neither signals nor gradients fade or explode on their way through many layers.
For the same seed these are PyTorch's own numbers.

Read next: `nn/modules/naming.py`.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from autograd_viz import events
from autograd_viz.torch import observe
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.ops.creation import empty_like, eye, randperm
from autograd_viz.torch.ops.pointwise import where
from autograd_viz.torch.random import Generator
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_", "orthogonal_", "sparse_",
    "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
    "constant", "dirac", "kaiming_normal", "kaiming_uniform", "normal", "orthogonal", "sparse", "uniform", "xavier_normal",
    "xavier_uniform",
]  # fmt: skip

LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
F = TypeVar("F", bound=Callable[..., Any])
EMPTY = "Initializing zero-element tensors is a no-op"


def unseen(function: F) -> F:
    """The function, with tracking off while it runs, and told as one change of the tensor."""
    quiet = no_grad()(function)

    @functools.wraps(function)
    def filled(*args: Any, **kwargs: Any) -> Any:
        tensor = args[0] if args else kwargs.get("tensor")
        if not (events.listeners and isinstance(tensor, Tensor)):
            return quiet(*args, **kwargs)
        with observe.one_change(tensor, function.__name__):
            return quiet(*args, **kwargs)

    return cast(F, filled)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much to enlarge the weights before this activation.  Raises ValueError if it is not a known one."""
    if nonlinearity in (*LINEAR, "sigmoid"):
        return 1
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    known = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    if nonlinearity not in known:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return known[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output of this layer has, and how many outputs an input has.  (out, in, *kernel)"""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    outputs, inputs, *kernel = tensor.shape
    return inputs * math.prod(kernel), outputs * math.prod(kernel)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    valid = ["fan_in", "fan_out"]
    if mode.lower() not in valid:
        raise ValueError(f"Mode {mode.lower()} not supported, please use one of {valid}")
    return _calculate_fan_in_and_fan_out(tensor)[valid.index(mode.lower())]


# --- one value, or a pattern ------------------------------------------------------------------------------------------


@unseen
def constant_(tensor: Any, val: float) -> Tensor:
    """`val` everywhere."""
    return tensor.fill_(val)


@unseen
def ones_(tensor: Any) -> Tensor:
    """1 everywhere."""
    return tensor.fill_(1.0)


@unseen
def zeros_(tensor: Any) -> Tensor:
    """0 everywhere."""
    return tensor.zero_()


@unseen
def eye_(tensor: Any) -> Tensor:
    """The identity: ones on the diagonal of a matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return tensor.copy_(eye(*tensor.shape, dtype=tensor.dtype))


@unseen
def dirac_(tensor: Any, groups: int = 1) -> Tensor:
    """The identity for a convolution: each output channel passes on one input channel.  (out, in, *kernel)"""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    outputs, inputs, *kernel = tensor.shape
    if outputs % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    tensor.zero_()
    for group in range(groups):
        for channel in range(min(outputs // groups, inputs)):
            tensor._array[(group * (outputs // groups) + channel, channel, *(size // 2 for size in kernel))] = 1
    return tensor


# --- random -----------------------------------------------------------------------------------------------------------


@unseen
def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in [a, b)."""
    return tensor.uniform_(a, b, generator=generator)


@unseen
def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """The bell curve."""
    return tensor.normal_(mean, std, generator=generator)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform, with variance 2 / (fan_in + fan_out): a compromise of forward and backward. (Glorot and Bengio, 2010)"""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    a = math.sqrt(3.0) * std  # [-a, a) has the variance a**2 / 3
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal, with variance 2 / (fan_in + fan_out)."""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Uniform, with variance gain**2 / fan_in: for layers before a ReLU, which halves the variance. (He and others, 2015)"""
    if 0 in tensor.shape:
        warnings.warn(EMPTY, stacklevel=2)
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    std = calculate_gain(nonlinearity, a) / math.sqrt(fan)
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Normal, with variance gain**2 / fan_in."""
    if 0 in tensor.shape:
        warnings.warn(EMPTY, stacklevel=2)
        return tensor
    fan = _calculate_correct_fan(tensor, mode)
    return normal_(tensor, 0, calculate_gain(nonlinearity, a) / math.sqrt(fan), generator)


@unseen
def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Generator | None = None
) -> Tensor:
    """The bell curve, of which only what lies in [a, b] is taken: what falls outside is drawn again."""
    if mean < a - 2 * std or mean > b + 2 * std:
        said = "The distribution of values may be incorrect."
        warnings.warn(f"mean is more than 2 std from [a, b] in nn.init.trunc_normal_. {said}", stacklevel=2)

    def below(x: float) -> float:
        """How much of the bell curve lies below x."""
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    if below(b) - below(a) <= 0.3:
        return _rarely(tensor, mean, std, a, b, generator)
    low, high = (tensor.dtype.numpy.type(bound).item() for bound in (a, b))
    result = tensor.normal_(mean, std, generator=generator)
    while (outside := np.asarray((result._array < low) | (result._array > high))).any():
        result = where(holding(outside), empty_like(result).normal_(mean, std, generator=generator), result)  # type: ignore[attr-defined]
    return tensor.copy_(result)


def _rarely(tensor: Any, mean: float, std: float, a: float, b: float, generator: Generator | None) -> Tensor:
    """Where most of the bell curve lies outside: uniform candidates, each accepted with the probability that the curve gives it."""
    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    candidates: Any = empty_like(tensor)
    chances: Any = empty_like(tensor)

    def rejected() -> Any:
        candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(log_peak)
        return chances.uniform_(generator=generator).log_().gt(candidates)

    tensor.uniform_(a, b, generator=generator)
    candidates.copy_(tensor)
    pending, result = rejected(), tensor
    while pending._array.any():
        candidates.uniform_(a, b, generator=generator)
        result = where(pending, candidates, result)
        pending = where(pending, rejected(), pending)
    return tensor if result is tensor else tensor.copy_(result)


@unseen
def orthogonal_(tensor: Any, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Rows (or columns, if there are fewer) at right angles and of length `gain`: it keeps lengths. (Saxe and others, 2013)"""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor._array.size == 0:
        return tensor
    rows = tensor.shape[0]
    drawn: Any = holding(np.empty((rows, tensor._array.size // rows), tensor._array.dtype))
    flat = drawn.normal_(0, 1, generator=generator)._array
    wide = flat.shape[0] < flat.shape[1]
    q, r = np.linalg.qr(flat.T if wide else flat)
    q = q * np.sign(np.diagonal(r))  # without this some rotations would come up more often than others
    tensor.copy_(holding(np.ascontiguousarray(q.T if wide else q).reshape(tensor.shape)))
    return tensor.mul_(gain)


@unseen
def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal, but for a share of `sparsity` in each column, which is 0. (Martens, 2010)"""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor._array[randperm(rows)._array[: math.ceil(sparsity * rows)], column] = 0
    return tensor


def _deprecated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    old = function.__name__.removesuffix("_")

    def renamed(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{old}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    renamed.__name__ = renamed.__qualname__ = old
    renamed.__doc__ = f"The old name of `{old}_`."
    return renamed


constant, dirac, normal, uniform, sparse = (_deprecated(f) for f in (constant_, dirac_, normal_, uniform_, sparse_))
xavier_uniform, xavier_normal = (_deprecated(f) for f in (xavier_uniform_, xavier_normal_))
kaiming_uniform, kaiming_normal, orthogonal = (_deprecated(f) for f in (kaiming_uniform_, kaiming_normal_, orthogonal_))
