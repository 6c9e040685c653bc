"""Numbers and names as a reader sees them.

`values` writes a preview in one line, never more than a few numbers. `Names` knows what the user calls a tensor, and gives every node and
tensor a number of its own in this recording (the engine's serial numbers go on counting for the whole session, so
they would differ from run to run).
"""

from __future__ import annotations

import re

from autograd_viz.events import Preview
from autograd_viz.trace.state import GraphState, NodeState, TensorState

SHOWN = 6  # numbers in one line
IN_PLACE = re.compile(r"\w+_\(|[-+*/@%]=|\[.*\] = ")


def number(value: float) -> str:
    """One number: booleans and integers exactly, floats with four digits.  0.254432 -> "0.2544" """
    if isinstance(value, int):
        text = str(value) if isinstance(value, bool) or abs(value) < 10**12 else "a big integer"
        return text
    return f"{value:.4g}"


def brief(value: float) -> str:
    """One number for a narrow place.  0.254432 -> "0.25", 1.25 -> "1.25", 1234.5 -> "1.23e+03" """
    if isinstance(value, int):
        return number(value)
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.3g}"


def values(preview: Preview | None, limit: int = SHOWN, short: bool = False) -> str:
    """A preview in one line.  () -> "1.5";  (3,) -> "[1 2 3]";  (5, 3) -> "[[1 2 3] [4 5 6] …]";  None -> "None" """
    if preview is None:
        return "None"
    write = brief if short else number
    shown = [write(value) for value in preview.values[:limit]]
    if not preview.shape:
        return shown[0] if shown else "?"
    if 0 in preview.shape:
        return "[]"
    if len(preview.shape) == 1:
        return _bracketed(shown, preview.whole and len(shown) == len(preview.values))
    columns = max(preview.columns, 1)
    full_rows = preview.whole or columns == preview.shape[-1]
    rows = [shown[i : i + columns] for i in range(0, len(shown), columns)]
    if len(rows) > 1 and len(rows[-1]) < columns:
        rows.pop()
    complete = preview.whole and len(rows) * columns >= len(preview.values)
    return _bracketed([_bracketed(row, full_rows and len(row) == columns) for row in rows], complete)


def _bracketed(parts: list[str], whole: bool) -> str:
    return f"[{' '.join(parts)}{'' if whole else ' …'}]"


def shape(of: tuple[int, ...]) -> str:
    """(5, 3) -> "(5, 3)";  a scalar -> "()" """
    return str(tuple(of))


def size(count: int) -> str:
    """Bytes, as the player writes them too.  84 -> "84 B";  20480 -> "20.5 kB" """
    units = iter(("B", "kB", "MB", "GB", "TB"))
    unit, rest = next(units), float(count)
    while rest >= 999.5 and unit != "TB":
        unit, rest = next(units), rest / 1000
    return f"{count} B" if unit == "B" else f"{f'{rest:#.3g}'.rstrip('.')} {unit}"


def listed(parts: list[str]) -> str:
    """["a", "b", "c"] -> "a, b and c" """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


