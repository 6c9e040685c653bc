"""The picture in words: what a terminal prints, a screen reader reads and nbval compares.

It says the same on every run: no addresses, no session-wide numbers, floats by %.4g. Each box is a line that names its inputs, so a lost
or added arrow changes the text; each `.grad` and each addition to it is written out, so a changed digit does too.
"""

from __future__ import annotations

from autograd_viz.draw.cards import chips_of, is_tensor
from autograd_viz.draw.clean import clean, end
from autograd_viz.draw.parts import COPY, FN, FOLD, LEAF, PLAIN, Box, Drawn
from autograd_viz.events import Edge
from autograd_viz.trace.narrate import HOOKS, hook_name
from autograd_viz.trace.state import HELD, GraphState, LedgerRow, NodeState, SavedState, TensorState
from autograd_viz.trace.words import Names, shape, size, values

MOST_LINES = 40
WIDEST = 160


def text_drawing(state: GraphState, drawn: Drawn, names: Names, title: str = "") -> str:
    """The text of a picture, at most 40 lines."""
    return "\n".join(_fitted(_graph(state, drawn, names, title), _after(state, names)))


def _fitted(graph: list[str], after: list[str]) -> list[str]:
    """Both parts within the bounds: what is left out is the middle of the graph and the older rows, and that is said."""
    if len(after) > 16:
        after = [*after[:2], f"  ... {len(after) - 15} more rows", *after[-13:]]
    room = MOST_LINES - len(after)
    if len(graph) > room:
        tail = room // 3
        head = room - tail - 1
        graph = [*graph[:head], f"  ... {len(graph) - head - tail} more lines", *graph[-tail:]]
    return [end(line.rstrip(), WIDEST) for line in (*graph, *after)]


# --- the graph --------------------------------------------------------------------------------------------------------


def _graph(state: GraphState, drawn: Drawn, names: Names, title: str) -> list[str]:
    lines = [clean(title, 80)] if title else []
    boxes = [box for box in drawn.boxes if box.kind != COPY]
    for i, box in enumerate(boxes):
        if MOST_LINES <= i < len(boxes) - MOST_LINES // 2:
            lines += _unread(box, state)
        elif box.kind == FOLD:
            lines += _fold(box, state, drawn, names)
        elif box.kind == FN:
            lines += _node(box, state, drawn, names)
        else:
            lines += _tensor(box, state, names)
    return lines


def _unread(box: Box, state: GraphState) -> list[str]:
    """As many lines as a box has, of the middle that is left out anyway."""
    if box.kind == FN:
        made = (state.tensors.get(tensor) for tensor in state.nodes[box.serial].outputs.values())
        return [""] * (2 + sum(known is not None and known.retains_grad for known in made))
    return [""] * (2 if box.kind in (FOLD, LEAF) else 1)


def _fold(box: Box, state: GraphState, drawn: Drawn, names: Names) -> list[str]:
    """A fold: what it holds, and what comes into it."""
    fold = drawn.folds[box.serial]
    kinds = list(dict.fromkeys(state.nodes[serial].name for serial in fold.nodes))
    inputs = list(dict.fromkeys(_stands_for(link.tail, drawn, names) for link in drawn.into.get(box.index, ())))
    held = sum(any(saved.status == HELD for saved in chips_of(state.nodes[serial])) for serial in fold.nodes)
    return [
        clean(f"[{box.id}] {fold.title}: {fold.count} nodes ({', '.join(kinds[:6])}{', …' if len(kinds) > 6 else ''})", 150),
        clean(f"    <- {', '.join(inputs[:8]) or 'nothing'}; {held} of them hold saved tensors", 150),
    ]


def _stands_for(box: Box, drawn: Drawn, names: Names) -> str:
    if box.kind == FOLD:
        return f"[{box.id}]"
    return names.node(box.serial) if box.kind == FN else _called(box.serial, names)


def _node(box: Box, state: GraphState, drawn: Drawn, names: Names) -> list[str]:
    node = state.nodes[box.serial]
    made = names.made(node)
    edges = ", ".join(_edge(edge, names) for edge in node.edges) or "nothing"
    first = f"{_number(box, names)} {node.name} {' '.join(shape(each) for each in node.shapes[:2])}"
    lines = [f"{clean(first)}  {clean(made, 60)}".rstrip(), f"    <- {clean(edges)}{_saved(node)}{_more(node, names)}{_hooks(box, state)}"]
    kept = [state.tensors[t] for t in node.outputs.values() if t in state.tensors and state.tensors[t].retains_grad]
    return [*lines, *(f"    .grad = {values(known.grad, 20)}, kept by retain_grad()" for known in kept)]


