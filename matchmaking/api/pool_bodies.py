"""What requests say of pools and seasons; what is left out stays, or is as the admin has it."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, structs

from lib.schemas import Body
from matchmaking.engine.pairing.values import MAX_PLAYERS, MAX_TEAM_SIZE
from matchmaking.models import DecidedBy, LeaveRule

Text = Annotated[str, Meta(max_length=80, pattern=r"^[^\x00]*$")]
Slug = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
Small = Annotated[int, Meta(ge=0, le=32_767)]
Seconds = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class PoolSettings(Body, kw_only=True):
    """The rules of a pool, by the names that answers have."""

    name: Text | UnsetType = UNSET
    game: Text | UnsetType = UNSET
    is_open: bool | UnsetType = UNSET
    """Whether players may queue; where it closes, who waits is notified."""
    plays: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    """The game that is played here; empty where results are reported."""
    play_settings: dict[str, Any] | UnsetType = UNSET
    rated: bool | UnsetType = UNSET
    deviation_floor: Annotated[int, Meta(ge=0, le=200)] | UnsetType = UNSET
    rate_unanswered: bool | UnsetType = UNSET
    guests_count: bool | UnsetType = UNSET
    ranked_opponents: Small | UnsetType = UNSET
    rated_a_day: Small | UnsetType = UNSET
    team_size: Annotated[int, Meta(ge=1, le=MAX_TEAM_SIZE)] | UnsetType = UNSET
    teams: Annotated[int, Meta(ge=2, le=MAX_PLAYERS)] | UnsetType = UNSET
    party_limit: Annotated[int, Meta(ge=1, le=MAX_TEAM_SIZE)] | UnsetType = UNSET
    window_start: float | UnsetType | None = UNSET
    window_growth: float | UnsetType = UNSET
    longest_wait_seconds: Seconds | UnsetType | None = UNSET
    ready_seconds: Small | UnsetType | None = UNSET
    rematch_memory: Small | UnsetType = UNSET
    rematch_pause_seconds: Seconds | UnsetType = UNSET
    gather_seconds: Small | UnsetType = UNSET
    regions: list[str] | UnsetType = UNSET
    region_seconds: Seconds | UnsetType = UNSET
    attributes: list[dict[str, Any]] | UnsetType = UNSET
    roles: dict[str, int] | UnsetType = UNSET
    best_of: Annotated[int, Meta(ge=1, le=99)] | UnsetType = UNSET
    draws: bool | UnsetType = UNSET
    leaving: LeaveRule | UnsetType = UNSET
    shared_names: bool | UnsetType = UNSET
    decided_by: DecidedBy | UnsetType = UNSET
    game_server: Text | UnsetType | None = UNSET
    """The name or the id of the key of the game server that decides; null for none."""
    rating_by_server: bool | UnsetType = UNSET
    backfill: bool | UnsetType = UNSET


class NewPool(PoolSettings, kw_only=True):
    """A pool to make."""

    slug: Slug
    """By which programs know it; it stays as it is."""
    name: Text


class SeasonSettings(Body, kw_only=True):
    """The rules of a season."""

    name: Text | UnsetType = UNSET
    ends_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET
    """When it ends by itself; null until somebody ends it."""
    keep_percent: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    least_deviation: Annotated[int, Meta(ge=0, le=350)] | UnsetType = UNSET


class SeasonEndBody(Body):
    """Which season ends, so that a repeated request ends no other."""

    number: Seconds


def changes_of(body: Body) -> dict[str, Any]:
    """What a request sets."""
    return {name: value for name, value in structs.asdict(body).items() if value is not UNSET}
