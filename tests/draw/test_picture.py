from __future__ import annotations

import itertools
import json
import re

import pytest

from autograd_viz import events, torch
from autograd_viz.draw import draw_recording
from autograd_viz.draw.svg import frame
from autograd_viz.trace import Recording


def captions(play) -> list[str]:
    return ["".join(text for _, text in step["cap"]) for step in play["steps"]]


def all_items(items):
    for item in items:
        yield item
        yield from all_items(item.get("items", ()))


def kind_of(play) -> dict[str, str]:
    return {item["id"]: item["c"].split()[1] for item in play["items"] if item.get("id") in play["boxes"]}


def test_a_play_is_what_the_player_takes(any_recording, checked) -> None:
    checked(draw_recording(any_recording, title="a title").play())


def test_a_play_is_strict_json(any_recording) -> None:
    play = draw_recording(any_recording).play()
    assert json.loads(json.dumps(play, allow_nan=False)) == play


def test_every_id_that_a_step_sets_is_there_once(any_recording) -> None:
    play = draw_recording(any_recording).play()
    ids = [item["id"] for item in all_items(play["items"]) if "id" in item]
    ids += [row["id"] for box in play["boxes"].values() for row in box["rows"] if "id" in row]
    assert len(ids) == len(set(ids))
    assert {id for step in play["steps"] for id in step["set"]} <= set(ids)
    assert {step["at"] for step in play["steps"]} <= {None, *play["boxes"]}


def test_the_source_documents_first_graph_has_its_boxes_and_edges(draw) -> None:
    play = draw("first").play()
    names = {box["name"]: id for id, box in play["boxes"].items()}
    assert set(names) == {"x", "y", "w", "b", "MmBackward0", "SqueezeBackward4", "AddBackward0", "BinaryCrossEntropyWithLogitsBackward0"}
    assert play["boxes"][names["AddBackward0"]]["from"] == [names["SqueezeBackward4"], names["b"]]
    kinds = kind_of(play)
    assert (kinds[names["x"]], kinds[names["w"]], kinds[names["MmBackward0"]]) == ("const", "leaf", "fn")


def test_each_step_changes_little_and_the_last_frame_is_their_sum(draw) -> None:
    play = draw("first").play()
    assert len(play["steps"]) == 15
    assert play["held"] == [0, 0, 0, 0, 20, 20, 20, 44, 44, 20, 20, 20, 20, 0, 0]
    assert all(len(step["set"]) < 16 for step in play["steps"])
    shown = frame(play)
    assert not any("later" in change.get("c", "") for change in shown.values())
    chips = [change["c"] for id, change in shown.items() if change.get("c", "").startswith("chip")]
    assert chips == ["chip freed"] * 3


def test_what_lights_up_in_a_step_goes_out_in_the_next(draw) -> None:
    play = draw("three_calls").play()
    for i in range(len(play["steps"])):
        now = [id for id, change in frame(play, i).items() if "now" in change.get("c", "").split()]
        at = play["steps"][i]["at"]
        assert now == ([at] if at and play["steps"][i]["ph"] != "error" and "starts" not in captions(play)[i] else [])


def test_the_ledger_of_three_calls_reads_4_8_zeroed_4(draw) -> None:
    play = draw("three_calls").play()
    rows = [(e["call"], e["before"] and e["before"]["t"][:5], e["after"]["t"][:5], e["note"]) for e in play["ledger"]]
    four, eight, zero = ["4", "2", "2", "2", "2"], ["8", "4", "4", "4", "4"], ["0"] * 5
    assert rows == [("#1", None, four, ""), ("#2", four, eight, ""), ("", eight, zero, "zeroed"), ("#3", zero, four, "")]
    assert [e["step"] for e in play["ledger"]] == sorted(e["step"] for e in play["ledger"])
    assert all(e["leaf"] == "inp" for e in play["ledger"])


def test_the_shades_of_a_grad_have_one_scale_so_that_eight_is_darker_than_four(draw) -> None:
    play = draw("three_calls").play()
    assert [e["after"]["v"][0] for e in play["ledger"]] == [0.5, 1.0, 0.0, 0.5]
    slots = [change["v"][0] for step in play["steps"] for id, change in step["set"].items() if "v" in change]
    assert slots == [0.5, 1.0, 0.0, 0.5]


