"""Write the student version of the lessons: `python notebooks/student.py`. There is one source, the executed notebook beside this file.

In the source a solution stands between two comments, which nbgrader knows too:

    answer = None
    ### BEGIN SOLUTION
    answer = [12, 6, 6, 6, 6]
    ### END SOLUTION
    check("04 warm-up", answer)

The student version, in `student/`, has "# your answer here" in its place, no folded solutions in its texts, and no outputs. It is made
when it is wanted and never committed, so it cannot fall out of step.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)
FOLDED = re.compile(r"\n*[ \t]*<details>\s*<summary>Solution</summary>.*?</details>", re.DOTALL)


def student_version(path: Path) -> str:
    """The text of a lesson's student version."""
    lesson = nbformat.read(path, as_version=4)
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION.sub(r"\1# your answer here", cell.source)
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = FOLDED.sub("", cell.source)
    return nbformat.writes(lesson) + "\n"


def lessons() -> list[Path]:
    """The sources, in order."""
    return sorted(HERE.glob("[0-9][0-9]_*.ipynb"))


if __name__ == "__main__":
    (HERE / "student").mkdir(exist_ok=True)
    for source in lessons():
        (HERE / "student" / source.name).write_text(student_version(source), encoding="utf-8")
        print(f"student/{source.name}")
