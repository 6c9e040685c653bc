"""The narrator: what happened at a moment and why, in one or two plain sentences.

A caption is a list of runs `(class, text)`; the class is "" for words, "b" for a name, "code" for code and numbers. The same
sentences reach the sighted reader under the picture and everybody else through a screen reader, so they never speak of colour or place.
"""

from __future__ import annotations

from collections.abc import Callable

from autograd_viz.events import PACKED, Edge, Preview
from autograd_viz.trace import moments as at
from autograd_viz.trace.moments import Moment
from autograd_viz.trace.state import Call, GraphState, HookState, NodeState
from autograd_viz.trace.words import Names, expression, shape, size, values

Runs = list[tuple[str, str]]
LONGEST_FORMULA = 48


def narrate(moment: Moment, state: GraphState, names: Names) -> Runs:
    """The caption of a moment. `state`: what is known just after it."""
    runs = _SAY[moment.kind](moment, state, names)
    if moment.finishes:
        runs += _finished(moment, state)
    return _merged(runs)


def plain(runs: Runs) -> str:
    """The same without classes."""
    return "".join(text for _, text in runs)


def _merged(runs: Runs) -> Runs:
    merged: Runs = []
    for kind, text in runs:
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + text)
        elif text:
            merged.append((kind, text))
    return merged


def _w(text: str) -> Runs:
    return [("", text)]


def _b(text: str) -> Runs:
    return [("b", text)]


def _c(text: str) -> Runs:
    return [("code", text)]


def _several(parts: list[Runs]) -> Runs:
    """Runs joined as "a, b and c"."""
    joined: Runs = []
    for i, part in enumerate(parts):
        joined += (_w(" and ") if i == len(parts) - 1 else _w(", ")) if i else []
        joined += part
    return joined


# --- forward ----------------------------------------------------------------------------------------------------------


def _leaf(moment: Moment, state: GraphState, names: Names) -> Runs:
    known = state.tensors[moment.tensor or 0]
    return [
        *_b(names.tensor(moment.tensor)), *_w(" is a leaf of shape "), *_c(shape(known.shape)), *_w(" with "), *_c("requires_grad=True"),
        *_w(": backward will put its gradient into "), *_c(".grad"), *_w(", which is None for now."),
    ]  # fmt: skip


def _constant(moment: Moment, state: GraphState, names: Names) -> Runs:
    known = state.tensors[moment.tensor or 0]
    return [*_b(names.tensor(moment.tensor)), *_w(" is a constant of shape "), *_c(shape(known.shape)), *_w(": no gradient is asked for.")]


def target(edge: Edge, names: Names) -> Runs:
    """Where an edge leads, as the end of a sentence."""
    if edge.node is not None:
        return _b(names.node(edge.node))
    leaf = names.tensor(edge.leaf)
    return [*_w("a" if leaf == "leaf" else "the leaf"), *_w(" "), *_b(leaf)]


def _node(moment: Moment, state: GraphState, names: Names) -> Runs:
    node = state.nodes[moment.node or 0]
    kept = [saved for saved in node.saved if saved.tensor is not None]
    if node.source is not None and node.serial in names.inner:
        says = [*_w("In "), *_c(node.source.text), *_w(", "), *_c(node.op), *_w(" is recorded as "), *_b(node.name)]
    elif node.source is not None and node.source.text:
        says = [*_c(names.made(node)), *_w(" is recorded as "), *_b(node.name)]
    else:
        says = [*_b(node.name), *_w(" is recorded")]
    if node.op == "copy_slices":
        return _copy_slices(node, state, names)
    leads = [target(edge, names) for edge in node.edges if edge.node is not None or edge.leaf is not None]
    says += [*_w(", which will send gradients to "), *_several(_once(leads))] if leads else []
    if moment.bumped is not None:
        says += _w(f". It wrote in place: the memory is at version {moment.bumped.version} now")
    if packed := [_c(saved.name) for saved in node.saved if saved.text == PACKED]:
        return [*says, *_w(". What it saves goes through a pack hook first: "), *_several(packed), *_w(".")]
    if not kept:
        return [*says, *_w(". It saves nothing: its gradient needs no values.")]
    return [*says, *_w(". For that it saves "), *_several([_c(s.name) for s in kept]), *_w(f" ({size(sum(s.nbytes for s in kept))}).")]


