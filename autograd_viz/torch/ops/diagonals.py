"""Diagonals, windows that slide over a dimension, memory read with other steps; and tensors with a new slice or diagonal put in.

Read next: `padding.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import shape
from autograd_viz.torch.ops.memory import copied, in_memory_of, storage_of
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.ops.shape import OPEN_END, blank, reshape, slice_, squeeze_dim, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "diag", "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "select_scatter", "slice_scatter",
]  # fmt: skip

# --- diagonals --------------------------------------------------------------------------------------------------------


def _two_dims(dim1: int, dim2: int, ndim: int) -> tuple[int, int]:
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return first, second


@op("DiagonalBackward0", view=True,
    self=lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2))  # fmt: skip
def _diagonal(self: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The diagonal over two dimensions, as the last dimension."""
    first, second = _two_dims(dim1, dim2, self.ndim)
    made = np.diagonal(self, offset, first, second)
    return in_memory_of(self, made.shape, made.strides, None if offset == 0 else _byte_of(made, self))  # (numpy's may not be written to)


def _byte_of(part: Array, array: Array) -> int:
    """At which byte of the memory of `array` its view `part` begins."""
    whole = storage_of(array)[0]
    return part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]


@op("DiagonalBackward0_copy", self=lambda grad, self_sym_sizes, offset, dim1, dim2:
    diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2))  # fmt: skip
