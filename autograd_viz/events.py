"""The vocabulary: what can happen while autograd works, each as one small record, and the seam where it is told.

The engine (`autograd_viz.torch`) acts and tells; `trace` folds what was told into a state; `draw` makes a picture of that.
An event holds plain data only: serial numbers, shapes, short previews of values. Never a tensor or an array, because
listening must not keep a graph alive: that graphs are freed is one of the lessons. An event has no clock; its time is its
place in the log, so the same program always gives the same log.

Read next: `torch/observe.py`, which makes these events, and `trace/fold.py`, which reads them.
"""

from __future__ import annotations

import typing
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(kind: type[T]) -> type[T]:
    """A dataclass that nobody changes. (Type checkers see to that: `frozen=True` would make each one at four times the time.)"""
    return dataclass(slots=True, unsafe_hash=True)(kind)


# --- the small records that events are made of ------------------------------------------------------------------------


@record
class Source:
    """Where in the user's program something happened: a file's short name, a line (from 1), and the expression itself.

    `target`: the `h` of `h = torch.tanh(x)`, if the expression is all that is assigned to one name.
    """

    file: str
    line: int
    text: str
    target: str = ""


@record
class Preview:
    """A bounded look at the values of an array.

    `values` holds at most 36 numbers, row by row, `columns` to a row. `whole`: these are all the elements, seen as a matrix; if not,
    the leading rows and columns. `minimum`, `maximum`, `mean` are over the finite elements of the whole array, None if it has none.
    """

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]
    columns: int
    whole: bool
    minimum: float | None
    maximum: float | None
    mean: float | None
    nans: int
    infs: int


@record
class Edge:
    """One entry of `next_functions`, with the tensor that it stands for.

    `node`: the grad_fn that made the input (its output `output_nr`); `leaf`: the leaf tensor whose AccumulateGrad it is.
    Both None: the input needs no gradient, PyTorch's (None, 0). `tensor`: the input's serial, None for a plain number.
    """

    node: int | None
    output_nr: int
    leaf: int | None
    tensor: int | None


PACKED = "packed by a hook"
"""The text of a saved tensor that a pack hook has made something else of."""


@record
class Saved:
    """One thing that a node keeps for its backward: a tensor (its serial, storage, size in bytes and version), or a plain value as text.

    `tensor` is None for a plain value; `storage` is the serial of the tensor that owns the memory (several views, one storage).
    """

    name: str
    tensor: int | None
    storage: int | None
    nbytes: int
    version: int
    text: str
    held: bool


# --- the events -------------------------------------------------------------------------------------------------------


@record
class SourceSeen:
    """The text of a file of the user's (or of a cell), told once, before the first event that points into it."""

    file: str
    text: str


@record
class TensorCreated:
    """A tensor came to be, or (`earlier`) existed before anyone listened and is met now.

    `op`: what made it ("ones", "mul", ...). `inputs`: serials of the tensors it was computed from. `node`: its grad_fn, None for leaves and
    constants. `base`: the tensor whose memory it shares, None if it has its own. `grad`: what `.grad` holds.
    """

    tensor: int
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    node: int | None
    output_nr: int
    base: int | None
    op: str
    inputs: tuple[int, ...]
    version: int
    preview: Preview
    grad: Preview | None
    source: Source | None
    earlier: bool


@record
class TensorNamed:
    """A variable of the user's refers to this tensor."""

    tensor: int
    name: str


@record
class TensorDetached:
    """`tensor` shares `origin`'s values, but the graph was cut between them."""

    tensor: int
    origin: int


@record
class RequiresGradChanged:
    """`requires_grad_()` was called on a leaf."""

    tensor: int
    requires_grad: bool
    source: Source | None


@record
class GradRetained:
    """`retain_grad()` was called: this non-leaf will keep its `.grad`."""

    tensor: int


@record
class HookRegistered:
    """A hook was registered, or (`earlier`) had been before anyone listened.

    `kind`: "tensor" (sees the gradient of output `output_nr` of `node`, or of `leaf`), "prehook", "posthook" (of a node), "accumulate" (of
    a leaf, after its `.grad` was added to). One of `node` and `leaf` is None. `name`: the function's own.
    """

    hook: int
    kind: str
    node: int | None
    output_nr: int
    leaf: int | None
    name: str
    source: Source | None
    earlier: bool


@record
class HookRemoved:
    """A hook was taken away."""

    hook: int


@record
class HookRan:
    """A hook ran in a backward: what it saw (`before`; None where nothing arrived), and what it left in its place (`after`)."""

    call: int
    hook: int
    before: tuple[Preview | None, ...]
    after: tuple[Preview | None, ...]


@record
class VersionBumped:
    """An in-place operation changed a tensor's values. `grad_of`: the tensor whose `.grad` this is, if it is one."""

    tensor: int
    op: str
    version: int
    preview: Preview
    grad_of: int | None
    source: Source | None


