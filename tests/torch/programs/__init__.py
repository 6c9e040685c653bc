"""Programs to run on our torch and on the real one: expressions, bad input, and longer stories. `LEAVES` comes before each.

Every module of this folder is a family, with tables of the same names: EXPRESSIONS and ERRORS, where every line is a program of its own
and its value the result, and SCRIPTS, longer ones by name, of which what they print is compared. `oracle.py` compares: values, graphs,
saved fields, first and second derivatives, printed text, exceptions, warnings.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

LEAVES = """
d = dict(dtype=torch.float64)
g = dict(dtype=torch.float64, requires_grad=True)
a = torch.tensor([[0.3, -1.2, 2.0], [1.55, 0.75, -0.45]], **g)
b = torch.tensor([[1.1, 0.5, -0.7], [0.2, 2.6, 1.25]], **g)
pos = torch.tensor([[0.5, 1.5, 2.0], [0.25, 3.0, 1.0]], **g)
ties = torch.tensor([[1.0, 3.0, 3.0], [3.0, 0.0, -0.0]], **g)
row = torch.tensor([[0.4, -0.6, 1.3]], **g)
col = torch.tensor([[2.0], [-0.5]], **g)
v = torch.tensor([0.7, -0.2, 1.6], **g)
w = torch.tensor([1.2, 0.9, -1.1], **g)
s = torch.tensor(1.75, **g)
one = torch.tensor([0.6], **g)
m = torch.tensor([[1.0, 0.5, -0.3], [0.2, -1.4, 0.8], [0.9, 0.1, 2.2]], **g)
n = torch.tensor([[0.1, 0.2, -0.3, 0.4], [0.5, -0.6, 0.7, 0.8], [0.9, 1.0, 1.1, -1.2]], **g)
p = (torch.arange(24, **d) / 10 - 1.1).reshape(2, 3, 4).requires_grad_()
q = torch.tensor([[[0.3], [0.1], [-0.5]]], **g)
empty = torch.zeros(0, 3, **g)
void = torch.zeros(0, **g)
c = torch.tensor([[2.0, -3.0, 0.5], [1.0, 4.0, -1.0]], **d)
f = torch.tensor([[1.5, -2.0, 0.5], [3.0, 1.0, -0.25]], requires_grad=True)
i = torch.tensor([[1, 2, 3], [-4, 5, 6]])
idx = torch.tensor([1, 0, 1])
mask = torch.tensor([[True, False, True], [False, False, True]])
"""


def _lines(table: str) -> list[str]:
    return [line.strip() for line in table.splitlines() if line.strip()]


FAMILIES = {found.name: import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)}
EXPRESSIONS: dict[str, list[str]] = {
    name: [line for table in vars(family).get("EXPRESSIONS", {}).values() for line in _lines(table)] for name, family in FAMILIES.items()
}
ERRORS: dict[str, list[str]] = {name: _lines(vars(family).get("ERRORS", "")) for name, family in FAMILIES.items()}
PROGRAMS: dict[str, dict[str, str]] = {
    name: {**{line: line for line in (*EXPRESSIONS[name], *ERRORS[name])}, **vars(family).get("SCRIPTS", {})}
    for name, family in FAMILIES.items()
}

# Where we still differ from PyTorch. A test that mends one of them fails until it is taken off this list.
OPEN: dict[str, set[str]] = {
    "stories_lessons": {"a bigram model"},
    "stories_numbers": {"float32 rounding"},
    "stories_printing": {"bfloat16", "complex numbers"},  # this library has neither
    "stories_training": {"softmax regression with one-hot targets"},
}  # fmt: skip
