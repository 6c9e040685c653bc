"""`@reads`: the arguments of a function in all the forms that PyTorch takes them, and its complaints about all others.

    @reads("max(Tensor input)", "max(Tensor input, int dim, bool keepdim=False)", "max(Tensor input, Tensor other)")
    def max(input, dim=None, keepdim=False, other=None): ...

gives `torch.max(x, 0)`, `torch.max(input=x, dim=0)` and the method `x.max(0)`. The first form that fits counts, and the function gets
what the caller gave, by name. `int?` may be None; `int[1]` stands for some dimensions, and arrives as a tuple though it may be given as
a number; a method's list of ints may be written without brackets, `x.view(2, 3)`. A method lacks the first argument, and `out`.

Source: torch/csrc/utils/python_arg_parser.cpp. A course may skip this file.  Read next: `observe.py`, or skip to `op.py`.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd_viz.torch.dtypes import Size, device, of_python
from autograd_viz.torch.dtypes import dtype as DType
from autograd_viz.torch.out import check_memory, check_untracked, put_into
from autograd_viz.torch.tensor import Tensor

SPOKEN = {"Operand": "Tensor", "int[1]": "tuple of ints", "int[]": "tuple of ints", "dtype": "torch.dtype", "Tensor[]": "tuple of Tensors",
          "bool[]": "tuple of bools"}  # fmt: skip
NUMPYS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}  # numpy's names are understood too
OF_TORCH = (DType, Size, device)
PLAIN = (int, bool, float, str, type(None))  # values of which the type says all


class MismatchError(Exception):
    """The arguments do not fit this form; the text says why."""


def kind_name(value: Any) -> str:
    """What PyTorch calls the type of an argument."""
    kind = type(value)
    return f"{'torch.' if kind in OF_TORCH else 'numpy.' if isinstance(value, np.ndarray) else ''}{kind.__name__}"


def no_overload(name: str, *given: Any, **named: Any) -> TypeError:
    """PyTorch's complaint about arguments that fit none of a function's forms."""
    got = ", ".join(map(kind_name, given))
    if named:
        words = ", ".join(f"{key}={kind_name(named[key])}" for key in reversed(named))  # (C++'s map has the last one first)
        got = f"{got}, {words}" if given else f"{words}, "
    return TypeError(f"{name}() received an invalid combination of arguments - got ({got}), but expected one of:")


def is_int(value: Any) -> bool:
    """Whether a value may stand for a whole number: a 0-d tensor of integers may, True may not."""
    if isinstance(value, Tensor):
        return value.ndim == 0 and value._array.dtype.kind in "iu"
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of a kind, which is written as in PyTorch. Of a list, only the first element is looked at."""
    if value is None:
        return kind.endswith("?")
    kind = kind.rstrip("?")
    if kind.startswith("int["):
        return (kind != "int[]" and is_int(value)) or (isinstance(value, tuple | list) and (not value or is_int(value[0])))
    if kind == "int":
        return is_int(value)
    if kind in ("float", "Number"):
        a_number = isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad
        return a_number or isinstance(value, int | float | np.generic)
    if kind in ("Tensor[]", "bool[]"):
        return isinstance(value, tuple | list)
    if kind == "dtype":
        return isinstance(value, DType) or value in (float, int, bool)
    if kind == "Operand":  # PyTorch says Tensor, and for `add`, `mul`, ... takes numbers too
        return isinstance(value, Tensor | int | float | np.generic)
    return isinstance(value, {"Tensor": Tensor, "bool": bool | np.bool_, "str": str}.get(kind, object))


