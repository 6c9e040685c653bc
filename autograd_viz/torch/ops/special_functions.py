"""The error function, the gamma function and their kin: first the rows, then how the values come about that numpy does not have.

The functions of the second part take and give one Python float, and compute as PyTorch does, or as exactly. A course may skip this file.

Read next: `integrals.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.pointwise import exp, floats, ge, le, number_like, one_minus, pow_number, times, where
from autograd_viz.torch.overloads import forms
from autograd_viz.torch.tensor import Tensor, method

IN_PLACE = ("digamma", "erf", "erfc", "erfinv", "lgamma", "logit", "mvlgamma")
__all__ = [*IN_PLACE, "polygamma"]


@op("LogitBackward0", self=lambda grad, self, eps: logit_backward(grad, self, eps))
def logit_row(self: Array, eps: float | None = None) -> Array:
    self = floats(self)
    if eps is not None:
        self = np.clip(self, self.dtype.type(eps), self.dtype.type(1 - eps))
    return np.log(self / (1 - self))


def logit_backward(grad: Any, self: Any, eps: float | None) -> Any:
    """grad / (self * (1 - self)), and 0 outside [eps, 1 - eps]; if there is no eps, nan outside [0, 1]."""
    low, outside = (0.0, math.nan) if eps is None else (eps, 0.0)
    return where(ge(self, low) & le(self, 1 - low), grad / (self * one_minus(self)), number_like(self, outside))


@method
@forms("Tensor input, float? eps=None, *, Tensor? out=None")
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(input / (1 - input)), the inverse of sigmoid; `eps` keeps the input in [eps, 1 - eps]."""
    return logit_row(input, eps)


@op("ErfBackward0", self=lambda grad, self: times(exp(-pow_number(self, 2)), 2 / math.sqrt(math.pi)) * grad)
def erf(self: Array) -> Array:
    """The error function: how much of a normal distribution with variance 1/2 lies within [-self, self]."""
    return one_by_one(math.erf, self)


@op("ErfcBackward0", self=lambda grad, self: times(exp(-pow_number(self, 2)), -2 / math.sqrt(math.pi)) * grad)
def erfc(self: Array) -> Array:
    """1 - erf(self)."""
    return one_by_one(math.erfc, self)


@op("ErfinvBackward0", self=lambda grad, self: times(exp(pow_number(erfinv(self), 2)), 0.5 * math.sqrt(math.pi)) * grad)
def erfinv(self: Array) -> Array:
    """The inverse of erf; nan outside [-1, 1]."""
    return one_by_one(inverse_erf, self)


@op("LgammaBackward0", self=lambda grad, self: grad * digamma(self))
def lgamma(self: Array) -> Array:
    """log |gamma(self)|: of n + 1, the logarithm of n factorial."""
    return one_by_one(log_gamma, self)


@op("DigammaBackward0", self=lambda grad, self: grad * _polygamma(self, 1))
def digamma(self: Array) -> Array:
    """The derivative of lgamma."""
    return one_by_one(psi, self)


@op("PolygammaBackward0", self=lambda grad, n, self: grad * _polygamma(self, n + 1))
def _polygamma(self: Array, n: int) -> Array:
    return one_by_one(lambda x: derivative_of_psi(n, x), self)


