"""What one can do with a tensor: `x.sum(dim)`, `x + 1`, `x[0]`.

PyTorch offers most operations twice, as `torch.sum(x)` and as `x.sum()`. Here each is one function whose first argument is the tensor;
`@method` makes it a method too. What these functions do is read the arguments in all the forms that PyTorch allows, and choose the row.
How autograd is asked to work (`backward`, `.grad`, `detach`) is in `gradients.py`.

Read next: `gradients.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.indexing import getitem
from autograd_viz.torch.ops import arithmetic, linalg, logic, pointwise, reduction
from autograd_viz.torch.ops.arithmetic import floor_divide, remainder
from autograd_viz.torch.ops.piecewise import maximum, minimum
from autograd_viz.torch.overloads import no_overload
from autograd_viz.torch.tensor import Tensor, method, need_tensors

__all__ = ["ger", "max", "mean", "min", "sum"]

Dim = int | tuple[int, ...] | list[int] | None
NUMBER = int | float | np.generic
GIVEN_NOTHING: Any = object()  # x.sum() and x.sum(None) are two nodes in PyTorch


# --- the rows whose arguments need no reading ------------------------------------------------------------------------

for _row in (
    pointwise.neg, pointwise.reciprocal, pointwise.exp, pointwise.log, pointwise.log1p, pointwise.sqrt, pointwise.abs, pointwise.sign,
    pointwise.sigmoid, pointwise.tanh, pointwise.relu, logic.isposinf, logic.isneginf, logic.isreal, logic.signbit, logic.logical_not,
    logic.bitwise_not, logic.any, logic.all, logic.argmax,
    logic.argmin, linalg.mm, linalg.bmm, linalg.mv, linalg.dot,
    linalg.matmul, linalg.outer,
):  # fmt: skip
    method(_row)


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduction(
    name: str, rows: tuple[Any, Any], input: Tensor, dim: Any, keepdim: Any, dtype: DType | None, numpys: dict[str, Any]
) -> Tensor:
    """Over all dimensions, or over those that are named. PyTorch understands numpy's names `axis` and `keepdims` too."""
    need_tensors(name, input=input)
    over_all, over_dims = rows
    dim, keepdim = numpys.pop("axis", dim), numpys.pop("keepdims", keepdim)
    if numpys:
        raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(numpys))}'")
    if not isinstance(keepdim, bool):
        raise TypeError(f"{name}(): argument 'keepdim' (position 2) must be bool, not {type(keepdim).__name__}")
    if dim is GIVEN_NOTHING and not keepdim:
        return over_all(input, dtype)
    dims = None if dim is None or dim is GIVEN_NOTHING else (dim,) if isinstance(dim, int) else dim
    if dims is not None and not (isinstance(dims, tuple | list) and all(isinstance(d, int) for d in dims)):
        raise no_overload(name, dim)
    return over_dims(input, None if dims is None else tuple(dims), keepdim, dtype)


@method
def sum(
    input: Tensor, dim: Dim = GIVEN_NOTHING, keepdim: bool = False, *, dtype: DType | None = None, **numpys: Any
) -> Tensor:
    """The sum of all elements, or over some dimensions."""
    return _reduction("sum", (reduction.sum_all, reduction.sum_dim), input, dim, keepdim, dtype, numpys)


@method
def mean(
    input: Tensor, dim: Dim = GIVEN_NOTHING, keepdim: bool = False, *, dtype: DType | None = None, **numpys: Any
) -> Tensor:
    """The mean of all elements, or over some dimensions."""
    return _reduction("mean", (reduction.mean_all, reduction.mean_dim), input, dim, keepdim, dtype, numpys)


class Winners(NamedTuple):
    """What `max(dim)` and `min(dim)` give: the values, and where along the dimension they are."""

    values: Tensor
    indices: Tensor


class _Max(Winners):
    def __repr__(self) -> str:
        return f"torch.return_types.max(\nvalues={self.values!r},\nindices={self.indices!r})"


