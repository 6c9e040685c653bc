"""The palette: every colour of a picture, and which mark wears it.

One accent per meaning, from Okabe and Ito's palette that colour-blind readers tell apart too: blue is data flowing
forward, orange the gradient flowing back, green a gradient that has been added to a leaf, purple a negative value.
Colour is never alone: line width, dashes, fill and strokes say the same.

The items of a play carry bare class words (`node fn now`). Whoever writes markup, `svg.py` here or the player in the browser, puts
`agv-` before each word. The same RULES then make both style sheets: the `<style>` of a standalone SVG (plain hex, for programs that
know no more) and `labextension/static/picture.css` (custom properties that follow JupyterLab's theme). After a change here, run

    python -m autograd_viz.draw.palette

Read next: `layout.py`, which decides where things go.
"""

from __future__ import annotations

import re
from pathlib import Path

COLOURS: dict[str, tuple[str, str]] = {
    "forward": ("#0072b2", "#56b4e9"),
    "backward": ("#c24f00", "#ff9a4d"),
    "accumulate": ("#00785a", "#2fd0a5"),
    "negative": ("#a8518a", "#e39cc9"),
    "ink": ("#1d2430", "#e8ebf0"),
    "dim": ("#5b6472", "#9aa4b2"),
    "line": ("#d7dce3", "#353c47"),
    "paper": ("#ffffff", "#171a21"),
    "panel": ("#f6f8fa", "#1f232b"),
    "error": ("#b3261e", "#ff8a80"),
    "contrast": ("#ffffff", "#171a21"),
    "forward-tint": ("#eef4fb", "#14242e"),
    "backward-tint": ("#fde9d9", "#3a2415"),
    "backward-soft": ("#fff4ec", "#2a1e17"),
    "accumulate-tint": ("#e5f4ee", "#132e27"),
    "error-tint": ("#fdecea", "#3b1a18"),
}
"""Name -> (on light paper, on dark paper)."""

JUPYTER = {"paper": "--jp-layout-color0", "panel": "--jp-layout-color1", "ink": "--jp-ui-font-color0"}
"""What follows JupyterLab's theme, so that the picture lies on the notebook's own paper."""

FORCED = {"paper": "Canvas", "panel": "Canvas", "contrast": "Canvas", "dim": "CanvasText", "line": "GrayText", "forward": "LinkText"}
"""In the system's high-contrast mode: tints become paper, everything else the text's own colour."""

MONO = '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace'
SANS = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif'

SIZES = {
    "name": 15, "title": 14, "expr": 11.5, "shape": 11.5, "label": 10.5, "tag-text": 12, "chip-text": 11.5, "flow-text": 11,
    "region-text": 11.5, "outnr": 10.5, "version": 11.5, "kept": 11.5, "bad-text": 11.5,
}  # fmt: skip
"""Font sizes in px. `layout.py` measures text with them, so a box always has room for its words."""

