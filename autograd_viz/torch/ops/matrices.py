"""More of matrices and several dimensions: products that are made of `mm`, triangles, traces, distances.

The products have no nodes of their own: they bring their arguments into the shape that `mm` wants, and the result back. `einsum` is in
`linalg/einsum.py`, the product of many matrices in `linalg/products.py`.

Read next: `systems.py`.
"""



from __future__ import annotations

import warnings
from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.linalg import dot, mm
from autograd_viz.torch.ops.pointwise import mul
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.rounding import fused
from autograd_viz.torch.ops.shape import (
    blank,
    permute,
    reshape,
    slice_,
    squeeze_dim,
    transpose,
    unsafe_view,
    view,
    viewed,
    wrap_dim,
)  # fmt: skip
from autograd_viz.torch.tensor import Tensor, holding, method

__all__ = [
    "adjoint", "block_diag", "cross", "kron", "tensordot", "trace", "tril",
    "tril_indices", "triu", "triu_indices",
]  # fmt: skip

IN_PLACE = ("tril", "triu")

INDICES = "(int row, int col, int offset=0, *, dtype? dtype=None)"

# --- checks that several operations share -----------------------------------------------------------------------------


def need_square(name: str, A: Array) -> None:
    """Raise RuntimeError unless A is a square matrix, or a batch of them."""
    need_matrix(name, A)
    if A.shape[-1] != A.shape[-2]:
        of = f"{name}: " if name else ""
        raise RuntimeError(f"{of}A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices")


def need_matrix(name: str, A: Array, called: str = "A") -> None:
    """Raise RuntimeError unless A has two dimensions or more."""
    if A.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {called} must have at least 2 dimensions.")


def need_floats(name: str, A: Array) -> None:
    """Raise RuntimeError unless A has floats."""
    if A.dtype.kind != "f":
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {dtypes.scalar_name(A)}")


# --- products of many dimensions --------------------------------------------------------------------------------------


def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: None = None) -> Tensor:
    """Products summed over several dimensions: the last `dims` of a and the first of b, or those in two lists.

    (2, 3, 4), (3, 4, 5), dims=2 -> (2, 5).  Raises RuntimeError unless the dimensions have the same sizes.
    """
    if isinstance(dims, Tensor):
        dims = dims._array.tolist() if dims._array.size > 1 else int(dims._array.item())
    if isinstance(dims, tuple | list):
        dims_a, dims_b = dims
        if isinstance(dims_a, int):
            raise TypeError("tensordot(): argument 'dims_self' (position 3) must be tuple of ints, not int")
    elif isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = list(range(-dims, 0)), list(range(dims))
    else:
        kinds = "int or tuple[list[int], list[int]] or list[list[int]] containing two lists"
        raise RuntimeError(f"tensordot expects dims to be {kinds}, but got dims={dims}")
    return _tensordot(a, b, list(dims_a), list(dims_b))


def _tensordot(a: Tensor, b: Tensor, dims_a: list[int], dims_b: list[int]) -> Tensor:
    if len(dims_a) != len(dims_b):
        raise RuntimeError("both dimension lists should have same length")
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    summed = 1
    for d, e in zip(dims_a, dims_b, strict=True):
        m, n = a.shape[wrap_dim(d, a.ndim)], b.shape[wrap_dim(e, b.ndim)]
        if n == 1:  # what is broadcast can be summed right away
            a = sum_dim(a, (d,), True)
        elif m == 1:
            b = sum_dim(b, (e,), True)
        elif m != n:
            raise RuntimeError(f"contracted dimensions need to match, but first has size {m} in dim {d} and second has size {n} in dim {e}")
        else:
            summed *= m
    kept_a = [d for d in range(a.ndim) if d not in {wrap_dim(x, a.ndim) for x in dims_a}]
    kept_b = [d for d in range(b.ndim) if d not in {wrap_dim(x, b.ndim) for x in dims_b}]
    sizes = (*(a.shape[d] for d in kept_a), *(b.shape[d] for d in kept_b))
    a, b = permute(a, (*kept_a, *dims_a)), permute(b, (*dims_b, *kept_b))
    if prod(sizes) == 1:
        return view(dot(_flat(a), _flat(b)), sizes)
    rows, columns = (prod(sizes[: len(kept_a)]), summed), (summed, prod(sizes[len(kept_a) :]))
    return reshape(mm(reshape(a, rows), reshape(b, columns)), sizes)


def _flat(a: Tensor) -> Tensor:
    return a if a.ndim == 1 else reshape(a, (a._array.size,))


