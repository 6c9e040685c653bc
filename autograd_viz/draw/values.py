"""Arrays to look at: a preview as a grid of shades and of numbers."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite
from typing import Any

from autograd_viz.events import Preview
from autograd_viz.trace.words import number, shape, values

Shade = float | str | None
ROWS, COLUMNS = 6, 12


def top(preview: Preview) -> float:
    """The greatest magnitude in an array: what the darkest shade stands for."""
    ends = [abs(_float(end)) for end in (preview.minimum, preview.maximum) if end is not None]
    return max(ends, default=0.0) or 1.0


def _float(value: float) -> float:
    """A float; integers beyond its range count as infinite."""
    try:
        return float(value)
    except OverflowError:
        return inf


def shades(preview: Preview, scale: float = 0.0) -> list[Shade]:
    """Each number by its magnitude, from -1 to 1 (which is `scale`, or the array's own greatest); "bad" for nan and inf."""
    full = scale or top(preview)
    return [round(max(-1.0, min(1.0, v / full)), 2) if isfinite(v) else "bad" for v in map(_float, preview.values)]


def grid(preview: Preview, scale: float = 0.0) -> tuple[int, list[Shade]]:
    """The leading rows and columns that fit on a box: columns, and the shades row by row."""
    columns = max(1, preview.columns)
    kept = min(columns, COLUMNS)
    all_shades = shades(preview, scale)
    rows = [all_shades[i : i + kept] for i in range(0, len(all_shades), columns)][:ROWS]
    return kept, [shade for row in rows for shade in row]


def line(preview: Preview | None) -> str:
    """A preview in one line, as `values` writes it. A gradient is sent by one node and received by the next: most lines are met again."""
    if preview is None or 0 in preview.values:  # (0 and -0 are equal, and are written differently)
        return values(preview)
    return _line(preview.shape, preview.dtype, preview.values, preview.columns, preview.whole)


@lru_cache(maxsize=512)
def _line(shape: tuple[int, ...], dtype: str, numbers: tuple[float, ...], columns: int, whole: bool) -> str:
    return values(Preview(shape, dtype, numbers, columns, whole, None, None, None, 0, 0))


def value(preview: Preview | None, scale: float = 0.0) -> dict[str, Any] | None:
    """A `Value` of the play."""
    if preview is None:
        return None
    columns = preview.columns if preview.shape else 0
    texts = [number(v) for v in preview.values] if columns else []
    return {
        "s": values(preview), "shape": shape(preview.shape), "cols": columns, "t": texts,
        "v": shades(preview, scale) if columns else [], "whole": preview.whole,
    }  # fmt: skip
