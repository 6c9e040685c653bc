"""Products of vectors and matrices as they are offered to the user; and those made of them: of several matrices, powers, `inner`.

Read next: `../utils/__init__.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.ops import linalg
from autograd_viz.torch.ops.cumulation import cumprod
from autograd_viz.torch.ops.inplace import copy
from autograd_viz.torch.ops.joining import joined
from autograd_viz.torch.ops.linalg import Number, vdot
from autograd_viz.torch.ops.matrices import need_floats, need_square, tensordot
from autograd_viz.torch.ops.pointwise import mul
from autograd_viz.torch.ops.rearranging import flip
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import clone, expand, unsqueeze, view
from autograd_viz.torch.ops.systems import inv
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "addbmm", "addmm", "baddbmm", "bmm", "chain_matmul", "inner", "matmul", "matrix_power", "mm", "outer", "vander",
]  # fmt: skip

ADDED = (
    "{}(Tensor input, Tensor {}1, Tensor {}2, *, Number beta=1, Number alpha=1, Tensor? out=None)",
    "{}(Tensor input, Tensor {}1, Tensor {}2, dtype out_dtype, *, Number beta=1, Number alpha=1, Tensor? out=None)",
)

# --- of two -----------------------------------------------------------------------------------------------------------


@reads("mm(Tensor input, Tensor mat2, *, Tensor? out=None)", "mm(Tensor input, Tensor mat2, dtype out_dtype, *, Tensor? out=None)",
       method=False)  # fmt: skip
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Matrix times matrix.  (n, k), (k, m) -> (n, m)."""
    return linalg.mm(input, mat2)


@reads("bmm(Tensor input, Tensor mat2, *, Tensor? out=None)", "bmm(Tensor input, Tensor mat2, dtype out_dtype, *, Tensor? out=None)",
       method=False)  # fmt: skip
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """A batch of matrix products.  (b, n, k), (b, k, m) -> (b, n, m)."""
    return linalg.bmm(input, mat2)


@reads("matmul(Tensor input, Tensor other, *, Tensor? out=None)")
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """input @ other."""
    return linalg.matmul(input, other)


@reads(*(form.format("addmm", "mat", "mat") for form in ADDED))
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * mat1 @ mat2.  (m,) or (n, m), (n, k), (k, m) -> (n, m)."""
    return linalg.addmm(input, mat1, mat2, beta=beta, alpha=alpha)


@reads(*(form.format("baddbmm", "batch", "batch") for form in ADDED))
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * batch1 @ batch2, for each matrix of the batch.  (b, n, m), (b, n, k), (b, k, m) -> (b, n, m)."""
    return linalg.baddbmm(input, batch1, batch2, beta=beta, alpha=alpha)


@reads(ADDED[0].format("addbmm", "batch", "batch"))
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * the sum of a batch of products.  (n, m), (b, n, k), (b, k, m) -> (n, m)."""
    return linalg.addbmm(input, batch1, batch2, beta=beta, alpha=alpha)


@reads("outer(Tensor input, Tensor vec2, *, Tensor? out=None)")
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Every product of an element of one vector with one of the other.  (n,), (m,) -> (n, m)."""
    return linalg.outer(input, vec2)


@reads("inner(Tensor input, Tensor other, *, Tensor? out=None)")
def inner(input: Tensor, other: Tensor) -> Tensor:
    """The sums of products over the last dimensions.  (..., n), (.., n) -> (..., ..).  Raises RuntimeError unless those are equal."""
    if not input.ndim or not other.ndim:
        return mul(input, other)
    if input.shape[-1] != other.shape[-1]:
        shapes = f"{list(input.shape)} and {list(other.shape)}"
        raise RuntimeError(f"inner() the last dimension must match on both input tensors but got shapes {shapes}")
    return tensordot(input, other, ([-1], [-1]))


# --- of several -------------------------------------------------------------------------------------------------------


