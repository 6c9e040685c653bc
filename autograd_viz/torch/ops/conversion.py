"""Out of a tensor and into another kind of one: `item`, `tolist`, `numpy`, `to`, and what a tensor says of itself.

None of this has to do with autograd, but for `to`, whose gradient comes back in the old dtype.

Read next: `engine.py`.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, printing
from autograd_viz.torch.arguments import no_overload, reads
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.modes import mode
from autograd_viz.torch.ops import pointwise, shape
from autograd_viz.torch.ops.from_data import COPY_CONSTRUCT, SCALAR_OF_GRAD, from_numpy, tensor
from autograd_viz.torch.tensor import Tensor, method, need_tensors, needs_grad

__all__ = [
    "allclose", "equal", "is_floating_point", "is_tensor",
]  # fmt: skip

ONE_NUMBER = "\nHint: reduce it to one number first (.sum(), .mean(), or an index), or take all of them with .tolist()."

# --- another dtype ----------------------------------------------------------------------------------------------------


@method
def to(input: Tensor, *args: Any, dtype: Any = None, device: Any = None, other: Any = None, copy: bool = False) -> Tensor:
    """The tensor in another dtype; itself if it has that already. `to(torch.float64)`, `to(other_tensor)`, `to("cpu")`."""
    for arg in args:
        arg = dtypes.of_python[arg] if arg in (float, int, bool) else arg
        if isinstance(arg, DType):
            dtype = arg
        elif isinstance(arg, Tensor):
            other = arg
        elif isinstance(arg, str | int | dtypes.device) and not isinstance(arg, bool):
            device = arg
        elif arg is not None and not isinstance(arg, bool):
            raise no_overload("to", *args)
    dtypes.on(device)
    dtype = dtypes.of_python.get(dtype, dtype)
    dtype = other.dtype if other is not None else dtype or input.dtype
    if not isinstance(dtype, DType):
        raise TypeError(f"to() received an invalid combination of arguments - got (dtype={type(dtype).__name__}, ), but expected one of:")
    return input if dtype is input.dtype and not copy else pointwise.to_copy(input, dtype)


def _cast(name: str, kind: DType) -> Callable[[Tensor], Tensor]:
    def cast(self: Tensor) -> Tensor:
        return to(self, kind)

    cast.__name__ = cast.__qualname__ = name
    cast.__doc__ = f"The tensor in the dtype {kind}; itself if it has that already."
    return cast


for _name, _kind in dtypes.ALIASES.items():
    setattr(Tensor, _name, _cast(_name, _kind))


@method
def type_as(input: Tensor, other: Tensor) -> Tensor:
    """The tensor in another one's dtype."""
    if not isinstance(other, Tensor):
        raise TypeError(f"type_as(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    return to(input, other.dtype)


@method
def cpu(input: Tensor) -> Tensor:
    """The tensor itself: here everything is on the CPU."""
    return input


# --- out of torch -----------------------------------------------------------------------------------------------------


asked: list[Callable[[str, Any], None]] = []
"""Who wants to know of each number that leaves a tensor (`vmap`, in which that must not depend on the sample)."""


@method
def item(input: Tensor) -> Any:
    """The one element as a Python number.  Raises RuntimeError if there is not exactly one."""
    for wanting in asked:
        wanting("item", input)
    if input._array.size != 1:
        raise RuntimeError(f"a Tensor with {input._array.size} elements cannot be converted to Scalar{ONE_NUMBER}")
    return input._array.item()


@method
def tolist(input: Tensor) -> Any:
    """The elements as nested lists of Python numbers."""
    for wanting in asked:
        wanting("storage", input)
    return input._array.tolist()


@method
def numpy(input: Tensor, *, force: bool = False) -> np.ndarray:
    """The array, sharing memory.  Raises RuntimeError for a tensor that requires grad, unless tracking is off, or `force`."""
    for wanting in asked:
        wanting("storage", input)
    if mode.grad and needs_grad(input) and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return input._array


@method
def __array__(self: Tensor, dtype: Any = None) -> np.ndarray:
    array: np.ndarray = numpy(self)  # (as in PyTorch, without `copy`, of which numpy warns)
    return array if dtype is None else array.astype(dtype, copy=False)


@method
def __array_wrap__(self: Tensor, array: np.ndarray) -> Tensor:
    """What numpy's function of a tensor gives: a tensor too, without a history."""  # (numpy warns of what this does not take)
    return from_numpy(np.asarray(array.astype(np.uint8) if array.dtype == bool else array))


def _scalar(self: Tensor, *, warn: bool = True) -> Any:
    if warn and needs_grad(self):
        warnings.warn(SCALAR_OF_GRAD, UserWarning, stacklevel=3)
    for wanting in asked:
        wanting("item", self)
    if self._array.size != 1:
        raise ValueError(f"only one element tensors can be converted to Python scalars{ONE_NUMBER}")
    return self._array.item()


@method
def __float__(self: Tensor) -> float:
    return float(_scalar(self))


@method
def __int__(self: Tensor) -> int:
    return int(_scalar(self, warn=False))


@method
def __index__(self: Tensor) -> int:
    for wanting in asked:
        wanting("item", self)
    if self._array.size != 1 or self._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return operator.index(int(self._array.item()))


@method
def __bool__(self: Tensor) -> bool:
    for wanting in asked:
        wanting("bool", self)
    if self._array.size != 1:
        many = "more than one value" if self._array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous\nHint: .any() or .all() makes one answer of many.")
    return bool(self._array.item())


@method
def __reversed__(self: Tensor) -> Tensor:
    return self if self.ndim == 0 else self.flip(0)  # type: ignore[attr-defined]


@method
def __complex__(self: Tensor) -> complex:
    return complex(_scalar(self))


@method
def __len__(self: Tensor) -> int:
    if self.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return self._array.shape[0]


@method
def __iter__(self: Tensor) -> Iterator[Tensor]:
    if self.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(shape.unbind(self, 0))


@method
def __contains__(self: Tensor, element: Any) -> bool:
    if not isinstance(element, Tensor | bool | int | float | complex | np.generic):
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
    return bool((self._array == (element._array if isinstance(element, Tensor) else element)).any())


@method
def __deepcopy__(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if self._grad_fn is not None:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were "
            "attempting "
            "to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        )
    if id(self) not in memo:
        copy = tensor(self._array, requires_grad=self._requires_grad)
        if self._grad is not None:
            copy._grad = __deepcopy__(self._grad, memo)
        memo[id(self)] = copy
    made: Tensor = memo[id(self)]
    return made


@method
def __delitem__(self: Tensor, key: Any) -> None:
    raise TypeError("Tensor does not support deleting items")


def _rebuilt(kind: Any, array: np.ndarray, requires_grad: bool, attributes: dict[str, Any]) -> Tensor:
    kind = dtypes.unpickled(kind)
    made: Tensor = Tensor.__new__(kind)
    made._array = array
    made._requires_grad = requires_grad
    made.__dict__.update(attributes)
    return made


@method
def __reduce_ex__(self: Tensor, protocol: int) -> Any:
    own = {name: value for name, value in vars(self).items() if not name.startswith("_")}
    return _rebuilt, (dtypes.pickled(type(self)), self._array, needs_grad(self), own)


dressings: list[Callable[[Tensor, Callable[[list[str]], str]], str | None]] = []
"""How a tensor prints inside a transformation: each gets the tensor, and what writes it with given suffixes; None: as usual."""


@method
def __repr__(self: Tensor) -> str:
    def plain(suffixes: list[str]) -> str:
        return printing.format_array(self._array, suffixes=suffixes, default_dtype=dtypes.get_default_dtype().name)

    for dressing in dressings:
        if dressed := dressing(self, plain):
            return dressed
    try:
        made_by = "" if self.is_leaf else type(self._grad_fn).__name__
    except RuntimeError:  # one of several views, of whose memory another part was changed
        made_by = "Invalid"
    if made_by:
        suffixes = [f"grad_fn=<{made_by}>"]
    else:
        suffixes = ["requires_grad=True"] if needs_grad(self) else []
    return plain(suffixes)


@method
def __format__(self: Tensor, spec: str) -> str:
    return printing.format_scalar(self._array, spec) if self.ndim == 0 else object.__format__(self, spec)


# --- what it says of itself -------------------------------------------------------------------------------------------


@method
def data_ptr(input: Tensor) -> int:
    """Where its first element lies in memory."""
    return int(input._array.__array_interface__["data"][0])


@reads("dim(Tensor input)", function=False)
def dim(input: Tensor) -> int:
    """How many dimensions it has."""
    return input.ndim


reads("ndimension(Tensor input)", function=False)(dim)


@reads("element_size(Tensor input)", function=False)
def element_size(input: Tensor) -> int:
    """How many bytes an element takes."""
    return input._array.itemsize


@reads("is_contiguous(Tensor input, *, memory_format memory_format=None)", function=False)
def is_contiguous(input: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in memory in order."""
    return bool(input._array.flags.c_contiguous)


@method
def is_floating_point(input: Tensor) -> bool:
    """Whether its elements are floats."""
    need_tensors("is_floating_point", input=input)
    return input.dtype.is_floating_point


def is_tensor(obj: Any) -> bool:
    """Whether something is a tensor."""
    return isinstance(obj, Tensor)


@method
def _is_view(self: Tensor) -> bool:
    return self._base is not None


@method
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    need_tensors("equal", input=input, other=other)
    return bool(np.array_equal(input._array, other._array))


@method
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are equal but for a small error."""
    need_tensors("allclose", input=input, other=other)
    return bool(np.allclose(input._array, other._array, rtol, atol, equal_nan))


@method
def new_tensor(input: Tensor, data: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`torch.tensor(data)` in this tensor's dtype."""
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT.replace("torch.tensor(", "tensor.new_tensor("), UserWarning, stacklevel=2)
        data = data._array
    return tensor(data, dtype=dtype or input.dtype, requires_grad=requires_grad)


for _name, _get, _doc in (
    ("device", lambda self: dtypes.CPU, "Where it lives: always the CPU."),
    ("is_cuda", lambda self: False, "Always False."),
    ("itemsize", lambda self: self._array.itemsize, "How many bytes an element takes."),
    ("nbytes", lambda self: self._array.size * self._array.itemsize, "How many bytes its elements take."),
):
    setattr(Tensor, _name, property(_get, doc=_doc))
Tensor.__hash__ = lambda self: id(self)  # type: ignore[method-assign]  # == compares elements, so a dict finds a tensor by identity
dtypes.Size.__module__ = "torch"