@record
class NodeCreated:
    """An operation was recorded: its grad_fn exists now, or (`earlier`) existed before anyone listened.

    `op`: the operation's own name ("mul"). `edges`: one per differentiable input, as in `next_functions`. `others`: tensors it used that
    have no edge (an index, a mask). `derivatives`: per edge, the input's name and the formula for its gradient. `module`: the nn.Modules
    that were being called, from the outside in, each by its name in the one around it and its class ("0: Linear").
    """

    node: int
    name: str
    op: str
    edges: tuple[Edge, ...]
    others: tuple[int, ...]
    saved: tuple[Saved, ...]
    shapes: tuple[tuple[int, ...], ...]
    derivatives: tuple[tuple[str, str], ...]
    module: tuple[str, ...]
    source: Source | None
    earlier: bool


@record
class OpNotRecorded:
    """An operation on tensors that require grad left no node, because gradient tracking was switched off."""

    op: str
    inputs: tuple[int, ...]
    output: int
    source: Source | None


@record
class GradModeChanged:
    """Gradient tracking was switched on or off. `how`: "no_grad", "enable_grad" or "set_grad_enabled"."""

    enabled: bool
    how: str
    entering: bool
    source: Source | None


@record
class BackwardStarted:
    """A gradient wave begins at `roots` with the gradients `seeds`. `api`: "backward" or "grad". `call` counts from 1 in the process."""

    call: int
    api: str
    roots: tuple[Edge, ...]
    seeds: tuple[Preview, ...]
    retain_graph: bool
    create_graph: bool
    source: Source | None


@record
class NodeEntered:
    """A node is about to run, with the summed gradient of each of its outputs (None where nothing arrived)."""

    call: int
    node: int
    gradients: tuple[Preview | None, ...]


@record
class NodeLeft:
    """A node has run; `gradients` go along its edges, in order (None along edges that need none)."""

    call: int
    node: int
    gradients: tuple[Preview | None, ...]


@record
class GradAccumulated:
    """A gradient reached `tensor` and was added to its `.grad`: before (None if it was empty) + added = after."""

    call: int
    tensor: int
    before: Preview | None
    added: Preview
    after: Preview


@record
class SavedReleased:
    """A node gave up what it had saved, because its backward ran without retain_graph."""

    call: int
    node: int
    names: tuple[str, ...]


@record
class BackwardFailed:
    """The wave stopped at `node` (None: at a leaf, or before it reached a node) with this exception. `hook`: the hook that raised it."""

    call: int
    node: int | None
    hook: int | None
    error: str
    message: str


@record
class BackwardFinished:
    """The wave has reached everything it could reach."""

    call: int


@record
class GradCleared:
    """`.grad` was emptied. `how`: "zero_" (filled with zeros in place) or "None" (let go of)."""

    tensor: int
    how: str
    before: Preview
    source: Source | None


Event = (
    SourceSeen
    | TensorCreated
    | TensorNamed
    | TensorDetached
    | RequiresGradChanged
    | GradRetained
    | HookRegistered
    | HookRemoved
    | HookRan
    | VersionBumped
    | NodeCreated
    | OpNotRecorded
    | GradModeChanged
    | BackwardStarted
    | NodeEntered
    | NodeLeft
    | GradAccumulated
    | SavedReleased
    | BackwardFailed
    | BackwardFinished
    | GradCleared
)
Listener = Callable[[Event], None]
KINDS: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(Event)}

# --- the seam ---------------------------------------------------------------------------------------------------------

listeners: list[Listener] = []
"""Who is told. The engine asks `if events.listeners:` before it makes an event, so silence costs one look at a list."""

epoch = 0
"""Grows with every new listener: whatever was told in an older epoch is introduced again (as `earlier`) when it is next used."""


def add_listener(listener: Listener) -> None:
    """From now on `listener(event)` is called for every event, in the thread where it happens."""
    global epoch
    epoch += 1
    listeners.append(listener)


def remove_listener(listener: Listener) -> None:
    """Stop telling `listener`. It is no error if it was not listening."""
    if listener in listeners:
        listeners.remove(listener)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Listen for the length of a `with` block."""
    add_listener(listener)
    try:
        yield
    finally:
        remove_listener(listener)


@contextmanager
def muted() -> Iterator[None]:
    """Tell nobody of what happens in this block: a check of an answer computes what the learner did not."""
    before = listeners[:]
    del listeners[:]
    try:
        yield
    finally:
        listeners[:0] = [listener for listener in before if listener not in listeners]


def emit(event: Event) -> None:
    """Tell every listener. Listeners are guests: one that raises is reported once and let go; the program goes on as if it had not "
    "listened."""
    for listener in tuple(listeners):
        try:
            listener(event)
        except Exception as error:
            remove_listener(listener)
            warnings.warn(f"autograd_viz: a listener stopped listening, because it raised {type(error).__name__}: {error}", stacklevel=2)
