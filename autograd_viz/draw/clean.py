"""The boundary: every word of the user's passes here once before it becomes part of a picture.

Names, source lines and error texts may hold anything. What could hide, reorder or break other text is made visible: control characters,
bidirectional marks, lone surrogates and line separators become a small box or a space. Nothing is interpreted and
nothing is escaped here: the writers of markup do that. Lengths are bounded, and what was cut ends with an ellipsis.
"""

from __future__ import annotations

import re

LONGEST = 400

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACES = re.compile("[\t\n\r\x0b\x0c\u2028\u2029\x85]+")


def clean(text: str, longest: int = LONGEST) -> str:
    """One line of visible text.  "a\\nb" -> "a b";  "a\\u202eb" -> "a□b" """
    if len(text) <= longest and text.isascii() and text.isprintable():
        return text
    if len(text) > 4 * longest:
        text = text[: 4 * longest]
    text = _HIDDEN.sub("□", _SPACES.sub(" ", text))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def clean_lines(text: str, longest: int = 20_000) -> str:
    """A text of several lines, each cleaned; tabs become four spaces."""
    cut = text[:longest].replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(clean(line, 1000) for line in cut.split("\n"))


def middle(text: str, longest: int) -> str:
    """A long name, its middle left out.  "BinaryCrossEntropyWithLogitsBackward0" -> "BinaryCross…Backward0" """
    if len(text) <= longest:
        return text
    tail = (longest - 1) // 2
    return f"{text[: longest - 1 - tail]}…{text[-tail:]}"


def end(text: str, longest: int) -> str:
    """A long text, its end left out."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
