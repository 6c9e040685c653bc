"""Operations that move elements about and change none: views, which share the memory of their input, and reading by index.

A view's gradient is the same move backwards, so nearly every formula here is another operation of this file.

Read next: `reduction.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.memory import Sizes, copied, in_memory_of, sizes_beside, storage_of
from autograd_viz.torch.ops.pointwise import zeros
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.tensor import strides_of

__all__: list[str] = []  # how they are called from outside stands in `rearranging.py`, `joining.py` and `gathering.py`

OPEN_END = 2**63 - 1  # how PyTorch writes the missing end of a slice

# --- checks that several operations share -----------------------------------------------------------------------------


def wrap_dim(dim: int, ndim: int) -> int:
    """A dimension counted from the front.  Raises IndexError outside [-ndim, ndim)."""
    size = max(ndim, 1)  # a 0-d tensor may be asked for dim 0 or -1
    if not -size <= dim < size:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})")
    return dim % size


def different_dims(dims: Sequence[int], ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front.  Raises RuntimeError if one is named twice."""
    wrapped: list[int] = []
    for dim in dims:
        wrapped.append(wrap_dim(dim, ndim))
        if wrapped[-1] in wrapped[:-1]:
            raise RuntimeError(f"dim {wrapped[-1]} appears multiple times in the list of dims")
    return tuple(wrapped)


def infer_size(shape: Sequence[int], count: int) -> tuple[int, ...]:
    """`shape` with its one -1 replaced by what makes `count` elements.  Raises RuntimeError if that cannot be."""
    text = f"shape '[{', '.join(map(str, shape))}]' is invalid for input of size {count}"
    text += f"\nHint: the sizes must multiply to {count}; one of them may be -1, and is worked out then."
    known, unknown = 1, None
    for i, size in enumerate(shape):
        if size == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = i
        elif size < 0:
            raise RuntimeError(f"invalid shape dimension {size} at index {i} of shape [{', '.join(map(str, shape))}]")
        else:
            known *= size
    if unknown is None:
        if known != count:
            raise RuntimeError(text)
        return tuple(shape)
    if known == count == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 can be any value "
            "and is ambiguous"
        )
    if known == 0 or count % known:
        raise RuntimeError(text)
    return (*shape[:unknown], count // known, *shape[unknown + 1 :])


# --- reshaping --------------------------------------------------------------------------------------------------------


def viewed(array: Array, shape: tuple[int, ...]) -> Array | None:
    """The same memory under another shape, or None where the strides do not allow it."""
    try:
        return np.reshape(array, shape, copy=False)
    except ValueError:
        return None


@op("ViewBackward0", view=True, self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes))
def view(self: Array, size: tuple[int, ...]) -> Array:
    """The same elements in another shape, without a copy.  Raises RuntimeError if that takes a copy."""
    made = viewed(self, infer_size(size, self.size))
    if made is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        )
    return made


@op("UnsafeViewBackward0", self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes))
def unsafe_view(self: Array, size: tuple[int, ...]) -> Array:
    """A view of a result that nobody else holds: autograd need not remember that it is one."""
    return self.reshape(size)


@op("ReshapeAliasBackward0", view=True, self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes))
def reshape_alias(self: Array, size: tuple[int, ...]) -> Array:
    """A view of elements that do not lie in memory in order, as `reshape` makes it."""
    return np.reshape(self, size, copy=False)


@op("CloneBackward0", self=lambda grad: grad)
def clone(self: Array, order: str = "K") -> Array:
    """A copy with memory of its own: "K", in the same order in memory; "C", row by row."""
    return copied(self) if order == "K" else self.copy("C")


def reshape(self: Any, size: tuple[int, ...]) -> Any:
    """self in the shape size: a view where the strides allow it, else a copy (`UnsafeView(Clone)`)."""
    array = np.asarray(getattr(self, "_array", self))  # a tensor, or in a formula an array or one of numpy's numbers
    size = infer_size(size, array.size)
    if array.flags.c_contiguous:
        return view(self, size) if array is not self else viewed(array, size)
    return reshape_alias(self, size) if viewed(array, size) is not None else unsafe_view(clone(self, "C"), size)


@op("AliasBackward0", view=True, self=lambda grad: grad)
def alias(self: Array) -> Array:
    """The tensor itself, as a new view: `x[...]`."""
    return self[...]


