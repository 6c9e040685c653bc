"""The whole line, from a student's cell to pixels: engine, events, picture, live display, player, saved notebook."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLAYER = ".agv-player"
CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
LESSON = Path(__file__).parents[2] / "notebooks" / "04_accumulation.ipynb"
SLIDERS = LESSON.with_name("07_vector_jacobian.ipynb")
START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nimport autograd_viz as av, time"
SLOWLY = """\
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
for call in range(3):
    time.sleep(0.7)
    if call == 2:
        inp.grad.zero_()
    out.backward(torch.ones_like(out), retain_graph=True)
time.sleep(0.7)"""


def steps(sheet: Any) -> int:
    """How many steps the only player of the page has by now; 0 while there is none."""
    found = sheet.page.locator(f"{PLAYER} input[type=range]")
    return int(found.first.get_attribute("max")) + 1 if found.count() else 0


def ledger(sheet: Any, player: Any = None) -> list[str]:
    """The rows of the ledger, each in one line."""
    rows = (player or sheet.page.locator(PLAYER).first).locator(".agv-ledger tbody tr").all_inner_texts()
    return [" ".join(row.split()) for row in rows]


def check_ledger(rows: list[str]) -> None:
    """The source document's example: before + added = after, three calls, zeroed before the third."""
    first, second, zeroed, third = rows
    assert first.startswith("inp #1 None + 4 2 2 2 2")
    assert second.startswith("inp #2 4 2 2 2 2")
    assert " + 4 2 2 2 2" in second
    assert " = 8 4 4 4 4" in second
    assert "zeroed" in zeroed
    assert third.startswith("inp #3 0 0 0 0 0")
    assert " = 4 2 2 2 2" in third


def check_keys_and_clicks(sheet: Any, player: Any) -> None:
    """The arrow keys step; a click on a box fills the inspector."""
    at_the_end = player.locator(".agv-caption").inner_text()
    player.focus()
    sheet.page.keyboard.press("ArrowLeft")
    sheet.page.keyboard.press("ArrowLeft")
    before = player.locator(".agv-caption").inner_text()
    assert before != at_the_end
    sheet.page.keyboard.press("ArrowRight")
    sheet.page.keyboard.press("ArrowRight")
    assert player.locator(".agv-caption").inner_text() == at_the_end
    player.locator("g.agv-node", has_text="PowBackward0").first.click()
    inspector = player.locator(".agv-inspector").inner_text()
    assert "PowBackward0" in inspector
    assert "AddBackward0" in inspector, "where its gradient goes"


def test_the_picture_grows_while_the_cell_runs(lab: Any, sheet: Any) -> None:
    sheet.open(lab.write([START, SLOWLY]))
    sheet.run_all(wait=False)
    running = f"{CELLS}.get(1).executionCount === null"
    seen: list[int] = []
    while sheet.page.evaluate(running):
        now = steps(sheet)
        if now not in seen:
            seen.append(now)
        sheet.page.wait_for_timeout(50)
    sheet.wait_until_idle()
    sheet.page.wait_for_timeout(300)
    sheet.shot("grown")
    assert len(seen) >= 4, f"the picture had so many steps while the cell ran: {seen}"
    assert seen == sorted(seen)
    assert steps(sheet) >= seen[-1]
    assert sheet.page.locator(PLAYER).count() == 1
    check_ledger(ledger(sheet))
    check_keys_and_clicks(sheet, sheet.page.locator(PLAYER))
    sheet.check_clean()


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_saved_notebook_plays_again_untrusted_and_without_running(lab: Any, sheet: Any, app: str) -> None:
    sheet.open(lab.write([START, SLOWLY.replace("0.7", "0.0")]), app)
    sheet.run_all()
    sheet.page.wait_for_selector(PLAYER)
    sheet.page.wait_for_timeout(300)
    saved = sheet.save()
    [output] = saved["cells"][1]["outputs"]
    assert set(output["data"]) == {"application/vnd.autograd-viz.v1+json", "image/svg+xml", "text/plain"}
    assert output["data"]["application/vnd.autograd-viz.v1+json"]["live"] is False
    assert "script" not in json.dumps(output)
    saved["cells"][0]["source"] += "  # changed by someone else"  # another text: the signature of the one that ran does not hold
    sheet.open(lab.write(saved), app)
    sheet.page.wait_for_selector(PLAYER)
    assert not sheet.is_trusted()
    check_ledger(ledger(sheet))
    check_keys_and_clicks(sheet, sheet.page.locator(PLAYER))
    sheet.shot(f"reopened-{app.split('/')[0]}")
    sheet.check_clean()


