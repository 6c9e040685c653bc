"""How a story is cut into steps, and what is said of several moments at once: those in a fold.

Read next: `story.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd_viz.draw.folding import Fold
from autograd_viz.draw.parts import FN, FOLD, Box, Drawn, Link
from autograd_viz.events import Preview
from autograd_viz.trace import moments as at
from autograd_viz.trace.moments import Moment
from autograd_viz.trace.words import Names, brief, shape, values

MANY_STEPS = 400  # above, what happens in one fold is one step
ENDS = 3  # rows of a leaf's ledger that are kept at either end of a fold
LONGEST_FLOW = 18  # characters


class Stage:
    """What every item shows now, and what the current step has changed."""

    def __init__(self) -> None:
        self.shown: dict[str, dict[str, Any]] = {"c": {}, "s": {}, "v": {}, "m": {}}
        self.set: dict[str, dict[str, Any]] = {}

    def begin(self) -> None:
        """A new step."""
        self.set = {}

    def put(self, id: str, field: str, what: Any) -> None:
        """From now on the item shows this: a class `c`, a text `s`, the values of cells `v` or, in a row of the inspector, arrays `m`."""
        shown = self.shown[field]
        if shown.get(id) != what:
            shown[id] = what
            self.set.setdefault(id, {})[field] = what


def grouped(moments: list[Moment], box_of: Callable[[Moment], Box | None], folds: list[Fold]) -> Iterator[list[Moment]]:
    """One step each; but all that happens in one fold, until something else happens to a node, is one step if it is much."""
    start = 0
    while start < len(moments):
        first, last = box_of(moments[start]), start
        if first is not None and first.kind == FOLD and (folds[first.serial].turns > 1 or len(moments) > MANY_STEPS):
            for i in range(start, len(moments)):
                box = box_of(moments[i])
                if box is first:
                    last = i
                elif moments[i].kind == at.FAIL or (box is not None and box.kind in (FN, FOLD)):
                    break
        yield moments[start : last + 1]
        start = last + 1


def told_together(group: list[Moment], fold: Fold, names: Names) -> list[tuple[str, str]]:
    """What happened in a fold, as a caption."""
    made = [moment for moment in group if moment.kind == at.NODE]
    ran = sum(moment.kind == at.RUN for moment in group)
    calls = sum(moment.kind == at.START for moment in group)
    says: list[tuple[str, str]] = [("b", fold.title), ("", ": ")]
    if made:
        says.append(("", f"{len(made)} nodes are recorded ({_names_of(made)})"))
    if ran:
        says.append(("", f"{', and ' if made else ''}the gradient runs back through {ran} nodes"))
        says.append(("", f", in {calls} backward calls" if calls else ""))
    added = {moment.tensor: moment.event.after for moment in group if moment.kind == at.SUM}
    for tensor, after in list(added.items())[:3]:
        says += [("", "; "), ("b", names.tensor(tensor)), ("code", ".grad"), ("", " is then "), ("code", values(after))]
    return [*says, ("", ".")]


def sent(drawn: Drawn, moment: Moment) -> Iterable[tuple[Link, Preview]]:
    """The arrows along which a run sends gradients."""
    for link in drawn.back(moment.node):
        nr = link.by.get(moment.node or -1)
        gradient = moment.event.gradients[nr] if nr is not None and nr < len(moment.event.gradients) else None
        if gradient is not None:
            yield link, gradient


def _names_of(moments: list[Moment]) -> str:
    """The names of nodes that were made.  "MulBackward0, SinBackward0" """
    names = list(dict.fromkeys(moment.event.name for moment in moments))
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")


def shortened(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of many rows of a ledger, the first and the last of each leaf."""
    of_leaf: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_leaf.setdefault(row["leaf"], []).append(row)
    kept = [id(row) for each in of_leaf.values() for row in (each if len(each) <= 2 * ENDS else [*each[:ENDS], *each[-ENDS:]])]
    return [row for row in rows if id(row) in set(kept)]


def flow_text(gradient: Preview) -> str:
    """A gradient in a narrow place.  "[0.25 0.27 0.14]", "(5, 3) 0.25 …", "(4, 5) all 1" """
    if len(gradient.values) <= 3 and gradient.whole and len(full := values(gradient, short=True)) <= LONGEST_FLOW:
        return full
    if gradient.minimum is not None and gradient.minimum == gradient.maximum and not gradient.nans and not gradient.infs:
        return f"{shape(gradient.shape)} all {brief(gradient.minimum)}"
    return f"{shape(gradient.shape)} {brief(gradient.values[0])} …" if gradient.values else shape(gradient.shape)