def test_no_grad_is_a_region_and_detach_a_cut_edge(draw) -> None:
    play = draw("switched_off").play()
    assert [item["id"] for item in play["items"] if item["c"].startswith("region")] == ["r1"]
    assert [item["c"] for item in play["items"] if item["c"].startswith("edge cut")] == ["edge cut later"]
    kinds = kind_of(play)
    assert sorted(kinds.values()).count("plain") >= 1
    assert any(text.endswith("leaves no node: gradient tracking is off.") for text in captions(play))


def test_a_failed_node_is_marked_and_says_why(draw) -> None:
    play = draw("twice").play()
    last = play["steps"][-1]
    assert (last["ph"], last["call"]) == ("error", 2)
    assert "failed" in frame(play)[last["at"]]["c"]
    assert play["boxes"][last["at"]]["name"] == "MulBackward0"
    assert "second time" in captions(play)[-1]


def test_a_saved_result_that_was_written_to_is_marked_changed(draw) -> None:
    play = draw("spoilt").play()
    assert [c["c"] for c in frame(play).values() if "changed" in c.get("c", "")] == ["chip changed"]
    assert "ExpBackward0" in captions(play)[-1]


def test_a_name_given_late_holds_for_earlier_steps(record) -> None:
    def program():
        a = torch.ones(2, requires_grad=True)
        return {"late": a}

    recording = record(program)
    assert captions(draw_recording(recording).play())[0].startswith("late is a leaf")
    serial = recording[1].tensor
    assert captions(draw_recording(recording, names={serial: "given"}).play())[0].startswith("given is a leaf")


def test_constants_that_nothing_uses_get_no_box_and_no_step(record) -> None:
    def program():
        unused = torch.ones(3)
        w = torch.ones(3, requires_grad=True)
        return {"unused": unused, "w": w, "y": w * 2}

    play = draw_recording(record(program)).play()
    assert sorted(box["name"] for box in play["boxes"].values()) == ["MulBackward0", "w"]
    assert len(play["steps"]) == 2


def test_a_leaf_that_asks_for_no_gradient_any_more_is_still_drawn_as_a_leaf(record) -> None:
    def program():
        w = torch.ones(2)
        w.requires_grad_()
        y = w * 2
        w.requires_grad_(False)
        return {"w": w, "y": y}

    play = draw_recording(record(program)).play()
    assert sorted(kind_of(play).values()) == ["fn", "leaf"]
    assert captions(play)[-1].startswith("w asks for no gradient from now on")


def test_the_inspector_says_every_number_of_a_matrix_that_flows_in_a_small_picture(record) -> None:
    def program(extra: int = 0):
        w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        y = w * w
        for i in range(extra):
            y = getattr(y, ("sin", "cos", "exp", "neg", "tanh")[i % 5])() + w.mean(i % 2)
        y.sum().backward()
        return {"w": w}

    small, big = (draw_recording(record(each)).play() for each in (program, lambda: program(30)))
    said = [change for step in small["steps"] for change in step["set"].values() if "m" in change]
    assert [value["t"] for value in said[0]["m"]] == [["1", "1", "1", "1"]]  # what the sum sends
    assert {"s": "[[2 4] [6 8]]", "m": [said[-1]["m"][0]]} == said[-1]
    assert said[-1]["m"][0]["cols"] == 2
    assert not any("m" in change for step in big["steps"] for change in step["set"].values())


def test_a_mode_in_which_nothing_happens_is_no_step(record) -> None:
    def program():
        with torch.no_grad():
            pass
        return {"w": torch.ones(3, requires_grad=True)}

    assert len(draw_recording(record(program)).play()["steps"]) == 1


def test_a_graph_from_before_is_there_from_the_start(record) -> None:
    w = torch.ones(3, requires_grad=True)
    y = (w * w).sum()
    y.backward(retain_graph=True)

    play = draw_recording(record(lambda: y.backward())).play()
    assert not any("later" in item["c"] for item in play["items"])
    assert [step["ph"] for step in play["steps"]] == ["backward"] * 4
    assert captions(play)[-1].startswith("leaf.grad was not empty: [2 2 2] + [2 2 2] = [4 4 4]")


def test_steps_and_boxes_keep_their_ids_while_a_recording_grows(record, programs) -> None:
    events = list(record(programs["three_calls"]))
    full = draw_recording(events).play()
    for count in range(0, len(events), 5):
        part = draw_recording(events[:count], live=True).play()
        assert set(part["boxes"]) <= set(full["boxes"])
        assert [step["at"] for step in part["steps"]] == [step["at"] for step in full["steps"]][: len(part["steps"])]


