"""Normalization: subtract the mean of a group of elements, divide by their standard deviation, then scale and shift by learned numbers.

The group is the last dimensions (layer norm), all samples of a channel (batch norm), or some channels of a sample (group norm).
With x^ = (x - mean) * rstd the gradient of x is `project(grad * weight)`: what arrives, without its mean and without its part along
x^, for neither of them can change x^.

Read next: `convolution.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_viz.torch.modes import no_grad
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.pointwise import times, zeros
from autograd_viz.torch.ops.reduction import mean_dim, sum_dim
from autograd_viz.torch.ops.shape import expand, reshape
from autograd_viz.torch.ops.shape_inplace import unsqueeze_

Dims = tuple[int, ...]


def project(v: Any, normal: Any, rstd: Any, dims: Dims) -> Any:
    """The gradient of x, if that of x^ = `normal` is v: rstd * (v - mean(v) - x^ * mean(v * x^))."""
    return rstd * (v - mean_dim(v, dims, True) - normal * mean_dim(v * normal, dims, True))


def project_double_backward(gradient: Any, v: Any, normal: Any, rstd: Any, dims: Dims) -> Any:
    """The gradient of x, of which `project(v)` is a function through x^ and rstd."""
    along_u, along_v = mean_dim(gradient * normal, dims, True), mean_dim(v * normal, dims, True)
    covariance = mean_dim(gradient * v, dims, True) - mean_dim(gradient, dims, True) * mean_dim(v, dims, True)
    through_normal = -rstd * (along_v * gradient + along_u * v)
    through_rstd = -rstd * rstd * normal * (covariance - along_u * along_v)
    return project(through_normal, normal, rstd, dims) + through_rstd


def statistics(array: Array, dims: Dims, eps: float) -> tuple[Array, Array]:
    """The mean over dims and 1 / the standard deviation, with the dimensions kept. Computed in float64."""
    exact = array.astype(np.float64)
    count = max(prod(array.shape[d] for d in dims), 1)
    mean = exact.sum(dims, keepdims=True) / count
    variance = ((exact - mean) ** 2).sum(dims, keepdims=True) / count
    return mean.astype(array.dtype), (1 / np.sqrt(variance + eps)).astype(array.dtype)


FEW = 16  # elements, up to which PyTorch takes them one by one


def row_statistics(array: Array, dims: int, eps: float) -> tuple[Array, Array]:
    """The same over the last `dims` dimensions as PyTorch's layer norm does it: a running mean that each element corrects (Welford)."""
    rows = array.reshape(*array.shape[: array.ndim - dims], -1)
    kept = (*rows.shape[:-1], *(1,) * dims)
    if not 0 < rows.shape[-1] <= FEW:
        return statistics(array, tuple(range(-dims, 0)), eps)
    mean, squares = np.zeros_like(rows[..., 0]), np.zeros_like(rows[..., 0])
    for place in range(rows.shape[-1]):
        step = rows[..., place] - mean
        mean = mean + step / array.dtype.type(place + 1)
        squares = squares + step * (rows[..., place] - mean)
    rstd = 1 / np.sqrt(squares / array.dtype.type(rows.shape[-1]) + array.dtype.type(eps))
    return mean.reshape(kept), rstd.reshape(kept).astype(array.dtype)


def need_one_dtype(input: Array, *parameters: Array | None) -> None:
    """Raise RuntimeError if the parameters have another dtype than the input."""
    for parameter in parameters:
        if parameter is not None and parameter.dtype != input.dtype:
            if input.dtype == np.float64:
                raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
            raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")


# --- layer norm -------------------------------------------------------------------------------------------------------


def _last(shape: Dims) -> Dims:
    return tuple(range(-len(shape), 0))


@op(
    "NativeLayerNormBackward0",
    others="result1 result2",
    inputs="input weight bias",
    joint=lambda grad, input, normalized_shape, result1, result2, weight, bias, needed: without_mean(
        native_layer_norm_backward(grad, input, normalized_shape, result1, result2, weight, bias), needed, grad
    ),
)
def native_layer_norm(
    input: Array, normalized_shape: Dims, weight: Array | None = None, bias: Array | None = None, result1: Any = None, result2: Any = None
) -> Array:
    """(input - mean) * rstd * weight + bias, the statistics (`result1`, `result2`) over the last dimensions."""
    need_one_dtype(input, weight, bias)
    return _scaled((input - result1) * result2, weight, bias)