@op("ExpandBackward0", view=True, self=lambda grad, self_sym_sizes: sum_to(grad, self_sym_sizes))
def expand(self: Array, size: tuple[int, ...]) -> Array:
    """Repeat along dimensions of size 1, without a copy; -1 keeps a size."""
    shape, extra = self.shape, len(size) - self.ndim
    if extra < 0:
        kind = "CPUBoolType" if self.dtype == bool else f"torch.{dtypes.scalar_name(self)}Tensor"
        raise RuntimeError(
            f"expand({kind}{{{list(shape)}}}, size={list(size)}): the number of sizes provided ({len(size)}) must be greater or "
            f"equal to the number of dimensions in the tensor ({self.ndim})"
        )
    sizes, steps = list(size), [0] * len(size)
    for i in reversed(range(len(size))):
        new, old = size[i], shape[i - extra] if i >= extra else 1
        if new == -1 and i < extra and shape:
            raise RuntimeError(f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}")
        if new < 0 and (not shape or (new < -1 and i < extra)):
            raise RuntimeError("numel: integer multiplication overflow")
        sizes[i] = old if new == -1 else new
        if old not in (1, sizes[i]):
            raise RuntimeError(
                f"The expanded size of the tensor ({new}) must match the existing size ({old}) at non-singleton dimension {i}.  "
                f"Target sizes: {list(size)}.  Tensor sizes: {list(shape)}"
            )
        if old == sizes[i] and shape:
            steps[i] = self.strides[i - extra] if i >= extra else sizes[i + 1] * steps[i + 1]
    return in_memory_of(self, sizes, steps)


def sum_to(grad: Any, sizes: tuple[int, ...]) -> Any:
    """grad summed to the shape sizes: undoes a broadcast."""
    from autograd_viz.torch.ops.reduction import sum_all, sum_dim  # a formula looks forward; the reader need not

    if not sizes:
        return sum_all(grad)
    extra = len(grad.shape) - len(sizes)
    dims = tuple(i for i, n in enumerate(grad.shape) if i < extra or (sizes[i - extra] == 1 and n != 1))
    if not dims:
        return grad
    total = sum_dim(grad, dims, True)
    return view(total, tuple(sizes)) if extra else total


# --- memory -----------------------------------------------------------------------------------------------------------


def as_strided_backward(grad: Any, size: Sizes, stride: tuple[int, ...], storage_offset: int | None) -> Any:
    """grad put into memory as it was read, and that read as the input lies in it."""
    from autograd_viz.torch.ops.diagonals import into_memory

    return into_memory(grad, size, stride, storage_offset, *size.beside)


@op("AsStridedBackward0", view=True,
    self=lambda grad, size, stride, storage_offset: as_strided_backward(grad, size, stride, storage_offset))  # fmt: skip
def _as_strided(self: Array, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None = None) -> Array:
    """The memory of self, read from storage_offset (or where self begins) with steps of `stride` elements."""
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    if any(n < 0 for n in size):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}")
    memory, begin = storage_of(self)
    start = begin // self.itemsize if storage_offset is None else storage_offset
    if start < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {start}")
    needed = 0 if 0 in size else start + 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if needed > memory.nbytes // self.itemsize:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {start}, and itemsize {self.itemsize} requiring a "
            f"storage size of {needed * self.itemsize} are out of bounds for storage of size {memory.nbytes}"
        )
    return in_memory_of(self, size, [step * self.itemsize for step in stride], start * self.itemsize)


def as_strided(self: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Any:
    """`_as_strided`, whose formula will have to know how self lies in memory."""
    array = self if isinstance(self, np.ndarray) else self._array
    geometry = array.shape, strides_of(array), storage_of(array)[1] // array.itemsize
    return _as_strided(self, sizes_beside(size, geometry), tuple(stride), storage_offset)


# --- the order of dimensions ------------------------------------------------------------------------------------------


@op("TBackward0", view=True, self=lambda grad: t(grad))
def t(self: Array) -> Array:
    """The transpose of a matrix; vectors and numbers stay.  Raises RuntimeError beyond 2 dimensions."""
    if self.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return self.T


@op("TransposeBackward0", view=True, self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1))
def transpose(self: Array, dim0: int, dim1: int) -> Array:
    """Exchange two dimensions."""
    dim0, dim1 = wrap_dim(dim0, self.ndim), wrap_dim(dim1, self.ndim)
    return np.swapaxes(self, dim0, dim1) if self.ndim else self[...]


