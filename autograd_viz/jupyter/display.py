"""How a picture gets under a cell: one MIME bundle, and a display that grows while the cell runs.

The notebook stores data, never code: the play for our JupyterLab extension, an SVG for whoever has no extension (GitHub, VS Code,
nbconvert), and the text drawing for everyone else. A front end shows the richest one that it knows.

Live, the picture is drawn again and again while the cell goes on. That happens in a thread of its own, so it also happens while
the cell sleeps; at most ten times a second, within a bandwidth, and only as often as leaves most of the time to the cell itself.

Read next: `cells.py`, which says when; `widget.py`, the same for av.GraphWidget.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from autograd_viz import names_in
from autograd_viz.trace.recording import Recording

if TYPE_CHECKING:
    from autograd_viz.draw import Picture

MIME_TYPE = "application/vnd.autograd-viz.v1+json"

FASTEST = 0.1  # seconds between two pictures
BANDWIDTH = 200_000  # bytes a second
SHARE = 4  # a picture that took t to draw is followed by a pause of SHARE * t: the cell keeps four fifths of the time

Bundle = dict[str, Any]


def draw_now(recording: Recording, variables: dict[str, Any], live: bool) -> Picture:
    """A picture of what a recording knows by now, while others may go on filling it.

    `variables`: the user's, for the names. `live`: a later picture will replace this one.
    """
    from autograd_viz.draw import Picture, draw_recording  # with the first picture, not with %load_ext: it brings Graphviz along

    moment = Recording()
    moment.events, moment.dropped = recording.events.copy(), recording.dropped  # a list is copied in one go, whatever other threads do
    picture = draw_recording(moment, names_in(variables), live=live)
    # The title comes afterwards, so that it is not in the text drawing: "cell [3]" depends on how often the reader ran
    # what, and nbval, which runs every cell as number 1, compares the text.
    return Picture({**picture.play(), "title": recording.title})


def bundle(picture: Picture) -> Bundle:
    """The picture in every form that a front end may ask for."""
    return {MIME_TYPE: picture.play(), "image/svg+xml": picture.svg(), "text/plain": picture.text()}


def size(made: Bundle) -> int:
    """About how many bytes a bundle takes on its way to the browser."""
    return sum(len(json.dumps(value)) for value in made.values())


class Slot:
    """One place among the outputs of a cell. What is put there a second time replaces the first.

    The publisher is the one of the moment when the slot is made: under `%%capture` that is not the shell's usual one.
    """

    def __init__(self, publisher: Any) -> None:
        self.publisher = publisher
        self.transient = {"display_id": uuid.uuid4().hex}  # transient: goes to the front end, is not stored in the notebook
        self.used = False

    def put(self, made: Bundle) -> None:
        self.publisher.publish(made, {}, transient=self.transient, update=self.used)
        self.used = True


class Follower:
    """Calls `show` in a thread of its own when there is news, but not too often.

    `show(live)` draws and publishes, and returns how many bytes that took; `live` is False for the last time. It is never called by two
    threads at once. Whatever goes wrong in it is said once, in one line: the user's program goes on.
    """

    def __init__(self, show: Callable[[bool], int]) -> None:
        self.show = show
        self.lock = threading.Lock()
        self.news = threading.Event()
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.complained = False

    def start(self) -> None:
        # The kernel keeps in context variables which cell an output belongs to: the thread must inherit them.
        self.thread = threading.Thread(target=copy_context().run, args=(self.run,), name="autograd_viz", daemon=True)
        self.thread.start()

    def tell(self) -> None:
        """There is news. Called for every event, so it does next to nothing."""
        if not self.news.is_set():
            self.news.set()

    def run(self) -> None:
        pause = FASTEST
        while not self.stopping.wait(pause):
            self.news.wait()
            if self.stopping.is_set():
                return
            self.news.clear()  # before drawing: what happens meanwhile is news again
            started = time.perf_counter()
            sent = self.show_now()
            pause = max(FASTEST, sent / BANDWIDTH, SHARE * (time.perf_counter() - started))

    def show_now(self, live: bool = True) -> int:
        with self.lock:
            try:
                return self.show(live)
            except Exception as error:
                if not self.complained:
                    complain(error)
                self.complained = True
                return 0

    def stop(self) -> None:
        """No more calls by the thread after this returns."""
        self.stopping.set()
        self.news.set()
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join()


def complain(error: BaseException) -> None:
    """One line instead of a traceback: a picture that fails is our mistake and must not look like the student's."""
    reason = str(error).split("\n")[0][:200]
    print(f"autograd_viz: the picture could not be drawn ({type(error).__name__}: {reason})", file=sys.stderr)
