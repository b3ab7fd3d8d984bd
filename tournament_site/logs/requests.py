"""Gives each request and socket its id, and writes its line when it is over."""

import os
import re
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch

from lib.tracing.trace import Trace, current

from .lines import Lines, RequestLine, SocketLine, write

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

HEADER = b"x-request-id"
#: In the scope, where a trusted proxy has given the request an id.
GIVEN_ID = "matchpoint.request_id"
_ID = re.compile(rb"[0-9A-Za-z._-]{8,64}")
#: The client left before there was an answer, or the handshake of a socket was not finished.
GONE, NO_HANDSHAKE = 499, 1006
#: From here on close codes are our own, and say why somebody is sent away.
_OURS = 4000
_NO_ROUTE = "none"


def is_id(value: bytes) -> bool:
    """Whether it looks like an id, and not like something else that somebody wants in a log."""
    return _ID.fullmatch(value) is not None


#: Numbers that differ, not secrets: asking the system for each costs more than the rest of a line.
_numbers = Random(os.urandom(32))


def new_id() -> str:
    """An id for a request that came without one."""
    return f"{_numbers.getrandbits(128):032x}"


class NamedRoutes(ASGIHandler):
    """Django's handler, which notes the route of each request."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Find the view."""
        found = super().resolve_request(request)
        note_route(found)
        return found


def note_route(found: ResolverMatch) -> None:
    """Note the name of a route; its pattern where it has none."""
    trace = current.get()
    if trace is not None:
        trace.route = found.view_name or found.route


class RequestLog:
    """In front of the application, behind what settles whom a connection is from."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lines = Lines.of_settings()
        self._static_url = settings.STATIC_URL  # once: reading a setting takes a microsecond

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Serve one connection."""
        trace = Trace(scope.get(GIVEN_ID) or new_id(), (scope.get("client") or ("",))[0])
        current.set(trace)
        if scope["type"] == "websocket":
            await self._serve_socket(trace, scope, receive, send)
        else:
            await self._serve_request(trace, scope, receive, send)

    async def _serve_request(
        self, trace: Trace, scope: dict[str, Any], receive: Any, send: Send
    ) -> None:
        answer = _Answer(trace, send)
        try:
            await self._application(scope, receive, answer)
        finally:
            if self._lines.is_on and not self._is_quiet(scope["path"]):
                self._write_request(trace, scope["method"], answer)

    def _is_quiet(self, path: str) -> bool:
        """Whether nobody wants a line about it: static files, and what monitors ask often."""
        return path.startswith(self._static_url) or path in {"/health", "/health/"}

    def _write_request(self, trace: Trace, method: str, answer: "_Answer") -> None:
        status = answer.status
        left_out = self._lines.take(is_refused=status == 503 or 400 <= status < 500)
        if left_out is not None:
            write(
                RequestLine(
                    trace.request_id,
                    method=method,
                    route=trace.route or _NO_ROUTE,
                    status=status,
                    duration_ms=_milliseconds(time.perf_counter() - trace.began),
                    bytes=0 if method == "HEAD" else answer.size,
                    queries=trace.queries,
                    query_ms=_milliseconds(trace.query_seconds),
                    batch=trace.batch,
                    player=trace.player,
                    key=trace.key,
                    left_out=left_out,
                )
            )

    async def _serve_socket(
        self, trace: Trace, scope: dict[str, Any], receive: Any, send: Send
    ) -> None:
        trace.finish = self._write_socket

        async def accept(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.accept":
                message = message | {"headers": _with_id(message, trace)}
            await send(message)

        try:
            await self._application(scope, receive, accept)
        finally:
            if not trace.is_kept:
                trace.end()

    def _write_socket(self, trace: Trace) -> None:
        if not self._lines.is_on:
            return
        left_out = self._lines.take(is_refused=trace.close_code >= _OURS)
        if left_out is not None:
            write(
                SocketLine(
                    trace.request_id,
                    kind=trace.kind or _NO_ROUTE,
                    code=trace.close_code or NO_HANDSHAKE,
                    duration_ms=_milliseconds(time.perf_counter() - trace.began),
                    frames_in=trace.frames_in,
                    frames_out=trace.frames_out,
                    resumes=trace.resumes,
                    queries=trace.queries,
                    query_ms=_milliseconds(trace.query_seconds),
                    player=trace.player,
                    key=trace.key,
                    left_out=left_out,
                )
            )


class _Answer:
    """The way of an answer: adds the id to it, and sees its status and size."""

    __slots__ = ("_send", "_trace", "size", "status")

    def __init__(self, trace: Trace, send: Send) -> None:
        self._trace, self._send = trace, send
        self.status, self.size = GONE, 0

    def __call__(self, message: dict[str, Any]) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = _with_id(message, self._trace)
        else:
            self.size += len(message.get("body", b""))
        return self._send(message)


def _with_id(message: dict[str, Any], trace: Trace) -> list[tuple[bytes, bytes]]:
    return [*message.get("headers", ()), (HEADER, trace.request_id.encode())]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