@op("PermuteBackward0", view=True, self=lambda grad, dims: permute(grad, inverse_of(dims)))
def permute(self: Array, dims: tuple[int, ...]) -> Array:
    """Put the dimensions in another order."""
    if len(dims) != self.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions "
            f"i.e. input.dim() = {self.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [wrap_dim(dim, self.ndim) for dim in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return np.transpose(self, order)


def inverse_of(dims: tuple[int, ...]) -> tuple[int, ...]:
    """The order that puts permuted dimensions back."""
    order = [dim % len(dims) for dim in dims]
    return tuple(order.index(i) for i in range(len(dims)))


# --- dimensions of size 1 ---------------------------------------------------------------------------------------------


@op("UnsqueezeBackward0", view=True, self=lambda grad, dim: squeeze_dim(grad, dim))
def unsqueeze(self: Array, dim: int) -> Array:
    """Insert a dimension of size 1 at `dim`."""
    shape = self.shape
    if not 0 <= dim <= len(shape):
        dim = wrap_dim(dim, len(shape) + 1)
    return self.reshape((*shape[:dim], 1, *shape[dim:]))


@op("SqueezeBackward0", view=True, self=lambda grad, self_sym_sizes: unsqueeze_to(grad, self_sym_sizes, None))
def squeeze_all(self: Array) -> Array:
    """Drop every dimension of size 1."""
    return self.squeeze()


@op("SqueezeBackward1", view=True, self=lambda grad, self_sym_sizes, dim: unsqueeze_dim(grad, self_sym_sizes, dim))
def squeeze_dim(self: Array, dim: int) -> Array:
    """Drop dimension `dim` if its size is 1."""
    dim = wrap_dim(dim, self.ndim)
    return self.squeeze(dim) if self.ndim and self.shape[dim] == 1 else self[...]


@op("SqueezeBackward2", view=True, self=lambda grad, self_sym_sizes, dim: unsqueeze_to(grad, self_sym_sizes, dim))
def squeeze_dims(self: Array, dim: tuple[int, ...]) -> Array:
    """Drop those of the dimensions `dim` whose size is 1."""
    dims = different_dims(dim, self.ndim)
    return self.squeeze(tuple(d for d in dims if self.shape[d] == 1)) if self.ndim else self[...]


def unsqueeze_dim(grad: Any, sizes: tuple[int, ...], dim: int) -> Any:
    """grad unsqueezed to sizes: puts back the dimension of size 1 that a squeeze dropped."""
    return unsqueeze(grad, dim) if sizes and sizes[dim] == 1 else grad


def unsqueeze_to(grad: Any, sizes: tuple[int, ...], dims: tuple[int, ...] | None) -> Any:
    """grad unsqueezed to sizes: put back the dimensions of size 1 that a squeeze dropped."""
    chosen = range(len(sizes)) if dims is None else sorted(dim % max(len(sizes), 1) for dim in dims)
    for dim in chosen:
        if len(sizes) and sizes[dim] == 1:
            grad = unsqueeze(grad, dim)
    return grad


# --- reading by index -------------------------------------------------------------------------------------------------


@op("SelectBackward0", view=True, self=lambda grad, self_sym_sizes, dim, index: select_backward(grad, self_sym_sizes, dim, index))
def select(self: Array, dim: int, index: int) -> Array:
    """One place along a dimension, which disappears: x[3]."""
    if self.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = wrap_dim(dim, self.ndim)
    if not -self.shape[dim] <= index < self.shape[dim]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(self.shape)} at dimension {dim}")
    return self[(slice(None),) * dim + (index, ...)]


@op("SelectBackwardBackward0", grad_output=lambda grad, dim, index: select(grad, dim, index))
def select_backward(grad_output: Array, input_sizes: tuple[int, ...], dim: int, index: int) -> Array:
    """grad_output in the place that was selected and zeros elsewhere."""
    zeros = np.zeros(input_sizes, grad_output.dtype)
    zeros[(slice(None),) * (dim % len(input_sizes)) + (index, ...)] = grad_output
    return zeros


@op(
    "SliceBackward0",
    view=True,
    self=lambda grad, self_sym_sizes, dim, start, end, step: slice_backward(grad, self_sym_sizes, dim, start, end, step),
)
def slice_(self: Array, dim: int, start: int = 0, end: int = OPEN_END, step: int = 1) -> Array:
    """A range of places along a dimension: x[1:5:2].  Raises ValueError for a step that is not positive."""
    return self[(slice(None),) * wrap_dim(dim, self.ndim) + (slice(start, end, step),)]


