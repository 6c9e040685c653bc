"""Layers that normalize: layer_norm, rms_norm, batch_norm, instance_norm, group_norm, local_response_norm, and `normalize`.

Read next: `layers.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.ops import normalization as rows
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.inplace import copy, in_place
from autograd_viz.torch.ops.padding import pad
from autograd_viz.torch.ops.pointwise import plus
from autograd_viz.torch.ops.reduction import mean_dim
from autograd_viz.torch.ops.shape import expand, reshape, view, wrap_dim
from autograd_viz.torch.tensor import Tensor, holding, need_tensors

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "normalize", "rms_norm"]


def _shape_of(function: str, normalized_shape: Any) -> tuple[int, ...]:
    if not isinstance(normalized_shape, tuple | list):
        kind = type(normalized_shape).__name__
        raise TypeError(f"{function}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {kind}")
    return tuple(normalized_shape)


def _check_last(input: Tensor, shape: tuple[int, ...], comma: str = ", ", **parameters: Tensor | None) -> None:
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        )
    for name, tensor in parameters.items():
        if tensor is not None and tuple(tensor.shape) != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(tensor.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
    if tuple(input.shape[len(input.shape) - len(shape) :]) != shape or len(input.shape) < len(shape):
        inner = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*{comma}{inner}], but got input of size{list(input.shape)}"
        )


def layer_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 over the last dimensions, then * weight + bias.  Raises RuntimeError if the shapes do not fit."""
    need_tensors("layer_norm", input=input)
    shape = _shape_of("layer_norm", normalized_shape)
    _check_last(input, shape, weight=weight, bias=bias)
    array = need_floats(input._array, "LayerNormKernelImpl")
    mean, rstd = rows.row_statistics(array, len(shape), eps)
    return rows.native_layer_norm(input, shape, weight, bias, holding(mean), holding(rstd))


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """The input over the root of the mean of its squares, over the last dimensions; then * weight."""
    need_tensors("rms_norm", input=input)
    shape = _shape_of("rms_norm", normalized_shape)
    if input.ndim < len(shape):
        raise ValueError(f"Input tensor must have at least {len(shape)} dimensions, but got {input.ndim}")
    _check_last(input, shape, "", weight=weight)  # (so PyTorch writes it here)
    need_floats(input._array, "rms_norm")
    eps = float(np.finfo(input._array.dtype).eps) if eps is None else eps
    squares: Any = plus(mean_dim(input**2, tuple(input.ndim - 1 - place for place in range(len(shape))), True), eps)
    made = input * squares.rsqrt()
    return made if weight is None else made * weight


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None, bias: Tensor | None = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel normalized over all samples and places; while training, the running statistics move towards the batch's.

    (n, channels, ...) -> the same.  Raises ValueError if there is but one value per channel, RuntimeError for wrong sizes.
    """
    if training:
        _verify_batch_size(input.shape)
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    elif eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    need_tensors("batch_norm", input=input)
    return batch_norm_of(input, weight, bias, running_mean, running_var, training, momentum, eps)


def batch_norm_of(
    input: Tensor, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float
) -> Tensor:
    """`batch_norm` after its first checks, with the arguments in ATen's order."""
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    channels = input.shape[1] if input.ndim > 1 else 0
    for name, tensor in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if tensor is None and name.startswith("running") and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
        if tensor is not None and tensor._array.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {tensor._array.size}")
    array = need_floats(input._array, "batch_norm")
    wrap_dim(1, input.ndim)
    if not training:
        nothing = holding(np.zeros(0, array.dtype)), holding(np.zeros(0, array.dtype))
        return rows.native_batch_norm(input, weight, bias, running_mean, running_var, False, eps, *nothing)
    dims = (0, *range(2, input.ndim))
    mean, rstd = rows.statistics(array, dims, eps)
    count = array.size // max(channels, 1)
    rows.need_one_dtype(array, *(each._array for each in (weight, bias, running_mean, running_var) if each is not None))
    exact = array.astype(np.float64)
    variance = ((exact - exact.mean(dims, keepdims=True)) ** 2).sum(dims) / max(count - 1, 1)
    for running, now in ((running_mean, mean.reshape(-1)), (running_var, variance)):
        if running is not None:  # behind autograd's back: PyTorch does not count this as a new version either
            running._array[...] = (1 - momentum) * running._array + momentum * now
    return rows.native_batch_norm(
        input, weight, bias, running_mean, running_var, True, eps, holding(mean.reshape(-1)), holding(rstd.reshape(-1))
    )


def _verify_batch_size(size: Sequence[int]) -> None:
    count = size[0]
    for places in size[2:]:
        count *= places
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def instance_norm(
    input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None, use_input_stats: bool = True,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Any:  # fmt: skip
    """Each channel of each sample normalized by itself: a batch norm in which every sample's channel is a channel of its own."""
    if use_input_stats:
        places = 1
        for size in input.shape[2:]:
            places *= size
        if places == 1:
            raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    elif running_mean is None or running_var is None:
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    samples, channels = input.shape[:2]
    wide = [None if each is None else each.repeat(samples) for each in (weight, bias, running_mean, running_var)]
    flat = view(input.contiguous(), (1, samples * channels, *input.shape[2:]))
    made = batch_norm_of(flat, wide[0], wide[1], wide[2], wide[3], use_input_stats, momentum, eps)
    with no_grad():
        for running, each in ((running_mean, wide[2]), (running_var, wide[3])):
            if running is not None:
                in_place(running, copy, mean_dim(view(each, (samples, channels)), (0,)))
    return view(made, tuple(input.shape))


def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """The channels in groups, each group of each sample normalized by itself.  Raises RuntimeError if they cannot be divided evenly."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    _verify_batch_size([input.shape[0] * input.shape[1] // num_groups, num_groups, *input.shape[2:]])
    samples, channels = input.shape[:2]
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if channels % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {list(input.shape)} and "
            f"num_groups={num_groups}"
        )
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and tuple(tensor.shape) != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
                f"{list(tensor.shape)} and input of shape {list(input.shape)}"
            )
    places = rows.spatial(tuple(input.shape))
    made: Tensor = rows.native_group_norm(input, weight, bias, samples, channels, places, num_groups, float(eps))[0]
    return made


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: None = None) -> Any:
    """The input over its p-norm along dim (at least eps): rows of length 1."""
    length = input.norm(p, dim, keepdim=True).clamp_min(eps)
    return input / expand(length, tuple(input.shape))


def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Any:
    """The input over (k + alpha * the mean of the squares in the `size` channels around) ** beta."""
    from autograd_viz.torch.nn.functional.pooling import avg_pool2d, avg_pool3d

    dim = input.ndim
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality                          input (got {dim} dimensions)")
    if not input._array.size:
        return input
    squares = (input * input).unsqueeze(1) if dim == 3 else view(input * input, (input.shape[0], 1, *input.shape[1:3], -1))
    around = (*(0,) * (2 * (squares.ndim - 3)), size // 2, (size - 1) // 2)
    padded = pad(squares, around)
    if dim == 3:
        mean = avg_pool2d(padded, (size, 1), stride=1).squeeze(1)
    else:
        mean = reshape(avg_pool3d(padded, (size, 1, 1), stride=1).squeeze(1), tuple(input.shape))
    return input / (mean * alpha + k) ** beta
