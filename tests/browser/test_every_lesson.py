"""Every lesson in a real JupyterLab, from top to bottom: it shows there what it shows when it is run without a front end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
WIDER = """() => [...document.querySelectorAll('.agv-player, .jp-RenderedSVG, .jp-RenderedHTMLCommon')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className + ': ' + each.textContent.slice(0, 80))"""


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_in_jupyterlab_as_it_is_stored(lab: Any, sheet: Any, texts: Any, path: Path) -> None:
    lesson = json.loads(path.read_text(encoding="utf-8"))
    blank = json.loads(path.read_text(encoding="utf-8"))
    for cell in blank["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    sheet.page.set_viewport_size({"width": 1300, "height": 6000})  # JupyterLab draws only what can be seen
    sheet.open(lab.write(blank))
    sheet.run_all(wait=False)
    sheet.wait_until_idle(120)
    sheet.page.wait_for_selector(".agv-player")
    saved = sheet.save()
    for i, (ours, stored) in enumerate(zip(saved["cells"], lesson["cells"], strict=True)):
        tags = stored["metadata"].get("tags", [])
        failed = any(output["output_type"] == "error" for output in ours.get("outputs", []))
        assert failed == ("raises-exception" in tags), f"cell {i}"
        if "nbval-ignore-output" not in tags:
            assert texts(ours) == texts(stored), f"cell {i}"
    sheet.command("application:toggle-left-area")  # room for the notebook in a narrow window
    for width in (1300, 700):
        sheet.page.set_viewport_size({"width": width, "height": 6000})
        sheet.wait_for(f"document.querySelector('.agv-player').clientWidth < {width}")
        assert sheet.page.evaluate(WIDER) == [], f"wider than its cell, in a window of {width} pixels"
        sheet.shot(f"{path.stem}-{width}")
    sheet.check_clean()
