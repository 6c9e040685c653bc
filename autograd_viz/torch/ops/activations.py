"""Activations: the bends between the layers of a network, without which all its layers would be one.

Each is a function of one element whose derivative a machine can compute quickly, so PyTorch has a row for the derivative too: `gelu`
goes back by `gelu_backward`, which goes back by the formulas above it. relu, sigmoid and tanh are in `pointwise.py`; what is made of
simpler operations (softsign, tanhshrink) is in `nn/functional`.

Read next: `slopes.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import Number, divided, exp, log1p, plus, sigmoid, sigmoid_backward, sub, tanh, times, where, zeros
from autograd_viz.torch.tensor import Tensor, method, need_tensors

__all__ = ["celu", "hardshrink", "selu", "threshold"]

_erf = np.frompyfunc(math.erf, 1, 1)


def need_floats(array: Array, kernel: str) -> Array:
    """The array.  Raises NotImplementedError, as the PyTorch kernel of that name, unless it holds floats."""
    if array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{dtypes.scalar_name(array)}'\nHint: make floats of it first: x.float()."
        )
    return array


def from_one(x: Any) -> Any:
    """1 - x, as C++ writes it: a subtraction of x from a wrapped number."""
    return sub(1.0, x) if isinstance(x, Tensor) else 1 - x


# --- with kinks: straight lines, put together -------------------------------------------------------------------------


@op("HardtanhBackward0", self=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val))
def hardtanh(self: Array, min_val: Number = -1, max_val: Number = 1) -> Array:
    """self, cut off at min_val and max_val.  Raises RuntimeError for bools."""
    if self.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    return np.clip(self, self.dtype.type(min_val), self.dtype.type(max_val))


@op(
    "HardtanhBackwardBackward0",
    grad_output=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
    self=lambda grad: zeros(grad),
)
def hardtanh_backward(grad_output: Array, self: Array, min_val: Number, max_val: Number) -> Array:
    """grad_output where min_val < self < max_val else 0."""
    return np.where((self <= min_val) | (self >= max_val), grad_output.dtype.type(0), grad_output)


@op("HardsigmoidBackward0", self=lambda grad, self: hardsigmoid_backward(grad, self))
def hardsigmoid(self: Array) -> Array:
    """(self + 3) / 6, cut off at 0 and 1: three straight lines instead of a sigmoid."""
    need_floats(self, "hardsigmoid_cpu")
    return np.clip(self + self.dtype.type(3), 0, 6) / self.dtype.type(6)


@op(
    "NotImplemented",
    grad_output=lambda: not_differentiable("hardsigmoid_backward"),
    self=lambda: not_differentiable("hardsigmoid_backward"),
)
def hardsigmoid_backward(grad_output: Array, self: Array) -> Array:
    """grad_output / 6 where -3 < self < 3 else 0. PyTorch has no second derivative of it."""
    return np.where((self > -3) & (self < 3), grad_output / grad_output.dtype.type(6), grad_output.dtype.type(0))


def not_differentiable(name: str) -> Any:
    """Raise PyTorch's RuntimeError for what has no derivative."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")


@op("HardswishBackward0", self=lambda grad, self: hardswish_backward(grad, self))
def hardswish(self: Array) -> Array:
    """self * hardsigmoid(self)."""
    need_floats(self, "hardswish_cpu")
    return self * np.clip(self + self.dtype.type(3), 0, 6) / self.dtype.type(6)


@op(
    "HardswishBackwardBackward0",
    grad_output=lambda grad, self: hardswish_backward(grad, self),
    self=lambda grad, grad_output, self: where((self > -3) & (self < 3), divided(grad * grad_output, 3), zeros(grad)),
)
def hardswish_backward(grad_output: Array, self: Array) -> Array:
    """grad_output * (self / 3 + 1 / 2) between -3 and 3, 0 below, grad_output above."""
    between = grad_output * (self / self.dtype.type(3) + self.dtype.type(0.5))
    return np.where(self <= -3, self.dtype.type(0), np.where(self < 3, between, grad_output))


@op("HardshrinkBackward0", self=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd))
def hardshrink(self: Array, lambd: Number = 0.5) -> Array:
    """self, but 0 from -lambd to lambd."""
    need_floats(self, "hardshrink_cpu")
    return np.where((self >= -lambd) & (self <= lambd), self.dtype.type(0), self)


method(hardshrink)


@op(
    "HardshrinkBackwardBackward0",
    grad_out=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd),
    self=lambda grad: zeros(grad),
)
def hardshrink_backward(grad_out: Array, self: Array, lambd: Number) -> Array:
    """0 where -lambd <= self <= lambd else grad_out."""
    return np.where((self >= -lambd) & (self <= lambd), grad_out.dtype.type(0), grad_out)


