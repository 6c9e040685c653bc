"""What takes three arguments: `lerp`, the way from one tensor to another; `addcmul` and `addcdiv`, of which optimizers make their steps.

Read next: `transcendental.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops.arithmetic import integral
from autograd_viz.torch.ops.pointwise import number_like, one_minus, times
from autograd_viz.torch.overloads import forms, refuse
from autograd_viz.torch.random import multiply_add
from autograd_viz.torch.tensor import Tensor, method

IN_PLACE = ("addcdiv", "addcmul", "lerp")
__all__ = [*IN_PLACE]


@op("LerpBackward0", self=lambda grad, weight: times(grad, 1 - weight), end=lambda grad, weight: times(grad, weight))
def _lerp_number(self: Array, end: Array, weight: Any) -> Array:
    return _blend(self, end, np.asarray(weight, self.dtype), "lerp_kernel_scalar")


@op("LerpBackward1",
    self=lambda grad, weight: grad * one_minus(weight), end=lambda grad, weight: grad * weight,
    weight=lambda grad, self, end: grad * (end - self))  # fmt: skip
def _lerp(self: Array, end: Array, weight: Array) -> Array:
    if self.dtype == end.dtype != weight.dtype and weight.ndim:
        raise _other_dtype("weight", self, weight)
    return _blend(self, end, weight.astype(self.dtype), "lerp_kernel_tensor")


def _blend(self: Array, end: Array, weight: Array, kernel: str) -> Array:
    if self.dtype != end.dtype:
        raise _other_dtype("end", self, end)
    refuse(self, "bui", kernel)
    check_broadcast(self.shape, end.shape)
    check_broadcast(np.broadcast_shapes(self.shape, end.shape), weight.shape)
    way = end - self
    return np.where(np.abs(weight) < 0.5, multiply_add(way, weight, self), multiply_add(way, -(1 - weight), end))


def _other_dtype(name: str, self: Array, other: Array) -> RuntimeError:
    names = [dtypes.C_NAMES[dtypes.of_numpy[array.dtype]] for array in (self, other)]
    return RuntimeError(f"expected dtype {names[0]} for `{name}` but got dtype {names[1]}")


@method
@forms("Tensor input, Tensor end, Tensor weight, *, Tensor? out=None", "Tensor input, Tensor end, Number weight, *, Tensor? out=None")
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight * (end - input): the way from input to end, or part of it.  Raises RuntimeError if the dtypes differ."""
    return (_lerp if isinstance(weight, Tensor) else _lerp_number)(input, end, weight)


_THREE = "Tensor input, Tensor tensor1, Tensor tensor2, *, Number value=1, Tensor? out=None"
_THREE_OLD = "Tensor input, Number value, Tensor tensor1, Tensor tensor2, *, Tensor? out=None"


@op("AddcmulBackward0", pointwise=True, self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * by_value(tensor2, value),
    tensor2=lambda grad, tensor1, value: grad * by_value(tensor1, value))  # fmt: skip
def _addcmul(self: Array, tensor1: Array, tensor2: Array, value: Any) -> Array:
    refuse(self, "b", "addcmul_cpu_out")
    scaled = tensor1 * self.dtype.type(value)
    return multiply_add(scaled, tensor2, self) if self.dtype.kind == "f" else self + scaled * tensor2


def by_value(x: Any, value: Any) -> Any:
    """x * value; the product of integers and a fraction is no integer."""
    return x * value if isinstance(value, float) and (x._array if isinstance(x, Tensor) else x).dtype.kind != "f" else times(x, value)


@method
@forms(_THREE, hidden=_THREE_OLD)
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, value: float = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    _check_three(input, tensor1, tensor2)
    return _addcmul(input, tensor1, tensor2, value)


@op("AddcdivBackward0", pointwise=True, self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * number_over(value, tensor2),
    tensor2=lambda grad, tensor1, tensor2, value: -grad * (by_value(tensor1, value) / (tensor2 * tensor2)))  # fmt: skip
def _addcdiv(self: Array, tensor1: Array, tensor2: Array, value: Any) -> Array:
    return self + self.dtype.type(value) * tensor1 / tensor2


def number_over(value: Any, x: Any) -> Any:
    """value / x.  Raises RuntimeError if x is of integers, as PyTorch's formula happens to do."""
    array = x._array if isinstance(x, Tensor) else x
    if array.dtype.kind != "f":
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(
            f"result type {names[dtypes.get_default_dtype()]} can't be cast to the desired output type {dtypes.scalar_name(array)}"
        )
    return number_like(x, value) / x


@method
@forms(_THREE, hidden=_THREE_OLD)
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, value: float = 1) -> Tensor:
    """input + value * tensor1 / tensor2.  Raises RuntimeError if both of these are integers."""
    if integral(tensor1, tensor2):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of "
            "tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2))"
            ".to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior "
            "is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes."
        )
    _check_three(input, tensor1, tensor2)
    return _addcdiv(input, tensor1, tensor2, value)


def _check_three(a: Tensor, b: Tensor, c: Tensor) -> None:
    check_broadcast(a._array.shape, b._array.shape)
    check_broadcast(np.broadcast_shapes(a._array.shape, b._array.shape), c._array.shape)
