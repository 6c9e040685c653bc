"""What the elements of a tensor are (`torch.float32`, ...), its shape (`torch.Size`), and which dtype a mixture of them has.

Read next: `node.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import numpy as np

from autograd_viz.torch.random import DEVICES


def pickled(cls: type) -> Any:
    """How a pickle names a class: one of ours, which prints as `torch.Tensor` but is not PyTorch's, by a text; another as it is."""
    return f"{cls.__module__}.{cls.__qualname__}" if cls.__module__.partition(".")[0] == "torch" else cls


def unpickled(cls: Any) -> Any:
    """The class that `pickled` named."""
    if not isinstance(cls, str):
        return cls
    module, _, name = cls.rpartition(".")
    package = module if module.startswith("torch.nn.utils.") else "torch.nn" if module.startswith("torch.nn.") else "torch"
    return getattr(import_module(f"autograd_viz.{package}"), name)


def again(cls: Any, *args: Any) -> Any:
    """An object made anew, from what a pickle kept: its class, and what it is made of."""
    return unpickled(cls)(*args)


class _NotCalled:
    """What has parentheses behind it by mistake: `x.shape()`. (Python alone would not name it as PyTorch does.)"""

    __slots__ = ()

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"'torch.{type(self).__name__}' object is not callable")


class dtype(_NotCalled):
    """A kind of element. Compare with `is` or `==`; prints as `torch.float32`."""

    __slots__ = ("category", "is_floating_point", "itemsize", "name", "numpy")

    def __init__(self, name: str) -> None:
        self.name = name
        self.numpy = np.dtype(name)
        self.is_floating_point = self.numpy.kind == "f"
        self.itemsize = self.numpy.itemsize
        self.category = {"b": 0, "u": 1, "i": 1, "f": 2}[self.numpy.kind]  # bool < integers < floats

    @property
    def is_signed(self) -> bool:
        """Whether it has negative numbers."""
        return self.numpy.kind in "if"

    @property
    def is_complex(self) -> bool:
        """Always False: this library has no complex numbers."""
        return False

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> Any:
        return named, (self.name,)  # there is one of each


float32, float64, float16 = dtype("float32"), dtype("float64"), dtype("float16")
int64, int32, int16, int8, uint8 = dtype("int64"), dtype("int32"), dtype("int16"), dtype("int8"), dtype("uint8")
bool_ = dtype("bool")
ALL = (float32, float64, float16, int64, int32, int16, int8, uint8, bool_)
ALIASES = {"float": float32, "double": float64, "half": float16, "long": int64, "int": int32, "short": int16, "bool": bool_}


def named(name: str) -> dtype:
    """The dtype of that name."""
    return next(kind for kind in ALL if kind.name == name)


of_numpy = {kind.numpy: kind for kind in ALL}
of_python: dict[Any, dtype] = {float: float64, int: int64, bool: bool_}  # dtype=float is understood too

NO_COMPLEX = "Hint: this library has no complex numbers; it has float16, float32 and float64, int8 to int64, uint8 and bool."

GRAD_DTYPE = (
    "The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with "
    "a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may "
    "break downstream systems that assume they match."
)

