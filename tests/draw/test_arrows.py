from __future__ import annotations

from autograd_viz.draw.arrows import Space, along, aside, label_place, line_and_head, path

STRAIGHT = [(0.0, 0.0), (40.0, 0.0), (60.0, 0.0), (100.0, 0.0)]
LONG = [*STRAIGHT, (140.0, 0.0), (160.0, 100.0), (200.0, 100.0)]


def test_a_curve_is_a_chain_of_cubics() -> None:
    assert path(STRAIGHT) == "M0 0C40 0 60 0 100 0"
    assert path(LONG).count("C") == 2
    assert along(LONG, 0.0) == (0.0, 0.0)
    assert along(LONG, 0.5) == (100.0, 0.0)
    assert along(LONG, 1.0) == (200.0, 100.0)


def test_there_and_back_lie_on_two_sides() -> None:
    there, back = aside(STRAIGHT, 4), aside(STRAIGHT, -4)
    assert {y for _, y in there} == {-4.0}
    assert {y for _, y in back} == {4.0}


def test_a_head_is_a_triangle_at_the_tip_and_the_line_ends_at_its_foot() -> None:
    line, head = line_and_head(STRAIGHT, 10)
    assert line == "M0 0C40 0 60 0 90 0"
    assert head == "M100 0L90 4.8L90 -4.8Z"


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
