"""`import autograd_viz as av`: what a notebook finds there."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest

import autograd_viz as av
from autograd_viz import torch


def test_everything_that_is_promised_is_there() -> None:
    for name in av.__all__:
        assert getattr(av, name) is not None
    assert set(dir(av)) == set(av.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'grand'"):
        av.grand


def test_importing_the_package_imports_nothing_else() -> None:
    script = "import sys, autograd_viz; print(*sorted(m for m in sys.modules if m.startswith(('numpy', 'IPython', 'autograd_viz'))))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=av.__path__[0] + "/..")
    assert done.stdout.split() == ["autograd_viz", "autograd_viz.events"]


def test_draw_stays_a_function_when_the_folder_draw_is_imported() -> None:
    from autograd_viz.draw import Picture

    assert isinstance(av.draw(torch.ones(2, requires_grad=True) * 2), Picture)
    assert callable(av.draw)
    assert av.trace.Recording is av.Recording, "the other folders are attributes as always"


def test_a_tensor_is_drawn_with_the_names_of_the_callers_variables() -> None:
    weight = torch.tensor([1.0], requires_grad=True)
    loss = (weight * 2).sum()
    text = av.draw(loss).text()
    assert "weight: leaf" in text
    assert "loss" in text


def test_names_can_be_given() -> None:
    weight = torch.tensor([1.0], requires_grad=True)
    text = av.draw(weight * 2, {"theta": weight}).text()
    assert "theta: leaf" in text
    assert "weight" not in text


def test_the_first_name_of_a_tensor_holds_and_private_names_do_not() -> None:
    _secret = weight = torch.tensor([1.0], requires_grad=True)
    alias = weight
    text = av.draw(alias * 2).text()
    assert "weight: leaf" in text
    assert "_secret" not in text


def test_a_recording_learns_the_names_at_its_end() -> None:
    def inner() -> av.Recording:
        with av.record("a title") as recording:
            slope = torch.tensor([3.0], requires_grad=True)
            cost = (slope * slope).sum()
            cost.backward()
        return recording

    recording = inner()
    assert recording.title == "a title"
    text = av.draw(recording).text()
    assert "slope: leaf" in text
    assert "cost" in text
    assert av.draw(av.Recording.from_json(recording.to_json())).text() == text


def test_a_recording_ends_when_its_block_fails() -> None:
    with contextlib.suppress(ZeroDivisionError), av.record() as recording:
        torch.ones(2, requires_grad=True)
        raise ZeroDivisionError
    told = len(recording)
    assert told
    torch.ones(2, requires_grad=True)
    assert len(recording) == told


def test_recording_keeps_no_variable_alive() -> None:
    import gc
    import weakref

    class Witness:
        pass

    def inner() -> tuple[av.Recording, weakref.ref[Witness]]:
        witness = Witness()
        with av.record() as recording:
            pass
        return recording, weakref.ref(witness)

    recording, gone = inner()
    gc.collect()
    assert gone() is None
    assert len(recording) == 0


@pytest.mark.parametrize("bad", [3, "loss", None, [1.0]])
def test_what_cannot_be_drawn_is_refused_with_a_hint(bad: object) -> None:
    with pytest.raises(TypeError, match=rf"^expected a Tensor or a Recording, got {type(bad).__name__}: draw a tensor such as loss"):
        av.draw(bad)  # type: ignore[arg-type]
