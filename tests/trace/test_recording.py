from __future__ import annotations

import json
import threading

import pytest

from autograd_viz import events as ev
from autograd_viz.trace import Recording


def test_a_recording_listens(square) -> None:
    recording = Recording()
    with ev.listening(recording):
        for event in square.log:
            ev.emit(event)
    assert list(recording) == square.log
    assert len(recording) == len(square.log)
    assert recording[0] == square.log[0]
    assert repr(recording) == f"<Recording: {len(square.log)} events>"


def test_a_recording_survives_json(square) -> None:
    recording = Recording(square.log, title="squares")
    again = Recording.from_json(recording.to_json())
    assert list(again) == square.log
    assert again.title == "squares"
    assert again.to_json() == recording.to_json()


def test_a_full_recording_stops_and_says_so(square) -> None:
    recording = Recording(square.log, limit=5)
    assert list(recording) == square.log[:5]
    assert recording.dropped == len(square.log) - 5
    assert "dropped" in repr(recording)
    assert Recording.from_json(recording.to_json()).dropped == recording.dropped


def test_a_recording_may_keep_to_its_own_thread(square) -> None:
    mine, all_threads = Recording(own_thread=True), Recording()
    with ev.listening(mine), ev.listening(all_threads):
        other = threading.Thread(target=ev.emit, args=(square.log[0],))
        other.start()
        other.join()
        ev.emit(square.log[1])
    assert list(mine) == square.log[1:2]
    assert len(all_threads) == 2


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '{"schema": 2, "events": []}', '{"schema": 1, "events": {}}', '{"schema": 1, "events": [1]}', "not json",
        '{"schema": 1, "events": [{"event": "TensorNamed"}]}', '{"schema": 1, "events": [{"event": "os.system"}]}', "[" * 100_000,
        '{"schema": 1, "title": 3, "events": []}', '{"schema": 1, "dropped": true, "events": []}', '{"schema": NaN, "events": []}',
        '{"schema": 1, "events": [{"event": ["a"]}]}', '{"schema": 1, "more": NaN, "events": []}',
    ],
)  # fmt: skip
def test_what_is_no_recording_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|unhashable"):
        Recording.from_json(text)


def test_an_error_names_the_event_and_the_field(square) -> None:
    data = json.loads(Recording(square.log).to_json())
    data["events"][1]["shape"] = ["wide"]
    with pytest.raises(ValueError, match=r"events\[1\]: TensorCreated.shape"):
        Recording.from_json(json.dumps(data))


def test_nan_and_inf_are_text_in_json(tools) -> None:
    look = tools["look"]
    event = ev.GradAccumulated(1, 1, None, look(float("nan"), float("inf")), look(1, 2))
    text = Recording([event]).to_json()
    assert "NaN" not in text
    assert '"nan"' in text
    assert Recording.from_json(text).to_json() == text
