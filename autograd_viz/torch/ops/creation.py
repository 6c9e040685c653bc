"""Making tensors of a size: filled with one value, or with random numbers.

Read next: `creation_more.py`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes, random
from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import dtype as DType  # a class with a small name
from autograd_viz.torch.dtypes import on
from autograd_viz.torch.node import Array
from autograd_viz.torch.ops.from_data import new
from autograd_viz.torch.ops.memory import blank_like
from autograd_viz.torch.out import check_untracked
from autograd_viz.torch.overloads import fitting, refuse
from autograd_viz.torch.tensor import Tensor

__all__ = [
    "empty", "empty_like", "eye", "full", "full_like", "ones", "ones_like", "rand", "rand_like", "randint", "randn", "randn_like",
    "randperm", "zeros", "zeros_like",
]  # fmt: skip

SIMPLE = (type(None), DType)

# --- with the options that they all have ------------------------------------------------------------------------------

OPTIONS = "Tensor? out=None, dtype? dtype=None, layout layout=None, device? device=None, bool? pin_memory=None, bool? requires_grad=False"


def makes(*forms: str, usual: bool = False) -> Callable[[Callable[..., Array]], Callable[..., Tensor]]:
    """Make a function of arrays, whose first argument is the dtype asked for or None, one of tensors, called as PyTorch's is.

    `usual`: a shape is all that it needs. Raises RuntimeError if `out` has another dtype than the one asked for, or requires grad.
    """

    def made(fill: Callable[..., Array]) -> Callable[..., Tensor]:
        name = fill.__name__.strip("_")

        def tensor_of(
            out: Tensor | None = None, dtype: DType | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
            requires_grad: bool = False, **values: Any,
        ) -> Tensor:  # fmt: skip
            on(device)
            if out is None:
                return new(fill(None if dtype is None else dtype.numpy, **values), name, requires_grad)
            check_untracked(f"aten::{name}", out)
            if dtype not in (None, out.dtype):
                wanted, has = dtypes.SCALAR_NAMES[dtype], dtypes.SCALAR_NAMES[out.dtype]
                raise RuntimeError(f"dtype {wanted} does not match dtype of out parameter ({has})")
            array = fill(out._array.dtype, **values)
            if array.shape == out._array.shape:
                out._array[...] = array
            else:
                out._array = array
            out._version_counter.value += 1
            return out

        def quick(*given: Any, **options: Any) -> Tensor:
            """The usual calls, without a second look at the arguments."""
            args = given[0] if len(given) == 1 and isinstance(given[0], tuple) else given
            if set(map(type, args)) == {int} and options.keys() <= {"dtype", "requires_grad"} and type(options.get("dtype")) in SIMPLE:
                kind = options.get("dtype")
                return new(fill(kind and kind.numpy, args), name, options.get("requires_grad", False))
            return called(*given, **options)

        tensor_of.__name__ = tensor_of.__qualname__ = name
        tensor_of.__doc__ = fill.__doc__
        called = reads(*(f"{name}({form}{', ' if '*' in form else ', *, '}{OPTIONS})" for form in forms), method=False)(tensor_of)
        return functools.wraps(tensor_of)(quick) if usual else called

    return made


def floats(kind: np.dtype | None) -> np.dtype:
    """The dtype asked for, or the default one."""
    return kind or dtypes.get_default_dtype().numpy


def check_sizes(size: Sequence[int]) -> None:
    """Raise RuntimeError if a size is negative, or there are too many elements."""
    for n in size:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(size)}")
    if math.prod(size) >= 2**60:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)}")


@makes("int[] size", usual=True)
def ones(kind: np.dtype | None, size: tuple[int, ...]) -> Array:
    """Filled with 1."""
    check_sizes(size)
    return np.ones(size, floats(kind))


@makes("int[] size", usual=True)
def zeros(kind: np.dtype | None, size: tuple[int, ...]) -> Array:
    """Filled with 0."""
    if any(n < 0 for n in size):
        raise RuntimeError("zeros: Dimension size must be non-negative.")
    check_sizes(size)
    return np.zeros(size, floats(kind))


@makes("int[] size, *, memory_format memory_format=None", usual=True)
def empty(kind: np.dtype | None, size: tuple[int, ...], memory_format: Any = None) -> Array:
    """Memory whose values mean nothing yet (here they are 0)."""
    check_sizes(size)
    return np.zeros(size, floats(kind))


@makes("int[] size, *, Generator? generator=None", usual=True)
def rand(kind: np.dtype | None, size: tuple[int, ...], generator: random.Generator | None = None) -> Array:
    """Uniform in [0, 1)."""
    check_sizes(size)
    return _uniform(size, floats(kind), generator)


@makes("int[] size, *, Generator? generator=None", usual=True)
def randn(kind: np.dtype | None, size: tuple[int, ...], generator: random.Generator | None = None) -> Array:
    """Normal, with mean 0 and standard deviation 1. After `manual_seed`, PyTorch's own numbers."""
    check_sizes(size)
    return _normal(size, floats(kind), generator)


