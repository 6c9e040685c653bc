"""Our torch does what PyTorch does: the programs of `programs/`, live where PyTorch is installed, against stored facts everywhere.

`facts/` holds what PyTorch 2.13.0 did, one program a line. After changing a program, write it again (with PyTorch installed)
and read the diff:

    AUTOGRAD_VIZ_WRITE_FACTS=1 python -m pytest tests/torch/test_against_pytorch.py -k stored
"""

from __future__ import annotations

import json
import os
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograd_viz import events, torch

from .oracle import Facts, differences, facts, nodes, run, tolerance
from .programs import ERRORS, EXPRESSIONS, OPEN, PROGRAMS

FACTS = Path(__file__).with_name("facts")
DIGITS = 5  # of the stored numbers
ALL = [
    pytest.param(
        family, name, id=f"{family}: {name}",
        marks=pytest.mark.xfail(reason="open", strict=True) if name in OPEN.get(family, ()) else (),
    )
    for family, programs in PROGRAMS.items() for name in programs
]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(real_torch: ModuleType) -> Any:
    """What the real PyTorch does with a program."""
    real_torch.set_warn_always(True)  # else it tells some things only once in a process
    with warnings.catch_warnings():  # what forward mode loads when it is first used warns of its own age, once
        warnings.simplefilter("ignore", DeprecationWarning)
        real_torch.func.jvp(real_torch.sin, (real_torch.ones(1),), (real_torch.ones(1),))
    yield cache(lambda program: facts(program, real_torch))
    real_torch.set_warn_always(False)


@cache
def ours(program: str) -> Facts:
    return facts(program, torch)


# --- the programs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "name"), ALL)
def test_a_program_does_what_pytorch_does(family: str, name: str, theirs: Any) -> None:
    program = PROGRAMS[family][name]
    wrong = list(differences(ours(program), theirs(program), tolerance(program, ours(program))))
    assert not wrong, "\n".join([program, *wrong])


@pytest.mark.parametrize("family", PROGRAMS)
def test_the_stored_facts_are_what_pytorch_does(family: str, theirs: Any) -> None:
    current = {name: rounded(theirs(program)) for name, program in PROGRAMS[family].items()}
    if os.environ.get("AUTOGRAD_VIZ_WRITE_FACTS"):
        FACTS.joinpath(f"{family}.json").write_text(written(current), encoding="utf-8")
        stored.cache_clear()
    assert set(stored(family)) == set(current), "programs came or went: write the facts again (the command is at the top of this file)"
    for name, told in current.items():
        wrong = list(differences(stored(family)[name], told, 2 * 10.0 ** (1 - DIGITS)))
        assert not wrong, "\n".join([name, *wrong])
    assert FACTS.joinpath(f"{family}.json").stat().st_size < 400_000


@pytest.mark.parametrize(("family", "name"), ALL)
def test_a_program_does_what_the_stored_facts_say(family: str, name: str) -> None:
    program = PROGRAMS[family][name]
    wrong = list(differences(ours(program), stored(family)[name], 2 * 10.0 ** (1 - DIGITS)))
    assert not wrong, "\n".join([program, *wrong])


def test_expressions_have_values_and_errors_raise() -> None:
    good = [(family, line) for family, lines in EXPRESSIONS.items() for line in lines]
    bad = [(family, line) for family, lines in ERRORS.items() for line in lines]
    assert [line for family, line in good if "raised" in stored(family)[line]] == []
    assert [line for family, line in bad if "raised" not in stored(family)[line]] == []
    assert len(good) == len(set(good)) > 1000
    assert len(bad) > 60


@cache
def stored(family: str) -> dict[str, Facts]:
    found: dict[str, Any] = {}
    for name, told in json.loads(FACTS.joinpath(f"{family}.json").read_text(encoding="utf-8")).items():
        found[name] = found[told] if isinstance(told, str) else with_floats(told)  # the name of a program with the same facts
    return found


def rounded(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: rounded(value) for key, value in told.items()}
    if isinstance(told, list):
        return [rounded(value) for value in told]
    return float(f"{told:.{DIGITS}g}") if isinstance(told, float) else told


def shortened(told: Any) -> Any:
    """Whole floats as ints, which `with_floats` undoes: facts hold no other ints."""
    if isinstance(told, dict):
        return {key: shortened(value) for key, value in told.items()}
    if isinstance(told, list):
        return [shortened(value) for value in told]
    return int(told) if isinstance(told, float) and told.is_integer() else told


def with_floats(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: with_floats(value) for key, value in told.items()}
    if isinstance(told, list):
        return [with_floats(value) for value in told]
    return float(told) if isinstance(told, int) and not isinstance(told, bool) else told


def written(current: dict[str, Facts]) -> str:
    """JSON with a program a line; a program with the facts of an earlier one only names it."""
    first: dict[str, str] = {}
    rows = []
    for name, told in current.items():
        text = json.dumps(shortened(told), separators=(",", ":"), sort_keys=True)
        rows.append(f"{json.dumps(name)}:{json.dumps(first[text]) if len(text) > 80 and text in first else text}")
        first.setdefault(text, name)
    return "{\n" + ",\n".join(rows) + "\n}\n"


