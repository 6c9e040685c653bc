from __future__ import annotations

import re

import pytest

import autograd_viz as av
from autograd_viz import torch
from autograd_viz.draw import draw_recording

FIRST = """\
w: leaf (5, 3) = [[1.541 -0.2934 -2.179] [0.5684 -1.085 -1.399] …]
    .grad = [[0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687]]
b: leaf (3,) = [0.1227 -0.5663 0.3731]
    .grad = [0.2661 0.1179 0.002687]
x: constant (5,) = [1 1 1 1 1]
#1 MmBackward0 (1, 3)  mm of torch.matmul(x, w)
    <- None (x), AccumulateGrad w; saved: self freed
#2 SqueezeBackward4 (3,)  torch.matmul(x, w)
    <- #1 MmBackward0; saved: dim=0
#3 AddBackward0 (3,)  z = torch.matmul(x, w) + b
    <- #2 SqueezeBackward4, AccumulateGrad b; saved: alpha=1
y: constant (3,) = [0 0 0]
#4 BinaryCrossEntropyWithLogitsBackward0 ()  loss = torch.nn.functional.binary_cross_entropy_with_logits…
    <- #3 AddBackward0, None (y); saved: self freed, target freed, reduction=1
grad ledger:
  b.grad #1: None + [0.2661 0.1179 0.002687] = [0.2661 0.1179 0.002687]
  w.grad #1: None + [[0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687] …] = [[0.2661 0.1179 0.002687] [0.2661 0.1179 0.002687] …]
held for backward: 0 B"""


def test_the_first_graph_in_words(draw) -> None:
    assert draw("first").text() == FIRST


def test_two_runs_give_the_same_text_and_the_same_play(programs, record) -> None:
    for program in programs.values():
        one, two = draw_recording(record(program)), draw_recording(record(program))
        assert one.text() == two.text()
        assert one.play() == two.play()


def test_the_text_holds_no_address_and_no_session_wide_number(any_recording) -> None:
    text = draw_recording(any_recording).text()
    assert "0x" not in text
    assert all(int(n) <= 20 for n in re.findall(r"#(\d+)", text))


def test_the_ledger_is_in_the_text(draw) -> None:
    rows = [line.strip() for line in draw("three_calls").text().splitlines() if line.startswith("  inp.grad")]
    assert rows == [
        "inp.grad #1: None + [[4 2 2 2 2] …] = [[4 2 2 2 2] …]",
        "inp.grad #2: [[4 2 2 2 2] …] + [[4 2 2 2 2] …] = [[8 4 4 4 4] …]",
        "inp.grad zeroed: [[8 4 4 4 4] …] -> [[0 0 0 0 0] …]",
        "inp.grad #3: [[0 0 0 0 0] …] + [[4 2 2 2 2] …] = [[4 2 2 2 2] …]",
    ]


def test_a_failure_is_in_the_text(draw) -> None:
    assert "backward #2 failed at MulBackward0: RuntimeError: Trying to backward through the graph a second time" in draw("twice").text()
    assert "saved: result changed" in draw("spoilt").text()


def test_a_long_text_keeps_its_ends_and_says_what_it_leaves_out(record) -> None:
    def program():
        w = torch.ones(3, requires_grad=True)
        y = w
        for i in range(30):
            y = torch.stack([y, y * i]).sum(0).view(3) if i % 4 else (y + i).relu()
        for i in range(30):
            (y.sum() * i).backward(retain_graph=True)
        return {"w": w}

    lines = draw_recording(record(program)).text().splitlines()
    assert len(lines) <= 41
    assert lines[0].startswith("w: leaf")
    assert sum("..." in line and "more" in line for line in lines) == 2
    assert lines[-1].startswith("held for backward")
    assert max(map(len, lines)) <= 160


def test_what_a_function_calls_a_tensor_is_its_name_if_only_one_was_called_so(record) -> None:
    def layer(h):
        scale = torch.full((2,), 2.0)
        return h * scale

    def program():
        start = torch.tensor([1.0, 2.0], requires_grad=True)
        made = torch.nn.Linear(2, 1)
        mid = layer(layer(start))
        end = made(mid).sum(); end.backward()  # fmt: skip  # noqa: E702

    lines = draw_recording(record(program)).text().splitlines()
    assert "start: leaf (2,) = [1 2]" in lines
    assert not any(line.startswith(("scale", "made")) for line in lines)  # two were called scale; made is no tensor
    assert sum(line.endswith("h * scale") for line in lines) == 2
    assert any(line.endswith(")  made(mid)") for line in lines)
    assert any(line.endswith("end = made(mid).sum()") for line in lines)


def test_what_a_loop_fetches_is_not_called_after_the_whole_loop(record) -> None:
    def program():
        w = torch.ones(2, requires_grad=True)
        for (row,) in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 2)), batch_size=2):
            (w * row).sum().backward()

    play = draw_recording(record(program)).play()
    assert not any("for (row" in "".join(words for _, words in step["cap"]) for step in play["steps"])


def test_a_graph_that_nobody_listened_to_still_says_its_operations_and_derivatives() -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.tanh(w).sum()
    picture = av.draw(y, {"w": w, "y": y})
    assert "#1 TanhBackward0 (2,)  tanh" in picture.text()
    assert "#2 SumBackward0 ()  y = sum" in picture.text()
    rows = {row["label"]: row.get("s") for row in picture.play()["boxes"]["n1"]["rows"]}
    assert rows["derivative"] == "∂/∂self = grad * (1 - result ** 2)"


def test_what_draw_cannot_take_is_said() -> None:
    y = torch.ones(2, requires_grad=True).sum()
    with pytest.raises(TypeError, match="expected names as a dict of tensors"):
        av.draw(y, "y")
    with pytest.raises(TypeError, match="expected the number of a step"):
        av.draw(y).svg(step="last")


def test_one_picture_makes_a_page_too(tmp_path) -> None:
    y = torch.ones(2, requires_grad=True).sum()
    page = av.save_page(tmp_path / "one.html", av.draw(y))
    assert page.read_text(encoding="utf-8").count("data-agv-play=") == av.draw(y).html().count("data-agv-play=")
