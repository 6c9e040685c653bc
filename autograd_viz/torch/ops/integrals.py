"""Functions that are integrals or sums without end: Bessel's `i0` and `i1`, the incomplete gamma functions, `zeta`, `erfcx`.

Read next: `piecewise.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import abs, exp, floats, gt, log, minus, plus, reciprocal, sgn, times, where
from autograd_viz.torch.ops.special_functions import _zeta, lgamma, one_by_one
from autograd_viz.torch.overloads import forms
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["i0", "igamma", "igammac"]

# --- Bessel's functions -----------------------------------------------------------------------------------------------

CIRCLE = np.cos(np.arange(1024) * (2 * math.pi / 1024))


def _on_circle(x: Array, power: int) -> Array:
    """The mean of cos(angle) ** power * exp(|x| cos(angle)) over a circle, times exp(-|x|), which keeps it small."""
    x = floats(x)
    found = (np.exp(np.abs(x)[..., None].astype(np.float64) * (CIRCLE - 1)) * CIRCLE**power).mean(-1)
    return (np.abs(found) * np.sign(x) if power else found).astype(x.dtype)


@op("I0Backward0", self=lambda grad, self: grad * i1(self))
def i0(self: Array) -> Array:
    """The mean of exp(self * cos(angle)) over a circle: the modified Bessel function of order 0."""
    return _on_circle(self, 0) * np.exp(np.abs(floats(self)))


@op("SpecialI0EBackward0", self=lambda grad, self, result: grad * (i1e(self) - sgn(self) * result))
def i0e(self: Array) -> Array:
    """i0(self) * exp(-|self|)."""
    return _on_circle(self, 0)


@op("SpecialI1Backward0", self=lambda grad, self, result: i1_backward(grad, self, result))
def i1(self: Array) -> Array:
    """The derivative of i0: the modified Bessel function of order 1."""
    return _on_circle(self, 1) * np.exp(np.abs(floats(self)))


@op("SpecialI1EBackward0", self=lambda grad, self, result: i1_backward(grad, self, result, scaled=True))
def i1e(self: Array) -> Array:
    """i1(self) * exp(-|self|)."""
    return _on_circle(self, 1)


def i1_backward(grad: Any, self: Any, result: Any, scaled: bool = False) -> Any:
    """grad * (i0(self) - i1(self) / self), and 1/2 at 0; `scaled`: of i1e."""
    tiny = float(np.finfo(self._array.dtype if isinstance(self, Tensor) else self.dtype).eps)
    large = gt(abs(self), tiny)
    safe = where(large, self, _number(self, tiny))
    if scaled:
        slope = i0e(safe) - result * (sgn(safe) + reciprocal(safe))
    else:
        slope = i0(safe) - result * reciprocal(safe)
    return grad * where(large, slope, _number(self, 0.5))


def _number(like: Any, value: float) -> Any:
    """A number as a 0-d array, or tensor, of the dtype of another one."""
    return holding(np.asarray(value, like._array.dtype)) if isinstance(like, Tensor) else np.asarray(value, like.dtype)


# --- what is left of the bell curve -----------------------------------------------------------------------------------


@op("SpecialErfcxBackward0", self=lambda grad, self, result: grad * minus(times(self, 2.0) * result, 2 / math.sqrt(math.pi)))
def erfcx(self: Array) -> Array:
    """exp(self ** 2) * erfc(self)."""
    return one_by_one(_erfcx, self)


def _erfcx(x: float) -> float:
    if x < 25:
        return math.exp(x * x) * math.erfc(x) if x > -26.7 else math.inf
    return (1 - 0.5 / x**2 + 0.75 / x**4 - 1.875 / x**6) / (x * math.sqrt(math.pi))


# --- the incomplete gamma functions -----------------------------------------------------------------------------------


def _lower(a: float, x: float) -> float:
    """The part of the integral of t ** (a - 1) * exp(-t) that lies below x."""
    if math.isnan(a) or math.isnan(x) or a < 0 or x < 0 or (a == 0 and x == 0):
        return math.nan
    if a == 0 or math.isinf(x):
        return math.nan if math.isinf(a) and math.isinf(x) else 1.0
    if x == 0 or math.isinf(a):
        return 0.0
    outside = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x <= 1 or x <= a:  # a power series
        term = total = 1 / a
        n = a
        while term > total * 1e-17:
            n += 1
            term *= x / n
            total += term
        return outside * total
    return 1 - outside * _fraction(a, x)


def _fraction(a: float, x: float) -> float:
    """The upper part over x ** a * exp(-x), as a continued fraction (Lentz)."""
    b = x + 1 - a
    c, d = 1e300, 1 / b
    value = d
    for n in range(1, 10_000):
        step = -n * (n - a)
        b += 2
        d, c = 1 / (step * d + b), b + step / c
        value *= c * d
        if math.fabs(c * d - 1) < 1e-16:
            break
    return value


def _upper(a: float, x: float) -> float:
    ordinary = 0 < a < math.inf and 1 < x < math.inf and x > a
    return math.exp(a * math.log(x) - x - math.lgamma(a)) * _fraction(a, x) if ordinary else 1 - _lower(a, x)


def _pairwise(function: Any, first: Array, second: Array) -> Array:
    first, second = np.broadcast_arrays(floats(first), floats(second))
    pairs = zip(first.ravel(), second.ravel(), strict=True)
    return np.array([function(float(a), float(b)) for a, b in pairs], first.dtype).reshape(first.shape)


def no_derivative(name: str) -> Any:
    """A formula of which PyTorch has none.  Raises NotImplementedError."""

    def refuse(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented")

    return refuse


def density(grad: Any, self: Any, other: Any) -> Any:
    """grad * other ** (self - 1) * exp(-other) / gamma(self)."""
    return grad * exp(minus(self, 1) * log(other) - other - lgamma(self))


@op("IgammaBackward0", pointwise=True, self=no_derivative("igamma: input"), other=lambda grad, self, other: density(grad, self, other))
def _igamma(self: Array, other: Array) -> Array:
    return _pairwise(_lower, self, other)


@op("IgammacBackward0", pointwise=True, self=no_derivative("igammac: input"), other=lambda grad, self, other: -density(grad, self, other))
def _igammac(self: Array, other: Array) -> Array:
    return _pairwise(_upper, self, other)


@forms("Tensor input, Tensor other, *, Tensor? out=None")
def igamma(input: Tensor, other: Tensor) -> Tensor:
    """The part of gamma(input)'s integral that lies below `other`: from 0 to 1."""
    made: Tensor = _igamma(input, other)
    return made


