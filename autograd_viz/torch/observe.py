"""How the engine tells what it does: tensors and nodes in, events out. Called only while somebody listens.

Listeners may come late: a notebook cell calls `backward()` on a graph that was built three cells before. So whatever an event is about
to mention is *introduced* first, once for each new listener (an epoch of `events`), with `earlier=True` if it is not new.

A course may skip this file: it changes nothing. Read next: `op.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.events import Edge, Event, HookRegistered, NodeCreated, Preview, Saved, Source, TensorCreated
from autograd_viz.torch.dtypes import of_numpy
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import AccumulateGrad, Node, hook_event, serials
from autograd_viz.torch.saved import FREED, Array, Packed, SavedList, is_saved
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, needs_grad, seen_history

__all__ = ["introduce", "preview", "story_of"]

Stats = tuple[float | None, float | None, float | None]  # minimum, maximum, mean

PREVIEW = 36  # numbers
HUGE = 1e300  # smaller numbers add up without overflow
_introducing = threading.RLock()  # nobody may mention what another thread is about to introduce


def preview(array: Array) -> Preview:
    """The first numbers of an array, and what the rest is like."""
    shape, size = array.shape, array.size
    name = of_numpy[array.dtype].name
    if not size:
        return Preview(shape, name, (), 1, True, None, None, None, 0, 0)
    columns = shape[-1] if shape else 1
    if size > PREVIEW:
        return _preview_of_many(array, name, columns)
    values: tuple[float, ...] = tuple(array.ravel().tolist())
    total = sum(values)
    if isfinite(total):  # then all of them are
        return Preview(shape, name, values, columns, True, min(values), max(values), total / size, 0, 0)
    finite = [v for v in values if isfinite(v)]
    nans = sum(v != v for v in values)
    stats: Stats = (min(finite), max(finite), sum(finite) / len(finite)) if finite else (None, None, None)
    return Preview(shape, name, values, columns, True, *stats, nans, size - len(finite) - nans)


def _preview_of_many(array: Array, name: str, columns: int) -> Preview:
    matrix = array.reshape(-1, columns)
    rows = len(matrix)
    columns = min(columns, max(6, PREVIEW // rows)) if rows < 6 else min(columns, 6)
    values = tuple(matrix[: PREVIEW // columns, :columns].ravel().tolist())
    low, high = float(np.minimum.reduce(array, None)), float(np.maximum.reduce(array, None))
    if low > -HUGE and high < HUGE:  # (nan, which would be the minimum, is not)
        mean = float(np.add.reduce(array, None, dtype=np.float64)) / array.size
        return Preview(array.shape, name, values, columns, False, low, high, mean, 0, 0)
    with np.errstate(all="ignore"):
        good = array[np.isfinite(array)].astype(np.float64)
        stats: Stats = (float(good.min()), float(good.max()), float(good.mean())) if good.size else (None, None, None)
    nans = int(np.isnan(array).sum())
    return Preview(array.shape, name, values, columns, False, *stats, nans, array.size - good.size - nans)


def serial_of(tensor: Tensor) -> int:
    """The tensor's number for listeners."""
    if not tensor._serial:
        tensor._serial = next(serials)
    counter = tensor._version_counter
    if not counter.owner:
        counter.owner = tensor._serial
    return tensor._serial


# --- introductions ----------------------------------------------------------------------------------------------------


def introduce(tensor: Tensor) -> int:
    """Make sure that listeners know this tensor and the graph behind it; its serial."""
    if tensor._epoch != events.epoch:
        with _introducing:
            epoch = events.epoch
            met: dict[int, Tensor | Node] = {}

            def is_new(thing: Tensor | Node) -> bool:
                new = thing._epoch != epoch and id(thing) not in met
                met[id(thing)] = thing
                return new

            for event in _history(tensor, is_new):
                events.emit(event)
            for thing in met.values():  # only now do they count as told: Ctrl-C may have come before
                thing._epoch = epoch
    return tensor._serial


def story_of(tensor: Tensor) -> list[Event]:
    """The events from which a picture of `tensor` and the graph behind it can be drawn, whoever listened when it was made."""
    seen: set[int] = set()

    def is_new(thing: Tensor | Node) -> bool:
        new = id(thing) not in seen
        seen.add(id(thing))
        return new

    return list(_history(tensor, is_new))


