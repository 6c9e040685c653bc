"""A real JupyterLab and a real browser: `lab` is the server, `sheet` a page of the browser with a notebook in it.

The server has its own folders for configuration, data and runtime, so a developer's own Jupyter is neither used nor disturbed, and
serves Notebook 7 too. The browser is the system's chromium, driven by playwright. What the console says and which hosts are
asked is kept on every page, because "the console is clean" and "nothing leaves this machine" are promises.
"""

from __future__ import annotations

import filecmp
import itertools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "autograd_viz" / "labextension"
HOST = "127.0.0.1"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
names = itertools.count(1)
COUNT_DISPOSED = """
const { abort } = AbortController.prototype;  // how a player removes its listeners
window.disposedPlayers = 0;
AbortController.prototype.abort = function (...reason) {
  if (new Error().stack.includes("player.js")) window.disposedPlayers += 1;
  return abort.apply(this, reason);
};
"""
usual_words: dict[str, set[str]] = {}  # app -> what its console says anyway


def as_installed(target: Path) -> Path:
    """Lay the extension out as the wheel does (pyproject's shared-data): the folder `static` under its version number."""
    package = json.loads((SOURCE / "package.json").read_text())
    folder = package["jupyterlab"]["_build"]["load"].partition("/")[0]
    shutil.copytree(SOURCE / "static", target / folder)
    shutil.copy(SOURCE / "package.json", target)
    return target / folder


def is_current(installed: Path) -> bool:
    """Whether the extension that this environment has is the one in this tree (an install copies it)."""
    package = SOURCE / "package.json"
    if not (installed / "package.json").exists() or not filecmp.cmp(package, installed / "package.json", shallow=False):
        return False
    folder = installed / json.loads(package.read_text())["jupyterlab"]["_build"]["load"].partition("/")[0]
    compared = filecmp.dircmp(SOURCE / "static", folder)
    _, differ, odd = filecmp.cmpfiles(SOURCE / "static", folder, compared.common_files, shallow=False)
    return not (compared.left_only or compared.right_only or differ or odd)


