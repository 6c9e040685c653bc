"""What `torch` itself offers of these functions: `torch.conv2d`, `torch.dropout`, `torch.layer_norm`, ...

They do the same, but some take their arguments in another order, and a loss gets its reduction as PyTorch's number for it (0 none,
1 mean, 2 sum).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_viz.torch.nn.functional import layers, losses, normalization, pooling
from autograd_viz.torch.nn.functional.activations import celu_, relu_, rrelu_, selu_, threshold_
from autograd_viz.torch.nn.functional.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from autograd_viz.torch.nn.functional.layers import bilinear
from autograd_viz.torch.nn.functional.normalization import rms_norm
from autograd_viz.torch.nn.functional.pooling import adaptive_avg_pool1d, avg_pool1d
from autograd_viz.torch.ops.losses import reduced
from autograd_viz.torch.tensor import Tensor, need_tensors

__all__ = [
    "adaptive_avg_pool1d", "adaptive_max_pool1d", "alpha_dropout", "alpha_dropout_", "avg_pool1d", "batch_norm", "bilinear",
    "binary_cross_entropy_with_logits", "celu_", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "cosine_embedding_loss", "dropout", "dropout_", "embedding", "feature_alpha_dropout", "feature_dropout", "group_norm",
    "hinge_embedding_loss", "instance_norm", "kl_div", "layer_norm", "margin_ranking_loss", "max_pool1d", "max_pool1d_with_indices",
    "max_pool2d", "max_pool3d", "poisson_nll_loss", "relu_", "rms_norm", "rrelu_", "selu_", "threshold_", "triplet_margin_loss",
]  # fmt: skip


# --- dropout, embedding, pooling --------------------------------------------------------------------------------------


def dropout(input: Tensor, p: float, train: bool) -> Any:
    """`functional.dropout`."""
    return _dropped("dropout", input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Any:
    """`functional.dropout`, in place."""
    return _dropped("dropout_", input, p, train, inplace=True)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Any:
    """`functional.alpha_dropout`."""
    return _dropped("alpha_dropout", input, p, train, alpha=True)


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Any:
    """`functional.alpha_dropout`, in place."""
    return _dropped("alpha_dropout_", input, p, train, inplace=True, alpha=True)


def feature_dropout(input: Tensor, p: float, train: bool) -> Any:
    """Dropout of whole channels."""
    return _dropped("feature_dropout", input, p, train, feature=True)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Any:
    """`functional.feature_alpha_dropout`."""
    return _dropped("feature_alpha_dropout", input, p, train, feature=True, alpha=True)


def _dropped(function: str, input: Tensor, p: float, train: bool, **how: bool) -> Any:
    need_tensors(function, input=input)
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    return layers.dropped(function, input, p, train, how.get("inplace", False), how.get("feature", False), how.get("alpha", False))


def embedding(weight: Any, indices: Any, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False) -> Any:
    """`functional.embedding`, the table first."""
    return layers.embedding(indices, weight, None if padding_idx < 0 else padding_idx, None, 2.0, scale_grad_by_freq, sparse)


def adaptive_max_pool1d(input: Tensor, output_size: Any) -> Any:
    """`functional.adaptive_max_pool1d`, always with the indices."""
    return pooling.adaptive_max_pool1d(input, output_size, True)


def max_pool1d(input: Tensor, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`functional.max_pool1d`."""
    return pooling.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d_with_indices(
    input: Tensor, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """`functional.max_pool1d`, with the indices."""
    return pooling.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d(input: Tensor, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`functional.max_pool2d`."""
    return pooling.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d(input: Tensor, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """`functional.max_pool3d`."""
    return pooling.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode)


# --- normalization ----------------------------------------------------------------------------------------------------


def batch_norm(
    input: Tensor, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float,
    cudnn_enabled: bool,
) -> Any:  # fmt: skip
    """`functional.batch_norm`, the parameters first."""
    need_tensors("batch_norm", input=input)
    return normalization.batch_norm_of(input, weight, bias, running_mean, running_var, training, momentum, eps)


def instance_norm(
    input: Tensor, weight: Any, bias: Any, running_mean: Any, running_var: Any, use_input_stats: bool, momentum: float, eps: float,
    cudnn_enabled: bool,
) -> Any:  # fmt: skip
    """`functional.instance_norm`, the parameters first."""
    need_tensors("instance_norm", input=input)
    return normalization.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5, cudnn_enable: bool = True
) -> Any:
    """`functional.layer_norm`."""
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(input: Tensor, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5, cudnn_enabled: bool = True) -> Any:
    """`functional.group_norm`."""
    need_tensors("group_norm", input=input)
    return normalization.group_norm(input, num_groups, weight, bias, eps)


# --- losses: their reduction is a number, and none if it is not said ---------------------------------------

NAMES = {0: "none", 1: "mean", 2: "sum"}


def kl_div(input: Any, target: Any, reduction: int = 0, *, log_target: bool = False) -> Any:
    """`functional.kl_div`, without its warning."""
    made: Any = losses.divergence(input, target, log_target)
    return reduced(made, reduction)


def binary_cross_entropy_with_logits(input: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = 0) -> Any:
    """`functional.binary_cross_entropy_with_logits`."""
    return losses.binary_cross_entropy_with_logits(input, target, weight, reduction=NAMES[reduction], pos_weight=pos_weight)


def _numbered(function: Callable[..., Any], *given: Any, reduction: int) -> Any:
    return function(*given, reduction=NAMES[reduction])


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: int = 0) -> Any:
    """`functional.hinge_embedding_loss`."""
    return _numbered(losses.hinge_embedding_loss, input, target, margin, reduction=reduction)


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: int = 0) -> Any:
    """`functional.margin_ranking_loss`."""
    return _numbered(losses.margin_ranking_loss, input1, input2, target, margin, reduction=reduction)


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: int = 0) -> Any:
    """`functional.cosine_embedding_loss`."""
    return _numbered(losses.cosine_embedding_loss, input1, input2, target, margin, reduction=reduction)


def triplet_margin_loss(
    anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2, eps: float = 1e-6, swap: bool = False, reduction: int = 0
) -> Any:
    """`functional.triplet_margin_loss`."""
    return _numbered(losses.triplet_margin_loss, anchor, positive, negative, margin, p, eps, swap, reduction=reduction)


def poisson_nll_loss(input: Any, target: Any, log_input: bool, full: bool, eps: float, reduction: int) -> Any:
    """`functional.poisson_nll_loss`."""
    return losses.poisson_nll_loss(input, target, log_input, full, eps=eps, reduction=NAMES[reduction])
