"""The picture as data: what `docs/play-format.md` calls a play, built from a recording.

Laid out once, coloured many times: the final graph gets its places, then the story is told on it. The builder works in the order of this
file: choose what is drawn, make the cards, let Graphviz place them, draw arrows and labels, tell the story, write the panels.

Read next: the writers `text.py`, `svg.py`, `html.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd_viz.draw import graphviz
from autograd_viz.draw.arrows import ASIDE, HEAVY, THIN, Rect, Space, along, arrow, aside, label_place, straight
from autograd_viz.draw.cards import Card, Cards, Item, group, opening, rect, tidy, words
from autograd_viz.draw.clean import clean, clean_lines, end
from autograd_viz.draw.dot import digraph
from autograd_viz.draw.graph import choose
from autograd_viz.draw.html import html
from autograd_viz.draw.layout import Arrow, Geometry, Point, text_width
from autograd_viz.draw.packed import stored
from autograd_viz.draw.palette import SIZES
from autograd_viz.draw.panels import boxes
from autograd_viz.draw.parts import FN, Box, Drawn, Link, Region
from autograd_viz.draw.story import Story
from autograd_viz.draw.svg import Play, svg
from autograd_viz.draw.telling import flow_text, sent
from autograd_viz.draw.text import text_drawing
from autograd_viz.events import Event
from autograd_viz.trace import moments as at
from autograd_viz.trace.fold import fold
from autograd_viz.trace.moments import Moment, moments_of
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

MIME = "application/vnd.autograd-viz.v1+json"
MARGIN = 24.0
NARROW, WIDE, TURNING = 44.0, 150.0, 90.0  # between columns: without labels, with them at most, and where many arrows turn
LABEL = 18.0
SEED = 30.0  # length of the arrow that brings a backward's first gradient


@dataclass(slots=True)
class Labels:
    """The widest text that each backward arrow will carry, and each seed."""

    flows: dict[str, str]
    seeds: dict[str, str]


def build(events: list[Event], given: dict[int, str] | None = None, title: str = "", live: bool = False, notes: Iterable[str] = ()) -> Play:
    """The play of a recording. `given`: names of tensors, by serial, that the recording does not know."""
    state = GraphState()
    for event in events:
        fold(state, event)
    told = moments_of(events)
    names = Names(state, given)
    drawn = choose(state, told, names)
    first = opening(events)
    maker = Cards(state, names, drawn, first)
    canvases = [_Canvas(each, [maker.card(box) for box in each.boxes], _labels(each, told)) for each in drawn.everything()]
    canvas, insides = canvases[0], dict(zip(drawn.inside, canvases[1:], strict=True))
    items = canvas.items()
    folds = {id: _opened(drawn.folds[int(id[1:]) - 1].title, inside) for id, inside in insides.items()}
    story = Story(events, told, drawn, names, first)
    story.tell()
    return {
        "schema": 1,
        "title": clean(title, 120),
        "w": tidy(canvas.width),
        "h": tidy(canvas.height),
        "items": items,
        "folds": folds,
        "steps": story.steps,
        "boxes": boxes(state, names, drawn),
        "ledger": story.ledger,
        "held": story.held,
        "sources": [{"name": clean(file, 120), "text": clean_lines(state.sources.get(file, ""))} for file in story.sources],
        "notes": [clean(note) for note in (*notes, *drawn.notes, *canvas.place.notes, *story.notes)],
        "live": live,
        "text": text_drawing(state, drawn, names, title),
    }


def _opened(name: str, canvas: _Canvas) -> dict[str, Any]:
    """What the player shows of an open fold."""
    items = canvas.items()
    return {"name": clean(name, 80), "w": tidy(canvas.width), "h": tidy(canvas.height), "items": items}


def _labels(drawn: Drawn, told: list[Moment]) -> Labels:
    """Every label that will be needed, at its widest; no words, where there is no room for them."""
    labels = Labels({}, {})
    for moment in told:
        if moment.kind == at.RUN:
            for link, gradient in sent(drawn, moment):
                labels.flows[link.id] = "" if drawn.crowded else max(labels.flows.get(link.id, ""), flow_text(gradient), key=len)
        elif moment.kind == at.START:
            for edge, seed in zip(moment.event.roots, moment.event.seeds, strict=False):
                root = drawn.of_node.get(edge.node) if edge.node is not None else drawn.of_tensor.get(edge.leaf)
                if root is not None:
                    labels.seeds[root.id] = max(labels.seeds.get(root.id, ""), flow_text(seed), key=len)
    return labels


def label_width(text: str) -> float:
    """The width of a flow label's box."""
    return text_width(text, SIZES["flow-text"]) + 14


