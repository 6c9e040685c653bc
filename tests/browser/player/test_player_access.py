"""For every reader: axe-core finds nothing serious, the keyboard reaches everything, no width hides a thing, no state is colour alone.

axe-core comes from npm's registry, into a folder that is thrown away: `npm pack` fetches one file and installs nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

AXE = "axe-core@4.11.0"
RUN_AXE = """async () => {
  const { violations } = await axe.run({ include: ['.agv-player'] }, { resultTypes: ['violations'] });
  const told = ({ target, any }) => `${target} ${any[0]?.message ?? ''}`;
  return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.slice(0, 4).map(told).join(' | ')}`);
}"""
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const name = at.getAttribute('aria-label') ?? at.textContent.trim();
  return [at === document.body ? 'body' : name, box.width > 0 && box.height > 0, at.dataset.id ?? null, at.matches(':focus-visible')];
}"""


@pytest.fixture(scope="session")
def axe(node: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of axe.min.js."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    wanted = os.environ.get("AUTOGRAD_VIZ_REQUIRE_NODE", "0") not in ("", "0")
    run = npm and subprocess.run([npm, "pack", "--silent", AXE], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if not run or run.returncode:
        (pytest.fail if wanted else pytest.skip)(f"npm cannot fetch {AXE}: {run.stderr if run else 'there is no npm'}")
    with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
        return package.extractfile("package/axe.min.js").read().decode()


def serious(stage: Any, axe: str) -> list[str]:
    stage.page.evaluate(axe)
    return [line for line in stage.page.evaluate(RUN_AXE) if line.startswith(("serious", "critical"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["folded", "example", "marks"])
def test_axe_finds_nothing_serious(stage: Any, axe: str, plays: Any, name: str, scheme: str) -> None:
    here = stage(plays(name), color_scheme=scheme)
    here.page.emulate_media(reduced_motion="reduce")
    for step in (0, 10**6):
        here.page.evaluate("(step) => { window.player.step = step }", step)
        assert serious(here, axe) == []
    here.page.focus(".agv-player")
    here.press("/")
    here.page.keyboard.type("a")
    assert serious(here, axe) == [], "with the search open"
    here.press("Escape", "?")
    assert serious(here, axe) == [], "with the help open"
    here.press("Escape")
    here.page.click(".agv-menu > button")
    assert serious(here, axe) == [], "with the menu open"


def test_axe_would_find_something(stage: Any, axe: str, folded: dict[str, Any]) -> None:
    """The check of the check: a button without a name and a word in pale grey."""
    here = stage(folded)
    spoil = """() => {
      for (const name of ['aria-label', 'title']) document.querySelector('.agv-play').removeAttribute(name);
      document.querySelector('.agv-caption').style.color = '#ccc'; }"""
    here.page.evaluate(spoil)
    found = " ".join(serious(here, axe))
    assert "button-name" in found
    assert "color-contrast" in found


def walk(here: Any, key: str = "Tab", most: int = 60) -> list[str]:
    """The names of all that a key reaches from the top of the page; every one can be seen."""
    here.page.evaluate("() => document.activeElement.blur()")
    names = []
    for _ in range(most):
        here.press(key)
        name, visible, _, ring = here.page.evaluate(FOCUS)
        if name == "body":
            return names
        assert [visible, ring] == [True, True], f"{name} has the focus and is not to be seen"
        names.append(name)
    raise AssertionError(f"{key} never leaves the player: {names}")


def test_every_control_is_reached_by_keyboard_alone(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    reached = set(walk(here))
    for toolbar in (".agv-toolbar", ".agv-zoom"):
        here.page.focus(f"{toolbar} [tabindex='0']")
        for _ in range(12):
            here.press("ArrowRight")
            reached.add(here.focused())
    controls = """() => [...document.querySelectorAll('.agv-player :is(button, select, input, [tabindex="0"])')]
      .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 0)
      .map((each) => each.getAttribute('aria-label') ?? each.textContent.trim())"""
    assert set(here.page.evaluate(controls)) <= reached
    here.page.focus(".agv-menu > button")
    here.press("Enter")
    choices = [here.focused()]
    for _ in range(2):
        here.press("ArrowDown")
        choices.append(here.focused())
    assert choices == ["Save as SVG", "Save as PNG", "Copy as text"]
    here.press("Escape")
    assert here.focused() == "Save or copy"


def test_a_toolbar_is_one_stop_and_the_slider_another(stage: Any, folded: dict[str, Any]) -> None:
    names = walk(stage(folded))
    controls = {"First step", "Step back", "Play", "Step forward", "Last step", "Keyboard help", "Save or copy"}
    assert len([name for name in names if name in controls]) == 1
    assert names.count("Step") == 1
    boxes = [name for name in names if name.startswith(("x, leaf", "layer 0, 4", "SumBackward0,"))]
    assert len(boxes) == 1, "the graph is one stop too"


def test_every_node_is_reached_by_keyboard_alone(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    assert nodes_reached(here) == {"t1", "f1", "n9", "n1", "f2", "n4", "n2", "n3"} == set(folded["boxes"])


def nodes_reached(here: Any) -> set[str]:
    """Walk with the arrow keys from the box that Tab finds, and into every fold, as far as it goes."""
    found: set[str] = set()
    at = "() => document.activeElement.dataset.id ?? null"

    def spread() -> None:
        waiting = [here.page.evaluate(at)]
        seen = set(waiting)
        while waiting:
            start = waiting.pop()
            found.add(start)
            for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
                here.page.focus(f"[data-id={start}]")
                here.press(key)
                other = here.page.evaluate(at)
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        for fold in [box for box in here.boxes() if box.startswith("f")]:
            here.page.focus(f"[data-id={fold}]")
            here.press("Enter")
            spread()
            here.press("Escape")

    here.page.focus("g.agv-node[tabindex='0']")
    spread()
    return found


def test_left_and_right_step_after_a_click_and_move_along_the_toolbar_after_tab(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    step = "() => window.player.step"
    here.page.click("[aria-label='Step back']")
    here.press("ArrowLeft")
    assert here.page.evaluate(step) == 9
    here.page.focus("[aria-label='Step back']")
    here.press("ArrowRight")
    assert here.focused() == "Play"
    assert here.page.evaluate(step) == 9
    here.page.focus("[aria-label='Step']")
    here.press("ArrowRight")
    assert here.page.evaluate(step) == 10
    assert here.page.get_attribute("[aria-label='Step']", "aria-valuetext").startswith("step 11 of 12: MulBackward0 receives")


def test_the_picture_moves_by_keyboard(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded, width=360)
    world = "() => { const { e, f } = new DOMMatrix(document.querySelector('.agv-world').style.transform); return [e, f]; }"
    here.page.focus(".agv-pane-picture")
    before = here.page.evaluate(world)
    here.press("ArrowLeft")
    after = here.page.evaluate(world)
    assert after[0] > before[0], "what was left of the pane is shown"
    here.press("ArrowDown")
    assert here.page.evaluate(world)[1] < after[1]
    here.press("0")
    assert here.page.evaluate(world)[0] >= 0, "all of it is seen again"


def test_the_camera_follows_the_steps_unless_told_not_to(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded, width=360)
    world = "() => document.querySelector('.agv-world').style.transform"
    go = "(step) => { window.player.step = step }"
    here.page.evaluate(go, 0)
    left = here.page.evaluate(world)
    here.page.evaluate(go, 5)
    right = here.page.evaluate(world)
    assert left != right
    here.page.focus(".agv-player")
    here.press("f")
    assert here.page.get_attribute("button:has-text('follow')", "aria-pressed") == "false"
    here.page.evaluate(go, 0)
    assert here.page.evaluate(world) == right
    here.press("f")
    assert here.page.evaluate(world) == left


def test_the_live_region_is_quiet_while_playing_and_while_the_cell_runs(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    said = "() => document.querySelector('.agv-player > [role=status]').textContent"
    here.page.focus(".agv-player")
    here.press("ArrowLeft")
    before = here.page.evaluate(said)
    assert before.startswith("step 11 of 12: MulBackward0")
    here.press("Home", " ", "ArrowRight")  # play, and stop by stepping
    assert here.page.evaluate(said).startswith("step 2 of 12")
    here.press("Home")
    at_home = here.page.evaluate(said)
    here.page.select_option(".agv-speed", "8")
    here.page.focus(".agv-player")
    here.press(" ")
    here.page.wait_for_function("() => window.player.step === 3")
    assert here.page.evaluate(said) == at_home
    part = {**folded, "live": True, "ledger": []}
    live = stage({**part, "steps": folded["steps"][:3], "held": folded["held"][:3]})
    before = live.page.evaluate(said)
    live.update({**part, "steps": folded["steps"][:6], "held": folded["held"][:6]})
    assert live.page.evaluate("() => window.player.step") == 5
    assert live.page.evaluate(said) == before


def test_tables_mirror_the_graph_and_the_ledger(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    rows = """() => [...document.querySelectorAll('table[aria-label="The graph, box by box"] tbody tr')]
      .map((row) => [...row.cells].map((cell) => cell.textContent))"""
    table = here.page.evaluate(rows)
    assert len(table) == 8
    relu = ["ReluBackward0 #4", "ReluBackward0, made by h = relu(b), shape (3,)", "layer 0", "DivBackward0 #3", "SumBackward0 #9"]
    assert table[5] == [*relu, "backward went through"]
    assert table[0][-1] == "this step"
    here.page.evaluate("() => { window.player.step = 1 }")
    later = "not made yet"
    assert [row[-1] for row in here.page.evaluate(rows)] == ["", "", later, "this step", later, later, later, later]
    here.page.evaluate("() => { window.player.step = 11 }")
    assert here.text("table.agv-ledger tbody") == "x #1 None + [1 1 1] = [1 1 1]"


@pytest.mark.parametrize("width", [360, 700, 1400])
@pytest.mark.parametrize("name", ["folded", "example"])
def test_nothing_sticks_out_at_any_width(stage: Any, plays: Any, name: str, width: int) -> None:
    here = stage(plays(name), width=width)
    check_room(here)
    here.shot(f"{name}-{width}")
    here.page.focus(".agv-player")
    here.press("/")
    here.page.keyboard.type("e")
    check_room(here)
    here.shot(f"{name}-{width}-search")


def test_nothing_sticks_out_at_twice_the_size(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded, width=700, height=450, device_scale_factor=2)
    check_room(here)


def check_room(here: Any) -> None:
    """The page does not scroll sideways, and no control is cut or lies on another."""
    assert here.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    places = here.page.evaluate(
        """() => [...document.querySelectorAll('.agv-player :is(button, select, .agv-track, .agv-field, .agv-counter, .agv-phase)')]
        .filter((each) => each.checkVisibility() && !each.closest('.agv-help, .agv-pane')).map((each) => {
          const { left, top, right, bottom } = each.getBoundingClientRect();
          return [each.getAttribute('aria-label') ?? each.textContent, left, top, right, bottom]; })"""
    )
    width = here.page.viewport_size["width"]
    for i, (name, left, top, right, bottom) in enumerate(places):
        assert left >= 0, name
        assert right <= width, name
        for other, x0, y0, x1, y1 in places[i + 1 :]:
            assert right <= x0 + 0.5 or x1 <= left + 0.5 or bottom <= y0 + 0.5 or y1 <= top + 0.5, f"{name} lies on {other}"


def test_nothing_glides_where_motion_is_not_welcome(stage: Any, folded: dict[str, Any]) -> None:
    moving = """() => document.getAnimations().length
      + [...document.querySelectorAll('.agv-player *')].filter((each) => parseFloat(getComputedStyle(each).transitionDuration)).length"""
    assert stage(folded, reduced_motion="reduce").page.evaluate(moving) == 0
    assert stage(folded, reduced_motion="no-preference").page.evaluate(moving) > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mark_is_told_apart_without_colour(stage: Any, plays: Any, scheme: str) -> None:
    """Forced colours leave two or three: what is told apart then is told apart by shape."""
    here = stage(plays("marks"), width=1060, color_scheme=scheme, forced_colors="active")
    here.shot(f"marks-forced-{scheme}")
    looks = """(selector) => { const looks = getComputedStyle(document.querySelector(selector));
      return ['visibility', 'strokeDasharray', 'strokeWidth', 'textDecorationLine', 'd'].map((each) => looks[each]).join(' '); }"""
    which = {"leaf": "t1", "constant": "t2", "node": "n1", "second layer": "n10", "copy": "t1c1", "failed": "n26"}
    cards = {name: here.page.evaluate(looks, f"[data-id={id}] > .agv-card") for name, id in which.items()}
    assert len(set(cards.values())) == len(cards), cards
    assert "line-through" in here.page.evaluate(looks, "[data-id=n2] > .agv-title")
    assert here.page.locator(".agv-region:has(.agv-hatch)").count() == 1, "no_grad is hatched, what a backward made is not"
    assert here.page.locator(".agv-region").count() == 2
    for scheme_again in ("light", "dark"):
        stage(plays("marks"), width=1060, color_scheme=scheme_again).shot(f"marks-{scheme_again}")


def test_the_help_names_every_key_that_works(stage: Any, folded: dict[str, Any]) -> None:
    here = stage(folded)
    here.page.focus(".agv-player")
    here.press("?")
    words = here.text(".agv-help")
    assert re.search(r"find a box by name", words)
    here.shot("help")
    here.press("Escape")
    assert not here.page.is_visible(".agv-help")
