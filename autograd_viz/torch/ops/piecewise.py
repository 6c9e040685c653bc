"""Functions with kinks and steps: bounds, the larger and the smaller of two, rounding, and choosing by a mask.

Where a function is flat its derivative is 0, and where it jumps too: a step has no slope that a gradient could follow.

Read next: `shape.py`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.op import check_broadcast, op
from autograd_viz.torch.ops import pointwise
from autograd_viz.torch.ops.arithmetic import meeting, no_derivative, only_edges, operand
from autograd_viz.torch.ops.pointwise import eq, floats, ge, gt, le, lt, ne, zeros
from autograd_viz.torch.overloads import fitting, forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, holding, method

IN_PLACE = (
    "clamp", "clip", "clamp_min", "clamp_max", "masked_fill", "floor", "ceil", "round", "trunc", "fix", "frac", "sgn", "nan_to_num",
    "copysign", "heaviside",
)  # fmt: skip
__all__ = [
    *IN_PLACE, "angle", "fmax", "fmin", "isfinite", "isinf", "isnan", "maximum", "minimum", "nextafter", "where",
]  # fmt: skip

_ONE = "Tensor input, *, Tensor out = None"
_TWO = "Tensor input, Tensor other, *, Tensor out = None"

# --- bounds -----------------------------------------------------------------------------------------------------------


@op("ClampBackward1", self=lambda grad, self, min, max: pointwise.where(inside(self, min, max), grad, zeros(grad)))
def _clamp(self: Array, min: Any, max: Any) -> Array:
    kind = meeting(self, *(bound for bound in (min, max) if bound is not None))[0].dtype
    if kind.kind == "b":
        refuse(self, "b", f"clamp{'_max' if min is None else '_min' if max is None else ''}_scalar_cpu")
    return bounded(self.astype(kind, copy=False), *(None if bound is None else fitting(bound, kind) for bound in (min, max)))


def bounded(self: Any, min: Any, max: Any) -> Array:
    """self between two bounds of its dtype, nan where a bound is nan."""
    if min is not None:
        self = np.where((self < min) | np.isnan(min), min, self)
    return self if max is None else np.where((self > max) | np.isnan(max), max, self)


@op("ClampBackward0",
    self=lambda grad, self, min, max: pointwise.where(inside(self, min, max), grad, zeros(grad)),
    min=lambda grad, self, min, max: pointwise.where(below(self, min, max), grad, zeros(grad)),
    max=lambda grad, self, min, max: pointwise.where(above(self, min, max), grad, zeros(grad)))  # fmt: skip
def _clamp_tensor(self: Array, min: Any = None, max: Any = None) -> Array:
    arrays = [array for array in (self, min, max) if array is not None]
    for array in arrays[1:]:
        check_broadcast(arrays[0].shape, array.shape)
    kind = dtypes.promoted(arrays, [False] * len(arrays))
    return bounded(*(None if array is None else array.astype(kind, copy=False) for array in (self, min, max)))


def inside(self: Any, min: Any, max: Any) -> Any:
    """Where min <= self <= max; a bound of None is no bound."""
    if min is None or max is None:
        return ge(self, min) if max is None else le(self, max)
    return ge(self, min) & le(self, max)


def below(self: Any, min: Any, max: Any) -> Any:
    """Where the lower bound is what comes out; the upper one wins if they cross."""
    return lt(self, min) if max is None else lt(min, max) & lt(self, min)


def above(self: Any, min: Any, max: Any) -> Any:
    """Where the upper bound is what comes out."""
    return gt(self, max) if min is None else lt(max, min) | gt(self, max)


_BOUNDS = ("Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None",
           "Tensor input, Number min = None, Number max = None, *, Tensor out = None")  # fmt: skip


@method
@forms(*_BOUNDS)
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """The input, held between two bounds: numbers or tensors, or None.  Raises RuntimeError if both are None."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return (_clamp_tensor if isinstance(min, Tensor) or isinstance(max, Tensor) else _clamp)(input, min, max)


