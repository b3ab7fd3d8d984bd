"""Matches and parties, as their players see them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from .answers import MatchDetail, MatchLeft, PartyEntered, PartyLeft, PartyShown, ResultAnswer
from .errors import MatchpointError
from .messages import Event
from .site import Json, Site, part
from .streams import Position, Stream


class Matches:
    """Matches: show, report, confirm, dispute, leave, follow."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, match: str) -> MatchDetail:
        """A match, with its connection data for those in it."""
        return cast("MatchDetail", await self._site.send("GET", _path(match)))

    async def of_player(self, player: str) -> AsyncIterator[MatchDetail]:
        """All finished matches of a player, the last first."""
        query = {"player": player, "state": "finished", "sort": "-closed"}
        async for one in self._site.lines("/api/matches", "matches", query=query):
            yield cast("MatchDetail", one)

    async def report(
        self,
        match: str,
        scores: Sequence[int] | None = None,
        *,
        games: Sequence[Sequence[int]] = (),
        drawn: int | None = None,
        revision: int | None = None,
    ) -> ResultAnswer:
        """Say how it ended; the others are asked."""
        body = _given(scores=scores, games=games or None, drawn=drawn, revision=revision)
        return await self._result(match, body)

    async def report_forfeit(self, match: str, winner: int | None = None) -> ResultAnswer:
        """Say that a side did not come; give up if it is your own, or none is said to win."""
        return await self._result(match, {"outcome": "forfeit"} | _given(winner=winner))

    async def confirm(self, match: str, report: str | None = None) -> ResultAnswer:
        """Agree with what another reported; `report` is the id of the one that is meant."""
        return await self._result(match, _given(report=report), "/confirm")

    async def dispute(self, match: str, report: str | None = None) -> ResultAnswer:
        """Disagree with it: the organiser decides."""
        return await self._result(match, _given(report=report), "/dispute")

    async def leave(self, match: str) -> MatchLeft:
        """Leave an unfinished match, which concedes it unless others play on."""
        try:
            left = await self._site.send("POST", f"{_path(match)}/leave", again=True)
        except MatchpointError as error:
            if not (error.maybe_done and error.code == "match_closed"):
                raise
            return cast("MatchLeft", {"status": "Left", "message": error.message,
                                      "match": await self.show(match)})  # fmt: skip
        return cast("MatchLeft", left)

    def events(self, match: str, *, after: Position | None = None) -> Stream[Event]:
        """What becomes of a match."""
        return Stream(self._site, f"{_path(match)}/ws", after=after)

    async def _result(self, match: str, body: Json, answer: str = "") -> ResultAnswer:
        # Saying the same again changes nothing.
        sent = await self._site.send("POST", f"{_path(match)}/result{answer}", body, again=True)
        return cast("ResultAnswer", sent)


class Parties:
    """Parties: players who queue together, and play on one side."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def new(self, *, pool: str | None = None, username: str | None = None) -> PartyEntered:
        """Make a party, which its maker leads and queues by its `code`."""
        # Without a token, a repetition would make one more guest.
        body = _given(pool=pool, username=username)
        return self._entered(await self._site.send("POST", "/parties", body))

    async def join(self, code: str, *, username: str | None = None) -> PartyEntered:
        """Join a party."""
        body = _given(username=username)
        path = f"/parties/{part(code)}/join"
        has_token = self._site.token is not None
        return self._entered(await self._site.send("POST", path, body, again=has_token))

    async def show(self, code: str) -> PartyShown:
        """A party of your own."""
        return cast("PartyShown", await self._site.send("GET", f"/parties/{part(code)}"))

    async def leave(self, code: str) -> PartyLeft:
        """Leave a party; its wait ends."""
        path = f"/parties/{part(code)}/members/me"
        return cast("PartyLeft", await self._site.send("DELETE", path))

    def _entered(self, answer: Any) -> PartyEntered:
        self._site.token = self._site.token or answer.get("token")
        return cast("PartyEntered", answer)


def _path(match: str) -> str:
    return f"/matches/{part(match)}"


def _given(**fields: Any) -> Json:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