class _Canvas:
    """Everything in its place."""

    def __init__(self, drawn: Drawn, cards: list[Card], labels: Labels) -> None:
        self.drawn, self.cards, self.labels = drawn, cards, labels
        widest = max(map(label_width, labels.flows.values()), default=0.0)
        gap = TURNING if drawn.crowded else min(max(NARROW, widest + 26), WIDE)
        sizes = [(card.w + card.port, card.h) for card in cards]
        arrows = [Arrow(link.tail.index, link.head.index, 3 if link.kind == "grad" else 1) for link in drawn.links]
        self.regions = [(region, [box.index for box in drawn.boxes if box.region == i]) for i, region in enumerate(drawn.regions)]
        self.place: Geometry = graphviz.place(sizes, arrows, [inside for _, inside in self.regions if inside], gap)
        self.width, self.height = self.place.width + 2 * MARGIN, self.place.height + 2 * MARGIN
        self.space = Space(self.area(box) for box in drawn.boxes)

    def corner(self, box: Box) -> Point:
        """A box's upper left corner."""
        x, y = self.place.centres[box.index]
        card = self.cards[box.index]
        return x - (card.w + card.port) / 2 + MARGIN, y - card.h / 2 + MARGIN

    def area(self, box: Box) -> Rect:
        """What a box covers, its tag included."""
        x, y = self.corner(box)
        card = self.cards[box.index]
        return x - 2, y - (14 if box.kind == FN else 2), x + card.w + card.port + 2, y + card.h + 2

    def items(self) -> list[Item]:
        """Back to front: regions, arrows, boxes, labels."""
        regions = [self.region(region, inside) for region, inside in self.regions if inside]
        edges, flows, labels = [], [], []
        for link, points in zip(self.drawn.links, self.place.curves, strict=False):
            curve = [(x + MARGIN, y + MARGIN) for x, y in points] or self.fallback(link.tail, link.head)
            text = self.labels.flows.get(link.id)
            edges.append(self.edge(link, curve, text is not None))
            if text is not None:
                flows.append(self.flow(link.id, curve[::-1], ASIDE))
                if not self.drawn.crowded:
                    back, wide = list(reversed(aside(curve, -ASIDE))), label_width(text)
                    labels.append(self.label(link.id, wide, label_place(back, wide, LABEL, self.space)))
        for box in self.drawn.boxes:
            if box.id in self.labels.seeds:
                flow, label = self.seed(box)
                flows.append(flow)
                labels.append(label)
        return [*regions, *edges, *flows, *map(self.box, self.drawn.boxes), *labels]

    def seed(self, box: Box) -> tuple[Item, Item]:
        """The gradient that a backward starts with: a short arrow into the root, from the right, or from below where there is no room."""
        wide = label_width(self.labels.seeds[box.id])
        _, top, right, bottom = self.area(box)
        middle = (top + 14 + bottom) / 2
        if self.space.is_free((right + 1, middle - LABEL, right + SEED + wide, middle + LABEL)):
            tip, tail, centre = (right, middle), (right + SEED, middle), (right + SEED + wide / 2, middle)
        else:
            x = right - wide / 2 - 8
            tip, tail, centre = (x, bottom), (x, bottom + 20), (x, bottom + 20 + LABEL / 2)
        area = (centre[0] - wide / 2, centre[1] - LABEL / 2, centre[0] + wide / 2, centre[1] + LABEL / 2)
        self.space.take(area)
        self.width, self.height = max(self.width, area[2] + MARGIN), max(self.height, area[3] + MARGIN)
        return self.flow(f"{box.id}s", straight(tail, tip)), self.label(f"{box.id}s", wide, centre)

    def fallback(self, tail: Box, head: Box) -> list[Point]:
        """A straight curve, where the layout gave none."""
        (x0, y0), (x1, y1) = self.corner(tail), self.corner(head)
        start = (x0 + self.cards[tail.index].w, y0 + self.cards[tail.index].h / 2)
        stop = (x1, y1 + self.cards[head.index].h / 2)
        return straight(start, stop)

    def box(self, box: Box) -> Item:
        x, y = self.corner(box)
        return group(self.cards[box.index].items, box.words if box.earlier else f"{box.words} later", box.id, x, y)

    def edge(self, link: Link, curve: list[Point], beside: bool) -> Item:
        """A forward arrow; a little aside if gradients will run along it."""
        line, head = arrow(curve, THIN, ASIDE if beside else 0.0)
        c = f"edge {link.kind}" if link.head.earlier else f"edge {link.kind} later"
        if link.output is None and link.kind != "cut":
            return {"k": "arrow", "d": line, "h": head, "c": c, "id": link.id}
        items: list[Item] = [{"k": "path", "d": line, "c": "edge-line"}, {"k": "path", "d": head, "c": "edge-head"}]
        if link.output is not None:
            x, y = along(curve, 0.84)
            items.append(words(x, y - 5, str(link.output), "outnr", "middle"))
        if link.kind == "cut":
            x, y = along(curve, 0.5)
            strokes = "".join(f"M{tidy(x + dx)} {tidy(y + 7)}L{tidy(x + dx + 6)} {tidy(y - 7)}" for dx in (-6, 0))
            items.append({"k": "path", "d": strokes, "c": "cut-mark"})
        return group(items, c, link.id)

    def flow(self, id: str, curve: list[Point], by: float = 0.0) -> Item:
        """A backward arrow."""
        line, head = arrow(curve, HEAVY, by)
        return {"k": "arrow", "d": line, "h": head, "c": "flow off", "id": f"{id}b"}

    def label(self, id: str, wide: float, centre: Point) -> Item:
        """What flows along it."""
        x, y = centre
        box = rect(x - wide / 2, y - LABEL / 2, wide, LABEL, "flow-box", 4)
        return group([box, words(x, y + 4, "", "flow-text", "middle", f"{id}t")], "flow off", f"{id}l")

    def region(self, region: Region, inside: list[int]) -> Item:
        """A hatched frame around the boxes of a no_grad block."""
        areas = [self.area(self.drawn.boxes[i]) for i in inside]
        left, top = min(a[0] for a in areas) - 12, min(a[1] for a in areas) - 4
        right, bottom = max(a[2] for a in areas) + 12, max(a[3] for a in areas) + 22
        hatch = "".join(_hatch(left, top, right, bottom))
        items = [{"k": "path", "d": hatch, "c": "hatch"}] if region.off else []
        fits = text_width(region.says, SIZES["region-text"]) + 20 <= right - left
        says = region.says if fits else end(region.says.split(":")[0], int((right - left - 16) / text_width("m", SIZES["region-text"])))
        items += [rect(left, top, right - left, bottom - top, "region-box", 8), words(left + 10, bottom - 7, says, "region-text")]
        return group(items, "region" if region.moment is None else "region later", region.id)


