"""Reading by index, `x[...]`: one view after another, from left to right, and one copy at the end if lists or masks take part.

`x[1:, None, 0]` is Select(Unsqueeze(Slice(x))): each part of the index is an operation that the graph shows.

Read next: `operators.py`.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops.gathering import check_indices, index, is_mask
from autograd_viz.torch.ops.shape import OPEN_END, alias, select, slice_, unsqueeze
from autograd_viz.torch.tensor import Tensor, holding

NOT_A_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] "
    "instead of "
    "x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a "
    "different result"
)

BYTES = (
    "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/IndexingUtils.h:30.)"
)
NESTED: Any = (list, tuple, slice, str, bytes, range, np.ndarray, Tensor)
INDEX_TYPES = (dtypes.int64, dtypes.int32, dtypes.uint8, dtypes.bool_)


def getitem(tensor: Tensor, key: Any) -> Tensor:
    """tensor[key] as PyTorch computes it.  Raises IndexError, TypeError or ValueError in PyTorch's words."""
    result, indices = located(tensor, key)
    if indices:
        check_indices(result, indices)
        return index(result, indices)
    return alias(result) if result is tensor else result


def located(tensor: Tensor, key: Any, *, whole: bool = False) -> tuple[Tensor, tuple[Tensor | None, ...]]:
    """The view that the ints, slices and Nones of a key give, and for each of its dimensions the list or mask of the key, or None.

    `whole`: x[:] leaves no trace either, as when something is assigned to it. (`check_indices` says whether the lists and masks fit.)
    """
    key = _tuple_of(key)
    keys = [_part(part) for part in (key if isinstance(key, tuple) else [key])]
    _check_count(tensor, key, keys)
    result, dim, taken = tensor, 0, sum(map(_takes, keys))
    gathered: dict[int, Tensor] = {}  # dimension -> list or mask
    for position, part in enumerate(keys):
        if isinstance(part, bool):  # a mask over a dimension that is made for it
            result = unsqueeze(result, dim)
            gathered[dim] = holding(np.zeros(int(part), np.int64))
            dim += 1
        elif isinstance(part, int):
            result = _select(result, dim, part, position)
        elif isinstance(part, slice):
            result = _slice(result, dim, part, alone=not isinstance(key, tuple) and not whole)
            dim += 1
        elif part is Ellipsis:
            dim += tensor.ndim - taken
        elif part is None:
            result = unsqueeze(result, dim)
            dim += 1
        else:
            gathered[dim] = part
            dim += part.ndim if is_mask(part) else 1
    if not gathered:
        return result, ()
    return result, _by_dimension(gathered)


def _tuple_of(key: Any) -> Any:
    """The index itself; of a list that holds more than numbers, the tuple that PyTorch takes it for."""
    nested = isinstance(key, list) and len(key) < 32 and any(
        isinstance(part, NESTED) or part is None or part is Ellipsis for part in key
    )
    if nested or isinstance(key, str):
        warnings.warn(NOT_A_TUPLE, UserWarning, stacklevel=3)
    return tuple(key) if nested else key


def _part(part: Any) -> Any:
    """A part of an index: None, ..., a bool, an int, a slice, or a tensor of positions or bools."""
    if isinstance(part, str | bytes):
        raise TypeError(f"new(): invalid data type '{type(part).__name__}'")
    if part is None or part is Ellipsis or isinstance(part, bool | slice):
        return part
    if isinstance(part, int | np.integer):
        if not -(2**63) <= part < 2**63:
            raise ValueError("Overflow when unpacking long long")
        return int(part)
    if isinstance(part, list | tuple | np.ndarray | range):
        part = holding(_array_of(part))
    if not isinstance(part, Tensor):
        kind = f"numpy.{type(part).__name__}" if isinstance(part, np.generic) else type(part).__name__
        raise IndexError(f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})")
    if part.ndim == 0 and part._array.dtype.kind in "iub":
        return bool(part._array) if is_mask(part) else int(part._array)
    if part.dtype not in INDEX_TYPES:
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if part.dtype is dtypes.uint8:  # an old way to write a mask
        warnings.warn(BYTES, UserWarning, stacklevel=4)
    return part


def _array_of(part: Any) -> Array:
    """The positions or bools in a list or an array; numbers in a list are made whole."""
    array = np.asarray(part)
    if array.dtype.kind in "US":
        raise TypeError("new(): invalid data type 'str'")
    return array.astype(np.int64) if array.size == 0 or array.dtype.kind in "if" else array


def _takes(part: Any) -> int:
    """How many dimensions of the tensor a part of the index uses up."""
    if part is None or part is Ellipsis or isinstance(part, bool):
        return 0
    return part.ndim if isinstance(part, Tensor) and is_mask(part) else 1


def _check_count(tensor: Tensor, key: Any, keys: list[Any]) -> None:
    if tensor.ndim == 0 and type(key) is int and key != 0:
        raise IndexError(f"index {key} is out of bounds for dimension 0 with size 0")
    if tensor.ndim == 0 and type(key) is int:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor "
            "to a number"
        )
    if tensor.ndim == 0 and not isinstance(key, tuple) and isinstance(keys[0], slice):
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if sum(map(_takes, keys)) > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim}")


def _select(tensor: Tensor, dim: int, place: int, position: int) -> Tensor:
    size = tensor._array.shape[dim] if dim < tensor.ndim else 0
    if not -size <= place < size:
        hint = f"\nHint: there they are numbered 0 to {size - 1}, or {-size} to -1 from the end." if size else ""
        raise IndexError(f"index {place} is out of bounds for dimension {position} with size {size}{hint}")
    return select(tensor, dim, place)


def _slice(tensor: Tensor, dim: int, part: slice, *, alone: bool) -> Tensor:
    try:
        start, end, step = (default if value is None else operator.index(value)
                            for value, default in ((part.start, 0), (part.stop, OPEN_END), (part.step, 1)))  # fmt: skip
    except TypeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero\nHint: PyTorch has no negative steps; use flip.")
    if not alone and step == 1 and start == 0 and (dim >= tensor.ndim or end >= tensor._array.shape[dim]):
        return tensor  # a full slice inside a longer index leaves no trace
    return slice_(tensor, dim, start, end, step)


def _by_dimension(gathered: dict[int, Tensor]) -> tuple[Tensor | None, ...]:
    """One entry for each dimension up to the last that is read by list, None where all of it is taken; a mask fills all its dimensions."""
    parts: list[Tensor | None] = []
    dim = 0
    while dim <= max(gathered):
        part = gathered.get(dim)
        parts.append(part)
        dim += part.ndim if part is not None and is_mask(part) else 1
    return tuple(parts)
