"""A learner's slip is known by what it does: nobody writes the very function or graph that a lesson lists."""

from __future__ import annotations

from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function, Graph
from autograd_viz.classroom.checking import Exercise, Slip


def exercise(solution: Any, expected: Any, wrong: Any) -> Exercise:
    return Exercise("?", lambda: solution, (Slip(lambda: wrong, "This is why."),), (), lambda: expected)


def test_a_function_that_makes_a_listed_mistake_is_told_why() -> None:
    inputs = [(torch.tensor([1.0, -2.0]),)]
    asked = exercise(torch.relu, Function(torch.relu, inputs, gradients=True), lambda x: x.abs())
    assert "This is why." in asked.judge(lambda x: (x * x).sqrt()).says
    assert "This is why." not in asked.judge(lambda x: -x).says
    assert asked.judge(lambda x: x.clamp(min=0)).passes


def test_a_graph_that_makes_a_listed_mistake_is_told_why() -> None:
    w = torch.ones(2, requires_grad=True)
    asked = exercise((w * w).sum(), Graph((w * w).sum()), (w + w).sum())
    v = torch.tensor([5.0, 6.0], requires_grad=True)
    assert "This is why." in asked.judge((v + v).sum()).says
    assert "This is why." not in asked.judge((v / v).sum()).says
