"""What one can do with a tensor: `x.sum(dim)`, `x + 1`, `x[0]`, `print(x)`.

PyTorch offers most operations twice, as `torch.sum(x)` and as `x.sum()`. Here each is one function whose first argument is the tensor;
`@method` makes it a method too. What these functions do is read the arguments in all the forms that PyTorch allows, and choose the row.
How autograd is asked to work (`backward`, `.grad`, `detach`) is in `gradients.py`.

Read next: `gradients.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np

from autograd_viz.torch import dtypes, printing
from autograd_viz.torch.dtypes import Size
from autograd_viz.torch.dtypes import dtype as DType  # noqa: N812
from autograd_viz.torch.indexing import getitem
from autograd_viz.torch.ops import inplace, linalg, pointwise, reduction, shape
from autograd_viz.torch.ops.creation import new
from autograd_viz.torch.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])
Dim = int | tuple[int, ...] | list[int] | None


def method(function: F) -> F:
    """Make a function of a tensor also its method."""
    setattr(Tensor, function.__name__, function)
    return function


def need_tensor(name: str, value: Any) -> Tensor:
    """`value`, if it is a tensor.  Raises PyTorch's TypeError if not."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(value).__name__}")
    return value


# --- elementwise ------------------------------------------------------------------------------------------------------

for _row in (pointwise.neg, pointwise.reciprocal, pointwise.exp, pointwise.log, pointwise.log1p, pointwise.sqrt, pointwise.abs, pointwise.sign,
             pointwise.sigmoid, pointwise.tanh, pointwise.relu, shape.clone, shape.t, linalg.mm, linalg.bmm, linalg.mv, linalg.dot, linalg.matmul,
             linalg.outer, shape.transpose, shape.unsqueeze, shape.select, shape.gather):  # fmt: skip
    method(_row)


def _number(name: str, value: Any) -> Any:
    if not isinstance(value, Tensor | int | float | np.generic):
        raise TypeError(f"{name}(): argument 'other' (position 2) must be Tensor, not {type(value).__name__}")
    return value