@op("ClampMinBackward0", self=lambda grad, self, min: pointwise.where(ge(self, min), grad, zeros(grad)))
def _clamp_min(self: Array, min: Any) -> Array:
    return _clamp(self, min, None)


@op("ClampMinBackward1", self=lambda grad, self, min: pointwise.where(ge(self, min), grad, zeros(grad)),
    min=lambda grad, self, min: pointwise.where(lt(self, min), grad, zeros(grad)), pointwise=True)  # fmt: skip
def _clamp_min_tensor(self: Array, min: Array) -> Array:
    return bounded(self, min, None)


@method
@forms("Tensor input, Tensor min, *, Tensor out = None", "Tensor input, Number min, *, Tensor out = None")
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """The input where it is at least `min`, else `min`."""
    return (_clamp_min_tensor if isinstance(min, Tensor) else _clamp_min)(input, min)


@op("ClampMaxBackward0", self=lambda grad, self, max: pointwise.where(le(self, max), grad, zeros(grad)))
def _clamp_max(self: Array, max: Any) -> Array:
    return _clamp(self, None, max)


@op("ClampMaxBackward1", self=lambda grad, self, max: pointwise.where(le(self, max), grad, zeros(grad)),
    max=lambda grad, self, max: pointwise.where(gt(self, max), grad, zeros(grad)), pointwise=True)  # fmt: skip
def _clamp_max_tensor(self: Array, max: Array) -> Array:
    return bounded(self, None, max)


@method
@forms("Tensor input, Tensor max, *, Tensor out = None", "Tensor input, Number max, *, Tensor out = None")
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """The input where it is at most `max`, else `max`."""
    return (_clamp_max_tensor if isinstance(max, Tensor) else _clamp_max)(input, max)


# --- the larger and the smaller of two --------------------------------------------------------------------------------


@method
@forms(_TWO)
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each two elements, nan if one is nan. Those that tie share the gradient."""
    return pointwise.maximum(input, other)


@method
@forms(_TWO)
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each two elements, nan if one is nan. Those that tie share the gradient."""
    return pointwise.minimum(input, other)


@op("FmaxBackward0", pointwise=True,
    self=lambda grad, self, other: pointwise.masked_fill(grad, lt(self, other) | (ne(self, self) & eq(other, other)), 0),
    other=lambda grad, self, other: pointwise.masked_fill(grad, ge(self, other) | ne(other, other), 0))  # fmt: skip
def _fmax(self: Array, other: Array) -> Array:
    return np.fmax(self, other)


@method
@forms(_TWO)
def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each two elements, and the other one if one is nan. The first gets the gradient if they tie."""
    return _fmax(input, other)


@op("FminBackward0", pointwise=True,
    self=lambda grad, self, other: pointwise.masked_fill(grad, gt(self, other) | (ne(self, self) & eq(other, other)), 0),
    other=lambda grad, self, other: pointwise.masked_fill(grad, le(self, other) | ne(other, other), 0))  # fmt: skip
def _fmin(self: Array, other: Array) -> Array:
    return np.fmin(self, other)


@method
@forms(_TWO)
def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each two elements, and the other one if one is nan. The first gets the gradient if they tie."""
    return _fmin(input, other)


# --- rounding ---------------------------------------------------------------------------------------------------------


@op("FloorBackward0", self=lambda grad: zeros(grad))
def floor(self: Array) -> Array:
    """The largest whole number that is not larger."""
    refuse(self, "b", "floor_vml_cpu")
    return np.floor(self).astype(self.dtype)


@op("CeilBackward0", self=lambda grad: zeros(grad))
def ceil(self: Array) -> Array:
    """The smallest whole number that is not smaller."""
    refuse(self, "b", "ceil_vml_cpu")
    return np.ceil(self).astype(self.dtype)


@op("TruncBackward0", self=lambda grad: zeros(grad))
def trunc(self: Array) -> Array:
    """The whole number towards 0."""
    refuse(self, "b", "trunc_vml_cpu")
    return np.trunc(self).astype(self.dtype)


@op("FracBackward0", self=lambda grad: grad)
def frac(self: Array) -> Array:
    """What is behind the point: self - trunc(self).  Raises NotImplementedError for integers."""
    refuse(self, "bui", "frac_cpu")
    return self - np.trunc(self)


