from __future__ import annotations

import time
from dataclasses import replace

from autograd_viz import events as ev
from autograd_viz.trace import Recording, fold, state_at, walk
from autograd_viz.trace.state import GraphState


def end(script) -> GraphState:
    return state_at(script.log, len(script.log))


def test_folding_the_same_events_gives_the_same_state(square) -> None:
    assert end(square) == end(square)
    assert end(square) == state_at(Recording.from_json(Recording(square.log).to_json()), 10**6)


def test_a_state_in_the_middle_is_the_state_that_walking_passes(square) -> None:
    for i, (event, state) in enumerate(walk(square.log)):
        assert event == square.log[i]
        assert state == state_at(square.log, i)


def test_no_event_and_a_negative_index_give_the_empty_state(square) -> None:
    assert state_at([], 5) == GraphState()
    assert state_at(square.log, -1) == GraphState()


def test_the_ledger_has_a_row_per_call_and_one_for_zeroing(square, tools) -> None:
    look = tools["look"]
    rows = [(row.call, row.before, row.added, row.after, row.note) for row in end(square).ledger]
    assert rows == [
        (1, None, look(2, 4), look(2, 4), ""),
        (2, look(2, 4), look(2, 4), look(4, 8), ""),
        (0, look(4, 8), None, look(0, 0), "zeroed"),
        (3, look(0, 0), look(2, 4), look(2, 4), ""),
    ]


def test_setting_grad_to_none_is_a_row_too(square, tools) -> None:
    square.add(ev.GradCleared(1, "None", tools["look"](2, 4), None))
    assert end(square).ledger[-1].note == "set to None"
    assert end(square).ledger[-1].after is None
    assert end(square).tensors[1].grad is None


def test_calls_are_numbered_from_one_in_each_recording(script, tools) -> None:
    script.calls = 41
    script.tensor(1, 1, 2, grad=True)
    script.node(2, "NegBackward0", (tools["to_leaf"](1),))
    script.backward(2)
    assert [call.number for call in end(script).calls] == [1]


def test_held_bytes_rise_when_saved_and_fall_when_released(square) -> None:
    held = [state.held_bytes for _, state in walk(square.log)]
    made = next(i for i, e in enumerate(square.log) if isinstance(e, ev.NodeCreated))
    freed = next(i for i, e in enumerate(square.log) if isinstance(e, ev.SavedReleased))
    assert held[made - 1] == 0
    assert set(held[made:freed]) == {8}  # both fields hold one storage, which counts once; retain_graph keeps it
    assert set(held[freed:]) == {0}


def test_a_storage_counts_until_its_last_holder_lets_go(script, tools) -> None:
    saved, to_leaf, look = tools["saved"], tools["to_leaf"], tools["look"]
    script.tensor(1, 1, 2, grad=True)
    for node in (2, 3):
        script.node(node, "MulBackward0", (to_leaf(1),), (saved("self", 10 + node, storage=1, nbytes=16),))
    assert end(script).held_bytes == 16
    call = script.backward(3)
    script.run(call, 3, look(1, 1), look(1, 1), released=("self",))
    assert end(script).held_bytes == 16
    script.run(call, 2, look(1, 1), look(1, 1), released=("self",))
    assert end(script).held_bytes == 0


def test_a_chip_is_changed_when_its_storage_is_written_to(script, tools) -> None:
    script.tensor(1, 1, 2, grad=True)
    script.tensor(4, 1, 2, base=1)
    script.node(2, "MulBackward0", (tools["to_leaf"](1),), (tools["saved"]("self", 1),))
    script.add(ev.VersionBumped(4, "add_", 1, tools["look"](2, 3), None, None))
    state = end(script)
    assert [saved.status for saved in state.nodes[2].saved] == ["changed"]
    assert state.spoiled == [(2, "self")]


def test_what_is_saved_after_the_change_is_not_changed(script, tools) -> None:
    script.tensor(1, 1, 2, grad=True)
    script.add(ev.VersionBumped(1, "add_", 1, tools["look"](2, 3), None, None))
    script.node(2, "MulBackward0", (tools["to_leaf"](1),), (tools["saved"]("self", 1, version=1),))
    assert [saved.status for saved in end(script).nodes[2].saved] == ["held"]


def test_meeting_a_thing_again_changes_nothing(square) -> None:
    before = end(square)
    state = end(square)
    for event in square.log:
        if isinstance(event, ev.NodeCreated):
            fold(state, replace(event, earlier=True))
        elif isinstance(event, ev.TensorCreated):
            fold(state, replace(event, earlier=True, grad=state.tensors[event.tensor].grad))
    assert state == before


def test_an_output_told_before_its_node_finds_it(script, tools) -> None:
    script.tensor(3, 1, 2, grad=True, node=2, earlier=True)
    script.node(2, "NegBackward0", (), earlier=True)
    assert end(script).nodes[2].outputs == {0: 3}


def test_events_about_unknown_things_are_passed_over(tools) -> None:
    look = tools["look"]
    strange = [
        ev.TensorNamed(9, "a"), ev.TensorDetached(9, 8), ev.VersionBumped(9, "x", 1, look(1), 8, None), ev.NodeLeft(7, 7, ()),
        ev.SavedReleased(1, 7, ("self",)), ev.BackwardFinished(3), ev.BackwardFailed(3, 7, None, "E", "m"),
        ev.GradModeChanged(True, "no_grad", False, None), ev.GradAccumulated(1, 9, None, look(1), look(1)),
        ev.OpNotRecorded("mul", (1,), 9, None),
    ]  # fmt: skip
    assert state_at(strange, 100).nodes == {}


def test_grad_mode_is_a_stack() -> None:
    log = [ev.GradModeChanged(False, "no_grad", True, None), ev.GradModeChanged(True, "enable_grad", True, None),
           ev.GradModeChanged(False, "enable_grad", False, None), ev.GradModeChanged(True, "no_grad", False, None)]  # fmt: skip
    assert [(state.grad_enabled, len(state.modes)) for _, state in walk(log)] == [(False, 1), (True, 2), (False, 1), (True, 0)]


def test_fifty_thousand_events_are_folded_in_linear_time(script, tools) -> None:
    script.tensor(1, 1, 2, grad=True)
    for i in range(25_000):
        script.node(2 + i, "MulBackward0", (tools["to_leaf"](1),), (tools["saved"]("self", 1),))
        script.add(ev.VersionBumped(1, "add_", 0, tools["look"](1, 2), None, None) if i % 1000 == 0 else ev.TensorNamed(1, "w"))
    start = time.process_time()
    state = end(script)
    assert len(state.nodes) == 25_000
    assert time.process_time() - start < 5
