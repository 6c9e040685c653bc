"""From a recording to a picture: laid out once, then written as text, SVG, HTML, DOT or as the play that a player steps through.

Read in this order: `palette`, `clean`, `values`, `layout`, `graphviz`, `graph`, `cards`, `arrows`, `story`, `panels`, `picture`, and the
writers `text`, `svg`, `packed`, `html`, `dot`. Nothing here knows who made the events.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograd_viz.draw.picture import Picture, build
from autograd_viz.events import Event
from autograd_viz.trace.recording import Recording

__all__ = ["Picture", "draw_recording"]


def draw_recording(events: Iterable[Event], names: dict[int, str] | None = None, title: str = "", live: bool = False) -> Picture:
    """The picture of a recording (or of any events).

    `names`: what to call tensors, by serial number, beyond what the recording knows. `live`: the program is still running.
    """
    notes = []
    if isinstance(events, Recording):
        title = title or events.title
        if events.dropped:
            notes.append(f"The recording was full: {events.dropped} events after its first {len(events)} were dropped.")
    return Picture(build(list(events), names, title, live, notes))
