"""Making tensors from data: numbers, nested lists of numbers, numpy arrays.

Read next: `creation.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.compiled import quietly
from autograd_viz.torch.dtypes import dtype as DType  # a class with a small name
from autograd_viz.torch.dtypes import on
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops.pointwise import to_copy
from autograd_viz.torch.overloads import fitting
from autograd_viz.torch.tensor import ONLY_FLOATS, Tensor, holding

__all__ = ["as_tensor", "from_numpy", "tensor"]

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)
NOT_WRITABLE = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing to this tensor will "
    "result in undefined behavior. You may want to copy the array to protect its data or make it writable before converting it to a "
    "tensor. This type of warning will be suppressed for the rest of this program. (Triggered internally at "
    "/__w/pytorch/pytorch/torch/csrc/utils/tensor_numpy.cpp:213.)"
)
SCALAR_OF_GRAD = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using tensor.detach() first."
)
Data = Any  # numbers, nested lists of numbers, numpy arrays, tensors


def new(array: Array, op: str, requires_grad: bool = False, inputs: Sequence[Tensor] = ()) -> Tensor:
    """A leaf tensor around an array, told to whoever listens.  Raises RuntimeError for requires_grad on anything but floats."""
    made = holding(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(f"{ONLY_FLOATS}\nHint: this one would be {made.dtype}; write 1. for 1, or pass dtype=torch.float32.")
        made._requires_grad = True
    if events.listeners:
        observe.created(made, op, inputs)
    return made


def numpy_dtype(function: str, dtype: Any, default: np.dtype | None = None) -> np.dtype:
    """numpy's name of a dtype; without one, that of `default` or of the default dtype.  Raises TypeError for anything else."""
    dtype = dtypes.of_python.get(dtype, dtype)
    if isinstance(dtype, DType):
        return dtype.numpy
    if dtype is not None:
        raise TypeError(f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return default or dtypes.get_default_dtype().numpy


# --- from data --------------------------------------------------------------------------------------------------------


def tensor(*given: Data, dtype: DType | None = None, device: Any = None, requires_grad: bool = False, **by_name: Data) -> Tensor:
    """A tensor with a copy of the one argument, `data`: a number, nested lists of numbers, a numpy array.

    Bools give torch.bool, integers torch.int64, floats the default dtype; numpy arrays keep theirs.  Raises ValueError for ragged lists,
    TypeError or RuntimeError for what is no number, RuntimeError for requires_grad on anything but floats.
    """
    on(device)
    if len(given) > 1:
        raise TypeError(f"tensor() takes 1 positional argument but {len(given)} were given")
    if unknown := [name for name in by_name if name not in ("data", "pin_memory", "names")]:
        raise TypeError(f"tensor() got an unexpected keyword argument '{unknown[0]}'")
    if not given and "data" not in by_name:
        raise TypeError('tensor() missing 1 required positional arguments: "data"')
    data = given[0] if given else by_name["data"]
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT, UserWarning, stacklevel=2)
    return new(np.array(_array_of(data, "tensor", dtype), order="C"), "tensor", requires_grad)


@reads("as_tensor(object data, *, dtype? dtype=None, device? device=None)", method=False)
def as_tensor(data: Data, dtype: DType | None = None, device: Any = None) -> Tensor:
    """`data` itself if it is a tensor of that dtype already, else a tensor made of it."""
    on(device)
    if isinstance(data, Tensor):
        return data if dtype in (None, data.dtype) else to_copy(data, dtype)
    return from_numpy(data) if isinstance(data, np.ndarray) and dtype is None else new(_array_of(data, "as_tensor", dtype), "as_tensor")


