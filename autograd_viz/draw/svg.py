"""SVG: one frame of a play as text that stands alone, in light and dark.

A notebook's viewers take away what they do not trust: GitHub drops `<style>`, `class`, `style` and `id` and keeps plain attributes. So
every colour and size stands on its element as an attribute (the palette's rules, worked out here), and the `<style>` only turns light
colours into dark ones where the reader's system asks for dark: without it the picture is the same picture, on its own white paper.
There are no ids, and the style is scoped, so any number of pictures may stand in one page and none changes another or the page.

Markup is made in `_tag` alone, from a short list of tags and attributes; every text and every attribute value is escaped. A class word
that is not of `a-z 0-9 -` is dropped. So whatever a play holds, the output holds no script, no link and no style of its making.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from xml.sax.saxutils import escape

from autograd_viz.draw.clean import clean, clean_lines
from autograd_viz.draw.palette import COLOURS, MONO, RULES, SANS

Play = dict[str, Any]
Shown = dict[str, dict[str, Any]]
CELL_GAP = 1.5
BIG = 60  # boxes; of a picture beyond, the still leaves out what is over
LEFT_OUT = "A still of a big picture: gradients that have passed and tensors that were freed are left out."
_PAST = {"past", "freed"}
LEVELS = 20  # shades of a cell that an eye tells apart: fewer shades, fewer paths
_LOOKS = {
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity"),
    *("font-family", "font-size", "font-weight", "text-decoration"),
}
_ATTRIBUTES = {
    "svg": {"xmlns", "viewBox", "width", "height", "role", "aria-label", "class", "xml:space", *_LOOKS},
    "g": {"class", "transform", *_LOOKS},
    "rect": {"x", "y", "width", "height", "rx", *_LOOKS},
    "circle": {"cx", "cy", "r", *_LOOKS},
    "path": {"d", *_LOOKS},
    "text": {"x", "y", "text-anchor", *_LOOKS},
    "title": set(),
    "desc": set(),
    "style": set(),
}
_WORD = re.compile(r"[a-z0-9-]+\Z")
# What the whole drawing says once: words are small, dim and monospace, lines have one width, unless an element says otherwise.
_FACES = {MONO: MONO.replace('"', ""), SANS: "system-ui,sans-serif"}
_ROOT = {"fill": COLOURS["dim"][0], "font-family": _FACES[MONO], "font-size": "11.5", "stroke-width": "1.5"}
_UNSAID = {*_ROOT.items(), ("stroke", "none"), ("font-weight", "400")}


def frame(play: Play, step: int | None = None) -> Shown:
    """What each id shows at a step (the last, if None): the sets of steps 0..step, one after the other."""
    shown: Shown = {}
    steps = play["steps"] if step is None else play["steps"][: step + 1]
    for each in steps:
        for id, change in each["set"].items():
            if id in shown:
                shown[id].update(change)
            else:
                shown[id] = {**change}
    return shown


def svg(play: Play, step: int | None = None) -> str:
    """The picture as a file's text, at one step (the last, if None)."""
    shown = frame(play, step)
    big = len(play.get("boxes", ())) > BIG
    if big:
        shown = {id: now | {"c": "off"} if _PAST & set(now.get("c", "").split()) else now for id, now in shown.items()}
    label = clean(play["title"] or "The graph of a computation", 200)
    inside = [
        _tag("title", {}, escape(label)),
        _tag("desc", {}, escape(clean_lines(play.get("text", "")))),  # what a screen reader says of the picture
        _tag("style", {}, _night()),
        _tag("rect", {"width": play["w"], "height": play["h"], "fill": COLOURS["paper"][0]}),
        *_drawn(play["items"], shown),
        *([_text({"x": 12, "y": play["h"] - 7, "s": LEFT_OUT}, _looks("text", "region-text", "") or "", "", shown)] if big else []),
    ]
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {play['w']} {play['h']}", "width": play["w"], "height": play["h"],
        "role": "img", "aria-label": label, "class": "agv-svg", "xml:space": "preserve", **_ROOT,
    }  # fmt: skip
    return _tag("svg", attributes, "\n".join(part for part in inside if part)) + "\n"