# How PyTorch calls them in error messages: by the scalar type, and by the tensor type.
SCALAR_NAMES = dict(zip(ALL, ("Float", "Double", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool"), strict=True))
_IN_C = ("float", "double", "c10::Half", "long int", "int", "short int", "signed char", "unsigned char", "bool")
C_NAMES = dict(zip(ALL, _IN_C, strict=True))


def scalar_name(array: np.ndarray) -> str:
    """What PyTorch calls the dtype of an array in error messages."""
    return SCALAR_NAMES[of_numpy[array.dtype]]


_default = float32


def get_default_dtype() -> dtype:
    """What floats become when nothing else is said."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Choose what floats become.  Raises TypeError unless it is a floating dtype."""
    global _default
    if not (isinstance(d, dtype) and d.is_floating_point):
        not_one = "" if isinstance(d, dtype) else "invalid dtype object: "
        hint = f"Hint: got {d!r}; pass torch.float32 or float64."
        raise TypeError(f"{not_one}only floating-point types are supported as the default type\n{hint}")
    _default = d


class Size(tuple[int, ...], _NotCalled):
    """A shape: a tuple of ints that prints as `torch.Size([2, 3])`."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of that shape."""
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        return again, (pickled(type(self)), tuple(self))

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return Size(part) if isinstance(key, slice) else part

    def __add__(self, other: Any) -> Size:
        return Size(super().__add__(tuple(other)))

    def __mul__(self, other: Any) -> Size:
        return Size(super().__mul__(other))

    __rmul__ = __mul__


class device(_NotCalled):
    """Where a tensor lives. Here everything lives on the CPU."""

    __slots__ = ("index", "type")
    index: int | None
    type: str

    def __init__(self, *given: Any, **named: Any) -> None:
        type, index = (*given, *named.values(), None, None)[:2]
        if isinstance(type, int) and index is None:
            raise RuntimeError("Cannot access accelerator device when none is available.")
        if not isinstance(type, str | device):
            got = ", ".join(value.__class__.__name__ for value in (*given, *named.values()))
            raise TypeError(f"device() received an invalid combination of arguments - got ({got}), but expected one of:")
        name = str(type)
        if index is not None and ":" in name:
            raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {name}")
        if not name:
            raise RuntimeError("Device string must not be empty")
        kind, _, number = name.partition(":")  # (a device's own name is of this form too)
        if kind not in DEVICES and not kind.replace("_", "").isalpha():
            raise RuntimeError(f"Invalid device string: '{name}'")
        if kind not in DEVICES:
            raise RuntimeError(f"Expected one of {', '.join(DEVICES)} device type at start of device string: {kind}")
        if "::" in name or name.endswith(":") or (number and not number.isdigit()) or (number[:1] == "0" != number):
            raise RuntimeError(f"Invalid device string: '{name}'")
        self.type = kind
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return f"device(type={self.type!r})" if self.index is None else f"device(type={self.type!r}, index={self.index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> Any:
        return again, (pickled(type(self)), str(self))


CPU = device("cpu")


def on(where: Any) -> None:
    """Check a `device=` argument.  Raises RuntimeError for anything but the CPU."""
    if where is not None and device(where).type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled\nHint: this library computes with numpy; it has the CPU only.")
    if where is not None and device(where).type == "xpu":
        raise AssertionError("Torch not compiled with XPU enabled\nHint: this library computes with numpy; it has the CPU only.")
    if where is not None and device(where).type in ("mps", "ipu", "mtia"):
        kind = device(where).type
        raise RuntimeError(f"PyTorch is not linked with support for {kind} devices\nHint: this library computes with numpy: on the CPU.")
    if where is not None and device(where).type != "cpu":
        raise RuntimeError(f"expected device 'cpu', got '{device(where)}'\nHint: this library computes with numpy; it has the CPU only.")


def of_number(number: Any) -> dtype:
    """The dtype of a tensor made from one Python number."""
    if isinstance(number, bool | np.bool_):
        return bool_
    return int64 if isinstance(number, int | np.integer) else get_default_dtype()


def promoted(arrays: Sequence[np.ndarray], numbers: Sequence[bool]) -> np.dtype:
    """The one dtype that all `arrays` get before they are combined; `numbers[i]` says that the i-th is a plain Python number.

    Tensors with dimensions decide; 0-d tensors, and after them numbers, only matter if they are of a higher category
    (bool < integer < float).  Source: ATen, native/TypeProperties.cpp, result_type.
    """
    tiers: list[np.dtype | None] = [None, None, None]
    for array, is_number in zip(arrays, numbers, strict=True):
        tier = 2 if is_number else 0 if array.ndim else 1
        kind = _default.numpy if is_number and array.dtype.kind == "f" else array.dtype
        before = tiers[tier]
        tiers[tier] = kind if before is None else _together(before, kind)
    decided = _unless_higher(tiers[0], _unless_higher(tiers[1], tiers[2]))
    assert decided is not None
    return decided


def _unless_higher(strong: np.dtype | None, weak: np.dtype | None) -> np.dtype | None:
    if strong is None or weak is None:
        return weak if strong is None else strong
    if strong.kind == "f" or (strong.kind != "b" and weak.kind != "f"):
        return strong
    return _together(strong, weak)


def _together(a: np.dtype, b: np.dtype) -> np.dtype:
    if (a.kind == "f") != (b.kind == "f"):  # numpy would widen int64 + float32 to float64; PyTorch keeps the float
        return a if a.kind == "f" else b
    return np.promote_types(a, b)
