"""Random stories: views, in-place changes, hooks, modes and backward calls in any order, told on our torch and on the real one.

    python -m tests.torch.stories views 300        # 300 stories of that kind: each disagreement once, in its shortest form

A story is a list of statements. Each runs alone, and what comes of it is a line of the transcript: what it printed, what it warned of,
what it raised. The story is written while it runs on the real PyTorch, so that its statements fit the tensors that it has.
Two transcripts are compared up to the first statement that differs; then statements are left out as long as it still does.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
import textwrap
import warnings
from collections import Counter
from functools import cache
from types import CodeType
from typing import Any

from .oracle import first_sentence, short
from .statements import CHOICES, FUNCTIONS, PRELUDE, RARE_WRAPPERS, TEMPLATES, WEIGHTS, WRAPPERS

# --- telling ----------------------------------------------------------------------------------------------------------


@cache
def _code(source: str) -> CodeType:
    return compile(source, "<story>", "exec")


class Teller:
    """Runs statements on a torch, one after the other, and says what came of each."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.names: dict[str, Any] = {"torch": torch}
        torch.manual_seed(0)
        torch.set_printoptions(profile="default")
        exec(_code(PRELUDE), self.names)  # noqa: S102 - the programs of this file
        if hasattr(torch.autograd, "Function"):
            exec(_code(FUNCTIONS), self.names)  # noqa: S102
        self._note_versions()

    def tell(self, statement: str) -> str:
        out, raised = io.StringIO(), ""
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
            warnings.simplefilter("always")
            try:
                exec(_code(statement), self.names)  # noqa: S102
            except NameError as error:
                raised = f"NameError {error.name}\n"
            except Exception as error:
                raised = f"{type(error).__name__}: {first_sentence(str(error))}\n"
        self.torch.set_grad_enabled(True)
        self._note_versions()
        warned = "".join(f"{w.category.__name__}: {first_sentence(str(w.message))}\n" for w in caught)
        return re.sub(r"0x[0-9a-f]+", "0x...", warned + out.getvalue() + raised)

    def _note_versions(self) -> None:
        born = self.names["born"]
        for name, value in self.names.items():
            if name not in born and isinstance(value, self.torch.Tensor):
                born[name] = 0 if getattr(value, "is_inference", bool)() else value._version


def transcript(story: list[str], torch: Any) -> list[str]:
    teller = Teller(torch)
    return [teller.tell(statement) for statement in story]


# --- writing ----------------------------------------------------------------------------------------------------------


def written(kind: str, seed: int, real_torch: Any, length: int = 14) -> list[str]:
    """A story of that kind: statements that fit the tensors there are, found by running them on the real PyTorch."""
    chance = random.Random(f"{kind} {seed}")
    teller, story, count = Teller(real_torch), [], 0
    if kind == "float32":
        story = ["x, y, z, k, q = (t.detach().float().requires_grad_(t.requires_grad) for t in (x, y, z, k, q))"]
        teller.tell(story[0])
    kinds, weights = zip(*WEIGHTS[kind].items(), strict=True)
    tensors = ["x", "y", "z", "k", "q"]
    for _ in range(length):
        chosen = chance.choices(kinds, weights)[0]
        template = chance.choice(TEMPLATES[chosen])
        t, u = _cast(chosen, tensors, teller.names, chance)
        if "hook" in template and teller.names[t]._is_view() | teller.names[u]._is_view():
            template = f"T.grad_fn, U.grad_fn\n{template}"  # PyTorch crashes if a view that has to be made again gets a hook first
        if "as_strided" in template and teller.names[t].numel() < 4:
            continue  # numbers from outside, whatever they are
        new = re.findall(r"\b[NM]\b(?=,| =)", template)
        fresh = {letter: f"t{count + place}" for place, letter in enumerate(dict.fromkeys(new))}
        places = {"T": t, "U": u, "O": "signs", **fresh}
        template = re.sub("<([a-z]+)>", lambda found: _filled(found[1], chance), template)
        statement = re.sub(r"(?<!\.)\b[TUNMO]\b", lambda found, places=places: places.get(found[0], found[0]), template)
        roll = chance.random()
        if kind in RARE_WRAPPERS and roll < 0.35:
            statement = _within(chance.choice(RARE_WRAPPERS[kind]), statement)
        elif roll < (0.25 if chosen == "inplace" else 0.06):
            statement = _within(chance.choice(WRAPPERS), statement)
        story.append(statement)
        teller.tell(statement)
        count += len(fresh)
        tensors = [name for name, value in teller.names.items() if isinstance(value, real_torch.Tensor)]
        if len(tensors) < 2:
            break
    return [*story, *(f"show({name})" for name in tensors)]


def _within(block: str, statement: str) -> str:
    return f"{block}\n{textwrap.indent(statement, '    ')}"


def _filled(word: str, chance: random.Random) -> str:
    """Something for a <word> of a statement."""
    if word == "shape":
        return f"({''.join(_filled('size', chance) + ', ' for _ in range(chance.choice([0, 1, 1, 2, 2, 3])))})"
    many = chance.choice([1, 1, 2, 2, 3]) if word == "index" else 1
    return ", ".join(chance.choice(CHOICES[word].split()) for _ in range(many))


