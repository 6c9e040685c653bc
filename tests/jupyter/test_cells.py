"""Which cells get a picture, when, and in which place among the outputs."""

from __future__ import annotations

import re
from typing import Any

import pytest

X = "x = torch.tensor([1., 2.], requires_grad=True)\n"


def what(messages: list[Any]) -> list[str]:
    return [message.what for message in messages]


# --- which cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "1 + 1",
        "constant = torch.ones(3)",
        "constant * 2 + torch.zeros(3)",
        "print(x, x.grad, x.grad_fn)",
        "with torch.no_grad(): pass",
        "constant.add_(1)",
        "x > 0",
        "def f(a): return a * 2",
    ],
)
def test_a_cell_without_gradients_gets_no_picture(headless: Any, code: str) -> None:
    headless(X + "constant = torch.ones(3)")
    assert "picture" not in what(headless(code))


@pytest.mark.parametrize(
    "code",
    [
        "y = x * 2",
        "(x * 3).sum().backward()",
        "x.grad.zero_()",
        "x.grad = None",
        "new = torch.zeros(2, requires_grad=True)",
        "y.detach()",
        "with torch.no_grad(): print((x * 2).requires_grad)",
        "with torch.no_grad(): x.add_(1)",
    ],
)
def test_a_cell_that_has_to_do_with_gradients_gets_one_picture(headless: Any, code: str) -> None:
    headless(X + "y = x * 1\n(x * 3).sum().backward()")
    assert what(headless(code)).count("picture") == 1


# --- headless ---------------------------------------------------------------------------------------------------------


def test_headless_the_picture_comes_once_and_before_the_result(headless: Any) -> None:
    assert what(headless(X + "y = x * 2\nprint('printed')\ny.sum().item()")) == ["stream", "picture", "execute_result"]


def test_headless_the_picture_comes_before_the_traceback(headless: Any) -> None:
    assert what(headless(X + "y = x * 2\n1 / 0")) == ["picture", "error"]


def test_a_traceback_shows_the_students_lines_and_not_the_engines(headless: Any) -> None:
    error = headless(X + "def twice(y):\n    y.backward()\n    y.backward()\ntwice((x * x).sum())")[-1]
    shown = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.content["traceback"]))
    assert "y.backward()" in shown
    assert "twice((x * x).sum())" in shown
    assert "autograd_viz" not in shown, "no path of the machine, and none of our frames"
    assert "compiled" not in shown, "nor one of an operation that was compiled"
    assert "Trying to backward through the graph a second time" in shown


def test_a_cell_without_a_result_shows_its_picture_at_its_end(headless: Any) -> None:
    [picture] = headless(X + "for i in range(3):\n    y = x * i\ny = y + 1;")
    assert picture.what == "picture"
    assert picture.play["live"] is False


def test_a_semicolon_hides_the_result_and_not_the_picture(headless: Any) -> None:
    assert what(headless(X + "x * 2;")) == ["picture"]


def test_the_bundle_has_the_play_the_svg_and_the_text(headless: Any) -> None:
    [picture] = headless(X + "y = x * 2")
    assert set(picture.content["data"]) == {"application/vnd.autograd-viz.v1+json", "image/svg+xml", "text/plain"}
    assert picture.text == picture.play["text"]
    assert "MulBackward0" in picture.text
    assert picture.content["data"]["image/svg+xml"].startswith("<svg")


def test_a_picture_says_which_cell_it_is_and_tells_no_path(kernel: Any, headless: Any) -> None:
    number = int(kernel.value("len(In) - 1"))
    [picture] = headless(X + "y = x * 2")
    assert picture.play["title"] == f"cell [{number + 1}]"
    assert [source["name"] for source in picture.play["sources"]] == [f"cell [{number + 1}]"]
    assert "ipykernel" not in str(picture.content)
    assert "/tmp" not in str(picture.content)


def test_a_line_of_an_earlier_cell_is_shown_with_that_cells_title(kernel: Any, headless: Any) -> None:
    headless("def double(a):\n    return a * 2")
    number = int(kernel.value("len(In) - 2"))
    [picture] = headless(X + "y = double(x)")
    assert f"cell [{number}]" in [source["name"] for source in picture.play["sources"]]


def test_tensors_are_called_as_the_user_calls_them(headless: Any) -> None:
    [picture] = headless("weight = torch.ones(2, requires_grad=True)\n_hidden = loss = (weight * 2).sum()")
    assert "weight" in picture.text
    assert "loss" in picture.text
    assert "_hidden" not in picture.text