def _tag(name: str, attributes: dict[str, Any], inside: str = "", looks: str = "") -> str:
    """The one place that writes `<`. `looks`: attributes that are written already, by `_looks`."""
    allowed = _ATTRIBUTES[name]
    assert allowed.issuperset(attributes), f"{name} may not have {set(attributes) - allowed}"
    written = "".join([f" {key}={_quoted(value)}" for key, value in attributes.items() if value is not None and value != ""])
    return f"<{name}{written}{looks}>{inside}</{name}>" if inside else f"<{name}{written}{looks}/>"


def _quoted(value: Any) -> str:
    return f"'{value}'" if type(value) in (int, float) else _quoted_text(str(value))


@lru_cache(maxsize=4096)
def _quoted_text(text: str) -> str:
    """In single quotes: a notebook's JSON would put a backslash before each double one."""
    return "'" + escape(text, {"'": "&apos;", "\n": "&#10;"}) + "'"


# --- looks: the palette's rules, as attributes ------------------------------------------------------------------------


@cache
def _night() -> str:
    """The style: each light colour's dark one, wherever it is an attribute of ours."""
    pairs = dict(COLOURS.values())
    turned = [f".agv-svg [{key}='{light}']{{{key}:{dark}}}" for light, dark in pairs.items() for key in ("fill", "stroke")]
    return f"@media (prefers-color-scheme:dark){{.agv-svg{{fill:{COLOURS['dim'][1]}}}{''.join(turned)}}}"


@cache
def _rules() -> list[tuple[str, set[str], set[str], dict[str, str]]]:
    """The palette's rules, weakest first: tag, the element's words, its parent's words, and what they then look like."""
    found = []
    for selectors, properties in RULES.items():
        looks = {key: _plain(value) for key, value in properties.items() if key in _LOOKS or key == "visibility"}
        for selector in selectors.split(","):
            parent, _, own = selector.rpartition(">")
            tag, *words = own.strip().split(".")
            found.append((tag, set(words), set(parent.strip().split(".")[1:]), looks))
    return sorted(found, key=lambda rule: len(rule[1]) + len(rule[2]))  # (sorted keeps the order of equals: later rules win)


def _plain(value: str) -> str:
    """A property's value as an attribute's.  "$ink" -> "#1d2430", "15px" -> "15" """
    value = COLOURS[value[1:]][0] if value.startswith("$") else _FACES.get(value, value)
    return re.sub(r"(?<=\d)px\Z", "", value)


@lru_cache(maxsize=4096)
def _looks(tag: str, classes: str, parent: str) -> str | None:
    """The attributes that an element of these classes has, in a group of those; None if it is hidden.

    A group passes nothing on, but hides or fades what is in it.
    """
    words, above = set(classes.split()), set(parent.split())
    looks: dict[str, str] = {}
    for name, own, outer, said in _rules():
        if name in ("", tag) and own <= words and outer <= above:
            looks |= said
    if looks.get("visibility") == "hidden":
        return None
    kept = {"opacity"} if tag == "g" else _LOOKS
    said = {key: value for key, value in looks.items() if key in kept and (key, value) not in _UNSAID}
    if tag in ("rect", "circle", "path"):
        said["fill"] = looks.get("fill", "none")  # always: a shape that says nothing is dim
        if looks.get("stroke", "none") != "none" and "stroke-width" not in looks:
            said["stroke-width"] = "1"
    return "".join(f" {key}={_quoted_text(value)}" for key, value in said.items())


@lru_cache(maxsize=4096)
def prefixed(classes: str) -> str:
    """The classes as they stand in markup.  "node fn" -> "agv-node agv-fn" """
    return " ".join(f"agv-{word}" for word in classes.split() if _WORD.match(word))


# --- the whole, and one function a kind of item -----------------------------------------------------------------------


def _drawn(items: list[dict[str, Any]], shown: Shown) -> Iterator[str]:
    """All items, back to front. Arrows that follow each other and look alike are one path: half of a big picture's bytes are arrows."""
    alike: dict[tuple[str, str], list[str]] = {}
    for item in items:
        if item["k"] == "arrow":
            for part, (around, looks) in zip("dh", _arrow_looks(_classes(item, shown)), strict=True):
                if around is not None and looks is not None:
                    alike.setdefault((around, looks), []).append(item[part])
        else:
            yield from _arrows(alike)
            alike.clear()
            yield _item(item, shown, "")
    yield from _arrows(alike)


