"""How the views of `shape.py` are called: `view(2, 3)`, `reshape((2, 3))`, `flatten()`, `permute`, `squeeze`, `expand`, `narrow`, `x.T`.

Each is a function and a method; what they do is choose the row, and some are made of others, of the same ones as in PyTorch.

Read next: `diagonals.py`.
"""

from __future__ import annotations

import warnings
from math import prod
from typing import Any

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import no_overload, reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops import shape
from autograd_viz.torch.ops.memory import storage_of
from autograd_viz.torch.ops.shape import wrap_dim
from autograd_viz.torch.tensor import Tensor, holding, strides_of

__all__ = [
    "adjoint", "as_strided", "broadcast_to", "clone", "contiguous_format", "flatten", "memory_format", "moveaxis", "movedim", "narrow",
    "narrow_copy", "numel", "permute", "preserve_format", "ravel", "reshape", "select", "squeeze", "swapaxes", "swapdims", "t",
    "transpose", "unflatten", "unsqueeze", "view_copy",
]  # fmt: skip

IN_PLACE = ("squeeze", "swapaxes", "swapdims", "t", "transpose", "unsqueeze", "as_strided")  # (their nodes have other numbers)

NOT_A_MATRIX = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a "
    "future release. "
    "Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of "
    "a tensor."
)
ON_0D = "is deprecated on 0-D tensors. This function is the identity in these cases."

# --- other sizes ------------------------------------------------------------------------------------------------------


@reads("view(Tensor input, dtype dtype)", "view(Tensor input, int[] size)", function=False)
def view(input: Tensor, size: tuple[int, ...] | None = None, dtype: Any = None) -> Tensor:
    """The same elements in another shape, or the same bytes in another dtype, sharing memory.  Raises RuntimeError if that takes a copy."""
    if size is None and not isinstance(dtype, dtypes.dtype):
        raise no_overload("view", dtype)
    return shape.view(input, size) if size is not None else _as_bytes(input, dtype)


def _as_bytes(input: Tensor, dtype: Any) -> Tensor:
    array, was, new = input._array, input.dtype.itemsize, dtype.itemsize
    how = f"to view {dtypes.SCALAR_NAMES[input.dtype]} as {dtypes.SCALAR_NAMES[dtype]} (different element sizes)"
    if was != new and not input.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {how}")
    if was != new and strides_of(array)[-1] != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {how}, but got {strides_of(array)[-1]}")
    if new > was and array.shape[-1] * was % new:
        raise RuntimeError(f"self.size(-1) must be divisible by {new // was} {how}, but got {array.shape[-1]}")
    plain = holding(array)  # (the bits of a float have no gradient)
    plain._counter = input._version_counter
    return view_dtype(plain, dtype)


@op("", others="self", view=True)
def view_dtype(self: Array, dtype: Any) -> Array:
    """The same bytes read as another dtype."""
    return self.view(dtype.numpy)


@reads("view_as(Tensor input, Tensor other)", function=False)
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of another tensor."""
    return shape.view(input, tuple(other.shape))


@op("ViewBackward0_copy", self=lambda grad, self_sym_sizes: shape.reshape(grad, self_sym_sizes))
def _view_copy(self: Array, size: tuple[int, ...]) -> Array:
    """A copy in another shape."""
    return self.reshape(shape.infer_size(size, self.size)).copy()


@reads("view_copy(Tensor input, int[] size)", method=False)
def view_copy(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """A copy in another shape."""
    return _view_copy(input, size)


@reads("reshape(Tensor input, int[] shape)")
def reshape(input: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The same elements in another shape: a view where possible, else a copy.  Raises RuntimeError if the count differs."""
    return reshaped(input, shape)


reshaped = shape.reshape  # (inside the function above, `shape` is the argument)


