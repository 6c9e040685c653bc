"""The parts of a picture that is not yet placed: boxes, the arrows between them, frames around them.

Read next: `graph.py`, which chooses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd_viz.draw.folding import Fold
from autograd_viz.trace.state import GraphState

CROWDED = 60  # boxes
LEAF, CONST, FN, PLAIN, FOLD, COPY = "leaf", "const", "fn", "plain", "fold", "copy"


@dataclass(slots=True)
class Box:
    """One box: a node (FN) or a tensor. `index`: its place in the list of boxes; `region`: the no_grad block that it belongs to.

    `extra`: "layer2" for what a backward with create_graph has made. A FOLD stands for several nodes (`serial`: its place in
    `Drawn.folds`); a COPY, small and beside its use, for a tensor or node called `name` whose own box (`of`) is elsewhere.
    """

    id: str
    kind: str
    serial: int
    index: int
    region: int | None = None
    earlier: bool = False
    extra: str = ""
    of: Box | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """The class words that it always has."""
        return f"node {self.kind} {self.extra}" if self.extra else f"node {self.kind}"


@dataclass(slots=True)
class Link:
    """One arrow, from the box `tail` to the box `head`. `by`: node -> its place in that node's next_functions (a fold has several nodes).

    `kind`: grad (a gradient comes back this way), none (it does not), cut (detached), tie (the tail is run by the head, CopySlices).
    `output`: which of the tail's results it is, if there are several.
    """

    id: str
    tail: Box
    head: Box
    by: dict[int, int]
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
    """All that a picture shows, not yet placed. `flags`: the hooks that have one.

    `of_node`, `of_tensor`: the box that stands for it, which may be a fold's. `folds`: what the folds are, and `inside`, for each by its
    box's id, what it shows when it is opened.
    """

    boxes: list[Box] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    of_node: dict[int, Box] = field(default_factory=dict)
    of_tensor: dict[int, Box] = field(default_factory=dict)
    flags: set[int] = field(default_factory=set)
    folds: list[Fold] = field(default_factory=list)
    inside: dict[str, Drawn] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    into: dict[int, list[Link]] = field(default_factory=dict)
    out: dict[int, list[Link]] = field(default_factory=dict)

    @property
    def crowded(self) -> bool:
        """Whether there are too many boxes for a label on every arrow: then a gradient is read in the inspector."""
        return len(self.boxes) > CROWDED

    def back(self, node: int | None) -> list[Link]:
        """The arrows along which a node sends gradients."""
        box = self.of_node.get(node) if node is not None else None
        return [link for link in self.into.get(box.index, ()) if link.kind == "grad"] if box is not None else []

    def everything(self) -> Iterator[Drawn]:
        """This and what its folds show."""
        yield self
        yield from self.inside.values()

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


def add_link(drawn: Drawn, tail: Box, head: Box, by: dict[int, int], kind: str, output: int | None = None, prefix: str = "e") -> None:
    """One more arrow."""
    link = Link(f"{prefix}{len(drawn.links) + 1}", tail, head, by, kind, output)
    drawn.links.append(link)
    drawn.into.setdefault(head.index, []).append(link)
    drawn.out.setdefault(tail.index, []).append(link)
