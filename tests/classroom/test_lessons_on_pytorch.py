"""The promise at the end of each lesson: with the import swapped, its cells run on the real PyTorch and print the same.

Only what the lesson names there is changed: the lines that begin with %, the lines of the classroom (here they do nothing), and the words
`from autograd_viz`. Where we number objects, PyTorch prints their place in memory; and our hints are missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
CLASSROOM = """\
from unittest.mock import MagicMock
check = hint = predict = quiz = rows = sliders = side_by_side = lambda *args, **options: None
tell = MagicMock()"""
DRAWS = re.compile(r"\b(?:rows|side_by_side|sliders)\(")  # what such a cell prints is ours
CHECKED = re.compile(r"^\d\d [\w -]+: right.*\n", re.MULTILINE)  # what `check` says


def swapped(source: str) -> str:
    """A cell as the lesson says that it must be for PyTorch."""
    lines = [line for line in source.splitlines() if not line.startswith(("%", "from autograd_viz.classroom"))]
    return "\n".join(lines).replace("from autograd_viz import torch", "import torch").replace("autograd_viz.torch.utils", "torch.utils")


def said(cell: Any) -> tuple[str, str]:
    """What a cell printed, and its error."""
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")
    failed = "".join(f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error")
    return re.sub(r"0x[0-9a-f]+", "0x", CHECKED.sub("", printed)), failed.split("\nHint: ")[0]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_prints_the_same_on_pytorch(path: Path, real_torch: Any, tmp_path: Path) -> None:
    stored = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code" and "%pip" not in cell.source]
    copies = [nbformat.v4.new_code_cell(swapped(cell.source)) for cell in stored]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CLASSROOM), *copies])
    NotebookClient(notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert not any("autograd_viz" in cell.source for cell in copies)
    for number, (ours, theirs) in enumerate(zip(stored, copies, strict=True)):
        if not DRAWS.search(ours.source):
            assert said(theirs) == said(ours), f"code cell {number}:\n{ours.source}"
