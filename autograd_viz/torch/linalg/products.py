"""The product of several matrices, powers of one, and inner products along a dimension: all made of `mm`, `matmul` and `mul`.

Read next: `../utils/__init__.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.ops.systems import inv
from autograd_viz.torch.ops.inplace import copy
from autograd_viz.torch.ops.linalg import matmul, mm, vdot
from autograd_viz.torch.ops.matrices import need_floats, need_square
from autograd_viz.torch.ops.pointwise import mul
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import clone, unsqueeze, view
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["chain_matmul", "matrix_power"]


@reads("linalg_multi_dot(Tensors tensors, *, Tensor? out=None)", method=False)
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    chain, shape = list(tensors), ()
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
    result: Tensor = mm(_chain(chain, split, i, k), _chain(chain, split, k + 1, j))
    return result


def chain_matmul(*matrices: Any, out: None = None) -> Tensor:
    """`linalg.multi_dot` under its old name, for matrices only."""
    warnings.warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot instead, "
        "which accepts a list of two or more tensors rather than multiple parameters.",
        UserWarning, stacklevel=2,
    )  # fmt: skip
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    return multi_dot(matrices) if len(matrices) > 1 else clone(matrices[0])


@reads("matrix_power(Tensor input, int n, *, Tensor? out=None)")
def matrix_power(input: Tensor, n: int) -> Tensor:
    """input @ input @ ... (n times), by squaring; the inverse for n < 0.  (..., k, k) -> (..., k, k).  Raises RuntimeError unless square."""
    need_square("linalg.matrix_power", input._array)
    if n in (0, 1):
        copied: Tensor = clone(input, "C")  # also in the graph of the identity
        return copied if n else copy(copied, holding(np.eye(input.shape[-1], dtype=input._array.dtype)))
    base = inv(input) if n < 0 else input
    if abs(n) == 3:
        return matmul(matmul(base, base), base)
    result = square = None
    for bit in reversed(bin(abs(n))[2:]):
        square = base if square is None else matmul(square, square)
        if bit == "1":
            result = square if result is None else matmul(result, square)
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
