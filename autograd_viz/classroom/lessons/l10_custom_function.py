"""Lesson 10: a function with a backward of one's own, and how to check it."""

from functools import partial
from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "10"

PREDICT = {
    "name": Question(
        "Exp is our own class. What does type(y.grad_fn).__name__ print, after y = Exp.apply(x)?",
        ("ExpBackward0", "ExpBackward", "Function", "NoneType: we called no operation of PyTorch"),
        1,
        "The name of the class, and Backward. The number at the end is for operations that PyTorch brings along.",
    ),
    "one node": Question(
        "The forward of Logistic does four operations: minus, exp, plus and divide. How many nodes are recorded?",
        ("none", "one", "four", "five"),
        1,
        "Tracking is off inside forward. The whole call is one node, and its backward is the one that we wrote.",
    ),
    "float32": Question(
        "Exp is right. What does gradcheck say of it, if x has PyTorch's usual kind of numbers, float32?",
        ("True", "False", "It raises GradcheckError"),
        2,
        "Seven digits are too few to tell f(x + 0.000001) from f(x - 0.000001). The check is spoilt, not the backward.",
    ),
}


class _Softplus(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return torch.log(1 + torch.exp(x))

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad_output * torch.sigmoid(x)


class _NoChain(_Softplus):
    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        return torch.sigmoid(x)


class _ForwardAgain(_Softplus):
    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad_output * torch.log(1 + torch.exp(x))


class _Upside(_Softplus):
    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad_output * torch.sigmoid(-x)


class _ForgotSlope(_Softplus):
    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return grad_output


def _formula(function: Any, x: Any) -> Any:
    """A function in the middle of a longer formula, so that what comes in from above is not all ones."""
    return (function.apply(x) * torch.tensor([2.0, -1.0, 0.5])).sum()


_right, _no_chain, _forward_again, _upside, _forgot_slope = (
    partial(_formula, function) for function in (_Softplus, _NoChain, _ForwardAgain, _Upside, _ForgotSlope)
)


EXERCISES = {
    "warm-up": Exercise(
        "How many values backward must return for forward(ctx, x, weight, steps).",
        solution=lambda: 3,
        slips=(
            Slip(lambda: 1, "One for each argument of forward, not one for each result."),
            Slip(lambda: 2, "steps is an argument too. Its place is filled with None."),
            Slip(lambda: 4, "ctx is not counted: there is nothing to send back to it."),
        ),
        hints=(
            "Look at the message of the cell that failed: expected 2, got 1. Which two?",
            "One for each argument that you gave to apply.",
        ),
    ),
    "core": Exercise(
        "A function that puts Softplus into a longer formula.",
        solution=lambda: _right,
        expected=lambda: Function(_right, ((torch.tensor([-1.0, 0.0, 2.0]),), (torch.tensor([0.5, 1.0, -3.0]),)), gradients=True),
        slips=(
            Slip(lambda: _no_chain, "Something is missing: multiply by grad_output, what arrives from above. That is the chain rule."),
            Slip(lambda: _forgot_slope, "backward passes on what it gets. Multiply it by the slope of Softplus."),
            Slip(lambda: _forward_again, "That sends back the function. backward needs its slope, sigmoid(x)."),
            Slip(lambda: _upside, "The sign of x is turned: the slope is sigmoid(x), near 1 for a large x."),
        ),
        hints=(
            "forward: save x, then return log(1 + exp(x)).",
            "The derivative of log(1 + exp(x)) is exp(x) / (1 + exp(x)), and that is sigmoid(x).",
            "backward: x, = ctx.saved_tensors, then the slope is torch.sigmoid(x).",
        ),
    ),
    "stretch": Exercise(
        "Which of three backwards is wrong.",
        solution=lambda: "B",
        slips=(
            Slip(lambda: "A", "A is right: the slope of 1 / x is -1 / x², and the saved y is 1 / x."),
            Slip(lambda: "C", "C is right: it saved no x, but tanh's slope can be made from its result, 1 - y²."),
            Slip(lambda: "none", "All three look right. That is why you ask gradcheck, in float64."),
        ),
        hints=(
            "torch.autograd.gradcheck(A.apply, (x,)) says True, or raises with the two grids.",
            "Make the input with dtype=torch.float64, and with numbers other than 1: at x = 1 too much looks alike.",
        ),
    ),
}

QUIZ = (
    Question(
        "What does a custom function's backward receive?",
        ("the inputs of forward", "the gradient for its result, grad_output", "the loss", "the slope of the function"),
        1,
        "What arrives from above. Inputs or results must have been saved; the slope is what you write.",
    ),
    Question(
        "Why save_for_backward(y), and not ctx.y = y?",
        ("It is shorter.", "ctx accepts no attributes.", "Only then is the tensor guarded against changes, and freed after backward."),
        2,
        "ctx.y = y works, until somebody changes y. Nobody notices, and the gradient is wrong.",
    ),
    Question(
        "forward(ctx, x, n) takes a whole number n. What does backward return?",
        ("the gradient for x, and None", "the gradient for x alone", "the gradient for x, and zero"),
        0,
        "One for each argument. A number that is no tensor gets None.",
    ),
    Question(
        "gradcheck fails for relu at 0, in float64. What is wrong?",
        (
            "relu's backward",
            "float64 is still too short",
            "the seed",
            "the question: relu has a kink at 0, and the numeric slope is halfway between the two sides",
        ),
        3,
        "Left of 0 the slope is 0, right of it 1. The numeric one is 0.5; the one in PyTorch is 0, by agreement. Choose another x.",
    ),
    Question(
        "What does gradcheck compare?",
        ("your backward with PyTorch's", "your backward with slopes measured on your forward", "the values of two forwards"),
        1,
        "It moves each input a little, both ways, and looks at how the result moves. So it believes your forward.",
    ),
)