def _more(node: NodeState, names: Names) -> str:
    """A view, a version, a history that was replaced, a second layer: what is not so of most nodes."""
    result = node.outputs.get(0)
    said = []
    if memory := names.memory(result):
        said.append(f"shares the memory of {memory}")
    if result is not None and names.is_changed(result):
        said.append(f"version {node.versions.get(0, 0)}")
    if node.inside is not None:
        said.append(f"run by {names.node(node.inside)}")
    elif node.rewritten:
        said.append("history replaced")
    if node.born:
        said.append(f"made by {names.state.calls[node.born - 1].started.api} #{node.born}")
    return "".join(f"; {clean(each)}" for each in said)


def _hooks(box: Box, state: GraphState) -> str:
    own = [hook for hook in state.hooks.values() if box.serial == (hook.node if box.kind == FN else hook.leaf) and not hook.removed]
    return clean("".join(f"; {HOOKS[hook.kind]} {hook_name(hook)}" for hook in own[:4]))


def _number(box: Box, names: Names) -> str:
    return f"#{names.node_numbers[box.serial]}"


def _edge(edge: Edge, names: Names) -> str:
    if edge.node is not None:
        known = names.state.nodes.get(edge.node)
        title = f"#{names.node_numbers[edge.node]} {known.name}" if known is not None else "?"
        return f"{title}[{edge.output_nr}]" if edge.output_nr else title
    if edge.leaf is not None:
        return f"AccumulateGrad {_called(edge.leaf, names)}"
    return f"None ({_called(edge.tensor, names)})" if edge.tensor is not None else "None"


def _called(tensor: int | None, names: Names) -> str:
    known = names.root(tensor)
    return "number" if known is None else names.variable(known.serial) or f"t{names.tensor_numbers[known.serial]}"


def _saved(node: NodeState) -> str:
    kept = [f"{saved.name} {saved.status}" for saved in chips_of(node)]
    plain = [f"{saved.name}={end(saved.text, 24)}" for saved in node.saved if _tells(saved)]
    return clean(f"; saved: {', '.join([*kept, *plain])}") if kept or plain else ""


def _tells(saved: SavedState) -> bool:
    """Whether a plain value is worth a line: not an absent tensor, not a size or a stride that the shapes say already."""
    return not is_tensor(saved) and saved.text != "None" and "_sym_" not in saved.name


def _tensor(box: Box, state: GraphState, names: Names) -> list[str]:
    known = state.tensors[box.serial]
    what = {LEAF: "leaf", PLAIN: "not recorded"}.get(box.kind, "constant" if known.origin is None else "detached")
    line = f"{_called(box.serial, names)}: {what} {shape(known.shape)}{_dtype(known)} = {values(known.preview)}"
    if box.kind == LEAF:
        changed = f"; version {known.version}" if names.is_changed(known.serial) else ""
        return [clean(line), f"    .grad = {values(known.grad, 20)}{changed}{_hooks(box, state)}"]
    if known.origin is not None:
        return [clean(f"{line}; cut from {_called(known.origin, names)}")]
    return [clean(f"{line}; from {', '.join(_called(i, names) for i in known.inputs)}" if box.kind == PLAIN and known.inputs else line)]


def _dtype(known: TensorState) -> str:
    return "" if known.dtype == "float32" else f" {known.dtype}"


# --- what backward did ------------------------------------------------------------------------------------------------


def _after(state: GraphState, names: Names) -> list[str]:
    """The ledger, calls that failed, and the memory that is still held."""
    lines = [f"  {_row(row, names)}" for row in state.ledger]
    lines = ["grad ledger:", *lines] if lines else []
    for call in state.calls:
        if call.status == "failed":
            where = f" at {names.node(call.node)}" if call.node is not None else ""
            hook = state.hooks.get(call.hook) if call.hook is not None else None
            where += f" in the {HOOKS[hook.kind]} {hook_name(hook)}" if hook is not None else ""
            lines.append(clean(f"{call.started.api} #{call.number} failed{where}: {call.error}: {call.message.split(chr(10))[0]}"))
    return [*lines, f"held for backward: {size(state.held_bytes)}"] if state.nodes else lines


def _row(row: LedgerRow, names: Names) -> str:
    leaf = _called(row.tensor, names)
    if row.added is None:
        return clean(f"{leaf}.grad {row.note}: {values(row.before)} -> {values(row.after)}")
    return clean(f"{leaf}.grad #{row.call}: {values(row.before)} + {values(row.added)} = {values(row.after)}")
