"""Whatever a name, a source line or an error says, it is drawn as exactly that and does nothing."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd_viz.draw import draw_recording
from autograd_viz.draw.clean import clean, clean_lines
from autograd_viz.draw.html import html
from autograd_viz.trace import Recording

ATTACKS = [
    "</text><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><style>*{x:y}", "]]><!--", "-->", "&lt;b&gt;",
    '"><a href="http://e.vil">', "<%2Fscript><script>", "\\\" ] } ; digraph { x -> y", "<b>bold</b>", "\\N\\G\\l", "a\nb\r\nc\td",
    "\x00\x07\x1b[31m", "\ud800\udfff", "a\u202eb\u2066c", "\u2028\u2029", "😀" * 50, "x" * 100_000, "名前" * 100, "{{7*7}}${7*7}",
    "javascript:alert(1)", "'; DROP TABLE", "%s%n{0}", "</script", "<!--<script>", "",
]  # fmt: skip


def poisoned(recording: Recording, text: str) -> Recording:
    """The same recording with `text` in every field that holds words."""

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: v if k == "event" else change(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [change(item) for item in value]
        return text if isinstance(value, str) and key != "values" else value

    data = json.loads(recording.to_json())
    data["events"] = [change(event) for event in data["events"]]
    return Recording.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_text_is_drawn_and_does_nothing(text: str, programs, record) -> None:
    recording = record(programs["first"])
    expected = len(draw_recording(recording).play()["boxes"])
    picture = draw_recording(poisoned(recording, text), title=text)
    play = json.loads(json.dumps(picture.play(), allow_nan=False))
    play_text = json.dumps(play, ensure_ascii=False)
    play_text.encode()  # no lone surrogates
    root = ElementTree.fromstring(picture.svg())
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "style", "g", "rect", "circle", "path", "text"}
    assert not any(name.lower().startswith("on") or "href" in name for element in root.iter() for name in element.attrib)
    assert sum("agv-node" in e.get("class", "").split() for e in root.iter()) == expected
    assert len(picture.text().splitlines()) <= 41
    assert len(play_text) < 400_000
    page = picture.html()
    assert page.lower().count("<script") == 2
    assert page.lower().count("</script") == 2


def test_a_tag_for_a_name_is_legible_as_itself(programs, record) -> None:
    name = "</text><script>"
    recording = record(programs["first"])
    serial = next(event.tensor for event in recording if type(event).__name__ == "TensorCreated" and event.requires_grad)
    picture = draw_recording(recording, names={serial: name})
    texts = ["".join(e.itertext()) for e in ElementTree.fromstring(picture.svg()).iter("{http://www.w3.org/2000/svg}text")]
    assert name in texts
    assert f"{name}: leaf (5, 3)" in picture.text()


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert clean("a\u202eb\x00c\ud800d") == "a□b□c□d"
    assert clean("a\nb\tc\u2028d") == "a b c d"
    assert clean("x" * 500, 10) == "x" * 9 + "…"
    assert clean("∂/∂x ≠ 名") == "∂/∂x ≠ 名"
    assert clean_lines("a\r\n\tb\x07") == "a\n    b□"


def test_the_page_lets_nothing_in_or_out(programs, record) -> None:
    page = html(draw_recording(record(programs["first"])).play())
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page
    assert "import " not in page.split('<script type="module">')[1].split("</script>")[0].split("\n", 1)[0]
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page
