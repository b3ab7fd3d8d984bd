"""One request to an endpoint, and what came of it."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx
from django.utils import timezone

from lib.version import version

from .connections import CheckedBackend, Resolve, resolve

TOTAL_SECONDS = 15.0
ANSWER_MAX_BYTES = 16 * 1024
#: What is kept of an answer.
SHOWN_CHARS = 1024
_MOST_CONNECTIONS = 256
_GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """What an endpoint is sent."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: a status or an error, and the start of the answer."""

    at: datetime
    milliseconds: int
    status: int | None = None
    error: str = ""
    answer: str = ""
    retry_after: float | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the endpoint has accepted the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants nothing more."""
        return self.status == _GONE


class Sender:
    """Sends messages, over connections that are kept for a while."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, resolve: Resolve = resolve) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_CONNECTIONS // 2,
            keepalive_expiry=30.0,
            network_backend=CheckedBackend(resolve),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def send(self, message: Message) -> Outcome:
        """Send a message once. Redirects are not followed, and long answers not read."""
        at, began = timezone.now(), time.monotonic()
        status, error, answer, pause = None, "", b"", None
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                headers = [("user-agent", f"Matchpoint/{version()}"), *message.headers.items()]
                async with self._pool.stream(
                    "POST", message.url, headers=headers, content=message.body
                ) as response:
                    status, pause = response.status, _retry_after(response)
                    answer = await _start_of(response)
        except TimeoutError:
            error = f"Not done after {TOTAL_SECONDS:g} s."
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as fault:
            error = str(fault) or type(fault).__name__
        except (httpcore.UnsupportedProtocol, ValueError, OSError, ssl.SSLError) as fault:
            error = f"{type(fault).__name__}: {fault}"
        if error:
            status = None
        return Outcome(
            at=at,
            milliseconds=round((time.monotonic() - began) * 1000),
            status=status,
            error=error[:300],
            answer=answer.decode(errors="replace").replace("\0", "")[:SHOWN_CHARS],
            retry_after=pause,
        )


async def _start_of(response: httpcore.Response) -> bytes:
    """The answer as it came, but no more than we read of any; the rest is not waited for."""
    read = b""
    async for chunk in response.aiter_stream():
        read += chunk
        if len(read) >= ANSWER_MAX_BYTES:
            break
    return read[:ANSWER_MAX_BYTES]


def _retry_after(response: httpcore.Response) -> float | None:
    """For how many seconds the endpoint asks not to be sent anything."""
    found = {name.lower(): value for name, value in response.headers}.get(b"retry-after")
    if found is None:
        return None
    text = found.decode("latin-1").strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):  # a year of twenty digits, or one before there were any
        return None
    return max(0.0, until - time.time())
