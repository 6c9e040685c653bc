"""Lesson 03: what a backward frees, and when to keep it."""

from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "03"

PREDICT = {
    "saved": Question(
        "backward() runs after the multiplication has ended. From where does it take the value of x that the derivative needs?",
        ("It computes x * x again.", "It reads x from the result.", "The multiplication saved it when it ran."),
        2,
        "An operation saves what its derivative will need, and its grad_fn keeps it until then.",
    ),
    "second": Question(
        "y.backward() again, on the same y. The wave starts at the sum and goes on to the addition. How far does it come?",
        ("to x, as before", "to the multiplication, and no further", "nowhere: the sum refuses"),
        1,
        "The sum and the addition saved nothing, so they can run again. The multiplication has let go of its factors.",
    ),
    "retained": Question(
        "x.grad was [2, 4, 6] after one call. What is it after two calls over the retained graph?",
        ("[2, 4, 6]", "[4, 8, 12]", "[4, 16, 36]", "None"),
        1,
        "Each call brings the same gradient, and a call adds to what is there.",
    ),
    "add": Question(
        "Two calls over (x + 2).sum(), without retain_graph. What happens in the second?",
        ("It runs, and adds 1 to each element once more.", "It raises the same error.", "It runs, and changes nothing."),
        0,
        "The derivative of x + 2 is 1, whatever x is. Nothing was saved, so nothing was missing.",
    ),
    "growing": Question(
        "A chain starts as one multiplication. How many objects does backward() visit in turns 0, 1 and 2?",
        ("2, 2, 2", "2, 4, 6", "2, 3, 4", "2, 4, 8"),
        2,
        "The AccumulateGrad of w is there from the start; each turn hangs one more multiplication on the chain.",
    ),
}

EXERCISES = {
    "warm-up": Exercise(
        "For which of six expressions can backward() run twice without retain_graph?",
        solution=lambda: {"-x": True, "x * 2": False, "x - 5": True, "x.exp()": False, "x * x": False, "x.mean()": True},
        slips=(
            Slip(
                lambda: {"-x": True, "x * 2": True, "x - 5": True, "x.exp()": False, "x * x": False, "x.mean()": True},
                "The derivative of x * 2 is 2, and that 2 has to be kept: PyTorch saves the number as a small tensor.",
            ),
            Slip(
                lambda: {"-x": True, "x * 2": False, "x - 5": True, "x.exp()": True, "x * x": False, "x.mean()": True},
                "exp saves its result, for it is its own derivative.",
            ),
            Slip(
                lambda: dict.fromkeys(("-x", "x * 2", "x - 5", "x.exp()", "x * x", "x.mean()"), False),
                "Only what saved a tensor fails the second time. Some of these save nothing.",
            ),
            Slip(
                lambda: {"-x": True, "x * 2": False, "x - 5": True, "x.exp()": False, "x * x": False, "x.mean()": False},
                "mean divides by how many there are. It notes that count, but no tensor.",
            ),
        ),
        hints=(
            "Write down each derivative. Does it contain x, or the result, or another number that was given?",
            "Try one: y = (x * 2).sum(); y.backward(); y.backward(). The picture shows what each box saved.",
        ),
    ),
    "core": Exercise(
        "The number of objects behind `average` after each of four turns.",
        solution=lambda: [0, 0, 0, 0],
        slips=(
            Slip(
                lambda: [5, 10, 15, 20],
                "It still grows by five objects a turn: `average` is computed from `loss`, and so keeps the graph of every loss.",
            ),
            Slip(
                lambda: [5, 5, 5, 5],
                "The count is constant, but one graph is still held. Let go of the history of `loss`, before it gets into the average.",
            ),
            Slip(
                lambda: [3, 3, 3, 3],
                "That counts `loss`. Its graph is needed, and is new in each turn; count the objects behind `average`.",
            ),
        ),
        hints=(
            "Which variable lives on from one turn to the next, and what is it computed from?",
            "An average is for looking at. It needs the value of loss, not its history.",
            "loss.detach() is the value without the history.",
        ),
    ),
    "stretch": Exercise(
        "The gradients of h.sum() and of h.mean(), for h = x * x, from one graph.",
        solution=lambda: [[2.0, 4.0, 6.0, 8.0], [0.5, 1.0, 1.5, 2.0]],
        slips=(
            Slip(
                lambda: [[2.0, 4.0, 6.0, 8.0], [2.5, 5.0, 7.5, 10.0]],
                "The second is added to the first. Set x.grad to None between the two calls.",
            ),
            Slip(
                lambda: [[0.5, 1.0, 1.5, 2.0], [2.0, 4.0, 6.0, 8.0]],
                "These are the right ones in the other order: the sum's comes first.",
            ),
            Slip(
                lambda: [[2.0, 4.0, 6.0, 8.0], [2.0, 4.0, 6.0, 8.0]],
                "A mean is the sum divided by how many there are, so its gradient is a quarter here.",
            ),
            Slip(
                lambda: [[0.5, 1.0, 1.5, 2.0], [0.5, 1.0, 1.5, 2.0]],
                "Both show the second gradient: the list kept the same tensor twice. Take x.grad.tolist() after each call.",
            ),
        ),
        hints=(
            "Both losses go through the same multiplication, so the first call must leave its saved values alone.",
            "total.backward(retain_graph=True), note x.grad, clear it, then mean.backward().",
        ),
    ),
}

QUIZ = (
    Question(
        "Why does a second backward() over x * x fail?",
        (
            "A gradient may be computed only once for each tensor.",
            "x has been deleted.",
            "The multiplication no longer has the factors that it saved.",
            "x.grad is already full.",
        ),
        2,
        "The first call frees saved values as it goes. x itself is still there, and a full .grad is simply added to.",
    ),
    Question(
        "You call backward() three times over one graph, for a good reason. Which calls need retain_graph=True?",
        ("the first and the second", "all three", "the third"),
        0,
        "Each call decides for the next one. After the last, nobody needs the saved values.",
    ),
    Question(
        "Two losses share a part, and you want the sum of their gradients. What is cheapest?",
        ("two calls, the first with retain_graph=True", "add the losses, and call backward() once", "compute the shared part twice"),
        1,
        "One walk visits the shared part once, and nothing must be kept.",
    ),
    Question(
        "A training loop raises “Trying to backward through the graph a second time”, in its second turn. What is the likely cause?",
        (
            "The learning rate is too large.",
            "The gradients were not cleared.",
            "retain_graph=True was forgotten.",
            "A tensor is carried from one turn to the next with its history.",
        ),
        3,
        "A turn that builds its own graph never meets an old one. retain_graph would only hide that the graph grows.",
    ),
    Question(
        "What does retain_graph=True cost?",
        ("memory: the saved values stay", "nothing", "exactness: the gradients are rounded"),
        0,
        "They stay until another call frees them, or until nothing refers to the graph any more.",
    ),
)