RULES: dict[str, dict[str, str]] = {
    # text
    "text": {"font-family": MONO, "fill": "$ink", "white-space": "pre"},
    ".name": {"font-size": "15px", "font-weight": "600"},
    ".title": {"font-size": "14px", "font-weight": "600"},
    ".expr, .shape, .chip-text": {"font-size": "11.5px"},
    ".expr, .shape": {"fill": "$dim"},
    ".label": {"font-size": "10.5px", "fill": "$dim", "font-family": SANS},
    # boxes
    ".card": {"fill": "$paper", "stroke": "$forward", "stroke-width": "1.5px"},
    ".leaf > .card": {"fill": "$forward-tint", "stroke-width": "2px"},
    ".const > .card": {"stroke": "$dim", "stroke-dasharray": "5 3"},
    ".plain > .card": {"fill": "$panel", "stroke": "$dim"},
    ".done > .card": {"fill": "$backward-soft", "stroke": "$backward"},
    ".leaf.done > .card": {"fill": "$forward-tint", "stroke": "$accumulate"},
    ".now > .card": {"fill": "$forward-tint", "stroke-width": "3px"},
    ".plain.now > .card, .const.now > .card": {"fill": "$panel"},
    ".now.wave > .card": {"fill": "$backward-tint", "stroke": "$backward"},
    ".now.sum > .card": {"fill": "$accumulate-tint", "stroke": "$accumulate"},
    ".failed > .card": {"fill": "$error-tint", "stroke": "$error", "stroke-width": "3px", "stroke-dasharray": "8 3"},
    ".fault": {"visibility": "hidden"},
    ".failed > .fault": {"visibility": "visible"},
    ".fault-disc": {"fill": "$error"},
    ".fault-cross": {"stroke": "$contrast", "stroke-width": "2px", "fill": "none"},
    ".later": {"opacity": "0.13"},
    ".plain > .title": {"fill": "$dim"},
    # the user's names
    ".tag-box": {"fill": "$ink"},
    ".tag-text": {"font-size": "12px", "font-weight": "600", "fill": "$paper"},
    # chips: what a node saved
    ".chip-box": {"fill": "$paper", "stroke": "$forward"},
    ".chip-dot": {"fill": "$forward", "stroke": "$forward", "stroke-width": "1.5px"},
    ".freed > .chip-box": {"fill": "none", "stroke": "$line", "stroke-dasharray": "3 3"},
    ".freed > .chip-dot": {"fill": "none", "stroke": "$dim"},
    ".freed > .chip-text": {"fill": "$dim", "text-decoration": "line-through"},
    ".changed > .chip-box": {"fill": "$error-tint", "stroke": "$error", "stroke-width": "1.5px"},
    ".changed > .chip-dot": {"fill": "$error", "stroke": "$error"},
    ".chip-mark": {"visibility": "hidden", "font-size": "11.5px", "font-weight": "700", "fill": "$error"},
    ".changed > .chip-mark": {"visibility": "visible"},
    # values as heat; the writer sets fill-opacity of pos and neg to 0.15 + 0.85 * |v|
    ".cell": {"stroke": "none"},
    ".cell.pos": {"fill": "$forward"},
    ".cell.neg": {"fill": "$negative"},
    ".cell.none": {"fill": "none", "stroke": "$line"},
    ".cell.bad": {"fill": "$error-tint", "stroke": "$error", "stroke-dasharray": "2 1"},
    # the port where gradients are added to a leaf
    ".port-ring": {"fill": "$paper", "stroke": "$accumulate", "stroke-width": "1.5px"},
    ".port-text": {"font-size": "10px", "font-weight": "700", "fill": "$accumulate"},
    ".port.on > .port-ring": {"fill": "$accumulate"},
    ".port.on > .port-text": {"fill": "$contrast"},
    # forward edges
    ".edge-line": {"fill": "none", "stroke": "$forward", "stroke-width": "1.4px"},
    ".edge-head": {"fill": "$forward", "stroke": "none"},
    ".none > .edge-line": {"stroke": "$dim", "stroke-width": "1.1px", "stroke-dasharray": "4 3"},
    ".none > .edge-head": {"fill": "$dim"},
    ".cut > .edge-line": {"stroke": "$dim", "stroke-width": "1.1px", "stroke-dasharray": "1 3"},
    ".cut > .edge-head": {"fill": "$dim"},
    ".cut-mark": {"fill": "none", "stroke": "$error", "stroke-width": "1.8px"},
    # backward arrows and what flows along them
    ".flow-line": {"fill": "none", "stroke": "$backward", "stroke-width": "3px"},
    ".flow-head": {"fill": "$backward", "stroke": "none"},
    ".off": {"visibility": "hidden"},
    ".past > .flow-line": {"stroke-width": "2px", "opacity": "0.5"},
    ".past > .flow-head": {"opacity": "0.5"},
    ".flow-box": {"fill": "$backward"},
    ".flow-text": {"font-size": "11px", "font-weight": "600", "fill": "$contrast"},
    ".past > .flow-box": {"fill": "$paper", "stroke": "$backward"},
    ".past > .flow-text": {"fill": "$backward", "font-weight": "400"},
    # hooks, versions, views, and what went wrong with numbers
    ".flag": {"fill": "$paper", "stroke": "$ink", "stroke-width": "1.4px"},
    ".hook.on > .flag": {"fill": "$backward", "stroke": "$backward", "stroke-width": "2px"},
    ".version": {"font-size": "11.5px", "font-weight": "600", "fill": "$accumulate"},
    ".kept": {"font-size": "11.5px", "fill": "$accumulate"},
    ".bad-text": {"font-size": "11.5px", "font-weight": "700", "fill": "$error"},
    ".outnr": {"font-size": "10.5px", "fill": "$dim"},
    ".layer2 > .card": {"stroke-dasharray": "10 2 2 2"},
    ".rewritten > .title": {"text-decoration": "line-through", "fill": "$dim"},
    ".differs": {"fill": "none", "stroke": "$error", "stroke-width": "1.8px"},
    # folds: a stack of cards
    ".fold > .card": {"stroke-width": "2px"},
    ".fold.now > .card": {"stroke-width": "3px"},
    ".fold > .fold-back": {"fill": "$panel", "stroke-width": "1.2px"},
    ".copy > .card": {"fill": "$panel", "stroke": "$dim", "stroke-dasharray": "2 2"},
    ".tie > .edge-line": {"stroke": "$dim", "stroke-width": "1.6px", "stroke-dasharray": "1.5 4"},
    ".tie > .edge-head": {"fill": "$dim"},
    # regions
    ".region-box": {"fill": "none", "stroke": "$dim", "stroke-dasharray": "7 4"},
    ".hatch": {"fill": "none", "stroke": "$line"},
    ".region-text": {"font-size": "11.5px", "fill": "$dim"},
    ".inference > .region-box": {"stroke": "$dim", "stroke-width": "1.5px", "stroke-dasharray": "12 3 2 3"},
    ".anomaly > .region-box": {"stroke": "$error", "stroke-width": "1.5px", "stroke-dasharray": "2 3"},
    ".anomaly > .region-text": {"fill": "$error"},
}
"""Selector -> properties; `$name` stands for a colour. Later rules win over earlier ones of the same weight."""

