"""The line of a request and of a socket, and how many of them are written."""

import logging
import time
from typing import Any, ClassVar

import msgspec
from django.conf import settings

from lib.limits import Bucket

log = logging.getLogger("matchpoint.requests")


class Line(msgspec.Struct, omit_defaults=True, tag_field="event"):
    """What a line says; a formatter knows how. Ids, and names of service keys.

    No path, no query, no address.
    """

    request_id: str
    #: The fields that stand beside the text.
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def fields(self) -> list[tuple[str, Any]]:
        """What is said beside the text, but for what is zero or nothing."""
        return [(name, value) for name in self.shown if (value := getattr(self, name))]


class RequestLine(Line, tag="request", kw_only=True):
    """One request and its answer; `batch` is how many requests shared the queries of a commit."""

    method: str
    route: str
    status: int
    duration_ms: float
    bytes: int
    queries: int = 0
    query_ms: float = 0.0
    batch: int = 0
    player: Any = None
    key: str = ""
    left_out: int = 0
    """Lines of this sort that were not written before this one."""

    shown = (
        *("request_id", "duration_ms", "bytes", "queries", "query_ms"),
        *("batch", "player", "key", "left_out"),
    )

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"


class SocketLine(Line, tag="socket", kw_only=True):
    """One socket from its start to its end."""

    kind: str
    code: int
    duration_ms: float
    frames_in: int = 0
    frames_out: int = 0
    resumes: int = 0
    queries: int = 0
    query_ms: float = 0.0
    player: Any = None
    key: str = ""
    left_out: int = 0
    """Lines of this sort that were not written before this one."""

    shown = (
        *("request_id", "duration_ms", "frames_in", "frames_out", "resumes"),
        *("queries", "query_ms", "player", "key", "left_out"),
    )

    def __str__(self) -> str:
        return f"socket {self.kind} {self.code}"


class _Sort:
    """Lines of one sort: so many a second, and a count of those that were left out."""

    def __init__(self, per_second: float, burst_seconds: float) -> None:
        self._bucket = Bucket(burst=max(1, per_second * burst_seconds), per_second=per_second)
        self._left_out = 0

    def take(self) -> int | None:
        """How many lines were left out before this one; None when this one is, too."""
        if not self._bucket.draw():
            self._left_out += 1
            return None
        before, self._left_out = self._left_out, 0
        return before


class Lines:
    """Writes lines, of refusals a hundredth of what others may have: those anybody can cause."""

    def __init__(self, per_second: int) -> None:
        self._is_on = per_second > 0
        self._served = _Sort(per_second, burst_seconds=10)
        self._refused = _Sort(per_second / 100, burst_seconds=20)

    @classmethod
    def of_settings(cls) -> "Lines":
        """As many as the settings say."""
        return cls(settings.MATCHPOINT_LOG_REQUESTS_PER_SECOND)

    @property
    def is_on(self) -> bool:
        """Whether any line is written."""
        return self._is_on and log.isEnabledFor(logging.INFO)

    def take(self, *, is_refused: bool) -> int | None:
        """How many lines were left out before this one; None when this one is, too."""
        return (self._refused if is_refused else self._served).take()


class LineRecord(logging.LogRecord):
    """The record of a line: without looking up which code, thread and process wrote it."""

    def __init__(self, line: Line) -> None:
        self.__dict__.update(_COMMON)
        self.msg, self.created = line, time.time()


_COMMON = vars(logging.LogRecord(log.name, logging.INFO, "", 0, "", (), None))


def write(line: Line) -> None:
    """Hand a line to the log."""
    log.handle(LineRecord(line))
