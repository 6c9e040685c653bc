"""What is drawn: which tensors and nodes get a box, and which arrows join them.

A box for every grad_fn and every leaf; for a constant only if something drawn uses it (a plain number never gets one); for what was
computed while tracking was off; for what was detached. Views of a constant are the constant. A graph that is too big to look at is cut
after its first boxes, and the picture says so.

Read next: `cards.py`, what stands in a box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograd_viz.draw.folding import INSIDE, Fold, folded
from autograd_viz.draw.inside import MOST_INPUTS, inside
from autograd_viz.draw.parts import CONST, COPY, FN, FOLD, LEAF, PLAIN, Box, Drawn, Region, add_link
from autograd_viz.trace import moments as at
from autograd_viz.trace.moments import Moment
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

MOST_BOXES = 200
MOST_LINKS = 400
MOST_TOGETHER = 390  # boxes on the picture and in all folds: the player takes 400
MOST_OPEN = 40  # folds that can be opened
FEW = 4  # uses of a tensor; of one that has more, those that are many or far from the first have a small copy beside them
NEAR = 4  # nodes that may be made between the first use and another
ABOUT_A_LEAF = (at.SUM, at.CLEAR, at.CHANGE, at.REQUIRES)


class _Chooser:
    def __init__(self, state: GraphState, moments: list[Moment], names: Names) -> None:
        self.state, self.moments, self.names = state, moments, names
        self.drawn = Drawn()
        self.leaves = {edge.leaf for node in state.nodes.values() for edge in node.edges}  # also those that ask for no gradient any more
        self.leaves |= {moment.tensor for moment in moments if moment.kind in (at.LEAF, at.REQUIRES)}
        self.folding = folded(state)
        self.fold_boxes: dict[int, Box] = {}  # by id(fold)
        self.users = self._users()
        self.uses = self._uses() if len(state.nodes) - len(self.folding.of_node) > 3 * FEW else Counter()
        self.places: Counter[int] = Counter()  # by a box's index: when its node was made
        self.layers: dict[int, int] = {}  # backward call -> the region of what it made
        self.left_out = 0

    def _users(self) -> dict[int, set[int]]:
        """Of each tensor that has an arrow into a fold, who uses it: ids of folds, 0 for a node that is drawn."""
        users: dict[int, set[int]] = {}
        if self.folding.folds:
            for serial, node in self.state.nodes.items():
                fold = self.folding.of_node.get(serial)
                for used in (*(edge.leaf or edge.tensor for edge in node.edges), *node.others):
                    known = self.names.root(used)
                    if known is not None:
                        users.setdefault(known.serial, set()).add(id(fold) if fold is not None else 0)
        return users

    def _uses(self) -> Counter[int]:
        """How often each tensor is used by nodes that are drawn, or by folds."""
        users = (node for node in self.state.nodes.values() if node.serial not in self.folding.of_node)
        used = [serial for node in users for serial in (*(edge.leaf or edge.tensor for edge in node.edges), *node.others)]
        uses = Counter(known.serial for serial in used if (known := self.names.root(serial)) is not None)
        for tensor, users_of in self.users.items():
            uses[tensor] += len(users_of - {0})
        return uses

    def lies_in(self, tensor: int | None) -> Fold | None:
        """The fold in which a tensor lies, because nothing else uses it."""
        users = self.users.get(tensor or -1, ())
        only = next(iter(users)) if len(users) == 1 else 0
        return next((fold for fold in self.folding.folds if id(fold) == only), None) if only else None

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
        if box is None and (fold := self.lies_in(known.serial)) is not None:
            box = self.drawn.of_tensor[known.serial] = self.fold_box(fold)
        if box is None and len(self.drawn.boxes) >= MOST_BOXES + 40:  # (the last nodes still get their inputs)
            self.left_out += 1
        elif box is None:
            kind = LEAF if known.serial in self.leaves or (known.requires_grad and known.is_leaf) else CONST
            box = self.add(f"t{self.names.tensor_numbers[known.serial]}", kind, known.serial, known.earlier)
            for serial in dict.fromkeys(known.inputs):
                self.link(self.drawn.of_tensor.get(serial), box, {}, "none")  # so that a detached tensor's way goes on
        return box

    def maker_box(self, serial: int) -> Box | None:
        known = self.state.tensors.get(serial)
        made = self.drawn.of_node.get(known.node) if known is not None and known.node is not None else None
        return made or self.tensor_box(serial)

    def link(self, tail: Box | None, head: Box, by: dict[int, int], kind: str, output: int | None = None) -> None:
        if tail is None or tail is head or len(self.drawn.links) >= MOST_LINKS:
            return
        if head.kind == FOLD:
            known = self.drawn.into.get(head.index, ())
            there = next((link for link in known if (link.tail is tail or link.tail.of is tail) and link.kind == kind), None)
            if there is not None:
                there.by |= by
                return
        if tail.kind in (LEAF, CONST) and self.uses[tail.serial] > FEW and not self.full():
            arrows = self.drawn.out.get(tail.index, [])
            if len(arrows) >= FEW or (arrows and self.places[head.index] - self.places[arrows[0].head.index] > NEAR):
                tail = self.copy(tail)
        add_link(self.drawn, tail, head, by, kind, output)

    def copy(self, box: Box) -> Box:
        """A small box that stands for a tensor's, beside one of its uses."""
        copies = sum(each.of is box for each in self.drawn.boxes)
        name = self.names.tensor(box.serial)
        made = Box(f"{box.id}c{copies + 1}", COPY, box.serial, len(self.drawn.boxes), earlier=box.earlier, of=box, name=name)
        self.drawn.boxes.append(made)
        return made

    def fold_box(self, fold: Fold) -> Box:
        """The box of a fold, made now if it has none."""
        box = self.fold_boxes.get(id(fold))
        if box is None:
            earlier = all(self.state.nodes[serial].earlier for serial in fold.nodes)
            number = len(self.drawn.folds)
            box = self.fold_boxes[id(fold)] = Box(f"f{number + 1}", FOLD, number, len(self.drawn.boxes), earlier=earlier)
            self.drawn.folds.append(fold)
            self.drawn.boxes.append(box)
        return box

    # --- what gets a box, in the order in which it came to be

    def node(self, serial: int) -> None:
        node = self.state.nodes[serial]
        inputs: list[tuple[Box | None, int | None, str]] = []
        for nr, edge in enumerate(node.edges[:MOST_INPUTS]):
            if edge.node is not None:
                inputs.append((self.drawn.of_node.get(edge.node), nr, "grad"))
            elif edge.leaf is not None:
                inputs.append((self.tensor_box(edge.leaf), nr, "grad"))
            elif edge.tensor is not None:
                inputs.append((self.tensor_box(edge.tensor), nr, "none"))
        inputs += [(self.maker_box(other), None, "none") for other in node.others[:MOST_INPUTS]]
        fold = self.folding.of_node.get(serial)
        if fold is not None:
            box = self.drawn.of_node[serial] = self.fold_box(fold)
            self.places[box.index] = len(self.drawn.of_node)
            for tail, place, kind in inputs:
                self.link(tail, box, {} if place is None else {serial: place}, kind)
            return
        box = self.add(f"n{self.names.node_numbers[serial]}", FN, serial, node.earlier)
        self.places[box.index] = len(self.drawn.of_node)
        if node.born:
            box.extra, box.region = "layer2", self.layer(node.born)
        for tail, place, kind in inputs:
            source = self.state.nodes[tail.serial] if tail is not None and tail.kind == FN else None
            several = source is not None and len(source.shapes) > 1 and place is not None
            output = node.edges[place].output_nr if several and place is not None else None
            self.link(tail, box, {} if place is None else {serial: place}, kind, output)
        for inner in self.state.nodes.values() if node.op == "copy_slices" else ():
            if inner.inside == serial:
                self.link(self.drawn.of_node.get(inner.serial), box, {}, "tie")

    def look_inside(self) -> None:
        """What each fold shows when it is opened, as long as there is room."""
        room = MOST_TOGETHER - len(self.drawn.boxes)
        for number, fold in enumerate(self.drawn.folds):
            if room < INSIDE + 40 or number == MOST_OPEN:
                self.drawn.notes.append("Some folds cannot be opened: they would be too many boxes.")
                break

            def own(tensor: int, fold: Fold = fold) -> str:
                return (LEAF if tensor in self.leaves else CONST) if self.lies_in(tensor) is fold else ""

            made = inside(fold, f"f{number + 1}", self.state, self.names, self.drawn, own)
            room -= len(made.boxes)
            self.drawn.inside[f"f{number + 1}"] = made

    def layer(self, born: int) -> int:
        """The frame around what a backward call has made."""
        call = self.state.calls[born - 1]
        if born not in self.layers:
            self.layers[born] = len(self.drawn.regions)
            moment = next((i for i, each in enumerate(self.moments) if each.kind == at.START and each.event is call.started), None)
            when = ": the graph of the gradients" if call.started.create_graph else " while it ran"  # a checkpoint's second run, say
            says = f"{call.started.api} #{born} made these{when}"
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
            self.link(tail, box, {}, "none")

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
            self.link(origin, self.add(f"t{self.names.tensor_numbers[tensor]}", CONST, tensor, known.earlier), {}, "cut")


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
    chooser.look_inside()
    if chooser.drawn.folds:
        count = sum(fold.count for fold in chooser.drawn.folds)
        folds = len(chooser.drawn.folds)
        where = "one box: open it" if folds == 1 else f"{folds} boxes: open one"
        chooser.drawn.notes.append(f"{count} nodes are folded into {where} to look inside.")
    if chooser.left_out:
        chooser.drawn.notes.append(f"This is the beginning: {chooser.left_out} more boxes are not drawn.")
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
