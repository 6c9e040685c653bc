"""`@forms`: reading the arguments of a function that PyTorch declares in one or several forms.

    @forms("Tensor input, Tensor other, *, Tensor out = None",
           "Tensor input, Number other, *, Tensor out = None")
    def remainder(input, other): ...

The forms are written as PyTorch prints them in its error messages. The first that fits the given arguments is taken, and the function
gets them in that order; if none fits, PyTorch's TypeError says what was given and what would have been possible. What the function
does, and with which row of the derivatives table, is its own affair.

A course may skip this file. Read next: `ops/pointwise.py`.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import Array
from autograd_viz.torch.out import check_untracked, put_into
from autograd_viz.torch.tensor import Tensor

NUMBERS = bool | int | float | np.generic
_NUMPYS_NAMES = {"input": ("x", "a", "x1"), "other": ("x2",), "dim": ("axis",), "keepdim": ("keepdims",)}


def is_number(value: Any) -> bool:
    """Whether PyTorch takes it for a number: Python's, numpy's, or a 0-d tensor that needs no gradient."""
    return isinstance(value, NUMBERS) or (isinstance(value, Tensor) and not value.ndim and not value._requires_grad)


_FITS: dict[str, Callable[[Any], bool]] = {
    "Tensor": lambda value: isinstance(value, Tensor),
    "Operand": lambda value: isinstance(value, Tensor | NUMBERS),  # PyTorch says Tensor, and for `add`, `mul`, ... takes numbers too
    "Number": is_number,
    "float": is_number,
    "int": lambda value: isinstance(value, int | np.integer) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "torch.dtype": lambda value: isinstance(value, DType),
}


class Parameter(NamedTuple):
    """One parameter of a form, as `Number alpha = 1`."""

    kind: str
    name: str
    default: str | None
    by_name: bool

    def fits(self, value: Any) -> bool:
        """Whether it takes the value."""
        return _FITS[self.kind](value) or (value is None and (self.default == "None" or self.kind == "str"))

    def taken(self, value: Any) -> Any:
        """The value as the function gets it: numbers as Python's own."""
        if self.kind in ("Tensor", "Operand") or value is None:
            return value
        value = value._array.item() if isinstance(value, Tensor) else value.item() if isinstance(value, np.generic) else value
        return float(value) if self.kind == "float" else value


