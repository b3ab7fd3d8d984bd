"""Swiss rounds and standings as they are answered."""

from msgspec import UNSET, UnsetType

from lib.schemas import Schema
from tournaments.models import ByeKind
from tournaments.schemas import Round, StageBrief


class Bye(Schema):
    """A round that somebody sits out."""

    entrant: int
    name: str
    round: int
    kind: ByeKind


class PairedRound(Round):
    """A round of a Swiss as it is paired."""

    byes: list[Bye]


class Paired(Schema):
    """A round that was paired."""

    status: str
    round: PairedRound


class RoundLength(Schema):
    """How long a round's matches are."""

    number: int
    name: str
    best_of: int


class ChangedRound(Schema):
    """A round after a change."""

    status: str
    round: RoundLength


class GivenBye(Schema):
    """A bye that was given."""

    status: str
    bye: Bye


class EndedStage(Schema):
    """A stage that was ended."""

    status: str
    stage: StageBrief


class TieBreak(Schema):
    """What those are ordered by who have equal points."""

    name: str
    title: str
    definition: str


class Value(Schema):
    """The value of one tie-break, or of the points."""

    name: str
    value: str
    words: str
    """How it comes about, so that it can be added up by hand."""


class Standing(Schema, kw_only=True):
    """A line of the standings."""

    entrant: int
    name: str
    seed: int
    """The number in the group."""
    rank: int
    shared_by: int
    """How many share this rank."""
    settled: bool | UnsetType = UNSET
    """In a bracket: whether the place is final."""
    played: int | UnsetType = UNSET
    won: int | UnsetType = UNSET
    drawn: int | UnsetType = UNSET
    lost: int | UnsetType = UNSET
    values: list[Value]


class GroupStandings(Schema):
    """The standings of a group."""

    number: int
    name: str
    standings: list[Standing]


class StageStandings(StageBrief):
    """The standings of a stage."""

    tie_breaks: list[TieBreak]
    groups: list[GroupStandings]


class Standings(Schema):
    """The standings of a tournament."""

    stages: list[StageStandings]
