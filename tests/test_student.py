"""The student version of each lesson: without solutions, with every check still in place; and a run of it fails if a cell raises.

It has no outputs, so nbval compares nothing in it: what is proven of it is that it runs from top to bottom unanswered.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))
from student import lessons, student_version  # noqa: E402


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_student_gets_no_solution_and_every_check(path: Path) -> None:
    source, student = (nbformat.reads(text, as_version=4) for text in (path.read_text(encoding="utf-8"), student_version(path)))
    text = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in text
    assert "<summary>Solution" not in text
    assert all(not cell.outputs and cell.execution_count is None for cell in student.cells if cell.cell_type == "code")
    checks = [re.findall(r"check\(\"([^\"]+)\"", "\n".join(cell.source for cell in each.cells)) for each in (source, student)]
    assert checks[0] == checks[1]
    solutions = "\n".join(cell.source for cell in source.cells).count("### BEGIN SOLUTION")
    assert solutions == text.count("# your answer here") >= 1


def test_running_a_student_version_fails_where_a_cell_raises_and_only_there(tmp_path: Path) -> None:
    shutil.copy(NOTEBOOKS / "conftest.py", tmp_path)
    (tmp_path / "good.ipynb").write_text(student_version(lessons()[4]), encoding="utf-8")
    broken = nbformat.reads(student_version(lessons()[4]), as_version=4)
    next(cell for cell in broken.cells if "check(" in cell.source).source += "\n1 / 0"
    nbformat.write(broken, tmp_path / "broken.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
    assert "broken.ipynb" in done.stdout
