"""Elementwise operations: each element of the result depends on one element of each argument.

Their shapes broadcast. No formula undoes that: the engine sums a gradient back to its input's shape (`engine.py`).

Read next: `shape.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op

Number = bool | int | float

# --- arithmetic -------------------------------------------------------------------------------------------------------


@op("AddBackward0", pointwise=True, self=lambda grad: grad, other=lambda grad, alpha: scaled(grad, alpha))
def add(self: Array, other: Array, *, alpha: Number = 1) -> Array:
    """self + alpha * other."""
    return self + other if alpha == 1 else self + other * alpha


@op("SubBackward0", pointwise=True, self=lambda grad: grad, other=lambda grad, alpha: -scaled(grad, alpha))
def sub(self: Array, other: Array, *, alpha: Number = 1) -> Array:
    """self - alpha * other."""
    return self - other if alpha == 1 else self - other * alpha


@op("RsubBackward1", self=lambda grad, alpha: -scaled(grad, alpha))
def rsub(self: Array, other: Number, alpha: Number = 1) -> Array:
    """other - self, for a number `other`."""
    return _like(self, other) - self


@op("MulBackward0", pointwise=True, self=lambda grad, other: grad * other, other=lambda grad, self: grad * self)
def mul(self: Array, other: Array) -> Array:
    """self * other."""
    return self * other


@op("MulBackward1", self=lambda grad, other: times(grad, other))
def times(self: Array, other: Number) -> Array:
    """self * other for a number, as PyTorch's formulas write it (a number in the user's own code is wrapped in a tensor)."""
    return self * _like(self, other)


@op("DivBackward0", pointwise=True, self=lambda grad, other: grad / other, other=lambda grad, self, other: div_other_backward(grad, self, other))
def div(self: Array, other: Array) -> Array:
    """self / other; integers divide to floats."""
    if self.dtype.kind != "f":
        self, other = self.astype(np.float32), other.astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        return self / other


@op("DivBackward1", self=lambda grad, other: divided(grad, other))
def divided(self: Array, other: Number) -> Array:
    """self / other for a number, as PyTorch's formulas write it."""
    return self / _like(self, other)


def div_other_backward(grad: Any, self: Any, other: Any) -> Any:
    """-grad * (self / other) / other."""
    return -grad * ((self / other) / other)


@op("NegBackward0", self=lambda grad: -grad)
def neg(self: Array) -> Array:
    """-self.  Raises RuntimeError for bools."""
    if self.dtype.kind == "b":
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.")  # fmt: skip
    return -self


@op("ReciprocalBackward0", self=lambda grad, result: -grad * (result * result))
def reciprocal(self: Array) -> Array:
    """1 / self."""
    with np.errstate(divide="ignore"):
        return 1 / _floats(self)


# --- powers, exponentials, roots --------------------------------------------------------------------------------------


@op("PowBackward0", self=lambda grad, self, exponent: pow_backward(grad, self, exponent))
def pow_number(self: Array, exponent: Number) -> Array:
    """self ** exponent, for a number."""
    if self.dtype.kind != "f":
        if isinstance(exponent, int) and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        if isinstance(exponent, float):
            self = self.astype(np.float32)
    with np.errstate(all="ignore"):
        return self ** _like(self, exponent)


@op(
    "PowBackward1",
    pointwise=True,
    self=lambda grad, self, exponent: pow_backward_self(grad, self, exponent),
    exponent=lambda grad, self, exponent, result: pow_backward_exponent(grad, self, exponent, result),
)
def pow_tensor(self: Array, exponent: Array) -> Array:
    """self ** exponent, both tensors."""
    with np.errstate(all="ignore"):
        return self**exponent


@op("PowBackward2", exponent=lambda grad, self, exponent, result: pow_backward_exponent(grad, self, exponent, result))
def number_pow(self: Number, exponent: Array) -> Array:
    """self ** exponent, for a number `self`."""
    if isinstance(self, float):
        exponent = _floats(exponent)
    with np.errstate(all="ignore"):
        return _like(exponent, self) ** exponent


def pow_backward(grad: Any, self: Any, exponent: Number) -> Any:
    """grad * exponent * self ** (exponent - 1), and 0 for exponent 0."""
    if exponent == 0:
        return zeros(grad)
    return grad * times(pow_number(self, exponent - 1), exponent)


def pow_backward_self(grad: Any, self: Any, exponent: Any) -> Any:
    """grad * exponent * self ** (exponent - 1), and 0 where the exponent is 0, not 0 * inf."""
    inner = grad * (exponent * pow_tensor(self, exponent - 1))
    return where(eq(exponent, 0), zeros(grad), inner)


def pow_backward_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    """grad * result * log(self), and 0 where self is 0 and the exponent is not negative."""
    if isinstance(self, int | float):
        if self == 0:
            return where(ge(exponent, 0), zeros(grad), grad * times(result, float("-inf")))
        return grad * times(result, float(np.log(self)) if self > 0 else float("nan"))
    inner = grad * (result * log(self))
    return where(eq(self, 0) * ge(exponent, 0), zeros(grad), inner)


