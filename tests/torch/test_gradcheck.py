"""Every row of the derivatives table against finite differences: its formula, and the formula's own derivative."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograd_viz.torch.autograd.gradcheck import gradcheck, gradgradcheck

from .samples import NO_DERIVATIVE, ONLY_ONCE, SAMPLES, failure, rows, samples_of, shown_by


def first(found: list[str]) -> str:
    return "\n".join(text[:700] for text in found[:2])


def passes_somewhere(check: Callable[..., bool], name: str) -> list[str]:
    """Nothing if the check passes with one of the samples. (Others may stand at a kink.)"""
    found: list[str] = []
    for expression in samples_of(name):
        told = failure(check, expression, name)
        if told is None:
            return []
        found.append(told)
    return found


@pytest.mark.parametrize("name", [name for name in rows() if name not in NO_DERIVATIVE])
def test_a_program_shows_the_row(name: str) -> None:
    assert samples_of(name), f"write an expression with {name} in its graph into programs/ (and its facts), or into SAMPLES of samples.py"


@pytest.mark.parametrize("name", [name for name in rows() if name not in NO_DERIVATIVE])
def test_the_formula_is_the_derivative_of_the_forward(name: str) -> None:
    wrong = passes_somewhere(gradcheck, name)
    assert not wrong, first(wrong)


@pytest.mark.parametrize("name", [name for name in rows() if name not in {*NO_DERIVATIVE, *ONLY_ONCE}])
def test_the_formula_can_be_differentiated_again(name: str) -> None:
    wrong = passes_somewhere(gradgradcheck, name)
    assert not wrong, first(wrong)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name in rows()])
def test_a_sample_shows_its_row(name: str) -> None:
    assert [expression for expression in SAMPLES[name] if name not in shown_by(expression)] == []


def test_the_exceptions_are_rows() -> None:
    assert {*NO_DERIVATIVE, *ONLY_ONCE} <= set(rows())
