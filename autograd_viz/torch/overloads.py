"""What elementwise functions have in common: forms of their arguments, second names, and checks of dtypes.

A course may skip this file. Read next: `ops/pointwise.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch.arguments import reads
from autograd_viz.torch.dtypes import scalar_name
from autograd_viz.torch.node import Array


def forms(*texts: str, hidden: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`reads` for a function that `@method`, or something else, makes a method."""
    return reads(*texts, method=False, hidden=hidden)


def renamed(name: str, function: Callable[..., Any], *texts: str) -> Callable[..., Any]:
    """The same function under another name, which its error messages use."""
    plain = getattr(function, "__wrapped__", function)

    def alias(*args: Any, **given: Any) -> Any:
        return function(*args, *given.values()) if hasattr(function, "row") else plain(*args, **given)

    alias.__name__, alias.__qualname__ = name, name
    alias.__doc__ = f"`{function.__name__}` under another name."
    return forms(*(texts or ("Tensor input, *, Tensor? out=None",)))(alias)


# --- checks that operations share -------------------------------------------------------------------------------------


def fitting(value: bool | int | float, kind: np.dtype, suffix: str = "_t") -> Array:
    """A number in a dtype, fractions cut off.  Raises RuntimeError if it is too large, or has no place there as nan has none in integers.

    `suffix`: PyTorch calls the type int16_t in most messages, and int16 in those of `tensor`.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert" if value > 0 else "can't convert negative int to unsigned")
    if kind.kind == "b":
        return np.asarray(bool(value))
    span: Any = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    of = float if kind.kind == "f" else type(value)  # (2.0**63 is no more than int64's largest, rounded to a float)
    wraps = kind.kind == "u" and isinstance(value, int) and -span.max <= value < 0  # -1 is 255
    fits = of(span.min) <= value <= of(span.max) or wraps
    if not fits and (kind.kind != "f" or math.isfinite(value)):
        c_names = {"float16": "c10::Half", "float32": "float", "float64": "double"}
        name = c_names.get(kind.name, "int" if kind.name + suffix == "int32_t" else kind.name + suffix)
        hint = f"Hint: {value} is no number of that kind, whose largest is {span.max}."
        raise RuntimeError(f"value cannot be converted to type {name} without overflow\n{hint}")
    with np.errstate(invalid="ignore"):
        return np.asarray(value).astype(kind)


def refuse(array: Array, kinds: str, kernel: str) -> None:
    """Raise PyTorch's NotImplementedError if the dtype is of one of the kinds (numpy's letters: b bool, u and i integers, f floats)."""
    if array.dtype.kind in kinds:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(array)}'")
