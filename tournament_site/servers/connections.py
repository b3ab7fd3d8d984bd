"""Open connections: how many there may be, and how long each may keep the server waiting.

Both servers hold a `Visit` for each connection. A client that takes more than its share is refused
at once with 503; one that sends half a request is dropped when its time is up, however often it
sends another byte.
"""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

import msgspec
from django.conf import settings

from lib.addresses import TrustedProxies, client_network
from lib.errors import Malformed, Overloaded, Refusal
from lib.http import RETRY_AFTER_SECONDS, status_of
from lib.limits import Buckets
from lib.metrics.work import rate_limited
from lib.schemas import Refused
from lib.tracing.trace import Trace, context_of
from tournament_site.incoming.cors import headers_for_all
from tournament_site.logs.requests import new_id

log = logging.getLogger(__name__)
#: Lines about refused connections, by code: anybody can cause them.
_logged = Buckets(burst=10, per_second=0.1)

#: Open files that are no connections: the database, the log, pipes of child processes.
_OTHER_FILES = 192
_MOST_FILES = 65_536
#: How long a refused connection may take to send its request, so that it gets an answer to it,
#: and how many may at a time.
LINGER_SECONDS = 2.0
_MOST_LINGERING = 64
#: How much longer what is late is looked for: it may have come while the loop was busy.
_LOOK_SECONDS = 0.1
#: Settings, read once: each request needs all of them, and reading one takes a microsecond.
_HEAD_SECONDS = settings.MATCHPOINT_HEAD_SECONDS
_BODY_SECONDS = settings.MATCHPOINT_BODY_SECONDS
_ANSWER_SECONDS = settings.MATCHPOINT_ANSWER_SECONDS
_HEAD_MAX_BYTES = settings.MATCHPOINT_HEAD_MAX_BYTES
_HEAD_LINE_MAX_BYTES = settings.MATCHPOINT_HEAD_LINE_MAX_BYTES
_HEAD_MAX_LINES = settings.MATCHPOINT_HEAD_MAX_LINES


def raise_file_limit() -> int:
    """Let this process open as many files as it may; returns how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most if soft == resource.RLIM_INFINITY else soft
    with suppress(ValueError, OSError):  # some systems have another bound below the hard limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Connections:
    """The open connections of this process, counted in all and by client.

    A trusted proxy may open as many as there are: it speaks for everybody.
    """

    def __init__(self, *, in_all: int, per_address: int, proxies: TrustedProxies) -> None:
        self.in_all, self.per_address, self.proxies = in_all, per_address, proxies
        self._open = self._lingering = 0
        self._by_client: Counter[str] = Counter()
        self._waiting: dict[Visit, None] = {}

    @classmethod
    def of_settings(cls) -> "Connections":
        """As the settings say, and as the limit on open files allows."""
        wanted = settings.MATCHPOINT_CONNECTIONS_MAX
        in_all = max(1, min(wanted, raise_file_limit() - _OTHER_FILES))
        if in_all < wanted:
            log.warning(
                "The limit on open files allows %d connections, not CONNECTIONS_MAX=%d.",
                in_all,
                wanted,
            )
        return cls(
            in_all=in_all,
            per_address=min(settings.MATCHPOINT_CONNECTIONS_PER_ADDRESS, max(1, in_all // 2)),
            proxies=TrustedProxies(settings.TRUSTED_PROXIES),
        )

    def enter(self, visit: "Visit") -> bool:
        """Count a new connection; false when there is no room for it.

        When all room is taken, the longest that has sent no whole request makes way.
        """
        if settings.RATE_LIMITS:
            if self._by_client[visit.client] >= self.per_address and not visit.is_proxy:
                return False
            if self._open >= self.in_all:
                if not self._waiting:
                    return False
                next(iter(self._waiting)).drop()
        self._open += 1
        self._by_client[visit.client] += 1
        return True

    @property
    def is_empty(self) -> bool:
        """Whether nobody is connected."""
        return self._open <= 0

    def linger(self) -> bool:
        """Whether one more of those refused may wait for its answer."""
        self._lingering += 1
        return self._lingering <= _MOST_LINGERING

    def leave(self, visit: "Visit") -> None:
        """Count a connection out."""
        if not visit.is_admitted:
            self._lingering -= 1
            return
        self._open -= 1
        self._by_client[visit.client] -= 1
        if not self._by_client[visit.client]:
            del self._by_client[visit.client]

    def wait(self, visit: "Visit", *, begins: bool) -> None:
        """Note that a visit waits for a request, or does so no more."""
        self._waiting.pop(visit, None)
        if begins:
            self._waiting[visit] = None


class Visit:
    """One connection from its start to its end.

    `late` is called when its time is up, with what it was late with.
    """

    def __init__(self, connections: Connections, peer: str, *, late: Callable[[str], None]) -> None:
        self.client = client_network(peer)
        self.is_proxy = peer in connections.proxies
        self._connections, self._late = connections, late
        self._timer: asyncio.TimerHandle | None = None
        self._expected, self._deadline, self._rings_at = "", 0.0, 0.0
        self._was_looked_for = False
        self._loop = asyncio.get_running_loop()
        self.is_admitted = connections.enter(self)
        self.is_over = False
        if self.is_admitted:
            self.expect_head()
        else:
            rate_limited.labels("connections").inc()
            self._expect("refusal", LINGER_SECONDS if connections.linger() else 0)

    def expect_head(self) -> None:
        """A request's head has to come in time."""
        self._expect("head", _HEAD_SECONDS)
        self._connections.wait(self, begins=True)

    def expect_body(self) -> None:
        """The rest of a request has to come in time."""
        self._expect("body", _BODY_SECONDS)

    def expect_answer(self) -> None:
        """The request is served, and its answer read, in time."""
        self._expect("answer", _ANSWER_SECONDS)

    def drop(self) -> None:
        """End it, as when its time is up."""
        self._late("head")
        self.end()

    def stay(self) -> None:
        """It has become a socket, which may stay.

        Nothing is late from now on, so what read its request is let go of with its parser.
        """
        self._stop_waiting()
        self._late = _never_late

    def end(self) -> None:
        """The connection is closed; again is harmless."""
        self._stop_waiting()
        if not self.is_over:
            self.is_over = True
            self._connections.leave(self)

    def _expect(self, what: str, seconds: float) -> None:
        """Wait for something; a timer that rings before its time is up is left to ring.

        A request is waited for in three parts, and mostly none is late: so the timer is set again
        when it rings, not three times a request.
        """
        self._connections.wait(self, begins=False)
        if self.is_over:
            return
        self._expected, self._deadline = what, self._loop.time() + seconds
        self._was_looked_for = seconds == 0  # then nothing is waited for
        if self._timer is None or self._rings_at > self._deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._deadline
        self._timer = self._loop.call_at(self._rings_at, self._ring)

    def _ring(self) -> None:
        """Say what is late, once the loop has read what had come when the time was up.

        A loop that has been busy for longer than that runs its timers first.
        """
        self._timer = None
        now = self._loop.time()
        if now >= self._deadline and self._was_looked_for:
            self._late(self._expected)
            return
        if now >= self._deadline:
            self._was_looked_for = True
            self._deadline = now + _LOOK_SECONDS
        self._set_timer()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._connections.wait(self, begins=False)


