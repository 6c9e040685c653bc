"""Functions of real numbers beyond arithmetic: powers and logarithms in other bases, circles and hyperbolas.

numpy has them all. Integers and bools become floats first.

Read next: `special_functions.py`, or skip to `piecewise.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.pointwise import (
    eq,
    exp,
    floats,
    le,
    masked_fill,
    minus,
    number_like,
    number_pow,
    one_minus,
    plus,
    pow_number,
    raised,
    reciprocal,
    times,
    where,
)  # fmt: skip
from autograd_viz.torch.overloads import forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, method

IN_PLACE = (
    "exp2", "expm1", "log2", "log10", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh",
    "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "sinc", "deg2rad", "rad2deg",
    "atan2", "arctan2", "hypot", "xlogy", "ldexp",
)  # fmt: skip
__all__ = [*IN_PLACE, "logaddexp", "logaddexp2"]

# --- exponentials, logarithms, roots ----------------------------------------------------------------------------------


@op("Exp2Backward0", self=lambda grad, result: times(grad * result, math.log(2)))
def exp2(self: Array) -> Array:
    """2 ** self."""
    return np.exp2(floats(self))


@op("Expm1Backward0", self=lambda grad, result: grad * plus(result, 1))
def expm1(self: Array) -> Array:
    """exp(self) - 1, exact near 0."""
    return np.expm1(floats(self))


@op("Log2Backward0", self=lambda grad, self: grad / times(self, 0.6931471805599453))
def log2(self: Array) -> Array:
    """The logarithm to base 2."""
    return np.log2(floats(self))


@op("Log10Backward0", self=lambda grad, self: grad / times(self, 2.3025850929940456))
def log10(self: Array) -> Array:
    """The logarithm to base 10."""
    return np.log10(floats(self))


@op("RsqrtBackward0", self=lambda grad, result: times(grad, -0.5) * pow_number(result, 3))
def rsqrt(self: Array) -> Array:
    """1 / sqrt(self)."""
    self = floats(self)
    return self.dtype.type(1) / np.sqrt(self)


# --- circles and hyperbolas -------------------------------------------------------------------------------------------


@op("SinBackward0", self=lambda grad, self: grad * cos(self))
def sin(self: Array) -> Array:
    """The sine of an angle in radians."""
    return np.sin(floats(self))


@op("CosBackward0", self=lambda grad, self: grad * -sin(self))
def cos(self: Array) -> Array:
    """The cosine."""
    return np.cos(floats(self))


@op("TanBackward0", self=lambda grad, result: grad * plus(pow_number(result, 2), 1))
def tan(self: Array) -> Array:
    """The tangent."""
    return np.tan(floats(self))


@op("AsinBackward0", self=lambda grad, self: grad * rsqrt(plus(-self * self, 1)))
def asin(self: Array) -> Array:
    """The angle whose sine it is; nan outside [-1, 1]."""
    return np.arcsin(floats(self))


@op("AcosBackward0", self=lambda grad, self: grad * -rsqrt(plus(-self * self, 1)))
def acos(self: Array) -> Array:
    """The angle whose cosine it is; nan outside [-1, 1]."""
    return np.arccos(floats(self))


@op("AtanBackward0", self=lambda grad, self: grad / plus(self * self, 1))
def atan(self: Array) -> Array:
    """The angle whose tangent it is."""
    return np.arctan(floats(self))


@op("SinhBackward0", self=lambda grad, self: grad * cosh(self))
def sinh(self: Array) -> Array:
    """(exp(self) - exp(-self)) / 2."""
    return np.sinh(floats(self))


@op("CoshBackward0", self=lambda grad, self: grad * sinh(self))
def cosh(self: Array) -> Array:
    """(exp(self) + exp(-self)) / 2."""
    return np.cosh(floats(self))


@op("AsinhBackward0", self=lambda grad, self: grad * rsqrt(plus(pow_number(self, 2), 1)))
def asinh(self: Array) -> Array:
    """The inverse of sinh."""
    return np.arcsinh(floats(self))


@op("AcoshBackward0", self=lambda grad, self: grad * rsqrt(minus(self * self, 1)))
def acosh(self: Array) -> Array:
    """The inverse of cosh; nan below 1."""
    return np.arccosh(floats(self))


@op("AtanhBackward0", self=lambda grad, self: times(grad, 1) / one_minus(pow_number(self, 2)))
def atanh(self: Array) -> Array:
    """The inverse of tanh; nan outside [-1, 1]."""
    return np.arctanh(floats(self))


def _without_slope(name: str, forward: Any) -> Any:
    def refuse(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for 'inplace version of {name}' is not implemented")

    made: Any = op(f"{name.capitalize()}Backward1", self=refuse)(forward.__wrapped__)
    made.as_method.__name__ = name
    return made


WRITTEN_OVER = {function.__name__: _without_slope(function.__name__, function) for function in (asinh, acosh, atanh)}
"""What PyTorch has no derivative of when it is done in place."""


@op("Deg2RadBackward0", self=lambda grad: times(grad, math.pi / 180))
def deg2rad(self: Array) -> Array:
    """An angle in degrees, in radians."""
    self = floats(self)
    return self * self.dtype.type(math.pi / 180)


@op("Rad2DegBackward0", self=lambda grad: times(grad, 180 / math.pi))
def rad2deg(self: Array) -> Array:
    """An angle in radians, in degrees."""
    self = floats(self)
    return self * self.dtype.type(180 / math.pi)


@op("SincBackward0", self=lambda grad, self: sinc_backward(grad, self))
def sinc(self: Array) -> Array:
    """sin(pi self) / (pi self), and 1 at 0."""
    self = floats(self)
    angle = self.dtype.type(math.pi) * self
    return np.where(angle == 0, self.dtype.type(1), np.sin(angle) / angle)


def sinc_backward(grad: Any, self: Any) -> Any:
    """grad * (cos(pi self) / self - sin(pi self) / (pi self ** 2)), and 0 at 0."""
    angle, square = times(self, math.pi), times(self * self, math.pi)
    return where(eq(square, 0), number_like(grad, 0), grad * ((angle * cos(angle) - sin(angle)) / square))


@op("Atan2Backward0", pointwise=True, inputs="self other",
    joint=lambda grad, self, other, needed: atan2_backward(grad, self, other, needed))  # fmt: skip
def _atan2(self: Array, other: Array) -> Array:
    """The angle of the point with coordinates x = other, y = self."""
    return np.arctan2(floats(self), floats(other))


def atan2_backward(grad: Any, self: Any, other: Any, needed: tuple[bool, ...]) -> list[Any]:
    """grad * other / r ** 2 for self and -grad * self / r ** 2 for other, and 0 in the origin."""
    squared = self * self + other * other
    inverse = masked_fill(reciprocal(squared), eq(squared, 0), 0)
    return [grad * other * inverse if needed[0] else None, grad * -self * inverse if needed[1] else None]


# --- two arguments ----------------------------------------------------------------------------------------------------

_TWO = "Tensor input, Tensor other, *, Tensor? out=None"


@method
@forms(_TWO)
def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle of the point with coordinates x = other, y = input, in (-pi, pi]."""
    return _atan2(input, other)


