"""Lichess: a Swiss as its API answers it with its report file, or the standings of an arena.

The API's answers of the tournament and of its results come one after the other, then the report
file, in which alone the rounds are: `/api/swiss/ID`, `/api/swiss/ID/results`, `/swiss/ID.trf`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tournaments.engine.standings import TieBreak
from tournaments.files.document import Document, TournamentPart, part
from tournaments.files.report import document_of_trf
from tournaments.files.text import BadFile

from .found import Found, Listed, Source, document_of, entrants_of, title_of
from .loose_values import moment

ABOUT_MAX_CHARS = 4000
TIE_BREAKS = (TieBreak.SONNEBORN_BERGER.name, TieBreak.PERFORMANCE_RATING.name)


class Result(msgspec.Struct, kw_only=True):
    """A line of the results: `points` in a Swiss, `score` in an arena."""

    rank: int
    username: str
    rating: int | None = None
    points: float | None = None
    score: float | None = None
    performance: int | None = None

    @property
    def made(self) -> str:
        """What was made, in words."""
        made = self.points if self.points is not None else self.score or 0
        return f"{self.rank}. {self.username} {made:g}"


class _Page(msgspec.Struct):
    players: list[Result] = []


class Tournament(msgspec.Struct, kw_only=True, rename="camel"):
    """A Swiss (`name`, `nb_rounds`) or an arena (`full_name`, with a page of its standing)."""

    id: str
    name: str | None = None
    full_name: str | None = None
    nb_rounds: int | None = None
    status: str | int | None = None
    starts_at: str | None = None
    standing: _Page | None = None

    @property
    def is_arena(self) -> bool:
        """Whether there are no rounds in it."""
        return self.nb_rounds is None


def is_lichess(value: Any) -> bool:
    """Whether this is a tournament or a line of results of Lichess."""
    if not isinstance(value, dict):
        return False
    is_result = {"rank", "username"} <= value.keys() and bool({"points", "score"} & value.keys())
    is_tournament = "id" in value and bool({"nbRounds", "fullName"} & value.keys())
    return is_result or is_tournament


def read_lichess(values: Sequence[Any], report: str) -> Found:
    """A tournament out of its answers and the text after them; raises `BadFile`."""
    mine = [value for value in values if is_lichess(value)]
    try:
        results = msgspec.convert([one for one in mine if "rank" in one], list[Result])
        tournaments = msgspec.convert([one for one in mine if "rank" not in one], list[Tournament])
    except msgspec.ValidationError as error:
        raise BadFile(f"The file is not a tournament of Lichess: {error}.") from error
    tournament = tournaments[0] if tournaments else None
    if not results and tournament and tournament.standing:
        results = tournament.standing.players
    results.sort(key=lambda one: one.rank)
    if report.strip():
        return _swiss(tournament, results, report)
    if not results:
        raise BadFile(
            "The file has neither results nor rounds. Of a Swiss, add its report file "
            "(https://lichess.org/swiss/ID.trf); of an arena, its results.", code="not_kept",
        )  # fmt: skip
    return _standings_only(tournament, results)


def _swiss(tournament: Tournament | None, results: Sequence[Result], report: str) -> Found:
    """A Swiss with its rounds; who is called how, and who came where, the results say."""
    read = document_of_trf(report)
    document = read.document
    by_name = {one.username.casefold(): one for one in results}
    here = [by_name.get(entrant.name.casefold()) for entrant in document.entrants]
    entrants = [
        entrant
        if one is None
        else msgspec.structs.replace(entrant, name=one.username,
                                     rating=entrant.rating or one.rating)
        for entrant, one in zip(document.entrants, here, strict=True)
    ]  # fmt: skip
    stage = msgspec.structs.replace(document.stages[0], tie_breaks=TIE_BREAKS)
    whole = document.tournament
    if tournament is not None:
        whole = msgspec.structs.replace(
            whole,
            name=title_of(tournament.name or whole.name),
            started_at=moment(tournament.starts_at) if whole.state != "draft" else None,
        )
    if tournament is not None and tournament.status == "finished" and stage.groups:
        rounds = stage.groups[0].rounds
        is_over = all(row.result for one in rounds for row in one.pairings)
        if is_over:
            stage = msgspec.structs.replace(stage, rounds_planned=len(rounds), state="finished")
            whole = msgspec.structs.replace(whole, state="finished")
    places = {e.seed: one.rank for e, one in zip(entrants, here, strict=True) if one is not None}
    changed: Document = msgspec.structs.replace(
        document, tournament=whole, entrants=entrants, stages=[stage]
    )
    return Found(Source.LICHESS, changed, read.warnings, places or read.places)


def _standings_only(tournament: Tournament | None, results: Sequence[Result]) -> Found:
    """A draft with everybody in the order of the final standings, which stand in its text."""
    is_arena = tournament is None or tournament.is_arena
    entrants, changed = entrants_of([Listed(one.username, rating=one.rating) for one in results])
    why = (
        "Not kept: the games and points of an arena. It has no rounds, of which a tournament "
        "here is made."
        if is_arena
        else "Not kept: the rounds. They are only in the report file, https://lichess.org/swiss/"
        f"{tournament.id if tournament else 'ID'}.trf. Give that file too."
    )
    left_out = (
        why,
        "So this becomes a draft with everybody in the order of the final standings, which stand "
        "in its text.",
        *changed,
    )
    name = (tournament.full_name or tournament.name if tournament else None) or "Lichess arena"
    about = "Final standings at Lichess:\n" + "\n".join(one.made for one in results)
    if len(about) > ABOUT_MAX_CHARS:
        about = about[: ABOUT_MAX_CHARS - 2].rpartition("\n")[0] + "\n…"
    whole = part(TournamentPart, name=title_of(name), about=about, byes=True)
    return Found(Source.LICHESS, document_of(whole, entrants, ()), left_out)
