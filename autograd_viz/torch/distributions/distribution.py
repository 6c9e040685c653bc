"""`Distribution`: what all distributions have in common: their shapes, and the checks of their parameters and of samples.

`batch_shape`: how many distributions it is at once; `event_shape`: the shape of one draw of one of them. `sample` draws; `rsample` draws so
that the sample is a differentiable function of the parameters, and noise that does not depend on them: this is how gradients pass
through randomness.

Read next: `continuous.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.distributions.constraints import _Dependent
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.modes import enable_grad, no_grad
from autograd_viz.torch.ops.conversion import to
from autograd_viz.torch.ops.creation import empty
from autograd_viz.torch.ops.from_data import tensor
from autograd_viz.torch.ops.kinds import finfo
from autograd_viz.torch.ops.rearranging import broadcast_tensors
from autograd_viz.torch.tensor import Tensor

NUMBER = int | float | bool


class Distribution:
    """The base class of all distributions."""

    has_rsample = has_enumerate_support = False
    _validate_args = True
    arg_constraints: Any = {}
    support: Any = None

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and samples are checked when nothing else is said."""
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = Size(), event_shape: Any = Size(), validate_args: bool | None = None) -> None:  # noqa: B008
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        for param, constraint in self.arg_constraints.items() if self._validate_args else ():
            if isinstance(constraint, _Dependent) or (param not in self.__dict__ and isinstance(getattr(type(self), param, None), lazy_property)):  # noqa: E501
                continue
            value = getattr(self, param)
            if not bool(constraint.check(value)._array.all()):
                raise ValueError(
                    f"Expected parameter {param} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution {self!r} to satisfy "  # noqa: E501
                    f"the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, `batch_shape` times."""
        new: Any = type(self).__new__(type(self))
        shape = Size(batch_shape)
        for param in ("_param", *self.arg_constraints):
            if param in self.__dict__:
                own = self.__dict__[param]
                setattr(new, param, own.expand((*shape, *own.shape[len(self._batch_shape) :])))
        for name, value in self.__dict__.items():
            new.__dict__.setdefault(name, value)
        new._batch_shape = shape
        return new

    @property
    def batch_shape(self) -> Size:
        """How many distributions it is at once."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw."""
        return self._event_shape

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        """The most likely value."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times. No gradient passes."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = Size()) -> Any:  # noqa: B008
        """Draw, `sample_shape` times, as a differentiable function of the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Any:
        """Draw n times (deprecated)."""
        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability, or of its density, at `value`."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        """How likely a draw is not above `value`."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        """The inverse of `cdf`."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values that can be drawn."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The mean of -log_prob."""
        raise NotImplementedError

    def perplexity(self) -> Any:
        """exp(entropy)."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        start = value.ndim - len(self._event_shape)
        if value.shape[start:] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}.")
        actual, expected = value.shape, Size(self._batch_shape + self._event_shape)
        for i, j in zip(reversed(actual), reversed(expected), strict=False):
            if i != 1 and j != 1 and i != j:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {actual} vs {expected}.")
        if not bool(self.support.check(value)._array.all()):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the support "
                f"({self.support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        own = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        told = (f"{name}: {value if value._array.size == 1 else value.shape}" for name, value in own.items())
        return f"{type(self).__name__}({', '.join(told)})"


class ExponentialFamily(Distribution):
    """The distributions whose log_prob is a sum of products: of something of the parameters and something of the value."""


class lazy_property:
    """A property that is computed when it is first asked for, and then kept."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__

    def __get__(self, instance: Any, kind: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Tensors and numbers in one shape; numbers in the dtype of the first tensor, or the default dtype."""
    if not all(isinstance(value, Tensor | NUMBER) for value in values):
        raise ValueError("Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.")
    kind = next((value.dtype for value in values if isinstance(value, Tensor)), dtypes.get_default_dtype())
    made = [value if isinstance(value, Tensor) else tensor(value, dtype=kind) for value in values]
    return tuple(broadcast_tensors(*made))


def batch_of(parameter: Any, *given: Any) -> Size:
    """The batch shape of a distribution whose parameters were given as `given`: none, if all were numbers."""
    return Size() if all(isinstance(value, NUMBER) for value in given) else parameter.shape


def standard_normal(shape: Any, like: Any) -> Any:
    """Numbers of the bell curve in the dtype of another tensor."""
    return empty(tuple(shape), dtype=like.dtype).normal_()  # type: ignore[attr-defined]


def sum_rightmost(value: Any, dim: int) -> Any:
    """The sum over the last `dim` dimensions."""
    return value if dim == 0 else value.reshape((*value.shape[:-dim], -1)).sum(-1)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """log(p), or of two-sided events log(p / (1 - p)); away from 0 and 1 by as little as the dtype can tell."""
    eps = finfo(probs.dtype).eps
    clamped = probs.clamp(min=eps, max=1 - eps)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """The inverse of `probs_to_logits`."""
    return logits.sigmoid() if is_binary else logits.softmax(dim=-1)


def as_kind(value: Any, like: Any) -> Any:
    """A tensor in the dtype of another one."""
    return to(value, like.dtype)


def filled(shape: Any, value: float, like: Any) -> Any:
    """A tensor of one value."""
    return tensor(np.full(tuple(shape), value), dtype=like.dtype)
