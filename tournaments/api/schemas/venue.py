"""The day as it is answered: stations, judges, the record."""

from collections.abc import Collection
from typing import Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Paged, Schema, Timestamp, timestamp
from tournaments import models


class Action(Schema):
    """What somebody did."""

    number: int
    at: Timestamp
    by: str
    verb: str
    text: str
    why: str
    undone: bool

    @classmethod
    def of(cls, row: models.Action) -> Self:
        """An action of the record."""
        return cls(
            number=row.number,
            at=timestamp(row.at),
            by=row.actor_name,
            verb=row.verb,
            text=row.text,
            why=row.why,
            undone=row.is_undone,
        )


class Actions(Paged, kw_only=True):
    """The record, the newest first."""

    actions: list[Action]
    undoable: int | None
    """The number of the action that an undo would take back; null for none."""


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

    @classmethod
    def of(cls, row: models.Station) -> Self:
        """A station with the match that is called to it."""
        return cls.listed([row])[0]

    @classmethod
    def listed(cls, rows: Collection[models.Station]) -> list[Self]:
        """Stations with the matches that are called to them; it takes one query."""
        called = models.Pairing.objects.ready().filter(station__in=rows)
        matches = dict(called.values_list("station_id", "match_id"))
        return [cls(row.pk, row.number, row.name, matches.get(row.pk)) for row in rows]


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

    @classmethod
    def of(cls, row: models.Judge) -> Self:
        """A judge."""
        return cls(row.pk, row.name, row.player_id, row.station_id)


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
