"""Lesson 13: a training loop, five ways to break it, and the same cells on PyTorch."""

from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "13"

PREDICT = {
    "one step": Question(
        "b is 0, b.grad is -11, and the learning rate is 0.1. What is b after one step?",
        ("-1.1", "-11", "1.1", "0.1"),
        2,
        "The gradient says where the loss grows, so the step goes the other way: 0 - 0.1 * (-11).",
    ),
    "size": Question(
        "The loss of one turn has 5 nodes behind it. How many nodes are behind the loss of the last of 102 turns?",
        ("5", "102", "510"),
        0,
        "Each turn makes a graph of its own. The step changes the values of w and b, and records nothing.",
    ),
    "replaced": Question(
        "After w = w - 0.1 * w.grad, is w still a leaf?",
        ("Yes, a leaf stays a leaf", "Yes, but one that does not require grad", "No, it is the result of a subtraction"),
        2,
        "The name w now stands for another tensor, with a grad_fn. The leaf is still there, but without that name.",
    ),
    "total": Question(
        "A turn's loss has 5 nodes. After three turns of total = total + loss, how many nodes are behind total?",
        ("0: total is a number", "5", "15", "18"),
        3,
        "Three losses of 5, and the three additions. total holds on to all of it.",
    ),
}

_TARGET = 3.0


def _losses(kind: str, turns: int = 4) -> list[float]:
    """The losses of a loop on (x * w - 3 * x) ** 2 over x = 0, 1, 2, 3, by hand: their mean is 3.5 * (w - 3) ** 2."""
    w, kept, found = 0.0, 0.0, []
    for _ in range(turns):
        found.append(round(3.5 * (w - _TARGET) ** 2, 3))
        kept = 7 * (w - _TARGET) + (kept if kind == "never cleared" else 0.0)
        w += {"stands still": 0.0, "uphill": 0.1}.get(kind, -0.1) * kept
    return found


EXERCISES = {
    "warm-up": Exercise(
        "How many nodes are behind total after ten turns of total = total + loss.item().",
        solution=lambda: 0,
        slips=(
            Slip(lambda: 60, "That would be total = total + loss. item() hands out a plain number, and numbers have no graph."),
            Slip(lambda: 10, "An addition of two plain numbers is no node."),
            Slip(lambda: 50, "Those are the ten losses' nodes. total does not hold on to a loss, only to its value."),
        ),
        hints=("What does loss.item() return, a tensor or a number?", "Who would hold on to the nodes?"),
    ),
    "core": Exercise(
        "The causes, 1 to 5, of the five broken loops.",
        solution=lambda: {"A": 3, "B": 1, "C": 5, "D": 2, "E": 4},
        slips=(
            Slip(
                lambda: {"A": 3, "B": 1, "C": 5, "D": 4, "E": 2},
                "D and E both stand still. In which of the two has w.grad been filled, and emptied again?",
            ),
            Slip(
                lambda: {"A": 3, "B": 5, "C": 1, "D": 2, "E": 4},
                "B and C: in one of the two the losses are right, and only something else grows.",
            ),
            Slip(
                lambda: {"A": 4, "B": 1, "C": 5, "D": 2, "E": 3},
                "In A it is w that became a result; in E it is the loss that became a leaf.",
            ),
        ),
        hints=(
            "Start with the one that raises: None times a number. Which tensor has a .grad of None?",
            "Losses that never change: the step found no gradient. There are two ways to that, so read the order of the lines.",
            "Losses that grow: each step uses more gradient than its own.",
        ),
    ),
    "stretch": Exercise(
        "The first four losses of the repaired loop, rounded to three places.",
        solution=lambda: _losses("right"),
        slips=(
            Slip(lambda: _losses("never cleared"), "w moves, but too far: each step also uses the gradients of the turns before."),
            Slip(lambda: _losses("stands still"), "w does not move. Is the step's result written into w, and is w.grad filled by then?"),
            Slip(lambda: _losses("uphill"), "The losses explode: the step goes uphill. Subtract the gradient."),
        ),
        hints=(
            "There are two faults. One makes it stop at the second turn, the other would show only after that is mended.",
            "with torch.no_grad(): w -= 0.1 * w.grad",
            "And before the next backward(): w.grad = None.",
        ),
    ),
}

QUIZ = (
    Question(
        "Which order is right, in every turn?",
        ("step, backward, loss", "loss, step, backward", "loss, backward, zero_grad, step", "zero_grad, loss, backward, step"),
        3,
        "The step uses what backward has filled; clearing must come after a step and before the next backward.",
    ),
    Question(
        "Why does the step stand in torch.no_grad()?",
        ("It changes a leaf in place, which is allowed only where nothing is recorded", "It is faster", "So that .grad is not changed"),
        0,
        "With tracking on, changing such a leaf in place raises an error.",
    ),
    Question(
        "The loss never changes, and nothing raises. What do you look at first?",
        ("the data type of the inputs", "whether the graph is too large", "whether .grad is filled when the step is taken"),
        2,
        "A step without gradients moves nothing and says nothing. Print w.grad just before it.",
    ),
    Question(
        "Memory grows from turn to turn. Which line may be the cause?",
        ("losses.append(loss)", "losses.append(loss.item())", "optimizer.zero_grad()"),
        0,
        "Every loss in the list holds on to its whole graph. Keep numbers, not tensors.",
    ),
    Question(
        "What must change in a cell of this lesson, for it to run on PyTorch?",
        ("the names of the nodes", "the import", "the calls of backward", "the optimizer"),
        1,
        "from autograd_viz import torch becomes import torch. Nodes, numbers and errors are the same.",
    ),
)
