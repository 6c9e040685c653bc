"""What came of a program, run on a torch, ours or the real one: plain data that can be compared, and stored as JSON.

    facts("a * 2", torch) -> {"text": "tensor(...)", "graph": "Mul0(a, -)", "saved": ..., "first": ..., "second": ..., ...}

The last line of a program may be an expression; its value is the result, and everything autograd knows about it becomes a fact:
the graph, what each node saved, the gradients of all leaves, the nodes of the graph of those gradients, and the second derivatives.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType
from typing import Any

from .programs import LEAVES

Facts = dict[str, Any]


def facts(program: str, torch: Any) -> Facts:
    """Run `program` and say what it printed, warned of and raised, and all about its result."""
    names: dict[str, Any] = {}
    out, told = io.StringIO(), Facts()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
        warnings.simplefilter("always")
        try:
            result = run(program, torch, names)
            if result is not None:
                told |= _about(result, names, torch)
        except Exception as error:
            told["raised"] = [type(error).__name__, first_sentence(str(error))]
    torch.set_grad_enabled(True)
    if out.getvalue():
        # Where a program prints a whole error message, ours may go on with a hint, on a line of its own.
        told["printed"] = re.sub(r"0x[0-9a-f]+", "0x...", re.sub(r"(?m)^Hint: .*\n", "", out.getvalue()))
    if caught:
        told["warned"] = [f"{w.category.__name__}: {first_sentence(str(w.message))}" for w in caught]
    return told


def tolerance(program: str, told: Facts) -> float:
    """How far numbers may be off, relatively: PyTorch's float32 functions round in their own way."""
    return 2e-6 if re.search(r"float(32|16)|\bf\b", f"{program}{told.get('kind')}") else 1e-9


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence, or the end of the line."""
    return re.split(r"\n|(?<=[a-z)\]`'\"])[.?!](?:\s|$)", text.strip(), maxsplit=1)[0]


def differences(ours: Any, theirs: Any, tolerance: float, where: str = "", scale: float = 1.0) -> Iterator[str]:
    """In what two facts differ, one line for each place; numbers may differ by `tolerance`, relative to the largest beside them."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(key), theirs.get(key), tolerance, f"{where}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        scale = max([1.0, *(abs(x) for x in theirs if isinstance(x, float) and math.isfinite(x))])
        for i, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(*pair, tolerance, f"{where}[{i}]", scale)
    elif isinstance(ours, float) and isinstance(theirs, float):
        if not (math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance * scale) or (math.isnan(ours) and math.isnan(theirs))):
            yield f"{where}: ours {ours!r}, PyTorch's {theirs!r}"
    elif ours != theirs:
        yield f"{where}: ours {ours!r}\n    PyTorch's {theirs!r}"


# --- running ----------------------------------------------------------------------------------------------------------


@cache
def _compiled(program: str) -> tuple[CodeType, CodeType | None]:
    tree = ast.parse(program)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), "<program>", "eval")  # type: ignore[attr-defined]
    return compile(tree, "<program>", "exec"), last


def run(program: str, torch: Any, names: dict[str, Any] | None = None) -> Any:
    """The value of the program's last line, if that is an expression. `names`: where it puts its variables."""
    names = {} if names is None else names
    names["torch"] = torch
    torch.manual_seed(0)
    code, last = _compiled(program)
    exec(_compiled(LEAVES)[0], names)  # noqa: S102 - the programs of programs.py
    exec(code, names)  # noqa: S102
    return None if last is None else eval(last, names)  # noqa: S307


# --- looking ----------------------------------------------------------------------------------------------------------


