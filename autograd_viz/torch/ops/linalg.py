"""Products of vectors and matrices, and `matmul`, which is made of them.

`matmul` has no node of its own: it brings its arguments into the shape of one of the products below and the result back, and
those steps are what the graph shows, e.g. vector @ matrix is Squeeze(Mm(Unsqueeze(vector), matrix)).
What one asks of a single matrix (its determinant, its inverse) is in `decompositions.py`.

Read next: `matrices.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.pointwise import scaled
from autograd_viz.torch.ops.rounding import by_dots, by_rows, dotted
from autograd_viz.torch.ops.shape import clone, expand, reshape, squeeze_dim, t, transpose, unsafe_view, unsqueeze, wrap_dim
from autograd_viz.torch.ops.shape_inplace import squeeze_dim_
from autograd_viz.torch.tensor import Tensor, method, need_tensors

__all__ = ["addmv", "addr", "dot", "mv", "vdot"]  # the others are offered by `linalg/products.py`, which reads their arguments

IN_PLACE = ("addbmm", "addmm", "addmv", "addr", "baddbmm")

CONVERT = "\nHint: convert one of them: .float() makes float32 of any dtype, .double() float64."

Shape = tuple[int, ...]
Number = bool | int | float

# --- the four products ------------------------------------------------------------------------------------------------


@op("DotBackward0", self=lambda grad, tensor: grad * tensor, tensor=lambda grad, self: grad * self)
def dot(self: Array, tensor: Array) -> Array:
    """The inner product.  (n,), (n,) -> ().  Raises RuntimeError for other shapes, or two dtypes."""
    _check_dot(self, tensor)
    _no_bools("dot", self)
    return dotted(self, tensor) if 1 < len(self) < 5 else self @ tensor


@method
@op("VdotBackward0", self=lambda grad, other: grad * other, other=lambda grad, self: grad * self)
def vdot(self: Array, other: Array) -> Array:
    """The inner product; it differs from `dot` only for complex numbers.  (n,), (n,) -> ().  Raises RuntimeError as `dot` does."""
    _check_dot(self, other)
    _no_bools("dot", self)
    return dotted(self, other) if 1 < len(self) < 5 else self @ other


def _check_dot(self: Array, tensor: Array) -> None:
    if self.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors")
    if self.dtype != tensor.dtype:
        names = f"{dtypes.scalar_name(self)} and {dtypes.scalar_name(tensor)}"
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {names}{CONVERT}")
    if self.size != tensor.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{self.size}] and src [{tensor.size}] to have the same number of elements, "
            f"but got {self.size} and {tensor.size} elements respectively"
        )


@op("MvBackward0", self=lambda grad, vec: outer(grad, vec), vec=lambda grad, self: mv(t(self), grad))
def mv(self: Array, vec: Array) -> Array:
    """Matrix times vector.  (n, k), (k,) -> (n,)."""
    if self.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {self.ndim}, {vec.ndim}")
    if self.shape[1] != vec.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({self.shape[0]}), mat ({_by(self)}), vec ({vec.shape[0]})"
            f"\nHint: the columns of the matrix ({self.shape[1]}) must be as many as the elements of the vector ({vec.shape[0]})."
        )
    if self.dtype != vec.dtype:
        names = f"{dtypes.scalar_name(vec)}, {dtypes.scalar_name(self)}, and {dtypes.scalar_name(vec)}"
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {names}")
    _no_bools("addmv_impl_cpu", self)
    return by_rows(self, vec) if 1 < self.shape[1] < 4 and self.flags.c_contiguous else self @ vec


@op(
    "MmBackward0",
    self=lambda grad, mat2, self_sym_sizes, self_sym_strides: mm_self_backward(grad, mat2, self_sym_sizes, self_sym_strides),
    mat2=lambda grad, self, mat2_sym_sizes, mat2_sym_strides: mm_mat2_backward(grad, self, mat2_sym_sizes, mat2_sym_strides),
)
def mm(self: Array, mat2: Array) -> Array:
    """Matrix times matrix.  (n, k), (k, m) -> (n, m)."""
    if not (self.ndim == 2 == mat2.ndim and (k := self.shape[1]) == len(mat2) and self.dtype is mat2.dtype and self.dtype.char in "fd"):
        _check_mm(self, mat2)
        k = self.shape[1]
    if 1 < k < 4 and mat2.flags.f_contiguous and self.flags.c_contiguous and 1 < min(self.shape[0], mat2.shape[1]) < 4:
        return by_dots(self, mat2)
    return self @ mat2


def _columns_and_rows(a: Array, b: Array) -> str:
    return f"\nHint: the columns of the first ({a.shape[1]}) must be as many as the rows of the second ({b.shape[0]})."


def _check_mm(self: Array, mat2: Array) -> None:
    """Raise RuntimeError, in PyTorch's words, unless two arrays can be multiplied as matrices."""
    for name, array in (("self", self), ("mat2", mat2)):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix")
    if self.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_by(self)} and {_by(mat2)}){_columns_and_rows(self, mat2)}"
        )
    if self.dtype != mat2.dtype:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {_c_name(self)} != {_c_name(mat2)}{CONVERT}")
    _no_bools("addmm_impl_cpu_", self)


