"""Entrants as they are answered."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Schema, Timestamp
from tournaments.models import TournamentState
from tournaments.schemas import EntrantBrief


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
