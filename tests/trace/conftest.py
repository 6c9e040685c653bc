"""Events written by hand, so that this part is tested without an engine."""

from __future__ import annotations

import pytest

from autograd_viz import events as ev


def look(*values: float, shape: tuple[int, ...] | None = None) -> ev.Preview:
    """A preview of a whole array."""
    shape = (len(values),) if shape is None else shape
    columns = shape[-1] if shape else 1
    return ev.Preview(shape, "float32", tuple(map(float, values)), columns, True, min(values), max(values), sum(values) / len(values), 0, 0)


class Script:
    """Writes a log: each method adds the events that the engine would tell."""

    def __init__(self) -> None:
        self.log: list[ev.Event] = [ev.SourceSeen("cell [1]", "...")]
        self.calls = 0

    def add(self, *events: ev.Event) -> None:
        self.log += events

    def tensor(self, serial: int, *values: float, grad: bool = False, node: int | None = None, base: int | None = None, op: str = "tensor",
               earlier: bool = False, name: str = "") -> None:  # fmt: skip
        preview = look(*values)
        source = ev.Source("cell [1]", 1, f"make({serial})")
        self.add(
            ev.TensorCreated(serial, preview.shape, "float32", grad, node is None, node, 0, base, op, (), 0, preview, None, source, earlier)
        )
        if name:
            self.add(ev.TensorNamed(serial, name))

    def node(self, serial: int, name: str, edges: tuple[ev.Edge, ...], saved: tuple[ev.Saved, ...] = (), text: str = "",
             earlier: bool = False) -> None:  # fmt: skip
        derivatives = tuple((f"x{i}", "grad") for i in range(len(edges)))
        source = ev.Source("cell [1]", 2, text or name.lower())
        self.add(ev.NodeCreated(serial, name, name.lower(), edges, (), saved, ((2,),), derivatives, (), source, earlier))

    def backward(self, root: int, retain: bool = False) -> int:
        self.calls += 1
        roots, source = (ev.Edge(root, 0, None, None),), ev.Source("cell [1]", 3, "")
        self.add(ev.BackwardStarted(self.calls, "backward", roots, (look(1, 1),), retain, False, source))
        return self.calls

    def run(self, call: int, node: int, came: ev.Preview, *went: ev.Preview | None, released: tuple[str, ...] | None = None) -> None:
        self.add(ev.NodeEntered(call, node, (came,)), ev.NodeLeft(call, node, went))
        if released is not None:
            self.add(ev.SavedReleased(call, node, released))

    def grow(self, call: int, leaf: int, before: ev.Preview | None, added: ev.Preview, after: ev.Preview) -> None:
        self.add(ev.GradAccumulated(call, leaf, before, added, after))


def saved(name: str, tensor: int, storage: int | None = None, nbytes: int = 8, version: int = 0) -> ev.Saved:
    return ev.Saved(name, tensor, tensor if storage is None else storage, nbytes, version, "float32 (2,)", True)


def to_leaf(leaf: int) -> ev.Edge:
    return ev.Edge(None, 0, leaf, leaf)


def to_node(node: int, tensor: int) -> ev.Edge:
    return ev.Edge(node, 0, None, tensor)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def square(script: Script) -> Script:
    """y = w * w, two backward calls that keep the graph, zeroing, and one that frees it."""
    script.tensor(1, 1, 2, grad=True, name="w")
    script.node(2, "MulBackward0", (to_leaf(1), to_leaf(1)), (saved("other", 1), saved("self", 1)), "w * w")
    script.tensor(3, 1, 4, grad=True, node=2, op="mul", name="y")
    grads = [(None, look(2, 4)), (look(2, 4), look(4, 8)), (look(0, 0), look(2, 4))]
    for i, (before, after) in enumerate(grads):
        if i == 2:
            script.add(ev.GradCleared(1, "zero_", look(4, 8), None))
        call = script.backward(2, retain=i < 2)
        script.run(call, 2, look(1, 1), look(1, 2), look(1, 2), released=("other", "self") if i == 2 else None)
        script.grow(call, 1, before, look(2, 4), after)
        script.add(ev.BackwardFinished(call))
    return script


@pytest.fixture
def tools() -> dict[str, object]:
    """The small makers, for tests that write their own log."""
    return {"look": look, "saved": saved, "to_leaf": to_leaf, "to_node": to_node}
