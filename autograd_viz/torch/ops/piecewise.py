"""Functions made of pieces: bounds, the larger and the smaller of two, and choosing by a mask.

The gradient goes to what was chosen. Where a bound was, it goes to the bound, if that is a tensor.

Read next: `steps.py`.
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
from autograd_viz.torch.ops.arithmetic import meeting, operand
from autograd_viz.torch.ops.pointwise import eq, ge, gt, le, lt, ne, zeros
from autograd_viz.torch.overloads import fitting, forms, refuse, renamed
from autograd_viz.torch.tensor import Tensor, holding, method

IN_PLACE = ("clamp", "clamp_max", "clamp_min", "clip", "masked_fill")
__all__ = [*IN_PLACE, "fmax", "fmin", "maximum", "minimum", "where"]

COMPARE = "\nHint: compare, as in x > 0, or convert it with .bool()."

_ONE = "Tensor input, *, Tensor? out=None"
_TWO = "Tensor input, Tensor other, *, Tensor? out=None"

# --- bounds -----------------------------------------------------------------------------------------------------------


@op("ClampBackward1", self=lambda grad, self, min, max: where_inside(grad, self, min, max))
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
    self=lambda grad, self, min, max: where_inside(grad, self, min, max),
    min=lambda grad, self, min, max: where_below(grad, self, min, max),
    max=lambda grad, self, min, max: where_above(grad, self, min, max))  # fmt: skip
def _clamp_tensor(self: Array, min: Any = None, max: Any = None) -> Array:
    arrays = [array for array in (self, min, max) if array is not None]
    for array in arrays[1:]:
        check_broadcast(arrays[0].shape, array.shape)
    kind = dtypes.promoted(arrays, [False] * len(arrays))
    return bounded(*(None if array is None else array.astype(kind, copy=False) for array in (self, min, max)))


def where_inside(grad: Any, self: Any, min: Any, max: Any) -> Any:
    """grad where min <= self <= max, else 0; a bound of None is no bound."""
    if min is None or max is None:
        inside = ge(self, min) if max is None else le(self, max)
    else:
        inside = ge(self, min) & le(self, max)
    return pointwise.where(inside, grad, zeros(grad))


def where_below(grad: Any, self: Any, min: Any, max: Any = None) -> Any:
    """grad where self < min, else 0: where the lower bound is what comes out. (The upper one wins if they cross.)"""
    return pointwise.where(lt(self, min) if max is None else lt(min, max) & lt(self, min), grad, zeros(grad))


def where_above(grad: Any, self: Any, min: Any, max: Any) -> Any:
    """grad where self > max, else 0: where the upper bound is what comes out."""
    return pointwise.where(gt(self, max) if min is None else lt(max, min) | gt(self, max), grad, zeros(grad))


_BOUNDS = ("Tensor input, Tensor? min=None, Tensor? max=None, *, Tensor? out=None",
           "Tensor input, Number? min=None, Number? max=None, *, Tensor? out=None")  # fmt: skip


@method
@forms(*_BOUNDS)
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """The input, held between two bounds: numbers or tensors, or None.  Raises RuntimeError if both are None."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return (_clamp_tensor if isinstance(min, Tensor) or isinstance(max, Tensor) else _clamp)(input, min, max)


@op("ClampMinBackward0", self=lambda grad, self, min: where_inside(grad, self, min, None))
def _clamp_min(self: Array, min: Any) -> Array:
    return _clamp(self, min, None)


@op("ClampMinBackward1", self=lambda grad, self, min: where_inside(grad, self, min, None),
    min=lambda grad, self, min: where_below(grad, self, min), pointwise=True)  # fmt: skip
def _clamp_min_tensor(self: Array, min: Array) -> Array:
    return bounded(self, min, None)


@method
@forms("Tensor input, Tensor min, *, Tensor? out=None", "Tensor input, Number min, *, Tensor? out=None")
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """The input where it is at least `min`, else `min`."""
    return (_clamp_min_tensor if isinstance(min, Tensor) else _clamp_min)(input, min)


@op("ClampMaxBackward0", self=lambda grad, self, max: where_inside(grad, self, None, max))
def _clamp_max(self: Array, max: Any) -> Array:
    return _clamp(self, None, max)


