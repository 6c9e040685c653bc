"""Programs to draw: real events, from our own engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_viz import events, torch
from autograd_viz.draw import Picture, draw_recording
from autograd_viz.trace import Recording

STATIC = Path(__file__).resolve().parents[2] / "autograd_viz" / "labextension" / "static"


def recorded(program: Callable[[], dict[str, Any] | None]) -> Recording:
    """What a program does, and what it calls its tensors; a RuntimeError ends it, as it would end a cell."""
    recording = Recording()
    with events.listening(recording):
        try:
            names = program() or {}
        except RuntimeError:
            names = {}
        for name, tensor in names.items():
            events.emit(events.TensorNamed(tensor._serial, name))
    return recording


def first() -> dict[str, Any]:
    """The first graph of the source document."""
    torch.manual_seed(0)
    x = torch.ones(5)
    y = torch.zeros(3)
    w = torch.randn(5, 3, requires_grad=True)
    b = torch.randn(3, requires_grad=True)
    z = torch.matmul(x, w) + b
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    loss.backward()
    return {"x": x, "y": y, "w": w, "b": b, "z": z, "loss": loss}


def three_calls() -> dict[str, Any]:
    """Its last one: 4 2 2 2 2, then 8 4 4 4 4, zeroed, then 4 2 2 2 2."""
    inp = torch.eye(4, 5, requires_grad=True)
    out = (inp + 1).pow(2).t()
    out.backward(torch.ones_like(out), retain_graph=True)
    out.backward(torch.ones_like(out), retain_graph=True)
    inp.grad.zero_()
    out.backward(torch.ones_like(out), retain_graph=True)
    return {"inp": inp, "out": out}


def switched_off() -> dict[str, Any]:
    """no_grad and detach."""
    x = torch.ones(5)
    w = torch.ones(5, 3, requires_grad=True)
    with torch.no_grad():
        z1 = torch.matmul(x, w)
    z2 = torch.matmul(x, w)
    z3 = z2.detach()
    return {"x": x, "w": w, "z1": z1, "z2": z2, "z3": z3}


def twice() -> None:
    """The second backward fails."""
    x = torch.tensor(3.0, requires_grad=True)
    y = 2 * x**2
    y.backward()
    y.backward()


def spoilt() -> None:
    """A saved result is changed in place before its backward."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    e = x.exp()
    e.add_(1)
    e.sum().backward()


def fan() -> dict[str, Any]:
    """One leaf used by several operations, and twice by one."""
    x = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    a = x.relu()
    c = x * x * a + x
    c.sum().backward()
    return {"x": x, "a": a, "c": c}


PROGRAMS = {"fan": fan, "first": first, "three_calls": three_calls, "switched_off": switched_off, "twice": twice, "spoilt": spoilt}


@pytest.fixture
def record() -> Callable[[Callable[[], dict[str, Any] | None]], Recording]:
    return recorded


@pytest.fixture(params=sorted(PROGRAMS))
def any_recording(request: pytest.FixtureRequest) -> Recording:
    return recorded(PROGRAMS[request.param])


@pytest.fixture
def programs() -> dict[str, Callable[[], Any]]:
    return PROGRAMS


@pytest.fixture
def draw() -> Callable[[str], Picture]:
    """The picture of one of the programs."""
    return lambda name: draw_recording(recorded(PROGRAMS[name]))


@pytest.fixture
def checked(node: str) -> Callable[[dict[str, Any]], None]:
    """Hold a play to the player's own check, `validate` of check.js."""

    def check(play: dict[str, Any]) -> None:
        script = f"""
            import {{ validate }} from "{(STATIC / "check.js").as_uri()}";
            import fs from "fs";
            validate(JSON.parse(fs.readFileSync(0, "utf8")));
        """
        asked = [node, "--input-type=module", "-e", script]
        done = subprocess.run(asked, input=json.dumps(play), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return check


@pytest.fixture
def without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without pygraphviz and without dot."""
    import sys

    monkeypatch.setattr(sys.modules["autograd_viz.draw.graphviz"], "_engine", lambda: None)
