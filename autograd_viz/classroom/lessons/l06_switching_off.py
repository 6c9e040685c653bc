"""Lesson 06: the ways to switch recording off, and how they differ."""

from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "06"

PREDICT = {
    "three": Question(
        "The same z three times: as always, inside no_grad, and detached afterwards. What do the three lines print?",
        ("True, False, False", "True, False, True", "True, True, False", "False, False, False"),
        0,
        "Inside no_grad nothing is recorded; detach gives a result without the record. Neither can send a gradient to w or b.",
    ),
    "five": Question(
        "no_grad, inference_mode, w.detach(), w.requires_grad_(False), eval(). In how many of the five is nothing at all recorded?",
        ("all five", "four", "two", "one"),
        2,
        "Only no_grad and inference_mode switch off all of it. Two others spare w alone, and eval() is not about recording.",
    ),
    "shared": Question(
        "Numbers that sigmoid has saved are overwritten with zeros: once through .data, once through detach(). When does backward() notice?",
        ("both times", "never", "only through .data", "only through detach()"),
        3,
        "A change through detach() is counted, and the count is compared. A change through .data is not counted.",
    ),
}

REQUIRES = {
    "w * 2": False,
    "w * b": True,
    "(w * b).detach()": False,
    "b * 2, inside no_grad": False,
    "b * 2, inside enable_grad inside no_grad": True,
    "b.detach() + b": True,
    "drop(b), after drop.eval()": True,
}


def _trained(freeze: bool = True, clear: bool = True, both: bool = False) -> dict[str, Any]:
    """Two steps of the core exercise, done right or with a slip."""
    w: Any = torch.tensor([2.0, -1.0], requires_grad=not freeze)
    b: Any = torch.tensor(1.0, requires_grad=True)
    x = torch.tensor([1.0, 3.0])
    recorded: list[str] = []
    for _ in range(2):
        if clear:
            b.grad = w.grad = None
        loss: Any = (w * x + b).pow(2).mean()
        recorded, node = [], loss.grad_fn
        while node is not None:
            recorded.append(type(node).__name__)
            node = node.next_functions[0][0] if node.next_functions else None
        loss.backward()
        b.detach().sub_(0.25 * b.grad)
        if both:
            w.detach().sub_(0.25 * w.grad)
    return {"w": w.detach(), "w.grad": w.grad, "b": b.item(), "recorded": recorded}


EXERCISES = {
    "warm-up": Exercise(
        "w is frozen, b is not. Which of seven results require a gradient?",
        solution=lambda: dict(REQUIRES),
        slips=(
            Slip(lambda: REQUIRES | {"w * 2": True}, "w is frozen: it is a constant now, and so is what is made of constants alone."),
            Slip(lambda: REQUIRES | {"w * b": False}, "One input that requires a gradient is enough, and b does."),
            Slip(
                lambda: REQUIRES | {"b * 2, inside enable_grad inside no_grad": False},
                "The innermost switch counts: enable_grad records, whatever is around it.",
            ),
            Slip(lambda: REQUIRES | {"b.detach() + b": False}, "detach() cuts one way. The other one, through the second b, is open."),
            Slip(
                lambda: REQUIRES | {"drop(b), after drop.eval()": False},
                "eval() changes what the layer calculates. Recording goes on as before.",
            ),
            Slip(lambda: REQUIRES | {"(w * b).detach()": True}, "The product requires a gradient. What detach() returns does not."),
        ),
        hints=(
            "A result requires a gradient if recording is on and one of its inputs requires one.",
            "Make w, b and drop, and print (w * b).requires_grad.",
        ),
    ),
    "core": Exercise(
        "Freeze w and train b for two steps.",
        solution=_trained,
        slips=(
            Slip(
                lambda: _trained(freeze=False),
                "w has not moved, but it is not frozen: the multiplication was recorded, and a gradient was computed that nobody uses.",
            ),
            Slip(lambda: _trained(freeze=False, both=True), "Both were trained. Freeze w first, and change b alone."),
            Slip(lambda: _trained(clear=False), "In the second step b.grad was the sum of two gradients. Clear it in each turn."),
        ),
        hints=(
            "Before the loop: tell w that it needs no gradient any more.",
            "In each turn: clear b.grad, compute the loss, call backward(), and change b inside torch.no_grad().",
            "w.requires_grad_(False); then, in the loop, with torch.no_grad(): b -= 0.25 * b.grad",
        ),
    ),
    "stretch": Exercise(
        "The value of p after the step, and after the step if p.grad was set to None before it.",
        solution=lambda: [0.8, 1.0],
        slips=(
            Slip(
                lambda: [1.0, 1.0],
                "An optimizer does not ask whether p requires a gradient. It asks whether p.grad is there, and the old one still is.",
            ),
            Slip(lambda: [0.8, 0.8], "Without a .grad the optimizer has nothing to go by, and leaves p alone."),
            Slip(lambda: [0.9, 1.0], "The derivative of p * p is 2 * p, so the gradient is 2 here."),
            Slip(lambda: [0.8, 0.64], "After p.grad = None there is no gradient for a second step; and p starts at 1 in both cases."),
        ),
        hints=(
            "What is in p.grad before the step? Does requires_grad_(False) empty it?",
            "A step of SGD is p -= lr * p.grad, for each p whose .grad is not None.",
        ),
    ),
}

QUIZ = (
    Question(
        "What does model.eval() do to recording?",
        ("It switches it off.", "Nothing. It tells some layers to behave differently.", "It switches it off for frozen parameters."),
        1,
        "Dropout stops dropping, for example. Put the forward pass into no_grad as well, if you want no records.",
    ),
    Question(
        "You update a parameter by hand. How?",
        (
            "w -= lr * w.grad",
            "w = w - lr * w.grad",
            "w.detach() - lr * w.grad",
            "with torch.no_grad(): w -= lr * w.grad",
        ),
        3,
        "The first raises, the second makes w a non-leaf, the third changes nothing.",
    ),
    Question(
        "What does t.detach() share with t?",
        ("the memory of its numbers", "nothing: it is a copy", "its grad_fn"),
        0,
        "Change one, and the other has changed. A copy is t.detach().clone().",
    ),
    Question(
        "A pretrained part stays as it is for the whole training. What fits best?",
        ("detach() on the loss", "eval() on that part", "requires_grad_(False) on its parameters"),
        2,
        "Then nothing that uses only them is recorded, and the rest trains as usual. eval() alone freezes nothing.",
    ),
    Question(
        "You compute something in inference_mode, and want to use it in training later. What now?",
        (
            "That is what inference_mode is for.",
            "Use no_grad instead, or take a clone() of it.",
            "Call requires_grad_() on it.",
        ),
        1,
        "Tensors made in inference_mode cannot be saved for backward. In return, the mode saves a little more time.",
    ),
)
