"""A formula of the derivatives table, as text for a reader: `grad * other` for the lambda that stands in the table.

A course may skip this file. Read next: `op.py`.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

_OPERATORS = {
    "plus": ast.Add, "minus": ast.Sub, "times": ast.Mult, "scaled": ast.Mult, "by_value": ast.Mult, "divided": ast.Div,
    "number_over": ast.Div, "pow_number": ast.Pow, "pow_tensor": ast.Pow,
    "mm": ast.MatMult, "mv": ast.MatMult, "bmm": ast.MatMult,
}  # fmt: skip
_COMPARISONS = {"eq": ast.Eq, "ne": ast.NotEq, "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE}
_NUMBER_FIRST: dict[str, tuple[int, Any]] = {"one_minus": (1, ast.Sub), "power_of_2": (2, ast.Pow)}
_SHORTER = {"self_sym_sizes": "self.shape", "self_sym_numel": "self.numel()", "pointwise.zeros(grad)": "0", "zeros(grad)": "0",
            "inverse_of(dims)": "the inverse of dims", "spread(grad, self.shape, dim, keepdim)": "grad repeated along dim",
            "count(self.shape, dim)": "the number of summands"}  # fmt: skip


def texts_of(forward: Callable[..., Any], inputs: list[str], formulas: list[Callable[..., Any]]) -> tuple[tuple[str, str], ...]:
    """Each of the `inputs` of an operation with its formula, read from the decorator above its forward.

    A row that is made by a function has none above it: then the formula speaks by the docstring of what it calls.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(forward))).body[0]
    except (OSError, SyntaxError):  # no source at hand
        return ()
    assert isinstance(tree, ast.FunctionDef)
    written = {k.arg: k.value for d in tree.decorator_list if isinstance(d, ast.Call) for k in d.keywords}
    told = []
    for i, name in enumerate(inputs):
        found = written.get(name, written.get("joint"))
        told.append((name, _said(formulas[i % len(formulas)]) if found is None else _text(found, forward.__globals__)))
    return tuple(told)


def _said(formula: Callable[..., Any]) -> str:
    """The first sentence of the operation that a formula calls."""
    called = [cell.cell_contents for cell in formula.__closure__ or ()] + [formula.__globals__.get(n) for n in formula.__code__.co_names]
    said = next((each.__doc__ for each in called if callable(each) and each.__doc__), "the gradient that belongs to it")
    return re.split(r"\.(?:\s|$)", said.strip())[0].replace("\n", " ")


def _text(formula: ast.expr, names: dict[str, Any]) -> str:
    body = formula.body if isinstance(formula, ast.Lambda) else formula
    text = _spelled_out(body, names) or ast.unparse(_Infix().visit(body))
    for long, short in _SHORTER.items():
        text = text.replace(long, short)
    return re.sub(r"\b(?:pointwise\.|math\.|_(?=[a-z]))|None <= | <= None", "", text).replace("div_mode(", "div(")


def _spelled_out(body: ast.expr, names: dict[str, Any]) -> str:
    """What a longer formula, called by its name, says of itself: its docstring up to the first comma, with the arguments put in."""
    if not (isinstance(body, ast.Call) and isinstance(body.func, ast.Name)):
        return ""
    function = names.get(body.func.id)
    is_operation = hasattr(function, "row") and not body.func.id.endswith("_backward")
    if function is None or is_operation or body.func.id in _OPERATORS or not function.__doc__:
        return ""
    values = dict(zip(inspect.signature(function).parameters, map(ast.unparse, body.args), strict=False))
    text = re.split(r"[,;:.](?:\s|$)", function.__doc__.strip())[0]
    return re.sub(r"\w+", lambda match: values.get(match[0], match[0]), text.replace("`", ""))


class _Infix(ast.NodeTransformer):
    """times(a, b) -> a * b, mm(a, b) -> a @ b, eq(a, b) -> a == b, one_minus(a) -> 1 - a, t(a) -> a.t()."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in _OPERATORS and len(node.args) == 2:
            return ast.BinOp(node.args[0], _OPERATORS[node.func.id](), node.args[1])
        if isinstance(node.func, ast.Name) and node.func.id in _COMPARISONS:
            return ast.Compare(node.args[0], [_COMPARISONS[node.func.id]()], node.args[1:])
        if isinstance(node.func, ast.Name) and node.func.id in _NUMBER_FIRST:
            number, operator = _NUMBER_FIRST[node.func.id]
            return ast.BinOp(ast.Constant(number), operator(), node.args[0])
        if isinstance(node.func, ast.Name) and node.func.id in ("t", "transpose", "permute", "expand", "squeeze_dim"):
            name = node.func.id.removesuffix("_dim")
            return ast.Call(ast.Attribute(node.args[0], name, ast.Load()), node.args[1:], [])
        return node
