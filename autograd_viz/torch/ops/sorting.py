"""Putting elements in order, and choosing some by their place in it: sort, topk, median; unique; and looking numbers up in an ordered row.

All of them move elements and change none, so a gradient goes back to where its element came from. nan counts as larger than all numbers.

Read next: `linalg.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, return_types
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import selection
from autograd_viz.torch.ops.extremes import share_evenly, to_winners
from autograd_viz.torch.ops.shape import wrap_dim
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "argsort", "bucketize", "isin", "kthvalue", "median", "mode", "msort", "nanmedian", "nonzero", "searchsorted", "sort", "topk",
    "unique", "unique_consecutive",
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
    return _in_order(self, dim, descending)


def _in_order(array: Array, dim: int, descending: bool) -> Pair:
    dim = wrap_dim(dim, array.ndim)
    if not array.ndim:
        return array.copy(), np.zeros((), np.int64)
    if descending:  # ties keep their order: the reverse of the order of the reverse
        backwards = np.flip(array, dim)
        indices = array.shape[dim] - 1 - np.flip(np.argsort(backwards, dim, kind="stable"), dim)
    else:
        indices = np.argsort(array, dim, kind="stable")
    return np.take_along_axis(array, indices, dim), np.ascontiguousarray(indices, np.int64)


SORTS = ("Tensor input, *, bool? stable, int dim=-1, bool descending=False, Tensors? out=None",
         "Tensor input, int dim=-1, bool descending=False, *, Tensors? out=None")  # fmt: skip


@reads(*SORTS)
def sort(input: Tensor, dim: int = -1, descending: bool = False, **said: Any) -> Any:
    """The elements in order along a dimension, and where they were."""
    if "stable" in said:
        return return_types.sort(sort_stable(input, said["stable"], dim, descending))
    return return_types.sort(sort_dim(input, dim, descending))


@reads("Tensor input, *, bool stable, int dim=-1, bool descending=False", "Tensor input, int dim=-1, bool descending=False")
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements are that come first, second, ... in order along a dimension."""
    return sort_dim(input.detach(), dim, descending)[1]


@reads("Tensor input, *, Tensor? out=None")
def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return sort_dim(input, 0, False)[0]


# --- some places of it ------------------------------------------------------------------------------------------------


def _along(array: Array, dim: int, choose: Callable[[Array], list[int]]) -> Pair:
    """`choose` on each row along a dimension: which of its places, and the elements there."""
    if not array.ndim:
        return array.copy(), np.zeros((), np.int64)
    indices = np.apply_along_axis(lambda row: np.asarray(choose(row), np.int64), dim, array)
    return np.take_along_axis(array, indices, dim), indices


def _one(pair: Pair, dim: int, keepdim: bool, ndim: int) -> Pair:
    values, indices = pair
    return (values, indices) if keepdim or not ndim else (values.squeeze(dim), indices.squeeze(dim))


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


@reads("Tensor input, int k, int dim=-1, bool largest=True, bool sorted=True, *, Tensors? out=None")
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) elements along a dimension, and where they are.  Raises RuntimeError if there are not so many."""
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


@reads("Tensor input, int k, int dim=-1, bool keepdim=False, *, Tensors? out=None")
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along a dimension, and where it is."""
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


@reads("Tensor input, int dim=-1, bool keepdim=False, *, Tensors? out=None")
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
    order, place = list(range(row.size)), (row.size - int(missing.sum()) - 1) // 2
    selection.nth_element(order, place, ascending(row.tolist()))
    return [order[place]]


def _median_along(self: Array, dim: int, keepdim: bool, skip_nan: bool) -> Pair:
    dim = wrap_dim(dim, self.ndim)
    if self.ndim and not self.shape[dim]:
        raise IndexError(f"median(): Expected reduction dim {dim} to have non-zero size.")
    return _one(_along(self, dim, lambda row: _middle(row, skip_nan)), dim, keepdim, self.ndim)


def _median_of_all(self: Array, skip_nan: bool) -> Array:
    flat = self.reshape(-1)
    return np.asarray(flat[_middle(flat, skip_nan)[0]] if flat.size else np.nan, self.dtype)


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


MEDIANS = ("Tensor input", "Tensor input, int dim, bool keepdim=False, *, Tensors? out=None")