@reads("reshape_as(Tensor input, Tensor other)", function=False)
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` in the shape of another tensor."""
    return reshaped(input, tuple(other.shape))


@reads("flatten(Tensor input, int start_dim=0, int end_dim=-1)")
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim made one."""
    start, end = wrap_dim(start_dim, input.ndim), wrap_dim(end_dim, input.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return reshaped(input, (1,))
    sizes = tuple(input.shape)
    return input if start == end else reshaped(input, (*sizes[:start], prod(sizes[start : end + 1]), *sizes[end + 1 :]))


@reads("ravel(Tensor input)")
def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension."""
    return reshaped(contiguous(input), (-1,))


@reads("unflatten(Tensor input, int dim, int[] sizes)")
def unflatten(input: Tensor, dim: int, sizes: tuple[int, ...]) -> Tensor:
    """One dimension made several.  (2, 6), dim=1, sizes=(2, 3) -> (2, 2, 3).  Raises RuntimeError if they do not multiply up."""
    place = wrap_dim(dim, input.ndim)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not input.ndim or sizes.count(-1) > 1:
        raise RuntimeError("unflatten got an unexpected error:")
    count = input._array.shape[place]
    known = prod(size for size in sizes if size != -1)
    if (known != count) if -1 not in sizes else (not known or count % known):
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {place} ({count}) in the input tensor"
        )
    whole = shape.infer_size(sizes, count)
    return shape.view(input, (*input.shape[:place], *whole, *input.shape[place + 1 :]))


def _unflatten_method(self: Tensor, dim: Any, sizes: Any) -> Tensor:
    return unflatten.as_method(self, dim, sizes)  # type: ignore[attr-defined]


_unflatten_method.__name__, _unflatten_method.__qualname__, _unflatten_method.__doc__ = "unflatten", "Tensor.unflatten", unflatten.__doc__
Tensor.unflatten = _unflatten_method  # type: ignore[attr-defined]


@reads("expand(Tensor input, int[] size, *, bool implicit=False)", function=False)
def expand(input: Tensor, size: tuple[int, ...], implicit: bool = False) -> Tensor:
    """Repeat along dimensions of size 1, without a copy."""
    return shape.expand(input, size)


@reads("expand_as(Tensor input, Tensor other)", function=False)
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of another tensor."""
    return shape.expand(input, tuple(other.shape))


@reads("broadcast_to(Tensor input, int[] size)")
def broadcast_to(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """`expand` to a shape."""
    return shape.expand(input, size)


@reads("as_strided(Tensor input, int[] size, int[] stride, int? storage_offset=None)")
def as_strided(input: Tensor, size: tuple[int, ...], stride: tuple[int, ...], storage_offset: int | None = None) -> Tensor:
    """The memory of a tensor read with other sizes and steps.  Raises RuntimeError beyond its end."""
    return shape.as_strided(input, size, stride, storage_offset)


# --- another order ----------------------------------------------------------------------------------------------------


@reads("t(Tensor input)")
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and numbers stay."""
    return shape.t(input)


@reads("transpose(Tensor input, int dim0, int dim1)")
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions."""
    return shape.transpose(input, dim0, dim1)


@reads("swapaxes(Tensor input, int axis0, int axis1)")
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Exchange two dimensions: `transpose` under numpy's name."""
    return shape.transpose(input, axis0, axis1)


@reads("swapdims(Tensor input, int dim0, int dim1)")
def swapdims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions: `transpose`."""
    return shape.transpose(input, dim0, dim1)


@reads("permute(Tensor input, int[] dims)")
def permute(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """Put the dimensions in another order."""
    return shape.permute(input, dims)


def _move(input: Tensor, source: tuple[int, ...], destination: tuple[int, ...]) -> Tensor:
    """Put some dimensions in other places; the rest keep their order.  Source: ATen, native/TensorShape.cpp, movedim."""
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(source)} dims) should contain the same number of dims as "
            f"destination ({list(destination)} dims)"
        )
    sources, destinations = ([wrap_dim(dim, input.ndim) for dim in dims] for dims in (source, destination))
    for name, dims, given in (("source", sources, source), ("destination", destinations, destination)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    if not input.ndim:
        return shape.alias(input)
    rest = iter(dim for dim in range(input.ndim) if dim not in sources)
    placed = dict(zip(destinations, sources, strict=True))
    return shape.permute(input, tuple(placed[dim] if dim in placed else next(rest) for dim in range(input.ndim)))


@reads("movedim(Tensor input, int source, int destination)", "movedim(Tensor input, int[] source, int[] destination)")
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Put one or several dimensions in other places."""
    return _move(input, *(dims if isinstance(dims, tuple) else (dims,) for dims in (source, destination)))


@reads("moveaxis(Tensor input, int source, int destination)", "moveaxis(Tensor input, int[] source, int[] destination)")
def moveaxis(input: Tensor, source: Any, destination: Any) -> Tensor:
    """`movedim`, under numpy's name."""
    return _move(input, *(dims if isinstance(dims, tuple) else (dims,) for dims in (source, destination)))


def _reversed(self: Tensor) -> Tensor:
    if self.ndim == 0:
        warnings.warn(f"Tensor.T {ON_0D}", UserWarning, stacklevel=2)
    elif self.ndim != 2:
        warnings.warn(NOT_A_MATRIX, UserWarning, stacklevel=2)
    return shape.permute(self, tuple(reversed(range(self.ndim))))


def _matrices(name: str, self: Tensor, warns: bool = True) -> Tensor:
    if self.ndim == 0:
        if warns:
            warnings.warn(f"Tensor.{name} {ON_0D}", UserWarning, stacklevel=3)
        return self
    if self.ndim == 1:
        raise RuntimeError(f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    return shape.transpose(self, -2, -1)


def _matrix_transposed(self: Tensor) -> Tensor:
    if self.ndim in (0, 2):
        if self.ndim == 0:
            warnings.warn("Tensor.H is deprecated on 0-D tensors. Consider using x.conj().", UserWarning, stacklevel=2)
        return self if self.ndim == 0 else shape.transpose(self, -2, -1)
    batches = " For batches of matrices, consider using tensor.mH" if self.ndim > 2 else ""
    raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D tensor.{batches}")


@reads("adjoint(Tensor input)")
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (and, of complex numbers, conjugated)."""
    return _matrices("adjoint()", input, warns=False)


for _name, _get, _doc in (
    ("T", _reversed, "The dimensions in reverse order."),
    ("mT", lambda self: _matrices("mT", self), "The last two dimensions exchanged."),
    ("mH", lambda self: _matrices("mH", self), "The last two dimensions exchanged."),
    ("H", _matrix_transposed, "The transpose of a matrix."),
):
    setattr(Tensor, _name, property(_get, doc=_doc))

# --- dimensions of size 1, and parts ----------------------------------------------------------------------------------


@reads("unsqueeze(Tensor input, int dim)")
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Insert a dimension of size 1 at `dim`."""
    return shape.unsqueeze(input, dim)


@reads("squeeze(Tensor input)", "squeeze(Tensor input, int dim)", "squeeze(Tensor input, int[] dim)")
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Drop dimensions of size 1: all, or the ones named."""
    if dim is None:
        return shape.squeeze_all(input)
    return shape.squeeze_dims(input, dim) if isinstance(dim, tuple) else shape.squeeze_dim(input, dim)


@reads("select(Tensor input, int dim, int index)")
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One place along a dimension, which disappears: x[3]."""
    return shape.select(input, dim, index)


def _range(input: Tensor, dim: int, start: Any, length: int) -> tuple[int, int]:
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, Tensor) and (start.ndim or start._array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    start, count = int(start), input._array.shape[wrap_dim(dim, input.ndim)]
    if not -count <= start <= count:
        raise IndexError(f"start out of range (expected to be in range of [{-count}, {count}], but got {start})")
    start += count if start < 0 else 0
    if start + length > count:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({count}).")
    return start, start + length


@reads("narrow(Tensor input, int dim, Tensor start, int length)", "narrow(Tensor input, int dim, int start, int length)")
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` places along a dimension, from `start`."""
    return shape.slice_(input, dim, *_range(input, dim, start, length), 1)


@op("NarrowCopyBackward0", self=lambda grad, self_sym_sizes, dim, start, length:
    shape.slice_backward(grad, self_sym_sizes, dim, start, start + length, 1))  # fmt: skip
def _narrow_copy(self: Array, dim: int, start: int, length: int) -> Array:
    """A copy of `length` places along a dimension."""
    return self[(slice(None),) * wrap_dim(dim, self.ndim) + (slice(start, start + length),)].copy()


@reads("narrow_copy(Tensor input, int dim, int start, int length)")
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """A copy of `length` places along a dimension, from `start`."""
    _range(input, dim, start, length)
    return _narrow_copy(input, dim, start, length)


# --- copies -----------------------------------------------------------------------------------------------------------


class memory_format:
    """In which order elements lie in memory: `torch.contiguous_format` is row by row, `torch.preserve_format` as they were."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


