"""What is known at one moment: which tensors and nodes there are, what each node holds, what every `.grad` is.

A `GraphState` is what the events so far add up to. Tensors and nodes are known by their serial numbers only. Nothing here acts:
`fold.py` changes a state, one event at a time, and `narrate.py` puts the change into words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd_viz.events import BackwardStarted, Edge, Preview, Source

HELD, FREED, CHANGED = "held", "freed", "changed"


@dataclass(slots=True)
class TensorState:
    """A tensor as last heard of. `origin`: what it was detached from; `unrecorded`: only the grad mode kept it from having a grad_fn."""

    serial: int
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
    names: list[str] = field(default_factory=list)
    origin: int | None = None
    unrecorded: bool = False
    retains_grad: bool = False

    @property
    def name(self) -> str:
        """The variable that refers to it (the latest, if several do), or an empty text."""
        return self.names[-1] if self.names else ""


@dataclass(slots=True)
class SavedState:
    """One thing that a node saved. `status`: held, freed (given up after backward), changed (held, but written to since)."""

    name: str
    tensor: int | None
    storage: int | None
    nbytes: int
    version: int
    text: str
    status: str


@dataclass(slots=True)
class NodeState:
    """A grad_fn. `outputs`: output number -> tensor; `received`, `sent`: gradients of its latest run; `runs`: the calls in which it ran.

    `versions`: output number -> the version of that tensor's memory when it became this output. `born`: the backward call that made it
    (create_graph), 0 if the program did. `inside`: the CopySlices that runs it. `rewritten`: its result has another history by now.
    """

    serial: int
    name: str
    op: str
    edges: tuple[Edge, ...]
    others: tuple[int, ...]
    saved: list[SavedState]
    shapes: tuple[tuple[int, ...], ...]
    derivatives: tuple[tuple[str, str], ...]
    module: tuple[str, ...]
    source: Source | None
    earlier: bool
    outputs: dict[int, int] = field(default_factory=dict)
    received: tuple[Preview | None, ...] = ()
    sent: tuple[Preview | None, ...] = ()
    runs: list[int] = field(default_factory=list)
    failed: bool = False
    versions: dict[int, int] = field(default_factory=dict)
    born: int = 0
    inside: int | None = None
    rewritten: bool = False


@dataclass(slots=True)
class HookState:
    """A hook; `before` and `after`: the gradients of its latest run."""

    number: int
    kind: str
    node: int | None
    output_nr: int
    leaf: int | None
    name: str
    source: Source | None
    before: tuple[Preview | None, ...] = ()
    after: tuple[Preview | None, ...] = ()
    removed: bool = False


@dataclass(slots=True)
class Call:
    """One backward call, numbered from 1 in this recording. `status`: running, finished or failed."""

    number: int
    started: BackwardStarted
    status: str = "running"
    error: str = ""
    message: str = ""
    node: int | None = None
    hook: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What happened to one `.grad`: before + added = after in a call, or (call 0, added None) emptied, and how."""

    tensor: int
    call: int
    before: Preview | None
    added: Preview | None
    after: Preview | None
    note: str = ""


@dataclass(slots=True)
class Mode:
    """A change of grad mode that is still in force. `enabled`: what it was before."""

    how: str
    before: bool


@dataclass(slots=True)
class GraphState:
    """Everything that is known after some events.

    `held_bytes`: memory of saved tensors, each storage counted once. For that: `holders`, how many saved tensors hold a storage; `holding`,
    its bytes; `watched`, those that a change of the storage would spoil; `spoiled`, what the
    latest in-place change has spoilt (node and saved name). `orphans`: outputs told before their node.
    """

    tensors: dict[int, TensorState] = field(default_factory=dict)
    nodes: dict[int, NodeState] = field(default_factory=dict)
    hooks: dict[int, HookState] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    grad_enabled: bool = True
    modes: list[Mode] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    running: list[Call] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    held_bytes: int = 0
    holders: dict[int, int] = field(default_factory=dict)
    holding: dict[int, int] = field(default_factory=dict)
    watched: dict[int, list[tuple[int, SavedState]]] = field(default_factory=dict)
    spoiled: list[tuple[int, str]] = field(default_factory=list)
    orphans: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def call(self) -> Call | None:
        """The backward call that is under way."""
        return self.running[-1] if self.running else None

    def storage_of(self, tensor: int) -> int:
        """The tensor that owns the memory of `tensor`: itself, unless it is a view."""
        for _ in range(len(self.tensors)):
            known = self.tensors.get(tensor)
            if known is None or known.base is None or known.base == tensor:
                break
            tensor = known.base
        return tensor

    def maker(self, tensor: int) -> NodeState | None:
        """The grad_fn of a tensor, if it has one."""
        known = self.tensors.get(tensor)
        return None if known is None or known.node is None else self.nodes.get(known.node)
