"""Tensors that count, `arange` and `linspace`; and less usual ways to make one: `logspace`, `asarray`, windows.

Read next: `conversion.py`.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.arguments import no_overload
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops.creation import floats, makes
from autograd_viz.torch.ops.from_data import as_tensor, new, numpy_dtype, tensor
from autograd_viz.torch.ops.shape import alias
from autograd_viz.torch.overloads import fitting, refuse
from autograd_viz.torch.tensor import Tensor, holding

__all__ = [
    "arange", "asarray", "bartlett_window", "blackman_window", "empty_strided", "frombuffer", "hamming_window", "hann_window",
    "kaiser_window", "linspace", "logspace", "range", "scalar_tensor",
]  # fmt: skip


@makes("Number end", "Number start, Number end", "Number start, Number end, Number step=1")
def arange(kind: np.dtype | None, end: Any, start: Any = 0, step: Any = 1) -> Array:
    """start, start + step, ... below end; `arange(n)` counts from 0. Whole numbers give int64.

    Of integers, start and step are made whole first: arange(0, 5, 1.5, dtype=torch.int64) counts every number.
    Raises RuntimeError for a step of 0 or of the wrong sign, and for an end that is never reached.
    """
    whole = all(isinstance(value, int) for value in (start, end, step))
    kind = kind or np.dtype(np.int64 if whole else dtypes.get_default_dtype().numpy)
    refuse(np.zeros(0, kind), "b", "arange_cpu")
    if not (step > 0 or step < 0):
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if kind == np.int64:
        start, end, step = int(start), int(end), int(step)
    if step == 0:
        raise ValueError("step must be nonzero")
    count = math.ceil((end - start) / step)
    if count >= 2**60:
        raise RuntimeError("invalid size, possible overflow?")
    if kind.kind in "iu":
        start, step = int(start), int(step)
    return (start + np.arange(count) * step).astype(kind)


@makes("Number start, Number end, int steps", "Tensor start, Tensor end, int steps",
       "Tensor start, Number end, int steps", "Number start, Tensor end, int steps")  # fmt: skip
def linspace(kind: np.dtype | None, start: Any, end: Any, steps: int) -> Array:
    """`steps` values at equal distances, from start to end, both included."""
    start, end = (_number(name, value) for name, value in (("start", start), ("end", end)))
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = floats(kind)
    refuse(np.zeros(0, kind), "b", "linspace_cpu")
    ends = [fitting(value, kind) for value in (start, end)]
    if steps < 2:
        return np.full(steps, ends[0])
    # From both ends towards the middle, as PyTorch does, so that the two halves mirror each other; and of floats, each value is rounded
    # once, after the product and the sum.
    places = np.arange(steps)
    exact = np.longdouble if kind.kind == "f" else float
    with np.errstate(all="ignore"):
        first, last = exact(ends[0]), exact(ends[1])
        step = exact((ends[1] - ends[0]) / kind.type(steps - 1)) if kind.kind == "f" else (last - first) / (steps - 1)
        forward, backward = first + step * places, last - step * (steps - 1 - places)
        return np.where(places < steps // 2, forward, backward).astype(kind)


def _number(name: str, value: Any) -> Any:
    if not isinstance(value, Tensor):
        return value
    if value.ndim:
        ends = "0-dimensional start and end tensors"
        raise RuntimeError(f"linspace only supports {ends}, but got {name} with {value.ndim} dimension(s).")
    return value._array.item()


@makes("Number start, Number end, int steps, float base=10.0")
def logspace(kind: np.dtype | None, start: Any, end: Any, steps: int, base: float = 10.0) -> Array:
    """`steps` powers of `base`, from base**start to base**end, with exponents at equal distances."""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = floats(kind)
    places = np.arange(steps)
    real = kind.type if kind.kind == "f" else np.float32
    with np.errstate(all="ignore"):
        step = (real(end) - real(start)) / real(max(steps - 1, 1))
        exponents = np.where(places < max(steps // 2, steps == 1), real(start) + step * places, real(end) - step * (steps - 1 - places))
        return np.power(base, exponents.astype(np.float64)).astype(kind)


@makes("Number start, Number end, Number step=1")
def range(kind: np.dtype | None, start: float, end: float, step: float = 1) -> Array:
    """start, start + step, ... up to and including end. Deprecated: `arange` leaves out the end, as Python does."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range "
        "builtin. Instead, use torch.arange, which produces values in [start, end).",
        UserWarning, stacklevel=4,
    )  # fmt: skip
    return (start + step * np.arange(int((end - start) / step) + 1)).astype(floats(kind))


