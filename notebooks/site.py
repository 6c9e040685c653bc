"""The lessons as a web site that works from a folder, offline: `python notebooks/site.py [folder]` (default: site).

Each lesson becomes a page with its players in it, by nbconvert and our exporter for it; links between lessons lead to the pages.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

import nbformat
from tqdm import tqdm

from autograd_viz.jupyter.nbconvert import PlayersExporter

HERE = Path(__file__).parent
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>autograd_viz: the lessons</title>
<style>:root{{color-scheme:light dark}}body{{font:17px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}
li{{margin:.4rem 0}}</style>
<h1>See automatic differentiation happen</h1><p>Fourteen lessons. Each page plays by itself: click a picture, and use the arrow keys.</p>
<ol start="0">{items}</ol></html>
"""


def title_of(lesson: nbformat.NotebookNode) -> str:
    """The lesson's own first heading, without its number."""
    heading = re.search(r"^# (.+)$", lesson.cells[0].source, re.MULTILINE)
    return re.sub(r"^\d\d\s*·\s*", "", heading[1]) if heading else "Lesson"


def build(folder: Path) -> list[Path]:
    """Write the site; the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pages = [], []
    exporter = PlayersExporter()
    for path in tqdm(sorted(HERE.glob("[0-9][0-9]_*.ipynb")), desc="lessons", unit="page"):
        lesson = nbformat.read(path, as_version=4)
        page, _ = exporter.from_notebook_node(lesson, {"metadata": {"name": title_of(lesson)}})
        target = folder / f"{path.stem}.html"
        target.write_text(re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', page), encoding="utf-8")
        items.append(f'<li><a href="{target.name}">{escape(title_of(lesson))}</a></li>')
        pages.append(target)
    (folder / "index.html").write_text(PAGE.format(items="".join(items)), encoding="utf-8")
    return pages


if __name__ == "__main__":
    where = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    build(where)
    print(f"open {where / 'index.html'}")