def _copy_slices(node: NodeState, state: GraphState, names: Names) -> Runs:
    """A view was changed in place, and so its base: whose history is rewritten."""
    inner = next((each for each in state.nodes.values() if each.inside == node.serial), None)
    base = names.output(node) or "the base"
    made = _c(node.source.text) if node.source and node.source.text else _w("An in-place operation")
    says = [*made, *_w(" writes through a view into the memory of "), *_b(base), *_w(", so the history of "), *_b(base)]
    says += [*_w(" is rewritten: it is "), *_b(node.name), *_w(" now")]
    if inner is not None:
        says += [*_w(", which runs "), *_b(names.node(inner.serial)), *_w(" on that part of it")]
    return [*says, *_w(". The view, when it is next used, gets a new history too: a window on what "), *_b(base), *_w(" has become.")]


def _once(parts: list[Runs]) -> list[Runs]:
    return [part for i, part in enumerate(parts) if part not in parts[:i]]


def _unrecorded(moment: Moment, state: GraphState, names: Names) -> Runs:
    text = moment.source.text if moment.source and moment.source.text else getattr(moment.event, "op", "")
    return [*_c(expression(text, names.variable(moment.tensor))), *_w(" is computed but leaves no node: gradient tracking is off.")]


def _detach(moment: Moment, state: GraphState, names: Names) -> Runs:
    known = state.tensors.get(moment.tensor or 0)
    origin = known.origin if known is not None else None
    return [
        *_b(names.variable(moment.tensor) or "The result"), *_w(" is "), *_b(names.tensor(origin)),
        *_w(" detached: the same values in the same memory, but the graph is cut here, so no gradient will come back this way."),
    ]  # fmt: skip


def _mode_on(moment: Moment, state: GraphState, names: Names) -> Runs:
    how = _c(moment.event.how)
    if moment.event.enabled:
        return [*how, *_w(": gradient tracking is on from here.")]
    return [*how, *_w(": gradient tracking is off from here. Operations are computed, but not recorded.")]


def _mode_off(moment: Moment, state: GraphState, names: Names) -> Runs:
    return [*_c(moment.event.how), *_w(f" ends: gradient tracking is {'on' if moment.event.enabled else 'off'} again.")]


def _requires(moment: Moment, state: GraphState, names: Names) -> Runs:
    called = names.tensor(moment.tensor)
    name = [*_w("A " if called == "leaf" else ""), *_b(called)]
    if moment.event.requires_grad:
        return [*name, *_w(" asks for a gradient from now on: what is computed from it is recorded.")]
    return [*name, *_w(" asks for no gradient from now on. What was recorded before still leads to it.")]


def _change(moment: Moment, state: GraphState, names: Names) -> Runs:
    event = moment.event
    if event.grad_of is not None:
        return [*_b(names.tensor(event.grad_of)), *_c(".grad"), *_w(" is changed in place to "), *_c(values(event.preview)), *_w(".")]
    by = [*_w("by "), *_c(f"{event.op}()"), *_w(" ")] if event.op.endswith(".step") else []
    says = [
        *_b(names.tensor(moment.tensor)), *_w(" is changed in place "), *by, *_w("to "), *_c(values(event.preview)),
        *_w(f"; its memory is at version {event.version} now."),
    ]  # fmt: skip
    if not state.spoiled:
        return says
    node, name = state.spoiled[0]
    more = f" (and {len(state.spoiled) - 1} more)" if len(state.spoiled) > 1 else ""
    return [*says, *_w(" "), *_b(names.node(node)), *_w(more + " had saved it as "), *_c(name), *_w(": a backward through it will fail.")]


# --- backward ---------------------------------------------------------------------------------------------------------


def call_of(moment: Moment, state: GraphState) -> Call | None:
    """The backward call that a moment belongs to."""
    if moment.call is None:
        return None
    return next((call for call in reversed(state.calls) if call.started.call == moment.call), None)


def call_title(call: Call) -> str:
    """backward #1, or grad #2 for torch.autograd.grad."""
    return f"{call.started.api} #{call.number}"


