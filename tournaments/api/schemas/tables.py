"""Swiss rounds and standings as they are answered."""

from tournaments.models import ByeKind

from .base import Shape
from .tournaments import Round, StageBrief


class Bye(Shape):
    """A round that somebody sits out."""

    entrant: int
    name: str
    round: int
    kind: ByeKind


class PairedRound(Round):
    """A round of a Swiss as it is paired."""

    byes: list[Bye]


class Paired(Shape):
    """A round that was paired."""

    status: str
    round: PairedRound


class RoundLength(Shape):
    """How long a round's matches are."""

    number: int
    name: str
    best_of: int


class ChangedRound(Shape):
    """A round after a change."""

    status: str
    round: RoundLength


class GivenBye(Shape):
    """A bye that was given."""

    status: str
    bye: Bye


class EndedStage(Shape):
    """A stage that was ended."""

    status: str
    stage: StageBrief


class TieBreak(Shape):
    """What those are ordered by who have equal points."""

    name: str
    title: str
    definition: str


class Value(Shape):
    """The value of one tie-break, or of the points."""

    name: str
    value: str
    words: str
    """How it comes about, so that it can be added up by hand."""


class Standing(Shape):
    """A line of the standings."""

    entrant: int
    name: str
    seed: int
    """The number in the group."""
    rank: int
    shared_by: int
    """How many share this rank."""
    settled: bool | None = None
    """In a bracket: whether the place is final."""
    played: int | None = None
    won: int | None = None
    drawn: int | None = None
    lost: int | None = None
    values: list[Value]


class GroupStandings(Shape):
    """The standings of a group."""

    number: int
    name: str
    standings: list[Standing]


class StageStandings(StageBrief):
    """The standings of a stage."""

    tie_breaks: list[TieBreak]
    groups: list[GroupStandings]


class Standings(Shape):
    """The standings of a tournament."""

    stages: list[StageStandings]