def test_an_empty_recording_is_an_empty_picture(checked) -> None:
    picture = draw_recording([])
    checked(picture.play())
    assert picture.play()["boxes"] == {}
    assert picture.text() == ""
    assert picture.svg().startswith("<svg")


def test_the_parts_of_one_expression_are_named_as_its_parts(draw) -> None:
    play = draw("first").play()
    texts = [item["s"] for item in all_items(play["items"]) if item["k"] == "text" and item["c"] == "expr"]
    assert "mm of matmul(x, w)" in texts
    assert "z = matmul(x, w) + b" in texts


def area(item) -> tuple[float, float, float, float]:
    card = item["items"][0]
    x, y = item.get("x", 0) + card["x"], item.get("y", 0) + card["y"]
    return (x, y, x + card["w"], y + card["h"])


def apart(a, b) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_boxes_and_labels_cover_neither_each_other_nor_the_margin(any_recording) -> None:
    play = draw_recording(any_recording).play()
    boxes = [area(item) for item in play["items"] if item.get("id") in play["boxes"]]
    labels = [area(item) for item in play["items"] if item["c"].startswith("flow") and item["k"] == "g"]
    for i, one in enumerate(boxes):
        assert all(apart(one, other) for other in boxes[i + 1 :] + labels)
    for i, one in enumerate(labels):
        assert all(apart(one, other) for other in labels[i + 1 :])
    assert all(a[0] >= 0 and a[1] >= 0 and a[2] <= play["w"] and a[3] <= play["h"] for a in boxes + labels)


@pytest.mark.parametrize("engine", ["graphviz", "rows"])
def test_every_arrow_goes_from_its_box_to_its_box(any_recording, engine: str, request: pytest.FixtureRequest) -> None:
    if engine == "rows":
        request.getfixturevalue("without_graphviz")
    play = draw_recording(any_recording).play()
    boxes = {item["id"]: area(item) for item in play["items"] if item.get("id") in play["boxes"]}
    arrows = [item for item in play["items"] if item["c"].startswith("edge")]
    links = [(tail, head) for tail, box in play["boxes"].items() for head in box["to"]]
    assert len(arrows) >= len(links) > 0
    for item in arrows:
        start, tip = (re.sub(r"(?<=\d)-", " -", re.match(r"M([-\d. ]+)", d)[1]) for d in drawn_paths(item))
        tails = {id for id, box in boxes.items() if touches(box, start)}
        heads = {id for id, box in boxes.items() if touches(box, tip)}
        assert any(link in links for link in itertools.product(tails, heads)), (item["id"], start, tip)


def drawn_paths(item) -> list[str]:
    """An arrow's line and head; one that wears more is a group."""
    return [item["d"], item["h"]] if item["k"] == "arrow" else [each["d"] for each in item["items"][:2]]


def touches(box, point: str) -> bool:
    x, y = map(float, point.split())
    return box[0] - 16 <= x <= box[2] + 16 and box[1] - 6 <= y <= box[3] + 6


def test_a_gradient_lights_its_arrow_while_it_flows_and_leaves_a_trace(draw) -> None:
    play = draw("first").play()
    runs = [i for i, step in enumerate(play["steps"]) if step["ph"] == "backward" and "receives" in captions(play)[i]]
    for i in runs:
        now, after = frame(play, i), frame(play, min(i + 2, len(play["steps"]) - 1))
        lit = [id for id, change in now.items() if change.get("c") == "flow on" and id.endswith("b")]
        assert len(lit) == (2 if "to SqueezeBackward4 and the leaf b" in captions(play)[i] else 1)
        assert all(after[id]["c"] == "flow past" for id in lit) or i == runs[-1]
    assert [change["s"] for id, change in play["steps"][runs[1]]["set"].items() if id.endswith("t")] == ["[0.27 0.12 0.0027]"] * 2


def test_without_graphviz_there_is_a_picture_and_a_note(draw, without_graphviz, checked) -> None:
    play = draw("first").play()
    checked(play)
    assert len(play["boxes"]) == 8
    assert play["notes"] == ["Graphviz was not found: the boxes stand in plain columns."]


