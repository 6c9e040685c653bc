"""Whatever a name, a source line or an error says, it is drawn as exactly that and does nothing.

Every attack goes into every field that holds words, all at once and one at a time, and every form of the picture is read by a parser of
its own kind: XML, HTML, DOT, JSON.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd_viz.draw import Picture, draw_recording
from autograd_viz.draw.cards import NAME
from autograd_viz.draw.clean import clean, clean_lines, end
from autograd_viz.trace import Recording

ATTACKS = [
    # markup
    "</text><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><style>*{x:y}", "<svg/onload=alert(1)>", "<b>bold</b>",
    "</title><script>alert(1)</script>", "</desc></svg><script>alert(1)</script>", "<foreignObject><iframe src=//e.vil>",
    "</pre></noscript><p>",
    "<a href='javascript:alert(1)'>x</a>", "<use href='http://e.vil/#x'/>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<?xml-stylesheet href='http://e.vil'?>", "<?php echo 1 ?>", "<%= 1 %>", "<%2Fscript><script>", "<style>@import url(//e.vil)</style>",
    "</script", "</script>", "</SCRIPT >", "<!--<script>", "<!--", "-->", "--!>", "]]>", "]]><!--", "<![CDATA[", "<", ">", "<<<<>>>>",
    "<base href=//e.vil>", "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//e.vil>", "<math><mi//xlink:href='x'>",
    "<table><td background=x>", "<animate onbegin=alert(1)>", "<image xlink:href='http://e.vil/x.png'/>",
    # attributes and quotes
    '"><a href="http://e.vil">', "' onmouseover='alert(1)", '" onfocus="alert(1)" autofocus="', "`onload=alert(1)`", '"', "'", "`",
    '""""', "\\'",
    '\\"', "\\", "\\\\", "\\\\\\", "a\\", "=\"'`=",
    # entities
    "&lt;b&gt;", "&amp;", "&", "&;", "&#0;", "&#x1f;", "&#xD800;", "&nbsp;&lrm;", "&undefined;", "&#999999999;", "%3Cscript%3E",
    # DOT
    "\\\" ] } ; digraph { x -> y", "\\N\\G\\l", "a -> b", "}", "{a|b|<c> d}", "n1", "<b>", "<<b>b</b>>", "subgraph cluster_x {",
    "\\E\\T\\H\\L\\r", "//",
    "/* */", "# x", 'label="x"', "node [shape=none]",
    # control, hidden and reordering characters
    "a\nb\r\nc\td", "\x00\x07\x1b[31m", "\x7f\x80\x9f", "\ud800\udfff", "\udc00x\ud800", "a\u202eb\u2066c", "\u2028\u2029",
    "\ufeff\ufffe\uffff",
    "\u200b\u200d\u2060", "\U000e0041\U000e0042", "\x85\x0b\x0c", "\u00ad\u034f\u115f", "\x1b]8;;http://e.vil\x07x", " ", "\u00a0",
    "\t", "\n", "",
    # long, wide, combining
    "x" * 100_000, "😀" * 50, "名前" * 100, "a" + "\u0301" * 200, "👩‍👩‍👧‍👦" * 9, "Z̸̡͇̺͑a̷͈̎l̴̛̟g̵̘̈́o̸͎͝", "﷽" * 30, "مرحبا",
    "\U0001d504\U0010ffff", "<" * 5_000, "&" * 5_000,
    "\\" * 5_000, '"' * 5_000, "\n" * 5_000, "a b " * 2_000,
    # templates, programs, formats
    "{{7*7}}${7*7}", "{{constructor.constructor('alert(1)')()}}", "javascript:alert(1)", "'; DROP TABLE", "%s%n{0}", "$(rm -rf .)",
    "`id`", "__proto__",
    "constructor", "toString", "null", "undefined", "NaN", "-0", "1e999", "True", "None", "../../etc/passwd", "C:\\con\\nul",
    "data:text/html,<b>",
    "${alert(1)}", "\\u003cscript\\u003e", "\\x3cscript>", "url(http://e.vil)", "expression(alert(1))", "};alert(1);//",
]  # fmt: skip
TAGS = {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "text"}


