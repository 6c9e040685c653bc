"""Lesson 04: what `.grad` holds after several calls."""

from autograd_viz.classroom.asking import Question
from autograd_viz.classroom.checking import Exercise, Slip

NUMBER = "04"

PREDICT = {
    "three calls": Question(
        "The first row of the gradient is 4 2 2 2 2. What is the first row of inp.grad after the second call, and after zeroing and a third?",
        ("4 2 2 2 2, then 4 2 2 2 2", "8 4 4 4 4, then 4 2 2 2 2", "8 4 4 4 4, then 12 6 6 6 6"),
        1,
        "A call adds to what is there, and zeroing leaves zeros there; so the third call adds to zeros.",
    ),
    "fan-out": Question(
        "What is the derivative of the sum of 2 * a + 5 * a, for each element of a?",
        ("2", "5", "7", "10"),
        2,
        "Two ways lead from a to the result. A gradient comes back along each, 2 and 5, and they are added.",
    ),
}

EXERCISES = {
    "warm-up": Exercise(
        "The first row of inp.grad after three calls without zero_().",
        solution=lambda: [12, 6, 6, 6, 6],
        slips=(
            Slip(lambda: [4, 2, 2, 2, 2], "That is what one call adds. backward() adds to what is there; nothing is overwritten."),
            Slip(lambda: [8, 4, 4, 4, 4], "That is the row after two calls."),
            Slip(lambda: [16, 8, 8, 8, 8], "That would be four calls, or a sum that doubles. Each call adds the same 4 2 2 2 2."),
        ),
        hints=("What does one call add?", "The ledger reads: before + contribution = after. Write down three of its rows."),
    ),
    "core": Exercise(
        "Two half batches that add up to the gradient of one batch: by what must the loss of each half be divided?",
        solution=lambda: 2.0,
        slips=(
            Slip(lambda: 1.0, "Undivided, each half's mean counts fully, and the sum of the two is twice the mean of all."),
            Slip(lambda: 4.0, "The mean has divided by the size of the half already; only the number of halves is missing."),
            Slip(lambda: 0.5, "Dividing by a half doubles it. The sum is too large as it is."),
        ),
        hints=(
            "The mean of four is the sum of four, divided by 4. What is the mean of two?",
            "mean of all = (mean of half 1 + mean of half 2) / ?",
        ),
    ),
    "stretch": Exercise(
        "The value of w.grad after each of three calls on w * w at w = 3, with w.grad = None before the last.",
        solution=lambda: [6.0, 12.0, 6.0],
        slips=(
            Slip(lambda: [6.0, 12.0, 18.0], "Before the last call .grad was set to None, so there was nothing to add to."),
            Slip(lambda: [6.0, 6.0, 6.0], "The second call adds to the first: nobody has cleared in between."),
            Slip(lambda: [9.0, 18.0, 9.0], "9 is the value of w * w. Its derivative is 2 * w."),
        ),
        hints=("The derivative of w * w is 2 * w.", "Go call by call: is .grad empty, or is there something to add to?"),
    ),
}

QUIZ = (
    Question(
        "What does backward() do with a .grad that is already there?",
        ("It overwrites it.", "It adds to it.", "It raises an error.", "It keeps the larger of the two."),
        1,
        "It always adds. That is why training clears the gradients before each step.",
    ),
    Question(
        "Before the first backward, what is w.grad?",
        ("zeros of w's shape", "None", "ones", "an error to ask for"),
        1,
        "There is no array yet; so w.grad.zero_() fails, and w.grad = None never does.",
    ),
    Question(
        "A leaf is used in three places of one graph. How many rows does one backward add to the ledger of that leaf?",
        ("one", "three", "none"),
        0,
        "The three gradients are summed on their way; what arrives at the leaf is added once.",
    ),
    Question(
        "You forget to clear, and train for ten steps. Which gradient does the tenth step use?",
        ("that of the tenth batch", "the mean of ten", "the sum of ten"),
        2,
        "Nothing is averaged and nothing forgotten: .grad holds the sum of all ten.",
    ),
    Question(
        "What is the difference between w.grad = None and w.grad.zero_()?",
        (
            "None lets go of the memory, and works before the first backward too",
            "zero_() is the only one that clears",
            "None makes w stop asking for gradients",
        ),
        0,
        "After either, the next gradient stands there alone. requires_grad is not touched by clearing.",
    ),
)
