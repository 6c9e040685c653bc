"""Lesson 09: the learner's own engine, in six tasks."""

from typing import Any

import numpy as np

from autograd_viz.classroom.answers import EMPTY, EXACT, NO_ANSWER, WRONG, Function, Trial, Verdict, array_of, kind, raised
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "09"

PREDICT = {
    "boxes": Question(
        "a and b are leaves, c = a * b, d = c + a. How many values does d reach by way of parents, itself included?",
        ("3", "4", "5"),
        1,
        "d, c, a and b. It reaches a on two ways, but it is one value: only the arrows are two.",
    ),
    "fan-out": Question(
        "d = a * b + a, with a = 2 and b = 3. What is the derivative of d for a?",
        ("3", "1", "4", "2"),
        2,
        "Two ways lead from a to d. Along a * b comes b = 3, along the sum comes 1, and they are added.",
    ),
    "again": Question(
        "We walk through the same graph a second time, with nothing done in between. What will a.grad be?",
        ("4 again", "8", "an error, as in PyTorch"),
        1,
        "Your engine adds to what is there. And it frees nothing, so a second walk finds all that it needs.",
    ),
    "broadcast": Question(
        "data has 2 rows of 3, bias has 3 numbers, and data + bias has 2 rows of 3. Which shape has the share that add_backward sends to bias?",
        ("(3,), like bias", "(2, 3), like the result", "(), a single number"),
        1,
        "add_backward passes on what it gets, and that has the shape of the result.",
    ),
}


# --- task 1 -----------------------------------------------------------------------------------------------------------


def mul_backward(g: Any, a: Any, b: Any) -> Any:
    return g * b, g * a


PAIR = (np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0]))


# --- task 2 -----------------------------------------------------------------------------------------------------------


class Dot:
    """A value with nothing but parents."""

    def __init__(self, name: str, *parents: "Dot") -> None:
        self.name, self.parents = name, parents

    def __repr__(self) -> str:
        return self.name


def _graphs() -> list[tuple[str, Dot]]:
    """What `order` is tried on, with a sentence about each."""
    a = Dot("a")
    b = Dot("b", a)
    c = Dot("c", b)
    uneven = Dot("d", c, a)
    left, right = Dot("left", a), Dot("right", a)
    first = Dot("first", a)
    return [
        ("a leaf alone", a),
        ("a chain a -> b -> c", c),
        ("a fork, a -> left and right -> end", Dot("end", left, right)),
        ("a long way and a short one, a -> b -> c -> d and a -> d", uneven),
        ("a short way and a long one, a -> d and a -> b -> c -> d", Dot("d", a, c)),
        ("twice the same parent, first -> square", Dot("square", first, first)),
    ]


def _reachable(root: Dot) -> list[Dot]:
    found, todo = [], [root]
    while todo:
        dot = todo.pop()
        if dot not in found:
            found.append(dot)
            todo += dot.parents
    return found


def _try_order(answer: Any) -> Verdict:
    if not callable(answer):
        return Verdict(WRONG, f"expected a function, and this is {kind(answer)}: give its name, without () or quotes")
    graphs = _graphs()
    for says, root in graphs:
        try:
            given = answer(root)
            if given is None or given is ...:
                return Verdict(EMPTY, NO_ANSWER)
            found = list(given)
        except Exception as error:
            return Verdict(WRONG, f"for {says}, {raised(error, answer)}")
        if wrong := _what_is_wrong(root, found):
            return Verdict(WRONG, f"for {says}, {wrong}: it gives {found!r}"[:300])
    return Verdict(EXACT, f"every value once, and after its parents, in {len(graphs)} graphs")


def _what_is_wrong(root: Dot, found: list[Any]) -> str:
    expected = _reachable(root)
    if not all(isinstance(each, Dot) for each in found):
        return "the list holds something that is no value of the graph"
    for dot in expected:
        if found.count(dot) != 1:
            return f"{dot} is there {found.count(dot)} times" if dot in found else f"{dot} is not there"
    for dot in found:
        for parent in dot.parents:
            if found.index(parent) > found.index(dot):
                return f"{dot} comes before its parent {parent}"
    return ""


def order(root: Any) -> Any:
    found: list[Any] = []
    seen = set()

    def visit(value: Any) -> None:
        if value not in seen:
            seen.add(value)
            for parent in value.parents:
                visit(parent)
            found.append(value)

    visit(root)
    return found


def _too_early(root: Any) -> Any:
    found: list[Any] = []

    def visit(value: Any) -> None:
        if value not in found:
            found.append(value)
            for parent in value.parents:
                visit(parent)

    visit(root)
    return found


def _too_often(root: Any) -> Any:
    found: list[Any] = []

    def visit(value: Any) -> None:
        for parent in value.parents:
            visit(parent)
        found.append(value)

    visit(root)
    return found