def from_numpy(array: Array) -> Tensor:
    """A tensor that shares the array's memory."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    _check_numpy(array)
    if not array.flags.writeable:
        warnings.warn(NOT_WRITABLE, UserWarning, stacklevel=2)
    return new(array, "from_numpy")


def _array_of(data: Data, function: str, dtype: DType | None) -> Array:
    kind = None if dtype is None else numpy_dtype(function, dtype)
    if not isinstance(data, Tensor | np.ndarray):
        return _from_lists(data, kind)
    array = data._array.copy() if isinstance(data, Tensor) else np.array(data)
    _check_numpy(data if isinstance(data, np.ndarray) else array)
    return array if kind is None else quietly(array.astype, {"dtype": kind})


def _check_numpy(array: Array) -> None:
    if array.dtype not in dtypes.of_numpy:
        names = "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool"
        missing = "\nHint: this library has no complex numbers, and of the unsigned ones uint8 only." if array.dtype.kind in "cu" else ""
        given = f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}"
        raise TypeError(f"{given}. The only supported types are: {names}.{missing}")
    if any(step < 0 for step in array.strides) and array.size > 1:
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported. "
            "(You can probably work around this by making a copy of your array  with array.copy().) "
        )


def _from_lists(data: Data, kind: np.dtype | None) -> Array:
    """Numbers and nested lists of numbers, in the dtype asked for, or in that of the one that needs the most."""
    shape, inner = [], data
    while isinstance(inner, list | tuple | range) or (isinstance(inner, np.ndarray) and inner.ndim):
        shape.append(len(inner))
        if not len(inner):
            break
        inner = inner[0]
    if shape and isinstance(inner, str):
        raise ValueError("too many dimensions 'str'")
    if shape and isinstance(inner, np.generic) and isinstance(data[0], np.ndarray):
        _warn_of_arrays()
    numbers: list[Any] = []
    _collect(data, shape, 0, numbers)
    kinds = set(map(type, numbers))
    wanted, values = kind or _common(numbers, kinds), numbers
    if not kinds <= PLAIN:
        values = [_number_in(number) if isinstance(number, Tensor | np.ndarray | np.generic) else number for number in numbers]
    if kind is not None and kind.kind in "iu" and not (kinds == {int} and kind == np.int64):
        values = [_whole(number, value, kind) for number, value in zip(numbers, values, strict=True)]
    try:  # at once: through the default dtype, 0.1 would lose half its digits on the way to float64
        made: Array = quietly(np.array, {"object": values, "dtype": wanted})
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    except TypeError:
        raise TypeError(f"must be real number, not {next(type(value).__name__ for value in values if type(value) not in PLAIN)}") from None
    return made.reshape(shape)


PLAIN = {bool, int, float}


def _common(numbers: list[Any], kinds: set[type]) -> np.dtype:
    """The dtype of a tensor of these numbers: those of tensors and of numpy bring their own."""
    if kinds <= PLAIN:
        most = float if float in kinds or not kinds else int if int in kinds else bool
        return dtypes.of_number(most()).numpy
    blanks = [np.zeros(1, kind) for kind in {_kind_of(number) for number in numbers}]
    return dtypes.promoted(blanks, [False] * len(blanks))


def _whole(number: Any, value: Any, kind: np.dtype) -> Array:
    """A number for a tensor of integers.  Raises RuntimeError if it is too large, TypeError for a float that is not Python's."""
    if not isinstance(number, int | float | np.integer | np.bool_) and isinstance(value, float):
        if isinstance(number, Tensor):
            raise TypeError("only integer tensors of a single element can be converted to an index")
        raise TypeError(f"'numpy.{type(number).__name__}' object cannot be interpreted as an integer")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("Overflow when unpacking long long")
    return fitting(value, kind, suffix="")


def _collect(data: Data, shape: list[int], depth: int, numbers: list[Any]) -> None:
    """Put the numbers of nested lists into `numbers`, and see that every list is as long as its first neighbour."""
    if depth == len(shape):
        if isinstance(data, list | tuple):
            raise TypeError(f"'{type(data).__name__}' object cannot be interpreted as an integer\nHint: the lists are not equally deep.")
        numbers.append(data)
        return
    if not isinstance(data, list | tuple | range | np.ndarray):
        raise TypeError("not a sequence\nHint: some of the rows are lists and some are numbers.")
    if len(data) != shape[depth]:
        raise ValueError(
            f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})"
            "\nHint: a tensor has no ragged edge; all rows must be equally long."
        )
    for item in data:
        _collect(item, shape, depth + 1, numbers)


def _number_in(data: Tensor | Array | np.generic) -> Any:
    array = data._array if isinstance(data, Tensor) else data
    if isinstance(data, Tensor) and data._requires_grad:
        warnings.warn(SCALAR_OF_GRAD, UserWarning, stacklevel=2)
    if array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return array.item()


def _kind_of(number: Any) -> np.dtype:
    if isinstance(number, Tensor | np.ndarray | np.generic):
        array = number._array if isinstance(number, Tensor) else np.asarray(number)
        _check_numpy(array)
        return array.dtype
    if isinstance(number, str | bytes):
        raise TypeError(f"new(): invalid data type '{type(number).__name__}'")
    if isinstance(number, int | float):
        return dtypes.of_number(number).numpy
    if isinstance(number, complex):
        raise RuntimeError(f"Could not infer dtype of complex\n{dtypes.NO_COMPLEX}")
    raise RuntimeError(f"Could not infer dtype of {type(number).__name__}")


def _warn_of_arrays() -> None:
    warnings.warn(
        "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to a single "
        "numpy.ndarray with numpy.array() before converting to a tensor. (Triggered internally at "
        "/__w/pytorch/pytorch/torch/csrc/utils/tensor_new.cpp:256.)", UserWarning, stacklevel=5,
    )  # fmt: skip
