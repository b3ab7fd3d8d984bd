"""Entrants as they are answered."""

from tournaments.models import EntryStatus, TournamentState

from .base import Shape


class EntrantBrief(Shape):
    """An entrant in one line."""

    id: int
    seed: int
    name: str
    status: EntryStatus


class Member(Shape):
    """A player on a team's roster."""

    id: int
    name: str
    captain: bool


class Entrant(EntrantBrief):
    """Somebody on the list."""

    rating: int | None
    club: str
    region: str
    checked_in_at: str | None
    player: str | None
    members: list[Member]


class Entrants(Shape):
    """Entrants, by seed."""

    entrants: list[Entrant]


class OneEntrant(Shape):
    """An entrant after a change."""

    status: str
    entrant: Entrant


class Arrived(Shape):
    """Who is there."""

    status: str
    entrant: Entrant | None = None
    message: str | None = None
    """How many, when all were checked in."""


class Day(Shape):
    """How far the day is."""

    status: str
    state: TournamentState


class Late(Shape):
    """Somebody who came late."""

    status: str
    entrant: Entrant
    from_round: int
