"""Run the lessons and store their outputs: `python notebooks/execute.py [01_first_graph.ipynb ...]`, all of them if none is named.

`jupyter nbconvert --execute` would do nearly the same, but it splits what a cell prints into pieces as they happen to arrive, and writes
the versions of this machine into the document; then a lesson would differ from run to run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent

for path in [HERE / name for name in sys.argv[1:]] or sorted(HERE.glob("*.ipynb")):
    lesson = nbformat.read(path, as_version=4)
    metadata = lesson.metadata.copy()
    NotebookClient(lesson, timeout=60, record_timing=False, coalesce_streams=True, resources={"metadata": {"path": str(HERE)}}).execute()
    lesson.metadata = metadata
    nbformat.write(lesson, path)
    print(path.name)
