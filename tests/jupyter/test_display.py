"""The pace of live pictures: soon after the news, seldom enough, never after the end."""

from __future__ import annotations

import threading
import time

import pytest

from autograd_viz.jupyter.display import BANDWIDTH, FASTEST, Follower, Pace, Slot


class Show:
    """Stands in for drawing: remembers when it was called."""

    def __init__(self, sent: int = 0, lasts: float = 0.0) -> None:
        self.sent, self.lasts = sent, lasts
        self.times: list[float] = []
        self.called = threading.Event()

    def __call__(self, live: bool) -> int:
        self.times.append(time.monotonic())
        self.called.set()
        time.sleep(self.lasts)
        return self.sent


def flood(follower: Follower, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        follower.tell()
        time.sleep(0.001)


def gaps(show: Show) -> list[float]:
    return [later - earlier for earlier, later in zip(show.times, show.times[1:], strict=False)]


def test_news_is_shown_although_nothing_else_happens() -> None:
    show = Show()
    follower = Follower(show)
    follower.start()
    follower.tell()
    assert show.called.wait(10)
    follower.stop()
    assert len(show.times) == 1


def test_without_news_nothing_is_drawn() -> None:
    show = Show()
    follower = Follower(show)
    follower.start()
    assert not show.called.wait(3 * FASTEST)
    follower.stop()
    assert show.times == []


def test_a_flood_is_shown_at_most_ten_times_a_second() -> None:
    show = Show()
    follower = Follower(show)
    follower.start()
    flood(follower, 0.6)
    follower.stop()
    assert 2 <= len(show.times) <= 6
    assert min(gaps(show)) >= FASTEST * 0.95


def test_a_stream_of_large_pictures_keeps_within_the_bandwidth() -> None:
    sent = int(0.3 * BANDWIDTH)
    show = Show(sent)
    follower = Follower(show)
    follower.start()
    flood(follower, 2.0)
    follower.stop()
    assert len(show.times) * sent <= 2.5 * BANDWIDTH + sent, "what comes in two seconds, half of the savings, one more"
    assert len(show.times) >= 6


def test_pictures_that_are_slow_to_draw_leave_the_cell_most_of_its_time() -> None:
    show = Show(lasts=0.07)
    follower = Follower(show)
    follower.start()
    flood(follower, 1.2)
    follower.stop()
    assert min(gaps(show)) >= 0.34
    assert len(show.times) >= 3


@pytest.mark.parametrize(("sent", "lasts"), [(int(0.4 * BANDWIDTH), 0.0), (int(0.9 * BANDWIDTH), 0.0), (0, 0.05)])
def test_what_came_last_is_shown_as_soon_as_the_cell_rests(sent: int, lasts: float) -> None:
    show = Show(sent, lasts)
    follower = Follower(show)
    follower.start()
    flood(follower, 0.5)
    ended, shown = time.monotonic(), len(show.times)
    while len(show.times) == shown:
        assert time.monotonic() - ended < 5
        time.sleep(0.001)
    assert show.times[-1] - ended <= 0.2
    follower.stop()


def test_nothing_that_was_told_stays_unshown() -> None:
    told, seen, show = [], [], threading.Event()

    def look(live: bool) -> int:
        seen.append(len(told))
        show.set()
        return 0

    follower = Follower(look)
    follower.start()
    for i in range(200):
        told.append(i)
        follower.tell()
        time.sleep(0.0007 * (i % 7))
    deadline = time.monotonic() + 5
    while seen[-1:] != [200]:
        assert time.monotonic() < deadline
        show.wait(1)
        show.clear()
    follower.stop()


def test_after_stop_nothing_is_drawn() -> None:
    show = Show(lasts=0.05)
    follower = Follower(show)
    follower.start()
    flood(follower, 0.15)
    follower.stop()
    drawn = len(show.times)
    follower.tell()
    time.sleep(2 * FASTEST)
    assert len(show.times) == drawn
    assert follower.thread is not None
    assert not follower.thread.is_alive()


def test_a_stop_at_the_worst_moment_is_not_forgotten() -> None:
    """Between "now a picture may be drawn" and the drawing: the wake-up call must not be taken for news."""
    follower = Follower(Show())

    class Worst(Pace):
        def allows(self, resting: bool) -> bool:
            follower.stopping.set()
            follower.news.set()
            return True

    follower.pace = Worst()
    follower.start()
    follower.tell()
    assert follower.thread is not None
    follower.thread.join(10)
    assert not follower.thread.is_alive()


def test_a_failing_picture_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(live: bool) -> int:
        raise ValueError("first line\nsecond line")

    follower = Follower(fail)
    follower.show_now()
    follower.show_now(live=False)
    assert capsys.readouterr().err == "autograd_viz: the picture could not be drawn (ValueError: first line)\n"


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupted(live: bool) -> int:
        raise KeyboardInterrupt

    follower = Follower(interrupted)
    with pytest.raises(KeyboardInterrupt):
        follower.show_now()
    assert not follower.lock.locked()


def test_a_slot_is_displayed_once_and_updated_afterwards() -> None:
    sent = []

    class Publisher:
        def publish(self, data: object, metadata: object, *, transient: dict[str, str], update: bool) -> None:
            sent.append((data, transient["display_id"], update))

    slot, other = Slot(Publisher()), Slot(Publisher())
    slot.put({"a": 1})
    slot.put({"a": 2})
    other.put({"a": 3})
    assert [(data, update) for data, _, update in sent] == [({"a": 1}, False), ({"a": 2}, True), ({"a": 3}, False)]
    assert sent[0][1] == sent[1][1] != sent[2][1]
