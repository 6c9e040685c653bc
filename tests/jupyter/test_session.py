"""The story of a whole session: graphs that go over many cells, and everything that a notebook's day brings, in a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BUILD = """\
w = torch.tensor([1., 2.], requires_grad=True)
params = {"b": torch.tensor(3., requires_grad=True)}"""
FORWARD = 'loss = (w * w).sum() + params["b"]'
W, B = "w #1 None [2 4] [2 4]", 'params["b"] #1 None 1 1'


def what(messages: list[Any]) -> list[str]:
    return [message.what for message in messages]


def last(messages: list[Any]) -> Any:
    """The last picture that a cell showed."""
    return [message for message in messages if message.play][-1]


def ledger(message: Any) -> list[str]:
    """leaf, call, before, added, after of every row."""
    rows = message.play["ledger"]
    shown = [[row[key]["s"] if row[key] else "None" for key in ("before", "added", "after")] for row in rows]
    return [" ".join([row["leaf"], row["call"], *values, row["note"]]).strip() for row, values in zip(rows, shown, strict=True)]


def captions(message: Any) -> str:
    return "\n".join("".join(text for _, text in step["cap"]) for step in message.play["steps"])


@pytest.fixture(params=[True, False], ids=["person", "nbclient"])
def run(kernel: Any, request: Any) -> Any:
    """Run a cell, both as JupyterLab and as nbclient do."""
    kernel.run("%reset -f in out")
    return lambda code: kernel.run(code, person=request.param)


# --- a graph from earlier cells ---------------------------------------------------------------------------------------


def test_a_cell_that_only_calls_backward_shows_the_graph_of_three_cells_before(run: Any) -> None:
    for code in (BUILD, FORWARD, "unrelated = 1", "print('in between')"):
        run(code)
    picture = last(run("loss.backward()"))
    assert [box["name"] for box in picture.play["boxes"].values()].count("MulBackward0") == 1
    assert ledger(picture) == [B, W]
    said = captions(picture)
    assert "MulBackward0" in said
    assert "w.grad" in said
    assert "loss" in picture.text
    assert {step["ph"] for step in picture.play["steps"]} == {"backward"}, "the forward steps were the other cell's"


def test_a_second_backward_that_fails_is_marked_on_its_node(run: Any) -> None:
    for code in (BUILD, FORWARD, "loss.backward()"):
        run(code)
    got = run("loss.backward()")
    assert {"picture", "error"} <= set(what(got))
    picture = last(got)
    failing = [step for step in picture.play["steps"] if step["ph"] == "error"]
    assert failing
    assert picture.play["boxes"][failing[-1]["at"]]["name"] == "MulBackward0"
    assert "second time" in captions(picture)


def test_a_cell_that_only_steps_an_optimizer_shows_what_changed(run: Any) -> None:
    for code in (BUILD, "opt = torch.optim.SGD([w], lr=0.5)", FORWARD, "loss.backward()"):
        run(code)
    picture = last(run("opt.step()"))
    assert "w" in captions(picture)
    assert "[0 0]" in picture.text, "1 - 0.5 * 2, 2 - 0.5 * 4"


def test_a_cell_that_only_zeroes_a_gradient_shows_it(run: Any) -> None:
    for code in (BUILD, FORWARD, "loss.backward()"):
        run(code)
    assert ledger(last(run("w.grad.zero_()"))) == ["w  [2 4] None [0 0] zeroed"]
    assert ledger(last(run("w.grad = None")))[0].startswith("w  [0 0] None None")


def test_the_same_cell_in_another_order_shows_what_is(run: Any) -> None:
    run(BUILD)
    run(FORWARD)
    run("loss.backward()")
    run(FORWARD)  # above the cell that ran just now
    assert ledger(last(run("loss.backward()"))) == ['params["b"] #1 1 1 2', "w #1 [2 4] [2 4] [4 8]"]
    run(BUILD)
    run(FORWARD)
    assert ledger(last(run("loss.backward()"))) == [B, W]


def test_every_run_of_a_cell_has_a_picture_of_its_own(run: Any) -> None:
    code = f"{BUILD}\n{FORWARD}\nloss.backward()"
    first, second = last(run(code)), last(run(code))
    assert first.text == second.text
    assert first.slot != second.slot, "the front end clears a cell's outputs when it runs again"


def test_names_are_those_of_the_moment(run: Any) -> None:
    run(BUILD)
    run("theta = w\ndel w")
    assert "theta: leaf" in last(run("y = theta * 2")).text


# --- odd ways to run --------------------------------------------------------------------------------------------------


def test_an_error_in_the_middle_leaves_a_final_picture_of_what_was(run: Any) -> None:
    got = run(f"{BUILD}\n{FORWARD}\n1 / 0\nloss.backward()")
    assert [message.content["ename"] for message in got if message.kind == "error"] == ["ZeroDivisionError"]
    assert last(got).play["live"] is False
    assert ledger(last(got)) == []
    assert W in ledger(last(run("loss.backward()")))


def test_a_script_that_is_run_has_a_picture(run: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"from autograd_viz import torch\n{BUILD}\n{FORWARD}\nloss.backward()\n")
    picture = last(run(f"%run {script}"))
    assert W in ledger(picture)
    assert str(tmp_path) not in str(picture.content)
    assert "script.py" in [source["name"] for source in picture.play["sources"]]


def test_a_cell_that_runs_cells_has_one_picture_of_all(run: Any) -> None:
    run(BUILD)
    got = run(f"get_ipython().run_cell('''{FORWARD}''')\nget_ipython().run_cell('loss.backward()')\nw.grad.zero_()")
    assert len({message.slot for message in got if message.play}) == 1
    assert [row.split()[:2] for row in ledger(last(got))] == [['params["b"]', "#1"], ["w", "#1"], ["w", "[2"]]


def test_an_asynchronous_cell_has_its_whole_picture(run: Any) -> None:
    code = f"import asyncio\n{BUILD}\nawait asyncio.sleep(0.15)\n{FORWARD}\nawait asyncio.sleep(0.15)\nloss.backward()"
    picture = last(run(code))
    assert picture.play["live"] is False
    assert W in ledger(picture)


def test_threads_of_a_cell_belong_to_its_picture_and_sum_exactly(run: Any) -> None:
    code = """\