def mm_self_backward(grad: Any, mat2: Any, sizes: Shape, strides: Shape) -> Any:
    """grad @ mat2.t(), computed in the memory order of `self`: a transposed matrix gets a transposed gradient."""
    return t(mm(mat2, t(grad))) if _is_transposed(sizes, strides) else mm(grad, t(mat2))


def mm_mat2_backward(grad: Any, self: Any, sizes: Shape, strides: Shape) -> Any:
    """self.t() @ grad, in the memory order of `mat2`."""
    return t(mm(t(grad), self)) if _is_transposed(sizes, strides) else mm(t(self), grad)


def _is_transposed(sizes: Shape, strides: Shape) -> bool:
    return strides[0] == 1 and strides[1] == sizes[0]


@op("BmmBackward0", self=lambda grad, mat2: bmm(grad, transpose(mat2, 1, 2)), mat2=lambda grad, self: bmm(transpose(self, 1, 2), grad))
def bmm(self: Array, mat2: Array) -> Array:
    """A batch of matrix products.  (b, n, k), (b, k, m) -> (b, n, m)."""
    _check_bmm(self, mat2)
    _no_bools("bmm", self)
    return self @ mat2


def _check_bmm(batch1: Array, batch2: Array) -> None:
    for name, array in (("batch1", batch1), ("batch2", batch2)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if batch1.shape[0] != batch2.shape[0] or batch1.shape[2] != batch2.shape[1]:
        wanted, got = [batch1.shape[0], batch1.shape[2]], list(batch2.shape[:2])
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: {wanted} but got: {got}.")
    if batch1.dtype != batch2.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.scalar_name(batch1)} but found {dtypes.scalar_name(batch2)}")


# --- products that are added to something -----------------------------------------------------------------------------


@method
@op(
    "AddmmBackward0",
    self=lambda grad, beta: scaled(grad, beta),
    mat1=lambda grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha: scaled(
        mm_self_backward(grad, mat2, mat1_sym_sizes, mat1_sym_strides), alpha
    ),
    mat2=lambda grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha: scaled(
        mm_mat2_backward(grad, mat1, mat2_sym_sizes, mat2_sym_strides), alpha
    ),
)
def addmm(self: Array, mat1: Array, mat2: Array, *, beta: Number = 1, alpha: Number = 1) -> Array:
    """beta * self + alpha * mat1 @ mat2: a whole linear layer.  (m,) or (n, m), (n, k), (k, m) -> (n, m).

    Raises RuntimeError if the shapes do not fit, or there are two dtypes.
    """
    _same_dtype(("self", self), ("mat2", mat2))
    _same_dtype(("mat1", mat1), ("mat2", mat2))
    for name, array in (("mat1", mat1), ("mat2", mat2)):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {array.ndim}-D tensor")
    if mat1.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_by(mat1)} and {_by(mat2)}){_columns_and_rows(mat1, mat2)}"
            f" In a linear layer, the last size of its input must be its in_features ({mat2.shape[0]})."
        )
    return _added(expand(self, (mat1.shape[0], mat2.shape[1])), mat1 @ mat2, beta, alpha)


@method
@op(
    "AddmvBackward0",
    self=lambda grad, beta: scaled(grad, beta),
    mat=lambda grad, vec, alpha: scaled(outer(grad, vec), alpha),
    vec=lambda grad, mat, alpha: scaled(mv(t(mat), grad), alpha),
)
def addmv(self: Array, mat: Array, vec: Array, *, beta: Number = 1, alpha: Number = 1) -> Array:
    """beta * self + alpha * mat @ vec.  () or (n,), (n, k), (k,) -> (n,).  Raises RuntimeError if the shapes or dtypes do not fit."""
    if self.ndim > 1 or mat.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {self.ndim}, {mat.ndim}, {vec.ndim}")
    if mat.shape[1] != vec.shape[0] or (self.size != 1 and self.shape[0] != mat.shape[0]):
        raise RuntimeError(f"size mismatch, got input ({self.size}), mat ({_by(mat)}), vec ({vec.shape[0]})")
    if not self.dtype == mat.dtype == vec.dtype:
        names = f"{dtypes.scalar_name(self)}, {dtypes.scalar_name(mat)}, and {dtypes.scalar_name(vec)}"
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {names}")
    return _added(np.broadcast_to(self, mat.shape[:1]), mat @ vec, beta, alpha)


