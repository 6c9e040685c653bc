"""Plus, minus, times, divided by, to the power of, and remainders.

`pointwise.py` has the rows of the four operations and of powers; here are the functions that a program calls, `torch.add` and so on, which
read their arguments in all the forms that PyTorch allows, and further rows.

Read next: `three_arguments.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.pointwise import (
    div_other_backward,
    pow_number,
    scaled,
    to_copy,
    zeros,
)  # fmt: skip
from autograd_viz.torch.overloads import forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, holding, method

IN_PLACE = (
    "add", "sub", "mul", "div", "subtract", "multiply", "divide", "true_divide", "floor_divide", "remainder", "fmod", "pow", "square",
    "float_power", "negative", "absolute",
)  # fmt: skip
__all__ = [*IN_PLACE, "positive", "rsub"]

_TWO = "Tensor input, Tensor other, *, Tensor? out=None"
_NUMBER = "Tensor input, Number other, *, Tensor? out=None"
_ANY = "Operand input, Operand other, *, Tensor? out=None"
_SCALED = "Operand input, Operand other, *, Number alpha=1, Tensor? out=None"


# --- the four operations ----------------------------------------------------------------------------------------------


def integral(*values: Any) -> bool:
    """Whether all are integers or bools, be they tensors or numbers."""
    return all(x._array.dtype.kind != "f" if isinstance(x, Tensor) else isinstance(x, int | np.integer | np.bool_) for x in values)


def _bools(*values: Any) -> list[bool]:
    return [x._array.dtype.kind == "b" if isinstance(x, Tensor) else isinstance(x, bool | np.bool_) for x in values]


def _check_alpha(alpha: Any, a: Any, b: Any) -> None:
    """Raise RuntimeError if `alpha` is of a kind that the result is not."""
    if isinstance(alpha, float) and integral(a, b):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, bool) and not all(_bools(a, b)):
        raise RuntimeError("Boolean alpha only supported for Boolean results.")


@method
@forms(_SCALED, hidden="Tensor input, Number alpha, Operand other")
def add(input: Any, other: Any, alpha: float = 1) -> Tensor:
    """input + alpha * other."""
    _check_alpha(alpha, input, other)
    return pointwise.add(operand(input, other), other, alpha=alpha)


def operand(input: Any, other: Any) -> Any:
    """The first of two operands; if both are numbers, as a tensor, so that floats get the default dtype."""
    if isinstance(input, Tensor) or isinstance(other, Tensor):
        return input
    return holding(np.asarray(input, dtypes.of_number(input).numpy))


def _no_bools(a: Any, b: Any) -> None:
    """PyTorch does not subtract bools.  Raises RuntimeError."""
    bools = _bools(a, b)
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(pointwise.NO_BOOLS)


@method
@forms(_SCALED, hidden="Tensor input, Number alpha, Operand other")
def sub(input: Any, other: Any, alpha: float = 1) -> Tensor:
    """input - alpha * other.  Raises RuntimeError for bools."""
    _no_bools(input, other)
    _check_alpha(alpha, input, other)
    return pointwise.sub(operand(input, other), other, alpha=alpha)


def minus(input: Tensor, other: Any) -> Tensor:
    """The operator `-`."""
    if input._array.dtype.kind == "b" or isinstance(other, bool) or (isinstance(other, Tensor) and other._array.dtype.kind == "b"):
        _no_bools(input, other)
    return pointwise.sub(input, other)


@op("RsubBackward0", pointwise=True, self=lambda grad, alpha: -scaled(grad, alpha), other=lambda grad: grad)
def _rsub(self: Array, other: Array, alpha: Any = 1) -> Array:
    return other - (self if alpha == 1 else self * self.dtype.type(alpha))


@forms("Tensor input, Tensor other, *, Number alpha=1", "Tensor input, Number other, Number alpha=1")
def rsub(input: Tensor, other: Any, alpha: float = 1) -> Tensor:
    """other - alpha * input.  Raises RuntimeError for bools."""
    return from_number(input, other, alpha)


def from_number(input: Tensor, other: Any, alpha: float = 1) -> Tensor:
    """`other - input`, where the number comes first."""
    _no_bools(other, input)
    _check_alpha(alpha, input, other)
    if not isinstance(other, Tensor):
        return pointwise.rsub(input, other, alpha)
    check_broadcast(other._array.shape, input._array.shape)
    return _rsub(input, other, alpha)


@method
@forms(_ANY)
def mul(input: Any, other: Any) -> Tensor:
    """input * other."""
    return pointwise.mul(operand(input, other), other)


@method
@forms(_ANY, "Operand input, Operand other, *, str? rounding_mode, Tensor? out=None",
       "Operand input, Number other, *, str? rounding_mode, Tensor? out=None")  # fmt: skip
def div(input: Any, other: Any, rounding_mode: Any = "not given") -> Tensor:
    """input / other; `rounding_mode="floor"` rounds down, `"trunc"` towards 0."""
    if rounding_mode == "not given":
        return pointwise.div(operand(input, other), other)
    return div_mode(operand(input, other), other, rounding_mode)


@op("DivBackward2", pointwise=True,
    self=lambda grad, other, rounding_mode: self_backward(grad, other, rounding_mode),
    other=lambda grad, self, other, rounding_mode: other_backward(grad, self, other, rounding_mode))  # fmt: skip
def div_mode(self: Array, other: Array, rounding_mode: str | None) -> Array:
    """self / other, rounded or not.  Raises RuntimeError for an integer divided by 0."""
    self, other = alike(self, other)
    if rounding_mode is None:
        return pointwise.floats(self) / pointwise.floats(other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")
    refuse(self, "b", f"div_{rounding_mode}_cpu")
    _not_by_zero(self, other)
    if rounding_mode == "floor":
        return np.floor_divide(self, other)
    if self.dtype.kind == "f":
        return np.trunc(self / other)
    return (self - np.fmod(self, other)) // other


def self_backward(grad: Any, other: Any, rounding_mode: str | None) -> Any:
    """grad / other unless the result is rounded, then 0."""
    return zeros(grad) if rounding_mode else grad / other


def other_backward(grad: Any, self: Any, other: Any, rounding_mode: str | None) -> Any:
    """-grad * (self / other) / other unless the result is rounded, then 0."""
    return zeros(grad) if rounding_mode else div_other_backward(grad, self, other)


def alike(a: Array, b: Array) -> tuple[Array, Array]:
    """Both in one dtype: a formula may bring integers and floats together."""
    if a.dtype != b.dtype:
        kind = dtypes.promoted([a, b], [False, False])
        return a.astype(kind), b.astype(kind)
    return a, b


def _not_by_zero(self: Array, other: Array) -> None:
    if self.dtype.kind != "f" and self.size and not np.all(other):
        raise RuntimeError("ZeroDivisionError")


# --- without a derivative: PyTorch records them, and complains when a gradient comes ----------------------------------


def no_derivative(name: str) -> Any:
    """no derivative: nobody has written one.  Raises RuntimeError."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")