@op("SoftshrinkBackward0", self=lambda grad, self, lambd: softshrink_backward(grad, self, lambd))
def softshrink(self: Array, lambd: Number = 0.5) -> Array:
    """self moved towards 0 by lambd, and 0 where it would come to the other side.  Raises RuntimeError for a negative lambd."""
    need_floats(self, "softshrink_check")
    if not lambd >= 0:
        largest = f"{np.finfo(self.dtype).max:g}"
        raise RuntimeError(f"lambda must be in range [0, {largest}] for input dtype {dtypes.scalar_name(self)}, but found {lambd:g}")
    return np.where(self > lambd, self - self.dtype.type(lambd), np.where(self < -lambd, self + self.dtype.type(lambd), self * 0))


@op(
    "SoftshrinkBackwardBackward0",
    grad_output=lambda grad, self, lambd: softshrink_backward(grad, self, lambd),
    self=lambda grad: zeros(grad),
)
def softshrink_backward(grad_output: Array, self: Array, lambd: Number) -> Array:
    """0 where -lambd <= self <= lambd else grad_output."""
    return np.where((self >= -lambd) & (self <= lambd), grad_output.dtype.type(0), grad_output)


@op("ThresholdBackward0", self=lambda grad, self, threshold: threshold_at_backward(grad, self, threshold))
def threshold(self: Array, threshold: Number, value: Number) -> Array:
    """self where it is more than the threshold, else the value."""
    return np.where(self <= threshold, self.dtype.type(value), self)


@op("ThresholdBackward1", self=lambda grad, self, threshold: threshold_at_backward(grad, self, threshold))
def threshold_(self: Array, threshold: Number, value: Number) -> Array:
    """`threshold` for use in place."""
    return np.where(self <= threshold, self.dtype.type(value), self)


@op(
    "ThresholdBackwardBackward0",
    grad_output=lambda grad, self, threshold: threshold_at_backward(grad, self, threshold),
    self=lambda grad: zeros(grad),
)
def threshold_at_backward(grad_output: Array, self: Array, threshold: Number) -> Array:
    """grad_output where self > threshold else 0."""
    return np.where(self <= threshold, grad_output.dtype.type(0), grad_output)


# --- smooth -----------------------------------------------------------------------------------------------------------


@op(
    "EluBackward0",
    self=lambda grad, alpha, scale, input_scale, self: elu_backward(grad, alpha, scale, input_scale, False, self),
)
def elu(self: Array, alpha: Number = 1, scale: Number = 1, input_scale: Number = 1) -> Array:
    """self * scale where it is positive, else (e ** (self * input_scale) - 1) * alpha * scale."""
    need_floats(self, "elu_cpu")
    kind = self.dtype.type
    return np.where(self < 0, np.expm1(self * kind(input_scale)) * kind(alpha * scale), self * kind(scale))


@op(
    "EluBackward1",
    self=lambda grad, alpha, scale, input_scale, result: elu_backward(grad, alpha, scale, input_scale, True, result),
)
def elu_(self: Array, alpha: Number = 1, scale: Number = 1, input_scale: Number = 1) -> Array:
    """`elu` for use in place: its derivative is read from the result."""
    return elu(self, alpha, scale, input_scale)


SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def selu(input: Any) -> Any:
    """An elu whose bend and scale keep mean 0 and variance 1 from layer to layer."""
    need_tensors("selu", input=input)
    return elu(input, SELU_ALPHA, SELU_SCALE)


@op("CeluBackward0", self=lambda grad, alpha, self: elu_backward(grad, alpha, 1, 1.0 / alpha, False, self))
def celu(self: Array, alpha: Number = 1.0) -> Array:
    """self where it is positive, else alpha * (e ** (self / alpha) - 1).  Raises RuntimeError for alpha = 0."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return elu(self, alpha, 1, 1.0 / alpha)


@op("CeluBackward1", self=lambda grad, alpha, result: elu_backward(grad, alpha, 1, 1.0 / alpha, True, result))
def celu_(self: Array, alpha: Number = 1.0) -> Array:
    """`celu` for use in place."""
    return celu(self, alpha)


@op(
    "EluBackwardBackward0",
    grad_output=lambda grad, alpha, scale, input_scale, is_result, self_or_result: elu_backward(
        grad, alpha, scale, input_scale, is_result, self_or_result
    ),
    self_or_result=lambda grad, grad_output, alpha, scale, input_scale, is_result, self_or_result: elu_double_backward(
        grad, grad_output, alpha, scale, input_scale, is_result, self_or_result
    ),
)
def elu_backward(grad_output: Array, alpha: Number, scale: Number, input_scale: Number, is_result: bool, self_or_result: Array) -> Array:
    """grad_output times the slope of the bend where it is bent. That is got from elu's argument, or (`is_result`) from its result."""
    kind, x = grad_output.dtype.type, self_or_result
    if is_result:
        bent = grad_output * kind(input_scale) * (x + kind(alpha * scale))
    else:
        bent = grad_output * kind(input_scale) * kind(alpha * scale) * np.exp(x * kind(input_scale))
    return np.where(x <= 0, bent, grad_output * kind(scale))


