"""The Jacobian as a picture: its rows, how much of each `v` takes, and `v @ J` below, which is what `backward(v)` computes.

    rows(J, v)        the picture; rows(f, v, x) for the Jacobian of f at x
    sliders(f, x)     the picture of f's Jacobian at x, with a slider for each entry of v; the line below is a real backward

A row is one result, a column one input. The rows that `v` picks out have a ring; those that it leaves out (v is 0 there) have none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_viz import events
from autograd_viz.classroom.answers import array_of
from autograd_viz.classroom.drawing import show
from autograd_viz.draw.cards import rect, words
from autograd_viz.draw.svg import svg

MOST = 8  # rows and columns that are drawn
WIDE, HIGH, LEFT, TOP = 62.0, 30.0, 150.0, 46.0


def rows(jacobian: Any, v: Any, x: Any = None) -> None:
    """Show a Jacobian (outputs, inputs) and what v (outputs,) makes of it.  Says a sentence if the two do not fit; never raises.

    `jacobian`: the table, or a function whose table at `x` is found first.
    """
    from autograd_viz import torch

    with events.muted():
        try:
            table = torch.autograd.functional.jacobian(jacobian, x.detach()) if callable(jacobian) else jacobian
            made, text = _arrays(table, v)
        except Exception as error:
            made, text = None, f"This is no Jacobian to look at: {type(error).__name__}: {error}"
        show(text, _picture(*made) if made else "", stands_for="(the same as a picture)")


def sliders(function: Callable[[Any], Any], x: Any, v: Any = None) -> Any:
    """A widget: one slider for each entry of v, and the picture under them.  `v`: where the sliders begin; ones if not given.

    Nothing is printed when a slider moves, and nothing is needed from it: a notebook may run without anyone in front.
    """
    from ipywidgets import HTML, FloatSlider, VBox

    from autograd_viz import torch

    class Sliders(VBox):
        def __repr__(self) -> str:
            return "(sliders for v, in a notebook with a running kernel)"

    with events.muted():
        jacobian = array_of(torch.autograd.functional.jacobian(function, x))
        start = np.ones(len(jacobian)) if v is None else array_of(v)
    handles = [FloatSlider(float(value), min=-2, max=2, step=0.5, description=f"v[{i}]") for i, value in enumerate(start)]
    page = HTML()

    def draw(change: object = None) -> None:
        with events.muted():
            chosen = torch.tensor([handle.value for handle in handles])
            leaf = x.detach().clone().requires_grad_()
            function(leaf).backward(chosen)
            page.value = _picture(jacobian, array_of(chosen), array_of(leaf.grad))

    for handle in handles:
        handle.observe(draw, "value")
    draw()
    return Sliders([*handles, page])


def _arrays(jacobian: Any, v: Any) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray] | None, str]:
    """J, v and v @ J, and all that as text; None and a sentence if they do not fit."""
    big, small = (np.asarray(array_of(value), dtype=float) for value in (jacobian, v))
    if big.ndim != 2 or small.shape != big.shape[:1] or not 0 < max(big.shape) <= MOST:
        return None, f"expected a matrix of up to {MOST} x {MOST} and a v with one entry a row, got {big.shape} and {small.shape}"
    product = small @ big
    lines = [" " * 16 + "".join(f"{f'x[{i}]':>8}" for i in range(big.shape[1]))]
    for i, row in enumerate(big):
        lines.append(f"{_short(small[i]):>7} * y[{i}]   " + "".join(f"{_short(n):>8}" for n in row))
    lines.append(f"{'v @ J':>16}" + "".join(f"{_short(n):>8}" for n in product))
    return (big, small, product), "\n".join(lines)


def _short(number: float) -> str:
    return f"{round(float(number), 4) + 0.0:.4g}"


def _picture(jacobian: np.ndarray, v: np.ndarray, product: np.ndarray) -> str:
    """The drawing, as SVG."""
    count, columns = jacobian.shape
    items: list[dict[str, Any]] = [words(16, 24, "v", "name"), words(LEFT - 50, 24, "y", "name")]
    items += [words(LEFT + (i + 0.5) * WIDE, 24, f"x[{i}]", "name", "middle") for i in range(columns)]
    full = max(float(np.abs(jacobian[np.isfinite(jacobian)]).max(initial=0.0)), 1e-9)
    for i in range(count):
        y, taken = TOP + i * HIGH, bool(v[i])
        face = "name" if taken else "expr"
        items += [words(16, y + 17, f"{_short(v[i])} ×", face), words(LEFT - 50, y + 17, f"y[{i}]", face)]
        if taken:
            items.append(rect(LEFT - 4, y - 3, columns * WIDE + 8, HIGH - 3, "card", 6))
        items += _row(jacobian[i], y, full, "title" if taken else "expr")
    y = TOP + count * HIGH + 22
    items += [words(16, y + 17, "v @ J = x.grad", "name"), *_row(product, y, max(float(np.abs(product).max()), full), "title")]
    size = {"w": LEFT + max(columns * WIDE, 100) + 16, "h": y + HIGH + 10}
    return svg({"title": "the Jacobian, and what v makes of it", "text": "", **size, "items": items, "steps": []})


def _row(numbers: np.ndarray, y: float, full: float, face: str) -> list[dict[str, Any]]:
    """The numbers of a row, each with a small bar: its magnitude."""
    items: list[dict[str, Any]] = []
    for i, number in enumerate(numbers):
        x = LEFT + i * WIDE
        items.append(words(x + WIDE / 2, y + 15, _short(number), face, "middle"))
        if length := round((WIDE - 16) * min(1.0, abs(float(number)) / full), 1):
            items.append(rect(x + (WIDE - length) / 2, y + 19, length, 3, "cell neg" if number < 0 else "cell pos"))
    return items
