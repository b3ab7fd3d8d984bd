"""Tournaments as they are answered: stages, groups, rounds, matches."""

from typing import Literal

from pydantic import ConfigDict, Field

from tournaments.models import (
    Entry,
    Format,
    KeepApart,
    PairingState,
    Part,
    Reporting,
    Seeding,
    Slot,
    StageState,
    TournamentState,
)

from .base import Shape
from .entrants import EntrantBrief


class Brief(Shape):
    """A tournament in one line."""

    id: str
    name: str
    url: str
    state: TournamentState


class Created(Shape):
    """A new tournament."""

    status: str
    brackets: list[list[str]]
    """The first round: pairs of names, a bye as one name alone. Empty for a draft."""
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""
    message: str | None = None
    """What could not be done though the tournament stands, such as pairing a Swiss in time."""


class Imported(Shape):
    """A tournament out of a file."""

    status: str
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""


class Started(Shape):
    """A tournament that has begun."""

    status: str
    brackets: list[list[str]]
    tournament: Brief


class Ended(Shape):
    """A tournament that was called off."""

    status: str
    tournament: Brief


class Line(Brief):
    """A tournament in a list."""

    created_at: str
    starts_at: str | None
    entrants: int
    champion: str | None


class Listed(Shape):
    """A page of tournaments."""

    tournaments: list[Line]
    page: int
    pages: int
    total: int


class Place(Shape):
    """Where somebody goes: a side of a match."""

    match: str
    side: int


class Side(Shape):
    """What stands on a side of a match."""

    model_config = ConfigDict(use_attribute_docstrings=True, populate_by_name=True)

    slot: Slot
    entrant: int | None
    """The entrant's id, once known."""
    name: str | None
    seed: int | None
    from_: Literal["winner", "loser"] | None = Field(default=None, alias="from")
    """Whose winner or loser comes here, while it is not yet known."""
    of: str | None = None
    """The id of that match."""
    key: str | None = None
    """The key of that match."""


class Match(Shape):
    """A place in a bracket or a table where two sides meet, and what comes of it."""

    id: str
    """The same before its sides are known and after; for all routes of a match."""
    key: str
    """Its name in its group, such as `W1.2`, `GF` or `R3.1`."""
    round: int
    number: int
    state: PairingState
    best_of: int
    winner: int | None
    """The index of the side that won, or goes on."""
    winner_to: Place | None
    loser_to: Place | None
    scores: list[int]
    """Games won by each side."""
    live_scores: list[int]
    """How it stands while it is played."""
    outcome: str | None
    """How it ended: `played`, `drawn`, `conceded`, `forfeit` or `double_forfeit`."""
    revision: int
    """Counts its results; a correction says which it has seen."""
    station: str | None
    sides: list[Side]


class Round(Shape):
    """Matches that are played side by side."""

    number: int
    name: str
    part: Part
    matches: list[Match]


class Group(Shape):
    """A bracket or table of its own."""

    number: int
    name: str
    rounds: list[Round]


class StageBrief(Shape):
    """A stage in one line."""

    number: int
    name: str
    format: Format
    state: StageState


class Points(Shape):
    """What a match of a table is worth, and a bye."""

    win: float
    draw: float
    loss: float
    bye: float


class Stage(StageBrief):
    """A part of a tournament played in one format."""

    best_of: int
    semi_best_of: int | None
    """Of the semi-finals, when another."""
    final_best_of: int | None
    """Of the final, when another."""
    third_place: bool
    rounds: int | None
    """Of a Swiss."""
    group_count: int
    """Groups that are planned; `groups` has them once the stage has begun."""
    legs: int
    draws: bool
    points: Points
    tie_breaks: list[str]
    """As they were chosen; empty for the usual ones."""
    advance: int | None
    """How many of each group go on."""
    groups: list[Group]


class Settings(Shape):
    """What a tournament is like, as `PATCH` takes it."""

    about: str
    entry: Entry
    capacity: int | None
    team_size: int
    check_in_minutes: int | None
    starts_at: str | None
    match_minutes: int
    reporting: Reporting
    rated_in: str | None
    """The short name of a pool."""
    seeding: Seeding
    byes: bool
    keep_apart: KeepApart


class Tournament(Brief):
    """A whole tournament."""

    created_at: str
    settings: Settings
    entrants: list[EntrantBrief]
    stages: list[Stage]


class Entered(Shape):
    """A match after a change."""

    status: str
    match: Match


class EmptiedMatch(Match):
    """A match that loses its result."""

    stage: int


class Reopened(Shape):
    """A result reopened, or what that would do."""

    status: str
    dry_run: bool
    emptied: list[EmptiedMatch]
    """Later matches, already played, that are emptied."""


class Reinstated(Shape):
    """Somebody is in again."""

    status: str
    matches: list[Match]
    """Forfeited matches that are open again."""


class Called(Shape):
    """Matches that were given a station."""

    status: str
    matches: list[Match]
