"""Live in a real JupyterLab: floods, sleeping and busy cells, the pace on the wire, and how soon things are on the screen."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

PLAYER = ".agv-player"
CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nimport autograd_viz as av, time, numpy as np"
OURS = b"application/vnd.autograd-viz"


def steps(sheet: Any) -> int:
    """How many steps the last player of the page has; 0 while there is none."""
    found = sheet.page.locator(f"{PLAYER} input[type=range]")
    return int(found.last.get_attribute("max")) + 1 if found.count() else 0


def ledger(sheet: Any) -> list[str]:
    rows = sheet.page.locator(PLAYER).last.locator(".agv-ledger tbody tr").all_inner_texts()
    return [" ".join(row.split()) for row in rows]


def watch_wire(sheet: Any) -> list[tuple[float, int]]:
    """When our messages came over the websocket, and their sizes."""
    got: list[tuple[float, int]] = []

    def frame(payload: Any) -> None:
        raw = payload if isinstance(payload, bytes) else payload.encode()
        if OURS in raw:
            got.append((time.monotonic(), len(raw)))

    sheet.page.on("websocket", lambda socket: socket.on("framereceived", frame))
    return got


def test_ten_thousand_events_lose_nothing_and_disturb_no_print(lab: Any, sheet: Any) -> None:
    """10,000 events and 1,000 prints in a cell: every print in its place, the picture exact, the wire calm."""
    count = "from autograd_viz import events\nseen = []\nevents.add_listener(lambda event: seen.append(1))"
    flood = """\
x = torch.ones(2, requires_grad=True)
print('begin')
for call in range(1_000):
    (x * 1.0).sum().backward()
    print('call', call)
