"""Elements in another order, repeated, or in all combinations: `flip`, `roll`, `rot90`, `repeat`, `tile`, `meshgrid`.

Read next: `losses.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import Size, scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import shape
from autograd_viz.torch.ops.gathering import select_slices
from autograd_viz.torch.ops.joining import _given
from autograd_viz.torch.ops.memory import copied
from autograd_viz.torch.ops.padding import pad as pad
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.scattering import masked_select
from autograd_viz.torch.ops.shape import blank, different_dims, expand, reshape, unsqueeze, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "broadcast_shapes", "broadcast_tensors", "cartesian_prod", "combinations", "flip", "fliplr", "flipud", "meshgrid",
    "repeat_interleave", "roll", "rot90", "tile",
]  # fmt: skip

NO_INDEXING = (
    "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/TensorShape.cpp:4215.)"
)
Dims = tuple[int, ...]

# --- turned around ----------------------------------------------------------------------------------------------------


@op("FlipBackward0", self=lambda grad, dims: _flip(grad, dims))
def _flip(self: Array, dims: Dims) -> Array:
    """The other way round along some dimensions."""
    places = different_dims(dims, self.ndim)
    return copied(np.flip(self, places)) if self.ndim else self.copy()


@op("RollBackward0", self=lambda grad, shifts, dims: _roll(grad, tuple(-n for n in reversed(shifts)), tuple(reversed(dims))))
def _roll(self: Array, shifts: Dims, dims: Dims = ()) -> Array:
    """Moved along, and what falls off at the end comes in at the beginning; without dims, all elements in a row."""
    if not self.size:
        return self.copy()
    self = np.ascontiguousarray(self) if self.ndim else self
    return np.roll(self, shifts if dims else shifts[0], [wrap_dim(dim, self.ndim) for dim in dims] if dims else None)


@op("Rot90Backward0", self=lambda grad, k, dims: _rot90(grad, -k, dims))
def _rot90(self: Array, k: int = 1, dims: Dims = (0, 1)) -> Array:
    """Turned by k right angles, from dims[0] towards dims[1]."""
    first, second = (wrap_dim(dim, self.ndim) for dim in dims)
    turns = k % 4
    if turns == 0:
        return self.copy("C")
    if turns == 2:
        return copied(np.flip(self, (first, second)))
    return copied(np.flip(self, second if turns == 1 else first)).swapaxes(first, second)


@reads("flip(Tensor input, int[] dims)")
def flip(input: Tensor, dims: Dims) -> Tensor:
    """The other way round along some dimensions: a copy."""
    return _flip(input, dims)


@reads("fliplr(Tensor input)")
def fliplr(input: Tensor) -> Tensor:
    """The columns the other way round."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return _flip(input, (1,))


@reads("flipud(Tensor input)")
def flipud(input: Tensor) -> Tensor:
    """The rows the other way round."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return _flip(input, (0,))


@reads("roll(Tensor input, int[1] shifts, int[1]? dims=())")
def roll(input: Tensor, shifts: Dims, dims: Dims = ()) -> Tensor:
    """Moved along, and what falls off at the end comes in at the beginning; without dims, all elements in a row."""
    if not shifts:
        raise RuntimeError("`shifts` required")
    if len(shifts) != len(dims) and not (len(shifts) == 1 and not dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if dims and not input.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    return _roll(input, shifts, dims)


@reads("rot90(Tensor input, int k=1, int[] dims=(0, 1))")
def rot90(input: Tensor, k: int = 1, dims: Dims = (0, 1)) -> Tensor:
    """Turned by k right angles, from dims[0] towards dims[1]."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    for dim in dims:
        wrap_dim(dim, input.ndim)
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    return _rot90(input, k, dims)


# --- repeated ---------------------------------------------------------------------------------------------------------


@op("RepeatBackward0", self=lambda grad, repeats, self_sym_sizes: repeat_backward(grad, repeats, self_sym_sizes))
def _repeat(self: Array, repeats: Dims) -> Array:
    """The whole, many times along each dimension."""
    wide = tuple(abs(times) for times in repeats)  # (-2 times nothing)
    return np.array(np.tile(self, wide), order="C")


