"""Comparing an answer with what is right: exact, close, or wrong and where first.

What can be compared: numbers, tensors, texts, lists and dicts of these; graphs (`Graph`), by the names of their nodes; functions
(`Function`), by what they give for some inputs and by their gradients.

Read next: `checking.py`.
"""

from __future__ import annotations

import linecache
import traceback
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
    """How good an answer is, and a sentence or two about it. `yours`, `expected`: what can be drawn beside each other, if anything.

    `within`: of an answer in parts, which is the first wrong one, as in "[1][0]", and what is wrong with it.
    """

    level: str
    says: str
    yours: Any = None
    expected: Any = None
    within: tuple[str, str] = ("", "")

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


class Named:
    """A function that is called by its formula where it is printed."""

    def __init__(self, formula: str, function: Callable[[Any], Any]) -> None:
        self.formula, self.function = formula, function

    def __call__(self, x: Any) -> Any:
        return self.function(x)

    def __repr__(self) -> str:
        return self.formula


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


def raised(error: Exception, function: Any) -> str:
    """What a learner's function raised, and the last line of theirs that ran."""
    own = getattr(getattr(function, "__code__", None), "co_filename", "")
    places = [frame.f_lineno for frame, _ in traceback.walk_tb(error.__traceback__) if own and frame.f_code.co_filename == own]
    line = linecache.getline(own, places[-1]).strip()[:80] if places else ""
    return f"it raises {_named(error)}" + (f"\n    in the line: {line}" if line else "")


_KINDS = {str: "a text", dict: "a dict", list: "a list", tuple: "a tuple", np.ndarray: "an array", Tensor: "a tensor", type: "a class"}


def kind(value: Any) -> str:
    """What a value is, in words for a learner."""
    if not isinstance(value, Tensor) and type(value).__name__ == "Tensor":
        return "a tensor of the real PyTorch, not one of autograd_viz"
    found = next((words for base, words in _KINDS.items() if isinstance(value, base)), "")
    if found in ("an array", "a tensor"):
        return f"{found} of shape {tuple(value.shape)}"
    if found or (callable(value) and hasattr(value, "__name__")):
        return found or "a function"
    name = type(value).__name__
    return f"{value!r}, {'an' if name[0] in 'aeiou' else 'a'} {name}" if isinstance(value, int | float) else f"of the type {name}"


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
        return Verdict(WRONG, f"expected a text, in quotes, and this is {kind(answer)}")
    same = " ".join(answer.lower().split()) == " ".join(expected.lower().split())
    return Verdict(EXACT, "exact") if same else Verdict(WRONG, f"yours: {answer[:80]!r}\nexpected: {expected!r}")


def _compare_parts(answer: Any, expected: Any, keys: list[Any], types: Any) -> Verdict:
    if isinstance(expected, list) and not isinstance(answer, types) and hasattr(answer, "tolist"):
        answer = answer.tolist()  # a tensor or an array is as good as a list
    if not isinstance(answer, types):
        asked = f"a dict of {len(keys)} answers, each by its name" if types is dict else f"a list of {len(keys)} answers"
        return Verdict(WRONG, f"expected {asked}, and this is {kind(answer)}")
    if isinstance(expected, dict) and set(answer) != set(expected):
        lacks = [f"there is none for {key!r}" for key in keys if key not in answer]
        odd = [f"nobody asked for {key!r}" for key in answer if key not in expected]
        return Verdict(WRONG, f"expected {len(keys)} answers, each by its name; {', and '.join(lacks[:1] + odd[:1])}"[:300])
    if len(answer) != len(expected):
        return Verdict(WRONG, f"expected {len(expected)} answers, and there {'is' if len(answer) == 1 else 'are'} {len(answer)}")
    verdicts = {key: _compare_part(answer[key], expected[key]) for key in keys}
    right = sum(verdict.passes for verdict in verdicts.values())
    for key, verdict in verdicts.items():
        if not verdict.passes:
            deeper, why = verdict.within if verdict.within[0] else ("", verdict.says)
            where = f"[{key!r}]{deeper}"
            says = f"{right} of {len(keys)} are right; the first that is not is {where}: {why}"
            return Verdict(WRONG, says, verdict.yours, verdict.expected, (where, why))
    level = CLOSE if any(verdict.level == CLOSE for verdict in verdicts.values()) else EXACT
    return Verdict(level, f"{level}: {right} of {right}")


def _compare_part(answer: Any, expected: Any) -> Verdict:
    if expected is None:
        return Verdict(EXACT, "exact") if answer is None else Verdict(WRONG, f"yours is {answer!r}, expected None"[:200])
    return Verdict(EMPTY, "it is still empty") if is_empty(answer) else compare(answer, expected)


# --- numbers ----------------------------------------------------------------------------------------------------------


def array_of(value: Any) -> np.ndarray:
    """An answer as an array.  Raises TypeError for what is no number, list of numbers or tensor."""
    if isinstance(value, Tensor):
        return value._array
    try:
        array = np.asarray(value)
    except ValueError as error:  # (numpy's word for it is "inhomogeneous")
        raise TypeError(f"expected rows of equal length, and in {kind(value)} here they differ") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, and this is {kind(value)}{', with other things in it' if array.ndim else ''}")
    return array


