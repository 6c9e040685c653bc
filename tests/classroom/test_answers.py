"""Comparing answers: exact, close, wrong and where first."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograd_viz import torch
from autograd_viz.classroom.answers import CLOSE, EMPTY, EXACT, WRONG, Function, Graph, compare
from autograd_viz.classroom.drawing import beside, side_by_side

T = torch.tensor


@pytest.mark.parametrize(
    ("answer", "expected", "level", "says"),
    [
        (T([1.0, 2.0]), T([1.0, 2.0]), EXACT, "exact"),
        ([1, 2], T([1.0, 2.0]), EXACT, "exact"),
        (T([1.0, 2.0001]), T([1.0, 2.0]), CLOSE, "1.0e-04"),
        (T([[1.0, 2.0], [3.0, 5.0]]), T([[1.0, 2.0], [3.0, 4.0]]), WRONG, "first at [1, 1]: yours is 5, expected 4; 3 of 4"),
        (T([1.0]), T([[1.0]]), WRONG, "the shape is (1,), and expected (1, 1)"),
        (3, 3, EXACT, "exact"),
        (True, False, WRONG, "yours is True, expected False"),
        ("AddBackward0", "addbackward0", EXACT, "exact"),
        ("Add", "AddBackward0", WRONG, "expected: 'AddBackward0'"),
        (["a", "b"], ["a", "c"], WRONG, "1 of 2 are right; the first that is not is [1]"),
        ({"x": True, "y": False}, {"x": True, "y": True}, WRONG, "['y']"),
        ([1, 2, 3], [1, 2], WRONG, "expected 2 answers"),
        ([None, 2], [None, 2], EXACT, "2 of 2"),
        (None, 3, EMPTY, "no answer yet"),
        (object(), 3, WRONG, "expected numbers, and this is of the type object"),
        (float("nan"), T(float("nan")), EXACT, "exact"),
    ],
)
def test_a_verdict_says_how_good_and_where_first(answer, expected, level: str, says: str) -> None:
    verdict = compare(answer, expected)
    assert verdict.level == level
    assert says in verdict.says


def slips(g):
    factor = "none"
    return g * factor


def ask(x):
    return (x * x).sum()


@pytest.mark.parametrize(
    ("answer", "expected", "says"),
    [
        ("3", 3, "expected a number, without quotes, and this is a text: '3'"),
        ("yes", True, "expected True or False, without quotes, and this is a text: 'yes'"),
        ([3], 3, "expected a number, by itself, and this is a list"),
        (T([3.0]), 3, "expected a number, by itself, and this is a tensor of shape (1,)"),
        (T([1.0, 2.0]), True, "expected True or False, by itself"),
        (["1", 2], [1, 2], "1 of 2 are right; the first that is not is [0]: expected a number, without quotes"),
        ([[1, 2], ["3", 4]], [[1, 2], [3, 4]], "[1][0]: expected a number, without quotes"),
        ([1, 2], ["a", "b"], "expected a text, in quotes, and this is 1, an int"),
        ([3, 1], {"A": 3, "B": 1}, "expected a dict of 2 answers, each by its name, and this is a list"),
        ({"a": 3, "B": 1}, {"A": 3, "B": 1}, "there is none for 'A', and nobody asked for 'a'"),
        ({"A": 3}, {"A": 3, "B": 1}, "there is none for 'B'"),
        ([1], [1, 2], "expected 2 answers, and there is 1"),
        ("1 2", [1, 2], "expected a list of 2 answers, and this is a text"),
        ([[1, 2], [3]], T([[1.0, 2.0], [3.0, 4.0]]), "rows of equal length"),
        (ask, T([1.0]), "expected numbers, and this is a function"),
        (2.0, Graph(ask(T([1.0], requires_grad=True))), "this is 2.0, a float"),
        (ask(T([1.0])), Graph(ask(T([1.0], requires_grad=True))), "nothing behind it was followed"),
        ("ask", Function(ask, [(T([1.0]),)]), "expected a function, and this is a text: give its name, without () or quotes"),
        (lambda x: ask(x).detach(), Function(ask, [(T([1.0]),)], gradients=True), "its result is not followed"),
        (lambda x: 1.0, Function(ask, [(T([1.0]),)], gradients=True), "it gives no tensor to go backward from: this is 1.0, a float"),
        (slips, Function(ask, [(T([1.0]),)]), "in the line: return g * factor"),
    ],
)
def test_a_confused_student_is_told_what_to_change(answer, expected, says: str) -> None:
    verdict = compare(answer, expected)
    assert verdict.level == WRONG
    assert says in verdict.says


def test_a_tensor_or_an_array_is_as_good_as_a_list() -> None:
    assert compare(T([12.0, 6.0]), [12, 6]).level == EXACT
    assert compare(np.array([True, False]), [True, False]).level == EXACT


def test_a_tensor_of_the_real_pytorch_is_called_so(real_torch) -> None:
    leaf = real_torch.ones(1, requires_grad=True)
    assert "this is a tensor of the real PyTorch" in compare(ask(leaf), Graph(ask(T([1.0], requires_grad=True)))).says
    assert compare(real_torch.ones(2), T([1.0, 1.0])).level == EXACT


def test_graphs_are_compared_node_by_node() -> None:
    w = torch.ones(2, requires_grad=True)
    assert compare((w * w).sum(), Graph((w * w).sum())).level == EXACT
    wrong = compare((w + w).sum(), Graph((w * w).sum()))
    assert wrong.says == "grad_fn.next_functions[0][0] is AddBackward0, expected MulBackward0"
    assert "expected a tensor" in compare(3, Graph(w.sum())).says


def test_functions_are_compared_by_what_they_give_and_by_their_gradients() -> None:
    expected = Function(lambda x: x * x, [(T([1.0, -2.0]),), (T([0.5]),)], gradients=True)
    assert compare(lambda x: x**2, expected).level == EXACT
    assert "for [1.0, -2.0], it differs first at [1]" in compare(lambda x: x * x.abs(), expected).says
    assert "the gradient: " in compare(lambda x: x * x.detach(), expected).says
    assert "raises RuntimeError" in compare(lambda x: x @ torch.ones(3, 3), expected).says
    assert compare(lambda x: None, expected).level == EMPTY


def test_two_arrays_are_drawn_beside_each_other_with_a_ring_where_they_differ() -> None:
    verdict = compare(T([[1.0, 2.0], [3.0, 5.0]]), T([[1.0, 2.0], [3.0, 4.0]]))
    drawing = beside(verdict)
    assert drawing.startswith("<svg")
    assert drawing.replace("'", '"').count('stroke="#b3261e" stroke-width="1.8"') == 2  # one in each
    assert not beside(compare("a", "b"))


def test_two_named_arrays_are_said_to_agree_or_to_differ(capsys: pytest.CaptureFixture[str]) -> None:
    side_by_side(numeric=T([[1.0, 0.0]]), analytic=T([[1.0, 0.0]]))
    side_by_side(numeric=T([[1.0, 0.0]]), analytic=T([[1.0, 0.5]]))
    out = capsys.readouterr().out
    assert "numeric and analytic agree" in out
    assert "numeric and analytic differ\n  numeric: [[1.0, 0.0]]\n  analytic: [[1.0, 0.5]]" in out


def test_two_arrays_that_are_too_wide_for_a_narrow_screen_stand_one_below_the_other() -> None:
    def size(mine, right) -> list[float]:
        return [float(n) for n in re.search(r"viewBox=.0 0 (\S+) ([0-9.]+)", beside(compare(mine, right))).groups()]

    small, large = size(T([1.0, 2.0]), T([1.0, 3.0])), size(T([[0.12345] * 6] * 3), T([[0.54321] * 6] * 3))
    assert small[1] < 90
    assert large[0] <= 560
    assert large[1] > 150
