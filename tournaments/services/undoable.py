"""What the record keeps of each action, so that it can be undone; `undo` says how.

A struct for each kind, stored as JSON in `Action.undo` and read back through the same struct.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tournaments.storage.table_rounds import RecordedRound

#: A pairing's place in a tournament, which outlives the row: stage, group, key.
Address = tuple[int, int, str]
#: Part, number and best of how many of a round.
RoundLength = tuple[str, int, int | None]


class RecordedResult(msgspec.Struct, frozen=True):
    """A decided pairing's result, and who met: the entrants, and each seat's name and player."""

    at: Address
    sides: tuple[int | None, int | None]
    seats: list[tuple[str, str | None]]
    winner: int | None
    outcome: str
    scores: list[int]
    games: list[tuple[int, int]] = []


class RecordedGroup(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group of a later stage, as far as it does not follow from the results before it.

    `gone` are the entrants that had withdrawn before the stage began; the rest is a Swiss's:
    `byes` are entrant, round and kind, `until` entrant and last round.
    """

    at: tuple[int, int]
    entrants: list[int]
    gone: list[int]
    lengths: list[RoundLength]
    planned: int | None = None
    rounds: list[RecordedRound] = []
    byes: list[tuple[int, int, str]] = []
    until: list[tuple[int, int]] = []


class RecordedMember(msgspec.Struct, frozen=True):
    """A player on the roster of a removed team."""

    name: str
    player: UUID | None
    is_captain: bool


class RecordedEntrant(msgspec.Struct, frozen=True):
    """An entrant with its roster, as it was before it was removed or replaced."""

    id: int
    seed: int
    name: str
    name_key: str
    status: str
    rating: int | None
    club: str
    region: str
    checked_in_at: datetime | None
    entered_at: datetime | None
    player: UUID | None
    members: list[RecordedMember]


class Undoable(msgspec.Struct, frozen=True, tag_field="kind"):
    """An action that can be undone."""


class ResultEntered(Undoable, frozen=True, tag="result"):
    """A first result of a match."""

    at: Address


class ResultReopened(Undoable, frozen=True, tag="reopen"):
    """A result reopened, the first of `results`, with those that depended on it."""

    at: Address
    results: list[RecordedResult]
    rounds: list[RecordedGroup]


class ResultCorrected(Undoable, frozen=True, tag="correct"):
    """A result replaced; `fallen` are later results that may have been emptied."""

    at: Address
    result: RecordedResult
    fallen: list[RecordedResult]
    rounds: list[RecordedGroup]


class EntrantWithdrawn(Undoable, frozen=True, tag="withdraw"):
    """An entrant withdrawn or disqualified since a time."""

    entrant: int
    since: datetime


class EntrantReinstated(Undoable, frozen=True, tag="reinstate"):
    """An entrant back from `status`; `until` are stage and last round, `begun` a stage's number."""

    entrant: int
    status: str
    until: list[tuple[int, int | None]]
    results: list[RecordedResult]
    rounds: list[RecordedGroup]
    begun: int | None


class RoundPaired(Undoable, frozen=True, tag="round"):
    """A round of a Swiss, by its number."""

    stage: int
    round: int


class RoundUnpaired(Undoable, frozen=True, tag="unpair"):
    """A round of a Swiss withdrawn before it was played."""

    stage: int
    round: RecordedRound


class SwissEnded(Undoable, frozen=True, tag="end_swiss"):
    """A Swiss ended early; `rounds` were planned."""

    stage: int
    rounds: int | None


class RoundLengthSet(Undoable, frozen=True, tag="best_of"):
    """The best of N of a round, found by stage, group, part and number."""

    at: tuple[int, int, str, int]
    before: int | None


class ByeSet(Undoable, frozen=True, tag="bye"):
    """A requested bye granted, changed or withdrawn; `before` is the kind that there was."""

    contender: int
    round: int
    before: str | None


class EntrantEnteredLate(Undoable, frozen=True, tag="late"):
    """A contender added to a running Swiss."""

    contender: int


class TournamentStarted(Undoable, frozen=True, tag="start"):
    """A start: the state before it, the order of all entrants, and the statuses that it changed.

    `unrated` are the entrants whose ratings it filled in, `is_planned` whether stages were planned.
    """

    state: str
    is_planned: bool
    order: list[int]
    statuses: list[tuple[int, str]]
    unrated: list[int]


class StateMoved(Undoable, frozen=True, tag="day"):
    """Registration or check-in opened or closed."""

    before: str
    after: str


class CheckedIn(Undoable, frozen=True, tag="check_in"):
    """An entrant checked in."""

    entrant: int


class EntrantsAdded(Undoable, frozen=True, tag="entered"):
    """Entrants added to the list."""

    entrants: list[int]


class EntrantRemoved(Undoable, frozen=True, tag="removed"):
    """An entrant removed from the list."""

    entrant: RecordedEntrant


class StatusChanged(Undoable, frozen=True, tag="status"):
    """An application admitted or declined."""

    entrant: int
    before: str


class EntrantRenamed(Undoable, frozen=True, tag="renamed"):
    """An entrant's name changed."""

    entrant: int
    before: str


class EntrantReplaced(Undoable, frozen=True, tag="replaced"):
    """Another player or team in an entrant's place."""

    entrant: int
    before: RecordedEntrant


class SeedsChanged(Undoable, frozen=True, tag="seeds"):
    """The order of the entrants before, and how it had been made."""

    order: list[int]
    seeding: str
    shuffle_seed: int | None = msgspec.field(name="lot")


class StationSet(Undoable, frozen=True, tag="station"):
    """A match called to a station, or its station freed; `before` is the station's row."""

    pairing: UUID
    before: int | None


class SettingsChanged(Undoable, frozen=True, tag="settings"):
    """The former values of the settings that were changed."""

    before: dict[str, Any]


AnyUndoable = (
    ResultEntered | ResultReopened | ResultCorrected | EntrantWithdrawn | EntrantReinstated
    | RoundPaired | RoundUnpaired | SwissEnded | RoundLengthSet | ByeSet | EntrantEnteredLate
    | TournamentStarted | StateMoved | CheckedIn | EntrantsAdded | EntrantRemoved | StatusChanged
    | EntrantRenamed | EntrantReplaced | SeedsChanged | StationSet | SettingsChanged
)  # fmt: skip
