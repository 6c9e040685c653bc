"""Values of functions that neither Python nor numpy has: the inverse of erf, and the derivatives of the logarithm of gamma.

Each function here takes and gives one Python float, and computes it as PyTorch does (or as exactly). A course may skip this file.

Read next: `transcendental.py`.
"""

from __future__ import annotations

import math


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
