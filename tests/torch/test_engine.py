"""What no PyTorch program can show: depth, threads, interruptions, memory, and that listening changes nothing."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_viz import events, torch
from autograd_viz.torch import engine, observe
from autograd_viz.torch import walk as walking
from autograd_viz.torch.node import AccumulateGrad
from autograd_viz.torch.op import ROWS, op
from autograd_viz.torch.ops import shape
from autograd_viz.torch.tensor import holding
from autograd_viz.trace.plain import from_data, to_data

from .oracle import facts
from .programs import PROGRAMS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    assert torch.is_grad_enabled()
    assert events.listeners == []


# --- depth ------------------------------------------------------------------------------------------------------------


def test_a_chain_of_100_000_operations_is_built_walked_and_freed() -> None:
    assert sys.getrecursionlimit() <= 10_000
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(50_000):
        y = y * 1.0 + 0.0
    last = weakref.ref(y.grad_fn)
    y.backward()
    assert x.grad.item() == 1.0
    assert len(observe.story_of(y)) > 100_000
    del y
    assert last() is None


def test_a_deep_chain_can_be_differentiated_with_create_graph() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(5_000):
        y = y * 1.0
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    assert g.item() == 1.0
    del g, y


# --- threads ----------------------------------------------------------------------------------------------------------


def test_ten_threads_add_up_in_one_leaf_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(array: Any) -> Any:  # the moment between finding no .grad and putting one there, made long enough to be hit
        time.sleep(0.001)
        return holding(array)

    monkeypatch.setattr(engine, "holding", slowly)
    x = torch.zeros(3, requires_grad=True)
    start = threading.Barrier(10)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            start.wait()
            for _ in range(50):
                (x * 2).sum().backward()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert x.grad.tolist() == [1000.0] * 3


def test_grad_mode_is_of_the_thread() -> None:
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
        assert not torch.is_grad_enabled()
    assert seen == [True]


# --- interruptions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("create_graph", [False, True])
def test_an_exception_inside_a_formula_leaves_everything_in_order(
    kind: type[BaseException], create_graph: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROWS["ExpBackward0"]

    def interrupted(*_: Any) -> Any:
        raise kind("stop")

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x.exp() * x).sum()
    with monkeypatch.context() as patch:
        patch.setattr(row, "formulas", [(interrupted, ["grad", "result"])])
        patch.setattr(row.node, "run_arrays", interrupted)
        with pytest.raises(kind, match="stop"):
            torch.autograd.grad(y, x, create_graph=create_graph, retain_graph=True)
    assert torch.is_grad_enabled()
    assert torch.autograd.grad(y, x)[0].tolist() == pytest.approx([2 * np.e, 3 * np.e**2])


def test_a_failed_operation_leaves_nothing_behind() -> None:
    x, y = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError):
        x + y
    with pytest.raises(RuntimeError):
        x.add_(1)
    assert (x._version, x.grad_fn, x.grad) == (0, None, None)


def test_an_operation_within_an_operation_is_no_problem() -> None:
    inner = []

    @op("", others="self")
    def interrupted(self: Any) -> Any:  # as if a signal's handler or a finalizer computed with tensors
        inner.append((torch.tensor([1.0]) / 0).item())
        return np.exp(self)

    assert interrupted(torch.zeros(1)).item() == 1.0
    assert set(inner) == {float("inf")}


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", ["exp", "sqrt", "sigmoid", "tanh", "relu", "reciprocal", "max"])
def test_a_node_that_saves_its_output_is_in_no_ring(name: str, no_collector: None) -> None:
    x = torch.ones(3, requires_grad=True)
    y = getattr(x, name)()
    tensor, node = weakref.ref(y), weakref.ref(y.grad_fn)
    assert any(hasattr(kept, "unpack") for kept in y.grad_fn._saved.values())
    del y
    assert (tensor(), node()) == (None, None)


def test_a_graph_dies_with_its_result(no_collector: None) -> None:
    w = torch.ones(3, 2, requires_grad=True)
    loss = torch.nn.functional.mse_loss((torch.ones(4, 3) @ w).relu().max(1).values, torch.zeros(4))
    loss.backward(create_graph=False)
    alive = [weakref.ref(event_node) for event_node in walk(loss.grad_fn)]
    del loss
    assert [ref() for ref in alive] == [None] * len(alive)


def test_listening_keeps_nothing_alive(no_collector: None) -> None:
    seen: list[events.Event] = []
    with events.listening(seen.append):
        x = torch.ones(3, requires_grad=True)
        y = (x.exp() * 2).sum()
        refs = [weakref.ref(x), weakref.ref(y), weakref.ref(y.grad_fn)]
        y.backward()
        del x, y
    assert [ref() for ref in refs] == [None] * 3
    assert seen


def test_backward_lets_go_of_what_was_saved(no_collector: None) -> None:
    x = torch.ones(3, requires_grad=True)
    hidden = x * 2
    y = (hidden * hidden).sum()
    saved = weakref.ref(hidden)
    del hidden
    assert saved() is not None
    y.backward()
    assert saved() is None


def test_no_grad_saves_nothing(no_collector: None) -> None:
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        hidden = x * 2
        y = (hidden * hidden).sum()
    ref = weakref.ref(hidden)
    del hidden
    assert ref() is None
    assert y.grad_fn is None


def walk(fn: Any) -> list[Any]:
    found, stack = {}, [fn]
    while stack:
        node = stack.pop()
        if node is not None and node not in found:
            found[node] = True
            stack.extend(edge for edge, _ in node.next_functions)
    return list(found)


# --- listening --------------------------------------------------------------------------------------------------------


def listened(program: str) -> tuple[Any, list[events.Event]]:
    seen: list[events.Event] = []
    with events.listening(seen.append):
        told = facts(program, torch)
    return told, seen


@pytest.fixture(scope="module")
def recordings() -> dict[str, tuple[Any, list[events.Event]]]:
    stories = [programs for family, programs in PROGRAMS.items() if family == "core" or family.startswith("stories")]
    return {program: listened(program) for programs in stories for program in programs.values()}


def test_listening_changes_no_bit_of_any_program(recordings: Any) -> None:
    for program, (told, _) in recordings.items():
        assert repr(told) == repr(facts(program, torch)), program


def test_a_node_is_younger_than_its_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """`walk.walk` runs the youngest first and so needs no count of uses: it would lose gradients if an age were wrong."""
    walked = 0

    def checked(root: Any, seed: Any, keep_graph: bool) -> None:
        nonlocal walked
        walked += 1
        for node in walking._behind([root]):
            for following, _ in node.next_functions:
                ages = following is None or isinstance(following, AccumulateGrad) or following._sequence < node._sequence
                assert ages, f"{node.name()} is older than its input {following.name()}"
        original(root, seed, keep_graph)

    original = walking.walk
    monkeypatch.setattr(engine, "walk", checked)
    for family, programs in PROGRAMS.items():
        if family in ("core", "shapes", "indexing") or family.startswith("stories"):
            for program in programs.values():
                facts(program, torch)
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    for change in (lambda y: y.mul_(2), lambda y: y[0].add_(1), lambda y: y.zero_()):
        y = x.sin()
        v = y[1:]
        change(y)
        (v * v.exp()).sum().backward()
        torch.cat([v, y.view(3)]).sum()
    assert walked > 500


def test_every_event_of_every_program_is_plain_data(recordings: Any) -> None:
    kinds = set()
    for name, (_, seen) in recordings.items():
        for event in seen:
            kinds.add(type(event))
            assert repr(from_data(to_data(event))) == repr(event), name
    assert kinds == set(events.KINDS.values()) - {events.TensorNamed}  # naming is the recording's


def test_every_event_speaks_of_what_was_introduced(recordings: Any) -> None:
    for name, (_, seen) in recordings.items():
        assert unknown(seen) == [], name


def unknown(seen: list[events.Event]) -> list[str]:
    """Serials that an event mentions before any event created or introduced them."""
    tensors: set[int] = set()
    nodes: set[int] = set()
    wrong = []

    def known(kind: str, which: set[int], serial: int | None) -> None:
        if serial is not None and serial not in which:
            wrong.append(f"{kind} {serial} in {event}")

    for event in seen:
        if isinstance(event, events.NodeCreated):
            for edge in event.edges:
                known("node", nodes, edge.node)
                known("leaf", tensors, edge.leaf)
            nodes.add(event.node)
        elif isinstance(event, events.TensorCreated):
            known("node", nodes, event.node)
            for serial in event.inputs:
                known("input", tensors, serial)
            tensors.add(event.tensor)
        elif isinstance(event, events.BackwardStarted):
            for edge in event.roots:
                known("root", nodes, edge.node)
                known("root", tensors, edge.leaf)
        elif isinstance(event, events.NodeEntered | events.NodeLeft | events.SavedReleased):
            known("node", nodes, event.node)
        elif isinstance(event, events.GradAccumulated | events.GradRetained | events.RequiresGradChanged | events.GradCleared):
            known("tensor", tensors, event.tensor)
        elif isinstance(event, events.TensorDetached):
            known("tensor", tensors, event.tensor)
            known("origin", tensors, event.origin)
    return wrong


def test_a_listener_that_comes_late_learns_the_whole_graph() -> None:
    w = torch.ones(3, 2, requires_grad=True)
    hidden = (torch.ones(4, 3) @ w).relu()
    loss = (hidden * hidden).sum()
    seen: list[events.Event] = []
    with events.listening(seen.append):
        loss.backward()
    assert unknown(seen) == []
    made = [event for event in seen if isinstance(event, events.NodeCreated)]
    assert [event.name for event in made] == ["MmBackward0", "ReluBackward0", "MulBackward0", "SumBackward0"]
    assert all(event.earlier for event in made)
    assert type(seen[-1]) is events.BackwardFinished


def test_a_second_listener_is_told_everything_again_and_a_listener_nothing_twice() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    first: list[events.Event] = []
    with events.listening(first.append):
        (y * 2).sum()
        (y * 3).sum()
    second: list[events.Event] = []
    with events.listening(second.append):
        (y * 2).sum()
    for seen in (first, second):
        assert [event.name for event in seen if isinstance(event, events.NodeCreated)].count("ExpBackward0") == 1


def test_the_story_of_a_tensor_needs_no_listener() -> None:
    x = torch.ones(2, requires_grad=True)
    y = (x.exp() * x.max()).sum()
    story = observe.story_of(y)
    assert unknown(story) == []
    assert sorted(event.name for event in story if isinstance(event, events.NodeCreated)) == [
        "ExpBackward0", "MaxBackward1", "MulBackward0", "SumBackward0",
    ]  # fmt: skip
    y.backward()
    saved = [saved for event in observe.story_of(y) if isinstance(event, events.NodeCreated) for saved in event.saved]
    assert {item.held for item in saved if item.text == "freed"} == {False}
    assert any(item.text == "freed" for item in saved)


def test_a_listener_that_raises_is_reported_once_and_changes_nothing() -> None:
    def guest(event: events.Event) -> None:
        raise KeyError("mine")

    events.add_listener(guest)
    with pytest.warns(UserWarning, match="a listener stopped listening, because it raised KeyError: 'mine'") as warned:
        x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    assert len(warned) == 1
    assert x.grad.tolist() == [2.0, 2.0]
    assert events.listeners == []


def test_a_keyboard_interrupt_passes_through_a_listener() -> None:
    def guest(event: events.Event) -> None:
        if isinstance(event, events.NodeEntered):
            raise KeyboardInterrupt

    x = torch.ones(2, requires_grad=True)
    y = (x * 2).sum()
    with events.listening(guest), pytest.raises(KeyboardInterrupt):
        y.backward()
    assert torch.is_grad_enabled()
    y = (x * 2).sum()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_listener_may_compute_with_tensors() -> None:
    x = torch.ones(2, requires_grad=True)
    inner = torch.ones(2, requires_grad=True)
    todo = [inner.sum()]  # made here: during a backward, tracking is off

    def guest(event: events.Event) -> None:
        if isinstance(event, events.GradAccumulated) and todo:
            todo.pop().backward()

    with events.listening(guest):
        (x * 2).sum().backward()
    assert (x.grad.tolist(), inner.grad.tolist()) == ([2.0, 2.0], [1.0, 1.0])


@pytest.mark.parametrize("size", [(0,), (2, 0), (0, 3), (), (1,), (36,), (37,), (6, 6), (50, 50), (1, 200), (200, 1), (3, 4, 5), (2, 0, 3)])
def test_a_preview_of_any_shape_is_small_and_whole_when_it_can_be(size: tuple[int, ...]) -> None:
    look = observe.preview(np.arange(np.prod(size, dtype=int), dtype=np.float64).reshape(size))
    assert look.shape == size
    assert len(look.values) <= observe.PREVIEW
    assert look.whole == (np.prod(size) <= observe.PREVIEW)
    assert (look.minimum is None) == (np.prod(size) == 0)
    assert len(look.values) % look.columns == 0


def test_a_preview_counts_what_is_not_finite() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1.0, 3.0])
    for array in (values, np.concatenate([values, np.full(100, 2.0)])):
        look = observe.preview(array)
        assert (look.nans, look.infs, look.minimum, look.maximum) == (1, 2, 1.0, 3.0)
        assert look.mean == pytest.approx(2.0)


# --- order, values, parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "order"),
    [(2, [0, 1]), (3, [0, 1, 2]), (4, [0, 2, 1, 3]), (5, [0, 2, 4, 1, 3]), (6, [0, 2, 5, 4, 1, 3]), (7, [0, 2, 5, 6, 4, 1, 3])],
)
def test_equal_leaves_are_ready_in_the_order_of_pytorchs_heap(count: int, order: list[int]) -> None:
    leaves = [torch.ones(1, requires_grad=True) for _ in range(count)]
    seen: list[events.Event] = []
    with events.listening(seen.append):
        shape.stack(leaves, 0).sum().backward()
    reached = [event.tensor for event in seen if isinstance(event, events.GradAccumulated)]
    assert [[leaf._serial for leaf in leaves].index(serial) for serial in reached] == order


def test_a_gradient_is_never_somebody_elses_memory() -> None:
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    seed = torch.ones(2)
    (x + y).backward(seed)
    x.grad.add_(1)
    assert (y.grad.tolist(), seed.tolist()) == ([1.0, 1.0], [1.0, 1.0])
    (g,) = torch.autograd.grad(x + y, x, seed)
    g.add_(1)
    assert seed.tolist() == [1.0, 1.0]


def test_numpy_neither_warns_nor_changes_its_settings() -> None:
    before = np.geterr()
    with np.errstate(all="raise"):
        x = torch.tensor([0.0, -1.0, 1e38], requires_grad=True)
        (x.log() * x.sqrt() / x * x * x * 1e30).sum().backward()
        with pytest.raises(FloatingPointError):
            np.float64(1) / np.float64(0)
    assert np.geterr() == before


def test_every_row_shows_its_formulas_as_text() -> None:
    for name, row in ROWS.items():
        told = row.derivatives
        assert [argument for argument, _ in told] == row.inputs, name
        assert all(text and "lambda" not in text and "\n" not in text for _, text in told), (name, told)


def test_importing_the_engine_loads_numpy_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import sys, numpy; before = set(sys.modules); import autograd_viz.torch; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before if sys.modules[name].__spec__}; "
        "print(sorted(new - set(sys.stdlib_module_names) - {'numpy'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['autograd_viz']"


def test_a_thousand_steps_take_no_absurd_time() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    started = time.perf_counter()
    y = x
    for _ in range(1000):
        y = y * 1.0
    y.backward()
    assert time.perf_counter() - started < 2.0
