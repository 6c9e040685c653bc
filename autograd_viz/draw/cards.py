"""Cards: what stands in a box, and how large that makes it.

A card's items lie relative to its own corner (0, 0), so `picture.py` can put it anywhere. Whatever a step may change has an id made from
the box's: `d` data cells, `g` cells of `.grad`, `q` its caption, `p` the `+=` port, `c0 c1 ...` chips, `s` the seed of a backward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from autograd_viz.draw.clean import clean, end, middle
from autograd_viz.draw.folding import Fold
from autograd_viz.draw.layout import text_width
from autograd_viz.draw.palette import SIZES
from autograd_viz.draw.parts import COPY, FN, FOLD, LEAF, PLAIN, Box, Drawn
from autograd_viz.draw.values import grid, top
from autograd_viz.events import PACKED, Event, GradAccumulated, NodeCreated, Preview, SourceSeen, TensorCreated, VersionBumped
from autograd_viz.trace.state import CHANGED, FREED, HELD, GraphState, HookState, NodeState, SavedState, TensorState
from autograd_viz.trace.words import Names, brief, expression, made_by, shape

Item = dict[str, Any]
PAD = 14
CELL = 10
PORT = 11
CHIPS, TAGS, FLAGS = 4, 4, 4
EXPRESSION, TITLE, NAME, CHIP = 32, 26, 22, 16  # longest, in characters


@dataclass(slots=True)
class Card:
    """A box's items, its size, and how far its port sticks out on the right."""

    w: float
    h: float
    items: list[Item] = field(default_factory=list)
    port: float = 0.0


def rect(x: float, y: float, w: float, h: float, c: str, r: float = 0.0) -> Item:
    """A rectangle."""
    item: Item = {"k": "rect", "x": tidy(x), "y": tidy(y), "w": tidy(w), "h": tidy(h), "c": c}
    if r:
        item["r"] = r
    return item


def words(x: float, y: float, s: str, c: str, a: str = "", id: str = "") -> Item:
    """A line of text, cleaned; `a`: "middle" or "end"."""
    item: Item = {"k": "text", "x": tidy(x), "y": tidy(y), "s": clean(s), "c": c}
    if a:
        item["a"] = a
    if id:
        item["id"] = id
    return item


def group(items: list[Item], c: str, id: str = "", x: float = 0.0, y: float = 0.0) -> Item:
    """Items that move and change together."""
    item: Item = {"k": "g", "c": c, "items": items}
    if x or y:
        item["x"], item["y"] = tidy(x), tidy(y)
    if id:
        item["id"] = id
    return item


def tidy(number: float) -> float:
    """A tenth of a pixel is fine enough."""
    if type(number) is int:
        return number
    rounded = round(number, 1)
    whole = int(rounded)
    return whole if rounded == whole else rounded


def is_tensor(saved: SavedState) -> bool:
    """Whether a saved thing is (or was, before it was freed or packed) a tensor."""
    return saved.tensor is not None or saved.status == "freed" or saved.text == PACKED


def chips_of(node: NodeState) -> list[SavedState]:
    """What a node saved that gets a chip."""
    return [saved for saved in node.saved if is_tensor(saved)]


@dataclass(slots=True)
class Opening:
    """How things were when they were first told: values and `.grad` of tensors, chips that were freed already.

    `scales`: the greatest magnitude that a tensor's `.grad` ever has; with one scale for all of them, 4 + 4 = 8 looks like twice as much.
    """

    values: dict[int, Preview] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    scales: dict[int, float] = field(default_factory=dict)
    grads: dict[int, Preview] = field(default_factory=dict)
    freed: set[tuple[int, str]] = field(default_factory=set)


