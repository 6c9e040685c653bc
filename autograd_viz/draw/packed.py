"""A play on its way to a notebook: plain JSON if it is small, so that a person or a `diff` can read it; a big one packed.

Packed, it is `{"schema": 1, "packed": "..."}`: the play's JSON, compressed (zlib) and written in base 64. That is data as before, a seventh
of it, on one line instead of ten thousand. `labextension/static/packed.js` unpacks it, within bounds.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

Play = dict[str, Any]
LEVEL = 5  # of zlib's nine: the usual 6 takes a third longer for 3% less
PLAIN = 70_000  # characters of JSON; what is longer is packed (the lessons' plays are not)

_encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"), check_circular=False)  # a play is a tree
_LETTERS = re.compile(r"[A-Za-z0-9+/]+=*\Z")


def pack(text: str) -> str:
    """A text as a line of letters, digits, `+`, `/` and `=`."""
    return base64.b64encode(zlib.compress(text.encode(), LEVEL)).decode()


def written(play: Any) -> str:
    """The play in strict JSON, on one line."""
    return _encoder.encode(play)


def stored(play: Play) -> Play:
    """The play as a notebook stores it: itself, or packed."""
    text = written(play)
    return play if len(text) <= PLAIN else {"schema": 1, "packed": pack(text)}


def plain(play: Play) -> Play:
    """What was stored, as it was before. (Of our own making: nothing here bounds what others have packed.)"""
    return json.loads(zlib.decompress(base64.b64decode(play["packed"]))) if "packed" in play else play


def letters(play: Any) -> str:
    """The play packed, whether it was stored so or not; a stored one only if it really is letters and nothing else."""
    packed = play.get("packed") if isinstance(play, dict) and play.get("schema") == 1 else None
    return packed if isinstance(packed, str) and _LETTERS.match(packed) else pack(written(play))
