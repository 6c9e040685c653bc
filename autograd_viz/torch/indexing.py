"""Reading by index, `x[...]`: one view after another, from left to right, and one copy at the end if lists or masks take part.

`x[1:, None, 0]` is Select(Unsqueeze(Slice(x))): each part of the index is an operation that the graph shows.

Read next: `return_types.py`.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.ops.gathering import index
from autograd_viz.torch.ops.shape import OPEN_END, alias, select, slice_, unsqueeze
from autograd_viz.torch.tensor import Tensor, holding

NOT_A_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] "
    "instead of "
    "x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a "
    "different result"
)


def getitem(tensor: Tensor, key: Any) -> Tensor:
    """tensor[key] as PyTorch computes it.  Raises IndexError, TypeError or ValueError in PyTorch's words."""
    result, indices = sliced(tensor, key)
    if indices is not None:
        return index(result, indices)
    return alias(result) if result is tensor else result


def sliced(tensor: Tensor, key: Any, *, whole: bool = False) -> tuple[Tensor, tuple[Tensor | None, ...] | None]:
    """What is left of the tensor after the numbers, slices and Nones of a key; and the lists and masks, by dimension, if there are any.

    `whole`: x[:] leaves no trace either, as when something is assigned to it.
    """
    keys = _split(key)
    _check_count(tensor, key, keys)
    result, dim = tensor, 0
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
            dim += result.ndim - dim - sum(_takes(other) for other in keys[position + 1 :])
        elif part is None:
            result = unsqueeze(result, dim)
            dim += 1
        else:
            dim = _gather(gathered, result, dim, part)
    if gathered:
        _check_together(list(gathered.values()))
        return result, _by_dimension(gathered)
    return result, None


def _split(key: Any) -> list[Any]:
    """The parts of an index, each None, ..., a bool, an int, a slice, or a tensor of positions or bools."""
    if isinstance(key, str):
        warnings.warn(NOT_A_TUPLE, UserWarning, stacklevel=3)
    if isinstance(key, list) and any(isinstance(part, list | tuple | slice | Tensor) or part is None or part is Ellipsis for part in key):
        warnings.warn(NOT_A_TUPLE, UserWarning, stacklevel=3)
        key = tuple(key)
    return [_part(part) for part in (key if isinstance(key, tuple) else [key])]


def _part(part: Any) -> Any:
    if isinstance(part, str):
        raise TypeError("new(): invalid data type 'str'")
    if part is None or part is Ellipsis or isinstance(part, bool | slice):
        return part
    if isinstance(part, int | np.integer):
        return int(part)
    if isinstance(part, list | tuple | np.ndarray | range):
        array = np.asarray(part)
        part = holding(array.astype(np.int64) if array.size == 0 or array.dtype.kind == "i" else array)
    if not isinstance(part, Tensor):
        kind = type(part).__name__
        raise IndexError(f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})")
    if part._array.dtype.kind not in "iub":
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if part._array.dtype == np.uint8:  # an old way to write a mask
        part = holding(part._array.astype(bool))
    return part._array.item() if part.ndim == 0 else part


def _takes(part: Any) -> int:
    """How many dimensions of the tensor a part of the index uses up."""
    if part is None or part is Ellipsis or isinstance(part, bool):
        return 0
    return part.ndim if isinstance(part, Tensor) and part._array.dtype.kind == "b" else 1


def _check_count(tensor: Tensor, key: Any, keys: list[Any]) -> None:
    if tensor.ndim == 0 and not isinstance(key, tuple) and type(keys[0]) is int:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor "
            "to a number"
        )
    if tensor.ndim == 0 and not isinstance(key, tuple) and isinstance(keys[0], slice):
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if sum(map(_takes, keys)) > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim}")


def _select(tensor: Tensor, dim: int, place: int, position: int) -> Tensor:
    size = tensor._array.shape[dim]
    if not -size <= place < size:
        raise IndexError(f"index {place} is out of bounds for dimension {position} with size {size}")
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
    if not alone and step == 1 and start == 0 and end >= tensor._array.shape[dim]:
        return tensor  # a full slice inside a longer index leaves no trace
    return slice_(tensor, dim, start, end, step)


def _gather(gathered: dict[int, Tensor], tensor: Tensor, dim: int, part: Tensor) -> int:
    """Note a list or mask for dimension `dim`; the dimension after it."""
    sizes = tensor._array.shape[dim:]
    nth = sum(_takes(other) for other in gathered.values())  # PyTorch's errors count only the dimensions that are read by list
    gathered[dim] = part
    if part._array.dtype.kind == "b":
        for i, (n, m) in enumerate(zip(part._array.shape, sizes, strict=False)):
            if n != m:
                raise IndexError(
                    f"The shape of the mask {list(part._array.shape)} at index {i} does not match the shape of the indexed tensor "
                    f"{list(tensor._array.shape)} at index {dim + i}"
                )
        return dim + part.ndim
    wrong = part._array[(part._array < -sizes[0]) | (part._array >= sizes[0])]
    if wrong.size and not sizes[0]:
        raise IndexError("index is out of bounds for dimension with size 0")
    if wrong.size:
        raise IndexError(f"index {int(wrong.flat[0])} is out of bounds for dimension {nth} with size {sizes[0]}")
    return dim + 1


def _check_together(parts: list[Tensor]) -> None:
    """Lists are read in step: x[[0, 1], [2, 1]] is x[0, 2] and x[1, 1], so their shapes must broadcast."""
    shapes = [part._array.nonzero()[0].shape if part._array.dtype.kind == "b" else part._array.shape for part in parts]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        spoken = ", ".join(str(list(shape)) for shape in shapes)
        raise IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {spoken}") from None


def _by_dimension(gathered: dict[int, Tensor]) -> tuple[Tensor | None, ...]:
    """One entry for each dimension up to the last that is read by list, None where all of it is taken; a mask fills all its dimensions."""
    parts: list[Tensor | None] = []
    dim = 0
    while dim <= max(gathered):
        part = gathered.get(dim)
        parts.append(part)
        dim += part.ndim if part is not None and part._array.dtype.kind == "b" else 1
    return tuple(parts)
