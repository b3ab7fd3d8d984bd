"""The site asked from outside, as people reach it: through its proxy."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

import msgspec
from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.typing import Origin

from lib.version import version
from tournament_site.monitoring.proxy_echo import PATH, TOKEN_HEADER, Echo, new_token

from .findings import Finding, fault, ok, warning

_SECONDS = 10
_DAYS_LEFT = 14
#: An address of nobody (RFC 5737), as a client may claim it.
_CLAIMED = "203.0.113.77"
_SET = "In nginx: proxy_set_header {}; (deploy/nginx has the whole file)."


def check_outside(url: str) -> Iterator[Finding]:
    """Everything that a request from outside shows."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        fix = "Write it as https://play.example.org."
        yield fault("url", f"{url!r} is no address of a site.", fix)
        return
    try:
        yield from _certificate(parts)
        yield from _redirect(parts)
        echo = _echo(parts)
        yield from _headers(parts, echo) if isinstance(echo, Echo) else [echo]
        yield _metrics(parts)
    except ssl.SSLCertVerificationError:
        return
    except (OSError, HTTPException) as error:
        yield fault(
            "url",
            f"{parts.netloc} cannot be reached: {error}.",
            "Look at the name's DNS record, the firewall, and whether the proxy runs.",
        )
        return
    yield asyncio.run(_socket(parts))


def _ask(parts: SplitResult, path: str, **headers: str) -> HTTPResponse:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    assert parts.hostname is not None
    connection = kind(parts.hostname, parts.port, timeout=_SECONDS)
    connection.request("GET", path, headers=headers | {"Connection": "close"})
    return connection.getresponse()


def _certificate(parts: SplitResult) -> Iterator[Finding]:
    if parts.scheme != "https":
        yield warning("tls", "The site is asked over plain HTTP.", "Let the proxy speak TLS.")
        return
    address = (parts.hostname, parts.port or 443)
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection(address, timeout=_SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=parts.hostname) as wrapped,
        ):
            certificate, protocol = wrapped.getpeercert(), wrapped.version()
    except ssl.SSLCertVerificationError as error:
        yield fault(
            "tls",
            f"The certificate is not believed: {error.verify_message}.",
            "Get one by ACME (docs/operating.md), with the whole chain, for this very name.",
        )
        raise
    assert certificate is not None
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (until - datetime.now(UTC)).days
    if days < _DAYS_LEFT:
        fix = "Look why it is not renewed: `systemctl status certbot.timer`."
        yield warning("tls", f"The certificate ends in {days} days.", fix)
    else:
        yield ok("tls", f"{protocol}; the certificate ends in {days} days.")


def _redirect(parts: SplitResult) -> Iterator[Finding]:
    """Whether plain HTTP leads to HTTPS, where that is on the usual ports."""
    if parts.scheme != "https" or parts.port not in {None, 443}:
        return
    try:
        answer = _ask(parts._replace(scheme="http", netloc=parts.hostname or ""), "/")
    except OSError:
        yield warning("redirect", "Nothing answers on port 80.", "Let it redirect to HTTPS.")
        return
    leads_to = answer.getheader("Location", "")
    if answer.status in {301, 308} and leads_to.startswith("https://"):
        yield ok("redirect", "Plain HTTP leads to HTTPS.")
    else:
        fix = "Let port 80 answer: return 301 https://$host$request_uri;"
        yield fault("redirect", f"Plain HTTP is answered with {answer.status}.", fix)


def _echo(parts: SplitResult) -> Echo | Finding:
    headers = {TOKEN_HEADER: new_token(), "X-Forwarded-For": _CLAIMED}
    answer = _ask(parts, PATH, **headers)
    body = answer.read()
    if answer.status == 200:
        try:
            return msgspec.json.decode(body, type=Echo)
        except msgspec.MsgspecError:
            pass
    if answer.status in {502, 503, 504}:
        fix = "Look whether the processes run, and at the ports in the proxy's configuration."
        return fault("url", f"The proxy answers {answer.status}: it reaches no process.", fix)
    return fault(
        "url",
        f"What answers at {parts.netloc} ({answer.status}) does not know this SECRET_KEY.",
        "Run this with the environment of the site's processes, against their own address.",
    )


