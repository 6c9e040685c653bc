"""`@forms`: a function that PyTorch declares in one or several forms, which may be asked to put its result into `out=`.

    @forms("Tensor input, Tensor other, *, Tensor? out=None",
           "Tensor input, Number other, *, Tensor? out=None")
    def remainder(input, other): ...

How the arguments are read is in `arguments.py`. Here is what elementwise functions need besides: `out`, a second name, and two checks.

A course may skip this file. Read next: `ops/pointwise.py`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import Reader, of_the_method, parts_of
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array
from autograd_viz.torch.out import check_untracked, put_into
from autograd_viz.torch.tensor import Tensor


def forms(*texts: str, hidden: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function read its arguments as PyTorch does: in one of several forms.

    The function gets them by name; what a form calls `self`, which PyTorch does where it is a number, is the function's `input`.
    `hidden`: a form that PyTorch still takes, with a warning, but does not mention. The calls raise TypeError if no form fits.
    """

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.strip("_")
        told, old = [parts_of(text) for text in texts], parts_of(hidden)
        whole = Reader(name, told, old)
        bound = Reader(name, [of_the_method(form) for form in told if form[0].endswith(" input")], of_the_method(old))
        alone = not any(form.params for form in bound.forms)  # PyTorch makes methods without arguments in another way

        @functools.wraps(function)
        def read(*args: Any, **kwargs: Any) -> Any:
            given = whole.read(args, kwargs)
            out = given.pop("out", None)
            if out is not None:
                check_untracked(name, out, *given.values())
            if "self" in given:
                given["input"] = given.pop("self")
            result = function(**given)
            return result if out is None else put_into(out, result)

        @functools.wraps(function)
        def as_method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            if alone and (args or kwargs):
                raise TypeError(f"TensorBase.{name}() takes no {'keyword arguments' if kwargs else f'arguments ({len(args)} given)'}")
            return function(input=self, **bound.read(args, kwargs))

        read.as_method = as_method  # type: ignore[attr-defined]
        return read

    return made


def renamed(name: str, function: Callable[..., Any], *texts: str) -> Callable[..., Any]:
    """The same function under another name, which its error messages use."""

    plain = getattr(function, "__wrapped__", function)

    def alias(**given: Any) -> Any:
        return function(*given.values()) if hasattr(function, "row") else plain(**given)

    alias.__name__, alias.__qualname__ = name, name
    alias.__doc__ = f"`{function.__name__}` under another name."
    return forms(*(texts or ("Tensor input, *, Tensor? out=None",)))(alias)


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
