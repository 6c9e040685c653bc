"""What is drawn: which tensors and nodes get a box, and which arrows join them.

A box for every grad_fn and every leaf; for a constant only if something drawn uses it (a plain number never gets one); for what was
computed while tracking was off; for what was detached. Views of a constant are the constant. A graph that is too big to look at is cut
after its first boxes, and the picture says so.

Read next: `cards.py`, what stands in a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd_viz.trace import moments as at
from autograd_viz.trace.moments import Moment
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

MOST_BOXES = 200
MOST_LINKS = 400
MOST_INPUTS = 60  # arrows into one box
LEAF, CONST, FN, PLAIN = "leaf", "const", "fn", "plain"
ABOUT_A_LEAF = (at.SUM, at.CLEAR, at.CHANGE, at.REQUIRES)


@dataclass(slots=True)
class Box:
    """One box: a node (FN) or a tensor. `index`: its place in the list of boxes; `region`: the no_grad block that it belongs to.

    `extra`: "layer2" for what a backward with create_graph has made.
    """

    id: str
    kind: str
    serial: int
    index: int
    region: int | None = None
    earlier: bool = False
    extra: str = ""


@dataclass(slots=True)
class Link:
    """One arrow, from the box `tail` to the box `head`. `nr`: its place in the head's next_functions (None if it has none there).

    `kind`: grad (a gradient comes back this way), none (it does not), cut (detached), tie (the tail is run by the head, CopySlices).
    `output`: which of the tail's results it is, if there are several.
    """

    id: str
    tail: Box
    head: Box
    nr: int | None
    kind: str
    output: int | None = None


@dataclass(slots=True)
class Region:
    """Boxes in a frame: a block in which tracking was `off`, or what a backward with create_graph made. `moment`: the one that began it."""

    id: str
    says: str
    moment: int | None
    off: bool = True


@dataclass(slots=True)
class Drawn:
    """All that a picture shows, not yet placed. `flags`: the hooks that have one."""

    boxes: list[Box] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    of_node: dict[int, Box] = field(default_factory=dict)
    of_tensor: dict[int, Box] = field(default_factory=dict)
    inner: set[int] = field(default_factory=set)
    flags: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    into: dict[int, list[Link]] = field(default_factory=dict)
    out: dict[int, list[Link]] = field(default_factory=dict)

    def back(self, node: int | None) -> list[Link]:
        """The arrows along which a node sends gradients."""
        box = self.of_node.get(node) if node is not None else None
        return [link for link in self.into.get(box.index, ()) if link.kind == "grad"] if box is not None else []

    def links_from(self, box: Box) -> list[Link]:
        """The arrows that leave a box."""
        return self.out.get(box.index, [])

    def box_of(self, state: GraphState, tensor: int | None) -> Box | None:
        """The box that stands for a tensor: its own, or that of the node which made it."""
        if tensor is None:
            return None
        known = state.tensors.get(tensor)
        made = self.of_node.get(known.node) if known is not None and known.node is not None else None
        return made or self.of_tensor.get(tensor)


class _Chooser:
    def __init__(self, state: GraphState, moments: list[Moment], names: Names) -> None:
        self.state, self.moments, self.names = state, moments, names
        self.drawn = Drawn()
        self.leaves = {edge.leaf for node in state.nodes.values() for edge in node.edges}  # also those that ask for no gradient any more
        self.leaves |= {moment.tensor for moment in moments if moment.kind in (at.LEAF, at.REQUIRES)}
        self.layers: dict[int, int] = {}  # backward call -> the region of what it made
        self.left_out = 0

    def full(self) -> bool:
        return len(self.drawn.boxes) >= MOST_BOXES

    def add(self, id: str, kind: str, serial: int, earlier: bool) -> Box:
        box = Box(id, kind, serial, len(self.drawn.boxes), earlier=earlier)
        self.drawn.boxes.append(box)
        (self.drawn.of_node if kind == FN else self.drawn.of_tensor)[serial] = box
        return box

    def tensor_box(self, serial: int | None) -> Box | None:
        """The box of an input, made now if it has none."""
        known = self.names.root(serial)
        if known is None:
            return None
        box = self.drawn.of_tensor.get(known.serial)
        if box is None and len(self.drawn.boxes) >= MOST_BOXES + 40:  # (the last nodes still get their inputs)
            self.left_out += 1
        elif box is None:
            kind = LEAF if known.serial in self.leaves or (known.requires_grad and known.is_leaf) else CONST
            box = self.add(f"t{self.names.tensor_numbers[known.serial]}", kind, known.serial, known.earlier)
            for serial in dict.fromkeys(known.inputs):
                self.link(self.drawn.of_tensor.get(serial), box, None, "none")  # so that a detached tensor's way goes on
        return box

    def maker_box(self, serial: int) -> Box | None:
        known = self.state.tensors.get(serial)
        made = self.drawn.of_node.get(known.node) if known is not None and known.node is not None else None
        return made or self.tensor_box(serial)

    def link(self, tail: Box | None, head: Box, nr: int | None, kind: str, output: int | None = None) -> None:
        if tail is not None and tail is not head and len(self.drawn.links) < MOST_LINKS:
            link = Link(f"e{len(self.drawn.links) + 1}", tail, head, nr, kind, output)
            self.drawn.links.append(link)
            self.drawn.into.setdefault(head.index, []).append(link)
            self.drawn.out.setdefault(tail.index, []).append(link)

    # --- what gets a box, in the order in which it came to be

    def node(self, serial: int) -> None:
        node = self.state.nodes[serial]
        nr: int | None
        inputs: list[tuple[Box | None, int | None, str]] = []
        for nr, edge in enumerate(node.edges[:MOST_INPUTS]):
            if edge.node is not None:
                inputs.append((self.drawn.of_node.get(edge.node), nr, "grad"))
            elif edge.leaf is not None:
                inputs.append((self.tensor_box(edge.leaf), nr, "grad"))
            elif edge.tensor is not None:
                inputs.append((self.tensor_box(edge.tensor), nr, "none"))
        inputs += [(self.maker_box(other), None, "none") for other in node.others[:MOST_INPUTS]]
        box = self.add(f"n{self.names.node_numbers[serial]}", FN, serial, node.earlier)
        if node.born:
            box.extra, box.region = "layer2", self.layer(node.born)
        for tail, nr, kind in inputs:
            source = self.state.nodes[tail.serial] if tail is not None and tail.kind == FN else None
            several = source is not None and len(source.shapes) > 1 and nr is not None
            self.link(tail, box, nr, kind, node.edges[nr].output_nr if several and nr is not None else None)
        for inner in self.state.nodes.values() if node.op == "copy_slices" else ():
            if inner.inside == serial:
                self.link(self.drawn.of_node.get(inner.serial), box, None, "tie")

    def layer(self, born: int) -> int:
        """The frame around what a backward call has made."""
        call = self.state.calls[born - 1]
        if born not in self.layers:
            self.layers[born] = len(self.drawn.regions)
            moment = next((i for i, each in enumerate(self.moments) if each.kind == at.START and each.event is call.started), None)
            says = f"{call.started.api} #{born} made these: the graph of the gradients"
            self.drawn.regions.append(Region(f"r{len(self.drawn.regions) + 1}", says, moment, off=False))
        return self.layers[born]

    def unrecorded(self, tensor: int, inputs: Iterable[int], region: int | None) -> None:
        tails = [self.maker_box(serial) for serial in inputs]
        known = self.state.tensors.get(tensor)
        if known is None or tensor in self.drawn.of_tensor:
            return
        box = self.add(f"t{self.names.tensor_numbers[tensor]}", PLAIN, tensor, known.earlier)
        box.region = region
        for tail in tails:
            self.link(tail, box, None, "none")

    def is_lone_leaf(self, tensor: int | None) -> bool:
        """Whether something happens to a leaf that has no box yet, as in a cell that only zeroes its `.grad`."""
        known = self.state.tensors.get(tensor) if tensor is not None else None
        if known is None or not known.is_leaf or tensor in self.drawn.of_tensor:
            return False
        return known.requires_grad or tensor in self.leaves

    def follows_unrecorded(self, moment: Moment) -> bool:
        """Whether a constant was computed, with tracking off, from something that is drawn as such."""
        boxes = (self.drawn.of_tensor.get(serial) for serial in moment.event.inputs)
        return any(box is not None and box.kind == PLAIN for box in boxes)

    def detached(self, tensor: int) -> None:
        known = self.state.tensors.get(tensor)
        if known is None or known.origin is None or tensor in self.drawn.of_tensor:
            return
        origin = self.maker_box(known.origin)
        if origin is not None:
            self.link(origin, self.add(f"t{self.names.tensor_numbers[tensor]}", CONST, tensor, known.earlier), None, "cut")


def choose(state: GraphState, moments: list[Moment], names: Names) -> Drawn:
    """The boxes and arrows of the picture of a whole recording (`state`: at its end)."""
    chooser = _Chooser(state, moments, names)
    told = {moment.node for moment in moments if moment.kind == at.NODE}
    for serial in state.nodes:
        if serial not in told:
            _unless_full(chooser, chooser.node, serial)
    regions: list[int | None] = []
    for i, moment in enumerate(moments):
        _regions(chooser.drawn, regions, moment, i)
        if moment.kind == at.NODE and moment.node in state.nodes:
            _unless_full(chooser, chooser.node, moment.node)
        elif moment.kind == at.LEAF or (moment.kind in ABOUT_A_LEAF and chooser.is_lone_leaf(moment.tensor)):
            _unless_full(chooser, chooser.tensor_box, moment.tensor)
        elif moment.kind == at.UNRECORDED:
            _unless_full(chooser, chooser.unrecorded, moment.tensor, moment.event.inputs, regions[-1] if regions else None)
        elif moment.kind == at.CONSTANT and regions and regions[-1] is not None and chooser.follows_unrecorded(moment):
            moment.kind = at.UNRECORDED
            _unless_full(chooser, chooser.unrecorded, moment.tensor, moment.event.inputs, regions[-1])
        elif moment.kind == at.DETACH:
            _unless_full(chooser, chooser.detached, moment.tensor)
    if len(chooser.drawn.links) >= MOST_LINKS:
        chooser.drawn.notes.append(f"Only the first {MOST_LINKS} arrows are drawn.")
    if not chooser.drawn.boxes:
        _only_constants(chooser)
    if chooser.left_out:
        chooser.drawn.notes.append(f"This is the beginning: {chooser.left_out} more boxes are not drawn.")
    chooser.drawn.inner = _inner_nodes(state, names)
    return chooser.drawn


def _unless_full(chooser: _Chooser, add: object, *what: object) -> None:
    if chooser.full():
        chooser.left_out += 1
    else:
        add(*what)  # type: ignore[operator]


def _only_constants(chooser: _Chooser) -> None:
    """Where nothing asks for a gradient, what has a name is shown."""
    for serial, known in chooser.state.tensors.items():
        if chooser.names.variable(serial) and not known.earlier:
            _unless_full(chooser, chooser.tensor_box, serial)


def _regions(drawn: Drawn, open_regions: list[int | None], moment: Moment, i: int) -> None:
    """Keep the stack of blocks in which tracking is off."""
    if moment.kind == at.MODE_ON:
        inside = None
        if not moment.event.enabled:
            inside = open_regions[-1] if open_regions and open_regions[-1] is not None else len(drawn.regions)
            if inside == len(drawn.regions):
                drawn.regions.append(Region(f"r{inside + 1}", f"{moment.event.how}: nothing is recorded", i))
        open_regions.append(inside)
    elif moment.kind == at.MODE_OFF and open_regions:
        open_regions.pop()


def _inner_nodes(state: GraphState, names: Names) -> set[int]:
    """Nodes that are one part of an expression which made several: matmul's UnsqueezeBackward0 and MmBackward0."""
    inner: set[int] = set()
    group: set[str] = set()
    before = None
    for node in state.nodes.values():
        same = before is not None and node.source is not None and node.source == before.source and node.name not in group
        if same and before is not None and any(edge.node == before.serial for edge in node.edges) and not names.output(before):
            inner.add(before.serial)
            group.add(node.name)
        else:
            group = {node.name}
        before = node
    return inner