def _by_steps(root: Any) -> Any:
    found, todo = [], [root]
    while todo:
        value = todo.pop(0)
        if value not in found:
            found.append(value)
            todo += value.parents
    return found[::-1]


# --- task 3 -----------------------------------------------------------------------------------------------------------


def add_up(there: Any, arriving: Any) -> Any:
    return arriving if there is None else there + arriving


def _overwrite(there: Any, arriving: Any) -> Any:
    return arriving


def _in_place(there: Any, arriving: Any) -> Any:
    if there is None:
        return arriving
    there += arriving
    return there


def _truth(there: Any, arriving: Any) -> Any:
    return there + arriving if there else arriving


def _try_add_up(answer: Any) -> Verdict:
    if not callable(answer):
        return Verdict(WRONG, f"expected a function, and this is {kind(answer)}: give its name, without () or quotes")
    for there, arriving in ((None, [1.0, 2.0]), ([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [10.0, 20.0])):
        one, other = None if there is None else np.array(there), np.array(arriving)
        right = add_up(one, other)
        try:
            given = answer(one, other)
            if given is None or given is ...:
                return Verdict(EMPTY, NO_ANSWER) if there is None else Verdict(WRONG, f"for {there} and {arriving} it gives nothing")
        except Exception as error:
            return Verdict(WRONG, f"for {there} and {arriving} {raised(error, answer)}")
        mine = array_of(given)
        if mine.shape != right.shape or not np.allclose(mine, right):
            return Verdict(WRONG, f"for {there} and {arriving} it gives {mine.tolist()}, expected {right.tolist()}", mine, right)
        if (there is not None and not np.array_equal(one, there)) or not np.array_equal(other, arriving):  # type: ignore[arg-type]
            return Verdict(WRONG, f"for {there} and {arriving} the sum is right, but one of the two arrays was changed")
    return Verdict(EXACT, "exact, for 3 inputs")


# --- task 4 -----------------------------------------------------------------------------------------------------------


def fit(g: Any, shape: Any) -> Any:
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def _rows_only(g: Any, shape: Any) -> Any:
    return g.sum(axis=0)


def _first_row(g: Any, shape: Any) -> Any:
    return g[0]


def _mean(g: Any, shape: Any) -> Any:
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    return g


def _no_ones(g: Any, shape: Any) -> Any:
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g


G = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


# --- tasks 5 and 6 ----------------------------------------------------------------------------------------------------


def matmul_backward(g: Any, a: Any, b: Any) -> Any:
    return g @ b.T, a.T @ g


TABLES = (
    (np.ones((2, 2)), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])),
    (np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.0]]), np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]])),
)


def bce_backward(g: Any, z: Any, y: Any) -> Any:
    return g * (1 / (1 + np.exp(-z)) - y) / z.size, None


def _not_divided(g: Any, z: Any, y: Any) -> Any:
    return g * (1 / (1 + np.exp(-z)) - y), None


def _turned_round(g: Any, z: Any, y: Any) -> Any:
    return g * (y - 1 / (1 + np.exp(-z))) / z.size, None


def _forgotten(g: Any, z: Any, y: Any) -> Any:
    return (1 / (1 + np.exp(-z)) - y) / z.size, None


SCORES = ((2.0, np.array([[0.0, 1.0, -1.0]]), np.array([[0.0, 1.0, 1.0]])), (1.0, np.array([[0.5, 0.5]]), np.array([[0.0, 1.0]])))


