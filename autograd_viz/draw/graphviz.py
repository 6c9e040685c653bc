"""Graphviz: geometry in, geometry out. The one file that touches it.

What is sent is made of numbers alone: `3->7[id=12]` and sizes in inches. So no text of the user's can change the layout, inject markup or
make Graphviz look for fonts. Graphviz is not safe for threads, hence the lock. Bounds on its optimisation
keep the time small for any graph; past them it gives a slightly longer-winded picture, not a slower one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from autograd_viz.draw.layout import Arrow, Geometry, Point, is_line, route, rows, spread

INCH = 72.0
BIG = 40  # boxes; from here on less is spent on a short and quiet picture
STRAIGHT = 60  # boxes; from here on Graphviz gives places only: its arrows would take three times as long as all the rest

_one_at_a_time = threading.Lock()


def place(sizes: Sequence[Point], arrows: Sequence[Arrow], groups: Sequence[Sequence[int]] = (), gap: float = 60.0) -> Geometry:
    """Lay out boxes of these sizes, from left to right, `gap` between columns. `groups`: boxes to keep together."""
    if not sizes:
        return Geometry(0.0, 0.0, [], [])
    if len(sizes) > STRAIGHT and not groups and is_line(len(sizes), arrows):
        return rows(sizes, arrows, gap)
    engine = _engine()
    if engine is None:
        made = rows(sizes, arrows, gap)
        made.notes.append("Graphviz was not found: the boxes stand in plain columns.")
        return made
    try:
        asked, many = _written(sizes, arrows, groups, gap), len(sizes) > STRAIGHT
        with _one_at_a_time:
            answer = engine(asked, "plain" if many else "json0")
        made = _read_places(answer, len(sizes)) if many else _read(answer, len(sizes), len(arrows))
        if many:
            route(made, sizes, arrows, gap)
        spread(made.curves, arrows, sizes)
        return made
    except (ValueError, KeyError, OSError) as error:
        made = rows(sizes, arrows, gap)
        made.notes.append(f"Graphviz failed ({type(error).__name__}): the boxes stand in plain columns.")
        return made


def _written(sizes: Sequence[Point], arrows: Sequence[Arrow], groups: Sequence[Sequence[int]], gap: float) -> str:
    """The question, in DOT."""
    limits = "nslimit=0.2,nslimit1=0.5,mclimit=0.3" if len(sizes) + len(arrows) > 2 * BIG else "nslimit=2,nslimit1=2,mclimit=1"
    many = len(sizes) > STRAIGHT
    splines = "none" if many else "true"
    lines = [
        f"digraph{{graph[rankdir=LR,nodesep=0.38,ranksep={gap / INCH:.3f},{limits},splines={splines}]",
        'node[shape=box,fixedsize=true,label=""]edge[dir=none,tailport=e,headport=w]',
        *(f"{i}[width={w / INCH:.3f},height={h / INCH:.3f}]" for i, (w, h) in enumerate(sizes)),
        *(f"{a.tail}->{a.head}[weight={a.weight}{'' if many else f',id={i}'}]" for i, a in enumerate(arrows)),
        *(f"subgraph cluster{i}{{graph[margin=18]{';'.join(map(str, group))}}}" for i, group in enumerate(groups)),
        "}",
    ]
    return "\n".join(lines)


def _read_places(answer: str | bytes, boxes: int) -> Geometry:
    """The answer in Graphviz's plain form, in inches: the centres of the boxes, a third of the work of its JSON."""
    lines = [line.split(" ") for line in (answer if isinstance(answer, str) else answer.decode()).splitlines()]
    width, height = float(lines[0][2]) * INCH, float(lines[0][3]) * INCH
    centres: list[Point] = [(0.0, 0.0)] * boxes
    for line in lines:
        if line[0] == "node":
            centres[int(line[1])] = float(line[2]) * INCH, height - float(line[3]) * INCH
    return Geometry(width, height, centres, [])


def _read(answer: str | bytes, boxes: int, arrows: int) -> Geometry:
    """The answer, in Graphviz's JSON; its y axis points up."""
    data = json.loads(answer)
    _, _, width, height = (float(number) for number in data["bb"].split(","))
    centres: list[Point] = [(0.0, 0.0)] * boxes
    for box in data["objects"]:
        if "width" in box:
            x, y = box["pos"].split(",")
            centres[int(box["name"])] = (float(x), height - float(y))
    curves: list[list[Point]] = [[] for _ in range(arrows)]
    for edge in data.get("edges", ()):
        points = (point.split(",") for point in edge.get("pos", "").split(" ") if point[:1] not in ("e", "s", ""))
        curves[int(edge["id"])] = [(float(x), height - float(y)) for x, y in points]
    return Geometry(width, height, centres, curves)


@cache
def _engine() -> Callable[[str, str], str | bytes] | None:
    """Something that answers a question in DOT, in one of Graphviz's forms: pygraphviz, whose wheel brings it; else `dot` on PATH."""
    try:
        from pygraphviz import AGraph
        from pygraphviz import graphviz as library

        return lambda dot, form: _asked(AGraph, library, dot, form)
    except ImportError:
        pass
    try:
        import graphviz

        graphviz.version()
        return lambda dot, form: graphviz.pipe("dot", form, dot.encode())
    except (ImportError, OSError, RuntimeError):
        return None


def _asked(agraph: Any, library: Any, dot: str, form: str) -> str | bytes:
    graph = agraph(dot)
    context = library.gvContextWithBuiltins()
    try:
        if library.gvLayout(context, graph.handle, b"dot"):
            raise ValueError("no layout")
        failed, answer = library.gvRenderData(context, graph.handle, form.encode())
        library.gvFreeLayout(context, graph.handle)
        if failed:
            raise ValueError("no answer")
        return answer  # type: ignore[no-any-return]
    finally:
        library.gvFreeContext(context)
        graph.close()