def _headers(parts: SplitResult, echo: Echo) -> Iterator[Finding]:
    """What the proxy made of a request; each header that it leaves out is named."""
    if echo.version != version():
        fix = "Restart the processes, or run the command of their version."
        message = f"The process is of version {echo.version}, and this command of {version()}."
        yield warning("version", message, fix)
    before = len(settings.TRUSTED_PROXIES)
    if not echo.is_trusted and (echo.headers.get("x-forwarded-proto") or before):
        fix = f"Set TRUSTED_PROXIES={','.join([*settings.TRUSTED_PROXIES, echo.peer])}."
        message = f"The proxy at {echo.peer} is not believed: everybody counts as one client."
        yield fault("proxy", message, fix)
    yield from _host(parts, echo)
    yield from _forwarded(parts, echo)


def _host(parts: SplitResult, echo: Echo) -> Iterator[Finding]:
    host = echo.headers.get("host", "")
    if host == parts.netloc:
        yield ok("host", "The Host header arrives as people sent it.")
    else:
        yield fault(
            "host",
            f"The proxy sends the Host header {host or 'not at all'!r} instead of"
            f" {parts.netloc!r}: sockets are refused, and so are forms.",
            _SET.format("Host $http_host"),
        )


def _forwarded(parts: SplitResult, echo: Echo) -> Iterator[Finding]:
    claimed = echo.headers.get("x-forwarded-for", "")
    if not claimed:
        fix = _SET.format("X-Forwarded-For $remote_addr")
        message = "The proxy leaves out X-Forwarded-For: everybody counts as one client."
        yield fault("x-forwarded-for", message, fix)
    elif echo.client == _CLAIMED or (claimed == _CLAIMED and not echo.is_trusted):
        fix = _SET.format("X-Forwarded-For $remote_addr")
        message = "X-Forwarded-For arrives as the client sent it: anybody can claim any address."
        yield fault("x-forwarded-for", message, fix)
    else:
        yield ok("x-forwarded-for", f"The site sees this machine as {echo.client}.")
    proto = echo.headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
    if proto != parts.scheme:
        fix = _SET.format("X-Forwarded-Proto $scheme")
        said = f"sends X-Forwarded-Proto {proto!r}" if proto else "leaves out X-Forwarded-Proto"
        found = fault if parts.scheme == "https" else warning
        message = f"The proxy {said}, and people came by {parts.scheme}."
        yield found("x-forwarded-proto", message, fix)
    else:
        yield ok("x-forwarded-proto", f"The site knows that people came by {parts.scheme}.")
    if not echo.headers.get("x-request-id"):
        yield warning(
            "x-request-id",
            "The proxy leaves out X-Request-ID: its log and the site's cannot be brought together.",
            _SET.format("X-Request-ID $request_id"),
        )
    else:
        yield ok("x-request-id", "Requests have an id from the proxy.")


def _metrics(parts: SplitResult) -> Finding:
    answer = _ask(parts, "/metrics")
    if answer.status == 200:
        fix = "Let the proxy answer 404: location = /metrics { return 404; }"
        return fault("metrics", "Anybody can read /metrics.", fix)
    return ok("metrics", f"/metrics is closed to the world ({answer.status}).")


async def _socket(parts: SplitResult) -> Finding:
    address = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws"
    origin = f"{parts.scheme}://{parts.netloc}"
    fix = _SET.format("Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade")
    try:
        async with connect(
            address, origin=Origin(origin), open_timeout=_SECONDS, proxy=None
        ) as opened:
            await asyncio.wait_for(opened.recv(), _SECONDS)
    except InvalidStatus as error:
        status = error.response.status_code
        if status == 400:
            return fault("socket", "The proxy does not pass the WebSocket upgrade on.", fix)
        message = f"A WebSocket at {address} is refused with {status}."
        return fault("socket", message, "Set PUBLIC_URL to what people type; then look above.")
    except (OSError, TimeoutError, InvalidHandshake) as error:
        return fault("socket", f"A WebSocket at {address} does not open: {error}.", fix)
    return ok("socket", "A WebSocket opens, and the lobby's first message arrives.")
