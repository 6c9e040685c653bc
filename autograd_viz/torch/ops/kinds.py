"""Questions about dtypes: which one a mixture has, what may become what, how large a number can get, how exact it is.

Read next: `from_data.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.overloads import forms
from autograd_viz.torch.tensor import Tensor, method

__all__ = [
    "can_cast", "finfo", "iinfo", "is_complex", "is_conj", "is_neg", "is_nonzero", "is_same_size", "is_signed", "promote_types",
    "result_type",
]  # fmt: skip


@forms("Tensor tensor, Tensor other", "Number scalar, Tensor tensor", "Tensor tensor, Number other", "Number scalar1, Number scalar2")
def result_type(**given: Any) -> DType:
    """The dtype of the sum of two tensors or numbers."""
    arrays = [value._array if isinstance(value, Tensor) else np.asarray(value) for value in given.values()]
    return dtypes.of_numpy[dtypes.promoted(arrays, [not isinstance(value, Tensor) for value in given.values()])]


@forms("dtype type1, dtype type2")
def promote_types(type1: DType, type2: DType) -> DType:
    """The smallest dtype that holds the values of both."""
    blanks = [np.zeros((1,), kind.numpy) for kind in (type1, type2)]
    return dtypes.of_numpy[dtypes.promoted(blanks, [False, False])]


@forms("dtype from_, dtype to")
def can_cast(from_: DType, to: DType) -> bool:
    """Whether values may become of another dtype without a word: of the same category (bool < integer < float) or a higher one."""
    return from_.category <= to.category


def _dtype(name: str, given: tuple[Any, ...]) -> DType:
    if not isinstance(given[0], DType):
        raise TypeError(f"{name}(): argument 'type' (position 1) must be torch.dtype, not {type(given[0]).__name__}")
    return given[0]


class finfo:
    """How large floats of a dtype can get (`max`), how small (`tiny`), and how far from 1 the next one is (`eps`)."""

    def __init__(self, *type: Any) -> None:
        kind = _dtype("finfo", type or (dtypes.get_default_dtype(),))
        if not kind.is_floating_point:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        span = np.finfo(kind.numpy)
        self.bits, self.dtype, self.resolution = span.bits, kind.name, float(f"1e-{span.precision}")
        self.min, self.max, self.eps = float(span.min), float(span.max), float(span.eps)
        self.tiny = self.smallest_normal = float(span.tiny)

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


class iinfo:
    """How large and how small whole numbers of a dtype can get."""

    def __init__(self, *type: Any) -> None:
        if not type:
            raise TypeError('iinfo() missing 1 required positional arguments: "type"')
        kind = _dtype("iinfo", type)
        if kind.numpy.kind == "f":
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        if kind.numpy.kind == "b":
            raise TypeError("torch.bool is not supported by torch.iinfo")
        span = np.iinfo(kind.numpy)
        self.bits, self.dtype, self.min, self.max = span.bits, kind.name, int(span.min), int(span.max)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)


# --- about a tensor ---------------------------------------------------------------------------------------------------


@method
@forms("Tensor input")
def is_complex(input: Tensor) -> bool:
    """Whether it has complex numbers: here, never."""
    return False


@method
@forms("Tensor input")
def is_conj(input: Tensor) -> bool:
    """Whether it is a conjugate that is still to be computed: here, never."""
    return False


@method
@forms("Tensor input")
def is_neg(input: Tensor) -> bool:
    """Whether it is a negative that is still to be computed: here, never."""
    return False


@method
@forms("Tensor input")
def is_signed(input: Tensor) -> bool:
    """Whether its dtype has negative numbers."""
    return input._array.dtype.kind in "if"


@method
@forms("Tensor input")
def is_nonzero(input: Tensor) -> bool:
    """Whether its one element is not 0.  Raises RuntimeError unless there is exactly one."""
    if input._array.size != 1:
        which = "no values" if not input._array.size else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {which} is ambiguous")
    return bool(input._array)


@method
@forms("Tensor input, Tensor other")
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape."""
    return input._array.shape == other._array.shape