@op("HypotBackward0", pointwise=True,
    self=lambda grad, self, result: grad * self / result, other=lambda grad, other, result: grad * other / result)  # fmt: skip
def _hypot(self: Array, other: Array) -> Array:
    refuse(self, "bui", "hypot_cpu")
    return np.hypot(self, other)


@method
@forms(_TWO)
def hypot(input: Tensor, other: Tensor) -> Tensor:
    """sqrt(input ** 2 + other ** 2).  Raises NotImplementedError if both are integers."""
    return _hypot(input, other)


@op("LogaddexpBackward0", pointwise=True,
    self=lambda grad, self, other: grad / plus(exp(other - self), 1),
    other=lambda grad, self, other: grad / plus(exp(self - other), 1))  # fmt: skip
def _logaddexp(self: Array, other: Array) -> Array:
    refuse(self, "bui", "logaddexp_cpu")
    return np.logaddexp(self, other)


@method
@forms(_TWO)
def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """log(exp(input) + exp(other)), which never overflows.  Raises NotImplementedError if both are integers."""
    return _logaddexp(input, other)


@op("Logaddexp2Backward0", pointwise=True,
    self=lambda grad, self, other: grad / plus(power_of_2(other - self), 1),
    other=lambda grad, self, other: grad / plus(power_of_2(self - other), 1))  # fmt: skip
