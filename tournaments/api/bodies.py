"""What the API takes: the bodies of its requests, field by field."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)

from tournaments.files.entrant_lines import RATING_MAX, NewEntrant, parse_label
from tournaments.models import Entry, Format, KeepApart, Reporting, Seeding, StageSettings
from tournaments.services.audit_log import TEXT_MAX_CHARS

#: More than any list that a tournament takes.
LIST_MAX = 4096
NUMBER_MAX = 2**31 - 1
ID_MAX = 2**63 - 1


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if not line.isprintable():
        raise ValueError("Only printable characters are allowed")
    return line


Line = Annotated[str, Field(max_length=TEXT_MAX_CHARS), AfterValidator(_one_line)]
Count = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Id = Annotated[int, Field(ge=0, le=ID_MAX)]


def _id_or_name(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("Expected a number or a name")
    if isinstance(value, int) and not 0 <= value <= ID_MAX:
        raise ValueError("There is no such number")
    return value


IdOrName = Annotated[
    int | str,
    PlainValidator(_id_or_name),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
]
Scores = Annotated[list[Annotated[int, Field(le=NUMBER_MAX)]], Field(max_length=LIST_MAX)]
Names = Annotated[list[str], Field(max_length=LIST_MAX)]
#: What JSON can only write as text or as a number.
Number = Annotated[Decimal, Field(strict=False, allow_inf_nan=False, max_digits=12)]
Moment = Annotated[AwareDatetime, Field(strict=False)]


class Body(BaseModel):
    """A request's body: types as they are, and no field that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)


class Why(Body):
    """An action that is written into the record, with a reason."""

    why: Line = ""
    """The reason, for the record."""


class UndoBody(Why):
    """What to undo: the last action, unless it is left as it is."""

    skip: bool = False
    """Leave the last action as it is, so that the one before it comes next."""
    number: Count | None = None
    """Of the action that you mean; refused when it is not the last one any more."""


class PointsBody(Body):
    """What a match of a table is worth, and a bye of the pairing."""

    win: Number = Decimal(1)
    draw: Number = Decimal("0.5")
    loss: Number = Decimal(0)
    bye: Number = Decimal(1)


class StageBody(Body):
    """One stage, and how it is played."""

    format: Annotated[Format, Field(strict=False)] = Format.SINGLE_ELIMINATION
    best_of: Count = 1
    """Games in a match; the winner needs more than half."""
    semi_best_of: Count | None = None
    """Semi-finals of another length, and the third-place match; elimination only."""
    final_best_of: Count | None = None
    """A final of another length; elimination only."""
    third_place: bool = False
    """A match for the third place; single elimination only."""
    rounds: Count | None = None
    """Rounds of a Swiss; as many as are needed for one winner if left out."""
    groups: Count = 1
    """Groups of a round robin, seeded in a snake."""
    legs: Count = 1
    """2 lets everybody meet everybody twice."""
    draws: bool = False
    """Whether a match may be drawn; not in an elimination."""
    points: PointsBody = PointsBody()
    tie_breaks: Annotated[list[str], Field(max_length=LIST_MAX)] = []
    """After the points, in order, such as `["buchholz_cut_1", "wins"]`."""

    def plan(self, *, name: str = "", advance: int | None = None) -> StageSettings:
        """The stage in the words of the service."""
        return StageSettings(
            format=self.format,
            name=name,
            best_of=self.best_of,
            semi_best_of=self.semi_best_of,
            final_best_of=self.final_best_of,
            third_place=self.third_place,
            group_count=self.groups,
            legs=self.legs,
            rounds_planned=self.rounds,
            draws=self.draws,
            points_win=self.points.win,
            points_draw=self.points.draw,
            points_loss=self.points.loss,
            points_bye=self.points.bye,
            tie_breaks=tuple(name.upper() for name in self.tie_breaks),
            advance=advance,
        )


class LaterStageBody(StageBody):
    """One of several stages."""

    name: str = ""
    advance: Count | None = None
    """How many of each group go on to the next stage; none from the last."""

    def planned(self) -> StageSettings:
        """The stage in the words of the service."""
        return self.plan(name=self.name, advance=self.advance)


class EntrantBody(Body):
    """Somebody to be entered."""

    name: str
    rating: Annotated[int, Field(ge=0, le=RATING_MAX)] | None = None
    club: str = ""
    region: str = ""

    def new(self) -> NewEntrant:
        """The entrant in the words of the service; raises a refusal for a bad club or region."""
        return NewEntrant(self.name, self.rating, parse_label(self.club), parse_label(self.region))


class SettingsBody(Body):
    """What a tournament is like; a field that is left out stays as it is."""

    name: str = "Tournament"
    slug: str = ""
    """The short address, under /t/; made of the name unless given."""
    about: str = ""
    """Plain text for the players."""
    entry: Annotated[Entry, Field(strict=False)] = Entry.ORGANISER
    """Who may enter: only through the organiser, anybody, with the code, or after approval."""
    entry_code: str = ""
    capacity: Count | None = None
    """Whoever comes after so many waits for a place."""
    team_size: Count = 1
    """Players in a team; 1 for single players."""
    check_in_minutes: Count | None = None
    """How long before `starts_at` check-in opens; null for none."""
    starts_at: Moment | None = None
    match_minutes: Count = 30
    reporting: Annotated[Reporting, Field(strict=False)] = Reporting.ORGANISER
    """Whether players may report results themselves."""
    rated_in: str | None = None
    """The short name of the pool whose ratings the matches move; null for none. Staff choose it."""
    seeding: Annotated[Seeding, Field(strict=False)] = Seeding.GIVEN
    byes: bool = False
    """Allow an odd number in an elimination: the first seeds sit out."""
    keep_apart: Annotated[KeepApart, Field(strict=False)] = KeepApart.NOBODY
    """Whom the draw keeps from meeting in round one, where it can."""


