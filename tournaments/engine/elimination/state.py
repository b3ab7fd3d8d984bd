"""What is known of one pairing: who stands on its sides, and who left it as winner and loser."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from tournaments.engine.errors import PairingNotReady

from .bracket import GRAND_FINAL, Bye, LoserOf, Pairing, Side, WinnerOf


@dataclass(frozen=True, slots=True)
class Win:
    """One side won, by play or by forfeit.

    `loser_leaves` is for the expelled and the withdrawn: they do not go on to the losers'
    bracket, the third-place match or the bracket reset, and whoever waits there walks over.
    """

    side: Side
    loser_leaves: bool = False


@dataclass(frozen=True, slots=True)
class DoubleForfeit:
    """Neither side played: both are out of the tournament, and whoever waits walks over."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The pairing has no outcome yet."""


Outcome: TypeAlias = Win | DoubleForfeit
UNDECIDED = Undecided()
DOUBLE_FORFEIT = DoubleForfeit()


@dataclass(frozen=True, slots=True)
class Entrant:
    """The entrant with this seed stands here."""

    seed: int


@dataclass(frozen=True, slots=True)
class Vacant:
    """Somebody might have come here, but now nobody will."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Not known yet: it depends on another pairing."""

    source: WinnerOf | LoserOf


Occupant: TypeAlias = Entrant | Bye | Vacant | Pending
Sides: TypeAlias = tuple[Occupant, Occupant]
VACANT = Vacant()


class PairingStatus(Enum):
    """How far a pairing is."""

    PENDING = "pending"  # at least one side is not known yet
    READY = "ready"  # two entrants, no outcome
    DECIDED = "decided"  # two entrants and an outcome
    WALKOVER = "walkover"  # one entrant whom nobody meets, who goes on without play
    EMPTY = "empty"  # nobody comes on either side
    NOT_NEEDED = "not_needed"  # a bracket reset that the first grand final made superfluous


@dataclass(frozen=True, slots=True)
class ResolvedPairing:
    """What is known of one pairing.

    `winner` and `loser` are Pending until decided, and Vacant where the pairing has none. They
    say who won and lost here; whether a loser goes anywhere is for the bracket and the outcome.
    """

    key: str
    sides: Sides
    status: PairingStatus
    outcome: Outcome | Undecided
    winner: Occupant
    loser: Occupant


def settle(
    pairing: Pairing, sides: Sides, outcome: Outcome | Undecided = UNDECIDED
) -> ResolvedPairing:
    """What follows from the sides and the outcome of one pairing, looking at nothing else.

    PairingNotReady if there is an outcome without two entrants.
    """
    status = _status(pairing, sides)
    if isinstance(outcome, Undecided):
        winner, loser = _undecided_ends(pairing, sides, status)
        return ResolvedPairing(pairing.key, sides, status, outcome, winner, loser)
    if status is not PairingStatus.READY:
        raise PairingNotReady(f"Pairing {pairing.key} has not got two entrants to play it.")
    status = PairingStatus.DECIDED
    if isinstance(outcome, DoubleForfeit):
        return ResolvedPairing(pairing.key, sides, status, outcome, VACANT, VACANT)
    winner, loser = sides[outcome.side], sides[outcome.side.other]
    return ResolvedPairing(pairing.key, sides, status, outcome, winner, loser)


def _status(pairing: Pairing, sides: Sides) -> PairingStatus:
    if isinstance(sides[0], Pending) or isinstance(sides[1], Pending):
        return PairingStatus.PENDING
    match isinstance(sides[0], Entrant) + isinstance(sides[1], Entrant):
        case 2:
            return PairingStatus.READY
        case 1:
            return PairingStatus.WALKOVER
        case _:
            return PairingStatus.NOT_NEEDED if pairing.is_reset else PairingStatus.EMPTY


def _undecided_ends(
    pairing: Pairing, sides: Sides, status: PairingStatus
) -> tuple[Occupant, Occupant]:
    """Winner and loser of a pairing that has no outcome."""
    match status:
        case PairingStatus.WALKOVER:
            return (sides[0] if isinstance(sides[0], Entrant) else sides[1]), VACANT
        case PairingStatus.EMPTY | PairingStatus.NOT_NEEDED:
            return VACANT, VACANT
        case _:
            return Pending(WinnerOf(pairing.key)), Pending(LoserOf(pairing.key))


def sent_on(resolved: ResolvedPairing) -> tuple[Occupant, Occupant]:
    """Who goes to where the winner goes, and who to where the loser goes."""
    if resolved.key == GRAND_FINAL:
        return _sent_to_reset(resolved)
    outcome = resolved.outcome
    if isinstance(outcome, Win) and outcome.loser_leaves:
        return resolved.winner, VACANT
    return resolved.winner, resolved.loser


def _sent_to_reset(final: ResolvedPairing) -> tuple[Occupant, Occupant]:
    """Both finalists when the unbeaten one has lost a grand final and stays, else nobody."""
    match final.status, final.outcome:
        case ((PairingStatus.PENDING | PairingStatus.READY), _):
            return final.winner, final.loser
        case PairingStatus.DECIDED, Win(Side.SECOND, False):
            return final.winner, final.loser
        case _:
            return VACANT, VACANT
