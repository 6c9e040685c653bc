"""Which values are allowed: positive numbers, probabilities that sum to 1, 0 or 1, ...

A constraint's `check(value)` says of each event whether it is allowed; its text stands in the error message.

Read next: `distribution.py`.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "boolean", "dependent", "greater_than", "greater_than_eq", "half_open_interval", "independent", "integer_interval", "interval",
    "less_than", "lower_cholesky", "multinomial", "nonnegative", "nonnegative_integer", "one_hot", "positive",
    "positive_definite", "real", "real_vector", "simplex", "unit_interval",
]  # fmt: skip


class Constraint:
    """A region of values. `event_dim`: how many of the last dimensions make one event."""

    is_discrete, event_dim = False, 0

    def __init__(self, **bounds: Any) -> None:
        self.bounds = bounds
        self.__dict__.update(bounds)

    def check(self, value: Any) -> Any:
        """Whether each event of `value` lies in the region."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__[1:]}({', '.join(f'{name}={value}' for name, value in self.bounds.items())})"


class _Dependent(Constraint):
    def check(self, value: Any) -> Any:
        raise ValueError("Cannot determine validity of dependent constraint")


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    is_discrete, event_dim = True, 1

    def check(self, value: Any) -> Any:
        return ((value == 0) | (value == 1)).all(-1) & value.sum(-1).eq(1)


class _IntegerInterval(Constraint):
    is_discrete = True
    lower_bound: Any
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return (value % 1 == 0) & (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerGreaterThan(Constraint):
    is_discrete = True
    lower_bound: Any

    def check(self, value: Any) -> Any:
        return (value % 1 == 0) & (value >= self.lower_bound)


class _Real(Constraint):
    def check(self, value: Any) -> Any:
        return value == value


class _GreaterThan(Constraint):
    lower_bound: Any

    def check(self, value: Any) -> Any:
        return self.lower_bound < value


class _GreaterThanEq(Constraint):
    lower_bound: Any

    def check(self, value: Any) -> Any:
        return self.lower_bound <= value


class _LessThan(Constraint):
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return value < self.upper_bound


class _Interval(Constraint):
    lower_bound: Any
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _HalfOpenInterval(_Interval):
    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value < self.upper_bound)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value: Any) -> Any:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    is_discrete, event_dim = True, 1
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)

    def __repr__(self) -> str:
        return "Multinomial()"


class _LowerCholesky(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        triangular = (value.tril() == value).view(*value.shape[:-2], -1).min(-1)[0]
        return triangular & (value.diagonal(dim1=-2, dim2=-1) > 0).min(-1)[0]


class _PositiveDefinite(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        from autograd_viz.torch import linalg

        symmetric = (value - value.mT).abs().le(1e-6).all(-2).all(-1)
        return symmetric & linalg.cholesky_ex(value).info.eq(0)


class _IndependentConstraint(Constraint):
    """Of several dimensions that make one event, all must be allowed."""

    def __init__(self, base_constraint: Any, reinterpreted_batch_ndims: int) -> None:
        self.base, self.ndims = base_constraint, reinterpreted_batch_ndims
        self.event_dim, self.is_discrete = base_constraint.event_dim + self.ndims, base_constraint.is_discrete

    def check(self, value: Any) -> Any:
        found = self.base.check(value)
        return found.reshape((*found.shape[: found.ndim - self.ndims], -1)).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base!r}, {self.ndims})"


dependent, boolean, one_hot, real, simplex = _Dependent(), _Boolean(), _OneHot(), _Real(), _Simplex()
positive, nonnegative, nonnegative_integer = _GreaterThan(lower_bound=0.0), _GreaterThanEq(lower_bound=0.0), _IntegerGreaterThan(lower_bound=0)  # noqa: E501
unit_interval = _Interval(lower_bound=0.0, upper_bound=1.0)
lower_cholesky, positive_definite = _LowerCholesky(), _PositiveDefinite()
independent = _IndependentConstraint
real_vector = independent(real, 1)


def greater_than(lower_bound: Any) -> Constraint:
    """Above a bound."""
    return _GreaterThan(lower_bound=lower_bound)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """At a bound, or above."""
    return _GreaterThanEq(lower_bound=lower_bound)


def less_than(upper_bound: Any) -> Constraint:
    """Below a bound."""
    return _LessThan(upper_bound=upper_bound)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Between two bounds, both included."""
    return _Interval(lower_bound=lower_bound, upper_bound=upper_bound)


def half_open_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Between two bounds, the upper not included."""
    return _HalfOpenInterval(lower_bound=lower_bound, upper_bound=upper_bound)


def integer_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Whole numbers between two bounds, both included."""
    return _IntegerInterval(lower_bound=lower_bound, upper_bound=upper_bound)


def multinomial(upper_bound: Any) -> Constraint:
    """Counts that are not negative, at most so many together."""
    return _Multinomial(upper_bound=upper_bound)
