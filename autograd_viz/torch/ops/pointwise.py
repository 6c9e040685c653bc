"""Elementwise operations: each element of the result depends on one element of each argument.

Their shapes broadcast. No formula undoes that: the engine sums a gradient back to its input's shape (`engine.py`).

Read next: `arithmetic.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.overloads import fitting, refuse
from autograd_viz.torch.random import multiply_add

IN_PLACE = ("abs", "exp", "log", "log1p", "neg", "reciprocal", "relu", "sigmoid", "sign", "sqrt", "tanh")
__all__ = [*IN_PLACE]

Number = bool | int | float
NO_BOOLS = (
    "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
    "`logical_not()` operator instead."
)

# --- arithmetic -------------------------------------------------------------------------------------------------------


@op("AddBackward0", pointwise=True, self=lambda grad: grad, other=lambda grad, alpha: scaled(grad, alpha))
def add(self: Array, other: Array, *, alpha: Number = 1) -> Array:
    """self + alpha * other."""
    if alpha == 1:
        return self + other
    return multiply_add(other, alpha, self) if self.dtype.kind == "f" else self + other * other.dtype.type(alpha)


@op("SubBackward0", pointwise=True, self=lambda grad: grad, other=lambda grad, alpha: -scaled(grad, alpha))
def sub(self: Array, other: Array, *, alpha: Number = 1) -> Array:
    """self - alpha * other."""
    if alpha == 1:
        return self - other
    return multiply_add(other, -alpha, self) if self.dtype.kind == "f" else self - other * other.dtype.type(alpha)


@op("RsubBackward1", self=lambda grad, alpha: -scaled(grad, alpha))
def rsub(self: Array, other: Number, alpha: Number = 1) -> Array:
    """other - alpha * self, for a number `other`."""
    self, number = beside(self, other)
    return number - (self if alpha == 1 else self * alpha)


@op("MulBackward0", pointwise=True, self=lambda grad, other: grad * other, other=lambda grad, self: grad * self)
def mul(self: Array, other: Array) -> Array:
    """self * other."""
    return self * other


@op("MulBackward1", self=lambda grad, other: times(grad, other))
def times(self: Array, other: Number) -> Array:
    """self * other for a number, as PyTorch's formulas write it (a number in the user's own code is wrapped in a tensor)."""
    return self * self.dtype.type(other)


@op("AddBackward1", self=lambda grad: grad)
def plus(self: Array, other: Number) -> Array:
    """self + other for a number, as PyTorch's formulas write it."""
    return self + self.dtype.type(other)


@op("SubBackward1", self=lambda grad: grad)
def minus(self: Array, other: Number) -> Array:
    """self - other for a number, as PyTorch's formulas write it."""
    if self.dtype.kind == "b":
        raise RuntimeError(NO_BOOLS)
    return self - self.dtype.type(other)


@op("DivBackward0", pointwise=True,
    self=lambda grad, other: grad / other, other=lambda grad, self, other: div_other_backward(grad, self, other))  # fmt: skip
def div(self: Array, other: Array) -> Array:
    """self / other; integers divide to floats."""
    return floats(self) / floats(other)


@op("DivBackward1", self=lambda grad, other: divided(grad, other))
def divided(self: Array, other: Number) -> Array:
    """self / other for a number, as PyTorch's formulas write it."""
    return self / self.dtype.type(other)


def div_other_backward(grad: Any, self: Any, other: Any) -> Any:
    """-grad * (self / other) / other."""
    return -grad * ((self / other) / other)


@op("NegBackward0", self=lambda grad: -grad)
def neg(self: Array) -> Array:
    """-self.  Raises RuntimeError for bools."""
    if self.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        )
    return -self


@op("ReciprocalBackward0", self=lambda grad, result: -grad * (result * result))
def reciprocal(self: Array) -> Array:
    """1 / self."""
    return 1 / floats(self)


@op("ToCopyBackward0", self=lambda grad: grad)
def to_copy(self: Array, dtype: Any) -> Array:
    """The same values in another dtype. The engine gives the gradient the input's dtype back."""
    return self.astype(dtype.numpy)


# --- powers, exponentials, roots --------------------------------------------------------------------------------------


@op("PowBackward0", self=lambda grad, self, exponent: pow_backward(grad, self, exponent))
def pow_number(self: Array, exponent: Number) -> Array:
    """self ** exponent, for a number."""
    if self.dtype.kind != "f" and isinstance(exponent, int) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    self, number = beside(self, exponent)
    return self**number if self.dtype.kind != "b" else self | ~number


