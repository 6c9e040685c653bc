"""`tell`: by which an engine that a learner has written says what it does, so that the same pictures show it.

    class Value:
        def __init__(self, data, parents=(), rule=None, requires_grad=False):
            ...
            if parents:
                tell.node(self, rule, parents)
            else:
                tell.leaf(self)

    with tell.backward(root):                 # a wave begins and ends
        ...
        tell.ran(value, gradient, shares)     # the rule of `value` turned its gradient into one share for each parent
        tell.accumulate(leaf, before, gradient)   # a gradient was added to `leaf.grad`

A value is any object with `data` (an array or a number), `grad` (the same, or None) and `requires_grad`. It is never kept alive from
here. Telling is a guest in the learner's program: it changes nothing, and what it cannot understand is one warning, not an error.

Read next: `../events.py`, what is told; `lessons/l09_build_your_own.py`.
"""

from __future__ import annotations

import inspect
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.events import Edge, NodeCreated, Preview, Saved, Source, TensorCreated
from autograd_viz.torch import engine
from autograd_viz.torch.node import serials
from autograd_viz.torch.observe import preview
from autograd_viz.torch.source import locate, outside


@dataclass
class _Known:
    """A value that was told of. `serial`: its number; `node`: that of its grad_fn, 0 for a leaf; `epoch`: when it was last introduced."""

    value: weakref.ref[Any]
    serial: int
    node: int
    name: str
    parents: tuple[_Known, ...]
    saved: tuple[str, ...]
    source: Source | None
    look: Preview
    requires_grad: bool
    epoch: int = -1


_known: dict[int, _Known] = {}  # by id of the value, for as long as it lives


def serial_of(value: object) -> int:
    """The number by which listeners know a value; 0 if nothing was told of it."""
    known = _known.get(id(value))
    return known.serial if known is not None and known.value() is value else 0


