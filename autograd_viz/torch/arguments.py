"""Reading the arguments of a function that may be called in several forms, and PyTorch's words where they fit none of them.

    @reads("Tensor input", "Tensor input, int dim, bool keepdim=False", "Tensor input, Tensor other")
    def max(input, dim=None, keepdim=False, other=None): ...

The forms are written as PyTorch writes them in its error messages. The function gets what the caller gave, by name; `int[1]` stands for
some dimensions, and arrives as a tuple though it may be given as a number. A form for the method lacks the first argument, and `out`.

Source: torch/csrc/utils/python_arg_parser.cpp.  Read next: `op.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.tensor import Tensor

SPOKEN = {"int[1]": "tuple of ints", "int[]": "tuple of ints", "dtype": "torch.dtype", "Tensors": "tuple of Tensors"}
NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}  # numpy's names are understood too
PLAIN = (Tensor, int, bool, float, str, type(None))  # values of which the type says all


class Mismatch(Exception):
    """The arguments do not fit this form; the text says why."""


class Form:
    """One way to call a function: the names, kinds and order of its arguments."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.params: list[tuple[str, str, bool]] = []  # name, kind, whether it must be given
        self.most: int | None = None
        for part in filter(None, text.split(", ")):
            if part == "*":
                self.most = len(self.params)
                continue
            kind, _, rest = part.partition(" ")
            called, equals, _ = rest.partition("=")
            self.params.append((called, kind, not equals))
        self.most = len(self.params) if self.most is None else self.most  # how many may be given by position
        self.least = sum(required for _, _, required in self.params)
        self.varargs = self.most == 1 and self.params[0][1] == "int[]"

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name.  Raises Mismatch."""
        assert self.most is not None
        if self.varargs and len(args) > 1 and is_int(args[0]):
            args = (args,)
        if len(args) > self.most:
            raise Mismatch(self._too_many(len(args)))
        values, named = {}, dict(kwargs)
        for position, (called, kind, required) in enumerate(self.params):
            by_name = position >= len(args)
            key = next((key for key in (called, *NUMPYS.get(called, ())) if key in named), None)
            if by_name and key is None:
                if required:
                    raise Mismatch(self._missing(position, named))
                continue
            value = named.pop(key) if by_name else args[position]
            if not fits(kind, value):
                where = "" if by_name else f" (position {position + 1})"
                spoken = SPOKEN.get(kind.rstrip("?"), kind.rstrip("?"))
                raise Mismatch(f"{self.name}(): argument '{called}'{where} must be {spoken}, not {type(value).__name__}")
            values[called] = self._converted(kind.rstrip("?"), called, value)
        for key in named:
            if key in [called for called, _, _ in self.params]:
                raise Mismatch(f"{self.name}() got multiple values for argument '{key}'")
            raise Mismatch(f"{self.name}() got an unexpected keyword argument '{key}'")
        return values

    def _too_many(self, count: int) -> str:
        takes = f"from {self.least} to {self.most}" if self.least != self.most else f"{self.most}"
        plural = "s" * (self.least != self.most or self.most != 1)
        was = "was" if count == 1 and self.least == self.most else "were"
        return f"{self.name}() takes {takes} positional argument{plural} but {count} {was} given"

    def _missing(self, position: int, named: dict[str, Any]) -> str:
        lacking = [called for called, _, required in self.params[position:] if required and called not in named]
        return f"{self.name}() missing {len(lacking)} required positional arguments: " + ", ".join(f'"{called}"' for called in lacking)

    def _converted(self, kind: str, called: str, value: Any) -> Any:
        if kind in ("int[1]", "int[]") and value is not None:
            if is_int(value):
                return (int(value),)
            for place, item in enumerate(value, 1):
                if not is_int(item):
                    raise TypeError(
                        f"{self.name}(): argument '{called}' failed to unpack the object at pos {place} with error "
                        f'"type must be tuple of ints,but got {type(item).__name__}"'
                    )
            return tuple(int(item) for item in value)
        if isinstance(value, Tensor | np.generic) and kind in ("int", "float", "Number"):
            return value._array.item() if isinstance(value, Tensor) else value.item()
        return value


def is_int(value: Any) -> bool:
    """Whether a value may stand for a whole number: a 0-d tensor of integers may, True may not."""
    if isinstance(value, Tensor):
        return value.ndim == 0 and value._array.dtype.kind in "iu"
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of a kind, which is written as in PyTorch: `int`, `Tensor?` (or None), `int[1]` (one or several)."""
    if value is None:
        return kind.endswith("?")
    kind = kind.rstrip("?")
    if kind in ("int[1]", "int[]"):
        listed = isinstance(value, tuple | list) and (not value or is_int(value[0]))
        return listed or (kind == "int[1]" and is_int(value))
    if kind == "int":
        return is_int(value)
    if kind in ("float", "Number"):
        a_number = isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad
        return a_number or isinstance(value, int | float | np.generic)
    if kind == "Tensors":
        return isinstance(value, tuple | list) and all(isinstance(item, Tensor) for item in value)
    return isinstance(value, {"Tensor": Tensor, "bool": bool, "str": str, "dtype": DType}[kind])