@op("RoundBackward0", self=lambda grad: zeros(grad))
def _round(self: Array) -> Array:
    refuse(self, "b", "round_vml_cpu")
    return np.rint(self).astype(self.dtype)


@op("RoundBackward1", self=lambda grad: zeros(grad))
def _round_decimals(self: Array, decimals: int) -> Array:
    refuse(self, "bui", "round_cpu")
    power = self.dtype.type(10.0 ** abs(decimals))
    return np.rint(self * power) / power if decimals > 0 else np.rint(self / power) * power


@method
@forms(_ONE, "Tensor input, *, int decimals, Tensor out = None")
def round(input: Tensor, decimals: int | None = None) -> Tensor:
    """The nearest whole number, the even one of two that are equally near; or so many decimals."""
    return _round(input) if decimals is None else _round_decimals(input, decimals)


@op("torch::autograd::NotImplemented", pointwise=True, inputs="self values", joint=lambda grad: no_derivative("heaviside"))
def _heaviside(self: Array, values: Array) -> Array:
    return np.where(self == 0, values, self > 0).astype(self.dtype)


@method
@forms("Tensor input, Tensor values, *, Tensor out = None")
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below 0, 1 above, and `values` at 0. It has no derivative.  Raises RuntimeError if the dtypes differ."""
    if input.dtype is not values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return only_edges(_heaviside(input, values))


# --- signs and numbers that are none ----------------------------------------------------------------------------------


@op("CopysignBackward0", pointwise=True,
    self=lambda grad, self, result: grad * sign_change(self, result), other=lambda grad: zeros(grad))  # fmt: skip
def _copysign(self: Array, other: Array) -> Array:
    return np.copysign(floats(self), floats(other))


@op("CopysignBackward1", self=lambda grad, self, result: grad * sign_change(self, result))
def _copysign_number(self: Array, other: Any) -> Array:
    self = floats(self)
    return np.copysign(self, self.dtype.type(other))


def sign_change(self: Any, result: Any) -> Any:
    """1 or -1, whichever self was multiplied with; 0 where self is 0."""
    return pointwise.masked_fill(result / self, eq(self, 0), 0)


@method
@forms(_TWO, "Tensor input, Number other, *, Tensor out = None")
def copysign(input: Tensor, other: Any) -> Tensor:
    """The magnitude of `input` with the sign of `other`."""
    return (_copysign if isinstance(other, Tensor) else _copysign_number)(input, other)


@op("NanToNumBackward0", self=lambda grad, self: grad * isfinite(self))
def _nan_to_num(self: Array, posinf: float | None, neginf: float | None, number: float | None) -> Array:
    if self.dtype.kind != "f":
        return self.copy()
    span = np.finfo(self.dtype)
    top, bottom = span.max if posinf is None else posinf, span.min if neginf is None else neginf
    filled = np.where(np.isnan(self), self.dtype.type(number or 0), self)
    return np.where(filled == np.inf, self.dtype.type(top), np.where(filled == -np.inf, self.dtype.type(bottom), filled))


@method
@forms("Tensor input, float nan = None, float posinf = None, float neginf = None, *, Tensor out = None")
def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Ordinary numbers in place of nan (0 if nothing is said) and of the infinities (the largest and smallest of the dtype)."""
    return _nan_to_num(input, posinf, neginf, nan)


@op("NextafterBackward0", pointwise=True,
    self=lambda grad, self, other: pointwise.where(ne(self, other), grad, zeros(grad)), other=lambda grad: zeros(grad))  # fmt: skip
def _nextafter(self: Array, other: Array) -> Array:
    refuse(self, "bui", "nextafter_cpu")
    return np.nextafter(self, other)


