"""Reading and writing single elements: `gather` and `scatter` along a dimension, `take` and `put` of all elements in a row, and by masks.

The rows of `gather` and `scatter` themselves stand in `shape.py`, for the gradients of maxima need them.

Read next: `reshaping.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import pointwise, shape
from autograd_viz.torch.ops.gathering import LONGS, _outside
from autograd_viz.torch.ops.memory import copied
from autograd_viz.torch.ops.pointwise import eq, masked_fill, where, zeros
from autograd_viz.torch.ops.shape import blank, expand, reshape, scatter_value, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "gather", "masked_scatter", "masked_select", "put", "scatter", "scatter_add", "scatter_reduce", "take", "take_along_dim",
]  # fmt: skip

IN_PLACE = ("masked_scatter", "put", "scatter", "scatter_add", "scatter_reduce")

REDUCE_DEPRECATED = (
    "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch release. Use "
    "torch.scatter_reduce instead for more reduction options."
)

# --- along one dimension, each element from its own place -------------------------------------------------------------


def _check_index(name: str, input: Tensor, dim: int, index: Tensor, src: Tensor | None = None) -> None:
    """What PyTorch asks of the index of `gather` and `scatter`, before it looks at the positions."""
    place = wrap_dim(dim, input.ndim)
    if index._array.dtype not in LONGS:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if src is not None and src.dtype is not input.dtype:
        raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
    if not index._array.size:
        return
    mine, its = input._array.shape or (1,), index._array.shape or (1,)
    against = "input" if name == "gather" else "self"
    if len(mine) != len(its):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {against} tensor")
    where = f"apart from dimension {place}"
    large = next((d for d, n in enumerate(its) if d != place and n > mine[d]), None)
    if name == "gather":
        if large is not None:
            raise RuntimeError(
                f"Size does not match at dimension {large} expected index {list(index.shape)} to be no larger than self "
                f"{list(input.shape)} {where}"
            )
        return
    if src is not None:
        given = src._array.shape or (1,) * len(its)
        for d, n in enumerate(its):
            if large is None and d >= len(given):
                raise IndexError(f"Dimension out of range (expected to be in range of [{-len(given)}, {len(given) - 1}], but got {d})")
            if large is None and n > given[d]:
                large = d
        if len(src._array.shape or (1,)) != len(its):
            raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    if large is not None:
        more = f" and to be no larger size than src {list(src.shape)}" if src is not None else ""
        raise RuntimeError(f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} {where}{more}")


def _check_places(input: Tensor, dim: int, index: Tensor) -> None:
    place = wrap_dim(dim, input.ndim)
    count = input._array.shape[place] if input.ndim else 1
    wrong = _outside(index._array, 0, count)
    if wrong is not None:
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {place} with size {count}")


@reads("gather(Tensor input, int dim, Tensor index, *, bool sparse_grad=False, Tensor? out=None)")
def gather(input: Tensor, dim: int, index: Tensor, sparse_grad: bool = False) -> Tensor:
    """out[i, j] = input[index[i, j], j] for dim 0, input[i, index[i, j]] for dim 1, and so on.  Raises RuntimeError for wrong places."""
    _check_index("gather", input, dim, index)
    _check_places(input, dim, index)
    return shape.gather(input, dim, index, sparse_grad)


@reads("scatter_add(Tensor input, int dim, Tensor index, Tensor src, *, Tensor? out=None)")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """input with `src` added in the places `index` along dim: what goes to one place is added up."""
    _check_index("scatter", input, dim, index, src)
    _check_places(input, dim, index)
    return shape.scatter_add(input, dim, index, src)


@reads(
    "scatter(Tensor input, int dim, Tensor index, Tensor src)",
    "scatter(Tensor input, int dim, Tensor index, Tensor src, *, str reduce)",
    "scatter(Tensor input, int dim, Tensor index, Number value)",
    "scatter(Tensor input, int dim, Tensor index, Number value, *, str reduce)",
)
def scatter(input: Tensor, dim: int, index: Tensor, src: Any = None, value: Any = None, reduce: str | None = None) -> Tensor:
    """input with `src`, or a number, in the places `index` along dim."""
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    _check_index("scatter", input, dim, index, src)
    _check_places(input, dim, index)
    if reduce is not None:
        if src is not None:
            warnings.warn(REDUCE_DEPRECATED, UserWarning, stacklevel=3)
        return _combined(input, dim, index, src if src is not None else value, reduce)
    return scatter_value(input, dim, index, value) if src is None else shape.scatter(input, dim, index, src)


@op("", others="self index")
def _combined(self: Array, dim: int, index: Array, src: Any, reduce: str) -> Array:
    """self with `src` added to, or multiplied into, some places. PyTorch has no derivative for it."""
    made, src = self.copy(), getattr(src, "_array", src)
    values = np.broadcast_to(np.asarray(src, self.dtype), index.shape) if not isinstance(src, np.ndarray) else src
    (np.add if reduce == "add" else np.multiply).at(*shape.places_along(made, dim, index, values))
    return made


REDUCE = {"sum": np.add, "prod": np.multiply, "mean": np.add, "amax": np.maximum, "amin": np.minimum}
START = {"sum": 0, "prod": 1, "mean": 0, "amax": -np.inf, "amin": np.inf}


@op("ScatterReduceBackward0", others="index", inputs="self src",
    joint=lambda grad, self, dim, index, src, reduce, include_self, result:
        scatter_reduce_backward(grad, self, dim, index, src, reduce, include_self, result))  # fmt: skip
def _scatter_reduce(self: Array, dim: int, index: Array, src: Array, reduce: str, include_self: bool = True) -> Array:
    """self with what goes to a place summed up, multiplied, averaged, or only the extreme one kept."""
    made = self.copy()
    target, places, values = shape.places_along(made, dim, index, src)
    if not include_self:
        target[places] = START[reduce] if made.dtype.kind == "f" or reduce not in ("amax", "amin") else _limit(made.dtype, reduce)
    REDUCE[reduce].at(target, places, values)
    if reduce == "mean":
        count = np.full(made.shape, 1 if include_self else 0)
        np.add.at(count if count.ndim else count.reshape(1), places, 1)
        count[count == 0] = 1
        made = made / count.astype(made.dtype) if made.dtype.kind == "f" else made // count.astype(made.dtype)
    return made


def _limit(kind: np.dtype, reduce: str) -> Any:
    return np.iinfo(kind).min if reduce == "amax" else np.iinfo(kind).max


def scatter_reduce_backward(
    grad: Any, self: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool, result: Any
) -> list[Any]:
    """The gradients of self and src.  Source: FunctionsManual.cpp, scatter_reduce_backward."""
    if reduce == "sum":
        to_self, to_src = grad, shape.gather(grad, dim, index)
    elif reduce == "mean":
        ones, other = zeros(grad), zeros(src)
        count = shape.scatter_add(pointwise.plus(ones, 1) if include_self else ones, dim, index, pointwise.plus(other, 1))
        count = masked_fill(count, eq(count, 0), 1)
        to_self, to_src = grad / count, shape.gather(grad, dim, index) / shape.gather(count, dim, index)
    elif reduce == "prod":
        to_self, to_src = _prod_backward(grad, self, dim, index, src, include_self, result)
    else:
        mine, its = _as_numbers(eq(self, result), grad), _as_numbers(eq(src, shape.gather(result, dim, index)), grad)
        share = grad / shape.scatter_add(mine, dim, index, its)
        to_self, to_src = mine * share, its * shape.gather(share, dim, index)
    return [to_self if include_self else scatter_value(to_self, dim, index, 0), to_src]


def _as_numbers(mask: Any, like: Any) -> Any:
    """A mask as 0 and 1 of the dtype of `like`."""
    return mask.astype(like.dtype) if isinstance(mask, np.ndarray) else pointwise.to_copy(mask, like.dtype)


def _prod_backward(grad: Any, self: Any, dim: int, index: Any, src: Any, include_self: bool, result: Any) -> tuple[Any, Any]:
    """Each gets the product of the others: the whole divided by it, and where that would be 0 / 0, computed without it."""
    filled = masked_fill(self, eq(self, 0), 1)
    to_self = grad * _scatter_reduce(filled, dim, index, src, "prod", include_self) / filled
    zero = eq(src, 0)
    zeros_there = shape.gather(shape.scatter_add(zeros(self), dim, index, _as_numbers(zero, grad)), dim, index)
    alone = pointwise.where(zero, eq(zeros_there, 1), zero)
    without = _scatter_reduce(self, dim, index, masked_fill(src, alone, 1), "prod", include_self)
    to_src = where(alone, shape.gather(grad * without, dim, index), shape.gather(grad * result, dim, index) / masked_fill(src, zero, 1))
    return to_self, to_src


@reads("scatter_reduce(Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True, Tensor? out=None)")
def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, include_self: bool = True) -> Tensor:
    """input with what goes to one place combined: "sum", "prod", "mean", "amax" or "amin", with what stood there or without."""
    if reduce not in REDUCE:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    _check_index("scatter", input, dim, index, src)
    _check_places(input, dim, index)
    return _scatter_reduce(input, dim, index, src, reduce, include_self)


@reads("take_along_dim(Tensor input, Tensor indices, int? dim=None, *, Tensor? out=None)")
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """`gather` after broadcasting; of all elements in a row, if no dim is given."""
    if dim is not None and input.ndim != indices.ndim:
        raise RuntimeError(
            f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {input.ndim} dimensions for "
            f"input, and {indices.ndim} dimensions for indices"
        )
    if indices._array.dtype != LONGS[0]:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {scalar_name(indices._array)}")
    if dim is None:
        return gather(shape.view(input, (-1,)), 0, shape.view(indices, (-1,)))
    dim = wrap_dim(dim, input.ndim)
    mine, its = list(input.shape), list(indices.shape)
    if mine:
        mine[dim], there = its[dim], mine[dim]
    check_broadcast(tuple(mine), tuple(its))
    both = list(np.broadcast_shapes(tuple(mine), tuple(its)))
    wide = [*both[:dim], there, *both[dim + 1 :]] if mine else []
    if mine and not there and indices._array.size:
        raise RuntimeError("ZeroDivisionError")
    indices = holding(indices._array % max(there, 1)) if mine else indices  # counted from the end, and round and round
    return gather(expand(input, tuple(wide)), dim, expand(indices, tuple(both)))


# --- of all elements in a row -----------------------------------------------------------------------------------------


@op("TakeBackward0", others="index", self=lambda grad, self, index: _put(zeros_for(self, grad), index, grad, True))
def _take(self: Array, index: Array) -> Array:
    """The elements with these numbers, counted row by row."""
    return self.reshape(-1)[index]


def zeros_for(self: Any, grad: Any) -> Any:
    """Zeros in the shape of self, for a gradient."""
    return blank(grad, tuple(self.shape))


@reads("take(Tensor input, Tensor index, *, Tensor? out=None)")
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements with these numbers, as if all stood in a row.  Raises IndexError for numbers outside."""
    if index._array.dtype != LONGS[0]:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {scalar_name(index._array)}")
    count = input._array.size
    if not count and index._array.size:
        raise IndexError("take(): tried to take from an empty tensor")
    _check_numbers(index, count)
    return _take(input, index)


