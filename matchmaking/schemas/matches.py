"""Matches: in one line, with their sides, and whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Answer, Schema, Timestamp, timestamp
from matchmaking import models
from matchmaking.models import (
    OPEN_REPORT,
    DecidedBy,
    Match,
    MatchState,
    Outcome,
    RatingChange,
    ReportState,
)
from matchmaking.ports.game_host import PlayedHere, games_of_matches
from matchmaking.ports.match_host import (
    Decider,
    MatchPlace,
    deciders_of_matches,
    places_of_matches,
)
from matchmaking.results import SIDES, as_games
from matchmaking.selectors import open_reports

from .players import PlayerName
from .reports import Report
from .served import Connection, Played


class MatchPlayer(PlayerName):
    """Somebody who plays in a match."""

    side: int | UnsetType = UNSET
    """Where teams play, or more than two sides."""
    role: str | UnsetType = UNSET
    """What they are in their team, if the pool has roles."""

    @classmethod
    def listed(cls, seated: Sequence[tuple[UUID | None, str, int, str]]) -> list[Self]:
        """Who plays in a match, by id, name, side and role; more than two are shown with sides."""
        return [
            cls(player_id, name, side if len(seated) > 2 else UNSET, role or UNSET)
            for player_id, name, side, role in seated
        ]

    @classmethod
    def of_seats(cls, match: Match) -> list[Self]:
        """Who plays in a match, by side; needs its seats prefetched."""
        return cls.listed(
            [(seat.player_id, seat.name, seat.side, seat.role) for seat in match.seats.all()]
        )


class SidePlayer(PlayerName):
    """Somebody on a side of a match."""

    role: str | UnsetType = UNSET
    """What they are in their team, if the pool has roles."""


class MatchBrief(Schema):
    """A match in one line."""

    id: UUID
    pool: str | None
    """The pool that made it; null for a match of a bracket."""
    region: str | UnsetType = UNSET
    """Where it is played, if the pool has regions."""
    attributes: dict[str, Any] | UnsetType = UNSET
    """What its players have in common, if the pool has attributes: one option, or a list."""
    plays: str | UnsetType = UNSET
    """The game that the pool's players play here, at the match's page; left out for none."""

    @classmethod
    def of(cls, match: Match, **more: Any) -> Self:
        """A match; needs its pool."""
        pool = match.pool
        if pool is not None and pool.plays:
            more = {"plays": pool.plays} | more
        slug = pool.slug if pool else None
        more = {"attributes": match.attributes} | more if match.attributes else more
        return cls(id=match.pk, pool=slug, region=match.region or UNSET, **more)


class MatchSummary(MatchBrief, kw_only=True):
    """A match with its sides."""

    state: MatchState
    outcome: Outcome | None
    """How it was finished."""
    scores: list[int]
    """Games won by each side; empty unless played."""
    games: list[tuple[int, int]]
    """The points of each game, where they were given."""
    winner: int | None
    """The side that won; null in a draw and a double forfeit, and before the end."""
    players: list[PlayerName]
    """By side."""

    @classmethod
    def of(cls, match: Match, **more: Any) -> Self:
        """A match; needs its pool, and its seats prefetched."""
        return super().of(
            match,
            state=MatchState(match.state),
            outcome=Outcome(match.outcome) if match.outcome else None,
            scores=match.scores,
            games=list(as_games(match.games)),
            winner=match.winner,
            players=[PlayerName(seat.player_id, seat.name) for seat in match.seats.all()],
            **more,
        )


class RatingMove(Schema):
    """Whose rating a match moved."""

    player: PlayerName
    before: float
    after: float


class MatchDetail(MatchSummary, kw_only=True):
    """A match with everything that is known about it."""

    tournament: MatchPlace | None
    """What it is part of; null for a pool's match."""
    sides: list[list[SidePlayer]]
    """The players of each side."""
    best_of: int
    """How many games it has at most."""
    draws: bool
    """Whether it may end drawn."""
    live_scores: list[int]
    """How it stands while it is played, if anybody says so."""
    created_at: Timestamp
    closed_at: Timestamp | None
    report: Report | None
    """What its players say came out, while that is not yet the result."""
    ratings: list[RatingMove]
    decided_by: DecidedBy
    """Whose word its result is."""
    game_server: str | UnsetType = UNSET
    """The name of the game server that decides, if one does."""
    played: Played | UnsetType = UNSET
    """What the game server says of it, if one does."""
    connection: Connection | UnsetType = UNSET
    """Where it is played: for who sits in it, and for its game server."""

    @classmethod
    def of(cls, match: Match, report: models.Report | None = None, **more: Any) -> Self:
        """A match; needs its pool, and its seats prefetched. `report` saves looking for it."""
        return cls._shown(match, _Surroundings.of([match], report), **more)

    @classmethod
    def listed(cls, matches: Sequence[Match]) -> list[Self]:
        """Matches, in as many queries as one takes; need their pools, and seats prefetched."""
        around = _Surroundings.of(matches)
        return [cls._shown(match, around) for match in matches]

    @classmethod
    def _shown(cls, match: Match, around: "_Surroundings", **more: Any) -> Self:
        played_here = around.games.get(match.pk)
        report = around.reports.get(match.pk)
        decider = around.deciders[match.pk]
        return super().of(
            match,
            plays=played_here.slug if played_here else UNSET,
            tournament=around.places.get(match.pk),
            sides=_sides(match),
            best_of=match.best_of,
            draws=match.draws,
            live_scores=match.live_scores,
            created_at=timestamp(match.created_at),
            closed_at=timestamp(match.closed_at) if match.closed_at else None,
            report=Report.of(report) if report else None,
            ratings=around.ratings.get(match.pk, []),
            decided_by=decider.by,
            game_server=decider.key.name if decider.key else UNSET,
            played=around.played.get(match.pk, UNSET),
            **more,
        )


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is known about matches beside their own rows, by their ids; each is read at once."""

    reports: Mapping[UUID, models.Report]
    """Those that are open."""
    games: Mapping[UUID, PlayedHere]
    places: Mapping[UUID, MatchPlace]
    deciders: Mapping[UUID, Decider]
    played: Mapping[UUID, Played]
    ratings: Mapping[UUID, list[RatingMove]]

    @classmethod
    def of(cls, matches: Sequence[Match], report: models.Report | None = None) -> Self:
        """What surrounds these matches; `report` is the open one on the only match, if known."""
        is_known = report is not None and report.state in OPEN_REPORT
        deciders = deciders_of_matches(matches)
        return cls(
            reports={report.match_id: report} if report and is_known else open_reports(matches),
            games=games_of_matches(matches),
            places=places_of_matches(matches),
            deciders=deciders,
            played=Played.by_match([one for one in matches if deciders[one.pk].key]),
            ratings=_rating_moves(matches),
        )


def _sides(match: Match) -> list[list[SidePlayer]]:
    sides: dict[int, list[SidePlayer]] = defaultdict(list)
    for seat in match.seats.all():
        sides[seat.side].append(SidePlayer(seat.player_id, seat.name, seat.role or UNSET))
    return [players for _, players in sorted(sides.items())]


def _rating_moves(matches: Sequence[Match]) -> dict[UUID, list[RatingMove]]:
    changes = RatingChange.objects.moved().filter(rated__match__in=matches)
    moves: dict[UUID, list[RatingMove]] = defaultdict(list)
    for change in changes.select_related("player", "rated").order_by("place"):
        if change.rated.match_id is not None:
            moves[change.rated.match_id].append(
                RatingMove(
                    PlayerName.of(change.player),
                    round(change.rating_before, 1),
                    round(change.rating_after, 1),
                )
            )
    return moves


class MatchLeft(Answer, tag="Left"):
    """A match that was conceded by leaving it."""

    message: str
    match: MatchSummary


class ResultAnswer(Schema):
    """How a match stands after a player's report, confirmation or dispute."""

    status: Literal["Reported", "Disputed", "Finished"]
    message: str
    match: MatchDetail

    @classmethod
    def of(cls, match: Match, report: models.Report | None) -> Self:
        """How a match stands; `report` is the one that was made or answered, if any."""
        shown = MatchDetail.of(match, report)
        if match.state == MatchState.FINISHED:
            return cls("Finished", "The result stands.", shown)
        if report is not None and report.state == ReportState.DISPUTED:
            text = "The sides disagree. The organiser decides, or one side confirms."
            return cls("Disputed", text, shown)
        text = "The other side is asked; if it says nothing, the result stands."
        if len(shown.players) > SIDES:
            text = "The others are asked; if they say nothing, the result stands."
        return cls("Reported", text, shown)
