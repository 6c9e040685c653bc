"""Questions about tensors: comparisons, and, or, not, any, all. Their answers are bools, which have no gradient.

Read next: `creation.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.reduction import wrap_dims

__all__ = [
    "all", "any", "argmax", "argmin", "isfinite", "isinf", "isnan", "logical_and", "logical_not", "logical_or",
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


@op("", others="self")
def any(self: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Whether some element is true, of all or along a dimension."""
    return np.any(self, axis=_axes(self, dim), keepdims=keepdim)


@op("", others="self")
def all(self: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Whether every element is true, of all or along a dimension."""
    return np.all(self, axis=_axes(self, dim), keepdims=keepdim)


@op("", others="self")
def argmax(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the largest element is, counted through all of them or along a dimension."""
    return _place(self, np.argmax, "argmax", dim, keepdim)


@op("", others="self")
def argmin(self: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    """Where the smallest element is."""
    return _place(self, np.argmin, "argmin", dim, keepdim)


def _axes(self: Array, dim: Any) -> tuple[int, ...] | None:
    return None if dim is None or not self.ndim else wrap_dims((dim,) if isinstance(dim, int) else tuple(dim), self.ndim)


def _place(self: Array, find: Any, name: str, dim: int | None, keepdim: bool) -> Array:
    if dim is None and not self.size:
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    axis = None if dim is None else wrap_dims((dim,), self.ndim)[0]
    return np.asarray(find(self, axis=axis if self.ndim else None, keepdims=keepdim), np.int64)
