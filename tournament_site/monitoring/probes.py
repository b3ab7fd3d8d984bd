"""What monitors ask a process: answered in front of Django, without a thread, a host or a limit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.conf import settings

from tournament_site.incoming.cors import headers_for

from .exposition import CONTENT_TYPE, exposed, may_read
from .readiness import State, readiness

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Probe = Callable[[Scope], Awaitable["Answer"]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Probes:
    """Answers `/healthz`, `/readyz` and, by token, `/metrics`; all else goes to the application.

    An answer needs no worker thread, so it comes also while all of them wait for the database.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._probes = _OPEN | _BY_TOKEN if settings.METRICS_TOKEN else _OPEN

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Serve one connection."""
        is_http = scope["type"] == "http"
        answer = self._probes.get(scope["path"].removesuffix("/")) if is_http else None
        if answer is None:
            await self._application(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _respond(scope, send, Answer(405, b"{}", {b"allow": b"GET, HEAD"}))
        else:
            await _respond(scope, send, await answer(scope))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent."""

    status: int
    body: bytes
    headers: dict[bytes, bytes] = field(default_factory=dict)


async def _alive(scope: Scope) -> Answer:
    return Answer(200, b'{"status":"ok"}')


async def _ready(scope: Scope) -> Answer:
    found = await readiness()
    return Answer(503 if found.status is State.UNREADY else 200, msgspec.json.encode(found))


async def _metrics(scope: Scope) -> Answer:
    if may_read(dict(scope["headers"])):
        return Answer(200, await exposed(), {b"content-type": CONTENT_TYPE})
    return Answer(401, b"{}", {b"www-authenticate": b"Bearer"})


#: By path; without a token there is no `/metrics`.
_OPEN: dict[str, Probe] = {"/healthz": _alive, "/readyz": _ready}
_BY_TOKEN: dict[str, Probe] = {"/metrics": _metrics}


async def _respond(scope: Scope, send: Send, answer: Answer) -> None:
    headers = {
        b"content-type": b"application/json",
        b"content-length": str(len(answer.body)).encode(),
        b"cache-control": b"no-store",
        b"x-content-type-options": b"nosniff",
        **answer.headers,
    }
    start = {"type": "http.response.start", "status": answer.status}
    shown = headers_for(scope["headers"])
    await send(start | {"headers": [*headers.items(), *shown]})
    await send({"type": "http.response.body", "body": answer.body})