@op("SliceBackwardBackward0", grad_output=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step))
def slice_backward(grad_output: Array, input_sizes: tuple[int, ...], dim: int, start: int, end: int, step: int) -> Array:
    """grad_output in the range that was taken and zeros elsewhere."""
    zeros = np.zeros(input_sizes, grad_output.dtype)
    zeros[(slice(None),) * (dim % len(input_sizes)) + (slice(start, end, step),)] = grad_output
    return zeros


@op("UnbindBackward0", view=True, outputs="...", self=lambda grads, dim: bound(grads, dim))
def unbind(self: Array, dim: int = 0) -> list[Array]:
    """All the slices along a dimension, each a view."""
    dim = wrap_dim(dim, self.ndim)
    return [self[(slice(None),) * dim + (i, ...)] for i in range(self.shape[dim])]


def bound(grads: list[Any], dim: int) -> Any:
    """grads side by side, zeros for a slice that got none."""
    some = next(grad for grad in grads if grad is not None)
    return stack([zeros(some) if grad is None else grad for grad in grads], dim)


@op("StackBackward0", lists="tensors", tensors=lambda grad, dim: [select(grad, dim, i) for i in range(grad.shape[dim])])
def stack(tensors: list[Array], dim: int = 0) -> Array:
    """Side by side along a new dimension."""
    kind = dtypes.promoted(tensors, [False] * len(tensors))
    return np.ascontiguousarray(np.stack([tensor.astype(kind, copy=False) for tensor in tensors], dim))


@op("GatherBackward0", others="index", keep="sparse_grad",
    self=lambda grad, self, dim, index: gather_backward(grad, self.shape, dim, index))  # fmt: skip
def gather(self: Array, dim: int, index: Array, sparse_grad: bool = False) -> Array:
    """out[i, j] = self[index[i, j], j] for dim 0, self[i, index[i, j]] for dim 1, and so on."""
    if not (self.ndim and index.ndim):
        return self.reshape(-1)[index]
    trimmed = self[tuple(slice(None) if d == dim % self.ndim else slice(n) for d, n in enumerate(index.shape))]
    return np.take_along_axis(trimmed, index, dim) if index.size else np.empty(index.shape, self.dtype)


def gather_backward(grad: Any, sizes: tuple[int, ...], dim: int, index: Any) -> Any:
    """grad added up in the places that were read and zeros elsewhere."""
    return scatter_add(blank(grad, sizes), dim, index, grad)


@op("ScatterAddBackward0", others="index", self=lambda grad: grad, src=lambda grad, dim, index: gather(grad, dim, index))
def scatter_add(self: Array, dim: int, index: Array, src: Array) -> Array:
    """self with `src` added in the places `index` along a dimension."""
    made = self.copy()
    np.add.at(*places_along(made, dim, index, src))
    return made


@op("ScatterBackward0", others="index",
    self=lambda grad, dim, index: scatter_value(grad, dim, index, 0), src=lambda grad, dim, index: gather(grad, dim, index))  # fmt: skip
def scatter(self: Array, dim: int, index: Array, src: Array) -> Array:
    """self with `src` in the places `index` along a dimension."""
    made = self.copy()
    target, places, values = places_along(made, dim, index, src)
    target[places] = values
    return made


@op("ScatterBackward1", others="index", self=lambda grad, dim, index: scatter_value(grad, dim, index, 0))
def scatter_value(self: Array, dim: int, index: Array, value: Any) -> Array:
    """self with a number in the places `index` along a dimension."""
    made = self.copy()
    target, places, _ = places_along(made, dim, index, made)
    target[places] = fitting(value, self.dtype)
    return made


def places_along(array: Array, dim: int, index: Array, src: Array) -> tuple[Array, Any, Array]:
    """`array` (with a dimension if it has none), the places in it that `index` names along dim, and the part of src that goes there."""
    target = array if array.ndim else array.reshape(1)
    if not index.size or not (array.ndim and index.ndim):
        return target if index.size else target.reshape(-1), (index.reshape(-1),), src.reshape(-1)[: index.size]
    places: list[Array] = list(np.indices(index.shape, sparse=True))
    places[dim % array.ndim] = index
    return target, tuple(places), src[tuple(map(slice, index.shape))]


@op("", others="like")
def blank(like: Array, size: tuple[int, ...]) -> Array:
    """Zeros in another shape and the same dtype, where a gradient will be put."""
    return np.zeros(size, like.dtype)
