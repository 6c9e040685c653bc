"""Folds: what a big graph shows as one box, what is inside, and what is said of it."""

from __future__ import annotations

from autograd_viz import events, torch
from autograd_viz.draw import draw_recording
from autograd_viz.draw.folding import folded
from autograd_viz.names import names_in
from autograd_viz.trace import GraphState, Recording, fold


def picture_of(program):
    recording = Recording()
    with events.listening(recording):
        names = program()
    return draw_recording(recording, names_in(names or {}))


def state_of(program) -> GraphState:
    recording = Recording()
    with events.listening(recording):
        program()
    state = GraphState()
    for event in recording:
        fold(state, event)
    return state


def loop(turns: int):
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(turns):
        y = (y * 1.01).sin()
    y.backward()
    return {"x": x, "y": y}


def training(steps: int):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    for _ in range(steps):
        loss = (w * w).exp().sum()
        w.grad = None
        loss.backward()
        with torch.no_grad():
            w -= 0.001 * w.grad
    return {"w": w, "loss": loss}


def layers(count: int):
    net = torch.nn.Sequential(*[layer for i in range(count) for layer in (torch.nn.Linear(3 + i, 4 + i), torch.nn.Tanh())])
    net(torch.ones(2, 3)).sum().backward()


def test_a_small_graph_is_never_folded() -> None:
    assert not picture_of(lambda: loop(20)).play()["folds"]


def test_a_long_loop_shows_its_first_and_last_turn_and_the_fold_between() -> None:
    play = picture_of(lambda: loop(100)).play()
    assert [box["name"] for box in play["boxes"].values() if "in" not in box] == [
        "x", "MulBackward0", "SinBackward0", "× 98, the same again", "MulBackward0", "SinBackward0",
    ]  # fmt: skip
    assert play["boxes"]["f1"]["rows"][0]["s"] == "98 MulBackward0, 98 SinBackward0"
    assert play["notes"] == ["196 nodes are folded into one box: open it to look inside."]


def test_a_fold_opens_on_one_turn_with_copies_of_what_comes_from_outside() -> None:
    play = picture_of(lambda: loop(100)).play()
    inside = {id: box for id, box in play["boxes"].items() if box.get("in") == "f1"}
    assert [box["name"] for box in inside.values()] == ["SinBackward0 #2", "MulBackward0", "SinBackward0"]
    assert {item["id"] for item in play["folds"]["f1"]["items"] if item.get("id") in play["boxes"]} == set(inside)
    copy = next(box for box in inside.values() if box["name"] == "SinBackward0 #2")
    assert copy["rows"] == [{"label": "its own box", "go": [["n2", "SinBackward0 #2"]]}]


def test_what_happens_in_a_fold_is_one_step_each_way_and_gradients_flow_through_it() -> None:
    play = picture_of(lambda: loop(100)).play()
    captions = ["".join(text for _, text in step["cap"]) for step in play["steps"] if step["at"] == "f1"]
    assert captions == [
        "× 98, the same again: 196 nodes are recorded (MulBackward0, SinBackward0).",
        "× 98, the same again: the gradient runs back through 196 nodes.",
    ]
    back = next(step for step in play["steps"] if step["at"] == "f1" and step["ph"] == "backward")
    assert any(id.endswith("b") and change.get("c") == "flow on" for id, change in back["set"].items())


def test_a_training_loop_is_bounded_in_steps_ledger_and_size() -> None:
    short, long = (picture_of(lambda n=n: training(n)).play() for n in (30, 300))
    assert len(short["steps"]) == len(long["steps"]) < 60
    assert len(short["ledger"]) == len(long["ledger"]) < 20
    told = next("".join(text for _, text in step["cap"]) for step in long["steps"] if step["at"] == "f1")
    assert told.startswith("× 298, the same again: 894 nodes are recorded")
    assert "in 298 backward calls" in told


def test_the_last_state_is_right_whatever_was_folded() -> None:
    picture = picture_of(lambda: training(300))
    assert "held for backward: 0 B" in picture.text()
    assert picture.text().count("MulBackward0 (2,)") == 2  # the first turn's and the last one's


def test_what_a_module_made_is_one_box_called_by_its_name_in_the_model() -> None:
    play = picture_of(lambda: layers(20)).play()
    folds = [box["name"] for id, box in play["boxes"].items() if id.startswith("f") and "in" not in box]
    assert folds[:2] == ["0: Linear", "2: Linear"]
    leaves = [box for box in play["boxes"].values() if box["sub"] == "leaf" and box.get("in") == "f1"]
    assert len(leaves) == 2  # the weight and the bias that only this module uses


def test_a_tensor_that_many_use_is_drawn_again_near_its_uses() -> None:
    def program():
        w = torch.tensor(2.0, requires_grad=True)
        parts = [w * 1, w.exp(), w.sin(), w.cos(), w.tanh(), w.sqrt(), w.log(), w.abs(), w**2, w + 1, w - 1, w / 2, -w, w.sigmoid()]
        torch.stack(parts).sum().backward()
        return {"w": w}

    play = picture_of(program).play()
    copies = [box for box in play["boxes"].values() if box["sub"] == "from elsewhere"]
    assert len(copies) == 10
    assert {box["name"] for box in copies} == {"w"}


def test_a_tensor_that_a_loop_uses_is_joined_to_its_first_use_and_drawn_again_in_each_later_turn() -> None:
    def program():
        w = torch.tensor(0.5, requires_grad=True)
        h = torch.tensor(1.0, requires_grad=True) * 1
        for _ in range(5):
            h = (h * w).tanh().exp().sin().cos()
        h.backward()
        return {"w": w}

    play = picture_of(program).play()
    own = next(box for box in play["boxes"].values() if box["name"] == "w" and box["sub"] == "leaf")
    assert len(own["to"]) == 1
    assert sum(box["sub"] == "from elsewhere" for box in play["boxes"].values()) == 4


def test_every_node_lies_in_one_fold_at_most_and_folds_are_neighbours() -> None:
    for program in (lambda: loop(50), lambda: training(20), lambda: layers(20)):
        state = state_of(program)
        order = list(state.nodes)
        made = folded(state)
        assert made.folds
        seen: set[int] = set()
        for each in made.folds:
            places = [order.index(serial) for serial in each.nodes]
            assert places == list(range(places[0], places[0] + len(places)))
            assert not seen & set(each.nodes)
            seen |= set(each.nodes)
