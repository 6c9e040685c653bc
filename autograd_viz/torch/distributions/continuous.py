"""Distributions of real numbers: `Normal`, `Uniform`, `Exponential`, `Laplace`, `Cauchy`.

Read next: `gamma.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.distribution import (
    Distribution,
    ExponentialFamily,
    as_kind,
    batch_of,
    broadcast_all,
    filled,
    standard_normal,
)
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.ops.creation import empty, rand
from autograd_viz.torch.ops.kinds import finfo
from autograd_viz.torch.ops.random_draws import normal

__all__ = ["Cauchy", "Exponential", "Laplace", "Normal", "Uniform"]


class _LocationAndScale(Distribution):
    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(batch_of(self.loc, loc, scale), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """loc."""
        return self.loc

    @property
    def mode(self) -> Any:
        """loc."""
        return self.loc


class Normal(_LocationAndScale, ExponentialFamily):
    """The bell curve around `loc`, with the standard deviation `scale`."""

    @property
    def stddev(self) -> Any:
        """scale."""
        return self.scale

    @property
    def variance(self) -> Any:
        """scale squared."""
        return self.stddev.pow(2)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times. No gradient passes."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """loc + noise * scale."""
        return self.loc + standard_normal(self._extended_shape(sample_shape), self.loc) * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        var = self.scale**2
        return -((value - self.loc) ** 2) / (2 * var) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return 0.5 * (1 + ((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)).erf())

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Laplace(_LocationAndScale):
    """Exponential to both sides of `loc`."""

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return (2**0.5) * self.scale

    @property
    def variance(self) -> Any:
        """The variance."""
        return 2 * self.scale.pow(2)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Of uniform noise."""
        u: Any = empty(tuple(self._extended_shape(sample_shape)), dtype=self.loc.dtype)
        u.uniform_(finfo(self.loc.dtype).eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return 0.5 - 0.5 * (value - self.loc).sign() * (-(value - self.loc).abs() / self.scale).expm1()

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return 1 + (2 * self.scale).log()


class Cauchy(_LocationAndScale):
    """Where a ray in a random direction, from a point at distance `scale`, meets a line. It has no mean."""

    @property
    def mean(self) -> Any:
        """nan."""
        return filled(self._extended_shape(), math.nan, self.loc)

    @property
    def variance(self) -> Any:
        """inf."""
        return filled(self._extended_shape(), math.inf, self.loc)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """loc + noise * scale."""
        noise: Any = empty(tuple(self._extended_shape(sample_shape)), dtype=self.loc.dtype)
        return self.loc + noise.cauchy_() * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return math.log(4 * math.pi) + self.scale.log()


class Uniform(Distribution):
    """All of [low, high) equally likely."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(batch_of(self.low, low, high), validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """Each bounds the other."""
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @property
    def support(self) -> Any:
        """From low to high."""
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Any:
        """In the middle."""
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Any:
        """nan: none is more likely than the others."""
        return math.nan * self.high

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Any:
        """The variance."""
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """low + noise * (high - low)."""
        drawn = rand(tuple(self._extended_shape(sample_shape)), dtype=self.low.dtype)
        return self.low + drawn * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        above, below = as_kind(self.low.le(value), self.low), as_kind(self.high.gt(value), self.low)
        return above.mul(below).log() - (self.high - self.low).log()

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return (self.high - self.low).log()


class Exponential(ExponentialFamily):
    """How long one waits for what happens `rate` times per unit of time."""

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_of(self.rate, rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """1 / rate."""
        return self.rate.reciprocal()

    @property
    def mode(self) -> Any:
        """0."""
        return self.rate.detach() * 0

    @property
    def stddev(self) -> Any:
        """1 / rate."""
        return self.rate.reciprocal()

    @property
    def variance(self) -> Any:
        """1 / rate squared."""
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Noise / rate."""
        drawn: Any = empty(tuple(self._extended_shape(sample_shape)), dtype=self.rate.dtype)
        return drawn.exponential_() / self.rate

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return 1 - (-self.rate * value).exp()

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return -(-value).log1p() / self.rate

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return 1.0 - self.rate.log()