def _guest(tells: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong in telling is a warning."""

    @wraps(tells)
    def guarded(*args: Any) -> None:
        try:
            tells(*args)
        except Exception as error:
            warnings.warn(f"tell.{tells.__name__}: this could not be told ({type(error).__name__}: {error})", stacklevel=2)

    return guarded


class _Tell:
    """What there is to tell. Each method may be called whether or not anyone listens."""

    @staticmethod
    @_guest
    def leaf(value: Any) -> None:
        """A value came to be that was not computed: a parameter, if it asks for a gradient, or a constant."""
        known = _meet(value, "", (), ())
        if events.listeners:
            _introduce(known, earlier=False)

    @staticmethod
    @_guest
    def node(value: Any, rule: Callable[..., Any], parents: Sequence[Any]) -> None:
        """A value was computed from `parents`; `rule(gradient, ...)` will turn its gradient into theirs."""
        before = tuple(_known.get(id(parent)) or _meet(parent, "", (), ()) for parent in parents)
        known = _meet(value, getattr(rule, "__name__", str(rule)), before, _names(rule, len(before)))
        if events.listeners:
            _introduce(known, earlier=False)

    @staticmethod
    @contextmanager
    def backward(root: Any) -> Iterator[None]:
        """For the length of a `with` block a wave runs that began at `root`. An exception in it stops the wave, and goes on its way."""
        call = _begin(root)
        try:
            yield
        except Exception as error:
            if call:
                events.emit(events.BackwardFailed(call, _wave[1], None, type(error).__name__, str(error)))
            raise
        else:
            if call:
                events.emit(events.BackwardFinished(call))

    @staticmethod
    @_guest
    def ran(value: Any, gradient: Any, shares: Sequence[Any]) -> None:
        """The rule of `value` has turned `gradient` into one share for each of its parents (None: nothing goes there)."""
        known = _known[id(value)]
        if events.listeners and known.node:
            _introduce(known)
            _wave[1] = known.node
            sent = tuple(_look(share) if up.requires_grad else None for up, share in zip(known.parents, shares, strict=True))
            events.emit(events.NodeEntered(_wave[0], known.node, (_look(gradient),)))
            events.emit(events.NodeLeft(_wave[0], known.node, sent))

    @staticmethod
    @_guest
    def accumulate(value: Any, before: Any, gradient: Any) -> None:
        """`gradient` was added to `value.grad`, which held `before` (None: nothing)."""
        known = _known[id(value)]
        if events.listeners:
            _introduce(known)
            added, after = _look(gradient), _look(value.grad)
            if added is not None and after is not None:
                events.emit(events.GradAccumulated(_wave[0], known.serial, _look(before), added, after))


tell = _Tell()
_wave: list[Any] = [0, None]  # the backward call that is under way, and the node that ran last


def _begin(root: Any) -> int:
    """Tell that a wave begins; the number of the call, 0 if nobody listens or it cannot be told."""
    known = _known.get(id(root))
    if known is None or not events.listeners:
        return 0
    try:
        _introduce(known)
        call = next(engine._calls)
        _wave[:] = call, None
        seed = preview(np.ones(known.look.shape))
        events.emit(events.BackwardStarted(call, "backward", (_edge(known),), (seed,), False, False, _place()))
    except Exception as error:
        warnings.warn(f"tell.backward: this could not be told ({type(error).__name__}: {error})", stacklevel=4)
        return 0
    return call


# --- what is known, and its introduction to listeners that came later -------------------------------------------------


def _meet(value: Any, name: str, parents: tuple[_Known, ...], saved: tuple[str, ...]) -> _Known:
    """Remember a value."""
    key = id(value)
    gone = weakref.ref(value, lambda _: _known.pop(key, None))
    look = _look(value.data)
    if look is None:
        raise TypeError("a value needs its data")
    node = next(serials) if parents else 0
    asks = bool(getattr(value, "requires_grad", True))
    known = _Known(gone, next(serials), node, name, parents, saved, _place() if events.listeners else None, look, asks)
    _known[key] = known
    return known


def _introduce(known: _Known, earlier: bool = True) -> None:
    """Make sure that listeners know a value and all before it, without recursion."""
    stack = [(known, False)]
    while stack:
        each, parents_told = stack.pop()
        if parents_told:
            for event in _story(each, earlier or each is not known):
                events.emit(event)
        elif each.epoch != events.epoch:
            each.epoch = events.epoch
            stack.append((each, True))
            stack.extend((parent, False) for parent in reversed(each.parents))


def _story(known: _Known, earlier: bool) -> Iterator[events.Event]:
    value = known.value()
    look = known.look if value is None else _look(value.data) or known.look
    if known.node:
        saved = tuple(
            Saved(name, up.serial, up.serial, int(np.prod(up.look.shape, dtype=int)) * 8, 0, f"float64 {up.look.shape}", True)
            for name, up in zip(known.saved, known.parents, strict=True)
        )
        edges = tuple(map(_edge, known.parents))
        yield NodeCreated(known.node, known.name, known.name, edges, (), saved, (look.shape,), (), (), known.source, earlier)
    yield TensorCreated(
        known.serial, look.shape, look.dtype, known.requires_grad, not known.node, known.node or None, 0, None, known.name or "Value",
        tuple(up.serial for up in known.parents), 0, look, None if value is None else _look(value.grad), known.source, earlier,
    )  # fmt: skip


def _edge(known: _Known) -> Edge:
    if known.node:
        return Edge(known.node, 0, None, known.serial)
    return Edge(None, 0, known.serial if known.requires_grad else None, known.serial)


def _look(value: Any) -> Preview | None:
    return None if value is None else preview(np.asarray(value, dtype=float))


def _names(rule: Callable[..., Any], count: int) -> tuple[str, ...]:
    """What a rule calls the values of its parents: the parameters after the gradient."""
    try:
        found = [*inspect.signature(rule).parameters][1 : count + 1]
    except (TypeError, ValueError):
        found = []
    return tuple(found) if len(found) == count else tuple(f"input {i}" for i in range(count))


def _place() -> Source | None:
    """Where the engine was used: the outermost of the frames that share the engine's variables (in a notebook, the cell)."""
    frame = outside()
    while frame is not None and frame.f_back is not None and frame.f_back.f_globals is frame.f_globals:
        frame = frame.f_back
    return locate(frame) if frame is not None else None
