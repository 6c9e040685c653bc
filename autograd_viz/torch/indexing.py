"""Reading by index, `x[...]`: one view after another, from left to right, and one copy at the end if lists or masks take part.

`x[1:, None, 0]` is Select(Unsqueeze(Slice(x))): each part of the index is an operation that the graph shows.

Read next: `methods.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.ops.shape import OPEN_END, alias, index, select, slice_, unsqueeze
from autograd_viz.torch.tensor import Tensor


def getitem(tensor: Tensor, key: Any) -> Tensor:
    """tensor[key] as PyTorch computes it.  Raises IndexError or ValueError in PyTorch's words."""
    keys = _split(key)
    _check_count(tensor, keys)
    result, dim = tensor, 0
    gathered: dict[int, Tensor] = {}  # dimension -> list or mask
    for part in keys:
        if isinstance(part, bool):  # a mask over a dimension that is made for it
            result = unsqueeze(result, dim)
            gathered[dim] = Tensor(np.zeros(int(part), np.int64))
            dim += 1
        elif isinstance(part, int | np.integer):
            result = select(result, dim, int(part))
        elif isinstance(part, slice):
            result = _slice(result, dim, part, alone=not isinstance(key, tuple))
            dim += 1
        elif part is Ellipsis:
            dim += result.ndim - dim - sum(_takes(other) for other in keys[keys.index(Ellipsis) + 1 :])
        elif part is None:
            result = unsqueeze(result, dim)
            dim += 1
        else:
            dim = _gather(gathered, result, dim, part)
    if gathered:
        return index(result, tuple(gathered.get(d) for d in range(max(gathered) + 1)))  # type: ignore[no-any-return]
    return alias(result) if result is tensor else result  # type: ignore[no-any-return]


def _split(key: Any) -> list[Any]:
    keys = list(key) if isinstance(key, tuple) else [key]
    made: list[Any] = []
    for part in keys:
        if isinstance(part, list | np.ndarray | range):
            array = np.asarray(part)
            part = Tensor(array.astype(np.int64) if array.size == 0 or array.dtype.kind == "i" else array)
        if isinstance(part, Tensor) and part.ndim == 0 and part._array.dtype.kind in "iu":
            part = int(part._array)
        known = part is None or part is Ellipsis or isinstance(part, int | np.integer | slice | bool)
        if isinstance(part, Tensor):
            if part._array.dtype.kind not in "iub":
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        elif not known:
            kind = type(part).__name__
            raise IndexError(f"only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {kind})")
        made.append(part)
    return made


def _takes(part: Any) -> int:
    """How many dimensions of the tensor a part of the index uses up."""
    if part is None or part is Ellipsis or isinstance(part, bool):
        return 0
    return part.ndim if isinstance(part, Tensor) and part._array.dtype.kind == "b" else 1


def _check_count(tensor: Tensor, keys: list[Any]) -> None:
    if tensor.ndim == 0 and any(type(part) is int for part in keys):
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
        )
    if sum(map(_takes, keys)) > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim}")


def _slice(tensor: Tensor, dim: int, part: slice, *, alone: bool) -> Tensor:
    step = 1 if part.step is None else int(part.step)
    if step <= 0:
        raise ValueError("step must be greater than zero\nHint: PyTorch has no negative steps; use flip.")
    start, end = 0 if part.start is None else int(part.start), OPEN_END if part.stop is None else int(part.stop)
    if not alone and step == 1 and start == 0 and end >= tensor._array.shape[dim]:
        return tensor  # a full slice inside a longer index leaves no trace
    return slice_(tensor, dim, start, end, step)  # type: ignore[no-any-return]


def _gather(gathered: dict[int, Tensor], tensor: Tensor, dim: int, part: Tensor) -> int:
    """Note a list or mask for dimension `dim`; the dimension after it."""
    if part._array.dtype.kind != "b":
        size = tensor._array.shape[dim]
        wrong = part._array[(part._array < -size) | (part._array >= size)]
        if wrong.size:
            raise IndexError(f"index {int(wrong.flat[0])} is out of bounds for dimension {dim} with size {size}")
        gathered[dim] = part
        return dim + 1
    for i, (n, m) in enumerate(zip(part._array.shape, tensor._array.shape[dim:], strict=False)):
        if n != m:
            raise IndexError(
                f"The shape of the mask {list(part._array.shape)} at index {i} does not match the shape of the indexed tensor "
                f"{list(tensor._array.shape)} at index {dim + i}"
            )
    for places in np.nonzero(part._array):  # a mask is the list of places where it is true
        gathered[dim] = Tensor(places.astype(np.int64))
        dim += 1
    return dim
