"""What happens on a site, for whoever holds a key, in order and without a gap."""

import math
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypedDict

from .answers import FeedFact, FeedFacts, FeedResync
from .site import Site

#: For how long the site holds a request.
HOLD_SECONDS = 25


class Fact(TypedDict):
    """A fact as the socket has it; `epoch` and `seq` are its `id` in the feed."""

    type: str
    stream: str
    epoch: str
    seq: int
    at: str
    text: str
    data: Any


class Feed:
    """Facts of a site as an async iterator that never ends by itself.

        async with server.feed(after=saved, types=["match.made"]) as feed:
            async for fact in feed:
                ...
                saved = feed.cursor

    It begins after a cursor, or without one when it is opened. Each fact comes once, in the order
    of the commits, over any outage of the site. Store `cursor` once you have handled a fact, and
    begin `after` it another time: nothing is missed meanwhile. Only when the site has not kept
    what came after it, a fact of the type `resync` says that: read anew how things stand.
    """

    def __init__(
        self,
        site: Site,
        *,
        after: str | None,
        types: Sequence[str],
        pool: str | None,
        tournament: str | None,
    ) -> None:
        self._site = site
        self._query = {"types": ",".join(types) or None, "pool": pool, "tournament": tournament}
        self._ready: deque[FeedFact] = deque()
        self._next = after
        self.cursor = after

    async def open(self) -> None:
        """Begin, if that was not done: what happens from now on will come."""
        if self._next is None:
            await self._read(wait=0)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> FeedFact:
        await self.open()
        while not self._ready:
            await self._read(wait=HOLD_SECONDS)
        fact = self._ready.popleft()
        self.cursor = fact["id"]
        return fact

    async def _read(self, *, wait: int) -> None:
        query = self._query | {"after": self._next, "wait": wait}
        patience = None if self._next is None else math.inf
        answer: FeedFacts | FeedResync = await self._site.send(
            "GET", "/api/feed", query=query, patience=patience
        )
        self._next = answer["cursor"]
        if answer["status"] == "Facts":
            self._ready.extend(answer["facts"])
        else:
            now = datetime.now(UTC).isoformat()
            text = answer["message"]
            self._ready.append(
                {"id": self._next, "type": "resync", "at": now, "text": text, "data": {}}
            )
        if not self._ready:
            self.cursor = self._next

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between two reads."""
