"""Distributions of vectors: `MultivariateNormal`, and `Independent`, which takes dimensions of a batch for one event.

Read next: `transforms.py`.
"""

from __future__ import annotations

import math
from typing import Any

from autograd_viz.torch import linalg
from autograd_viz.torch.distributions import constraints
from autograd_viz.torch.distributions.distribution import Distribution, lazy_property, standard_normal, sum_rightmost
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.ops.linalg import matmul
from autograd_viz.torch.ops.rearranging import broadcast_shapes

__all__ = ["Independent", "MultivariateNormal"]


class Independent(Distribution):
    """Another distribution, whose last `reinterpreted_batch_ndims` dimensions of the batch are one event: their log_probs are summed."""

    def __init__(self, base_distribution: Any, reinterpreted_batch_ndims: int, validate_args: bool | None = None) -> None:
        n = reinterpreted_batch_ndims
        if n > len(base_distribution.batch_shape):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), "
                f"actual {n} vs {len(base_distribution.batch_shape)}"
            )
        shape = base_distribution.batch_shape + base_distribution.event_shape
        first = len(shape) - n - len(base_distribution.event_shape)
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, n
        super().__init__(shape[:first], shape[first:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        shape = (*batch_shape, *self._event_shape[: self.reinterpreted_batch_ndims])
        return Independent(self.base_dist.expand(shape), self.reinterpreted_batch_ndims)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """That of the other."""
        return bool(self.base_dist.has_rsample)

    @property
    def support(self) -> Any:
        """That of the other, in all dimensions of an event."""
        return constraints.independent(self.base_dist.support, self.reinterpreted_batch_ndims)

    @property
    def mean(self) -> Any:
        """That of the other."""
        return self.base_dist.mean

    @property
    def mode(self) -> Any:
        """That of the other."""
        return self.base_dist.mode

    @property
    def variance(self) -> Any:
        """That of the other."""
        return self.base_dist.variance

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, differentiably."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        """The sum of the log_probs of an event."""
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        """The sum of the entropies of an event."""
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


class MultivariateNormal(Distribution):
    """The bell curve in n dimensions, of a covariance matrix, or of the lower triangular L of covariance = L Lᵀ."""

    arg_constraints = {
        "loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite, "scale_tril": constraints.lower_cholesky
    }  # fmt: skip
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Any, covariance_matrix: Any = None, scale_tril: Any = None, validate_args: bool | None = None) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        if (covariance_matrix is None) == (scale_tril is None):
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        name, given = ("covariance_matrix", covariance_matrix) if scale_tril is None else ("scale_tril", scale_tril)
        if given.ndim < 2:
            raise ValueError(f"{name} matrix must be at least two-dimensional, with optional leading batch dimensions")
        batch = broadcast_shapes(given.shape[:-2], loc.shape[:-1])
        setattr(self, name, given.expand((*batch, -1, -1)))
        self.loc = loc.expand((*batch, -1))
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        self._root = given if scale_tril is not None else linalg.cholesky(given)

    @lazy_property
    def scale_tril(self) -> Any:
        """L."""
        return self._root.expand((*self._batch_shape, *self._event_shape, *self._event_shape))

    @lazy_property
    def covariance_matrix(self) -> Any:
        """L Lᵀ."""
        return matmul(self._root, self._root.mT).expand((*self._batch_shape, *self._event_shape, *self._event_shape))  # type: ignore[attr-defined]

    @property
    def mean(self) -> Any:
        """loc."""
        return self.loc

    @property
    def mode(self) -> Any:
        """loc."""
        return self.loc

    @property
    def variance(self) -> Any:
        """The diagonal of the covariance."""
        return self._root.pow(2).sum(-1).expand((*self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """loc + L noise."""
        eps = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + matmul(self._root, eps.unsqueeze(-1)).squeeze(-1)  # type: ignore[attr-defined]

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density at `value`."""
        self._validate_sample(value)
        diff = value - self.loc
        distance = self._distance(diff)
        half_log_det = self._root.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half_log_det

    def _distance(self, diff: Any) -> Any:
        """|L⁻¹ diff|², with the steps of PyTorch's for one matrix; of several, each for its own."""
        root, n = self._root, diff.shape[-1]
        if root.ndim > 2:
            return linalg.solve_triangular(root, diff.unsqueeze(-1), upper=False).squeeze(-1).pow(2).sum(-1)
        lead = diff.ndim - 1
        diff = diff.reshape(diff.shape).permute([*range(lead), lead])
        turned = diff.reshape(-1, 1, n).permute(1, 2, 0)
        found = linalg.solve_triangular(root.reshape(-1, n, n), turned, upper=False).pow(2).sum(-2).t()
        return found.reshape(diff.shape[:-1]).permute(list(range(lead))).reshape(diff.shape[:-1])

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        half_log_det = self._root.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        found = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half_log_det
        return found if not self._batch_shape else found.expand(self._batch_shape)
