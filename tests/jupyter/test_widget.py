"""The kernel's half of av.GraphWidget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

import autograd_viz as av
from autograd_viz import events, torch
from autograd_viz.draw.packed import plain
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


def test_a_big_play_goes_to_the_browser_packed_and_stays_plain_here() -> None:
    with av.record() as recording:
        x, kinds = torch.ones(3, requires_grad=True), ("sin", "exp", "tanh", "cos", "neg")
        for i in range(80):
            x = getattr(x, kinds[(i * i + i // 7) % 5])()
        x.sum().backward()
    made = GraphWidget(recording)
    sent = made.get_state()["play"]
    assert set(sent) == {"schema", "packed"}
    assert plain(sent) == made.play
    assert len(made.play["steps"]) > 100
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


# --- what a widget is for ---------------------------------------------------------------------------------------------


def recorded() -> av.Recording:
    with av.record() as recording:
        graph().backward()
    return recording


def test_it_links_with_a_slider_and_a_play_button_in_python() -> None:
    made, slider, clock = GraphWidget(recorded()), ipywidgets.IntSlider(max=50), ipywidgets.Play(max=50)
    ipywidgets.link((slider, "value"), (made, "step"))
    ipywidgets.dlink((clock, "value"), (made, "step"))
    slider.value = 2
    assert made.step == 2
    clock.value = 1
    assert made.step == slider.value == 1
    seen: list[int] = []
    made.observe(lambda change: seen.append(change["new"]), "step")
    made.step = 3
    assert seen == [3]
    made.close()


def test_a_widget_of_a_recording_shows_its_picture_where_widgets_cannot_live() -> None:
    made = GraphWidget(recorded())
    bundle: Any = made._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml", "application/vnd.jupyter.widget-view+json"}
    assert bundle["text/plain"] == "GraphWidget()"
    assert "MulBackward0" in bundle["image/svg+xml"]
    made.close()


def test_closing_it_lets_go_of_the_picture_too() -> None:
    made = GraphWidget(recorded())
    made.close()
    assert not made.play
    assert not len(made.recording)
    made.close()  # again


def test_a_widget_that_follows_no_longer_is_finished(follower: GraphWidget) -> None:
    graph()
    eventually(lambda: follower.play.get("boxes"))
    follower.unfollow()
    assert follower.play["live"] is False
    boxes = follower.play["boxes"]
    graph().backward()
    assert follower.play["boxes"] is boxes


DASHBOARD = """\
import ipywidgets as widgets
graph = av.GraphWidget()
slider = widgets.FloatSlider(value=1., max=9.)
w = torch.tensor(2., requires_grad=True)
def recompute(change):
    w.grad = None
    loss = (w * slider.value) ** 2
    loss.backward()
slider.observe(recompute, 'value')
widgets.VBox([slider, graph])"""


def move(kernel: Any, value: float) -> None:
    """What JupyterLab says when a slider is moved."""
    model = kernel.value("slider.model_id").strip("'")
    content = {"comm_id": model, "data": {"method": "update", "state": {"value": value}, "buffer_paths": []}}
    message = kernel.client.session.msg("comm_msg", content)
    kernel.client.shell_channel.send(message)
    list(kernel.messages(message["header"]["msg_id"]))


def test_a_dashboard_shows_what_the_last_move_of_its_slider_did(kernel: Any) -> None:
    """One story after the other, none longer for the ones before, wherever the widget stands."""
    kernel.run("%autograd_viz off")
    try:
        kernel.run(DASHBOARD)
        told = []
        for value in (2.0, 3.0, 4.0):
            move(kernel, value)
            row = "graph.play['ledger'][-1]['after']['s'] if graph.play.get('ledger') else ''"
            expected = f"{2 * value * value * 2:.4g}"
            kernel.run(f"while ({row}) != '{expected}': time.sleep(0.01)")
            told.append(kernel.value("len(graph.recording), [r['leaf'] for r in graph.play['ledger'] if r['added']]"))
        assert len(set(told[1:])) == 1, told  # (the first time there was no gradient to let go of)
        assert "['w']" in told[0]
    finally:
        kernel.run("graph.close()\n%autograd_viz on")


def test_it_follows_from_cell_to_cell_with_the_graph_of_the_cell_before(kernel: Any) -> None:
    kernel.run("%autograd_viz off\ngraph = av.GraphWidget()\nx = torch.ones(2, requires_grad=True)")
    try:
        kernel.run("loss = (x * x).sum()")
        kernel.run("unrelated = torch.ones(3) + 1")
        kernel.run("loss.backward()")
        kernel.run("while not graph.play.get('ledger'): time.sleep(0.01)")
        assert kernel.value("sorted(b['name'] for b in graph.play['boxes'].values())") == "['MulBackward0', 'SumBackward0', 'x']"
        kernel.run("unrelated = torch.ones(3) + 1\ntime.sleep(0.3)")
        assert kernel.value("len(graph.play['ledger'])") == "1", "what has nothing to do with gradients takes no picture away"
        kernel.run("get_ipython().run_cell('y = x * 3')\nget_ipython().run_cell('z = y * 4')")
        kernel.run("def names(): return sorted(b['name'] for b in graph.play['boxes'].values())")
        kernel.run("while names() != ['MulBackward0', 'MulBackward0', 'x']: time.sleep(0.01)")
    finally:
        kernel.run("graph.close()\n%autograd_viz on")
    assert kernel.value("[f for f in get_ipython().events.callbacks['pre_execute'] if 'autograd' in f.__module__]") == "[]"


def test_a_cell_run_again_closes_the_widgets_of_the_run_before_the_last(kernel: Any) -> None:
    kernel.run("kept = []")
    for _ in range(4):
        kernel.run("kept.append([av.GraphWidget() for _ in range(3)])", cell="a")
    kernel.run("kept.append([av.GraphWidget()])", cell="b")
    assert kernel.value("[all(one.comm is None for one in run) for run in kept]") == "[True, True, False, False, False]"
    kernel.run("for run in kept:\n    for one in run: one.close()")
    assert kernel.value("from autograd_viz.jupyter import widget; widget._made, len(widget._following)") == "({}, 0)"