contiguous_format, preserve_format = memory_format("contiguous_format"), memory_format("preserve_format")


@reads("clone(Tensor input, *, memory_format? memory_format=None)")
def clone(input: Tensor, memory_format: Any = None) -> Tensor:
    """A copy with memory of its own, in the same order in memory, or row by row."""
    return shape.clone(input, "C" if memory_format is contiguous_format else "K")


@reads("contiguous(Tensor input, *, memory_format memory_format=None)", function=False)
def contiguous_(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in memory in order, else a copy in which they do."""
    return contiguous(input)


def contiguous(input: Any) -> Any:
    """The tensor itself if its elements lie in memory in order, else a copy in which they do."""
    return input if input._array.flags.c_contiguous else shape.clone(input, "C")


# --- what a tensor says of its shape ----------------------------------------------------------------------------------


def _along(values: tuple[int, ...], dim: int) -> int:
    if not values:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return values[wrap_dim(dim, len(values))]


@reads("size(Tensor input, int? dim=None)", function=False)
def size(input: Tensor, dim: int | None = None) -> Any:
    """The shape, or its length along one dimension."""
    return input.shape if dim is None else _along(input._array.shape, dim)


@reads("stride(Tensor input, int? dim=None)", function=False)
def stride(input: Tensor, dim: int | None = None) -> Any:
    """How many elements to step over in memory, per dimension or for one."""
    return strides_of(input._array) if dim is None else _along(strides_of(input._array), dim)


@reads("numel(Tensor input)")
def numel(input: Tensor) -> int:
    """How many elements it has."""
    return input._array.size


reads("nelement(Tensor input)", function=False)(lambda input: input._array.size)


@reads("storage_offset(Tensor input)", function=False)
def storage_offset(input: Tensor) -> int:
    """At which element of its memory the tensor begins."""
    return storage_of(input._array)[1] // input._array.itemsize

