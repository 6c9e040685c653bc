"""Geometry: how much room words take, and where boxes and arrows go.

Places come from Graphviz if there is one (`graphviz.py`), else from `rows`, which puts each box one column after its last input. Either
sees sizes and numbers only, never a word of the user's. Arrows of a small picture come from Graphviz too; where they would cost it most of
its time, and without it, from `route`. Units are px.

Read next: `graph.py`, what there is to place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import combining, east_asian_width

BETWEEN = 28.0  # boxes of a column
ASTRAY, BEGINNING = 3, 12  # boxes that may stand beside a line; columns in which all that it starts from is used
ABOVE, BELOW = 18.0, 10.0  # an arrow that passes a box stays so far from it; its tag stands above
LANE = 8.0  # half of the room of an arrow that takes a detour
LANES = 4  # how many the arrows of one box have; more run along in the last
TURN = 75.0  # how soon it is there
ADVANCE = 0.605  # width of a monospace character, in units of its height
Point = tuple[float, float]


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """The width of a text in the picture's monospace face."""
    count = len(text) if text.isascii() else sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
    return count * ADVANCE * size


@dataclass(slots=True)
class Arrow:
    """From box `tail` to box `head` (places in a list of sizes). `weight`: how much it wants to be short and straight."""

    tail: int
    head: int
    weight: int = 1


@dataclass(slots=True)
class Geometry:
    """Where everything is: the centre of each box, a chain of cubic curves for each arrow (1 + 3n points, tail to head)."""

    width: float
    height: float
    centres: list[Point]
    curves: list[list[Point]]
    notes: list[str] = field(default_factory=list)


def rows(sizes: Sequence[Point], arrows: Sequence[Arrow], gap: float) -> Geometry:
    """The layout without Graphviz: columns by depth, boxes of a column below each other, about a common middle."""
    columns: dict[int, list[int]] = {}
    for box, column in enumerate(depths(len(sizes), arrows)):
        columns.setdefault(column, []).append(box)
    tall = {column: sum(sizes[box][1] for box in boxes) + BETWEEN * (len(boxes) - 1) for column, boxes in columns.items()}
    centres: list[Point] = [(0.0, 0.0)] * len(sizes)
    left, height = 0.0, max(tall.values(), default=0.0)
    for column in sorted(columns):
        wide, down = max(sizes[box][0] for box in columns[column]), (height - tall[column]) / 2
        for box in columns[column]:
            centres[box] = (left + wide / 2, down + sizes[box][1] / 2)
            down += sizes[box][1] + BETWEEN
        left += wide + gap
    made = Geometry(max(left - gap, 0.0), height, centres, [])
    route(made, sizes, arrows, gap)
    spread(made.curves, arrows, sizes)
    return made


def is_line(count: int, arrows: Sequence[Arrow]) -> bool:
    """Whether a graph is one line of boxes, but for a few, that starts from what stands at its beginning: then `rows` draws it as such.

    (Graphviz lets a long line with many arrows along it drift, over thousands of pixels.)
    """
    depth = depths(count, arrows)
    first = [0] * count  # of what has no input: the column of its first use
    for arrow in arrows:
        if not depth[arrow.tail]:
            first[arrow.tail] = min(first[arrow.tail] or depth[arrow.head], depth[arrow.head])
    return count - depth.count(0) <= max(depth, default=0) + ASTRAY and max(first, default=0) <= BEGINNING


def depths(count: int, arrows: Sequence[Arrow]) -> list[int]:
    """How many arrows lead to each box, at most, one after the other. Arrows that close a circle are passed over."""
    into = [0] * count
    out: list[list[int]] = [[] for _ in range(count)]
    for arrow in arrows:
        if arrow.tail != arrow.head:
            into[arrow.head] += 1
            out[arrow.tail].append(arrow.head)
    depth = [0] * count
    ready = [box for box in range(count) if not into[box]]
    while ready:
        box = ready.pop()
        for after in out[box]:
            depth[after] = max(depth[after], depth[box] + 1)
            into[after] -= 1
            if not into[after]:
                ready.append(after)
    return depth


