"""av.GraphWidget among other widgets, in a real JupyterLab: dashboards, several views, play buttons, views that come and go."""

from __future__ import annotations

from typing import Any

PLAYER = ".agv-player"
CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
START = """\
%load_ext autograd_viz
%autograd_viz off
from autograd_viz import torch
import autograd_viz as av, time
import ipywidgets as widgets"""
DASHBOARD = """\
graph = av.GraphWidget()
slider = widgets.IntSlider(value=1, max=9)
w = torch.tensor(2., requires_grad=True)
def recompute(change):
    w.grad = None
    loss = (w * slider.value) ** 2
    loss.backward()
slider.observe(recompute, "value")
widgets.VBox([slider, graph])"""
SHORT = "x = torch.ones(2, requires_grad=True)\nwith av.record() as recording:\n    (x * 3).sum().backward()\n"


def run(sheet: Any, index: int) -> None:
    sheet.page.evaluate(f"() => {{ {CELLS}.get({index}).executionCount = null; }}")
    sheet.run_cell(index)
    sheet.wait_for(f"{CELLS}.get({index}).executionCount")


def step_of(sheet: Any, nth: int) -> int:
    return int(sheet.page.locator(f"{PLAYER} input[type=range]").nth(nth).input_value())


def test_a_dashboard_follows_its_slider(lab: Any, sheet: Any) -> None:
    """The callback runs in no cell; each move is a story of its own, and a reader who went back stays at his step."""
    sheet.open(lab.write([START, DASHBOARD]))
    run(sheet, 0)
    run(sheet, 1)
    handle = ".widget-slider [role=slider], .widget-slider .noUi-handle"
    sheet.page.wait_for_selector(handle)
    sheet.page.focus(handle)
    sheet.page.keyboard.press("ArrowRight")
    sheet.wait_for("document.querySelector('.agv-ledger tbody')?.innerText.includes('16')")  # 2 * 2 * 2^2
    sheet.page.keyboard.press("ArrowRight")
    sheet.wait_for("document.querySelector('.agv-ledger tbody')?.innerText.includes('36')")  # 2 * 2 * 3^2
    assert "16" not in sheet.page.locator(".agv-ledger tbody tr").last.inner_text(), "one story, not both"
    sheet.shot("dashboard")
    sheet.page.focus(PLAYER)
    for _ in range(2):
        sheet.page.keyboard.press("ArrowLeft")
    place = step_of(sheet, 0)
    sheet.page.focus(handle)
    sheet.page.keyboard.press("ArrowRight")
    sheet.wait_for(f"document.querySelector('{PLAYER}').textContent.includes('64')")  # 2 * 2 * 4^2
    assert step_of(sheet, 0) == place
    sheet.check_clean()


def test_a_big_picture_is_shown_and_stepped_by_its_widget(lab: Any, sheet: Any) -> None:
    """Its play comes packed."""
    code = """\
x, kinds = torch.ones(3, requires_grad=True), ("sin", "exp", "tanh", "cos", "neg")
with av.record() as recording:
    for i in range(80):
        x = getattr(x, kinds[(i * i + i // 7) % 5])()
    x.sum().backward()
graph = av.GraphWidget(recording)
print(len(graph.play["boxes"]), "packed" in graph.get_state()["play"])
display(graph)
graph.step = 7"""
    sheet.open(lab.write([START, code]))
    run(sheet, 0)
    run(sheet, 1)
    sheet.wait_for(f"document.querySelector('{PLAYER} input[type=range]')?.value === '7'")
    printed = sheet.page.inner_text("[data-mime-type='application/vnd.jupyter.stdout']").split()
    assert printed == [str(sheet.page.locator("g.agv-node").count()), "True"]
    sheet.check_clean()


def test_a_training_loop_is_followed_beside_its_loss(lab: Any, sheet: Any) -> None:
    code = """\
label, graph = widgets.Label(), av.GraphWidget()
display(widgets.HBox([label, graph]))
w = torch.tensor(4., requires_grad=True)
for i in range(12):
    w.grad = None
    loss = w * w
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    label.value = f"loss {loss.item():.3f}"
    time.sleep(0.15)"""
    sheet.open(lab.write([START, code]))
    run(sheet, 0)
    sheet.run_cell(1)
    sheet.wait_for("document.querySelector('.agv-ledger tbody')?.rows.length >= 4")
    assert sheet.page.evaluate(f"() => {CELLS}.get(1).executionCount === null"), "while it trains"
    sheet.wait_for(f"{CELLS}.get(1).executionCount")
    sheet.wait_for("(document.querySelector('.agv-ledger tbody')?.innerText.match(/#12/g) ?? []).length === 1")
    sheet.check_clean()