class _Min(Winners):
    def __repr__(self) -> str:
        return f"torch.return_types.min(\nvalues={self.values!r},\nindices={self.indices!r})"


def _extreme(name: str, rows: tuple[Any, Any, Any], made: type[Winners], input: Tensor, dim: Any, keepdim: Any) -> Any:
    need_tensors(name, input=input)
    over_all, along, of_two = rows
    if dim is None:
        return over_all(input)
    if isinstance(dim, Tensor):
        return of_two(input, dim)
    if not isinstance(dim, int):
        raise no_overload(name, dim)
    if not isinstance(keepdim, bool):
        raise TypeError(f"{name}(): argument 'keepdim' (position 2) must be bool, not {type(keepdim).__name__}")
    return made(*along(input, dim, keepdim))


@method
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; with `dim`, the largest along it and where it is; with another tensor, the larger of each two elements."""
    return _extreme("max", (reduction.max_all, reduction.max_dim, maximum), _Max, input, dim if other is None else other, keepdim)


@method
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; with `dim`, the smallest along it and where it is; with another tensor, the smaller of each two elements."""
    return _extreme("min", (reduction.min_all, reduction.min_dim, minimum), _Min, input, dim if other is None else other, keepdim)


# --- operators --------------------------------------------------------------------------------------------------------


def _operator(function: Callable[[Tensor, Any], Tensor], kinds: Any = Tensor | NUMBER) -> Callable[[Tensor, Any], Any]:
    def applied(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, kinds) else NotImplemented

    return applied


def _bits(name: str, turned: bool = False) -> Callable[[Tensor, Any], Any]:
    function = logic.bits[name]
    return _operator(lambda a, b: function(b, a) if turned else function(a, b))


pointwise.sub.row.public = arithmetic.minus  # type: ignore[attr-defined]
_OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: row.operator for name, row in (  # type: ignore[attr-defined]
        ("__add__", pointwise.add), ("__radd__", pointwise.add), ("__sub__", pointwise.sub), ("__mul__", pointwise.mul),
        ("__rmul__", pointwise.mul), ("__truediv__", pointwise.div),
    )},
    "__rsub__": _operator(arithmetic.from_number),
    "__rtruediv__": _operator(lambda a, b: pointwise.mul(pointwise.reciprocal(a), b)),
    "__floordiv__": _operator(floor_divide), "__rfloordiv__": _operator(lambda a, b: floor_divide(b, a)),
    "__mod__": _operator(remainder), "__rmod__": _operator(lambda a, b: remainder(b, a)),
    "__pow__": _operator(arithmetic.power), "__rpow__": _operator(lambda a, b: pointwise.number_pow(b, a)),
    "__matmul__": _operator(linalg.matmul, Tensor), "__neg__": pointwise.neg, "__abs__": pointwise.abs, "__getitem__": getitem,
    "__pos__": arithmetic.positive, "__invert__": logic.inverted,
    "__and__": _bits("bitwise_and"), "__or__": _bits("bitwise_or"), "__xor__": _bits("bitwise_xor"),
    "__rand__": _bits("bitwise_and"), "__ror__": _bits("bitwise_or"), "__rxor__": _bits("bitwise_xor"),
    "__lshift__": _bits("bitwise_left_shift"), "__rlshift__": _bits("bitwise_left_shift", turned=True),
    "__rshift__": _bits("bitwise_right_shift"), "__rrshift__": _bits("bitwise_right_shift", turned=True),
    "__eq__": _operator(pointwise.eq), "__ne__": _operator(pointwise.ne), "__lt__": _operator(pointwise.lt),
    "__le__": _operator(pointwise.le), "__gt__": _operator(pointwise.gt), "__ge__": _operator(pointwise.ge),
}  # fmt: skip
for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _function)
# The same under other names of PyTorch's.
ger = linalg.outer
for _name in ("ger",):
    setattr(Tensor, _name, getattr(globals()[_name], "as_method", globals()[_name]))
