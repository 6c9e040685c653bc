"""Scaled dot product attention: softmax(query @ key.mT / sqrt(k)) @ value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.nn.functional.layers import dropout
from autograd_viz.torch.ops import attention as rows
from autograd_viz.torch.ops.linalg import matmul
from autograd_viz.torch.ops.pointwise import times
from autograd_viz.torch.ops.shape import transpose
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = ["scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:  # fmt: skip
    """For each query a mean of the values, weighted by how well their keys fit it.  (..., l, k), (..., s, k), (..., s, v) -> (..., l, v).

    `attn_mask`: True where a key may be seen, or numbers that are added to the products. `is_causal`: a query sees no later key.
    """
    need_tensors("scaled_dot_product_attention", query=query, key=key, value=value)
    _check(query, key, value)
    if is_causal and attn_mask is not None:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if _can_be_fused(query, key, value, attn_mask, dropout_p):
        mask = _added(attn_mask, query) if attn_mask is not None else None
        arrays = query._array, key._array, is_causal, None if mask is None else mask._array, scale
        sums = holding(rows.log_sums(*arrays))
        return rows.flash_attention(query, key, value, 0.0, is_causal, mask, scale, sums)[0]
    by = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    root = math.sqrt(abs(by))  # half of the scale for each side: the products stay smaller
    if is_causal:
        attn_mask = holding(np.tri(query.shape[-2], key.shape[-2]) > 0)
    weights: Any = matmul(times(query, -root if by < 0 else root), times(transpose(key, -2, -1), root))
    if attn_mask is not None:
        weights = weights + _added(attn_mask, query)
    weights = rows.safe_softmax(weights, -1)
    if dropout_p > 0:
        weights = dropout(weights, dropout_p)
    return matmul(weights, value)


def _check(query: Tensor, key: Tensor, value: Tensor) -> None:
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {query.ndim} key.dim: {key.ndim} and "
            f"value.dim: {value.ndim} instead."
        )
    if not query.dtype == key.dtype == value.dtype:
        names = [dtypes.C_NAMES[each.dtype] for each in (query, key, value)]
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {names[0]} key.dtype: {names[1]} and "
            f"value.dtype: {names[2]} instead."
        )


def _can_be_fused(query: Tensor, key: Tensor, value: Tensor, mask: Any, dropout_p: float) -> bool:
    """PyTorch takes its one fast operation for batches of heads, if nothing is dropped and the mask has no gradient."""
    if not query.ndim == key.ndim == value.ndim == 4 or dropout_p > 0:
        return False
    if mask is not None and (mask._requires_grad or mask.ndim not in (2, 4)):
        return False
    same_heads = query.shape[:2] == key.shape[:2] == value.shape[:2]
    same_width = query.shape[-1] == key.shape[-1] == value.shape[-1]
    return same_heads and same_width and bool(query._array.size and key._array.size)


def _added(mask: Tensor, like: Tensor) -> Tensor:
    """A mask of bools as numbers to add: 0 where a key may be seen, else -inf."""
    if mask._array.dtype.kind != "b":
        return mask
    return holding(np.where(mask._array, 0.0, -np.inf).astype(like._array.dtype))
