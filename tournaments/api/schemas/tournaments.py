"""Tournaments as they are answered after a change, and in lists."""

from msgspec import UNSET, UnsetType

from lib.schemas import Schema, Timestamp
from tournaments.schemas import Brief, Match


class Created(Schema):
    """A new tournament."""

    status: str
    brackets: list[list[str]]
    """The first round: pairs of names, a bye as one name alone. Empty for a draft."""
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""
    message: str | UnsetType = UNSET
    """What could not be done though the tournament stands, such as pairing a Swiss in time."""


class Imported(Schema):
    """A tournament out of a file."""

    status: str
    tournament: Brief
    token: str
    """The organiser's token, shown this once."""
    warnings: list[str] = []
    """What contradicts itself in a report file, and a guessed encoding."""


class Started(Schema):
    """A tournament that has begun."""

    status: str
    brackets: list[list[str]]
    tournament: Brief


class Ended(Schema):
    """A tournament that was called off."""

    status: str
    tournament: Brief


class Line(Brief):
    """A tournament in a list."""

    created_at: Timestamp
    starts_at: Timestamp | None
    entrants: int
    champion: str | None


class Listed(Schema):
    """A page of tournaments."""

    tournaments: list[Line]
    page: int
    pages: int
    total: int


class Entered(Schema):
    """A match after a change."""

    status: str
    match: Match


class EmptiedMatch(Match):
    """A match that loses its result."""

    stage: int


class Reopened(Schema):
    """A result reopened, or what that would do."""

    status: str
    dry_run: bool
    emptied: list[EmptiedMatch]
    """Later matches, already played, that are emptied."""


class Reinstated(Schema):
    """Somebody is in again."""

    status: str
    matches: list[Match]
    """Forfeited matches that are open again."""


class Called(Schema):
    """Matches that were given a station."""

    status: str
    matches: list[Match]
