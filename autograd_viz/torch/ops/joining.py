"""Putting tensors side by side and taking them apart: `cat`, `stack`, `split`, `chunk`, `meshgrid` and their relatives.

Two of them are each other's gradient: that of `cat` is cut apart again, those of the parts of a `split` are put together again.

Read next: `gathering.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import is_int, no_overload, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import shape
from autograd_viz.torch.ops.shape import blank, reshape, slice_, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "cat", "chunk", "column_stack", "concat", "concatenate", "dsplit", "dstack", "hsplit",
    "hstack", "row_stack", "split", "split_with_sizes",
    "stack", "tensor_split", "unbind", "unsafe_chunk", "unsafe_split", "vsplit", "vstack",
]  # fmt: skip

# --- together ---------------------------------------------------------------------------------------------------------


class Dim(int):
    """The dimension of a `cat`, with the shapes of what was put together, which PyTorch's node keeps but does not show."""

    shapes: list[tuple[int, ...]]


@op("CatBackward0", lists="tensors", tensors=lambda grad, dim: cat_backward(grad, dim))
def _cat(tensors: list[Array], dim: int) -> Array:
    """Side by side along a dimension."""
    kind = dtypes.promoted(tensors, [False] * len(tensors))
    dim = wrap_dim(dim, max(array.ndim for array in tensors))
    whole = [array for array in tensors if array.shape != (0,)] or tensors[:1]
    return np.ascontiguousarray(np.concatenate([array.astype(kind, copy=False) for array in whole], dim))


def cat_backward(grad: Any, dim: Dim) -> list[Any]:
    """grad cut apart along dim."""
    parts, start = [], 0
    for sizes in dim.shapes:
        if sizes == (0,):  # an empty tensor fits everywhere
            parts.append(blank(grad, sizes))
            continue
        parts.append(slice_(grad, dim, start, start + sizes[dim], 1))
        start += sizes[dim]
    return parts


def joined(tensors: Sequence[Any], dim: int) -> Any:
    """Tensors, or in a formula arrays, side by side along dim.  Source: ATen, native/TensorShape.cpp, cat."""
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    shapes = [tuple(tensor.shape) for tensor in tensors]
    for i, sizes in enumerate(shapes):
        if not sizes:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    first = next((sizes for sizes in shapes if sizes != (0,)), (0,))
    place = wrap_dim(dim, len(first))
    for i, sizes in enumerate(shapes):
        if sizes == (0,):
            continue
        if len(sizes) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(sizes)}")
        for n, m, d in zip(first, sizes, range(len(first)), strict=True):
            if n != m and d != place:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {place}. Expected size {n} but got size {m} for tensor number {i} in "
                    "the list."
                )
    along = Dim(dim)
    along.shapes = shapes
    return _cat(tensors, along)


@reads("cat(Tensor[] tensors, int dim=0, *, Tensor? out=None)", method=False)
def cat(tensors: tuple[Tensor, ...], dim: int = 0) -> Tensor:
    """Side by side along a dimension that they have.  (2, 3), (4, 3) -> (6, 3).  Raises RuntimeError for other sizes that differ."""
    return joined(tensors, dim)


@reads("concat(Tensor[] tensors, int dim=0, *, Tensor? out=None)", method=False)
def concat(tensors: tuple[Tensor, ...], dim: int = 0) -> Tensor:
    """`cat`."""
    return joined(tensors, dim)


@reads("concatenate(Tensor[] tensors, int dim=0, *, Tensor? out=None)", method=False)
def concatenate(tensors: tuple[Tensor, ...], dim: int = 0) -> Tensor:
    """`cat`, under numpy's name."""
    return joined(tensors, dim)


@reads("stack(Tensor[] tensors, int dim=0, *, Tensor? out=None)", method=False)
def stack(tensors: tuple[Tensor, ...], dim: int = 0) -> Tensor:
    """Side by side along a new dimension.  (2, 3), (2, 3) -> (2, 2, 3).  Raises RuntimeError for shapes that differ."""
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    wrap_dim(dim, tensors[0].ndim + 1)
    for i, tensor in enumerate(tensors):
        if tensor.shape != tensors[0].shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0].shape)} at entry 0 and {list(tensor.shape)} at "
                f"entry {i}"
            )
    return shape.stack(tensors, dim)


def _needs_some(name: str, tensors: tuple[Tensor, ...]) -> None:
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")


@reads("hstack(Tensor[] tensors, *, Tensor? out=None)", method=False)
def hstack(tensors: tuple[Tensor, ...]) -> Tensor:
    """Side by side: along dimension 1, or 0 if they have only one."""
    _needs_some("hstack", tensors)
    parts = [_at_least_1d(tensor) for tensor in tensors]
    return joined(parts, 0 if parts[0].ndim == 1 else 1)


@reads("vstack(Tensor[] tensors, *, Tensor? out=None)", method=False)
def vstack(tensors: tuple[Tensor, ...]) -> Tensor:
    """One below the other; vectors are rows."""
    _needs_some("vstack", tensors)
    return joined([_at_least_2d(tensor) for tensor in tensors], 0)