def test_a_graph_from_an_earlier_cell_is_drawn_where_it_is_used(headless: Any) -> None:
    headless(X + "y = (x * x).sum()")
    picture = headless("y.backward()")[0]
    assert "MulBackward0" in picture.text
    assert len(picture.play["ledger"]) == 1


def test_a_cell_that_is_run_again_has_its_new_number_everywhere(headless: Any) -> None:
    code = X + "y = x * 2 + 0.125"
    titles = []
    for _ in range(2):
        [picture] = headless(code)
        assert [source["name"] for source in picture.play["sources"]] == [picture.play["title"]]
        titles.append(picture.play["title"])
    assert titles[0] != titles[1]


def test_a_recording_knows_cells_by_their_numbers_without_the_extension(kernel: Any, headless: Any) -> None:
    headless("%unload_ext autograd_viz")
    try:
        headless("def thrice(a): return a * 3")
        headless(X + "with av.record() as recording:\n    y = thrice(x) + 1")
        number = int(kernel.value("len(In) - 2"))
        files = kernel.value("sorted({e.source.file for e in recording if getattr(e, 'source', None)})")
        assert files == f"['cell [{number - 1}]', 'cell [{number}]']"
    finally:
        headless("%load_ext autograd_viz")


# --- live -------------------------------------------------------------------------------------------------------------


def test_live_the_picture_grows_while_the_cell_sleeps(live: Any) -> None:
    got = live(X + "for i in range(4):\n    y = x * i\n    time.sleep(0.4)\n'done'")
    assert what(got)[0] == "picture"
    assert what(got)[-2:] == ["execute_result", "update"]
    pictures = [message for message in got if message.play]
    assert len({message.slot for message in pictures}) == 1
    assert [message.play["live"] for message in pictures] == [True] * (len(pictures) - 1) + [False]
    steps = [len(message.play["steps"]) for message in pictures]
    assert steps == sorted(steps)
    grown = [message for message in pictures if message.play["live"]][-1]
    assert len(grown.play["steps"]) == steps[-1], "what happened last must show while the cell still sleeps"
    assert pictures[0].at < 0.5


def test_live_no_thread_outlives_its_cell(kernel: Any, live: Any) -> None:
    for _ in range(3):
        live("y = x * 2")
    assert kernel.value("import threading; [t.name for t in threading.enumerate() if t.name == 'autograd_viz']") == "[]"


def test_live_a_flood_of_events_makes_few_messages(live: Any) -> None:
    got = live(X + "y = x\nfor i in range(3000):\n    y = y * 1.0001\nprint('all of it')")
    pictures = [message for message in got if message.play]
    seconds = max(got[-1].at, 0.1)
    assert len(pictures) <= 2 + 10 * seconds
    assert "".join(message.text for message in got if message.kind == "stream") == "all of it\n"


def test_live_and_headless_show_the_same_in_the_end(live: Any, headless: Any, kernel: Any) -> None:
    code = "a = torch.tensor([1., 2.], requires_grad=True)\nb = (a * a).sum()\nb.backward()\nb.item()"
    *_, last = (message for message in live(code) if message.play)
    [only] = (message for message in headless(code) if message.play)
    assert last.text == only.text


@pytest.mark.parametrize(
    ("setting", "person", "expected"),
    [("0", True, ["picture", "execute_result"]), ("1", False, ["picture", "execute_result", "update"])],
)
def test_the_environment_decides_against_the_guess(kernel: Any, setting: str, person: bool, expected: list[str]) -> None:
    kernel.run(f"import os; os.environ['AUTOGRAD_VIZ_LIVE'] = '{setting}'")
    try:
        assert what(kernel.run(X + "(x * 2).sum().item()", person=person)) == expected
    finally:
        kernel.run("del os.environ['AUTOGRAD_VIZ_LIVE']")


# --- odd cells --------------------------------------------------------------------------------------------------------


def test_an_asynchronous_cell_is_a_cell(headless: Any) -> None:
    assert what(headless(X + "import asyncio\ny = x * 2\nawait asyncio.sleep(0.01)\nz = y * 2\n1")) == ["picture", "execute_result"]


def test_a_timed_cell_is_a_cell(headless: Any) -> None:
    assert sorted(what(headless("%%time\ny = x * 2"))) == ["picture", "stream"]