def _hatch(left: float, top: float, right: float, bottom: float) -> Iterable[str]:
    """Slanting lines, 14 apart, clipped to the frame."""
    tall = bottom - top
    x = left - tall
    while x < right:
        x0, x1 = max(x, left), min(x + tall, right)
        yield f"M{tidy(x0)} {tidy(bottom - (x0 - x))}L{tidy(x1)} {tidy(bottom - (x1 - x))}"
        x += 14


class Picture:
    """A finished picture. Each method writes it in another form; a notebook shows it by itself."""

    def __init__(self, play: Play) -> None:
        self._play = play

    def play(self) -> Play:
        """The play: what the player in the browser plays, as plain data."""
        return self._play

    def text(self) -> str:
        """The text drawing: the same words on every run."""
        return str(self._play["text"])

    def svg(self, step: int | None = None) -> str:
        """A standalone SVG of one step (counted from 0; the last, if None).  Raises TypeError for what is no number."""
        if step is not None and not isinstance(step, int):
            raise TypeError(f"expected the number of a step, or None for the last, got {step!r}")
        return svg(self._play, step)

    def html(self) -> str:
        """The whole player in one file that needs no network."""
        return html(self._play)

    def to_graphviz(self) -> Any:
        """A `graphviz.Digraph` of the graph, to style and render as you like."""
        return digraph(self._play)

    def save(self, path: str | Path) -> Path:
        """Write the picture in the form that the file's ending asks for: .svg, .html, .dot, .json or .txt."""
        path = Path(path)
        writers: dict[str, Callable[[], str]] = {
            ".svg": self.svg, ".html": self.html, ".dot": lambda: str(self.to_graphviz().source),
            ".json": lambda: json.dumps(self._play, allow_nan=False, ensure_ascii=False), ".txt": lambda: self.text() + "\n",
        }  # fmt: skip
        if path.suffix not in writers:
            raise ValueError(f"expected a path that ends with {', '.join(writers)}, got {str(path)!r}")
        path.write_text(writers[path.suffix](), encoding="utf-8")
        return path

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME: stored(self._play), "image/svg+xml": self.svg(), "text/plain": self.text()}
