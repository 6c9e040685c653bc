"""`@reads`: the arguments of a function in all the forms that PyTorch takes them, and its complaints about all others.

    @reads("roll(Tensor input, int[1] shifts, int[1] dims=())")
    def roll(input, shifts, dims=()): ...

gives `torch.roll(x, 1)`, `torch.roll(input=x, shifts=(1,))` and the method `x.roll(1, 0)`; and what PyTorch's own reader would not take
raises its TypeError. Several signatures, of which the first that fits counts, stand one after another.

A kind with `?` may be None.  `int[1]` may be one int, too.  A method's list of ints may be written without brackets: `x.view(2, 3)`.
A course may skip this file.  Read next: `observe.py`, or skip to `op.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_viz.torch import dtypes
from autograd_viz.torch.tensor import Tensor

SPOKEN = {"int[]": "tuple of ints", "int[1]": "tuple of ints", "Tensor[]": "tuple of Tensors", "bool[]": "tuple of bools"}
NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}  # what numpy calls them


def no_overload(name: str, *given: Any, **named: Any) -> TypeError:
    """PyTorch's complaint about arguments that fit none of a function's forms."""
    kinds = ", ".join([*map(kind_name, given), *(f"{key}={kind_name(value)}" for key, value in named.items())])
    return TypeError(f"{name}() received an invalid combination of arguments - got ({kinds}), but expected one of:")


def kind_name(value: Any) -> str:
    """What PyTorch calls the type of an argument."""
    return "numpy.ndarray" if isinstance(value, np.ndarray) else type(value).__name__


def is_int(value: Any) -> bool:
    """Whether something counts as an int: not a bool, but an integer tensor with one element does."""
    if type(value) is int:
        return True
    if isinstance(value, Tensor):
        return value.ndim == 0 and value._array.dtype.kind in "iu"
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_constant(value: Any) -> bool:
    """Whether something is a tensor that counts as a number."""
    return isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad


@dataclass(frozen=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    kind: str
    optional: bool  # it has a default
    keyword: bool  # it must be written with its name
    nullable: bool  # None may be given

    def fits(self, value: Any) -> bool:
        """Whether a value is of this parameter's kind. Of a list, PyTorch looks at the first element only."""
        kind = self.kind
        if value is None:
            return self.nullable
        if kind == "Tensor":
            return isinstance(value, Tensor)
        if kind == "int":
            return is_int(value)
        if kind.startswith("int["):
            return (kind != "int[]" and is_int(value)) or (isinstance(value, tuple | list) and (not value or is_int(value[0])))
        if kind == "Tensor[]":
            return isinstance(value, tuple | list)
        if kind == "Number":
            return isinstance(value, int | float | np.generic) or is_constant(value)
        if kind == "float":
            return isinstance(value, int | float | np.floating) or is_constant(value)
        return isinstance(value, {"bool": bool | np.bool_, "str": str, "dtype": dtypes.dtype}.get(kind, object))


