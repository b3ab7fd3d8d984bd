"""What a connection says of itself, settled before anything reads it: on every server the same.

Whose address counts, whether the client came by HTTPS, which id the request has, and which cookies
are read at all.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from lib.addresses import TrustedProxies, parse_address
from tournament_site.logs.requests import GIVEN_ID, HEADER, is_id

log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_SCHEMES = {
    "http": {b"http": "http", b"https": "https"},
    "websocket": {b"http": "ws", b"https": "wss", b"ws": "ws", b"wss": "wss"},
}


class Incoming:
    """Settles a connection's scope, then hands it to the application."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._proxies = TrustedProxies(settings.TRUSTED_PROXIES)
        self._has_warned = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        self._believe_proxies(scope)
        scope["headers"] = [
            (name, without_escapes(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]
        await self._application(scope, receive, send)

    def _believe_proxies(self, scope: dict[str, Any]) -> None:
        """Put the client in the place of the proxies that it came through."""
        peer = (scope.get("client") or ("",))[0]
        forwarded = _values(scope, b"x-forwarded-for")
        if peer not in self._proxies:
            self._warn(peer, forwarded)
            return
        client = self._proxies.client(peer, [each.decode("latin-1") for each in forwarded])
        if client != peer:
            scope["client"] = (client, 0)
        for proto in _values(scope, b"x-forwarded-proto")[-1:]:
            scheme = proto.rpartition(b",")[2].strip().lower()
            scope["scheme"] = _SCHEMES[scope["type"]].get(scheme, scope["scheme"])
        for given in _values(scope, HEADER)[-1:]:
            if is_id(given):
                scope[GIVEN_ID] = given.decode()

    def _warn(self, peer: str, forwarded: list[bytes]) -> None:
        """Say once that somebody who speaks for others is not trusted to."""
        if forwarded and settings.PUBLIC_URL and not self._has_warned:
            self._has_warned = True
            log.warning(
                "%s sends X-Forwarded-For, and is not believed. If it is your proxy, name it in "
                "TRUSTED_PROXIES.",
                _shown(peer),
            )


def _shown(peer: str) -> str:
    """A machine's address in its own network; that of anybody else is not for the log."""
    address = parse_address(peer)
    is_near = address is not None and (address.is_private or address.is_loopback)
    return peer if is_near else "An address outside of your network"


def without_escapes(cookies: bytes) -> bytes:
    """The cookies without those that hold a backslash.

    No cookie of this site does. Pythons before 3.11.10 and 3.12.6 read such a one in a time that
    grows with the square of its length (CVE-2024-7592).
    """
    if b"\\" not in cookies:
        return cookies
    return b";".join(each for each in cookies.split(b";") if b"\\" not in each)


def _values(scope: dict[str, Any], name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]
