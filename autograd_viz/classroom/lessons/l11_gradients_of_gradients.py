"""Lesson 11: backward records a graph too, if it is asked to."""

from functools import partial
from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function, Named
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "11"

PREDICT = {
    "same": Question(
        "y = x ** 3 at x = 2, and y.backward() is called twice, with retain_graph=True. What is x.grad then?",
        ("12, the first derivative", "12, the second derivative", "24, the first derivative twice", "an error"),
        2,
        "The same walk, twice, and added up. (The second derivative, 6 * x, happens to be 12 as well.)",
    ),
    "layer": Question(
        "g is the gradient of x ** 3, made with create_graph=True. What does g.requires_grad print?",
        ("True", "False", "an error: gradients have none"),
        0,
        "g is 3 * x ** 2, computed with tracking on. It depends on x, and its graph says how.",
    ),
    "third": Question(
        "x ** 3 at x = 2 has the derivatives 12, 12 and 6. What is the fourth?",
        ("an error", "6", "0", "2"),
        2,
        "The third derivative is 6 wherever x is, so the fourth is 0.",
    ),
    "product": Question(
        "f is x[0] ** 2 * x[1], at (1, 3). Its table of second derivatives is [[6, 2], [2, 0]]. What is this table times v = (1, 0)?",
        ("(8, 2)", "(6, 2)", "(6, 0)", "(2, 0)"),
        1,
        "v picks the first column, 6 and 2: how the two gradients change when x[0] moves.",
    ),
}


def _product(f: Any, x: Any, v: Any) -> Any:
    (g,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(g @ v, x)[0]


def _all_ones(f: Any, x: Any, v: Any) -> Any:
    (g,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(g.sum(), x)[0]


def _first_only(f: Any, x: Any, v: Any) -> Any:
    return torch.autograd.grad(f(x), x)[0]


def _scaled_after(f: Any, x: Any, v: Any) -> Any:
    return _all_ones(f, x, v) * v


def _number(f: Any, x: Any, v: Any) -> Any:
    return torch.autograd.grad(f(x), x)[0] @ v


def _tried(product: Any, f: Any, start: Any, v: Any) -> Any:
    """What a product gives at a fresh leaf."""
    return product(f, start.detach().clone().requires_grad_(), v)


_RIGHT, _ALL_ONES, _FIRST, _SCALED, _NUMBER = (
    partial(_tried, product) for product in (_product, _all_ones, _first_only, _scaled_after, _number)
)


_CUBES = Named("(x ** 3).sum()", lambda x: (x**3).sum())
_MIXED = Named("x[0] ** 2 * x[1]", lambda x: x[0] ** 2 * x[1])


def _slope_penalty(w: float = 3.0, x: float = 0.5) -> float:
    """d/dw of (d/dx of w * x ** 2) ** 2 = d/dw of (2 * w * x) ** 2 = 8 * w * x ** 2."""
    return 8 * w * x**2


EXERCISES = {
    "warm-up": Exercise(
        "The first, second and third derivative of x ** 4 at x = 1.",
        solution=lambda: [4.0, 12.0, 24.0],
        slips=(
            Slip(lambda: [4.0, 8.0, 12.0], "That adds the first derivative up, call by call. Differentiate the gradient instead."),
            Slip(lambda: [4.0, 4.0, 4.0], "That is the first derivative, three times. The second is the derivative of 4 * x ** 3."),
            Slip(lambda: [4.0, 12.0, 12.0], "The third is missing: the derivative of 12 * x ** 2."),
        ),
        hints=("By hand: 4 * x ** 3, then what?", "g, = torch.autograd.grad(y, x, create_graph=True), and then the same on g."),
    ),
    "core": Exercise(
        "A function product(f, x, v): the second derivatives of f at x, times v.",
        solution=lambda: _RIGHT,
        expected=lambda: Function(
            _RIGHT,
            (
                (_CUBES, torch.tensor([1.0, 2.0]), torch.tensor([1.0, -1.0])),
                (_MIXED, torch.tensor([1.0, 3.0]), torch.tensor([1.0, 0.0])),
                (_MIXED, torch.tensor([2.0, 1.0]), torch.tensor([0.5, 2.0])),
            ),
        ),
        slips=(
            Slip(lambda: _ALL_ONES, "g.sum() weighs every gradient with 1. Weigh them with v."),
            Slip(lambda: _FIRST, "That is the gradient. Make it with create_graph=True, and differentiate once more."),
            Slip(lambda: _SCALED, "Multiplied by v too late. v must go in before the second grad."),
            Slip(lambda: _NUMBER, "g @ v is one number. Its gradient is what is asked for."),
        ),
        hints=(
            "Two calls of grad. The first with create_graph=True.",
            "Between the two, make one number out of the gradient and v: g @ v.",
        ),
    ),
    "stretch": Exercise(
        "The gradient for w of the squared slope of w * x ** 2, at w = 3, x = 0.5.",
        solution=lambda: _slope_penalty(),
        slips=(
            Slip(lambda: 36.0, "That is the gradient for x. backward() fills both; look at w.grad."),
            Slip(lambda: 9.0, "That is the square itself. Go backward from it."),
            Slip(lambda: 3.0, "That is the slope, 2 * w * x. Square it, then go backward."),
            Slip(lambda: 0.25, "That is the gradient of w * x ** 2 for w. It is the slope for x that is squared."),
        ),
        hints=("slope, = torch.autograd.grad(y, x, create_graph=True)", "(slope ** 2).backward(), then w.grad."),
    ),
}

QUIZ = (
    Question(
        "What does create_graph=True do?",
        (
            "It keeps the saved tensors for another backward, and no more",
            "It records the backward, so that the gradients have a graph of their own",
            "It writes the gradients to .grad",
        ),
        1,
        "It also keeps the first graph, for the second one leads back to it.",
    ),
    Question(
        "Why is calling backward() twice not the second derivative?",
        ("The second call is an error", "Twice is once too few", "Both calls walk the same graph, and .grad adds up", "It is"),
        2,
        "Each call computes the first derivative. For the second, the gradient itself must be differentiated.",
    ),
    Question(
        "g came from autograd.grad(y, x), without create_graph. What does autograd.grad(g, x) do?",
        ("It raises: g does not require grad", "It gives zero", "It gives the second derivative"),
        0,
        "No graph was recorded while g was computed: g is a constant.",
    ),
    Question(
        "y = 5 * x, and g has been made with create_graph=True. What is g.requires_grad?",
        ("True", "an error", "None", "False"),
        3,
        "g is 5, whatever x is. Nothing on the way back depended on x, so there is nothing to record.",
    ),
    Question(
        "Which is better for second derivatives, and why?",
        (
            "backward(create_graph=True): it is shorter",
            "autograd.grad(..., create_graph=True): it leaves .grad alone, and makes no ring of x and x.grad",
            "there is no difference",
        ),
        1,
        "With backward, x holds x.grad, whose graph holds x: memory that is hard to get back. PyTorch warns of it.",
    ),
)
