"""In front of Django: bodies are bounded, and what programs ask most takes a short path.

Django's handler starts a thread and six middlewares for each request. `POST /matchmaking` and the
reads of the API (`lib/endpoints.py`) from a program need none of them: there is no cookie to look
up, and nothing to forge. They meet the same views by the short path; all else takes Django's.
"""

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable
from functools import cache, lru_cache
from inspect import iscoroutinefunction
from typing import Any

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

from lib.endpoints import operations_of
from lib.errors import Malformed
from lib.http import THREADLESS, refusal_response
from lib.tracing.trace import current
from matchmaking.api.queue import join

from .logs.requests import note_route
from .middleware import fault

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_SHORT = {("POST", "/matchmaking"), ("POST", "/matchmaking/")}
_AMBIENT = {b"cookie", b"origin"}
_FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
#: Where files are sent: by programs, and from pages.
_FILES = re.compile(
    r"/api/tournaments/(?:import|[0-9a-f-]{36}/entrants\.csv)/?"
    r"|/tournaments/(?:import|[0-9a-f-]{36}/manage/(?:do/upload|entrants/import))"
)
#: What a page's form adds to the file in it.
_FORM_AROUND_BYTES = 16 * 1024


class FastPath:
    """Routes a request to the short path or to Django; refuses bodies that no route takes."""

    def __init__(self, django: Application) -> None:
        self._django = django

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope["headers"])
        if scope["method"] in {"GET", "HEAD"}:
            read = _read_of(scope, headers)
            if read is None:
                await self._django(scope, receive, send)
            else:
                await _answer_read(scope, read, receive, send)
            return
        limit = _limit(scope["path"], headers)
        body = await _read(receive, limit)
        if body is None:
            await _respond(_too_large(limit, headers), send)
        elif (scope["method"], scope["path"]) in _SHORT and not headers.keys() & _AMBIENT:
            note_route(_join_route())
            await _respond(await _short(scope, body, join), send)
        else:
            await self._django(scope, _replay(body, receive), send)


@cache
def _join_route() -> ResolverMatch:
    return resolve("/matchmaking")


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
    """The API's view that answers this GET; None if that is another, or a cookie says who asks."""
    if scope["method"] != "GET" or b"text/html" in headers.get(b"accept", b""):
        return None
    if b"cookie" in headers and b"authorization" not in headers:
        return None
    try:
        found = resolve(scope["path"])
    except Resolver404:
        return None
    return found if operations_of(found.func) else None


async def _answer_read(
    scope: dict[str, Any], read: ResolverMatch, receive: Receive, send: Send
) -> None:
    """Answer a read, unless its sender leaves before there is an answer."""
    note_route(read)
    view = read.func
    if not iscoroutinefunction(view):
        view = database_sync_to_async(view, thread_sensitive=False)
    answer = asyncio.ensure_future(_short(scope | {THREADLESS: True}, b"", view, **read.kwargs))
    if b"wait=" in scope["query_string"]:
        await _until_done_or_gone(answer, receive)
    if answer.cancelled():
        return
    await _respond(await answer, send)


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
    assert isinstance(response, HttpResponse)
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.items()]
    headers += [
        (b"content-length", str(len(response.content)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": response.content})
