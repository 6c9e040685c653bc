"""Lesson 05: which tensors are leaves, and which keep their gradient."""

from autograd_viz import torch
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "05"

PREDICT = {
    "four": Question(
        "x is a constant, w asks for gradients, h = w * x, k = h + 1. Which of the four have is_leaf == True?",
        ("only w", "x and w", "w, h and k", "x, w and k"),
        1,
        "What no recorded operation made is a leaf. So constants are leaves too; they just ask for nothing.",
    ),
    "retain a leaf": Question(
        "w is a leaf that requires a gradient. What does w.retains_grad say after w.retain_grad()?",
        ("True", "False", "It raises an error."),
        1,
        "A leaf keeps its gradient anyway, so the call does nothing, and the flag stays as it was.",
    ),
    "small weights": Question(
        "w = torch.ones(3, requires_grad=True) * 0.1, then (w * w).sum().backward(). What is w.grad?",
        ("None", "[0.2, 0.2, 0.2]", "[0.02, 0.02, 0.02]", "[0, 0, 0]"),
        0,
        "The name w is that of the product, which is no leaf. The leaf is the tensor of ones, and it has no name any more.",
    ),
    "late": Question(
        "h.retain_grad() is called after backward(). What is h.grad then?",
        ("the gradient of h", "zeros", "None"),
        2,
        "The wave has passed already, and nobody was there to keep what it brought. The next one will be kept.",
    ),
    "step": Question(
        "w is a leaf at 1, its gradient is 2, and now w = w - 0.1 * w.grad. What is w.is_leaf?",
        ("True: it is still w", "False: it is the result of a subtraction"),
        1,
        "The old w requires a gradient, so the subtraction was recorded, and its result got the name.",
    ),
}

KINDS = {
    "torch.ones(2, requires_grad=True)": "leaf",
    "x * 2": "constant",
    "w * 2": "non-leaf",
    "w.detach()": "constant",
    "w.clone()": "non-leaf",
    "w.double()": "non-leaf",
    "w.float()": "leaf",
    "torch.zeros(2).requires_grad_()": "leaf",
    "torch.nn.Parameter(x * 2)": "leaf",
    "w > 0": "constant",
    "w[0]": "non-leaf",
    "w * 3, inside no_grad": "constant",
}