def test_two_views_of_one_widget_go_together_and_one_may_go(lab: Any, sheet: Any) -> None:
    sheet.page.set_viewport_size({"width": 1400, "height": 3000})
    sheet.open(lab.write([START, SHORT + "graph = av.GraphWidget(recording)\ngraph", "graph", "graph.step", "1"]))
    for index in range(3):
        run(sheet, index)
    sheet.wait_for(f"document.querySelectorAll('{PLAYER}').length === 2")
    last = step_of(sheet, 0)
    assert step_of(sheet, 1) == last > 2
    sheet.page.locator(PLAYER).first.focus()
    sheet.page.keyboard.press("ArrowLeft")
    sheet.wait_for(f"document.querySelectorAll('{PLAYER} input[type=range]')[1].value === '{last - 1}'")
    sheet.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    sheet.command("notebook:delete-cell")
    sheet.wait_for(f"document.querySelectorAll('{PLAYER}').length === 1")
    sheet.page.locator(PLAYER).first.focus()
    sheet.page.keyboard.press("ArrowLeft")
    run(sheet, 2)
    assert sheet.page.evaluate(f"() => {CELLS}.get(2).outputs.get(0).toJSON().data['text/plain']") == str(last - 2)
    sheet.check_clean()


def test_a_play_button_plays_it(lab: Any, sheet: Any) -> None:
    code = """\
graph = av.GraphWidget(recording)
graph.step = 0
clock = widgets.Play(value=0, max=len(graph.play["steps"]) - 1, interval=120)
link = widgets.jslink((clock, "value"), (graph, "step"))
widgets.VBox([clock, graph])"""
    sheet.open(lab.write([START, SHORT + code]))
    run(sheet, 0)
    run(sheet, 1)
    sheet.page.wait_for_selector(PLAYER)
    assert step_of(sheet, 0) == 0
    sheet.page.locator(".widget-play button").first.click()
    sheet.wait_for(f"(() => {{ const s = document.querySelector('{PLAYER} input[type=range]'); return s.value === s.max; }})()")
    sheet.check_clean()


def test_interact_draws_anew_and_leaves_no_view(lab: Any, sheet: Any) -> None:
    code = """\
def show(k=1):
    x = torch.ones(2, requires_grad=True)
    with av.record() as recording:
        (x * float(k)).sum().backward()
    display(av.GraphWidget(recording))
controls = widgets.interact(show, k=(1, 6))"""
    sheet.open(lab.write([START, code, "sum(type(one) is av.GraphWidget for one in widgets.widget._instances.values())"]))
    run(sheet, 0)
    run(sheet, 1)
    sheet.page.wait_for_selector(PLAYER)
    handle = ".widget-slider [role=slider], .widget-slider .noUi-handle"
    sheet.page.focus(handle)
    for k in (2, 3, 4):
        sheet.page.keyboard.press("ArrowRight")
        sheet.wait_for(f"document.querySelector('.agv-ledger tbody')?.innerText.includes('{k}')")
    assert sheet.page.locator(PLAYER).count() == 1
    run(sheet, 2)
    kept = int(sheet.page.evaluate(f"() => {CELLS}.get(2).outputs.get(0).toJSON().data['text/plain']"))
    assert kept <= 3, "of the first, of the last and of the move before"
    sheet.check_clean()


def test_closed_it_is_gone_and_run_again_it_is_new(lab: Any, sheet: Any) -> None:
    sheet.page.set_viewport_size({"width": 1400, "height": 2000})
    sheet.open(lab.write([START, SHORT + "graph = av.GraphWidget(recording)\ngraph", "graph.close()"]))
    for _ in range(3):
        run(sheet, 0)
        run(sheet, 1)
        sheet.page.wait_for_selector(PLAYER)
        run(sheet, 2)
        sheet.page.wait_for_selector(PLAYER, state="detached")
    assert sheet.page.evaluate("() => window.disposedPlayers") == 3
    sheet.check_clean()
