"""What the lessons use: `predict` before a cell runs, `check` after an exercise, `hint` when stuck, `quiz` at the end.

    from autograd_viz.classroom import check, hint, predict, quiz

    check("04 core", answer)        exact, close, or wrong and where; the two drawn beside each other
    hint("04 core")                 the next of a few hints

All that is asked, and what is right, stands in `lessons/`, one file a lesson: in the package and not in the cells, so that it survives
whatever is done to a notebook.  Nothing here raises, asks for input or needs a running kernel afterwards: an answer that cannot be looked
at gets a sentence, and questions are folded lines that open in a saved notebook too.
"""

from autograd_viz.classroom.asking import predict, quiz
from autograd_viz.classroom.checking import check, hint
from autograd_viz.classroom.drawing import side_by_side

__all__ = ["check", "hint", "predict", "quiz", "side_by_side"]