def _start(moment: Moment, state: GraphState, names: Names) -> Runs:
    event, call = moment.event, call_of(moment, state)
    says = [*_b(call_title(call) if call else event.api), *_w(" starts")]
    if event.roots:
        says += [*_w(" at "), *_several([target(root, names) for root in event.roots[:4]])]
    if event.seeds:
        says += [*_w(" with the gradient "), *_several([_c(values(seed)) for seed in event.seeds[:4]])]
    if len(event.seeds) == 1 and event.seeds[0].shape == () and event.seeds[0].values[:1] == (1.0,):
        says += _w(", the derivative of a number by itself")
    says += _w(".")
    if event.create_graph:
        says += [*_c(" create_graph=True"), *_w(": the gradients will have a graph of their own.")]
    elif event.retain_graph:
        says += [*_c(" retain_graph=True"), *_w(": what the nodes saved will be kept for another call.")]
    return says


def _run(moment: Moment, state: GraphState, names: Names) -> Runs:
    node = state.nodes.get(moment.node or 0)
    if node is None:
        return _w("A node runs that this recording has not met.")
    received = moment.entered.gradients if moment.entered is not None else node.received
    arrived = [gradient for gradient in received if gradient is not None]
    says = [*_b(names.node(node.serial)), *_w(" receives "), *(_several([_c(values(g)) for g in arrived[:3]]) or _w("no gradient"))]
    says += _sends(node, moment.event.gradients, arrived, names)
    if moment.released and any(s.tensor is not None and s.name in moment.released for s in node.saved):
        says += _w(" It lets go of what it had saved: a second backward through it will fail.")
    return says


def _sends(node: NodeState, gradients: tuple[Preview | None, ...], arrived: list[Preview], names: Names) -> Runs:
    sent = [(i, edge, gradient) for i, (edge, gradient) in enumerate(zip(node.edges, gradients, strict=False)) if gradient is not None]
    if not sent:
        return _w(" and sends nothing on.")
    needs_values = any(saved.tensor is not None or saved.status == "freed" for saved in node.saved)
    if len(arrived) == 1 and not needs_values and all(gradient == arrived[0] for _, _, gradient in sent):
        return [*_w(" and passes it on unchanged: to "), *_several([target(edge, names) for _, edge, _ in sent[:4]]), *_w(".")]
    parts = [_sent(node, i, edge, gradient, names) for i, edge, gradient in sent[:3]]
    more = _w(f" ({len(sent) - 3} more)") if len(sent) > 3 else []
    return [*_w(" and sends "), *_several(parts), *more, *_w(".")]


def _sent(node: NodeState, i: int, edge: Edge, gradient: Preview, names: Names) -> Runs:
    formula = node.derivatives[i][1] if i < len(node.derivatives) else ""
    because = [*_c(f"{formula} = ")] if formula and len(formula) <= LONGEST_FORMULA else []
    return [*because, *_c(values(gradient)), *_w(" to "), *target(edge, names)]


def _accumulate(moment: Moment, state: GraphState, names: Names) -> Runs:
    event = moment.event
    slot = [*_b(names.tensor(event.tensor)), *_c(".grad")]
    if event.before is None:
        return [*slot, *_w(" was empty (None) and now holds "), *_c(values(event.after)), *_w(".")]
    addition = f"{values(event.before)} + {values(event.added)} = {values(event.after)}"
    return [*slot, *_w(" was not empty: "), *_c(addition), *_w(". PyTorch adds, it does not overwrite.")]


_SEES = {
    "tensor": "the gradient of ", "prehook": "what arrives at ", "posthook": "what is sent by ", "accumulate": "the .grad of ",
}  # fmt: skip


def _seen_by(hook: HookState, names: Names) -> Runs:
    """What a hook sees.  "the gradient of h" """
    if hook.node is None:
        return [*_w(_SEES[hook.kind]), *_b(names.tensor(hook.leaf))]
    node = names.state.nodes.get(hook.node)
    name = names.variable(node.outputs.get(hook.output_nr)) if node is not None and hook.kind == "tensor" else ""
    return [*_w(_SEES[hook.kind]), *(_b(name) if name else _b(names.node(hook.node)))]