@op(
    "PowBackward1",
    pointwise=True,
    self=lambda grad, self, exponent: pow_backward_self(grad, self, exponent),
    exponent=lambda grad, self, exponent, result: pow_backward_exponent(grad, self, exponent, result),
)
def pow_tensor(self: Array, exponent: Array) -> Array:
    """self ** exponent, both tensors.  Raises NotImplementedError for bools."""
    refuse(self, "b", "pow")
    return raised(self, exponent)


@op("PowBackward2", exponent=lambda grad, self, exponent, result: pow_backward_exponent(grad, self, exponent, result))
def number_pow(self: Number, exponent: Array) -> Array:
    """self ** exponent, for a number `self`."""
    exponent, number = beside(exponent, self)
    return np.array(raised(number, exponent), order="C")


def raised(base: Any, exponent: Array) -> Array:
    """base ** exponent; for integers an integer, so 2 ** -1 is 0."""
    if exponent.dtype.kind == "b":
        exponent = exponent.astype(np.int64)
    if "f" in (np.asarray(base).dtype.kind, exponent.dtype.kind):
        return base**exponent
    whole = np.where(exponent < 0, np.where(np.abs(base) == 1, base ** (exponent % 2), 0), base ** np.maximum(exponent, 0))
    return whole.astype(exponent.dtype)


def pow_backward(grad: Any, self: Any, exponent: Number) -> Any:
    """grad * exponent * self ** (exponent - 1), and 0 for exponent 0."""
    if exponent == 0:
        return zeros(grad)
    exponent = float(exponent)
    return grad * times(pow_number(self, exponent - 1), exponent)


def pow_backward_self(grad: Any, self: Any, exponent: Any) -> Any:
    """grad * exponent * self ** (exponent - 1), and 0 where the exponent is 0, not 0 * inf."""
    inner = grad * (exponent * pow_tensor(self, minus(exponent, 1)))
    return where(eq(exponent, 0), zero_like(grad), inner)


def pow_backward_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    """grad * result * log(self), and 0 where self is 0 and the exponent is not negative."""
    if isinstance(self, int | float):
        if self == 0:
            return grad * where(ge(exponent, 0), zero_like(grad), times(result, float("-inf")))
        return grad * times(result, math.log(self) if self > 0 else math.nan)
    if self.dtype != result.dtype:  # a float32 base beside a float64 exponent: the logarithm needs all digits
        self = self.astype(result.dtype) if isinstance(self, np.ndarray) else to_copy(self, result.dtype)
    return grad * where(eq(self, 0) * ge(exponent, 0), zero_like(grad), result * log(self))


@op("ExpBackward0", self=lambda grad, result: grad * result)
def exp(self: Array) -> Array:
    """e ** self."""
    return np.exp(floats(self))


@op("LogBackward0", self=lambda grad, self: grad / self)
def log(self: Array) -> Array:
    """The natural logarithm."""
    return np.log(floats(self))


@op("Log1PBackward0", self=lambda grad, self: grad / plus(self, 1))
def log1p(self: Array) -> Array:
    """log(1 + self), exact near 0."""
    return np.log1p(floats(self))


@op("SqrtBackward0", self=lambda grad, result: grad / times(result, 2))
def sqrt(self: Array) -> Array:
    """The square root; nan below 0."""
    return np.sqrt(floats(self))


# --- kinks and squashes -----------------------------------------------------------------------------------------------


@op("AbsBackward0", self=lambda grad, self: grad * sgn(self))
def abs(self: Array) -> Array:
    """The magnitude. Its derivative at 0 is taken to be 0.  Raises NotImplementedError for bools."""
    refuse(self, "b", "abs_cpu")
    return np.abs(self)


@op("SignBackward0", self=lambda grad: zeros(grad))
def sign(self: Array) -> Array:
    """-1, 0 or 1; 0 for nan."""
    return ((self > 0).astype(np.int8) - (self < 0)).astype(self.dtype)


@op("SgnBackward0", keep="self result", self=lambda grad: zeros(grad))
def sgn(self: Array) -> Array:
    """`sign`, as PyTorch's formula for `abs` calls it."""
    return sign(self)


@op("SigmoidBackward0", self=lambda grad, result: sigmoid_backward(grad, result))
def sigmoid(self: Array) -> Array:
    """1 / (1 + exp(-self))."""
    return 1 / (1 + np.exp(-floats(self)))  # where exp overflows, 1 / inf is the right 0


@op(
    "SigmoidBackwardBackward0",
    grad_output=lambda grad, output: sigmoid_backward(grad, output),
    output=lambda grad, grad_output, output: grad * grad_output * plus(times(output, -2), 1),
)
def sigmoid_backward(grad_output: Array, output: Array) -> Array:
    """grad_output * output * (1 - output)."""
    return grad_output * output * (1 - output)


