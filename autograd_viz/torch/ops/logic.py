"""Questions about tensors: comparisons, and, or, not. Their answers are bools, which have no gradient.

Read next: `creation.py`.
"""

from __future__ import annotations

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op

__all__ = [
    "isfinite", "isinf", "isnan", "logical_and", "logical_not", "logical_or",
]  # fmt: skip


@op("", others="self")
def isnan(self: Array) -> Array:
    """Where an element is not a number."""
    return np.isnan(self)


@op("", others="self")
def isinf(self: Array) -> Array:
    """Where an element is infinite."""
    return np.isinf(self)


@op("", others="self")
def isfinite(self: Array) -> Array:
    """Where an element is an ordinary number."""
    return np.isfinite(self)


@op("", others="self")
def logical_not(self: Array) -> Array:
    """Where an element is 0 or False."""
    return np.logical_not(self)


@op("", pointwise=True, others="self other")
def logical_and(self: Array, other: Array) -> Array:
    """Where both are true."""
    return np.logical_and(self, other)


@op("", pointwise=True, others="self other")
def logical_or(self: Array, other: Array) -> Array:
    """Where one or both are true."""
    return np.logical_or(self, other)


@op("", pointwise=True, others="self other")
def bitwise_and(self: Array, other: Array) -> Array:
    """self & other, bit by bit; `and` for bools."""
    return self & other


@op("", pointwise=True, others="self other")
def bitwise_or(self: Array, other: Array) -> Array:
    """self | other, bit by bit; `or` for bools."""
    return self | other


@op("", pointwise=True, others="self other")
def bitwise_xor(self: Array, other: Array) -> Array:
    """self ^ other, bit by bit; "one or the other" for bools."""
    return self ^ other


@op("", others="self")
def bitwise_not(self: Array) -> Array:
    """~self, bit by bit; `not` for bools."""
    return ~self
