"""Attention: each query takes a weighted mean of the values, with the softmax of its products with the keys as weights.

PyTorch computes it step by step (see `nn/functional/attention.py`), or for 4 dimensions in one operation, which is the second row here
and has no second derivative.

Read next: `inplace.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import not_differentiable
from autograd_viz.torch.ops.normalization import wanted
from autograd_viz.torch.ops.softmax import softmax_backward


@op("SafeSoftmaxBackward0", self=lambda grad, result, dim: softmax_backward(grad, result, dim))
def safe_softmax(self: Array, dim: int) -> Array:
    """Softmax, but zeros for a row in which everything is masked (-inf)."""
    largest = self.max(dim, keepdims=True, initial=-np.inf)
    powers = np.exp(self - np.where(np.isneginf(largest), self.dtype.type(0), largest))
    total = powers.sum(dim, keepdims=True)
    return np.array(np.where(np.isneginf(largest), self.dtype.type(0), powers / total), order="C")


def _weights(query: Array, key: Array, is_causal: bool, attn_mask: Array | None, scale: float | None) -> tuple[Array, Array]:
    """The weights of the values, and the logarithms of the sums they were divided by."""
    scores = query @ np.swapaxes(key, -1, -2) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf)
    if attn_mask is not None:
        scores = np.where(attn_mask, scores, -np.inf) if attn_mask.dtype.kind == "b" else scores + attn_mask
    largest = scores.max(-1, keepdims=True)
    powers = np.exp(scores - largest)
    total = powers.sum(-1, keepdims=True)
    return (powers / total).astype(query.dtype), (np.log(total) + largest)[..., 0]


def log_sums(query: Array, key: Array, is_causal: bool, attn_mask: Array | None, scale: float | None) -> Array:
    """The logarithm of the sum of each query's exponentials, which the node keeps."""
    return np.asarray(_weights(query, key, is_causal, attn_mask, scale)[1])


@op(
    "ScaledDotProductFlashAttentionForCpuBackward0",
    outputs="output",
    others="attn_mask logsumexp",
    inputs="query key value",
    joint=lambda grads, query, key, value, output, logsumexp, dropout_p, is_causal, attn_mask, scale, needed: through_the_weights(
        flash_attention_backward(grads[0], query, key, value, dropout_p, is_causal, attn_mask, scale), needed
    ),
)
def flash_attention(
    query: Array, key: Array, value: Array, dropout_p: float = 0.0, is_causal: bool = False, attn_mask: Array | None = None,
    scale: float | None = None, logsumexp: Any = None,
) -> tuple[Array]:  # fmt: skip
    """Attention in one operation.  (n, heads, l, k), (n, heads, s, k), (n, heads, s, v) -> (n, heads, l, v)."""
    return (np.ascontiguousarray(_weights(query, key, is_causal, attn_mask, scale)[0] @ value),)


def through_the_weights(gradients: Any, needed: Any) -> list[Any]:
    """grad through the weighted means and the softmax of the weights."""
    return wanted(gradients, needed)


@op(
    "NotImplemented",
    outputs="grad_query grad_key grad_value",
    others="attn_mask",
    inputs="grad_out query key value",
    joint=lambda: not_differentiable("_scaled_dot_product_flash_attention_for_cpu_backward"),
)
def flash_attention_backward(
    grad_out: Array, query: Array, key: Array, value: Array, dropout_p: float = 0.0, is_causal: bool = False,
    attn_mask: Array | None = None, scale: float | None = None,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of query, key and value."""
    weights, _ = _weights(query, key, is_causal, attn_mask, scale)
    by = query.dtype.type(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    arrived = grad_out @ np.swapaxes(value, -1, -2)
    scores = softmax_backward(arrived, weights, -1) * by
    return scores @ key, np.swapaxes(scores, -1, -2) @ query, np.swapaxes(weights, -1, -2) @ grad_out
