"""Draws of the gamma distribution, and of Dirichlet's, which are made of them.

A gamma draw is made by rejection: which tries are kept depends on the parameter, and so no formula says how the draw moves with it. But its
distribution function F does not change along: dx = -(dF/da) / (dF/dx) da, for which there are approximations.

Source: ATen/native/Distributions.h, after Marsaglia and Tsang (2000).  Read next: `windows.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import random
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.special_functions import psi
from autograd_viz.torch.random import Generator

__all__: list[str] = []

THIRD, SQUEEZE = np.float32(1 / 3), float(np.float32(0.0331))  # C++ has them in single precision
OF_BOTH = (  # coefficients of powers of log(x / a), for powers of log(a) above and below the line
    ((0.16009398, -0.094634809, 0.025146376, -0.0030648343), (1, 0.32668115, 0.10406089, 0.0014179084)),
    ((0.53487893, 0.1298071, 0.065735949, -0.0015649758), (0.16639465, 0.020070113, -0.0035938915, -0.00058392623)),
    ((0.040121004, -0.0065914022, -0.0026286047, -0.0013441777), (0.017050642, -0.0021309326, 0.00085092367, -1.5247877e-07)),
)


def draw(a: Any, generator: Generator) -> float:
    """One number of the gamma distribution, from a normal one and a uniform one, which says whether it is kept. `a`: numpy's number."""

    def chance() -> float:
        return 1 - float(generator.uniform((), np.float64))

    scale = 1.0
    if a < 1:
        if a == 0:
            return 0.0
        scale, a = chance() ** float(1 / a), a + 1
    d = float(a - THIRD)
    c = 1 / math.sqrt(9 * d)
    while True:
        x = generator._next_normal()
        if 1 + c * x <= 0:
            continue
        v, u, xx = (1 + c * x) ** 3, chance(), x * x
        if u < 1 - SQUEEZE * xx * xx or math.log(u) < 0.5 * xx + d * (1 - v + math.log(v)):
            return scale * d * v


def _drawn(a: Array, generator: Generator | None) -> Array:
    source = generator or random.default_generator
    return np.array([draw(each, source) for each in a.ravel()], np.float64).reshape(a.shape)


@op("StandardGammaBackward0", self=lambda grad, self, result: grad * standard_gamma_grad(self, result))
def standard_gamma(self: Array, generator: Any = None) -> Array:
    """Numbers of the gamma distribution, each with its own parameter."""
    return np.maximum(_drawn(self, generator).astype(self.dtype), np.finfo(self.dtype).tiny)


def _no_more(name: str) -> Any:
    def refuse(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return refuse


@op("StandardGammaGradBackward0", self=_no_more("_standard_gamma_grad"))
def standard_gamma_grad(self: Array, output: Array) -> Array:
    """How the draws `output` move with the parameter."""
    pairs = zip(self.ravel(), output.ravel(), strict=True)
    return np.array([_slope(float(a), float(x)) for a, x in pairs], self.dtype).reshape(self.shape)


def _slope(a: float, x: float) -> float:
    if x < float(np.float32(0.8)):
        return _slope_near_0(a, x)
    if a > 8:
        return _slope_of_large(a, x)
    u, v = math.log(x / a), math.log(a)
    above, below = (
        sum(sum(OF_BOTH[i][part][power] * u**i for i in range(3)) * v**power for power in range(4)) for part in (0, 1)
    )
    return math.exp(above / below)


def _slope_near_0(a: float, x: float) -> float:
    """By the first terms of F's power series."""
    term, bottom = 1.0, a
    first, second = 1 / a, 1 / (a * a)
    for i in range(1, 6):
        term *= -x / i
        bottom += 1
        first, second = first + term / bottom, second + term / (bottom * bottom)
    try:
        slope = (math.log(x) - psi(a)) * x**a * first - x**a * second
        return -slope / (x ** (a - 1) * math.exp(-x))
    except (ValueError, ZeroDivisionError, OverflowError):
        return 0.0


def _slope_of_large(a: float, x: float) -> float:
    """By an expansion around the saddle point (Rice)."""
    if 0.9 * a <= x <= 1.1 * a:
        first = 1 + 24 * a * (1 + 12 * a)
        second = 1440 * a * a + 6 * x * (53 - 120 * x) - 65 * x * x / a + a * (107 + 3600 * x)
        return first * second / (1244160 * a**4)
    root = math.sqrt(8 * a)
    term = (x - a - a * math.log(x / a)) ** -1.5
    both = root / (a - x) + (-term if x < a else term)
    inner = math.log(x / a) * both - math.sqrt(2 / a) * (a + x) / (a - x) ** 2
    return -(1 + 1 / (12 * a) * (1 + 1 / (24 * a))) * x * inner / root


def sample_dirichlet(concentration: Array) -> Array:
    """Positive numbers that sum to 1: gamma draws, divided by their sum."""
    drawn = _drawn(concentration.astype(np.float64), None)
    info = np.finfo(concentration.dtype)
    return (drawn / drawn.sum(-1, keepdims=True)).astype(concentration.dtype).clip(info.tiny, info.max)
