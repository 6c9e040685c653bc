"""Questions about tensors: comparisons, and, or, not, any, all. Their answers are bools, which have no gradient.

Read next: `kinds.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.overloads import forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, method

IN_PLACE = (
    "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "eq", "gcd", "ge", "greater",
    "greater_equal", "gt", "lcm", "le", "less", "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "lt", "ne",
    "not_equal",
)  # fmt: skip
__all__ = [
    *IN_PLACE, "allclose", "conj", "conj_physical", "equal", "imag", "isclose", "isneginf", "isposinf", "isreal",
    "real", "resolve_conj", "resolve_neg", "signbit",
]  # fmt: skip

_TWO = "Tensor input, Tensor other, *, Tensor? out=None"


@op("", others="self")
def isposinf(self: Array) -> Array:
    """Where an element is plus infinity."""
    return np.isposinf(self) if self.dtype.kind == "f" else np.zeros(self.shape, bool)


@op("", others="self")
def isneginf(self: Array) -> Array:
    """Where an element is minus infinity."""
    return np.isneginf(self) if self.dtype.kind == "f" else np.zeros(self.shape, bool)


@op("", others="self")
def isreal(self: Array) -> Array:
    """Where an element has no imaginary part: everywhere."""
    return np.ones(self.shape, bool)


@method
@forms("Tensor input")
def conj(input: Tensor) -> Tensor:
    """The input itself: without an imaginary part there is none to turn round."""
    return input


@forms("Tensor input")
def real(input: Tensor) -> Tensor:
    """The input itself: it is real."""
    return input


@forms("Tensor input")
def imag(input: Tensor) -> Tensor:
    """The imaginary part.  Raises RuntimeError: there are no complex numbers here."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


Tensor.real = property(lambda self: self, doc="The tensor itself: it is real.")  # type: ignore[attr-defined]
Tensor.imag = property(imag, doc="The imaginary part, which it does not have.")  # type: ignore[attr-defined]
conj_physical = renamed("conj_physical", conj)
resolve_conj, resolve_neg = renamed("resolve_conj", conj, "Tensor input"), renamed("resolve_neg", conj, "Tensor input")
for _function in (conj_physical, resolve_conj, resolve_neg):
    method(_function)


@op("", others="self")
def signbit(self: Array) -> Array:
    """Where an element has a minus sign, -0.0 included."""
    return np.signbit(self) if self.dtype.kind == "f" else self < 0


# --- and, or, not -----------------------------------------------------------------------------------------------------


@op("", others="self")
def logical_not(self: Array) -> Array:
    """Where an element is 0 or False."""
    return np.logical_not(self)


@op("", pointwise=True, others="self other")
def _logical_and(self: Array, other: Array) -> Array:
    return np.logical_and(self, other)


@op("", pointwise=True, others="self other")
def _logical_or(self: Array, other: Array) -> Array:
    return np.logical_or(self, other)


@op("", pointwise=True, others="self other")
def _logical_xor(self: Array, other: Array) -> Array:
    return np.logical_xor(self, other)


@method
@forms(_TWO)
def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Where both are true."""
    return _logical_and(input, other)


@method
@forms(_TWO)
def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Where one or both are true."""
    return _logical_or(input, other)


