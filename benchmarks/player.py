"""How long the player takes for one step of a picture of 200 boxes, in the system's chromium: a frame has 16 ms.

    python benchmarks/player.py [rounds]

The picture is 25 copies of the first graph (tests/player/example-play.json), one under the other, in the page that `Picture.html()`
writes. Every step is taken as a reader takes it, by the slider: once through all of them, then back and forth in leaps.
`apply`: from the event until the style and the layout are done, read from performance.now() around them.
`to paint`: until the browser is through with the frame that shows it, with no GPU to help.
Every step is taken in each of the rounds (3 if not said) and its best time counts, which leaves out what the machine's other users
cost; "any" are all times. A leap is what dragging the slider costs: hundreds of steps at once.
Nothing here is a test: a machine's mood is no defect.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from autograd_viz.draw.html import html

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = json.loads((ROOT / "tests" / "player" / "example-play.json").read_text())
COPIES = 25
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MEASURE = """async (order) => {
  const slider = document.querySelector("input[type=range]"), apply = [], paint = [];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const { port1, port2 } = new MessageChannel();
  for (const step of order) {
    await frame();
    const begun = performance.now();
    slider.value = String(step);
    slider.dispatchEvent(new Event("input"));
    document.querySelector(".agv-world").getBoundingClientRect();
    apply.push(performance.now() - begun);
    await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
    paint.push(performance.now() - begun);
  }
  return { apply, paint };
}"""


def renamed(value: Any, copy: int, key: str = "") -> Any:
    """The same, with ids of its own.  {"set": {"x": ...}} -> {"set": {"x.7": ...}}"""
    if isinstance(value, dict):
        return {(f"{k}.{copy}" if key in ("set", "boxes") else k): renamed(v, copy, k) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(each, copy, key) for each in value]
    named = key in ("id", "at", "box", "to", "from") or (key == "go" and value in EXAMPLE["boxes"])
    return f"{value}.{copy}" if named and isinstance(value, str) else value


def big_play() -> dict[str, Any]:
    """25 graphs of eight boxes."""
    copies = [renamed(EXAMPLE, i) for i in range(COPIES)]
    many = len(EXAMPLE["steps"])
    joined = {key: [each for copy in copies for each in copy[key]] for key in ("steps", "held")}
    items = [{"k": "g", "x": 0, "y": i * EXAMPLE["h"], "items": copy["items"]} for i, copy in enumerate(copies)]
    ledger = [entry | {"step": entry["step"] + i * many} for i, copy in enumerate(copies) for entry in copy["ledger"]]
    boxes = {id: box for copy in copies for id, box in copy["boxes"].items()}
    return EXAMPLE | joined | {"items": items, "ledger": ledger, "boxes": boxes, "h": COPIES * EXAMPLE["h"]}


def told(name: str, passes: list[list[float]]) -> str:
    best = [min(times) for times in zip(*passes, strict=True)]
    of_all = [time for times in passes for time in times]
    figures = (f"median {statistics.median(times):6.2f}  p95 {statistics.quantiles(times, n=20)[18]:6.2f}" for times in (best, of_all))
    return f"{name:19} {'   any: '.join(figures)}   (ms, {len(best)} steps)"


def main(rounds: int) -> None:
    play = big_play()
    order = list(range(len(play["steps"])))
    leaps = random.Random(0).sample(order, 200)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = Path(folder) / "player.html"
        page_file.write_text(html(play))
        browser = driver.chromium.launch(executable_path=next(filter(None, map(shutil.which, BROWSERS))), args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(page_file.as_uri())
        boxes = page.locator("g.agv-node").count()
        elements = page.locator(".agv-items *").count()
        print(f"chromium {browser.version}, {boxes} boxes, {elements} elements, {len(order)} steps")
        for name, taken in (("one step", order), ("a leap", leaps)):
            page.evaluate(MEASURE, taken[:50])  # once to warm up
            passes = [page.evaluate(MEASURE, taken) for _ in range(rounds)]
            for what, key in (("apply", "apply"), ("to paint", "paint")):
                print(told(f"{name}: {what}", [times[key] for times in passes]))
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
