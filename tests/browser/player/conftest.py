"""The player alone in a page: its own files, answered by the test itself. No server, no JupyterLab, so a test takes a second.

`stage(play)` mounts a play and gives the page; what the console says and whom the page asks is kept, as in the folder above.
"""

from __future__ import annotations

import json
import mimetypes
import os
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "autograd_viz" / "labextension" / "static"
PLAYS = ROOT / "tests" / "player"
ORIGIN = "http://player.test"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>the player</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="picture.css"><link rel="stylesheet" href="player.css"></head>
<body style="margin: 8px; background: light-dark(#ffffff, #171a21); color-scheme: light dark"><main id="here"></main></body></html>"""
MOUNT = """async (text) => {
  const { mount } = await import("./player.js");
  window.player = mount(document.getElementById("here"), JSON.parse(text));
}"""

FOCUSED = """() => {
  const at = document.activeElement;
  return at === document.body ? "body" : at.getAttribute("aria-label") ?? at.textContent;
}"""


class Stage:
    """A page with a mounted player."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.console: list[str] = []
        self.asked: set[str] = set()
        page.on("console", lambda told: told.type in ("error", "warning") and self.console.append(told.text))
        page.on("pageerror", lambda error: self.console.append(f"exception: {error}"))
        page.on("request", lambda request: self.asked.add(urllib.parse.urlsplit(request.url).netloc))
        page.route(f"{ORIGIN}/**", self._answer)

    @staticmethod
    def _answer(route: Any) -> None:
        name = urllib.parse.urlsplit(route.request.url).path.lstrip("/")
        if not name:
            route.fulfill(body=PAGE, content_type="text/html")
        elif (STATIC / name).is_file():
            route.fulfill(body=(STATIC / name).read_bytes(), content_type=mimetypes.guess_type(name)[0])
        else:
            route.fulfill(status=204)  # the icon that a browser asks for

    def mount(self, play: object) -> None:
        self.page.goto(f"{ORIGIN}/", wait_until="load")
        self.page.evaluate(MOUNT, json.dumps(play))

    def update(self, play: object) -> None:
        self.page.evaluate("(text) => window.player.update(JSON.parse(text))", json.dumps(play))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """The accessible name of what has the focus; "body" if nothing has."""
        return self.page.evaluate(FOCUSED)

    def boxes(self) -> list[str]:
        """The ids of the boxes that are drawn."""
        return self.page.evaluate("() => [...document.querySelectorAll('g.agv-node')].map((box) => box.dataset.id)")

    def text(self, selector: str) -> str:
        return " ".join(self.page.inner_text(selector).split())

    def shot(self, name: str) -> None:
        folder = os.environ.get("AUTOGRAD_VIZ_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def check_clean(self) -> None:
        assert self.console == []
        assert self.asked - {""} == {urllib.parse.urlsplit(ORIGIN).netloc}


@pytest.fixture
def stage(browser: Any) -> Iterator[Callable[..., Stage]]:
    """`stage(play, width=1000, color_scheme="dark", ...)`: the options are those of a browser's context."""
    contexts = []

    def open_page(play: object, width: int = 1000, height: int = 900, **options: Any) -> Stage:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        one = Stage(context.new_page())
        one.mount(play)
        return one

    yield open_page
    for context in contexts:
        context.close()


def read_play(name: str) -> dict[str, Any]:
    return json.loads((PLAYS / f"{name}-play.json").read_text())


@pytest.fixture
def folded() -> dict[str, Any]:
    """Eight boxes, two folds one in the other, written by hand."""
    return read_play("folded")


@pytest.fixture
def example() -> dict[str, Any]:
    """The document's first graph, written by hand; it folds nothing."""
    return read_play("example")


@pytest.fixture
def plays() -> Callable[[str], dict[str, Any]]:
    """Any of the plays that are written by hand, by name."""
    return read_play