def _scaled(normal: Array, weight: Array | None, bias: Array | None) -> Array:
    normal = normal if weight is None else normal * weight
    return np.array(normal if bias is None else normal + bias, order="C")


def without_mean(gradients: Any, needed: Any, grad: Any) -> list[Any]:
    """rstd * (g - mean(g) - x^ * mean(g * x^)) for g = grad * weight."""
    return wanted(gradients, needed)


def wanted(gradients: Any, needed: Any) -> list[Any]:
    """Those of the gradients that somebody asked for."""
    return [gradient if need else None for gradient, need in zip(gradients, needed, strict=True)]


@op(
    "NativeLayerNormBackwardBackward0",
    others="mean rstd",
    outputs="grad_input grad_weight grad_bias",
    inputs="grad_out input weight bias",
    joint=lambda grads, grad_out, input, normalized_shape, mean, rstd, weight: (
        [*norm_double_backward(grads, grad_out, (input - mean) * rstd, rstd, weight, _last(normalized_shape)), None]
    ),  # the bias only shifts
)
def native_layer_norm_backward(
    grad_out: Array, input: Array, normalized_shape: Dims, mean: Array, rstd: Array, weight: Array | None = None, bias: Array | None = None
) -> tuple[Array, Array, Array]:
    """The gradients of input, weight and bias."""
    dims, normal = _last(normalized_shape), (input - mean) * rstd
    samples = tuple(range(input.ndim - len(normalized_shape)))
    scaled = grad_out if weight is None else grad_out * weight
    return project(scaled, normal, rstd, dims), (grad_out * normal).sum(samples), grad_out.sum(samples)


def norm_double_backward(grads: list[Any], grad_out: Any, normal: Any, rstd: Any, weight: Any, dims: Dims) -> list[Any]:
    """The gradients of a norm's backward with respect to grad_out, input and weight (in a shape that broadcasts)."""
    to_input, to_weight, to_bias = grads
    grad_grad_out: Any = None
    grad_input: Any = None
    grad_weight: Any = None
    if to_input is not None:
        scaled = grad_out if weight is None else grad_out * weight
        projected = project(to_input, normal, rstd, dims)
        grad_grad_out = projected if weight is None else projected * weight
        grad_input = project_double_backward(to_input, scaled, normal, rstd, dims)
        grad_weight = None if weight is None else grad_out * projected
    if to_weight is not None:
        grad_grad_out = _sum(grad_grad_out, to_weight * normal)
        grad_input = _sum(grad_input, project(to_weight * grad_out, normal, rstd, dims))
    if to_bias is not None and weight is not None:  # (PyTorch forgets a bias that has no weight beside it)
        grad_grad_out = _sum(grad_grad_out, expand(to_bias, tuple(grad_out.shape)))
    return [grad_grad_out, grad_input, grad_weight]


def _sum(a: Any, b: Any) -> Any:
    return b if a is None else a + b


# --- batch norm -------------------------------------------------------------------------------------------------------


def per_channel(vector: Any, ndim: int) -> Any:
    """A vector of one number per channel in a shape that broadcasts with (n, channels, ...)."""
    return None if vector is None else reshape(vector, (1, -1, *(1,) * (ndim - 2)))


def _samples(ndim: int) -> Dims:
    return (0, *range(2, ndim))


@op(
    "NativeBatchNormBackward0",
    others="running_mean running_var result1 result2",
    inputs="input weight bias",
    joint=lambda grad, input, weight, running_mean, running_var, result1, result2, training, eps, needed: without_mean(
        native_batch_norm_backward(grad, input, weight, running_mean, running_var, result1, result2, training, eps), needed, grad
    ),
)
def native_batch_norm(
    input: Array, weight: Array | None = None, bias: Array | None = None, running_mean: Array | None = None,
    running_var: Array | None = None, training: bool = False, eps: float = 1e-5, result1: Any = None, result2: Any = None,
) -> Array:  # fmt: skip
    """Normalize each channel, by the batch's own statistics (`result1`, `result2`) while training, else by the running ones."""
    need_one_dtype(input, weight, bias, running_mean, running_var)
    mean, rstd = _used(input, running_mean, running_var, result1, result2, training, eps)
    return _straight(input, mean, rstd, per_channel(weight, input.ndim), per_channel(bias, input.ndim))


