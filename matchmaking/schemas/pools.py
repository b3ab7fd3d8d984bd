"""Pools: their rules, and how they do."""

from typing import Any, Self

from lib.schemas import Schema
from matchmaking import models
from matchmaking.models import LeaveRule


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
    best_of: int
    draws: bool
    leaving: LeaveRule
    """Who loses when a player leaves a match of teams, or of more than two sides."""
    shared_names: bool
    """Whether guests of the same name may wait here."""
    statistics: PoolStatistics

    @classmethod
    def of(cls, pool: models.Pool, statistics: PoolStatistics) -> Self:
        """A pool and how it does; the rules have the names of the model's fields."""
        *names, _ = cls.__struct_fields__
        rules: dict[str, Any] = {name: getattr(pool, name) for name in names}
        return cls(**rules, statistics=statistics)


class Pools(Schema):
    """All pools, by name."""

    pools: list[Pool]