@op("ExpBackward0", self=lambda grad, result: grad * result)
def exp(self: Array) -> Array:
    """e ** self."""
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(_floats(self))


@op("LogBackward0", self=lambda grad, self: grad / self)
def log(self: Array) -> Array:
    """The natural logarithm."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(_floats(self))


@op("Log1PBackward0", self=lambda grad, self: grad / (self + 1))
def log1p(self: Array) -> Array:
    """log(1 + self), exact near 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log1p(_floats(self))


@op("SqrtBackward0", self=lambda grad, result: grad / times(result, 2))
def sqrt(self: Array) -> Array:
    """The square root; nan below 0."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(_floats(self))


# --- kinks and squashes -----------------------------------------------------------------------------------------------


@op("AbsBackward0", self=lambda grad, self: grad * sign(self))
def abs(self: Array) -> Array:  # noqa: A001 - PyTorch's name
    """The magnitude. Its derivative at 0 is taken to be 0."""
    return np.abs(self)


@op("SignBackward0", self=lambda grad: zeros(grad))
def sign(self: Array) -> Array:
    """-1, 0 or 1."""
    return np.sign(self)


@op("SigmoidBackward0", self=lambda grad, result: sigmoid_backward(grad, result))
def sigmoid(self: Array) -> Array:
    """1 / (1 + exp(-self))."""
    self = _floats(self)
    small = np.exp(-np.abs(self))  # never overflows
    return np.where(self >= 0, 1 / (1 + small), small / (1 + small)).astype(self.dtype)


@op(
    "SigmoidBackwardBackward0",
    grad_output=lambda grad, output: sigmoid_backward(grad, output),
    output=lambda grad, grad_output, output: grad * grad_output * (times(output, -2) + 1),
)
def sigmoid_backward(grad_output: Array, output: Array) -> Array:
    """grad_output * output * (1 - output)."""
    return grad_output * output * (1 - output)


@op("TanhBackward0", self=lambda grad, result: tanh_backward(grad, result))
def tanh(self: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(_floats(self))


@op(
    "TanhBackwardBackward0",
    grad_output=lambda grad, output: tanh_backward(grad, output),
    output=lambda grad, grad_output, output: grad * grad_output * times(output, -2),
)
def tanh_backward(grad_output: Array, output: Array) -> Array:
    """grad_output * (1 - output ** 2)."""
    return grad_output * (1 - output * output)


@op("ReluBackward0", self=lambda grad, result: threshold_backward(grad, result))
def relu(self: Array) -> Array:
    """max(self, 0). Its derivative at 0 is taken to be 0."""
    return np.maximum(self, self.dtype.type(0))


@op("ThresholdBackwardBackward0", others="self", grad_output=lambda grad, self: threshold_backward(grad, self))
def threshold_backward(grad_output: Array, self: Array) -> Array:
    """grad_output where self > 0 else 0."""
    return np.where(self > 0, grad_output, grad_output.dtype.type(0))


@op("WhereBackward0", pointwise=True, others="condition",
    self=lambda grad, condition: where(condition, grad, zeros(grad)),
    other=lambda grad, condition: where(condition, zeros(grad), grad))  # fmt: skip
def where(condition: Array, self: Array, other: Array) -> Array:
    """self where the condition holds, else other. The branch not taken gets a gradient of 0."""
    return np.where(condition, self, other)


# --- comparisons: bools, which have no gradient -----------------------------------------------------------------------


@op("", pointwise=True, others="self other")
def eq(self: Array, other: Array) -> Array:
    """self == other."""
    return self == other


@op("", pointwise=True, others="self other")
def ne(self: Array, other: Array) -> Array:
    """self != other."""
    return self != other


@op("", pointwise=True, others="self other")
def lt(self: Array, other: Array) -> Array:
    """self < other."""
    return self < other


@op("", pointwise=True, others="self other")
def le(self: Array, other: Array) -> Array:
    """self <= other."""
    return self <= other


@op("", pointwise=True, others="self other")
def gt(self: Array, other: Array) -> Array:
    """self > other."""
    return self > other


@op("", pointwise=True, others="self other")
def ge(self: Array, other: Array) -> Array:
    """self >= other."""
    return self >= other


# --- helpers of the formulas ------------------------------------------------------------------------------------------


def scaled(grad: Any, alpha: Number) -> Any:
    """grad * alpha, and grad itself for the usual alpha = 1."""
    return grad if alpha == 1 else times(grad, alpha)


@op("", others="self")
def zeros(self: Array) -> Array:
    """Zeros of the same shape: a gradient that is known to be nothing, whatever it would be multiplied with."""
    return np.zeros_like(self)


def _like(array: Any, number: Number) -> Any:
    """A number in the precision of the array, as PyTorch computes with it; a float beside integers makes floats of them."""
    if array.dtype.kind == "f":
        return array.dtype.type(number)
    return np.float32(number) if isinstance(number, float) else number


def _floats(array: Array) -> Array:
    """Integers as float32, which is what a function with real values makes of them."""
    return array if array.dtype.kind == "f" else array.astype(np.float32)