@reads("linalg_multi_dot(Tensor[] tensors, *, Tensor? out=None)", method=False)
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications; the first and the last may be vectors."""
    _need_all_tensors(tensors)
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    chain = list(tensors)
    shape: tuple[int, ...] = ()
    for place, name, lifted in ((0, "first", 0), (-1, "last", -1)):
        end = chain[place]
        if end.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): the {name} tensor must be 1D or 2D but got {end.ndim}D")
        if end.ndim == 1:
            chain[place] = unsqueeze(end, lifted)
        else:
            shape += (end.shape[place],)
    _check_chain(tensors, chain)
    result: Tensor = view(_chain(chain, _order(chain), 0, len(chain) - 1), shape)
    return result


def _need_all_tensors(tensors: Sequence[Any]) -> None:
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")


def _check_chain(tensors: Sequence[Tensor], chain: list[Tensor]) -> None:
    for i in range(1, len(chain) - 1):
        if tensors[i].ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {tensors[i].ndim}D")
    names = [dtypes.C_NAMES[tensor.dtype] for tensor in chain]
    for i in range(1, len(chain)):
        if names[i] != names[0]:
            raise RuntimeError(f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {names[0]} and tensor {i} {names[i]}")
        if chain[i - 1].shape[1] != chain[i].shape[0]:
            shapes = f"{list(tensors[i - 1].shape)} and {list(tensors[i].shape)}"
            raise RuntimeError(f"multi_dot(): tensors {i - 1} and {i} with shapes {shapes} cannot be multiplied")


def _order(chain: list[Tensor]) -> dict[tuple[int, int], int]:
    """Where to split each stretch of the chain so that it costs least."""
    sizes = [chain[0].shape[0], *(matrix.shape[1] for matrix in chain)]
    cost, split = {(i, i): 0 for i in range(len(chain))}, {}
    for length in range(1, len(chain)):
        for i in range(len(chain) - length):
            j = i + length
            costs = {k: cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)}
            latest = len(chain) == 3 and costs[i] == costs[j - 1]  # of three, PyTorch takes the first two in case of doubt
            split[i, j] = j - 1 if latest else min(costs, key=costs.__getitem__)
            cost[i, j] = costs[split[i, j]]
    return split


def _chain(chain: list[Tensor], split: dict[tuple[int, int], int], i: int, j: int) -> Tensor:
    if i == j:
        return chain[i]
    k = split[i, j]
    result: Tensor = linalg.mm(_chain(chain, split, i, k), _chain(chain, split, k + 1, j))
    return result


def chain_matmul(*matrices: Any, out: None = None) -> Tensor:
    """`linalg.multi_dot` under its old name, for matrices only."""
    _need_all_tensors(matrices)
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot instead, "
        "which accepts a list of two or more tensors rather than multiple parameters.",
        UserWarning, stacklevel=2,
    )  # fmt: skip
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    return multi_dot(matrices) if len(matrices) > 1 else clone(matrices[0])


@reads("matrix_power(Tensor input, int n, *, Tensor? out=None)")
def matrix_power(input: Tensor, n: int) -> Tensor:
    """input @ input @ ... (n times), by squaring; the inverse for n < 0.  (..., k, k) -> same.  Raises RuntimeError unless square."""
    need_square("linalg.matrix_power", input._array)
    if n in (0, 1):
        copied: Tensor = clone(input, "C")  # also in the graph of the identity
        return copied if n else copy(copied, holding(np.eye(input.shape[-1], dtype=input._array.dtype)))
    base = inv(input) if n < 0 else input
    if abs(n) == 3:
        return linalg.matmul(linalg.matmul(base, base), base)
    result = square = None
    for bit in reversed(bin(abs(n))[2:]):
        square = base if square is None else linalg.matmul(square, square)
        if bit == "1":
            result = square if result is None else linalg.matmul(result, square)
    assert result is not None
    return result


@reads("linalg_vecdot(Tensor x, Tensor y, *, int dim=-1, Tensor? out=None)", method=False)
def vecdot(x: Tensor, y: Tensor, dim: int = -1) -> Tensor:
    """The inner products along a dimension.  (..., n), (..., n) -> (...).  Raises RuntimeError for integers, or two dtypes."""
    need_floats("linalg.vecdot", x._array)
    if x.dtype is not y.dtype:
        names = f"x of type {dtypes.scalar_name(x._array)} and y of type {dtypes.scalar_name(y._array)}"
        raise RuntimeError(f"linalg.vecdot: Expected x and y to have the same dtype, but found {names} instead")
    result: Tensor = vdot(x, y) if x.ndim == y.ndim == 1 else sum_dim(mul(x, y), (dim,))
    return result


# --- powers of numbers ------------------------------------------------------------------------------------------------


@reads("linalg_vander(Tensor x, *, int? N=None)", method=False)
def linalg_vander(x: Tensor, N: int | None = None) -> Tensor:
    """Each number's powers 0, 1, ..., N - 1.  (..., n) -> (..., n, N).  Raises RuntimeError unless N > 1."""
    count = (x.shape[-1] if x.ndim else 1) if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    powers = cumprod(expand(unsqueeze(x, -1), (*x.shape, count - 1)), -1)
    ones: Tensor = holding(np.ones((*x.shape, 1), powers._array.dtype))
    return joined([ones, powers], -1)


@reads("vander(Tensor x, int? N=None, bool increasing=False)", method=False)
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """Each number's powers N - 1, ..., 1, 0, or in rising order.  (n,) -> (n, N).  Raises RuntimeError unless x is a vector."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    kind = x._array.dtype if x._array.dtype.kind == "f" else np.dtype(np.int64)
    result: Any = holding(np.zeros((x.shape[0], count), kind))
    if count:
        result.select(1, 0).fill_(1)
    if count > 1:
        result[:, 1:].copy_(unsqueeze(x, 1))
        result[:, 1:].copy_(cumprod(result[:, 1:], 1))
    return result if increasing else flip(result, (1,))
