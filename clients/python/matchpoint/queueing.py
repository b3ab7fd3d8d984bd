"""Waiting in a queue, until there is a match."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

from .answers import (
    MatchDetail,
    PlayerName,
    QueueLeft,
    QueueMatched,
    QueueProposed,
    QueueWaiting,
    TicketEnded,
    TicketMatched,
    TicketProposed,
    TicketWaiting,
)
from .errors import MatchpointError
from .site import Site, part

Queued = QueueWaiting | QueueProposed | QueueMatched
TicketShown = TicketWaiting | TicketProposed | TicketMatched | TicketEnded

#: For how long the site holds a look at a ticket.
HOLD_SECONDS = 25
#: Between looks that are answered at once, and the same.
PAUSE_SECONDS = 0.5


class Ticket:
    """One wait in a pool.

    Wait for its match with `await ticket.matched()`, or see how it goes: `async for now in ticket`
    has each change, until the match or another end.
    """

    def __init__(self, site: Site, answer: Queued) -> None:
        self._site = site
        self.answer = answer
        self.player: PlayerName = answer["player"]
        #: The ticket's id; empty when a match of this pool goes on from before.
        self.id = answer["ticket"]["id"] if "ticket" in answer else ""

    async def look(self, *, wait: int = 0) -> TicketShown:
        """How it stands; held for up to `wait` seconds (at most 30) until it changes."""
        return cast("TicketShown", await self._site.send("GET", self._path, query={"wait": wait}))

    async def __aiter__(self) -> AsyncIterator[TicketShown]:
        last: TicketShown | None = None
        while last is None or last["status"] in {"Waiting", "Proposed"}:
            asked_at = time.monotonic()
            now = await self.look(wait=HOLD_SECONDS if last is not None else 0)
            if now != last:
                last = now
                yield now
            elif time.monotonic() - asked_at < PAUSE_SECONDS:
                await asyncio.sleep(PAUSE_SECONDS)

    async def matched(self, *, accept: bool = True) -> MatchDetail:
        """Wait for the match, and accept it where the pool asks, unless told not to.

        Raises `MatchpointError` if the wait ends without one; the code is how: `cancelled`,
        `declined`, `expired` or `slept`.
        """
        if self.answer["status"] == "Matched":
            return await self._match(self.answer["match"]["id"])
        async for now in self:
            if now["status"] == "Proposed":
                if accept and now["check"]["answer"] is None:
                    await self._accept_if_open(now["check"]["id"])
            elif now["status"] == "Matched":
                match = now.get("match")  # it may have been deleted since: not found
                return await self._match(match["id"] if match else "")
            elif now["status"] != "Waiting":
                raise MatchpointError(now["status"].lower(), now["message"])
        raise AssertionError("the iteration ends with an end")

    async def accept(self, check: str | None = None) -> TicketShown:
        """Accept the match that was found; `check` is the id of the ready check that is meant."""
        body = {"check": check} if check else None
        shown = await self._site.send("POST", f"{self._path}/accept", body, again=True)
        return cast("TicketShown", shown)

    async def decline(self, check: str | None = None) -> TicketShown:
        """Decline it, which ends the wait."""
        body = {"check": check} if check else None
        try:
            shown = await self._site.send("POST", f"{self._path}/decline", body, again=True)
        except MatchpointError as error:
            if not (error.maybe_done and error.code == "ticket_declined"):
                raise
            return await self.look()
        return cast("TicketShown", shown)

    async def leave(self) -> QueueLeft:
        """Leave the queue."""
        return cast("QueueLeft", await self._site.send("DELETE", self._path))

    @property
    def _path(self) -> str:
        return f"/matchmaking/tickets/{part(self.id)}"

    async def _accept_if_open(self, check: str) -> None:
        try:
            await self.accept(check)
        except MatchpointError as error:
            if error.code not in {"check_over", "check_replaced", "no_check", "ticket_slept"}:
                raise

    async def _match(self, match_id: str) -> MatchDetail:
        return cast("MatchDetail", await self._site.send("GET", f"/matches/{part(match_id)}"))
