"""The day as it is answered: stations, judges, the record."""

from .base import Shape


class Action(Shape):
    """What somebody did."""

    number: int
    at: str
    by: str
    verb: str
    text: str
    why: str
    undone: bool


class Actions(Shape):
    """The record, the newest first."""

    actions: list[Action]


class Undone(Shape):
    """An action that took another back."""

    status: str
    action: Action


class Station(Shape):
    """A table, court or console."""

    id: int
    number: int
    name: str
    match: str | None


class Stations(Shape):
    """The stations, in order."""

    stations: list[Station]


class OneStation(Shape):
    """A station after a change."""

    status: str
    station: Station


class Schedule(Shape):
    """Estimated starts, by the ids of matches."""

    starts: dict[str, str]


class Judge(Shape):
    """Somebody who may enter results."""

    id: int
    name: str
    player: str | None
    station: int | None


class Judges(Shape):
    """The judges."""

    judges: list[Judge]


class OneJudge(Shape):
    """A judge after a change."""

    status: str
    judge: Judge


class NewJudge(Shape):
    """A new judge."""

    status: str
    judge: Judge
    token: str | None = None
    """Shown this once; none for a registered player."""