def repeat_backward(grad: Any, repeats: Dims, sizes: Dims) -> Any:
    """grad summed over the copies.  Source: FunctionsManual.cpp, repeat_backward."""
    if 0 in repeats:
        return blank(grad, sizes)
    extra = len(repeats) - len(sizes)
    for _ in range(extra):
        grad = sum_dim(grad, (0,), False)
    apart: list[int] = []
    copies: list[int] = []
    for times, size in zip(repeats[extra:], sizes, strict=True):
        if times != 1:
            copies.append(len(apart))
            apart.append(times)
        apart.append(size)
    return sum_dim(reshape(grad, tuple(apart)), tuple(copies), False) if copies else grad


@reads("repeat(Tensor input, int[] repeats)", function=False)
def repeat(input: Tensor, repeats: Dims) -> Tensor:
    """The whole, many times along each dimension: a copy.  (2, 3), repeats (2, 1) -> (4, 3)."""
    if len(repeats) < input.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return _repeated(input, repeats)


def _repeated(input: Tensor, repeats: Dims) -> Tensor:
    sizes = [n * times for n, times in zip((1,) * (len(repeats) - input.ndim) + tuple(input.shape), repeats, strict=True)]
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension {next(n for n in sizes if n < 0)}: {sizes}")
    return _repeat(input, repeats)


@reads("tile(Tensor input, int[] dims)")
def tile(input: Tensor, dims: Dims) -> Tensor:
    """`repeat`, where missing numbers in front are 1."""
    return _repeated(input, (1,) * (input.ndim - len(dims)) + dims)


def _repeat_interleave(repeats: Any, input: Tensor | None = None, dim: int | None = None, output_size: int | None = None) -> Tensor:
    """Each slice along dim many times, one copy beside the other; without dim, of all elements in a row."""
    from autograd_viz.torch.ops.reshaping import flatten

    if input is None:
        return holding(_each_often(repeats, output_size))
    if dim is None:
        input, dim = flatten(input), 0
    if not isinstance(repeats, Tensor):
        return _equally_often(input, repeats, wrap_dim(dim, input.ndim), output_size)
    count = input._array.shape[wrap_dim(dim, input.ndim)] if input.ndim else 1
    if repeats.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if repeats._array.size == 1:
        repeats = holding(np.broadcast_to(repeats._array.reshape(1), count))
    if repeats._array.shape[0] != count:
        raise RuntimeError(
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats._array.shape[0]} and "
            f"input.size({dim}) = {count}"
        )
    return select_slices(input, dim, holding(_each_often(repeats, output_size)))


_FORMS = (
    "repeat_interleave(Tensor input, Tensor repeats, int? dim=None, *, int? output_size=None)",
    "repeat_interleave(Tensor input, int repeats, int? dim=None, *, int? output_size=None)",
)
reads(*_FORMS, function=False)(_repeat_interleave)
repeat_interleave = reads(*_FORMS, "repeat_interleave(Tensor repeats, *, int? output_size=None)", method=False)(_repeat_interleave)


def _each_often(repeats: Tensor, output_size: int | None) -> Array:
    """The position 0 repeats[0] times, then 1 repeats[1] times, and so on."""
    counts = repeats._array
    if counts.dtype not in (np.dtype(np.int64), np.dtype(np.int32)):
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{scalar_name(counts)}'")
    if counts.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if (counts < 0).any():
        raise RuntimeError("repeats can not be negative")
    if output_size is not None and output_size != counts.sum():
        raise RuntimeError("allocated size does not match required size")
    return np.repeat(np.arange(counts.size), counts).astype(counts.dtype)


