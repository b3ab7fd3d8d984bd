"""What a player's or an organiser's program does on a site."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, Unpack, cast

from .answers import Leaderboard, NewPool, PlayerProfile, Pool, PoolSettings
from .matches import Matches, Parties
from .messages import Event
from .queueing import Queued, Ticket
from .site import Site, part
from .streams import Position, Stream
from .tournaments import Tournaments

PATIENCE_SECONDS = 30.0


class Connected:
    """Something that is connected to a site, until it is closed."""

    def __init__(self, url: str, token: str | None, *, patience: float) -> None:
        self._site = Site(url, token, patience=patience)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._site.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class Client(Connected):
    """A player or an organiser at a site, by a token; without one, the first call makes a guest.

    What can be tried again without harm is tried again for `patience` seconds while the site is out
    of reach, or asks to wait. Raises `MatchpointError` for whatever is refused.
    """

    def __init__(
        self, url: str, token: str | None = None, *, patience: float = PATIENCE_SECONDS
    ) -> None:
        super().__init__(url, token, patience=patience)
        self.matches = Matches(self._site)
        self.parties = Parties(self._site)
        self.tournaments = Tournaments(self._site)

    @property
    def token(self) -> str | None:
        """The token of the player: keep it, it is the only proof of a guest."""
        return self._site.token

    async def queue(
        self,
        pool: str = "default",
        *,
        username: str | None = None,
        party: str | None = None,
        regions: Sequence[str] = (),
        attributes: Mapping[str, Any] | None = None,
        roles: Sequence[str] | None = None,
    ) -> Ticket:
        """Join a queue, alone or with the party that you lead.

        While you wait it is the ticket that you have; with a match unfinished, that match.
        """
        wishes = {"username": username, "party": party, "regions": list(regions) or None,
                  "attributes": attributes, "roles": roles}  # fmt: skip
        body = {"pool": pool} | {key: value for key, value in wishes.items() if value is not None}
        answer = await self._site.send("POST", "/matchmaking", body, again=True)
        self._site.token = self._site.token or answer.get("token")
        return Ticket(self._site, cast("Queued", answer))

    async def pools(self) -> list[Pool]:
        """All pools, with their rules and how they do."""
        return cast("list[Pool]", (await self._site.send("GET", "/api/pools"))["pools"])

    async def pool(self, slug: str) -> Pool:
        """One of them."""
        return cast("Pool", await self._site.send("GET", f"/api/pools/{part(slug)}"))

    async def create_pool(self, **body: Unpack[NewPool]) -> Pool:
        """Make a pool, with a key or a token that may."""
        return cast("Pool", await self._site.send("POST", "/api/pools", body))

    async def change_pool(self, slug: str, **body: Unpack[PoolSettings]) -> Pool:
        """Change rules of a pool; with `is_open`, close or open it."""
        return cast("Pool", await self._site.send("PATCH", f"/api/pools/{part(slug)}", body))

    async def leaderboard(
        self, pool: str, *, limit: int = 50, offset: int = 0, search: str = ""
    ) -> Leaderboard:
        """The table of a pool."""
        path = f"/api/pools/{part(pool)}/leaderboard"
        query = {"limit": limit, "offset": offset, "search": search or None}
        return cast("Leaderboard", await self._site.send("GET", path, query=query))

    async def player(self, player: str) -> PlayerProfile:
        """A player's ratings and last matches."""
        return cast("PlayerProfile", await self._site.send("GET", f"/api/players/{part(player)}"))

    async def replace_token(self) -> str:
        """Withdraw a guest's token, and take a new one."""
        answer = await self._site.send("POST", "/api/players/me/token")
        self._site.token = str(answer["token"])
        return self._site.token

    def lobby(self, *, after: Position | None = None) -> Stream[Event]:
        """The events of the lobby: chat, matches, tournaments."""
        return Stream(self._site, "/ws", after=after)
