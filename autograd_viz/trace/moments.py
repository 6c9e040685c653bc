"""Moments: the events of a recording, grouped into the steps that a reader takes.

Making a node and making its output is one thing to see; so is running a node and letting go of what it had saved. What is only
introduced (`earlier`) is no moment: it was there from the start. A moment is told once its events are there, and what comes
later never changes how many moments there were before it, so a reader who follows a running cell keeps his place.

Read next: `narrate.py`, what is said at each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autograd_viz import events as ev

LEAF, CONSTANT, NODE, UNRECORDED, DETACH = "leaf", "constant", "node", "unrecorded", "detach"
MODE_ON, MODE_OFF, REQUIRES, CHANGE = "mode entered", "mode left", "requires grad", "change"
START, RUN, SUM, CLEAR, FAIL = "start", "run", "accumulate", "clear", "fail"
HOOKED, HOOK, RETAIN = "hook registered", "hook", "retain"

PHASES = {START: "backward", RUN: "backward", SUM: "backward", HOOK: "backward", CLEAR: "grad", FAIL: "error"}


@dataclass(slots=True)
class Moment:
    """One step: its kind, the event that it is about, and the index of its last event (the state after that one is what it shows).

    `tensor`, `node`: serial of what it is about; `call`: the engine's number of the backward call, None outside; `finishes`: it ends here.
    `entered`: the node with its incoming gradients; `released`: what it gave up; `bumped`: the in-place change that the operation made.
    """

    kind: str
    event: Any
    last: int
    tensor: int | None = None
    node: int | None = None
    call: int | None = None
    finishes: bool = False
    entered: ev.NodeEntered | None = None
    bumped: ev.VersionBumped | None = None
    released: tuple[str, ...] = ()

    @property
    def phase(self) -> str:
        """forward, backward, update (values written in place, as by an optimizer), grad (a `.grad`, by the user) or error."""
        if self.kind == CHANGE:
            return "update" if self.event.grad_of is None else "grad"
        return PHASES.get(self.kind, "forward")

    @property
    def source(self) -> ev.Source | None:
        """The place in the program."""
        return getattr(self.event, "source", None)


class _Grouping:
    """The moments so far, and what the next event may still belong to."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.entered: dict[int, ev.NodeEntered] = {}
        self.of_tensor: dict[int, Moment] = {}
        self.released: dict[int, tuple[str, ...]] = {}
        self.hooks: dict[int, ev.HookRegistered] = {}
        self.running = 0  # backward calls under way: what they compute on the way is no step of the program's
        self.after: list[ev.HookRan] = []  # hooks that ran on what a node is about to send

    def add(self, kind: str, event: Any, i: int, **about: Any) -> Moment:
        moment = Moment(kind, event, i, **about)
        self.moments.append(moment)
        return moment

    def only_leaves_since(self, moment: Moment) -> bool:
        """Whether nothing but leaves and constants were made since a leaf was."""
        for each in reversed(self.moments):
            if each is moment:
                return moment.kind == LEAF
            if each.kind not in (LEAF, CONSTANT):
                return False
        return False

    def latest(self, *kinds: str) -> Moment | None:
        """The last moment, if it is one of these kinds."""
        return self.moments[-1] if self.moments and self.moments[-1].kind in kinds else None


def moments_of(events: Iterable[ev.Event]) -> list[Moment]:
    """The steps of a recording, in order."""
    group = _Grouping()
    for i, event in enumerate(events):
        join = _JOINS.get(type(event))
        if join is not None:
            join(group, event, i)
    return group.moments


def _tensor_created(group: _Grouping, event: ev.TensorCreated, i: int) -> None:
    if event.earlier:
        return
    if event.node is not None:  # an output belongs to the making of its node
        made = group.latest(NODE)
        if made is not None and made.node == event.node:
            made.last, made.tensor = i, event.tensor if made.tensor is None else made.tensor
        return
    bumped = group.latest(CHANGE)
    if bumped is not None and bumped.tensor == event.tensor:
        bumped.last = i
        return
    kind = LEAF if event.requires_grad else CONSTANT
    if group.running:
        return
    group.of_tensor[event.tensor] = group.add(kind, event, i, tensor=event.tensor)


def _became(kind: str, serial: str) -> Callable[[_Grouping, Any, int], None]:
    """A join for events that say of the tensor created last what it really is."""

    def join(group: _Grouping, event: Any, i: int) -> None:
        tensor = getattr(event, serial)
        moment = group.of_tensor.get(tensor)
        if moment is not None and moment is group.moments[-1]:
            moment.kind, moment.event, moment.last = kind, _with_source(event, moment.event), i
        elif not group.running:
            group.of_tensor[tensor] = group.add(kind, event, i, tensor=tensor)

    return join


def _with_source(event: Any, created: ev.TensorCreated) -> Any:
    return created if isinstance(event, ev.TensorDetached) else event


def _node_created(group: _Grouping, event: ev.NodeCreated, i: int) -> None:
    if event.earlier:
        return
    bumped = group.latest(CHANGE)
    if bumped is not None and bumped.event.source == event.source and bumped.event.grad_of is None:  # an in-place op that was recorded
        group.moments.pop()
        group.add(NODE, event, i, node=event.node, bumped=bumped.event)
    else:
        group.add(NODE, event, i, node=event.node)


