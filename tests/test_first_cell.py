"""The cell that installs the package, on Colab, Kaggle and VS Code: from where it is, or not at all; never by its name alone.

On an index that name may be somebody else's.
"""

from __future__ import annotations

import importlib.metadata
import re
import runpy
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))
from student import INSTALL, install_cell, lessons, repository, student_version  # noqa: E402

PIP = re.compile(r"%pip install .*")
WHEEL = "autograd_viz-0.1.0-py3-none-any.whl"
Monkey, Capture = pytest.MonkeyPatch, pytest.CaptureFixture[str]


def what_is_installed(place: Path, source: str, monkeypatch: Monkey, here: bool = False) -> str | None:
    """Run the cell in a folder, in an environment without the package (or with it, `here`): what pip is asked for."""
    if not here:
        monkeypatch.setattr(importlib.metadata, "distributions", lambda name: [])
    monkeypatch.chdir(place)
    [line] = PIP.findall(source)
    assert line == '%pip install --quiet "{source}"'
    (place / "cell.py").write_text(source.replace(line, "asked = str(source)"))
    return runpy.run_path(str(place / "cell.py")).get("asked")


def test_nothing_is_asked_of_an_index_where_nothing_is_known(tmp_path: Path, monkeypatch: Monkey, capsys: Capture) -> None:
    assert what_is_installed(tmp_path, install_cell().source, monkeypatch) is None
    said = capsys.readouterr().out
    assert "autograd_viz is not on this machine" in said
    assert "Colab" in said
    assert "git+https" in said


def test_nothing_happens_where_the_package_is(tmp_path: Path, monkeypatch: Monkey, capsys: Capture) -> None:
    (tmp_path / WHEEL).touch()
    assert what_is_installed(tmp_path, install_cell().source, monkeypatch, here=True) is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("folder", [".", "notebooks", "notebooks/student"])
def test_in_a_clone_the_clone_is_installed(folder: str, tmp_path: Path, monkeypatch: Monkey) -> None:
    (tmp_path / "autograd_viz" / "torch").mkdir(parents=True)
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    assert what_is_installed(tmp_path / folder, install_cell().source, monkeypatch) == str(tmp_path)


def test_a_wheel_beside_the_notebook_is_installed(tmp_path: Path, monkeypatch: Monkey) -> None:
    (tmp_path / WHEEL).touch()
    assert what_is_installed(tmp_path, install_cell().source, monkeypatch) == str(tmp_path / WHEEL)


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_each_student_lesson_installs_itself_from_the_address_that_was_given(path: Path, tmp_path: Path, monkeypatch: Monkey) -> None:
    address = "git+https://example.org/a/class.git"
    code = [cell.source for cell in nbformat.reads(student_version(path, address), as_version=4).cells if cell.cell_type == "code"]
    assert sum("pip install" in source for source in code) == 1
    assert what_is_installed(tmp_path, code[0], monkeypatch) == address


def test_the_address_has_one_place() -> None:
    for path in lessons():
        assert not re.search(r"git\+\w+://\w", path.read_text(encoding="utf-8"))
    assert INSTALL in install_cell().source
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bool(repository()) == ("Repository" in project.get("urls", {}))
