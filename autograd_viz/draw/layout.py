"""Geometry: how much room words take, and where boxes and arrows go.

Places come from Graphviz if there is one (`graphviz.py`), else from `rows`, which puts each box one column after its last input. Either
sees sizes and numbers only, never a word of the user's. Units are px.

Read next: `graph.py`, what there is to place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import combining, east_asian_width

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
    """The layout without Graphviz: columns by depth, boxes of a column below each other, straight arrows."""
    depth = depths(len(sizes), arrows)
    columns: dict[int, list[int]] = {}
    for box, column in enumerate(depth):
        columns.setdefault(column, []).append(box)
    centres: list[Point] = [(0.0, 0.0)] * len(sizes)
    left, height = 0.0, 0.0
    for column in sorted(columns):
        wide, down = max(sizes[box][0] for box in columns[column]), 0.0
        for box in columns[column]:
            centres[box] = (left + wide / 2, down + sizes[box][1] / 2)
            down += sizes[box][1] + 28
        left, height = left + wide + gap, max(height, down - 28)
    curves = [_straight(centres[a.tail], sizes[a.tail], centres[a.head], sizes[a.head]) for a in arrows]
    return Geometry(max(left - gap, 0.0), height, centres, curves)


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


def _straight(tail: Point, tail_size: Point, head: Point, head_size: Point) -> list[Point]:
    (x0, y0), (x1, y1) = (tail[0] + tail_size[0] / 2, tail[1]), (head[0] - head_size[0] / 2, head[1])
    third = (x1 - x0) / 2
    return [(x0, y0), (x0 + third, y0), (x1 - third, y1), (x1, y1)]


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