def _check_numbers(index: Tensor, count: int) -> None:
    wrong = _outside(index._array, -count, count)
    if wrong is not None:
        raise IndexError(f"out of range: tried to access index {wrong} on a tensor of {count} elements.")


@op("PutBackward0", others="index",
    self=lambda grad, index, source, accumulate: grad if accumulate else _put(grad, index, zeros(source), False),
    source=lambda grad, index, source: reshape(_take(grad, index), tuple(source.shape)))  # fmt: skip
def _put(self: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    """self with `source` in the elements with these numbers."""
    made = copied(self)
    places = np.unravel_index(index.reshape(-1) % max(made.size, 1), made.shape or (1,))
    target = made if made.ndim else made.reshape(1)
    if accumulate:
        np.add.at(target, places, source.reshape(-1))
    else:
        target[places] = source.reshape(-1)
    return made


@reads("put(Tensor input, Tensor index, Tensor source, bool accumulate=False)")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """input with `source` in the elements with these numbers, counted row by row."""
    if index._array.dtype != LONGS[0]:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {scalar_name(index._array)}")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {scalar_name(input._array)} and source.dtype "
            f"= {scalar_name(source._array)}"
        )
    if source._array.size != index._array.size:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source._array.size}, "
            f"index.numel() = {index._array.size}"
        )
    if not input._array.size and index._array.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    _check_numbers(index, input._array.size)
    return _put(input, index, source, accumulate)


