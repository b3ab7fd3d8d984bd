"""A whole tournament as a JSON document, version 1: its structs, read and written.

Entrants are named by their seeds in the tournament. A document has no database keys, accounts or
tokens, and nothing that follows from results: brackets, places and standings are computed again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar

import msgspec
from msgspec import Meta

from lib.schemas import Schema
from tournaments.models import Format, StageSettings, Tournament, TournamentSettings
from tournaments.models.actions import ACTOR_MAX_CHARS

from .text import BadFile

VERSION = 1
Small = Annotated[int, Meta(ge=0, le=32_767)]
Positive = Annotated[int, Meta(ge=1, le=32_767)]
Seed = Annotated[int, Meta(ge=1, le=1_000_000)]
#: A seed, or in the database an entrant's id.
Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Label = Annotated[str, Meta(max_length=60)]
Moment = Annotated[datetime, Meta(tz=True)]
Side = Annotated[int, Meta(ge=0, le=1)]
Key = Annotated[str, Meta(min_length=1, max_length=12)]
Points = tuple[Annotated[int, Meta(ge=0, le=9_999)], Annotated[int, Meta(ge=0, le=9_999)]]
Games = Annotated[list[Annotated[int, Meta(ge=0, le=9_999)]], Meta(max_length=2)]


#: Other years are typing errors, and not every database and time zone has them.
YEARS = range(1970, 2200)


class Part(Schema, kw_only=True, forbid_unknown_fields=True):
    """A piece of a document; unknown fields are refused."""

    def __post_init__(self) -> None:
        """Raise `ValueError`, which msgspec turns into its own error, for an impossible moment."""
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, datetime) and value.year not in YEARS:
                raise ValueError(f"`{field}` is not between {YEARS[0]} and {YEARS[-1]}")


P = TypeVar("P", bound=Part)


def part(kind: type[P], /, **fields: Any) -> P:
    """A piece made of a row's fields, whose choices are plain text there."""
    return kind(**fields)


class MemberPart(Part):
    """A player on a roster."""

    name: Name
    is_captain: bool = False


class EntrantPart(Part):
    """An entrant on the list."""

    seed: Seed
    name: Name
    status: Label = "entered"
    rating: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    club: Label = ""
    region: Label = ""
    checked_in_at: Moment | None = None
    entered_at: Moment | None = None
    members: Annotated[list[MemberPart], Meta(max_length=20)] = []


class StationPart(Part):
    """A table, court or console."""

    number: Small
    name: Name


class ResultPart(Part):
    """How a match ended; `winner` is a side, 0 for the first."""

    outcome: Literal["played", "drawn", "conceded", "forfeit", "double_forfeit"]
    winner: Side | None = None
    scores: Games = []
    games: Annotated[list[Points], Meta(max_length=99)] = []
    closed_at: Moment | None = None


class PairingPart(Part):
    """A place in a bracket or a table; `first` and `second` are entrants once they are known."""

    key: Annotated[str, Meta(min_length=2, max_length=12)]
    first: Seed | None = None
    second: Seed | None = None
    result: ResultPart | None = None
    loser_leaves: bool = False
    live_scores: Games = []
    station: Small | None = None


class RoundPart(Part):
    """A round; `part` of a bracket is winners, losers, final or third_place."""

    number: Positive
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    part: Literal["winners", "losers", "final", "third_place", "table"] = "table"
    best_of: Annotated[int, Meta(ge=1, le=99)] | None = None
    published_at: Moment | None = None
    pairings: list[PairingPart] = []


class ContenderPart(Part):
    """An entrant in a group, and its seed there; `first` and `last` are the places it came to."""

    entrant: Seed
    seed: Seed
    from_round: Small = 1
    until_round: Small | None = None
    first: Seed | None = None
    last: Seed | None = None


class ByePart(Part):
    """A round of a Swiss without an opponent; `preset` for a bye of the pairing set beforehand."""

    entrant: Number
    round: Positive
    kind: Literal["pairing_allocated", "full_point", "half_point", "zero_point"]
    preset: bool = False


Prohibition = tuple[Positive, Positive, list[Number]]
"""From a round to a round, no two of these may meet."""
VirtualPoints = tuple[Number, Positive, Annotated[str, Meta(pattern=r"^\d{1,4}(\.\d{1,10})?$")]]
"""Somebody's points in the pairing of one round."""