def hook_name(hook: HookState) -> str:
    """A hook's own name, if it has one worth saying."""
    return "a lambda" if hook.name == "<lambda>" else hook.name


HOOKS = {"tensor": "tensor hook", "prehook": "prehook", "posthook": "posthook", "accumulate": "post-accumulate hook"}
"""What PyTorch calls the kinds of hooks."""


def _hooked(moment: Moment, state: GraphState, names: Names) -> Runs:
    hook = state.hooks[moment.event.hook]
    when = ", each time that it was added to." if hook.kind == "accumulate" else " in every backward, and may put another in its place."
    return [*_w(f"A {HOOKS[hook.kind]}, "), *_c(hook_name(hook)), *_w(", will see "), *_seen_by(hook, names), *_w(when)]


def _hook(moment: Moment, state: GraphState, names: Names) -> Runs:
    event, hook = moment.event, state.hooks[moment.event.hook]
    says = [*_w(f"The {HOOKS[hook.kind]} "), *_c(hook_name(hook)), *_w(" sees "), *_seen_by(hook, names)]
    if event.before:
        says += [*_w(": "), *_several([_c(values(look)) for look in event.before[:3]])]
    if event.before == event.after:
        return [*says, *_w(", and leaves it as it is.")]
    return [*says, *_w(", and puts "), *_several([_c(values(look)) for look in event.after[:3]]), *_w(" in its place.")]


def _retain(moment: Moment, state: GraphState, names: Names) -> Runs:
    return [*_b(names.tensor(moment.tensor)), *_w(" is no leaf, so its gradient would only pass through. "), *_c("retain_grad()"),
            *_w(" asks to keep it in "), *_c(".grad"), *_w(".")]  # fmt: skip


def _clear(moment: Moment, state: GraphState, names: Names) -> Runs:
    slot = [*_b(names.tensor(moment.tensor)), *_c(".grad")]
    if moment.event.how == "None":
        return [*slot, *_w(" is set to None: the next gradient will be put there, not added.")]
    return [*slot, *_w(" is filled with zeros: what the next backward adds will stand there alone.")]


def _fail(moment: Moment, state: GraphState, names: Names) -> Runs:
    event, call = moment.event, call_of(moment, state)
    says = [*_b(call_title(call) if call else "backward"), *_w(" stops")]
    node = state.nodes.get(event.node) if event.node is not None else None
    hook = state.hooks.get(event.hook) if event.hook is not None else None
    if node is None and hook is not None and hook.leaf is not None:
        says += [*_w(" at the leaf "), *_b(names.tensor(hook.leaf))]
    else:
        says += [*_w(" at "), *_b(names.node(node.serial))] if node is not None else _w(" before it reaches a node")
    if hook is not None:
        says += [*_w(f", in the {HOOKS[hook.kind]} "), *_c(hook_name(hook)), *_w(",")]
    says += [*_w(" with "), *_c(f"{event.error}: {_sentence(event.message)}")]
    if node is not None and any(saved.status == "freed" for saved in node.saved):
        when = f"call #{node.runs[-1]}" if node.runs else "an earlier call, before this picture begins"
        says += _w(f" What it had saved was let go of in {when}.")
    return says


def _sentence(message: str) -> str:
    """The first sentence of an error's message."""
    line = message.split("\n", 1)[0][:300]
    end = line.find(". ")
    return line if end < 0 else line[: end + 1]


def _finished(moment: Moment, state: GraphState) -> Runs:
    call = call_of(moment, state)
    return [*_w(" "), *_b(call_title(call) if call else "backward"), *_w(" is done.")]


_SAY: dict[str, Callable[[Moment, GraphState, Names], Runs]] = {
    at.LEAF: _leaf,
    at.CONSTANT: _constant,
    at.NODE: _node,
    at.UNRECORDED: _unrecorded,
    at.DETACH: _detach,
    at.HOOKED: _hooked,
    at.HOOK: _hook,
    at.RETAIN: _retain,
    at.MODE_ON: _mode_on,
    at.MODE_OFF: _mode_off,
    at.REQUIRES: _requires,
    at.CHANGE: _change,
    at.START: _start,
    at.RUN: _run,
    at.SUM: _accumulate,
    at.CLEAR: _clear,
    at.FAIL: _fail,
}
