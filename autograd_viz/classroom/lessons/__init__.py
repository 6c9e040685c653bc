"""What each lesson asks, one file a lesson: NUMBER, PREDICT (questions before a cell), EXERCISES (warm-up, core, stretch), QUIZ (five).

An exercise brings its own tests: its solution must pass, and its slips, at least three plausible wrong answers, must be caught with
something helpful to say (`tests/classroom/test_exercises.py`).
"""
