"""A notebook's day in a real JupyterLab: graphs over many cells, re-runs, errors, interrupts, restarts; and nothing is left behind."""

from __future__ import annotations

from typing import Any

PLAYER = ".agv-player"
CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
KERNEL = "window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel"
START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nimport autograd_viz as av, time"
BUILD = 'w = torch.tensor([1., 2.], requires_grad=True)\nparams = {"b": torch.tensor(3., requires_grad=True)}'
FORWARD = 'loss = (w * w).sum() + params["b"]'
LEDGER_3 = "document.querySelectorAll('.jp-CodeCell')[3].querySelector('.agv-ledger tbody')?.innerText"
MEMORY = "int(open('/proc/self/statm').read().split()[1]) * 4096"


def ledger(sheet: Any, index: int) -> list[str]:
    """The rows of the ledger under a cell, each in one line."""
    rows = sheet.page.locator(".jp-CodeCell").nth(index).locator(".agv-ledger tbody tr").all_inner_texts()
    return [" ".join(row.split()) for row in rows]


def run(sheet: Any, index: int) -> None:
    """Run a cell and wait until it is done."""
    sheet.page.evaluate(f"() => {{ {CELLS}.get({index}).executionCount = null; }}")
    sheet.run_cell(index)
    sheet.wait_for(f"{CELLS}.get({index}).executionCount")


def players(sheet: Any, index: int) -> int:
    return int(sheet.page.locator(".jp-CodeCell").nth(index).locator(PLAYER).count())


def test_a_cell_that_only_calls_backward_shows_the_graph_and_its_wave(lab: Any, sheet: Any) -> None:
    sheet.page.set_viewport_size({"width": 1400, "height": 4200})
    sheet.open(lab.write([START, BUILD, FORWARD, "print('in between')", "loss.backward()", "loss.backward()", "w.grad.zero_()"]))
    for index in range(7):
        run(sheet, index)
    sheet.wait_for(f"document.querySelectorAll('{PLAYER}').length === 5")
    assert ledger(sheet, 4) == ['params["b"] #1 None + 1 = 1', "w #1 None + [2 4] = [2 4]"]
    boxes = " ".join(sheet.page.locator(".jp-CodeCell").nth(4).locator("g.agv-node").all_text_contents())
    assert "MulBackward0" in boxes
    assert 'params["b"]' in boxes
    failed = sheet.page.locator(".jp-CodeCell").nth(5)
    assert "MulBackward0" in failed.locator("g.agv-node.agv-failed").text_content()
    assert "second time" in failed.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").inner_text()
    assert "zeroed" in ledger(sheet, 6)[0]
    sheet.shot("session-story")
    sheet.check_clean()


def test_running_cells_again_and_in_any_order_replaces_their_pictures(lab: Any, sheet: Any) -> None:
    sheet.page.set_viewport_size({"width": 1400, "height": 4200})
    sheet.open(lab.write([START, BUILD, FORWARD, "loss.backward()"]))
    for index in (0, 1, 2, 3, 2, 3):
        run(sheet, index)
    sheet.wait_for(f"{LEDGER_3}?.includes('[4 8]')")
    assert [players(sheet, index) for index in range(4)] == [0, 1, 1, 1]
    assert ledger(sheet, 3) == ['params["b"] #1 1 + 1 = 2', "w #1 [2 4] + [2 4] = [4 8]"]
    sheet.run_all()
    sheet.wait_for(f"{LEDGER_3}?.includes('None')")
    assert [players(sheet, index) for index in range(4)] == [0, 1, 1, 1]
    assert ledger(sheet, 3) == ['params["b"] #1 None + 1 = 1', "w #1 None + [2 4] = [2 4]"]
    sheet.check_clean()