class Form:
    """One way to call a function: the names, kinds and order of its arguments."""

    def __init__(self, name: str, parts: list[str]) -> None:
        self.name = name
        self.text = ", ".join(_printed(part) for part in parts)
        self.params: list[tuple[str, str, bool]] = []  # name, kind, whether it must be given
        self.most = parts.index("*") if "*" in parts else len(parts)  # how many may be given by position
        for part in parts:
            if part != "*":
                kind, _, rest = part.partition(" ")
                called, equals, _ = rest.partition("=")
                self.params.append((called, kind.replace("Tensors", "Tensor[]"), not equals))
        self.least = sum(required for _, _, required in self.params)
        self.varargs = self.most == 1 and self.params[0][1] == "int[]"

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name.  Raises MismatchError."""
        if self.varargs and args and is_int(args[0]):
            args = (args,)
        if len(args) > self.most:
            raise MismatchError(self._too_many(len(args)))
        values, named = {}, dict(kwargs)
        for position, (called, kind, required) in enumerate(self.params):
            by_name = position >= len(args)
            key = next((key for key in (called, *NUMPYS.get(called, ())) if key in named), None)
            if not by_name:
                value = args[position]
            elif key is not None:
                value = named.pop(key)
            elif required:
                raise MismatchError(self._missing(position))
            else:
                continue
            if not fits(kind, value):
                raise MismatchError(self._wrong(called, kind.rstrip("?"), value, 0 if by_name else position + 1))
            if value is not None or required:  # None for an argument that may be left out is as good as nothing
                values[called] = self._converted(kind, position, value) if kind.startswith("Tensor[") else value
        for key in named:
            known = key in [called for called, _, _ in self.params]
            raise MismatchError(f"{self.name}() got {'multiple values for' if known else 'an unexpected keyword'} argument '{key}'")
        kinds = {called: (kind, position) for position, (called, kind, _) in enumerate(self.params)}
        return {called: self._converted(*kinds[called], value) for called, value in values.items()}

    def why_not(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """What the message that no form fits says about this one."""
        text = f"\n * ({self.text})"
        by_name = [called for called, _, _ in self.params[len(args) :]]
        if len(args) > self.most or set(by_name) != set(kwargs):
            return text
        told = []
        for place, (called, kind, _) in enumerate(self.params):
            value = kwargs[called] if called in by_name else args[place]
            found = kind_name(value) if fits(kind, value) else f"!{kind_name(value)}!"
            told.append(f"{called}={found}" if called in by_name else found)
        return f"{text}\n      didn't match because some of the arguments have invalid types: ({', '.join(told)})"

    def _too_many(self, count: int) -> str:
        takes = f"from {self.least} to {self.most}" if self.least != self.most else f"{self.most}"
        one = self.least == self.most
        plural, was = "s" * (not one or self.most != 1), "was" if one and count == 1 else "were"
        return f"{self.name}() takes {takes} positional argument{plural} but {count} {was} given"

    def _missing(self, position: int) -> str:
        lacking = [f'"{called}"' for called, _, required in self.params[position:] if required]  # (also those given by name)
        plural = "s" * (len(lacking) == 1)  # (so it says)
        return f"{self.name}() missing {len(lacking)} required positional argument{plural}: {', '.join(lacking)}"

    def _wrong(self, called: str, kind: str, value: Any, position: int) -> str:
        where = f" (position {position})" if position else ""
        found = f", not {kind_name(value)}"
        if kind.startswith("int[") and isinstance(value, tuple | list):
            found = f", but found element of type {kind_name(value[0])} at pos 0"
        return f"{self.name}(): argument '{called}'{where} must be {SPOKEN.get(kind, kind)}{found}"

    def _converted(self, kind: str, position: int, value: Any) -> Any:
        """A value as our functions want it: dimensions and tensors in tuples, numbers as Python's.  Raises TypeError."""
        if value is None:
            return None
        if kind.rstrip("?") == "dtype":
            return of_python.get(value, value)
        if kind.startswith("int["):
            items = (value,) if is_int(value) else value
            for place, item in enumerate(items, 1):
                if not is_int(item):
                    raise TypeError(
                        f"{self.name}(): argument '{self.params[position][0]}' failed to unpack the object at pos {place} with error "
                        f'"type must be tuple of ints,but got {kind_name(item)}"'
                    )
            return tuple(map(int, items))
        if kind.startswith("Tensor["):
            for place, item in enumerate(value):
                if not isinstance(item, Tensor) and not (item is None and kind.endswith("?")):
                    raise TypeError(f"expected Tensor as element {place} in argument {position}, but got {kind_name(item)}")
            return tuple(value)
        if isinstance(value, Tensor | np.generic) and kind.rstrip("?") in ("int", "float", "Number", "bool"):
            value = value._array.item() if isinstance(value, Tensor) else value.item()
        return float(value) if kind.rstrip("?") == "float" else value


