"""`predict` and `quiz`: questions whose answers are folded away, one under each choice.

A choice is a line that opens: no widget, so it works in a saved notebook, on GitHub, in a printed page, and without a kernel. Where
there is no HTML the choices are a list, and the answers come with `answers=True`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from autograd_viz.classroom.drawing import show


@dataclass(frozen=True)
class Question:
    """A question with choices. `right`: the place of the right one; `because`: why, and what each wrong choice overlooks."""

    asks: str
    choices: tuple[str, ...]
    right: int
    because: str


@cache
def lessons() -> dict[str, Any]:
    """The lessons, by number: "04"."""
    from autograd_viz.classroom import lessons as package

    found = [importlib.import_module(f"{package.__name__}.{each.name}") for each in pkgutil.iter_modules(package.__path__)]
    return {lesson.NUMBER: lesson for lesson in found}


def predict(name: str) -> None:
    """Ask what the next cell will do.  `name`: lesson and question, "04 three calls".  Never raises."""
    number, _, which = name.partition(" ")
    question = getattr(lessons().get(number), "PREDICT", {}).get(which)
    if question is None:
        show(f"There is no question called {name!r}.")
        return
    text = f"Predict. {question.asks}\n{_listed(question)}\nDecide, then run the next cell."
    show(text, page=f"<p><b>Predict.</b> {_marked(question.asks)}</p>{_folded(question)}")


def quiz(number: str, answers: bool = False) -> None:
    """The five questions at a lesson's end.  `answers`: with the answers, as text.  Never raises."""
    questions: tuple[Question, ...] = getattr(lessons().get(number), "QUIZ", ())
    if not questions:
        show(f"There is no quiz for lesson {number!r}.")
        return
    lines, page = [], []
    for i, question in enumerate(questions, 1):
        lines.append(f"{i}. {question.asks}\n{_listed(question)}")
        if answers:
            lines.append(f"   -> {_letter(question.right)}: {question.because}")
        page.append(f"<p><b>{i}.</b> {_marked(question.asks)}</p>{_folded(question)}")
    if not answers:
        lines.append(f'(quiz("{number}", answers=True) prints the answers.)')
    show("\n".join(lines), page="" if answers else "<hr>".join(page))


def _letter(place: int) -> str:
    return "abcdefgh"[place]


def _marked(text: str) -> str:
    """A text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _listed(question: Question) -> str:
    return "\n".join(f"   {_letter(i)}) {choice}" for i, choice in enumerate(question.choices))


def _folded(question: Question) -> str:
    """The choices, each a line that opens on what is to be said of it."""
    parts = []
    for i, choice in enumerate(question.choices):
        says = f"Yes. {question.because}" if i == question.right else f"No: it is {_letter(question.right)}. {question.because}"
        parts.append(f"<details><summary>{_letter(i)}) {_marked(choice)}</summary><p>{_marked(says)}</p></details>")
    return "".join(parts)
