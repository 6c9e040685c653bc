"""What Binder would build from binder/, asked of Binder's own tool; nothing is built here, and Docker is not needed.

`.ci/binder` makes an environment from the same files and runs the lessons in it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"


def pins() -> dict[str, Requirement]:
    """binder/requirements.txt: name -> requirement."""
    lines = (line.partition("#")[0].strip() for line in (BINDER / "requirements.txt").read_text().splitlines())
    return {pin.name: pin for pin in map(Requirement, filter(None, lines))}


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Dockerfile that Binder makes of this repository."""
    if importlib.util.find_spec("repo2docker") is None:
        pytest.skip("jupyter-repo2docker is not installed")
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", str(ROOT)]
    environment = os.environ | {"HOME": str(home)}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Building conda environment for python=3.12" in done.stderr
    return done.stdout


def test_binder_installs_the_pins_then_the_package(dockerfile: str) -> None:
    steps = (
        r"environment-2epy-2d3-2e12-\S+lock",  # Binder's own Python 3.12 (repo2docker writes . as -2e and - as -2d)
        r"RUN .*\n.*/tmp/install-base-env.bash",
        r'RUN \S+/bin/pip install --no-cache-dir -r "binder/requirements.txt"',
        r"COPY \S+ src/ \$",
        r"RUN ./binder/postBuild",
    )
    found = [re.search(step, dockerfile) for step in steps]
    assert None not in found, f"not there: {steps[found.index(None)]}\n{dockerfile}"
    places = [one.start() for one in found if one]
    assert places == sorted(places)


def test_binder_pins_just_what_the_package_runs_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needs = {need.name: need for need in map(Requirement, project["dependencies"])}
    assert pins().keys() == needs.keys()
    for name, pin in pins().items():
        (exact,) = pin.specifier
        assert exact.operator == "==", f"{name} is not pinned"
        assert exact.version in needs[name].specifier, f"{pin} is not what pyproject.toml asks for: {needs[name]}"


def test_binder_post_build_is_a_program_that_installs_only_us() -> None:
    script = BINDER / "postBuild"
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "python -m pip install --no-cache-dir --no-deps .\n" in text
    assert os.name == "nt" or os.access(script, os.X_OK)
