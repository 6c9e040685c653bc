"""How a picture gets under a cell: one MIME bundle, and a display that grows while the cell runs.

The notebook stores data, never code: the play for our JupyterLab extension, an SVG for whoever has no extension (GitHub, VS Code,
nbconvert), and the text drawing for everyone else. A front end shows the richest one that it knows.

Live, the picture is drawn again and again while the cell goes on. That happens in a thread of its own, so it also happens while
the cell sleeps or is busy in numpy (a long call that does not let go of the interpreter delays it: nobody can help that); at most ten
times a second, within a bandwidth, and only as often as leaves most of the time to the cell itself. Each update is the whole picture, so
one that gets lost does no harm.

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

from autograd_viz.names import names_in
from autograd_viz.trace.recording import Recording

if TYPE_CHECKING:
    from autograd_viz.draw import Picture

MIME_TYPE = "application/vnd.autograd-viz.v1+json"

FASTEST = 0.1  # seconds from one picture to the next
BANDWIDTH = 200_000  # bytes a second, and as many may be saved up
SHARE = 4  # a picture that took t to draw is followed by a pause of SHARE * t: the cell keeps four fifths of the time
SETTLE = 0.02  # seconds without news: the cell sleeps, or is busy with something else

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
    from autograd_viz.draw.packed import stored

    return {MIME_TYPE: stored(picture.play()), "image/svg+xml": picture.svg(), "text/plain": picture.text()}


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
        self.last: Bundle | None = None

    def put(self, made: Bundle) -> None:
        self.publisher.publish(made, {}, transient=self.transient, update=self.last is not None)
        self.last = made

    def settle(self) -> None:
        """What stands there is final."""
        if self.last is None:
            return
        from autograd_viz.draw.packed import plain, stored

        play = plain(self.last[MIME_TYPE])
        if play["live"]:
            self.put({**self.last, MIME_TYPE: stored({**play, "live": False})})


class Pace:
    """When the next picture may be sent.

    What comes in a stream is shown at an even pace that keeps half of the savings, or what the next picture will take, if that is
    more; what came last, before the cell rests, is shown at once as long as there are savings at all. So a burst of events is
    complete on the screen soon after it ended.
    """

    def __init__(self) -> None:
        self.began = self.counted = time.monotonic() - 1.0
        self.drawing = 0.0  # seconds that the last picture took
        self.sent = 0  # and its bytes
        self.savings = float(BANDWIDTH)

    def allows(self, resting: bool) -> bool:
        """Whether a picture may be drawn now. `resting`: there is no news at the moment."""
        now = time.monotonic()
        self.savings = min(BANDWIDTH, self.savings + BANDWIDTH * (now - self.counted))
        self.counted = now
        if resting:
            return now >= self.began + FASTEST and self.savings > 0
        kept = min(max(BANDWIDTH / 2, self.sent), BANDWIDTH)
        return now >= self.began + max(FASTEST, (1 + SHARE) * self.drawing) and self.savings >= kept

    def drew(self, began: float, sent: int) -> None:
        """A picture was begun then, and took so many bytes."""
        self.began, self.drawing = began, time.monotonic() - began
        self.sent = sent
        self.savings -= sent


class Follower:
    """Calls `show` in a thread of its own when there is news, but not too often.

    `show(live)` draws and publishes, and returns how many bytes that took; `live` is False for the last time. It is never called by two
    threads at once. Whatever goes wrong in it is said once, in one line: the user's program goes on.
    """

    def __init__(self, show: Callable[[bool], int]) -> None:
        self.show = show
        self.pace = Pace()
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
        while not self.stopping.is_set():  # asked after every `clear`, which may have wiped out the call that `stop` gives
            self.news.wait()
            if self.is_time():
                self.news.clear()  # before drawing: what happens meanwhile is news again
                self.show_now()

    def is_time(self) -> bool:
        """Wait until the news may be shown.  False if it is all over."""
        while not self.stopping.is_set():
            self.news.clear()
            if self.stopping.wait(SETTLE):
                break
            if self.pace.allows(resting=not self.news.is_set()):
                return True
        return False

    def show_now(self, live: bool = True) -> None:
        with self.lock:
            began = time.monotonic()
            try:
                sent = self.show(live)
            except Exception as error:
                if not self.complained:
                    complain(error)
                self.complained, sent = True, 0
            self.pace.drew(began, sent)

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
