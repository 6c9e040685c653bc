from __future__ import annotations

from autograd_viz import events as ev
from autograd_viz.trace import moments_of


def kinds(log: list[ev.Event]) -> list[str]:
    return [moment.kind for moment in moments_of(log)]


def test_each_thing_that_happens_is_one_moment(square) -> None:
    backward = ["start", "run", "accumulate"]
    assert kinds(square.log) == ["leaf", "node", *backward, *backward, "clear", *backward]


def test_a_moment_ends_with_its_last_event(square) -> None:
    told = moments_of(square.log)
    assert isinstance(square.log[told[1].last], ev.TensorCreated)
    assert isinstance(square.log[told[-2].last], ev.SavedReleased)
    assert told[-2].released == ("other", "self")
    assert told[-1].finishes
    assert isinstance(square.log[told[-1].last], ev.BackwardFinished)


def test_what_was_there_earlier_is_no_moment(script) -> None:
    script.tensor(1, 1, 2, grad=True, earlier=True)
    script.node(2, "NegBackward0", (), earlier=True)
    assert kinds(script.log) == []


def test_more_events_never_change_how_many_moments_there_were(square) -> None:
    counts = [len(moments_of(square.log[:i])) for i in range(len(square.log) + 1)]
    assert counts == sorted(counts)
    full = [moment.kind for moment in moments_of(square.log)]
    for i, count in enumerate(counts):
        assert [moment.kind for moment in moments_of(square.log[:i])] == full[:count]


def test_an_unrecorded_operation_and_a_detached_tensor_are_told_as_such(script) -> None:
    script.tensor(1, 1, 2, grad=True)
    script.add(ev.GradModeChanged(False, "no_grad", True, None))
    script.tensor(2, 2, 4, op="mul")
    script.add(ev.OpNotRecorded("mul", (1,), 2, None), ev.GradModeChanged(True, "no_grad", False, None))
    script.tensor(3, 1, 2, base=1, op="detach")
    script.add(ev.TensorDetached(3, 1))
    assert kinds(script.log) == ["leaf", "mode entered", "unrecorded", "mode left", "detach"]


def test_zeroing_a_grad_in_place_is_told_once(script, tools) -> None:
    script.tensor(1, 1, 2, grad=True)
    bump = ev.VersionBumped(9, "zero_", 1, tools["look"](0, 0), 1, None)
    clear = ev.GradCleared(1, "zero_", tools["look"](1, 1), None)
    assert kinds([*script.log, bump, clear]) == kinds([*script.log, clear, bump]) == ["leaf", "clear"]


def test_a_failure_takes_the_node_that_it_entered_along(square, tools) -> None:
    call = square.backward(2)
    square.add(ev.NodeEntered(call, 2, (tools["look"](1, 1),)), ev.BackwardFailed(call, 2, None, "RuntimeError", "Trying to backward ..."))
    last = moments_of(square.log)[-1]
    assert (last.kind, last.phase, last.node, last.entered is not None) == ("fail", "error", 2, True)