def _equally_often(input: Tensor, repeats: int, dim: int, output_size: int | None) -> Tensor:
    if repeats < 0:
        raise RuntimeError("Repeats must be non-negative")
    sizes = tuple(input.shape)
    if output_size is not None and output_size != sizes[dim] * repeats:
        raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {sizes[dim] * repeats} but got {output_size}")
    wide = expand(unsqueeze(input, dim + 1), (*sizes[: dim + 1], repeats, *sizes[dim + 1 :]))
    return reshape(shape.clone(wide, "C"), (*sizes[:dim], sizes[dim] * repeats, *sizes[dim + 1 :]))


# --- all combinations -------------------------------------------------------------------------------------------------


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """The tensors expanded to the one shape that they broadcast to."""
    given = _given("broadcast_tensors", (tensors,))
    for tensor in given[1:]:
        check_broadcast(given[0]._array.shape, tensor._array.shape)
    sizes = np.broadcast_shapes(*(tensor._array.shape for tensor in given))
    return tuple(tensor if tensor.shape == sizes else expand(tensor, sizes) for tensor in given)


def broadcast_shapes(*shapes: Any) -> Size:
    """The one shape that shapes broadcast to.  Raises RuntimeError if there is none."""
    wide: list[int] = []
    for nr, given in enumerate(shapes):
        sizes = (given,) if isinstance(given, int) else tuple(given)
        wide = [1] * (len(sizes) - len(wide)) + wide
        for i in range(-1, -1 - len(sizes), -1):
            if sizes[i] < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if sizes[i] in (1, wide[i]):
                continue
            if wide[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {sizes[i]} at {i}! Mismatching argument at index {nr} had {sizes}; but "
                    f"expected shape should be broadcastable to {wide}"
                )
            wide[i] = sizes[i]
    return Size(wide)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """For vectors of n, m, ... places, all combinations: one tensor (n, m, ...) for each; with "xy", (m, n, ...)."""
    given = _given("meshgrid", tensors)
    if indexing is None:
        warnings.warn(NO_INDEXING, UserWarning, stacklevel=2)
    if not given:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if any(tensor.dtype is not given[0].dtype for tensor in given):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    if indexing not in (None, "xy", "ij"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for tensor in given:
        if tensor.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {_first_row(tensor._array)}")
    order = list(range(len(given)))  # which vector runs along which dimension
    if indexing == "xy" and len(given) >= 2:
        order[:2] = 1, 0
    wide = tuple(given[nr]._array.size for nr in order)
    return tuple(
        expand(shape.view(tensor, tuple(-1 if dim == order.index(nr) else 1 for dim in range(len(wide)))), wide)
        for nr, tensor in enumerate(given)
    )


def _first_row(array: Array) -> str:
    """The first line that C++ prints of a tensor."""
    row, digits = array.reshape(-1, array.shape[-1])[0], 0 if (array == np.round(array)).all() else 4
    width = max(len(f"{abs(x):.{digits}f}") for x in array.reshape(-1).tolist()) + 1
    return " ".join(f"{x:{width}.{digits}f}" for x in row.tolist())


def cartesian_prod(*tensors: Any) -> Tensor:
    """All combinations of the elements of vectors, one in each row.  (2,), (3,) -> (6, 2)."""
    from autograd_viz.torch.ops.reshaping import flatten

    given = _given("cartesian_prod", (tensors,))
    for tensor in given:
        if tensor.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.shape)}")
    if len(given) == 1:
        return given[0]
    if not given:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    return shape.stack([flatten(grid) for grid in meshgrid(*given, indexing="ij")], 1)


@reads("combinations(Tensor input, int r=2, bool with_replacement=False)", method=False)
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All ways to choose r elements of a vector, one in each row; with replacement, also the same one again."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return holding(np.empty(0, input._array.dtype))
    count = input._array.size
    places = np.indices((count,) * r)
    rising = np.ones((count,) * r, bool)
    for i in range(r - 1):
        rising &= places[i] <= places[i + 1] if with_replacement else places[i] < places[i + 1]
    grids = meshgrid(*[input] * r, indexing="ij")
    return shape.stack([masked_select(grid, holding(rising)) for grid in grids], 1)

