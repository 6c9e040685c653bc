"""SVG: one frame of a play as text that stands alone, in light and dark.

Markup is made in `_tag` alone, from a short list of tags and attributes; every text and every attribute value is escaped. A class word
that is not of `a-z 0-9 -` is dropped. So whatever a play holds, the output holds no script, no link and no style of its making.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from autograd_viz.draw.clean import clean
from autograd_viz.draw.palette import svg_style

Play = dict[str, Any]
CELL_GAP = 1.5
_ATTRIBUTES = {
    "svg": {"xmlns", "viewBox", "width", "height", "role", "aria-label", "class"},
    "g": {"class", "transform", "data-id"},
    "rect": {"class", "x", "y", "width", "height", "rx", "fill-opacity"},
    "circle": {"class", "cx", "cy", "r"},
    "path": {"class", "d"},
    "text": {"class", "x", "y", "text-anchor"},
    "title": set(),
    "style": set(),
}
_WORD = re.compile(r"[a-z0-9-]+\Z")


def frame(play: Play, step: int | None = None) -> dict[str, dict[str, Any]]:
    """What each id shows at a step (the last, if None): the sets of steps 0..step, one after the other."""
    shown: dict[str, dict[str, Any]] = {}
    steps = play["steps"] if step is None else play["steps"][: step + 1]
    for each in steps:
        for id, change in each["set"].items():
            shown.setdefault(id, {}).update(change)
    return shown


def svg(play: Play, step: int | None = None) -> str:
    """The picture as a file's text, at one step (the last, if None)."""
    shown = frame(play, step)
    label = clean(play["title"] or "The graph of a computation", 200)
    inside = [
        _tag("title", {}, escape(label)),
        _tag("style", {}, svg_style()),
        _tag("rect", {"class": "agv-paper", "x": 0, "y": 0, "width": play["w"], "height": play["h"]}),
        *(_item(item, shown) for item in play["items"]),
    ]
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {play['w']} {play['h']}", "width": play["w"], "height": play["h"],
        "role": "img", "aria-label": label,
    }  # fmt: skip
    return _tag("svg", attributes, "\n".join(part for part in inside if part)) + "\n"


def _tag(name: str, attributes: dict[str, Any], inside: str = "") -> str:
    """The one place that writes `<`."""
    allowed = _ATTRIBUTES[name]
    assert allowed.issuperset(attributes), f"{name} may not have {set(attributes) - allowed}"
    written = "".join([f" {key}={_quoted(value)}" for key, value in attributes.items() if value is not None and value != ""])
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _quoted(value: Any) -> str:
    return f'"{value}"' if type(value) in (int, float) else _quoted_text(str(value))


@lru_cache(maxsize=4096)
def _quoted_text(text: str) -> str:
    return quoteattr(text)


@lru_cache(maxsize=4096)
def prefixed(classes: str) -> str:
    """The classes as they stand in markup.  "node fn" -> "agv-node agv-fn" """
    return " ".join(f"agv-{word}" for word in classes.split() if _WORD.match(word))


def _item(item: dict[str, Any], shown: dict[str, dict[str, Any]]) -> str:
    now = item | shown.get(item["id"], {}) if item.get("id") in shown else item
    classes = now.get("c", "")
    if "off" in classes.split():  # hidden: not worth its bytes
        return ""
    return _DRAWN[item["k"]](now, prefixed(classes), shown)


def _group(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    inside = "".join(_item(each, shown) for each in item["items"])
    move = f"translate({item['x']} {item['y']})" if item["x"] or item["y"] else ""
    return _tag("g", {"class": c, "transform": move}, inside) if inside else ""


def _rect(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    return _tag("rect", {"class": c, "x": item["x"], "y": item["y"], "width": item["w"], "height": item["h"], "rx": item.get("r")})


def _circle(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    return _tag("circle", {"class": c, "cx": item["x"], "cy": item["y"], "r": item["r"]})


def _path(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    return _tag("path", {"class": c, "d": item["d"]})


def _text(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    inside = escape(clean(item["s"]))
    return _tag("text", {"class": c, "x": item["x"], "y": item["y"], "text-anchor": item.get("a")}, inside) if inside else ""


def _cells(item: dict[str, Any], c: str, shown: dict[str, dict[str, Any]]) -> str:
    size, columns = item["size"], item["cols"]
    side = size - CELL_GAP
    squares = []
    for i, shade in enumerate(item["v"]):
        opacity = round(0.15 + 0.85 * abs(shade), 3) if isinstance(shade, int | float) else None
        word = "none" if shade is None else "bad" if shade == "bad" else "neg" if shade < 0 else "pos"
        x, y = item["x"] + i % columns * size, item["y"] + i // columns * size
        square = {"class": f"agv-cell agv-{word}", "x": round(x, 1), "y": round(y, 1), "width": side, "height": side, "rx": 2}
        squares.append(_tag("rect", square | {"fill-opacity": opacity}))
    return _tag("g", {"class": c}, "".join(squares)) if squares else ""


_DRAWN = {"g": _group, "rect": _rect, "circle": _circle, "path": _path, "text": _text, "cells": _cells}
