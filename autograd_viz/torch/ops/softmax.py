"""Softmax, which makes probabilities of any numbers, its logarithm, and glu: activations of a row of elements together.

Read next: `losses.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import op
from autograd_viz.torch.ops.activations import from_one, need_floats
from autograd_viz.torch.ops.pointwise import exp, plus, sigmoid, times, to_copy
from autograd_viz.torch.ops.reduction import sum_dim
from autograd_viz.torch.ops.shape import slice_, slice_backward, wrap_dim
from autograd_viz.torch.tensor import Tensor

__all__ = ["log_softmax", "softmax"]


def _kernel(name: str, array: Array, dim: int) -> int:
    """The dimension, counted from the front.  Raises IndexError, or NotImplementedError for what holds no floats."""
    dim = wrap_dim(dim, array.ndim)
    need_floats(array, f"{name}_lastdim_kernel_impl" if dim >= array.ndim - 1 else f"{name}_kernel_impl")
    return dim


def _along(function: Any, array: Array, dim: int) -> Array:
    """A reduction along a dimension, which is kept with size 1. (A 0-d array has one element; an empty row gives what is never used.)"""
    if not array.ndim:
        return array
    return np.asarray(function(array, axis=dim, keepdims=True, **({"initial": -np.inf} if function is np.max else {})))


@op("SoftmaxBackward0", self=lambda grad, dim, result: softmax_backward(grad, result, dim))
def _softmax(self: Array, dim: int) -> Array:
    """exp(self), divided by its sum along dim: positive numbers that sum to 1."""
    dim = _kernel("softmax", self, dim)
    powers = np.exp(self - _along(np.max, self, dim))  # minus the largest: the same quotient, without overflow
    return np.array(powers / _along(np.sum, powers, dim), order="C")


@op(
    "SoftmaxBackwardDataBackward0",
    grad_output=lambda grad, output, dim: softmax_backward(grad, output, dim),
    output=lambda grad, grad_output, output, dim: softmax_double_backward(grad, grad_output, output, dim),
)
def softmax_backward(grad_output: Array, output: Array, dim: int) -> Array:
    """output * (grad_output - its mean under the probabilities output)."""
    return output * (grad_output - _along(np.sum, grad_output * output, dim))


def softmax_double_backward(grad: Any, grad_output: Any, output: Any, dim: int) -> Any:
    """The gradient of `softmax_backward` with respect to output."""
    mean = sum_dim(grad_output * output, (dim,), True)
    return grad * (grad_output - mean) - grad_output * sum_dim(grad * output, (dim,), True)


@op("LogSoftmaxBackward0", self=lambda grad, dim, result: log_softmax_backward(grad, result, dim))
def _log_softmax(self: Array, dim: int) -> Array:
    """log(softmax(self)), exact also where the probability is too small for a float."""
    dim = _kernel("log_softmax", self, dim)
    shifted = self - _along(np.max, self, dim)
    return np.array(shifted - np.log(_along(np.sum, np.exp(shifted), dim)), order="C")


@op(
    "LogSoftmaxBackwardDataBackward0",
    grad_output=lambda grad, output, dim: grad - sum_dim(grad * exp(output), (dim,), True),
    output=lambda grad, grad_output, output, dim: -sum_dim(grad_output, (dim,), True) * exp(output) * grad,
)
def log_softmax_backward(grad_output: Array, output: Array, dim: int) -> Array:
    """grad_output - softmax * the sum of grad_output."""
    return grad_output - np.exp(output) * _along(np.sum, grad_output, dim)


def _converted(input: Tensor, dtype: DType | None) -> Tensor:
    return input if dtype is None or dtype == input.dtype else to_copy(input, dtype)


@reads("softmax(Tensor input, int dim, dtype? dtype=None, *, Tensor? out=None)")
def softmax(input: Tensor, dim: int, dtype: DType | None = None) -> Tensor:
    """Probabilities: exp(input) over its sum along dim.  `dtype`: convert the input first."""
    return _softmax(_converted(input, dtype), dim)


@reads("log_softmax(Tensor input, int dim, dtype? dtype=None, *, Tensor? out=None)")
def log_softmax(input: Tensor, dim: int, dtype: DType | None = None) -> Tensor:
    """The logarithms of `softmax`."""
    return _log_softmax(_converted(input, dtype), dim)


def implicit_dim(name: str, ndim: int) -> int:
    """The dimension that softmax once chose when none was given.  Warns."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.", stacklevel=3
    )
    return 0 if ndim in (0, 1, 3) else 1


# --- a gate -----------------------------------------------------------------------------------------------------------


@op("GluBackward0", self=lambda grad, self, dim: glu_backward(grad, self, dim))
def glu(self: Array, dim: int = -1) -> Array:
    """The first half along a dimension times the sigmoid of the second, which is a gate.  (n, 2 k) -> (n, k)."""
    if self.shape[wrap_dim(dim, self.ndim)] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim % self.ndim} is size {self.shape[dim]}")
    first, gate = np.split(need_floats(self, "glu_cpu"), 2, dim)
    return first * sigmoid(gate)


@op(
    "GluBackwardBackward0",
    grad_output=lambda grad, self, dim: glu_through(grad, self, dim),
    self=lambda grad, grad_output, self, dim: glu_double_backward(grad, grad_output, self, dim),
)
def glu_backward(grad_output: Array, self: Array, dim: int) -> Array:
    """grad_output * gate beside grad_output * first * gate * (1 - gate)."""
    first, gate = np.split(self, 2, dim)
    gate = sigmoid(gate)
    return np.concatenate([grad_output * gate, grad_output * first * gate * (1 - gate)], dim)


def _halves(x: Any, dim: int) -> tuple[Any, Any]:
    half = x.shape[dim] // 2
    return slice_(x, dim, 0, half), slice_(x, dim, half, 2 * half)


def glu_through(grad: Any, self: Any, dim: int) -> Any:
    """What a change `grad` of glu's input does to its result."""
    (first, gate), (to_first, to_gate) = _halves(self, dim), _halves(grad, dim)
    gate = sigmoid(gate)
    return to_first * gate + to_gate * first * gate * from_one(gate)


def glu_double_backward(grad: Any, grad_output: Any, self: Any, dim: int) -> Any:
    """The gradient of `glu_backward` with respect to self."""
    (first, gate), (to_first, to_gate) = _halves(self, dim), _halves(grad, dim)
    gate = sigmoid(gate)
    slope = gate * from_one(gate) * grad_output
    for_gate = slope * (to_first + to_gate * first * plus(times(gate, -2), 1))
    sizes, half = tuple(self.shape), self.shape[dim] // 2
    return slice_backward(to_gate * slope, sizes, dim, 0, half, 1) + slice_backward(for_gate, sizes, dim, half, 2 * half, 1)