@method
@op(
    "AddrBackward0",
    self=lambda grad, beta: scaled(grad, beta),
    vec1=lambda grad, vec2, alpha: scaled(mv(grad, vec2), alpha),
    vec2=lambda grad, vec1, alpha: scaled(mv(t(grad), vec1), alpha),
)
def addr(self: Array, vec1: Array, vec2: Array, *, beta: Number = 1, alpha: Number = 1) -> Array:
    """beta * self + alpha * the outer product.  (n, m), (n,), (m,) -> (n, m).  Raises RuntimeError if the shapes do not fit."""
    for name, vector in (("vec1", vec1), ("vec2", vec2)):
        if vector.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {vector.ndim}-D")
    self = expand(self, (vec1.shape[0], vec2.shape[0]))
    return _added(self, vec1[:, None] * vec2, beta, alpha)


@method
@op(
    "BaddbmmBackward0",
    self=lambda grad, beta: scaled(grad, beta),
    batch1=lambda grad, batch2, alpha: scaled(bmm(grad, transpose(batch2, 1, 2)), alpha),
    batch2=lambda grad, batch1, alpha: scaled(bmm(transpose(batch1, 1, 2), grad), alpha),
)
def baddbmm(self: Array, batch1: Array, batch2: Array, *, beta: Number = 1, alpha: Number = 1) -> Array:
    """beta * self + alpha * batch1 @ batch2, for each matrix of the batch.  (b, n, m), (b, n, k), (b, k, m) -> (b, n, m)."""
    self = expand(self, (_size(batch1, 0), _size(batch1, 1), _size(batch2, 2)))
    if not self.dtype == batch1.dtype == batch2.dtype:
        names = f"input {_c_name(self)}, batch1: {_c_name(batch1)}, batch2: {_c_name(batch2)}"
        raise RuntimeError(f"Input dtypes must be the same, got: {names}")
    _check_bmm(batch1, batch2)
    return _added(self, batch1 @ batch2, beta, alpha)