def test_a_notebook_saved_by_jupyterlab_passes_nbval(lab: Any, sheet: Any, tmp_path: Path) -> None:
    result = "print(out.grad_fn)\nout.sum().backward()\nprint(inp.grad)\nout.sum()"
    sheet.open(lab.write([START, SLOWLY.replace("0.7", "0.0"), result, "av.draw(out)", "out.detach() + 1"]))
    sheet.run_all()
    saved = sheet.save()
    assert [len(cell["outputs"]) for cell in saved["cells"]] == [0, 1, 4, 1, 2]
    (tmp_path / "saved.ipynb").write_text(json.dumps(saved))
    shutil.copy(LESSON.parent / "conftest.py", tmp_path)
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(LESSON.parents[1])}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_a_flood_of_events_loses_nothing(lab: Any, sheet: Any) -> None:
    """jupyter_server drops messages past a rate; ten thousand events must not come near it."""
    loop = "for i in range(2_000):\n    y = y * 1.0\n    if i % 100 == 0: print(i)"
    flood = f"x = torch.ones(2, requires_grad=True)\ny = x\n{loop}\ny.sum().backward()"
    sheet.open(lab.write([START, flood]))
    sheet.run_all()
    sheet.page.wait_for_selector(f"{PLAYER} .agv-ledger tbody tr")
    assert ledger(sheet) == ["x #1 None + [1 1] = [1 1]"]
    printed = sheet.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stdout']").all_inner_texts()
    assert "".join(printed).split() == [str(i) for i in range(0, 2_000, 100)]
    assert "rate exceeded" not in lab.log
    sheet.check_clean()


