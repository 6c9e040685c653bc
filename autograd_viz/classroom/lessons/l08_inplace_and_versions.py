"""Lesson 08: changing a tensor in place, the counter that notices, and views."""

from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip
from autograd_viz.torch.modes import no_grad

NUMBER = "08"

PREDICT = {
    "counter": Question(
        "a, a view of it and a copy of it start at version 0. Then a.add_(1), then a.mul_(10). Which three versions are printed last?",
        ("a 1, view 0, copy 0", "a 2, view 0, copy 0", "a 2, view 2, copy 0", "a 2, view 2, copy 2"),
        2,
        "A view has no memory of its own, so both changes count for both. The copy has, and nobody has changed it.",
    ),
    "sin": Question(
        "y = x.sin(), then y.mul_(2). y is changed in place after it was made. What does backward do?",
        ("It raises the same error.", "It gives 2 * cos(x), the right gradient.", "It gives cos(x): the change is forgotten."),
        1,
        "For its derivative, cos(x), sin needs x and has saved x. Nobody has touched x. And the multiplication by 2 is recorded like any other.",
    ),
    "view": Question(
        "z = x * 2, and part = z[0] is a view. After part.mul_(10), what kind of grad_fn has z?",
        ("MulBackward0, as before: only part was changed", "none any more", "another one: the history of z has changed with its numbers"),
        2,
        "z and part are the same memory, so z has other numbers now, and they were computed in another way. Its history must say so.",
    ),
    "overwritten": Question(
        "z = x * 2, then z[0] = 5. What is the first entry of x.grad after z.sum().backward()?",
        ("2", "0", "5", "an error"),
        1,
        "The first entry of z is 5 now, whatever x is. A constant has the derivative 0.",
    ),
    "data": Question(
        "y = x * x, and then x changes by 1, once inside no_grad and once through x.data. Does backward notice?",
        ("both times", "neither time", "only inside no_grad", "only through .data"),
        2,
        "no_grad switches off the recording, not the counter. .data has a counter of its own, so the one that backward looks at stands still.",
    ),
}

SNIPPETS = {
    "A": ("fine", "error", "A is fine: x * 2 needs no value of y for its derivative, which is 2."),
    "B": ("error", "fine", "B raises: exp has saved its result y, because that is its derivative. add_ has changed it."),
    "C": ("fine", "error", "C is fine: an assignment to z[0] is recorded. Its gradient is 0 in the first place and 2 elsewhere, as it should be."),
    "D": ("wrong", "error", "D is silently wrong: .data has a counter of its own, so nobody notices that the saved y is all zeros now."),
    "E": ("error", "wrong", "E raises: detach() shares memory and counter with y, so the change of the saved result is noticed."),
    "F": ("error", "fine", "F raises at once, before any backward: a leaf that requires a gradient may not be changed in place."),
    "G": ("fine", "error", "G is fine: cos has saved its input x, and only the result is changed."),
    "H": ("error", "fine", "H raises: x * x has saved x. no_grad allows the change, and the counter counts it."),
    "I": ("wrong", "error", "I is silently wrong: the change through .data is not counted, and backward uses the new x."),
    "J": ("fine", "error", "J is fine: x changes before it is used. What x * x saves is the new x, and that stays."),
}
RIGHT = {letter: right for letter, (right, _, _) in SNIPPETS.items()}


def _but(letter: str) -> Slip:
    """All right but for one."""
    _, taken_for, says = SNIPPETS[letter]
    return Slip(lambda: RIGHT | {letter: taken_for}, says)


def _share(x: Any) -> Any:
    y = x.exp()
    y = y / y.sum()
    return y * y


def _through_data(x: Any) -> Any:
    y = x.exp()
    y.data /= y.sum().item()
    return y * y


def _detached(x: Any) -> Any:
    y = x.exp()
    y = y / y.sum().detach()
    return y * y


def _unrecorded(x: Any) -> Any:
    y = x.exp()
    with no_grad():
        y /= y.sum()
    return y * y


EXERCISES = {
    "warm-up": Exercise(
        "The versions of a, b, c, d after a few changes.",
        solution=lambda: [2, 2, 0, 2],
        slips=(
            Slip(lambda: [1, 1, 0, 1], "Two operations end in an underscore, and each counts: the one on b is a change of the same memory."),
            Slip(lambda: [2, 2, 0, 0], "detach() is no copy. d shares the memory of a, and its counter."),
            Slip(lambda: [1, 1, 0, 0], "b and d share the memory of a. One memory, one counter."),
            Slip(lambda: [2, 2, 2, 2], "clone() is a copy with a memory of its own, and a counter that starts at 0."),
        ),
        hints=("Which of the four have a memory of their own?", "One memory has one counter. How many changes were made to that of a?"),
    ),
    "core": Exercise(
        "Ten snippets: fine, error or wrong?",
        solution=lambda: dict(RIGHT),
        slips=tuple(map(_but, SNIPPETS)),
        hints=(
            "For each snippet ask: what did the operation save? Its input, its result, or nothing?",
            "Saved, then changed, and counted: error. Saved, then changed through .data: wrong. Not saved: fine.",
            "exp and sigmoid save their result. x * x saves x. sin and cos save their input. x * 2 and x + 1 need no values.",
        ),
    ),
    "stretch": Exercise(
        "share(x): the same numbers without the error.",
        solution=lambda: _share,
        expected=lambda: Function(_share, ((torch.tensor([0.0, 1.0, 2.0]),), (torch.tensor([1.0, 1.0]),), (torch.tensor([-1.0, 3.0]),)), True),
        slips=(
            Slip(lambda: _through_data, "Through .data the error is gone and the gradient is wrong: the division is not recorded at all."),
            Slip(lambda: _detached, "The values are right, but the sum depends on x too. If it is detached, that part of the gradient is missing."),
            Slip(lambda: _unrecorded, "no_grad takes the division out of the record, but y is changed all the same, and exp has saved it."),
        ),
        hints=("Which line writes into memory that exp has saved?", "y /= s writes into y. y = y / s makes a new tensor and gives it the name y."),
    ),
}

QUIZ = (
    Question(
        "What does the trailing underscore of add_ and zero_ say?",
        ("It is a private method.", "The result is not recorded.", "The tensor itself is changed.", "It is faster."),
        2,
        "PyTorch marks operations that work in place by an underscore at the end. They are recorded like others.",
    ),
    Question(
        "When does a change in place make backward fail?",
        ("always", "if a node has saved that memory before the change", "if the tensor is a view", "if it happens inside no_grad"),
        1,
        "The node remembers the version of what it saved. If the counter stands elsewhere by then, the numbers are no longer those it needs.",
    ),
    Question(
        "You change a view, v = z[0]. What happens to z?",
        (
            "Its numbers change, and its history becomes a CopySlices",
            "Nothing: a view is a copy",
            "Its numbers change, and its history stays as it was",
        ),
        0,
        "One memory, so one set of numbers. CopySlices says: z as before, but with this part replaced.",
    ),
    Question(
        "Why should you avoid x.data?",
        (
            "It is slow",
            "It makes x a constant",
            "It copies the memory",
            "Changes made through it are not counted, so a wrong gradient goes unnoticed",
        ),
        3,
        "It shares the memory but not the counter. Use no_grad() or detach(), which share both.",
    ),
    Question(
        "exp raises after y.add_(1), sin does not. What is the difference?",
        ("sin saves its input, exp its result", "sin saves nothing", "exp may not be used in place"),
        0,
        "The derivative of exp is exp itself, its result. The derivative of sin is cos of its input.",
    ),
)
