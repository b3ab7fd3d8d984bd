"""What reached this process of a request: for `manage.py doctor --url`, and for nobody else.

It shows how the proxy passes requests on. Only who has the SECRET_KEY can make the token that it
asks for, and a token lasts a minute; everybody else gets what any unknown address gives.
"""

from typing import Any

import msgspec
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from lib.addresses import TrustedProxies
from lib.schemas import Schema
from lib.version import version

PATH = "/health/proxy"
TOKEN_HEADER = "X-Matchpoint-Doctor"  # noqa: S105 - its name
_KEY = TOKEN_HEADER.lower().encode()
_SECONDS = 60
_SHOWN = ("host", "x-forwarded-for", "x-forwarded-proto", "x-request-id")
_signer = TimestampSigner(salt="matchpoint.doctor")


class Echo(Schema):
    """How a request reached the process."""

    version: str
    peer: str
    is_trusted: bool
    """Whether the peer is a proxy that is believed."""
    client: str
    """Who the site takes the client for."""
    headers: dict[str, str]


def new_token() -> str:
    """What opens the answer for a minute."""
    return _signer.sign("proxy")


class ProxyEcho:
    """Answers that one address; hands every other connection to the application."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["path"] == PATH and scope["type"] == "http" and _is_allowed(scope):
            body = msgspec.json.encode(_echo(scope))
            headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._application(scope, receive, send)


def _is_allowed(scope: dict[str, Any]) -> bool:
    tokens = [value.decode("latin-1") for name, value in scope["headers"] if name == _KEY]
    try:
        return len(tokens) == 1 and _signer.unsign(tokens[0], max_age=_SECONDS) == "proxy"
    except BadSignature:
        return False


def _echo(scope: dict[str, Any]) -> Echo:
    proxies = TrustedProxies(settings.TRUSTED_PROXIES)
    peer = (scope.get("client") or ("",))[0]
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    forwarded = [value for name, value in pairs if name == "x-forwarded-for"]
    return Echo(
        version=version(),
        peer=peer,
        is_trusted=peer in proxies,
        client=proxies.client(peer, forwarded) if peer in proxies else peer,
        headers={
            shown: ", ".join(value for name, value in pairs if name == shown)
            for shown in _SHOWN
            if any(name == shown for name, _ in pairs)
        },
    )
