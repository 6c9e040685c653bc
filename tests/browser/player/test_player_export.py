"""Taking the picture out: SVG, PNG, HTML and text, all made in the browser; and what is new in a real JupyterLab."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

MIME_TYPE = "application/vnd.autograd-viz.v1+json"
PLAYER = ".agv-player"
THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const numbers = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4;
  const light = (colour) => numbers(colour).slice(0, 3).reduce((sum, each, i) => sum + linear(each / 255) * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (at) => {
    const { backgroundColor } = getComputedStyle(at);
    return numbers(backgroundColor)[3] === 255 ? backgroundColor : behind(at.parentElement);
  };
  const words = ['.agv-caption', '.agv-counter', '.agv-phase', '.agv-line', '.agv-line[aria-current]', '.agv-pane-title', '.agv-held-words',
    '.agv-player dt', '.agv-player dd'];
  return words.filter((each) => document.querySelector(each)).map((each) => {
    const at = document.querySelector(each), [a, b] = [light(getComputedStyle(at).color), light(behind(at))].sort((x, y) => y - x);
    return [each, (a + 0.05) / (b + 0.05)];
  });
}"""


def saved(here: Any, choice: str) -> bytes:
    here.click(".agv-menu > button")
    with here.expect_download() as waiting:
        here.click(f".agv-choice:has-text('{choice}')")
    return Path(waiting.value.path()).read_bytes()


def test_svg_and_png_are_of_the_picture_that_is_seen(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    drawing = saved(here.page, "Save as SVG").decode()
    assert drawing.startswith("<svg")
    assert 'width="718"' in drawing
    assert "layer 0" in drawing
    assert "agv-" not in drawing, "it needs no style sheet"
    picture = saved(here.page, "Save as PNG")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture[16:20], "big") == 2 * 718
    here.page.click(".agv-knob")
    assert "ReluBackward0" in saved(here.page, "Save as SVG").decode(), "the open fold"
    here.check_clean()


def test_text_goes_to_the_clipboard(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded, permissions=["clipboard-read", "clipboard-write"])
    here.page.click(".agv-menu > button")
    here.page.click(".agv-choice:has-text('Copy as text')")
    here.page.wait_for_selector(".agv-message:has-text('cop')")


def shows(play: object) -> dict[str, Any]:
    """A saved notebook with one output."""
    output = {"output_type": "display_data", "metadata": {}, "data": {MIME_TYPE: play, "text/plain": "the text"}}
    cell = {"cell_type": "code", "id": "c0", "metadata": {}, "source": "1", "outputs": [output], "execution_count": 1}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}


def test_jupyterlab_saves_the_page_and_it_plays_offline(lab: Any, sheet: Any, folded: dict[str, Any], tmp_path: Path) -> None:
    folded["title"] = "</title><script>window.hacked = 1</script>"
    folded["boxes"]["t1"]["name"] = "</script><script>window.hacked = 1</script>"
    sheet.open(lab.write(shows(folded)))
    sheet.page.wait_for_selector(PLAYER)
    page = saved(sheet.page, "Save as HTML").decode()
    sheet.check_clean()
    assert len(page) < 150_000
    assert not re.search(r"^import |https?://(?!www\.w3\.org)", page, re.MULTILINE)
    file = tmp_path / "saved.html"
    file.write_text(page)
    other = sheet.page.context.new_page()
    told: list[str] = []
    other.on("console", lambda message: told.append(message.text))
    other.on("pageerror", lambda error: told.append(str(error)))
    other.goto(file.as_uri())
    other.wait_for_selector(PLAYER)
    other.click(".agv-knob")
    assert other.locator("g.agv-node").count() == 3
    assert other.evaluate("() => window.hacked") is None
    assert told == []
    before = json.loads(other.evaluate("() => document.getElementById('play').textContent"))
    assert before == folded


@pytest.mark.parametrize("theme", THEMES)
def test_words_keep_their_contrast_in_every_theme(lab: Any, sheet: Any, folded: dict[str, Any], theme: str) -> None:
    sheet.open(lab.write(shows(folded)))
    sheet.page.evaluate("(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', { theme }); }", theme)
    sheet.wait_for(f"document.body.dataset.jpThemeName === '{theme}'")
    sheet.page.wait_for_selector(PLAYER)
    sheet.page.focus(PLAYER)
    sheet.page.keyboard.press("ArrowLeft")
    weak = {name: round(ratio, 2) for name, ratio in sheet.page.evaluate(CONTRAST) if ratio < 4.5}
    assert weak == {}
    sheet.shot(f"folded-{theme.replace(' ', '-').lower()}")


def test_jupyterlab_takes_no_key_from_the_search_nor_the_player(lab: Any, sheet: Any, folded: dict[str, Any]) -> None:
    """In command mode d d deletes the cell, b adds one, Enter edits: none of it may happen while the reader types here."""
    sheet.open(lab.write(shows(folded)))
    sheet.page.wait_for_selector(PLAYER)
    sheet.page.focus(PLAYER)
    for key in ("/", *"ddbaxmz", "Backspace", "Enter", "Escape", "f", "f", "i", "+", "0", " ", " "):
        sheet.page.keyboard.press(key)
    cells = "window.jupyterapp.shell.currentWidget.content.model.cells"
    assert sheet.page.evaluate(f"() => [{cells}.length, {cells}.get(0).sharedModel.source]") == [1, "1"]
    sheet.page.focus(PLAYER)
    sheet.page.keyboard.press("/")
    sheet.page.keyboard.type("relu")
    sheet.page.keyboard.press("Enter")
    assert sheet.page.locator("g.agv-node").count() == 3
    assert sheet.page.get_attribute("[data-id=n4]", "aria-pressed") == "true"
    sheet.check_clean()
