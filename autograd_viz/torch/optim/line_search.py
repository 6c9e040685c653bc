"""How far to go in a direction: the strong Wolfe conditions, as LBFGS asks for with `line_search_fn="strong_wolfe"`.

A step t is good if the function has come down enough for its length, and if it has become flat enough there. First steps are made longer
until such a t must lie in between two of them (the bracket); then the bracket is made smaller, by the minimum of a cubic curve that has
the values and slopes of its ends.  Source: torch.optim.lbfgs.

Read next: `lbfgs.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["strong_wolfe"]

LOWER, FLATTER = 1e-4, 0.9  # c1: how much lower, c2: how much flatter it must have become
TOLERANCE = 1e-9


@dataclass
class Point:
    """A step t, the function's value there, its gradient, and its slope in the direction."""

    t: Any
    f: Any
    g: Any
    slope: Any


def cubic_minimum(a: Point, b: Point, bounds: tuple[Any, Any] | None = None) -> Any:
    """Where the cubic curve through both points, with their slopes, has its minimum; the middle if it has none."""
    low, high = bounds or ((a.t, b.t) if a.t <= b.t else (b.t, a.t))
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = square.sqrt()
    if a.t <= b.t:
        found = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    else:
        found = a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
    return min(max(found, low), high)


def strong_wolfe(evaluate: Callable[[Any], tuple[Any, Any]], t: Any, d: Any, f: Any, g: Any, slope: Any, most: int) -> tuple[Any, ...]:
    """evaluate(t) -> the value and the gradient after a step of t in the direction d.  -> value, gradient, t, number of evaluations"""
    start = Point(0, f, g.clone(), slope)
    count = 0

    def at(t: Any) -> Point:
        nonlocal count
        count += 1
        value, gradient = evaluate(t)
        return Point(t, value, gradient.clone(), gradient.dot(d))

    ends, good = _bracket(at, start, t, most)
    best = ends[0] if good else _zoom(at, start, ends, d.abs().max(), most - (count - 1))
    return best.f, best.g, best.t, count


def _bracket(at: Callable[[Any], Point], start: Point, t: Any, most: int) -> tuple[list[Point], bool]:
    """Two steps between which there is a good one; or a good one, and True."""
    before, now = start, at(t)
    for k in range(most):
        if now.f > start.f + LOWER * now.t * start.slope or (k > 1 and now.f >= before.f):
            return [before, now], False
        if abs(now.slope) <= -FLATTER * start.slope:
            return [now], True
        if now.slope >= 0:
            return [before, now], False
        further = cubic_minimum(before, now, (now.t + 0.01 * (now.t - before.t), now.t * 10))
        before, now = now, at(further)
    return [start, now], False


def _zoom(at: Callable[[Any], Point], start: Point, ends: list[Point], size: Any, left: int) -> Point:
    """A good step between the ends, or the better end if none is found in time."""
    slow = False
    low = 0 if ends[0].f <= ends[1].f else 1  # which end is the better one
    for _ in range(left):
        first, last = min(ends[0].t, ends[1].t), max(ends[0].t, ends[1].t)
        if (last - first) * size < TOLERANCE:
            break
        t = cubic_minimum(ends[0], ends[1])
        margin = 0.1 * (last - first)
        near = min(last - t, t - first) < margin
        if near and (slow or t >= last or t <= first):  # too near to an end, and not for the first time
            t = last - margin if abs(t - last) < abs(t - first) else first + margin
            near = False
        slow = near
        now = at(t)
        if now.f > start.f + LOWER * now.t * start.slope or now.f >= ends[low].f:
            ends[1 - low] = now
            low = 0 if ends[0].f <= ends[1].f else 1
            continue
        good = abs(now.slope) <= -FLATTER * start.slope
        if not good and now.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = now
        if good:
            break
    return ends[low]