def _cast(kind: str, tensors: list[str], names: dict[str, Any], chance: random.Random) -> tuple[str, str]:
    """Two tensors for a statement: mostly young ones, that require grad and broadcast with one another."""
    t = u = chance.choice(tensors)
    for _ in range(6):
        t = chance.choice(tensors[-6:] if chance.random() < 0.7 else tensors)
        others = [u for u in tensors if _fits(names[t], names[u])]
        u = chance.choice(others if others and chance.random() < 0.9 else tensors)
        plain = not names[t].requires_grad and chance.random() < 0.6
        refused = kind == "inplace" and _is_leaf(names[t]) and chance.random() < 0.8  # outside no_grad: once in a while is enough
        if not plain and not refused:
            break
    return t, u


def _fits(t: Any, u: Any) -> bool:
    return all(a in (b, 1) or b == 1 for a, b in zip(reversed(t.shape), reversed(u.shape), strict=False))


def _is_leaf(t: Any) -> bool:
    try:
        return bool(t.requires_grad and t.is_leaf)
    except RuntimeError:  # a view of many that no longer is one: PyTorch refuses to look
        return False


# --- comparing --------------------------------------------------------------------------------------------------------


def disagreement(story: list[str], ours: Any, theirs: Any, nearly: bool = True) -> tuple[list[str], str, str] | None:
    """The story up to the first statement of which ours and PyTorch tell otherwise, and what each tells; None if they agree.

    `nearly`: another last digit is no disagreement.
    """
    mine, other = Teller(ours), Teller(theirs)
    for place, statement in enumerate(story):
        a, b = mine.tell(statement), other.tell(statement)
        if a != b and not (nearly and _nearly(a, b)):
            return story[: place + 1], a, b
    return None


NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def _nearly(a: str, b: str) -> bool:
    """The same text, but for the last digit of numbers."""
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return False
    pairs = zip(map(float, NUMBER.findall(a)), map(float, NUMBER.findall(b)), strict=True)
    return all(abs(left - right) <= 2e-5 * max(abs(left), abs(right)) for left, right in pairs)


def shortest(story: list[str], ours: Any, theirs: Any, nearly: bool = True) -> tuple[list[str], str, str] | None:
    """Leave out statements, as long as the same kind of disagreement is left."""
    found = disagreement(story, ours, theirs, nearly)
    if found is None:
        return None
    again = True
    while again:
        again = False
        for place in range(len(found[0]) - 2, -1, -1):
            shorter = disagreement(found[0][:place] + found[0][place + 1 :], ours, theirs, nearly)
            if shorter is not None and shorter[0][-1] == found[0][-1] and "NameError" not in shorter[1] + shorter[2]:
                found, again = shorter, True
                break
    return found


def told(found: tuple[list[str], str, str]) -> str:
    """A disagreement, to be read."""
    story, mine, other = found
    return "\n".join([*story, "--- ours", textwrap.indent(mine.rstrip(), "    "), "--- PyTorch", textwrap.indent(other.rstrip(), "    ")])


def _about(found: tuple[list[str], str, str]) -> str:
    """What a disagreement is about, so that many of a kind are shown once: the first lines that differ, without names and numbers."""
    _, mine, other = found
    a, b = [*mine.splitlines(), ""], [*other.splitlines(), ""]
    first = next((pair for pair in zip(a, b, strict=False) if pair[0] != pair[1]), (a[-1], b[-1]))
    if "Error" in first[0]:
        return re.sub(r"\bt\d+\b", "t", f"ours: {first[0]}")
    return short(re.sub(r"\bt\d+\b|-?\d+\.?\d*", "#", f"ours: {first[0]} / PyTorch: {first[1]}"))


def main(kind: str = "all", count: str = "200", first: str = "0") -> None:
    """Tell `count` stories and print the disagreements, the most frequent first."""
    import torch as theirs

    from autograd_viz import torch as ours

    theirs.set_warn_always(True)
    seen: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    examples: dict[str, tuple[list[str], str, str]] = {}
    wrong, nearly = 0, kind != "float32"
    for seed in range(int(first), int(first) + int(count)):
        story = written(kind, seed, theirs)
        while (lack := disagreement(story, ours, theirs, nearly)) and "has no attribute" in lack[1] and "has no attribute" not in lack[2]:
            missing[lack[1].splitlines()[-1]] += 1
            del story[len(lack[0]) - 1]  # what we don't have at all is told once; the rest of the story without it
        found = shortest(story, ours, theirs, nearly)
        if found is not None:
            wrong += 1
            about = _about(found)
            seen[about] += 1
            if about not in examples or len(found[0]) < len(examples[about][0]):
                examples[about] = found
    for about, times in seen.most_common():
        print(f"=== {times} x {about}\n{told(examples[about])}\n")
    for line, times in missing.most_common():
        print(f"missing, {times} x {line}")
    print(f"{kind}: {int(count) - wrong} of {count} stories agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