import threading
w = torch.tensor([1., 2.], requires_grad=True)
def work():
    for _ in range(5):
        (w * 3).sum().backward()
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
w.grad"""
    got = run(code)
    assert [message.text for message in got if message.kind == "execute_result"] == ["tensor([60., 60.])"]
    rows = ledger(last(got))
    assert len(rows) == 20
    assert rows[-1].endswith("[60 60]")


def test_magics_that_time_and_capture_change_nothing(run: Any) -> None:
    run(BUILD)
    timed = run(f"%%time\n{FORWARD}\nloss.backward()")
    assert W in ledger(last(timed))
    assert "Wall time" in "".join(message.text for message in timed if message.kind == "stream")
    run(f"%%capture kept\n{FORWARD}\nprint('inside')\nloss.backward()")
    [shown] = run("kept.show()")[1:]
    assert shown.kind == "display_data"
    assert "w.grad" in shown.text


def test_an_interrupted_cell_leaves_a_final_picture_and_the_next_is_right(kernel: Any) -> None:
    kernel.run(BUILD)
    request = kernel.send(f"{FORWARD}\nprint('on')\nwhile True:\n    y = w * 2", person=True)
    got = []
    for message in kernel.messages(request):
        got.append(message)
        if message.kind == "stream":
            kernel.interrupt()
    assert [message.content["ename"] for message in got if message.kind == "error"] == ["KeyboardInterrupt"]
    assert last(got).play["live"] is False
    assert W in ledger(last(kernel.run("loss.backward()", person=True)))


def test_an_interrupt_of_the_last_drawing_leaves_the_one_before_as_final(kernel: Any) -> None:
    patch = """\
import sys, signal
d = sys.modules['autograd_viz.draw']
kept = d.draw_recording
def slow(*given, live, **more):
    if not live:
        signal.raise_signal(signal.SIGINT)
    return kept(*given, live=live, **more)
d.draw_recording = slow"""
    kernel.run(patch)
    try:
        got = kernel.run(f"{BUILD}\n{FORWARD}", person=True)
        assert last(got).play["live"] is False
    finally:
        kernel.run("d.draw_recording = kept")


def test_a_forked_worker_shows_nothing_and_disturbs_nothing(run: Any) -> None:
    code = f"""\
import os
{BUILD}
pid = os.fork()
if pid == 0:
    {FORWARD}
    loss.backward()
    os._exit(0)
os.waitpid(pid, 0)[1]"""
    got = run(code)
    assert [message.text for message in got if message.kind == "execute_result"] == ["0"]
    assert len({message.slot for message in got if message.play}) == 1


def test_a_user_who_changes_the_session_under_us_keeps_his_pictures(run: Any) -> None:
    run(BUILD)
    run(FORWARD)
    run("%reset_selective -f params")
    assert W in ledger(last(run("loss.backward()")))
    run("%load_ext autograd_viz")  # again
    assert what(run("w.grad = None")).count("picture") == 1
    run("%reload_ext autograd_viz")
    assert what(run("y = w * 2")).count("picture") == 1


# --- a guest in the kernel --------------------------------------------------------------------------------------------

MEASURE = """\
def measure():
    import gc, threading
    from autograd_viz import events
    gc.collect()
    fields = open('/proc/self/statm').read().split()
    mine = sum(t.name == 'autograd_viz' for t in threading.enumerate())
    return int(fields[1]) * 4096, len(events.listeners), mine, len(get_ipython().events.callbacks['pre_execute'])
"""


@pytest.mark.parametrize(
    "code",
    [
        f"{BUILD}\nfor i in range(8):\n    {FORWARD}\n    loss.backward()",
        f"{BUILD}\nwith av.record() as recording:\n    {FORWARD}\n    loss.backward()\ngraph = av.GraphWidget(recording)\ngraph",
        "graph = av.GraphWidget()\nx = torch.ones(3, requires_grad=True)\nfor i in range(8):\n    (x * i).sum().backward()\ngraph",
    ],
    ids=["cells", "widgets of a recording", "widgets that follow"],
)
def test_a_hundred_runs_of_a_cell_leave_nothing(kernel: Any, code: str) -> None:
    """Kernel < 20 MB more (its own history of cells included), no listener, no thread."""
    kernel.run(MEASURE)
    for _ in range(10):
        kernel.run(code, person=True, cell="the-cell")
    rss, *before = eval(kernel.value("measure()"))  # noqa: S307 (numbers of our own)
    for _ in range(100):
        kernel.run(code, person=True, cell="the-cell")
    later, *after = eval(kernel.value("measure()"))  # noqa: S307
    grown = (later - rss) / 1e6
    print(f"{grown:.1f} MB more after 100 runs; listeners, threads, hooks: {after}")
    assert after == before
    assert grown < 20