class PlanPart(Part):
    """What is said of the rounds of a Swiss before they are paired; entrants by their seeds."""

    first_colour: Literal["w", "b"] = "w"
    forbidden_pairs: list[tuple[Number, Number]] = []
    prohibitions: list[Prohibition] = []
    virtual_points: list[VirtualPoints] = []
    byes: list[ByePart] = []

    def renumbered(self, numbers: Mapping[int, int]) -> Self:
        """The same by other numbers of its entrants; what concerns others is left out."""
        return msgspec.structs.replace(
            self,
            forbidden_pairs=[
                (numbers[one], numbers[other])
                for one, other in self.forbidden_pairs
                if {one, other} <= numbers.keys()
            ],
            prohibitions=[
                (first, last, [numbers[one] for one in among if one in numbers])
                for first, last, among in self.prohibitions
            ],
            virtual_points=[
                (numbers[one], round_, points)
                for one, round_, points in self.virtual_points
                if one in numbers
            ],
            byes=[
                msgspec.structs.replace(bye, entrant=numbers[bye.entrant])
                for bye in self.byes
                if bye.entrant in numbers
            ],
        )


class GroupPart(PlanPart):
    """A table or a bracket; in its pairs, prohibitions and points are the seeds of the group."""

    number: Positive = 1
    name: Annotated[str, Meta(max_length=20)] = ""
    contenders: list[ContenderPart] = []
    rounds: list[RoundPart] = []
    draw: Annotated[list[tuple[Key, Key, Key]], Meta(max_length=40_000)] = []
    """Of a bracket that was drawn elsewhere: each match's key and both its sides, as `engine.
    elimination.drawn` has them."""


class StagePart(StageSettings, Part, kw_only=True, forbid_unknown_fields=True):
    """A stage: its settings, and what has been played in it."""

    format: Format
    state: Literal["pending", "running", "finished"] = "pending"
    groups: list[GroupPart] = []


class ActionPart(Part):
    """A line of the tournament's record."""

    at: Moment
    by: Annotated[str, Meta(max_length=ACTOR_MAX_CHARS)]
    verb: Annotated[str, Meta(max_length=24)]
    text: Annotated[str, Meta(max_length=300)]
    why: Annotated[str, Meta(max_length=300)] = ""


class TournamentPart(TournamentSettings, Part, kw_only=True, forbid_unknown_fields=True):
    """The tournament as a whole: its settings, and how far it is."""

    name: Name
    state: Literal["draft", "registration", "check_in", "running", "finished", "cancelled"] = (
        "draft"
    )
    shuffle_seed: Annotated[int, Meta(ge=0, le=2**62)] | None = msgspec.field(
        default=None, name="lot"
    )
    started_at: Moment | None = None
    finished_at: Moment | None = None


class Document(Part):
    """A whole tournament; `matchpoint` is the version of the document."""

    matchpoint: int
    tournament: TournamentPart
    entrants: list[EntrantPart] = []
    stations: Annotated[list[StationPart], Meta(max_length=1_000)] = []
    stages: Annotated[list[StagePart], Meta(max_length=8)] = []
    pairing_plan: PlanPart | None = None
    """For a first stage that is a Swiss and is yet to be drawn."""
    actions: Annotated[list[ActionPart], Meta(max_length=50_000)] = []


class _Versioned(msgspec.Struct):
    matchpoint: Any = None


def plan_of(tournament: Tournament, numbers: Mapping[int, int]) -> PlanPart:
    """The plan of a tournament by other numbers than its entrants' ids; it may be empty."""
    return msgspec.convert(tournament.pairing_plan, PlanPart).renumbered(numbers)


def parse_document(text: str) -> Document:
    """Read a document; raises `BadFile` naming the field that is wrong."""
    try:
        version = msgspec.json.decode(text, type=_Versioned).matchpoint
        if version != VERSION or isinstance(version, bool):
            raise BadFile(
                "This is not a Matchpoint tournament of version 1: it does not begin with "
                '{"matchpoint": 1}.'
            )
        document = msgspec.json.decode(text, type=Document)
    except msgspec.ValidationError as error:
        raise BadFile(f"The file is not a tournament: {error}.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadFile(f"The file is not valid JSON: {error}.") from error
    if "\\u0000" in text:
        raise BadFile("The file has a zero character in a text. Remove it.")
    return document


def write_document(document: Document) -> bytes:
    """The document as JSON, one field a line."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
