"""Entrants as they are answered."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Schema, Timestamp
from tournaments.models import TournamentState
from tournaments.schemas import EntrantBrief
from tournaments.services.transfer import imports


class Member(Schema):
    """A player on a team's roster."""

    id: int
    name: str
    captain: bool


class Entrant(EntrantBrief):
    """Somebody on the list."""

    rating: int | None
    club: str
    region: str
    checked_in_at: Timestamp | None
    player: UUID | None
    members: list[Member]


class Entrants(Schema):
    """Entrants, by seed."""

    entrants: list[Entrant]


class ChangedEntrants(Schema):
    """Entrants after a change, by seed."""

    status: str
    entrants: list[Entrant]


class AddedList(ChangedEntrants):
    """Entrants out of a file."""

    warnings: list[str] = []
    """A guessed encoding, and columns that are not used."""


class ReadColumn(Schema):
    """A column of a file."""

    title: str
    meaning: str
    """What its cells are read as: name, surname, first name, rating, club, region, seed, member."""


class ReadEntrant(Schema):
    """An entrant as a file has it."""

    line: int
    name: str
    rating: int | None
    club: str
    region: str
    members: list[str]


class ReadList(Schema):
    """A file of entrants as it was understood; nobody is added."""

    status: str
    encoding: str
    guessed: bool
    """Whether the encoding is a guess, which `charset` in the `Content-Type` replaces."""
    columns: list[ReadColumn]
    """None without a header line."""
    entrants: list[ReadEntrant]
    """In the order of their seeds in the file."""
    warnings: list[str]

    @classmethod
    def of(cls, read: imports.ReadList) -> "ReadList":
        """The answer to a dry run."""
        return cls(
            status="Read",
            encoding=read.text.encoding,
            guessed=read.text.is_guess,
            columns=[ReadColumn(one.title, one.meaning) for one in read.sheet.columns],
            entrants=[
                ReadEntrant(
                    line=one.line,
                    name=one.new.name,
                    rating=one.new.rating,
                    club=one.new.club,
                    region=one.new.region,
                    members=list(one.members),
                )
                for one in read.sheet.entrants
            ],
            warnings=read.warnings,
        )


class OneEntrant(Schema):
    """An entrant after a change."""

    status: str
    entrant: Entrant


class Arrived(Schema):
    """Who is there."""

    status: str
    entrant: Entrant | UnsetType = UNSET
    message: str | UnsetType = UNSET
    """How many, when all were checked in."""


class Day(Schema):
    """How far the day is."""

    status: str
    state: TournamentState


class Late(Schema):
    """Somebody who came late."""

    status: str
    entrant: Entrant
    from_round: int
