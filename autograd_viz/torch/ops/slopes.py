"""Leaky activations: relus that let something through below 0 too, with a slope that is given, learned (prelu) or drawn (rrelu).

Read next: `softmax.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import need_floats
from autograd_viz.torch.ops.pointwise import Number, where, zeros
from autograd_viz.torch.ops.shape import reshape
from autograd_viz.torch.random import Generator, default_generator
from autograd_viz.torch.tensor import Tensor, holding, method, need_tensors

__all__ = ["prelu", "rrelu"]


@op("LeakyReluBackward0", self=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope))
def leaky_relu(self: Array, negative_slope: Number = 0.01) -> Array:
    """self where it is positive, else self * negative_slope."""
    need_floats(self, "leaky_relu_cpu")
    return np.where(self > 0, self, self * self.dtype.type(negative_slope))


@op("LeakyReluBackward1", self=lambda grad, result, negative_slope: leaky_relu_backward(grad, result, negative_slope))
def leaky_relu_(self: Array, negative_slope: Number = 0.01) -> Array:
    """`leaky_relu` for use in place: its derivative is read from the result, which has the sign of what was there."""
    return leaky_relu(self, negative_slope)


@op(
    "LeakyReluBackwardBackward0",
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    self=lambda grad: zeros(grad),
)
def leaky_relu_backward(grad_output: Array, self: Array, negative_slope: Number) -> Array:
    """grad_output where self > 0 else grad_output * negative_slope."""
    return np.where(self > 0, grad_output, grad_output * grad_output.dtype.type(negative_slope))


@op("PreluKernelBackward0", joint=lambda grad, self, weight: prelu_kernel_backward(grad, self, weight), inputs="self weight")
def prelu_kernel(self: Array, weight: Array) -> Array:
    """self where it is positive, else self * weight: a leaky relu whose slope is learned. The weight's shape fits self's."""
    return np.where(self > 0, self, self * weight)


@op(
    "PreluKernelBackwardBackward0",
    outputs="grad_self grad_weight",
    joint=lambda grads, grad_output, self, weight: prelu_double_backward(grads, grad_output, self, weight),
    inputs="grad_output self weight",
)
def prelu_kernel_backward(grad_output: Array, self: Array, weight: Array) -> tuple[Array, Array]:
    """grad_output * weight or grad_output * self where self is negative. (The weight's for each element: the engine sums them.)"""
    return np.where(self > 0, grad_output, weight * grad_output), np.where(self > 0, self.dtype.type(0), self * grad_output)


def prelu_double_backward(grads: list[Any], grad_output: Any, self: Any, weight: Any) -> list[Any]:
    """The gradients of `prelu_kernel_backward` with respect to its three inputs."""
    to_self, to_weight = (zeros(grad_output) if grad is None else grad for grad in grads)
    negative, nothing = self < 0, zeros(grad_output)
    return [
        where(negative, to_self * weight + to_weight * self, to_self),
        where(negative, to_weight * grad_output, nothing),
        where(negative, to_self * grad_output, nothing),
    ]


@op("RreluWithNoiseBackward0", others="noise",
    self=lambda grad, self, noise, lower, upper, training: rrelu_backward(grad, self, noise, lower, upper, training))  # fmt: skip
def rrelu_with_noise(self: Array, noise: Array, lower: Number = 0.125, upper: Number = 1 / 3, training: bool = False) -> Array:
    """A leaky relu whose slope is drawn at random while training (`noise` holds the slopes), else in the middle of the range."""
    need_floats(self, "rrelu_with_noise_out_cpu")
    return self * noise if training else np.where(self <= 0, self * self.dtype.type((lower + upper) / 2), self)


@op("RreluWithNoiseBackward1", others="noise",
    self=lambda grad, result, noise, lower, upper, training: rrelu_backward(grad, result, noise, lower, upper, training))  # fmt: skip
def rrelu_with_noise_(self: Array, noise: Array, lower: Number = 0.125, upper: Number = 1 / 3, training: bool = False) -> Array:
    """`rrelu_with_noise` for use in place."""
    return rrelu_with_noise(self, noise, lower, upper, training)


@op(
    "RreluWithNoiseBackwardBackward0",
    others="noise",
    grad_output=lambda grad, self, noise, lower, upper, training: rrelu_backward(grad, self, noise, lower, upper, training),
    self=lambda grad: zeros(grad),
)
def rrelu_backward(grad_output: Array, self: Array, noise: Array, lower: Number, upper: Number, training: bool) -> Array:
    """grad_output times the slope that was used."""
    if training and upper - lower > 1e-6:
        return grad_output * noise
    return np.where(self > 0, grad_output, grad_output * grad_output.dtype.type((lower + upper) / 2))


# --- as one calls them ------------------------------------------------------------------------------------------------


@method
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """A leaky relu with a learned slope for all, or one for each channel (dimension 1).  Raises RuntimeError for other weights."""
    need_tensors("prelu", input=input, weight=weight)
    if input.dtype != weight.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {_c_name(input)} and {_c_name(weight)}")
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    count = weight._array.size
    if count != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if channels != count:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {count} and channel size = {channels}."
            )
    if input.ndim != weight.ndim or input.ndim > 1:
        sizes = tuple(count if place == 1 else 1 for place in range(input.ndim))
        weight = reshape(weight, sizes)
    return prelu_kernel(input, weight)


def _c_name(tensor: Tensor) -> str:
    return dtypes.C_NAMES[tensor.dtype]


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Generator | None = None) -> Tensor:
    """A leaky relu whose slopes are drawn evenly from [lower, upper) while training, else (lower + upper) / 2."""
    need_tensors("rrelu", input=input)
    return rrelu_with_noise(input, noise_for(input, lower, upper, training, generator), lower, upper, training)


def noise_for(input: Tensor, lower: float, upper: float, training: bool, generator: Generator | None = None) -> Tensor:
    """The slopes that `rrelu` draws for the elements that are not positive, 1 for the others. (None are drawn outside training.)"""
    array = input._array
    noise = np.ones(array.shape, array.dtype) if training else np.zeros(array.shape, array.dtype)
    if training:
        drawn = array <= 0
        noise[drawn] = (generator or default_generator).uniform((int(drawn.sum()),), np.float64, lower, upper)
    return holding(noise)
