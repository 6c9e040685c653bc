"""`cdist`: the distances between all pairs of two sets of points; `pdist`: within one set.

Few points are compared pair by pair; many, for p = 2, by |a|^2 - 2 a.b + |b|^2, which is one product of matrices. PyTorch has no second
derivative of the first way, and so this has none.

Read next: `../utils/__init__.py`.
"""

from __future__ import annotations

from math import inf, prod
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.linalg import contiguous
from autograd_viz.torch.ops.pointwise import eq, masked_fill
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import clone, expand, transpose, unsqueeze, view
from autograd_viz.torch.ops.systems import mH, product
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = ["cdist", "pdist"]

MANY = 25
MODES = {"use_mm_for_euclid_dist_if_necessary": 0, "use_mm_for_euclid_dist": 1, "donot_use_mm_for_euclid_dist": 2}


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norms of all differences of a row of x1 and a row of x2.  (..., n, k), (..., m, k) -> (..., n, m).  Raises RuntimeError."""
    if compute_mode not in MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    need_tensors("cdist", x1=x1, x2=x2)
    _check(x1, x2, p)
    n, m = x1.shape[-2], x2.shape[-2]
    mode = MODES[compute_mode]
    if p == 2 and x1._array.size and x2._array.size and (mode == 1 or (mode == 0 and (n > MANY or m > MANY))):
        batch = np.broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
        if prod(batch) > 1:
            x1, x2 = (view(contiguous(expand(x, (*batch, *x.shape[-2:]))), (prod(batch), *x.shape[-2:])) for x in (x1, x2))
        return view(euclidean(x1, x2), (*batch, n, m))
    return pairwise(x1, x2, float(p))


def _check(x1: Tensor, x2: Tensor, p: float) -> None:
    for name, x in (("X1", x1), ("X2", x2)):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    for name, x in (("X1", x1), ("X2", x2)):
        if not x.dtype.is_floating_point:
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {scalar_name(x._array)}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if x1.dtype is not x2.dtype:
        raise RuntimeError(f"expected scalar type {scalar_name(x1._array)} but found {scalar_name(x2._array)}")
    check_broadcast(tuple(x1.shape[:-2]), tuple(x2.shape[:-2]))


@op(
    "CdistBackward0",
    x1=lambda grad, x1, x2, p, result: pairwise_backward(grad, x1, x2, p, result),
    x2=lambda grad, x1, x2, p, result: pairwise_backward(in_order(transpose(grad, -2, -1)), x2, x1, p, in_order(transpose(result, -2, -1))),
)
def pairwise(x1: Array, x2: Array, p: float) -> Array:
    """The distance of each two rows, pair by pair."""
    sizes = np.abs(x1[..., :, None, :] - x2[..., None, :, :])  # (..., n, m, k)
    if p == 0:
        return (sizes != 0).sum(-1).astype(x1.dtype)
    if p == inf:
        return sizes.max(-1, initial=0)
    if p == 2:
        return np.sqrt((sizes * sizes).sum(-1))
    return sizes.sum(-1) if p == 1 else (sizes ** sizes.dtype.type(p)).sum(-1) ** sizes.dtype.type(1 / p)


def in_order(x: Any) -> Any:
    """`contiguous`, of an array or a Tensor."""
    return np.ascontiguousarray(x) if isinstance(x, np.ndarray) else x if x._array.flags.c_contiguous else clone(x, "C")


def no_second_derivative(name: str) -> Any:
    """A formula, for what PyTorch has none.  Raises NotImplementedError."""

    def refuse(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return refuse


_NONE = no_second_derivative("_cdist_backward")


@op("CdistBackwardBackward0", grad=_NONE, x1=_NONE, x2=_NONE, cdist=_NONE)
def pairwise_backward(grad: Array, x1: Array, x2: Array, p: float, cdist: Array) -> Array:
    """How each distance changes with the first point: sign * (difference / distance) ** (p - 1), and 0 where the distance is 0."""
    d = x1[..., :, None, :] - x2[..., None, :, :]
    if not d.size:
        return np.zeros(np.broadcast_shapes((*d.shape[:-3], *x1.shape[-2:]), x1.shape), x1.dtype)
    return slopes(d, grad[..., None], cdist[..., None], p).sum(-2).astype(x1.dtype)


def slopes(d: Array, grad: Array, distance: Array, p: float) -> Array:
    """grad times how the p-norm `distance` of the differences changes with each of them."""
    if p == 0:
        return np.zeros_like(d)
    if p == 1:
        return np.sign(d) * grad
    if p == inf:
        return np.sign(d) * (np.abs(d) == distance) * grad
    if p == 2:
        return np.where(distance == 0, 0, d / distance) * grad
    each = np.sign(d) * np.abs(d) ** (p - 1) * grad / distance ** (p - 1)
    return np.where((distance == 0) | ((d == 0) & (p < 1)), 0, each)


# --- the distances within one set of points ---------------------------------------------------------------------------


def pdist(input: Tensor, p: float = 2) -> Tensor:
    """The p-norms of the differences of each two rows, each pair once.  (n, k) -> (n * (n - 1) / 2,).  Raises RuntimeError."""
    need_tensors("pdist", input=input)
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if not input.dtype.is_floating_point:
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    made: Tensor = among(input, float(p))
    return made


@op("PdistBackward0", self=lambda grad, self, p, result: among_backward(grad, self, p, result))
def among(self: Array, p: float) -> Array:
    """The distance of each two rows: (0, 1), (0, 2), ..., (1, 2), ..."""
    return np.ascontiguousarray(pairwise(self, self, p)[np.triu_indices(len(self), 1)])


_NEITHER = no_second_derivative("_pdist_backward")


@op("PdistBackwardBackward0", grad=_NEITHER, self=_NEITHER, pdist=_NEITHER)
def among_backward(grad: Array, self: Array, p: float, pdist: Array) -> Array:
    """How each distance changes with its first point, and with its second: the opposite."""
    first, second = np.triu_indices(len(self), 1)
    each = slopes(self[first] - self[second], grad[:, None], pdist[:, None], p)  # (pairs, k)
    made = np.zeros_like(self)
    np.add.at(made, first, each)
    np.add.at(made, second, -each)
    return made


# --- many points ------------------------------------------------------------------------------------------------------


@op("EuclideanDistBackward0", inputs="x1 x2", joint=lambda grad, x1, x2, result: euclidean_backward(grad, x1, x2, result))
def euclidean(x1: Array, x2: Array) -> Array:
    """The distances for p = 2, by one product of matrices."""
    one, two = ((x * x).sum(-1, keepdims=True) for x in (x1, x2))
    left = np.concatenate([-2 * x1, one, np.ones_like(one)], -1)
    right = np.concatenate([x2, np.ones_like(two), two], -1)
    return np.sqrt(np.maximum(left @ np.swapaxes(right, -1, -2), 0))


def euclidean_backward(grad: Any, x1: Any, x2: Any, result: Any) -> list[Any]:
    """(x1 - x2) / distance, times grad and summed, and 0 where the distance is 0."""
    ratio = masked_fill(grad / result, eq(result, 0), 0)
    first = x1 * sum_dim(ratio, (-1,), True) - product(ratio, x2)
    second = x2 * unsqueeze(sum_dim(ratio, (-2,)), -1) - product(mH(ratio), x1)
    return [first, second]
