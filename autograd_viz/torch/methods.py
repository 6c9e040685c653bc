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
from autograd_viz.torch.ops import arithmetic, inplace, linalg, logic, pointwise, reduction, shape
from autograd_viz.torch.ops.arithmetic import add, div, floor_divide, mul, pow, remainder, sub
from autograd_viz.torch.ops.piecewise import maximum, minimum
from autograd_viz.torch.overloads import no_overload
from autograd_viz.torch.tensor import Tensor, method, need_tensors

__all__ = [
    "broadcast_to", "flatten", "ger", "max", "mean", "min", "movedim", "narrow", "permute", "ravel", "reshape", "squeeze", "sum",
    "swapaxes", "swapdims",
]  # fmt: skip

Dim = int | tuple[int, ...] | list[int] | None
NUMBER = int | float | np.generic
GIVEN_NOTHING: Any = object()  # x.sum() and x.sum(None) are two nodes in PyTorch


# --- the rows whose arguments need no reading ------------------------------------------------------------------------

for _row in (
    pointwise.neg, pointwise.reciprocal, pointwise.exp, pointwise.log, pointwise.log1p, pointwise.sqrt, pointwise.abs, pointwise.sign,
    pointwise.sigmoid, pointwise.tanh, pointwise.relu, logic.isposinf, logic.isneginf, logic.isreal, logic.signbit, logic.logical_not,
    logic.bitwise_not, logic.any, logic.all, logic.argmax,
    logic.argmin, shape.t, shape.transpose, shape.unsqueeze, shape.select, shape.gather, linalg.mm, linalg.bmm, linalg.mv, linalg.dot,
    linalg.matmul, linalg.outer, linalg.contiguous, shape.clone, shape.unbind,
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


# --- shapes -----------------------------------------------------------------------------------------------------------


def _sizes(name: str, called: str, given: tuple[Any, ...], named: Any) -> tuple[int, ...]:
    """The numbers in `f(2, 3)`, `f((2, 3))`, `f([2, 3])` and `f(shape=(2, 3))`."""
    if named is not None:
        given = (named,)
    if not given:
        raise no_overload(name) if name == "view" else TypeError(f'{name}() missing 1 required positional arguments: "{called}"')
    sizes = given[0] if len(given) == 1 and isinstance(given[0], tuple | list) else given
    for position, size in enumerate(sizes, 1):
        if isinstance(size, bool) or not isinstance(size, int | np.integer):
            if name == "view":
                raise no_overload(name, *given)
            raise TypeError(f"{name}(): argument '{called}' (position {position}) must be tuple of ints, not {type(size).__name__}")
    return tuple(int(size) for size in sizes)


@method
def view(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """The same elements in another shape, sharing memory."""
    return shape.view(input, _sizes("view", "size", sizes, size))


@method
def reshape(input: Tensor, *sizes: Any, shape: Any = None) -> Tensor:
    """The same elements in another shape: a view where possible, else a copy."""
    return reshaped(input, _sizes("reshape", "shape", sizes, shape))


reshaped = shape.reshape  # (inside the function above, `shape` is the argument)


@method
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`view` in the shape of another tensor."""
    return view(input, tuple(other.shape))


@method
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`reshape` in the shape of another tensor."""
    return reshape(input, tuple(other.shape))


@method
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim made one."""
    need_tensors("flatten", input=input)
    start, end = shape.wrap_dim(start_dim, input.ndim), shape.wrap_dim(end_dim, input.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return reshape(input, 1)
    sizes = tuple(input.shape)
    return input if start == end else reshape(input, (*sizes[:start], int(np.prod(sizes[start : end + 1])), *sizes[end + 1 :]))


@method
def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension."""
    return reshape(linalg.contiguous(input), -1)


@method
def expand(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """Repeat along dimensions of size 1, without a copy."""
    return shape.expand(input, _sizes("expand", "size", sizes, size))


@method
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`expand` to the shape of another tensor."""
    return expand(input, tuple(other.shape))


@method
def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """`expand` to a shape."""
    return expand(input, size)


@method
def permute(input: Tensor, *order: Any, dims: Any = None) -> Tensor:
    """Put the dimensions in another order."""
    return shape.permute(input, _sizes("permute", "dims", order, dims))


@method
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Exchange two dimensions: `transpose` under numpy's name."""
    return shape.transpose(input, axis0, axis1)


@method
def movedim(input: Tensor, source: int, destination: int) -> Tensor:
    """Put one dimension in another place."""
    source, destination = shape.wrap_dim(source, input.ndim), shape.wrap_dim(destination, input.ndim)
    order = [dim for dim in range(input.ndim) if dim != source]
    order.insert(destination, source)
    return shape.permute(input, tuple(order))


@method
def squeeze(input: Tensor, dim: Dim = None) -> Tensor:
    """Drop dimensions of size 1: all, or the ones named."""
    if dim is None:
        return shape.squeeze_all(input)
    if isinstance(dim, int):
        return shape.squeeze_dim(input, dim)
    if not isinstance(dim, tuple | list):
        raise no_overload("squeeze", dim)
    return shape.squeeze_dims(input, tuple(dim))


@method
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`length` places along a dimension, from `start`."""
    return shape.slice_(input, dim, start, start + length, 1)


# --- operators --------------------------------------------------------------------------------------------------------


def _operator(function: Callable[[Tensor, Any], Tensor], kinds: Any = Tensor | NUMBER) -> Callable[[Tensor, Any], Any]:
    def applied(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, kinds) else NotImplemented

    return applied


def _bits(name: str, turned: bool = False) -> Callable[[Tensor, Any], Any]:
    function = logic.bits[name]
    return _operator(lambda a, b: function(b, a) if turned else function(a, b))


def _in_place(operation: Callable[..., Any], name: str, takes: int) -> Callable[..., Tensor]:
    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if not takes and args:
            raise TypeError(f"TensorBase.{name}() takes no arguments ({len(args)} given)")
        return inplace.in_place(self, operation, *args, **kwargs)

    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"`{name.removesuffix('_')}` in place: overwrites the tensor and returns it."
    return changed


_OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": _operator(pointwise.add), "__radd__": _operator(pointwise.add), "__sub__": _operator(arithmetic.minus),
    "__rsub__": _operator(arithmetic.from_number), "__mul__": _operator(pointwise.mul), "__rmul__": _operator(pointwise.mul),
    "__truediv__": _operator(pointwise.div), "__rtruediv__": _operator(lambda a, b: pointwise.mul(pointwise.reciprocal(a), b)),
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
    "__iadd__": _operator(_in_place(add, "add_", 1)), "__isub__": _operator(_in_place(sub, "sub_", 1)),
    "__imul__": _operator(_in_place(mul, "mul_", 1)), "__itruediv__": _operator(_in_place(div, "div_", 1)),
    "__imod__": _operator(_in_place(remainder, "remainder_", 1)), "__ipow__": _operator(_in_place(arithmetic.power, "pow_", 1)),
    "__ifloordiv__": _operator(_in_place(floor_divide, "floor_divide_", 1)),
}  # fmt: skip
for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _function)
for _name, _function in {
    "add": add, "sub": sub, "mul": mul, "div": div, "pow": pow, "fill": inplace.fill, "copy": inplace.copy,
}.items():  # fmt: skip
    setattr(Tensor, f"{_name}_", _in_place(_function, f"{_name}_", 1))
for _name, _function in {
    "exp": pointwise.exp, "log": pointwise.log, "sqrt": pointwise.sqrt, "neg": pointwise.neg, "abs": pointwise.abs,
    "sigmoid": pointwise.sigmoid, "tanh": pointwise.tanh, "relu": pointwise.relu, "zero": inplace.zero,
}.items():  # fmt: skip
    setattr(Tensor, f"{_name}_", _in_place(_function, f"{_name}_", 0))

# The same under other names of PyTorch's.
ger, swapdims = linalg.outer, swapaxes
for _name in ("ger", "swapdims"):
    setattr(Tensor, _name, getattr(globals()[_name], "as_method", globals()[_name]))
