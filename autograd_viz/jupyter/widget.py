"""av.GraphWidget: the player as an ipywidget, to be put beside sliders and buttons.

    graph = av.GraphWidget()                       # follows the session from now on
    slider = widgets.IntSlider(max=30)
    widgets.jslink((slider, "value"), (graph, "step"))
    widgets.VBox([slider, graph])

Two traits are shared with the browser: `play`, the picture, which only this side writes, and `step`, which both may move.
A cell's own picture is no widget: widgets need a kernel, and a saved notebook has none.

Read next: `../labextension/static/widget.js`, the other half.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ipywidgets import DOMWidget, register
from traitlets import Dict, Int, Unicode

from autograd_viz import events
from autograd_viz.events import Event
from autograd_viz.jupyter.cells import name_cells
from autograd_viz.jupyter.display import Follower, draw_now
from autograd_viz.trace.recording import Recording

MODULE = "autograd-viz"
MODULE_VERSION = "1.0.0"  # of what the two halves agree on; the same in widget.js
FOLLOWERS = 4  # widgets that follow the session at a time: a cell that makes one is run again and again


@register
class GraphWidget(DOMWidget):
    """A picture to compose with other widgets.

    `recording`: what to show (also anything else that has events, such as a Recording that is still being filled); without one, the widget
    follows the session: it shows whatever autograd does from now on, also between cells, until `close()`.
    `play`: the picture as the player reads it, {} while nothing has happened. `step`: where the reader is, from 0.
    """

    _model_name = Unicode("GraphModel").tag(sync=True)
    _model_module = Unicode(MODULE).tag(sync=True)
    _model_module_version = Unicode(MODULE_VERSION).tag(sync=True)
    _view_name = Unicode("GraphView").tag(sync=True)
    _view_module = Unicode(MODULE).tag(sync=True)
    _view_module_version = Unicode(MODULE_VERSION).tag(sync=True)
    play = Dict().tag(sync=True)
    step = Int(0).tag(sync=True)
    follower: Follower | None = None  # of the class: close() is also called on a widget that was refused half-made

    def __init__(self, recording: Recording | None = None, **options: Any) -> None:
        given: object = recording
        if given is not None and not isinstance(given, Recording):
            hint = "pass what `with av.record() as recording:` recorded, or nothing to follow the session"
            raise TypeError(f"expected a Recording or None, got {type(given).__name__}: {hint}")
        super().__init__(**options)
        self.recording = Recording() if recording is None else recording
        if recording is None:
            self.follow()
        elif len(recording):
            self.show(live=False)

    def follow(self) -> None:
        """Show whatever autograd does from now on."""
        if (shell := _shell()) is not None:
            name_cells(shell)
        self.follower = Follower(self.show)
        self.follower.start()
        events.add_listener(self.listen)
        _following.append(self)
        while len(_following) > FOLLOWERS:
            _following[0].unfollow()

    def unfollow(self) -> None:
        """Keep the picture as it is."""
        events.remove_listener(self.listen)
        if self in _following:
            _following.remove(self)
        if self.follower is not None:
            self.follower.stop()

    def listen(self, event: Event) -> None:
        self.recording(event)
        if self.follower is not None:
            self.follower.tell()

    def show(self, live: bool) -> int:
        """Draw what is known by now. Returns about how many bytes go to the browser."""
        play = draw_now(self.recording, _user_variables(), live).play()
        following = self.step >= len(self.play.get("steps", ())) - 1
        if not play["steps"]:
            return 0
        with self.hold_sync():  # one message for both
            self.play = play
            if following:
                self.step = len(play["steps"]) - 1
        return len(str(self.play))

    def close(self) -> None:
        """Let go of the session and of the browser's half."""
        self.unfollow()
        super().close()

    def __repr__(self) -> str:
        return "GraphWidget()"  # nbval compares it: nothing that depends on the moment


_following: deque[GraphWidget] = deque()


def _shell() -> Any:
    """IPython's shell, if we are in one."""
    from IPython.core.getipython import get_ipython

    return get_ipython()


def _user_variables() -> dict[str, Any]:
    """The variables of the notebook."""
    shell = _shell()
    return {} if shell is None else shell.user_ns.copy()