def _classes(item: dict[str, Any], shown: Shown) -> str:
    now = shown.get(item.get("id", ""))
    return now["c"] if now and "c" in now else item.get("c", "")  # type: ignore[no-any-return]


@lru_cache(maxsize=512)
def _arrow_looks(classes: str) -> list[tuple[str | None, str | None]]:
    """Of an arrow's line and of its head: how its group looks, and how itself."""
    kind = classes.split(" ")[0]
    return [(_looks("g", classes, ""), _looks("path", f"{kind}-{part}", classes)) for part in ("line", "head")]


def _arrows(alike: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    for (around, looks), paths in alike.items():
        together = _tag("path", {"d": "".join(paths)}, looks=looks)
        yield _tag("g", {}, together, around) if around else together


def _item(item: dict[str, Any], shown: Shown, parent: str) -> str:
    now = item | shown[item["id"]] if item.get("id") in shown else item
    classes = now.get("c", "")
    kind = now["k"]
    looks = _looks("g" if kind == "cells" else kind, classes, parent)
    return "" if looks is None else _DRAWN[kind](now, looks, classes, shown)


def _group(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    inside = "".join([_item(each, shown, classes) for each in item["items"]])
    x, y = item.get("x", 0), item.get("y", 0)
    move = f"translate({x} {y})" if x or y else ""
    c = prefixed(classes) if classes.startswith("node") else ""  # (boxes alone keep their words: for whoever looks for them)
    return _tag("g", {"class": c, "transform": move}, inside, looks) if inside and (c or move or looks) else inside


def _rect(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    place = {"x": item["x"] or None, "y": item["y"] or None, "width": item["w"], "height": item["h"], "rx": item.get("r")}
    return _tag("rect", place, looks=looks)


def _circle(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    return _tag("circle", {"cx": item["x"] or None, "cy": item["y"] or None, "r": item["r"]}, looks=looks)


def _path(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    return _tag("path", {"d": item["d"]}, looks=looks)


def _arrow(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    parts = zip("dh", _arrow_looks(classes), strict=True)
    return _tag("g", {}, "".join([_tag("path", {"d": item[part]}, looks=own) for part, (_, own) in parts if own is not None]), looks)


def _text(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    inside = escape(clean(item["s"]))
    return _tag("text", {"x": item["x"], "y": item["y"], "text-anchor": item.get("a")}, inside, looks) if inside else ""


def _cells(item: dict[str, Any], looks: str, classes: str, shown: Shown) -> str:
    """A grid of squares, those of one shade in one path. A line of their own colour rounds their corners."""
    size, columns, side = item["size"], item["cols"], item["size"] - CELL_GAP
    square = {True: f"h{side - 2}v{side - 2}h{2 - side}z", False: f"h{side}v{side}h{-side}z"}
    shades: dict[str, dict[float | None, list[str]]] = {}
    for i, shade in enumerate(item["v"]):
        word = "none" if shade is None else "bad" if shade == "bad" else "neg" if shade < 0 else "pos"
        full = word in ("neg", "pos")
        x, y = item["x"] + i % columns * size + full, item["y"] + i // columns * size + full
        opacity = round(0.15 + 0.85 * round(abs(shade) * LEVELS) / LEVELS, 2) if full else None
        shades.setdefault(word, {}).setdefault(opacity, []).append(f"M{x:g} {y:g}{square[full]}")
    grids = []
    for word, levels in shades.items():
        colour = _looks("path", f"cell {word}", "") or ""
        line = {"stroke-width": 2, "stroke-linejoin": "round"} if word in ("neg", "pos") else {}
        paths = "".join([_tag("path", {"d": "".join(d), "opacity": opacity}) for opacity, d in levels.items()])
        grids.append(_tag("g", line, paths, colour + (colour.replace("fill", "stroke") if line else "")))
    return _tag("g", {}, "".join(grids), looks) if looks else "".join(grids)


_DRAWN = {"g": _group, "rect": _rect, "circle": _circle, "path": _path, "arrow": _arrow, "text": _text, "cells": _cells}
