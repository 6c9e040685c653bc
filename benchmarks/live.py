"""How soon things are on the screen, in a real JupyterLab and a real browser.

    python -m pytest -sq benchmarks/live.py

- *first*: from Run to the first picture on the screen (the very first of a kernel, then the usual one);
- *last*: from the moment when the last event of a burst happened, in the kernel, to the frame in which the page shows it, while the cell
  sleeps on. Kernel and browser share the clock of one machine.

The promises are 0.5 s and 0.2 s. The first column is the number of operations before the burst: the picture that must be drawn again.
"""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from tests.browser.conftest import browser, lab, sheet  # noqa: F401 - fixtures
from tests.conftest import chromium  # noqa: F401

ROUNDS = 5
START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nimport autograd_viz as av, time"
GRAPHS = {
    "a loop, which folds": "y = x\nfor i in range({n}): y = y * 1.01",
    "mixed, which does not": """\
kinds, xs = ("exp", "tanh", "sigmoid", "relu", "sin", "cos", "neg"), [x, x * 2, x * 3, x * 4, x * 5, x * 6]
for i in range({n} // 2 - 3):
    a, b = xs[-1], xs[-2 - i % 5]
    xs.append(getattr(a + b if i % 2 else a * b, kinds[i % 7])())
y = xs[-1]""",
}
BURST = """\
x = torch.ones(2, requires_grad=True)
{graph}
y.sum().backward()
time.sleep(0.7)
for i in range(5): x.grad.zero_()
print(time.time(), flush=True)
time.sleep(0.7)"""
WATCH = """async (index) => {
  const notebook = window.jupyterapp.shell.currentWidget.content, cell = notebook.widgets[index];
  const seen = (test) => new Promise((done) => {
    const look = () => { const found = test(); found ? done(found) : requestAnimationFrame(look); };
    look();
  });
  notebook.activeCellIndex = index;
  notebook.model.cells.get(index).clearExecution?.();
  const began = performance.now();
  window.jupyterapp.commands.execute('notebook:run-cell');
  const player = await seen(() => cell.node.querySelector('.agv-player'));
  const first = performance.now() - began;
  const zeroed = () => (player.querySelector('.agv-ledger tbody')?.textContent.match(/zeroed/g) ?? []).length === 5;
  await seen(zeroed);
  const shown = Date.now() / 1000;
  const printed = await seen(() => cell.node.querySelector("[data-mime-type='application/vnd.jupyter.stdout']")?.textContent);
  await seen(() => notebook.model.cells.get(index).executionCount);
  return [first / 1000, shown - Number(printed)];
}"""


MEASURED = [(n, "a loop, which folds") for n in (1, 10, 30, 100, 1_000)] + [(n, "mixed, which does not") for n in (30, 60, 100, 200)]


@pytest.mark.parametrize(("operations", "kind"), MEASURED)
def test_live(lab: Any, sheet: Any, operations: int, kind: str) -> None:  # noqa: F811
    sheet.open(lab.write([START, BURST.format(graph=GRAPHS[kind].format(n=operations))]))
    sheet.run_cell(0)
    sheet.wait_for("window.jupyterapp.shell.currentWidget.content.model.cells.get(0).executionCount")
    figures = [sheet.page.evaluate(WATCH, 1) for _ in range(ROUNDS + 1)]
    (fresh, _), usual = figures[0], figures[1:]
    first, last = (sorted(column) for column in zip(*usual, strict=True))
    print(
        f"\n{operations:5} operations ({kind}): first picture {fresh:.2f} s in a new kernel, then {statistics.median(first):.2f} s"
        f" (at most {first[-1]:.2f}); last event {statistics.median(last):.2f} s (at most {last[-1]:.2f})"
    )
