"""Making tensors: from data, filled with one value, counting, and from the random generator.

Read next: `conversion.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe, random
from autograd_viz.torch.arguments import no_overload
from autograd_viz.torch.dtypes import dtype as DType  # a class with a small name
from autograd_viz.torch.dtypes import on
from autograd_viz.torch.node import Array
from autograd_viz.torch.tensor import ONLY_FLOATS, Tensor, holding, need_tensors

__all__ = [
    "arange", "as_tensor", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "linspace", "ones", "ones_like", "rand",
    "rand_like", "randint", "randn", "randn_like", "randperm", "tensor", "zeros", "zeros_like",
]  # fmt: skip

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
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


def as_tensor(data: Data, dtype: DType | None = None, device: Any = None) -> Tensor:
    """`data` itself if it is a tensor of that dtype already, else a tensor made of it."""
    on(device)
    if isinstance(data, Tensor) and dtype in (None, data.dtype):
        return data
    return from_numpy(data) if isinstance(data, np.ndarray) and dtype is None else new(_array_of(data, "as_tensor", dtype), "as_tensor")


def from_numpy(array: Array) -> Tensor:
    """A tensor that shares the array's memory."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    _check_numpy(array)
    return new(array, "from_numpy")


def _array_of(data: Data, function: str, dtype: DType | None) -> Array:
    if dtype is not None:
        numpy_dtype(function, dtype)
    if isinstance(data, Tensor):
        array = data._array.copy()
    elif isinstance(data, np.ndarray | np.generic):
        array = np.array(data)
        _check_numpy(array)
    else:
        array = _from_lists(data, dtype)
    return array if dtype is None else array.astype(dtype.numpy)


