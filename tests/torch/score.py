"""How many programs end as they do in PyTorch, family by family, and in a line each, those that don't.

    python -m tests.torch.score                 # all families
    python -m tests.torch.score stories_hooks   # one (or several: the start of a name is enough), with more of each disagreement

It is what `test_against_pytorch.py` asserts, told as a number: programs that agree in everything, and beside it the share of PyTorch's
printed lines that ours prints too, up to where an exception of our own ends it.
"""

from __future__ import annotations

import sys
from collections import Counter

from .oracle import Facts, differences, facts, tolerance
from .programs import PROGRAMS


def about(ours: Facts, theirs: Facts, lines: list[str]) -> str:
    """The first thing in which they differ: what only we raised, else the first printed line that differs."""
    if "raised" in ours and ours["raised"] != theirs.get("raised"):
        return ": ".join(ours["raised"])
    pairs = zip(ours.get("printed", "").splitlines(), theirs.get("printed", "").splitlines(), strict=False)
    for place, (a, b) in enumerate(pairs):
        if a != b:
            return f"line {place + 1} of the output: {a!r}, PyTorch's {b!r}"
    return " ".join(lines[0].split())


def lines_alike(ours: Facts, theirs: Facts) -> tuple[int, int]:
    """How many of PyTorch's lines ours has, and how many there are; what was raised is a line too."""
    mine, other = ([*told.get("printed", "").splitlines(), ": ".join(told.get("raised", ["ended"]))] for told in (ours, theirs))
    return sum(a == b for a, b in zip(mine, other, strict=False)), len(other)


def main(*wanted: str) -> None:
    """Print the score of each family, the disagreements, and what most of them are about."""
    import torch as theirs

    from autograd_viz import torch as ours

    theirs.set_warn_always(True)
    causes: Counter[str] = Counter()
    scores: list[list[int]] = []
    names: list[str] = []
    for family, programs in PROGRAMS.items():
        if wanted and not family.startswith(wanted):
            continue
        good = alike = lines = 0
        for name, program in programs.items():
            mine, other = facts(program, ours), facts(program, theirs)
            wrong = list(differences(mine, other, tolerance(program, mine)))
            same, of = lines_alike(mine, other)
            alike, lines = alike + same, lines + of
            if not wrong:
                good += 1
                continue
            cause = about(mine, other, wrong)
            causes[cause if "raised" in mine else "other"] += 1
            print(f"{family}: {name}\n    {cause[: 400 if wanted else 200]}")
        scores.append([good, len(programs), alike, lines])
        names.append(family)
    print("\n--- what is raised most")
    for cause, times in causes.most_common(40):
        print(f"{times:5} {cause[:160]}")
    print("\n--- agreement")
    for name, (good, of, alike, lines) in zip([*names, "all"], [*scores, map(sum, zip(*scores, strict=True))], strict=True):
        print(f"{name:24} {good:5} of {of:5}  {good / max(of, 1):6.1%}   lines {alike / max(lines, 1):6.1%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
