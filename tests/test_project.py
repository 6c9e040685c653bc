"""What is written in two places says the same in both: the version, the README's commands, the links."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import autograd_viz

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "autograd_viz" / "labextension"
MARK = "<!-- .ci/run runs this -->\n```bash\n"
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_browser_loads_the_player_from_a_folder_named_by_the_version(project: dict[str, Any], package: dict[str, Any]) -> None:
    """Or a browser would play an old player from its cache after an upgrade."""
    installed = "share/jupyter/labextensions/autograd-viz"
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"] == {
        "autograd_viz/labextension/package.json": f"{installed}/package.json",
        "autograd_viz/labextension/static": f"{installed}/{package['version']}",
    }
    folder, _, file = package["jupyterlab"]["_build"]["load"].partition("/")
    assert folder == package["version"]
    assert (EXTENSION / "static" / file).is_file()


def test_python_and_the_browser_have_the_same_version(project: dict[str, Any], package: dict[str, Any]) -> None:
    assert autograd_viz.__version__ == package["version"]
    source = project["tool"]["hatch"]["version"]
    text = (ROOT / source["path"]).read_text(encoding="utf-8")
    assert re.findall(source["pattern"], text, re.MULTILINE) == [package["version"]]
    assert f"## {package['version']}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_has_two_commands_that_need_nothing_but_python(readme: str) -> None:
    blocks = re.findall(r"```bash\n(.*?)\n```", readme, re.DOTALL)
    lab, tests = (block for block in blocks if "pip install" in block)
    for command in (lab, tests):
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/python -m pip install -e ")
    assert lab.endswith("/jupyter lab notebooks/00_start_here.ipynb")
    assert readme.count(MARK + tests) == 1, "the mark by which .ci/run finds the test command"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_links_to_is_there(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
@pytest.mark.parametrize("script", [".ci/run", ".ci/binder", "binder/postBuild"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