SLEEPING = "[...document.querySelectorAll('.agv-player')].find((player) => player.innerText.includes('time.sleep'))"


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_the_accumulation_lesson_lives(lab: Any, sheet: Any, app: str, texts: Any) -> None:
    """Run All; watch the cell that sleeps; read, step, click; then what was saved, reopened untrusted and never run."""
    lesson = json.loads(LESSON.read_text())
    blank = copy.deepcopy(lesson)
    for cell in blank["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    slow = next(i for i, cell in enumerate(lesson["cells"]) if "time.sleep" in "".join(cell["source"]))
    sheet.page.set_viewport_size({"width": 1300, "height": 5000})  # JupyterLab draws only what can be seen
    sheet.open(lab.write(blank), app)
    sheet.run_all(wait=False)
    seen: set[int] = set()
    while sheet.page.evaluate(f"() => {CELLS}.get({slow}).executionCount === null"):
        seen.add(sheet.page.evaluate(f"() => Number({SLEEPING}?.querySelector('input[type=range]').max ?? 0)"))
        sheet.page.wait_for_timeout(30)
    assert len(seen - {0}) >= 2, f"the picture grows while its cell sleeps; it had so many steps: {sorted(seen)}"
    sheet.wait_until_idle()
    player = sheet.page.locator(PLAYER).first
    sheet.page.wait_for_selector(PLAYER)
    check_ledger(ledger(sheet, player))
    check_keys_and_clicks(sheet, player)
    saved = sheet.save()
    for ours, stored in zip(saved["cells"], lesson["cells"], strict=True):
        assert texts(ours) == texts(stored), "run in JupyterLab and run by nbclient show the same"
    sheet.shot(f"lesson-{app.split('/')[0]}")

    saved["cells"][1]["source"] += "  # changed by someone else"  # so the signature of the one that ran does not hold
    sheet.open(lab.write(saved), app)
    sheet.page.wait_for_selector(PLAYER)
    assert not sheet.is_trusted()
    check_ledger(ledger(sheet, player))
    check_keys_and_clicks(sheet, player)
    sheet.check_clean()


WIDGET = """\
import ipywidgets as widgets
graph = av.GraphWidget()
slider = widgets.IntSlider(max=30)
link = widgets.jslink((slider, "value"), (graph, "step"))
box = widgets.VBox([slider, graph])
box"""
BUILD = "%autograd_viz off\nx = torch.tensor([1., 2.], requires_grad=True)\nloss = (x * x).pow(2).sum()"


def test_the_widget_lives_beside_a_slider(lab: Any, sheet: Any) -> None:
    sheet.open(lab.write([START, WIDGET, BUILD, "loss.backward()\ntime.sleep(0.5)", "link.unlink()", "graph.step", "graph.close()"]))
    for index in range(4):
        sheet.run_cell(index)
    sheet.page.wait_for_selector(f".widget-vbox {PLAYER}")
    sheet.wait_for("(document.querySelector('.widget-vbox .agv-ledger tbody')?.rows.length ?? 0) === 1")
    last = steps(sheet) - 1
    readout = ".widget-slider .widget-readout"
    sheet.page.wait_for_selector(f"{readout}:has-text('{last}')")
    at_the_end = sheet.page.inner_text(".agv-caption")

    sheet.page.focus(".widget-slider [role=slider], .widget-slider .noUi-handle")
    sheet.page.keyboard.press("ArrowLeft")
    sheet.page.wait_for_selector(f"{readout}:has-text('{last - 1}')")
    assert sheet.page.inner_text(".agv-caption") != at_the_end, "the slider moves the player"

    sheet.page.focus(PLAYER)
    sheet.page.keyboard.press("ArrowLeft")
    sheet.page.wait_for_selector(f"{readout}:has-text('{last - 2}')")  # the player moves the slider
    sheet.shot("widget")
    assert "cell [4]" in sheet.page.inner_text(PLAYER), "the line that the step is about"
    sheet.run_cell(4)
    sheet.wait_for(f"{CELLS}.get(4).executionCount")
    sheet.page.focus(PLAYER)
    sheet.page.keyboard.press("ArrowLeft")
    sheet.run_cell(5)
    sheet.wait_for(f"{CELLS}.get(5).executionCount")
    told = sheet.page.evaluate(f"() => {CELLS}.get(5).outputs.get(0).toJSON().data['text/plain']")
    assert told == str(last - 3), "the player tells the kernel, with no help of a link"
    assert sheet.page.evaluate("() => window.disposedPlayers") == 0

    sheet.run_cell(6)
    sheet.page.wait_for_selector(PLAYER, state="detached")
    assert sheet.page.evaluate("() => window.disposedPlayers") == 1
    sheet.check_clean()


SUMS = "[...document.querySelectorAll('.widget-vbox .widget-html svg text')].slice(-3).map((one) => one.textContent).join(' ')"


def test_the_sliders_of_lesson_07_move_its_picture(lab: Any, sheet: Any) -> None:
    """By keyboard, to the v of which the lesson says that the rows cancel: 1, -2, 1."""
    lesson = json.loads(SLIDERS.read_text(encoding="utf-8"))
    for cell in lesson["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    sheet.page.set_viewport_size({"width": 1300, "height": 6000})  # JupyterLab draws only what can be seen
    sheet.open(lab.write(lesson))
    sheet.run_all()
    handles = sheet.page.locator(".widget-vbox .widget-slider .noUi-handle")
    handles.nth(2).wait_for()
    assert sheet.page.evaluate(SUMS) == "v @ J = x.grad 1 2", "v begins at 1 0 0: the first row"
    for i, key, presses, then in ((1, "ArrowLeft", 4, "-5 -6"), (2, "ArrowRight", 2, "0 0")):
        handles.nth(i).focus()
        for _ in range(presses):
            sheet.page.keyboard.press(key)
        sheet.wait_for(f"{SUMS} === 'v @ J = x.grad {then}'", 20)
    sheet.page.locator(".widget-vbox").first.screenshot(path=sheet.shots / "sliders.png")
    sheet.check_clean()
