"""Tournaments, as organisers, judges and players run them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Unpack, cast

from .answers import (
    Action,
    Arrived,
    ChangedEntrants,
    Created,
    Draw,
    Ended,
    Entered,
    Entrant,
    EntrantBody,
    Line,
    LiveBody,
    Match,
    OneEntrant,
    Paired,
    Reopened,
    ResultBody,
    SettingsBody,
    Standings,
    Started,
    Tournament,
    TournamentBody,
    Undone,
)
from .errors import MatchpointError
from .messages import Event
from .site import Json, Site, part
from .streams import Position, Stream


class Tournaments:
    """All tournaments of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def create(self, **body: Unpack[TournamentBody]) -> "OneTournament":
        """Make a tournament, and start it unless `start` is false or players enter by themselves.

        Keep the `token` of what is returned: it is the organiser's, and shown this once.
        """
        created = await self._site.send("POST", "/tournament", body, again=True)
        answer = cast("Created", created)
        return OneTournament(self._site, answer["tournament"]["id"], answer["token"])

    def at(self, tournament: str, token: str | None = None) -> "OneTournament":
        """A tournament by its id; `token` is that of its organiser or of a judge, if not yours."""
        return OneTournament(self._site, tournament, token)

    async def list(self, state: str | None = None) -> AsyncIterator[Line]:
        """All of them, the newest first."""
        query = {"state": state}
        async for one in self._site.lines("/api/tournaments", "tournaments", query=query):
            yield cast("Line", one)


class OneTournament:
    """One tournament, and what may be done with its token.

    `call` does what has no method here: every route is in the site's docs/api.md.
    """

    def __init__(self, site: Site, tournament: str, token: str | None) -> None:
        self._site = site
        self.id = tournament
        self.token = token

    async def call(
        self, method: str, path: str = "", body: Any = None, *, again: bool | None = None
    ) -> Any:
        """Send a request to an address below the tournament's."""
        path = f"/api/tournaments/{part(self.id)}{path}"
        return await self._site.send(method, path, body, token=self.token, again=again)

    def events(self, *, after: Position | None = None) -> Stream[Event]:
        """What becomes of the tournament."""
        path = f"/tournaments/{part(self.id)}/ws"
        return Stream(self._site, path, after=after, token=self.token)

    # Looking.

    async def show(self) -> Tournament:
        """The whole tournament: settings, entrants, stages and every match."""
        return cast("Tournament", await self.call("GET"))

    async def entrants(self) -> list[Entrant]:
        """Everybody on the list, by seed."""
        return cast("list[Entrant]", (await self.call("GET", "/entrants"))["entrants"])

    async def standings(self) -> Standings:
        """The standings by stage and group, and the final places."""
        return cast("Standings", await self.call("GET", "/standings"))

    async def draw(self) -> Draw:
        """The draw as it would be made now, before the start."""
        return cast("Draw", await self.call("GET", "/draw"))

    async def actions(self) -> AsyncIterator[Action]:
        """Who did what, the last first; for the organiser and judges."""
        path = f"/api/tournaments/{part(self.id)}/actions"
        async for one in self._site.lines(path, "actions", query={}, token=self.token):
            yield cast("Action", one)

    # Before the start.

    async def change(self, **settings: Unpack[SettingsBody]) -> Tournament:
        """Change settings."""
        return cast("Tournament", await self.call("PATCH", "", settings))

    async def open_registration(self) -> None:
        """Let players enter."""
        await self.call("POST", "/registration", again=True)

    async def open_check_in(self) -> None:
        """Let players check in."""
        await self.call("POST", "/check-in/window", again=True)

    async def add(self, *entrants: str | EntrantBody) -> ChangedEntrants:
        """Add players by name, or with more about them, as the organiser."""
        listed = [{"name": one} if isinstance(one, str) else one for one in entrants]
        return cast(
            "ChangedEntrants",
            await self.call("POST", "/entrants", {"entrants": listed}, again=True),
        )

    async def enter(self, code: str | None = None) -> ChangedEntrants:
        """Enter yourself."""
        body = {"code": code} if code else None
        return cast("ChangedEntrants", await self.call("POST", "/entrants", body, again=True))

    async def check_in(self, entrant: int | str | None = None) -> Arrived:
        """Check in yourself, or an entrant by id or name, as the organiser."""
        body = {"entrant": entrant} if entrant is not None else None
        return cast("Arrived", await self.call("POST", "/check-in", body, again=True))

    async def start(self) -> Started:
        """Draw the entrants, and begin the first stage."""
        return cast("Started", await self.call("POST", "/start", again=True))

    # Play.

    async def matches(self, state: str | None = None) -> list[Match]:
        """Every match in the order of stages, groups and rounds; `ready` ones are to be played."""
        return [
            match
            for stage in (await self.show())["stages"]
            for group in stage["groups"]
            for one in group["rounds"]
            for match in one["matches"]
            if state in {None, match["state"]}
        ]

    async def result(self, match: str, **result: Unpack[ResultBody]) -> Entered:
        """Enter a result; the winner goes on. With `revision` it corrects the one that is there."""
        body = cast("Json", result)
        try:
            entered = await self.call("POST", f"/matches/{part(match)}/result", body, again=True)
        except MatchpointError as error:
            found = await self._match(match) if error.maybe_done else None
            if found is None or not _says(found, body):
                raise
            return {"status": "Result Entered", "match": found}
        return cast("Entered", entered)

    async def live(self, match: str, scores: Sequence[int]) -> Entered:
        """Say how a match stands that is still played."""
        body: LiveBody = {"scores": list(scores)}
        return cast("Entered", await self.call("POST", f"/matches/{part(match)}/live", body,
                                               again=True))  # fmt: skip

    async def reopen(self, match: str, *, why: str = "", dry_run: bool = False) -> Reopened:
        """Take a result back, and with it the later ones that were built on it."""
        body = {"why": why, "dry_run": dry_run}
        return cast(
            "Reopened", await self.call("POST", f"/matches/{part(match)}/reopen", body, again=True)
        )

    async def pair_round(self) -> Paired:
        """Pair and publish the next round of a Swiss."""
        return cast("Paired", await self.call("POST", "/rounds", again=True))

    async def withdraw(self, entrant: int | str, *, why: str = "") -> OneEntrant:
        """Let an entrant leave; its open matches are forfeits."""
        body = {"entrant": entrant, "why": why}
        return cast("OneEntrant", await self.call("POST", "/withdraw", body, again=True))

    async def undo(self, number: int | None = None) -> Undone:
        """Undo the last action; `number` makes sure that it is the one that is meant."""
        body = {"number": number} if number is not None else None
        return cast("Undone", await self.call("POST", "/undo", body, again=True))

    async def cancel(self, why: str = "") -> Ended:
        """Call the tournament off."""
        return cast("Ended", await self.call("POST", "/cancel", {"why": why}, again=True))

    async def _match(self, match: str) -> Match | None:
        return next((one for one in await self.matches() if one["id"] == match), None)


def _says(match: Match, body: Json) -> bool:
    """Whether a match has the result that was to be entered."""
    if body.get("scores") is not None:
        return match["scores"] == list(body["scores"])
    if body.get("games"):
        return match["games"] == [list(game) for game in body["games"]]
    return match["outcome"] is not None and match["outcome"] == body.get("outcome")
