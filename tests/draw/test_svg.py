from __future__ import annotations

from xml.etree import ElementTree

import pytest

from autograd_viz.draw import draw_recording
from autograd_viz.draw.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "style", "g", "rect", "circle", "path", "text"}


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
    assert "prefers-color-scheme: dark" in text
    assert "var(" not in text
    assert text.count("http") == 1  # the namespace


def test_each_step_is_a_frame_of_its_own(draw) -> None:
    picture = draw("first")
    frames = {picture.svg(step) for step in range(len(picture.play()["steps"]))}
    assert len(frames) == len(picture.play()["steps"])
    assert picture.svg() == picture.svg(len(picture.play()["steps"]) - 1)


def test_a_class_of_foreign_words_is_not_written() -> None:
    item = {"k": "rect", "x": 0, "y": 0, "w": 1, "h": 1, "c": 'card "onload=alert(1) a>b ok'}
    assert 'class="agv-card agv-ok"' in svg({"title": "", "w": 1, "h": 1, "steps": [], "items": [item]})


def test_a_tag_with_a_foreign_attribute_is_our_mistake() -> None:
    from autograd_viz.draw.svg import _tag

    with pytest.raises(AssertionError, match="onclick"):
        _tag("rect", {"onclick": "x"})