def _uniform(shape: tuple[int, ...], kind: np.dtype, generator: random.Generator | None = None) -> Array:
    refuse(np.zeros(0, kind), "iub", "check_uniform_bounds")
    return (generator or random.default_generator).uniform(shape, kind)


def _normal(shape: tuple[int, ...], kind: np.dtype, generator: random.Generator | None = None) -> Array:
    if 0 not in shape:
        refuse(np.zeros(0, kind), "iub", "normal_kernel_cpu")
    return (generator or random.default_generator).normal(shape, kind)


@makes("int[] size, Number fill_value")
def full(kind: np.dtype | None, size: tuple[int, ...], fill_value: Any) -> Array:
    """Filled with `fill_value`, whose kind gives the dtype.  Raises RuntimeError if it is too large for the dtype asked for."""
    check_sizes(size)
    return np.full(size, fitting(fill_value, kind or dtypes.of_number(fill_value).numpy))


@makes("int n", "int n, int m")
def eye(kind: np.dtype | None, n: int, m: int | None = None) -> Array:
    """Ones on the diagonal, zeros elsewhere.  -> (n, m), or (n, n)."""
    for name, value in (("n", n), ("m", n if m is None else m)):
        if value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return np.eye(n, m, dtype=floats(kind))


# --- as another tensor ------------------------------------------------------------------------------------------------

LIKE = OPTIONS.removeprefix("Tensor? out=None, ") + ", memory_format memory_format=None"


def _like(name: str, fill: Callable[[tuple[int, ...], np.dtype], Array]) -> Callable[..., Tensor]:
    def made(input: Tensor, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
        on(device)
        array = fill(input._array.shape, (dtype or input.dtype).numpy)
        in_order = blank_like(input._array, array.dtype)  # lies in memory as the other does
        in_order[...] = array
        return new(in_order, name, requires_grad)

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"`{name.removesuffix('_like')}` in the shape and dtype of another tensor."
    return reads(f"{name}(Tensor input, *, {LIKE})", method=False)(made)


ones_like = _like("ones_like", np.ones)
zeros_like = _like("zeros_like", np.zeros)
empty_like = _like("empty_like", np.zeros)
rand_like = _like("rand_like", _uniform)
randn_like = _like("randn_like", _normal)


@reads(f"full_like(Tensor input, Number fill_value, *, {LIKE})", method=False)
def full_like(
    input: Tensor, fill_value: Any, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False, **_: Any
) -> Tensor:
    """`full` in the shape and dtype of another tensor."""
    on(device)
    kind = (dtype or input.dtype).numpy
    array = blank_like(input._array, kind)
    array[...] = fitting(fill_value, kind)
    return new(array, "full_like", requires_grad)


# --- random whole numbers ---------------------------------------------------------------------------------------------


@makes("int high, int[] size, *, Generator? generator=None", "int low, int high, int[] size, *, Generator? generator=None")
def randint(kind: np.dtype | None, high: int, size: tuple[int, ...], low: int = 0, generator: random.Generator | None = None) -> Array:
    """Whole numbers from low (0 if left out) up to, not including, high."""
    check_sizes(size)
    if low < high:
        _check_bounds(low, high, kind or np.dtype(np.int64))
    drawn = (generator or random.default_generator).integers(low, high, size)
    return drawn.astype(kind or np.int64)


def _check_bounds(low: int, high: int, kind: np.dtype) -> None:
    if kind.kind in "iu":
        span = np.iinfo(kind)
        for name, value in (("from", low), ("to - 1", high - 1)):
            if not span.min <= value <= span.max:
                raise RuntimeError(f"{name} is out of bounds for {dtypes.C_NAMES[dtypes.of_numpy[kind]].replace('int64_t', 'long')}")


@makes("int n, *, Generator? generator=None")
def randperm(kind: np.dtype | None, n: int, generator: random.Generator | None = None) -> Array:
    """0 ... n - 1 in random order."""
    return (generator or random.default_generator).permutation(n).astype(kind or np.int64)
