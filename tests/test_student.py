"""The student version of each lesson: in step with its source, without solutions, with every check still in place."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))
from student import lessons, student_version  # noqa: E402

each_lesson = pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)


@each_lesson
def test_the_student_version_is_in_step_with_its_source(path: Path) -> None:
    stored = NOTEBOOKS / "student" / path.name
    assert stored.exists(), "run: python notebooks/student.py"
    assert stored.read_text(encoding="utf-8") == student_version(path), "run: python notebooks/student.py"


@each_lesson
def test_a_student_gets_no_solution_and_every_check(path: Path) -> None:
    source, student = (nbformat.reads(text, as_version=4) for text in (path.read_text(encoding="utf-8"), student_version(path)))
    text = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in text
    assert "<summary>Solution" not in text
    assert all(not cell.outputs and cell.execution_count is None for cell in student.cells if cell.cell_type == "code")
    checks = [re.findall(r"check\(\"([^\"]+)\"", "\n".join(cell.source for cell in each.cells)) for each in (source, student)]
    assert checks[0] == checks[1]
    solutions = "\n".join(cell.source for cell in source.cells).count("### BEGIN SOLUTION")
    assert solutions == text.count("# your answer here")
    assert solutions >= (0 if path.stem.startswith("00") else 1)


def test_no_student_version_has_lost_its_source() -> None:
    assert {path.name for path in (NOTEBOOKS / "student").glob("*.ipynb")} == {path.name for path in lessons()}