class Form:
    """One form: its parameters, and whether given arguments fit them."""

    def __init__(self, text: str, method: bool = False) -> None:
        parameters: list[Parameter] = []
        for part in text.replace("*, ", "").split(", ") if text else ():
            declared, _, default = part.partition(" = ")
            kind, _, name = declared.partition(" ")
            parameters.append(Parameter(kind, name, default or None, "*, " in text and part in text.partition("*, ")[2].split(", ")))
        self.text = text.replace("Operand ", "Tensor ")
        if method:  # without the tensor itself, and without `out`
            parameters = [p for p in parameters[1:] if p.name != "out"]
            self.text = self.text.partition(", ")[2].removesuffix("Tensor out = None").removesuffix("*, ").removesuffix(", ")
        self.parameters = parameters
        self.positional = [p for p in parameters if not p.by_name]
        self.least = sum(p.default is None for p in parameters)

    def read(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name.  Raises TypeError in PyTorch's words if they do not fit."""
        if len(args) > len(self.positional):
            raise TypeError(self._too_many(name, len(args)))
        left = dict(kwargs)
        given: dict[str, Any] = {}
        for place, p in enumerate(self.parameters):
            if place < len(args):
                given[p.name] = args[place]
            else:
                key = p.name if p.name in left else next((x for x in _NUMPYS_NAMES.get(p.name, ()) if x in left), "")
                if key:
                    given[p.name] = left.pop(key)
                elif p.default is None:
                    lacking = [f'"{q.name}"' for q in self.parameters if q.default is None and q.name not in given and q.name not in left]
                    plural = "s" * (len(lacking) == 1)  # (sic)
                    raise TypeError(f"{name}() missing {len(lacking)} required positional argument{plural}: {', '.join(lacking)}")
                else:
                    continue
            if not p.fits(given[p.name]):
                position = f" (position {place + 1})" if place < len(args) else ""
                kind = "Tensor" if p.kind == "Operand" else p.kind
                raise TypeError(f"{name}(): argument '{p.name}'{position} must be {kind}, not {type(given[p.name]).__name__}")
            given[p.name] = p.taken(given[p.name])
        for key in left:
            what = "got multiple values for argument" if key in given else "got an unexpected keyword argument"
            raise TypeError(f"{name}() {what} '{key}'")
        return given

    def why_not(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """The lines about this form in the message that says that none fits."""
        text = f"\n * ({self.text})"
        named = {p.name for p in self.parameters[len(args) :]}
        if len(args) > len(self.positional) or named != set(kwargs):
            return text
        told = []
        for place, p in enumerate(self.parameters):
            value = args[place] if place < len(args) else kwargs[p.name]
            kind = type(value).__name__
            told.append(f"{f'{p.name}=' * (p.name in named)}{kind if p.fits(value) else f'!{kind}!'}")
        return f"{text}\n      didn't match because some of the arguments have invalid types: ({', '.join(told)})"

    def _too_many(self, name: str, count: int) -> str:
        least, most = self.least, len(self.positional)
        if least != most:
            return f"{name}() takes from {least} to {most} positional arguments but {count} were given"
        return f"{name}() takes {most} positional argument{'s' * (most != 1)} but {count} {'was' if count == 1 else 'were'} given"


def forms(*texts: str, hidden: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function read its arguments as PyTorch does: in one of several forms.

    The function gets them by name; what a form calls `self`, which PyTorch does where it is a number, is the function's `input`.
    `hidden`: a form that PyTorch still takes, with a warning, but does not mention. The calls raise TypeError if no form fits.
    """

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.strip("_")
        told = [Form(text) for text in texts]
        of_methods = [Form(text, True) for text in texts if text.startswith(("Tensor input", "Operand input"))]
        old, old_method = (Form(hidden), Form(hidden, True)) if hidden else (None, None)

        @functools.wraps(function)
        def read(*args: Any, **kwargs: Any) -> Any:
            given = _choose(name, told, old, args, kwargs)
            out = given.pop("out", None)
            if out is not None:
                check_untracked(name, out, *given.values())
            if "self" in given:
                given["input"] = given.pop("self")
            result = function(**given)
            return result if out is None else put_into(out, result)

        @functools.wraps(function)
        def as_method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            return function(input=self, **_choose(name, of_methods, old_method, args, kwargs))

        read.as_method = as_method  # type: ignore[attr-defined]
        return read

    return made


def _choose(name: str, told: list[Form], old: Form | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    if len(told) == 1 and not old:
        if not told[0].parameters and (args or kwargs):  # PyTorch makes methods without arguments in another way
            raise TypeError(f"TensorBase.{name}() takes no {'keyword arguments' if kwargs else f'arguments ({len(args)} given)'}")
        return told[0].read(name, args, kwargs)
    for form in [*told, old] if old else told:
        try:
            given = form.read(name, args, kwargs)
        except TypeError:
            continue
        if form is old:
            new = "Consider using one of the following signatures instead:" + "".join(f"\n\t{name}({form.text})" for form in told)
            warnings.warn(f"This overload of {name} is deprecated:\n\t{name}({old.text})\n{new}", stacklevel=3)
        return given
    count = len(args) + len(kwargs)
    plausible = [form for form in told if form.least <= count <= len(form.parameters)]
    if len(plausible) == 1:
        plausible[0].read(name, args, kwargs)
    if len(told) == 1:
        raise no_overload(name, *args, shape=f"({told[0].text})", **kwargs)
    raise no_overload(name, *args, shape="".join(["one of:", *(form.why_not(args, kwargs) for form in told), "\n"]), **kwargs)


def no_overload(name: str, *given: Any, shape: str = "one of:", **named: Any) -> TypeError:
    """PyTorch's complaint about arguments that fit none of a function's forms."""
    kinds = [type(value).__name__ for value in given] + [f"{key}={type(value).__name__}" for key, value in named.items()]
    text = ", ".join(kinds) + ", " * (named != {} and not given)
    return TypeError(f"{name}() received an invalid combination of arguments - got ({text}), but expected {shape}")



def renamed(name: str, function: Callable[..., Any], *texts: str) -> Callable[..., Any]:
    """The same function under another name, which its error messages use."""

    plain = getattr(function, "__wrapped__", function)

    def alias(**given: Any) -> Any:
        return function(*given.values()) if hasattr(function, "row") else plain(**given)

    alias.__name__, alias.__qualname__ = name, name
    alias.__doc__ = f"`{function.__name__}` under another name."
    return forms(*(texts or ("Tensor input, *, Tensor out = None",)))(alias)


# --- checks that operations share -------------------------------------------------------------------------------------


def fitting(value: bool | int | float, kind: np.dtype) -> Array:
    """A number in a dtype, fractions cut off.  Raises RuntimeError if it is too large."""
    if kind.kind == "b":
        return np.asarray(bool(value))
    span: Any = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    too_large = not span.min <= value <= span.max and not (kind.kind == "u" and -span.max <= value < 0)
    if too_large and (kind.kind != "f" or math.isfinite(value)):
        name = {"float16": "c10::Half", "float32": "float", "float64": "double", "int32": "int"}.get(kind.name, f"{kind.name}_t")
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return np.asarray(value).astype(kind)


def refuse(array: Array, kinds: str, kernel: str) -> None:
    """Raise PyTorch's NotImplementedError if the dtype is of one of the kinds (numpy's letters: b bool, u and i integers, f floats)."""
    if array.dtype.kind in kinds:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(array)}'")