def _version_bumped(group: _Grouping, event: ev.VersionBumped, i: int) -> None:
    made, cleared = group.latest(NODE), group.latest(CLEAR)
    if made is not None and made.tensor == event.tensor and made.event.source == event.source:
        made.last, made.bumped = i, event
    elif cleared is not None and cleared.tensor == event.grad_of:
        cleared.last = i
    elif (leaf := group.of_tensor.get(event.tensor)) is not None and group.only_leaves_since(leaf):
        leaf.last = i  # how a layer fills its parameters belongs to their making
    else:
        group.add(CHANGE, event, i, tensor=event.grad_of if event.grad_of is not None else event.tensor)


def _grad_cleared(group: _Grouping, event: ev.GradCleared, i: int) -> None:
    changed = group.latest(CHANGE)
    if changed is not None and changed.event.grad_of == event.tensor:
        group.moments.pop()
    group.add(CLEAR, event, i, tensor=event.tensor)


def _requires_grad_changed(group: _Grouping, event: ev.RequiresGradChanged, i: int) -> None:
    made = group.of_tensor.get(event.tensor)
    if made is not None and made is group.moments[-1] and made.kind == CONSTANT and event.requires_grad:
        made.kind, made.last = LEAF, i
    else:
        group.add(REQUIRES, event, i, tensor=event.tensor)


def _mode(group: _Grouping, event: ev.GradModeChanged, i: int) -> None:
    group.add(MODE_ON if event.entering else MODE_OFF, event, i)


def _backward_started(group: _Grouping, event: ev.BackwardStarted, i: int) -> None:
    group.add(START, event, i, call=event.call)
    group.running += 1


def _node_entered(group: _Grouping, event: ev.NodeEntered, i: int) -> None:
    group.entered[event.node] = event


def _node_left(group: _Grouping, event: ev.NodeLeft, i: int) -> None:
    entered, released = group.entered.pop(event.node, None), group.released.pop(event.node, ())
    group.add(RUN, event, i, node=event.node, call=event.call, entered=entered, released=released)
    for ran in group.after:
        _add_hook(group, ran, i)
    group.after = []


def _hook_registered(group: _Grouping, event: ev.HookRegistered, i: int) -> None:
    group.hooks[event.hook] = event
    if not event.earlier:
        group.add(HOOKED, event, i, node=event.node, tensor=event.leaf)


def _hook_ran(group: _Grouping, event: ev.HookRan, i: int) -> None:
    hook = group.hooks.get(event.hook)
    if hook is not None and hook.kind == "posthook" and hook.node in group.entered:
        group.after.append(event)  # told after the node's own step
    else:
        _add_hook(group, event, i)


def _add_hook(group: _Grouping, event: ev.HookRan, i: int) -> None:
    hook = group.hooks.get(event.hook)
    if hook is not None:
        group.add(HOOK, event, i, node=hook.node, tensor=hook.leaf, call=event.call)


def _grad_retained(group: _Grouping, event: ev.GradRetained, i: int) -> None:
    group.add(RETAIN, event, i, tensor=event.tensor)


def _saved_released(group: _Grouping, event: ev.SavedReleased, i: int) -> None:
    ran = group.latest(RUN)
    if ran is not None and ran.node == event.node:
        ran.last, ran.released = i, event.names
    else:  # told before the node left
        group.released[event.node] = event.names


def _gradient_accumulated(group: _Grouping, event: ev.GradAccumulated, i: int) -> None:
    changed = group.latest(CHANGE)
    if changed is not None and changed.event.grad_of == event.tensor:
        group.moments.pop()
    group.add(SUM, event, i, tensor=event.tensor, call=event.call)


def _backward_failed(group: _Grouping, event: ev.BackwardFailed, i: int) -> None:
    entered = group.entered.pop(event.node, None) if event.node is not None else None
    group.running -= 1
    hook = group.hooks.get(event.hook) if event.hook is not None else None
    group.add(FAIL, event, i, node=event.node, tensor=hook.leaf if hook is not None else None, call=event.call, entered=entered)


def _backward_finished(group: _Grouping, event: ev.BackwardFinished, i: int) -> None:
    last = group.latest(START, RUN, SUM, HOOK)
    group.running -= 1
    if last is not None and last.call == event.call:
        last.last, last.finishes = i, True


_JOINS: dict[type, Callable[[_Grouping, Any, int], None]] = {
    ev.TensorCreated: _tensor_created,
    ev.TensorDetached: _became(DETACH, "tensor"),
    ev.OpNotRecorded: _became(UNRECORDED, "output"),
    ev.RequiresGradChanged: _requires_grad_changed,
    ev.VersionBumped: _version_bumped,
    ev.NodeCreated: _node_created,
    ev.GradModeChanged: _mode,
    ev.BackwardStarted: _backward_started,
    ev.HookRegistered: _hook_registered,
    ev.HookRan: _hook_ran,
    ev.GradRetained: _grad_retained,
    ev.NodeEntered: _node_entered,
    ev.NodeLeft: _node_left,
    ev.SavedReleased: _saved_released,
    ev.GradAccumulated: _gradient_accumulated,
    ev.BackwardFailed: _backward_failed,
    ev.BackwardFinished: _backward_finished,
    ev.GradCleared: _grad_cleared,
}