class Reader:
    """All the forms of one function."""

    def __init__(self, name: str, texts: list[str]) -> None:
        self.name, self.forms = name, [Form(name, text) for text in texts]
        self.known: dict[tuple[type, ...], list[tuple[str, bool]]] = {}  # how to read arguments of such types, given by position

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name, read by the first form that they fit.  Raises TypeError in PyTorch's words."""
        types = tuple(map(type, args))
        if not kwargs and types in self.known:
            return {name: (value,) if wrap else value for value, (name, wrap) in zip(args, self.known[types], strict=True)}
        for form in self.forms:
            try:
                values = form.read(args, kwargs)
            except Mismatch:
                continue
            if not kwargs and all(kind in PLAIN[1:] for kind in types[1:]) and len(args) == len(values):
                kinds = {called: kind for called, kind, _ in form.params}
                wraps = [kinds[name].startswith("int[") and value is not None for name, value in values.items()]
                self.known[types] = list(zip(values, wraps, strict=True))
            return values
        raise self._complaint(args, kwargs)

    def _complaint(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> TypeError:
        count = len(args) + len(kwargs)
        plausible = [form for form in self.forms if form.least <= count <= len(form.params)]
        if len(self.forms) == 1 or len(plausible) == 1:
            try:
                (plausible or self.forms)[0].read(args, kwargs)
            except Mismatch as wrong:
                return TypeError(str(wrong))
        got = ", ".join(type(value).__name__ for value in args)
        named = ", ".join(f"{key}={type(value).__name__}" for key, value in kwargs.items())
        if kwargs:
            got = f"{got}, {named}" if args else f"{named}, "
        return TypeError(f"{self.name}() received an invalid combination of arguments - got ({got}), but expected one of:")


def reads(*forms: str, name: str = "", as_method: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a function be called in these forms; and, unless `as_method` is False, as a tensor's method too."""

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        called = name or function.__name__
        reader = Reader(called, list(forms))

        @functools.wraps(function)
        def offered(*args: Any, **kwargs: Any) -> Any:
            return function(**reader.read(args, kwargs))

        if as_method:
            shorter = Reader(called, [_of_the_method(text) for text in forms])
            first = reader.forms[0].params[0][0]

            @functools.wraps(function)
            def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
                return function(**{first: self}, **shorter.read(args, kwargs))

            offered.as_method = method  # type: ignore[attr-defined]
            setattr(Tensor, function.__name__, method)
        return offered

    return made


def _of_the_method(text: str) -> str:
    parts = [part for part in text.split(", ")[1:] if not part.partition(" ")[2].startswith("out=")]
    return ", ".join(parts[:-1] if parts and parts[-1] == "*" else parts)
