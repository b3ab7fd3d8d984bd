"""Tournaments as they are answered after a change, and in lists."""

from dataclasses import asdict
from typing import Any, Self, cast

from msgspec import UNSET, UnsetType

from lib.schemas import Paged, Schema, Timestamp, timestamp
from tournaments import models
from tournaments.models import TournamentState
from tournaments.schemas import Brief, Match, Sources
from tournaments.services.transfer.preview import Preview


class Confirmation(Schema):
    """Something was done."""

    status: str
    message: str


class Day(Schema):
    """How far the day is."""

    status: str
    state: TournamentState

    @classmethod
    def of(cls, tournament: models.Tournament) -> Self:
        """The state that a tournament has come to."""
        return cls("Changed", cast(TournamentState, tournament.state))


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
    """What is not carried over, what contradicts itself, and a guessed encoding."""


class StagePreview(Schema):
    """A stage as an import would make it."""

    title: str
    format: str
    state: str
    groups: int
    entrants: int
    played: int
    open: int
    """Matches to be played, as far as they are drawn; with a bracket reset that may not be."""


class ImportPreview(Schema):
    """What an import would make; nothing is stored."""

    source: str
    name: str
    state: str
    entrants: list[str]
    """Their names, by the seeds."""
    places: list[tuple[str, str]]
    """Names with final places, where the source says some and it is over."""
    stages: list[StagePreview]
    played: int
    open: int
    warnings: list[str]
    """What is not carried over, and whose final place is another one in the file."""

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """The same of a preview."""
        return cls(
            source=preview.source.value,
            name=preview.name,
            state=preview.state,
            entrants=list(preview.entrants),
            places=list(preview.places),
            stages=[StagePreview(**asdict(stage)) for stage in preview.stages],
            played=preview.played,
            open=preview.open,
            warnings=list(preview.warnings),
        )


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

    @classmethod
    def of(cls, tournament: Any, **more: Any) -> Self:
        """A tournament of `listed_tournaments`, which counts its entrants."""
        return super().of(
            tournament,
            created_at=timestamp(tournament.created_at),
            starts_at=tournament.starts_at and timestamp(tournament.starts_at),
            entrants=tournament.entrant_count,
            champion=tournament.champion,
            **more,
        )


class Listed(Paged, kw_only=True):
    """A page of tournaments."""

    tournaments: list[Line]
    page: int
    """Which page it is, by number; without a meaning where a cursor was sent."""
    pages: int
    total: int


class Entered(Schema):
    """A match after a change."""

    status: str
    match: Match

    @classmethod
    def of(cls, status: str, pairing: models.Pairing) -> Self:
        """A match, and what was done to it."""
        return cls(status, *Match.listed([pairing]))


class EmptiedMatch(Match):
    """A match that loses its result."""

    stage: int

    @classmethod
    def of(cls, row: models.Pairing, sources: Sources, **more: Any) -> Self:
        """A place, with the number of its stage."""
        return super().of(row, sources, stage=row.group.stage.number, **more)


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