def _diagonal_copy(self: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """A copy of the diagonal."""
    return np.diagonal(self, offset, *_two_dims(dim1, dim2, self.ndim)).copy()


@op("DiagonalBackwardBackward0", grad_output=lambda grad, offset, dim1, dim2: _diagonal(grad, offset, dim1, dim2))
def diagonal_backward(grad_output: Array, input_sizes: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    """grad_output on the diagonal and zeros elsewhere."""
    made = np.zeros(input_sizes, grad_output.dtype)
    if grad_output.size:
        _diagonal(made, offset, dim1, dim2)[...] = grad_output
    return made


@op("DiagEmbedBackward0", self=lambda grad, offset, dim1, dim2: _diagonal(grad, offset, dim1, dim2))
def _diag_embed(self: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    """The last dimension on the diagonal of two new ones, zeros elsewhere."""
    first, second = _two_dims(dim1, dim2, self.ndim + 1)
    size = self.shape[-1] + abs(offset)
    sizes = list(self.shape[:-1])
    for dim in sorted((first, second)):
        sizes.insert(dim, size)
    made = np.zeros(sizes, self.dtype)
    if self.size:
        _diagonal(made, offset, first, second)[...] = self
    return made


@reads("diagonal(Tensor input, int offset=0, int dim1=0, int dim2=1)")
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal over two dimensions, a view; offset 1 is the one above it.  (2, 3) -> (2,)."""
    return _diagonal(input, offset, dim1, dim2)


@reads("diag_embed(Tensor input, int offset=0, int dim1=-2, int dim2=-1)")
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension on the diagonal of two new ones, zeros elsewhere.  (3,) -> (3, 3)."""
    return _diag_embed(input, offset, dim1, dim2)


@reads("diag(Tensor input, int diagonal=0, *, Tensor? out=None)")
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Of a vector, a matrix with it on the diagonal; of a matrix, a copy of its diagonal."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return _diag_embed(input, diagonal, -2, -1) if input.ndim == 1 else _diagonal_copy(input, diagonal, 0, 1)


@reads("diagflat(Tensor input, int offset=0)")
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on its diagonal."""
    from autograd_viz.torch.ops.reshaping import contiguous

    return diag(shape.view(contiguous(input), (-1,)), offset)


# --- windows ----------------------------------------------------------------------------------------------------------


@op("UnfoldBackward0", view=True,
    self=lambda grad, self_sym_sizes, dimension, size, step: unfold_backward(grad, self_sym_sizes, dimension, size, step))  # fmt: skip
def _unfold(self: Array, dimension: int, size: int, step: int) -> Array:
    """Windows of `size` places, `step` apart, along a dimension; what is inside a window is the last dimension."""
    dim = wrap_dim(dimension, self.ndim)
    sizes, steps = (self.shape, self.strides) if self.ndim else ((1,), (self.itemsize,))
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > sizes[dim]:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {sizes[dim]} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if not self.ndim:
        return in_memory_of(self, (size,), (self.itemsize,))
    windows = (sizes[dim] - size) // step + 1
    return in_memory_of(self, (*sizes[:dim], windows, *sizes[dim + 1 :], size),
                        (*steps[:dim], steps[dim] * step, *steps[dim + 1 :], steps[dim]))  # fmt: skip


@op("UnfoldBackwardBackward0", grad_in=lambda grad, dim, size, step: _unfold(grad, dim, size, step))
def unfold_backward(grad_in: Array, input_sizes: tuple[int, ...], dim: int, size: int, step: int) -> Array:
    """grad_in added up in the places that the windows showed."""
    places = np.arange(int(np.prod(input_sizes))).reshape(input_sizes)
    made = np.zeros(input_sizes, grad_in.dtype)
    np.add.at(made.reshape(-1), _unfold(places, dim, size, step).reshape(-1), grad_in.reshape(-1))
    return made


@reads("unfold(Tensor input, int dimension, int size, int step)", function=False)
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of `size` places, `step` apart, along a dimension: a view.  (5,), 0, 3, 1 -> (3, 3)."""
    return _unfold(input, dimension, size, step)


# --- something put in -------------------------------------------------------------------------------------------------


def _put_in(array: Array, there: Array, src: Array) -> Array:
    if there.shape != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(there.shape)}"
        )
    there[...] = src
    return array


@op("SelectScatterBackward0", self=lambda grad, dim, index: _select_scatter(grad, zeros(shape.select(grad, dim, index)), dim, index),
    src=lambda grad, dim, index: shape.select(grad, dim, index))  # fmt: skip
def _select_scatter(self: Array, src: Array, dim: int, index: int) -> Array:
    """self with src in one place along a dimension."""
    made = copied(self)
    return _put_in(made, shape.select(made, dim, index), src)


@op("SliceScatterBackward0",
    self=lambda grad, dim, start, end, step: _slice_scatter(grad, zeros(sliced(grad, dim, start, end, step)), dim, start, end, step),
    src=lambda grad, dim, start, end, step: sliced(grad, dim, start, end, step))  # fmt: skip
def _slice_scatter(self: Array, src: Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Array:
    """self with src in a range along a dimension."""
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    made = copied(self)
    return _put_in(made, sliced(made, dim, start, end, step), src)


def sliced(array: Any, dim: int, start: int | None, end: int | None, step: int) -> Any:
    """A range along a dimension, which may have no beginning and no end."""
    return slice_(array, dim, start or 0, OPEN_END if end is None else end, step)


@op("DiagonalScatterBackward0",
    self=lambda grad, offset, dim1, dim2: _diagonal_scatter(grad, zeros(_diagonal(grad, offset, dim1, dim2)), offset, dim1, dim2),
    src=lambda grad, offset, dim1, dim2: _diagonal(grad, offset, dim1, dim2))  # fmt: skip
def _diagonal_scatter(self: Array, src: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """self with src on its diagonal."""
    made = copied(self)
    return _put_in(made, _diagonal(made, offset, dim1, dim2), src)


@reads("select_scatter(Tensor input, Tensor src, int dim, int index)")
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of input with src in input.select(dim, index)."""
    return _select_scatter(input, src, dim, index)


@reads("slice_scatter(Tensor input, Tensor src, int dim=0, int? start=None, int? end=None, int step=1)")
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of input with src in a range along dim."""
    return _slice_scatter(input, src, dim, start, end, step)


@reads("diagonal_scatter(Tensor input, Tensor src, int offset=0, int dim1=0, int dim2=1)")
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of input with src on its diagonal."""
    return _diagonal_scatter(input, src, offset, dim1, dim2)


# --- memory read with other steps -------------------------------------------------------------------------------------


def reach(sizes: Sequence[int], steps: Sequence[int], start: int = 0) -> int:
    """How many elements of memory those sizes and steps need."""
    return 0 if 0 in sizes else start + 1 + sum((n - 1) * step for n, step in zip(sizes, steps, strict=True))


def into_memory(
    grad: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None, sizes: Sequence[int], steps: Sequence[int],
    begin: int,
) -> Any:  # fmt: skip
    """The gradient of `as_strided`: grad put into memory as it was read, and that read as the input lay in it, from `begin`.

    Source: FunctionsManual.cpp, as_strided_backward.
    """
    from autograd_viz.torch.ops.gathering import index_add_
    from autograd_viz.torch.ops.reduction import sum_dim

    start = begin if storage_offset is None else storage_offset
    if 0 in size or 0 in sizes:
        return blank(grad, tuple(sizes))
    for dim in reversed(range(len(size))):
        if size[dim] == 1:
            grad = squeeze_dim(grad, dim)
        elif stride[dim] == 0:  # one element of memory was read many times
            grad = sum_dim(grad, (dim,))
    out = _columns([(n, step) for n, step in zip(size, stride, strict=True) if n != 1 and step])
    seen = _columns([(n, step) for n, step in zip(sizes, steps, strict=True) if n != 1])
    first = min(begin, start)
    count = max(reach(*seen, begin - first), reach(*out, start - first))
    memory = blank(grad, (count,))
    if _overlaps(*out):
        memory = index_add_(memory, 0, constant(grad, _places(*out, start - first)), reshape(grad, (-1,)))
    else:
        memory = written_over(memory, grad, *out, start - first)
    if _overlaps(*seen):  # of an element that the input shows many times, each gets an equal share
        times = np.bincount(_places(*seen, begin - first), minlength=count)
        memory = memory / constant(grad, times.astype(getattr(grad.dtype, "numpy", grad.dtype)))
    return shape.as_strided(memory, sizes, steps, begin - first)


def _columns(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [n for n, _ in pairs], [step for _, step in pairs]


def _places(sizes: Sequence[int], steps: Sequence[int], start: int) -> Array:
    """Which elements of memory are read, in the order of reading."""
    return sum((np.arange(n).reshape(-1, *[1] * (len(sizes) - i - 1)) * steps[i] for i, n in enumerate(sizes)), np.array(start)).reshape(-1)


def _overlaps(sizes: Sequence[int], steps: Sequence[int]) -> bool:
    """Whether an element of memory may be read twice."""
    far = 0
    for step, n in sorted(zip(steps, sizes, strict=True)):
        if step <= far:
            return True
        far += step * (n - 1)
    return False


def written_over(memory: Any, values: Any, size: Sequence[int], stride: Sequence[int], at: int) -> Any:
    """Flat memory after values were written to a part of it."""
    from autograd_viz.torch.ops.inplace import copy, in_place

    part = shape.as_strided(memory, size, stride, at)
    if isinstance(memory, np.ndarray):
        part[...] = values
    else:
        in_place(part, copy, values)
    return memory


def constant(like: Any, array: Array) -> Any:
    """An array as a formula needs it: a tensor if `like` is one."""
    return array if isinstance(like, np.ndarray) else holding(array)


@reads("resize_(Tensor input, int[] size, *, memory_format? memory_format=None)", function=False)
def resize_(input: Tensor, size: tuple[int, ...], memory_format: Any = None) -> Tensor:
    """The tensor itself with another shape, in the same memory, or in more of it with anything in the new places."""
    if input.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    if any(n < 0 for n in size):
        raise RuntimeError("numel: integer multiplication overflow")
    memory, begin = storage_of(input._array)
    count, start = prod(size), begin // input._array.itemsize
    if start + count > memory.size:
        memory, start = np.concatenate([memory[start:], np.zeros(start + count - memory.size, memory.dtype)]), 0
    input._array = memory[start : start + count].reshape(size)
    input._version_counter.value += 1
    return input