EXERCISES = {
    "warm-up": Exercise(
        "Twelve tensors: constant, leaf or non-leaf?",
        solution=lambda: dict(KINDS),
        slips=(
            Slip(
                lambda: KINDS | {"w.float()": "non-leaf"},
                "w holds float32 already, so there is nothing to convert: w.float() returns w itself.",
            ),
            Slip(
                lambda: KINDS | {"w.double()": "leaf"},
                "Converting is an operation: its derivative converts the gradient back. So it is recorded.",
            ),
            Slip(
                lambda: KINDS | {"w.clone()": "leaf"},
                "A copy is recorded, and gradients flow through it to w. A copy without history is w.detach().clone().",
            ),
            Slip(lambda: KINDS | {"w > 0": "non-leaf"}, "True and False cannot change by a little: no gradient, no grad_fn."),
            Slip(
                lambda: KINDS | {"torch.nn.Parameter(x * 2)": "non-leaf"},
                "Parameter takes the numbers, not a history, and is always a leaf. Here x * 2 had no history anyway.",
            ),
            Slip(
                lambda: KINDS | {"w * 3, inside no_grad": "non-leaf"},
                "Inside no_grad nothing is recorded. Without a grad_fn, the result counts as a leaf that asks for nothing.",
            ),
            Slip(
                lambda: {key: "leaf" if kind == "constant" else kind for key, kind in KINDS.items()},
                "It is true that a constant has is_leaf == True. Call those that do not require a gradient constants here.",
            ),
        ),
        hints=(
            "Two questions decide: does it require a gradient? Was it made by a recorded operation?",
            "Make the tensor and print t.requires_grad and t.is_leaf. False and True: constant. True and True: leaf. True and False: non-leaf.",
        ),
    ),
    "core": Exercise(
        "Keep the gradient of h, for h = w * w and the sum of h * h.",
        solution=lambda: [True, torch.tensor([2.0, 8.0]), torch.tensor([4.0, 32.0])],
        slips=(
            Slip(
                lambda: [True, None, torch.tensor([4.0, 32.0])],
                "retain_grad() came after the wave. Call it before backward().",
            ),
            Slip(
                lambda: [False, None, torch.tensor([4.0, 32.0])],
                "h is no leaf, so its gradient only passed through. Ask h to keep it.",
            ),
            Slip(
                lambda: [False, torch.tensor([2.0, 8.0]), None],
                "h became a leaf of its own, and the way to w is cut: w.grad is None. Leave the graph whole, and ask h to keep what passes.",
            ),
            Slip(
                lambda: [True, torch.tensor([4.0, 32.0]), torch.tensor([4.0, 32.0])],
                "That is the gradient of w, twice. The second of the three should be h.grad.",
            ),
        ),
        hints=("One line is missing, and it must stand before backward().", "h.retain_grad()"),
    ),
    "stretch": Exercise(
        "Three weights of 0.5 that are a leaf, and their gradient.",
        solution=lambda: [True, False, torch.tensor([1.0, 1.0, 1.0])],
        slips=(
            Slip(
                lambda: [False, True, torch.tensor([1.0, 1.0, 1.0])],
                "retain_grad() shows the gradient, but w is still no leaf, and an optimizer will refuse it.",
            ),
            Slip(
                lambda: [True, False, torch.tensor([0.5, 0.5, 0.5])],
                "That is the gradient of the tensor of ones. What you want to train is 0.5, and its gradient is 2 * 0.5.",
            ),
            Slip(lambda: [True, False, torch.tensor([2.0, 2.0, 2.0])], "The gradient of w * w is 2 * w, so this w is 1, and not 0.5."),
            Slip(
                lambda: [False, False, None],
                "w is the product here, and no leaf. Do the multiplication first, and ask for gradients after it.",
            ),
            Slip(lambda: [True, False, None], "A leaf, but without a gradient: does it require one, and was backward() called?"),
        ),
        hints=(
            "The multiplication must not be recorded. When is an operation not recorded?",
            "Multiply a constant, and call requires_grad_() on the result.",
        ),
    ),
}

QUIZ = (
    Question(
        "Which tensors are leaves?",
        (
            "those that require a gradient",
            "those that no recorded operation has made",
            "those with a .grad that is not None",
            "those made by torch.tensor and no others",
        ),
        1,
        "No grad_fn, so a leaf. That takes in constants, and results of operations that were not recorded.",
    ),
    Question(
        "When does backward() leave a gradient in t.grad?",
        ("t is a leaf that requires a gradient, or t was asked to retain it", "always", "t requires a gradient"),
        0,
        "A non-leaf requires a gradient too, but hands it on and keeps nothing, unless asked.",
    ),
    Question(
        "An optimizer says “can't optimize a non-leaf Tensor”. What is the cure?",
        (
            "retain_grad() on the parameter",
            "retain_graph=True",
            "make the numbers first, then ask for gradients",
            "a smaller learning rate",
        ),
        2,
        "Scale a constant, then requires_grad_(). retain_grad shows a gradient, but makes no leaf.",
    ),
    Question(
        "h = w * 2 is a non-leaf. What does h.requires_grad_(False) do?",
        ("It freezes h.", "It freezes w.", "nothing", "It raises an error: only a leaf's flag can be changed."),
        3,
        "Whether a result requires a gradient follows from its inputs. To stop there, use h.detach().",
    ),
    Question(
        "Why does retain_grad() have to be asked for?",
        ("It is slow.", "It costs memory: one array for each tensor on the way.", "It makes the gradient of w wrong."),
        1,
        "In a network there are far more results than parameters, and hardly anyone looks at their gradients.",
    ),
)
