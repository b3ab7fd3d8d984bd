"""Requests, counted and timed by view: how many of each kind of answer, and how long it took."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from lib.metrics.registry import counter, histogram
from lib.tracing.trace import current

_NO_VIEW, _STATIC = "none", "static"

requests = counter("http_requests", "Answered requests.", "view", "status")
request_seconds = histogram(
    "http_request_seconds",
    "From a request's head to the end of its answer; reads that wait for news are left out.",
    "view",
    buckets=(0.005, 0.02, 0.1, 0.5, 2.0, 10.0),
)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class HttpMetrics:
    """Counts and times the requests of an application."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        began, status = time.monotonic(), 0

        async def watch(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._application(scope, receive, watch)
        finally:
            if status:
                _count(scope, status, time.monotonic() - began)


def _count(scope: dict[str, Any], status: int, seconds: float) -> None:
    trace = current.get()
    route = trace.route if trace is not None else ""
    view = route or (_STATIC if _is_static(scope["path"]) else _NO_VIEW)
    requests.labels(view, f"{status // 100}xx").inc()
    if b"wait=" not in scope["query_string"]:
        request_seconds.labels(view).observe(seconds)


def _is_static(path: str) -> bool:
    return path.startswith(settings.STATIC_URL)