class Reader:
    """All the forms of one function."""

    def __init__(self, name: str, forms: list[list[str]], old: list[str] | None = None) -> None:
        self.name, self.forms = name, [Form(name, parts) for parts in forms]
        self.old = Form(name, old) if old else None  # a form that PyTorch still takes, with a warning, but does not mention
        self.known: dict[tuple[type, ...], list[tuple[str, bool]]] = {}  # how to read arguments of such types, given by position

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name, read by the first form that they fit.  Raises TypeError in PyTorch's words."""
        types = tuple(map(type, args))
        if not kwargs and types in self.known:
            return {name: (value,) if wrap else value for value, (name, wrap) in zip(args, self.known[types], strict=True)}
        for form in self.forms:
            try:
                values = form.read(args, kwargs)
            except MismatchError:
                continue
            if not kwargs and len(args) == len(values):
                self._remember(types, form, args, values)
            return values
        if self.old is not None:
            with contextlib.suppress(MismatchError):
                values = self.old.read(args, kwargs)
                new = "".join(f"\n\t{self.name}({form.text})" for form in self.forms)
                warnings.warn(
                    f"This overload of {self.name} is deprecated:\n\t{self.name}({self.old.text})"
                    f"\nConsider using one of the following signatures instead:{new}", stacklevel=4,
                )  # fmt: skip
                return values
        raise self._complaint(args, kwargs)

    def _remember(self, types: tuple[type, ...], form: Form, args: tuple[Any, ...], values: dict[str, Any]) -> None:
        kinds = {called: kind.rstrip("?") for called, kind, _ in form.params}
        if all(type(value) in PLAIN or kinds[name] in ("Tensor", "Operand") for name, value in zip(values, args, strict=True)):
            self.known[types] = [(name, kinds[name].startswith("int[") and value is not None) for name, value in values.items()]

    def _complaint(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> TypeError:
        count = len(args) + len(kwargs)
        plausible = [form for form in self.forms if form.least <= count <= len(form.params)]
        if (len(self.forms) == 1 and not self.old) or len(plausible) == 1:
            try:
                (plausible or self.forms)[0].read(args, kwargs)
            except MismatchError as wrong:
                return TypeError(str(wrong))
        complaint = str(no_overload(self.name, *args, **kwargs))
        if len(self.forms) == 1:
            return TypeError(complaint.replace("one of:", f"({self.forms[0].text})"))
        return TypeError("".join([complaint, *(form.why_not(args, kwargs) for form in self.forms), "\n"]))


def reads(
    *texts: str, name: str = "", function: bool = True, method: bool = True, as_method: bool = True, hidden: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function that takes its arguments by name one that is called as PyTorch's is, and (`method`) a method of that name.

    A form may leave out the name before its brackets, and then the brackets too: it is `name`, or that of the function. What a form calls
    `self`, which PyTorch does where it is a number, is the function's `input`. `hidden`: a form that PyTorch still takes, with a warning,
    but does not mention.
    """

    def made(written: Callable[..., Any]) -> Callable[..., Any]:
        matched = [re.fullmatch(r"(\w+)\((.*)\)", text) for text in texts]
        title = name or (matched[0][1] if matched[0] else written.__name__.strip("_"))
        bare = [found[2] if found else text for found, text in zip(matched, texts, strict=True)]
        forms = [parts_of(text) for text in bare]
        of_tensors = [parts for parts in forms if parts[0].startswith(("Tensor", "Operand"))] or forms
        old = parts_of(hidden)
        number_first = "self" not in inspect.signature(written).parameters
        reader = Reader(title, forms, old)
        shorter = Reader(title, [of_the_method(parts) for parts in of_tensors], of_the_method(old))
        alone = not any(form.params for form in shorter.forms)  # PyTorch makes methods without arguments in another way
        own_out = "out" in inspect.signature(written).parameters
        first, nothing_needed = reader.forms[0].params[0][0], any(not form.least for form in shorter.forms)

        @functools.wraps(written)
        def called(*args: Any, **kwargs: Any) -> Any:
            values = reader.read(args, kwargs)
            if number_first and "self" in values:
                values["input"] = values.pop("self")
            return written(**values) if own_out or "out" not in values else _into(values.pop("out"), written, values, title)

        @functools.wraps(written)
        def on_tensor(self: Tensor, *args: Any, **kwargs: Any) -> Any:
            if not args and not kwargs and nothing_needed:
                return written(self)
            if alone and (args or kwargs):
                what = "no keyword arguments" if kwargs else f"no arguments ({len(args)} given)"
                raise TypeError(f"TensorBase.{title}() takes {what}")
            return written(**{first: self}, **shorter.read(args, kwargs))

        called.as_method = on_tensor  # type: ignore[attr-defined]
        if method and as_method:
            setattr(Tensor, title, on_tensor)
        return called if function else on_tensor

    return made


def _into(out: Any, written: Callable[..., Any], values: dict[str, Any], title: str) -> Any:
    """Write the results into the tensors `out`.  Raises RuntimeError if a gradient would have to pass."""
    targets = out if isinstance(out, tuple) else (out,)
    given = [part for value in values.values() for part in (value if isinstance(value, tuple) else (value,))]
    check_untracked(title, *given, *targets)
    results = written(**values)
    arrays = [value._array for value in given if isinstance(value, Tensor)]
    for target, result in zip(targets, results if isinstance(results, tuple) else (results,), strict=True):
        check_memory(title, target, arrays, result._array)
    if not isinstance(results, tuple):
        return put_into(out, results)
    return type(results)(map(put_into, targets, results))


def named(name: str, forms: Iterable[str]) -> list[str]:
    """Forms that several functions share, for one of them."""
    return [f"{name}({form})" for form in forms]


def _printed(part: str) -> str:
    """`Tensor? out=None` as messages print it: `Tensor out = None`."""
    kind, _, rest = part.partition(" ")
    called, equals, default = rest.partition("=")
    spoken = SPOKEN.get(kind.rstrip("?"), kind.rstrip("?"))
    return part if part == "*" else f"{spoken} {called} = {default}" if equals else f"{spoken} {called}"


def parts_of(text: str) -> list[str]:
    """The parts of a form: of `Tensor input, int dim`, the two."""
    return [part for part in re.split(r",\s*(?![^(]*\))", text) if part]


def of_the_method(parts: list[str]) -> list[str]:
    """The form of the method: without the tensor itself, and without `out`."""
    rest = [part for part in parts[1:] if " out=" not in part]
    return rest[:-1] if rest[-1:] == ["*"] else rest
