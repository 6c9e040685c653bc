"""Lesson 01: what is followed, and the graph that a computation leaves behind."""

from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Graph
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "01"

PREDICT = {
    "tracked": Question(
        "Which of x, y, w and b will get a card with room for a gradient?",
        ("all four: they are tensors", "w and b", "x and w: they are multiplied", "none before backward() is called"),
        1,
        "Only for w and b was a gradient asked for. x and y are constants here.",
    ),
    "arrows": Question(
        "z is the result of `torch.matmul(x, w) + b`. To what do the two entries of z.grad_fn.next_functions lead?",
        (
            "to x and to w",
            "to the loss, which was computed from z",
            "to the last node of the matmul, and to b",
            "to the last node of the matmul, and to nothing: b is a leaf",
        ),
        2,
        "z was made by the addition, and the addition had two inputs. A node leads to what it was made from, never to what was made from it.",
    ),
    "results": Question(
        "Which of these results are followed: x * 2, w * 2, w > 0?",
        ("all three", "x * 2 and w * 2", "w * 2 and w > 0", "only w * 2"),
        3,
        "x * 2 comes from a constant alone. w > 0 holds truth values, and those cannot change by a little.",
    ),
    "rows": Question(
        "x is all ones. What do the five rows of w.grad have in common?",
        ("they are all equal", "they add up to zero", "nothing: w is random"),
        0,
        "Row i of w acts on the loss only through x[i], and each x[i] is 1.",
    ),
}


def _scores() -> tuple[Any, Any]:
    """z and y, as in the lesson (their values do not matter)."""
    w, b = torch.ones(5, 3, requires_grad=True), torch.ones(3, requires_grad=True)
    return torch.matmul(torch.ones(5), w) + b, torch.zeros(3)


def _error() -> Any:
    z, y = _scores()
    return ((z - y) ** 2).mean()


def _turned_round() -> Any:
    z, y = _scores()
    return ((y - z) ** 2).mean()


def _without_a_power() -> Any:
    z, y = _scores()
    return ((z - y) * (z - y)).mean()


def _in_one_call() -> Any:
    z, y = _scores()
    return torch.nn.functional.mse_loss(z, y)


def _not_averaged() -> Any:
    z, y = _scores()
    return ((z - y) ** 2).sum()


EXERCISES = {
    "warm-up": Exercise(
        "Followed or not: x + 1, w.sum(), w > 0, x.sum() * b, torch.matmul(x, x), z.argmax().",
        solution=lambda: [False, True, False, True, False, False],
        slips=(
            Slip(
                lambda: [True, True, False, True, True, False],
                "x holds floats, but nobody asked for its gradient. What comes from constants alone is a constant.",
            ),
            Slip(
                lambda: [False, True, True, True, False, True],
                "A truth value and a place (argmax) jump; they cannot change by a little. So they have no gradient.",
            ),
            Slip(lambda: [False, True, False, False, False, False], "x.sum() is a constant, but b is not: one followed input is enough."),
            Slip(lambda: [True] * 6, "requires_grad is not the same for all tensors: somebody must have asked for it."),
        ),
        hints=(
            "Two questions for each: is one of its inputs followed? Is the result a float?",
            "Constants: x and y. Followed: w, b, z. Truth values and whole numbers never are.",
        ),
    ),
    "core": Exercise(
        "v = (w * x.sum()).mean(): the name of its grad_fn, of the node before it, and of the two entries that this one leads to.",
        solution=lambda: ["MeanBackward0", "MulBackward0", "AccumulateGrad", None],
        slips=(
            Slip(
                lambda: ["MeanBackward0", "MulBackward0", "AccumulateGrad", "SumBackward0"],
                "x.sum() did run, but x is a constant: nothing was recorded, and that entry is None.",
            ),
            Slip(
                lambda: ["MulBackward0", "MeanBackward0", "AccumulateGrad", None],
                "grad_fn is the operation that made the tensor: the last one. The mean comes after the multiplication.",
            ),
            Slip(
                lambda: ["MeanBackward0", "MulBackward0", None, "AccumulateGrad"],
                "The entries stand in the order of the inputs: w is the first factor.",
            ),
            Slip(
                lambda: ["MeanBackward0", "MulBackward0", None, None],
                "w is a leaf: it has no grad_fn, but an arrow does end there. The name of that end is in the lesson.",
            ),
        ),
        hints=(
            "Which operation was the last? Which made what the mean is taken of?",
            "A followed leaf is the end called AccumulateGrad; a constant is None. x.sum() comes from x alone.",
        ),
    ),
    "stretch": Exercise(
        "Build the graph MeanBackward0 <- PowBackward0 <- SubBackward0 <- z: the mean squared distance of z from y.",
        solution=_error,
        expected=lambda: Graph(_error()),
        slips=(
            Slip(_turned_round, "The number is the same, but z is the first input here: z - y, so that its arrow is the first entry."),
            Slip(_without_a_power, "The number is the same, but this multiplies. The wanted graph has PowBackward0, which ** makes."),
            Slip(_in_one_call, "mse_loss is the same in one node of its own. Here it is to be made of three operations."),
            Slip(_not_averaged, "The last node is to be the mean, and this is the sum."),
        ),
        hints=("The last node is what runs last. Work from the inside: a difference, its square, the mean.", "(...).mean() around (...) ** 2 around z - y."),
    ),
}

QUIZ = (
    Question(
        "A result is followed if ...",
        ("all of its inputs are", "at least one of its inputs is, and it holds floats", "it is a tensor of floats", "backward() will be called on it"),
        1,
        "One followed input is enough: the gradient goes back to that one. Nobody knows yet whether backward() will be called.",
    ),
    Question(
        "What is w.grad_fn, if w was made with requires_grad=True?",
        ("AccumulateGrad", "an error", "None"),
        2,
        "No operation made w: it is a leaf. AccumulateGrad is where arrows into w end, and next_functions show it.",
    ),
    Question(
        "What does (None, 0) in next_functions mean?",
        ("the gradient is zero there", "that input wants no gradient", "the graph is broken", "the leaf has no .grad yet"),
        1,
        "It keeps the place of an input that is not followed, so that the entries stand in the order of the inputs.",
    ),
    Question(
        "Which of these raises an error?",
        ("torch.tensor([1, 2], requires_grad=True)", "torch.tensor([1., 2.], requires_grad=True)", "torch.ones(2, requires_grad=True)"),
        0,
        "Whole numbers cannot require gradients. ones makes floats.",
    ),
    Question(
        "backward() says that element 0 of tensors does not require grad. What has happened?",
        (
            "It was called twice.",
            "The loss is not a single number.",
            "The first number of the loss is zero.",
            "Nothing behind the loss is followed.",
        ),
        3,
        "No leaf with requires_grad=True led there, so there is no graph to walk.",
    ),
)
