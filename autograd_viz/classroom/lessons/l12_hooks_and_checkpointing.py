"""Lesson 12: looking at gradients on their way, and computing saved tensors again instead of keeping them."""

from functools import partial
from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "12"

PREDICT = {
    "sees": Question(
        "h = x * 3, and y is the sum of h * (2, 20). What does a hook on h see during y.backward()?",
        ("(3, 3)", "(2, 20)", "(6, 60)", "the values of h"),
        1,
        "What arrives at h from above: how y changes with h. The 3 lies below h, and has not been multiplied yet.",
    ),
    "order": Question(
        "h.retain_grad() is called first, then a hook that clips at 5 is registered. What arrives is (2, 20). What is h.grad?",
        ("(2, 20): retain_grad came first", "None", "(2, 5): the gradient after all hooks"),
        2,
        "retain_grad waits until every hook on h has run, also those that came later.",
    ),
    "leaf": Question(
        "Each of two backward calls brings 3 to the leaf w, and nothing is cleared. What does a hook on w see in the second call?",
        ("3, what this call brings", "6, what .grad will be", "None"),
        0,
        "A tensor hook sees the gradient on its way, before it is added. The post-accumulate hook comes after, and sees 6.",
    ),
    "held": Question(
        "Four stages, and each saves one tensor of 100 numbers, 4 bytes each. As one checkpoint, how many bytes are held after the forward?",
        ("0", "400", "1600", "3200"),
        1,
        "Only the input of the block is kept. All four saved tensors can be computed again from it.",
    ),
}


def _tried(hooked: Any, w: Any) -> Any:
    """The gradient of the sum of w ** 3, after a function has put its hook on w."""
    leaf = w.detach().clone().requires_grad_()
    hooked(leaf)
    (leaf**3).sum().backward()
    return leaf.grad


def _right(w: Any) -> None:
    w.register_hook(lambda g: g.clamp(-1, 1))


def _lower(w: Any) -> None:
    w.register_hook(lambda g: g.clamp(min=-1))


def _scaled(w: Any) -> None:
    w.register_hook(lambda g: g / g.abs().max())


def _not_returned(w: Any) -> None:
    w.register_hook(lambda g: None)


_RIGHT, _LOWER, _SCALED, _NOTHING = (partial(_tried, hooked) for hooked in (_right, _lower, _scaled, _not_returned))


EXERCISES = {
    "warm-up": Exercise(
        "What a hook on w sees in the second call, and what .grad holds after it; each call brings 5.",
        solution=lambda: [5, 10],
        slips=(
            Slip(lambda: [10, 10], "The hook runs before the adding, so it sees what this call brings."),
            Slip(lambda: [5, 5], "Nobody cleared: .grad adds up."),
            Slip(lambda: [10, 5], "The other way round: the hook sees one contribution, .grad holds the sum."),
        ),
        hints=("A hook on a tensor sees the gradient on its way.", "The post-accumulate hook in the example printed the sum."),
    ),
    "core": Exercise(
        "A function that puts a hook on a leaf, so that every element of its gradient lies between -1 and 1.",
        solution=lambda: _RIGHT,
        expected=lambda: Function(_RIGHT, ((torch.tensor([0.5, 2.0, -0.1]),), (torch.tensor([-3.0, 0.2, 1.0]),))),
        slips=(
            Slip(
                lambda: _NOTHING, "The gradient is unchanged. A hook must return the new gradient; if it returns None, the old one goes on."
            ),
            Slip(lambda: _SCALED, "That divides all by the largest. Cut off only what lies outside of -1 and 1."),
            Slip(lambda: _LOWER, "Only what is below -1 is cut off. Give clamp both ends."),
        ),
        hints=("w.register_hook(...) with a function of one argument, the gradient.", "g.clamp(-1, 1) is the clipped gradient. Return it."),
    ),
    "stretch": Exercise(
        "The bytes held by eight stages of which the last four are in a checkpoint.",
        solution=lambda: 1600,
        slips=(
            Slip(lambda: 3200, "That is all of it, as without a checkpoint: are the last four stages in checkpoint(...)?"),
            Slip(lambda: 400, "All eight are in the checkpoint. That holds little now, but all of it at once in backward."),
            Slip(lambda: 2000, "The input of the block is the result of stage four, which is held already: count it once."),
            Slip(lambda: 800, "Two checkpoints: less than half. Leave the first four stages as they are."),
        ),
        hints=(
            "Two functions: one for stages one to four, one for five to eight.",
            "y = stages(x, 4), and then checkpoint(stages, y, 4, use_reentrant=False).",
        ),
    ),
}

QUIZ = (
    Question(
        "What happens if a hook returns nothing?",
        ("the gradient becomes zero", "the gradient goes on unchanged", "an error"),
        1,
        "None means: no change. So a hook that prints needs no return.",
    ),
    Question(
        "Which of these sees the sum that .grad holds?",
        ("register_hook", "retain_grad", "register_post_accumulate_grad_hook", "none of them"),
        2,
        "It runs after the adding, and its argument is the leaf itself.",
    ),
    Question(
        "Why is the value of a hook kept, as in handle = h.register_hook(...)?",
        ("for handle.remove(), when you have seen enough", "without it the hook is lost at once", "it holds the gradient"),
        0,
        "A hook that is forgotten goes on running in every backward, and in training that may be long.",
    ),
    Question(
        "What does a checkpoint cost?",
        ("accuracy", "the block's forward runs twice", "the block's backward runs twice", "nothing"),
        1,
        "Memory against time: what was not kept is computed again. The gradients are the same.",
    ),
    Question(
        "You put the whole model into one checkpoint. Why does the peak of memory hardly fall?",
        (
            "checkpoint works only on single operations",
            "the inputs are too large",
            "it does fall, to almost nothing",
            "in backward the whole model runs again, and holds everything at once",
        ),
        3,
        "Several blocks are better: only one of them is computed again at a time.",
    ),
)
