"""What the API takes: the bodies of its requests, field by field."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field, structs

from lib.schemas import Body, including
from matchmaking.models import DecidedBy
from tournaments.files.entrant_lines import RATING_MAX, NewEntrant, parse_label
from tournaments.models import CommonStageSettings, StageSettings, TournamentSettings
from tournaments.models.stage_settings import BEST_OF_MAX, INTEGER_MAX, Count
from tournaments.services.audit_log import TEXT_MAX_CHARS

#: More than any list that a tournament takes.
LIST_MAX = 4096

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
IdOrName = Id | str
Rating = Annotated[int, Meta(ge=0, le=RATING_MAX)]
Scores = Annotated[list[Annotated[int, Meta(le=INTEGER_MAX)]], Meta(max_length=LIST_MAX)]
Names = Annotated[list[str], Meta(max_length=LIST_MAX)]
#: What JSON can only write as text or as a number.
Number = float | Decimal

_USUAL = StageSettings()
#: Of a stage that is the only one, and goes by the tournament's name.
_OF_SEVERAL = frozenset({"name", "advance"})


class Why(Body):
    """An action that is written into the record, with a reason."""

    why: Annotated[str, Meta(max_length=TEXT_MAX_CHARS)] = ""
    """The reason, for the record."""


class UndoBody(Why):
    """What to undo: the last action, unless it is left as it is."""

    skip: bool = False
    """Leave the last action as it is, so that the one before it comes next."""
    number: Count | None = None
    """Of the action that you mean; refused when it is not the last one any more."""


class PointsBody(Body):
    """What a match of a table is worth, and a bye of the pairing."""

    win: Number = _USUAL.points_win
    draw: Number = _USUAL.points_draw
    loss: Number = _USUAL.points_loss
    bye: Number = _USUAL.points_bye


class StageBody(CommonStageSettings, kw_only=True, forbid_unknown_fields=True):
    """One of several stages, and how it is played."""

    group_count: Count = field(name="groups", default=_USUAL.group_count)
    """Groups of a round robin, seeded in a snake."""
    rounds_planned: Count | None = field(name="rounds", default=None)
    """Rounds of a Swiss; as many as are needed for one winner if left out."""
    points: PointsBody = PointsBody()


class EntrantBody(Body, kw_only=True):
    """Somebody to be entered."""

    name: str
    rating: Rating | None = None
    club: str = ""
    region: str = ""

    def new(self) -> NewEntrant:
        """The entrant in the words of the service; raises a refusal for a bad club or region."""
        return NewEntrant(self.name, self.rating, parse_label(self.club), parse_label(self.region))


Entrants = Annotated[list[EntrantBody], Meta(max_length=LIST_MAX)]
Stages = Annotated[list[StageBody], Meta(max_length=LIST_MAX)]


class SettingsBody(TournamentSettings, kw_only=True, forbid_unknown_fields=True):
    """What a tournament is like; a field that is left out stays as it is."""

    name: str = "Tournament"
    slug: str = ""
    """The short address, under /t/; made of the name unless given."""
    rated_in: str | None = None
    """The short name of the pool whose ratings the matches move; null for none. Staff choose it."""
    decided_by: DecidedBy = DecidedBy.PLAYERS
    """Whose word a result is; of players, as far as `reporting` asks them."""
    game_server: str | None = None
    """The name of the key of the game server that decides; null for none. Staff choose it."""


@including(StageBody, but=_OF_SEVERAL)
class TournamentBody(SettingsBody, kw_only=True):
    """A new tournament: who plays, in what format. `stages` goes before the format's own fields."""

    players: Names | None = None
    """Names, the strongest first."""
    entrants: Entrants | None = None
    """Instead of `players`, when more than names is known."""
    stages: Stages | None = None
    """Several stages, such as groups and then playoffs."""
    start: bool | None = None
    """False leaves a draft; left out, it starts unless players enter by themselves."""

    def plans(self) -> list[StageSettings]:
        """The stages in the words of the service."""
        return [_plan(self, but=_OF_SEVERAL)] if self.stages is None else plans(self.stages)


class StagesBody(Body):
    """The stages of a draft."""

    stages: Stages


def plans(stages: list[StageBody]) -> list[StageSettings]:
    """Stages in the words of the service."""
    return [_plan(stage) for stage in stages]