@reads("kron(Tensor input, Tensor other, *, Tensor? out=None)")
def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: each element of `input` times the whole of `other`.  (a, b), (c, d) -> (a * c, b * d)."""
    ndim = max(input.ndim, other.ndim)
    mine, its = ((1,) * (ndim - x.ndim) + tuple(x.shape) for x in (input, other))
    left = _spread(input, tuple(size for n in mine for size in (n, 1)))
    right = _spread(other, tuple(size for n in its for size in (1, n)))
    result: Tensor = unsafe_view(mul(left, right), tuple(m * n for m, n in zip(mine, its, strict=True)))
    return result


def _spread(input: Tensor, size: tuple[int, ...]) -> Tensor:
    if viewed(input._array, size) is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
            "subspaces). Use .reshape(...) instead."
        )
    spread: Tensor = unsafe_view(input, size)
    return spread


# --- triangles and diagonals ------------------------------------------------------------------------------------------


@op("TrilBackward0", self=lambda grad, diagonal: tril(grad, diagonal))
def tril(self: Array, diagonal: int = 0) -> Array:
    """The lower triangle, and zeros above; `diagonal` moves the border up.  (..., n, m) -> (..., n, m).  Raises RuntimeError below 2-D."""
    _need_two("tril", self)
    return np.ascontiguousarray(np.where(_below(self.shape[-2:], diagonal), self, self.dtype.type(0)))


@op("TriuBackward0", self=lambda grad, diagonal: triu(grad, diagonal))
def triu(self: Array, diagonal: int = 0) -> Array:
    """The upper triangle, and zeros below; `diagonal` moves the border up.  (..., n, m) -> (..., n, m).  Raises RuntimeError below 2-D."""
    _need_two("triu", self)
    return np.ascontiguousarray(np.where(_below(self.shape[-2:], diagonal - 1), self.dtype.type(0), self))


def _need_two(name: str, self: Array) -> None:
    if self.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")


def _below(sizes: tuple[int, ...], diagonal: int) -> Array:
    """Which places lie on or below a diagonal."""
    return np.tri(sizes[0], sizes[1], diagonal, dtype=bool)


@reads(f"tril_indices{INDICES}", method=False)
def tril_indices(row: int, col: int, offset: int = 0, dtype: Any = None) -> Tensor:
    """Where the elements of the lower triangle are, one a column.  -> (2, n), int64.  Raises RuntimeError for negative sizes."""
    return _indices("tril_indices", row, col, _below((max(row, 0), max(col, 0)), offset), dtype)


@reads(f"triu_indices{INDICES}", method=False)
def triu_indices(row: int, col: int, offset: int = 0, dtype: Any = None) -> Tensor:
    """Where the elements of the upper triangle are, one a column.  -> (2, n), int64.  Raises RuntimeError for negative sizes."""
    return _indices("triu_indices", row, col, ~_below((max(row, 0), max(col, 0)), offset - 1), dtype)


def _indices(name: str, row: int, col: int, mask: Array, dtype: Any) -> Tensor:
    for size, called in ((row, "row"), (col, "col")):
        if size < 0:
            raise RuntimeError(f"{called} must be non-negative, got{size}")
    kind = dtypes.int64 if dtype is None else dtype
    if kind.is_floating_point:
        raise NotImplementedError(f"\"{name}\" not implemented for '{dtypes.SCALAR_NAMES[kind]}'")
    return holding(np.stack(np.nonzero(mask)).astype(kind.numpy))


def diagonal(self: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two dimensions, which comes last: a view, of an array or a Tensor.  (n, m) -> (min(n, m),)."""
    from autograd_viz.torch.ops.diagonals import _diagonal

    return _diagonal(self, offset, dim1, dim2)


