"""The running site as any program sees it: its routes, and the addresses of its sockets."""

import asyncio
import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

Json = dict[str, Any]

_TIMEOUT_SECONDS = 15
#: Between tries of a request that got no answer, or 503.
_PAUSES_SECONDS = (0.5, 1.0, 2.0)


class NoServer(Exception):
    """No Matchpoint answers at the address."""


class Refused(Exception):
    """The site's answer was an error with this `code`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Site:
    """A Matchpoint at `url`, such as http://127.0.0.1:8000."""

    url: str

    @classmethod
    def at(cls, url: str) -> "Site":
        """The site at an address that somebody typed; raises `NoServer` when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise NoServer(f"URL must look like http://127.0.0.1:8000, not {url!r}.")
        return cls(f"{parts.scheme}://{parts.netloc}")

    def socket_url(self, path: str) -> str:
        """The address of a socket."""
        return "ws" + self.url.removeprefix("http") + path

    async def check(self) -> None:
        """Raise `NoServer` unless a Matchpoint answers."""
        try:
            _, text = await asyncio.to_thread(self._exchange, "GET", "/ws", b"", {})
        except (OSError, HTTPException) as error:
            raise NoServer(
                f"No server answers at {self.url} ({error}). Start one with `make run` in "
                "another terminal, or say where it is: make demo URL=http://host:port"
            ) from error
        if b"WebSocket endpoint only" not in text:
            raise NoServer(f"What answers at {self.url} is no Matchpoint.")

    async def ask(self, method: str, path: str, body: Json | None = None, token: str = "") -> Json:
        """Send a request and return its answer; retries when there is none.

        Each request has an Idempotency-Key, so that trying again is safe. Raises `Refused` or
        `NoServer`.
        """
        headers = {"Accept": "application/json", "Idempotency-Key": str(uuid4())}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        for pause in (*_PAUSES_SECONDS, None):
            try:
                status, text = await asyncio.to_thread(self._exchange, method, path, data, headers)
            except (OSError, HTTPException) as error:
                if pause is None:
                    raise NoServer(f"{self.url} no longer answers: {error}") from error
            else:
                if status != 503 or pause is None:
                    return _read(status, text)
            await asyncio.sleep(pause)
        raise AssertionError("the last try answers or raises")

    def _exchange(
        self, method: str, path: str, data: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, data or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def _read(status: int, text: bytes) -> Json:
    try:
        answer: Json = json.loads(text)
    except ValueError:
        raise Refused(f"status_{status}", f"The answer is not JSON (status {status}).") from None
    if status >= 400:
        raise Refused(answer.get("code", f"status_{status}"), answer.get("message", ""))
    return answer