def test_an_interrupted_cell_and_a_restarted_kernel_leave_pictures_that_work(lab: Any, sheet: Any) -> None:
    forever = f"{FORWARD}\nloss.backward()\nwhile True:\n    time.sleep(0.01)"
    sheet.page.set_viewport_size({"width": 1400, "height": 2600})
    sheet.open(lab.write([START, BUILD, forever]))
    run(sheet, 0)
    run(sheet, 1)
    sheet.run_cell(2)
    sheet.wait_for("document.querySelectorAll('.jp-CodeCell')[2].querySelector('.agv-ledger tbody')?.rows.length === 2")
    sheet.page.evaluate(f"() => {{ {KERNEL}.interrupt(); }}")
    sheet.wait_for(f"{CELLS}.get(2).executionCount")
    output = sheet.save()["cells"][2]["outputs"]
    assert [one["output_type"] for one in output] == ["display_data", "error"]
    assert output[0]["data"]["application/vnd.autograd-viz.v1+json"]["live"] is False
    sheet.page.evaluate(f"() => {{ {KERNEL}.restart(); }}")
    sheet.wait_for(f"{KERNEL}.status === 'restarting' || {KERNEL}.status === 'starting' || {KERNEL}.status === 'idle'")
    sheet.wait_for(f"{KERNEL}.status === 'idle'")
    player = sheet.page.locator(PLAYER).last
    said = player.locator(".agv-caption").inner_text()
    player.focus()
    sheet.page.keyboard.press("ArrowLeft")
    assert player.locator(".agv-caption").inner_text() != said, "it needs no kernel"
    run(sheet, 0)
    run(sheet, 1)
    assert [players(sheet, index) for index in range(3)] == [0, 1, 1]
    assert [line for line in sheet.console if "Connection lost" not in line] == [], "JupyterLab says so itself, of a restart"


def test_forty_runs_of_a_cell_leave_no_view_no_node_and_no_memory(lab: Any, sheet: Any) -> None:
    """(A hundred runs, with more kinds of cells, are in tests/jupyter/test_session.py; here it is about the browser.)"""
    code = f"{BUILD}\nfor i in range(5):\n    {FORWARD}\n    loss.backward()"
    sheet.open(lab.write([START, code, MEMORY]))
    run(sheet, 0)
    browser = sheet.page.context.new_cdp_session(sheet.page)
    browser.send("Performance.enable")

    def metrics() -> dict[str, float]:
        for _ in range(3):
            browser.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in browser.send("Performance.getMetrics")["metrics"]}
        return {"heap": found["JSHeapUsedSize"] / 1e6, "nodes": found["Nodes"]}

    def measure() -> dict[str, float]:
        """The least of several looks: JupyterLab needs a moment to calm down, and chromium to collect."""
        run(sheet, 2)
        told = sheet.page.evaluate(f"() => {CELLS}.get(2).outputs.get(0).toJSON().data['text/plain']")
        looks = []
        for _ in range(8):
            sheet.page.wait_for_timeout(250)
            looks.append(metrics())
        return {"kernel": int(told) / 1e6, **{name: min(look[name] for look in looks) for name in looks[0]}}

    def runs(count: int) -> None:
        for _ in range(count):
            run(sheet, 1)
            sheet.wait_for("document.querySelector('.agv-ledger tbody')?.rows.length === 10")

    runs(5)
    before = measure()
    disposed = sheet.page.evaluate("() => window.disposedPlayers")
    runs(40)
    after = measure()
    grown = {name: after[name] - value for name, value in before.items()}
    print({name: round(value, 1) for name, value in grown.items()}, "of", {name: round(value, 1) for name, value in before.items()})
    assert sheet.page.locator(PLAYER).count() == 1
    assert sheet.page.evaluate("() => window.disposedPlayers") - disposed == 40
    one_player = sheet.page.evaluate(f"() => document.querySelector('{PLAYER}').querySelectorAll('*').length")
    assert grown["nodes"] < 2 * one_player, "not even two of forty players are retained"
    assert grown["heap"] < 5
    assert grown["kernel"] < 20
    sheet.check_clean()
