"""`check` and `hint`: an answer gets a sentence and, if it is wrong, a drawing beside the expected one; never an exception.

Read next: `lessons/`, what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from autograd_viz import events
from autograd_viz.classroom.answers import CLOSE, EMPTY, EXACT, NO_ANSWER, Function, Graph, Verdict, compare, is_empty
from autograd_viz.classroom.asking import lessons
from autograd_viz.classroom.drawing import beside, show, show_graphs


@dataclass(frozen=True)
class Slip:
    """A plausible wrong answer, and what to say to whoever gives it. `answer` makes it."""

    answer: Callable[[], Any]
    says: str


@dataclass(frozen=True)
class Exercise:
    """What is asked, what is right, which slips are known, and hints from the gentlest on.

    `solution`: makes an answer that is right. `expected`: what to compare with, if not that (a `Graph`, a `Function`).
    """

    asks: str
    solution: Callable[[], Any]
    slips: tuple[Slip, ...]
    hints: tuple[str, ...]
    expected: Callable[[], Any] | None = None

    def judge(self, answer: Any) -> Verdict:
        """The verdict on an answer, with what is known of that slip."""
        if is_empty(answer):
            return Verdict(EMPTY, NO_ANSWER)
        expected = (self.expected or self.solution)()
        verdict = compare(answer, expected)
        if not verdict.passes and verdict.level != EMPTY:
            slips = [(slip, slip.answer()) for slip in self.slips]
            known = next((slip for slip, wrong in slips if _is(answer, wrong)), None)
            known = known or next((slip for slip, wrong in slips if _same(answer, wrong, expected)), None)
            if known is not None:
                return Verdict(verdict.level, f"{verdict.says}\n{known.says}", verdict.yours, verdict.expected)
        return verdict


def _is(answer: Any, wrong: Any) -> bool:
    """Whether two functions are the same text."""
    return callable(answer) and callable(wrong) and getattr(answer, "__code__", answer) is getattr(wrong, "__code__", wrong)


def _same(answer: Any, wrong: Any, expected: Any) -> bool:
    """Whether an answer is that wrong answer: functions by what they give, graphs by their nodes."""
    if isinstance(expected, Graph):
        return compare(answer, Graph(wrong)).passes
    if callable(wrong) and callable(answer):
        return isinstance(expected, Function) and compare(answer, replace(expected, reference=wrong)).passes
    return compare(answer, wrong).passes if not callable(answer) else False


@cache
def exercises() -> dict[str, Exercise]:
    """All exercises, by name: "04 core"."""
    return {f"{number} {name}": exercise for number, lesson in lessons().items() for name, exercise in lesson.EXERCISES.items()}


_told: dict[str, int] = {}  # exercise -> how many hints were given


def check(name: str, answer: Any = None) -> None:
    """Say whether an answer is right.  `name`: the exercise, as in "04 core".  Never raises."""
    with events.muted():  # what is computed here is no part of the learner's picture
        exercise = exercises().get(name)
        if exercise is None:
            show(f"There is no exercise called {name!r}. There are: {', '.join(exercises())}.")
            return
        try:
            verdict = exercise.judge(answer)
        except Exception as error:  # our own mistake must not look like the learner's
            show(f"{name}: the check itself failed ({type(error).__name__}: {error}). Please report it.")
            return
        if verdict.level == EXACT:
            show(f"{name}: right. ({verdict.says})")
        elif verdict.level == CLOSE:
            show(f"{name}: right, to three digits. ({verdict.says})", beside(verdict))
        elif verdict.level == EMPTY:
            show(f"{name}: {verdict.says}")
        else:
            more = f'\nStuck? hint("{name}")' if exercise.hints else ""
            show(f"{name}: not yet. {verdict.says}{more}", beside(verdict))
            if exercise.expected is not None and isinstance(exercise.expected(), Graph):
                show_graphs(verdict)


def hint(name: str, number: int | None = None) -> None:
    """The next hint for an exercise, or the one with that number.  Never raises."""
    exercise = exercises().get(name)
    if exercise is None or not exercise.hints:
        show(f"There are no hints for {name!r}.")
        return
    count = len(exercise.hints)
    at = min(_told.get(name, 0) + 1, count) if number is None else max(1, min(number, count))
    _told[name] = at
    show(f"{name}, hint {at} of {count}: {exercise.hints[at - 1]}")
