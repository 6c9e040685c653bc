"""Steps and signs: rounding, `sign`, `copysign`, and what is to be done with numbers that are none.

Where a function is flat its derivative is 0, and where it jumps too: a step has no slope that a gradient could follow.

Read next: `shape.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import return_types
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.arithmetic import no_derivative, only_edges
from autograd_viz.torch.ops.pointwise import eq, floats, ne, zeros
from autograd_viz.torch.ops.transcendental import exp2
from autograd_viz.torch.overloads import forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, method

IN_PLACE = ("ceil", "copysign", "fix", "floor", "frac", "heaviside", "nan_to_num", "nextafter", "round", "sgn", "trunc")
__all__ = [*IN_PLACE, "angle", "frexp", "isfinite", "isinf", "isnan"]

_ONE = "Tensor input, *, Tensor? out=None"
_TWO = "Tensor input, Tensor other, *, Tensor? out=None"

# --- rounding ---------------------------------------------------------------------------------------------------------


@op("FloorBackward0", self=lambda grad: zeros(grad))
def floor(self: Array) -> Array:
    """The largest whole number that is not larger."""
    refuse(self, "b", "floor_vml_cpu")
    return np.floor(self).astype(self.dtype)


@op("CeilBackward0", self=lambda grad: zeros(grad))
def ceil(self: Array) -> Array:
    """The smallest whole number that is not smaller."""
    refuse(self, "b", "ceil_vml_cpu")
    return np.ceil(self).astype(self.dtype)


@op("TruncBackward0", self=lambda grad: zeros(grad))
def trunc(self: Array) -> Array:
    """The whole number towards 0."""
    refuse(self, "b", "trunc_vml_cpu")
    return np.trunc(self).astype(self.dtype)


@op("FracBackward0", self=lambda grad: grad)
def frac(self: Array) -> Array:
    """What is behind the point: self - trunc(self).  Raises NotImplementedError for integers."""
    refuse(self, "bui", "frac_cpu")
    return self - np.trunc(self)


@op("RoundBackward0", self=lambda grad: zeros(grad))
def _round(self: Array) -> Array:
    refuse(self, "b", "round_vml_cpu")
    return np.rint(self).astype(self.dtype)


@op("RoundBackward1", self=lambda grad: zeros(grad))
def _round_decimals(self: Array, decimals: int) -> Array:
    refuse(self, "bui", "round_cpu")
    power = self.dtype.type(10.0 ** abs(decimals))
    return np.rint(self * power) / power if decimals > 0 else np.rint(self / power) * power


@method
@forms(_ONE, "Tensor input, *, int decimals, Tensor? out=None")
def round(input: Tensor, decimals: int | None = None) -> Tensor:
    """The nearest whole number, the even one of two that are equally near; or so many decimals."""
    return _round(input) if decimals is None else _round_decimals(input, decimals)


@op("torch::autograd::NotImplemented", pointwise=True, inputs="self values", joint=lambda grad: no_derivative("heaviside"))
def _heaviside(self: Array, values: Array) -> Array:
    return np.where(self == 0, values, self > 0).astype(self.dtype)


@op("FrexpBackward0", outputs="mantissa exponent", self=lambda grads, exponent: frexp_backward(grads, exponent))
def _frexp(self: Array) -> tuple[Array, Array]:
    mantissa, exponent = np.frexp(self)
    return mantissa, np.asarray(exponent, np.int32)


def frexp_backward(grads: Any, exponent: Any) -> Any:
    """grad / 2 ** exponent."""
    return grads[0] / exp2(exponent)


@method
@forms("Tensor input, *, Tensor? out=None")
def frexp(input: Tensor) -> Any:
    """A number between 1/2 and 1, and the power of 2 to multiply it with.  Raises RuntimeError for integers."""
    if input._array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return return_types.frexp(_frexp(input))


@method
@forms("Tensor input, Tensor values, *, Tensor? out=None")
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below 0, 1 above, and `values` at 0. It has no derivative.  Raises RuntimeError if the dtypes differ."""
    if input.dtype is not values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return only_edges(_heaviside(input, values))


# --- signs and numbers that are none ----------------------------------------------------------------------------------


@op("CopysignBackward0", pointwise=True,
    self=lambda grad, self, result: copysign_backward(grad, self, result), other=lambda grad: zeros(grad))  # fmt: skip
def _copysign(self: Array, other: Array) -> Array:
    return np.copysign(floats(self), floats(other))


@op("CopysignBackward1", self=lambda grad, self, result: copysign_backward(grad, self, result))
def _copysign_number(self: Array, other: Any) -> Array:
    self = floats(self)
    return np.copysign(self, self.dtype.type(other))


def copysign_backward(grad: Any, self: Any, result: Any) -> Any:
    """grad * (result / self), which is grad or -grad; and 0 where self is 0."""
    return grad * pointwise.masked_fill(result / self, eq(self, 0), 0)


@method
@forms(_TWO, "Tensor input, Number other, *, Tensor? out=None")
def copysign(input: Tensor, other: Any) -> Tensor:
    """The magnitude of `input` with the sign of `other`."""
    return (_copysign if isinstance(other, Tensor) else _copysign_number)(input, other)


@op("NanToNumBackward0", self=lambda grad, self: grad * isfinite(self))
def _nan_to_num(self: Array, posinf: float | None, neginf: float | None, number: float | None) -> Array:
    if self.dtype.kind != "f":
        return self.copy()
    span = np.finfo(self.dtype)
    top, bottom = span.max if posinf is None else posinf, span.min if neginf is None else neginf
    filled = np.where(np.isnan(self), self.dtype.type(number or 0), self)
    return np.where(filled == np.inf, self.dtype.type(top), np.where(filled == -np.inf, self.dtype.type(bottom), filled))


@method
@forms("Tensor input, float? nan=None, float? posinf=None, float? neginf=None, *, Tensor? out=None")
def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Ordinary numbers in place of nan (0 if nothing is said) and of the infinities (the largest and smallest of the dtype)."""
    return _nan_to_num(input, posinf, neginf, nan)


@op("NextafterBackward0", pointwise=True,
    self=lambda grad, self, other: pointwise.where(ne(self, other), grad, zeros(grad)), other=lambda grad: zeros(grad))  # fmt: skip
def _nextafter(self: Array, other: Array) -> Array:
    refuse(self, "bui", "nextafter_cpu")
    return np.nextafter(self, other)


@method
@forms(_TWO)
def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number that the dtype has, on the way to `other`."""
    return _nextafter(input, other)


@op("AngleBackward0", keep="self", self=lambda grad: zeros(grad))
def angle(self: Array) -> Array:
    """The angle of a number in the complex plane: 0, or pi below 0; nan of nan."""
    self = floats(self)
    return np.where(np.isnan(self), self, np.where(self < 0, self.dtype.type(np.pi), self.dtype.type(0)))


@op("", others="self")
def isnan(self: Array) -> Array:
    """Where an element is not a number."""
    return np.isnan(self)


@op("", others="self")
def isinf(self: Array) -> Array:
    """Where an element is infinite."""
    return np.isinf(self)


@op("", others="self")
def isfinite(self: Array) -> Array:
    """Where an element is an ordinary number."""
    return np.isfinite(self)


fix = renamed("fix", trunc)
sgn = pointwise.sgn
for _function in (fix, sgn, floor, ceil, trunc, frac, angle, isnan, isinf, isfinite):
    method(_function)
