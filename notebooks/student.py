"""Write the student version of the lessons: `python notebooks/student.py [address]`. There is one source, the notebook beside this file.

In the source a solution stands between two comments, which nbgrader knows too:

    answer = None
    ### BEGIN SOLUTION
    answer = [12, 6, 6, 6, 6]
    ### END SOLUTION
    check("04 warm-up", answer)

The student version, in `student/`, has "# your answer here" in its place, no folded solutions in its texts, and no outputs. It is made
when it is wanted and never committed, so it cannot fall out of step.

On Colab and Kaggle each notebook has a machine to itself. So in the student version every lesson begins with the first cell of lesson 00,
which installs the package where it is missing: from `address`, if one is given (else that of pyproject.toml's project.urls, if it has one),
for pip: "git+https://...". The name alone is never asked for: on an index it may be somebody else's.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
INSTALL = 'address = ""'  # stands in the first code cell of lesson 00
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)
FOLDED = re.compile(r"\n*[ \t]*<details>\s*<summary>Solution</summary>.*?</details>", re.DOTALL)


def repository() -> str:
    """The address of the repository, for pip; "" while pyproject.toml names none."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    url = project.get("urls", {}).get("Repository", "")
    return url and f"git+{url}"


def install_cell() -> nbformat.NotebookNode:
    """The cell of lesson 00 that installs the package."""
    [cell] = [cell for cell in nbformat.read(lessons()[0], as_version=4).cells if INSTALL in cell.source]
    return cell


def student_version(path: Path, address: str = "") -> str:
    """The text of a lesson's student version."""
    lesson = nbformat.read(path, as_version=4)
    if path != lessons()[0]:
        lesson.cells.insert(1, install_cell())
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION.sub(r"\1# your answer here", cell.source).replace(INSTALL, f"address = {address!r}")
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = FOLDED.sub("", cell.source)
    return nbformat.writes(lesson) + "\n"


def lessons() -> list[Path]:
    """The sources, in order."""
    return sorted(HERE.glob("[0-9][0-9]_*.ipynb"))


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else repository()
    (HERE / "student").mkdir(exist_ok=True)
    for source in lessons():
        (HERE / "student" / source.name).write_text(student_version(source, where), encoding="utf-8")
        print(f"student/{source.name}")
