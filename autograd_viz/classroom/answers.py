"""Comparing an answer with what is right: exact, close, or wrong and where first.

What can be compared: numbers, tensors, texts, lists and dicts of these; graphs (`Graph`), by the names of their nodes; functions
(`Function`), by what they give for some inputs and by their gradients.

Read next: `checking.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_viz import torch
from autograd_viz.torch.tensor import Tensor, holding

EXACT, CLOSE, WRONG, EMPTY = "exact", "close", "wrong", "empty"
NO_ANSWER = "There is no answer yet. Put yours where it says None (or ...), and run the cell again."


@dataclass(frozen=True)
class Verdict:
    """How good an answer is, and a sentence or two about it. `yours`, `expected`: what can be drawn beside each other, if anything."""

    level: str
    says: str
    yours: Any = None
    expected: Any = None

    @property
    def passes(self) -> bool:
        """Exact or close."""
        return self.level in (EXACT, CLOSE)


@dataclass(frozen=True)
class Graph:
    """An expected graph: that of a tensor, compared node by node."""

    tensor: Any


@dataclass(frozen=True)
class Function:
    """An expected function. `inputs`: for each call, the arguments; `gradients`: compare those of the arguments too."""

    reference: Callable[..., Any]
    inputs: Sequence[tuple[Any, ...]]
    gradients: bool = False


@dataclass(frozen=True)
class Trial:
    """An expected behaviour: `judge` tries an answer out, and says how it went."""

    judge: Callable[[Any], Verdict]


def is_empty(answer: Any) -> bool:
    """Whether there is no answer: None, `...`, an empty text or list, or a list with nothing in it."""
    if answer is None or answer is ...:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, dict):
        return all(map(is_empty, answer.values()))
    return isinstance(answer, list | tuple) and all(map(is_empty, answer))


def compare(answer: Any, expected: Any) -> Verdict:
    """What to say of an answer.  Raises nothing that an answer could cause."""
    if is_empty(answer):
        return Verdict(EMPTY, NO_ANSWER)
    try:
        return _compare(answer, expected)
    except Exception as error:  # (an answer may be anything)
        return Verdict(WRONG, f"This answer cannot be looked at: {_named(error)}")


def _named(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def _compare(answer: Any, expected: Any) -> Verdict:
    if isinstance(expected, Graph):
        return _compare_graphs(answer, expected.tensor)
    if isinstance(expected, Function):
        return _compare_functions(answer, expected)
    if isinstance(expected, Trial):
        return expected.judge(answer)
    if isinstance(expected, str):
        return _compare_texts(answer, expected)
    if isinstance(expected, dict):
        return _compare_parts(answer, expected, list(expected), dict)
    if isinstance(expected, list | tuple):
        return _compare_parts(answer, expected, list(range(len(expected))), (list, tuple))
    if expected is None:
        return Verdict(WRONG, f"expected None, and this is {answer!r}"[:200])
    return _compare_arrays(answer, expected)


def _compare_texts(answer: Any, expected: str) -> Verdict:
    if not isinstance(answer, str):
        return Verdict(WRONG, f"expected a text, and this is a {type(answer).__name__}")
    same = " ".join(answer.lower().split()) == " ".join(expected.lower().split())
    return Verdict(EXACT, "exact") if same else Verdict(WRONG, f"yours: {answer[:80]!r}\nexpected: {expected!r}")


def _compare_parts(answer: Any, expected: Any, keys: list[Any], kind: Any) -> Verdict:
    if not isinstance(answer, kind):
        return Verdict(WRONG, f"expected {len(keys)} answers in a {type(expected).__name__}, and this is a {type(answer).__name__}")
    if len(answer) != len(expected) or (isinstance(expected, dict) and set(answer) != set(expected)):
        return Verdict(WRONG, f"expected {len(expected)} answers ({', '.join(map(str, keys[:8]))}), and there are {len(answer)}")
    verdicts = {key: _compare_part(answer[key], expected[key]) for key in keys}
    right = sum(verdict.passes for verdict in verdicts.values())
    for key, verdict in verdicts.items():
        if not verdict.passes:
            where = f"[{key!r}]" if isinstance(expected, dict) else f"[{key}]"
            says = f"{right} of {len(keys)} are right; the first that is not is {where}: {verdict.says}"
            return Verdict(WRONG, says, verdict.yours, verdict.expected)
    level = CLOSE if any(verdict.level == CLOSE for verdict in verdicts.values()) else EXACT
    return Verdict(level, f"{level}: {right} of {right}")


def _compare_part(answer: Any, expected: Any) -> Verdict:
    if expected is None:
        return Verdict(EXACT, "exact") if answer is None else Verdict(WRONG, f"yours {answer!r}, expected None"[:200])
    return Verdict(EMPTY, "no answer yet") if is_empty(answer) else _compare(answer, expected)


# --- numbers ----------------------------------------------------------------------------------------------------------


def array_of(value: Any) -> np.ndarray:
    """An answer as an array.  Raises TypeError for what is no number, list of numbers or tensor."""
    if isinstance(value, Tensor):
        return value._array
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, and this is a {type(value).__name__}")
    return array


def _compare_arrays(answer: Any, expected: Any) -> Verdict:
    mine, right = array_of(answer), array_of(expected)
    if mine.shape != right.shape:
        return Verdict(WRONG, f"the shape is {mine.shape}, and expected {right.shape}", mine, right)
    if np.array_equal(mine, right, equal_nan=right.dtype.kind == "f"):
        return Verdict(EXACT, "exact", mine, right)
    if right.dtype.kind == "f" and np.allclose(mine, right, rtol=1e-3, atol=1e-5, equal_nan=True):
        return Verdict(CLOSE, f"close: the largest difference is {np.nanmax(np.abs(mine - right)):.1e}", mine, right)
    same = np.isclose(mine, right, rtol=1e-3, atol=1e-5, equal_nan=True) if right.dtype.kind == "f" else mine == right
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    where = f" at {list(at)}" if at else ""
    some = f"; {int(same.sum())} of {same.size} are right" if same.size > 1 else ""
    return Verdict(WRONG, f"it differs first{where}: yours is {_number(mine[at])}, expected {_number(right[at])}{some}", mine, right)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, np.bool_) else f"{value:.4g}"


# --- graphs -----------------------------------------------------------------------------------------------------------


def _compare_graphs(answer: Any, expected: Any) -> Verdict:
    if not isinstance(answer, Tensor):
        return Verdict(WRONG, f"expected a tensor, whose graph is looked at, and this is a {type(answer).__name__}")
    pairs: list[tuple[str, Any, Any]] = [("grad_fn", answer.grad_fn, expected.grad_fn)]
    seen: set[tuple[int, int]] = set()
    count = 0
    while pairs:
        path, mine, right = pairs.pop(0)
        if (id(mine), id(right)) in seen:
            continue
        seen.add((id(mine), id(right)))
        count += 1
        names = [None if fn is None else fn.name() for fn in (mine, right)]
        if names[0] != names[1]:
            return Verdict(WRONG, f"{path} is {names[0]}, expected {names[1]}", answer, expected)
        if mine is None or right is None:
            continue
        if len(mine.next_functions) != len(right.next_functions):
            entries = f"{len(mine.next_functions)} entries, expected {len(right.next_functions)}"
            return Verdict(WRONG, f"{path}.next_functions has {entries}", answer, expected)
        for i, (one, other) in enumerate(zip(mine.next_functions, right.next_functions, strict=True)):
            pairs.append((f"{path}.next_functions[{i}][0]", one[0], other[0]))
    return Verdict(EXACT, f"exact: the graphs agree, {count} entries", answer, expected)


# --- functions --------------------------------------------------------------------------------------------------------


def _compare_functions(answer: Any, expected: Function) -> Verdict:
    if not callable(answer):
        return Verdict(WRONG, f"expected a function, and this is a {type(answer).__name__}")
    worst = Verdict(EXACT, f"exact, for {len(expected.inputs)} inputs")
    for inputs in expected.inputs:
        called = f"for {', '.join(_short(value) for value in inputs)}"
        try:
            mine, slopes = _called(answer, inputs, expected.gradients)
        except Exception as error:
            return Verdict(WRONG, f"{called} it raises {_named(error)}")
        right, expected_slopes = _called(expected.reference, inputs, expected.gradients)
        if is_empty(mine) and right is not None:
            return Verdict(EMPTY, NO_ANSWER)
        for what, a, b in (("", mine, right), ("the gradient: ", slopes, expected_slopes)):
            verdict = _compare_part(a, b) if b is not None else Verdict(EXACT, "exact")
            if not verdict.passes:
                return Verdict(WRONG, f"{called}, {what}{verdict.says}", verdict.yours, verdict.expected)
            if verdict.level == CLOSE:
                worst = Verdict(CLOSE, f"close, for {len(expected.inputs)} inputs")
    return worst


def _called(function: Any, inputs: tuple[Any, ...], gradients: bool) -> tuple[Any, Any]:
    """What a function gives for fresh copies of the inputs, and the gradients of its sum."""
    fresh: list[Any] = [holding(value._array.copy()) if isinstance(value, Tensor) else value for value in inputs]
    floats = [value for value in fresh if isinstance(value, Tensor) and value.dtype.is_floating_point]
    if not gradients:
        return function(*fresh), None
    for value in floats:
        value.requires_grad = True
    result = function(*fresh)
    if result is None or result is ...:
        return None, None
    return result.detach(), list(torch.autograd.grad(result.sum(), floats))


def _short(value: Any) -> str:
    text = " ".join(str(value._array.tolist() if isinstance(value, Tensor) else value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
