"""Making tensors: from data, filled with one value, counting, and from the random generator.

Read next: `engine.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.torch import dtypes, observe, random
from autograd_viz.torch.dtypes import dtype as DType  # noqa: N812 - a class with a small name
from autograd_viz.torch.node import Array
from autograd_viz.torch.tensor import Tensor

COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)


def new(array: Array, op: str, requires_grad: bool = False, inputs: Sequence[Tensor] = ()) -> Tensor:
    """A leaf tensor around an array, told to whoever listens."""
    made = Tensor(array, requires_grad=requires_grad)
    if events.listeners:
        observe.created(made, op, inputs)
    return made


# --- from data --------------------------------------------------------------------------------------------------------


def tensor(data: Any, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested lists of numbers, a numpy array.

    Bools give torch.bool, integers torch.int64, floats the default dtype; numpy arrays keep theirs.  Raises ValueError for ragged lists,
    TypeError or RuntimeError for what is no number, RuntimeError for requires_grad on anything but floats.
    """
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT, UserWarning, stacklevel=2)
        array = data._array.copy()
    elif isinstance(data, np.ndarray | np.generic):
        array = np.array(data)
        if array.dtype not in dtypes.of_numpy:
            names = "float64, float32, float16, int64, int32, int16, int8, uint8, and bool"
            raise TypeError(f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. The only supported types are: {names}.")
    else:
        array = _from_lists(data, dtype)
    if dtype is not None:
        array = array.astype(dtype.numpy)
    return new(np.array(array, order="C"), "tensor", requires_grad)


def as_tensor(data: Any, *, dtype: DType | None = None) -> Tensor:
    """`data` itself if it is a tensor of that dtype already, else a tensor made of it."""
    if isinstance(data, Tensor):
        return data if dtype in (None, data.dtype) else new(data._array.astype(dtype.numpy), "as_tensor")  # type: ignore[union-attr]
    return from_numpy(data) if isinstance(data, np.ndarray) and dtype is None else tensor(data, dtype=dtype)


def from_numpy(array: Array) -> Tensor:
    """A tensor that shares the array's memory."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    return new(array, "from_numpy")


def _from_lists(data: Any, dtype: DType | None) -> Array:
    shape, inner = [], data
    while isinstance(inner, list | tuple):
        shape.append(len(inner))
        if not inner:
            break
        inner = inner[0]
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
        raise RuntimeError("Overflow when unpacking long long") from None


def _collect(data: Any, shape: list[int], depth: int, numbers: list[Any]) -> None:
    """Put the numbers of nested lists into `numbers`, and see that every list is as long as its first neighbour."""
    if depth == len(shape):
        if isinstance(data, list | tuple):
            raise TypeError(f"expected a number, got {type(data).__name__}\nHint: the lists are not equally deep.")
        numbers.append(data.item() if isinstance(data, Tensor | np.generic) else data)
        return
    if not isinstance(data, list | tuple):
        raise TypeError("not a sequence\nHint: some of the rows are lists and some are numbers.")
    if len(data) != shape[depth]:
        raise ValueError(
            f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})"
            "\nHint: a tensor has no ragged edge; all rows must be equally long."
        )
    for item in data:
        _collect(item, shape, depth + 1, numbers)


def _kind_of(number: Any) -> type:
    if isinstance(number, str):
        raise TypeError("new(): invalid data type 'str'")
    if isinstance(number, bool):
        return bool
    if isinstance(number, int):
        return int
    if isinstance(number, float):
        return float
    raise RuntimeError(f"Could not infer dtype of {type(number).__name__}")


# --- filled with one value --------------------------------------------------------------------------------------------


def size_of(name: str, size: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape in `ones(2, 3)` or `ones((2, 3))`.  Raises TypeError for anything but whole numbers, RuntimeError for negative ones."""
    if len(size) == 1 and isinstance(size[0], list | tuple):
        size = tuple(size[0])
    for place, item in enumerate(size, 1):
        if isinstance(item, bool) or not isinstance(item, int | np.integer):
            raise TypeError(f"{name}(): argument 'size' (position {place}) must be tuple of ints, not {type(item).__name__}")
    shape = tuple(int(item) for item in size)
    for item in shape:
        if item < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {item}: {list(shape)}")
    return shape


def _numpy_dtype(dtype: DType | None) -> np.dtype:
    return (dtype or dtypes.get_default_dtype()).numpy


def ones(*size: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Filled with 1."""
    return new(np.ones(size_of("ones", size), _numpy_dtype(dtype)), "ones", requires_grad)


def zeros(*size: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Filled with 0."""
    return new(np.zeros(size_of("zeros", size), _numpy_dtype(dtype)), "zeros", requires_grad)


def empty(*size: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Memory whose values mean nothing yet (here they are 0, so that a notebook prints the same on every run)."""
    return new(np.zeros(size_of("empty", size), _numpy_dtype(dtype)), "empty", requires_grad)


def full(size: Sequence[int], fill_value: Any, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Filled with `fill_value`, whose kind gives the dtype."""
    kind = dtype or dtypes.of_number(fill_value)
    return new(np.full(size_of("full", (tuple(size),)), fill_value, kind.numpy), "full", requires_grad)


def eye(n: int, m: int | None = None, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal, zeros elsewhere.  -> (n, m), or (n, n)."""
    for name, value in (("n", n), ("m", m)):
        if value is not None and value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return new(np.eye(n, m, dtype=_numpy_dtype(dtype)), "eye", requires_grad)


def _like(name: str, fill: Callable[[tuple[int, ...], np.dtype], Array]) -> Callable[..., Tensor]:
    def made(input: Tensor, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:  # noqa: A002 - PyTorch's name
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        return new(fill(input._array.shape, dtype.numpy if dtype else input._array.dtype), name, requires_grad)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"`{name.removesuffix('_like')}` in the shape and dtype of another tensor."
    return made


ones_like = _like("ones_like", np.ones)
zeros_like = _like("zeros_like", np.zeros)
empty_like = _like("empty_like", np.zeros)
rand_like = _like("rand_like", lambda shape, kind: random.default_generator.uniform(shape, kind))
randn_like = _like("randn_like", lambda shape, kind: random.default_generator.normal(shape, kind))


def full_like(input: Tensor, fill_value: Any, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:  # noqa: A002
    """`full` in the shape and dtype of another tensor."""
    return new(np.full(input._array.shape, fill_value, dtype.numpy if dtype else input._array.dtype), "full_like", requires_grad)


# --- counting ---------------------------------------------------------------------------------------------------------


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """start, start + step, ... below end; `arange(n)` counts from 0. Whole numbers give int64."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(value, int) for value in (start, end, step))
    kind = dtype or (dtypes.int64 if whole else dtypes.get_default_dtype())
    steps = np.arange(ceil((end - start) / step))
    return new((start + steps * step).astype(kind.numpy), "arange", requires_grad)


def linspace(start: float, end: float, steps: int, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """`steps` values at equal distances, from start to end, both included."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = _numpy_dtype(dtype)
    if steps < 2:
        return new(np.full(steps, start, kind), "linspace", requires_grad)
    step = kind.type((kind.type(end) - kind.type(start)) / (steps - 1)) if kind.kind == "f" else (end - start) / (steps - 1)
    places = np.arange(steps)
    # From both ends towards the middle, as PyTorch does, so that the two halves mirror each other.
    forward, backward = start + step * places, end - step * (steps - 1 - places)
    return new(np.where(places < steps // 2, forward, backward).astype(kind), "linspace", requires_grad)


# --- random -----------------------------------------------------------------------------------------------------------


def rand(*size: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Uniform in [0, 1)."""
    return new(random.default_generator.uniform(size_of("rand", size), _numpy_dtype(dtype)), "rand", requires_grad)


def randn(*size: Any, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Normal, with mean 0 and standard deviation 1. After `manual_seed`, PyTorch's own numbers."""
    return new(random.default_generator.normal(size_of("randn", size), _numpy_dtype(dtype)), "randn", requires_grad)


def randint(low: int, high: Any = None, size: Any = None, *, dtype: DType | None = None) -> Tensor:
    """Whole numbers from low (0 if left out) up to, not including, high."""
    if size is None:
        low, high, size = 0, low, high
    shape = size_of("randint", tuple(size))
    return new(random.default_generator.integers(low, high, shape).astype((dtype or dtypes.int64).numpy), "randint")


def randperm(n: int) -> Tensor:
    """0 ... n - 1 in random order."""
    return new(random.default_generator.permutation(n), "randperm")
