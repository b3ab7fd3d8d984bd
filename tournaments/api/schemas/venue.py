"""The day as it is answered: stations, judges, the record."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Schema, Timestamp


class Action(Schema):
    """What somebody did."""

    number: int
    at: Timestamp
    by: str
    verb: str
    text: str
    why: str
    undone: bool


class Actions(Schema):
    """The record, the newest first."""

    actions: list[Action]


class Undone(Schema):
    """An action that took another back."""

    status: str
    action: Action


class Station(Schema):
    """A table, court or console."""

    id: int
    number: int
    name: str
    match: UUID | None


class Stations(Schema):
    """The stations, in order."""

    stations: list[Station]


class ChangedStations(Schema):
    """Stations after a change, in order."""

    status: str
    stations: list[Station]


class OneStation(Schema):
    """A station after a change."""

    status: str
    station: Station


class Schedule(Schema):
    """Estimated starts, by the ids of matches."""

    starts: dict[UUID, Timestamp]


class Judge(Schema):
    """Somebody who may enter results."""

    id: int
    name: str
    player: UUID | None
    station: int | None


class Judges(Schema):
    """The judges."""

    judges: list[Judge]


class OneJudge(Schema):
    """A judge after a change."""

    status: str
    judge: Judge


class NewJudge(Schema):
    """A new judge."""

    status: str
    judge: Judge
    token: str | UnsetType = UNSET
    """Shown this once; none for a registered player."""
