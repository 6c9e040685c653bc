"""Distributions of positive numbers and of shares: `Gamma`, `Chi2`, `StudentT`, `Beta`, `Dirichlet`.

Read next: `discrete.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.distribution import (
    NUMBER,
    Distribution,
    ExponentialFamily,
    as_kind,
    batch_of,
    broadcast_all,
    standard_normal,
)
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.function import Function
from autograd_viz.torch.nn.functional.layers import one_hot
from autograd_viz.torch.ops.from_data import as_tensor, tensor
from autograd_viz.torch.ops.gamma_draws import sample_dirichlet, standard_gamma
from autograd_viz.torch.ops.joining import stack
from autograd_viz.torch.ops.kinds import finfo
from autograd_viz.torch.ops.transcendental import xlogy
from autograd_viz.torch.tensor import holding

__all__ = ["Beta", "Chi2", "Dirichlet", "Gamma", "StudentT"]


class Gamma(ExponentialFamily):
    """How long one waits for the `concentration`-th of things that happen `rate` times per unit of time."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(batch_of(self.concentration, concentration, rate), validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """concentration / rate."""
        return self.concentration / self.rate

    @property
    def mode(self) -> Any:
        """(concentration - 1) / rate, at least 0."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Any:
        """concentration / rate squared."""
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """A standard draw / rate."""
        shape = self._extended_shape(sample_shape)
        value: Any = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=finfo(value.dtype).tiny)
        return value

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        value = as_tensor(value, dtype=self.rate.dtype)
        self._validate_sample(value)
        powers = xlogy(self.concentration, self.rate) + xlogy(self.concentration - 1, value)
        return powers - self.rate * value - self.concentration.lgamma()

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1.0 - a) * a.digamma()


class Chi2(Gamma):
    """The sum of the squares of `df` numbers of the bell curve."""

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Any:
        """How many."""
        return self.concentration * 2


class StudentT(Distribution):
    """A number of the bell curve over a standard deviation that is itself estimated, from `df` numbers."""

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """loc; nan if df <= 1."""
        mean = self.loc.clone()
        mean[self.df <= 1] = math.nan
        return mean

    @property
    def mode(self) -> Any:
        """loc."""
        return self.loc

    @property
    def variance(self) -> Any:
        """scale squared * df / (df - 2); inf if df <= 2, nan if df <= 1."""
        found, large = self.df.clone(), self.df > 2
        found[large] = self.scale[large].pow(2) * self.df[large] / (self.df[large] - 2)
        found[(self.df <= 2) & (self.df > 1)] = math.inf
        found[self.df <= 1] = math.nan
        return found

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """loc + scale * noise / a root of `Chi2`."""
        noise = standard_normal(self._extended_shape(sample_shape), self.df)
        return self.loc + self.scale * (noise * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        y = (value - self.loc) / self.scale
        z = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        z = z + (0.5 * self.df).lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (y**2.0 / self.df).log1p() - z

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        beta = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        slopes = (0.5 * (self.df + 1)).digamma() - (0.5 * self.df).digamma()
        return self.scale.log() + 0.5 * (self.df + 1) * slopes + 0.5 * self.df.log() + beta


class _Dirichlet(Function):
    """Dirichlet draws as a node. How they move with the parameters is not here."""

    @staticmethod
    def forward(ctx: Any, concentration: Any) -> Any:
        """Positive numbers that sum to 1."""
        return holding(sample_dirichlet(concentration._array))

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        """Raise NotImplementedError, with a hint."""
        raise NotImplementedError(
            "this library has no derivative of Dirichlet and Beta draws\nHint: sample() and log_prob() need none; PyTorch has it."
        )


class Dirichlet(ExponentialFamily):
    """Shares, which are positive and sum to 1."""

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Any, validate_args: bool | None = None) -> None:
        if concentration.ndim < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Any:
        """The shares of the concentrations."""
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Any:
        """The most likely shares; if all concentrations are below 1, all for one."""
        less = (self.concentration - 1).clamp(min=0.0)
        mode = less / less.sum(-1, True)
        mask = (self.concentration < 1).all(dim=-1)
        mode[mask] = as_kind(one_hot(mode[mask].argmax(dim=-1), less.shape[-1]), mode)
        return mode

    @property
    def variance(self) -> Any:
        """Of each share."""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Draw, `sample_shape` times."""
        return _Dirichlet.apply(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        a = self.concentration
        return xlogy(a - 1.0, value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        a, total = self.concentration, self.concentration.sum(-1)
        first = a.lgamma().sum(-1) - total.lgamma() - (a.shape[-1] - total) * total.digamma()
        return first - ((a - 1.0) * a.digamma()).sum(-1)


class Beta(ExponentialFamily):
    """A share of two, between 0 and 1."""

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        if isinstance(concentration1, NUMBER) and isinstance(concentration0, NUMBER):
            both: Any = tensor([float(concentration1), float(concentration0)])
        else:
            both = stack(broadcast_all(concentration1, concentration0), -1)
        self._dirichlet = Dirichlet(both, validate_args=validate_args)
        super().__init__(self._dirichlet._batch_shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        new = super().expand(batch_shape)
        new._dirichlet = self._dirichlet.expand(batch_shape)
        return new

    @property
    def concentration1(self) -> Any:
        """How much speaks for 1."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self) -> Any:
        """How much speaks for 0."""
        return self._dirichlet.concentration[..., 1]

    @property
    def mean(self) -> Any:
        """concentration1 / their sum."""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Any:
        """The most likely."""
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self) -> Any:
        """The variance."""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Draw, `sample_shape` times."""
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        return self._dirichlet.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        return self._dirichlet.entropy()
