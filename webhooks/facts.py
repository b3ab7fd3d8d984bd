"""Every fact that other programs are sent: its type, and what its data is.

Facts are events of a private stream of the log, which game servers read as the feed, and from which
webhooks are sent. Their types are dotted and in the past tense.
"""

from typing import Any, Self

from lib.schemas import Schema
from matchmaking.models import Match, MatchState, Outcome
from matchmaking.results import as_games
from matchmaking.schemas import MatchBrief, PlayerName, Report
from tournaments.models import Tournament
from tournaments.schemas import Brief, StageBrief
from tournaments.schemas import Match as TournamentMatch

#: The stream of the facts in the log.
FACTS_STREAM = "facts"


class FactMatch(MatchBrief, kw_only=True):
    """A match with its sides, and how it stands."""

    state: MatchState
    outcome: Outcome | None
    """How it was finished."""
    best_of: int
    scores: list[int]
    """Games won by each side; empty unless played."""
    games: list[tuple[int, int]]
    """The points of each game, where they were given."""
    live_scores: list[int]
    """How it stands while it is played, if anybody says so."""
    winner: int | None
    """The side that won; null in a draw and a double forfeit, and before the end."""
    sides: list[list[PlayerName]]
    """The players of each side."""

    @classmethod
    def of_sides(cls, match: Match, sides: list[list[PlayerName]]) -> Self:
        """A match; needs its pool."""
        return cls.of(
            match,
            state=MatchState(match.state),
            outcome=Outcome(match.outcome) if match.outcome else None,
            best_of=match.best_of,
            scores=match.scores,
            games=list(as_games(match.games)),
            live_scores=match.live_scores,
            winner=match.winner,
            sides=sides,
        )


class MatchFact(Schema, kw_only=True):
    """A match, of a pool or of a tournament."""

    tournament: Brief | None
    """What it is part of; null for a pool's match."""
    match: FactMatch

    @classmethod
    def of(cls, match: Match, **more: Any) -> Self:
        """A match; its pool and seats are read where they are not known."""
        sides: dict[int, list[PlayerName]] = {}
        for seat in match.seats.all():
            sides.setdefault(seat.side, []).append(PlayerName(seat.player_id, seat.name))
        seated = [players for _, players in sorted(sides.items())]
        return cls(
            tournament=_tournament_of(match), match=FactMatch.of_sides(match, seated), **more
        )


def _tournament_of(match: Match) -> Brief | None:
    if match.pool_id is not None:
        return None
    found = Tournament.objects.filter(stages__groups__pairings__match=match.pk).first()
    return Brief.of(found) if found else None


class MatchReported(MatchFact, kw_only=True):
    """A match, and what its players say came out."""

    report: Report


class SeatChanged(MatchFact, kw_only=True):
    """A match that goes on, and whose place in it changed."""

    player: PlayerName
    side: int


class TournamentFact(Schema, kw_only=True):
    """A tournament that moved on; its state says how far."""

    tournament: Brief


class StageStarted(TournamentFact, kw_only=True):
    """A tournament that began."""

    stage: StageBrief
    pairs: list[list[str]]
    """The first pairs of the first round; a bye is a pair of one."""
    pair_count: int
    """How many there are."""


class RoundPublished(TournamentFact, kw_only=True):
    """A round of a table that was paired."""

    round: int
    pairs: list[list[str]]
    """The first pairs."""
    pair_count: int


class TournamentMatchFinished(TournamentFact, kw_only=True):
    """A match of a tournament that was decided."""

    round: str
    """Its name, such as `Semi-finals`."""
    match: TournamentMatch


class TournamentFinished(TournamentFact, kw_only=True):
    """A tournament that is over."""

    winner: str | None


class TestPing(Schema):
    """A test, which somebody asked for at this endpoint."""

    text: str = "This is a test. Nothing has happened."


PING = "test.ping"
#: What the data of a fact is, by its type.
FACTS: dict[str, type[Schema]] = {
    "match.made": MatchFact,
    "match.allocated": MatchFact,
    "match.started": MatchFact,
    "match.scored": MatchFact,
    "match.finished": MatchFact,
    "match.cancelled": MatchFact,
    "match.reopened": MatchFact,
    "match.reported": MatchReported,
    "match.disputed": MatchReported,
    "player.left": SeatChanged,
    "place.filled": SeatChanged,
    "tournament.opened": TournamentFact,
    "tournament.started": StageStarted,
    "tournament.round_published": RoundPublished,
    "tournament.match_finished": TournamentMatchFinished,
    "tournament.finished": TournamentFinished,
    "tournament.cancelled": TournamentFact,
}


def fact_types() -> dict[str, type[Schema]]:
    """Every type that a webhook may have, with the schema of its data."""
    return FACTS | {PING: TestPing}
