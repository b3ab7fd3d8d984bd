"""What sockets and streams count: plain numbers for each frame, read when a monitor asks."""

from collections import Counter
from datetime import datetime

import msgspec
from django.utils import timezone

from lib.metrics.registry import OTHER, by_one_label, counter, counts, gauges, histogram
from lib.metrics.work import rate_limited

#: Close codes with a meaning here (docs/protocol.md) or in RFC 6455; a client may send any other.
CODES = frozenset(
    (
        *(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013),
        *(4400, 4401, 4403, 4404, 4408, 4410, 4429),
    )
)


class Traffic:
    """Frames of this process; counted for each one, so without a lock, on the loop only."""

    __slots__ = ("received", "sent")

    def __init__(self) -> None:
        self.received = self.sent = 0


traffic = Traffic()
sockets_open: Counter[str] = Counter()
sockets_opened: Counter[str] = Counter()
#: Those that monitors watch are 0 before the first.
closes: Counter[str] = Counter({"1006": 0, "1012": 0, "4408": 0, "4429": 0})

gauges(
    "sockets_open",
    "Open sockets by what they are for.",
    ("kind",),
    lambda: by_one_label(sockets_open),
)
counts(
    "sockets_opened",
    "Sockets that were opened, by what they are for.",
    ("kind",),
    lambda: by_one_label(sockets_opened),
)
counts("socket_closes", "Closed sockets by code.", ("code",), lambda: by_one_label(closes))
counts("frames_received", "Messages from sockets.", (), lambda: {(): traffic.received})
counts("frames_sent", "Messages to sockets, each counted.", (), lambda: {(): traffic.sent})
resumes = counter("resumes", "Sockets that came back: resumed, or with a snapshot.", "result")
RESUMED, SNAPSHOT = resumes.labels("resumed"), resumes.labels("snapshot")
relay_lag = histogram(
    "relay_lag_seconds",
    "From an event's commit to its sockets in this process, by whether it was announced or found "
    "in the log.",
    "way",
    buckets=(0.002, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
)
TOO_MANY_MESSAGES, TOO_MANY_SOCKETS = (
    rate_limited.labels("messages"),
    rate_limited.labels("sockets"),
)
ANNOUNCED, FOUND = relay_lag.labels("announced"), relay_lag.labels("found")


class _Dated(msgspec.Struct):
    """When an event was appended, of its frame."""

    at: datetime


_dated = msgspec.json.Decoder(_Dated)


def opened(kind: str) -> None:
    """A socket is open."""
    sockets_open[kind] += 1
    sockets_opened[kind] += 1


def left(kind: str) -> None:
    """An open socket is gone."""
    sockets_open[kind] -= 1


def closed(code: int) -> None:
    """A socket was closed, by either side."""
    closes[str(code) if code in CODES else OTHER] += 1


def found_in_log(frame: str) -> None:
    """An event was read from the log, since no announcement brought it."""
    late = (timezone.now() - _dated.decode(frame).at).total_seconds()
    FOUND.observe(max(0.0, late))
