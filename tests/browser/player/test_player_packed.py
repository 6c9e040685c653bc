"""Packed plays, as JupyterLab's renderer gives them to the player; and what a newer play may hold that an older one does not."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from typing import Any

import pytest

Play = dict[str, Any]
SHOW = """async (text) => {
  const { Stage } = await import("./renderer.js");
  window.player.dispose();
  window.shown ??= new Stage(document.getElementById("here"));
  const begun = performance.now();
  await window.shown.show(JSON.parse(text));
  return performance.now() - begun;
}"""


def packed(text: str, schema: object = 1) -> Play:
    return {"schema": schema, "packed": base64.b64encode(zlib.compress(text.encode(), 9)).decode()}


@pytest.fixture(scope="module")
def bomb() -> Play:
    """Half a megabyte of letters, in which there are 400 million."""
    return packed(" " * 400_000_000)


def wrong(bomb: Play, play: Play) -> dict[str, Any]:
    text = json.dumps(play)
    return {
        "a bomb": bomb,
        "too many letters": {"schema": 1, "packed": "A" * 4_000_001},
        "another schema": packed(text, 2),
        "no schema": {"packed": packed(text)["packed"]},
        "half of it": {"schema": 1, "packed": packed(text)["packed"][:200]},
        "a list": {"schema": 1, "packed": [packed(text)["packed"]]},
        "code": packed("window.hacked = 1"),
        "a packed play": packed(json.dumps(packed(text))),
        "a play that is none": packed(json.dumps({**play, "steps": 7})),
        "300,000 items": packed(json.dumps({**play, "items": [{"k": "rect", "x": 0, "y": 0, "w": 1, "h": 1}] * 300_000})),
    }


@pytest.mark.parametrize("name", wrong({}, {}))
def test_what_is_badly_packed_is_one_line_and_soon_and_a_good_one_after_it_plays(stage: Any, folded: Play, bomb: Play, name: str) -> None:
    here = stage(folded)
    took = here.page.evaluate(SHOW, json.dumps(wrong(bomb, folded)[name]))
    said = here.page.inner_text("#here").strip()
    assert said.startswith("autograd_viz cannot show this picture: expected ")
    assert len(said) < 300
    assert "\n" not in said
    assert took < 3_000, "the tab is not frozen"
    assert name != "a bomb" or said.endswith("expected a play of at most 16000000 characters, got more")
    here.page.evaluate(SHOW, json.dumps(packed(json.dumps(folded))))
    assert len(here.boxes()) == 3
    assert here.page.evaluate("() => window.hacked") is None
    here.check_clean()


def test_a_play_that_comes_later_is_not_put_out_by_an_earlier_one_that_is_still_unpacked(stage: Any, folded: Play, bomb: Play) -> None:
    here = stage(folded)
    here.page.evaluate(SHOW, json.dumps(folded))
    both = "(plays) => Promise.all(plays.map((play) => window.shown.show(JSON.parse(play))))"
    here.page.evaluate(both, [json.dumps(bomb), json.dumps(folded)])
    assert len(here.boxes()) == 3
    here.check_clean()


def test_an_arrow_is_a_line_and_a_head_that_change_together(stage: Any, folded: Play) -> None:
    play = copy.deepcopy(folded)
    play["items"].append({"k": "arrow", "id": "e99", "c": "flow off", "d": "M10 10l40 0", "h": "M60 10l-10 4.8 0-9.6Z"})
    play["items"].append({"k": "g", "id": "g99", "c": "flow off", "items": [{"k": "rect", "x": 1, "y": 1, "w": 2, "h": 2}]})
    play["steps"][-1]["set"]["e99"] = {"c": "flow on"}
    here = stage(play)
    look = """() => [...document.querySelectorAll("g > .agv-flow-line, g > .agv-flow-head")].slice(-2).map((path) =>
      [path.getAttribute("class"), path.getAttribute("d"), getComputedStyle(path).visibility, path.getBoundingClientRect().width > 0])"""
    on = [["agv-flow-line", "M10 10l40 0", "visible", True], ["agv-flow-head", "M60 10l-10 4.8 0-9.6Z", "visible", True]]
    assert here.page.evaluate(look) == on
    here.page.focus(".agv-player")
    here.press("ArrowLeft")
    assert [visible for _, _, visible, _ in here.page.evaluate(look)] == ["hidden", "hidden"]
    play["items"][-2] |= {"d": "M10 10l50 0"}
    here.update(play)
    assert here.page.evaluate(look)[0][1] == "M10 10l50 0"
    here.check_clean()