@pytest.mark.parametrize("person", [True, False])
def test_what_is_captured_is_not_shown(kernel: Any, person: bool) -> None:
    assert kernel.run("%%capture kept\ny = x * 2", person=person) == []
    assert kernel.value("len(kept.outputs)") == "1"


def test_a_cell_that_runs_cells_has_one_picture(headless: Any) -> None:
    got = headless("get_ipython().run_cell('y = x * 2')\nget_ipython().run_cell('')\nget_ipython().run_cell('z = y * 2; 7')\n8")
    assert what(got) == ["execute_result", "picture", "execute_result"]


def test_every_expression_may_have_a_result(headless: Any) -> None:
    headless("get_ipython().ast_node_interactivity = 'all'")
    try:
        assert what(headless(X + "1\ny = x * 2\n2")) == ["execute_result", "execute_result", "picture"]
    finally:
        headless("get_ipython().ast_node_interactivity = 'last_expr'")


def test_a_picture_of_ones_own_is_shown_besides_the_automatic_one(headless: Any) -> None:
    got = headless(X + "y = x * 2\nav.draw(y)")
    assert [message.kind for message in got] == ["display_data", "execute_result"]
    assert "MulBackward0" in got[0].text
    assert "MulBackward0" in got[1].text


def test_an_interrupt_reaches_the_user(kernel: Any) -> None:
    request = kernel.send(X + "print('on')\nwhile True:\n    y = x * 2\n    time.sleep(0.01)", person=True)
    got = []
    for message in kernel.messages(request):
        got.append(message)
        if message.kind == "stream":
            kernel.interrupt()
    assert [message.content["ename"] for message in got if message.kind == "error"] == ["KeyboardInterrupt"]
    assert got[-1].play["live"] is False
    assert what(kernel.run("y = x * 2")) == ["picture"]


def test_a_failure_of_ours_is_one_line_and_changes_no_result(kernel: Any) -> None:
    kernel.run("import sys; d = sys.modules['autograd_viz.draw']\nkept, d.draw_recording = d.draw_recording, lambda *a, **k: 1 / 0")
    try:
        for person in (True, False):
            got = kernel.run(X + "for i in range(5):\n    y = x * 2\n    time.sleep(0.1)\ny.sum().item()", person=person)
            said = [message for message in got if message.kind == "stream"]
            assert "".join(message.text for message in said) == (
                "autograd_viz: the picture could not be drawn (ZeroDivisionError: division by zero)\n"
            )
            assert [message.text for message in got if message.kind == "execute_result"] == ["6.0"]
    finally:
        kernel.run("d.draw_recording = kept")


# --- on and off -------------------------------------------------------------------------------------------------------


def test_pictures_can_be_switched_off_and_on(headless: Any) -> None:
    assert what(headless("%autograd_viz off\ny = x * 2")) == []
    assert what(headless("y = x * 2")) == []
    assert headless("%autograd_viz")[0].text == "autograd_viz is off\n"
    assert what(headless("%autograd_viz on\ny = x * 2")) == ["picture"]
    assert what(headless("y = x * 2")) == ["picture"]
    assert "expected %autograd_viz on" in headless("%autograd_viz perhaps")[0].text


def test_the_cell_that_loads_us_may_go_on_with_a_graph(kernel: Any) -> None:
    kernel.run("%unload_ext autograd_viz")
    assert what(kernel.run("y = x * 2")) == []
    assert what(kernel.run("%load_ext autograd_viz\ny = x * 2\n3")) == ["picture", "execute_result"]


def test_unloading_takes_every_hook_out(kernel: Any) -> None:
    kernel.run("%unload_ext autograd_viz")
    try:
        shell = "get_ipython()"
        assert kernel.value(f"{shell}.display_trap.hook is {shell}.displayhook") == "True"
        assert kernel.value(f"'autograd_viz' in {shell}.magics_manager.magics['line']") == "False"
        assert kernel.value("from autograd_viz import events; events.listeners") == "[]"
        assert kernel.value(f"[f for f in {shell}.events.callbacks['pre_run_cell'] if 'autograd' in f.__module__]") == "[]"
        assert "ZMQInteractiveShell" in kernel.value(f"{shell}._showtraceback.__self__.__class__.__name__")
    finally:
        kernel.run("%load_ext autograd_viz")
