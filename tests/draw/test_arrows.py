from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from autograd_viz.draw.arrows import Space, along, arrow, aside, label_place, line_and_head, path, straight
from autograd_viz.draw.layout import LANES, Arrow, is_line, rows

STRAIGHT = [(0.0, 0.0), (40.0, 0.0), (60.0, 0.0), (100.0, 0.0)]
LONG = [*STRAIGHT, (140.0, 0.0), (160.0, 100.0), (200.0, 100.0)]


def test_a_curve_is_a_chain_of_cubics() -> None:
    assert path(STRAIGHT) == "M0 0c40 0 60 0 100 0"
    assert path(LONG).count("c") == 2
    assert along(LONG, 0.0) == (0.0, 0.0)
    assert along(LONG, 0.5) == (100.0, 0.0)
    assert along(LONG, 1.0) == (200.0, 100.0)


def test_a_straight_line_is_written_as_one() -> None:
    line = straight((10.0, 5.0), (110.0, 5.0))
    assert path(line) == "M10 5l100 0"
    assert path(aside(line, 4)) == "M10 1l100 0"
    assert arrow(line, 10) == ("M10 5l90 0", "M110 5l-10 4.8 0-9.6Z")
    assert arrow(line, 10, by=4) == ("M10 1l90 0", "M110 1l-10 4.8 0-9.6Z")
    assert arrow(line[::-1], 10, by=4) == ("M110 9l-90 0", "M10 9l10-4.8 0 9.6Z")
    assert arrow(LONG, 10, by=4) == line_and_head(aside(LONG, 4), 10)
    assert arrow([(5.0, 5.0)] * 4, 10)[0] == "M5 5l0 0"


def test_roundings_do_not_add_up() -> None:
    """A thousand steps of 0.04 are written as tenths, and end where they end."""
    points = [(i * 0.04, 0.0) for i in range(3001)]
    pieces = re.split("[cl]", path(points).removeprefix("M0 0"))[1:]
    assert len(pieces) == 1000
    assert abs(sum(float(piece.split()[-2]) for piece in pieces) - 120.0) < 0.06


def test_there_and_back_lie_on_two_sides() -> None:
    there, back = aside(STRAIGHT, 4), aside(STRAIGHT, -4)
    assert {y for _, y in there} == {-4.0}
    assert {y for _, y in back} == {4.0}


def test_a_head_is_a_triangle_at_the_tip_and_the_line_ends_at_its_foot() -> None:
    line, head = line_and_head(STRAIGHT, 10)
    assert line == "M0 0c40 0 60 0 90 0"
    assert head == "M100 0l-10 4.8 0-9.6Z"


def test_a_curve_without_length_has_a_head_all_the_same() -> None:
    assert line_and_head([(5.0, 5.0)] * 4, 10)[1].startswith("M5 5")


def test_a_label_goes_where_it_covers_nothing() -> None:
    free = label_place(STRAIGHT, 30, 10, Space())
    assert free == (50.0, 9.0)
    space = Space([(30.0, 0.0, 70.0, 20.0)])
    x, y = label_place(STRAIGHT, 30, 10, space)
    assert x + 15 <= 30 or x - 15 >= 70 or y - 5 >= 20 or y + 5 <= 0
    again = label_place(STRAIGHT, 30, 10, space)
    assert again != (x, y)


def test_space_is_found_across_tiles() -> None:
    space = Space([(-500.0, -10.0, 900.0, 10.0)])
    assert not space.is_free((700.0, 5.0, 800.0, 50.0))
    assert space.is_free((700.0, 10.0, 800.0, 50.0))


@st.composite
def layered(draw):
    """Boxes of many sizes, and arrows that lead on to later ones."""
    sizes = draw(st.lists(st.tuples(st.floats(30, 300), st.floats(20, 120)), min_size=2, max_size=30))
    ends = st.tuples(st.integers(0, len(sizes) - 1), st.integers(0, len(sizes) - 1)).filter(lambda pair: pair[0] < pair[1])
    return sizes, [Arrow(*pair) for pair in draw(st.lists(ends, max_size=60))]


@given(layered(), st.sampled_from([44.0, 90.0, 150.0]))
def test_no_arrow_of_ours_runs_through_a_box(graph, gap) -> None:
    sizes, arrows = graph
    made = rows(sizes, arrows, gap)
    for one, curve in zip(arrows, made.curves, strict=True):
        points = [along(curve, t / 200) for t in range(201)]
        for i, ((x, y), (w, h)) in enumerate(zip(made.centres, sizes, strict=True)):
            if i not in (one.tail, one.head):
                assert not any(abs(px - x) < w / 2 and abs(py - y) < h / 2 for px, py in points), (one, i)
        assert all(0 <= py <= made.height for _, py in points)
        assert curve[0][0] == made.centres[one.tail][0] + sizes[one.tail][0] / 2
        assert curve[-1][0] == made.centres[one.head][0] - sizes[one.head][0] / 2


def test_many_arrows_of_one_box_run_along_in_one_lane() -> None:
    """A box that a long line uses again and again: without this, the picture would be as high as the line is long."""
    made = rows([(80.0, 40.0)] * 60, [*(Arrow(i, i + 1) for i in range(59)), *(Arrow(0, i) for i in range(2, 60))], 60)
    assert len({curve[6][1] for curve in made.curves if len(curve) > 4}) == LANES
    assert made.height < 40 + 2 * 10 * LANES + 60


def test_arrows_that_pass_the_same_boxes_have_a_lane_each() -> None:
    made = rows([(80.0, 40.0)] * 6, [*(Arrow(i, i + 1) for i in range(5)), Arrow(0, 5), Arrow(1, 4), Arrow(0, 4)], 60)
    lanes = sorted(curve[6][1] for curve in made.curves if len(curve) > 4)
    assert len(lanes) == 3
    assert all(later - one >= 16 for one, later in pairwise(lanes))


def test_a_long_line_is_known_by_its_columns() -> None:
    line = [Arrow(i, i + 1) for i in range(80)]
    assert is_line(81, line)
    assert is_line(81, [*line, Arrow(3, 9), Arrow(0, 70)])
    assert is_line(83, [*line, Arrow(81, 4), Arrow(82, 12), Arrow(82, 60)]), "what it starts from"
    assert not is_line(82, [*line, Arrow(81, 50)]), "what comes in later would stand far from its use"
    assert not is_line(160, [*line, *(Arrow(i, i + 80) for i in range(80))]), "a ladder"
