"""Hostile plays: one line of text, a page that goes on working, and nothing run or fetched."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

ATTACKS = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "\"><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "</script><script>window.hacked=1</script>",
    "url(http://elsewhere.test/x)",
    "{{constructor.constructor('window.hacked=1')()}}",
    "\u202egnp.exe",
    "a\u0000b\u0008c",
    "😀" * 40,
    "__proto__",
    "x" * 3000,
]
WORDS = {"s", "title", "name", "sub", "say", "label", "leaf", "call", "text", "shape"}
Play = dict[str, Any]


def poisoned(value: Any, text: str, key: str = "") -> Any:
    """Every text that a play may hold is the attack; its form (ids, classes, paths, kinds) is untouched."""
    if isinstance(value, dict):
        return {k: poisoned(v, text, k) for k, v in value.items()}
    if isinstance(value, list):
        if key == "cap":
            return [[kind, text] for kind, _ in value]
        if key == "go":
            return [[id, text] for id, _ in value]
        return [text[:190] if key in ("t", "notes") else poisoned(each, text) for each in value]
    return text if isinstance(value, str) and key in WORDS else value


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_words_in_every_field_are_words(stage: Any, folded: Play, example: Play, text: str) -> None:
    bad = poisoned(folded, text)
    for entry in example["ledger"]:  # values with grids
        bad["ledger"].append(poisoned({**entry, "box": "t1", "step": 0}, text))
    here = stage(bad)
    assert len(here.boxes()) == 3
    here.page.click(".agv-knob")
    here.page.focus(".agv-player")
    here.press("/")
    here.page.keyboard.insert_text(text[:100])
    here.press("Enter", "Escape", "ArrowLeft")
    assert text in here.page.text_content(".agv-caption")
    assert here.page.evaluate("() => window.hacked") is None
    assert here.page.locator(".agv-player").locator("script, img, iframe, a, foreignObject, style").count() == 0
    here.check_clean()


def spoilt(change: Callable[[Play], object]) -> Callable[[Play], Play]:
    def apply(play: Play) -> Play:
        made = copy.deepcopy(play)
        change(made)
        return made

    return apply


WRONG: dict[str, Callable[[Play], Any]] = {
    "another schema": spoilt(lambda play: play.update(schema=2)),
    "nothing": lambda play: None,
    "a list": lambda play: [],
    "no steps": spoilt(lambda play: play.pop("steps")),
    "texts for numbers": spoilt(lambda play: play.update(w="wide")),
    "numbers for texts": spoilt(lambda play: play["boxes"]["t1"].update(name=7)),
    "a fold in itself": spoilt(lambda play: play["boxes"]["f1"].update({"in": "f1"})),
    "folds in a ring": spoilt(lambda play: play["boxes"]["f1"].update({"in": "f2"})),
    "a fold of nothing": spoilt(lambda play: play["folds"].update(zz=play["folds"]["f2"] | {"items": []})),
    "groups without end": spoilt(lambda play: play["items"].append(nested(60))),
    "a path with a url": spoilt(lambda play: play["items"].append({"k": "path", "d": "M0 0url(http://elsewhere.test)"})),
    "a kind of its own": spoilt(lambda play: play["items"].append({"k": "foreignObject", "x": 0, "y": 0})),
    "a class with a quote": spoilt(lambda play: play["steps"][0]["set"].update(t1={"c": 'node" onload="x'})),
    "an endless number": spoilt(lambda play: play["items"].append({"k": "rect", "x": 1e300, "y": 0, "w": 1, "h": 1})),
}


def nested(depth: int) -> dict[str, Any]:
    item: dict[str, Any] = {"k": "g", "x": 0, "y": 0, "items": []}
    for _ in range(depth):
        item = {"k": "g", "x": 0, "y": 0, "items": [item]}
    return item


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_play_is_one_line_and_a_good_one_after_it_plays(stage: Any, folded: Play, name: str) -> None:
    here = stage(WRONG[name](folded))
    assert_refused(here)
    here.update(folded)
    assert len(here.boxes()) == 3
    assert here.page.locator(".agv-refusal").count() == 0
    here.update(WRONG[name](folded))
    assert_refused(here)
    here.check_clean()


def assert_refused(here: Any) -> None:
    said = here.page.inner_text("#here")
    assert said.startswith("autograd_viz cannot show this picture: expected ")
    assert len(said) < 300
    assert "\n" not in said
    assert here.page.locator(".agv-player").count() == 0


HUGE = {
    "a million items": "play.items = Array(1e6).fill(rect)",
    "a million items in groups": "play.items = Array(100).fill({k: 'g', x: 0, y: 0, items: Array(1e4).fill(rect)})",
    "a million items in a fold": "play.folds.f2.items = Array(1e6).fill(rect)",
    "a million boxes": "play.boxes = named(1e6, play.boxes.t1)",
    "a million folds": "play.folds = named(1e6, play.folds.f1)",
    "a million steps": "play.steps = Array(1e6).fill(play.steps[0])",
    "a million changes": "for (const step of play.steps) step.set = named(1e5, {c: 'now'})",
    "a million cells": "play.items.push(...Array(1000).fill({k: 'cells', x: 0, y: 0, size: 1, cols: 9, v: Array(1000).fill(0)}))",
    "a million rows": "for (const box of Object.values(play.boxes)) box.rows = Array(1e6).fill({label: 'a', s: 'b'})",
    "a text of a hundred million letters": "play.text = 'x'.repeat(1e8)",
    "a path without end": "play.items.push({k: 'path', d: 'M' + '0 0 '.repeat(1e6)})",
    "a play that contains itself": "const g = {k: 'g', x: 0, y: 0, items: []}; g.items.push(g); play.items.push(g)",
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_too_much_is_one_line_and_soon(stage: Any, folded: Play, name: str) -> None:
    """The play is made in the page: only what the player does with it is timed."""
    here = stage(folded)
    took = here.page.evaluate(
        f"""(text) => {{
        const play = JSON.parse(text), rect = {{ k: "rect", x: 0, y: 0, w: 1, h: 1 }};
        const named = (many, value) => Object.fromEntries(Array.from({{ length: many }}, (_, i) => [`b${{i}}`, value]));
        {HUGE[name]};
        const begun = performance.now();
        window.player.update(play);
        return performance.now() - begun;
    }}""",
        json.dumps(folded),
    )
    assert_refused(here)
    assert took < 3_000, "the tab is not frozen"
    here.update(folded)
    assert len(here.boxes()) == 3
    here.check_clean()


def test_the_most_that_is_shown_is_shown(stage: Any, folded: Play) -> None:
    """400 boxes, 12,000 steps: within the bounds, so it plays."""
    big = copy.deepcopy(folded)
    for i in range(392):
        big["items"].append({"k": "g", "id": f"x{i}", "c": "node fn", "x": 50 * (i % 20), "y": 200 + 50 * (i // 20), "items": []})
        big["boxes"][f"x{i}"] = {"name": f"Box{i}", "sub": "", "say": f"box {i}", "to": [], "from": [], "rows": []}
    many = 12_000
    big["steps"] = [{**folded["steps"][0], "at": f"x{i % 392}", "set": {f"x{i % 392}": {"c": "node fn now"}}} for i in range(many)]
    big["held"] = [i % 50 for i in range(many)]
    here = stage(big)
    assert len(here.boxes()) == 395
    here.page.focus(".agv-player")
    here.press("Home", "ArrowRight", "End", "ArrowLeft")
    assert here.text(".agv-counter") == "11999 / 12000"
    here.check_clean()
