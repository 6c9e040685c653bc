"""Putting elements in order, and choosing some by their place in it: sort, topk, median, mode.

All of them move elements and change none, so a gradient goes back to where its element came from. nan counts as larger than all numbers.

Read next: `counting.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch import return_types
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import selection
from autograd_viz.torch.ops.extremes import share_evenly, to_winners
from autograd_viz.torch.ops.shape import wrap_dim
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "argsort", "kthvalue", "median", "mode", "msort", "nanmedian", "sort", "topk",
]  # fmt: skip

Pair = tuple[Array, Array]

# --- the whole order --------------------------------------------------------------------------------------------------


@op("SortBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, indices: to_winners(grad, self_sym_sizes, dim, True, indices))  # fmt: skip
def sort_dim(self: Array, dim: int = -1, descending: bool = False) -> Pair:
    """The elements in order along a dimension, and where they were."""
    return _in_order(self, dim, descending)


@op("SortBackward1", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, indices: to_winners(grad, self_sym_sizes, dim, True, indices))  # fmt: skip
def sort_stable(self: Array, stable: bool | None, dim: int = -1, descending: bool = False) -> Pair:
    """The same, where the caller said whether elements that tie must keep their order."""
    return _in_order(self, dim, descending, bool(stable))


def _in_order(array: Array, dim: int, descending: bool, stable: bool = False) -> Pair:
    dim = wrap_dim(dim, array.ndim)
    if not array.ndim:
        return array.copy(), np.zeros((), np.int64)
    if not stable and 16 < array.shape[dim] < 5000 and array.size:  # short rows are sorted by insertion, which is stable
        indices = np.apply_along_axis(lambda row: np.asarray(_unstable(row, descending)), dim, array)
    elif descending:  # ties keep their order: the reverse of the order of the reverse
        backwards = np.flip(array, dim)
        indices = array.shape[dim] - 1 - np.flip(np.argsort(backwards, dim, kind="stable"), dim)
    else:
        indices = np.argsort(array, dim, kind="stable")
    order: Any = "C" if 0 in array.strides else "K"  # in the memory order of the input, unless it repeats itself
    values, places = np.empty_like(array, order=order), np.empty_like(array, np.int64, order)
    values[...], places[...] = np.take_along_axis(array, indices, dim), indices
    return values, places


def _unstable(row: Array, descending: bool) -> list[int]:
    """Where the elements come from, where those that tie may come in any order: in that of C++'s `sort`."""
    plain = _in_order(row, 0, descending, stable=True)[1]
    values = row[plain]
    if not np.any((values[1:] == values[:-1]) | ((values[1:] != values[1:]) & (values[:-1] != values[:-1]))):
        return plain.tolist()  # none tie
    order, values = list(range(row.size)), row.tolist()
    selection.sort(order, row.size, (descending_ if descending else ascending)(values))
    return order


SORTS = ("Tensor input, *, bool? stable, int dim=-1, bool descending=False, Tensor[]? out=None",
         "Tensor input, int dim=-1, bool descending=False, *, Tensor[]? out=None")  # fmt: skip


@reads(*named("sort", SORTS))
def sort(input: Tensor, dim: int = -1, descending: bool = False, **said: Any) -> Any:
    """The elements in order along a dimension, and where they were."""
    if "stable" in said:
        return return_types.sort(sort_stable(input, said["stable"], dim, descending))
    return return_types.sort(sort_dim(input, dim, descending))