def diag_embed(self: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with self, an array or a Tensor, on the diagonal and zeros elsewhere.  (..., n) -> (..., n, n)."""
    from autograd_viz.torch.ops.diagonals import _diag_embed

    return _diag_embed(self, offset, dim1, dim2)


@op("TraceBackward0", self=lambda grad, self_sym_sizes: trace_backward(grad, self_sym_sizes))
def trace(self: Array) -> Array:
    """The sum of the diagonal.  (n, m) -> ().  Raises RuntimeError unless it is a matrix."""
    if self.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {self.ndim}")
    if self.dtype.kind == "b":
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    return self.trace(dtype=self.dtype if self.dtype.kind == "f" else np.int64)


def trace_backward(grad: Any, sizes: tuple[int, int]) -> Any:
    """grad on the diagonal and zeros elsewhere."""
    from autograd_viz.torch.ops.gathering import fill_slices_with

    rows, columns = sizes
    places = np.arange(0, rows * columns, columns + 1)
    is_array = isinstance(grad, np.ndarray | np.generic)
    filled = fill_slices_with(blank(grad, (rows * columns,)), 0, places if is_array else holding(places), grad)
    return filled.reshape(sizes) if is_array else view(filled, sizes)


for _row in (tril, triu, trace):
    method(_row)

# --- several at a time ------------------------------------------------------------------------------------------------


@op(
    "LinalgCrossBackward0",
    self=lambda grad, other, dim: linalg_cross(other, grad, dim=dim),
    other=lambda grad, self, dim: linalg_cross(grad, self, dim=dim),
)
def linalg_cross(self: Array, other: Array, *, dim: int = -1) -> Array:
    """The cross product of vectors along a dimension of size 3; the others broadcast.  (3,), (3,) -> (3,).  Raises RuntimeError else."""
    if self.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if not self.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis = wrap_dim(dim, self.ndim)
    if not self.shape[axis] == other.shape[axis] == 3:
        sizes = f"{self.shape[axis]} and {other.shape[axis]}"
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {sizes}")
    check_broadcast(self.shape, other.shape)
    if self.dtype != other.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.scalar_name(self)} but found {dtypes.scalar_name(other)}")
    a, b = (np.moveaxis(array, axis, 0) for array in np.broadcast_arrays(self, other))
    if self.dtype.kind != "f":
        return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], axis)
    return np.stack([fused(-(a[2] * b[1]), a[1], b[2]), fused(-(a[0] * b[2]), a[2], b[0]), fused(-(a[1] * b[0]), a[0], b[1])], axis)


CROSS_WITHOUT_DIM = (
    "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use "
    "torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release."
)


@reads("cross(Tensor input, Tensor other, int? dim=None, *, Tensor? out=None)")
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross product along `dim`, or along the first dimension of size 3.  (n, 3), (n, 3) -> (n, 3).  Raises RuntimeError if none."""
    if dim is None:
        warnings.warn(CROSS_WITHOUT_DIM, UserWarning, stacklevel=3)
        dim = next((d for d, size in enumerate(input.shape) if size == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    result: Tensor = linalg_cross(input, other, dim=dim)
    return result


@op("BlockDiagBackward0", lists="tensors", tensors=lambda grad, sizes: block_diag_backward(grad, sizes))
def block_diag_row(tensors: list[Array], sizes: tuple[tuple[int, ...], ...]) -> Array:
    """Matrices along the diagonal of a larger one; `sizes`: their shapes."""
    blocks = [array if array.ndim == 2 else array.reshape(1, -1) for array in tensors]
    made = np.zeros(np.sum([block.shape for block in blocks], axis=0), np.result_type(*blocks))
    row = column = 0
    for block in blocks:
        made[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return made


def block_diag_backward(grad: Any, sizes: tuple[tuple[int, ...], ...]) -> list[Any]:
    """Each block of grad."""
    parts, row, column = [], 0, 0
    for size in sizes:
        rows, columns = size if len(size) == 2 else (1, *size, 1)[:2]
        part = slice_(slice_(grad, 0, row, row + rows), 1, column, column + columns)
        for _ in range(2 - len(size)):
            part = squeeze_dim(part, -1)
        parts.append(part)
        row, column = row + rows, column + columns
    return parts


def block_diag(*tensors: Any) -> Tensor:
    """Matrices along the diagonal of a larger one, zeros elsewhere; vectors count as rows.  (a, b), (c, d) -> (a + c, b + d)."""
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")
        if tensor.ndim > 2:
            many = f"Input {i} has {tensor.ndim} dimensions"
            raise RuntimeError(f"torch.block_diag: Input tensors must have 2 or fewer dimensions. {many}")
    if not tensors:
        return holding(np.zeros((1, 0), np.float32))
    result: Tensor = block_diag_row(list(tensors), tuple(tuple(tensor.shape) for tensor in tensors))
    return result


# --- views ------------------------------------------------------------------------------------------------------------


@method
def adjoint(input: Tensor) -> Tensor:
    """The transpose of each matrix (conjugate, were it complex).  (..., n, m) -> (..., m, n).  Raises RuntimeError for vectors."""
    return _turned(input, "tensor.adjoint()")


def _turned(input: Tensor, name: str) -> Tensor:
    if input.ndim == 1:
        raise RuntimeError(f"{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    turned: Tensor = transpose(input, -2, -1) if input.ndim else input
    return turned


def _hermitian(input: Tensor) -> Tensor:
    if input.ndim in (0, 2):
        return _turned(input, "tensor.H")
    more = " For batches of matrices, consider using tensor.mH" if input.ndim > 2 else ""
    raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor.{more}")


Tensor.mT = property(lambda self: _turned(self, "tensor.mT"), doc="Each matrix transposed.")  # type: ignore[attr-defined]
Tensor.mH = property(lambda self: _turned(self, "tensor.mH"), doc="Each matrix transposed, and conjugate.")  # type: ignore[attr-defined]
Tensor.H = property(_hermitian, doc="The matrix transposed, and conjugate.")  # type: ignore[attr-defined]
