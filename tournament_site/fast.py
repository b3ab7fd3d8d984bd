"""In front of Django: bodies are bounded, and what programs ask most takes a short path.

Django's handler starts a thread and six middlewares for each request. `POST /matchmaking` and the
reads of the API (`lib/endpoints.py`) from a program need none of them: there is no cookie to look
up, and nothing to forge. They meet the same views by the short path; all else takes Django's.
"""

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import cache, lru_cache
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.template import loader
from django.urls import Resolver404, ResolverMatch, resolve

from lib.database.changes import database_version
from lib.endpoints import operations_of
from lib.errors import Malformed
from lib.heavy.shared import SharedAnswers
from lib.http import THREADLESS, refusal_response
from lib.tracing.trace import current, note_player
from matchmaking.api.game_servers.tickets import queue_tickets
from matchmaking.api.queue import join
from service_keys.access import is_key

from .logs.requests import note_route
from .middleware import fault

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

#: What is queued by the short path, by address without a final slash.
_SHORT = {"/matchmaking": join, "/api/tickets": queue_tickets}
_AMBIENT = {b"cookie", b"origin"}
_FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
#: Where files are sent: by programs, and from pages.
_FILES = re.compile(
    r"/api/tournaments/(?:import|[0-9a-f-]{36}/entrants\.csv)/?"
    r"|/tournaments/(?:import|[0-9a-f-]{36}/manage/(?:do/upload|entrants/import))"
)
#: A larger answer to a read is not kept.
_KEPT_BYTES = 256 * 1024
#: The headers that an answer to a read may depend on.
_READ_BY = (b"authorization", b"accept", b"host", b"origin", b"if-none-match", b"x-forwarded-host")
#: What a page's form adds to the file in it.
_FORM_AROUND_BYTES = 16 * 1024


class _Shared(NamedTuple):
    """An answer for all who asked for it, as ASGI's messages, and the player whose read it was."""

    start: dict[str, Any]
    body: dict[str, Any]
    player: object

    @property
    def may_be_kept(self) -> bool:
        """Whether it is worth keeping, and small enough."""
        return self.start["status"] in {200, 304} and len(self.body["body"]) <= _KEPT_BYTES


class FastPath:
    """Routes a request to the short path or to Django; refuses bodies that no route takes."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._reads = SharedAnswers[_Shared](
            version=database_version(),
            may_keep=lambda answer: answer.may_be_kept,
            is_failure=lambda answer: answer.start["status"] == 503,
        )

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = _joined(scope["headers"])
        if scope["method"] in {"GET", "HEAD"}:
            read = _read_of(scope, headers)
            if read is None:
                await self._django(scope, receive, send)
            elif _is_its_own(scope, headers):
                await _answer_alone(scope, read, receive, send)
            else:
                await self._answer_shared(scope, headers, read, send)
            return
        limit = _limit(scope["path"], headers)
        body = await _read(receive, limit)
        if body is None:
            await _respond(_too_large(limit, headers), send)
        elif (view := _queueing(scope)) is not None and not headers.keys() & _AMBIENT:
            note_route(_route_of(scope["path"]))
            await _respond(await _short(scope, body, view), send)
        else:
            await self._django(scope, _replay(body, receive), send)

    async def _answer_shared(
        self,
        scope: dict[str, Any],
        headers: dict[bytes, bytes],
        read: ResolverMatch,
        send: Send,
    ) -> None:
        """Answer a read; all who ask the same at the same time get one answer."""
        note_route(read)

        async def make() -> _Shared:
            response = await _make_answer(scope, read)
            trace = current.get()
            return _Shared(*_messages(response), trace and trace.player)

        key = (scope["path"], scope["query_string"], *(headers.get(name) for name in _READ_BY))
        shared = await self._reads.get(key, make)
        note_player(shared.player)
        await send(shared.start.copy())
        await send(shared.body.copy())


def _joined(sent: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name; one that was sent several times reads as the view will read it."""
    headers: dict[bytes, bytes] = {}
    for name, value in sent:
        headers[name] = headers[name] + b"," + value if name in headers else value
    return headers


def _queueing(scope: dict[str, Any]) -> Callable[..., Any] | None:
    """The view that queues what this request says; None for other requests."""
    path: str = scope["path"]
    return _SHORT.get(path.removesuffix("/")) if scope["method"] == "POST" else None


@cache
def _route_of(path: str) -> ResolverMatch:
    return resolve(path)


