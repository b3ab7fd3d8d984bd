"""A bracket as the pages show it: its parts, their rounds, their pairings, each with two sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from types import MappingProxyType
from uuid import UUID

from matchmaking.wording import scores_of
from tournaments.engine.elimination import BRACKET_RESET
from tournaments.models import Entrant, Pairing, PairingState, Part, Round, Slot
from tournaments.schemas.matches import Sources, absence_text, sources_of

WITH_MATCH = {PairingState.PENDING, PairingState.READY, PairingState.DECIDED}
OPEN = {PairingState.PENDING, PairingState.READY}
PART_TITLES = {Part.WINNERS: "Winners' bracket", Part.LOSERS: "Losers' bracket"}
NO_SOURCES: Sources = MappingProxyType({})
#: The states of a bracket reset that is not played, as far as is known.
NOT_CALLED = {PairingState.PENDING, PairingState.NOT_NEEDED}
#: A longer name may be cut on the page, so its title shows it whole.
CUT_CHARS = 18
#: With so many pairings in a round the bracket is shown more densely.
DENSE_PAIRINGS = 32


@dataclass(frozen=True, slots=True)
class SideView:
    """One line of a pairing: a name with its seed, a bye, or such as "Winner of W1.2".

    `score` is the games won, or a word.
    """

    slot: str
    name: str
    seed: int | None = None
    score: str = ""
    is_winner: bool = False
    is_followed: bool = False

    @property
    def css_classes(self) -> str:
        """The classes of its element."""
        classes = "side is-winner" if self.is_winner else "side"
        if self.slot != Slot.ENTRANT:
            classes += " is-open"
        return f"{classes} is-followed" if self.is_followed else classes

    @property
    def is_cut(self) -> bool:
        """Whether the name may be too long for its element."""
        return self.slot == Slot.ENTRANT and len(self.name) > CUT_CHARS


@dataclass(frozen=True, slots=True)
class PairingView:
    """A place in the bracket; `state` is one of `PairingState`, `key` its name, such as `W1.2`."""

    id: UUID
    key: str
    state: str
    match_id: UUID | None
    sides: tuple[SideView, SideView]
    station: str
    is_live: bool
    #: Whose winner or loser goes through without a match here; nothing where one is played.
    passes: str = ""

    @property
    def css_classes(self) -> str:
        """The classes of its element."""
        classes = f"is-{self.state} is-live" if self.is_live else f"is-{self.state}"
        return f"{classes} passes-{self.passes}" if self.passes else classes

    @property
    def is_open(self) -> bool:
        """Whether it can still be played."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class RoundView:
    """A column of the bracket.

    `joins` says how it leads to the next one: `two` places into one, `one` into one, or `none`.
    `best_of` is set when its matches are not as long as the others.
    """

    part: str
    number: int
    name: str
    pairings: Sequence[PairingView]
    joins: str
    best_of: int | None = None
    note: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether all its matches are decided."""
        return not any(pairing.is_open for pairing in self.pairings)

    @property
    def is_reset_uncalled(self) -> bool:
        """Whether it is a bracket reset that is not, or not yet, to be played."""
        return all(p.key == BRACKET_RESET and p.state in NOT_CALLED for p in self.pairings)

    @property
    def anchor(self) -> str:
        """The id of its element."""
        return f"round-{self.part}-{self.number}"


@dataclass(frozen=True, slots=True)
class PartView:
    """The winners' or the losers' bracket, the grand final, or the third-place match."""

    part: str
    title: str
    rounds: Sequence[RoundView]


@dataclass(frozen=True, slots=True)
class BracketView:
    """The whole bracket, from the first round to the final."""

    parts: Sequence[PartView]

    @property
    def rounds(self) -> list[RoundView]:
        """The rounds of all parts."""
        return [column for part in self.parts for column in part.rounds]

    @property
    def is_double(self) -> bool:
        """Whether it has a losers' bracket."""
        return any(part.part == Part.LOSERS for part in self.parts)

    @property
    def is_dense(self) -> bool:
        """Whether it is so large that it is shown densely."""
        return any(len(column.pairings) >= DENSE_PAIRINGS for column in self.rounds)

    def count(self, *states: str) -> int:
        """How many pairings are in one of these states."""
        return sum(p.state in states for column in self.rounds for p in column.pairings)

    @property
    def ready(self) -> int:
        """How many matches can be played now."""
        return self.count(PairingState.READY)

    @property
    def decided(self) -> int:
        """How many matches have been played."""
        return self.count(PairingState.DECIDED)

    @property
    def matches(self) -> int:
        """How many matches there are; a bracket reset counts once it is needed."""
        return sum(
            p.state in WITH_MATCH and not p.passes
            for column in self.rounds
            if not column.is_reset_uncalled
            for p in column.pairings
        )