def _plan(body: Any, *, but: frozenset[str] = frozenset()) -> StageSettings:
    names = [name for name in CommonStageSettings.__struct_fields__ if name not in but]
    values: dict[str, Any] = {name: getattr(body, name) for name in names}
    values["tie_breaks"] = tuple(name.upper() for name in body.tie_breaks)
    for name, points in structs.asdict(body.points).items():
        values[f"points_{name}"] = Decimal(str(points))
    return StageSettings(**values)


class ResultBody(Why):
    """A result: games won by each side, or how it ended without them."""

    scores: Scores | None = None
    """Games won by each side, such as `[2, 1]`; of a single game its points, such as `[16, 9]`."""
    drawn: Count | None = None
    """Games that neither side won, where a match may be drawn."""
    games: Annotated[list[tuple[int, int]], Meta(max_length=BEST_OF_MAX)] = []
    """The points of each game, such as `[[11, 5], [7, 11], [11, 9]]`: `scores` follow from them."""
    outcome: Literal["played", "draw", "forfeit", "double_forfeit"] = "played"
    winner: IdOrName | None = None
    """Who wins by forfeit: the index of a side, or the name of its entrant."""
    revision: Count | None = None
    """The match's `revision` that you have seen; a 409 says that somebody else was quicker."""


class LiveBody(Body):
    """How a match stands that is still played."""

    scores: Scores
    """Games won so far by each side, of a single game its points; `[]` for none yet."""


class ReopenBody(Why):
    """Which result to reopen, and whether only to say what would follow."""

    dry_run: bool = False
    """Only list what would be emptied."""


class BestOfBody(Body):
    """The length of a round's matches."""

    best_of: Count
    """Games in a match."""


class RoundBody(Why):
    """How the next round of a Swiss is paired."""

    engine: Literal["dutch", "quick"] = "dutch"
    """`quick` keeps only the absolute rules, and always takes little time."""
    pairs: Annotated[list[tuple[IdOrName, IdOrName]], Meta(max_length=LIST_MAX)] | None = None
    """Instead of an engine: who meets, by id or name, White first, in the order of the boards."""
    repeats: bool = False
    """Whether two who have met may meet again in `pairs`; the record says so."""
    stage: Count | None = None
    """The number of the stage; the one that runs if left out."""


class EntrantRef(Why, kw_only=True):
    """An action on an entrant."""

    entrant: IdOrName
    """Its id, or its name."""


class ReplaceBody(EntrantRef, kw_only=True):
    """Who takes an entrant's place."""

    name: str


class LateBody(EntrantBody, kw_only=True):
    """Somebody who comes late to a Swiss."""

    from_round: Count | None = None
    """The first round to play in; the next one if left out."""
    why: Annotated[str, Meta(max_length=TEXT_MAX_CHARS)] = ""
    """The reason, for the record."""


class NoByeBody(EntrantRef, kw_only=True):
    """A bye that is cancelled."""

    round: Count | None = None
    """The number of a round that is not yet paired; the next one if left out."""


class ByeBody(NoByeBody, kw_only=True):
    """A round that somebody sits out in a Swiss."""

    kind: Literal["half_point", "zero_point", "full_point"] = "half_point"


class EntrantsBody(Body):
    """Entrants that the organiser adds, or a player's own entry."""

    players: Names | None = None
    """The organiser adds these names."""
    entrants: Entrants | None = None
    """The organiser adds these."""
    name: str = ""
    """The name of the team that you register; a player goes by the own name."""
    code: str = ""
    """The tournament's code, where one is needed."""
    members: Names = []
    """The others of your team."""
    rating: Rating | None = None
    club: str = ""
    region: str = ""

    @property
    def is_registration(self) -> bool:
        """Whether players enter by themselves."""
        return self.players is None and self.entrants is None

    def new(self) -> list[NewEntrant]:
        """Whom the organiser adds."""
        by_name = [NewEntrant(name) for name in self.players or ()]
        return by_name + [entrant.new() for entrant in self.entrants or ()]


class EntrantChange(Why):
    """What changes about an entrant; what is left out stays."""

    name: str | None = None
    rating: Rating | UnsetType | None = UNSET
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

    order: Annotated[list[Id], Meta(max_length=LIST_MAX)] | None = None
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


class JudgeBody(Body, kw_only=True):
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