_PLAIN = {"node", "edge", "chip", "flow", "region", "data", "grad", "held", "fn"}  # words that no rule needs
CLASSES = sorted({word for selector in RULES for word in re.findall(r"\.([a-z][a-z0-9-]*)", selector)} | _PLAIN)
"""Every word that an item's class may hold."""


def _prefixed(selector: str, scope: str) -> str:
    parts = (f"{scope} {part.strip()}".strip() for part in selector.split(","))
    return ", ".join(re.sub(r"\.(?!agv-)([a-z])", r".agv-\1", part) for part in parts)


def _declared(properties: dict[str, str], colours: dict[str, str]) -> str:
    values = {name: re.sub(r"\$([a-z-]+)", lambda m: colours[m[1]], value) for name, value in properties.items()}
    return "; ".join(f"{name}: {value}" for name, value in values.items())


def _property(name: str) -> str:
    light, dark = COLOURS[name]
    ours = f"light-dark({light}, {dark})"
    return f"  --agv-{name}: {f'var({JUPYTER[name]}, {ours})' if name in JUPYTER else ours};"


def picture_css() -> str:
    """The text of `labextension/static/picture.css`: custom properties on `.agv-player`, and the rules scoped to it."""
    colours = {name: f"var(--agv-{name})" for name in COLOURS}
    forced = {name: FORCED.get(name, "Canvas" if "-t" in name or "-s" in name else "CanvasText") for name in COLOURS}
    return "\n".join(
        [
            "/* Written by python -m autograd_viz.draw.palette: change it there, not here.",
            "   The class words of a play's items, each with agv- in front:",
            *(f"     {' '.join(CLASSES[i : i + 12])}" for i in range(0, len(CLASSES), 12)),
            "   A cell's rect wears `cell` and one of pos, neg (fill-opacity 0.15 + 0.85 * |v|), none (null), bad. */",
            ".agv-player {",
            "  color-scheme: light dark;",
            *(_property(name) for name in COLOURS),
            f"  --agv-mono: var(--jp-code-font-family, {MONO});",
            f"  --agv-sans: var(--jp-ui-font-family, {SANS});",
            "}",
            '[data-jp-theme-light="true"] .agv-player { color-scheme: light; }',
            '[data-jp-theme-light="false"] .agv-player { color-scheme: dark; }',
            "@media (forced-colors: active) {",
            "  .agv-player {",
            *(f"    --agv-{name}: {value};" for name, value in forced.items()),
            "  }",
            "  .agv-player .agv-picture text { forced-color-adjust: none; }",
            "}",
            *(f"{_prefixed(s, '.agv-player .agv-picture')} {{ {_declared(p, colours)}; }}" for s, p in RULES.items()),
            "",
        ]
    )


CSS_FILE = Path(__file__).parent.parent / "labextension" / "static" / "picture.css"

if __name__ == "__main__":
    CSS_FILE.write_text(picture_css(), encoding="utf-8")