def view_bracket(
    pairings: Iterable[Pairing],
    rounds: Iterable[Round],
    entrants: Mapping[int, Entrant],
    *,
    follow: str = "",
) -> BracketView:
    """A group's pairings by part and round; the folded name `follow` is highlighted."""
    rows = list(pairings)
    sources = sources_of(rows)
    by_round: dict[int, list[PairingView]] = {}
    for row in rows:
        by_round.setdefault(row.round_id, []).append(view_pairing(row, entrants, follow, sources))
    order = list(Part)
    columns = sorted(rounds, key=lambda row: (order.index(Part(row.part)), row.number))
    is_double = any(row.part == Part.LOSERS for row in columns)
    parts = []
    for part, of_part in groupby(columns, key=lambda row: Part(row.part)):
        title = PART_TITLES.get(part, "") if is_double else ""
        parts.append(PartView(part.value, title, _columns(list(of_part), by_round)))
    return BracketView(parts)


def view_groups(pairings: Sequence[Pairing]) -> list[tuple[str, BracketView]]:
    """The brackets of a whole tournament, from pairings read in full.

    Each has the name of its group, which is empty when there is only one.
    """
    views = []
    for group, of_group in groupby(pairings, key=lambda row: row.group):
        rows = list(of_group)
        rounds = {row.round_id: row.round for row in rows}
        entrants = {e.pk: e for row in rows for e in (row.top, row.bottom) if e is not None}
        views.append((group, view_bracket(rows, rounds.values(), entrants)))
    if len(views) == 1:
        return [("", view) for _, view in views]
    return [(f"{one.stage}, {one}" if one.name else str(one.stage), view) for one, view in views]


def _columns(rows: list[Round], by_round: Mapping[int, list[PairingView]]) -> list[RoundView]:
    sizes = [len(by_round.get(row.pk, ())) for row in rows]
    joins = ["one" if here == there else "two" for here, there in pairwise(sizes)]
    return [
        RoundView(row.part, row.number, row.name, by_round.get(row.pk, []), join, row.best_of)
        for row, join in zip(rows, [*joins, "none"], strict=True)
    ]


def view_pairing(
    row: Pairing, entrants: Mapping[int, Entrant], follow: str = "", sources: Sources = NO_SOURCES
) -> PairingView:
    """One pairing as it is shown; `sources` are the matches that open sides wait for."""
    slots = ((row.top_slot, row.top_id), (row.bottom_slot, row.bottom_id))
    top, bottom = (
        _entrant_side(entrants[entrant_id], score, row.winner == side, follow)
        if entrant_id is not None
        else SideView(slot, absence_text(row, side, sources))
        for side, ((slot, entrant_id), score) in enumerate(
            zip(slots, scores_of(row.match), strict=True)
        )
    )
    is_ready = row.state == PairingState.READY
    is_live = is_ready and row.match is not None and bool(row.match.live_scores)
    station = str(row.station) if is_ready and row.station_id is not None else ""
    side = row.passes_side
    source = None if side is None else sources.get((row.pk, side))
    return PairingView(
        row.pk, row.key, row.state, row.match_id, (top, bottom), station, is_live,
        source.whose if source else "",
    )  # fmt: skip


def _entrant_side(entrant: Entrant, score: str, is_winner: bool, follow: str) -> SideView:
    followed = bool(follow) and entrant.name.casefold() == follow
    return SideView(Slot.ENTRANT, entrant.name, entrant.seed, score, is_winner, followed)


def champion_of(bracket: BracketView) -> str:
    """The name of the winner of the final, or nothing while it is open."""
    finals = [c for c in bracket.rounds if c.part in {Part.WINNERS, Part.FINAL}]
    for column in reversed(finals):
        final = column.pairings[-1]
        if final.state != PairingState.NOT_NEEDED:
            return next((side.name for side in final.sides if side.is_winner), "")
    return ""
