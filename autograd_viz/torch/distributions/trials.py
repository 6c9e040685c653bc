"""How often trials succeed, and how long it takes: `Binomial`, `Multinomial`, `Geometric`.

Read next: `multivariate.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.discrete import EITHER, Categorical, _listed
from autograd_viz.torch.distributions.distribution import (
    Distribution,
    as_kind,
    batch_of,
    broadcast_all,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn.functional.losses import binary_cross_entropy_with_logits
from autograd_viz.torch.ops import random_draws
from autograd_viz.torch.ops.creation import empty, ones_like, zeros, zeros_like
from autograd_viz.torch.ops.creation_more import arange
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.ops.kinds import finfo

__all__ = ["Binomial", "Geometric", "Multinomial"]


class _Chances(Distribution):
    """What is given by a probability, or by its logits."""

    def _set(self, probs: Any, logits: Any) -> Any:
        if (probs is None) == (logits is None):
            raise ValueError(EITHER)
        return logits if probs is None else probs

    @lazy_property
    def logits(self) -> Any:
        """log(p / (1 - p))."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Any:
        """The probability of success."""
        return logits_to_probs(self.logits, is_binary=True)


class Geometric(_Chances):
    """How many trials fail before one succeeds."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        given = self._set(probs, logits)
        (param,) = broadcast_all(given)
        setattr(self, "logits" if probs is None else "probs", param)
        super().__init__(batch_of(param, given), validate_args=validate_args)
        if self._validate_args and probs is not None and not bool((param > 0).all()):
            raise ValueError(
                f"Expected parameter probs ({type(param).__name__} of shape {tuple(param.shape)}) of distribution {self!r} to be positive "
                f"but found invalid values:\n{param.data[~(param > 0)]}"
            )

    @property
    def mean(self) -> Any:
        """1 / p - 1."""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Any:
        """0."""
        return zeros_like(self.probs)

    @property
    def variance(self) -> Any:
        """(1 / p - 1) / p."""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        with no_grad():
            u: Any = empty(tuple(self._extended_shape(sample_shape)), dtype=self.probs.dtype)
            u.uniform_(finfo(self.probs.dtype).tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.clone()
        probs[(probs == 1) & (value == 0)] = 0
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs


class Binomial(_Chances):
    """How many of `total_count` trials succeed."""

    arg_constraints = {"total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval, "logits": constraints.real}
    has_enumerate_support = True

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        count, self._param = broadcast_all(total_count, self._set(probs, logits))
        setattr(self, "logits" if probs is None else "probs", self._param)
        self.total_count = count.type_as(self._param)
        super().__init__(self._param.shape, validate_args=validate_args)

    @property
    def support(self) -> Any:
        """0 ... total_count."""
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        """n p."""
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        """The most likely."""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Any:
        """n p (1 - p)."""
        return self.total_count * self.probs * (1 - self.probs)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        shape: Size = self._param.shape
        return shape

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return random_draws.binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        n, x = self.total_count, self.logits
        all_ways, same, other = (n + 1).lgamma(), (value + 1).lgamma(), (n - value + 1).lgamma()
        positive = (x.clamp(min=0) + x - x.clamp(max=0)) / 2
        normalizer = n * positive + n * (-x.abs()).exp().log1p() - all_ways
        return value * x - same - other - normalizer

    def _same_count(self, what: str) -> int:
        count = int(self.total_count.max())
        if not bool(self.total_count.min() == count):
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{what}`.")
        return count

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        self._same_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 ... total_count."""
        return _listed(self, arange(1 + self._same_count("enumerate_support"), dtype=self._param.dtype), expand)


class Multinomial(Distribution):
    """How often each of several things comes in `total_count` draws."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def __init__(self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        self._binomial = Binomial(total_count, self.probs)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        new = super().expand(batch_shape)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @property
    def support(self) -> Any:
        """Counts, at most total_count together."""
        return constraints.multinomial(self.total_count)

    @property
    def logits(self) -> Any:
        """log(probs)."""
        return self._categorical.logits

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._categorical.probs

    @property
    def mean(self) -> Any:
        """n p."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        """n p (1 - p)."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        drawn = drawn.permute(*range(1, drawn.ndim), 0)
        counts: Any = zeros(tuple(self._extended_shape(sample_shape)), dtype=drawn.dtype)
        return as_kind(counts.scatter_add_(-1, drawn, ones_like(drawn)), self.probs)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.clone()
        ways, same = (value.sum(-1) + 1).lgamma(), (value + 1).lgamma().sum(-1)
        logits[(value == 0) & (logits == -math.inf)] = 0
        return ways - same + (logits * value).sum(-1)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        n: Any = tensor(self.total_count)
        first = n * self._categorical.entropy() - (n + 1).lgamma()
        support = self._binomial.enumerate_support(expand=False)[1:]
        return first + (self._binomial.log_prob(support).exp() * (support + 1).lgamma()).sum([0, -1])