def fields(data: Any, event: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a recording that holds words: the kind of event, and the key."""
    if isinstance(data, list):
        for item in data:
            yield from fields(item, event)
    elif isinstance(data, dict):
        event = data.get("event", event)
        for key, value in data.items():
            words = value if isinstance(value, list) and key != "values" else [value]
            if key != "event" and words and all(isinstance(item, str) for item in words):
                yield event, key
            else:
                yield from fields(value, event)


def poisoned(recording: Recording, text: str, only: tuple[str, str] | None = None) -> Recording:
    """The same recording with `text` in every field that holds words, or in one of them."""

    def change(value: Any, key: str = "", event: str = "") -> Any:
        if isinstance(value, dict):
            event = value.get("event", event)
            return {k: v if k == "event" else change(v, k, event) for k, v in value.items()}
        if isinstance(value, list):
            return [change(item, key if only else "", event) for item in value]
        chosen = key != "values" if only is None else (event, key) == only
        return text if isinstance(value, str) and chosen else value

    data = json.loads(recording.to_json())
    data["events"] = [change(event) for event in data["events"]]
    return Recording.from_json(json.dumps(data))


def check(picture: Picture, boxes: int, arrows: int) -> None:
    """Every form of the picture says nothing to its own parser but what we say."""
    written = json.dumps(picture.play(), allow_nan=False, ensure_ascii=False)
    written.encode()  # no lone surrogates
    assert len(written) < 400_000
    assert len(picture.text().splitlines()) <= 41
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", picture.text())
    check_svg(picture.svg(), boxes)
    check_page(picture)
    check_dot(picture, boxes, arrows)


def check_svg(text: str, boxes: int) -> None:
    root = ElementTree.fromstring(text.encode())
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= TAGS
    assert not any(name.lower().startswith("on") or "href" in name or name in ("id", "style") for e in root.iter() for name in e.attrib)
    assert sum("agv-node" in e.get("class", "").split() for e in root.iter()) == boxes
    assert sum(e.tag.endswith("style") for e in root.iter()) == 1


class Page(HTMLParser):
    """What a browser would see: each tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attributes)


def check_page(picture: Picture) -> None:
    text = picture.html()
    page = Page(text)
    ours = ["html", "head", "meta", "meta", "meta", "title", "style", "body", "main", "section", "div", "noscript", "pre", "script"]
    assert page.tags == ours
    assert set(page.attributes) <= {"lang", "charset", "http-equiv", "content", "name", "data-agv-play", "type"}
    assert text.lower().count("<script") == text.lower().count("</script") == 1
    assert json.loads(zlib.decompress(base64.b64decode(page.attributes["data-agv-play"] or ""))) == picture.play()


def check_dot(picture: Picture, boxes: int, arrows: int) -> None:
    agraph = pytest.importorskip("pygraphviz").AGraph
    graph = agraph(picture.to_graphviz().source)
    assert (len(graph.nodes()), len(graph.edges()), graph.subgraphs()) == (boxes, arrows, [])
    graph.close()




@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_text_is_drawn_and_does_nothing(text: str, programs: Any, record: Any) -> None:
    recording = record(programs["first"])
    plain = draw_recording(recording).play()
    picture = draw_recording(poisoned(recording, text), title=text)
    check(picture, len(plain["boxes"]), sum(len(box["to"]) for box in plain["boxes"].values()))


@pytest.mark.parametrize("program", ["first", "spoilt", "switched_off", "twice"])
def test_each_field_alone_may_be_hostile(program: str, programs: Any, record: Any) -> None:
    recording = record(programs[program])
    found = sorted(set(fields(json.loads(recording.to_json())["events"])))
    assert len(found) > 10
    expected = len(draw_recording(recording).play()["boxes"])
    for field in found:
        for text in ('</text></desc>"\'><script>&lt;\\N', "\ud800\u202e\x00]]>-->", "x" * 5_000):
            picture = draw_recording(poisoned(recording, text, only=field))
            check_svg(picture.svg(), len(picture.play()["boxes"]))
            check_page(picture)
            if field[1] not in CHANGES_WHAT_IS_DRAWN:
                assert len(picture.play()["boxes"]) == expected, field


CHANGES_WHAT_IS_DRAWN = {"how", "kind", "op", "api"}


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_a_hostile_name_is_legible_as_itself(text: str, programs: Any, record: Callable[..., Recording]) -> None:
    recording = record(programs["first"])
    serial = next(event.tensor for event in recording if type(event).__name__ == "TensorCreated" and event.requires_grad)
    picture = draw_recording(recording, names={serial: text})
    words = end(clean(text), NAME)
    texts = ["".join(e.itertext()) for e in ElementTree.fromstring(picture.svg().encode()).iter("{http://www.w3.org/2000/svg}text")]
    if text:  # (an empty name is none)
        assert words in texts or not words
        assert f"{clean(text)}: leaf (5, 3)"[:160] in picture.text() or len(text) > 100 or not text.strip()
        assert [box["name"] for box in picture.play()["boxes"].values()].count(clean(text, 80)) == 1


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert clean("a\u202eb\x00c\ud800d") == "a□b□c□d"
    assert clean("a\nb\tc\u2028d") == "a b c d"
    assert clean("x" * 500, 10) == "x" * 9 + "…"
    assert clean("∂/∂x ≠ 名") == "∂/∂x ≠ 名"
    assert clean_lines("a\r\n\tb\x07") == "a\n    b□"


def test_the_page_lets_nothing_in_or_out(programs: Any, record: Callable[..., Recording]) -> None:
    page = draw_recording(record(programs["first"])).html()
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page
    assert "\nimport " not in page.split('<script type="module">')[1]
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page
