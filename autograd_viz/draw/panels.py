"""The panels: what the inspector says of each box, and the ledger of every `.grad`."""

from __future__ import annotations

from typing import Any

from autograd_viz.draw.cards import chips_of, is_tensor
from autograd_viz.draw.clean import clean
from autograd_viz.draw.parts import CONST, COPY, FN, FOLD, LEAF, PLAIN, Box, Drawn
from autograd_viz.draw.values import line, value
from autograd_viz.events import PACKED, Edge, Preview
from autograd_viz.trace.narrate import HOOKS, hook_name
from autograd_viz.trace.state import HELD, GraphState, LedgerRow, NodeState, TensorState
from autograd_viz.trace.words import Names, expression, made_by, shape, values

Row = dict[str, Any]
MOST_LINKS = 40
DETAILED = 40  # boxes; a bigger picture says the first numbers of each result in one line


def boxes(state: GraphState, names: Names, drawn: Drawn) -> dict[str, dict[str, Any]]:
    """The `boxes` of a play: by id, what is said of each. `state`: at the end; rows with an id are set by the steps."""
    said: dict[str, dict[str, Any]] = {}
    detailed = is_detailed(drawn)
    for fold, each in (("", drawn), *drawn.inside.items()):
        for box in each.boxes:
            said[box.id] = _SAY[box.kind](box, state, names, drawn, detailed) | ({"in": fold} if fold else {})
        for link in each.links:
            said[link.tail.id]["to"].append(link.head.id)
            said[link.head.id]["from"].append(link.tail.id)
    for each_said in said.values():
        for side in ("to", "from"):
            each_said[side] = list(dict.fromkeys(each_said[side]))[:MOST_LINKS]
    return said


def is_detailed(drawn: Drawn) -> bool:
    """Whether there is room to say every number of a preview."""
    return sum(len(each.boxes) for each in drawn.everything()) <= DETAILED


def row(label: str, s: str, id: str = "") -> Row:
    """A row of text."""
    made: Row = {"label": label, "s": clean(s)}
    if id:
        made["id"] = id
    return made


def _box(name: str, sub: str, say: str, rows: list[Row]) -> dict[str, Any]:
    return {"name": clean(name, 80), "sub": clean(sub, 40), "say": clean(say, 200), "to": [], "from": [], "rows": rows}


# --- nodes ------------------------------------------------------------------------------------------------------------


def _fold(box: Box, state: GraphState, names: Names, drawn: Drawn, detailed: bool) -> dict[str, Any]:
    fold = drawn.folds[box.serial]
    counts: dict[str, int] = {}
    for serial in fold.nodes:
        counts[state.nodes[serial].name] = counts.get(state.nodes[serial].name, 0) + 1
    holds = ", ".join(f"{count} {name}" for name, count in list(counts.items())[:12])
    why = "the same nodes come again and again" if fold.turns > 1 else "there are too many nodes to look at"
    rows = [row("holds", holds), row("folded because", why)]
    if box.id in drawn.inside and len(fold.shown) < fold.count:
        rows.append(row("inside", f"its first {len(fold.shown)} nodes"))
    return _box(fold.title, f"{fold.count} nodes", f"{fold.title}, a fold of {fold.count} nodes", rows)


def _copy(box: Box, state: GraphState, names: Names, drawn: Drawn, detailed: bool) -> dict[str, Any]:
    go: Row = {"label": "its own box", "go": [[box.of.id if box.of else None, clean(box.name, 80)]]}
    return _box(box.name, "from elsewhere", f"{box.name}, whose own box is elsewhere", [go])


def _function(box: Box, state: GraphState, names: Names, drawn: Drawn, detailed: bool) -> dict[str, Any]:
    node = state.nodes[box.serial]
    form = ", ".join(shape(each) for each in node.shapes)
    made = names.made(node)
    formulas = ", ".join(f"∂/∂{name} = {formula}" for name, formula in node.derivatives if name)
    rows = [row("made by", made)] if made else []
    rows += [row("derivative", formulas)] if formulas else []
    rows.append(row("saved", saved_text(node), f"{box.id}v"))
    rows += [row("gradient in", "not yet", f"{box.id}i"), row("gradient out", "not yet", f"{box.id}o")]
    rows.append({"label": "next_functions", "go": [next_function(edge, names, drawn) for edge in node.edges[:MOST_LINKS]]})
    result = next((state.tensors[t] for t in node.outputs.values() if t in state.tensors), None)
    rows += hook_rows(box, state, drawn)
    rows += [row("shape", form)] if form else []
    if result is not None:
        rows.append({"label": "value", "v": value(result.preview)} if detailed else row("value", line(result.preview)))
        if memory := names.memory(result.serial):
            rows.append(row("memory", f"shared with {memory}: it is a view"))
        if names.is_changed(result.serial):
            rows.append(row("version", f"{node.versions.get(0, 0)}; the memory is at {result.version} by now"))
        if result.retains_grad:
            rows.append(row(".grad", "None", f"{box.id}k"))
    say = f"{node.name}{f', made by {made}' if made else ''}{f', shape {form}' if form else ''}"
    return _box(node.name, f"#{names.node_numbers[box.serial]}", say, rows)