@op("ClampMaxBackward1", self=lambda grad, self, max: where_inside(grad, self, None, max),
    max=lambda grad, self, max: where_above(grad, self, None, max), pointwise=True)  # fmt: skip
def _clamp_max_tensor(self: Array, max: Array) -> Array:
    return bounded(self, None, max)


@method
@forms("Tensor input, Tensor max, *, Tensor? out=None", "Tensor input, Number max, *, Tensor? out=None")
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


def where_it_wins(grad: Any, wins: Any, self: Any, other: Any) -> Any:
    """grad where self is the result, else 0; `wins` is `ge` or `le`. What is nan loses."""
    return pointwise.masked_fill(grad, eq(wins(self, other) | ne(other, other), False), 0)


def where_it_loses(grad: Any, wins: Any, self: Any, other: Any) -> Any:
    """grad where other is the result, else 0."""
    return pointwise.masked_fill(grad, wins(self, other) | ne(other, other), 0)


@op("FmaxBackward0", pointwise=True,
    self=lambda grad, self, other: where_it_wins(grad, ge, self, other),
    other=lambda grad, self, other: where_it_loses(grad, ge, self, other))  # fmt: skip
def _fmax(self: Array, other: Array) -> Array:
    return np.fmax(self, other)


@method
@forms(_TWO)
def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each two elements, and the other one if one is nan. The first gets the gradient if they tie."""
    return _fmax(input, other)


@op("FminBackward0", pointwise=True,
    self=lambda grad, self, other: where_it_wins(grad, le, self, other),
    other=lambda grad, self, other: where_it_loses(grad, le, self, other))  # fmt: skip
def _fmin(self: Array, other: Array) -> Array:
    return np.fmin(self, other)


@method
@forms(_TWO)
def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each two elements, and the other one if one is nan. The first gets the gradient if they tie."""
    return _fmin(input, other)


# --- choosing by a mask -----------------------------------------------------------------------------------------------


@op("MaskedFillBackward1", others="mask",
    self=lambda grad, mask: pointwise.masked_fill(grad, mask, 0), value=lambda grad, mask: sum_of_masked(grad, mask))  # fmt: skip
def _masked_fill_tensor(self: Array, mask: Array, value: Array) -> Array:
    return pointwise.filled(self, mask, value)


def sum_of_masked(grad: Any, mask: Any) -> Any:
    """The sum of grad where the mask is true."""
    from autograd_viz.torch.ops.reduction import sum_all
    from autograd_viz.torch.ops.scattering import select_masked

    return sum_all(select_masked(grad, mask))


@method
@forms("Tensor input, Tensor mask, Tensor value", "Tensor input, Tensor mask, Number value")
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A number, or a 0-d tensor, where the mask is true, the input elsewhere.  Raises RuntimeError for a mask that is not of bools."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if mask._array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {dtypes.C_NAMES[mask.dtype]}{COMPARE}")
    check_broadcast(mask._array.shape, input._array.shape)
    if isinstance(value, Tensor) and value.requires_grad and input._array.dtype.kind != "f" and mode.grad:
        raise RuntimeError(f"Autograd not support dtype: {dtypes.scalar_name(input._array)}")
    return (_masked_fill_tensor if isinstance(value, Tensor) else pointwise.masked_fill)(input, mask, value)


@forms("Tensor condition", "Tensor condition, Tensor input, Tensor other, *, Tensor? out=None",
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
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {dtypes.scalar_name(array)}{COMPARE}"
        )
    shape = array.shape
    for value in (input, other):
        if isinstance(value, Tensor):
            check_broadcast(shape, value._array.shape)
            shape = np.broadcast_shapes(shape, value._array.shape)
    for value, beside in ((input, other), (other, input)):
        if isinstance(beside, Tensor) and beside._array.dtype.kind in "iu" and isinstance(value, int):
            fitting(value, beside._array.dtype)  # (raises, if it is too large)
    return pointwise.where(condition, operand(input, other), other)


@forms("Tensor input, Tensor condition, Tensor other", "Tensor input, Tensor condition, Number other")
def _where(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    return where(condition, input, other)


_where.__name__ = "where"
Tensor.where = _where.as_method  # type: ignore[attr-defined]

clip = renamed("clip", clamp, *_BOUNDS)
method(clip)
