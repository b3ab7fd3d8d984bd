"""Pools: their rules, and how they do."""

from typing import Any, Self

from lib.schemas import Answer, Paged, Schema, Timestamp, timestamp
from matchmaking import models
from matchmaking.models import DecidedBy, LeaveRule


class PoolStatistics(Schema):
    """How a pool does."""

    waiting: int
    """How many tickets wait."""
    median_wait_seconds: float | None
    """Of the last matches; null before the first."""
    matches_last_hour: int


class Pool(Schema):
    """A pool with its rules; times in seconds, windows in rating points."""

    slug: str
    name: str
    game: str
    plays: str
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: dict[str, Any]
    """What is set of that game."""
    is_open: bool
    rated: bool
    guests_count: bool
    """Whether guests have a rank, and results against them move registered players."""
    ranked_opponents: int
    rated_a_day: int
    """How many matches against the same opponent are rated on one day; 0 for all."""
    """A rank needs matches of the season against so many different players."""
    team_size: int
    teams: int
    party_limit: int
    window_start: float | None
    """How far apart in rating players may be at first; null for no rule."""
    window_growth: float
    longest_wait_seconds: int | None
    ready_seconds: int | None
    """How long players have to accept a match; null for no ready check."""
    rematch_memory: int
    rematch_pause_seconds: int
    """For how long recent opponents do not meet again; 0 for no pause."""
    gather_seconds: int
    """How long arrivals are gathered before they are paired; 0 for at once."""
    regions: list[str]
    attributes: list[dict[str, Any]]
    """What players say of the match they want, and how each is matched."""
    roles: dict[str, int]
    """How many of each role a team has; empty where there are no roles."""
    best_of: int
    draws: bool
    leaving: LeaveRule
    """Who loses when a player leaves a match of teams, or of more than two sides."""
    decided_by: DecidedBy
    """Whose word the result of a match is."""
    game_server: str | None
    """The name of the game server that decides, if one does."""
    rating_by_server: bool
    """Whether that game server may say by which rating a ticket is paired."""
    backfill: bool
    """Whether places of players who left running matches are offered to those who wait."""
    shared_names: bool
    """Whether guests of the same name may wait here."""
    statistics: PoolStatistics

    @classmethod
    def of(cls, pool: models.Pool, statistics: PoolStatistics) -> Self:
        """A pool and how it does; the rules have the names of the model's fields."""
        *names, _ = cls.__struct_fields__
        rules: dict[str, Any] = {name: getattr(pool, name) for name in names}
        rules["game_server"] = pool.game_server.name if pool.game_server else None
        return cls(**rules, statistics=statistics)


class Pools(Paged, kw_only=True):
    """Pools, by name."""

    pools: list[Pool]


class PoolDeleted(Answer, tag="Deleted"):
    """A pool that is there no more."""

    slug: str


class Season(Schema):
    """A season of a pool; the present one has no end yet."""

    number: int
    name: str
    started_at: Timestamp
    ends_at: Timestamp | None
    """When it ends by itself; null until somebody ends it."""
    ended_at: Timestamp | None
    keep_percent: int
    """Per cent of the distance from 1500 that the next season begins with."""
    least_deviation: int
    """How unsure every rating is at least when the next season begins."""

    @classmethod
    def of(cls, season: models.Season) -> Self:
        """A season."""
        return cls(
            number=season.number,
            name=str(season),
            started_at=timestamp(season.started_at),
            ends_at=timestamp(season.ends_at) if season.ends_at else None,
            ended_at=timestamp(season.ended_at) if season.ended_at else None,
            keep_percent=season.keep_percent,
            least_deviation=season.least_deviation,
        )


class Seasons(Paged, kw_only=True):
    """Seasons of a pool, the newest first."""

    seasons: list[Season]
