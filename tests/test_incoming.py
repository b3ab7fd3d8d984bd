"""What is settled about a connection before anything reads it."""

from typing import Any

import pytest
from pytest_django import Settings

from tournament_site.incoming.proxies import Incoming, without_escapes

Scope = dict[str, Any]


async def settled(**scope: Any) -> Scope:
    """A scope as the application receives it."""
    received: list[Scope] = []

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        received.append(scope)

    whole = {"type": "http", "scheme": "http", "headers": [], "client": ["127.0.0.1", 1]} | scope
    await Incoming(application)(whole, None, None)
    [scope] = received
    return scope


def forwarded(proto: str, address: str = "198.51.100.7") -> list[tuple[bytes, bytes]]:
    return [(b"x-forwarded-for", address.encode()), (b"x-forwarded-proto", proto.encode())]


@pytest.mark.parametrize(
    ("kind", "scheme", "proto", "settled_scheme"),
    [
        ("http", "http", "https", "https"),
        ("http", "http", "HTTP, https", "https"),
        ("http", "http", "https, http", "http"),
        ("http", "http", "gopher", "http"),
        ("websocket", "ws", "https", "wss"),
        ("websocket", "ws", "wss", "wss"),
        ("websocket", "ws", "http", "ws"),
    ],
)
async def test_a_trusted_proxy_says_who_asks_and_how(
    settings: Settings, kind: str, scheme: str, proto: str, settled_scheme: str
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    scope = await settled(type=kind, scheme=scheme, headers=forwarded(proto))
    assert (scope["client"], scope["scheme"]) == (("198.51.100.7", 0), settled_scheme)


async def test_nobody_else_does(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    scope = await settled(headers=forwarded("https"))
    assert (scope["client"], scope["scheme"]) == (["127.0.0.1", 1], "http")


async def test_a_connection_without_an_address_is_served() -> None:
    assert (await settled(client=None))["client"] is None


@pytest.mark.parametrize(
    ("cookies", "left"),
    [
        (b"sessionid=abc; csrftoken=def", b"sessionid=abc; csrftoken=def"),
        (b'sessionid=abc; other="a\\054b"; csrftoken=def', b"sessionid=abc; csrftoken=def"),
        (b'x="' + b'\\"' * 4000 + b'"', b""),
    ],
)
def test_cookies_with_escapes_are_not_read(cookies: bytes, left: bytes) -> None:
    assert without_escapes(cookies) == left