@reads(*MEDIANS)
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The element in the middle of the order, the lower of two; with `dim`, that along it and where it is."""
    return median_all(input) if dim is None else return_types.median(median_dim(input, dim, keepdim))


@reads(*MEDIANS)
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are numbers."""
    return nanmedian_all(input) if dim is None else return_types.nanmedian(nanmedian_dim(input, dim, keepdim))


# --- different elements -----------------------------------------------------------------------------------------------


def no_derivative(name: str) -> Any:
    """A formula for an operation of which PyTorch has none.  Raises NotImplementedError."""
    raise NotImplementedError(f"the derivative for '{name}' is not implemented.")


@op("Unique2Backward0", outputs="result0 result1 result2", self=lambda grad: no_derivative("_unique2"))
def unique_of_all(self: Array) -> tuple[Array, Array, Array]:
    """The different elements in order; which of them each element is; and how often each occurs."""
    values, inverse, counts = np.unique(self, return_inverse=True, return_counts=True, equal_nan=False)
    return values, inverse.reshape(self.shape).astype(np.int64), counts.astype(np.int64)


@op("UniqueDimBackward0", outputs="result0 result1 result2", self=lambda grad: no_derivative("unique_dim"))
def unique_dim(self: Array, dim: int) -> tuple[Array, Array, Array]:
    """The different slices along a dimension in order; which of them each slice is; and how often each occurs."""
    dim = wrap_dim(dim, self.ndim)
    values, inverse, counts = np.unique(self, return_inverse=True, return_counts=True, axis=dim)
    return values, inverse.reshape(-1).astype(np.int64), counts.astype(np.int64)


def _runs(self: Array, dim: int | None) -> tuple[Array, Array, Array]:
    rows = self.reshape(-1) if dim is None else np.moveaxis(self, wrap_dim(dim, self.ndim), 0)
    differs = (rows[1:] != rows[:-1]).reshape(max(len(rows) - 1, 0), -1).any(axis=1)
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(rows), 1), bool), differs]))
    counts = np.diff(np.append(starts, len(rows)))
    inverse = np.repeat(np.arange(len(starts)), counts)
    values = rows[starts] if dim is None else np.ascontiguousarray(np.moveaxis(rows[starts], 0, wrap_dim(dim, self.ndim)))
    return values, inverse.reshape(self.shape) if dim is None else inverse, counts


@op("UniqueConsecutiveBackward0", outputs="result0 result1 result2", self=lambda grad: no_derivative("unique_consecutive"))
def unique_runs(self: Array, dim: int | None = None) -> tuple[Array, Array, Array]:
    """The first of each run of equal elements (or slices); in which run each is; and how long the runs are."""
    return _runs(self, dim)


def _chosen(results: Any, inverse: bool, counts: bool) -> Any:
    chosen = [results[0], *([results[1]] if inverse else []), *([results[2]] if counts else [])]
    return tuple(chosen) if len(chosen) > 1 else chosen[0]


