"""Ratings: a pool's table, and a player's in each pool."""

from collections.abc import Iterable, Sequence
from typing import Any, Self
from uuid import UUID

from lib.schemas import Paged, Schema
from matchmaking import models
from matchmaking.leaderboards import Line

from .matches import MatchSummary
from .players import PlayerName


class _Strength(Schema):
    """A rating."""

    rank: int | None
    """Null while the rating is provisional."""
    rating: float
    deviation: float
    """The true strength lies within two of these in 19 of 20 cases."""
    provisional: bool
    matches: int

    @classmethod
    def _of(cls, line: Line, **more: Any) -> Self:
        return cls(
            rank=line.rank,
            rating=round(line.rating, 1),
            deviation=round(line.deviation, 1),
            provisional=line.rank is None,
            matches=line.matches,
            **more,
        )


class LeaderboardLine(_Strength, kw_only=True):
    """A line of a pool's table."""

    player: PlayerName

    @classmethod
    def of(cls, line: Line) -> Self:
        """A line."""
        return cls._of(line, player=PlayerName(line.player_id, line.name))


class Leaderboard(Paged, kw_only=True):
    """A part of a pool's table: ranked players first, then provisional ones."""

    pool: str
    name: str
    season: str | None
    players: int
    """How many lines there are."""
    lines: list[LeaderboardLine]


class PoolRating(_Strength, kw_only=True):
    """A player's rating in one pool."""

    pool: str

    @classmethod
    def of(cls, pool: models.Pool, line: Line) -> Self:
        """A player's line in that pool's table."""
        return cls._of(line, pool=pool.slug)


class PlayerProfile(Schema):
    """A player with ratings and last matches."""

    id: UUID
    username: str
    guest: bool
    ratings: list[PoolRating]
    matches: list[MatchSummary]
    earlier_matches: str | None
    """The address of those before them, a list in pages; null where there are none."""

    @classmethod
    def of(
        cls,
        player: models.Player,
        ratings: Iterable[tuple[models.Pool, Line]],
        matches: Sequence[models.Match],
        earlier_matches: str | None,
    ) -> Self:
        """A player; the matches need their pools and seats."""
        return cls(
            id=player.pk,
            username=player.name,
            guest=player.is_guest,
            ratings=[PoolRating.of(pool, line) for pool, line in ratings],
            matches=[MatchSummary.of(match) for match in matches],
            earlier_matches=earlier_matches,
        )
