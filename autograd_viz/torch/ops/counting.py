"""Which elements there are, how often, and where: unique, bincount, nonzero, searchsorted. Their results have no gradient.

Read next: `linalg.py`.
"""

from __future__ import annotations

from math import prod
from types import FunctionType
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, return_types
from autograd_viz.torch.arguments import named, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.shape import unbind, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = [
    "argwhere", "bincount", "bucketize", "histc", "histogram", "isin", "nonzero", "nonzero_static", "searchsorted", "unique",
    "unique_consecutive", "unravel_index",
]  # fmt: skip

Number = bool | int | float

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
    differs = (rows[1:] != rows[:-1]).any(axis=tuple(range(1, rows.ndim)))
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


def _need_bools(function: str, **arguments: Any) -> None:
    for name, value in arguments.items():
        if not isinstance(value, bool):
            raise TypeError(f"{function}(): argument '{name}' must be bool, not {type(value).__name__}")


def unique(
    input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements in order, or the different slices along `dim`; if asked, which of them each is, and how often each occurs."""
    need_tensors("_unique2" if dim is None else "unique_dim", input=input)
    _need_bools("_unique2" if dim is None else "unique_dim", sorted=sorted, return_inverse=return_inverse, return_counts=return_counts)
    results = unique_of_all(input) if dim is None else unique_dim(input, dim)
    return _chosen(results, return_inverse, return_counts)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """Each run of equal elements, or of equal slices along `dim`, only once; if asked, in which run each is, and how long they are."""
    need_tensors("unique_consecutive", input=input)
    _need_bools("unique_consecutive", return_inverse=return_inverse, return_counts=return_counts)
    return _chosen(unique_runs(input, dim), return_inverse, return_counts)


for _method in (unique, unique_consecutive):
    setattr(Tensor, _method.__name__, FunctionType(_method.__code__, globals(), _method.__name__, _method.__defaults__))
    getattr(Tensor, _method.__name__).__qualname__ = f"Tensor.{_method.__name__}"  # as it is called in errors

# --- looking up: positions and bools, which have no gradient ----------------------------------------------------------


@op("", others="self")
def nonzero_of(self: Array) -> Array:
    """The positions of the elements that are not 0, one a row.  (2, 3) -> (how many, 2)."""
    return np.argwhere(self).astype(np.int64)


@reads("nonzero(Tensor input, *, bool as_tuple=False, Tensor? out=None)", method=False)
def nonzero(input: Tensor, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not 0: one a row, or (`as_tuple`) one tensor a dimension."""
    if not as_tuple:
        return nonzero_of(input)
    return tuple(holding(part.astype(np.int64)) for part in np.nonzero(np.atleast_1d(input._array)))


reads("nonzero(Tensor input)", "nonzero(Tensor input, *, bool as_tuple)", function=False)(nonzero)  # the method's forms are others


@reads("nonzero_static(Tensor input, *, int size, int fill_value=-1, Tensor? out=None)")
def nonzero_static(input: Tensor, size: int, fill_value: int = -1) -> Tensor:
    """The first `size` positions of elements that are not 0, one a row; rows that are lacking are `fill_value`.  Raises RuntimeError."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    made = np.full((size, input.ndim), fill_value, np.int64)
    found = nonzero_of(input._array)[:size]
    made[: len(found)] = found
    return holding(made)


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Positions counted through all elements as one position for each dimension of `shape`.  Raises TypeError or ValueError."""
    if not isinstance(indices, Tensor):
        raise AttributeError(f"'{type(indices).__name__}' object has no attribute 'is_complex'")
    if indices._array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, int | list | tuple | str):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if strange := [size for size in sizes if not isinstance(size, int)]:
        raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(strange[0])}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    steps = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
    places = indices._array[..., None] // np.array(steps, np.int64) % np.array(sizes, np.int64)
    return unbind(holding(places), -1)


@reads("argwhere(Tensor input)")
def argwhere(input: Tensor) -> Tensor:
    """The positions of the elements that are not 0, one a row."""
    return nonzero_of(input)


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


SEARCHES = "Tensor sorted_sequence, {}, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None, Tensor? out=None"


@reads(*named("searchsorted", [SEARCHES.format("Tensor input"), SEARCHES.format("Number self")]), method=False)
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
    return _looked_up(sorted_sequence, values, out_int32, right or side == "right", sorter)


def _looked_up(row: Tensor, values: Tensor, out_int32: bool, right: bool, sorter: Tensor | None = None) -> Tensor:
    if row.ndim == 0:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if row.ndim > 1 and not values.ndim:
        raise RuntimeError("torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
                           f"boundaries tensor dim({row.ndim}) and input value's dim(0) numel(1)")  # fmt: skip
    if row.ndim > 1 and row._array.shape[:-1] != values._array.shape[:-1]:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor "
                           f"and input value tensor must match, but we got boundaries tensor {list(row.shape)} and input value tensor "
                           f"{list(values.shape)}")  # fmt: skip
    return searchsorted_in(row, values, out_int32, right, sorter)


@reads("bucketize(Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False, Tensor? out=None)",
       "bucketize(Number self, Tensor boundaries, *, bool out_int32=False, bool right=False)", method=False)  # fmt: skip
