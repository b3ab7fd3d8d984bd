"""A bracket as the page draws it: columns of pairings, each with two sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from matchmaking.models import Outcome

from .answers import pairing_state
from .models import Entrant, Pairing, Slot

SLOT_WORDS = {Slot.BYE: "bye", Slot.VACANT: "nobody", Slot.PENDING: ""}


@dataclass(frozen=True, slots=True)
class SideView:
    """One line of a pairing: a name with its seed, or the word for nobody.

    `score` is the games won, or a word.
    """

    slot: str
    name: str
    seed: int | None
    score: str
    is_winner: bool
    is_followed: bool

    @property
    def is_entrant(self) -> bool:
        """Whether somebody stands here."""
        return self.slot == Slot.ENTRANT


@dataclass(frozen=True, slots=True)
class PairingView:
    """A place in the bracket; `state` is `pending`, `ready`, `decided` or `bye`."""

    id: UUID
    key: str
    state: str
    match_id: UUID | None
    sides: tuple[SideView, SideView]


@dataclass(frozen=True, slots=True)
class RoundView:
    """A column of the bracket."""

    name: str
    pairings: Sequence[PairingView]


@dataclass(frozen=True, slots=True)
class BracketView:
    """The whole bracket, from the first round to the final."""

    rounds: Sequence[RoundView]
    ready: int
    decided: int
    matches: int


def draw_bracket(pairings: Iterable[Pairing], *, follow: str = "") -> BracketView:
    """Pairings in order, as columns; `follow` is a name whose path is marked."""
    wanted = follow.strip().casefold()
    rounds = [
        RoundView(name, [_pairing(row, wanted) for row in rows])
        for name, rows in groupby(pairings, key=lambda row: row.round.name)
    ]
    states = [pairing.state for column in rounds for pairing in column.pairings]
    byes = states.count("bye")
    return BracketView(rounds, states.count("ready"), states.count("decided"), len(states) - byes)


def _pairing(row: Pairing, wanted: str) -> PairingView:
    sides = [
        _side(slot, entrant, _score(row, i), row.winner == i, wanted)
        for i, (slot, entrant) in enumerate(row.sides)
    ]
    return PairingView(row.pk, row.key, pairing_state(row), row.match_id, (sides[0], sides[1]))


def _score(row: Pairing, side: int) -> str:
    """What stands behind a name: games won, or that this side forfeited."""
    if row.match is None or row.winner is None:
        return ""
    if row.match.outcome == Outcome.FORFEIT:
        return "" if row.winner == side else "forfeit"
    return str(row.match.scores[side]) if len(row.match.scores) == 2 else ""


def _side(slot: str, entrant: Entrant | None, score: str, is_winner: bool, wanted: str) -> SideView:
    if entrant is None:
        return SideView(slot, SLOT_WORDS[Slot(slot)], None, "", False, False)
    followed = bool(wanted) and entrant.name.casefold() == wanted
    return SideView(slot, entrant.name, entrant.seed, score, is_winner, followed)


def champion_of(bracket: BracketView) -> str:
    """The name of who won the final, or nothing while it is open."""
    if not bracket.rounds:
        return ""
    final = bracket.rounds[-1].pairings[-1]
    return next((side.name for side in final.sides if side.is_winner), "")