@method
@forms(_TWO)
def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number that the dtype has, on the way to `other`."""
    return _nextafter(input, other)


@op("AngleBackward0", keep="self", self=lambda grad: zeros(grad))
def angle(self: Array) -> Array:
    """The angle of a number in the complex plane: 0, or pi below 0; nan of nan."""
    self = floats(self)
    return np.where(np.isnan(self), self, np.where(self < 0, self.dtype.type(np.pi), self.dtype.type(0)))


@op("", others="self")
def isnan(self: Array) -> Array:
    """Where an element is not a number."""
    return np.isnan(self)


@op("", others="self")
def isinf(self: Array) -> Array:
    """Where an element is infinite."""
    return np.isinf(self)


@op("", others="self")
def isfinite(self: Array) -> Array:
    """Where an element is an ordinary number."""
    return np.isfinite(self)


# --- choosing by a mask -----------------------------------------------------------------------------------------------


@op("MaskedFillBackward1", others="mask",
    self=lambda grad, mask: pointwise.masked_fill(grad, mask, 0), value=lambda grad, mask: sum_of_masked(grad, mask))  # fmt: skip
def _masked_fill_tensor(self: Array, mask: Array, value: Array) -> Array:
    return pointwise.filled(self, mask, value)


def sum_of_masked(grad: Any, mask: Any) -> Any:
    """The sum of grad where the mask is true."""
    from autograd_viz.torch.ops.reduction import sum_all

    return sum_all(_masked_select(grad, mask))


@op("MaskedSelectBackward0", others="mask",
    self=lambda grad, self, mask: _masked_scatter(pointwise.zeros(self), mask, grad))  # fmt: skip
def _masked_select(self: Array, mask: Array) -> Array:
    self, mask = np.broadcast_arrays(self, mask)
    return self[mask]


@op("MaskedScatterBackward0", others="mask",
    self=lambda grad, mask: pointwise.masked_fill(grad, mask, 0), source=lambda grad, mask: _masked_select(grad, mask))  # fmt: skip
def _masked_scatter(self: Array, mask: Array, source: Array) -> Array:
    filled = np.broadcast_to(self, np.broadcast_shapes(self.shape, mask.shape)).copy()
    filled[np.broadcast_to(mask, filled.shape)] = source
    return filled


@method
@forms("Tensor input, Tensor mask, Tensor value", "Tensor input, Tensor mask, Number value")
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A number, or a 0-d tensor, where the mask is true, the input elsewhere.  Raises RuntimeError for a mask that is not of bools."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if mask._array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {dtypes.C_NAMES[mask.dtype]}")
    check_broadcast(mask._array.shape, input._array.shape)
    if isinstance(value, Tensor) and value.requires_grad and input._array.dtype.kind != "f" and mode.grad:
        raise RuntimeError(f"Autograd not support dtype: {dtypes.scalar_name(input._array)}")
    return (_masked_fill_tensor if isinstance(value, Tensor) else pointwise.masked_fill)(input, mask, value)


@forms("Tensor condition", "Tensor condition, Tensor input, Tensor other, *, Tensor out = None",
       "Tensor condition, Number self, Tensor other", "Tensor condition, Tensor input, Number other",
       "Tensor condition, Number self, Number other")  # fmt: skip
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, else `other`. Given a condition only: where it holds, one tensor of positions per dimension."""
    array = condition._array
    if input is None:
        return tuple(holding(places) for places in np.nonzero(np.atleast_1d(array)))
    if array.dtype == np.uint8:
        warnings.warn("where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of "
                      "PyTorch. Use a boolean condition instead.", stacklevel=4)  # fmt: skip
    elif array.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {dtypes.scalar_name(array)}"
        )
    shape = array.shape
    for value in (input, other):
        if isinstance(value, Tensor):
            check_broadcast(shape, value._array.shape)
            shape = np.broadcast_shapes(shape, value._array.shape)
    return pointwise.where(condition, operand(input, other), other)


@forms("Tensor input, Tensor condition, Tensor other", "Tensor input, Tensor condition, Number other")
def _where(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    return where(condition, input, other)


_where.__name__ = "where"
Tensor.where = _where.as_method  # type: ignore[attr-defined]

clip, fix = renamed("clip", clamp, *_BOUNDS), renamed("fix", trunc)
sgn = pointwise.sgn
for _function in (clip, fix, sgn, floor, ceil, trunc, frac, angle, isnan, isinf, isfinite):
    method(_function)
