"""Where in the user's program are we?  The line and the expression that an event belongs to.

Asked only while somebody listens. The answer comes from the interpreter itself: every instruction knows the columns of the
expression it was compiled from, so `z = x @ w + b` tells `x @ w` and `x @ w + b` apart.

Read next: `modes.py`.
"""

from __future__ import annotations

import itertools
import linecache
import opcode
import re
import sys
from types import CodeType, FrameType
from typing import Any

from autograd_viz import events
from autograd_viz.events import Source

file_titles: dict[str, str] = {}
"""Titles for files whose names say nothing to a reader: a notebook cell's temporary file -> "cell [3]"."""

LONGEST_TEXT = 20_000  # characters of a file that a recording keeps
LONGEST_EXPRESSION = 120
FOR_ITER = opcode.opmap["FOR_ITER"]
ASSIGNED = re.compile(r"\s*([^\W\d]\w*(?:\.\w+)*)\s*=\s*\(?")  # what stands before all that is assigned to a name, and after it
REST = re.compile(r"\)?\s*(?:#.*)?", re.DOTALL)
STORES = {opcode.opmap[name] for name in ("STORE_SUBSCR", "STORE_ATTR", "DELETE_ATTR")}

_places: dict[tuple[int, int], tuple[CodeType, Source]] = {}  # (id of a code object, instruction) -> the place; it keeps the code alive
_told: dict[str, int] = {}  # file -> the epoch in which its text was told
_ours: dict[Any, bool] = {None: True, "contextlib": True, "functools": True}
"""The name of a module -> does it work for this package? (A compiled operation has no module.)"""


def name_file(file: str, title: str) -> None:
    """From now on events call this file by a title."""
    if file_titles.get(file) != title:
        file_titles[file] = title
        _places.clear()  # a cell that is run again is the same code under another title


def outside() -> FrameType | None:
    """The innermost frame outside this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__")
        ours = _ours.get(name)
        if ours is None:
            ours = _ours[name] = str(name).partition(".")[0] == "autograd_viz"
        if not ours:
            break
        frame = frame.f_back
    return frame


def asked_from_outside(module: str) -> bool:
    """Whether the innermost frame that is not of this module is the user's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__") == module:
        frame = frame.f_back
    return frame is outside()


def locate(frame: FrameType | None = None) -> Source | None:
    """The innermost place outside this package (or that of `frame`), or None (a call from C, or from a finished program)."""
    frame = frame or outside()
    if frame is None:
        return None
    key = (id(frame.f_code), frame.f_lasti)
    if key not in _places:
        if len(_places) > 10_000:  # a long session compiles many cells; forgetting costs only time
            _places.clear()
        _places[key] = frame.f_code, _place(frame)
    place = _places[key][1]
    if _told.get(place.file) != events.epoch:
        _told[place.file] = events.epoch
        events.emit(events.SourceSeen(place.file, "".join(linecache.getlines(frame.f_code.co_filename))[:LONGEST_TEXT]))
    return place


def _place(frame: FrameType) -> Source:
    name = frame.f_code.co_filename
    # Only the last part of a path: a notebook must not carry the paths of the machine it ran on.
    title = file_titles.get(name) or name.replace("\\", "/").rpartition("/")[2]
    line, end_line, column, end_column = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    line = line or frame.f_lineno or 0
    lines = linecache.getlines(name)[line - 1 : end_line] if line and end_line else []
    if lines and frame.f_code.co_code[frame.f_lasti] in STORES:  # `x[0] = 1` stands as `x[0]`: its value is elsewhere
        return Source(title, line, " ".join("".join(lines).split())[:LONGEST_EXPRESSION])
    if not lines or column is None or end_column is None:
        return Source(title, line, "")
    if frame.f_code.co_code[frame.f_lasti] == FOR_ITER:  # what a loop fetches: the instruction's place is the whole loop
        return Source(title, line, "")
    raw = [text.encode() for text in lines]  # columns count UTF-8 bytes
    before, after = raw[0][:column].decode(errors="replace"), raw[-1][end_column:].decode(errors="replace")
    raw[-1] = raw[-1][:end_column]
    raw[0] = raw[0][column:]
    text = " ".join(b"".join(raw).decode(errors="replace").split())[:LONGEST_EXPRESSION]
    assigned = ASSIGNED.fullmatch(before.rpartition(";")[2])
    whole = assigned and REST.fullmatch(after.partition(";")[0])
    return Source(title, line, text, assigned[1] if assigned and whole else "")