EXERCISES = {
    "task 1": Exercise(
        "mul_backward(g, a, b).",
        solution=lambda: mul_backward,
        expected=lambda: Function(mul_backward, (PAIR, (2.0, 3.0, 4.0))),
        slips=(
            Slip(lambda: lambda g, a, b: (g * a, g * b), "The derivative of a * b for a is the other factor, b."),
            Slip(lambda: lambda g, a, b: (b, a), "Those are the local derivatives. By the chain rule each is multiplied by g, which has arrived from behind."),
            Slip(lambda: lambda g, a, b: (g, g), "That is the rule for a sum, where both derivatives are 1."),
        ),
        hints=("If a grows by a little, a * b grows by b times as much.", "Share for a: g times b. Share for b: g times ..."),
    ),
    "task 2": Exercise(
        "order(root): every value once, and after its parents.",
        solution=lambda: order,
        expected=lambda: Trial(_try_order),
        slips=(
            Slip(lambda: _too_early, "A value must be noted after its parents have been visited, not before."),
            Slip(lambda: _too_often, "A value that two others use is visited twice. Remember who has been seen."),
            Slip(lambda: _by_steps, "Going back step by step and turning the list round fails where a long way and a short one lead to the same value."),
        ),
        hints=(
            "Write an inner function visit(value): first visit all its parents, then append the value itself.",
            "Keep a set of those already seen, and leave visit at once for one of them.",
        ),
    ),
    "task 3": Exercise(
        "add_up(there, arriving).",
        solution=lambda: add_up,
        expected=lambda: Trial(_try_add_up),
        slips=(
            Slip(lambda: _overwrite, "That forgets what was there. Two ways lead to a value: both count."),
            Slip(lambda: _in_place, "+= changes the array in place, and add_backward has sent the very same array to its other parent too. Make a new one."),
            Slip(lambda: _truth, "An array of several numbers is neither true nor false. Ask: there is None."),
        ),
        hints=("Two cases: nothing is there yet (None), or something is.", "there + arriving makes a new array."),
    ),
    "task 4": Exercise(
        "fit(g, shape): sum a gradient down to a shape.",
        solution=lambda: fit,
        expected=lambda: Function(fit, ((G, (2, 3)), (G, (3,)), (G, ()), (G, (1, 3)), (G, (2, 1)))),
        slips=(
            Slip(lambda: _rows_only, "Not every gradient needs it: one that has the right shape already stays as it is. Compare g.ndim with len(shape)."),
            Slip(lambda: _first_row, "Each row of the result used the same bias. So the bias gets the sum of all rows, not the first."),
            Slip(lambda: _mean, "It is the same rule as for a value that is used twice: the gradients are added. Nothing is divided."),
            Slip(lambda: _no_ones, "Dimensions of length 1 are stretched, too. They must be summed, and kept: keepdims=True."),
        ),
        hints=(
            "As long as g has more dimensions than shape: sum over the first, g.sum(axis=0).",
            "Then, for each dimension that is 1 in shape: g.sum(axis=i, keepdims=True).",
        ),
    ),
    "task 5": Exercise(
        "matmul_backward(g, a, b).",
        solution=lambda: matmul_backward,
        expected=lambda: Function(matmul_backward, TABLES),
        slips=(
            Slip(lambda: lambda g, a, b: (g @ b, a @ g), "The shapes do not fit: the share for a must have the shape of a. One factor has to be turned, with .T."),
            Slip(lambda: lambda g, a, b: (b.T @ g, g @ a.T), "In a @ b, a stands on the left. In its share, g @ b.T, what replaces b stands on the right, as b did."),
            Slip(lambda: lambda g, a, b: (a.T @ g, g @ b.T), "The shares are right, but the first is for a and the second for b."),
        ),
        hints=(
            "a: (n, k), b: (k, m), g: (n, m). The share for a must be (n, k). Which product of g and b has that shape?",
            "Share for a: g @ b.T. The one for b is built alike.",
        ),
    ),
    "task 6": Exercise(
        "bce_backward(g, z, y).",
        solution=lambda: bce_backward,
        expected=lambda: Function(bce_backward, SCORES),
        slips=(
            Slip(lambda: _not_divided, "The loss is a mean: each score counts 1/n."),
            Slip(lambda: _turned_round, "The sign: if a score is too high, a greater score makes the loss greater, so the derivative is positive."),
            Slip(lambda: _forgotten, "What arrives, g, is missing: multiply by it."),
        ),
        hints=("sigmoid(z) is 1 / (1 + np.exp(-z)).", "g * (sigmoid(z) - y) / z.size for z, and None for y."),
    ),
}

QUIZ = (
    Question(
        "Why must a value be run after all values that were computed from it?",
        (
            "Otherwise it would be run with a part of its gradient only",
            "Otherwise its data would be freed",
            "Python's dictionaries need it",
        ),
        0,
        "Its gradient is the sum over all its uses. It is complete when all of them have sent theirs.",
    ),
    Question(
        "A value is used in two places. What happens to the two gradients?",
        ("The later one counts.", "They are averaged.", "They are added.", "The value is run twice."),
        2,
        "They are added, and the value is run once, with the sum.",
    ),
    Question(
        "Why does a rule get the gradient g at all, and not only the inputs?",
        ("to know the shape", "because of the chain rule: local derivative times what comes from behind", "to know when to stop"),
        1,
        "A rule knows its own operation. What that operation means for the loss stands in g.",
    ),
    Question(
        "bias of shape (3,) was added to a table of 100 rows. What does its gradient consist of?",
        ("the gradient of the first row", "the mean over 100 rows", "100 separate gradients", "the sum over 100 rows"),
        3,
        "Broadcasting uses the same three numbers in each row: a value used 100 times. So 100 gradients are added.",
    ),
    Question(
        "What does PyTorch do that your engine does not?",
        (
            "It adds gradients up",
            "It lets go of saved values once they were used",
            "It goes through the graph in order",
            "It has one rule for each operation",
        ),
        1,
        "Your values keep their parents for as long as they live. PyTorch frees, which is why a second backward fails there.",
    ),
)