def _straight(x: Array, mean: Array, rstd: Array, weight: Array | None, bias: Array | None) -> Array:
    """The same as one straight line: x * scale + shift."""
    scale = rstd if weight is None else rstd * weight
    shift = -mean * scale if bias is None else bias - mean * scale
    return np.array(x * scale + shift, dtype=x.dtype, order="C")


def _used(input: Any, running_mean: Any, running_var: Any, save_mean: Any, save_invstd: Any, training: bool, eps: float) -> tuple[Any, Any]:
    """The mean and the rstd that the channels were normalized by, to broadcast with the input. They count as constants."""
    ndim = len(input.shape)
    if training:
        return per_channel(save_mean, ndim), per_channel(save_invstd, ndim)
    return per_channel(running_mean, ndim), 1 / (per_channel(running_var, ndim) + eps) ** 0.5


@op(
    "NativeBatchNormBackwardBackward0",
    others="running_mean running_var save_mean save_invstd",
    outputs="grad_input grad_weight grad_bias",
    inputs="grad_out input weight",
    joint=lambda grads, grad_out, input, weight, running_mean, running_var, save_mean, save_invstd, train, eps: batch_norm_double_backward(
        grads, grad_out, input, weight, _used(input, running_mean, running_var, save_mean, save_invstd, train, eps), train
    ),
)
def native_batch_norm_backward(
    grad_out: Array, input: Array, weight: Array | None = None, running_mean: Array | None = None, running_var: Array | None = None,
    save_mean: Array | None = None, save_invstd: Array | None = None, train: bool = False, eps: float = 1e-5,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """The gradients of input, weight and bias."""
    mean, rstd = _used(input, running_mean, running_var, save_mean, save_invstd, train, eps)
    normal, dims = (input - mean) * rstd, _samples(input.ndim)
    scaled = grad_out if weight is None else grad_out * per_channel(weight, input.ndim)
    grad_input = project(scaled, normal, rstd, dims) if train else np.asarray(scaled * rstd, input.dtype)
    return grad_input, (grad_out * normal).sum(dims, dtype=input.dtype), grad_out.sum(dims)


def batch_norm_double_backward(grads: list[Any], grad_out: Any, input: Any, weight: Any, used: tuple[Any, Any], train: bool) -> list[Any]:
    """The gradients of batch norm's backward with respect to grad_out, input and weight."""
    ndim, (mean, rstd) = len(input.shape), used
    grads = [grads[0], per_channel(grads[1], ndim), per_channel(grads[2], ndim)]
    wide, normal = per_channel(weight, ndim), (input - mean) * rstd
    if train:
        made = norm_double_backward(grads, grad_out, normal, rstd, wide, _samples(ndim))
    else:
        made = _affine_double_backward(grads, grad_out, normal, rstd, wide)
    if made[2] is not None:
        made[2] = sum_dim(made[2], _samples(ndim))
    return made


def _affine_double_backward(grads: list[Any], grad_out: Any, normal: Any, rstd: Any, weight: Any) -> list[Any]:
    """By the running statistics the output is linear in the input: only the products with the weight bend."""
    to_input, to_weight, to_bias = grads
    grad_grad_out: Any = None
    grad_weight: Any = None
    if to_input is not None:
        grad_grad_out = to_input * rstd if weight is None else to_input * rstd * weight
        grad_weight = None if weight is None else to_input * rstd * grad_out
    if to_weight is not None:
        grad_grad_out = _sum(grad_grad_out, to_weight * normal)
    if to_bias is not None and weight is not None:
        grad_grad_out = _sum(grad_grad_out, expand(to_bias, tuple(grad_out.shape)))
    return [grad_grad_out, None if to_weight is None else to_weight * rstd * grad_out, grad_weight]


# --- group norm -------------------------------------------------------------------------------------------------------


@op(
    "NativeGroupNormBackward0",
    outputs="result result1 result2",
    inputs="input weight bias",
    joint=lambda grads, input, result1, result2, weight, N, C, HxW, group, eps, needed: group_norm_backward(
        grads, input, result1, result2, weight, N, C, HxW, group, needed
    ),
)
def native_group_norm(
    input: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    N: int = 1,
    C: int = 1,
    HxW: int = 1,
    group: int = 1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    """Normalize the channels in groups, each sample by itself; also the groups' means and rstds, (N, group)."""
    need_floats(input, "GroupNormKernelImpl")
    need_one_dtype(input, weight, bias)
    groups = input.reshape(N, group, C // group, HxW)
    mean, rstd = row_statistics(groups, 2, eps)
    wide = [None if vector is None else vector.reshape(1, group, -1, 1) for vector in (weight, bias)]
    return _straight(groups, mean, rstd, *wide).reshape(input.shape), mean.reshape(N, group), rstd.reshape(N, group)


def group_norm_backward(
    grads: list[Any],
    input: Any,
    result1: Any,
    result2: Any,
    weight: Any,
    N: int,
    C: int,
    HxW: int,
    group: int,
    needed: Any,
) -> list[Any]:
    """rstd * (g - mean(g) - x^ * mean(g * x^)) for g = grad * weight. In PyTorch's steps; second derivatives reach mean and rstd too."""
    each = C // group
    share = 1.0 / (each * HxW)
    x, mean, rstd = reshape(input, (N, group, each, HxW)), reshape(result1, (N, group, 1, 1)), reshape(result2, (N, group, 1, 1))
    if grads[0] is None:  # only the mean and the rstd were used, by a second derivative
        return [reshape(_through_statistics(grads, x, mean, rstd, share), tuple(input.shape)), None, None]
    gradient = reshape(grads[0], (N, group, each, HxW))
    with_x, alone = unsqueeze_(sum_dim(gradient * x, (3,)), -1), unsqueeze_(sum_dim(gradient, (3,)), -1)
    made: list[Any] = [None, None, None]
    if needed[0]:
        wide = None if weight is None else reshape(weight, (1, group, each, 1))
        cube = rstd * rstd * rstd
        a = rstd if wide is None else rstd * wide
        b = unsqueeze_(sum_dim(with_x if wide is None else with_x * wide, (2,)), -2)
        c = unsqueeze_(sum_dim(alone if wide is None else alone * wide, (2,)), -2)
        b = times((c * mean - b) * cube, share)
        c = -b * mean - times(c * rstd, share)
        total = a * gradient + b * x + c
        if grads[1] is not None or grads[2] is not None:
            total = total + _through_statistics(grads, x, mean, rstd, share)
        made[0] = reshape(total, tuple(input.shape))
    if needed[1]:
        made[1] = reshape(sum_dim((with_x - alone * mean) * rstd, (0,)), (C,))
    if needed[2]:
        made[2] = reshape(sum_dim(alone, (0,)), (C,))
    return made


def _through_statistics(grads: list[Any], x: Any, mean: Any, rstd: Any, share: float) -> Any:
    """The gradient of x from those of the mean and the rstd."""
    total = zeros(x)
    if grads[1] is not None:
        total = total + times(reshape(grads[1], tuple(mean.shape)), share)
    if grads[2] is not None:
        total = total - (x - mean) * times(rstd * rstd * rstd * reshape(grads[2], tuple(mean.shape)), share)
    return total


def spatial(shape: Dims) -> int:
    """How many places each channel has."""
    return prod(shape[2:])


# --- weight norm ------------------------------------------------------------------------------------------------------


def norm_except_dim(v: Any, pow: int = 2, dim: int = 0) -> Any:
    """The p-norms over all dimensions but one, which are kept; over all of them if dim is -1."""
    if dim == -1:
        return v.norm(pow)
    return v.norm(pow, tuple(d for d in range(v.ndim) if d != dim), True)


def weight_norm_of(v: Any, g: Any, dim: int = 0) -> Any:
    """v * (g / |v|), with a length for each place along `dim`, which is the first or the last; one for all if it is -1."""
    if dim in (0, v.ndim - 1):
        with no_grad():
            norms = norm_except_dim(v, 2, dim)
        return weight_norm_interface(v, g, dim, norms)
    return v * (g / norm_except_dim(v, 2, dim))


@op("WeightNormInterfaceBackward0", others="result1", inputs="v g",
    joint=lambda grad, v, g, result1, dim, needed: wanted(weight_norm_backward(grad, v, g, dim), needed))  # fmt: skip
def weight_norm_interface(v: Array, g: Array, dim: int = 0, result1: Any = None) -> Array:
    """v * (g / result1), which are the norms."""
    return v * (g / result1)


def weight_norm_backward(grad: Any, v: Any, g: Any, dim: int) -> list[Any]:
    """For w = g * v / n:  g / n * (grad - v * (grad . v) / n^2)  and  (grad . v) / n."""
    dims = tuple(d for d in range(v.ndim) if d != dim)
    squares, along = sum_dim(v * v, dims, True), sum_dim(grad * v, dims, True)
    norms = squares**0.5
    return [g / norms * (grad - v * (along / squares)), along / norms]
