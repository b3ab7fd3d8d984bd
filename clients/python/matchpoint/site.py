"""Requests to a site, tried again where that is safe."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx

from .backoff import Patience
from .errors import MatchpointError

Json = dict[str, Any]

#: Longer than the site holds a request (`?wait=`).
ANSWER_SECONDS = 45.0
CONNECT_SECONDS = 5.0
#: Lines of a list in one answer.
PAGE_SIZE = 100
#: The site says that nothing was done.
_NOT_DONE = {408, 429, 503}
#: A proxy's words: whether anything was done is not known.
_UNKNOWN = {502, 504}
#: The request was never sent.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_AGAIN = {"GET", "HEAD", "PUT", "PATCH", "DELETE"}


def part(value: object) -> str:
    """A value as one part of an address, whatever is in it."""
    return quote(str(value), safe="")


class Site:
    """A Matchpoint at an address, and who speaks to it."""

    def __init__(self, url: str, token: str | None, *, patience: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError(f"A site's address looks like https://play.example.org, not {url!r}.")
        self.url = url.rstrip("/")
        self.token = token
        self.patience = patience
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._http = httpx.AsyncClient(base_url=self.url, timeout=timeout)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def socket_address(self, path: str) -> str:
        """The address of a socket."""
        return "ws" + self.url.removeprefix("http") + path

    def headers(self, token: str | None = None) -> dict[str, str]:
        """Who sends: `token`, or the site's own."""
        shown = token or self.token
        return {"Authorization": f"Bearer {shown}"} if shown else {}

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        token: str | None = None,
        again: bool | None = None,
        patience: float | None = None,
    ) -> Any:
        """Send a request and return its answer; raises `MatchpointError`.

        It is tried again while `patience` lasts, if nothing was done, or if `again` says that doing
        it twice does no harm (by default of every method but POST). Each try has the same
        Idempotency-Key.
        """
        again = method in _AGAIN if again is None else again
        headers = self.headers(token) | {"Accept": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        given = {key: value for key, value in (query or {}).items() if value is not None}
        request: Json = {"json": body, "params": given, "headers": headers}
        trying = Patience(self.patience if patience is None else patience)
        maybe_done = False
        while True:
            try:
                response = await self._http.request(method, path, **request)
                if response.is_success:
                    return _read(response)
                failure = MatchpointError.of_answer(response.status_code, _read(response))
                is_known = response.status_code in _NOT_DONE
                is_safe = is_known or (again and response.status_code in _UNKNOWN)
                at_least = _retry_after(response)
            except httpx.TransportError as error:
                failure = _unanswered(error)
                is_known = isinstance(error, _UNSENT)
                is_safe, at_least = is_known or again, 0.0
            failure.maybe_done = maybe_done
            wait = trying.next_pause(at_least) if is_safe else None
            if wait is None:
                raise failure
            maybe_done = maybe_done or not is_known
            await asyncio.sleep(wait)

    async def lines(
        self, path: str, name: str, *, query: Mapping[str, Any], token: str | None = None
    ) -> AsyncIterator[Any]:
        """Every line of a list that is read in pages: `name` is that of its lines in an answer."""
        asked: Json = {"size": PAGE_SIZE, **query}
        while True:
            answer = await self.send("GET", path, query=asked, token=token)
            for line in answer[name]:
                yield line
            if answer.get("next") is None:
                return
            asked["cursor"] = answer["next"]


def _unanswered(error: httpx.TransportError) -> MatchpointError:
    words = str(error) or type(error).__name__
    if isinstance(error, _UNSENT):
        return MatchpointError("unreachable", f"The site cannot be reached: {words}")
    return MatchpointError("no_answer", f"The site did not answer: {words}")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 0.0


def _read(response: httpx.Response) -> Any:
    """JSON as what it holds, any other answer as text."""
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return response.json()
    return response.text