def _never_late(what: str) -> None:
    raise AssertionError(f"A socket waits for no {what}.")


def raw_answer(refusal: Refusal) -> bytes:
    """A refusal as bytes on the wire, after which the connection ends."""
    status, request_id = HTTPStatus(status_of(refusal)), new_id()
    if _logged.take(refusal.code):
        context_of(Trace(request_id)).run(log.info, "A connection is refused: %s", refusal.code)
    body = msgspec.json.encode(Refused(refusal.code, refusal.message))
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Server: Matchpoint",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Request-ID: {request_id}",
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(f"Retry-After: {RETRY_AFTER_SECONDS}")
    lines += [f"{name.decode()}: {value.decode()}" for name, value in headers_for_all()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def is_too_large(*, head: int, line: int, lines: int) -> bool:
    """Whether a head of so many bytes and lines, with one of so many bytes, is not read."""
    return head > _HEAD_MAX_BYTES or line > _HEAD_LINE_MAX_BYTES or lines > _HEAD_MAX_LINES


def crowded() -> bytes:
    """The answer to a connection for which there is no room."""
    message = "Too many connections are open here, or from your address. Try again in a moment."
    return raw_answer(Overloaded(message, code="too_many_connections"))


def head_too_large() -> bytes:
    """The answer to a request whose line and headers are larger than what is read."""
    message = (
        f"A request's headers may have {_HEAD_MAX_BYTES // 1024} KiB in all,"
        f" {_HEAD_LINE_MAX_BYTES // 1024} KiB in one line, and"
        f" {_HEAD_MAX_LINES} lines."
    )
    return raw_answer(Malformed(message, code="headers_too_large"))


def not_http() -> bytes:
    """The answer to bytes that are no request."""
    return raw_answer(Malformed("This is not a request of HTTP."))


def body_too_large() -> bytes:
    """The answer to a body that is larger than any that is read."""
    return raw_answer(Malformed("This body is far too large.", code="too_large"))


def too_slow(what: str) -> bytes:
    """The answer to a request whose head or body did not come in time."""
    is_body = what == "body"
    seconds = _BODY_SECONDS if is_body else _HEAD_SECONDS
    message = f"The request's {what} did not come within {seconds} s. Nothing was done."
    return raw_answer(Refusal(message, code="too_slow"))
