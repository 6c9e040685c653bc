"""Distributions of things one can count: `Bernoulli`, `Categorical`, `OneHotCategorical`, `Poisson`.

They take probabilities, or logits (their logarithms, up to a constant); the other is computed when it is asked for. Samples have no
derivative; policy gradients use that of `log_prob`.

Read next: `trials.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch import dtypes
from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.distribution import (
    Distribution,
    ExponentialFamily,
    as_kind,
    batch_of,
    broadcast_all,
    filled,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.nn.functional.layers import one_hot
from autograd_viz.torch.nn.functional.losses import binary_cross_entropy_with_logits
from autograd_viz.torch.ops import random_draws
from autograd_viz.torch.ops.creation import eye
from autograd_viz.torch.ops.creation_more import arange
from autograd_viz.torch.ops.kinds import finfo

__all__ = ["Bernoulli", "Categorical", "OneHotCategorical", "Poisson"]

EITHER = "Either `probs` or `logits` must be specified, but not both."


class Bernoulli(ExponentialFamily):
    """1 with probability `probs`, else 0."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(EITHER)
        given = logits if probs is None else probs
        (self._param,) = broadcast_all(given)
        setattr(self, "logits" if probs is None else "probs", self._param)
        super().__init__(batch_of(self._param, given), validate_args=validate_args)

    @lazy_property
    def logits(self) -> Any:
        """log(p / (1 - p))."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Any:
        """The probability of 1."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        shape: Size = self._param.shape
        return shape

    @property
    def mean(self) -> Any:
        """probs."""
        return self.probs

    @property
    def mode(self) -> Any:
        """1 where that is more likely; nan where both are equally so."""
        mode = as_kind(self.probs >= 0.5, self.probs)
        mode[self.probs == 0.5] = math.nan
        return mode

    @property
    def variance(self) -> Any:
        """p (1 - p)."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return random_draws.bernoulli(self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")  # type: ignore[operator]

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 and 1."""
        return _listed(self, arange(2, dtype=self._param.dtype), expand)


def _listed(of: Distribution, values: Any, expand: bool) -> Any:
    values = values.view((-1,) + (1,) * len(of._batch_shape))
    return values.expand((-1, *of._batch_shape)) if expand else values


class Categorical(Distribution):
    """0 ... n - 1 with the probabilities in the last dimension of `probs`, which need not sum to 1."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError(EITHER)
        if probs is not None:
            if probs.ndim < 1:
                raise ValueError("`probs` parameter must be at least one-dimensional.")
            self._param = self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            if logits.ndim < 1:
                raise ValueError("`logits` parameter must be at least one-dimensional.")
            self._param = self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
        self._num_events = self._param.shape[-1]
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    @property
    def support(self) -> Any:
        """0 ... n - 1."""
        return constraints.integer_interval(0, self._num_events - 1)

    @lazy_property
    def logits(self) -> Any:
        """log(probs)."""
        return probs_to_logits(self.probs)

    @lazy_property
    def probs(self) -> Any:
        """The probabilities, which sum to 1."""
        return logits_to_probs(self.logits)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        shape: Size = self._param.shape
        return shape

    @property
    def mean(self) -> Any:
        """nan: the numbers are only names."""
        return filled(self._extended_shape(), math.nan, self.probs)

    variance = mean

    @property
    def mode(self) -> Any:
        """The most likely."""
        return self.probs.argmax(dim=-1)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        sample_shape = Size(sample_shape)
        drawn: Any = random_draws.multinomial(self.probs.reshape(-1, self._num_events), sample_shape.numel(), True)
        return drawn.T.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        value = value.long().unsqueeze(-1)
        value, log_pmf = broadcast_all(value, self.logits)
        return log_pmf.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        """0 ... n - 1."""
        return _listed(self, arange(self._num_events, dtype=dtypes.int64), expand)


class OneHotCategorical(Distribution):
    """`Categorical`, with vectors that are 1 in the place that was drawn."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    def __getattr__(self, name: str) -> Any:
        if name in ("_param", "probs", "logits"):
            return getattr(self._categorical, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        new = super().expand(batch_shape)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @property
    def mean(self) -> Any:
        """probs."""
        return self._categorical.probs

    @property
    def mode(self) -> Any:
        """The most likely."""
        return as_kind(one_hot(self._categorical.mode, self._event_shape[0]), self._categorical.probs)

    @property
    def variance(self) -> Any:
        """p (1 - p)."""
        return self._categorical.probs * (1 - self._categorical.probs)

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        return as_kind(one_hot(self._categorical.sample(sample_shape), self._event_shape[0]), self._categorical.probs)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        return self._categorical.log_prob(value.max(-1)[1])

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Any:
        """The rows of the identity matrix."""
        n = self._event_shape[0]
        values: Any = eye(n, dtype=self._categorical._param.dtype)
        values = values.view((n, *(1,) * len(self._batch_shape), n))
        return values.expand((n, *self._batch_shape, n)) if expand else values


class Poisson(ExponentialFamily):
    """How often something happens that happens `rate` times on average."""

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_of(self.rate, rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """rate."""
        return self.rate

    variance = mean

    @property
    def mode(self) -> Any:
        """rate, cut down to a whole number."""
        return self.rate.floor()

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return random_draws.poisson(self.rate.expand(shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability of `value`."""
        self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()
