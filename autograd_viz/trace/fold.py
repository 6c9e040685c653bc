"""The fold: a state and one event make the next state.

Nothing else happens in this part: whoever folds the same events gets the same state, so a picture can be made of any moment of a
program that ended long ago. Each event costs a constant amount of work on average, and nothing recurses, so
a recording of 100,000 events is folded in well under a second.

Read next: `moments.py`, which groups events into the steps that a reader takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd_viz import events as ev
from autograd_viz.trace.state import CHANGED, FREED, HELD, Call, GraphState, HookState, LedgerRow, Mode, NodeState, SavedState, TensorState


def fold(state: GraphState, event: ev.Event) -> GraphState:
    """Bring `state` up to date with `event`, in place, and return it. An event of an unknown kind changes nothing."""
    change = _CHANGES.get(type(event))
    if change is not None:
        change(state, event)
    return state


def state_at(events: Iterable[ev.Event], index: int) -> GraphState:
    """The state after events 0..index (a negative index: the empty state)."""
    state = GraphState()
    for i, event in enumerate(events):
        if i > index:
            break
        fold(state, event)
    return state


def walk(events: Iterable[ev.Event]) -> Iterator[tuple[ev.Event, GraphState]]:
    """Each event with the state after it. The state is one object that moves on: copy what you want to keep."""
    state = GraphState()
    for event in events:
        yield event, fold(state, event)


# --- tensors ----------------------------------------------------------------------------------------------------------


def _source_seen(state: GraphState, event: ev.SourceSeen) -> None:
    state.sources[event.file] = event.text


def _tensor_created(state: GraphState, event: ev.TensorCreated) -> None:
    known = state.tensors.get(event.tensor)
    if known is None:
        known = TensorState(
            event.tensor, event.shape, event.dtype, event.requires_grad, event.is_leaf, event.node, event.output_nr, event.base, event.op,
            event.inputs, event.version, event.preview, event.grad, event.source, event.earlier,
        )  # fmt: skip
        state.tensors[event.tensor] = known
    else:  # met again: its history stays, its present may have moved on
        was = known.node if known.node in state.nodes else None
        known.requires_grad, known.is_leaf, known.node, known.output_nr = event.requires_grad, event.is_leaf, event.node, event.output_nr
        known.version, known.preview, known.grad, known.base = event.version, event.preview, event.grad, event.base
        if was is not None and was != event.node:
            now = state.nodes.get(event.node) if event.node is not None else None
            state.nodes[was].rewritten = now is None or all(edge.node != was for edge in now.edges)
    if event.node in state.nodes:
        node = state.nodes[event.node]
        there = node.outputs.setdefault(event.output_nr, event.tensor)
        if there == event.tensor or not event.earlier:  # (not what a node's own backward unpacks: its result once more)
            node.outputs[event.output_nr], node.versions[event.output_nr] = event.tensor, event.version
    elif event.node is not None:
        state.orphans.setdefault(event.node, {})[event.output_nr] = event.tensor


def _tensor_named(state: GraphState, event: ev.TensorNamed) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.names = [name for name in known.names if name != event.name] + [event.name]


def _tensor_detached(state: GraphState, event: ev.TensorDetached) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.origin = event.origin


def _requires_grad_changed(state: GraphState, event: ev.RequiresGradChanged) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.requires_grad = event.requires_grad


def _grad_retained(state: GraphState, event: ev.GradRetained) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.retains_grad = True


def _version_bumped(state: GraphState, event: ev.VersionBumped) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.version, known.preview = event.version, event.preview
    owner = state.tensors.get(event.grad_of) if event.grad_of is not None else None
    if owner is not None:
        owner.grad = event.preview
    storage = state.storage_of(event.tensor)
    still = []
    state.spoiled = []
    for node, saved in state.watched.pop(storage, ()):
        if saved.version == event.version:
            still.append((node, saved))
        elif saved.status == HELD:
            saved.status = CHANGED
            state.spoiled.append((node, saved.name))
    if still:
        state.watched[storage] = still


# --- nodes ------------------------------------------------------------------------------------------------------------


def _node_created(state: GraphState, event: ev.NodeCreated) -> None:
    if event.node in state.nodes:
        return
    saved = [SavedState(s.name, s.tensor, s.storage, s.nbytes, s.version, s.text, HELD if s.held else FREED) for s in event.saved]
    name = event.name.rpartition("::")[2]  # CopySlices, as its class is called; what C++ calls it has its namespace in front
    state.nodes[event.node] = NodeState(
        event.node, name, event.op, event.edges, event.others, saved, event.shapes, event.derivatives, event.module,
        event.source, event.earlier,
    )
    for each in saved:
        if each.tensor is not None and each.status == HELD:
            _hold(state, event.node, each)
    node = state.nodes[event.node]
    if state.running and not event.earlier:
        node.born = state.running[-1].number
    if event.op == "copy_slices":  # the node before it is the change itself, which it runs on a part of what it stands for
        last = next((each for each in reversed(state.nodes.values()) if each is not node), None)
        if last is not None and not last.outputs and last.source == event.source:
            last.inside = event.node
    state.nodes[event.node].outputs.update(state.orphans.pop(event.node, {}))


def _storage(saved: SavedState) -> int:
    return saved.storage if saved.storage is not None else saved.tensor if saved.tensor is not None else -1


def _hold(state: GraphState, node: int, saved: SavedState) -> None:
    storage = _storage(saved)
    holders = state.holders.get(storage, 0)
    state.holders[storage] = holders + 1
    counted = state.holding.get(storage, 0)
    state.holding[storage] = max(counted, saved.nbytes)
    state.held_bytes += state.holding[storage] - counted
    state.watched.setdefault(storage, []).append((node, saved))
    known = state.tensors.get(saved.tensor) if saved.tensor is not None else None
    if known is not None and known.version > saved.version:
        saved.status = CHANGED


def _let_go(state: GraphState, saved: SavedState) -> None:
    storage = _storage(saved)
    state.holders[storage] -= 1
    if not state.holders[storage]:
        state.held_bytes -= state.holding.pop(storage)
        del state.holders[storage]
        state.watched.pop(storage, None)


def _op_not_recorded(state: GraphState, event: ev.OpNotRecorded) -> None:
    known = state.tensors.get(event.output)
    if known is not None:
        known.unrecorded = True


def _grad_mode_changed(state: GraphState, event: ev.GradModeChanged) -> None:
    if event.entering:
        state.modes.append(Mode(event.how, state.grad_enabled))
    elif state.modes:
        state.modes.pop()
    state.grad_enabled = event.enabled


# --- backward ---------------------------------------------------------------------------------------------------------


def _backward_started(state: GraphState, event: ev.BackwardStarted) -> None:
    call = Call(len(state.calls) + 1, event)
    state.calls.append(call)
    state.running.append(call)


def _hook_registered(state: GraphState, event: ev.HookRegistered) -> None:
    state.hooks.setdefault(
        event.hook, HookState(event.hook, event.kind, event.node, event.output_nr, event.leaf, event.name, event.source)
    )


def _hook_removed(state: GraphState, event: ev.HookRemoved) -> None:
    if event.hook in state.hooks:
        state.hooks[event.hook].removed = True


def _hook_ran(state: GraphState, event: ev.HookRan) -> None:
    hook = state.hooks.get(event.hook)
    if hook is not None:
        hook.before, hook.after = event.before, event.after


def _node_entered(state: GraphState, event: ev.NodeEntered) -> None:
    node = state.nodes.get(event.node)
    if node is not None:
        node.received, node.sent = event.gradients, ()


def _node_left(state: GraphState, event: ev.NodeLeft) -> None:
    node = state.nodes.get(event.node)
    if node is not None:
        node.sent = event.gradients
        node.runs.append(call_number(state, event.call))


def _gradient_accumulated(state: GraphState, event: ev.GradAccumulated) -> None:
    known = state.tensors.get(event.tensor)
    if known is not None:
        known.grad = event.after
    state.ledger.append(LedgerRow(event.tensor, call_number(state, event.call), event.before, event.added, event.after))


def _saved_released(state: GraphState, event: ev.SavedReleased) -> None:
    node = state.nodes.get(event.node)
    for saved in node.saved if node is not None else ():
        if saved.name in event.names and saved.status != FREED:
            saved.status = FREED
            if saved.tensor is not None:  # what a pack hook made is let go of too, but was not counted
                _let_go(state, saved)


def _end(state: GraphState, raw: int) -> Call | None:
    """The call that ends now leaves the list of running ones."""
    for i in range(len(state.running) - 1, -1, -1):
        if state.running[i].started.call == raw:
            return state.running.pop(i)
    return None


def _backward_failed(state: GraphState, event: ev.BackwardFailed) -> None:
    call = _end(state, event.call)
    if call is not None:
        call.status, call.error, call.message = "failed", event.error, event.message
        call.node, call.hook = event.node, event.hook
    if event.node in state.nodes:
        state.nodes[event.node].failed = True


def _backward_finished(state: GraphState, event: ev.BackwardFinished) -> None:
    call = _end(state, event.call)
    if call is not None:
        call.status = "finished"


def _grad_cleared(state: GraphState, event: ev.GradCleared) -> None:
    known = state.tensors.get(event.tensor)
    after = None if event.how == "None" else zeros_like(event.before)
    if known is not None:
        known.grad = after
    state.ledger.append(LedgerRow(event.tensor, 0, event.before, None, after, "set to None" if after is None else "zeroed"))


def zeros_like(preview: ev.Preview) -> ev.Preview:
    """A preview of the same shape, all zero."""
    empty = preview.minimum is None and not preview.nans and not preview.infs
    edge = None if empty else 0.0
    zeros = (0.0,) * len(preview.values)
    return ev.Preview(preview.shape, preview.dtype, zeros, preview.columns, preview.whole, edge, edge, edge, 0, 0)


def call_number(state: GraphState, raw: int) -> int:
    """The number, from 1 in this recording, of the running call that the engine numbers `raw`; 0 if there is none."""
    for call in reversed(state.running):
        if call.started.call == raw:
            return call.number
    return 0


_CHANGES: dict[type, Callable[[GraphState, Any], None]] = {
    ev.SourceSeen: _source_seen,
    ev.TensorCreated: _tensor_created,
    ev.TensorNamed: _tensor_named,
    ev.TensorDetached: _tensor_detached,
    ev.RequiresGradChanged: _requires_grad_changed,
    ev.GradRetained: _grad_retained,
    ev.VersionBumped: _version_bumped,
    ev.NodeCreated: _node_created,
    ev.OpNotRecorded: _op_not_recorded,
    ev.GradModeChanged: _grad_mode_changed,
    ev.BackwardStarted: _backward_started,
    ev.HookRegistered: _hook_registered,
    ev.HookRemoved: _hook_removed,
    ev.HookRan: _hook_ran,
    ev.NodeEntered: _node_entered,
    ev.NodeLeft: _node_left,
    ev.GradAccumulated: _gradient_accumulated,
    ev.SavedReleased: _saved_released,
    ev.BackwardFailed: _backward_failed,
    ev.BackwardFinished: _backward_finished,
    ev.GradCleared: _grad_cleared,
}
