"""A recording: what was told while a program ran, kept in order.

A `Recording` is a listener, so `with events.listening(recording): ...` fills it, and it is a list of plain records, so it can be saved
as JSON, sent to someone, and looked at again without the program. It holds no tensor: recording keeps no graph alive.

Read next: `state.py`, what is known after each event.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from autograd_viz import events as ev
from autograd_viz.trace.plain import from_data, to_data

SCHEMA = 1
LIMIT = 100_000


class Recording:
    """A bounded list of events. After `limit` of them it stops listening to new ones and counts them in `dropped`.

    `own_thread`: keep only what happens in the thread that made the recording, so that two programs do not mix.
    """

    def __init__(self, events: Iterable[ev.Event] = (), *, title: str = "", own_thread: bool = False, limit: int = LIMIT) -> None:
        self.title = title
        self.limit = limit
        self.dropped = 0
        self.events: list[ev.Event] = []
        self._thread = threading.get_ident() if own_thread else None
        for event in events:
            self._keep(event)

    def __call__(self, event: ev.Event) -> None:
        """Listen: keep one event."""
        if self._thread is None or self._thread == threading.get_ident():
            self._keep(event)

    def _keep(self, event: ev.Event) -> None:
        if len(self.events) < self.limit:
            self.events.append(event)
        else:
            self.dropped += 1

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[ev.Event]:
        return iter(self.events)

    def __getitem__(self, index: int) -> ev.Event:
        return self.events[index]

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        dropped = f", {self.dropped} more dropped" if self.dropped else ""
        return f"<Recording{title}: {len(self.events)} events{dropped}>"

    def to_json(self) -> str:
        """The recording as strict JSON text, which `from_json` reads back."""
        data: dict[str, Any] = {"schema": SCHEMA}
        if self.title:
            data["title"] = self.title
        if self.dropped:
            data["dropped"] = self.dropped
        data["events"] = [to_data(event) for event in self.events]
        return json.dumps(data, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Recording:
        """The recording that `to_json` wrote.  Raises ValueError, saying where it does not fit, for anything else."""
        data = _parsed(text)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("events"), list):
            raise ValueError(f'expected a recording {{"schema": {SCHEMA}, "events": [...]}}, got {str(data)[:80]!r}')
        title, dropped = data.get("title", ""), data.get("dropped", 0)
        if not isinstance(title, str) or type(dropped) is not int or dropped < 0:
            raise ValueError(f"expected a text as title and a count as dropped, got {str((title, dropped))[:80]!r}")
        if len(data["events"]) > LIMIT:
            raise ValueError(f"expected at most {LIMIT} events, got {len(data['events'])}")
        recording = cls(_read(data["events"]), title=title)
        recording.dropped = dropped
        return recording


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (RecursionError, UnicodeDecodeError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"expected a recording as JSON, got {str(text)[:80]!r}: {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"expected strict JSON, got {name}")


def _read(items: list[Any]) -> Iterator[ev.Event]:
    for i, item in enumerate(items):
        try:
            yield from_data(item)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"events[{i}]: {error}") from None
