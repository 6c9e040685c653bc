"""The SVG stands alone: in a file, in an <img>, in a notebook's viewer that strips what it does not trust, beside others in one page."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree

import pytest

from autograd_viz import torch
from autograd_viz.draw import draw_recording
from autograd_viz.draw.palette import COLOURS
from autograd_viz.draw.svg import BIG, LEFT_OUT, svg

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "text"}


def parsed(picture, step=None):
    return ElementTree.fromstring(picture.svg(step))


def test_an_svg_is_well_formed_and_uses_few_tags(any_recording) -> None:
    root = parsed(draw_recording(any_recording))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= TAGS


def test_every_box_is_drawn_once(any_recording) -> None:
    picture = draw_recording(any_recording)
    boxes = [e for e in parsed(picture).iter(f"{SVG}g") if "agv-node" in e.get("class", "").split()]
    assert len(boxes) == len(picture.play()["boxes"])


def test_the_svg_stands_alone_in_light_and_dark(draw) -> None:
    text = draw("first").svg()
    assert "prefers-color-scheme:dark" in text
    assert "var(" not in text
    assert text.count("http") == 1  # the namespace


def test_without_its_style_and_classes_everything_still_has_a_colour(any_recording) -> None:
    """GitHub's notebook viewer drops them: then whatever says no fill would be a black shape."""
    root = parsed(draw_recording(any_recording))
    light = {pair[0] for pair in COLOURS.values()} | {"none"}
    assert root.get("fill") == COLOURS["dim"][0]
    for parent in root.iter():
        for element in parent:
            if element.tag.removeprefix(SVG) in ("rect", "circle", "path"):
                assert element.get("fill", parent.get("fill") if parent is not root else None) in light
            assert element.get("style") is None


def test_each_light_colour_has_one_dark_one() -> None:
    """The style turns colours by their value, so no two meanings may share a light colour and differ in the dark."""
    assert len(dict(COLOURS.values())) == len(set(COLOURS.values()))


def test_nothing_in_the_svg_reaches_outside_it(draw) -> None:
    """Every rule of its style begins with its own root's class, and nothing has an id: several stand in one page unharmed."""
    text = draw("first").svg()
    style = re.search("<style>(.*)</style>", text)[1]
    inside = style.removeprefix("@media (prefers-color-scheme:dark){").removesuffix("}")
    assert all(rule.startswith(".agv-svg") for rule in inside.split("}") if rule)
    assert " id=" not in text


def test_a_screen_reader_gets_the_title_and_the_text_drawing(draw) -> None:
    picture = draw("first")
    root = parsed(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SVG}title") == "The graph of a computation"
    assert root.findtext(f"{SVG}desc") == picture.text()


def test_what_is_hidden_takes_no_room(draw) -> None:
    picture = draw("first")
    texts = ["".join(e.itertext()) for e in parsed(picture, 0).iter(f"{SVG}text")]
    assert "≠" not in texts
    assert len(picture.svg(0)) < len(picture.svg())  # no gradient has flowed yet


def test_the_still_of_a_big_picture_leaves_out_what_is_over_and_says_so(record) -> None:
    def program():
        x = torch.ones(3, requires_grad=True)
        choice = random.Random(0).choice
        for _ in range(90):  # without a rhythm, so there is nothing to fold
            x = getattr(x, choice(["exp", "tanh", "sin", "sigmoid", "cos", "square", "relu"]))()
        x.sum().backward()

    picture = draw_recording(record(program))
    play = picture.play()
    assert len(play["boxes"]) > BIG
    last = picture.svg()
    assert LEFT_OUT in last
    assert "line-through" not in last  # no chip of a freed tensor
    assert len(last) < 1_000 * len(play["boxes"])


def test_a_small_still_leaves_nothing_out(draw) -> None:
    assert LEFT_OUT not in draw("first").svg()
    assert "line-through" in draw("first").svg()


def test_a_failed_node_wears_its_cross(draw) -> None:
    failed = [e for e in parsed(draw("twice")).iter(f"{SVG}g") if "agv-failed" in e.get("class", "").split()]
    assert len(failed) == 1
    assert any(path.get("d") == "M-4 -4L4 4M-4 4L4 -4" for path in failed[0].iter(f"{SVG}path"))


def test_each_step_is_a_frame_of_its_own(draw) -> None:
    picture = draw("first")
    frames = {picture.svg(step) for step in range(len(picture.play()["steps"]))}
    assert len(frames) == len(picture.play()["steps"])
    assert picture.svg() == picture.svg(len(picture.play()["steps"]) - 1)


def test_a_class_of_foreign_words_is_not_written() -> None:
    card = {"k": "rect", "x": 0, "y": 0, "w": 1, "h": 1, "c": "card"}
    box = {"k": "g", "x": 0, "y": 0, "c": 'node "onload=alert(1) a>b fn', "items": [card]}
    assert "<g class='agv-node agv-fn'>" in svg({"title": "", "w": 1, "h": 1, "steps": [], "items": [box]})


def test_a_tag_with_a_foreign_attribute_is_our_mistake() -> None:
    from autograd_viz.draw.svg import _tag

    with pytest.raises(AssertionError, match="onclick"):
        _tag("rect", {"onclick": "x"})