@reads("row_stack(Tensor[] tensors, *, Tensor? out=None)", method=False)
def row_stack(tensors: tuple[Tensor, ...]) -> Tensor:
    """`vstack`."""
    _needs_some("vstack", tensors)
    return joined([_at_least_2d(tensor) for tensor in tensors], 0)


@reads("dstack(Tensor[] tensors, *, Tensor? out=None)", method=False)
def dstack(tensors: tuple[Tensor, ...]) -> Tensor:
    """One behind the other: along dimension 2."""
    _needs_some("dstack", tensors)
    return joined([_at_least_3d(tensor) for tensor in tensors], 2)


@reads("column_stack(Tensor[] tensors, *, Tensor? out=None)", method=False)
def column_stack(tensors: tuple[Tensor, ...]) -> Tensor:
    """Side by side; vectors are columns."""
    _needs_some("column_stack", tensors)
    return hstack([reshape(t, (t._array.size, 1)) if t.ndim <= 1 else t for t in tensors])


# --- dimensions of size 1 in front ------------------------------------------------------------------------------------


def _at_least_1d(tensor: Tensor) -> Tensor:
    return tensor if tensor.ndim else reshape(tensor, (1,))


def _at_least_2d(tensor: Tensor) -> Tensor:
    if tensor.ndim == 1:
        return unsqueeze(tensor, 0)
    return tensor if tensor.ndim else reshape(tensor, (1, 1))


def _at_least_3d(tensor: Tensor) -> Tensor:
    if tensor.ndim == 1:
        return unsqueeze(unsqueeze(tensor, 0), -1)
    if tensor.ndim == 2:
        return unsqueeze(tensor, -1)
    return tensor if tensor.ndim else reshape(tensor, (1, 1, 1))


