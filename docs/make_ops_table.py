"""Write `ops.md`, the table of operations and their derivatives, from the rows in autograd_viz/torch/ops/.

python docs/make_ops_table.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograd_viz import torch
from autograd_viz.torch.op import ROWS, Row

TABLE = Path(__file__).with_name("ops.md")
HEAD = """# The operations and their derivatives

Every operation that autograd can differentiate, as the derivatives table of the engine has it. Written by `docs/make_ops_table.py` from
the rows themselves (`autograd_viz/torch/ops/`); `python docs/make_ops_table.py` writes it again.

- **node**: PyTorch's name for the `grad_fn` that the operation leaves behind.
- **what it computes**: the first sentence of the forward.
- **gradients**: for each differentiable input, what becomes of the gradient `grad` of the result (`grads`, of several results).
- **saves**: what the node keeps for that, as `grad_fn._saved_...`; a size or a number costs nothing, a tensor is held until the backward.
"""


def table() -> str:
    """The whole page, in Markdown."""
    files: dict[str, list[str]] = {}
    for name, row in ROWS.items():
        if ".ops." in row.forward.__module__:
            files.setdefault(row.forward.__module__.rpartition(".")[2], []).append(name)
    parts = [HEAD]
    for file, names in sorted(files.items()):
        parts += [f"## ops/{file}.py\n", "| node | what it computes | gradients | saves |", "|---|---|---|---|"]
        parts += [line(name, ROWS[name]) for name in sorted(names)]
        parts.append("")
    return "\n".join(parts)


def line(name: str, row: Row) -> str:
    """One row of the page."""
    gradients = "<br>".join(f"{code(argument)}: {code(formula)}" for argument, formula in row.derivatives)
    saves = ", ".join(code(field) for field in row.saves)
    return f"| {code(name)} | {escaped(sentence_of(row))} | {gradients} | {saves} |"


def sentence_of(row: Row) -> str:
    """The first sentence of the forward's docstring, or of the function's that is called."""
    for function in (row.forward, getattr(torch, row.op, None), getattr(torch.Tensor, row.op, None)):
        if said := (getattr(function, "__doc__", None) or "").strip():
            return said.partition("\n")[0].partition("  ")[0].rstrip(".")
    return ""


def code(text: str) -> str:
    """As code in a cell of a table."""
    return f"`{escaped(' '.join(text.split()))}`" if text else ""


def escaped(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"{TABLE.name}: {sum(1 for text in table().splitlines() if text.startswith('| `'))} operations")
