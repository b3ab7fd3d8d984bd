"""What monitors ask a process: answered in front of Django, without a thread, a host or a limit."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from .readiness import State, readiness

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_ALIVE = b'{"status":"ok"}'


class Probes:
    """Answers `/healthz` and `/readyz`; hands all other connections to the application.

    An answer needs no worker thread, so it comes also while all of them wait for the database.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Serve one connection."""
        answer = _ANSWERS.get(scope["path"].removesuffix("/")) if scope["type"] == "http" else None
        if answer is None:
            await self._application(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _respond(send, 405, b"{}", allow=b"GET, HEAD")
        else:
            await _respond(send, *await answer())


async def _alive() -> tuple[int, bytes]:
    return 200, _ALIVE


async def _ready() -> tuple[int, bytes]:
    found = await readiness()
    return 503 if found.status is State.UNREADY else 200, msgspec.json.encode(found)


_ANSWERS = {"/healthz": _alive, "/readyz": _ready}


async def _respond(send: Send, status: int, body: bytes, **more: bytes) -> None:
    headers = {
        "content-type": b"application/json",
        "content-length": str(len(body)).encode(),
        "cache-control": b"no-store",
        **more,
    }
    pairs = [(name.encode(), value) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