def _compare_arrays(answer: Any, expected: Any) -> Verdict:
    right = array_of(expected)
    wanted = "True or False" if right.dtype.kind == "b" else "a number"
    if isinstance(answer, str) and not right.ndim:
        return Verdict(WRONG, f"expected {wanted}, without quotes, and this is a text: {answer[:80]!r}")
    try:
        mine = array_of(answer)
    except TypeError as error:
        return Verdict(WRONG, str(error))
    if mine.ndim and not right.ndim:
        return Verdict(WRONG, f"expected {wanted}, by itself, and this is {kind(answer)}", mine, right)
    if mine.shape != right.shape:
        return Verdict(WRONG, f"the shape is {mine.shape}, and expected {right.shape}", mine, right)
    if np.array_equal(mine, right, equal_nan=right.dtype.kind == "f"):
        return Verdict(EXACT, "exact", mine, right)
    if right.dtype.kind == "f" and np.allclose(mine, right, rtol=1e-3, atol=1e-5, equal_nan=True):
        return Verdict(CLOSE, f"close: the largest difference is {np.nanmax(np.abs(mine - right)):.1e}", mine, right)
    same = np.isclose(mine, right, rtol=1e-3, atol=1e-5, equal_nan=True) if right.dtype.kind == "f" else mine == right
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    where = f"it differs first at {list(at)}: " if at else ""
    some = f"; {int(same.sum())} of {same.size} are right" if same.size > 1 else ""
    return Verdict(WRONG, f"{where}yours is {_number(mine[at])}, expected {_number(right[at])}{some}", mine, right)


def _number(value: Any) -> str:
    return str(value) if isinstance(value, np.bool_) else f"{value:.4g}"


# --- graphs -----------------------------------------------------------------------------------------------------------


def _compare_graphs(answer: Any, expected: Any) -> Verdict:
    if not isinstance(answer, Tensor):
        return Verdict(WRONG, f"expected a tensor, whose graph is looked at, and this is {kind(answer)}")
    if answer.grad_fn is None:
        return Verdict(WRONG, "this tensor has no grad_fn: nothing behind it was followed")
    pairs: list[tuple[str, Any, Any]] = [("grad_fn", answer.grad_fn, expected.grad_fn)]
    seen: set[tuple[int, int]] = set()
    count = 0
    while pairs:
        path, mine, right = pairs.pop(0)
        if (id(mine), id(right)) in seen:
            continue
        seen.add((id(mine), id(right)))
        count += 1
        names = [None if fn is None else fn.name().split("::")[-1] for fn in (mine, right)]
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
        return Verdict(WRONG, f"expected a function, and this is {kind(answer)}: give its name, without () or quotes")
    worst = Verdict(EXACT, f"exact, for {len(expected.inputs)} inputs")
    for inputs in expected.inputs:
        called = f"for {', '.join(_short(value) for value in inputs)}"
        try:
            mine, slopes = _called(answer, inputs, expected.gradients)
        except Exception as error:
            return Verdict(WRONG, f"{called}, {raised(error, answer)}")
        right, expected_slopes = _called(expected.reference, inputs, expected.gradients)
        if is_empty(mine) and right is not None:
            return Verdict(EMPTY, NO_ANSWER)
        if isinstance(slopes, str):
            return Verdict(WRONG, f"{called}, {slopes}")
        for what, a, b in (("", mine, right), ("the gradient: ", slopes, expected_slopes)):
            verdict = _compare_part(a, b) if b is not None else Verdict(EXACT, "exact")
            if not verdict.passes:
                return Verdict(WRONG, f"{called}, {what}{verdict.says}", verdict.yours, verdict.expected)
            if verdict.level == CLOSE:
                worst = Verdict(CLOSE, f"close, for {len(expected.inputs)} inputs")
    return worst


def _called(function: Any, inputs: tuple[Any, ...], gradients: bool) -> tuple[Any, Any]:
    """What a function gives for fresh copies of the inputs, and the gradients of its sum, or a sentence why there are none."""
    fresh: list[Any] = [holding(value._array.copy()) if isinstance(value, Tensor) else value for value in inputs]
    floats = [value for value in fresh if isinstance(value, Tensor) and value.dtype.is_floating_point]
    if not gradients:
        return function(*fresh), None
    for value in floats:
        value.requires_grad = True
    result = function(*fresh)
    if result is None or result is ...:
        return None, None
    a_tensor = isinstance(result, Tensor)
    if not a_tensor:
        return result, f"it gives no tensor to go backward from: this is {kind(result)}"
    if not result.requires_grad:
        return result, "its result is not followed: something in it cuts the graph (detach(), .data, item(), no_grad or a new tensor)"
    return result.detach(), list(torch.autograd.grad(result.sum(), floats))


def _short(value: Any) -> str:
    array = value._array if isinstance(value, Tensor) else value
    listed = array.astype(float).round(4).tolist() if isinstance(array, np.ndarray) else array
    text = " ".join(str(listed).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
