from __future__ import annotations

import re

import pytest

from autograd_viz.draw import draw_recording
from autograd_viz.draw.palette import CLASSES, COLOURS, CSS_FILE, RULES, SIZES, picture_css


def test_the_committed_style_sheet_is_current() -> None:
    assert CSS_FILE.read_text(encoding="utf-8") == picture_css(), "run python -m autograd_viz.draw.palette"


def test_every_class_that_a_picture_uses_is_in_the_palette(any_recording) -> None:
    play = draw_recording(any_recording).play()

    def classes(items):
        for item in items:
            yield item["c"]
            yield from classes(item.get("items", ()))

    used = {word for c in classes(play["items"]) for word in c.split()}
    used |= {word for step in play["steps"] for change in step["set"].values() for word in change.get("c", "").split()}
    assert used <= set(CLASSES)


def test_every_colour_that_a_rule_names_exists() -> None:
    named = {name for rule in RULES.values() for value in rule.values() for name in re.findall(r"\$([a-z-]+)", value)}
    assert named <= set(COLOURS)
    assert "$" not in picture_css()


def test_measured_sizes_are_the_sizes_that_are_drawn() -> None:
    sized = {selector: float(rule["font-size"][:-2]) for selector, rule in RULES.items() if "font-size" in rule}
    drawn = {word: size for selector, size in sized.items() for word in re.findall(r"\.([a-z][a-z0-9-]*)", selector)}
    assert all(drawn[word] == size for word, size in SIZES.items())


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(
    ("text", "paper"),
    [
        *(
            (text, paper)
            for text in ("ink", "dim")
            for paper in ("paper", "panel", *(name for name in COLOURS if "-t" in name or "-s" in name))
        ),
        *(("contrast", "backward"), ("contrast", "accumulate"), ("contrast", "error")),
        *(("paper", "ink"), ("accumulate", "paper"), ("backward", "paper"), ("error", "error-tint")),
    ],
)
def test_words_are_legible(text: str, paper: str, scheme: int) -> None:
    light, dark = sorted((luminance(COLOURS[text][scheme]), luminance(COLOURS[paper][scheme])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