def _logaddexp2(self: Array, other: Array) -> Array:
    refuse(self, "bui", "logaddexp2_cpu")
    return np.logaddexp2(self, other)


@method
@forms(_TWO)
def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """log2(2 ** input + 2 ** other).  Raises NotImplementedError if both are integers."""
    return _logaddexp2(input, other)


def power_of_2(exponent: Any) -> Any:
    """2 ** exponent. (Of integers PyTorch makes integers here, so 2 ** -1 is 0.)"""
    return number_pow(2, exponent) if isinstance(exponent, Tensor) else raised(2, exponent)


@op("XlogyBackward0", pointwise=True,
    self=lambda grad, self, other: xlogy_backward(grad, self, other),
    other=lambda grad, self, other: grad * self / other)  # fmt: skip
def _xlogy(self: Array, other: Array) -> Array:
    self = floats(self)
    other = other.astype(self.dtype, copy=False)
    return np.where(np.isnan(other), other, np.where(self == 0, np.zeros((), self.dtype), self * np.log(other)))


@op("XlogyBackward1", other=lambda grad, self, other: times(grad, self) / other)
def _xlogy_tensor(self: Any, other: Array) -> Array:
    other = floats(other)
    return _xlogy(other.dtype.type(self), other)


@op("XlogyBackward2", self=lambda grad, self, other: xlogy_backward(grad, self, other))
def _xlogy_number(self: Array, other: Any) -> Array:
    self = floats(self)
    return _xlogy(self, self.dtype.type(other))


def xlogy_backward(grad: Any, self: Any, other: Any) -> Any:
    """grad * log(other), and 0 where self is 0 and other not positive."""
    if not isinstance(other, int | float):
        return masked_fill(_xlogy(grad, other), eq(self, 0) & le(other, 0), 0)
    inner = _xlogy_number(grad, other)
    return inner if other > 0 else masked_fill(inner, eq(self, 0), 0)


@method
@forms(_TWO, "Number self, Tensor other, *, Tensor? out=None", "Tensor input, Number other, *, Tensor? out=None")
def xlogy(input: Any, other: Any) -> Tensor:
    """input * log(other), and 0 where input is 0."""
    if not isinstance(other, Tensor):
        return _xlogy_number(input, other)
    return (_xlogy if isinstance(input, Tensor) else _xlogy_tensor)(input, other)


@op("LdexpBackward0", self=lambda grad, other: grad * power_of_2(other), other=lambda grad, result: times(grad * result, math.log(2)))
def _ldexp(self: Array, other: Array) -> Array:
    check_broadcast(self.shape, other.shape)
    if self.dtype.kind == "f":
        refuse(other, "b", "ldexp_cpu_exp")
    kind = dtypes.promoted([self, other], [False, False]) if other.dtype.kind == "f" else floats(self).dtype
    return (self * np.exp2(other.astype(np.float64))).astype(kind)


@method
@forms(_TWO)
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input * 2 ** other."""
    return _ldexp(input, other)


# --- as methods, and under other names --------------------------------------------------------------------------------

arcsin, arccos, arctan = renamed("arcsin", asin), renamed("arccos", acos), renamed("arctan", atan)
arcsinh, arccosh, arctanh = renamed("arcsinh", asinh), renamed("arccosh", acosh), renamed("arctanh", atanh)
arctan2 = renamed("arctan2", atan2, _TWO)
for _function in (
    exp2, expm1, log2, log10, rsqrt, sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh, deg2rad, rad2deg, sinc,
    arcsin, arccos, arctan, arcsinh, arccosh, arctanh, arctan2,
):  # fmt: skip
    method(_function)
