"""An engine that a learner has written, in the pictures: it tells what it does, and is nobody's prisoner.

The engine is that of lesson 09, read from the notebook.
"""

from __future__ import annotations

import gc
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import nbformat
import pytest

import autograd_viz as av
from autograd_viz import events as ev
from autograd_viz import torch
from autograd_viz.classroom.answers import EMPTY
from autograd_viz.classroom.checking import exercises
from autograd_viz.classroom.own import serial_of, tell

LESSON = Path(__file__).parents[2] / "notebooks" / "09_build_your_own.ipynb"
sys.path.insert(0, str(LESSON.parent))
from student import student_version  # noqa: E402

TASKS = [f"09 task {i}" for i in range(1, 7)]


def cells(version: str = "source") -> list[str]:
    text = LESSON.read_text(encoding="utf-8") if version == "source" else student_version(LESSON)
    return [cell.source for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]


def run(sources: list[str]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for source in sources:
        exec("\n".join(line for line in source.split("\n") if not line.startswith("%")), names)  # noqa: S102
    return names


def engine() -> dict[str, Any]:
    """What the lesson defines, without its examples."""
    return run([source for source in cells() if source.startswith(("%load_ext", "def ", "class "))])


def test_the_learners_graph_is_drawn_like_any_other() -> None:
    made = engine()
    value = made["Value"]
    with av.record() as recording:
        a = value(2.0, requires_grad=True)
        b = value(3.0, requires_grad=True)
        c = a * b
        d = c + a
        made["backward"](d)
    kinds = [type(event).__name__ for event in recording if not isinstance(event, ev.SourceSeen | ev.TensorNamed)]
    assert kinds == [
        *("TensorCreated",) * 2, *("NodeCreated", "TensorCreated") * 2, "BackwardStarted", *("NodeEntered", "NodeLeft") * 2,
        *("GradAccumulated",) * 2, "BackwardFinished",
    ]  # fmt: skip
    names = {"a": a, "b": b, "c": c, "d": d}
    text = av.draw(recording, names).text()
    assert "#1 mul_backward ()  c = a * b\n    <- AccumulateGrad a, AccumulateGrad b; saved: a held, b held" in text
    assert "#2 add_backward ()  d = c + a\n    <- #1 mul_backward, AccumulateGrad a" in text
    assert "a.grad #1: None + 4 = 4" in text


def test_whoever_listens_late_is_told_the_graph_first() -> None:
    made = engine()
    a = made["Value"]([1.0, 2.0], requires_grad=True)
    b = a * a
    c = b + made["Value"]([1.0, 1.0])
    with av.record() as recording:
        made["backward"](c)
    told = [event for event in recording if isinstance(event, ev.NodeCreated)]
    assert [(event.name, event.earlier) for event in told] == [("mul_backward", True), ("add_backward", True)]
    assert a.grad.tolist() == [2.0, 4.0]


def test_what_overwrites_instead_of_adding_shows_in_the_ledger() -> None:
    made = engine()
    made["add_up"] = made["backward"].__globals__["add_up"] = lambda there, arriving: arriving
    a = made["Value"](1.0, requires_grad=True)
    with av.record() as recording:
        for _ in range(2):
            made["backward"](a * made["Value"](5.0))
    assert "a.grad #2: 5 + 5 = 5" in av.draw(recording, {"a": a}).text()


def test_a_wave_that_stops_says_where_and_why() -> None:
    made = engine()
    made["backward"].__globals__["fit"] = lambda g, shape: g
    bias = made["Value"]([1.0, 2.0], requires_grad=True)
    with av.record() as recording, pytest.raises(RuntimeError, match=r"got \[2, 2\] but expected shape compatible with \[2\]"):
        made["backward"](made["Value"]([[1.0, 2.0], [3.0, 4.0]]) + bias)
    failed = [event for event in recording if isinstance(event, ev.BackwardFailed)]
    nodes = [event.node for event in recording if isinstance(event, ev.NodeCreated)]
    assert [event.node for event in failed] == nodes


def test_telling_nonsense_is_a_warning_and_no_error() -> None:
    with av.record():
        for nonsense in (lambda: tell.leaf(1), lambda: tell.node(object(), "rule", [3]), lambda: tell.ran(object(), None, [])):
            with pytest.warns(UserWarning, match="could not be told"):
                nonsense()
        with tell.backward("nothing that is known"):
            pass


def test_nothing_is_kept_alive_and_nothing_is_told_to_nobody() -> None:
    made = engine()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = made["Value"](1.0, requires_grad=True)
        made["backward"](a * a)
    assert serial_of(a)
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is None


def test_both_engines_share_one_picture() -> None:
    made = engine()
    with av.record() as recording:
        w = torch.tensor(2.0, requires_grad=True)
        (w * w).backward()
        v = made["Value"](2.0, requires_grad=True)
        made["backward"](v * v)
    text = av.draw(recording, {"w": w, "v": v}).text()
    assert "w.grad #1: None + 4 = 4" in text
    assert "v.grad #2: None + 4 = 4" in text


# --- the checks survive what is done to the notebook ------------------------------------------------------------------


def tasks(version: str = "source") -> list[str]:
    return [source for source in cells(version) if 'check("09 task' in source]


FIRST = "import numpy as np\nfrom autograd_viz.classroom import check"


@pytest.mark.parametrize(
    "change",
    [lambda cells: cells, lambda cells: cells[::-1], lambda cells: [part for cell in cells for part in ("inserted = 1", cell)]],
    ids=["as they are", "in reverse", "with cells between"],
)
def test_each_task_is_checked_without_the_other_cells(change: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run([FIRST, *change(tasks())])
    said = capsys.readouterr().out
    assert all(f"{name}: right." in said for name in TASKS)


@pytest.mark.parametrize("left_out", range(6))
def test_a_deleted_task_takes_no_other_check_with_it(left_out: int, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tasks()
    del kept[left_out]
    run([FIRST, *kept])
    assert capsys.readouterr().out.count("right.") == 5


def test_without_solutions_the_lesson_says_that_there_is_no_answer_yet(capsys: pytest.CaptureFixture[str]) -> None:
    run([FIRST, *tasks("student")])
    assert capsys.readouterr().out.count("There is no answer yet") == 6


def test_an_order_by_a_stack_is_as_good_as_one_by_recursion() -> None:
    def by_counting(root: Any) -> Any:
        waiting: dict[Any, int] = {}
        todo, seen = [root], {root}
        while todo:
            for parent in (value := todo.pop()).parents:
                waiting[parent] = waiting.get(parent, 0) + 1
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
            waiting.setdefault(value, 0)
        ready, found = [root], []
        while ready:
            found.append(value := ready.pop())
            for parent in value.parents:
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
        return found[::-1]

    assert exercises()["09 task 2"].judge(by_counting).passes
    assert exercises()["09 task 2"].judge(lambda root: None).level == EMPTY
    assert not exercises()["09 task 2"].judge(lambda root: [root]).passes
