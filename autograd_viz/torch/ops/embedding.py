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