class Signature:
    """One way to call a function, as PyTorch writes it: `flip(Tensor input, int[] dims)`."""

    def __init__(self, text: str) -> None:
        matched = re.fullmatch(r"(\w+)\((.*)\)", text)
        assert matched, text
        self.name, keyword, self.params = matched[1], False, []
        for part in re.split(r",\s*(?![^(]*\))", matched[2]):
            if part == "*":
                keyword = True
                continue
            kind, _, name = part.partition(" ")
            name, equals, _ = name.partition("=")
            self.params.append(Parameter(name, kind.rstrip("?"), bool(equals), keyword, kind.endswith("?")))
        self.places = [p for p in self.params if not p.keyword]
        self.least = sum(not p.optional for p in self.params)
        self.spreads = len(self.places) == 2 and self.places[1].kind.startswith("int[")  # as a method: x.view(2, 3)
        self.brief = [(p.name, p.kind) for p in self.places]

    def quick(self, args: tuple[Any, ...], bound: int) -> dict[str, Any] | None:
        """The arguments by name if they are in order and of the most usual types; else None, and `read` has to look."""
        if self.spreads and bound and len(args) > 1 and all(type(arg) is int for arg in args[1:]):
            return {self.brief[0][0]: args[0], self.brief[1][0]: args[1:]}
        if not self.least <= len(args) <= len(self.brief):
            return None
        values: dict[str, Any] = {}
        for (name, kind), value in zip(self.brief, args, strict=False):
            given = type(value)
            if kind.startswith("int["):
                if given is not tuple or not all(type(part) is int for part in value):
                    return None
            elif kind != given.__name__ or (given is not int and given is not Tensor):
                return None
            values[name] = value
        return values

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any], bound: int) -> dict[str, Any]:
        """The arguments by name.  Raises TypeError in PyTorch's words.  `bound`: 1 if a method is called, whose self is not counted."""
        places, spread = self.places, bound and self.spreads
        if len(args) > len(places) and not spread:
            raise self._too_many(len(args) - bound, places, bound)
        values: dict[str, Any] = {}
        taken, position = set(), 0
        for parameter in self.params:
            name, named = parameter.name, position >= len(args) or parameter.keyword
            if named:
                key = next((key for key in (name, *NUMPYS.get(name, ())) if key in kwargs), None)
                if key is None:
                    if parameter.optional:
                        continue
                    raise self._missing(position, places)
                value = kwargs[key]
                taken.add(key)
            else:
                value = args[position]
                position += 1
                if spread and position == 2 and is_int(value):
                    value, position = args[1:], len(args)
            if not parameter.fits(value):
                raise self._wrong(parameter, value, 0 if named else position - bound)
            if value is not None or not parameter.optional:
                values[name] = self._plain(parameter, value, bound)
        for key in kwargs:
            if key not in taken:
                what = "multiple values for argument" if key in values else "an unexpected keyword argument"
                raise TypeError(f"{self.name}() got {what} '{key}'")
        return values

    def _plain(self, parameter: Parameter, value: Any, bound: int) -> Any:
        """A value as our functions want it: ints as ints, lists as tuples."""
        kind = parameter.kind
        if value is None or kind == "Tensor":
            return value
        if kind in ("Number", "float"):
            return value._array.item() if isinstance(value, Tensor) else value
        if kind == "int":
            return int(value)
        if kind.startswith("int["):
            if is_int(value):
                return (int(value),)
            for i, part in enumerate(value, 1):
                if not is_int(part):
                    raise TypeError(
                        f"{self.name}(): argument '{parameter.name}' failed to unpack the object at pos {i} with error "
                        f'"type must be tuple of ints,but got {kind_name(part)}"'
                    )
            return tuple(map(int, value))
        if kind == "Tensor[]":
            for i, part in enumerate(value):
                if not isinstance(part, Tensor) and not (part is None and parameter.nullable):
                    place = self.params.index(parameter) - bound
                    raise TypeError(f"expected Tensor as element {i} in argument {place}, but got {kind_name(part)}")
            return tuple(value)
        return value

    def _wrong(self, parameter: Parameter, value: Any, position: int) -> TypeError:
        where = f" (position {position})" if position else ""
        spoken = SPOKEN.get(parameter.kind, parameter.kind)
        found = f", not {kind_name(value)}"
        if parameter.kind.startswith("int[") and isinstance(value, tuple | list):
            found = f", but found element of type {kind_name(value[0])} at pos 0"
        return TypeError(f"{self.name}(): argument '{parameter.name}'{where} must be {spoken}{found}")

    def _too_many(self, count: int, places: list[Parameter], bound: int) -> TypeError:
        most, least = len(places) - bound, sum(not p.optional for p in places) - bound
        takes = f"{most} positional argument{'s' * (most != 1)}" if most == least else f"from {least} to {most} positional arguments"
        return TypeError(f"{self.name}() takes {takes} but {count} {'was' if count == 1 else 'were'} given")

    def _missing(self, position: int, places: list[Parameter]) -> TypeError:
        names = [f'"{p.name}"' for p in places[position:] if not p.optional]
        plural = "s" * (len(names) == 1)  # (so it says)
        return TypeError(f"{self.name}() missing {len(names)} required positional argument{plural}: {', '.join(names)}")

    def plausible(self, count: int) -> bool:
        """Whether it takes that many arguments."""
        return self.least <= count <= len(self.params)


def reads(*texts: str, function: bool = True, method: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function that takes its arguments by name one that is called as PyTorch's is, and a method of that name."""
    signatures = [Signature(text) for text in texts]
    name = signatures[0].name

    def read(args: tuple[Any, ...], kwargs: dict[str, Any], bound: int) -> dict[str, Any]:
        if not kwargs:
            for signature in signatures:
                values = signature.quick(args, bound)
                if values is not None:
                    return values
        if len(signatures) == 1:
            return signatures[0].read(args, kwargs, bound)
        for signature in signatures:
            try:
                return signature.read(args, kwargs, bound)
            except TypeError as error:
                if "failed to unpack" in str(error):
                    raise
        likely = [signature for signature in signatures if signature.plausible(len(args) + len(kwargs))]
        if len(likely) == 1:
            return likely[0].read(args, kwargs, bound)
        raise no_overload(name, *args[bound:], **kwargs)

    def made(written: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(written)
        def called(*args: Any, **kwargs: Any) -> Any:
            return written(**read(args, kwargs, 0))

        @functools.wraps(written)
        def as_method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            if alone and (args or kwargs):
                what = "no keyword arguments" if kwargs else f"no arguments ({len(args)} given)"
                raise TypeError(f"TensorBase.{name}() takes {what}")
            return written(**read((self, *args), kwargs, 1))

        alone = all(len(signature.params) == 1 for signature in signatures)
        called.as_method = as_method  # type: ignore[attr-defined]
        if method:
            setattr(Tensor, name, as_method)
        return called if function else as_method

    return made
