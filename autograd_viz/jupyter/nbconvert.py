"""A notebook as a web page that keeps its players: no Jupyter, no kernel, no network.

    jupyter nbconvert --to autograd_viz.jupyter.nbconvert.PlayersExporter lesson.ipynb

or, with another HTML exporter or template, `--to html --HTMLExporter.preprocessors=autograd_viz.jupyter.nbconvert.Players`.
(Plain `--to html` and `--to slides` show each picture as it was at the end.)

nbconvert is asked in its own way: a preprocessor puts, in the place of each play, the element in which the player will show it, and
before the first of them the player's code, once a page. Where no script runs, the still picture remains.
"""

from __future__ import annotations

import base64
from html import escape
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import default

from autograd_viz.draw.html import code, place
from autograd_viz.jupyter.display import MIME_TYPE


class Players(Preprocessor):
    """Puts a player where a notebook has a play."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook (nbconvert's own copy) with HTML for plays. What cannot be packed stays as it is: an SVG, or text."""
        ready = False
        for output in (output for cell in nb.cells for output in cell.get("outputs", ())):
            data = output.get("data", {})
            try:
                shown = place(data[MIME_TYPE], _still(data))
            except (KeyError, TypeError, ValueError):  # no play, or none in strict JSON
                continue
            data.clear()
            # A module runs when the whole page is there, so it may stand before what it shows.
            data["text/html"] = shown if ready else f'<script type="module">{code()}</script>{shown}'
            ready = True
        return nb, resources


def _still(data: NotebookNode) -> str:
    """What is seen until the player has taken the place, and where no script runs."""
    text, svg = (data.get(kind, "") for kind in ("text/plain", "image/svg+xml"))
    if not (svg and isinstance(svg, str)):
        return f"<pre>{escape(str(text))}</pre>"
    packed = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(str(text))}" src="data:image/svg+xml;base64,{packed}">'


class PlayersExporter(HTMLExporter):
    """nbconvert's HTML with players in it, and without the libraries that it would fetch from elsewhere for other kinds of outputs."""

    export_from_notebook = "HTML with players"  # so JupyterLab's menu "Save and Export Notebook As" has it

    @default("preprocessors")
    def _preprocessors_default(self) -> list[type[Preprocessor]]:
        return [Players]

    @default("raw_template")
    def _raw_template_default(self) -> str:
        return WITHOUT_LIBRARIES


# MathJax stays where a notebook has formulas: offline they are then read as they were typed.
WITHOUT_LIBRARIES = """\
{%- extends 'index.html.j2' -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}
{%- if '$' in nb.cells | selectattr('cell_type', 'equalto', 'markdown') | map(attribute='source') | join -%}
{{ super() }}
{%- endif -%}
{%- endblock -%}
"""
