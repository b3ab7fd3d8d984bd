"""Frames are counted once for each socket, and events by how late they came to them."""

from collections.abc import Sequence

from lib.metrics.registry import registry
from streams import metrics
from streams.feeds import Feed
from streams.frames import Entry, Head
from streams.metrics import traffic
from streams.outbox import Frames, Outbox
from streams.relay import Relay


class Box(Outbox):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.taken: list[str | bytes] = []

    def put(self, frames: Frames) -> None:
        self.taken += frames.messages

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str = "") -> None:
        self.closing = True


def lag(way: str, of: str) -> float:
    return registry.get_sample_value(f"matchpoint_relay_lag_seconds_{of}", {"way": way}) or 0.0


def test_a_frame_is_counted_for_each_socket() -> None:
    feed = Feed("lobby", Head("e1", 0), [])
    feed.outboxes = {Box() for _ in range(3)}
    before = traffic.sent
    feed.offer([Entry(1, "one"), Entry(2, "two")])
    assert traffic.sent == before + 6
    Box().send_text("welcome")
    assert traffic.sent == before + 7


async def test_an_announced_event_is_measured_from_its_commit() -> None:
    relay = Relay()
    feed = relay.feeds["lobby"] = Feed("lobby", Head("e1", 0), [])
    message = {"stream": "lobby", "epoch": "e1", "seq": 1, "frames": [(1, "{}")], "committed": 0.0}
    count, seconds = lag("announced", "count"), lag("announced", "sum")
    relay._receive(message)
    relay._receive(message)  # it is known by now
    assert feed.seq == 1
    assert lag("announced", "count") == count + 1
    assert lag("announced", "sum") - seconds > 1e9  # since 1970
    relay._receive(message | {"seq": 2, "frames": [(2, "{}")], "committed": None})
    assert feed.seq == 2 and lag("announced", "count") == count + 1  # from an older release


def test_an_event_found_in_the_log_is_measured_from_its_time() -> None:
    seconds = lag("found", "sum")
    metrics.found_in_log('{"type":"x","at":"2026-01-01T00:00:00.000Z","data":{}}')
    assert lag("found", "sum") > seconds


def test_a_close_code_that_no_protocol_has_makes_no_series() -> None:
    codes: Sequence[int] = (1000, 4999, 3000, 4429)
    before = dict(metrics.closes)
    for code in codes:
        metrics.closed(code)
    new = {code for code, count in metrics.closes.items() if count != before.get(code)}
    assert new == {"1000", "other", "4429"}
