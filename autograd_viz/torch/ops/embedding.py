"""Embedding: rows of a table by their numbers; and the product of three tensors that a bilinear layer is.

Read next: `attention.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.gathering import index
from autograd_viz.torch.ops.pointwise import masked_fill
from autograd_viz.torch.ops.shape import unsqueeze

Dims = tuple[int, ...]


@op(
    "EmbeddingBackward0",
    others="indices",
    keep="sparse",
    inputs="weight",
    joint=lambda grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq: to_rows(
        grad, indices, weight_sym_argsize_0, padding_idx, scale_grad_by_freq
    ),
)
def embedding(
    weight: Array, indices: Array, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False,
    weight_sym_argsize_0: int = 0,
) -> Array:  # fmt: skip
    """The rows of the weight that the indices name.  (rows, k), (...) -> (..., k).  Raises IndexError for a row that there is not."""
    if bool(np.any((indices < 0) | (indices >= weight.shape[0]))):
        raise IndexError(f"index out of range in self\nHint: the table has rows 0 to {weight.shape[0] - 1}.")
    return weight[indices]


def to_rows(grad: Any, indices: Any, count: int, padding_idx: int, scale_grad_by_freq: bool) -> list[Any]:
    """grad added up in the rows that were read and zeros elsewhere."""
    return [embedding_dense_backward(grad, indices, count, padding_idx, scale_grad_by_freq)]


@op(
    "EmbeddingDenseBackwardBackward0",
    others="indices",
    grad_output=lambda grad, indices, padding_idx: embedding_double_backward(grad, indices, padding_idx),
)
def embedding_dense_backward(grad_output: Array, indices: Array, num_weights: int, padding_idx: int, scale_grad_by_freq: bool) -> Array:
    """grad_output added up in the rows that were read; none for the row padding_idx. `scale_grad_by_freq`: their mean instead."""
    rows, flat = indices.reshape(-1), grad_output.reshape(-1, grad_output.shape[-1])
    if scale_grad_by_freq:
        flat = flat / np.bincount(rows, minlength=num_weights)[rows][:, None].astype(flat.dtype)
    used = rows != padding_idx
    made = np.zeros((num_weights, flat.shape[1]), grad_output.dtype)
    np.add.at(made, rows[used], flat[used])
    return made


def embedding_double_backward(grad: Any, indices: Any, padding_idx: int) -> Any:
    """The rows again, zeros for padding_idx."""
    return masked_fill(index(grad, (indices,)), unsqueeze(indices == padding_idx, -1), 0)


@op(
    "TrilinearBackward0",
    i1=lambda grad, i2, i3, expand1, expand2, expand3, sumdim: trilinear(grad, i2, i3, sumdim, expand2, expand3, expand1),
    i2=lambda grad, i1, i3, expand1, expand2, expand3, sumdim: trilinear(i1, grad, i3, expand1, sumdim, expand3, expand2),
    i3=lambda grad, i1, i2, expand1, expand2, expand3, sumdim: trilinear(i1, i2, grad, expand1, expand2, sumdim, expand3),
)
def trilinear(i1: Array, i2: Array, i3: Array, expand1: Dims, expand2: Dims, expand3: Dims, sumdim: Dims) -> Array:
    """The product of three, each first given its dimensions `expand`; then summed over `sumdim`. Each derivative is one of these too."""
    factors = [np.expand_dims(each, dims) if dims else each for each, dims in ((i1, expand1), (i2, expand2), (i3, expand3))]
    product = factors[0] * factors[1] * factors[2]
    return np.asarray(product.sum(sumdim)) if sumdim else product


# --- bags: rows added up ----------------------------------------------------------------------------------------------


def bags_of(count: int, offsets: Any) -> Array:
    """In which bag each of `count` indices is, if bag k begins at offsets[k].  4, [0, 2] -> [0, 0, 1, 1]"""
    starts = offsets._array if hasattr(offsets, "_array") else offsets
    return np.searchsorted(starts, np.arange(count), side="right") - 1


@op(
    "EmbeddingBagBackward0",
    others="indices offsets result1 result2 result3",
    outputs="result0",
    keep="sparse result1",
    inputs="weight per_sample_weights",
    joint=lambda grad, weight, indices, offsets, mode, padding_idx, scale_grad_by_freq, weight_sym_argsize_0, per_sample_weights, result2,
        result3, needed: [
        to_bags(
            grad, indices, offsets, result2, result3, weight_sym_argsize_0, scale_grad_by_freq, mode, per_sample_weights, padding_idx),
        bag_weights_backward(grad, weight, indices, offsets, padding_idx) if needed[1] else None,
    ],
)  # fmt: skip
def embedding_bag(
    weight: Array, indices: Array, offsets: Array, scale_grad_by_freq: bool = False, mode: int = 0, sparse: bool = False,
    per_sample_weights: Array | None = None, padding_idx: int = 2**64 - 1, weight_sym_argsize_0: int = 0, result1: Any = None,
    result2: Any = None, result3: Any = None,
) -> tuple[Array]:  # fmt: skip
    """The sum (mode 0), mean (1) or maximum (2) of each bag of rows.  (rows, k), (n,), (bags,) -> (bags, k)

    `result2`: how many rows each bag has, without those of padding_idx; `result3`: for a maximum, the rows that have it.
    """
    if mode == 2:
        found = np.take_along_axis(weight, np.maximum(result3, 0), 0)
        return (np.where(result2[:, None] > 0, found, weight.dtype.type(0)),)
    bags, used = bags_of(len(indices), offsets), indices != padding_idx
    rows = weight[indices] if per_sample_weights is None else weight[indices] * per_sample_weights[:, None]
    made = np.zeros((len(offsets), weight.shape[1]), weight.dtype)
    np.add.at(made, bags[used], rows[used])
    return (made / np.maximum(result2, 1)[:, None].astype(weight.dtype) if mode == 1 else made,)


def winners(weight: Array, indices: Array, offsets: Array, padding_idx: int) -> Array:
    """For each bag and column, the row with the largest number; -1 for an empty bag."""
    bags, used = bags_of(len(indices), offsets), indices != padding_idx
    made = np.full((len(offsets), weight.shape[1]), -1)
    for bag in range(len(offsets)):
        rows = indices[(bags == bag) & used]
        if len(rows):
            made[bag] = rows[weight[rows].argmax(0)]
    return made


def to_bags(grad: Any, *settings: Any) -> Any:
    """`bag_backward`.  Raises NotImplementedError if it will itself be differentiated: PyTorch cannot (with weights, it says so later)."""
    if getattr(grad, "requires_grad", False) and settings[-2] is None:
        raise NotImplementedError("the derivative for '_embedding_bag_backward' is not implemented.")
    return bag_backward(grad, *settings)


@op("", others="grad indices offsets result2 result3 per_sample_weights")
def bag_backward(
    grad: Array, indices: Array, offsets: Array, result2: Array, result3: Array, rows: int, scale_grad_by_freq: bool, mode: int,
    per_sample_weights: Array | None = None, padding_idx: int = 2**64 - 1,
) -> Array:  # fmt: skip
    """grad given back to the rows of each bag; of a maximum, to those that had it."""
    made = np.zeros((rows, grad.shape[1]), grad.dtype)
    if mode == 2:
        bags, columns = np.nonzero(result3 >= 0)
        np.add.at(made, (result3[bags, columns], columns), grad[bags, columns])
        return made
    bags, used = bags_of(len(indices), offsets), indices != padding_idx
    each = grad / np.maximum(result2, 1)[:, None].astype(grad.dtype) if mode == 1 else grad
    each = each[bags] if per_sample_weights is None else each[bags] * per_sample_weights[:, None]
    if scale_grad_by_freq:
        each = each / np.bincount(indices, minlength=rows)[indices][:, None].astype(grad.dtype)
    np.add.at(made, indices[used], each[used])
    return made


@op("torch::autograd::NotImplemented", inputs="grad weight", others="indices offsets",
    joint=lambda grad: no_second("_embedding_bag_per_sample_weights_backward"))  # fmt: skip
def bag_weights_backward(grad: Array, weight: Array, indices: Array, offsets: Array, padding_idx: int) -> Array:
    """Each row times what arrives at its bag."""
    made = (weight[indices] * grad[bags_of(len(indices), offsets)]).sum(1)
    return np.where(indices == padding_idx, grad.dtype.type(0), made)


def no_second(name: str) -> Any:
    """Raise RuntimeError: PyTorch has no second derivative of it."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")