def bucketize(boundaries: Tensor, input: Any = None, self: Any = None, out_int32: bool = False, right: bool = False) -> Tensor:
    """In which of the intervals between the boundaries each number lies.  Raises RuntimeError unless the boundaries are one row."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    values = input if input is not None else holding(np.asarray(self, boundaries._array.dtype))
    return _looked_up(boundaries, values, out_int32, right)


@op("", others="elements test_elements")
def isin_of(elements: Array, test_elements: Array, invert: bool = False) -> Array:
    """Where an element is one of the others."""
    return np.isin(elements, test_elements, invert=invert)


ISIN = "{}, *, bool assume_unique=False, bool invert=False, Tensor? out=None"
AMONG = ("Tensor elements, Tensor test_elements", "Tensor elements, Number test_element", "Number element, Tensor test_elements")


@reads(*named("isin", map(ISIN.format, AMONG)), method=False)
def isin(
    elements: Any = None, test_elements: Any = None, element: Any = None, test_element: Any = None, assume_unique: bool = False,
    invert: bool = False,
) -> Tensor:  # fmt: skip
    """Where an element is one of `test_elements`; either may be a number."""
    elements = elements if elements is not None else holding(np.asarray(element))
    test_elements = test_elements if test_elements is not None else holding(np.asarray(test_element))
    if "b" in (elements._array.dtype.kind, test_elements._array.dtype.kind):
        raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    return isin_of(elements, test_elements, invert)

# --- counts -----------------------------------------------------------------------------------------------------------


@op("", others="self weights")
def bincount_of(self: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    """How often each of the numbers 0, 1, 2, ... occurs, or the sum of their weights."""
    if weights is None:
        return np.bincount(self, minlength=minlength).astype(np.int64)
    kind = weights.dtype if weights.dtype == np.float32 else np.dtype(np.float64)
    return np.bincount(self, weights, minlength).astype(kind)


@reads("bincount(Tensor input, Tensor? weights=None, int minlength=0)")
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of the numbers 0, 1, 2, ... occurs.  (n,) of integers -> (largest + 1,).  Raises RuntimeError."""
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if input._array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{dtypes.scalar_name(input._array)}'")
    if input.ndim != 1 or (input._array.size and input._array.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.shape != input.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    return bincount_of(input, weights, minlength)


@op("", others="self")
def histc_of(self: Array, bins: int = 100, min: Number = 0, max: Number = 0) -> Array:
    """How many elements fall in each of `bins` equal steps from min to max (0, 0: from the smallest element to the largest)."""
    low, high = (min, max) if min != max or not self.size else (float(self.min()), float(self.max()))
    if low == high:
        low, high = low - 1, high + 1
    inside = self[(self >= low) & (self <= high)].astype(np.float64)
    places = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    return np.bincount(places, minlength=bins).astype(self.dtype)


@reads("histc(Tensor input, int bins=100, Number min=0, Number max=0, *, Tensor? out=None)")
def histc(input: Tensor, bins: int = 100, min: Number = 0, max: Number = 0) -> Tensor:
    """A histogram's heights.  Raises RuntimeError."""
    if input._array.dtype.kind != "f":
        kernel = "linspace" if input._array.dtype.kind == "b" else "histogram"
        raise NotImplementedError(f"\"{kernel}_cpu\" not implemented for '{dtypes.scalar_name(input._array)}'")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if max < min:
        raise RuntimeError("torch.histc: max must be larger than min")
    return histc_of(input, bins, min, max)


@op("torch::autograd::NotImplemented", inputs="self", outputs="hist bin_edges", joint=lambda grads: not_implemented("histogram"))
def histogram_of(self: Array, edges: Array, weight: Array | None, density: bool) -> tuple[Array, Array]:
    """How many elements (or how much of `weight`) lie between each two edges; `density`: so that the area is 1."""
    flat = self.ravel()
    places = np.searchsorted(edges, flat, "right") - 1
    places = np.where(flat == edges[-1], len(edges) - 2, places)
    inside = (places >= 0) & (places < len(edges) - 1)
    weights = None if weight is None else weight.ravel()[inside]
    heights = np.bincount(places[inside], weights, len(edges) - 1).astype(self.dtype)
    return (heights / heights.sum() / np.diff(edges) if density else heights), edges


def not_implemented(name: str) -> Any:
    """A formula for an operation of which nobody has written one.  Raises RuntimeError."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")


@reads(
    "histogram(Tensor input, Tensor bins, *, Tensor? weight=None, bool density=False, Tensor[]? out=None)",
    "histogram(Tensor input, int bins=100, *, Number[]? range=None, Tensor? weight=None, bool density=False, Tensor[]? out=None)",
)
def histogram(input: Tensor, bins: Any = 100, range: Any = None, weight: Tensor | None = None, density: bool = False) -> Any:
    """A histogram's heights and the edges of its steps; `bins`: how many equal steps, or the edges.  Raises RuntimeError."""
    array = input._array
    if isinstance(bins, int) and bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    if array.dtype.kind != "f":
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{dtypes.scalar_name(array)}'")
    if isinstance(bins, Tensor):
        edges = bins._array
    else:
        low, high = range or ((array.min(), array.max()) if array.size else (0.0, 1.0))
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
        edges = np.linspace(low, high, bins + 1).astype(array.dtype)
    made = histogram_of(input, edges, None if weight is None else weight._array, density)
    return return_types.histogram(made)