def _about(result: Any, names: dict[str, Any], torch: Any) -> Facts:
    several = result if isinstance(result, tuple | list) else [result]
    tensors = [t for t in several if isinstance(t, torch.Tensor)]
    told: Facts = {"text": repr(result)}
    if not tensors:
        return told
    told["kind"] = f"{tensors[0].dtype} {tuple(tensors[0].shape)}{_strides(tensors[0])}"
    tensors = [t for t in tensors if t.grad_fn is not None]
    if not tensors:
        return told
    tensors_by_name = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
    leaves = {name: t for name, t in tensors_by_name.items() if t.is_leaf and t.requires_grad}
    told["graph"] = graph((t.grad_fn for t in tensors), leaves)
    told["saved"] = {name: saved for fn in nodes(t.grad_fn for t in tensors) for name, saved in _saved(fn, tensors_by_name).items()}
    seeds = [(torch.arange(t.numel(), dtype=t.dtype).reshape(tuple(t.shape)) * 0.25 + 0.5).requires_grad_() for t in tensors]
    inputs = [fn.variable for fn in nodes(t.grad_fn for t in tensors) if hasattr(fn, "variable")]
    used = [next((name for name, leaf in leaves.items() if leaf is t), f"leaf {k}") for k, t in enumerate(inputs)]
    first = torch.autograd.grad(tensors, inputs, seeds, create_graph=True)
    plain = torch.autograd.grad(tensors, inputs, [seed.detach() for seed in seeds], retain_graph=True)  # formulas on arrays, not on tensors
    told["first"] = {name: _numbers(g) for name, g in zip(used, plain, strict=True)}
    for name, g, h in zip(used, first, plain, strict=True):
        if g.dtype != h.dtype or not torch.allclose(g, h, 1e-4, 1e-6, True):
            told["differs with create_graph"] = name
    roots = [g.grad_fn for g in first if g.grad_fn is not None]
    told["first_graph"] = " ".join(sorted(short(fn.name()) for fn in nodes(roots) if not hasattr(fn, "variable")))
    curved = [g for g in first if g.requires_grad]
    if curved:
        weights = [torch.arange(g.numel(), dtype=g.dtype).reshape(tuple(g.shape)) * 0.5 - 1 for g in curved]
        second = torch.autograd.grad(curved, [*inputs, *seeds], weights, allow_unused=True)
        told["second"] = [None if g is None else _numbers(g) for g in second]
    return told


def graph(roots: Iterable[Any], leaves: dict[str, Any]) -> str:
    """The graph on one line: Mul0(a, Exp0(b)#0, -); `=2` is the second node of the line again, `-` an input without gradient."""
    numbers: dict[Any, int] = {}

    def text(fn: Any, output_nr: int) -> str:
        if fn is None:
            return "-"
        if hasattr(fn, "variable"):
            return next((name for name, leaf in leaves.items() if leaf is fn.variable), "?")
        nr = f"#{output_nr}" if output_nr else ""
        if fn in numbers:
            return f"={numbers[fn]}{nr}"
        numbers[fn] = len(numbers) + 1
        return f"{short(fn.name())}({', '.join(text(*edge) for edge in fn.next_functions)}){nr}"

    return " | ".join(text(fn, 0) for fn in roots)


def short(name: str) -> str:
    """MulBackward0 -> Mul0"""
    return re.sub(r"Backward(?=s?\d*(_copy)?$)", "", name)


def nodes(roots: Iterable[Any]) -> list[Any]:
    """All nodes that can be reached, each once, in the order of a walk in depth."""
    found: dict[Any, None] = {}
    stack = list(roots)[::-1]
    while stack:
        fn = stack.pop()
        if fn is not None and fn not in found:
            found[fn] = None
            stack.extend(following for following, _ in reversed(fn.next_functions))
    return list(found)


def _saved(fn: Any, tensors: dict[str, Any]) -> Facts:
    fields = [name for name in dir(fn) if name.startswith("_saved_")]
    return {f"{short(fn.name())}.{field.removeprefix('_saved_')}": _plain(getattr(fn, field), tensors) for field in fields}


def _plain(value: Any, tensors: dict[str, Any]) -> Any:
    """A saved value: a tensor of the program's by its name, for it must be that very tensor; another one by what it is."""
    if hasattr(value, "requires_grad"):
        for name, tensor in tensors.items():
            if tensor is value:
                return name
        grad_fn = short(value.grad_fn.name()) if value.grad_fn is not None else "leaf" if value.requires_grad else "constant"
        return [f"{value.dtype} {tuple(value.shape)} {grad_fn}", _numbers(value)]
    if isinstance(value, tuple):
        return [_plain(item, tensors) for item in value]
    return value if isinstance(value, float) else repr(value)


def _numbers(tensor: Any) -> list[Any]:
    if getattr(tensor, "_is_zerotensor", lambda: False)():  # PyTorch's way to keep zeros without memory
        flat = [0.0] * tensor.numel()
    else:
        flat = tensor.detach().reshape(-1).tolist()
    return [str(tuple(tensor.shape)), [float(number) for number in flat]]


def _strides(tensor: Any) -> str:
    """The steps in memory if the elements do not lie in order, of those dimensions where they matter. (A leaf may be a copied gradient.)"""
    if tensor.is_leaf or not tensor.numel() or tensor.is_contiguous():
        return ""
    return f" {[step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]}"
