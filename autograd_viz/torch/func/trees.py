"""Trees: tensors inside tuples, lists and dicts, taken apart and put together again.

    flatten((x, {"w": y})) -> [x, y], TreeSpec(tuple, None, [*, TreeSpec(dict, ['w'], [*])])

Then: `level.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, repr=False)
class TreeSpec:
    """The shape of a tree, without its leaves.  Written as PyTorch writes it."""

    kind: Any = None
    keys: Any = None  # of a dict; the class of a named tuple
    children: tuple[TreeSpec, ...] = ()

    @property
    def leaves(self) -> int:
        """How many leaves such a tree has."""
        return 1 if self.kind is None else sum(child.leaves for child in self.children)

    def __repr__(self) -> str:
        return self._text(0)

    def _text(self, indent: int) -> str:
        if self.kind is None:
            return "*"
        name = self.kind if isinstance(self.kind, str) else self.kind.__name__
        children = (",\n" + " " * (indent + 2)).join(child._text(indent + 2) for child in self.children)
        return f"TreeSpec({name}, {self.keys}, [{children}])"

    def short(self) -> str:
        """As the tree itself would be written, with a star for each leaf."""
        parts = [child.short() for child in self.children]
        if self.kind is None:
            return "*"
        if self.kind is list:
            return f"[{', '.join(parts)}]"
        if self.kind in (dict, OrderedDict):
            return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(self.keys, parts, strict=True)) + "}"
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


LEAF = TreeSpec()


def _opened(tree: Any) -> tuple[Any, Any, list[Any]] | None:
    """The kind, the keys and the children of a branch; None for a leaf."""
    if type(tree) in (dict, OrderedDict):
        return type(tree), list(tree), list(tree.values())
    if type(tree) in (tuple, list):
        return type(tree), None, list(tree)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return "namedtuple", type(tree), list(tree)
    return None


def flatten(tree: Any) -> tuple[list[Any], TreeSpec]:
    """The leaves from left to right, and the shape of the tree."""
    opened = _opened(tree)
    if opened is None:
        return [tree], LEAF
    kind, keys, children = opened
    parts = [flatten(child) for child in children]
    return [leaf for leaves, _ in parts for leaf in leaves], TreeSpec(kind, keys, tuple(spec for _, spec in parts))


def unflatten(leaves: Sequence[Any], spec: TreeSpec) -> Any:
    """A tree of that shape with these leaves."""
    rest = iter(leaves)

    def grown(spec: TreeSpec) -> Any:
        if spec.kind is None:
            return next(rest)
        children = [grown(child) for child in spec.children]
        if spec.kind == "namedtuple":
            return spec.keys(*children)
        return spec.kind(children if spec.keys is None else zip(spec.keys, children, strict=True))

    return grown(spec)


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with each leaf replaced by function(leaf)."""
    leaves, spec = flatten(tree)
    return unflatten([function(leaf) for leaf in leaves], spec)


def spread(prefix: Any, spec: TreeSpec) -> list[Any] | None:
    """One value for each leaf of `spec`: a leaf of `prefix` stands for all that is below it.  None if the two do not fit together."""
    opened = _opened(prefix)
    if opened is None:
        return [prefix] * spec.leaves
    kind, keys, children = opened
    if kind != spec.kind or keys != spec.keys or len(children) != len(spec.children):
        return None
    parts = [spread(child, below) for child, below in zip(children, spec.children, strict=True)]
    return None if any(part is None for part in parts) else [value for part in parts for value in part or ()]