def elu_double_backward(
    grad: Any, grad_output: Any, alpha: Number, scale: Number, input_scale: Number, is_result: bool, self_or_result: Any
) -> Any:
    """The gradient of `elu_backward` with respect to its last argument: only the bent side has one."""
    bent = times(grad * grad_output, input_scale)
    if not is_result:
        bent = bent * times(exp(times(self_or_result, input_scale)), alpha * scale * input_scale)
    return where(self_or_result < 0, bent, zeros(grad))


@op("GeluBackward0", self=lambda grad, self, approximate: gelu_backward(grad, self, approximate=approximate))
def gelu(self: Array, *, approximate: str = "none") -> Array:
    """self times the probability that a normal variable is below it; approximate="tanh" computes that with a tanh."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    need_floats(self, "GeluKernelImpl")
    return (self * self.dtype.type(0.5) * _twice_cdf(self, approximate)).astype(self.dtype)


def _twice_cdf(x: Array, approximate: str) -> Array:
    if approximate == "tanh":
        return np.asarray(1 + np.tanh(GELU_BETA * (x + GELU_KAPPA * x * x * x)))
    return np.asarray(1 + np.asarray(_erf(x * math.sqrt(0.5))).astype(x.dtype))


GELU_BETA, GELU_KAPPA = math.sqrt(2 / math.pi), 0.044715
NORMAL = 1 / math.sqrt(2 * math.pi)  # the height of the bell curve


@op(
    "GeluBackwardBackward0",
    grad_output=lambda grad, self, approximate: gelu_backward(grad, self, approximate=approximate),
    self=lambda grad, grad_output, self, approximate: grad * grad_output * gelu_curvature(self, approximate),
)
def gelu_backward(grad_output: Array, self: Array, *, approximate: str = "none") -> Array:
    """grad_output * (cdf + self * pdf)."""
    x = self
    if approximate == "tanh":
        squashed = np.tanh(GELU_BETA * (x + GELU_KAPPA * x * x * x))
        pdf = 0.5 * (1 - squashed * squashed) * GELU_BETA * (1 + 3 * GELU_KAPPA * x * x)
    else:
        pdf = np.exp(-0.5 * x * x) * NORMAL
    return np.asarray(grad_output * (0.5 * _twice_cdf(x, approximate) + x * pdf)).astype(x.dtype)


def gelu_curvature(x: Any, approximate: str) -> Any:
    """The second derivative of gelu."""
    square = x * x
    if approximate == "none":
        return times(exp(times(square, -0.5)), NORMAL) * plus(-square, 2)
    squashed = tanh(times(x + times(square * x, GELU_KAPPA), GELU_BETA))
    inner = times(plus(times(square, 3 * GELU_KAPPA), 1), GELU_BETA)  # the derivative of what is squashed
    flat = from_one(squashed * squashed)
    return flat * (inner + times(x, 3 * GELU_KAPPA * GELU_BETA) * x - x * squashed * inner * inner)


@op("SiluBackward0", self=lambda grad, self: silu_backward(grad, self))
def silu(self: Array) -> Array:
    """self * sigmoid(self)."""
    return self * sigmoid(need_floats(self, "silu_cpu"))


def silu_backward(grad: Any, self: Any) -> Any:
    """grad * sigmoid(self) * (1 + self * (1 - sigmoid(self)))."""
    squashed = sigmoid(self)
    return grad * squashed * plus(self * from_one(squashed), 1)


@op("MishBackward0", self=lambda grad, self: mish_backward(grad, self))
def mish(self: Array) -> Array:
    """self * tanh(softplus(self))."""
    return self * np.tanh(np.logaddexp(0, need_floats(self, "mish_cpu"))).astype(self.dtype)


def mish_backward(grad: Any, self: Any) -> Any:
    """grad * (tanh(softplus(self)) + self * sigmoid(self) * (1 - tanh(softplus(self)) ** 2))."""
    squashed = tanh(log1p(exp(self)))
    return grad * (squashed + self * sigmoid(self) * from_one(squashed * squashed))


@op("SoftplusBackward0", self=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold))
def softplus(self: Array, beta: Number = 1, threshold: Number = 20) -> Array:
    """log(1 + e ** (self * beta)) / beta: a smooth relu; self itself where self * beta is beyond the threshold."""
    need_floats(self, "softplus_cpu")
    x = self * self.dtype.type(beta)
    return np.where(x > threshold, self, np.log1p(np.exp(x)) / self.dtype.type(beta))


@op(
    "SoftplusBackwardBackward0",
    grad_output=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
    self=lambda grad, grad_output, self, beta, threshold: softplus_double_backward(grad * grad_output, self, beta, threshold),
)
def softplus_backward(grad_output: Array, self: Array, beta: Number, threshold: Number) -> Array:
    """grad_output * sigmoid(self * beta), and grad_output beyond the threshold."""
    x = self * self.dtype.type(beta)
    return np.where(x > threshold, grad_output, grad_output * sigmoid(x))


def softplus_double_backward(grad: Any, self: Any, beta: Number, threshold: Number) -> Any:
    """The gradient of `softplus_backward` with respect to self: a hill over 0."""
    x = times(self, beta)
    return times(sigmoid_backward(grad, sigmoid(x)) * (x < threshold), beta)
