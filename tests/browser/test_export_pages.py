"""What leaves the notebook, opened from a disk in a real browser: a page of players, an SVG, a notebook exported by nbconvert."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd_viz as av
from autograd_viz import torch
from autograd_viz.draw import Picture
from autograd_viz.draw.html import save_page

ROOT = Path(__file__).parents[2]
IDS = "() => [...document.querySelectorAll('.agv-player [id], .agv-player[id]')].map((element) => element.id)"
PAPER = "() => getComputedStyle(document.querySelector('.agv-body')).backgroundColor"
LOOKS = """(root) => [...root.querySelectorAll('*')].map((e) => {
  const looks = getComputedStyle(e);
  return ['fill', 'stroke', 'strokeWidth', 'opacity', 'fontSize', 'fontFamily', 'fontWeight', 'visibility'].map((key) => looks[key]).join();
})"""
SANITIZED = re.compile(r"<style>.*?</style>| (?:class|style|id)='[^']*'", re.DOTALL)


def first_graph() -> Picture:
    with av.record("first graph") as recording:
        x, y = torch.ones(5), torch.zeros(3)
        w, b = torch.full((5, 3), 0.5, requires_grad=True), torch.zeros(3, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y)
        loss.backward()
    return av.draw(recording, {"x": x, "y": y, "w": w, "b": b, "loss": loss})


def cut_graph() -> Picture:
    with av.record('a <cut> & "quoted"') as recording:
        a = torch.ones(3, requires_grad=True)
        with torch.no_grad():
            a * 2
        (a * 3).detach()
    return av.draw(recording, {"a": a})


def hundred() -> Picture:
    with av.record() as recording:
        z = torch.ones(3, requires_grad=True)
        weights = [torch.full((3,), 1 + i / 10, requires_grad=True) for i in range(10)]
        for i in range(99):
            z = z * weights[i // 10] if i % 2 else z + weights[i // 10]
        z.sum().backward()
    return av.draw(recording)


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the text of a file, from the disk; afterwards nothing may have been said in the console, nor asked of anyone."""
    contexts, said, asked = [], [], []

    def show(text: str, name: str = "page.html", dark: bool = False, scripts: bool = True) -> Any:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        scheme = "dark" if dark else "light"
        contexts.append(browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme=scheme, java_script_enabled=scripts))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri(), wait_until="load")
        return page

    yield show
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    for context in contexts:
        context.close()


def wait_for_players(page: Any, count: int) -> Any:
    page.wait_for_function("(count) => document.querySelectorAll('.agv-player').length === count", arg=count)
    return page.locator(".agv-player")


@pytest.mark.parametrize("dark", [False, True])
def test_one_file_holds_the_whole_player(opened: Any, dark: bool) -> None:
    page = opened(first_graph().html(), dark=dark)
    player = wait_for_players(page, 1)
    last = player.locator(".agv-caption").inner_text()
    player.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    assert player.locator(".agv-caption").inner_text() != last
    page.keyboard.press("End")
    assert player.locator(".agv-caption").inner_text() == last
    assert player.locator(".agv-picture .agv-node").count() == len(first_graph().play()["boxes"])
    assert page.evaluate(PAPER) == ("rgb(23, 26, 33)" if dark else "rgb(255, 255, 255)")
    assert page.title() == "first graph"


def test_a_page_of_a_hundred_operations_is_small(opened: Any) -> None:
    text = hundred().html()
    assert len(text.encode()) <= 150_000
    wait_for_players(opened(text), 1)


def test_several_pictures_share_a_page_and_nothing_else(opened: Any, tmp_path: Path) -> None:
    pictures = [first_graph(), cut_graph(), first_graph()]
    text = save_page(tmp_path / "all.html", pictures, "All of them").read_text(encoding="utf-8")
    assert text.count('<script type="module">') == 1
    page = opened(text)
    players = wait_for_players(page, 3)
    ids = page.evaluate(IDS)
    assert len(ids) == len(set(ids))
    captions = players.locator(".agv-caption").all_inner_texts()
    players.nth(0).locator("input[type=range]").focus()
    page.keyboard.press("Home")
    after = players.locator(".agv-caption").all_inner_texts()
    assert after[0] != captions[0]
    assert after[1:] == captions[1:]
    assert page.locator("h2").all_inner_texts() == ["first graph", 'a <cut> & "quoted"', "first graph"]
    assert page.title() == "All of them"