def scalar_tensor(s: float, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number as a 0-d tensor of the default dtype."""
    dtypes.on(device)
    kind = numpy_dtype("scalar_tensor", dtype)
    with np.errstate(over="ignore"):
        return new(np.array(s).astype(kind) if kind.kind == "f" else fitting(s, kind), "scalar_tensor", requires_grad)


def asarray(obj: Any, *, dtype: DType | None = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False) -> Tensor:
    """A tensor of a tensor, an array or lists; it shares memory where it can, unless `copy` is True."""
    dtypes.on(device)
    if isinstance(obj, bool | int | float | list | tuple):
        made = tensor(obj, dtype=dtype)
    else:
        made = as_tensor(obj, dtype) if dtype is not None else as_tensor(obj)
        if copy:
            made = made.clone()
    if requires_grad:
        made.requires_grad = True
    return made


def frombuffer(buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A tensor that reads the bytes of a buffer."""
    return new(np.frombuffer(buffer, dtype.numpy, count, offset), "frombuffer", requires_grad)


def empty_strided(size: Any, stride: Any, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory whose values mean nothing yet, with these steps along each dimension."""
    dtypes.on(device)
    kind = numpy_dtype("empty_strided", dtype)
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape. Size = {list(size)}, Stride = {list(stride)}")
    last = sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if all(size) else -1
    array = np.lib.stride_tricks.as_strided(np.zeros(last + 1, kind), tuple(size), tuple(step * kind.itemsize for step in stride))
    return new(array, "empty_strided", requires_grad)


def _window(name: str, doc: str, values: Any, **more: float) -> Any:
    """A function of a length, and of numbers (defaults: `more`); `values` gets the count of steps, their numbers, and `more`."""

    def window(
        window_length: int, periodic: bool | None = None, *given: float, dtype: DType | None = None, device: Any = None,
        requires_grad: bool = False, **named: float,
    ) -> Tensor:  # fmt: skip
        dtypes.on(device)
        kind = numpy_dtype(name, dtype)
        said = {**dict(zip(more, given, strict=False)), **named}
        if (said and periodic is None) or set(said) != set(list(more)[: len(said)]) or len(given) > len(more):
            raise no_overload(name, window_length, *(() if periodic is None else (periodic,)), *given, **named)
        if not isinstance(window_length, int):
            raise TypeError(f"{name}(): argument 'window_length' (position 1) must be int, not {type(window_length).__name__}")
        if window_length < 0:
            raise RuntimeError(f"{name} requires non-negative window_length, got window_length={window_length}")
        if window_length < 2:
            return new(np.ones(window_length, kind), name, requires_grad)
        steps, numbers = window_length - (periodic is False), {**more, **said}
        return new(np.asarray(values(steps, np.arange(window_length, dtype=kind), **numbers), kind), name, requires_grad)

    window.__name__ = window.__qualname__ = name
    window.__doc__ = doc
    return window


def _cosine(steps: int, places: Any, alpha: float, beta: float) -> Any:
    return alpha - beta * np.cos(places * places.dtype.type(2 * math.pi / steps))


def _two_cosines(steps: int, places: Any) -> Any:
    turns = places.dtype.type(math.pi / steps) * places
    return 0.08 * np.cos(turns * 4) - 0.5 * np.cos(turns * 2) + places.dtype.type(0.42)


def _kaiser(steps: int, places: Any, beta: float) -> Any:
    return np.i0(beta * np.sqrt(np.maximum(1 - (2 * places.astype(np.float64) / steps - 1) ** 2, 0))) / np.i0(beta)


hann_window = _window("hann_window", "One cosine, from 0 up to 1 and down again.", lambda steps, places: _cosine(steps, places, 0.5, 0.5))
hamming_window = _window("hamming_window", "One cosine, that does not quite begin at 0.", _cosine, alpha=0.54, beta=0.46)
blackman_window = _window("blackman_window", "Two cosines.", _two_cosines)
bartlett_window = _window("bartlett_window", "A triangle.", lambda steps, places: 1 - np.abs(places * 2 / steps - 1))
kaiser_window = _window("kaiser_window", "A Bessel function; `beta` says how steep.", _kaiser, beta=12.0)


# --- the oldest constructor: torch.Tensor([1, 2]) makes floats of everything; torch.Tensor(2, 3) has that shape ---------


def _init(self: Tensor, *data: Any, **named: Any) -> None:
    kind = dtypes.get_default_dtype().numpy
    first = named.pop("size") if set(named) == {"size"} else data[0] if data else None
    whole = all(isinstance(size, int | np.integer) and not isinstance(size, bool) for size in data)
    if named or (len(data) > 1 and not whole):
        raise no_overload("new", *data, **named)
    if whole and data:
        array = np.zeros(data, kind)
    elif first is None and not data:
        array = np.zeros(0, kind)
    elif isinstance(first, dtypes.Size) or (not data and isinstance(first, tuple | list)):
        array = np.zeros(tuple(first), kind)
    elif isinstance(first, Tensor):
        array = first._array
    elif isinstance(first, list | tuple | np.ndarray) or type(first).__name__ == "range":
        array = tensor(first, dtype=dtypes.get_default_dtype())._array
    elif isinstance(first, str):
        raise TypeError("new(): invalid data type 'str'")
    else:
        raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
    shared = alias(first) if isinstance(first, Tensor) else holding(array)
    self._array, self._counter, self._view = shared._array, shared._counter, shared._view
    self._requires_grad, self._edge = shared._requires_grad, shared._edge


Tensor.__init__ = _init  # type: ignore[assignment, method-assign]
