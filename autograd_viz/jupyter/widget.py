"""av.GraphWidget: the player as an ipywidget, to be put beside sliders and buttons.

    graph = av.GraphWidget()                       # follows the session from now on
    clock = widgets.Play(max=30, interval=700)     # or a slider, for the student to move
    widgets.jslink((clock, "value"), (graph, "step"))
    widgets.VBox([clock, graph])

Two traits are shared with the browser: `play`, the picture, which only this side writes, and `step`, which both may move.
A cell's own picture is no widget: widgets need a kernel, and a saved notebook has none. There, and wherever else the widget cannot live
(nbconvert, GitHub), its last picture stands in for it.

"The session" is one story at a time: that of the cell that runs, or of the slider that was moved (whose callback runs in no cell). The next
one that has to do with gradients takes its place, as one picture follows the other under the cells; and so a dashboard that is played with
all day grows neither its picture nor the kernel.

Read next: `../labextension/static/widget.js`, the other half.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ipywidgets import DOMWidget, register
from traitlets import Dict, Int, Unicode

from autograd_viz import events
from autograd_viz.events import Event
from autograd_viz.jupyter.cells import Worth, name_cells, request, request_id
from autograd_viz.jupyter.display import Follower, draw_now, size
from autograd_viz.trace.recording import Recording

MODULE = "autograd-viz"
MODULE_VERSION = "1.0.0"  # of what the two halves agree on; the same in widget.js
FOLLOWERS = 4  # widgets that follow the session at a time: a cell that makes one is run again and again
MOST_EVENTS = 20_000  # of one story


def _sent(play: dict[str, Any], widget: object) -> dict[str, Any]:
    """The play as the browser gets it: packed if it is big."""
    if not play:
        return play
    from autograd_viz.draw.packed import stored

    return stored(play)


@register
class GraphWidget(DOMWidget):
    """A picture to compose with other widgets.

    `recording`: what to show; without one, the widget follows the session: it shows whatever autograd does from now on, cell by cell and
    callback by callback, until `close()`.
    `play`: the picture as the player reads it, {} while nothing has happened. `step`: where the reader is, from 0. A reader at the end
    stays at the end of whatever comes; one who went back stays at that step.
    """

    _model_name = Unicode("GraphModel").tag(sync=True)
    _model_module = Unicode(MODULE).tag(sync=True)
    _model_module_version = Unicode(MODULE_VERSION).tag(sync=True)
    _view_name = Unicode("GraphView").tag(sync=True)
    _view_module = Unicode(MODULE).tag(sync=True)
    _view_module_version = Unicode(MODULE_VERSION).tag(sync=True)
    play = Dict().tag(sync=True, to_json=_sent)
    step = Int(0).tag(sync=True)
    follower: Follower | None = None  # of the class: close() is also called on a widget that was refused half-made

    def __init__(self, recording: Recording | None = None, **options: Any) -> None:
        given: object = recording
        if given is not None and not isinstance(given, Recording):
            hint = "pass what `with av.record() as recording:` recorded, or nothing to follow the session"
            raise TypeError(f"expected a Recording or None, got {type(given).__name__}: {hint}")
        super().__init__(**options)
        self.shell = _shell()
        self.recording = Recording(limit=MOST_EVENTS) if recording is None else recording
        _remember(self)
        if recording is None:
            self.follow()
        elif len(recording):
            self.show(live=False)

    # --- the session -------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Show whatever autograd does from now on."""
        self.coming, self.is_worth = self.recording, Worth()
        if self.shell is not None:
            self.request = request_id(self.shell)
            name_cells(self.shell)
            self.shell.events.register("pre_execute", self.turn)  # also before the callback of a widget
        self.follower = Follower(self.show)
        self.follower.start()
        events.add_listener(self.listen)
        _following.append(self)
        while len(_following) > FOLLOWERS:
            _following[0].unfollow()

    def turn(self) -> None:
        """A cell or a callback begins: what comes now is another story, as soon as it is worth one."""
        asked = request_id(self.shell)
        if asked and asked == self.request:  # a cell may run cells
            return
        self.request = asked
        self.coming, self.is_worth = Recording(limit=MOST_EVENTS), Worth()
        events.remove_listener(self.listen)
        events.add_listener(self.listen)  # whoever is new is told again of everything that is used: the new story is whole

    def unfollow(self) -> None:
        """Keep the picture as it is."""
        self.let_go()
        if self.play.get("live"):
            self.play = {**self.play, "live": False}

    def let_go(self) -> None:
        """Leave nothing of this widget in the session."""
        events.remove_listener(self.listen)
        if self in _following and self.follower is not None:
            _following.remove(self)
            if self.shell is not None:
                self.shell.events.unregister("pre_execute", self.turn)
            self.follower.stop()

    def listen(self, event: Event) -> None:
        self.coming(event)
        if self.is_worth(event):
            self.recording = self.coming
        if self.recording is self.coming and self.follower is not None:
            self.follower.tell()

    # --- the picture -------------------------------------------------------------------------------------------------

    def show(self, live: bool) -> int:
        """Draw what is known by now. Returns about how many bytes go to the browser."""
        play = draw_now(self.recording, {} if self.shell is None else self.shell.user_ns.copy(), live).play()
        last = len(play["steps"]) - 1
        if last < 0:
            return 0
        following = self.step >= len(self.play.get("steps", ())) - 1
        with self.hold_sync():  # one message for both
            self.play = play
            self.step = last if following else min(self.step, last)
        return size({"play": _sent(play, self)})

    def close(self) -> None:
        """Let go of the session and of the browser's half."""
        self.let_go()
        _forget(self)
        super().close()
        self.recording, self.play = Recording(), {}  # IPython's `Out` may keep the widget for ever

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any] | None:
        bundle: dict[str, Any] | None = super()._repr_mimebundle_(**options)
        if bundle and self.play:
            from autograd_viz.draw import Picture

            bundle["image/svg+xml"] = Picture(self.play).svg()
        return bundle

    def __repr__(self) -> str:
        return "GraphWidget()"  # nbval compares it: nothing that depends on the moment


_following: deque[GraphWidget] = deque()

# ipywidgets keeps every widget until it is closed, so a cell that makes one and is run a hundred times would keep a hundred pictures. The
# widgets of a run are closed when their cell runs for the second time after it (the run before this one may still stand elsewhere).
_made: dict[str, list[tuple[str, GraphWidget]]] = {}


def _remember(widget: GraphWidget) -> None:
    """Note which run of which cell (or of which widget's callback) made this one, and close what is older than the run before."""
    asked = {} if widget.shell is None else request(widget.shell)
    place = asked.get("metadata", {}).get("cellId") or asked.get("content", {}).get("comm_id")
    if not place:
        return
    here = _made.setdefault(place, [])
    here.append((request_id(widget.shell), widget))
    recent = list(dict.fromkeys(run for run, _ in here))[-2:]
    for run, old in list(here):
        if run not in recent:
            old.close()


def _forget(widget: GraphWidget) -> None:
    for place, made in list(_made.items()):
        made[:] = [one for one in made if one[1] is not widget]
        if not made:
            del _made[place]


def _shell() -> Any:
    """IPython's shell, if we are in one."""
    from IPython.core.getipython import get_ipython

    return get_ipython()
