"""`TransformedDistribution`: a function of a random variable; and three of the kind: `LogNormal`, `HalfNormal`, `Gumbel`.

The density of y = f(x) is that of x over the slope of f: log_prob(y) = base.log_prob(x) - log |dy/dx|.

Read next: `kl.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.continuous import Normal, Uniform
from autograd_viz.torch.distributions.distribution import NUMBER, Distribution, broadcast_all, sum_rightmost
from autograd_viz.torch.distributions.multivariate import Independent
from autograd_viz.torch.distributions.transforms import AbsTransform, AffineTransform, ComposeTransform, ExpTransform, Transform
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.ops.creation import full_like, ones_like, zeros_like
from autograd_viz.torch.ops.kinds import finfo
from autograd_viz.torch.ops.piecewise import where

__all__ = ["Gumbel", "HalfNormal", "LogNormal", "TransformedDistribution"]

EULER = 0.57721566490153286060


class TransformedDistribution(Distribution):
    """What becomes of draws of another distribution under one function, or several in order."""

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: bool | None = None) -> None:
        if not isinstance(transforms, Transform | list):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        if not all(isinstance(each, Transform) for each in self.transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        shape = base_distribution.batch_shape + base_distribution.event_shape
        inner = len(base_distribution.event_shape)
        whole = ComposeTransform(self.transforms)
        needed = max([each.domain.event_dim for each in self.transforms], default=0)
        if len(shape) < needed:
            raise ValueError(f"base_distribution needs to have shape with size at least {needed}, but got {shape}.")
        forward = Size(whole.forward_shape(shape))
        expanded = whole.inverse_shape(forward)
        if tuple(expanded) != tuple(shape):
            base_distribution = base_distribution.expand(expanded[: len(expanded) - inner])
        if needed > inner:
            base_distribution = Independent(base_distribution, needed - inner)
        self.base_dist = base_distribution
        cut = len(forward) - max(needed, inner)
        super().__init__(forward[:cut], forward[cut:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        new = super().expand(batch_shape)
        shape = ComposeTransform(self.transforms).inverse_shape((*batch_shape, *self._event_shape))
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        return new

    @property
    def support(self) -> Any:
        """What the last function can give."""
        if not self.transforms:
            return self.base_dist.support
        found = self.transforms[-1].codomain
        more = len(self._event_shape) - found.event_dim
        return constraints.independent(found, more) if more > 0 else found

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """That of the other."""
        return bool(self.base_dist.has_rsample)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times. No gradient passes."""
        with no_grad():
            return ComposeTransform(self.transforms)(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, differentiably."""
        return ComposeTransform(self.transforms)(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """That of the other, less the logarithms of the slopes."""
        self._validate_sample(value)
        event_dim, found, y = len(self._event_shape), 0.0, value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            found = found - sum_rightmost(transform.log_abs_det_jacobian(x, y), event_dim - transform.domain.event_dim)
            y = x
        return found + sum_rightmost(self.base_dist.log_prob(y), event_dim - len(self.base_dist.event_shape))

    def _turned(self, value: Any) -> Any:
        """1 - value if the functions together go down."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        return value if isinstance(sign, int) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        for transform in self.transforms[::-1]:
            value = transform.inv(value)
        self.base_dist._validate_sample(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return ComposeTransform(self.transforms)(self.base_dist.icdf(self._turned(value)))


class LogNormal(TransformedDistribution):
    """exp of a number of the bell curve."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args=validate_args), ExpTransform(), validate_args=validate_args)

    @property
    def loc(self) -> Any:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Any:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Any:
        """exp(loc + scale squared / 2)."""
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Any:
        """exp(loc - scale squared)."""
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self) -> Any:
        """The variance."""
        squared = self.scale.pow(2)
        return squared.expm1() * (2 * self.loc + squared).exp()

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return self.base_dist.entropy() + self.loc


class HalfNormal(TransformedDistribution):
    """The magnitude of a number of the bell curve around 0."""

    arg_constraints = {"scale": constraints.positive}
    support = constraints.nonnegative

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def scale(self) -> Any:
        """The standard deviation before the sign was lost."""
        return self.base_dist.scale

    @property
    def mean(self) -> Any:
        """The mean."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def mode(self) -> Any:
        """0."""
        return zeros_like(self.scale)

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.scale.pow(2) * (1 - 2 / math.pi)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return where(value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return self.base_dist.entropy() - math.log(2)


class Gumbel(TransformedDistribution):
    """The largest of many: loc - scale * log(-log(uniform noise))."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        info = finfo(self.loc.dtype)
        bounds: tuple[Any, Any] = (info.tiny, 1 - info.eps)
        if not (isinstance(loc, NUMBER) and isinstance(scale, NUMBER)):
            bounds = full_like(self.loc, bounds[0]), full_like(self.loc, bounds[1])
        log = ExpTransform().inv
        ones: Any = ones_like(self.scale)
        steps = [log, AffineTransform(0, -ones), log, AffineTransform(loc, -self.scale)]
        super().__init__(Uniform(*bounds, validate_args=validate_args), steps, validate_args=validate_args)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return y - y.exp() - self.scale.log()

    @property
    def mean(self) -> Any:
        """The mean."""
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Any:
        """loc."""
        return self.loc

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.stddev.pow(2)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return self.scale.log() + (1 + EULER)
