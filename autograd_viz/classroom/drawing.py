"""Showing things under a cell: a text, and where it helps a drawing of two arrays beside each other.

What is shown is data, one MIME bundle: the text for terminals, nbval and screen readers, an SVG for the eye, HTML for questions that fold.

Read next: `checking.py`.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograd_viz.classroom.answers import Verdict
from autograd_viz.draw.cards import CELL, cells, rect, words
from autograd_viz.draw.svg import svg
from autograd_viz.draw.values import grid
from autograd_viz.torch.observe import preview
from autograd_viz.trace.words import values

MOST = 36  # elements that are drawn
WIDEST = 560  # what a notebook has room for on a narrow screen


def _shell() -> Any:
    """IPython's, if there is one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def show(text: str, drawing: str = "", page: str = "", stands_for: str = "(the two beside each other)") -> None:
    """Show a text; in a notebook with its drawing (`stands_for`: where no drawing can be seen), or with its HTML."""
    shell = _shell()
    if shell is None or not (drawing or page):
        print(text)
        return
    bundle = {"text/plain": text, **({"image/svg+xml": drawing} if drawing else {}), **({"text/html": page} if page else {})}
    if drawing and not page:
        print(text)  # a front end shows the richest form only: the sentence must be seen beside the drawing
        bundle["text/plain"] = stands_for
    shell.display_pub.publish(data=bundle)


def side_by_side(**two: Any) -> None:
    """Draw two small arrays beside each other, as in side_by_side(numeric=J, analytic=K), with a ring where they differ."""
    from autograd_viz.classroom.answers import array_of

    (one, mine), (other, right) = ((name, array_of(value)) for name, value in two.items())
    same = mine.shape == right.shape and np.allclose(mine, right, rtol=1e-3, atol=1e-5)
    says = f"{one} and {other} agree" if same else f"{one} and {other} differ"
    text = "\n".join(f"  {name}: {np.round(array.astype(float), 4).tolist()}" for name, array in ((one, mine), (other, right)))
    show(f"{says}\n{text}", beside(Verdict("", says, mine, right), (one, other)))


def beside(verdict: Verdict, titles: tuple[str, str] = ("yours", "expected")) -> str:
    """The learner's array and the expected one as heat maps with a ring where they differ; "" if they are no small arrays."""
    mine, right = verdict.yours, verdict.expected
    if not (isinstance(mine, np.ndarray) and isinstance(right, np.ndarray)) or not 0 < max(mine.size, right.size) <= MOST:
        return ""
    full = max([float(np.abs(a[np.isfinite(a)]).max()) for a in (mine, right) if np.isfinite(a).any()], default=1.0) or 1.0
    items: list[dict[str, Any]] = []
    x, y, wide, high = 16.0, 0.0, 0.0, 0.0
    for title, array, other in ((titles[0], mine, right), (titles[1], right, mine)):
        look = preview(array if array.dtype.kind != "u" else array.astype(np.int64))
        columns, shades = grid(look, full)
        rows = -(-len(shades) // columns)
        text = next((text for text in (values(look, few) for few in (12, 8, 4)) if len(text) * 7.2 + 56 <= WIDEST), "")
        width = max(columns * CELL, len(text) * 7.2, 80) + 40
        if x + width > WIDEST:  # the second goes below the first
            x, y = 16.0, high
        items += [words(x, y + 24, title, "name"), words(x, y + 42, text, "expr"), cells(title, x, y + 54, columns, shades, "data")]
        if array.shape == other.shape:
            differs = ~np.isclose(array.astype(float), other.astype(float), rtol=1e-3, atol=1e-5, equal_nan=True)
            flat = differs.reshape(-1, array.shape[-1]) if array.ndim > 1 else differs.reshape(1, -1)
            for row, column in np.argwhere(flat[:rows, :columns]):
                items.append(rect(x + column * CELL - 1, y + 53 + row * CELL, CELL + 0.5, CELL + 0.5, "differs"))
        x += width
        wide, high = max(wide, x), max(high, y + 54 + rows * CELL + 14)
    return svg({"title": " and ".join(titles), "text": verdict.says, "w": wide, "h": high, "items": items, "steps": []})


def show_graphs(verdict: Verdict) -> None:
    """The graphs of two tensors, the learner's first; in a notebook each as a player, which fits its width."""
    from autograd_viz import draw

    for title, tensor in (("yours", verdict.yours), ("expected", verdict.expected)):
        if getattr(tensor, "grad_fn", None) is not None:
            picture = draw(tensor, {})
            print(f"{title}:")
            if _shell() is None:
                print(picture.text())
            else:
                from IPython.display import display

                display(picture)  # type: ignore[no-untyped-call]
