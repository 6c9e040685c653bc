"""Arrows: a thin one forward, a heavier one back beside it, and a place for what flows.

A curve is a chain of cubic pieces, 1 + 3n points. The forward arrow runs a little to one side of it and the backward arrow as far to the
other, so that both are seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import hypot

from autograd_viz.draw.layout import Point

ASIDE = 4.0
THIN, HEAVY, WIDE = 7.0, 10.0, 0.48  # lengths of the heads, and half the width of one, as a part of its length

Rect = tuple[float, float, float, float]  # left, top, right, bottom


def straight(start: Point, stop: Point) -> list[Point]:
    """A straight line as a chain of one piece."""
    return [start, start, stop, stop]


def is_straight(curve: Sequence[Point]) -> bool:
    """Whether it is one."""
    return len(curve) == 4 and curve[0] == curve[1] and curve[2] == curve[3]


def aside(curve: Sequence[Point], by: float) -> list[Point]:
    """The curve moved sideways: to its left if `by` is positive (up, for an arrow to the right)."""
    moved = []
    for (x0, y0), (x, y), (x1, y1) in zip([curve[0], *curve], curve, [*curve[1:], curve[-1]], strict=False):
        if (x0, y0) == (x1, y1):
            (x0, y0), (x1, y1) = curve[0], curve[-1]
        long = hypot(x1 - x0, y1 - y0) or 1.0
        moved.append((x + by * (y1 - y0) / long, y - by * (x1 - x0) / long))
    return moved


def line_and_head(curve: Sequence[Point], head: float) -> tuple[str, str]:
    """Two paths: the line, stopped short, and a triangle at its end."""
    x, y = curve[-1]
    near = next((p for p in reversed(curve[:-1]) if hypot(x - p[0], y - p[1]) > 0.5), curve[0])
    long = hypot(x - near[0], y - near[1]) or 1.0
    dx, dy = (x - near[0]) / long * head, (y - near[1]) / long * head
    neck = (x - dx, y - dy)
    left, right = (neck[0] - dy * WIDE, neck[1] + dx * WIDE), (neck[0] + dy * WIDE, neck[1] - dx * WIDE)
    return path([*curve[:-1], neck]), _lines((x, y), left, right) + "Z"


def arrow(curve: Sequence[Point], head: float, by: float = 0.0) -> tuple[str, str]:
    """The line and the head of an arrow that runs `by` aside of a curve. (Of a big picture most are straight: that is soon worked out.)"""
    if not is_straight(curve):
        return line_and_head(aside(curve, by) if by else curve, head)
    (x0, y0), (x1, y1) = curve[0], curve[3]
    long = hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy, wide = (x1 - x0) / long, (y1 - y0) / long, head * WIDE
    tail, tip = (x0 + by * dy, y0 - by * dx), (x1 + by * dy, y1 - by * dx)
    x, y = tip[0] - dx * head, tip[1] - dy * head
    return _lines(tail, (x, y)), _lines(tip, (x - dy * wide, y + dx * wide), (x + dy * wide, y - dx * wide)) + "Z"


def path(curve: Sequence[Point]) -> str:
    """A chain of cubics as `d`; a piece whose handles lie on its ends is a straight line."""
    if is_straight(curve):
        return _lines(curve[0], curve[3])
    tens = [(round(x * 10), round(y * 10)) for x, y in curve]
    d = [f"M{tenths(tens[0][0])} {tenths(tens[0][1])}"]
    for i in range(0, len(tens) - 3, 3):
        (x, y), on, off, stop = tens[i : i + 4]
        ends = [stop] if (x, y) == on and off == stop else [on, off, stop]
        d.append(("l" if len(ends) == 1 else "c") + " ".join([f"{tenths(px - x)} {tenths(py - y)}" for px, py in ends]))
    return "".join(d).replace(" -", "-")


def _lines(start: Point, *stops: Point) -> str:
    """Straight lines from one point to the next as `d`."""
    x, y = round(start[0] * 10), round(start[1] * 10)
    d, then = f"M{tenths(x)} {tenths(y)}", "l"
    for stop in stops:
        left, top, x, y = x, y, round(stop[0] * 10), round(stop[1] * 10)
        d, then = f"{d}{then}{tenths(x - left)} {tenths(y - top)}", " "
    return d.replace(" -", "-")


@lru_cache(maxsize=4096)
def tenths(many: int) -> str:
    """So many tenths of a pixel, which is fine enough: "-12.5" for -125, "3" for 30.

    Paths are written in relative terms: arrows that are alike are written alike, wherever they are, and that packs well. Each point is
    rounded before the next is counted from it, so nothing adds up.
    """
    return str(many / 10) if many % 10 else str(many // 10)


def along(curve: Sequence[Point], t: float) -> Point:
    """The point at the part `t` (0 to 1) of a chain."""
    pieces = max((len(curve) - 1) // 3, 1)
    piece = min(int(t * pieces), pieces - 1)
    u = t * pieces - piece
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve[3 * piece : 3 * piece + 4]
    a, b, c, d = (1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


class Space:
    """What is taken: rectangles, found quickly by coarse tiles."""

    TILE = 400.0

    def __init__(self, taken: Iterable[Rect] = ()) -> None:
        self._tiles: dict[tuple[int, int], list[Rect]] = {}
        for each in taken:
            self.take(each)

    def _touched(self, area: Rect) -> Iterable[tuple[int, int]]:
        left, top, right, bottom = (int(side // self.TILE) for side in area)
        return ((i, j) for i in range(left, right + 1) for j in range(top, bottom + 1))

    def take(self, area: Rect) -> None:
        """Nothing else may lie here."""
        for tile in self._touched(area):
            self._tiles.setdefault(tile, []).append(area)

    def is_free(self, area: Rect) -> bool:
        """Whether nothing that is taken overlaps `area`."""
        left, top, right, bottom = area
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for tile in self._touched(area)
            for other in self._tiles.get(tile, ())
        )


def label_place(curve: Sequence[Point], w: float, h: float, space: Space) -> Point:
    """The centre of a label beside a curve: near its middle, where it covers nothing; taken from then on."""
    for lift in (h * 0.5 + 4, h * 1.1 + 4, -h * 1.2, h * 2, -h * 2.2, h * 3, -h * 3.2, h * 4):
        for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75, 0.15, 0.85):
            x, y = along(curve, t)
            area = (x - w / 2, y + lift - h / 2, x + w / 2, y + lift + h / 2)
            if space.is_free(area):
                space.take(area)
                return x, y + lift
    x, y = along(curve, 0.5)
    return x, y + h