@reads("argsort(Tensor input, *, bool stable, int dim=-1, bool descending=False, Tensor? out=None)",
       "argsort(Tensor input, int dim=-1, bool descending=False)")  # fmt: skip
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements are that come first, second, ... in order along a dimension."""
    return holding(_in_order(input._array, dim, descending, stable)[1])


@reads("msort(Tensor input, *, Tensor? out=None)")
def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return sort_dim(input, 0, False)[0]


# --- some places of it ------------------------------------------------------------------------------------------------


def _along(array: Array, dim: int, choose: Callable[[Array], list[int]]) -> Pair:
    """`choose` on each row along a dimension: which of its places, and the elements there."""
    if not array.ndim:
        return array.copy(), np.zeros((), np.int64)
    if not array.size:  # there are no rows
        indices = np.zeros([1 if d == dim else n for d, n in enumerate(array.shape)], np.int64)
        return indices.astype(array.dtype), indices
    indices = np.ascontiguousarray(np.apply_along_axis(lambda row: np.asarray(choose(row), np.int64), dim, array))
    return np.ascontiguousarray(np.take_along_axis(array, indices, dim)), indices


def _one(pair: Pair, dim: int, keepdim: bool, ndim: int) -> Pair:
    values, indices = pair
    return (values, indices) if keepdim or not ndim else (values.squeeze(dim), indices.squeeze(dim))


def _no_bools(tensor: Tensor, name: str, dim: int) -> None:
    wrap_dim(dim, tensor.ndim)
    if tensor._array.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")


def ascending(row: list[Any]) -> selection.Less:
    """Whether element i is smaller than element j; nan is larger than all."""
    return lambda i, j: row[i] < row[j] or (row[i] == row[i] and row[j] != row[j])


def descending_(row: list[Any]) -> selection.Less:
    """Whether element i is larger than element j; nan is larger than all."""
    return lambda i, j: row[i] > row[j] or (row[i] != row[i] and row[j] == row[j])


@op("TopkBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, indices: to_winners(grad, self_sym_sizes, dim, True, indices))  # fmt: skip
def topk_dim(self: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Pair:
    """The k largest (or smallest) elements along a dimension, and where they are."""
    dim = wrap_dim(dim, self.ndim)
    if not 0 <= k <= (self.shape[dim] if self.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if not k or not self.size:
        shape = tuple(k if d == dim else n for d, n in enumerate(self.shape))
        return np.zeros(shape, self.dtype), np.zeros(shape, np.int64)

    def choose(row: Array) -> list[int]:
        order, before = list(range(row.size)), (descending_ if largest else ascending)(row.tolist())
        if k * 64 <= row.size:
            return np.asarray(_in_order(row, 0, largest)[1][:k]).tolist()
        selection.nth_element(order, k - 1, before)
        if sorted:
            selection.sort(order, k - 1, before)
        return order[:k]

    return _along(self, dim, choose)


@reads("topk(Tensor input, int k, int dim=-1, bool largest=True, bool sorted=True, *, Tensor[]? out=None)")
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) elements along a dimension, and where they are.  Raises RuntimeError if there are not so many."""
    if input._array.dtype.kind == "b" and k <= (input._array.shape[wrap_dim(dim, input.ndim)] if input.ndim else 1):
        raise RuntimeError("topk does not support bool dtypes on CPU")
    return return_types.topk(topk_dim(input, k, dim, largest, sorted))


