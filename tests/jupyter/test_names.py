"""What tensors are called: the user's variables, and what can be reached from them, without running any code of the user's."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import autograd_viz as av
from autograd_viz import events, torch
from autograd_viz.names import MOST_ITEMS, names_in
from autograd_viz.trace.recording import Recording

nn = torch.nn


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    """A tensor has a number once somebody has listened."""
    with events.listening(Recording()):
        yield


def leaf() -> torch.Tensor:
    return torch.ones(2, requires_grad=True)


def name_of(tensor: torch.Tensor, **variables: Any) -> str | None:
    return names_in(variables).get(tensor._serial)


class Instance:
    """A user's own class."""

    def __init__(self, w: Any) -> None:
        self.w = w


Pair = namedtuple("Pair", "first second")


@pytest.mark.parametrize(
    ("hold", "expected"),
    [
        (lambda w: w, "it"),
        (lambda w: [0, w], "it[1]"),
        (lambda w: (0, [w]), "it[1][0]"),
        (lambda w: {"w": w}, 'it["w"]'),
        (lambda w: {3: w}, "it[3]"),
        (lambda w: {'a "b" c': [w]}, 'it["a \\"b\\" c"][0]'),
        (lambda w: {"größe": w}, 'it["größe"]'),
        (lambda w: OrderedDict(w=w), 'it["w"]'),
        (lambda w: defaultdict(list, w=[w]), 'it["w"][0]'),
        (lambda w: Pair(0, w), "it[1]"),
        (lambda w: Instance(w), "it.w"),
        (lambda w: [Instance({"w": w})], 'it[0].w["w"]'),
        (lambda w: SimpleNamespace(w=w), "it.w"),
        (lambda w: Instance(Instance(Instance(w))), "it.w.w.w"),
    ],
)
def test_a_tensor_is_found_where_the_user_keeps_it(hold: Any, expected: str) -> None:
    w = leaf()
    assert name_of(w, it=hold(w)) == expected


class Net(nn.Module):
    """Parameters in every place where a module may have them."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(2, 2)
        self.body = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Sequential(nn.Linear(2, 1)))
        self.scale = nn.Parameter(torch.ones(1))
        self.hidden = [nn.Linear(1, 1)]
        self.several = nn.ParameterList([torch.ones(1)])
        self.named = nn.ModuleDict({"left": nn.Linear(1, 1)})
        self.register_buffer("mean", torch.zeros(1))
        self.cache = leaf()

    @property
    def secret(self) -> None:
        raise AssertionError("a property was run")


def test_parameters_are_called_by_their_paths() -> None:
    model = Net()
    list(map(torch.Tensor.sum, [*model.parameters(), model.hidden[0].weight, model.cache, model.mean * leaf()]))
    names = set(names_in({"model": model}).values())
    expected = ["fc1.weight", "fc1.bias", "scale", "body[0].weight", "body[2][0].bias", "hidden[0].weight", "several[0]"]
    assert {f"model.{path}" for path in (*expected, "named.left.weight", "mean", "cache")} <= names


def test_the_state_of_an_optimizer_has_no_names() -> None:
    w = leaf()
    adam = torch.optim.Adam([w])
    w.sum().backward()
    adam.step()
    assert names_in({"adam": adam}) == {}
    assert names_in({"adam": adam, "w": w}) == {w._serial: "w"}


def test_the_shortest_way_wins_and_then_the_first() -> None:
    w = leaf()
    assert name_of(w, params={"w": [w]}, layer=Instance(w), other=Instance(w), w=w) == "w"
    assert name_of(w, params={"w": [w]}, layer=Instance(w), other=Instance(w)) == "layer.w"
    assert name_of(w, _w=w, params=[w]) == "params[0]"
    assert name_of(w, theta=w, w=w) == "theta"


def test_the_history_of_a_notebook_is_no_variable() -> None:
    w = leaf()
    assert names_in({"Out": (out := {3: w}), "_oh": out}) == {}


class Hostile:
    """Runs code of its own, whatever it is asked."""

    __slots__ = ("__dict__",)

    def no(self, *args: object) -> Any:
        raise AssertionError("code of the user's was run")

    __getattribute__ = __getattr__ = __iter__ = __len__ = __eq__ = __hash__ = __bool__ = __getitem__ = __contains__ = no  # type: ignore[assignment]
    prop = property(no)


class HostileList(list[Any]):
    __iter__ = __len__ = __getitem__ = __eq__ = Hostile.no  # type: ignore[assignment]


class HostileDict(dict[Any, Any]):
    __iter__ = items = keys = __getitem__ = get = Hostile.no  # type: ignore[assignment]


class Meta(type):
    def __getattribute__(cls, name: str) -> Any:
        raise AssertionError("code of the user's was run")

    __hash__ = __eq__ = __instancecheck__ = __subclasscheck__ = Hostile.no  # type: ignore[assignment]


class OfMeta(metaclass=Meta):
    pass


class OwnDict:
    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        raise AssertionError("a property was run")


def test_no_code_of_the_users_is_run() -> None:
    w = leaf()
    hostile, of_meta = Hostile(), OfMeta()
    odd = {"a": hostile, "b": HostileList([0, w]), "c": of_meta, "d": OwnDict(), "e": OfMeta, "f": [hostile, of_meta]}
    assert names_in(odd)[w._serial] == "b[1]"
    assert names_in({"g": HostileDict(w=w)})[w._serial] == 'g["w"]'


def test_a_ring_ends() -> None:
    w = leaf()
    ring: list[Any] = [w]
    ring.append(ring)
    one, other = Instance(w), Instance(w)
    one.next, other.next = other, one  # type: ignore[attr-defined]
    assert name_of(w, ring=ring, one=one, other=other) == "ring[0]"


def test_a_chain_of_any_length_does_not_recurse() -> None:
    link: Any = None
    for _ in range(20_000):
        link = [link]
    assert names_in({"link": link}) == {}


def test_only_the_beginning_of_a_long_list_is_read() -> None:
    long = [leaf() for _ in range(MOST_ITEMS + 1)]
    names = names_in({"long": long})
    assert names[long[MOST_ITEMS - 1]._serial] == f"long[{MOST_ITEMS - 1}]"
    assert long[MOST_ITEMS]._serial not in names


def test_a_big_namespace_takes_milliseconds() -> None:
    big: dict[str, Any] = {f"n{i}": i for i in range(5_000)}
    big |= {f"l{i}": list(range(1_000)) for i in range(100)}
    big |= {f"r{i}": [{"row": [1, 2, Instance(i)]} for i in range(MOST_ITEMS)] for i in range(100)}
    times = []
    for _ in range(5):
        began = time.process_time()
        names_in(big)
        times.append(time.process_time() - began)
    assert min(times) < 0.010, "5 ms, and the same again for a slow machine"


def test_a_namespace_may_change_meanwhile() -> None:
    shared: dict[str, Any] = {"w": leaf()}
    ending = threading.Event()

    def change() -> None:
        i = 0
        while not ending.is_set():
            i += 1
            shared[f"k{i % 500}"] = i
            shared.pop(f"k{(i * 7) % 500}", None)

    other = threading.Thread(target=change)
    other.start()
    try:
        for _ in range(300):
            names_in({"shared": shared})
    finally:
        ending.set()
        other.join()


def test_self_is_known_where_a_method_records() -> None:
    class Model:
        def __init__(self) -> None:
            self.w = leaf()

        def run(self) -> av.Recording:
            with av.record() as recording:
                (self.w * 2).sum().backward()
            return recording

    assert "self.w: leaf" in av.draw(Model().run(), {}).text()
