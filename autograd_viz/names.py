"""What the user calls a tensor: `w`, but also `params["w"]`, `layers[1][0]`, `self.w`, `model.fc1.bias`, `model[0].weight`.

A walk over the user's variables, breadth first, so of several names for one tensor the one with the fewest steps holds, and of those
the first. It runs while the user's own program may be running too, so it is a guest of the strictest kind: it looks only into lists,
tuples, dicts and the plain dictionaries of attributes, in one go each, and never asks an object for anything, for the answer might be the
user's code (a property, `__getattr__`, `__iter__`). And it is bounded: a namespace may hold a whole data set.

Read next: `trace/words.py`, what the picture makes of the names.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any

MOST_LOOKS = 8_000  # values that a walk looks at below the variables themselves: about 3 ms
MOST_ITEMS = 300  # of one list or dict
DEEPEST = 8  # steps from the variable
LONGEST = 80  # characters
PARTS = ("_parameters", "_buffers", "_modules")  # of an nn.Module, in the order of its own walks
PACKAGE = __name__.partition(".")[0]

Found = Iterator[tuple[str, Any]]


def names_in(variables: Mapping[str, Any]) -> dict[int, str]:
    """What the tensors among these variables, and inside of them, are called, by serial number. Names that begin with "_" do not count.

    A tensor has a number once somebody has listened; who has none is in no picture.
    """
    engine = sys.modules.get("autograd_viz.torch")
    return {} if engine is None else _Walk(engine).names(variables)


class _Walk:
    """One walk: what was found, and what was met."""

    def __init__(self, engine: ModuleType) -> None:
        self.tensor, self.module, self.optimizer = engine.Tensor, engine.nn.Module, engine.optim.Optimizer
        self.own = sys.modules.get("autograd_viz.classroom.own")
        self.attributes = _Attributes()
        self.found: dict[int, str] = {}
        self.met: set[int] = set()  # by id: the walk keeps alive whatever it has met
        self.looks = 0

    def names(self, variables: Mapping[str, Any]) -> dict[int, str]:
        history = {id(variables.get(name)) for name in ("_ih", "_oh", "_dh")}  # IPython's own: the `In` and `Out` of a notebook
        mine = ((name, value) for name, value in variables.items() if _is_public(name) and id(value) not in history)
        level = [(name, value) for name, value in mine if self.leads_on(name, value)]
        kept: list[Any] = [level]
        for _ in range(DEEPEST):
            level = [(name, part) for path, value in level for name, part in self.parts(path, value) if self.leads_on(name, part)]
            if not level:
                break
            kept.append(level)
        return self.found

    def leads_on(self, path: str, value: object) -> bool:
        """Take the name, if this is a tensor; say whether there may be more behind it."""
        kind = type(value)  # not isinstance: a proxy may raise when asked for its __class__
        if id(kind) in _ATOMS:
            return False
        if issubclass(kind, self.tensor):
            serial = self.attributes.of(value).get("_serial")
            if serial:
                self.found.setdefault(serial, path)
            return False
        if self.own is not None and (serial := self.own.serial_of(value)):  # a value of an engine that a learner has written
            self.found.setdefault(serial, path)
            return False
        if id(value) in self.met or issubclass(kind, (ModuleType, type)):
            return False
        self.met.add(id(value))
        return True

    def parts(self, path: str, value: object) -> Found:
        """The names and values one step further."""
        if self.looks > MOST_LOOKS:
            return
        steps = _items(value) if issubclass(type(value), (list, tuple, dict)) else self.members(value)
        for step, part in steps:
            self.looks += 1
            if self.looks > MOST_LOOKS:
                return
            if id(type(part)) not in _ATOMS and len(path) + len(step) <= LONGEST:
                yield path + step, part

    def members(self, value: object) -> Found:
        """What an instance has: of a Module first its parameters, buffers and modules. Nothing of an optimizer and of our other classes."""
        kind = type(value)
        module = issubclass(kind, self.module)
        if not module and (issubclass(kind, self.optimizer) or _home(kind) == PACKAGE):
            return
        own = self.attributes.of(value)
        for name in PARTS if module else ():
            part = own.get(name)
            if isinstance(part, dict):
                yield from ((f"[{step}]" if step.isdecimal() else _member(step), each) for step, each in _first(part) if type(step) is str)
        yield from ((f".{name}", each) for name, each in _first(own) if _is_public(name))


_GETTERS = (GetSetDescriptorType, MemberDescriptorType)  # Python's own


class _Attributes:
    """The dictionary of an instance, without asking the instance."""

    def __init__(self) -> None:
        self.getters: dict[int, tuple[type, Any]] = {}  # by the id of a class: its own __hash__ might be the user's

    def of(self, value: object) -> dict[str, Any]:
        kind = type(value)
        if id(kind) not in self.getters:
            holders = (type.__dict__["__dict__"].__get__(base) for base in type.__dict__["__mro__"].__get__(kind))
            getter = next((holder["__dict__"] for holder in holders if "__dict__" in holder), None)
            self.getters[id(kind)] = kind, getter if type(getter) in _GETTERS else None  # not a property of that name
        getter = self.getters[id(kind)][1]
        own = {} if getter is None else getter.__get__(value)
        return own if type(own) is dict else {}


_ATOMS = frozenset(map(id, (int, float, bool, str, bytes, complex, type(None), type(names_in), type(len), range, slice)))  # nothing in them


def _is_public(name: object) -> bool:
    return type(name) is str and name.isidentifier() and name[0] != "_"


def _home(kind: type) -> str:
    """The package that a class is from."""
    name = type.__dict__["__dict__"].__get__(kind).get("__module__")
    return name.partition(".")[0] if type(name) is str else ""


def _items(value: Any) -> Found:
    """Of a list, tuple or dict."""
    if not issubclass(type(value), dict):
        kind = list if issubclass(type(value), list) else tuple
        yield from ((f"[{i}]", part) for i, part in enumerate(list(islice(kind.__iter__(value), MOST_ITEMS))))
        return
    for key, part in _first(value):
        if type(key) is str:
            yield f"[{json.dumps(key, ensure_ascii=False)}]", part
        elif type(key) is int:
            yield f"[{key}]", part


def _first(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """The first items of a dict. Copied in one go, for another thread may be changing it."""
    try:
        return list(islice(dict.items(value), MOST_ITEMS))
    except RuntimeError:  # it was
        return []


def _member(name: str) -> str:
    """A parameter or module by its name, which need not be one that Python could read."""
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"