def only_edges(result: Tensor) -> Tensor:
    """The result; its node, which knows no derivative, has an edge only for an input that requires grad."""
    if result._grad_fn is not None:
        result._grad_fn.next_functions = tuple(edge for edge in result._grad_fn.next_functions if edge[0] is not None)
    return result


@op("torch::autograd::NotImplemented", pointwise=True, inputs="self other", joint=lambda grad: no_derivative("floor_divide"))
def _floor_divide(self: Array, other: Array) -> Array:
    return div_mode(self, other, "floor")


@method
@forms("Operand input, Operand other, *, Tensor? out=None", "Operand input, Number other, *, Tensor? out=None")
def floor_divide(input: Any, other: Any) -> Tensor:
    """input // other: rounded down. It has no derivative."""
    return only_edges(_floor_divide(operand(input, other), other))


@op("torch::autograd::NotImplemented", inputs="other", joint=lambda grad: no_derivative("remainder"))
def _remainder_tensor(self: Any, other: Array) -> Array:
    return _remainder(*reversed(meeting(other, self)))


# --- remainders -------------------------------------------------------------------------------------------------------


@op("RemainderBackward1", pointwise=True, self=lambda grad: grad, other=lambda grad, self, other: -grad * div_mode(self, other, "floor"))
def _remainder(self: Array, other: Array) -> Array:
    refuse(self, "b", "remainder_cpu")
    _not_by_zero(self, other)
    if self.dtype.kind != "f":
        return np.remainder(self, other)
    left = np.fmod(self, other)  # of the sign of self, and so is a 0
    return np.where((left != 0) & ((other < 0) != (left < 0)), left + other, left)