@method
def add(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:  # noqa: A002
    """input + alpha * other."""
    return pointwise.add(input, _number("add", other), alpha=alpha)  # type: ignore[no-any-return]


@method
def sub(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:  # noqa: A002
    """input - alpha * other."""
    if isinstance(other, Tensor) and input._array.dtype.kind == other._array.dtype.kind == "b":
        raise RuntimeError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.")  # fmt: skip
    return pointwise.sub(input, _number("sub", other), alpha=alpha)  # type: ignore[no-any-return]


@method
def mul(input: Tensor, other: Any) -> Tensor:  # noqa: A002
    """input * other."""
    return pointwise.mul(input, _number("mul", other))  # type: ignore[no-any-return]


@method
def div(input: Tensor, other: Any) -> Tensor:  # noqa: A002
    """input / other."""
    return pointwise.div(input, _number("div", other))  # type: ignore[no-any-return]


@method
def pow(input: Any, exponent: Any) -> Tensor:  # noqa: A001, A002 - PyTorch's names
    """input ** exponent; one of the two may be a number."""
    if isinstance(exponent, Tensor):
        row = pointwise.pow_tensor if isinstance(input, Tensor) else pointwise.number_pow
        return row(input, exponent)  # type: ignore[no-any-return]
    return pointwise.pow_number(need_tensor("pow", input), _number("pow", exponent))  # type: ignore[no-any-return]


@method
def square(input: Tensor) -> Tensor:  # noqa: A002
    """input ** 2."""
    return pow(input, 2)


@method
def where(condition: Tensor, input: Any, other: Any) -> Tensor:  # noqa: A002
    """`input` where the condition holds, else `other`."""
    return pointwise.where(condition, input, other)  # type: ignore[no-any-return]


# --- reductions -------------------------------------------------------------------------------------------------------


def _dims(dim: Dim) -> tuple[int, ...]:
    return (dim,) if isinstance(dim, int) else tuple(dim or ())


def _cast(input: Tensor, dtype: DType | None) -> Tensor:  # noqa: A002
    return input if dtype is None or dtype is input.dtype else to(input, dtype)


@method
def sum(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:  # noqa: A001, A002
    """The sum of all elements, or over some dimensions."""
    input = _cast(need_tensor("sum", input), dtype)  # noqa: A001
    return reduction.sum_all(input) if dim is None and not keepdim else reduction.sum_dim(input, _dims(dim), keepdim)  # type: ignore[no-any-return]


@method
def mean(input: Tensor, dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:  # noqa: A002
    """The mean of all elements, or over some dimensions."""
    input = _cast(need_tensor("mean", input), dtype)  # noqa: A001
    return reduction.mean_all(input) if dim is None and not keepdim else reduction.mean_dim(input, _dims(dim), keepdim)  # type: ignore[no-any-return]


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


@method
def max(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:  # noqa: A001, A002
    """The largest element; or with `dim`, the largest along it and where it is."""
    if dim is None:
        return reduction.max_all(need_tensor("max", input))
    return _Max(*reduction.max_dim(need_tensor("max", input), dim, keepdim))


@method
def min(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:  # noqa: A001, A002
    """The smallest element; or with `dim`, the smallest along it and where it is."""
    if dim is None:
        return reduction.min_all(need_tensor("min", input))
    return _Min(*reduction.min_dim(need_tensor("min", input), dim, keepdim))


# --- shapes -----------------------------------------------------------------------------------------------------------


def _sizes(name: str, sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """The numbers in `f(2, 3)`, `f((2, 3))` and `f([2, 3])`."""
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = tuple(sizes[0])
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int | np.integer):
            raise TypeError(f"{name}() received an invalid combination of arguments - got ({type(size).__name__}), but expected whole numbers")
    return tuple(int(size) for size in sizes)


@method
def view(input: Tensor, *shape_: Any) -> Tensor:  # noqa: A002
    """The same elements in another shape, sharing memory."""
    return shape.view(input, _sizes("view", shape_))  # type: ignore[no-any-return]


@method
def reshape(input: Tensor, *shape_: Any) -> Tensor:  # noqa: A002
    """The same elements in another shape: a view where possible, else a copy."""
    return shape.reshape(input, _sizes("reshape", shape_))  # type: ignore[no-any-return]


@method
def view_as(input: Tensor, other: Tensor) -> Tensor:  # noqa: A002
    """`view` in the shape of another tensor."""
    return view(input, tuple(other.shape))


@method
def flatten(input: Tensor) -> Tensor:  # noqa: A002
    """All elements in one dimension; a 1-d tensor itself."""
    return input if input.ndim == 1 else reshape(input, -1)


@method
def expand(input: Tensor, *sizes: Any) -> Tensor:  # noqa: A002
    """Repeat along dimensions of size 1, without a copy."""
    return shape.expand(input, _sizes("expand", sizes))  # type: ignore[no-any-return]


@method
def expand_as(input: Tensor, other: Tensor) -> Tensor:  # noqa: A002
    """`expand` to the shape of another tensor."""
    return expand(input, tuple(other.shape))


@method
def permute(input: Tensor, *dims: Any) -> Tensor:  # noqa: A002
    """Put the dimensions in another order."""
    return shape.permute(input, _sizes("permute", dims))  # type: ignore[no-any-return]


@method
def squeeze(input: Tensor, dim: Dim = None) -> Tensor:  # noqa: A002
    """Drop dimensions of size 1: all, or the ones named."""
    if dim is None:
        return shape.squeeze_all(input)  # type: ignore[no-any-return]
    return shape.squeeze_dim(input, dim) if isinstance(dim, int) else shape.squeeze_dims(input, tuple(dim))  # type: ignore[no-any-return]


@method
def contiguous(input: Tensor) -> Tensor:  # noqa: A002
    """The tensor itself if its elements lie in memory in order, else a copy in which they do."""
    return input if input._array.flags.c_contiguous else shape.clone(input)  # type: ignore[no-any-return]


# --- dtypes and conversions -------------------------------------------------------------------------------------------


@method
def to(input: Tensor, dtype: DType) -> Tensor:  # noqa: A002
    """The tensor in another dtype; itself if it has that already."""
    if not isinstance(dtype, DType):
        raise TypeError(f"to() received an invalid combination of arguments - got ({type(dtype).__name__}), but expected a torch.dtype")
    return input if dtype is input.dtype else shape.to_copy(input, dtype)  # type: ignore[no-any-return]


for _name, _kind in (("float", dtypes.float32), ("double", dtypes.float64), ("long", dtypes.int64), ("int", dtypes.int32), ("bool", dtypes.bool_)):
    setattr(Tensor, _name, lambda self, _kind=_kind: to(self, _kind))


@method
def item(input: Tensor) -> Any:  # noqa: A002
    """The one element as a Python number.  Raises RuntimeError if there is not exactly one."""
    if input._array.size != 1:
        raise RuntimeError(f"a Tensor with {input._array.size} elements cannot be converted to Scalar")
    return input._array.item()


@method
def tolist(input: Tensor) -> Any:  # noqa: A002
    """The elements as nested lists of Python numbers."""
    return input._array.tolist()


@method
def numpy(input: Tensor) -> np.ndarray:  # noqa: A002
    """The array, sharing memory.  Raises RuntimeError for a tensor that requires grad."""
    if input._requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return input._array


def _scalar(input: Tensor) -> Any:  # noqa: A002
    if input._array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return input._array.item()


@method
def size(input: Tensor, dim: int | None = None) -> Any:  # noqa: A002
    """The shape, or its length along one dimension."""
    return input.shape if dim is None else input.shape[shape.wrap_dim(dim, input.ndim)]


@method
def numel(input: Tensor) -> int:  # noqa: A002
    """How many elements it has."""
    return input._array.size


@method
def dim(input: Tensor) -> int:  # noqa: A002
    """How many dimensions it has."""
    return input.ndim


@method
def stride(input: Tensor) -> tuple[int, ...]:  # noqa: A002
    """How many elements to step over in memory, per dimension."""
    return tuple(step // input._array.itemsize for step in input._array.strides)


@method
def is_contiguous(input: Tensor) -> bool:  # noqa: A002
    """Whether the elements lie in memory in order."""
    return bool(input._array.flags.c_contiguous)


@method
def is_floating_point(input: Tensor) -> bool:  # noqa: A002
    """Whether its elements are floats."""
    return input.dtype.is_floating_point


@method
def equal(input: Tensor, other: Tensor) -> bool:  # noqa: A002
    """Whether two tensors have the same shape and elements."""
    return bool(np.array_equal(input._array, other._array))


@method
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:  # noqa: A002
    """Whether all elements are equal but for a small error."""
    return bool(np.allclose(input._array, other._array, rtol, atol, equal_nan))


@method
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:  # noqa: A002
    """Where the largest element is."""
    found = np.asarray(np.argmax(input._array, axis=dim, keepdims=keepdim), dtype=np.int64)
    return new(found, "argmax", inputs=(input,))


# --- operators --------------------------------------------------------------------------------------------------------


def _operator(function: Callable[[Tensor, Any], Tensor], kinds: Any = Tensor | int | float | np.generic) -> Callable[[Tensor, Any], Any]:
    def applied(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, kinds) else NotImplemented

    return applied


def _in_place(operation: Callable[..., Any], name: str) -> Callable[..., Tensor]:
    def changed(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return inplace.in_place(self, operation, *args, **kwargs)

    changed.__name__ = changed.__qualname__ = name
    changed.__doc__ = f"`{name.removesuffix('_')}` in place: overwrites the tensor and returns it."
    return changed


def _power(self: Tensor, other: Any) -> Tensor:
    return pow(self, other)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": _operator(add), "__radd__": _operator(add), "__sub__": _operator(sub),
    "__rsub__": _operator(lambda a, b: sub(b, a) if isinstance(b, Tensor) else pointwise.rsub(a, b)),
    "__mul__": _operator(mul), "__rmul__": _operator(mul), "__truediv__": _operator(div),
    "__rtruediv__": _operator(lambda a, b: mul(pointwise.reciprocal(a), b)),
    "__pow__": _operator(_power), "__rpow__": _operator(lambda a, b: pointwise.number_pow(b, a)),
    "__matmul__": _operator(linalg.matmul, Tensor), "__neg__": pointwise.neg, "__abs__": pointwise.abs, "__getitem__": getitem,
    "__eq__": _operator(pointwise.eq), "__ne__": _operator(pointwise.ne), "__lt__": _operator(pointwise.lt), "__le__": _operator(pointwise.le),
    "__gt__": _operator(pointwise.gt), "__ge__": _operator(pointwise.ge),
    "__iadd__": _operator(_in_place(add, "add_")), "__isub__": _operator(_in_place(sub, "sub_")),
    "__imul__": _operator(_in_place(mul, "mul_")), "__itruediv__": _operator(_in_place(div, "div_")),
}  # fmt: skip
for _name, _function in _OPERATORS.items():
    setattr(Tensor, _name, _function)
for _name, _function in {
    "add_": add, "sub_": sub, "mul_": mul, "div_": div, "pow_": pow, "exp_": pointwise.exp, "log_": pointwise.log, "sqrt_": pointwise.sqrt,
    "neg_": pointwise.neg, "abs_": pointwise.abs, "sigmoid_": pointwise.sigmoid, "tanh_": pointwise.tanh, "relu_": pointwise.relu,
    "zero_": inplace.zero, "fill_": inplace.fill, "copy_": inplace.copy,
}.items():  # fmt: skip
    setattr(Tensor, _name, _in_place(_function, _name))
Tensor.__hash__ = object.__hash__  # type: ignore[method-assign]  # == compares elements, so a tensor is found in a dict by identity


def _transposed(self: Tensor) -> Tensor:
    return shape.permute(self, tuple(reversed(range(self.ndim))))  # type: ignore[no-any-return]


Tensor.T = property(_transposed, doc="The dimensions in reverse order.")  # type: ignore[attr-defined]
Tensor.mT = property(lambda self: shape.transpose(self, -2, -1), doc="The last two dimensions exchanged.")  # type: ignore[attr-defined]


@method
def __bool__(self: Tensor) -> bool:
    if self._array.size != 1:
        many = "more than one value" if self._array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous")
    return bool(self._array.item())


@method
def __float__(self: Tensor) -> float:
    return float(_scalar(self))


@method
def __int__(self: Tensor) -> int:
    return int(_scalar(self))


@method
def __len__(self: Tensor) -> int:
    if self.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return self._array.shape[0]


@method
def __iter__(self: Tensor) -> Iterator[Tensor]:
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter([shape.select(self, 0, i) for i in range(len(self._array))])


@method
def __contains__(self: Tensor, element: Any) -> bool:
    return bool((self._array == (element._array if isinstance(element, Tensor) else element)).any())


@method
def __repr__(self: Tensor) -> str:
    if self._grad_fn is not None:
        suffixes = [f"grad_fn=<{type(self._grad_fn).__name__}>"]
    else:
        suffixes = ["requires_grad=True"] if self._requires_grad else []
    return printing.format_array(self._array, suffixes=suffixes, default_dtype=dtypes.get_default_dtype().name)


@method
def __format__(self: Tensor, spec: str) -> str:
    return printing.format_scalar(self._array, spec) if self.ndim == 0 else object.__format__(self, spec)


Size.__module__ = "torch"