class TournamentBody(SettingsBody, StageBody):
    """A new tournament: who plays, in what format. `stages` goes before the format's own fields."""

    players: Names | None = None
    """Names, the strongest first."""
    entrants: Annotated[list[EntrantBody], Field(max_length=LIST_MAX)] | None = None
    """Instead of `players`, when more than names is known."""
    stages: Annotated[list[LaterStageBody], Field(max_length=LIST_MAX)] | None = None
    """Several stages, such as groups and then playoffs."""
    start: bool | None = None
    """False leaves a draft; left out, it starts unless players enter by themselves."""

    def plans(self) -> list[StageSettings]:
        """The stages in the words of the service."""
        if self.stages is None:
            return [self.plan()]
        return [stage.planned() for stage in self.stages]


class StagesBody(Body):
    """The stages of a draft."""

    stages: Annotated[list[LaterStageBody], Field(max_length=LIST_MAX)]

    def plans(self) -> list[StageSettings]:
        """The stages in the words of the service."""
        return [stage.planned() for stage in self.stages]


class ResultBody(Why):
    """A result: games won by each side, or how it ended without them."""

    scores: Scores | None = None
    """Games won by each side, such as `[2, 1]`."""
    outcome: Literal["played", "draw", "forfeit", "double_forfeit"] = "played"
    winner: IdOrName | None = None
    """Who wins by forfeit: the index of a side, or the name of its entrant."""
    revision: Count | None = None
    """The match's `revision` that you have seen; a 409 says that somebody else was quicker."""


class LiveBody(Body):
    """How a match stands that is still played."""

    scores: Scores
    """Games won so far by each side; `[]` for none yet."""


class ReopenBody(Why):
    """Which result to reopen, and whether only to say what would follow."""

    dry_run: bool = False
    """Only list what would be emptied."""


class BestOfBody(Body):
    """The length of a round's matches."""

    best_of: Count
    """Games in a match."""


class RoundBody(Body):
    """How the next round of a Swiss is paired."""

    engine: Literal["dutch", "quick"] = "dutch"
    """`quick` keeps only the absolute rules, and always takes little time."""
    stage: Count | None = None
    """The number of the stage; the one that runs if left out."""


class EntrantRef(Why):
    """An action on an entrant."""

    entrant: IdOrName
    """Its id, or its name."""


class ReplaceBody(EntrantRef):
    """Who takes an entrant's place."""

    name: str


class LateBody(EntrantBody, Why):
    """Somebody who comes late to a Swiss."""

    from_round: Count | None = None
    """The first round to play in; the next one if left out."""


class NoByeBody(EntrantRef):
    """A bye that is cancelled."""

    round: Count | None = None
    """The number of a round that is not yet paired; the next one if left out."""


class ByeBody(NoByeBody):
    """A round that somebody sits out in a Swiss."""

    kind: Literal["half_point", "zero_point"] = "half_point"


class EntrantsBody(Body):
    """Entrants that the organiser adds, or a player's own entry."""

    players: Names | None = None
    """The organiser adds these names."""
    entrants: Annotated[list[EntrantBody], Field(max_length=LIST_MAX)] | None = None
    """The organiser adds these."""
    name: str = ""
    """The name of the team that you register; a player goes by the own name."""
    code: str = ""
    """The tournament's code, where one is needed."""
    members: Names = []
    """The others of your team."""
    rating: Annotated[int, Field(ge=0, le=RATING_MAX)] | None = None
    club: str = ""
    region: str = ""

    @property
    def is_registration(self) -> bool:
        """Whether a player enters by himself."""
        return self.players is None and self.entrants is None

    def new(self) -> list[NewEntrant]:
        """Whom the organiser adds."""
        by_name = [NewEntrant(name) for name in self.players or ()]
        return by_name + [entrant.new() for entrant in self.entrants or ()]


class EntrantChange(Why):
    """What changes about an entrant; what is left out stays."""

    name: str | None = None
    rating: Annotated[int, Field(ge=0, le=RATING_MAX)] | None = None
    club: str | None = None
    region: str | None = None
    status: Literal["entered", "declined"] | None = None
    """Admit or decline somebody who asked."""


class CheckInBody(Body):
    """Who is there: an entrant, all of them, or oneself when left out."""

    entrant: IdOrName | None = None
    all: bool = False
    present: bool = True
    """False takes a check-in back."""


class SeedsBody(Body):
    """A new order of the draw: one of these."""

    order: Annotated[list[Id], Field(max_length=LIST_MAX)] | None = None
    """The ids of all who take part, the strongest first."""
    by: Literal["rating", "lot"] | None = None
    lot: Count | None = None
    """A number to shuffle by; the same number makes the same order again."""


class PhaseBody(Body):
    """Whether it is open."""

    open: bool = True


class StationsBody(Body):
    """Tables, courts or consoles."""

    names: Names


class NameBody(Body):
    """A new name."""

    name: str


class StationBody(Body):
    """Where a match is played or a judge judges; null for no station."""

    station: Id | None
    """The station's id."""


class JudgeBody(Body):
    """A judge: anybody by a token, or a registered player."""

    name: str
    is_player: bool = False
    """Whether it is the registered player of that name, who then needs no token."""
    station: Id | None = None
    """The id of the only station to judge at."""


# What a body that was left out says.
NO_REASON = Why()
UNDO_LAST = UndoBody()
PLAIN_REOPEN = ReopenBody()
MYSELF = EntrantsBody()
SELF_CHECK_IN = CheckInBody()
OPEN = PhaseBody()
DUTCH = RoundBody()
