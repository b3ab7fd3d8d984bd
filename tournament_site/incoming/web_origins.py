"""Web games at other origins: what an operator lists may call the API and open sockets.

They come as programs do: without cookies, so that nothing is done in somebody's name that they did
not show a token for. A browser cannot set a header of a socket, so there the token stands in the
subprotocols: `matchpoint` and `bearer.<token>`.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec
from django.conf import settings
from starlette.middleware.cors import CORSMiddleware

from lib.errors import Forbidden, Malformed, Refusal
from lib.http import refusal_response
from service_keys.access import key_digest
from streams.frames import Error
from streams.sockets import MALFORMED, NOT_YOURS

from .cors import SHOWN, Headers

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

SUBPROTOCOL = "matchpoint"
_BEARER = "bearer."
#: What a web game may send besides what every browser may.
_TAKEN = ("Authorization", "Idempotency-Key", "If-None-Match", "If-Match", "Prefer")
_PREFLIGHT_SECONDS = 3600
#: Parameters of an address in which somebody may think that a token belongs.
_TOKENS_IN_ADDRESS = {"token", "access_token", "authorization", "bearer"}


class WebOrigins:
    """In front of the application, behind what settles from whom a connection is."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._origins = frozenset(origin.encode() for origin in settings.WEB_ORIGINS)
        self._http = application
        if self._origins:
            cors = CORSMiddleware(
                cast(Any, self._serve_request),
                allow_origins=settings.WEB_ORIGINS,
                allow_methods=("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"),
                allow_headers=_TAKEN,
                expose_headers=SHOWN,
                max_age=_PREFLIGHT_SECONDS,
            )
            self._http = cast(Application, cors)

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Serve one connection."""
        serve = self._serve_socket if scope["type"] == "websocket" else self._http
        await serve(scope, receive, send)

    def _is_listed(self, headers: Headers) -> bool:
        return any(name == b"origin" and value in self._origins for name, value in headers)

    async def _serve_request(self, scope: Scope, receive: Any, send: Send) -> None:
        headers = scope["headers"]
        if not self._is_listed(headers):
            await self._application(scope, receive, send)
        elif _shows_key(headers):
            await _refuse(_KEY_IN_PAGE, send)
        else:
            scope = scope | {"headers": _of_a_program(headers)}
            await self._application(scope, receive, _without_cookies(send))

    async def _serve_socket(self, scope: Scope, receive: Any, send: Send) -> None:
        headers, offered = scope["headers"], scope.get("subprotocols", [])
        is_browser = any(name == b"origin" for name, _ in headers)
        if self._is_listed(headers):
            headers = _of_a_program(headers)
        token = next((one[len(_BEARER) :] for one in offered if one.startswith(_BEARER)), None)
        if token is not None:
            headers = [*_but(headers, {b"authorization"}), _bearer(token)]
            offered = [one for one in offered if not one.startswith(_BEARER)]
        send = _chosen(send, offered)
        if _TOKENS_IN_ADDRESS & {name for name, _ in _query(scope)}:
            await _close_with(_TOKEN_IN_ADDRESS, MALFORMED, receive, send)
        elif is_browser and _shows_key(headers):
            await _close_with(_KEY_IN_PAGE, NOT_YOURS, receive, send)
        else:
            scope = scope | {"headers": headers, "subprotocols": offered}
            await self._application(scope, receive, send)


_KEY_IN_PAGE = Forbidden(
    "A service key does not work in a web page, where everybody can read it. Keep it on your "
    "server, and give each player a token of their own.",
    code="key_in_page",
)
_TOKEN_IN_ADDRESS = Malformed(
    "A token never stands in an address, which logs and histories keep. Offer the subprotocols "
    "`matchpoint` and `bearer.<token>`, or send the header `Authorization: Bearer <token>`."
)


def _shows_key(headers: Headers) -> bool:
    return any(
        name == b"authorization" and key_digest(value.decode("latin-1")) is not None
        for name, value in headers
    )


def _but(headers: Headers, left_out: set[bytes]) -> Headers:
    return [(name, value) for name, value in headers if name not in left_out]


def _of_a_program(headers: Headers) -> Headers:
    return _but(headers, {b"origin", b"cookie"})


def _bearer(token: str) -> tuple[bytes, bytes]:
    return b"authorization", b"Bearer " + token.encode("latin-1", "replace")


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _without_cookies(send: Send) -> Send:
    """Send an answer without the cookies in it: a browser would keep them though it may not."""

    async def send_on(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _but(message["headers"], {b"set-cookie"})
        await send(message)

    return send_on


def _chosen(send: Send, offered: Iterable[str]) -> Send:
    """Choose our subprotocol of those that are offered, unless the socket chose one itself."""

    async def send_on(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.accept" and not message.get("subprotocol"):
            message["subprotocol"] = SUBPROTOCOL if SUBPROTOCOL in offered else None
        await send(message)

    return send_on


async def _refuse(refusal: Refusal, send: Send) -> None:
    response = refusal_response(refusal)
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


async def _close_with(refusal: Refusal, code: int, receive: Any, send: Send) -> None:
    """Open a socket, say what is wrong, and close it: before, a browser learns nothing of it."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None})
    frame = msgspec.json.encode(Error(refusal.code, refusal.message)).decode()
    await send({"type": "websocket.send", "text": frame})
    await send({"type": "websocket.close", "code": code, "reason": refusal.code})
