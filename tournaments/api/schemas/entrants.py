"""Entrants as they are answered."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Paged, Schema, Timestamp, timestamp
from tournaments import models
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

    @classmethod
    def of(cls, entrant: models.Entrant, **more: Any) -> Self:
        """An entrant with its roster."""
        members = entrant.members.all()
        return super().of(
            entrant,
            rating=entrant.rating,
            club=entrant.club,
            region=entrant.region,
            checked_in_at=entrant.checked_in_at and timestamp(entrant.checked_in_at),
            player=entrant.player_id,
            members=[Member(one.pk, one.name, one.is_captain) for one in members],
            **more,
        )

    @classmethod
    def listed(cls, entrants: Iterable[models.Entrant]) -> list[Self]:
        """Entrants; it takes one query when their members are prefetched."""
        return [cls.of(entrant) for entrant in entrants]


class Entrants(Paged):
    """Entrants, by seed unless they are sorted otherwise."""

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


class Late(Schema):
    """Somebody who came late."""

    status: str
    entrant: Entrant
    from_round: int
