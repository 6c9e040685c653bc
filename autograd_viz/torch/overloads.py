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