@dataclass
class Lab:
    """A running server."""

    port: int
    token: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "server.log").read_text()

    def get(self, path: str) -> tuple[dict[str, str], bytes]:
        with urllib.request.urlopen(f"{self.url}/{path}{'&' if '?' in path else '?'}token={self.token}", timeout=30) as answer:
            return {key.lower(): value for key, value in answer.headers.items()}, answer.read()

    def write(self, cells: list[str] | dict[str, Any]) -> str:
        """A new notebook of these code cells (or this notebook), never executed, so never trusted; returns its name."""
        name = f"page{next(names)}.ipynb"
        notebook = cells if isinstance(cells, dict) else new_notebook(cells)
        (self.home / "work" / name).write_text(json.dumps(notebook))
        return name

    def read(self, name: str) -> dict[str, Any]:
        return json.loads((self.home / "work" / name).read_text())

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def new_notebook(cells: list[str]) -> dict[str, Any]:
    """A notebook that nobody has run yet."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    made = [{**empty, "id": f"c{i}", "source": text} for i, text in enumerate(cells)]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": made}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of our own on a free port, with the extension of this tree."""
    home = tmp_path_factory.mktemp("lab")
    for name in ("config/labconfig", "data", "runtime", "work", "extra/labextensions"):
        (home / name).mkdir(parents=True)
    news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (home / "config" / "labconfig" / "page_config.json").write_text(json.dumps(news))
    paths = []
    if not is_current(Path(sys.prefix) / "share/jupyter/labextensions/autograd-viz"):
        as_installed(home / "extra" / "labextensions" / "autograd-viz")
        paths = [str(home / "extra")]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "AUTOGRAD_VIZ"))}
    environment |= {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PATH": os.pathsep.join(paths),
        "PYTHONPATH": str(ROOT),
    }
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = [f"--ServerApp.ip={HOST}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    options += ["--no-browser", "--allow-root", f"--ServerApp.root_dir={home / 'work'}", "--LabApp.extension_manager=readonly"]
    # window.jupyterapp, to wait for and to command
    options += ["--expose-app-in-browser", "--JupyterNotebookApp.expose_app_in_browser=True"]
    with (home / "server.log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=subprocess.STDOUT)
    server = Lab(port, token, home, process)
    try:
        wait_until(lambda: answers(server), 60, "JupyterLab did not start", lambda: server.log)
        yield server
    finally:
        server.stop()


def answers(server: Lab) -> bool:
    assert server.process.poll() is None, server.log
    try:
        return bool(server.get("api/status"))
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def wait_until(done: Callable[[], Any], seconds: float, complaint: str, more: Callable[[], object] = str) -> Any:
    """What `done` gives as soon as it is truthy."""
    deadline = time.monotonic() + seconds
    while True:
        result = done()
        if result:
            return result
        if time.monotonic() > deadline:
            pytest.fail(f"{complaint} within {seconds} s\n{more()}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """The system's chromium under playwright's hand."""
    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield one
        one.close()


@dataclass
class Sheet:
    """A page of the browser, with what it said and whom it asked."""

    page: Any
    lab: Lab
    console: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    name: str = ""
    app: str = ""

    def watch(self) -> None:
        self.page.on("console", lambda told: told.type in ("error", "warning") and self.console.append(f"{told.type}: {told.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"exception: {error}"))
        self.page.on("request", lambda request: self.hosts.add(urllib.parse.urlsplit(request.url).netloc))
        self.page.on("websocket", lambda socket: self.hosts.add(urllib.parse.urlsplit(socket.url).netloc))

    def open(self, name: str, app: str = "lab/tree") -> None:
        """Open a notebook, without running anything, and wait until its kernel is idle: running earlier raises a dialog that blocks."""
        self.name, self.app = name, app
        reset = "&reset" if app.startswith("lab") else ""  # no tabs from the page before
        self.page.goto(f"{self.lab.url}/{app}/{name}?token={self.lab.token}{reset}", wait_until="commit")
        self.wait_for("window.jupyterapp?.shell?.currentWidget?.content?.model?.cells?.length > 0")
        self.wait_for(f"{SESSION}?.isReady && {IDLE}")

    def wait_for(self, expression: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true in the page."""
        self.page.wait_for_function(f"() => {expression}", timeout=seconds * 1000)

    def command(self, name: str) -> None:
        """Start a command of JupyterLab's.  Its promise is not waited for: it may last as long as the notebook runs."""
        self.page.evaluate("(name) => { window.jupyterapp.commands.execute(name); }", name)

    def run_all(self, wait: bool = True) -> None:
        self.command("notebook:run-all-cells")
        if wait:
            self.wait_until_idle()

    def run_cell(self, index: int) -> None:
        self.page.evaluate("(index) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = index; }", index)
        self.command("notebook:run-cell")

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Every code cell has an execution count, and the kernel has nothing to do."""
        self.wait_for(f"[...{CELLS}].every((cell) => cell.type !== 'code' || cell.executionCount) && {IDLE}", seconds)

    def save(self) -> dict[str, Any]:
        """The notebook, as the front end saves it."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
        return self.lab.read(self.name)

    def is_trusted(self) -> bool:
        return self.page.evaluate(f"() => [...{CELLS}].some((cell) => cell.trusted)")

    def shot(self, name: str) -> None:
        self.page.screenshot(path=self.shots / f"{name}.png")

    @property
    def shots(self) -> Path:
        """Where screenshots go: the folder AUTOGRAD_VIZ_SHOTS, or one that is thrown away."""
        folder = Path(os.environ.get("AUTOGRAD_VIZ_SHOTS") or self.lab.home / "shots").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def check_clean(self) -> None:
        """The console says what it says of any notebook (Notebook 7 has warnings of its own), and no other host was asked."""
        if self.console:
            usual = self.of_an_empty_notebook()
            assert [line for line in self.console if line not in usual] == []
        assert self.hosts - {""} == {f"{HOST}:{self.lab.port}"}  # data: and blob: have no host

    def of_an_empty_notebook(self) -> set[str]:
        """What the console says when nothing of ours is in the page."""
        if self.app not in usual_words:
            other = Sheet(self.page.context.browser.new_page(), self.lab)
            other.watch()
            other.open(self.lab.write([""]), self.app)
            usual_words[self.app] = set(other.console)
            other.page.close()
        return usual_words[self.app]


CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
SESSION = "window.jupyterapp.shell.currentWidget.context.sessionContext"
IDLE = f"{SESSION}.session?.kernel?.status === 'idle'"


@pytest.fixture
def sheet(lab: Lab, browser: Any) -> Iterator[Sheet]:
    """A fresh page (no cookies, no cache) that watches its console and its requests."""
    context = browser.new_context(viewport={"width": 1400, "height": 1100})
    context.add_init_script(COUNT_DISPOSED)
    one = Sheet(context.new_page(), lab)
    one.watch()
    yield one
    context.close()


def texts_of(cell: dict[str, Any]) -> list[str]:
    """What nbval compares: all that was printed, then the text of every picture, result and error, in order."""
    found = []
    for output in cell.get("outputs", []):
        text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue", "")
        found.append((output["output_type"], "".join(text)))
    return ["".join(text for kind, text in found if kind == "stream"), *(text for kind, text in found if kind != "stream")]


@pytest.fixture
def texts() -> Callable[[dict[str, Any]], list[str]]:
    """`texts_of`."""
    return texts_of