@method
@forms(_TWO)
def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Where one is true and one is not."""
    return _logical_xor(input, other)


# --- bit by bit: for integers, and for bools, where it is `and`, `or`, `not` ------------------------------------------

bits: dict[str, Any] = {}
"""The operations on bits by name, which take tensors and numbers: what the operators `&`, `|`, ... do."""


def _on_bits(name: str, kernel: str, refused: str, compute: Any) -> Any:
    """A public function that computes `compute` of each two elements."""

    def forward(self: Array, other: Array) -> Array:
        refuse(self, refused, kernel)
        return compute(self, other)

    def public(input: Any, other: Any) -> Tensor:
        return row(input, other)

    forward.__name__ = public.__name__ = public.__qualname__ = name
    row = op("", pointwise=True, others="self other")(forward)
    public.__doc__ = f"`{name.replace('_', ' ')}` of each two elements.  Raises NotImplementedError for floats."
    bits[name] = public
    return method(forms(_TWO, "Number self, Tensor other", "Tensor input, Number other")(public))


bitwise_and = _on_bits("bitwise_and", "bitwise_and_cpu", "f", np.bitwise_and)
bitwise_or = _on_bits("bitwise_or", "bitwise_or_cpu", "f", np.bitwise_or)
bitwise_xor = _on_bits("bitwise_xor", "bitwise_xor_cpu", "f", np.bitwise_xor)
bitwise_left_shift = _on_bits("bitwise_left_shift", "lshift_cpu", "fb", np.left_shift)
bitwise_right_shift = _on_bits("bitwise_right_shift", "rshift_cpu", "fb", np.right_shift)


@op("", others="self")
def bitwise_not(self: Array) -> Array:
    """~self, bit by bit; `not` for bools.  Raises NotImplementedError for floats."""
    refuse(self, "f", "bitwise_not_cpu")
    return ~self


def inverted(self: Tensor) -> Tensor:
    """The operator `~`.  Raises TypeError for floats."""
    if self._array.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


@op("", pointwise=True, others="self other")
def _gcd(self: Array, other: Array) -> Array:
    refuse(self, "bf", "gcd_cpu")
    return np.gcd(self, other)


@op("", pointwise=True, others="self other")
def _lcm(self: Array, other: Array) -> Array:
    refuse(self, "bf", "lcm_cpu")
    return np.lcm(self, other)


@method
@forms(_TWO)
def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor of integers."""
    return _gcd(input, other)


@method
@forms(_TWO)
def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple of integers."""
    return _lcm(input, other)


# --- comparisons ------------------------------------------------------------------------------------------------------


def _comparison(name: str, row: Any) -> Any:
    def public(input: Tensor, other: Any) -> Tensor:
        return row(input, other)

    public.__name__ = public.__qualname__ = name
    public.__doc__ = row.__doc__
    return method(forms(_TWO, "Tensor input, Number other, *, Tensor? out=None")(public))


eq, ne, lt = (_comparison(name, getattr(pointwise, name)) for name in ("eq", "ne", "lt"))
le, gt, ge = (_comparison(name, getattr(pointwise, name)) for name in ("le", "gt", "ge"))
not_equal, less, greater = _comparison("not_equal", pointwise.ne), _comparison("less", pointwise.lt), _comparison("greater", pointwise.gt)
less_equal, greater_equal = _comparison("less_equal", pointwise.le), _comparison("greater_equal", pointwise.ge)

_CLOSE = "Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False"


@method
@forms(_CLOSE)
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol * |other|.  Raises RuntimeError if the dtypes differ or a tolerance is negative."""
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{scalar_name(input._array)} did not match {scalar_name(other._array)}")
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")
    return _isclose(input, other, rtol, atol, equal_nan)


@op("", pointwise=True, others="self other")
def _isclose(self: Array, other: Array, rtol: float, atol: float, equal_nan: bool) -> Array:
    same = self == other
    if equal_nan and self.dtype.kind == "f":
        same = same | (np.isnan(self) & np.isnan(other))
    if rtol == 0 and atol == 0:
        return same
    a, b = pointwise.floats(self), pointwise.floats(other)
    distance = np.abs(a - b)
    return same | (np.isfinite(distance) & (distance <= a.dtype.type(atol) + np.abs(a.dtype.type(rtol) * b)))


@method
@forms(_CLOSE)
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are close, as `isclose` says."""
    return bool(np.all(isclose(input, other, rtol, atol, equal_nan)._array))


@method
@forms("Tensor input, Tensor other")
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements."""
    return input._array.shape == other._array.shape and bool(np.all(pointwise.eq(input, other)._array))


# --- some, all, where -------------------------------------------------------------------------------------------------
