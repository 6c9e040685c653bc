from __future__ import annotations
import json, os
from pathlib import Path
import pytest
LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_shots(lab, sheet, path):
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    sheet.page.set_viewport_size({"width": 1400, "height": 2600})
    sheet.open(lab.write(nb))
    sheet.command("application:toggle-left-area")
    sheet.run_all(wait=False); sheet.wait_until_idle(120)
    for width in (1400, 700):
        sheet.page.set_viewport_size({"width": width, "height": 2600})
        for i, cell in enumerate(nb["cells"]):
            if cell["cell_type"] != "code": continue
            sheet.page.evaluate("""(i) => { const n = window.jupyterapp.shell.currentWidget.content; n.activeCellIndex = i; return n.scrollToItem(i, 'start').then(() => null); }""", i)
            sheet.page.wait_for_timeout(150)
            box = sheet.page.evaluate("""(i) => { const e = window.jupyterapp.shell.currentWidget.content.widgets[i].node; const r = e.getBoundingClientRect(); 
               const o=e.querySelector('.jp-Cell-outputWrapper'); 
               const bad=[...e.querySelectorAll('.jp-OutputArea-output, .agv-player, .agv-player .agv-caption, .agv-player pre, .agv-player .agv-inspector')].filter((x)=>x.scrollWidth>x.clientWidth+2 && x.clientWidth>5).map((x)=>x.className+' '+x.scrollWidth+'>'+x.clientWidth);
               return {x:r.x,y:r.y,width:r.width,height:r.height, out: e.querySelectorAll('.jp-OutputArea-output').length, bad}; }""", i)
            if box["bad"]: print(path.stem, width, i, box["bad"])
            if not box["out"]: continue
            clip = {k: box[k] for k in ("x", "y", "width", "height")}
            clip["height"] = min(clip["height"], 2500)
            sheet.page.screenshot(path=f"/tmp/shots_less/{path.stem[:2]}_{width}_{i:02}.png", clip=clip)
