"""For each row of the derivatives table, programs in which it is at work, as functions of their leaves: what `gradcheck` needs.

They are found by themselves: the stored facts say which nodes each expression of `programs/` has in its graph, and in the graph of its
gradient. Only for a row that no expression shows well (it stands at a kink, or computes in single precision) is there something to
write here, in SAMPLES.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from autograd_viz import torch
from autograd_viz.torch.op import ROWS

from .oracle import _compiled, short
from .programs import EXPRESSIONS, LEAVES

# node name -> further expressions over LEAVES
SAMPLES: dict[str, list[str]] = {}

# node name -> why its formula is no derivative of its forward, so that there is nothing to compare
NO_DERIVATIVE: dict[str, str] = {}

# node name -> why it cannot be differentiated twice (PyTorch cannot either)
ONLY_ONCE: dict[str, str] = {}

ROUNDING = ("ToCopyBackward0",)  # results in single precision: the steps must be longer

TRIED = 6  # programs for each row

Check = Callable[..., bool]


def rows() -> list[str]:
    """The node names of all operations that have a formula. (Those of `func/` are means of its own, and never seen.)"""
    return [name for name, row in ROWS.items() if (row.inputs and ".ops." in row.forward.__module__) or row.lists]


@cache
def _found() -> dict[str, list[tuple[str, bool]]]:
    """Short node name -> the expressions that show it, and whether only in the graph of the gradient. The shortest first."""
    found: dict[str, dict[str, bool]] = {}
    for family, expressions in EXPRESSIONS.items():
        stored = json.loads(Path(__file__).with_name("facts").joinpath(f"{family}.json").read_text(encoding="utf-8"))
        for expression in expressions:
            told = stored.get(expression, {})
            told = stored[told] if isinstance(told, str) else told
            if not str(told.get("kind", "")).startswith("torch.float64") or "raised" in told:
                continue
            for key, second in (("first_graph", True), ("graph", False)):
                for name in told.get(key, "").split() if second else re.findall(r"[\w:]+(?=\()", told.get(key, "")):
                    found.setdefault(name, {})[expression] = second
    return {name: sorted(each.items(), key=lambda item: (item[1], len(item[0]))) for name, each in found.items()}


def samples_of(name: str) -> list[str]:
    """Expressions to check a row with, the best first."""
    smooth = [expression for expression, _ in _found().get(short(name), []) if _leaves(expression)]
    apart = smooth[:: max(1, len(smooth) // TRIED)][:TRIED]  # short ones and long ones
    return [*SAMPLES.get(name, []), *dict.fromkeys([*smooth[:TRIED], *apart])]


@cache
def _leaves(expression: str) -> tuple[str, ...]:
    """The leaves that an expression uses. None if it uses one that has a kink, or single precision."""
    namespace: dict[str, Any] = {"torch": torch}
    exec(_compiled(LEAVES)[0], namespace)  # noqa: S102 - as in oracle.py
    names = [name for name in dict.fromkeys(re.findall(r"(?<![.\w])[a-z]\w*", expression)) if name in namespace]
    tensors = [(name, namespace[name]) for name in names if isinstance(namespace[name], torch.Tensor)]
    tracked = [(name, tensor) for name, tensor in tensors if tensor.requires_grad]
    if any(name == "ties" or tensor.dtype != torch.float64 for name, tensor in tracked):
        return ()
    return tuple(name for name, _ in tracked)


def function_of(expression: str) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """An expression as a function of its leaves, and these."""
    leaves = _leaves(expression)

    def function(*given: Any) -> Any:
        torch.manual_seed(0)
        namespace: dict[str, Any] = {"torch": torch}
        exec(_compiled(LEAVES)[0], namespace)  # noqa: S102
        namespace.update(zip(leaves, given, strict=True))
        code, last = _compiled(expression)
        exec(code, namespace)  # noqa: S102
        assert last is not None
        return tuple(_floats(eval(last, namespace)))  # noqa: S307

    namespace: dict[str, Any] = {"torch": torch}
    exec(_compiled(LEAVES)[0], namespace)  # noqa: S102
    return function, tuple(namespace[name] for name in leaves)


def _floats(result: Any) -> Iterator[Any]:
    if isinstance(result, torch.Tensor):
        if result.requires_grad:
            yield result
    elif isinstance(result, tuple | list):
        for each in result:
            yield from _floats(each)


def failure(check: Check, expression: str, name: str) -> str | None:
    """What `gradcheck` or `gradgradcheck` finds wrong with an expression."""
    function, leaves = function_of(expression)
    how = {"eps": 1e-2, "atol": 1e-2} if name in ROUNDING else {}
    try:
        check(function, leaves, **how)
    except Exception as error:
        return f"{expression}\n    {type(error).__name__}: {error}"
    return None