class Names:
    """What everything is called, in the whole recording: names that are given late hold for earlier steps too."""

    def __init__(self, state: GraphState, given: dict[int, str] | None = None) -> None:
        self.state = state
        self.given = given or {}
        self.tensor_numbers = {serial: i for i, serial in enumerate(state.tensors, 1)}
        self.node_numbers = {serial: i for i, serial in enumerate(state.nodes, 1)}
        self._locals = self._only_targets()
        self.inner = self._inner()
        self._owners = {  # memory -> a variable that looks into it: a Parameter shares the memory of the tensor that it was made of
            known.base: name for known in reversed(state.tensors.values())
            if known.base is not None and known.is_leaf and (name := self.variable(known.serial))
        }  # fmt: skip
        seen: dict[str, int] = {}
        for node in state.nodes.values():
            seen[node.name] = seen.get(node.name, 0) + 1
        self._alone = {name for name, count in seen.items() if count == 1}

    def variable(self, serial: int | None) -> str:
        """The user's name for a tensor, or an empty text."""
        if serial is None:
            return ""
        known = self.state.tensors.get(serial)
        return self.given.get(serial) or (known.name if known is not None else "") or self._locals.get(serial, "")

    def _only_targets(self) -> dict[int, str]:
        """Names that are gone, as a function's variables are: the `t` of `t = torch.ones(2)`, if only one tensor was made as `t`."""
        found: dict[str, list[int]] = {}
        for known in self.state.tensors.values():
            source = known.source
            if source is None or not source.target or known.node is not None:
                continue
            if known.inputs or source.text.partition("(")[0].rpartition(".")[2] == known.op:  # (nn.Linear(3, 1) makes several, and is none)
                found.setdefault(source.target, []).append(known.serial)
        taken = {*self.given.values(), *(known.name for known in self.state.tensors.values())}
        return {serials[0]: target for target, serials in found.items() if len(serials) == 1 and target not in taken}

    def _inner(self) -> set[int]:
        """Nodes that are one part of an expression which made several: matmul's UnsqueezeBackward0 and MmBackward0."""
        inner: set[int] = set()
        group: set[str] = set()
        before = None
        for node in self.state.nodes.values():
            same = before is not None and node.source is not None and node.source == before.source and node.name not in group
            if same and before is not None and any(edge.node == before.serial for edge in node.edges) and not self.output(before):
                inner.add(before.serial)
                group.add(node.name)
            else:
                group = {node.name}
            before = node
        return inner

    def root(self, serial: int | None) -> TensorState | None:
        """The tensor itself, or what a nameless view of a constant looks at: `x` for the `x.unsqueeze(0)` inside a matmul."""
        tensors = self.state.tensors
        known = tensors.get(serial) if serial is not None else None
        if known is None or known.requires_grad or known.unrecorded or known.origin is not None:
            return known
        if self.given.get(known.serial) or known.name:
            return known
        base = tensors.get(known.base) if known.base is not None else None
        return known if base is None or base.requires_grad else base

    def tensor(self, serial: int | None) -> str:
        """Something to call a tensor by: its name, or what made it, or its number."""
        name = self.variable(serial)
        if name or serial is None:
            return name or "a number"
        known = self.root(serial)
        if known is None:
            return "a tensor"
        if known.node is not None:
            return f"the result of {self.node(known.node)}"
        return self.variable(known.serial) or made_by(known)

    def node(self, serial: int) -> str:
        """A node's name, with its number where several have that name."""
        known = self.state.nodes.get(serial)
        if known is None:
            return "a node"
        return known.name if known.name in self._alone else f"{known.name} #{self.node_numbers[serial]}"

    def made(self, node: NodeState) -> str:
        """How a node's result was made.  "z = torch.matmul(x, w) + b";  of one part of several: "mm of torch.matmul(x, w)" """
        source = node.source
        if source is None or not source.text:
            return expression(node.op, self.output(node))
        if node.serial in self.inner:
            return f"{node.op} of {source.text}"
        return expression(source.text, self.output(node) or source.target)

    def output(self, node: NodeState) -> str:
        """The user's name for what a node made, or an empty text."""
        return next((name for nr in sorted(node.outputs) if (name := self.variable(node.outputs[nr]))), "")

    def outputs(self, node: NodeState) -> list[str]:
        """The user's names for all that a node made; with the version of its memory, if that was ever changed.  ["a", "b v1"]"""
        return [
            name + (f" v{node.versions.get(nr, 0)}" if self.is_changed(node.outputs[nr]) else "")
            for nr in sorted(node.outputs) if (name := self.variable(node.outputs[nr]))
        ]  # fmt: skip

    def is_changed(self, tensor: int) -> bool:
        """Whether a tensor's memory was ever written to in place."""
        known = self.state.tensors.get(tensor)
        return known is not None and known.version > 0

    def memory(self, serial: int | None) -> str:
        """What a view looks into: the name of the tensor whose memory it shares, or an empty text."""
        known = self.state.tensors.get(serial) if serial is not None else None
        if known is None or known.base is None or known.base == serial:
            return ""
        return self.variable(known.base) or self._owners.get(known.base) or self.tensor(known.base)


def expression(source_text: str, name: str) -> str:
    """How a result was made.  "x @ w", "z" -> "z = x @ w";  "z.add_(1)", "z" -> "z.add_(1)" """
    if name and source_text.startswith(name) and IN_PLACE.match(source_text[len(name) :].lstrip(" .")):
        return source_text
    return f"{name} = {source_text}" if name and source_text and source_text != name else source_text or name


def made_by(tensor: TensorState) -> str:
    """A nameless tensor, by what made it: "randn(5, 3)", "x * 2"."""
    if tensor.op and not tensor.inputs:
        return f"{tensor.op}{shape(tensor.shape)}"
    if tensor.inputs and tensor.source is not None and tensor.source.text:
        return tensor.source.text  # the whole expression, where the op is only its last part: matmul(x, w) ends with a squeeze
    return tensor.op or ("leaf" if tensor.requires_grad and tensor.is_leaf else "constant")