@op(
    "AddbmmBackward0",
    keep="batch1_sym_argsize_0 batch1_sym_argsize_1 batch2_sym_argsize_2",
    self=lambda grad, beta: scaled(grad, beta),
    batch1=lambda grad, batch2, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2, alpha: scaled(
        bmm(over_batch(grad, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2), transpose(batch2, 1, 2)), alpha
    ),
    batch2=lambda grad, batch1, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2, alpha: scaled(
        bmm(transpose(batch1, 1, 2), over_batch(grad, batch1_sym_argsize_0, batch1_sym_argsize_1, batch2_sym_argsize_2)), alpha
    ),
)
def addbmm_row(
    self: Array, batch1: Array, batch2: Array, beta: Number, alpha: Number, batch1_sym_argsize_0: int, batch1_sym_argsize_1: int,
    batch2_sym_argsize_2: int,
) -> Array:  # fmt: skip
    """beta * self + alpha * the sum of a batch of products."""
    self = expand(self, (batch1.shape[1], batch2.shape[2]))
    return _added(self, (batch1 @ batch2).sum(0), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * the sum of a batch of products.  (n, m), (b, n, k), (b, k, m) -> (n, m).  Raises as `baddbmm` does."""
    expand(input._array, (_size(batch1._array, 1), _size(batch2._array, 2)))
    _same_dtype(("self", input._array), ("mat2", batch2._array))
    _same_dtype(("mat1", batch1._array), ("mat2", batch2._array))
    _check_bmm(batch1._array, batch2._array)
    result: Tensor = addbmm_row(input, batch1, batch2, beta, alpha, *batch1._array.shape[:2], batch2._array.shape[2])
    return result


def over_batch(grad: Any, batches: int, rows: int, columns: int) -> Any:
    """grad for each matrix of the batch: they were added up."""
    return expand(unsqueeze(grad, 0), (batches, rows, columns))


def _added(self: Array, product: Array, beta: Number, alpha: Number) -> Array:
    """beta * self + alpha * product; for beta 0 what self holds does not matter, be it nan."""
    kind = np.result_type(self, product).type
    product = product if alpha == 1 else product * kind(alpha)
    return product + 0 if beta == 0 else product + (self if beta == 1 else self * kind(beta))


def _size(array: Array, dim: int) -> int:
    size: int = array.shape[wrap_dim(dim, array.ndim)]
    return size


def _same_dtype(*pair: tuple[str, Array]) -> None:
    (a, one), (b, other) = pair
    if one.dtype != other.dtype:
        names = f"{dtypes.scalar_name(one)} and {dtypes.scalar_name(other)}"
        raise RuntimeError(f"{a} and {b} must have the same dtype, but got {names}{CONVERT}")


# --- outer and inner --------------------------------------------------------------------------------------------------


def outer(input: Any, vec2: Any) -> Any:
    """The outer product of input and vec2: every product of an element of one with one of the other.  (n,), (m,) -> (n, m)."""
    for name, vector in (("self", input), ("vec2", vec2)):
        if len(vector.shape) != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {len(vector.shape)}-D")
    return reshape(input, (input.shape[0], 1)) * vec2


# --- matmul -----------------------------------------------------------------------------------------------------------


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """input @ other for every combination of ranks from 1.  Source: ATen, native/LinearAlgebra.cpp, _matmul_impl."""
    if not (isinstance(input, Tensor) and isinstance(other, Tensor)):
        need_tensors("matmul", input=input, other=other)  # type: ignore[unreachable]
    dims = (input._array.ndim, other._array.ndim)
    if 0 in dims:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {dims[0]}D and {dims[1]}D")
    result: Tensor
    if dims == (1, 1):
        result = dot(input, other)
    elif dims == (2, 1):
        result = mv(input, other)
    elif dims == (1, 2):
        result = squeeze_dim_(mm(unsqueeze(input, 0), other), 0)
    elif dims == (2, 2):
        result = mm(input, other)
    elif _should_fold(input, other):
        result = _folded(input, other)
    else:
        result = _batched(input, other)
    return result


def _should_fold(a: Tensor, b: Tensor) -> bool:
    """Whether many matrices times one matrix may be computed as one tall matrix times it."""
    larger, smaller = (a, b) if a.ndim >= b.ndim else (b, a)
    if not (larger.ndim >= 3 and smaller.ndim <= 2):
        return False
    if smaller.requires_grad:  # its gradient is then one product too, rather than a sum over the batch
        return True
    if a.ndim == 2:  # the result would have to be transposed, and that copied
        return False
    many = larger._array if larger is a else larger._array.swapaxes(-1, -2)
    shape, strides = many.shape, many.strides
    return many.size == 0 or all(strides[i] == strides[i + 1] * shape[i + 1] for i in range(many.ndim - 2))


def _folded(a: Tensor, b: Tensor) -> Tensor:
    swapped = b.ndim > a.ndim  # then compute the transpose of the product: (a b).mT = b.mT a.mT
    tall = transpose(b, -2, -1) if swapped else a
    flat = (t(a) if a.ndim == 2 else a) if swapped else b
    shape = tall._array.shape[:-1]
    rows = reshape(tall, (prod(shape), tall._array.shape[-1]))
    if flat.ndim == 1:
        return unsafe_view(mv(rows, flat), shape)
    result = unsafe_view(mm(rows, flat), (*shape, flat._array.shape[1]))
    return contiguous(transpose(result, -2, -1)) if swapped else result


def contiguous(self: Any) -> Any:
    """The tensor itself if its elements lie in memory in order, else a copy in which they do."""
    return self if self._array.flags.c_contiguous else clone(self, "C")


def _batched(a: Tensor, b: Tensor) -> Tensor:
    if a.ndim == b.ndim == 3 and a.shape[0] != b.shape[0]:  # one matrix for the whole batch, if it needs a gradient
        if a.shape[0] == 1 and a.requires_grad:
            return matmul(squeeze_dim(a, 0), b)
        if b.shape[0] == 1 and b.requires_grad:
            return matmul(a, squeeze_dim(b, 0))
    n, k = (a.shape[-2] if a.ndim > 1 else 1), a.shape[-1]
    k2, m = (b.shape[-2], b.shape[-1]) if b.ndim > 1 else (b.shape[0], 1)
    check_broadcast(tuple(a.shape[:-2]), tuple(b.shape[:-2]))
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    left = reshape(expand(a, (*batch, n, k)), (prod(batch), n, k))
    if b.ndim == 1:
        column = unsqueeze(reshape(expand(b, (*batch, k2)), (prod(batch), k2)), 2)
        return unsafe_view(squeeze_dim(bmm(left, column), -1), (*batch, n))
    right = reshape(expand(b, (*batch, k2, m)), (prod(batch), k2, m))
    return unsafe_view(bmm(left, right), batch + ((n,) if a.ndim > 1 else ()) + (m,))


def _by(array: Array) -> str:
    return "x".join(map(str, array.shape))


def _no_bools(kernel: str, array: Array) -> None:
    if array.dtype.kind == "b":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def _c_name(array: Array) -> str:
    return dtypes.C_NAMES[dtypes.of_numpy[array.dtype]]