@forms("int n, Tensor input, *, Tensor? out=None")
def polygamma(n: int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma.  Raises RuntimeError for n < 0."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return _polygamma(input, n)


def _polygamma_method(self: Tensor, n: int) -> Tensor:
    return polygamma(n, self)


Tensor.polygamma = _polygamma_method  # type: ignore[attr-defined]
for _row in (erf, erfc, erfinv, lgamma, digamma):
    method(_row)


@op("MvlgammaBackward0", self=lambda grad, self, p: mvlgamma_backward(grad, self, p))
def _mvlgamma(self: Array, p: int) -> Array:
    halves = np.arange(p) / 2
    return one_by_one(log_gamma, floats(self)[..., None] - halves.astype(floats(self).dtype)).sum(-1) + floats(self).dtype.type(
        p * (p - 1) / 4 * math.log(math.pi)
    )


def mvlgamma_backward(grad: Any, self: Any, p: int) -> Any:
    """grad * the sum of digamma(self - k / 2), k = 0 ... p - 1."""
    from autograd_viz.torch.ops.reduction import sum_dim
    from autograd_viz.torch.ops.shape import unsqueeze

    return grad * sum_dim(digamma(_minus_halves(self, p) + unsqueeze(self, -1)), (-1,))


@op("", others="self")
def _minus_halves(self: Array, p: int) -> Array:
    return (np.arange(1 - p, 1) / 2).astype(self.dtype)


@method
@forms("Tensor input, int p, *, Tensor? out=None")
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the gamma function of p-dimensional matrices.  Raises RuntimeError for p < 1."""
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    return _mvlgamma(input, p)


def one_by_one(function: Any, array: Array) -> Array:
    """A function of one Python float for every element."""
    array = floats(array)
    return np.asarray(np.frompyfunc(function, 1, 1)(array.astype(np.float64)), np.float64).astype(array.dtype)


# --- values -----------------------------------------------------------------------------------------------------------


def inverse_erf(y: float) -> float:
    """x with erf(x) = y: a rough start (Winitzki 2008), then Newton's steps."""
    if not -1 < y < 1:
        return math.copysign(math.inf, y) if abs(y) == 1 else math.nan
    if y == 0:
        return y
    logarithm = math.log1p(-y * y)
    half = 2 / (math.pi * 0.147) + logarithm / 2
    x = math.copysign(math.sqrt(math.sqrt(half * half - logarithm / 0.147) - half), y)
    for _ in range(4):
        x -= (math.erf(x) - y) / (2 / math.sqrt(math.pi) * math.exp(-x * x))
    return x


def log_gamma(x: float) -> float:
    """log |gamma(x)|; infinite at 0, -1, -2, ..."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf


def psi(x: float) -> float:
    """The derivative of log gamma: -+inf at +-0, nan at -1, -2, ...  Source: ATen, native/Math.h, calc_digamma (after Cephes)."""
    if x == 0:
        return math.copysign(math.inf, -x)
    if not math.isfinite(x):
        return x if x > 0 else math.nan
    result = 0.0
    if x < 0:
        if x == math.trunc(x):
            return math.nan
        result = -math.pi / math.tan(math.pi * math.fmod(x, 1))  # psi(x) = psi(1 - x) - pi / tan(pi x)
        x = 1 - x
    while x < 10:
        result -= 1 / x
        x += 1
    if x == 10:
        return result + 2.25175258906672110764
    series, z = 0.0, 1 / (x * x)
    for k in (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12):
        series = series * z + k
    return result + math.log(x) - 0.5 / x - series * z


def derivative_of_psi(n: int, x: float) -> float:
    """The n-th derivative of psi: (-1)^(n+1) n! zeta(n + 1, x)."""
    if n == 0:
        return psi(x)
    if n == 1:
        return _trigamma(x)
    return (1 if n % 2 else -1) * math.factorial(n) * _zeta(n + 1, x)


def _trigamma(x: float) -> float:
    """Source: ATen, native/Math.h, trigamma."""
    if x == 0:
        return math.inf
    sign, result = 1.0, 0.0
    if x < 0.5:
        sign = -1.0
        result -= (math.pi * math.pi) / math.sin(math.pi * x) ** 2
        x = 1 - x
    for _ in range(6):
        result += 1 / (x * x)
        x += 1
    z = 1 / (x * x)
    return sign * (result + (1 + 1 / (2 * x) + z * (1 / 6 - z * (1 / 30 - z * (1 / 42)))) / x)


_A = (
    12.0, -720.0, 30240.0, -1209600.0, 47900160.0, -1.8924375803183791606e9, 7.47242496e10, -2.950130727918164224e12,
    1.1646782814350067249e14, -4.5979787224074726105e15, 1.8152105401943546773e17, -7.1661652561756670113e18,
)  # fmt: skip


def _zeta(s: float, q: float) -> float:
    """Hurwitz' zeta function, the sum of (q + k) ** -s for k = 0, 1, ...  Source: ATen, native/Math.h, zeta (after Cephes)."""
    if math.isnan(q) or q == math.inf:
        return math.nan if math.isnan(q) else 0.0
    if q <= 0 and q == math.floor(q):
        return math.inf
    total, a, k, term = math.pow(q, -s), q, 0, 0.0
    while k < 9 or a <= 9.0:
        k += 1
        a += 1.0
        term = math.pow(a, -s)
        total += term
        if abs(term) < 1.11e-16 * abs(total):
            return total
    total += term * a / (s - 1.0) - 0.5 * term
    factor, j = 1.0, 0.0
    for divisor in _A:
        factor *= s + j
        term /= a
        step = factor * term / divisor
        total += step
        if abs(step / total) < 1.11e-16:
            break
        j += 1.0
        factor *= s + j
        term /= a
        j += 1.0
    return total


def inverse_of_normal(p: float) -> float:
    """x below which a normal variable is with probability p."""
    if not 0 < p < 1:
        return -math.inf if p == 0 else math.inf if p == 1 else math.nan
    x = math.sqrt(2) * inverse_erf(2 * p - 1)
    if not math.isfinite(x):
        x = -math.sqrt(-2 * math.log(p)) if p < 0.5 else math.sqrt(-2 * math.log(1 - p))
    for _ in range(3):  # once more, with the digits that 2 p - 1 has lost
        x -= (0.5 * math.erfc(-x / math.sqrt(2)) - p) / (math.exp(-x * x / 2) / math.sqrt(2 * math.pi))
    return x


def log_of_normal(x: float) -> float:
    """The logarithm of the probability that a normal variable is below x."""
    if x > -25:
        return math.log1p(-0.5 * math.erfc(x / math.sqrt(2))) if x > 0 else math.log(0.5 * math.erfc(-x / math.sqrt(2)))
    z = 1 / (x * x)
    return -x * x / 2 - math.log(-x * math.sqrt(2 * math.pi)) + math.log1p(-z + 3 * z * z - 15 * z**3 + 105 * z**4)