def route(made: Geometry, sizes: Sequence[Point], arrows: Sequence[Arrow], gap: float) -> None:
    """Arrows where a layout has given places only: straight, or, where a box is in the way, along a free lane above or below it.

    Boxes of a column have one centre, and between columns there is `gap`: there an arrow turns to its lane and back.
    """
    sides = [(x - w / 2, x + w / 2) for (x, _), (w, _) in zip(made.centres, sizes, strict=True)]
    columns: dict[float, Point] = {}  # centre -> how far its boxes reach
    for (x, _), (left, right) in zip(made.centres, sides, strict=True):
        reach = columns.get(x, (left, right))
        columns[x] = min(reach[0], left), max(reach[1], right)
    heights = [(y - h / 2 - ABOVE, y + h / 2 + BELOW) for (_, y), (_, h) in zip(made.centres, sizes, strict=True)]
    boxes = sorted((sides[i][0], top, sides[i][1], bottom, i) for i, (top, bottom) in enumerate(heights))
    lefts, widest = [box[0] for box in boxes], max((w for w, _ in sizes), default=0.0)
    lanes: list[tuple[float, float, float, int]] = []  # left, right, y, tail
    made.curves = [[] for _ in arrows]
    for i in sorted(range(len(arrows)), key=lambda i: made.centres[arrows[i].head][0] - made.centres[arrows[i].tail][0]):
        tail, head = arrows[i].tail, arrows[i].head  # the shortest first: it gets the nearest lane, and longer ones pass around it
        start, stop = (sides[tail][1], made.centres[tail][1]), (sides[head][0], made.centres[head][1])
        around = boxes[bisect_left(lefts, start[0] - widest) : bisect_left(lefts, stop[0])]
        near = [box for box in around if box[2] > start[0] and box[4] not in (tail, head)]
        if stop[0] <= start[0] or not any(_crosses(start, stop, box) for box in near):
            made.curves[i] = [start, start, stop, stop]
            continue
        own = [y for _, _, y, of in lanes if of == tail]
        shared = tail if len(own) >= LANES else -1
        taken = [(box[1], box[3]) for box in near]
        taken += [(y - 2 * LANE, y + 2 * LANE) for left, right, y, of in lanes if left < stop[0] and start[0] < right and of != shared]
        y = _free((start[1] + stop[1]) / 2 if shared < 0 else own[-1], taken)
        lanes.append((start[0], stop[0], y, tail))
        made.curves[i] = _detour(start, stop, columns[made.centres[tail][0]][1], columns[made.centres[head][0]][0], y, min(TURN, gap * 0.9))
    _grow(made)


def _crosses(start: Point, stop: Point, box: tuple[float, float, float, float, int]) -> bool:
    """Whether a straight line to the right runs through a box."""
    left, top, right, bottom, _ = box
    slope = (stop[1] - start[1]) / (stop[0] - start[0])
    y0, y1 = start[1] + slope * (max(left, start[0]) - start[0]), start[1] + slope * (min(right, stop[0]) - start[0])
    return min(y0, y1) < bottom and max(y0, y1) > top


def _free(wanted: float, taken: list[tuple[float, float]]) -> float:
    """The nearest place that lies in none of the (low, high)."""
    down = up = wanted
    for low, high in sorted(taken):
        if low < down < high:
            down = high
    for low, high in sorted(taken, key=lambda each: -each[1]):
        if low < up < high:
            up = low
    return down if down - wanted <= wanted - up else up


def _detour(start: Point, stop: Point, right: float, left: float, y: float, turn: float) -> list[Point]:
    """Out of the tail's column, which ends at `right`, over to the lane, along it, and into the head's column, which begins at `left`."""
    on, off, half = (right + turn, y), (left - turn, y), turn / 2
    out, into = (right, start[1]), (left, stop[1])
    curve = [start] if start[0] >= right - 1 else [start, start, out, out]
    curve += [(right + half, start[1]), (right + half, y), on, on, off, off, (left - half, y), (left - half, stop[1])]
    return [*curve, stop] if stop[0] <= left + 1 else [*curve, into, into, stop, stop]


def _grow(made: Geometry) -> None:
    """Give the lanes that run beyond the boxes their room."""
    lanes = [curve[6][1] for curve in made.curves if len(curve) > 4]
    over, made.height = max(LANE - min(lanes, default=LANE), 0.0), max(made.height, max(lanes, default=0.0) + LANE)
    if over:
        made.height += over
        made.centres = [(x, y + over) for x, y in made.centres]
        made.curves = [[(x, y + over) for x, y in curve] for curve in made.curves]


def spread(curves: Sequence[list[Point]], arrows: Sequence[Arrow], sizes: Sequence[Point]) -> None:
    """Where several arrows reach one box they would all end in one point: move their ends apart, the highest first."""
    into: dict[int, list[int]] = {}
    for i, arrow in enumerate(arrows):
        if len(curves[i]) >= 4:
            into.setdefault(arrow.head, []).append(i)
    for head, together in into.items():
        if len(together) > 1:
            room = sizes[head][1] - 24
            apart = min(22.0, room / (len(together) - 1))
            together.sort(key=lambda i: (round(sum(y for _, y in curves[i]) / len(curves[i])), i))
            for k, i in enumerate(together):
                dy = (k - (len(together) - 1) / 2) * apart
                curves[i][-2:] = [(x, y + dy) for x, y in curves[i][-2:]]