@op("KthvalueBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def kthvalue_dim(self: Array, k: int, dim: int = -1, keepdim: bool = False) -> Pair:
    """The k-th smallest element along a dimension, and where it is; counted from 1."""
    dim = wrap_dim(dim, self.ndim)
    if self.ndim and not self.shape[dim]:
        raise IndexError(f"kthvalue(): Expected reduction dim {dim} to have non-zero size.")
    if not 1 <= k <= (self.shape[dim] if self.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}")

    def choose(row: Array) -> list[int]:
        order = list(range(row.size))
        selection.quick_select(order, k - 1, ascending(row.tolist()))
        return order[k - 1 : k]

    return _one(_along(self, dim, choose), dim, keepdim, self.ndim)


@reads("kthvalue(Tensor input, int k, int dim=-1, bool keepdim=False, *, Tensor[]? out=None)")
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along a dimension, and where it is."""
    _no_bools(input, "kthvalue_cpu", dim)
    return return_types.kthvalue(kthvalue_dim(input, k, dim, keepdim))


@op("ModeBackward0", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def mode_dim(self: Array, dim: int = -1, keepdim: bool = False) -> Pair:
    """The most frequent element along a dimension (the smallest of several), and where it is last."""
    dim = wrap_dim(dim, self.ndim)
    if self.ndim and not self.shape[dim]:
        raise IndexError(f"mode(): Expected reduction dim {dim} to have non-zero size.")

    def choose(row: Array) -> list[int]:
        order, values = list(range(row.size)), row.tolist()
        selection.sort(order, len(order), lambda i, j: values[i] < values[j])
        best, most, run = order[0], 0, 0
        for place, i in enumerate(order):
            run += 1
            if place + 1 == len(order) or values[i] != values[order[place + 1]]:
                if run > most:
                    best, most = i, run
                run = 0
        return [best]

    return _one(_along(self, dim, choose), dim, keepdim, self.ndim)


@reads("mode(Tensor input, int dim=-1, bool keepdim=False, *, Tensor[]? out=None)")
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along a dimension, and where it is."""
    return return_types.mode(mode_dim(input, dim, keepdim))


def _middle(row: Array, skip_nan: bool) -> list[int]:
    """Where the element in the middle of the order is: the lower of two; nan if there is one, unless they are skipped."""
    missing = np.isnan(row) if row.dtype.kind == "f" else np.zeros(row.shape, bool)
    if missing.any() and not skip_nan:
        return [int(missing.argmax())]
    if missing.all():
        missing = np.zeros(row.shape, bool)
    return [int(np.argsort(row, kind="stable")[(row.size - int(missing.sum()) - 1) // 2])]


def _median_along(self: Array, dim: int, keepdim: bool, skip_nan: bool) -> Pair:
    dim = wrap_dim(dim, self.ndim)
    if self.ndim and not self.shape[dim]:
        raise IndexError(f"median(): Expected reduction dim {dim} to have non-zero size.")
    return _one(_along(self, dim, lambda row: _middle(row, skip_nan)), dim, keepdim, self.ndim)


def _median_of_all(self: Array, skip_nan: bool) -> Array:
    flat = self.reshape(-1)
    return np.asarray(flat[_middle(flat, skip_nan)[0]] if flat.size else np.nan).astype(self.dtype)


@op("MedianBackward0", self=lambda grad, self, result: share_evenly(grad, self, result))
def median_all(self: Array) -> Array:
    """The element in the middle of the order, 0-d: the lower of two. Elements that tie share its gradient."""
    return _median_of_all(self, skip_nan=False)


@op("NanmedianBackward0", self=lambda grad, self, result: share_evenly(grad, self, result))
def nanmedian_all(self: Array) -> Array:
    """The median of the elements that are numbers."""
    return _median_of_all(self, skip_nan=True)


@op("MedianBackward1", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def median_dim(self: Array, dim: int, keepdim: bool = False) -> Pair:
    """The median along a dimension, and where it is."""
    return _median_along(self, dim, keepdim, skip_nan=False)


@op("NanmedianBackward1", outputs="values indices",
    self=lambda grad, self_sym_sizes, dim, keepdim, indices: to_winners(grad, self_sym_sizes, dim, keepdim, indices))  # fmt: skip
def nanmedian_dim(self: Array, dim: int, keepdim: bool = False) -> Pair:
    """The median of the numbers along a dimension, and where it is."""
    return _median_along(self, dim, keepdim, skip_nan=True)


MEDIANS = ("Tensor input", "Tensor input, int dim, bool keepdim=False, *, Tensor[]? out=None")


@reads(*named("median", MEDIANS))
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The element in the middle of the order, the lower of two; with `dim`, that along it and where it is."""
    _no_bools(input, "median_cpu" if dim is None else "median_out", dim or 0)
    return median_all(input) if dim is None else return_types.median(median_dim(input, dim, keepdim))


@reads(*named("nanmedian", MEDIANS))
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are numbers."""
    _no_bools(input, "median_cpu" if dim is None else "median_out", dim or 0)
    return nanmedian_all(input) if dim is None else return_types.nanmedian(nanmedian_dim(input, dim, keepdim))
