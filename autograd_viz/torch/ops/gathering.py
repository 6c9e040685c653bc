"""Reading and writing places that tensors of positions or masks name: `x[[0, 1], [2, 1]]`, and whole slices along a dimension.

Reading and writing are each other's gradient: what is read twice gets both gradients added, what is written over gets none.

Read next: `scattering.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.memory import copied
from autograd_viz.torch.ops.pointwise import scaled, zero_like
from autograd_viz.torch.ops.reduction import sum_all
from autograd_viz.torch.ops.shape import blank, expand, wrap_dim
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "index_add", "index_copy", "index_fill", "index_put", "index_select",
]  # fmt: skip

IN_PLACE = ("index_add", "index_copy", "index_fill", "index_put")

MASKS = (np.dtype(bool), np.dtype(np.uint8))
LONGS = (np.dtype(np.int64), np.dtype(np.int32))

# --- by one index for all dimensions: x[[0, 1], [2, 1]] ---------------------------------------------------------------


@op("IndexBackward0", self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices))
def index(self: Array, indices: tuple[Any, ...]) -> Array:
    """Places given by arrays of integers or bools: a copy.  `indices[i]` belongs to dimension i, None takes all of it."""
    places = _numpy_index(indices, self)
    made = np.ascontiguousarray(self[places])
    return made if self.flags.c_contiguous else _laid_out(made, self, places)


def _laid_out(made: Array, self: Array, places: tuple[Any, ...]) -> Array:
    """What was read, in memory in the order in which PyTorch walks over it: along the smallest steps of self last.

    Source: ATen, native/TensorAdvancedIndexing.cpp, AdvancedIndex, and TensorIterator.cpp, reorder_dimensions.
    """
    parts = [place.nonzero() if isinstance(place, np.ndarray) and place.dtype.kind == "b" else (place,) for place in places]
    places = tuple(place for part in parts for place in part)
    kinds = [isinstance(place, slice) for place in places] + [True] * (self.ndim - len(places))
    read = [i for i, whole in enumerate(kinds) if not whole]
    wide = len(np.broadcast_shapes(*(places[i].shape for i in read)))
    together = read[-1] - read[0] == len(read) - 1
    front = read[0] if together else 0
    steps = [self.strides[i] for i, whole in enumerate(kinds) if whole]
    return in_steps(made, steps[:front] + [0] * wide + steps[front:])


def in_steps(array: Array, steps: list[int]) -> Array:
    """A copy of a C-contiguous array whose order in memory follows the steps of another, 0 where that has none."""
    order = list(range(array.ndim))[::-1]  # from the smallest step
    for i in range(1, len(order)):
        for k in range(i, 0, -1):
            near, far = order[k - 1], order[k]
            if not (steps[near] and steps[far]):
                continue
            if steps[near] <= steps[far]:
                break
            order[k - 1], order[k] = far, near
    outer = order[::-1]
    return np.ascontiguousarray(array.transpose(outer)).transpose(np.argsort(outer))


def index_backward(grad: Any, sizes: tuple[int, ...], indices: tuple[Any, ...]) -> Any:
    """grad added up in the places that were read and zeros elsewhere: a place read twice gets both."""
    return index_put_impl(blank(grad, sizes), indices, grad, True)


@op("IndexPutImplBackward0", keep="accumulate", self=lambda grad: grad, values=lambda grad, indices: index(grad, indices))
def index_put_impl(self: Array, indices: tuple[Any, ...], values: Array, accumulate: bool = False) -> Array:
    """self with `values` added in the places that the indices name, as the gradient of `index` does it."""
    return put_at(self, indices, values, accumulate)


@op("IndexPutBackward0", self=lambda grad, indices, accumulate: grad if accumulate else put_values(grad, indices, zero_like(grad), False),
    values=lambda grad, indices: index(grad, indices))  # fmt: skip
def put_values(self: Array, indices: tuple[Any, ...], values: Array, accumulate: bool = False) -> Array:
    """self with `values` in the places that the indices name, or added there: `x[indices] = values`."""
    return put_at(self, indices, values.astype(self.dtype, copy=False), accumulate)


def put_at(array: Array, indices: tuple[Any, ...], values: Array, accumulate: bool) -> Array:
    """A copy of `array` with values in, or added to, some of its places."""
    made, places = copied(array), _numpy_index(indices, array)
    there = made[places].shape
    values = np.broadcast_to(values.reshape(values.shape[max(values.ndim - len(there), 0) :]), there)
    if accumulate:
        np.add.at(made, places, values)
    else:
        made[places] = values
    return made


def _numpy_index(indices: tuple[Any, ...], array: Array) -> tuple[Any, ...]:
    arrays = [getattr(i, "_array", i) for i in indices]
    if not array.size:  # where there is nothing to read, positions may be anything
        arrays = [i if i is None or i.dtype in MASKS else i * 0 for i in arrays]
    return tuple(slice(None) if i is None else i.astype(bool) if i.dtype == np.uint8 else i for i in arrays)


@reads("index_put(Tensor input, Tensor[] indices, Tensor values, bool accumulate=False)")
def index_put(input: Tensor, indices: tuple[Tensor, ...], values: Tensor, accumulate: bool = False) -> Tensor:
    """`values` in the places input[indices], or added there; as a new tensor.  Raises IndexError for places outside."""
    check_indices(input, indices, values, accumulate)
    return put_values(input, indices, values, accumulate)


def is_mask(part: Tensor) -> bool:
    """Whether an index says of each place whether it is taken."""
    return part._array.dtype in MASKS


def check_indices(
    tensor: Tensor, indices: tuple[Tensor | None, ...], values: Tensor | None = None, accumulate: bool = False
) -> None:
    """Raise IndexError, in PyTorch's words, unless positions and masks (one for each dimension, or None) fit a tensor and each other.

    `values`: what will be written there; RuntimeError if it does not fit.
    """
    for part in indices:
        if part is not None and part._array.dtype not in (*LONGS, *MASKS):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if len(indices) > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim} (got {len(indices)})")
    starts, dim = [], 0
    for part in indices:
        starts.append(dim)
        dim += _dims(part)
    given = [(dim, part) for dim, part in zip(starts, indices, strict=True) if part is not None]
    for dim, part in given:
        for i, (n, m) in enumerate(zip(part._array.shape, tensor._array.shape[dim:], strict=False)):
            if is_mask(part) and n != m:
                raise IndexError(
                    f"The shape of the mask {list(part._array.shape)} at index {i} does not match the shape of the indexed tensor "
                    f"{list(tensor._array.shape)} at index {dim + i}"
                )
    if dim > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim} (got {dim})")
    shapes: list[tuple[int, ...]] = []  # lists are read in step: x[[0, 1], [2, 1]] is x[0, 2] and x[1, 1]
    for _, part in given:
        shapes += [(int(np.count_nonzero(part._array)),)] * part.ndim if is_mask(part) else [part._array.shape]
    try:
        together = np.broadcast_shapes(*shapes)
    except ValueError:
        spoken = ", ".join(str(list(shape)) for shape in shapes)
        raise IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {spoken}") from None
    rest = [n for d, n in enumerate(tensor._array.shape) if d not in {d for dim, part in given for d in range(dim, dim + _dims(part))}]
    read = [tensor._array.shape[d] for dim, part in given for d in range(dim, dim + _dims(part))]
    if 0 in read and 0 not in together:
        raise IndexError("index is out of bounds for dimension with size 0")
    if values is not None:
        fills = values._array.size == 1 and len(given) == 1 and is_mask(given[0][1]) and not accumulate
        if not fills:
            fits(values._array, index_shape(tensor._array.shape, indices, together))
        if values.dtype is not tensor.dtype and not fills:  # (to fill by a mask, PyTorch takes the number alone)
            raise RuntimeError(
                f"Index put requires the source and destination dtypes match, got {scalar_name(tensor._array)} for the destination and "
                f"{scalar_name(values._array)} for the source."
            )
    if 0 in together or 0 in rest:
        return  # PyTorch looks at the positions only where it reads or writes something
    nth = 0  # PyTorch's errors count only the dimensions that are read by list
    for dim, part in given:
        if not is_mask(part):
            size = tensor._array.shape[dim]
            wrong = _outside(part._array, -size, size)
            if wrong is not None:
                raise IndexError(f"index {wrong} is out of bounds for dimension {nth} with size {size}")
        nth += _dims(part)


def _dims(part: Tensor | None) -> int:
    """How many dimensions of a tensor an index is for."""
    return part.ndim if part is not None and is_mask(part) else 1


def index_shape(sizes: tuple[int, ...], indices: tuple[Tensor | None, ...], together: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what is read: `together`, that of the lists, stands where they do if they stand side by side, else in front."""
    whole: list[tuple[int, ...]] = []
    taken: list[int] = []
    dim = 0
    for part in indices:
        if part is None:
            whole.append((sizes[dim],))
        else:
            taken.append(len(whole))
            whole.append(together)
        dim += _dims(part)
    if not taken:
        return sizes
    apart = taken[-1] - taken[0] != len(taken) - 1
    before = () if apart else tuple(n for (n,) in whole[: taken[0]])
    after = tuple(n for i, part in enumerate(whole) if i not in taken and (apart or i > taken[0]) for n in part)
    return (*before, *together, *after, *sizes[dim:])