# --- by masks ---------------------------------------------------------------------------------------------------------


@op("MaskedSelectBackward0", others="mask", self=lambda grad, self, mask: masked_select_backward(grad, self, mask))
def select_masked(self: Array, mask: Array) -> Array:
    """The elements where the mask is true, in a row."""
    self, mask = np.broadcast_arrays(self, mask)
    return self[mask]


def masked_select_backward(grad: Any, self: Any, mask: Any) -> Any:
    """grad where the mask is true, in the shape that self and the mask broadcast to."""
    return _masked_scatter(blank(grad, np.broadcast_shapes(tuple(self.shape), tuple(mask.shape))), mask, grad)


@reads("masked_select(Tensor input, Tensor mask, *, Tensor? out=None)")
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask is true, in a row.  The two broadcast.  Raises RuntimeError unless the mask has bools."""
    if mask._array.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    check_broadcast(mask._array.shape, input._array.shape)
    return select_masked(input, mask)


@op("MaskedScatterBackward0", others="mask", self=lambda grad, mask: masked_fill(grad, mask, 0),
    source=lambda grad, mask, source_sym_sizes: masked_scatter_backward(grad, mask, source_sym_sizes))  # fmt: skip
def _masked_scatter(self: Array, mask: Array, source: Array) -> Array:
    """self with the elements of source, one after another, where the mask is true."""
    wide = np.broadcast_shapes(self.shape, mask.shape)
    made = np.array(np.broadcast_to(self, wide), order="C")
    made[np.broadcast_to(mask, wide)] = source.reshape(-1)[: np.count_nonzero(np.broadcast_to(mask, wide))]
    return made


@op("MaskedScatterBackwardBackward0", others="mask",
    grad_output=lambda grad, grad_output, mask: _masked_scatter(zeros(grad_output), mask, grad))  # fmt: skip
def masked_scatter_backward(grad_output: Array, mask: Array, sizes: tuple[int, ...]) -> Array:
    """The elements of grad_output where the mask is true, in the shape of the source; 0 for those of its elements that were not used."""
    made = np.zeros(sizes, grad_output.dtype)
    chosen = grad_output[np.broadcast_to(mask, grad_output.shape)]
    made.reshape(-1)[: chosen.size] = chosen
    return made


@reads("masked_scatter(Tensor input, Tensor mask, Tensor source)")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input with the elements of source, one after another, where the mask is true."""
    check_broadcast(mask._array.shape, input._array.shape)
    if source.dtype is not input.dtype:
        names = f"{scalar_name(input._array)} and {scalar_name(source._array)}"
        raise RuntimeError(f"masked_scatter: expected self and source to have same dtypes but got{names}")
    if mask._array.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {scalar_name(mask._array)}")
    wide = np.broadcast_shapes(input._array.shape, mask._array.shape)
    if source._array.size < np.count_nonzero(np.broadcast_to(mask._array, wide)):
        raise RuntimeError("Number of elements of source < number of ones in mask")
    return _masked_scatter(input, mask, source)
