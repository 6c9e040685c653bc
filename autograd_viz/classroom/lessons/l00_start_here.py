"""Lesson 00: a picture under a cell, and how many nodes are in it."""

from typing import Any

from autograd_viz import torch
from autograd_viz.classroom.answers import Graph
from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "00"

PREDICT = {
    "nodes": Question(
        "The next cell multiplies a by 3, adds 1, and squares. How many nodes will its graph have?",
        ("one: it is one formula", "two: the last line only shows the end", "three: one for each operation", "four: a is a node too"),
        2,
        "Each operation makes one node. a was not computed by an operation: it is where the graph begins.",
    ),
    "loop": Question(
        "One line, `s = s * 2`, in a loop of three turns. How many nodes?",
        ("one: the line is written once", "one: s is one variable", "three: the line runs three times"),
        2,
        "The graph is not made from the text of the program. Each multiplication that runs adds a node.",
    ),
    "slope": Question(
        "d = (3 * a + 1)², and a is 2. How fast does d grow when a grows a little?",
        ("49", "14", "42", "6"),
        2,
        "The slope of the square is 2 * 7 = 14, and 3 * a grows three times as fast as a: 14 * 3 = 42. (49 is the value of d.)",
    ),
}


def _tower() -> Any:
    a: Any = torch.tensor(0.5, requires_grad=True)
    return torch.sin(torch.exp(a * a))


def _upside_down() -> Any:
    a: Any = torch.tensor(0.5, requires_grad=True)
    return torch.exp(torch.sin(a * a))


def _with_a_power() -> Any:
    a: Any = torch.tensor(0.5, requires_grad=True)
    return torch.sin(torch.exp(a**2))


def _with_a_number() -> Any:
    a: Any = torch.tensor(0.5, requires_grad=True)
    return torch.sin(torch.exp(a * 2))


EXERCISES = {
    "warm-up": Exercise(
        "How many nodes does r = (s * s + s) * 2 record?",
        solution=lambda: 3,
        slips=(
            Slip(lambda: 4, "Did you count s? It is where the graph begins; no operation made it, so it is no node."),
            Slip(lambda: 2, "There are two kinds of operation here, but the multiplication runs twice, and each time makes a node of its own."),
            Slip(lambda: 5, "s stands there three times, but using a tensor makes no node. Only operations do: count the signs * and +."),
            Slip(lambda: 1, "One line may hold several operations. Count the signs * and +."),
        ),
        hints=("Which operations stand in the line?", "Python does them one by one: s * s, then that + s, then that * 2."),
    ),
    "core": Exercise(
        "How many nodes does a loop of five turns with t = t * 2 + 1 record?",
        solution=lambda: 10,
        slips=(
            Slip(lambda: 2, "That counts what is written. The graph records what runs, and the line runs five times."),
            Slip(lambda: 5, "Five turns, yes. But how many operations are there in one turn?"),
            Slip(lambda: 11, "The tensor that t was at the start is no node: no operation made it."),
            Slip(lambda: 7, "Two operations and five turns: each turn runs both of them, so multiply, not add."),
        ),
        hints=("How many operations run in one turn?", "Two in each turn; the next turn makes two new ones."),
    ),
    "stretch": Exercise(
        "Build the graph: MulBackward0 of a and a, then ExpBackward0, then SinBackward0.",
        solution=_tower,
        expected=lambda: Graph(_tower()),
        slips=(
            Slip(_upside_down, "The node that is made last stands at the end. Here that must be the sine: it takes what the exponential gives."),
            Slip(_with_a_power, "The value is right, but ** is another operation, with a node of its own: PowBackward0. Multiply a by a."),
            Slip(_with_a_number, "Both arrows into the multiplication come from a. A plain 2 has no arrow."),
        ),
        hints=("Begin with the multiplication, and give its result to torch.exp.", "torch.sin(torch.exp(...)), and in the middle a times itself."),
    ),
}

QUIZ = (
    Question(
        "What makes a node in the graph?",
        ("each variable", "each line of the program", "each cell", "each operation that runs on a followed tensor"),
        3,
        "A variable is only a name, a line may hold many operations, and a cell many lines.",
    ),
    Question(
        "A loop runs the line `s = s * 2` a hundred times. How many nodes?",
        ("100", "1", "2"),
        0,
        "Each multiplication that runs is recorded, whatever the variable is called.",
    ),
    Question(
        "Which key takes you back to the first step of a picture?",
        ("Escape", "Home", "Space"),
        1,
        "Home is the first step and End the last. Space plays; Escape leaves the graph.",
    ),
    Question(
        "A cell fails in its third line. What does the picture show?",
        ("nothing: the cell failed", "what all of its lines would have recorded", "what was recorded before the error"),
        2,
        "The lines before the error did run. So the picture shows how far the program came.",
    ),
    Question(
        "d.backward() was called once. Where do you find how fast d changes with a?",
        ("in a.grad", "in d.grad", "in d", "in the last line of the message"),
        0,
        "The slope belongs to the tensor that may change: a. d holds the value.",
    ),
)