def test_a_page_may_ask_nobody_for_anything(browser: Any, tmp_path: Path) -> None:
    """Even if something foreign came to run in it."""
    path = first_graph().save(tmp_path / "page.html")
    page = browser.new_page()
    answered: list[str] = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    wait_for_players(page, 1)
    attempts = """async () => {
      const blocked = [];
      const told = new Promise((done) => document.addEventListener("securitypolicyviolation", (event) => {
        if (blocked.push(event.effectiveDirective) === 4) done();
      }));
      const script = Object.assign(document.createElement("script"), { textContent: "window.bad = 1" });
      const button = document.createElement("button");
      button.setAttribute("onclick", "window.bad = 2");
      document.body.append(script, button, Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
      button.click();
      const sent = await fetch("http://127.0.0.1:9/").then(() => "sent", () => "refused");
      await told;
      return [sent, window.bad ?? "none", blocked.toSorted()];
    }"""
    assert page.evaluate(attempts) == ["refused", "none", ["connect-src", "img-src", "script-src-attr", "script-src-elem"]]
    assert answered == [path.as_uri()]
    page.close()


@pytest.mark.parametrize(("choice", "ending", "begins"), [("PNG", "png", b"\x89PNG"), ("SVG", "svg", b"<svg")])
def test_a_page_saves_its_picture_as_a_file(opened: Any, choice: str, ending: str, begins: bytes) -> None:
    """The page's policy forbids connections, not the reader's own files."""
    page = opened(first_graph().html())
    player = wait_for_players(page, 1)
    player.get_by_role("button", name="Save or copy").click()
    with page.expect_download() as download:
        player.get_by_text(f"Save as {choice}").click()
    assert download.value.suggested_filename == f"first-graph.{ending}"
    assert Path(download.value.path()).read_bytes().startswith(begins)


def test_without_scripts_the_page_shows_the_text_drawing(opened: Any) -> None:
    page = opened(first_graph().html(), scripts=False)
    assert "BinaryCrossEntropyWithLogitsBackward0" in page.locator("pre").inner_text()


# --- SVG --------------------------------------------------------------------------------------------------------------


def test_two_svgs_in_one_page_change_neither_each_other_nor_the_page(opened: Any) -> None:
    one, other = first_graph().svg(), cut_graph().svg()
    mine = '<text x="5" y="20" class="agv-name">mine</text><rect width="9" height="9" fill="#0072b2"/>'
    around = f'<svg id="mine" width="90" height="40">{mine}</svg>'
    for dark in (False, True):
        alone = opened(f"<!doctype html>{one}{around.replace('agv-name', 'x')}", dark=dark)
        together = opened(f"<!doctype html>{one}{other}{one}{around}", "two.html", dark=dark)
        for which, index in (("svg", 0), ("#mine", 0), ("svg", 2)):
            expected = alone.locator(which).nth(0).evaluate(LOOKS)
            assert together.locator(which).nth(index).evaluate(LOOKS) == expected
        assert alone.locator("svg").nth(0).screenshot() == together.locator("svg").nth(0).screenshot()


def test_a_viewer_that_drops_styles_and_classes_shows_the_same_picture(opened: Any) -> None:
    """As GitHub's notebook viewer does."""
    for picture in (first_graph(), cut_graph()):
        text = picture.svg()
        bare = SANITIZED.sub("", text)
        assert "agv-" not in bare
        whole = opened(f"<!doctype html>{text}").locator("svg").screenshot()
        assert opened(f"<!doctype html>{bare}", "bare.html").locator("svg").screenshot() == whole
        assert opened(f"<!doctype html>{bare}", "bare.html", dark=True).locator("svg").screenshot() == whole  # on its own white paper


def test_an_svg_file_in_an_image_follows_the_readers_scheme(opened: Any, tmp_path: Path) -> None:
    first_graph().save(tmp_path / "graph.svg")
    pixel = """(image) => {
      const canvas = document.createElement("canvas");
      const at = canvas.getContext("2d");
      at.drawImage(image, 0, 0);
      return at.getImageData(3, 3, 1, 1).data.join();
    }"""
    packed = base64.b64encode(first_graph().svg().encode()).decode()
    for dark, paper in ((False, "255,255,255,255"), (True, "23,26,33,255")):
        page = opened(f'<!doctype html><img src="data:image/svg+xml;base64,{packed}">', dark=dark)
        assert page.locator("img").evaluate(pixel) == paper
        assert opened("<!doctype html><img src=graph.svg>", "image.html", dark=dark).locator("img").bounding_box()["width"] > 300


# --- nbconvert --------------------------------------------------------------------------------------------------------

LESSON = ROOT / "notebooks" / "04_accumulation.ipynb"


def plays_in(path: Path) -> int:
    return path.read_text(encoding="utf-8").count('"application/vnd.autograd-viz.v1+json"')


def test_an_exported_notebook_keeps_its_players_without_a_kernel(opened: Any) -> None:
    nbconvert = pytest.importorskip("autograd_viz.jupyter.nbconvert")
    text, _ = nbconvert.PlayersExporter().from_filename(str(LESSON))
    assert text.count("DecompressionStream") == 1  # one copy of the code
    page = opened(text)
    players = wait_for_players(page, plays_in(LESSON))
    ids = page.evaluate(IDS)
    assert len(ids) == len(set(ids))
    first = players.nth(0)
    first.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    assert "1 / " in first.inner_text()
    assert first.locator(".agv-ledger th").first.evaluate("(cell) => getComputedStyle(cell).textAlign") in ("left", "start")
    assert page.locator(".jp-RenderedHTMLCommon .agv-player").count() == 0, (
        "the page's own rules for tables and lists reach into the player"
    )


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(17, 17, 17)")])
def test_players_in_an_exported_notebook_follow_its_theme_not_the_system(opened: Any, theme: str, paper: str) -> None:
    nbconvert = pytest.importorskip("autograd_viz.jupyter.nbconvert")
    text, _ = nbconvert.PlayersExporter(theme=theme).from_filename(str(LESSON))
    page = opened(text, dark=theme == "light")
    wait_for_players(page, plays_in(LESSON))
    assert page.evaluate(PAPER) == paper
    background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert background == paper


def test_an_exported_notebook_shows_its_pictures_where_no_script_runs(opened: Any) -> None:
    nbconvert = pytest.importorskip("autograd_viz.jupyter.nbconvert")
    text, _ = nbconvert.PlayersExporter().from_filename(str(LESSON))
    page = opened(text, scripts=False)
    images = page.locator("[data-agv-play] > img")
    assert images.count() == plays_in(LESSON)
    assert images.first.bounding_box()["width"] > 200
    assert "AddBackward0" in (images.first.get_attribute("alt") or "")


@pytest.mark.parametrize("kind", ["html", "slides"])
def test_plain_nbconvert_keeps_the_pictures(kind: str) -> None:
    exporters = pytest.importorskip("nbconvert.exporters")
    text, _ = exporters.get_exporter(kind)().from_filename(str(LESSON))
    assert len(re.findall(r'<img[^>]* src="data:image/svg\+xml;base64,', text)) == plays_in(LESSON)


def test_the_preprocessor_serves_any_html_exporter(opened: Any) -> None:
    exporters = pytest.importorskip("nbconvert.exporters")
    exporter = exporters.HTMLExporter(preprocessors=["autograd_viz.jupyter.nbconvert.Players"], template_name="basic")
    text, _ = exporter.from_filename(str(LESSON))
    wait_for_players(opened(f"<!doctype html><meta charset=utf-8>{text}"), plays_in(LESSON))