def _history(tensor: Tensor, is_new: Callable[[Any], bool]) -> Iterator[Event]:
    """What must be told before `tensor` can be mentioned: inputs before results, without recursion."""
    if (maker := seen_history(tensor)[0]) is not None:
        stack: list[tuple[Node, bool]] = [(maker, False)]
        while stack:
            node, inputs_told = stack.pop()
            if inputs_told:
                yield from _node_again(node)
            elif is_new(node):
                if isinstance(node, AccumulateGrad):
                    if is_new(node.variable):
                        yield tensor_event(node.variable, "", ())
                        yield from _hooks_of(node)
                    continue
                stack.append((node, True))
                stack.extend((fn, False) for fn, _ in reversed(node.next_functions) if fn is not None)
    if is_new(tensor):
        yield tensor_event(tensor, "", ())
        if tensor._accumulator is not None and (end := tensor._accumulator()) is not None:
            yield from _hooks_of(end)


def _node_again(node: Node) -> Iterator[Event]:
    """What was told of a node when it was made, with what it holds now."""
    for event in node._story:
        if isinstance(event, NodeCreated):
            yield replace(event, earlier=True, saved=saved_of(node))
        else:
            yield replace(event, earlier=True)
    if not node._story:  # nobody listened then; what its row of the table says is still known
        row = getattr(type(node), "row", None)
        op, derivatives = (row.op, row.derivatives) if row is not None else ("", ())
        yield NodeCreated(node._serial, node.name(), op, tuple(edge(entry, None) for entry in node.next_functions), (), saved_of(node),
                          tuple(shape for shape, _ in node.metas), derivatives, (), None, True)  # fmt: skip
    yield from _hooks_of(node)


def _hooks_of(node: Node) -> Iterator[HookRegistered]:
    """The hooks that are there already."""
    kinds: list[tuple[str, int, Any]] = [
        ("tensor", nr, hooks) for nr, several in (node._tensor_hooks or {}).items() for hooks in several
    ] + [("prehook", 0, node._prehooks), ("posthook", 0, node._posthooks)]
    if isinstance(node, AccumulateGrad):
        kinds.append(("accumulate", 0, node.variable._post_accumulate_grad_hooks))
    for kind, nr, hooks in kinds:
        for number, hook in (hooks or {}).items():
            yield hook_event(number, kind, hook, node, nr, None, True)


def edge(entry: tuple[Node | None, int], tensor: Tensor | None) -> Edge:
    """An entry of next_functions, with the tensor that it stands for, as listeners know them."""
    fn, output_nr = entry
    known = None if tensor is None or tensor._number is not None else serial_of(tensor)
    if isinstance(fn, AccumulateGrad):
        leaf = serial_of(fn.variable)
        return Edge(None, 0, leaf, leaf)
    return Edge(None if fn is None else fn._serial, output_nr, None, known)


def saved_of(node: Node) -> tuple[Saved, ...]:
    """Everything a node keeps, by name."""
    return tuple(_saved(name, kept) for name, kept in sorted(node._saved.items()))


def _saved(name: str, kept: Any) -> Saved:
    if kept is FREED:
        return Saved(name, None, None, 0, 0, "freed", False)
    if isinstance(kept, Packed):  # what a hook made of it, which may be anything
        return Saved(name, None, None, 0, 0, events.PACKED, True)
    if not is_saved(kept):
        return Saved(name, None, None, 0, 0, repr(kept), True)
    if isinstance(kept, SavedList):  # told as its first tensor, with the bytes of all
        parts = [_saved(name, part) for part in kept.parts if part is not None]
        return replace(parts[0], nbytes=sum(part.nbytes for part in parts), text=", ".join(part.text for part in parts))
    tensor = kept if isinstance(kept, Tensor) else kept.tensor
    counter, array = (kept._counter, kept._array) if tensor is None else (tensor._version_counter, tensor._array)
    if tensor is not None:
        serial_of(tensor)
    elif not counter.owner:
        counter.owner = next(serials)
    serial = counter.owner if tensor is None else tensor._serial
    return Saved(name, serial, counter.owner, array.nbytes, getattr(kept, "then", 0), f"{of_numpy[array.dtype].name} {array.shape}", True)


# --- what happens -----------------------------------------------------------------------------------------------------


