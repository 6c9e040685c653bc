"""How the engine tells what it does: tensors and nodes in, events out. Called only while somebody listens.

Listeners may come late: a notebook cell calls `backward()` on a graph that was built three cells before. So whatever an event is about
to mention is *introduced* first, once for each new listener (an epoch of `events`), with `earlier=True` if it is not new.

A course may skip this file: it changes nothing. Read next: `op.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.events import Edge, Event, NodeCreated, Preview, Saved, TensorCreated
from autograd_viz.torch.modes import mode
from autograd_viz.torch.node import AccumulateGrad, Node, serials
from autograd_viz.torch.saved import FREED, Array, Packed, SavedList, is_saved
from autograd_viz.torch.source import locate
from autograd_viz.torch.tensor import Tensor, needs_grad, seen_history

__all__ = ["introduce", "preview", "story_of"]

PREVIEW = 36  # numbers
_introducing = threading.RLock()  # nobody may mention what another thread is about to introduce


def preview(array: Array) -> Preview:
    """The first numbers of an array, and what the rest is like."""
    if not array.size:
        return Preview(tuple(array.shape), array.dtype.name, (), 1, True, None, None, None, 0, 0)
    matrix = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(1, -1)
    rows, columns = matrix.shape
    if array.size > PREVIEW:
        columns = min(columns, max(6, PREVIEW // rows)) if rows < 6 else min(columns, 6)
        matrix = matrix[: PREVIEW // columns, :columns]
    values: list[float] = matrix.ravel().tolist()
    stats: tuple[float | None, float | None, float | None] = (None, None, None)
    if array.size <= PREVIEW:  # plain Python is the quicker of the two for a few numbers
        finite = [v for v in values if isfinite(v)]
        nans = sum(v != v for v in values)
        if finite:
            stats = (min(finite), max(finite), sum(finite) / len(finite))
        infs = len(values) - len(finite) - nans
    else:
        good = array[np.isfinite(array)]
        nans = int(np.isnan(array).sum()) if array.dtype.kind == "f" else 0
        infs = array.size - good.size - nans
        if good.size:
            stats = (float(good.min()), float(good.max()), float(good.mean(dtype=np.float64)))
    return Preview(tuple(array.shape), array.dtype.name, tuple(values), max(columns, 1), len(values) == array.size, *stats, nans, infs)


def serial_of(tensor: Tensor) -> int:
    """The tensor's number for listeners."""
    if not tensor._serial:
        tensor._serial = next(serials)
    if not tensor._version_counter.owner:
        tensor._version_counter.owner = tensor._serial
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
                        yield tensor_event(node.variable, "", (), earlier=True)
                    continue
                stack.append((node, True))
                stack.extend((fn, False) for fn, _ in reversed(node.next_functions) if fn is not None)
    if is_new(tensor):
        yield tensor_event(tensor, "", (), earlier=True)


def _node_again(node: Node) -> Iterator[Event]:
    """What was told of a node when it was made, with what it holds now."""
    for event in node._story:
        if isinstance(event, NodeCreated):
            yield replace(event, earlier=True, saved=saved_of(node))
        else:
            yield replace(event, earlier=True)
    if not node._story:
        yield NodeCreated(node._serial, node.name(), "", tuple(edge(entry, None) for entry in node.next_functions), (), saved_of(node),
                          tuple(shape for shape, _ in node.metas), (), None, True)  # fmt: skip


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
        return Saved(name, None, None, 0, 0, "packed by a hook", True)
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
    return Saved(name, serial, counter.owner, array.nbytes, getattr(kept, "then", 0), f"{array.dtype.name} {tuple(array.shape)}", True)


# --- what happens -----------------------------------------------------------------------------------------------------


def tensor_event(tensor: Tensor, op: str, inputs: tuple[int, ...], *, earlier: bool = False) -> TensorCreated:
    """All that there is to tell of a tensor now."""
    serial = serial_of(tensor)
    owner = tensor._version_counter.owner
    grad = tensor._grad
    if grad is not None:
        grad._grad_of = serial
    fn, output_nr = seen_history(tensor)
    return TensorCreated(
        serial, tuple(tensor._array.shape), tensor._array.dtype.name, needs_grad(tensor), fn is None, None if fn is None else fn._serial,
        output_nr, owner if owner != serial else None, op, inputs, tensor._version_counter.value, preview(tensor._array),
        None if grad is None else preview(grad._array), None if earlier else locate(), earlier,
    )  # fmt: skip


def created(tensor: Tensor, op: str, inputs: Iterable[Tensor] = ()) -> None:
    """A tensor was made by an operation that is not recorded (`ones`, or `mul` of constants)."""
    if mode.quiet:
        return
    told = tuple(introduce(t) for t in inputs if t._number is None)
    tensor._epoch = events.epoch
    events.emit(tensor_event(tensor, op, told))


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
    for t in known:
        introduce(t)
    constants = [
        tensor_event(met, "", (), earlier=True)
        for t in known if seen_history(t)[0] is None and not needs_grad(t)
        for met in (t._base, t) if met is not None  # the x in the x.unsqueeze(0) of a matmul is the one that has a name
    ]  # fmt: skip
    made = NodeCreated(
        node._serial, node.name(), op, tuple(edge(entry, t) for entry, t in zip(node.next_functions, inputs, strict=False)),
        tuple(t._serial for t in inputs[edges:] if t._number is None), (), tuple(shape for shape, _ in node.metas), derivatives, locate(),
        False,
    )  # fmt: skip
    results = []
    for output in [] if mode.quiet else outputs:
        output._epoch = events.epoch
        results.append(tensor_event(output, op, tuple(t._serial for t in known)))
    made = replace(made, saved=saved_of(node))  # only now has the output, which may be saved, a number
    node._epoch = events.epoch
    node._story = (*constants, made, *results)
    events.emit(made)
    for event in results:
        events.emit(event)


def rewritten(node: Node, base: Tensor) -> None:
    """A view was changed in place, and `node` is the new history of its base."""
    edges = tuple(edge(entry, None) for entry in node.next_functions)
    made = NodeCreated(
        node._serial, node.name(), "copy_slices", edges, (), saved_of(node), tuple(shape for shape, _ in node.metas), (), locate(), False
    )
    node._story = (made,)
    events.emit(made)
    events.emit(tensor_event(base, "copy_slices", ()))
    node._epoch = base._epoch = events.epoch


def changed(tensor: Tensor, op: str) -> None:
    """An in-place operation changed a tensor's values, which may be somebody's `.grad`."""
    if not tensor._grad_of:
        introduce(tensor)
    version, look = tensor._version_counter.value, preview(tensor._array)
    events.emit(events.VersionBumped(serial_of(tensor), op, version, look, tensor._grad_of or None, locate()))
