"""Lesson 02: a gradient on its way back, what the nodes saved for it, and where it is kept."""

from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "02"

PREDICT = {
    "saved": Question(
        "Which of the three nodes must remember a value for the way back?",
        ("all three", "only the multiplication", "the multiplication and the power", "none: w, b and x are still there"),
        2,
        "The slope of q² is 2 * q, and the slope of w * x for w is x: both need a value. The slope of a sum is 1, whatever was added.",
    ),
    "by hand": Question(
        "The power node is given the gradient 1. What does it give back? (q is 7.)",
        ("1", "14", "7", "49"),
        1,
        "The gradient that arrives, times its own slope: 1 * 2 * 7.",
    ),
    "order": Question(
        "In which order will backward() visit the boxes?",
        ("as they were made: multiplication, addition, power", "all at once", "from the end: power, addition, multiplication"),
        2,
        "A node needs the gradient of its result before it can begin, and that comes from the nodes after it.",
    ),
    "neuron": Question(
        "The gradient of diff is 2 * diff = -1, and the slope of the sigmoid is 0.25 here. Which gradient reaches w? (x is 3.)",
        ("-3", "-0.25", "-0.75", "0.75"),
        2,
        "Multiply along the way: -1 (the power), times 1 (the subtraction), times 0.25 (the sigmoid), times 1 (the addition), times x = 3.",
    ),
    "every": Question(
        "The gradient went through s: -1 arrived there. What is s.grad now?",
        ("tensor(-1.)", "None", "tensor(0.)", "an error to ask for"),
        1,
        "It went through and was not kept. Only leaves keep theirs, unless you ask.",
    ),
}

_CORE = {"t": 5, "v": 20, "u": 20, "c": 20, "a": 40, "b": 60}
_STRETCH = {"loss": 1.0, "w.grad": 0.0, "node": "SigmoidBackward0"}

EXERCISES = {
    "warm-up": Exercise(
        "How many tensors does each save, with a and b followed: a + b, a * b, -a, torch.exp(a), a - b?",
        solution=lambda: [0, 2, 0, 1, 0],
        slips=(
            Slip(lambda: [2, 2, 1, 1, 2], "A node saves what its slope depends on, and not all of its inputs. The slope of a sum is 1."),
            Slip(lambda: [0, 1, 0, 1, 0], "Both a and b are followed here: the slope for a is b, and the slope for b is a."),
            Slip(lambda: [0, 2, 1, 1, 0], "The slope of -a is -1, whatever a is."),
            Slip(lambda: [0, 2, 0, 0, 0], "The slope of exp(a) is exp(a): it depends on a, so something must be saved. (It is the result.)"),
        ),
        hints=("For each: write down the slope. Does a or b occur in it?", "Slopes: 1 and 1; b and a; -1; exp(a); 1 and -1."),
    ),
    "core": Exercise(
        "u = a * b, v = u + c, t = v ** 2, loss = t * 5 with a = 3, b = 2, c = -4: the gradients of t, v, u, c, a and b.",
        solution=lambda: dict(_CORE),
        slips=(
            Slip(
                lambda: {"t": 5, "v": 4, "u": 1, "c": 1, "a": 2, "b": 3},
                "These are the slopes of the single nodes. Each must be multiplied by the gradient that arrives.",
            ),
            Slip(lambda: _CORE | {"a": 60, "b": 40}, "The slope of a * b for a is b. You have taken a for a, and b for b."),
            Slip(
                lambda: {"t": 5, "v": 10, "u": 10, "c": 10, "a": 20, "b": 30},
                "The slope of v ** 2 is 2 * v, and v is 2 here: so it is 4, not 2.",
            ),
            Slip(
                lambda: {"t": 4, "v": 2, "u": 6, "c": -4, "a": 3, "b": 2},
                "These are the values, on the way forward. The gradients begin with 1 at the loss.",
            ),
        ),
        hints=(
            "Begin at the loss with 1, and go back one operation at a time.",
            "t: 1 * 5. Then v: what arrived at t, times 2 * v. First calculate v.",
            "An addition hands the same gradient to both: so u and c get what v got. Then a gets that times b.",
        ),
    ),
    "stretch": Exercise(
        "The neuron with w = 12, x = 3, b = -6 and y = 0: the loss, w.grad, and the node that let nothing through.",
        solution=lambda: dict(_STRETCH),
        slips=(
            Slip(lambda: _STRETCH | {"w.grad": 6.0}, "That leaves out the slope of the sigmoid. It is s * (1 - s), and s is 1."),
            Slip(lambda: _STRETCH | {"w.grad": 1.5}, "0.25 is the slope of the sigmoid at 0. Here z is 30, where the curve is flat."),
            Slip(lambda: _STRETCH | {"loss": 0.0}, "y is 0 here, and s is 1: diff is 1, so is its square. The neuron is as wrong as it can be."),
            Slip(lambda: _STRETCH | {"node": "MulBackward0"}, "By then it is 0 already. Step back from the loss: which node is given a number and hands on 0?"),
        ),
        hints=(
            "Copy the cell of the neuron, change the three numbers, and run it.",
            "Step through its picture: where is the gradient a number, and one arrow later 0?",
        ),
    ),
}

QUIZ = (
    Question(
        "A node is given a gradient. What does it do with it?",
        ("adds its own slope", "keeps it", "multiplies it by its own slope, for each input"),
        2,
        "That is the chain rule: slopes multiply along the way. Each input has a slope of its own.",
    ),
    Question(
        "What does an addition save for backward?",
        ("both inputs", "nothing", "the result", "the larger input"),
        1,
        "Its slopes are 1 and 1, whatever was added: the gradient is handed on unchanged.",
    ),
    Question(
        "When does backward() let go of a saved tensor?",
        (
            "as soon as its node has been passed",
            "at the end of the cell",
            "when the variable is deleted",
            "never",
        ),
        0,
        "The node is done with it. So the memory falls while the gradient walks back.",
    ),
    Question(
        "h is a result in the middle of the graph. After backward(), what is h.grad?",
        ("its gradient", "zero", "the gradient of the leaf before it", "None, and a warning comes with it"),
        3,
        "Intermediate gradients are used and dropped. The warning names the cure: retain_grad().",
    ),
    Question(
        "When must you call h.retain_grad()?",
        ("before backward()", "after backward()", "before h is computed"),
        0,
        "When the gradient comes by, h must have been told to keep it. Afterwards it is gone; before, there is no h.",
    ),
)