def _given(name: str, tensors: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors in `f(a, b)` and in `f([a, b])`.  Raises TypeError for anything else."""
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        tensors = tuple(tensors[0])
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")
    return tensors


def _all_at_least(name: str, change: Any, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and not isinstance(tensors[0], tuple | list | Tensor):
        raise no_overload(name, *tensors)
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return change(tensors[0])
    return tuple(change(tensor) for tensor in _given(name, tensors))


def atleast_1d(*tensors: Any) -> Any:
    """Tensors with at least 1 dimension."""
    return _all_at_least("atleast_1d", _at_least_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Tensors with at least 2 dimensions: a vector becomes a row."""
    return _all_at_least("atleast_2d", _at_least_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Tensors with at least 3 dimensions."""
    return _all_at_least("atleast_3d", _at_least_3d, tensors)


# --- apart ------------------------------------------------------------------------------------------------------------


@op("SplitBackward0", view=True, outputs="...",
    self=lambda grads, self_sym_sizes, split_size, dim:
        put_together(grads, parts_of(self_sym_sizes, split_size, dim), self_sym_sizes, dim))  # fmt: skip
def _split(self: Array, split_size: int, dim: int = 0) -> list[Array]:
    """Parts of split_size along a dimension, each a view; the last may be smaller."""
    return _cut(self, parts_of(self.shape, split_size, dim), dim)


@op("SplitWithSizesBackward0", view=True, outputs="...",
    self=lambda grads, self_sym_sizes, split_sizes, dim: put_together(grads, split_sizes, self_sym_sizes, dim))  # fmt: skip
def _split_with_sizes(self: Array, split_sizes: tuple[int, ...], dim: int = 0) -> list[Array]:
    """Parts of these sizes along a dimension, each a view."""
    return _cut(self, split_sizes, dim)


@op("UnsafeSplitBackward0", outputs="...",
    self=lambda grads, self_sym_sizes, split_size, dim:
        put_together(grads, parts_of(self_sym_sizes, split_size, dim), self_sym_sizes, dim))  # fmt: skip
def _unsafe_split(self: Array, split_size: int, dim: int = 0) -> list[Array]:
    """`split`, whose parts autograd need not remember to be views."""
    return _cut(self, parts_of(self.shape, split_size, dim), dim)


def _cut(array: Array, sizes: Sequence[int], dim: int) -> list[Array]:
    parts, start = [], 0
    for size in sizes:
        parts.append(array[(slice(None),) * wrap_dim(dim, array.ndim) + (slice(start, start + size),)])
        start += size
    return parts


def parts_of(sizes: Sequence[int], split_size: int, dim: int) -> list[int]:
    """The sizes along dim of the parts of a split."""
    count = sizes[dim]
    return [min(split_size, count - start) for start in range(0, count, split_size or 1)] or [count]


def put_together(grads: list[Any], parts: Sequence[int], sizes: Sequence[int], dim: int) -> Any:
    """The gradients of the parts side by side, zeros for a part that got none."""
    some = next(grad for grad in grads if grad is not None)
    place = wrap_dim(dim, len(sizes))
    shapes = [(*sizes[:place], part, *sizes[place + 1 :]) for part in parts]
    return joined([blank(some, sizes) if grad is None else grad for grad, sizes in zip(grads, shapes, strict=True)], dim)


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of a size, or of these sizes, along dim: views.  (5,), 2 -> (2,), (2,), (1,)."""
    return tensor.split(split_size_or_sections, dim)  # type: ignore[attr-defined]


def _split_method(self: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    return (_split_by_size if isinstance(split_size, int) or is_int(split_size) else split_with_sizes)(self, split_size, dim)


_split_method.__name__, _split_method.__qualname__, _split_method.__doc__ = "split", "Tensor.split", split.__doc__
Tensor.split = _split_method  # type: ignore[attr-defined]


@reads("split(Tensor input, int split_size, int dim=0)", "split(Tensor input, int[] split_size, int dim=0)", method=False)
def _split_by_size(input: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    return _split(input, _checked_size(input, split_size, dim), dim)


def _checked_size(input: Tensor, split_size: int, dim: int) -> int:
    if not input.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if split_size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={split_size}")
    count = input._array.shape[wrap_dim(dim, input.ndim)]
    if split_size == 0 and count:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {count}")
    return split_size


@reads("split_with_sizes(Tensor input, int[] split_sizes, int dim=0)")
def split_with_sizes(input: Tensor, split_sizes: tuple[int, ...], dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of these sizes along dim: views."""
    if not input.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    place = wrap_dim(dim, input.ndim)
    if any(size < 0 for size in split_sizes):
        raise RuntimeError(f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(split_sizes)}")
    count = input._array.shape[place]
    if sum(split_sizes) != count:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {count} (input tensor's size at dimension {dim}), but got "
            f"split_sizes={list(split_sizes)}"
        )
    return _split_with_sizes(input, split_sizes, dim)


@reads("unsafe_split(Tensor input, int split_size, int dim=0)")
def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`split`, whose parts may be changed in place one by one."""
    return _unsafe_split(input, _checked_size(input, split_size, dim), dim)


def _chunk_size(input: Tensor, chunks: int, dim: int) -> int:
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return -(-input._array.shape[wrap_dim(dim, input.ndim)] // chunks)


@reads("chunk(Tensor input, int chunks, int dim=0)")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most that many parts along dim, all of one size but for the last: views."""
    size = _chunk_size(input, chunks, dim)
    return _split(input, size, dim) if size else _split_with_sizes(input, (0,) * chunks, dim)


@reads("unsafe_chunk(Tensor input, int chunks, int dim=0)")
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """`chunk`, whose parts may be changed in place one by one."""
    return _unsafe_split(input, _chunk_size(input, chunks, dim), dim)


@reads("unbind(Tensor input, int dim=0)")
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All the slices along a dimension, each a view."""
    if not input.ndim:
        raise IndexError(f"Dimension specified as {wrap_dim(dim, 0)} but tensor has no dimensions")
    return shape.unbind(input, dim)


@reads(
    "tensor_split(Tensor input, Tensor tensor_indices_or_sections, int dim=0)",
    "tensor_split(Tensor input, int sections, int dim=0)",
    "tensor_split(Tensor input, int[] indices, int dim=0)",
)
def tensor_split(
    input: Tensor, tensor_indices_or_sections: Tensor | None = None, sections: int | None = None, indices: Any = None, dim: int = 0
) -> tuple[Tensor, ...]:
    """Parts along dim, given how many or where they begin: the sizes of equal parts differ by 1 at most, the larger ones first."""
    if not input.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = wrap_dim(dim, input.ndim)
    count = input._array.shape[dim]
    if tensor_indices_or_sections is not None:
        given = tensor_indices_or_sections._array
        if given.dtype != np.dtype(np.int64):
            kind = dtypes.scalar_name(given)
            raise RuntimeError(f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {kind}")
        if given.ndim > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor "
                f"with {given.ndim} dims"
            )
        sections, indices = (None, tuple(given.tolist())) if given.ndim else (int(given), None)
    if sections is not None:
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        least, more = divmod(count, sections)
        indices = tuple(i * least + min(i, more) for i in range(1, sections))
    starts, ends = (0, *indices), (*indices, count)
    return tuple(slice_(input, dim, start, end, 1) for start, end in zip(starts, ends, strict=True))


def _split_along(name: str, least: int) -> Any:
    @reads(f"{name}(Tensor input, int sections)", f"{name}(Tensor input, int[] indices)")
    def split_along(input: Tensor, sections: int | None = None, indices: Any = None) -> tuple[Tensor, ...]:
        if input.ndim < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {input.ndim} dimensions!"
            )
        dim = {"hsplit": 0 if input.ndim == 1 else 1, "vsplit": 0, "dsplit": 2}[name]
        size = input._array.shape[dim]
        if sections is None:
            return tensor_split(input, indices, dim)
        if sections == 0 or size % sections:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {size} is not divisible by the "
                f"split_size {sections}!"
            )
        return tensor_split(input, sections, dim)

    split_along.__doc__ = f"`tensor_split` along the dimension that {name[0]}stack uses; equal parts must really be equal."
    return split_along


hsplit, vsplit, dsplit = _split_along("hsplit", 1), _split_along("vsplit", 2), _split_along("dsplit", 3)
