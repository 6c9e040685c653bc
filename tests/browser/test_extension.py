"""The extension alone: plays made by hand, shown by the real player in a real JupyterLab. No engine, no drawing."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

MIME_TYPE = "application/vnd.autograd-viz.v1+json"
EXAMPLE = Path(__file__).parents[1] / "player" / "example-play.json"
PLAYER = ".agv-player"

SHOW = f"""
import json, time
from IPython.display import display
whole = json.loads(open({str(EXAMPLE)!r}).read())
def first(steps, live):
    return {{**whole, "steps": whole["steps"][:steps], "held": whole["held"][:steps], "ledger": [], "live": live}}
def bundle(play):
    return {{{MIME_TYPE!r}: play, "text/plain": "the text"}}
"""
GROW = """
shown = display(bundle(first(2, True)), raw=True, display_id=True)
while not os.path.exists("go on"): time.sleep(0.05)
shown.update(bundle(first(9, False)), raw=True)
"""


def shows(play: object) -> dict[str, Any]:
    """A saved notebook with one output."""
    output = {"output_type": "display_data", "metadata": {}, "data": {MIME_TYPE: play, "text/plain": "the text"}}
    cell = {"cell_type": "code", "id": "c0", "metadata": {}, "source": "1", "outputs": [output], "execution_count": 1}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}


def slider_max(sheet: Any) -> str:
    return sheet.page.get_attribute(f"{PLAYER} input[type=range]", "max")


def test_an_update_reaches_the_player_that_is_already_there(lab: Any, sheet: Any) -> None:
    sheet.open(lab.write([SHOW + "import os" + GROW]))
    sheet.run_all(wait=False)
    sheet.page.wait_for_selector(PLAYER)
    assert slider_max(sheet) == "1"
    sheet.page.evaluate(f"() => {{ document.querySelector('{PLAYER}').dataset.mark = 'the same' }}")
    (lab.home / "work" / "go on").touch()
    sheet.page.wait_for_selector(f"{PLAYER}[data-mark='the same'] input[type=range][max='8']")
    sheet.wait_until_idle()
    assert sheet.page.locator(PLAYER).count() == 1
    sheet.check_clean()


def test_running_a_cell_again_replaces_its_player(lab: Any, sheet: Any) -> None:
    sheet.open(lab.write([SHOW + "display(bundle(whole), raw=True)"]))
    for _ in range(3):
        sheet.run_all()
        sheet.page.wait_for_selector(PLAYER)
    assert sheet.page.locator(PLAYER).count() == 1
    assert sheet.page.evaluate("() => window.disposedPlayers") == 2
    sheet.check_clean()


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_saved_picture_plays_untrusted_and_without_running(lab: Any, sheet: Any, app: str) -> None:
    sheet.open(lab.write(shows(json.loads(EXAMPLE.read_text()))), app)
    sheet.page.wait_for_selector(PLAYER)
    assert not sheet.is_trusted()
    before = sheet.page.inner_text(".agv-caption")
    sheet.page.focus(PLAYER)
    sheet.page.keyboard.press("ArrowLeft")
    assert sheet.page.inner_text(".agv-caption") != before
    sheet.shot(f"example-{app.split('/')[0]}")
    sheet.check_clean()


def packed(text: str) -> dict[str, Any]:
    return {"schema": 1, "packed": base64.b64encode(zlib.compress(text.encode(), 9)).decode()}


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_packed_picture_plays_untrusted_and_without_running(lab: Any, sheet: Any, app: str) -> None:
    sheet.open(lab.write(shows(packed(EXAMPLE.read_text()))), app)
    sheet.page.wait_for_selector(PLAYER)
    assert not sheet.is_trusted()
    assert sheet.page.locator("g.agv-node").count() == len(json.loads(EXAMPLE.read_text())["boxes"])
    sheet.check_clean()


def test_plain_and_packed_pictures_follow_each_other_in_one_player(lab: Any, sheet: Any) -> None:
    """The last that was sent stands there, whatever each took to unpack."""
    grow = """
import base64, zlib
def packed(play): return {"schema": 1, "packed": base64.b64encode(zlib.compress(json.dumps(play).encode())).decode()}
def sent(i): return packed(first(i, i < 9)) if i % 2 else first(i, True)
shown = display(bundle(sent(1)), raw=True, display_id=True)
for i in range(2, 10): shown.update(bundle(sent(i)), raw=True)
"""
    sheet.open(lab.write([SHOW + grow]))
    sheet.run_all()
    sheet.page.wait_for_selector(f"{PLAYER} input[type=range][max='8']")
    assert sheet.page.locator(PLAYER).count() == 1
    sheet.check_clean()


HOSTILE = [
    {}, {"schema": 2}, {"schema": 1, "steps": "none"}, [], "text", 7, None,
    {"schema": 1, "packed": "<script>"}, {"schema": 2, "packed": "AAAA"}, {"schema": 1, "packed": ["AAAA"]}, packed("{"), packed("[]"),
    packed('{"schema": 1, "packed": "AAAA"}'), packed(" " * 40_000_000), {"schema": 1, "packed": "A" * 5_000_000},
]  # fmt: skip


@pytest.mark.parametrize("play", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_play_gives_one_line_of_text(lab: Any, sheet: Any, play: object) -> None:
    sheet.open(lab.write(shows(play)))
    sheet.page.wait_for_selector("text=autograd_viz cannot show this picture")
    said = sheet.page.inner_text(".agv-output").strip()
    assert len(said) < 300
    assert "\n" not in said
    assert sheet.page.locator(PLAYER).count() == 0
    sheet.check_clean()


def test_pictures_need_no_ipywidgets_in_the_page(lab: Any, sheet: Any) -> None:
    sheet.page.route("**/@jupyter-widgets/jupyterlab-manager/**", lambda route: route.abort())
    sheet.open(lab.write(shows(json.loads(EXAMPLE.read_text()))))
    sheet.page.wait_for_selector(PLAYER)
    assert not [line for line in sheet.console if "autograd" in line]


def test_browsers_ask_again_for_every_file_of_ours(lab: Any) -> None:
    """JupyterLab lets a folder named `static` be kept for a year: a new player.js would then meet an old frame.js."""
    package = json.loads(lab.get("lab/extensions/autograd-viz/package.json")[1])
    folder = package["jupyterlab"]["_build"]["load"].partition("/")[0]
    assert folder == package["version"]
    for file in ("remoteEntry.js", "renderer.js", "player.js", "player.css"):
        headers, _ = lab.get(f"lab/extensions/autograd-viz/{folder}/{file}")
        assert headers["cache-control"] == "no-cache", file
