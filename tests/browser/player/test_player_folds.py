"""Folds open in the browser, without a kernel; a search finds what is in them."""

from __future__ import annotations

from typing import Any

MAIN, LAYER, ATTENTION = ["t1", "f1", "n9"], ["n1", "f2", "n4"], ["n2", "n3"]
CLASS = "(id) => document.querySelector(`g[data-id=${id}]`).getAttribute('class')"


def test_a_double_click_opens_a_fold_and_the_breadcrumb_leads_back(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    assert here.boxes() == MAIN
    assert not here.page.is_visible(".agv-trail")
    here.page.dblclick("[data-id=f1]")
    assert here.boxes() == LAYER
    assert here.text(".agv-trail ol") == "the whole graph layer 0"
    here.page.dblclick("[data-id=f2]")
    assert here.boxes() == ATTENTION
    here.shot("fold-open")
    here.page.click(".agv-trail button:has-text('the whole graph')")
    assert here.boxes() == MAIN
    here.check_clean()


def test_the_plus_on_a_fold_opens_it(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    assert here.page.locator(".agv-knob").count() == 1
    here.page.click(".agv-knob")
    assert here.boxes() == LAYER


def test_by_keyboard_enter_opens_and_escape_goes_back_to_the_fold(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.focus("[data-id=f1]")
    assert here.focused() == "layer 0, 4 operations; a fold: Enter opens it"
    here.press("Enter")
    assert here.boxes() == LAYER
    here.press("ArrowRight")
    here.press("Enter")
    assert here.boxes() == ATTENTION
    assert here.focused().startswith("ExpBackward0")
    here.press("Escape")
    assert here.boxes() == LAYER
    assert here.focused().startswith("attention"), "the focus is where the reader went in"
    here.press("Escape")
    assert here.focused().startswith("layer 0")
    here.press("i")
    assert "layer 0" in here.text(".agv-inspector")


def test_a_closed_fold_is_marked_for_the_step_inside_it_and_stepping_goes_on_inside(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.evaluate("() => { window.player.step = 2 }")  # ExpBackward0, two folds deep
    assert here.page.evaluate(CLASS, "f1") == "agv-node agv-fold agv-now"
    here.page.evaluate("() => { window.player.step = 8 }")
    assert here.page.evaluate(CLASS, "f1") == "agv-node agv-fold agv-now agv-wave"
    here.page.evaluate("() => { window.player.step = 5 }")
    assert here.page.evaluate(CLASS, "f1") == "agv-node agv-fold"
    here.page.click(".agv-knob")
    assert "this step is outside, at SumBackward0" in here.text(".agv-trail")
    here.page.focus(".agv-player")
    here.press("ArrowLeft")
    assert "agv-now" in here.page.evaluate(CLASS, "n4")
    assert "outside" not in here.text(".agv-trail")
    here.press("ArrowLeft")
    assert here.page.evaluate(CLASS, "f2") == "agv-node agv-fold agv-now"
    assert here.page.get_attribute("[data-id=f2]", "aria-current") == "step"
    here.check_clean()


def test_a_link_out_of_a_fold_leads_there(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.click(".agv-knob")
    here.page.evaluate("() => { window.player.step = 5 }")
    here.page.click(".agv-away button")
    assert here.boxes() == MAIN
    assert here.page.get_attribute("[data-id=n9]", "aria-pressed") == "true"


def test_a_view_is_found_as_it_was_left(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    world = "() => document.querySelector('.agv-world').style.transform"
    here.page.focus(".agv-player")
    here.press("-", "-")
    zoomed = here.page.evaluate(world)
    here.page.click(".agv-knob")
    assert here.page.evaluate(world) != zoomed
    here.press("Escape")
    assert here.page.evaluate(world) == zoomed


def test_a_search_finds_what_lies_in_folds_and_enter_goes_there(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.focus(".agv-player")
    here.press("/")
    here.page.keyboard.type("backward0")
    options = here.page.locator(".agv-found li")
    assert options.count() == 5
    assert here.text(".agv-found-count") == "5 found"
    here.press("ArrowDown", "ArrowDown", "ArrowDown")
    here.shot("search")
    field = here.page.locator(".agv-field")
    chosen = here.page.get_attribute(f"#{field.get_attribute('aria-activedescendant')}", "data-found")
    assert chosen == "n2"
    here.press("Enter")
    assert here.boxes() == ATTENTION
    assert here.page.get_attribute("[data-id=n2]", "aria-pressed") == "true"
    assert "ExpBackward0" in here.text(".agv-inspector")
    here.press("ArrowUp", "ArrowUp", "ArrowUp", "Enter")
    assert here.boxes() == MAIN
    here.press("Escape")
    assert not here.page.is_visible(".agv-search")
    assert here.page.evaluate("() => document.activeElement.closest('.agv-player') !== null")
    here.check_clean()


def test_a_search_that_finds_nothing_says_so(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.click("button:has-text('find')")
    here.page.keyboard.type("<img src=x>")
    assert here.text(".agv-found-count") == "nothing found"
    here.press("Enter")
    assert here.boxes() == MAIN


def test_a_new_play_keeps_step_zoom_selection_fold_and_search(stage: Any, folded: dict[str, Any]) -> None:
    """As while a cell runs: the same instance is given the growing play."""
    here = stage({**folded, "steps": folded["steps"][:4], "held": folded["held"][:4], "ledger": [], "live": True})
    assert not here.page.is_visible(".agv-live"), "the reader is at the end, which is live"
    here.page.click(".agv-knob")
    here.page.click("[data-id=n1]")
    here.page.focus(".agv-player")
    here.press("ArrowLeft", "+", "/")
    here.page.keyboard.type("relu")
    here.page.evaluate("() => { document.querySelector('.agv-player').dataset.mark = 'the same' }")
    kept = """() => [window.player.step, document.querySelector('.agv-world').style.transform,
      document.querySelector('[aria-pressed=true].agv-node')?.dataset.id,
      document.querySelector('.agv-trail').innerText, document.querySelector('.agv-field').value, document.activeElement.className,
      document.querySelector('.agv-found li[aria-selected=true]')?.dataset.found, document.querySelector('.agv-player').dataset.mark]"""
    before = here.page.evaluate(kept)
    assert (before[0], before[2], before[4], before[6]) == (2, "n1", "relu", "n4")
    here.update({**folded, "live": True})
    assert here.page.evaluate(kept) == before
    assert here.page.is_visible(".agv-live")
    here.page.click(".agv-live")
    assert here.page.evaluate("() => window.player.step") == 11
    assert not here.page.is_visible(".agv-live")
    here.update({**folded, "folds": {}, "boxes": {id: box for id, box in folded["boxes"].items() if "in" not in box}})
    assert here.boxes() == MAIN, "the fold is gone: the reader stands in the whole graph"
    here.check_clean()