@forms("Tensor input, Tensor other, *, Tensor? out=None")
def igammac(input: Tensor, other: Tensor) -> Tensor:
    """The part of gamma(input)'s integral that lies above `other`: from 1 to 0."""
    made: Tensor = _igammac(input, other)
    return made


# --- zeta -------------------------------------------------------------------------------------------------------------


def _zeta_of(s: float, q: float) -> float:
    if s == 1:
        return math.inf
    if s < 1 or (q <= 0 and q != math.floor(q) and s != math.floor(s)):
        return math.nan
    return math.inf if q <= 0 and q == math.floor(q) else float(_zeta(s, q))


@op("SpecialZetaBackward0", pointwise=True, self=no_derivative("zeta"),
    other=lambda grad, self, other: grad * -self * zeta_of(plus(self, 1.0), other))  # fmt: skip
def zeta_of(self: Array, other: Array) -> Array:
    """The sum of 1 / (other + n) ** self over n = 0, 1, 2, ..."""
    return _pairwise(_zeta_of, self, other)


@op("SpecialZetaBackward1", other=lambda grad, self, other: times(grad, -self) * next_zeta(self, other))
def zeta_of_number(self: Any, other: Array) -> Array:
    """The same for one power."""
    return _zetas(self, other)


def _zetas(power: float, other: Array) -> Array:
    return _pairwise(_zeta_of, np.asarray(power, floats(other).dtype), other)


def next_zeta(power: float, other: Any) -> Any:
    """That of the next power, of an array or a Tensor."""
    return _zetas(power + 1.0, other) if isinstance(other, np.ndarray) else zeta_of_number(power + 1.0, other)


@op("SpecialZetaBackward2", self=no_derivative("zeta"))
def zeta_from_number(self: Array, other: Any) -> Array:
    """The same from one number on."""
    return _pairwise(_zeta_of, self, np.asarray(other, floats(self).dtype))
