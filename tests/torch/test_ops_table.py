"""docs/ops.md says what the rows say."""

from __future__ import annotations

import runpy
from pathlib import Path

from autograd_viz.torch.op import ROWS

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCRIPT = runpy.run_path(str(DOCS / "make_ops_table.py"))


def test_the_page_is_what_the_script_writes() -> None:
    page = DOCS.joinpath("ops.md").read_text(encoding="utf-8")
    assert page == SCRIPT["table"](), "run: python docs/make_ops_table.py"


def test_every_row_has_a_formula_for_each_input() -> None:
    rows = {name: row for name, row in ROWS.items() if ".ops." in row.forward.__module__}
    assert len(rows) > 100
    assert [name for name, row in rows.items() if [argument for argument, _ in row.derivatives] != row.inputs and not row.lists] == []


def test_a_bar_does_not_end_a_cell() -> None:
    assert SCRIPT["code"]("a | b") == "`a \\| b`"
    assert SCRIPT["code"]("") == ""