def tensor_event(tensor: Tensor, op: str, inputs: tuple[int, ...], source: Source | None = None, *, earlier: bool = True) -> TensorCreated:
    """All that there is to tell of a tensor now."""
    serial = serial_of(tensor)
    counter, array = tensor._version_counter, tensor._array
    grad = tensor._grad
    if grad is not None:
        grad._grad_of = serial
    fn, output_nr = seen_history(tensor)
    return TensorCreated(
        serial, array.shape, of_numpy[array.dtype].name, needs_grad(tensor), fn is None, None if fn is None else fn._serial,
        output_nr, counter.owner if counter.owner != serial else None, op, inputs, counter.value, preview(array),
        None if grad is None else preview(grad._array), source, earlier,
    )  # fmt: skip


def created(tensor: Tensor, op: str, inputs: Iterable[Tensor] = ()) -> None:
    """A tensor was made by an operation that is not recorded (`ones`, or `mul` of constants)."""
    if mode.quiet:
        return
    told = tuple([introduce(t) for t in inputs if t._number is None])
    tensor._epoch = events.epoch
    events.emit(tensor_event(tensor, op, told, locate(), earlier=False))


def not_recorded(tensor: Tensor, op: str, inputs: list[Tensor]) -> None:
    """The same, where only the grad mode kept it from being recorded."""
    if mode.quiet:
        return
    created(tensor, op, inputs)
    events.emit(events.OpNotRecorded(op, tuple(t._serial for t in inputs if t._number is None), tensor._serial, locate()))


def recorded(
    node: Node, outputs: list[Tensor], op: str, inputs: list[Tensor], edges: int, derivatives: tuple[tuple[str, str], ...]
) -> None:
    """A node was made. The first `edges` of `inputs` are its differentiable ones."""
    known = [t for t in inputs if t._number is None]
    told = tuple([introduce(t) for t in known])
    constants = [
        tensor_event(met, "", ())
        for t in known if not needs_grad(t) and seen_history(t)[0] is None
        for met in (t._base, t) if met is not None  # the x in the x.unsqueeze(0) of a matmul is the one that has a name
    ]  # fmt: skip
    source = locate()
    number = node._serial  # (a node is numbered before its results)
    results = []
    for output in [] if mode.quiet else outputs:
        output._epoch = events.epoch
        results.append(tensor_event(output, op, told, source, earlier=False))
    made = NodeCreated(
        number, node.name(), op, tuple([edge(entry, t) for entry, t in zip(node.next_functions, inputs)]),  # noqa: B905
        tuple([t._serial for t in inputs[edges:] if t._number is None]), saved_of(node), tuple([shape for shape, _ in node.metas]),
        derivatives, tuple([label for _, label in mode.modules]), source, False,
    )  # fmt: skip
    node._epoch = events.epoch
    node._story = (*constants, made, *results)
    events.emit(made)
    for event in results:
        events.emit(event)


def rewritten(node: Node, base: Tensor) -> None:
    """A view was changed in place, and `node` is the new history of its base."""
    edges = tuple(edge(entry, None) for entry in node.next_functions)
    made = NodeCreated(
        node._serial, node.name(), "copy_slices", edges, (), saved_of(node), tuple(shape for shape, _ in node.metas), (), (), locate(),
        False,
    )
    node._story = (made,)
    events.emit(made)
    events.emit(tensor_event(base, "copy_slices", (), locate(), earlier=False))
    node._epoch = base._epoch = events.epoch


@contextmanager
def one_change(tensor: Tensor, op: str) -> Iterator[None]:
    """Whatever is done to the tensor in this block is told as one change in place: a step of an optimizer, a way to initialize."""
    was_quiet, mode.quiet = mode.quiet, True
    version = tensor._version_counter.value
    try:
        yield
    finally:
        mode.quiet = was_quiet
    if events.listeners and not was_quiet and tensor._version_counter.value != version:
        changed(tensor, op)


def changed(tensor: Tensor, op: str) -> None:
    """An in-place operation changed a tensor's values, which may be somebody's `.grad`."""
    if not tensor._grad_of:
        introduce(tensor)
    version, look = tensor._version_counter.value, preview(tensor._array)
    events.emit(events.VersionBumped(serial_of(tensor), op, version, look, tensor._grad_of or None, locate()))
