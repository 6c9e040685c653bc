"""Lesson 07: backward from many numbers, the Jacobian, and the v that picks from its rows."""

from collections.abc import Callable
from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Function, Named
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "07"

PREDICT = {
    "row": Question(
        "y = M @ x has three entries. We call y.backward(v) with v = (0, 1, 0). What does x.grad hold?",
        ("the second column of M", "the second row of M", "the whole matrix M", "(0, 1, 0), times the gradient of one number"),
        1,
        "Row i of M says how y[i] reacts to each entry of x. v counts only y[1], so its row is what arrives.",
    ),
    "mix": Question(
        "The same M, and v = (1, 1, 1). Its rows are (1, 2), (3, 4) and (5, 6). What is x.grad?",
        ("(1, 2)", "(5, 6)", "(9, 12)", "an error: there are three rows, and x.grad has room for one"),
        2,
        "Each row counts once, and they are added: 1 + 3 + 5 and 2 + 4 + 6. One row is all that ever arrives.",
    ),
    "running sum": Question(
        "y is the running sum of x: x0, x0 + x1, x0 + x1 + x2. With v = (0, 0, 1), what is x.grad?",
        ("(0, 0, 1)", "(0, 0, 3)", "(1, 1, 1)", "(1, 2, 3)"),
        2,
        "The last entry of y uses all three entries of x, each once: its row is (1, 1, 1). So v is not a factor that is laid over the result.",
    ),
    "turned": Question(
        "inp has 4 rows and 5 columns, and out = (inp + 1).pow(2).t(). Which shape must v have in out.backward(v)?",
        ("(4, 5), like inp", "(5, 4), like out", "(20,), one after the other", "(20, 20), like the Jacobian"),
        1,
        "v says how much each entry of out counts, so it is shaped like out. What arrives is shaped like inp.",
    ),
}

X = torch.tensor([1.0, 2.0, 3.0])


def _jacobian(function: Callable[[Any], Any], x: Any) -> Any:
    return torch.autograd.functional.jacobian(function, x)


def one_row_each(f: Any, x: Any) -> Any:
    """J, one backward for each entry of f(x)."""
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    found = []
    for i in range(len(y)):
        v: Any = torch.zeros_like(y)
        v[i] = 1.0
        found.append(torch.autograd.grad(y, leaf, v, retain_graph=True, materialize_grads=True)[0])
    return torch.stack(found)


def _all_at_once(f: Any, x: Any) -> Any:
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    return torch.autograd.grad(y, leaf, torch.ones_like(y))[0]


def _columns(f: Any, x: Any) -> Any:
    return one_row_each(f, x).t()


def _added_up(f: Any, x: Any) -> Any:
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    found = []
    for i in range(len(y)):
        y[i].backward(retain_graph=True)
        found.append(leaf.grad)
    return torch.stack(found)


TRIED = (
    (Named("x * x", lambda x: x * x), X),
    (Named("x.cumsum(0)", lambda x: x.cumsum(0)), X),
    (Named("x[:2] * x[2]", lambda x: x[:2] * x[2]), X),
)

