"""Folding: what a big graph shows as one box.

Nodes stand in the order in which they were made, so whatever is folded, if it is a stretch of neighbours, leaves a graph without circles.
Three reasons to fold, tried in this order until little enough is left:

    the same again      a loop: of 100 turns the first and the last are drawn, the 98 between them are one box
    a module            all that one call of an nn.Module made
    a stretch           anything else: neighbours, in equal parts

A small graph is never folded. Read next: `graph.py`, which draws what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograd_viz.trace.state import GraphState, NodeState

SMALL = 40  # nodes; up to here every node is drawn
MANY = 160  # boxes; above, whatever is left is folded in equal parts
PARTS = 24  # how many those are
REPEATS = 4  # turns; fewer are drawn in full
INSIDE = 40  # nodes that an open fold shows
LOOKS = 6  # places where a loop may close, tried for each node
LONGEST = 1000  # nodes in one turn of a loop


@dataclass(slots=True)
class Fold:
    """A stretch of neighbours shown as one box. `shown`: those that it shows when it is opened; `turns`: how often they were repeated."""

    title: str
    nodes: list[int]
    shown: list[int]
    turns: int = 1

    @property
    def count(self) -> int:
        """How many nodes it stands for."""
        return len(self.nodes)


@dataclass(slots=True)
class Folding:
    """Which node lies in which fold."""

    folds: list[Fold] = field(default_factory=list)
    of_node: dict[int, Fold] = field(default_factory=dict)

    def add(self, fold: Fold) -> None:
        """One more."""
        self.folds.append(fold)
        self.of_node.update((serial, fold) for serial in fold.nodes)


def folded(state: GraphState) -> Folding:
    """How to fold the graph of a state."""
    nodes = list(state.nodes.values())
    made = Folding()
    if len(nodes) <= SMALL:
        return made
    kinds = _kinds(nodes)
    units: list[list[NodeState]] = []  # what will be a box: one node, or the nodes of a fold
    at = 0
    for start, period, turns in _loops(kinds):
        units += [[node] for node in nodes[at : start + period]]
        middle = nodes[start + period : start + (turns - 1) * period]
        title = f"× {turns - 2}, the same again"
        made.add(Fold(title, [node.serial for node in middle], [node.serial for node in middle[: min(period, INSIDE)]], turns - 2))
        at = start + (turns - 1) * period
        units.append(middle)
    units += [[node] for node in nodes[at:]]
    if len(units) > SMALL:
        units = _modules(units, made)
    if len(units) > MANY:
        _stretches(units, made)
    return made


def _kinds(nodes: Iterable[NodeState]) -> list[int]:
    """A number for each node, the same for those that look the same: by name, place in the program, shapes."""
    known: dict[object, int] = {}

    def looks(node: NodeState) -> object:
        place = node.source and (node.source.file, node.source.line)
        return node.name, node.op, place, node.shapes, len(node.edges)

    return [known.setdefault(looks(node), len(known)) for node in nodes]


def _loops(kinds: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    """Where the sequence repeats itself: start, length of a turn, number of turns; one after the other."""
    places: dict[int, list[int]] = {}
    for i, kind in enumerate(kinds):
        places.setdefault(kind, []).append(i)
    rank = {i: nr for found in places.values() for nr, i in enumerate(found)}
    at, count = 0, len(kinds)
    while at < count:
        best = (0, 0)
        found, nr = places[kinds[at]], rank[at]
        for again in found[nr + 1 : nr + 1 + LOOKS]:
            period = again - at
            if period > LONGEST:
                break
            stop = at
            while stop + period < count and kinds[stop] == kinds[stop + period]:
                stop += 1
            turns = (stop - at) // period + 1
            if turns >= REPEATS and turns * period > best[0] * best[1]:
                best = (period, turns)
                break  # the shortest turn that closes: longer ones are several of it
        period, turns = best
        if period and turns * period > 2 * REPEATS:
            yield at, period, turns
            at += period * turns
        else:
            at += 1


def _modules(units: list[list[NodeState]], made: Folding) -> list[list[NodeState]]:
    """Fold what one call of a module made: the outermost that are not all there is."""
    depth = 0
    while depth < 8 and len({node.module[: depth + 1] for unit in units for node in unit if node.module}) == 1:
        depth += 1
    left: list[list[NodeState]] = []
    run: list[NodeState] = []
    for unit in [*units, []]:
        path = unit[0].module[: depth + 1] if len(unit) == 1 else ()
        if run and (len(path) <= depth or run[0].module[: depth + 1] != path):
            if len(run) > 1:
                serials = [node.serial for node in run]
                made.add(Fold(run[0].module[depth], serials, serials[:INSIDE]))
            left.append(run)
            run = []
        if len(path) > depth:
            run.append(unit[0])
        elif unit:
            left.append(unit)
    return left


def _stretches(units: list[list[NodeState]], made: Folding) -> None:
    """Fold neighbours that are not folded yet, in equal parts, but for a few at either end."""
    part = -(-sum(len(unit) == 1 for unit in units) // PARTS)
    run: list[NodeState] = []
    ends = 6
    for i, unit in enumerate([*units, []]):
        single = len(unit) == 1 and ends <= i < len(units) - ends
        if single:
            run.append(unit[0])
        if run and (not single or len(run) == part):
            if len(run) > 1:
                serials = [node.serial for node in run]
                made.add(Fold(f"{len(run)} nodes", serials, serials[:INSIDE]))
            run = []
