"""How the player looks in JupyterLab's two themes.

`AUTOGRAD_VIZ_SHOTS=docs pytest tests/browser/test_looks.py` makes the README's pictures.
"""

from __future__ import annotations

from typing import Any

import pytest

PLAYER = ".agv-player"
START = "%load_ext autograd_viz\nfrom autograd_viz import torch\nfrom autograd_viz.torch.nn import functional as F"
FIRST_GRAPH = """\
torch.manual_seed(0)
x = torch.ones(5)
y = torch.zeros(3)
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w) + b
loss = F.binary_cross_entropy_with_logits(z, y)
loss.backward()"""
COLOUR = "([selector, property]) => getComputedStyle(document.querySelector(selector))[property]"
THEMES = {"JupyterLab Light": ("player", "rgb(194, 79, 0)"), "JupyterLab Dark": ("player-dark", "rgb(255, 154, 77)")}


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_graph_in_mid_backward(lab: Any, sheet: Any, theme: str) -> None:
    name, backward = THEMES[theme]
    sheet.page.set_viewport_size({"width": 1650, "height": 1250})
    sheet.open(lab.write([START, FIRST_GRAPH]))
    sheet.page.evaluate("(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', { theme }); }", theme)
    sheet.wait_for(f"document.body.dataset.jpThemeName === '{theme}'")
    sheet.run_all()
    sheet.command("application:toggle-left-area")
    player = sheet.page.locator(PLAYER)
    player.focus()
    while "AddBackward0 receives" not in player.locator(".agv-caption").inner_text():
        sheet.page.keyboard.press("ArrowLeft")
    sheet.page.keyboard.press("ArrowRight")  # b.grad has just been filled
    assert "b.grad was empty (None) and now holds [0.2661 0.1179 0.002687]" in player.locator(".agv-caption").inner_text()
    assert sheet.page.evaluate(COLOUR, [f"{PLAYER} .agv-flow.agv-on .agv-flow-line", "stroke"]) == backward
    labels = player.locator(".agv-inspector dt")
    assert labels.count() > 5
    assert labels.first.bounding_box()["width"] > 80, "JupyterLab's own rules for lists squeeze the labels of the inspector"
    sheet.page.mouse.move(0, 0)
    player.screenshot(path=sheet.shots / f"{name}.png")
    sheet.check_clean()
