"""The kernel's half of av.GraphWidget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

import autograd_viz as av
from autograd_viz import events, torch
from autograd_viz.jupyter import widget as module
from autograd_viz.jupyter.widget import FOLLOWERS, GraphWidget


@pytest.fixture
def follower() -> Iterator[GraphWidget]:
    """A widget that follows the session."""
    one = GraphWidget()
    yield one
    one.close()


def eventually(true: Callable[[], object]) -> None:
    """The widget draws in a thread of its own: give it its time."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def graph() -> torch.Tensor:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    return (x * x).sum()


def test_it_shows_a_recording_at_its_last_step() -> None:
    with av.record() as recording:
        graph().backward()
    made = GraphWidget(recording)
    assert made.step == len(made.play["steps"]) - 1 > 0
    assert made.play["live"] is False
    made.close()


def test_it_follows_the_session(follower: GraphWidget) -> None:
    assert follower.play == {}
    loss = graph()
    eventually(lambda: len(follower.play.get("boxes", ())) == 3)
    before = follower.step
    loss.backward()
    eventually(lambda: follower.play["ledger"])
    assert follower.step == len(follower.play["steps"]) - 1 > before


def test_a_reader_who_went_back_stays_where_he_is(follower: GraphWidget) -> None:
    loss = graph()
    eventually(lambda: len(follower.play.get("boxes", ())) == 3)
    follower.step = 0
    loss.backward()
    eventually(lambda: follower.play["ledger"])
    assert follower.step == 0


def test_closing_it_lets_go_of_everything() -> None:
    made = GraphWidget()
    assert made.listen in events.listeners
    thread = made.follower.thread if made.follower else None
    assert thread is not None
    made.close()
    assert made.listen not in events.listeners
    assert not thread.is_alive()
    assert made.comm is None


def test_a_cell_that_makes_one_may_be_run_a_hundred_times() -> None:
    made = [GraphWidget() for _ in range(100)]
    assert len(module._following) == FOLLOWERS
    assert [one.listen in events.listeners for one in made] == [False] * (100 - FOLLOWERS) + [True] * FOLLOWERS
    for one in made:
        one.close()
    assert not module._following


def test_its_text_says_nothing_that_changes() -> None:
    with av.record() as recording:
        graph()
    made = GraphWidget(recording)
    assert repr(made) == "GraphWidget()"
    made.close()


@pytest.mark.parametrize("bad", [3, "text", torch.ones(2), []])
def test_anything_but_a_recording_is_refused_with_a_hint(bad: object) -> None:
    with pytest.raises(TypeError, match=rf"^expected a Recording or None, got {type(bad).__name__}: pass what"):
        GraphWidget(bad)  # type: ignore[arg-type]