# --- random programs --------------------------------------------------------------------------------------------------

SHAPES = [(), (3,), (1,), (2, 3), (1, 3), (2, 1), (3, 3), (2, 2, 3)]
UNARY = [
    "-{0}", "({0} + 1)", "(2 - {0})", "({0} * 0.5)", "({0} / 3)", "(2 / ({0} * {0} + 1))", "({0} ** 2)", "(({0} ** 2 + 1) ** -0.5)",
    "(2 ** {0})", "{0}.tanh().exp()", "{0}.abs()", "{0}.sigmoid()", "{0}.tanh()", "{0}.relu()", "({0} * {0} + 1).log()",
    "({0} * {0} + 0.5).sqrt()", "{0}.sum()", "{0}.sum(0)", "{0}.sum(-1, keepdim=True)", "{0}.mean()", "{0}.mean(-1)",
    "{0}.mean((0, -1))", "{0}.max()", "{0}.max(0)[0]", "{0}.min(-1)[0]", "{0}.reshape(-1)", "{0}.t()", "{0}.mT", "{0}.unsqueeze(0)",
    "{0}.unsqueeze(-1)", "{0}.squeeze()", "{0}.squeeze(0)", "{0}[0]", "{0}[..., -1]", "{0}[1:]", "{0}[..., None]", "{0}[:, ::2]",
    "{0}[[0, 0]]", "{0}[..., [1, 0]]", "{0}[{0} > 0]", "{0}.flatten()", "{0}.transpose(0, -1)", "{0}.expand(2, *{0}.shape)",
    "{0}.clone()", "{0}.detach()", "sum({0})", "{0}.reshape(-1, 1)",
]  # fmt: skip
BINARY = [
    "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / ({1} * {1} + 1))", "(({0} * {0} + 1) ** {1})", "({0} @ {1})", "({0} @ {1}.mT)",
    "torch.where({0} > {1}, {0}, {1})", "torch.maximum({0}, {1})", "torch.add({0}, {1}, alpha=2)",
    "torch.nn.functional.mse_loss({0}, {1})", "torch.nn.functional.binary_cross_entropy_with_logits({0}, {1}, reduction='sum')",
]  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A few random leaves and a random expression of them. Wrong shapes are welcome: then both must raise the same."""
    leaves = []
    for name in ("x", "y", "z"):
        shape = draw(st.sampled_from(SHAPES))
        tracked = draw(st.sampled_from(["True", "True", "True", "False"]))
        leaves.append(f"{name} = torch.randn({shape}, dtype=torch.float64, requires_grad={tracked})")

    def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        unary = st.builds(str.format, st.sampled_from(UNARY), inner)
        binary = st.builds(str.format, st.sampled_from(BINARY), inner, inner)
        return unary | binary

    expression = draw(st.recursive(st.sampled_from(["x", "y", "z"]), combined, max_leaves=6).filter(lambda text: len(text) > 1))
    return "\n".join([*leaves, expression])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
@example("x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)\nsum(x) * x[0]")
def test_a_random_expression_has_pytorchs_graph_saved_tensors_and_derivatives(theirs: Any, program: str) -> None:
    mine, other = facts(program, torch), theirs(program)
    for told in (mine, other):
        told.pop("text", None)  # its last digit may be rounded otherwise
    wrong = list(differences(mine, other, 1e-7))
    assert not wrong, "\n".join([program, *wrong])


@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:Tensor.m?T is deprecated", "ignore:The use of `x.T`")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_nodes_run_in_pytorchs_order(real_torch: ModuleType, program: str) -> None:
    try:
        mine, other = run(program, torch), run(program, real_torch)
    except (RuntimeError, IndexError, ValueError, TypeError):
        return  # such programs are compared above
    if mine.grad_fn is None:
        return
    assert order_of_ours(mine) == order_of_theirs(other), program


def order_of_ours(result: Any) -> list[int]:
    places = {}
    for place, fn in enumerate(nodes([result.grad_fn])):
        places[("leaf", fn.variable) if hasattr(fn, "variable") else ("node", fn._serial)] = place
    seen: list[events.Event] = []
    with events.listening(seen.append):
        result.backward(torch.ones_like(result))
    leaves = {leaf._serial: place for (kind, leaf), place in places.items() if kind == "leaf"}
    order = []
    for event in seen:
        if isinstance(event, events.NodeEntered):
            order.append(places["node", event.node])
        elif isinstance(event, events.GradAccumulated):
            order.append(leaves[event.tensor])
    return order


def order_of_theirs(result: Any) -> list[int]:
    order: list[int] = []
    for place, fn in enumerate(nodes([result.grad_fn])):
        fn.register_prehook(lambda grads, place=place: order.append(place))
    result.backward(result.new_ones(result.shape))
    return order