def unique(
    input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements in order, or the different slices along `dim`; if asked, which of them each is, and how often each occurs."""
    results = unique_of_all(input) if dim is None else unique_dim(input, dim)
    return _chosen(results, return_inverse, return_counts)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """Each run of equal elements, or of equal slices along `dim`, only once; if asked, in which run each is, and how long they are."""
    return _chosen(unique_runs(input, dim), return_inverse, return_counts)


Tensor.unique, Tensor.unique_consecutive = unique, unique_consecutive  # type: ignore[attr-defined]

# --- looking up: positions and bools, which have no gradient ----------------------------------------------------------


@op("", others="self")
def nonzero_of(self: Array) -> Array:
    """The positions of the elements that are not 0, one a row.  (2, 3) -> (how many, 2)."""
    return np.argwhere(self).astype(np.int64)


@reads("Tensor input, *, bool as_tuple=False, Tensor? out=None")
def nonzero(input: Tensor, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0: one a row, or (`as_tuple`) one tensor a dimension."""
    if not as_tuple:
        return nonzero_of(input)
    return tuple(holding(part.astype(np.int64)) for part in np.nonzero(np.atleast_1d(input._array)))


@op("", others="sorted_sequence self sorter")
def searchsorted_in(
    sorted_sequence: Array, self: Array, out_int32: bool = False, right: bool = False, sorter: Array | None = None
) -> Array:
    """Where in an ordered row each number would be put: before equal ones, or (`right`) behind them."""
    if sorter is not None:
        sorted_sequence = np.take_along_axis(sorted_sequence, sorter, -1)
    kind, side = np.int32 if out_int32 else np.int64, "right" if right else "left"
    if sorted_sequence.ndim == 1:
        return np.asarray(np.searchsorted(sorted_sequence, self, side), kind)  # type: ignore[call-overload]
    found = np.empty(self.shape, kind)
    for row in np.ndindex(self.shape[:-1]):
        found[row] = np.searchsorted(sorted_sequence[row], self[row], side)  # type: ignore[call-overload]
    return found


@reads("Tensor sorted_sequence, Tensor input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, Tensor? out=None",
       "Tensor sorted_sequence, Number self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, Tensor? out=None",
       as_method=False)  # fmt: skip
def searchsorted(
    sorted_sequence: Tensor, input: Any = None, self: Any = None, out_int32: bool = False, right: bool = False, side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Where in an ordered row each number would be put, so that it stays ordered.  Raises RuntimeError."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if right and side == "left":
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True")
    values = input if input is not None else holding(np.asarray(self, sorted_sequence._array.dtype))
    return _looked_up("searchsorted", sorted_sequence, values, out_int32, right or side == "right", sorter)


def _looked_up(name: str, row: Tensor, values: Tensor, out_int32: bool, right: bool, sorter: Tensor | None = None) -> Tensor:
    if row.ndim == 0:
        raise RuntimeError(f"torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
                           f"boundaries tensor dim({row.ndim}) and input value's dim({values.ndim}) numel({values._array.size})")  # fmt: skip
    if row.ndim > 1 and row._array.shape[:-1] != values._array.shape[:-1]:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor "
                           f"and input value tensor must match, but we got boundaries tensor {list(row.shape)} and input value tensor "
                           f"{list(values.shape)}")  # fmt: skip
    if row._array.dtype != values._array.dtype:
        kinds = (f"torch.{'bool' if False else dtypes.of_numpy[t._array.dtype].name}" for t in (row, values))
        kinds = tuple(kinds)
        raise RuntimeError("torch.searchsorted(): boundary tensor and input value tensor should have same dtype, but got boundary tensor "
                           f"{kinds[0]} and input value {kinds[1]}")  # fmt: skip
    return searchsorted_in(row, values, out_int32, right, sorter)


@reads("Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False, Tensor? out=None",
       "Number self, Tensor boundaries, *, bool out_int32=False, bool right=False", as_method=False)  # fmt: skip
def bucketize(boundaries: Tensor, input: Any = None, self: Any = None, out_int32: bool = False, right: bool = False) -> Tensor:
    """In which of the intervals between the boundaries each number lies.  Raises RuntimeError unless the boundaries are one row."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    values = input if input is not None else holding(np.asarray(self, boundaries._array.dtype))
    return _looked_up("bucketize", boundaries, values, out_int32, right)


@op("", others="elements test_elements")
def isin_of(elements: Array, test_elements: Array, invert: bool = False) -> Array:
    """Where an element is one of the others."""
    return np.isin(elements, test_elements, invert=invert)


@reads("Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor? out=None",
       "Tensor elements, Number test_element, *, bool assume_unique=False, bool invert=False, Tensor? out=None",
       "Number element, Tensor test_elements, *, bool assume_unique=False, bool invert=False, Tensor? out=None", as_method=False)  # fmt: skip
def isin(
    elements: Any = None, test_elements: Any = None, element: Any = None, test_element: Any = None, assume_unique: bool = False,
    invert: bool = False,
) -> Tensor:  # fmt: skip
    """Where an element is one of `test_elements`; either may be a number."""
    elements = elements if elements is not None else holding(np.asarray(element))
    test_elements = test_elements if test_elements is not None else holding(np.asarray(test_element))
    return isin_of(elements, test_elements, invert)


Tensor.bucketize = lambda self, *args, **kwargs: bucketize(self, *args, **kwargs)  # type: ignore[attr-defined]
Tensor.isin = lambda self, *args, **kwargs: isin(self, *args, **kwargs)  # type: ignore[attr-defined]