def _limit(path: str, headers: dict[bytes, bytes]) -> int:
    """How many bytes a body may have: forms and files carry long lists, other requests do not."""
    if _FILES.fullmatch(path):
        return settings.MATCHPOINT_FILE_MAX_BYTES + _FORM_AROUND_BYTES
    if headers.get(b"content-type", b"").startswith(_FORMS):
        return settings.MATCHPOINT_FORM_MAX_BYTES
    return settings.MATCHPOINT_BODY_MAX_BYTES


def _too_large(limit: int, headers: dict[bytes, bytes]) -> HttpResponse:
    message = f"The body is larger than {limit // 1024} KiB, or was cut short."
    if b"text/html" not in headers.get(b"accept", b""):
        return refusal_response(Malformed(message, code="too_large"))
    context = {"title": "Too large", "message": message}
    return HttpResponse(loader.render_to_string("error.html", context), status=413)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body; None when it is over-long, or its sender is gone."""
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body as Django would have received it, then what the server says next."""
    is_sent = False

    async def again() -> dict[str, Any]:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _read_of(scope: dict[str, Any], headers: dict[bytes, bytes]) -> ResolverMatch | None:
    """The API's view that answers this read; None if that is another, or a cookie says who asks."""
    if b"text/html" in headers.get(b"accept", b""):
        return None
    if b"cookie" in headers and b"authorization" not in headers:
        return None
    return _api_view(scope["path"])


@lru_cache(maxsize=1024)
def _api_view(path: str) -> ResolverMatch | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return found if operations_of(found.func) else None


def _is_its_own(scope: dict[str, Any], headers: dict[bytes, bytes]) -> bool:
    """Whether a read waits for news, or counts for a service key: it shares no answer."""
    shown = headers.get(b"authorization", b"").decode("latin-1")
    return b"wait=" in scope["query_string"] or is_key(shown)


async def _answer_alone(
    scope: dict[str, Any], read: ResolverMatch, receive: Receive, send: Send
) -> None:
    """Answer one read, unless its sender leaves before there is an answer."""
    note_route(read)
    answer = asyncio.ensure_future(_make_answer(scope, read))
    await _until_done_or_gone(answer, receive)
    if answer.cancelled():
        return
    await _respond(await answer, send)


async def _make_answer(scope: dict[str, Any], read: ResolverMatch) -> HttpResponseBase:
    view = read.func
    if not iscoroutinefunction(view):
        view = database_sync_to_async(view, thread_sensitive=False)
    return await _short(scope | {THREADLESS: True}, b"", view, **read.kwargs)


async def _until_done_or_gone(answer: "asyncio.Future[HttpResponseBase]", receive: Receive) -> None:
    gone = asyncio.ensure_future(_disconnected(receive))
    both: tuple[asyncio.Future[Any], ...] = (answer, gone)
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    for one in both:
        if not one.done():
            one.cancel()
            await asyncio.wait({one})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _short(
    scope: dict[str, Any], body: bytes, view: Callable[..., Any], **parameters: Any
) -> HttpResponseBase:
    request = ASGIRequest(scope, io.BytesIO(body))
    request.user = AnonymousUser()
    try:
        _check_host(request.META.get("HTTP_HOST", ""))
        response: HttpResponseBase = await view(request, **parameters)
        return response
    except DisallowedHost:
        return refusal_response(Malformed("This host name is not served here."))
    except Exception:
        trace = current.get()
        log.exception("%s %s failed", scope["method"], trace.route if trace else "a request")
        return fault(request)


@lru_cache(maxsize=256)
def _check_host(header: str) -> None:
    """Raise `DisallowedHost` for a Host header that Django would not serve."""
    domain, _ = split_domain_port(header)
    allowed = settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]
    if not domain or not validate_host(domain, allowed):
        raise DisallowedHost(header)


async def _respond(response: HttpResponseBase, send: Send) -> None:
    for message in _messages(response):
        await send(message)


def _messages(response: HttpResponseBase) -> tuple[dict[str, Any], dict[str, Any]]:
    assert isinstance(response, HttpResponse)
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.items()]
    headers.append((b"x-content-type-options", b"nosniff"))
    if response.status_code != 304:  # which has no body, whatever the length of what it stands for
        headers.append((b"content-length", str(len(response.content)).encode()))
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    return start, {"type": "http.response.body", "body": response.content}