def _check_numpy(array: Array) -> None:
    if array.dtype not in dtypes.of_numpy:
        names = "float64, float32, float16, int64, int32, int16, int8, uint8, and bool"
        raise TypeError(f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. The only supported types are: {names}.")


def _from_lists(data: Data, dtype: DType | None) -> Array:
    shape, inner = [], data
    while isinstance(inner, list | tuple | range):
        shape.append(len(inner))
        if not inner:
            break
        inner = inner[0]
    if shape and isinstance(inner, str):
        raise ValueError("too many dimensions 'str'")
    numbers: list[Any] = []
    _collect(data, shape, 0, numbers)
    kinds = {_kind_of(number) for number in numbers}
    kind = float if float in kinds or not kinds else int if int in kinds else bool
    # Asked for a float dtype, it must not pass through the default one: 0.1 would lose half its digits on the way to float64.
    exact = dtype if dtype is not None and dtype.is_floating_point else dtypes.get_default_dtype()
    wanted = {float: exact, int: dtypes.int64, bool: dtypes.bool_}[kind]
    try:
        return np.array(numbers, dtype=wanted.numpy).reshape(shape)
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None


def _collect(data: Data, shape: list[int], depth: int, numbers: list[Any]) -> None:
    """Put the numbers of nested lists into `numbers`, and see that every list is as long as its first neighbour."""
    if depth == len(shape):
        if isinstance(data, list | tuple):
            raise TypeError(f"'{type(data).__name__}' object cannot be interpreted as an integer\nHint: the lists are not equally deep.")
        numbers.append(_number_in(data) if isinstance(data, Tensor | np.ndarray | np.generic) else data)
        return
    if not isinstance(data, list | tuple | range):
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


def _kind_of(number: Any) -> type:
    if isinstance(number, str | bytes):
        raise TypeError(f"new(): invalid data type '{type(number).__name__}'")
    if isinstance(number, bool):
        return bool
    if isinstance(number, int):
        return int
    if isinstance(number, float):
        return float
    raise RuntimeError(f"Could not infer dtype of {type(number).__name__}")


# --- filled with one value --------------------------------------------------------------------------------------------


def size_of(function: str, sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """The shape in `ones(2, 3)`, `ones((2, 3))` or `ones(size=(2, 3))`.

    Raises TypeError for anything but whole numbers, RuntimeError for negative ones.
    """
    if size is not None:
        sizes = (size,)
    nested = len(sizes) == 1 and isinstance(sizes[0], list | tuple)
    for place, item in enumerate(sizes[0] if nested else sizes, 1):
        if isinstance(item, bool) or not isinstance(item, int | np.integer):
            kind = type(item).__name__
            if nested and place > 1:
                error = f'"type must be tuple of ints,but got {kind}"'
                raise TypeError(f"{function}(): argument 'size' failed to unpack the object at pos {place} with error {error}")
            raise TypeError(f"{function}(): argument 'size' (position {place}) must be tuple of ints, not {kind}")
    shape = tuple(int(item) for item in (sizes[0] if nested else sizes))
    for item in shape:
        if item < 0 and function == "zeros":
            raise RuntimeError("zeros: Dimension size must be non-negative.")
        if item < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {item}: {list(shape)}")
    return shape


def _filled(name: str, fill: Callable[..., Array], doc: str) -> Callable[..., Tensor]:
    """`ones`, `rand`, ...: a function of a size, with the options that they all have."""

    def made(
        *sizes: Any, size: Any = None, dtype: DType | None = None, device: Any = None, requires_grad: bool = False, **more: Any
    ) -> Tensor:
        if not sizes and size is None:
            raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
        on(device)
        return new(fill(size_of(name, sizes, size), numpy_dtype(name, dtype), **more), name, requires_grad)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = doc
    return made


def _uniform(shape: tuple[int, ...], kind: np.dtype, generator: random.Generator | None = None) -> Array:
    _only_floats("check_uniform_bounds", kind)
    return (generator or random.default_generator).uniform(shape, kind)


def _normal(shape: tuple[int, ...], kind: np.dtype, generator: random.Generator | None = None) -> Array:
    _only_floats("normal_kernel_cpu", kind)
    return (generator or random.default_generator).normal(shape, kind)


def _only_floats(kernel: str, kind: np.dtype) -> None:
    if kind.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtypes.SCALAR_NAMES[dtypes.of_numpy[kind]]}'")


ones = _filled("ones", lambda shape, kind: np.ones(shape, kind), "Filled with 1.")
zeros = _filled("zeros", lambda shape, kind: np.zeros(shape, kind), "Filled with 0.")
empty = _filled("empty", lambda shape, kind: np.zeros(shape, kind), "Memory whose values mean nothing yet (here they are 0).")
rand = _filled("rand", _uniform, "Uniform in [0, 1).")
randn = _filled("randn", _normal, "Normal, with mean 0 and standard deviation 1. After `manual_seed`, PyTorch's own numbers.")


def full(
    size: Sequence[int], fill_value: Any = None, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Filled with `fill_value`, whose kind gives the dtype."""
    on(device)
    if fill_value is None:
        raise TypeError('full() missing 1 required positional arguments: "fill_value"')
    if not isinstance(size, list | tuple):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    if not isinstance(fill_value, int | float | np.generic):
        raise TypeError(f"full(): argument 'fill_value' (position 2) must be Number, not {type(fill_value).__name__}")
    kind = numpy_dtype("full", dtype, dtypes.of_number(fill_value).numpy)
    return new(np.full(size_of("full", (tuple(size),)), fill_value, kind), "full", requires_grad)


def eye(n: int, m: int | None = None, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal, zeros elsewhere.  -> (n, m), or (n, n)."""
    on(device)
    for position, (name, value) in enumerate((("n", n), ("m", n if m is None else m)), 1):
        if not isinstance(value, int | np.integer):
            raise TypeError(f"eye(): argument '{name}' (position {position}) must be int, not {type(value).__name__}")
        if value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return new(np.eye(n, m, dtype=numpy_dtype("eye", dtype)), "eye", requires_grad)


def _like(name: str, fill: Callable[[tuple[int, ...], np.dtype], Array]) -> Callable[..., Tensor]:
    def made(input: Tensor, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
        need_tensors(name, input=input)
        on(device)
        array = fill(input._array.shape, numpy_dtype(name, dtype, input._array.dtype))
        in_order = np.empty_like(input._array, dtype=array.dtype)  # lies in memory as the other does
        in_order[...] = array
        return new(in_order, name, requires_grad)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"`{name.removesuffix('_like')}` in the shape and dtype of another tensor."
    return made


ones_like = _like("ones_like", np.ones)
zeros_like = _like("zeros_like", np.zeros)
empty_like = _like("empty_like", np.zeros)
rand_like = _like("rand_like", _uniform)
randn_like = _like("randn_like", _normal)


def full_like(input: Tensor, fill_value: Any, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`full` in the shape and dtype of another tensor."""
    need_tensors("full_like", input=input)
    return full(tuple(input.shape), fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


# --- counting ---------------------------------------------------------------------------------------------------------


def arange(
    start: Any = None, end: Any = None, step: Any = 1, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """start, start + step, ... below end; `arange(n)` counts from 0. Whole numbers give int64."""
    on(device)
    if start is None and end is None:
        raise TypeError("arange() received an invalid combination of arguments - got (), but expected one of:")
    if end is None:
        start, end = 0, start
    elif start is None:
        start = 0
    for value in (start, end, step):
        if not isinstance(value, int | float | np.generic):
            raise TypeError(f"arange(): argument 'end' (position 1) must be Number, not {type(value).__name__}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(value, int) for value in (start, end, step))
    kind = numpy_dtype("arange", dtype, dtypes.int64.numpy if whole else None)
    steps = np.arange(ceil((end - start) / step))
    return new((start + steps * step).astype(kind), "arange", requires_grad)


def linspace(
    start: float, end: float, steps: Any = None, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` values at equal distances, from start to end, both included."""
    on(device)
    if steps is None:
        raise no_overload("linspace", start, end)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = numpy_dtype("linspace", dtype)
    if steps < 2:
        return new(np.full(steps, start, kind), "linspace", requires_grad)
    places = np.arange(steps)
    # From both ends towards the middle, as PyTorch does, so that the two halves mirror each other; and of floats, each value is rounded
    # once, after the product and the sum.
    exact = np.longdouble if kind.kind == "f" else float
    first, last = exact(kind.type(start)), exact(kind.type(end))
    step = exact(kind.type((kind.type(end) - kind.type(start)) / (steps - 1))) if kind.kind == "f" else (last - first) / (steps - 1)
    forward, backward = first + step * places, last - step * (steps - 1 - places)
    return new(np.where(places < steps // 2, forward, backward).astype(kind), "linspace", requires_grad)


# --- random whole numbers ---------------------------------------------------------------------------------------------


def randint(
    low: Any = None, high: Any = None, size: Any = None, *, generator: random.Generator | None = None, dtype: DType | None = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Whole numbers from low (0 if left out) up to, not including, high."""
    on(device)
    if isinstance(high, list | tuple):
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    low = 0 if low is None else low
    shape = size_of("randint", (size,))
    drawn = (generator or random.default_generator).integers(low, high, shape)
    return new(drawn.astype(numpy_dtype("randint", dtype, dtypes.int64.numpy)), "randint", requires_grad)


def randperm(n: int, *, generator: random.Generator | None = None, dtype: DType | None = None, device: Any = None) -> Tensor:
    """0 ... n - 1 in random order."""
    on(device)
    if not isinstance(n, int):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    drawn = (generator or random.default_generator).permutation(n)
    return new(drawn.astype(numpy_dtype("randperm", dtype, dtypes.int64.numpy)), "randperm")