EXERCISES = {
    "puzzle 1": Exercise(
        "J of x * x at (1, 2, 3).",
        solution=lambda: [[2, 0, 0], [0, 4, 0], [0, 0, 6]],
        expected=lambda: _jacobian(lambda x: x * x, X),
        slips=(
            Slip(lambda: [2, 4, 6], "Those are the numbers, and there are nine places: y[0] reacts to x[1] and x[2] too, namely by 0."),
            Slip(lambda: [[2, 4, 6], [2, 4, 6], [2, 4, 6]], "y[0] is x[0] * x[0]: it does not react to x[1]. Off the diagonal all are 0."),
            Slip(lambda: [[1, 0, 0], [0, 4, 0], [0, 0, 9]], "Those are the values x * x. The derivative is 2 * x."),
        ),
        hints=("Row 0: how does y[0] = x[0] * x[0] react to x[0], to x[1], to x[2]?", "Only three of the nine are not 0."),
    ),
    "puzzle 2": Exercise(
        "J of x.flip(0).",
        solution=lambda: [[0, 0, 1], [0, 1, 0], [1, 0, 0]],
        expected=lambda: _jacobian(lambda x: x.flip(0), X),
        slips=(
            Slip(lambda: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "That is the Jacobian of x itself. y[0] is x[2] here."),
            Slip(lambda: [[0, 0, 3], [0, 2, 0], [1, 0, 0]], "Those are the values. If x[2] grows by a little, y[0] grows by just as much: the derivative is 1."),
            Slip(lambda: [[0, 0, -1], [0, -1, 0], [-1, 0, 0]], "Turning the order round changes no sign."),
        ),
        hints=("y[0] is x[2].", "A Jacobian of something that only moves entries holds zeros and ones."),
    ),
    "puzzle 3": Exercise(
        "J of x.cumsum(0).",
        solution=lambda: [[1, 0, 0], [1, 1, 0], [1, 1, 1]],
        expected=lambda: _jacobian(lambda x: x.cumsum(0), X),
        slips=(
            Slip(lambda: [[1, 1, 1], [0, 1, 1], [0, 0, 1]], "That is J lying on its side: a row belongs to a result. y[0] is x[0] alone."),
            Slip(lambda: [[1, 0, 0], [1, 2, 0], [1, 2, 3]], "Those are the numbers that are summed. Each of them counts once in the sum: the derivative is 1."),
            Slip(lambda: [[1, 1, 1], [1, 1, 1], [1, 1, 1]], "Only y[2] uses all three. y[0] is x[0] alone."),
        ),
        hints=("Write out y[0], y[1] and y[2].", "Row 1 is (1, 1, 0)."),
    ),
    "puzzle 4": Exercise(
        "J of x - x.mean().",
        solution=lambda: [[2 / 3, -1 / 3, -1 / 3], [-1 / 3, 2 / 3, -1 / 3], [-1 / 3, -1 / 3, 2 / 3]],
        slips=(
            Slip(lambda: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "The mean is made of x too: if x[0] grows by 1, the mean grows by 1/3, and every y becomes less by that."),
            Slip(lambda: [[0, -1, -1], [-1, 0, -1], [-1, -1, 0]], "That takes away the sum. The mean has each entry divided by 3."),
            Slip(lambda: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], "The sum of a row is 0, but its entries are not: y[0] grows by 2/3 if x[0] grows by 1."),
        ),
        hints=("Two ways lead from x[0] to y[0]: directly (1), and through the mean.", "d mean / d x[j] is 1/3 for each j, and it is subtracted."),
    ),
    "puzzle 5": Exercise(
        "J of x[:2] * x[2] at (1, 2, 3).",
        solution=lambda: [[3, 0, 1], [0, 3, 2]],
        expected=lambda: _jacobian(lambda x: x[:2] * x[2], X),
        slips=(
            Slip(lambda: [[3, 0], [0, 3], [1, 2]], "That is J lying on its side. Two results: two rows. Three inputs: three columns."),
            Slip(lambda: [[3, 0, 0], [0, 3, 0]], "x[2] is a factor in both, so both react to it: the last column is not empty."),
            Slip(lambda: [[1, 0, 3], [0, 2, 3]], "By the product rule the derivative for one factor is the other factor: for x[0] it is x[2] = 3."),
        ),
        hints=("How many rows, how many columns?", "y[0] = x[0] * x[2]. Its derivatives: for x[0], for x[1], for x[2]?"),
    ),
    "puzzle 6": Exercise(
        "A function jacobian(f, x) that finds any J, one row for each entry of f(x).",
        solution=lambda: one_row_each,
        expected=lambda: Function(one_row_each, TRIED),
        slips=(
            Slip(lambda: _all_at_once, "With ones for v the rows come added up, in one. Take a v with a single 1, for each row in turn."),
            Slip(lambda: _columns, "The rows stand as columns. Row i is what comes back for the v whose entry i is 1."),
            Slip(lambda: _added_up, ".grad adds up, and the same tensor was kept each time, so each row holds the sum of all. torch.autograd.grad returns a fresh gradient and leaves .grad alone."),
        ),
        hints=(
            "Loop over i. In each turn v is all zeros but for a 1 at i.",
            "torch.autograd.grad(y, x, v, retain_graph=True)[0] is one row. Collect the rows in a list, and torch.stack it.",
            "x must be a leaf that requires a gradient: begin with x = x.detach().clone().requires_grad_().",
        ),
    ),
}

QUIZ = (
    Question(
        "y has 3 entries, x has 5. How many rows and columns has the Jacobian of y with respect to x?",
        ("5 rows, 3 columns", "3 rows, 5 columns", "15 rows, 15 columns", "3 rows, 3 columns"),
        1,
        "A row for each result, a column for each input.",
    ),
    Question(
        "What does y.backward(v) put into x.grad?",
        ("J @ v", "J, with each row scaled by v", "v @ J", "v * y"),
        2,
        "v has an entry for each row. The rows are scaled and then added up, which is v @ J. Its shape is that of x.",
    ),
    Question(
        "Why does y.backward() work without v when y is a loss?",
        (
            "A loss is one number: J has one row, and v is taken to be 1",
            "A loss has no Jacobian",
            "PyTorch guesses v from the names of the variables",
        ),
        0,
        "With one row there is nothing to choose. For more than one number you must say how much each counts.",
    ),
    Question(
        "How many backward walks does it take to fill a Jacobian of 10 rows and 1000 columns, row by row?",
        ("1", "1000", "10 000", "10"),
        3,
        "One walk for each row, however long the row is. That is why training, with one loss and a million parameters, needs a single walk.",
    ),
    Question(
        "Which call gives the same x.grad as y.backward(torch.ones_like(y))?",
        ("y.mean().backward()", "y.sum().backward()", "y[0].backward()", "y.max().backward()"),
        1,
        "In the sum every entry counts once. In the mean each counts 1/n.",
    ),
)
