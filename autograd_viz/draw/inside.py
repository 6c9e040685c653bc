"""The inside of a fold: what is seen when a reader opens it. It is a small picture of its own, with the same steps.

Read next: `graph.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from autograd_viz.draw.folding import Fold
from autograd_viz.draw.parts import COPY, FN, Box, Drawn, add_link
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

MOST_INPUTS = 60  # arrows into one box
MOST_BOXES, MOST_LINKS = 80, 160  # in one fold


def inside(fold: Fold, id: str, state: GraphState, names: Names, outer: Drawn, own: Callable[[int], str]) -> Drawn:
    """What a fold shows when it is opened: its nodes, what only they use, and small copies of what comes from outside.

    `outer`: the picture that it is on. `own`: of a tensor, the kind of its box if only this fold uses it, else an empty text.
    """
    made = Drawn()
    outside: dict[int, Box | None] = {}

    def put(box_id: str, kind: str, serial: int, of: Box | None = None, name: str = "") -> Box:
        box = Box(box_id, kind, serial, len(made.boxes), of=of, name=name)
        made.boxes.append(box)
        return box

    def source(node: int | None, tensor: int | None) -> Box | None:
        if node is not None:
            if node not in made.of_node and node not in outside:
                outside[node] = copy_of(node, outer.of_node.get(node), names.node(node))
            return made.of_node.get(node) or outside[node]
        known = names.root(tensor)
        if known is None:
            return None
        if known.serial not in made.of_tensor:
            if kind := own(known.serial):
                made.of_tensor[known.serial] = put(f"t{names.tensor_numbers[known.serial]}", kind, known.serial)
            else:
                of = outer.of_tensor.get(known.serial)
                copy = copy_of(known.serial, of, names.tensor(known.serial))
                if copy is None:
                    return None
                made.of_tensor[known.serial] = copy
        return made.of_tensor[known.serial]

    def copy_of(serial: int, of: Box | None, name: str) -> Box | None:
        if len(made.boxes) >= MOST_BOXES:
            return None
        return put(f"{id}g{len(made.boxes) + 1}", COPY, serial, of, name)

    for serial in fold.shown:
        node = state.nodes[serial]
        tails = [(source(edge.node, edge.leaf or edge.tensor), nr, edge) for nr, edge in enumerate(node.edges[:MOST_INPUTS])]
        box = made.of_node[serial] = put(f"n{names.node_numbers[serial]}", FN, serial)
        for tail, nr, edge in tails:
            if tail is not None and len(made.links) < MOST_LINKS:
                add_link(made, tail, box, {serial: nr}, "none" if edge.node is None and edge.leaf is None else "grad", prefix=f"{id}e")
    return made
