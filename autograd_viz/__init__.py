"""See automatic differentiation happen.

    from autograd_viz import torch          # delete "from autograd_viz" and the cell runs on PyTorch itself
    %load_ext autograd_viz                  # pictures under every cell that touches autograd

`record`, `draw` and `GraphWidget` are for looking at a moment of one's own choosing. Everything here is fetched on first use:
`from autograd_viz import torch` needs numpy and nothing else.

Read next: `events.py`, the vocabulary that all parts share; then `torch/`, the engine.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from autograd_viz.events import Event, TensorCreated, TensorNamed

if TYPE_CHECKING:
    from autograd_viz import torch
    from autograd_viz.draw import Picture
    from autograd_viz.jupyter.widget import GraphWidget
    from autograd_viz.torch.tensor import Tensor
    from autograd_viz.trace.recording import Recording

__version__ = "0.1.0"

__all__ = [
    "torch", "record", "Recording", "draw", "save_page", "GraphWidget", "load_ipython_extension", "unload_ipython_extension", "__version__",
]  # fmt: skip

_ELSEWHERE = {
    "Recording": "autograd_viz.trace.recording", "GraphWidget": "autograd_viz.jupyter.widget", "save_page": "autograd_viz.draw.html",
}  # fmt: skip


class _Package(ModuleType):
    """`draw` is a function here and a folder beside this file: importing the folder must not take the name from the function.

    Python would do that, for it makes every imported submodule an attribute of its package.
    The folder is found by `from autograd_viz.draw import ...`.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name == "draw" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name == "torch":
        return importlib.import_module("autograd_viz.torch")
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module 'autograd_viz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


@contextmanager
def record(title: str = "") -> Iterator[Recording]:
    """Write down all that autograd does inside a `with` block.

        with av.record() as recording:
            loss.backward()
        av.draw(recording)

    At its end the recording also learns what your variables are called.
    """
    from autograd_viz import events
    from autograd_viz.names import names_in
    from autograd_viz.trace.recording import Recording

    caller = _caller()
    _name_cells()
    recording = Recording(title=title)
    try:
        with events.listening(recording):
            yield recording
    finally:
        told = {event.tensor for event in recording if isinstance(event, TensorCreated)}
        for serial, name in names_in(_variables(caller)).items():
            if serial in told:
                recording(TensorNamed(serial, name))
        del caller  # a frame keeps its variables alive, and with them graphs


def draw(target: Tensor | Recording, names: Mapping[str, Tensor] | None = None) -> Picture:
    """The graph behind a tensor, or the story of a recording, as a Picture: display it, or ask it for .text(), .svg(), .html(), ...

    `names`: what to call which tensor, as in {"w": w}; without it, the names of your variables.  Raises TypeError for anything else.
    """
    from autograd_viz.draw import draw_recording
    from autograd_viz.names import names_in
    from autograd_viz.trace.recording import Recording

    story: Recording | list[Event]
    if isinstance(target, Recording):
        story = target
    elif _is_tensor(target):
        from autograd_viz.torch.observe import story_of

        story = story_of(target)
    else:
        hint = "draw a tensor such as loss, or what `with av.record() as recording:` recorded"
        raise TypeError(f"expected a Tensor or a Recording, got {type(target).__name__}: {hint}")
    if names is not None and not isinstance(names, Mapping):
        raise TypeError(f'expected names as a dict of tensors, as in {{"w": w}}, got {type(names).__name__}')
    return draw_recording(story, names_in(_variables(_caller()) if names is None else names))


def _is_tensor(value: object) -> bool:
    module = sys.modules.get("autograd_viz.torch")
    return module is not None and issubclass(type(value), module.Tensor)  # type(): a proxy may raise when asked for its __class__


def _caller() -> FrameType | None:
    """The innermost frame that is neither ours nor that of a `with` statement's machinery."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__") in (__name__, "contextlib"):
        frame = frame.f_back
    return frame


def _variables(frame: FrameType | None) -> dict[str, Any]:
    """What a frame can see, its own variables first."""
    return {} if frame is None else {**frame.f_locals, **{k: v for k, v in frame.f_globals.items() if k not in frame.f_locals}}


def _name_cells() -> None:
    """In a notebook: have lines pointed at as "cell [3]", not by the temporary file that a cell is compiled from."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        from autograd_viz.jupyter.cells import name_cells

        name_cells(shell)


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext autograd_viz` calls."""
    from autograd_viz.jupyter import cells

    cells.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext autograd_viz` calls."""
    from autograd_viz.jupyter import cells

    cells.unload(shell)