def opening(events: Iterable[Event]) -> Opening:
    """The first look at everything, before any step."""
    first = Opening()
    fresh: set[int] = set()  # leaves that were made just now: how they are filled belongs to their making
    for event in events:
        if isinstance(event, TensorCreated) and event.requires_grad and event.is_leaf and event.tensor not in first.values:
            fresh.add(event.tensor)
        elif not isinstance(event, TensorCreated | VersionBumped | SourceSeen):
            fresh.clear()
        if isinstance(event, TensorCreated) and event.tensor not in first.values:
            first.values[event.tensor] = event.preview
            first.versions[event.tensor] = event.version
            if event.grad is not None:
                first.grads[event.tensor] = event.grad
                first.scales[event.tensor] = top(event.grad)
        elif isinstance(event, VersionBumped) and event.tensor in fresh:
            first.values[event.tensor], first.versions[event.tensor] = event.preview, event.version
        elif isinstance(event, GradAccumulated):
            first.scales[event.tensor] = max(first.scales.get(event.tensor, 0.0), top(event.after))
        elif isinstance(event, NodeCreated) and event.earlier:
            first.freed.update((event.node, saved.name) for saved in event.saved if not saved.held)
    return first


class Cards:
    """Makes the card of each box. `state`: at the end; `first`: at the beginning, which is what a card shows before any step."""

    def __init__(self, state: GraphState, names: Names, drawn: Drawn, first: Opening) -> None:
        self.state, self.names, self.drawn, self.first = state, names, drawn, first

    def card(self, box: Box) -> Card:
        """The card of a box."""
        card = self._card(box)
        self.flags(card, box)
        return card

    def _card(self, box: Box) -> Card:
        if box.kind == FOLD:
            return self._fold(self.drawn.folds[box.serial])
        if box.kind == COPY:
            return self._copy(box)
        if box.kind == FN:
            return self._function(box, self.state.nodes[box.serial])
        known = self.state.tensors[box.serial]
        if box.kind == PLAIN:
            return self._plain(box, known)
        return self._leaf(box, known) if box.kind == LEAF else self._constant(box, known)

    # --- tensors

    def _heading(self, known: TensorState) -> tuple[str, str]:
        name = end(clean(self.names.variable(known.serial) or made_by(known)), NAME)
        kind = "" if known.dtype == "float32" else f" {known.dtype}"
        return name, end(clean(shape(known.shape) + kind), NAME)

    def _leaf(self, box: Box, known: TensorState) -> Card:
        name, form = self._heading(known)
        preview, had = self.first.values[box.serial], self.first.grads.get(box.serial)
        version = f"v{known.version}" if self.names.is_changed(known.serial) else ""
        columns, shades = grid(preview)
        wide, tall = columns * CELL, -(-max(len(shades), 1) // columns) * CELL
        data, grad = data_label(preview), grad_label(had)
        left = max(wide, text_width(data, SIZES["label"]))
        right = max(wide, text_width(".grad" + " -1.23e+04" * (len(shades) == 1), SIZES["label"]))
        above = text_width(name, SIZES["name"]) + 22 + text_width(form, SIZES["shape"]) + (28 if version else 0)
        inner = max(left + 30 + right, above)
        w, h = inner + 2 * PAD + 4, 40 + tall + 30
        slot = w - PAD - 6 - right
        card = Card(w, h, port=PORT + 2)
        card.items = [
            rect(0, 0, w, h, "card", 14),
            words(PAD, 24, name, "name"),
            words(w - PAD - 4, 24, form, "shape", "end"),
            cells(f"{box.id}d", PAD, 38, columns, shades, "data"),
            cells(f"{box.id}g", slot, 38, columns, grid(had, self.first.scales[box.serial])[1] if had else [None] * len(shades), "grad"),
            words(PAD, 38 + tall + 17, data, "label", id=f"{box.id}e"),
            words(slot, 38 + tall + 17, grad, "label", id=f"{box.id}q"),
            group([
                {"k": "circle", "x": 0, "y": 0, "r": PORT, "c": "port-ring"},
                words(0, 3.5, "+=", "port-text", "middle"),
            ], "port", f"{box.id}p", w, h / 2),
        ]  # fmt: skip
        if version:
            first = f"v{self.first.versions[box.serial]}"
            card.items.append(words(PAD + text_width(name, SIZES["name"]) + 8, 24, first, "version", id=f"{box.id}w"))
        return card

    def _constant(self, box: Box, known: TensorState) -> Card:
        name, form = self._heading(known)
        preview = self.first.values[box.serial]
        columns, shades = grid(preview)
        tall = -(-max(len(shades), 1) // columns) * CELL
        value = data_label(preview).removeprefix("data").strip()
        heading = text_width(name, SIZES["name"]) + 20 + text_width(form, SIZES["shape"])
        inner = max(columns * CELL + text_width(value, SIZES["label"]) + 8, heading)
        w, h = inner + 2 * PAD, 38 + tall + 14
        items = [
            rect(0, 0, w, h, "card", 5),
            words(PAD, 23, name, "name"),
            words(w - PAD, 23, form, "shape", "end"),
            cells(f"{box.id}d", PAD, 36, columns, shades, "data"),
        ]
        return Card(w, h, items + ([words(PAD + columns * CELL + 6, 44.5, value, "label", id=f"{box.id}e")] if value else []))

    def _copy(self, box: Box) -> Card:
        """A small card for what has its box elsewhere."""
        name = middle(clean(box.name), NAME)
        w, h = text_width(name, SIZES["expr"]) + 26, 26.0
        return Card(w, h, [rect(0, 0, w, h, "card", 13), words(w / 2, 17.5, name, "expr", "middle")])

    # --- operations

    def _fold(self, fold: Fold) -> Card:
        """A stack of cards: what is folded, and of how many nodes."""
        names = list(dict.fromkeys(self.state.nodes[serial].name for serial in fold.nodes))
        some = middle(clean(", ".join(names[:3]) + (", …" if len(names) > 3 else "")), EXPRESSION + 8)
        title, count = middle(clean(fold.title), TITLE), f"{fold.count} nodes folded"
        inner = max(text_width(some, SIZES["expr"]), text_width(title, SIZES["title"]), text_width(count, SIZES["label"]))
        w, h = inner + 2 * PAD, 86.0
        back = [rect(step, -step, w, h, "card fold-back", 6) for step in (8, 4)]
        front = [rect(0, 0, w, h, "card", 6), words(PAD, 24, some, "expr"), words(PAD, 46, title, "title")]
        return Card(w, h, [*back, *front, words(PAD, 71, count, "label")], port=8)

    def _plain(self, box: Box, known: TensorState) -> Card:
        name = self.names.variable(known.serial)
        made = expression(_short(known.source.text), name) if known.source else name
        tags = [name] if name else []
        return self._operation(box, made or known.op, known.op, shape(known.shape), tags, [words(PAD, 68, "no grad_fn", "label")], 0.0)

    def _function(self, box: Box, node: NodeState) -> Card:
        made = _short(self.names.made(node))
        chips, width = self._chips(box, node)
        if not chips:
            text = "saves nothing" + self._shares(node)
            chips, width = [words(PAD, 71, text, "label")], text_width(text, SIZES["label"])
        forms = [shape(each) for each in node.shapes[:2]] + ["…"] * (len(node.shapes) > 2)
        results = [self.state.tensors[tensor] for tensor in node.outputs.values() if tensor in self.state.tensors]
        bad = next((text for known in results for text in bad_numbers(known.preview)), "")
        card = self._operation(box, made, node.name, " ".join(forms), self.names.outputs(node), chips, width, bad)
        if any(known.retains_grad for known in results):
            card.items.append(words(PAD, card.h + 4, ".grad = None", "kept", id=f"{box.id}r"))
            card.h += 18
            card.items[0] = rect(0, 0, card.w, card.h, "card", 6)
        if node.failed:
            cross: Item = {"k": "path", "d": "M-4 -4L4 4M-4 4L4 -4", "c": "fault-cross"}
            card.items.append(group([{"k": "circle", "x": 0, "y": 0, "r": 10, "c": "fault-disc"}, cross], "fault"))
        return card

    def _shares(self, node: NodeState) -> str:
        """What is said of a node whose result is a view."""
        if node.inside is not None:
            return "; it runs inside CopySlices"
        shared = next((name for tensor in node.outputs.values() if (name := self.names.memory(tensor))), "")
        return end(clean(f"; shares the memory of {shared}"), 40) if shared else ""

    def flags(self, card: Card, box: Box) -> None:
        """A flag for every hook: on the side where a gradient arrives, or, of what sees what is sent, on the other."""
        for side, hooks in self._hooks(box).items():
            for i, hook in enumerate(hooks[:FLAGS]):
                self.drawn.flags.add(hook.number)
                x, y = (card.w, 14.0 + 15 * i) if side else (-9.0, 14.0 + 15 * i)
                mast: Item = {"k": "path", "d": "M0 12L0 0L9 3L0 6", "c": "flag"}
                card.items.append(group([mast], "hook" if hook.source is None else "hook later", f"{box.id}h{hook.number}", x, y))

    def _hooks(self, box: Box) -> dict[bool, list[HookState]]:
        if box.kind not in (FN, LEAF):
            return {}
        own = [hook for hook in self.state.hooks.values() if box.serial == (hook.node if box.kind == FN else hook.leaf)]
        return {True: [hook for hook in own if hook.kind != "posthook"], False: [hook for hook in own if hook.kind == "posthook"]}

    def _operation(
        self, box: Box, made: str, title: str, form: str, tags: list[str], below: list[Item], below_width: float, bad: str = ""
    ) -> Card:
        """The card of an operation. `bad`: what is wrong with its result."""
        made, title, size = middle(clean(made), EXPRESSION), middle(clean(title), TITLE), end(clean(form), NAME)
        above = text_width(made, SIZES["expr"]) + 16 + text_width(size, SIZES["shape"])
        middle_line = text_width(title, SIZES["title"]) + 12 * bool(bad) + text_width(bad, SIZES["bad-text"])
        inner = max(above, middle_line, below_width, 90.0)
        w, h = inner + 2 * PAD, 86.0
        items = [
            rect(0, 0, w, h, "card", 6),
            words(PAD, 24, made, "expr"),
            words(w - PAD, 24, size, "shape", "end"),
            words(PAD, 46, title, "title"),
            *below,
        ]
        if bad:
            items.append(words(w - PAD, 46, bad, "bad-text", "end"))
        right = w - 2
        for tag in reversed([end(clean(name), NAME) for name in tags[:TAGS]]):
            wide = text_width(tag, SIZES["tag-text"]) + 16
            if right - wide < 0:
                break
            items += [rect(right - wide, -12, wide, 22, "tag-box", 11), words(right - wide / 2, 3, tag, "tag-text", "middle")]
            right -= wide + 3
        return Card(w, h, items)

    def _chips(self, box: Box, node: NodeState) -> tuple[list[Item], float]:
        """One chip per saved tensor, the rest counted; and their width."""
        x, items, chips = float(PAD), [], chips_of(node)
        for i, saved in enumerate(chips[:CHIPS]):
            text = end(clean(saved.name), CHIP) + (" packed" if saved.text == PACKED else "")
            marked = saved.status == CHANGED
            status = FREED if (node.serial, saved.name) in self.first.freed else HELD
            wide = text_width(text, SIZES["chip-text"]) + 28 + 14 * marked
            parts = [rect(0, 0, wide, 20, "chip-box", 10), {"k": "circle", "x": 11, "y": 10, "r": 3.5, "c": "chip-dot"}]
            parts.append(words(20, 14, text, "chip-text"))
            if marked:
                parts.append(words(wide - 14, 14, "≠", "chip-mark", "middle"))
            items.append(group(parts, f"chip {status}", f"{box.id}c{i}", x, 56))
            x += wide + 6
        if len(chips) > CHIPS:
            items.append(words(x + 2, 70, f"+{len(chips) - CHIPS}", "label"))
            x += 26
        return items, x - PAD - 6


def bad_numbers(preview: Preview) -> list[str]:
    """What is wrong with an array.  ["1 nan", "2 inf"] """
    return [f"{count} {what}" for count, what in ((preview.nans, "nan"), (preview.infs, "inf")) if count]


def _short(expression: str) -> str:
    """An expression without the names of modules, which a box has no room for."""
    return expression.replace("torch.nn.functional.", "").replace("torch.", "")


def cells(id: str, x: float, y: float, columns: int, shades: list[Any], c: str) -> Item:
    """A grid of shades."""
    return {"k": "cells", "id": id, "x": tidy(x), "y": tidy(y), "size": CELL, "cols": columns, "v": shades, "c": c}


def data_label(preview: Preview) -> str:
    """Under the data: "data", and the number itself if there is just one."""
    return f"data {brief(preview.values[0])}" if len(preview.values) == 1 and preview.whole else "data"


def grad_label(preview: Preview | None) -> str:
    """Under the slot: ".grad", and the number itself if there is just one."""
    return f".grad {brief(preview.values[0])}" if preview is not None and len(preview.values) == 1 and preview.whole else ".grad"
