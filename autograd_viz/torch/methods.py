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
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.indexing import getitem
from autograd_viz.torch.ops import inplace, linalg, logic, pointwise, reduction
from autograd_viz.torch.tensor import Tensor, method, need_tensors

__all__ = [
    "absolute", "add", "div", "divide", "ger", "max", "maximum", "mean", "min", "minimum", "mul", "multiply", "negative", "pow", "square",
    "sub", "subtract", "sum", "true_divide", "where",
]  # fmt: skip

Dim = int | tuple[int, ...] | list[int] | None
NUMBER = int | float | np.generic
GIVEN_NOTHING: Any = object()  # x.sum() and x.sum(None) are two nodes in PyTorch


def no_overload(name: str, *given: Any, shape: str = "one of:") -> TypeError:
    """PyTorch's complaint about arguments that fit none of a function's forms."""
    kinds = ", ".join(type(value).__name__ for value in given)
    return TypeError(f"{name}() received an invalid combination of arguments - got ({kinds}), but expected {shape}")


# --- elementwise ------------------------------------------------------------------------------------------------------

for _row in (
    pointwise.neg, pointwise.reciprocal, pointwise.exp, pointwise.log, pointwise.log1p, pointwise.sqrt, pointwise.abs, pointwise.sign,
    pointwise.sigmoid, pointwise.tanh, pointwise.relu, pointwise.eq, pointwise.ne, pointwise.lt, pointwise.le, pointwise.gt, pointwise.ge,
    logic.isnan, logic.isinf, logic.isfinite, logic.logical_not, logic.logical_and, logic.logical_or, logic.any, logic.all, logic.argmax,
    logic.argmin, linalg.mm, linalg.bmm, linalg.mv, linalg.dot,
    linalg.matmul, linalg.outer,
):  # fmt: skip
    method(_row)


def _operand(name: str, input: Any, other: Any) -> None:
    need_tensors(name, input=input)
    if not isinstance(other, Tensor | NUMBER):
        need_tensors(name, input=input, other=other)


@method
def add(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """input + alpha * other."""
    _operand("add", input, other)
    return pointwise.add(input, other, alpha=alpha)


def _no_bools(a: Any, b: Any) -> None:
    """PyTorch does not subtract bools.  Raises RuntimeError."""
    bools = [isinstance(x, bool) or (isinstance(x, Tensor) and x._array.dtype.kind == "b") for x in (a, b)]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or "
            "`logical_not()` operator instead."
        )


@method
def sub(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """input - alpha * other."""
    _operand("sub", input, other)
    _no_bools(input, other)
    return pointwise.sub(input, other, alpha=alpha)


def _rsub(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """other - alpha * input."""
    _operand("rsub", input, other)
    _no_bools(other, input)
    return pointwise.sub(other, input, alpha=alpha) if isinstance(other, Tensor) else pointwise.rsub(input, other, alpha)


@method
def mul(input: Tensor, other: Any) -> Tensor:
    """input * other."""
    _operand("mul", input, other)
    return pointwise.mul(input, other)


@method
def div(input: Tensor, other: Any) -> Tensor:
    """input / other."""
    _operand("div", input, other)
    return pointwise.div(input, other)


@method
def pow(input: Any, exponent: Any) -> Tensor:
    """input ** exponent; one of the two may be a number."""
    if isinstance(input, Tensor) and isinstance(exponent, NUMBER):
        return pointwise.pow_number(input, exponent)
    if not isinstance(exponent, Tensor) or not isinstance(input, Tensor | NUMBER):
        raise no_overload("pow", input, exponent)
    return (pointwise.pow_tensor if isinstance(input, Tensor) else pointwise.number_pow)(input, exponent)


@method
def square(input: Tensor) -> Tensor:
    """input ** 2."""
    need_tensors("square", input=input)
    return pow(input, 2)


def where(condition: Tensor, input: Any, other: Any) -> Tensor:
    """`input` where the condition holds, else `other`."""
    if not isinstance(condition, Tensor) or not isinstance(input, Tensor | NUMBER) or not isinstance(other, Tensor | NUMBER):
        raise no_overload("where", condition, input, other)
    if condition._array.dtype.kind != "b":
        raise RuntimeError(f"where expected condition to be a boolean tensor, but got a tensor with dtype {scalar_name(condition._array)}")
    return pointwise.where(condition, input, other)


def _where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    return where(condition, self, other)


@method
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each two elements."""
    need_tensors("maximum", input=input, other=other)
    return pointwise.maximum(input, other)


@method
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each two elements."""
    need_tensors("minimum", input=input, other=other)
    return pointwise.minimum(input, other)


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


pointwise.sub.row.public = sub  # type: ignore[attr-defined]
_OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: row.operator for name, row in (  # type: ignore[attr-defined]
        ("__add__", pointwise.add), ("__radd__", pointwise.add), ("__sub__", pointwise.sub), ("__mul__", pointwise.mul),
        ("__rmul__", pointwise.mul), ("__truediv__", pointwise.div),
    )},
    "__rsub__": _operator(_rsub),
    "__rtruediv__": _operator(lambda a, b: mul(pointwise.reciprocal(a), b)),
    "__pow__": _operator(pow), "__rpow__": _operator(lambda a, b: pointwise.number_pow(b, a)),
    "__matmul__": _operator(linalg.matmul, Tensor), "__neg__": pointwise.neg, "__abs__": pointwise.abs, "__getitem__": getitem,
    "__pos__": lambda self: self, "__invert__": logic.bitwise_not,
    "__and__": _operator(logic.bitwise_and), "__or__": _operator(logic.bitwise_or), "__xor__": _operator(logic.bitwise_xor),
    "__eq__": _operator(pointwise.eq), "__ne__": _operator(pointwise.ne), "__lt__": _operator(pointwise.lt),
    "__le__": _operator(pointwise.le), "__gt__": _operator(pointwise.gt), "__ge__": _operator(pointwise.ge),
}  # fmt: skip
for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _function)
# The same under other names of PyTorch's.
negative, absolute, subtract, multiply, divide, true_divide = pointwise.neg, pointwise.abs, sub, mul, div, div
ger = linalg.outer
for _name in ("negative", "absolute", "subtract", "multiply", "divide", "true_divide", "ger"):
    setattr(Tensor, _name, getattr(globals()[_name], "as_method", globals()[_name]))
Tensor.where = _where_method  # type: ignore[attr-defined]