@op("TanhBackward0", self=lambda grad, result: tanh_backward(grad, result))
def tanh(self: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(floats(self))


@op(
    "TanhBackwardBackward0",
    grad_output=lambda grad, output: tanh_backward(grad, output),
    output=lambda grad, grad_output, output: grad * (times(output, -2) * grad_output),
)
def tanh_backward(grad_output: Array, output: Array) -> Array:
    """grad_output * (1 - output ** 2)."""
    return grad_output * (1 - output * output)


@op("ReluBackward0", self=lambda grad, result: threshold_backward(grad, result))
def relu(self: Array) -> Array:
    """max(self, 0). Its derivative at 0 is taken to be 0."""
    if self.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return np.maximum(self.dtype.type(0), self)  # in this order nan stays nan, and -0 stays -0


@op("ThresholdBackwardBackward0", grad_output=lambda grad, self: threshold_backward(grad, self), self=lambda grad: zeros(grad))
def threshold_backward(grad_output: Array, self: Array) -> Array:
    """grad_output where self > 0 else 0, and where self is nan, grad_output too."""
    if not self.ndim:
        return np.where(self <= 0, grad_output.dtype.type(0), grad_output)
    made = grad_output.copy()
    np.putmask(made, self <= 0, 0)  # (np.where takes twice the time)
    return made


@op("WhereBackward0", pointwise=True, others="condition",
    self=lambda grad, condition: where(condition, grad, zeros(grad)),
    other=lambda grad, condition: where(condition, zeros(grad), grad))  # fmt: skip
def where(condition: Array, self: Array, other: Array) -> Array:
    """self where the condition holds, else other. The branch not taken gets a gradient of 0."""
    return np.where(condition, self, other)


@op("MaskedFillBackward0", others="mask", self=lambda grad, mask: masked_fill(grad, mask, 0))
def masked_fill(self: Array, mask: Array, value: Number) -> Array:
    """A number where the mask is true, self elsewhere.  Raises RuntimeError if the number is too large for the dtype."""
    return filled(self, mask, fitting(value, self.dtype))


def filled(self: Array, mask: Array, value: Array) -> Array:
    """A 0-d value where the mask is true, self elsewhere; the elements lie in order."""
    made = np.array(np.broadcast_to(self, np.broadcast_shapes(self.shape, mask.shape)), order="C")
    np.copyto(made, value.astype(self.dtype), where=mask)
    return made


@op("MaximumBackward0", pointwise=True,
    self=lambda grad, self, other: where_larger(grad, self, other),
    other=lambda grad, self, other: where_larger(grad, other, self))  # fmt: skip
def maximum(self: Array, other: Array) -> Array:
    """The larger of each two elements. Those that tie share the gradient."""
    return np.maximum(self, other)


@op("MinimumBackward0", pointwise=True,
    self=lambda grad, self, other: where_larger(grad, other, self),
    other=lambda grad, self, other: where_larger(grad, self, other))  # fmt: skip
def minimum(self: Array, other: Array) -> Array:
    """The smaller of each two elements. Those that tie share the gradient."""
    return np.minimum(self, other)


def where_larger(grad: Any, a: Any, b: Any) -> Any:
    """grad where a > b, half of it where they tie, else 0."""
    return masked_fill(where(eq(a, b), divided(grad, 2), grad), lt(a, b), 0)


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


@op("", others="self")
def zero_like(self: Array) -> Array:
    """One zero, 0-d, of the same dtype."""
    return np.zeros((), self.dtype)


@op("", others="self")
def number_like(self: Array, value: Number) -> Array:
    """A number as a 0-d tensor of the same dtype."""
    return np.full((), value, self.dtype)


def one_minus(x: Any) -> Any:
    """1 - x, as PyTorch's formulas write it."""
    return sub(number_like(x, 1), x)


def beside(array: Array, number: Number) -> tuple[Array, Any]:
    """An array and a number as they are computed with: the number in the array's precision; a float makes floats of integers."""
    if array.dtype.kind != "f" and isinstance(number, float):
        array = floats(array)
    elif array.dtype.kind == "b" and not isinstance(number, bool):
        array = array.astype(np.int64)
    return array, np.asarray(number).astype(array.dtype)


def floats(array: Array) -> Array:
    """Integers and bools in the default dtype, which is what a function with real values makes of them."""
    return array if array.dtype.kind == "f" else array.astype(dtypes.get_default_dtype().numpy)