def next_function(edge: Edge, names: Names, drawn: Drawn) -> list[Any]:
    """An entry of next_functions, as a link."""
    if edge.node is not None:
        box = next((each.of_node[edge.node] for each in (*drawn.inside.values(), drawn) if edge.node in each.of_node), None)
        return [box.id if box else None, clean(names.node(edge.node), 80)]
    if edge.leaf is not None:
        box = drawn.of_tensor.get(edge.leaf)
        return [box.id if box else None, clean(f"AccumulateGrad {names.tensor(edge.leaf)}", 80)]
    return [None, "None"]


def saved_text(node: NodeState) -> str:
    """What a node holds.  "self: held, exponent = 2" """
    chips = chips_of(node)
    tensors = [f"{saved.name}: {PACKED if saved.text == PACKED and saved.status == HELD else saved.status}" for saved in chips]
    plain = [f"{saved.name} = {saved.text}" for saved in node.saved if not is_tensor(saved)]
    return ", ".join([*(tensors or ["no tensor: it may run twice"]), *plain])


def gradients(previews: tuple[Preview | None, ...]) -> str:
    """Gradients in one line."""
    return "; ".join([line(preview) for preview in previews]) or "none"


# --- tensors ----------------------------------------------------------------------------------------------------------


def _tensor(box: Box, state: GraphState, names: Names, drawn: Drawn, detailed: bool) -> dict[str, Any]:
    known = state.tensors[box.serial]
    name = names.tensor(box.serial)
    what = {LEAF: "leaf", PLAIN: "not recorded"}.get(box.kind, "constant" if known.origin is None else "detached")
    rows = [row("made by", made)] if (made := _made(known, names)) else []
    rows += [row("shape", shape(known.shape)), row("dtype", known.dtype)]
    rows += [row("requires_grad", str(known.requires_grad), f"{box.id}x"), row("is_leaf", str(known.is_leaf))]
    rows.append({"label": "value", "v": value(known.preview)} if detailed else row("value", values(known.preview)))
    if box.kind == LEAF:
        rows.append(row(".grad", "None", f"{box.id}r"))
    rows += hook_rows(box, state, drawn)
    return _box(name, what, f"{name}, {what}, shape {shape(known.shape)}", rows)


def hook_rows(box: Box, state: GraphState, drawn: Drawn) -> list[Row]:
    """A row for each hook: what it saw, and what it left."""
    own = [hook for hook in state.hooks.values() if box.serial == (hook.node if box.kind == FN else hook.leaf)]
    flagged = [hook for hook in own if hook.number in drawn.flags]
    return [row(f"{HOOKS[hook.kind]} {hook_name(hook)}", "not yet", f"{box.id}h{hook.number}t") for hook in flagged]


def _made(known: TensorState, names: Names) -> str:
    if known.source is not None and known.source.text:
        return expression(known.source.text, names.variable(known.serial))
    return made_by(known) if known.op else ""


_SAY = {FN: _function, FOLD: _fold, COPY: _copy, LEAF: _tensor, CONST: _tensor, PLAIN: _tensor}

# --- the ledger -------------------------------------------------------------------------------------------------------


def entry(row: LedgerRow, step: int, box: str | None, names: Names, scale: float = 0.0) -> dict[str, Any]:
    """A ledger entry of the play."""
    return {
        "step": step, "box": box, "leaf": clean(names.tensor(row.tensor), 60), "call": f"#{row.call}" if row.call else "",
        "before": value(row.before, scale), "added": value(row.added, scale), "after": value(row.after, scale), "note": row.note,
    }  # fmt: skip