def fits(values: Array, there: tuple[int, ...]) -> None:
    """Raise RuntimeError unless values can be written to places of that shape."""
    try:
        if len(values.shape) <= len(there) and np.broadcast_shapes(values.shape, there) == there:
            return
    except ValueError:
        pass
    raise RuntimeError(
        f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape {list(there)}"
    )


# --- along one dimension, slice by slice ------------------------------------------------------------------------------


@op("IndexSelectBackward0", others="index",
    self=lambda grad, self_sym_sizes, dim, index: index_add_(blank(grad, self_sym_sizes), dim, index, grad))  # fmt: skip
def select_slices(self: Array, dim: int, index: Array) -> Array:
    """The slices along a dimension that `index` names."""
    return np.take(self, index.reshape(-1), axis=dim) if self.ndim else self.copy()


@reads("index_select(Tensor input, int dim, Tensor index, *, Tensor? out=None)")
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along a dimension that `index` names.  (2, 3), dim=0, index (4,) -> (4, 3).  Raises for positions outside."""
    dim_ = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index._array.dtype not in LONGS:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    count = input._array.shape[dim_] if input.ndim else 1
    if not input.ndim and index._array.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index._array.size} value(s)")
    wrong = _outside(index._array, 0, count)
    if not count and index._array.size and input.ndim > 1:
        raise RuntimeError("index_select(): self indexing axis dim should be positive")
    if wrong is not None and input.ndim > 1 and (dim_ == 1 or not input._array.size):
        raise RuntimeError(f"INDICES element is out of DATA bounds, id={wrong} axis_dim={count}")
    if wrong is not None:
        raise IndexError("index out of range in self")
    return select_slices(input, dim, index)


def _outside(index: Array, first: int, end: int) -> int | None:
    """The first position that is not in [first, end), or None."""
    wrong = index[(index < first) | (index >= end)]
    return int(wrong.flat[0]) if wrong.size else None


@op("IndexAddBackward0", others="index", self=lambda grad: grad,
    source=lambda grad, dim, index, source, source_dim, alpha: scaled(slices_for(grad, dim, index, source, source_dim), alpha))  # fmt: skip
def _index_add(self: Array, dim: int, index: Array, source: Array, alpha: Any = 1, source_dim: int = 0) -> Array:
    """self with alpha * source added in the slices that `index` names."""
    made = self.copy()
    target = made if made.ndim else made.reshape(1)
    place = dim % target.ndim
    if source.ndim != target.ndim:
        source = source.reshape((*target.shape[:place], -1, *target.shape[place + 1 :]))
    places: Any = (*(slice(None),) * place, index.reshape(-1))
    np.add.at(target, places, source if alpha == 1 else source * source.dtype.type(alpha))
    return made


def index_add_(self: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Any:
    """The row above, which shows how many dimensions the source has."""
    return _index_add(self, dim, index, source, alpha, len(source.shape))


def slices_for(grad: Any, dim: int, index: Any, source: Any, source_dim: int) -> Any:
    """The slices of grad that `index` names, in the shape of source."""
    chosen = select_slices(grad, dim, index)
    return expand(chosen, tuple(source.shape)) if source_dim else chosen


@reads("index_add(Tensor input, int dim, Tensor index, Tensor source, *, Number alpha=1, Tensor? out=None)")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, alpha: Any = 1) -> Tensor:
    """input with alpha * source added in the slices along dim that `index` names; a slice named twice gets both."""
    sizes, given = input._array.shape, source._array.shape
    place = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(
            f"index_add_(): Index is supposed to be a vector, but got dim: {index.ndim} with type: {scalar_name(index._array)} and size: "
            f"{list(index.shape)}"
        )
    if index._array.dtype not in LONGS:
        raise RuntimeError(f"index_add_(): Expected dtype int32/int64 for index but got: {scalar_name(index._array)}")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_add_(): self ({scalar_name(input._array)}) and source ({scalar_name(source._array)}) must have the same scalar type"
        )
    if place and place >= source.ndim:
        raise RuntimeError(f"index_add_(): Indexing dim {place} is out of bounds of the source tensor with dim {source.ndim}")
    if source.ndim == 0 and index.ndim == 1 and input.ndim and index._array.size != 1:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if source.ndim and index._array.size != given[min(place, source.ndim - 1)]:
        raise RuntimeError(
            f"index_add_(): Number of indices ({index._array.size}) should be equal to source.size(dim): ({given[place]}), for dim: {place}"
        )
    if sizes[:place] + sizes[place + 1 :] != given[:place] + given[place + 1 :] or len(sizes) != len(given):
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(sizes)} source.shape = {list(given)}"
        )
    wrong = _outside(index._array, 0, sizes[place] if sizes else 1)
    if wrong is not None:
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {place} with size {sizes[place] if sizes else 1}")
    return index_add_(input, dim, index, source, alpha)


@op("IndexCopyBackward0", others="index", keep="source_dim",
    self=lambda grad, dim, index: fill_slices(grad, dim, index, 0),
    source=lambda grad, dim, index, source, source_dim: slices_for(grad, dim, index, source, source_dim))  # fmt: skip
def copy_slices(self: Array, dim: int, index: Array, source: Array, source_dim: int = 0) -> Array:
    """self with `source` in the slices along a dimension that `index` names."""
    made = self.copy()
    target = made if made.ndim else made.reshape(1)
    target[(slice(None),) * (dim % target.ndim) + (index.reshape(-1),)] = source
    return made


@reads("index_copy(Tensor input, int dim, Tensor index, Tensor source, *, Tensor? out=None)")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """input with `source` in the slices along dim that `index` names.  Raises for shapes that do not fit."""
    place = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if source.ndim == 0 and index._array.size != 1:
        raise IndexError(f"index_copy_(): When source is scalar, index should have one element (got {index._array.size})")
    if source.ndim and input.ndim and source.ndim != input.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality "
            f"({source.ndim}), destination dimensionality ({input.ndim})"
        )
    if index._array.dtype != LONGS[0]:
        raise RuntimeError(f"index_copy_(): Expected a long tensor for index, but got {scalar_name(index._array)}")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_copy_(): self and source expected to have the same dtype, but got (self) {scalar_name(input._array)} and (source) "
            f"{scalar_name(source._array)}"
        )
    mine, its = (list(s[:place] + s[place + 1 :]) for s in (input._array.shape, source._array.shape))
    if mine != its:
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{' '.join(map(str, mine))} at dimension {place} and source slice shape: {' '.join(map(str, its))} at dimension 0."
        )
    if source.ndim and index._array.size != source._array.shape[place]:
        raise IndexError(
            f"index_copy_(): Number of indices ({index._array.size}) should be equal to source.size(dim) ({source._array.shape[place]})"
        )
    count = input._array.shape[place] if input.ndim else 1
    wrong = _outside(index._array, 0, count)
    if wrong is not None:
        raise IndexError(f"index_copy_(): index {wrong} is out of bounds for dimension {place} with size {count}")
    return copy_slices(input, dim, index, source, source.ndim)


@op("IndexFillBackward0", others="index", self=lambda grad, dim, index: fill_slices(grad, dim, index, 0))
def fill_slices(self: Array, dim: int, index: Array, value: Any) -> Array:
    """self with a number in the slices along a dimension that `index` names."""
    made = copied(self)
    (made if made.ndim else made.reshape(1))[(slice(None),) * (dim % max(made.ndim, 1)) + (index.reshape(-1),)] = fitting(value, self.dtype)
    return made


@op("IndexFillBackward1", others="index",
    self=lambda grad, dim, index: fill_slices(grad, dim, index, 0),
    value=lambda grad, dim, index: sum_all(select_slices(grad, dim, without_repeats(index))))  # fmt: skip
def fill_slices_with(self: Array, dim: int, index: Array, value: Array) -> Array:
    """self with the 0-d `value` in the slices along a dimension that `index` names."""
    return fill_slices(self, dim, index, value.astype(self.dtype))


def without_repeats(index: Any) -> Any:
    """Each position of an index once."""
    return np.unique(index) if isinstance(index, np.ndarray | np.generic) else holding(np.unique(index._array))


@reads("index_fill(Tensor input, int dim, Tensor index, Tensor value)", "index_fill(Tensor input, int dim, Tensor index, Number value)")
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """input with a number, or a 0-d tensor, in the slices along dim that `index` names."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if index._array.dtype != LONGS[0]:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    place = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    count = input._array.shape[place] if input.ndim else 1
    wrong = _outside(index._array, -count, count)
    if wrong is not None and not input._array.size:
        return fill_slices(input, dim, holding(index._array[:0]), 0)  # (there is nothing to fill)
    if wrong is not None:
        raise IndexError(f"index {wrong} is out of bounds for dimension {place} with size {count}")
    return fill_slices_with(input, dim, index, value) if isinstance(value, Tensor) else fill_slices(input, dim, index, value)
