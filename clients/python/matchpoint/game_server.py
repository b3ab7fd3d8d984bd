"""What a game server does on a site, by a service key."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

from .answers import ExternalPlayer, MatchDetail, Refused, Told
from .client import Connected
from .feed import Fact, Feed
from .queueing import Queued, TicketShown
from .site import Json, part
from .streams import Position, Stream

PATIENCE_SECONDS = 120.0
#: Tickets that the site takes in one request.
BATCH_SIZE = 100


class GameServer(Connected):
    """A server whose matches are made by a site, and which decides how they end.

    A player is named by the id that the game has for them (`external_id`), or by the site's. Every
    call may be made again: what was done stays done once. The client itself tries again for
    `patience` seconds while the site is out of reach. Raises `MatchpointError`.
    """

    def __init__(self, url: str, key: str, *, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__(url, key, patience=patience)

    # Players.

    async def player(self, external_id: str, name: str) -> ExternalPlayer:
        """Make a player of the game's, or rename them."""
        path = f"/api/external-players/{part(external_id)}"
        return cast("ExternalPlayer", await self._site.send("PUT", path, {"name": name}))

    async def player_token(self, external_id: str, *, seconds: int = 3600) -> str:
        """A token with which the player's own program speaks for them, for so long."""
        path = f"/api/external-players/{part(external_id)}/token"
        answer = await self._site.send("POST", path, {"seconds": seconds}, again=True)
        return str(answer["token"])

    async def end_player_tokens(self, external_id: str) -> None:
        """End all tokens of a player, and close what they opened."""
        path = f"/api/external-players/{part(external_id)}/token"
        await self._site.send("DELETE", path)

    # The queue.

    async def queue(
        self, pool: str, *tickets: Sequence[str] | Mapping[str, Any]
    ) -> list[Queued | Refused]:
        """Queue players, alone or as parties; an answer for each ticket, in order.

        A ticket is a list of players, or a mapping with `players` and what the pool asks:
        `attributes`, `roles` by player, `rating`, `regions`. An answer has the `status` `Waiting`,
        `Proposed` or `Matched`, or `Error` with a `code` and a `message`.
        """
        listed = [one if isinstance(one, Mapping) else {"players": list(one)} for one in tickets]
        answers: list[Queued | Refused] = []
        for first in range(0, len(listed), BATCH_SIZE):
            body = {"pool": pool, "tickets": listed[first : first + BATCH_SIZE]}
            answer = await self._site.send("POST", "/api/tickets", body, again=True)
            answers += answer["tickets"]
        return answers

    async def ticket(self, ticket: str, *, wait: int = 0) -> TicketShown:
        """How a ticket stands, held for up to `wait` seconds (at most 30); a sign of life, too."""
        path = f"/matchmaking/tickets/{part(ticket)}"
        return cast("TicketShown", await self._site.send("GET", path, query={"wait": wait}))

    async def leave_queue(self, ticket: str) -> None:
        """Take a ticket out of the queue."""
        await self._site.send("DELETE", f"/matchmaking/tickets/{part(ticket)}")

    # Matches.

    def feed(
        self,
        *,
        after: str | None = None,
        types: Sequence[str] = (),
        pool: str | None = None,
        tournament: str | None = None,
    ) -> Feed:
        """What happens on the site, from a cursor on; see `Feed`."""
        return Feed(self._site, after=after, types=types, pool=pool, tournament=tournament)

    def facts(self, *, after: Position | None = None) -> Stream[Fact]:
        """All facts as a stream over a socket, as fast as they happen; see `Stream`."""
        return Stream(self._site, "/feed/ws", after=after)

    async def match(self, match: str) -> MatchDetail:
        """A match, with its connection data."""
        return cast("MatchDetail", await self._site.send("GET", f"/matches/{part(match)}"))

    async def matches(
        self, *, pool: str | None = None, tournament: str | None = None, state: str | None = None
    ) -> AsyncIterator[MatchDetail]:
        """Matches of a pool or a tournament, such as those that are `open`."""
        query = {"pool": pool, "tournament": tournament, "state": state}
        async for one in self._site.lines("/api/matches", "matches", query=query):
            yield cast("MatchDetail", one)

    async def allocate(
        self,
        match: str,
        address: str,
        *,
        join_code: str = "",
        by_side: Sequence[Mapping[str, Any]] = (),
    ) -> Told:
        """Say where a match is played; only those in it are shown this.

        `by_side` has what each side alone is shown, whatever that is.
        """
        body = {"address": address, "join_code": join_code, "by_side": list(by_side)}
        path = f"{_path(match)}/allocation"
        return cast("Told", await self._site.send("PUT", path, body))

    async def start(self, match: str) -> Told:
        """Say that play has begun."""
        return await self._tell(match, "start")

    async def live(self, match: str, scores: Sequence[int], sequence: int | None = None) -> Told:
        """Say how it stands; with a growing `sequence`, an older score never replaces a newer."""
        numbered = {} if sequence is None else {"sequence": sequence}
        return await self._tell(match, "live", {"scores": list(scores)} | numbered)

    async def result(
        self,
        match: str,
        scores: Sequence[int] | None = None,
        *,
        statistics: Mapping[str, Mapping[str, Any]] | None = None,
        **more: Any,
    ) -> Told:
        """Say how it ended, and what each player did; ratings move.

        `more` are the other fields of a result: `games`, `drawn`, `outcome`, `winner`.
        """
        body = more | {"scores": scores and list(scores), "statistics": statistics}
        given = {key: value for key, value in body.items() if value is not None}
        return await self._tell(match, "result", given)

    async def void(self, match: str, why: str = "") -> Told:
        """Call it off: it counts for nothing."""
        return await self._tell(match, "void", {"why": why})

    async def left(self, match: str, player: str, *, backfill: bool = False) -> Told:
        """Say that a player has left; with `backfill` the place is offered to the queue."""
        return await self._tell(match, "left", {"player": player, "backfill": backfill})

    async def _tell(self, match: str, what: str, body: Json | None = None) -> Told:
        # The site has each of these once, however often it comes.
        answer = await self._site.send("POST", f"{_path(match)}/{what}", body, again=True)
        return cast("Told", answer)


def _path(match: str) -> str:
    return f"/api/matches/{part(match)}"
