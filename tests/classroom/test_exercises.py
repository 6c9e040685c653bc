"""Every exercise of every lesson: its solution passes, its slips are caught and answered, an empty answer is told so."""

from __future__ import annotations

import pytest

from autograd_viz import torch
from autograd_viz.classroom.answers import EMPTY
from autograd_viz.classroom.asking import lessons, predict, quiz
from autograd_viz.classroom.checking import check, exercises, hint

ALL = list(exercises())


@pytest.mark.parametrize("name", ALL)
def test_the_solution_passes(name: str) -> None:
    exercise = exercises()[name]
    verdict = exercise.judge(exercise.solution())
    assert verdict.passes, verdict.says


@pytest.mark.parametrize("name", ALL)
def test_three_plausible_slips_are_caught_with_something_to_say(name: str) -> None:
    exercise = exercises()[name]
    assert len(exercise.slips) >= 3
    for slip in exercise.slips:
        verdict = exercise.judge(slip.answer())
        assert not verdict.passes
        assert verdict.level != EMPTY
        assert slip.says in verdict.says
        assert len(slip.says) > 20


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("nothing", [None, ..., "", [], [None, None]])
def test_an_empty_answer_is_told_so(name: str, nothing: object) -> None:
    assert exercises()[name].judge(nothing).level == EMPTY


@pytest.mark.parametrize("name", ALL)
def test_whatever_is_checked_nothing_is_raised(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    class Hostile:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("no")

        def __array__(self, *args: object) -> object:
            raise RuntimeError("no")

    odd = (object(), Hostile(), "text", [1, "a", None], {"a": 1}, lambda *a: 1 / 0, 1j, b"bytes", float("nan"), [[1, 2], [3]], range(3))
    for answer in odd:
        check(name, answer)
    assert name in capsys.readouterr().out


def test_a_wrong_graph_is_drawn_before_the_wanted_one(capsys: pytest.CaptureFixture[str]) -> None:
    a = torch.tensor(0.5, requires_grad=True)
    check("00 stretch", a * a)
    said = capsys.readouterr().out
    assert "grad_fn is MulBackward0, expected SinBackward0" in said
    yours, expected = said[said.index("yours:\n") :].split("expected:\n")
    assert "#1 MulBackward0" in yours
    assert "SinBackward0" not in yours
    assert "#3 SinBackward0" in expected


def test_hints_come_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    name = next(name for name in ALL if len(exercises()[name].hints) >= 2)
    hint(name, 1)
    hint(name, 99)
    count = len(exercises()[name].hints)
    out = capsys.readouterr().out
    assert f"hint 1 of {count}" in out
    assert f"hint {count} of {count}" in out


def test_every_lesson_has_three_exercises_and_five_questions_that_can_be_answered() -> None:
    for number, lesson in lessons().items():
        assert number == lesson.NUMBER
        assert len(lesson.QUIZ) == 5 or number == "00"
        assert len(lesson.EXERCISES) >= (1 if number == "00" else 3)
        for question in (*lesson.QUIZ, *lesson.PREDICT.values()):
            assert 0 <= question.right < len(question.choices)
            assert len(set(question.choices)) == len(question.choices) >= 2
            assert question.because


def test_right_choices_are_not_always_in_the_same_place() -> None:
    places = [question.right for lesson in lessons().values() for question in lesson.QUIZ]
    assert len(set(places)) > 1


def test_unknown_names_get_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    check("99 nothing", 1)
    hint("99 nothing")
    predict("99 nothing")
    quiz("99")
    assert capsys.readouterr().out.count("There ") == 5
