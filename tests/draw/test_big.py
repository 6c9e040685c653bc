"""Any graph is drawn in bounded time, and what is left out is said."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from autograd_viz import events as ev
from autograd_viz import torch
from autograd_viz.draw import draw_recording
from autograd_viz.draw.arrows import along
from autograd_viz.draw.graph import MOST_BOXES, MOST_TOGETHER
from autograd_viz.draw.graphviz import STRAIGHT, place
from autograd_viz.draw.layout import Arrow, depths, rows, text_width
from autograd_viz.draw.story import MOST_STEPS


def node(serial: int, *inputs: int, earlier: bool = True) -> ev.NodeCreated:
    edges = tuple(ev.Edge(i, 0, None, None) for i in inputs)
    return ev.NodeCreated(serial, "NegBackward0", "neg", edges, (), (), ((),), (), (), None, earlier)


def chain(ops: int):
    x = torch.ones(3, requires_grad=True)
    y = x
    for _ in range(ops):
        y = y + 1
    y.sum().backward()


def fan_out(ops: int):
    w, y = torch.ones(3, requires_grad=True), torch.zeros(3)
    for i in range(ops):
        y = y + w * i
    y.sum().backward()


def on_the_picture(play) -> list[str]:
    """The boxes that are seen while no fold is open."""
    return [id for id, box in play["boxes"].items() if "in" not in box]


@pytest.mark.parametrize(("program", "ops"), [(chain, 3000), (fan_out, 200)])
def test_a_loop_is_drawn_by_its_first_and_its_last_turn_in_bounded_time(program, ops: int, record, checked) -> None:
    recording = record(lambda: program(ops))
    start = time.process_time()
    picture = draw_recording(recording)
    picture.svg()
    assert time.process_time() - start < 5
    play = picture.play()
    checked(play)
    assert len(on_the_picture(play)) <= 12
    assert play["boxes"]["f1"]["name"] == f"× {ops - 2}, the same again"
    assert "are folded into one box" in play["notes"][0]


def test_a_hundred_thousand_nodes_do_not_hang_or_recurse() -> None:
    log = [node(0), *(node(i, i - 1, earlier=i % 2 == 0) for i in range(1, 100_000))]
    start = time.process_time()
    play = draw_recording(log).play()
    assert time.process_time() - start < 20
    assert sorted(on_the_picture(play)) == ["f1", "n1", "n100000", "n2"]


@pytest.mark.parametrize("inputs", [3, 40, 400])
def test_a_tangle_is_laid_out_in_bounded_time(inputs: int) -> None:
    step = [1, 7, 31, 113]
    edges = [{max(0, i - step[k % 4] * (1 + k // 4)) for k in range(inputs)} for i in range(1000)]
    log = [node(i, *(j for j in sorted(e) if j < i)) for i, e in enumerate(edges)]
    start = time.process_time()
    play = draw_recording(log).play()
    assert time.process_time() - start < 10
    assert len(on_the_picture(play)) <= MOST_BOXES + 40
    assert len(play["boxes"]) <= MOST_TOGETHER + 10


def test_a_flood_of_steps_is_cut_and_said() -> None:
    preview = ev.Preview((), "float32", (1.0,), 1, True, 1.0, 1.0, 1.0, 0, 0)
    log: list[ev.Event] = [ev.TensorCreated(1, (), "float32", True, True, None, 0, None, "ones", (), 0, preview, None, None, False)]
    log += [ev.GradCleared(1, "None", preview, None)] * 5000
    play = draw_recording(log).play()
    assert len(play["steps"]) == MOST_STEPS
    assert f"Only the first {MOST_STEPS} steps are told." in play["notes"]
    assert max(entry["step"] for entry in play["ledger"]) < MOST_STEPS


def test_cyclic_and_dangling_edges_do_no_harm() -> None:
    log = [replace(node(i, (i + 1) % 3, 77), others=(99,), shapes=()) for i in range(3)]
    picture = draw_recording(log)
    assert len(picture.play()["boxes"]) == 3
    assert picture.svg()


def test_rows_put_each_box_right_of_its_inputs() -> None:
    arrows = [Arrow(0, 1), Arrow(1, 2), Arrow(0, 2), Arrow(2, 1)]
    assert depths(3, [Arrow(0, 1), Arrow(1, 2), Arrow(0, 2)]) == [0, 1, 2]
    placed = rows([(100.0, 50.0)] * 3, arrows, 60)
    assert placed.centres[0][0] < placed.centres[1][0]
    assert all(len(curve) == 4 for curve in placed.curves)


@pytest.mark.parametrize("seed", range(4))
def test_no_arrow_of_a_big_picture_runs_through_a_box(seed: int) -> None:
    """Whoever lays it out; also where several arrows share a box, and their ends are moved apart."""
    draw = random.Random(seed)
    sizes = [(draw.uniform(110, 320), 86.0) for _ in range(STRAIGHT + 30)]
    arrows = [Arrow(max(0, i - draw.choice([1, 1, 2, 3, 9])), i, draw.choice([1, 3])) for i in range(1, len(sizes)) for _ in range(2)]
    made = place(sizes, arrows, gap=90)
    for arrow, curve in zip(arrows, made.curves, strict=True):
        points = [along(curve, t / 300) for t in range(301)]
        for i, ((x, y), (w, h)) in enumerate(zip(made.centres, sizes, strict=True)):
            if i not in (arrow.tail, arrow.head):
                assert not any(abs(px - x) < w / 2 - 2 and abs(py - y) < h / 2 - 2 for px, py in points), (arrow, i)


def test_wide_characters_are_measured_wide() -> None:
    assert text_width("名前", 10) == text_width("abcd", 10)
    assert text_width("é", 10) == text_width("é", 10)
