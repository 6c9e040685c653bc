"""What is said of two dozen small programs, word by word: the text drawing, the captions of the steps, the ledger.

Golden files are text and are reviewed as text. AUTOGRAD_VIZ_WRITE_GOLDEN=1 writes them again.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from programs import PROGRAMS

from autograd_viz import events
from autograd_viz.draw import draw_recording
from autograd_viz.names import names_in
from autograd_viz.trace import Recording

GOLDEN = Path(__file__).parent / "golden"


def play_of(program: Any, checked: Any = None) -> dict[str, Any]:
    recording = Recording()
    with events.listening(recording), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            names = program()
        except RuntimeError:
            names = None
    return draw_recording(recording, names_in(names or {})).play()


def said(play: dict[str, Any]) -> str:
    """All that a play says, and on which boxes; nothing of where they are."""
    lines = [play["text"], "", "steps:"]
    for i, step in enumerate(play["steps"], 1):
        call = f" #{step['call']}" if step["call"] else ""
        at = f" [{step['at']}]" if step["at"] else ""
        lines.append(f"{i:3} {step['ph']}{call}{at} {''.join(text for _, text in step['cap'])}")
    lines += ["", "ledger:"]
    for row in play["ledger"]:
        before, added, after = (value["s"] if value else "None" for value in (row["before"], row["added"], row["after"]))
        lines.append(f"  step {row['step'] + 1}: {row['leaf']} {row['call']} {before} + {added} = {after} {row['note']}".rstrip())
    lines += ["", "held: " + " ".join(map(str, play["held"])), *(f"note: {note}" for note in play["notes"])]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_what_is_said_of_a_program_stays_as_it_was(program, checked) -> None:
    play = play_of(program)
    checked(play)
    path = GOLDEN / f"{program.__name__}.txt"
    if os.environ.get("AUTOGRAD_VIZ_WRITE_GOLDEN"):
        path.write_text(said(play), encoding="utf-8")
    assert said(play) == path.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_program() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {program.__name__ for program in PROGRAMS}
