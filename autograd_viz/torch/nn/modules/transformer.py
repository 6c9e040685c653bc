"""`Transformer` and its parts: layers of attention and of a small network, each added to what it was given. (Vaswani and others, 2017)

Read next: `nn/utils/clip_grad.py`.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.nn import functional as F
from autograd_viz.torch.nn import init
from autograd_viz.torch.nn.modules.activation import GELU, ReLU
from autograd_viz.torch.nn.modules.attention import MultiheadAttention, as_added
from autograd_viz.torch.nn.modules.container import ModuleList
from autograd_viz.torch.nn.modules.dropout import Dropout
from autograd_viz.torch.nn.modules.linear import Linear
from autograd_viz.torch.nn.modules.module import Module
from autograd_viz.torch.nn.modules.normalization import LayerNorm
from autograd_viz.torch.tensor import Tensor, holding

__all__ = ["Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer"]

Activation = str | Callable[[Tensor], Tensor]


def _square_mask(size: int, dtype: Any = None) -> Tensor:
    """-inf above the diagonal: no place looks at what comes after it."""
    kind = (dtype or dtypes.get_default_dtype()).numpy
    return holding(np.triu(np.full((size, size), -np.inf, kind), 1))


def _is_causal(mask: Any, said: bool | None, size: int) -> bool:
    if said is not None or mask is None:
        return said is True
    causal = _square_mask(size, mask.dtype)._array
    return mask._array.shape == causal.shape and bool((mask._array == causal).all())


def _length(sequence: Any, batch_first: bool) -> int:
    length: int = sequence.shape[1 if batch_first and sequence.ndim == 3 else 0]
    return length


def _function(activation: Activation) -> Any:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu


class _Layer(Module):
    def _feed_forward(self, x: Any) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def _look(self, attention: Any, x: Any, at: Any, mask: Any, padding: Any, is_causal: bool) -> Any:
        found, _ = attention(x, at, at, attn_mask=mask, key_padding_mask=padding, need_weights=False, is_causal=is_causal)
        return found


class TransformerEncoderLayer(_Layer):
    """Attention to itself, then a network of two Linears; each is followed by dropout, added, and normalized (`norm_first`: before)."""

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        like: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, batch_first=batch_first, **like)
        self.linear1 = Linear(d_model, dim_feedforward, **like)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **like)
        self.norm_first = norm_first
        self.norm1, self.norm2 = LayerNorm(d_model, layer_norm_eps, **like), LayerNorm(d_model, layer_norm_eps, **like)
        self.dropout1, self.dropout2 = Dropout(dropout), Dropout(dropout)
        self.activation = _function(activation)

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Tensor:
        """(L, N, E) -> (L, N, E)."""
        padding = as_added(src_key_padding_mask, "src_key_padding_mask", src.dtype, src_mask, "src_mask")
        mask, x = as_added(src_mask, "src_mask", src.dtype), src

        def look(x: Any) -> Any:
            return self.dropout1(self._look(self.self_attn, x, x, mask, padding, is_causal))

        if self.norm_first:
            x = x + look(self.norm1(x))
            return x + self.dropout2(self._feed_forward(self.norm2(x)))
        x = self.norm1(x + look(x))
        return self.norm2(x + self.dropout2(self._feed_forward(x)))


class TransformerDecoderLayer(_Layer):
    """Attention to itself, attention to what the encoder gave (`memory`), then a network of two Linears."""

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        like: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, batch_first=batch_first, **like)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, batch_first=batch_first, **like)
        self.linear1 = Linear(d_model, dim_feedforward, **like)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **like)
        self.norm_first = norm_first
        self.norm1, self.norm2 = LayerNorm(d_model, layer_norm_eps, **like), LayerNorm(d_model, layer_norm_eps, **like)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, **like)
        self.dropout1, self.dropout2, self.dropout3 = Dropout(dropout), Dropout(dropout), Dropout(dropout)
        self.activation = _function(activation)

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, tgt_is_causal: bool = False, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """(L, N, E), (S, N, E) -> (L, N, E)."""

        def to_itself(x: Any) -> Any:
            return self.dropout1(self._look(self.self_attn, x, x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))

        def to_memory(x: Any) -> Any:
            masks = (memory_mask, memory_key_padding_mask, memory_is_causal)
            return self.dropout2(self._look(self.multihead_attn, x, memory, *masks))

        x = tgt
        if self.norm_first:
            x = x + to_itself(self.norm1(x))
            x = x + to_memory(self.norm2(x))
            return x + self.dropout3(self._feed_forward(self.norm3(x)))
        x = self.norm1(x + to_itself(x))
        x = self.norm2(x + to_memory(x))
        return self.norm3(x + self.dropout3(self._feed_forward(x)))


class TransformerEncoder(Module):
    """A layer, copied num_layers times."""

    def __init__(
        self, encoder_layer: Any, num_layers: int, norm: Module | None = None, enable_nested_tensor: bool = True, mask_check: bool = True
    ) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm
        why = _why_not_nested(encoder_layer)
        if enable_nested_tensor and why:
            said = "enable_nested_tensor is True, but self.use_nested_tensor is False because"
            warnings.warn(f"{said} {why}", stacklevel=2)

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None) -> Tensor:
        """(L, N, E) -> (L, N, E)."""
        padding = as_added(src_key_padding_mask, "src_key_padding_mask", src.dtype, mask, "mask")
        mask = as_added(mask, "mask", src.dtype)
        causal = _is_causal(mask, is_causal, _length(src, self.layers[0].self_attn.batch_first))
        output = src
        for layer in self.layers:
            output = layer(output, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        return output if self.norm is None else self.norm(output)


def _why_not_nested(layer: Any) -> str:
    """PyTorch's warning that a quicker way, which is not ours, cannot be taken."""
    if not isinstance(layer, TransformerEncoderLayer):
        return "encoder_layer was not TransformerEncoderLayer"
    attention: Any = layer.self_attn
    quick = layer.activation in (F.relu, F.gelu) or isinstance(layer.activation, ReLU | GELU)
    reasons = {
        "norm_first was True": layer.norm_first,
        "self_attn.batch_first was not True(use batch_first for better inference performance)": not attention.batch_first,
        "self_attn._qkv_same_embed_dim was not True": not attention._qkv_same_embed_dim,
        "self_attn was passed bias=False": attention.in_proj_bias is None,
        "activation_relu_or_gelu was not True": not quick,
        "norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        "self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((f"encoder_layer.{reason}" for reason, holds in reasons.items() if holds), "")


class TransformerDecoder(Module):
    """A layer, copied num_layers times."""

    def __init__(self, decoder_layer: Any, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(decoder_layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """(L, N, E), (S, N, E) -> (L, N, E)."""
        causal = _is_causal(tgt_mask, tgt_is_causal, _length(tgt, self.layers[0].self_attn.batch_first))
        output = tgt
        for layer in self.layers:
            output = layer(
                output, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=causal, memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return output if self.norm is None else self.norm(output)


class Transformer(Module):
    """An encoder for one sequence, and a decoder that continues another with its help."""

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6, dim_feedforward: int = 2048,
        dropout: float = 0.1, activation: Activation = F.relu, custom_encoder: Any = None, custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        like: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first)
        if custom_encoder is None:
            layer: Module = TransformerEncoderLayer(*settings, **like)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, LayerNorm(d_model, layer_norm_eps, **like))
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*settings, **like)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, LayerNorm(d_model, layer_norm_eps, **like))
        self.decoder = custom_decoder
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def forward(
        self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None, src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        """(S, N, E), (L, N, E) -> (L, N, E)."""
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal,
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """-inf above the diagonal: no place looks at what comes after it."""
        dtypes.on(device)
        return _square_mask(sz, dtype)
