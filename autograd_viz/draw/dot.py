"""DOT for the student: a `graphviz.Digraph` of the picture, to style, add to and render.

Here, and only here, words enter DOT. `graphviz.escape` keeps backslashes, `nohtml` keeps a label such as `<b>` from being markup;
ids are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Play = dict[str, Any]
_SHAPES = {
    "leaf": {"shape": "box", "style": "rounded,filled", "fillcolor": "#eef4fb", "color": "#0072b2"},
    "fn": {"shape": "box", "color": "#0072b2"},
}
_OTHER = {"shape": "box", "style": "dashed", "color": "#5b6472"}


def digraph(play: Play) -> Any:
    """The graph of a play as a `graphviz.Digraph`.  Needs the package graphviz, and Graphviz's `dot` only for rendering."""
    import graphviz

    quoted: Callable[[str], str] = graphviz.nohtml
    graph = graphviz.Digraph("autograd_viz", graph_attr={"rankdir": "LR"}, node_attr={"fontname": "monospace"})
    kinds = {item["id"]: item["c"].split()[1] for item in play["items"] if item.get("id") in play["boxes"]}
    for id, box in play["boxes"].items():
        made = next((row["s"] for row in box["rows"] if row["label"] == "made by"), "")
        lines = [box["name"], *([made] if made and made != box["name"] else [])]
        label = "\n".join(graphviz.escape(line) for line in lines)
        graph.node(id, quoted(label), **_SHAPES.get(kinds.get(id, ""), _OTHER))
    for id, box in play["boxes"].items():
        for head in box["to"]:
            graph.edge(id, head)
    return graph