print('end', x.grad)"""
    wire = watch_wire(sheet)
    sheet.open(lab.write([START + "\n" + count, flood, "len(seen)"]))
    began = time.monotonic()
    sheet.run_all()
    seconds = time.monotonic() - began
    sheet.wait_for(f"document.querySelector('{PLAYER} .agv-ledger tbody')?.rows.length >= 1")
    sheet.page.wait_for_timeout(300)
    saved = sheet.save()
    outputs = saved["cells"][1]["outputs"]
    printed = "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")
    assert printed == "begin\n" + "".join(f"call {call}\n" for call in range(1_000)) + "end tensor([1000., 1000.])\n"
    [picture] = [output["data"] for output in outputs if output["output_type"] == "display_data"]
    events = int("".join(saved["cells"][2]["outputs"][0]["data"]["text/plain"]))
    assert events >= 10_000
    assert picture["application/vnd.autograd-viz.v1+json"]["live"] is False
    assert "[1000 1000]" in "".join(picture["text/plain"]), "the last backward is in the picture"
    assert "rate exceeded" not in lab.log
    total = sum(size for _, size in wire)
    print(f"{events} events, {len(wire)} messages, {total / 1e3:.0f} kB in {seconds:.1f} s; the last one {wire[-1][1] / 1e3:.0f} kB")
    assert len(wire) <= 10 * seconds + 2
    assert total - wire[-1][1] <= 200_000 * (seconds + 1) + max(size for _, size in wire), "a second's worth may be saved up"
    sheet.check_clean()


@pytest.mark.parametrize(
    "rest",
    ["time.sleep(3)", "while time.time() < until: m @ m", "while time.time() < until: pass"],
    ids=["sleeps", "is busy in numpy", "is busy in Python"],
)
def test_what_happened_last_shows_while_the_cell_goes_on(lab: Any, sheet: Any, rest: str) -> None:
    """A hundred events, then nothing more to tell for three seconds."""
    code = f"for i in range(8):\n    (x * float(i)).sum().backward()\nuntil = time.time() + 3\n{rest}\nprint('over')"
    sheet.open(lab.write([START, "x = torch.ones(2, requires_grad=True)\nm = np.ones((700, 700))\n(x * 1.).sum().backward()", code]))
    sheet.run_cell(0)
    sheet.run_cell(1)
    sheet.page.wait_for_selector(PLAYER)
    began = time.monotonic()
    sheet.run_cell(2)
    sheet.wait_for(f"document.querySelectorAll('{PLAYER}').length === 2 && "
                   f"[...document.querySelectorAll('{PLAYER}')].at(-1).querySelector('.agv-ledger tbody')?.rows.length === 8")  # fmt: skip
    print(f"all eight calls on the screen {time.monotonic() - began:.2f} s after Run")
    assert sheet.page.evaluate(f"() => {CELLS}.get(2).executionCount === null"), "the cell is still running"
    assert ledger(sheet)[-1].endswith("= [29 29]")
    sheet.wait_for(f"{CELLS}.get(2).executionCount")
    sheet.check_clean()


def test_the_reader_keeps_his_place_while_the_cell_goes_on(lab: Any, sheet: Any) -> None:
    code = "x = torch.ones(2, requires_grad=True)\nfor i in range(12):\n    (x * float(i)).sum().backward()\n    time.sleep(0.25)"
    sheet.open(lab.write([START, code]))
    sheet.run_all(wait=False)
    sheet.wait_for(f"document.querySelector('{PLAYER} .agv-ledger tbody')?.rows.length >= 2")
    player = sheet.page.locator(PLAYER)
    player.focus()
    for _ in range(3):
        sheet.page.keyboard.press("ArrowLeft")
    place = sheet.page.input_value(f"{PLAYER} input[type=range]")
    had = steps(sheet)
    sheet.wait_for(f"Number(document.querySelector('{PLAYER} input[type=range]').max) >= {had + 8}")
    assert sheet.page.input_value(f"{PLAYER} input[type=range]") == place
    sheet.wait_until_idle()
    assert sheet.page.input_value(f"{PLAYER} input[type=range]") == place
    sheet.check_clean()


def test_first_picture_and_last_event_are_soon_on_the_screen(lab: Any, sheet: Any) -> None:
    """The promise is 0.5 s and 0.2 s (benchmarks/live.py measures it on a quiet machine); here three times that, for a busy one."""
    code = "x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()\ntime.sleep(1)\nx.grad.zero_()\ntime.sleep(1)"
    sheet.open(lab.write([START, code]))
    sheet.run_cell(0)
    sheet.wait_for(f"{CELLS}.get(0).executionCount")
    first, lag = sheet.page.evaluate(
        """async () => {
          const cell = window.jupyterapp.shell.currentWidget.content;
          cell.activeCellIndex = 1;
          const seen = (test) => new Promise((done) => {
            const look = () => test() ? done(performance.now()) : requestAnimationFrame(look);
            look();
          });
          const began = performance.now();
          window.jupyterapp.commands.execute('notebook:run-cell');
          const first = await seen(() => document.querySelector('.agv-player'));
          await seen(() => document.querySelectorAll('.agv-ledger tbody tr').length === 1);
          const last = await seen(() => document.querySelectorAll('.agv-ledger tbody tr').length === 2);
          return [first - began, last - first];
        }"""
    )
    print(f"first picture after {first:.0f} ms; zeroed {lag:.0f} ms after the first picture, of which the cell slept 1,000")
    assert first < 1_500
    assert lag < 1_000 + 600
    sheet.check_clean()


def test_what_is_stored_is_the_last_picture_only(lab: Any, sheet: Any) -> None:
    code = "x = torch.ones(2, requires_grad=True)\nfor i in range(4):\n    (x * float(i)).sum().backward()\n    time.sleep(0.15)"
    sheet.open(lab.write([START, code]))
    sheet.run_all()
    sheet.page.wait_for_timeout(300)
    [output] = sheet.save()["cells"][1]["outputs"]
    assert output["data"]["application/vnd.autograd-viz.v1+json"]["live"] is False
    assert len(json.dumps(output)) < 200_000
