"""`MultiheadAttention`: each place of a sequence looks at all places of another, and takes from them what it finds similar.

    weights = softmax(q @ k.T / sqrt(head_dim));  output = weights @ v        for each head, on its share of the features

Read next: `transformer.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.linear import Linear, fresh
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.ops.creation import zeros, zeros_like
from autograd_viz.torch.ops.joining import cat
from autograd_viz.torch.tensor import Tensor

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under a name that PyTorch needs for reasons of its own."""


class MultiheadAttention(Module):
    """Attention with several heads, each on embed_dim / num_heads of the features. (Vaswani and others, 2017)"""

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        like = {"device": device, "dtype": dtype}
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = kdim or embed_dim, vdim or embed_dim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        apart = not self._qkv_same_embed_dim
        for name, size in (("q_proj_weight", embed_dim), ("k_proj_weight", self.kdim), ("v_proj_weight", self.vdim)):
            self.register_parameter(name, fresh(embed_dim, size, like=like) if apart else None)
        self.register_parameter("in_proj_weight", None if apart else fresh(3 * embed_dim, embed_dim, like=like))
        self.register_parameter("in_proj_bias", fresh(3 * embed_dim, like=like) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        self.bias_k: Any = fresh(1, 1, embed_dim, like=like) if add_bias_kv else None
        self.bias_v: Any = fresh(1, 1, embed_dim, like=like) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        for weight in (self.bias_k, self.bias_v):
            if weight is not None:
                init.xavier_normal_(weight)

    def forward(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
        average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """(L, N, E), (S, N, E), (S, N, E) -> (L, N, E) and the weights (N, L, S).  `batch_first`: N before L and S.

        attn_mask (L, S) or (N * heads, L, S), key_padding_mask (N, S): True, or -inf, where not to look.
        """
        swap = self.batch_first and query.ndim == 3
        key_padding_mask = as_added(key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask")
        attn_mask = as_added(attn_mask, "attn_mask", query.dtype)
        if swap:
            same_key, same_value = query is key, key is value
            query = query.transpose(1, 0)
            key = query if same_key and same_value else key.transpose(1, 0)
            value = key if same_value else value.transpose(1, 0)
        masks = (key_padding_mask, attn_mask)
        output, weights = _attend(self, query, key, value, masks, need_weights, average_attn_weights, is_causal)
        return output.transpose(1, 0) if swap else output, weights


def as_added(mask: Any, name: str, kind: Any, other: Any = None, other_name: str = "") -> Any:
    """A mask that can be added to the scores: 0 where to look, -inf where not.  Raises AssertionError for one of whole numbers."""
    if mask is None:
        return None
    if mask._array.dtype.kind not in "bf":
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and mask.dtype != other.dtype:
        said = "is deprecated. Use same type for both instead."
        warnings.warn(f"Support for mismatched {name} and {other_name} {said}", stacklevel=3)
    made: Any = zeros_like(mask, dtype=kind)
    return mask if mask._array.dtype.kind == "f" else made.masked_fill(mask, -math.inf)


def _attend(
    own: MultiheadAttention, query: Any, key: Any, value: Any, masks: tuple[Any, Any], need_weights: bool, average: bool, is_causal: bool
) -> tuple[Any, Any]:
    """Source: torch.nn.functional.multi_head_attention_forward."""
    padding, mask = masks
    batched = _check_shapes(query, key, value, padding, mask, own.num_heads)
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        padding = None if padding is None else padding.unsqueeze(0)
    (length, count, width), heads = query.shape, own.num_heads
    if is_causal and mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and padding is None and not need_weights:
        mask = None  # the hint says the same
    elif padding is not None:
        is_causal = False
    if width != own.embed_dim:
        raise AssertionError(f"was expecting embedding dimension of {own.embed_dim}, but got {width}")
    q, k, v = _projected(own, query, key, value)
    mask = _three_dimensional(mask, (length, key.shape[0]), count * heads)
    if own.bias_k is not None:
        k, v = (cat([x, bias.repeat(1, count, 1)]) for x, bias in ((k, own.bias_k), (v, own.bias_v)))
        mask, padding = (None if m is None else F.pad(m, (0, 1)) for m in (mask, padding))
    q, k, v = (x.view(x.shape[0], count * heads, own.head_dim).transpose(0, 1) for x in (q, k, v))  # (N * heads, L or S, head_dim)
    if own.add_zero_attn:
        k, v = (cat([x, zeros(count * heads, 1, own.head_dim, dtype=x.dtype)], 1) for x in (k, v))
        mask, padding = (None if m is None else F.pad(m, (0, 1)) for m in (mask, padding))
    seen = k.shape[1]
    if padding is not None:
        padding = padding.view(count, 1, 1, seen).expand(-1, heads, -1, -1).reshape(count * heads, 1, seen)
        mask = padding if mask is None else mask + padding
    dropout = own.dropout if own.training else 0.0
    weights = None
    if need_weights:
        scaled = q * math.sqrt(1.0 / float(q.shape[-1]))
        scores = scaled.bmm(k.transpose(-2, -1)) if mask is None else mask.baddbmm(scaled, k.transpose(-2, -1))
        weights = F.softmax(scores, -1)
        weights = F.dropout(weights, p=dropout) if dropout > 0.0 else weights
        output = weights.bmm(v).transpose(0, 1)
    else:
        if mask is not None:
            mask = mask.unsqueeze(0) if mask.shape[0] == 1 and mask.ndim == 3 else mask.view(count, heads, -1, seen)
        q, k, v = (x.view(count, heads, x.shape[1], own.head_dim) for x in (q, k, v))
        output = F.scaled_dot_product_attention(q, k, v, mask, dropout, is_causal).permute(2, 0, 1, 3)
    output = F.linear(output.reshape(length * count, width), own.out_proj.weight, own.out_proj.bias)
    output = output.view(length, count, output.shape[1])
    if weights is not None:
        weights = weights.view(count, heads, length, seen)
        weights = weights.mean(dim=1) if average else weights
        weights = weights if batched else weights.squeeze(0)
    return output if batched else output.squeeze(1), weights


def _projected(own: MultiheadAttention, query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
    """What is asked for, what it is compared with, and what is taken; one matrix product where the inputs are the same tensor."""
    weight: Any = own.in_proj_weight
    bias: Any = own.in_proj_bias
    width = query.shape[-1]
    if weight is None:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
        biases = (None, None, None) if bias is None else bias.chunk(3)
        weights = (own.q_proj_weight, own.k_proj_weight, own.v_proj_weight)
        q, k, v = (F.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))
        return q, k, v
    if key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
    if key is not value:
        biases = (None, None, None) if bias is None else bias.chunk(3)
        q, k, v = (F.linear(x, w, b) for x, w, b in zip((query, key, value), weight.chunk(3), biases, strict=True))
        return q, k, v
    if query is key:
        q, k, v = _parts(F.linear(query, weight, bias), 3, width)
        return q, k, v
    of_q, of_kv = weight.split([width, width * 2])
    bias_q, bias_kv = (None, None) if bias is None else bias.split([width, width * 2])
    q = F.linear(query, of_q, bias_q)
    k, v = _parts(F.linear(key, of_kv, bias_kv), 2, width)
    return q, k, v


def _parts(together: Any, count: int, width: int) -> list[Any]:
    """(L, N, count * E) -> count times (L, N, E)"""
    apart = together.unflatten(-1, (count, width)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return [apart[i] for i in range(count)]


def _three_dimensional(mask: Any, size: tuple[int, int], rows: int) -> Any:
    if mask is None:
        return None
    expected = size if mask.ndim == 2 else (rows, *size)
    if tuple(mask.shape) != expected:
        raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {expected}.")
    return mask.unsqueeze(0) if mask.ndim == 2 else mask


def _check_shapes(query: Any, key: Any, value: Any, padding: Any, mask: Any, heads: int) -> bool:
    """Whether there is a batch.  Raises AssertionError if the number of dimensions is wrong."""
    dims = query.ndim
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    start = f"For {'batched (3-D)' if dims == 3 else 'unbatched (2-D)'} `query`, expected"
    if key.ndim != dims or value.ndim != dims:
        raise AssertionError(
            f"{start} `key` and `value` to be {dims}-D but found {key.ndim}-D and {value.ndim}-D tensors respectively"
        )
    if padding is not None and padding.ndim != dims - 1:
        raise AssertionError(f"{start} `key_padding_mask` to be `None` or {dims - 1}-D but found {padding.ndim}-D tensor instead")
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertionError(f"{start} `attn_mask` to be `None`, 2-D or 3-D but found {mask.ndim}-D tensor instead")
    expected = (heads, query.shape[0], key.shape[0])
    if mask is not None and dims == 2 and mask.ndim == 3 and tuple(mask.shape) != expected:
        raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {mask.shape}")
    return bool(dims == 3)