@op("RemainderBackward0", self=lambda grad: grad)
def _remainder_number(self: Array, other: Any) -> Array:
    return _remainder(*meeting(self, other))


@method
@forms(_TWO, "Number self, Tensor other", _NUMBER)
def remainder(input: Any, other: Any) -> Tensor:
    """input % other: what is left after rounding input / other down; it has the sign of `other`."""
    if not isinstance(input, Tensor):
        return _remainder_tensor(input, other)
    return (_remainder if isinstance(other, Tensor) else _remainder_number)(input, other)


@op("FmodBackward1", pointwise=True, self=lambda grad: grad, other=lambda grad, self, other: -grad * div_mode(self, other, "trunc"))
def _fmod(self: Array, other: Array) -> Array:
    refuse(self, "b", "fmod_cpu")
    _not_by_zero(self, other)
    return np.fmod(self, other)


@op("FmodBackward0", self=lambda grad: grad)
def _fmod_number(self: Array, other: Any) -> Array:
    return _fmod(*meeting(self, other))


@method
@forms(_TWO, _NUMBER)
def fmod(input: Tensor, other: Any) -> Tensor:
    """What is left after rounding input / other towards 0; it has the sign of `input`."""
    return (_fmod if isinstance(other, Tensor) else _fmod_number)(input, other)


def meeting(array: Array, *numbers: Any) -> list[Array]:
    """An array and numbers, all of the one dtype that they have together."""
    arrays = [np.asarray(number) for number in numbers]
    kind = dtypes.promoted([array, *arrays], [False] + [True] * len(arrays))
    return [x.astype(kind, copy=False) for x in (array, *arrays)]


# --- powers -----------------------------------------------------------------------------------------------------------


@method
@forms("Tensor input, Tensor exponent, *, Tensor? out=None", "Number self, Tensor exponent, *, Tensor? out=None",
       "Tensor input, Number exponent, *, Tensor? out=None")  # fmt: skip
def pow(input: Any, exponent: Any) -> Tensor:
    """input ** exponent; one of the two may be a number."""
    return power(input, exponent)


def power(input: Any, exponent: Any) -> Tensor:
    """The operator `**`."""
    if not isinstance(exponent, Tensor):
        return pow_number(input, exponent)
    return (pointwise.pow_tensor if isinstance(input, Tensor) else pointwise.number_pow)(input, exponent)


@method
@forms("Tensor input, *, Tensor? out=None")
def square(input: Tensor) -> Tensor:
    """input ** 2."""
    return pow_number(input, 2)


@method
@forms("Tensor input, Tensor exponent, *, Tensor? out=None", "Number self, Tensor exponent, *, Tensor? out=None",
       "Tensor input, Number exponent, *, Tensor? out=None")  # fmt: skip
def float_power(input: Any, exponent: Any) -> Tensor:
    """input ** exponent in float64."""
    return power(_double(input), _double(exponent))


def _double(value: Any) -> Any:
    if not isinstance(value, Tensor):
        return float(value)
    return value if value.dtype is dtypes.float64 else to_copy(value, dtypes.float64)


@method
@forms("Tensor input")
def positive(input: Tensor) -> Tensor:
    """The input itself.  Raises RuntimeError for bools."""
    if input._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


# --- other names ------------------------------------------------------------------------------------------------------

_WITH_ALPHA = ("Operand input, Operand other, *, Number alpha=1, Tensor? out=None", "Operand input, Number other, Number alpha=1")
negative, absolute = renamed("negative", pointwise.neg), renamed("absolute", pointwise.abs)
subtract = renamed("subtract", sub, *_WITH_ALPHA)
multiply = renamed("multiply", mul, _ANY, "Operand input, Number other")
divide = renamed("divide", div, _ANY, "Operand input, Number other", *(
    f"Operand input, {kind} other, *, str? rounding_mode" for kind in ("Operand", "Number")))  # fmt: skip
true_divide = renamed("true_divide", div, _ANY, "Operand input, Number other")
for _function in (negative, absolute, subtract, multiply, divide, true_divide):
    method(_function)