@pytest.mark.parametrize("ending", ["svg", "html", "dot", "json", "txt"])
def test_a_picture_is_saved_in_the_form_of_its_ending(draw, tmp_path, ending: str) -> None:
    path = draw("first").save(tmp_path / f"graph.{ending}")
    assert path.read_text(encoding="utf-8").strip()


def test_another_ending_is_a_value_error(draw, tmp_path) -> None:
    with pytest.raises(ValueError, match=r"expected a path that ends with .svg, .*, got .*graph.png"):
        draw("first").save(tmp_path / "graph.png")


def test_a_notebook_gets_the_play_an_image_and_text(draw) -> None:
    picture = draw("first")
    assert set(picture._repr_mimebundle_()) == {"application/vnd.autograd-viz.v1+json", "image/svg+xml", "text/plain"}
    assert repr(picture) == picture.text()


def test_a_cell_that_only_touches_the_grad_of_a_leaf_shows_the_leaf() -> None:
    w = torch.ones(2, requires_grad=True)
    (w * w).sum().backward()
    acts = [
        lambda: w.grad.zero_(),
        lambda: setattr(w, "grad", None),
        lambda: w.requires_grad_(False),
        lambda: setattr(w, "requires_grad", True),
    ]
    for act in acts:
        recording = Recording()
        with events.listening(recording):
            act()
        play = draw_recording(recording, {w._serial: "w"}).play()
        assert [box["name"] for box in play["boxes"].values()] == ["w"]
        assert len(play["steps"]) == 1
        assert play["steps"][0]["at"] in play["boxes"]


def test_what_is_computed_from_a_detached_tensor_hangs_on_it() -> None:
    recording = Recording()
    with events.listening(recording):
        a = torch.ones(2, requires_grad=True) * 2
        cut = a.detach()
        further = cut * 3
        (a + further).sum()
    play = draw_recording(recording, {cut._serial: "cut", further._serial: "further"}).play()
    ids = {box["name"]: id for id, box in play["boxes"].items()}
    assert play["boxes"][ids["further"]]["from"] == [ids["cut"]]


def test_a_dotted_arrow_leads_from_an_in_place_operation_to_the_copy_slices_that_runs_it(record) -> None:
    def program():
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 1
        y[0:1].mul_(3)
        y.sum().backward()

    play = draw_recording(record(program)).play()
    ties = [item["id"] for item in play["items"] if "tie" in item.get("c", "").split()]
    assert len(ties) == 1
    inner = next(box for box in play["boxes"].values() if "SliceBackward0" in [play["boxes"][id]["name"] for id in box["from"]])
    assert [play["boxes"][id]["name"] for id in inner["to"]] == ["CopySlices"]


def test_what_is_done_to_a_grad_in_place_shows_in_its_slot(record) -> None:
    def program():
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        w.sum().backward()
        w.grad.mul_(3)
        return {"w": w}

    play = draw_recording(record(program)).play()
    slot = next(id for id, box in play["boxes"].items() if box["name"] == "w")
    assert frame(play, None)[f"{slot}r"]["s"] == "[3 3]"
    assert "data" not in str(play["steps"][-1]["set"].get(f"{slot}e", ""))  # its own values are as they were


def test_a_chip_of_what_was_changed_has_a_mark_and_no_other(record) -> None:
    def program():
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        z = x.tanh()
        y += 1
        return {"x": x, "y": y, "z": z}

    play = draw_recording(record(program)).play()
    groups = [item for item in all_items(play["items"]) if "chip" in item.get("c", "").split()]
    chips = {item["id"]: [each.get("s") for each in item["items"]] for item in groups}
    marked = {id for id, words in chips.items() if "≠" in words}
    assert marked == {id for id in chips if "changed" in frame(play, None).get(id, {}).get("c", "")}
    assert len(marked) == 1 < len(chips)


def test_the_gradient_that_leaves_a_fold_is_told_on_its_arrow(record) -> None:
    def program():
        w = torch.tensor(0.5, requires_grad=True)
        z = torch.ones(2, requires_grad=True) * 1
        for _ in range(50):
            z = (z * w).sin()
        z.sum().backward()
        return {"w": w}

    play = draw_recording(record(program)).play()
    fold = next(id for id, box in play["boxes"].items() if box["name"].startswith("×"))
    step = next(step for step in play["steps"] if step["ph"] == "backward" and step["at"] == fold)
    said = [change["s"] for id, change in step["set"].items() if id.startswith("e") and id.endswith("t")]
    assert len(said) == 2  # to the turn before it, and to w
