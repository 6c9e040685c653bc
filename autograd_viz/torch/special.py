"""`torch.special`: functions that statisticians and physicists know by name. Most are the ordinary ones under another name.

Of Bessel's functions it has the modified ones.

Read next: `gradients.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import integrals, pointwise, special_functions, statistics, steps, transcendental
from autograd_viz.torch.ops import softmax as of_softmax
from autograd_viz.torch.ops.pointwise import divided, eq, exp, floats, le, log, masked_fill, plus, pow_number, times
from autograd_viz.torch.ops.special_functions import inverse_of_normal, log_of_normal, one_by_one
from autograd_viz.torch.overloads import forms, renamed
from autograd_viz.torch.tensor import Tensor, method

_ONE = "Tensor input, *, Tensor? out=None"
_TWO = "Tensor input, Tensor other, *, Tensor? out=None"
_MIXED = (_TWO, "Number self, Tensor other, *, Tensor? out=None", "Tensor input, Number other, *, Tensor? out=None")


def _special(function: Any, name: str = "", *texts: str) -> Any:
    """A function under the name that PyTorch gives it in error messages, as `special_expit`."""
    return renamed(f"special_{name or function.__name__}", function, *texts)


expit, log1p = _special(pointwise.sigmoid, "expit"), _special(pointwise.log1p)
exp2, expm1, sinc = _special(transcendental.exp2), _special(transcendental.expm1), _special(transcendental.sinc)
erf, erfc, erfinv = _special(special_functions.erf), _special(special_functions.erfc), _special(special_functions.erfinv)
digamma, psi = _special(special_functions.digamma), _special(special_functions.digamma, "psi")
multigammaln = _special(special_functions.mvlgamma, "multigammaln", "Tensor input, int p, *, Tensor? out=None")
gammaln = _special(special_functions.lgamma, "gammaln")
logit = _special(special_functions.logit, "", "Tensor input, float? eps=None, *, Tensor? out=None")
polygamma = _special(special_functions.polygamma, "", "int n, Tensor input, *, Tensor? out=None")
_SOFTMAX = "Tensor input, int dim, *, dtype? dtype=None"
softmax, log_softmax = _special(of_softmax.softmax, "", _SOFTMAX), _special(of_softmax.log_softmax, "", _SOFTMAX)
xlogy = _special(transcendental.xlogy, "", *_MIXED)
i0, i0e, i1, i1e, erfcx = (_special(getattr(integrals, name)) for name in ("i0", "i0e", "i1", "i1e", "erfcx"))
gammainc, gammaincc = _special(integrals.igamma, "gammainc", _TWO), _special(integrals.igammac, "gammaincc", _TWO)
method(integrals.i0), method(integrals.igamma), method(integrals.igammac)


@forms(*_MIXED)
def special_zeta(input: Any, other: Any) -> Tensor:
    """The sum of 1 / (other + n) ** input over n = 0, 1, 2, ..."""
    if not isinstance(other, Tensor):
        return integrals.zeta_from_number(input, other)
    return (integrals.zeta_of if isinstance(input, Tensor) else integrals.zeta_of_number)(input, other)


zeta = special_zeta


@reads("special_logsumexp(Tensor input, int[1] dim, bool keepdim=False, *, Tensor? out=None)")
def logsumexp(input: Tensor, dim: tuple[int, ...], keepdim: bool = False) -> Tensor:
    """`torch.logsumexp`."""
    return statistics.logsumexp(input, dim, keepdim)


def _rounded(input: Tensor, decimals: int = 0) -> Tensor:
    """`torch.round`, which here has always decimals."""
    return steps.round(input, decimals=decimals)


round = _special(_rounded, "round", "Tensor input, *, int decimals=0, Tensor? out=None")


# --- entropy ----------------------------------------------------------------------------------------------------------


@op("SpecialEntrBackward0", self=lambda grad, self: grad * -plus(log(self), 1))
def _entr(self: Array) -> Array:
    self = floats(self)
    return np.where(self > 0, -self * np.log(self), np.where(self == 0, 0, np.where(np.isnan(self), self, -np.inf))).astype(self.dtype)


def _entropy(input: Tensor) -> Tensor:
    """-input * log(input), 0 at 0 and minus infinity below."""
    return _entr(input)


entr = _special(_entropy, "entr")


@op("SpecialXlog1PyBackward0", pointwise=True,
    self=lambda grad, self, other: xlog1py_backward(grad, self, other),
    other=lambda grad, self, other: grad * self / plus(other, 1))  # fmt: skip
def _xlog1py(self: Array, other: Array) -> Array:
    self = floats(self)
    other = other.astype(self.dtype, copy=False)
    return np.where(np.isnan(other), other, np.where(self == 0, np.zeros((), self.dtype), self * np.log1p(other)))


@op("SpecialXlog1PyBackward1", other=lambda grad, self, other: times(grad, self) / plus(other, 1))
def _xlog1py_tensor(self: Any, other: Array) -> Array:
    other = floats(other)
    return _xlog1py(other.dtype.type(self), other)


@op("SpecialXlog1PyBackward2", self=lambda grad, self, other: xlog1py_backward(grad, self, other))
def _xlog1py_number(self: Array, other: Any) -> Array:
    self = floats(self)
    return _xlog1py(self, np.asarray(other))


def xlog1py_backward(grad: Any, self: Any, other: Any) -> Any:
    """grad * log(1 + other), and 0 where self is 0 and other at most -1."""
    if not isinstance(other, int | float):
        return masked_fill(_xlog1py(grad, other), eq(self, 0) & le(other, -1), 0)
    inner = _xlog1py_number(grad, other)
    return inner if other > -1 else masked_fill(inner, eq(self, 0), 0)


@forms(*_MIXED)
def special_xlog1py(input: Any, other: Any) -> Tensor:
    """input * log(1 + other), and 0 where input is 0."""
    if not isinstance(other, Tensor):
        return _xlog1py_number(input, other)
    return (_xlog1py if isinstance(input, Tensor) else _xlog1py_tensor)(input, other)


xlog1py = special_xlog1py

# --- the normal distribution ------------------------------------------------------------------------------------------


def _normal(input: Tensor) -> Tensor:
    """The probability that a normal variable is below the input."""
    wide = times(input if input.dtype.is_floating_point else pointwise.mul(input, 1.0), math.sqrt(0.5))
    return times(plus(special_functions.erf(wide), 1), 0.5)


ndtr = _special(_normal, "ndtr")


@op("SpecialNdtriBackward0", self=lambda grad, result: times(grad, math.sqrt(2 * math.pi)) * exp(divided(pow_number(result, 2), 2)))
def _ndtri(self: Array) -> Array:
    return one_by_one(inverse_of_normal, self)


@op("SpecialLogNdtrBackward0",
    self=lambda grad, self, result: divided(grad, math.sqrt(2 * math.pi)) * exp(-(result + divided(pow_number(self, 2), 2))))  # fmt: skip
def _log_ndtr(self: Array) -> Array:
    return one_by_one(log_of_normal, self)


ndtri, log_ndtr = _special(_ndtri, "ndtri"), _special(_log_ndtr, "log_ndtr")
