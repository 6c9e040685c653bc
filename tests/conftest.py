"""What a test may need from the machine: the real PyTorch, a browser, node.

None of them is needed to use autograd_viz, so a test that asks for one is skipped, with the reason, where it is missing.
CI sets AUTOGRAD_VIZ_REQUIRE_TORCH, _BROWSER, _NODE to 1: then missing means failed, and no check goes missing in silence.

A test asks by a fixture:

    def test_same_names(real_torch): ...       # the module, version 2.13
    def test_it_opens(chromium): ...           # the path of the browser
    def test_the_player(node): ...             # the path of node

Tests that use `real_torch` carry the mark `oracle`, tests that use `chromium` the mark `browser`.
"""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTORCH = "2.13"  # the version whose behaviour we match, names and error texts included


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "real_torch" in asked:
            item.add_marker(pytest.mark.oracle)
        if "chromium" in asked:
            item.add_marker(pytest.mark.browser)


def missing(what: str, why: str) -> NoReturn:
    """Skip, or fail where this machine has promised to have it."""
    variable = f"AUTOGRAD_VIZ_REQUIRE_{what.upper()}"
    if os.environ.get(variable, "0") not in ("", "0"):
        pytest.fail(f"{why}, and {variable} is set", pytrace=False)
    pytest.skip(why)


def find_torch() -> ModuleType:
    """The real PyTorch, of the version that we follow."""
    try:
        module: Any = importlib.import_module("torch")
    except ImportError:
        missing("torch", "PyTorch is not installed")
    version = getattr(module, "__version__", "unknown")
    if not version.startswith(PYTORCH + "."):
        missing("torch", f"PyTorch is {version}; the tests compare with {PYTORCH}")
    return module  # type: ignore[no-any-return]


def find_chromium() -> str:
    """The path of a Chromium or Chrome on PATH."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or missing("browser", f"no browser on PATH ({', '.join(BROWSERS)})")


def find_node() -> str:
    """The path of node, 20 or later, on PATH."""
    return shutil.which("node") or missing("node", "no node on PATH")


@pytest.fixture(scope="session")
def real_torch() -> ModuleType:
    """The real PyTorch, or the test is skipped."""
    return find_torch()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, or the test is skipped."""
    return find_chromium()


@pytest.fixture(scope="session")
def node() -> str:
    """The path of node, or the test is skipped."""
    return find_node()


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT
