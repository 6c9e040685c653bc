"""Pictures leave as files: what was written can be read again, and a wrong path is told in plain words."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from autograd_viz.draw import Picture
from autograd_viz.draw.html import code, place, save_page, script
from autograd_viz.draw.packed import PLAIN, pack, plain, stored

MIME = "application/vnd.autograd-viz.v1+json"
PACKED = re.compile(r'data-agv-play="([^"]*)"')


def plays_in(page: str) -> list[Any]:
    return [json.loads(zlib.decompress(base64.b64decode(packed))) for packed in PACKED.findall(page)]


def test_json_comes_back_as_the_same_picture(draw: Any, tmp_path: Path) -> None:
    picture = draw("first")
    again = Picture(json.loads(picture.save(tmp_path / "x.json").read_text(encoding="utf-8")))
    assert again.play() == picture.play()
    for form in ("text", "svg", "html"):
        assert getattr(again, form)() == getattr(picture, form)()
    assert again.to_graphviz().source == picture.to_graphviz().source


def test_a_page_holds_the_very_plays(draw: Any, tmp_path: Path) -> None:
    pictures = [draw("first"), draw("twice"), draw("switched_off")]
    page = save_page(tmp_path / "all.html", iter(pictures)).read_text(encoding="utf-8")
    assert plays_in(page) == [picture.play() for picture in pictures]
    assert plays_in(pictures[0].html()) == [pictures[0].play()]


def test_dot_has_the_boxes_and_arrows_of_the_picture(draw: Any, tmp_path: Path, programs: Any) -> None:
    agraph = pytest.importorskip("pygraphviz").AGraph
    for name in programs:
        picture = draw(name)
        graph = agraph(picture.save(tmp_path / "x.dot").read_text(encoding="utf-8"))
        boxes = picture.play()["boxes"]
        assert {str(node) for node in graph.nodes()} == set(boxes)
        assert sorted(map(tuple, graph.edges())) == sorted((id, head) for id, box in boxes.items() for head in box["to"])
        assert all(boxes[str(node)]["name"] in node.attr["label"] for node in graph.nodes())
        graph.close()


@pytest.mark.parametrize("ending", ["svg", "html", "dot", "json", "txt"])
def test_a_file_holds_what_the_method_gives(draw: Any, tmp_path: Path, ending: str) -> None:
    picture = draw("fan")
    path = picture.save(str(tmp_path / f"x.{ending}"))
    written = path.read_text(encoding="utf-8")
    expected = {"svg": picture.svg, "html": picture.html, "dot": lambda: picture.to_graphviz().source, "txt": lambda: picture.text() + "\n"}
    assert written == expected[ending]() if ending in expected else json.loads(written) == picture.play()


@pytest.mark.parametrize("name", ["picture", "picture.png", "picture.svg.gz", ".svg", "", "picture."])
def test_an_unknown_ending_is_named_and_nothing_is_written(draw: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"expected a path that ends with \.svg, \.html, \.dot, \.json, \.txt, got '"):
        draw("first").save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_html(draw: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected a path that ends with \.html, got '.*x\.svg'"):
        save_page(tmp_path / "x.svg", [draw("first")])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(draw: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        draw("first").save(tmp_path / "nowhere" / "x.svg")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_page(tmp_path / "nowhere" / "x.html", [draw("first")])


def test_a_page_without_pictures_is_our_readers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one picture"):
        save_page(tmp_path / "x.html", [])


def test_what_is_no_picture_is_named(draw: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"expected pictures, as av\.draw makes them, got str"):
        save_page(tmp_path / "x.html", [draw("first"), "y"])
    with pytest.raises(TypeError, match=r"expected pictures, as av\.draw makes them, got str"):
        save_page(tmp_path / "x.html", "x")


def test_packing_loses_nothing() -> None:
    for text in ("", "∂ \U0001d504 \x00", '"' * 99_999):
        assert zlib.decompress(base64.b64decode(pack(text))).decode() == text


# --- what a notebook stores -------------------------------------------------------------------------------------------


def test_a_small_play_is_stored_plain_and_a_big_one_packed(draw: Any) -> None:
    small = draw("first")
    assert small._repr_mimebundle_()[MIME] == small.play()
    big = Picture({**small.play(), "notes": ["∂" * 100 for _ in range(PLAIN // 100)]})
    packed = big._repr_mimebundle_()[MIME]
    assert set(packed) == {"schema", "packed"}
    assert len(json.dumps(packed)) < PLAIN / 4
    assert plain(packed) == big.play()
    assert plain(small.play()) == small.play()


def test_a_packed_play_is_played_on_a_page_as_it_is(draw: Any) -> None:
    play = {**draw("first").play(), "notes": ["word " * 20 for _ in range(PLAIN // 100)]}
    assert stored(play) != play
    assert place(stored(play)) == place(play)
    assert plays_in(exported({MIME: stored(play), "text/plain": "the text"})["text/html"]) == [play]


# --- the player's code in a page --------------------------------------------------------------------------------------


def test_the_code_of_a_page_is_the_players_without_its_comments() -> None:
    """Only whole lines are taken out, so no line of code is lost: what is left is found in the modules, in this order."""
    left = iter(line.strip() for line in script().splitlines())
    kept, _, end = code().partition("\ndocument.head.append(Object.assign(document.createElement(\"style\")")
    assert all(line in left for line in kept.splitlines())  # (`in` moves the iterator on: order counts)
    assert not re.search(r"^\s*(//|/\*\*[^*]|\* )", kept, re.MULTILINE)
    assert "agv-" in zlib.decompress(base64.b64decode(max(re.findall('"([^"]*)"', end), key=len))).decode()  # the styles


def test_no_text_of_the_player_runs_over_lines() -> None:
    """Lines are moved to the left and comments taken out; in a template literal of several lines that would change the text."""
    assert [line for line in script().splitlines() if line.count("`") % 2] == []


# --- notebooks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {MIME: {"w": float("nan")}, "image/svg+xml": "<svg/>"},
        {"image/svg+xml": "<svg/>"},
        {"text/plain": "3"},
        {},
    ],
)
def test_an_output_without_a_play_in_strict_json_stays_as_it_is(data: dict[str, Any]) -> None:
    assert exported(data) == data


HOSTILE = [
    None, 3, "</script>", [], {"schema": 99}, {"title": '"><script>alert(1)</script>'},
    {"schema": 1, "packed": '"><script>alert(1)</script>'}, {"schema": 1, "packed": "AAAA\n"},
    {"schema": 1, "packed": 7}, {"schema": 2, "packed": "AAAA"},
]  # fmt: skip


@pytest.mark.parametrize("play", HOSTILE)
def test_a_hostile_play_in_a_notebook_stays_data(play: Any) -> None:
    attack = '"><script>alert(1)</script>'
    html = exported({MIME: play, "image/svg+xml": attack, "text/plain": attack})["text/html"]
    assert plays_in(html) == [play]
    assert html.count("<script") == 1  # the player's
    assert attack not in html


def exported(data: dict[str, Any]) -> Any:
    """A display's data after the preprocessor."""
    nbformat = pytest.importorskip("nbformat.v4")
    players = pytest.importorskip("autograd_viz.jupyter.nbconvert").Players()
    cells = [nbformat.new_code_cell("x", outputs=[nbformat.new_output("display_data", data)]), nbformat.new_markdown_cell("words")]
    notebook, _ = players.preprocess(nbformat.new_notebook(cells=cells), {})
    return notebook.cells[0].outputs[0].data
