"""Products of vectors and matrices, and `matmul`, which is made of them.

`matmul` has no node of its own: it brings its arguments into the shape of one of the products below and the result back, and
those steps are what the graph shows, e.g. vector @ matrix is Squeeze(Mm(Unsqueeze(vector), matrix)).

Read next: `losses.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.shape import clone, expand, reshape, squeeze_, squeeze_dim, t, transpose, unsafe_view, unsqueeze
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "bmm", "dot", "matmul", "mm", "mv", "outer",
]  # fmt: skip

Shape = tuple[int, ...]

# --- the four products ------------------------------------------------------------------------------------------------


@op("DotBackward0", self=lambda grad, tensor: grad * tensor, tensor=lambda grad, self: grad * self)
def dot(self: Array, tensor: Array) -> Array:
    """The inner product.  (n,), (n,) -> ()."""
    if self.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors")
    if self.dtype != tensor.dtype:
        names = f"{dtypes.scalar_name(self)} and {dtypes.scalar_name(tensor)}"
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {names}")
    if self.size != tensor.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{self.size}] and src [{tensor.size}] to have the same number of elements, "
            f"but got {self.size} and {tensor.size} elements respectively"
        )
    return self @ tensor


@op("MvBackward0", self=lambda grad, vec: outer(grad, vec), vec=lambda grad, self: mv(t(self), grad))
def mv(self: Array, vec: Array) -> Array:
    """Matrix times vector.  (n, k), (k,) -> (n,)."""
    if self.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {self.ndim}, {vec.ndim}")
    if self.shape[1] != vec.shape[0]:
        raise RuntimeError(f"size mismatch, got input ({self.shape[0]}), mat ({_by(self)}), vec ({vec.shape[0]})")
    if self.dtype != vec.dtype:
        names = f"{dtypes.scalar_name(vec)}, {dtypes.scalar_name(self)}, and {dtypes.scalar_name(vec)}"
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {names}")
    return self @ vec


@op(
    "MmBackward0",
    self=lambda grad, mat2, self_sym_sizes, self_sym_strides: mm_self_backward(grad, mat2, self_sym_sizes, self_sym_strides),
    mat2=lambda grad, self, mat2_sym_sizes, mat2_sym_strides: mm_mat2_backward(grad, self, mat2_sym_sizes, mat2_sym_strides),
)
def mm(self: Array, mat2: Array) -> Array:
    """Matrix times matrix.  (n, k), (k, m) -> (n, m)."""
    for name, array in (("self", self), ("mat2", mat2)):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix")
    if self.shape[1] != mat2.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({_by(self)} and {_by(mat2)})"
            f"\nHint: the columns of the first ({self.shape[1]}) must be as many as the rows of the second ({mat2.shape[0]})."
        )
    if self.dtype != mat2.dtype:
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {_c_name(self)} != {_c_name(mat2)}")
    return self @ mat2


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
    for name, array in (("batch1", self), ("batch2", mat2)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if self.shape[0] != mat2.shape[0] or self.shape[2] != mat2.shape[1]:
        wanted, got = [self.shape[0], self.shape[2]], list(mat2.shape[:2])
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: {wanted} but got: {got}.")
    if self.dtype != mat2.dtype:
        raise RuntimeError(f"expected scalar type {dtypes.scalar_name(self)} but found {dtypes.scalar_name(mat2)}")
    return self @ mat2


def outer(input: Any, vec2: Any) -> Any:
    """The outer product of input and vec2: every product of an element of one with one of the other.  (n,), (m,) -> (n, m)."""
    for name, vector in (("self", input), ("vec2", vec2)):
        if len(vector.shape) != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {len(vector.shape)}-D")
    return reshape(input, (input.shape[0], 1)) * vec2


# --- matmul -----------------------------------------------------------------------------------------------------------


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """input @ other for every combination of ranks from 1.  Source: ATen, native/LinearAlgebra.cpp, _matmul_impl."""
    need_tensors("matmul", input=input, other=other)
    dims = (input.ndim, other.ndim)
    if 0 in dims:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {dims[0]}D and {dims[1]}D")
    result: Tensor
    if dims == (1, 1):
        result = dot(input, other)
    elif dims == (2, 1):
        result = mv(input, other)
    elif dims == (1, 2):
        result = squeeze_(mm(unsqueeze(input, 0), other), 0)
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


def _c_name(array: Array) -> str:
    return dtypes.C_NAMES[dtypes.of_numpy[array.dtype]]
