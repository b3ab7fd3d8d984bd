"""Matches: in one line, with their sides, and whole."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Answer, Schema, Timestamp, timestamp
from matchmaking import models
from matchmaking.models import OPEN_REPORT, Match, MatchState, Outcome, RatingChange, ReportState
from matchmaking.ports.game_host import game_of_match
from matchmaking.ports.match_host import MatchPlace, place_of_match
from matchmaking.results import SIDES, as_games
from matchmaking.selectors import open_report

from .players import PlayerName
from .reports import Report


class MatchPlayer(PlayerName):
    """Somebody who plays in a match."""

    side: int | UnsetType = UNSET
    """Where teams play, or more than two sides."""

    @classmethod
    def listed(cls, seated: Sequence[tuple[UUID | None, str, int]]) -> list[Self]:
        """Who plays in a match, by id, name and side; the side is shown of more than two."""
        return [
            cls(player_id, name, side if len(seated) > 2 else UNSET)
            for player_id, name, side in seated
        ]

    @classmethod
    def of_seats(cls, match: Match) -> list[Self]:
        """Who plays in a match, by side; needs its seats prefetched."""
        return cls.listed([(seat.player_id, seat.name, seat.side) for seat in match.seats.all()])


class MatchBrief(Schema):
    """A match in one line."""

    id: UUID
    pool: str | None
    """The pool that made it; null for a match of a bracket."""
    region: str | UnsetType = UNSET
    """Where it is played, if the pool has regions."""
    plays: str | UnsetType = UNSET
    """The game that the pool's players play here, at the match's page; left out for none."""

    @classmethod
    def of(cls, match: Match, **more: Any) -> Self:
        """A match; needs its pool."""
        pool = match.pool
        if pool is not None and pool.plays:
            more = {"plays": pool.plays} | more
        slug = pool.slug if pool else None
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
    sides: list[list[PlayerName]]
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

    @classmethod
    def of(cls, match: Match, report: models.Report | None = None, **more: Any) -> Self:
        """A match; needs its pool, and its seats prefetched. `report` saves looking for it."""
        if report is None or report.state not in OPEN_REPORT:
            report = open_report(match)
        played_here = game_of_match(match)
        return super().of(
            match,
            plays=played_here.slug if played_here else UNSET,
            tournament=place_of_match(match),
            sides=_sides(match),
            best_of=match.best_of,
            draws=match.draws,
            live_scores=match.live_scores,
            created_at=timestamp(match.created_at),
            closed_at=timestamp(match.closed_at) if match.closed_at else None,
            report=Report.of(report) if report else None,
            ratings=_rating_moves(match),
            **more,
        )


def _sides(match: Match) -> list[list[PlayerName]]:
    sides: dict[int, list[PlayerName]] = defaultdict(list)
    for seat in match.seats.all():
        sides[seat.side].append(PlayerName(seat.player_id, seat.name))
    return [players for _, players in sorted(sides.items())]


def _rating_moves(match: Match) -> list[RatingMove]:
    changes = RatingChange.objects.moved().filter(rated__match=match).select_related("player")
    return [
        RatingMove(
            PlayerName.of(change.player),
            round(change.rating_before, 1),
            round(change.rating_after, 1),
        )
        for change in changes.order_by("place")
    ]


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
