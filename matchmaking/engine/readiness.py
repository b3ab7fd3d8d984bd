"""The ready check: the players of a match that was found accept or decline it.

A party's ticket is kept or lost as a whole. As soon as one player declines, or when the limit
passes, the check is settled: players who declined or did not respond lose the ticket and must
pause, and the other tickets return to the head of the queue with their waiting time.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import Enum

Player = Hashable


class NotAsked(ValueError):
    """The player has no part in this match."""


class AlreadySettled(ValueError):
    """The check is over: all have accepted, a player has declined, or the limit has passed."""


@dataclass(frozen=True, slots=True)
class Party:
    """The players of one ticket."""

    ticket: Hashable
    players: tuple[Player, ...]
    waiting_since: float


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A check under way or settled; times are seconds of any one clock.

    It is over from `deadline` on; an infinite one never passes.
    """

    parties: tuple[Party, ...]
    deadline: float
    accepted: frozenset[Player] = frozenset()
    declined: frozenset[Player] = frozenset()

    @property
    def players(self) -> tuple[Player, ...]:
        """All its players, in the order of the parties."""
        return tuple(player for party in self.parties for player in party.players)


class Fault(Enum):
    """Why a player lost the ticket."""

    DECLINED = "declined"
    NO_RESPONSE = "slept"


@dataclass(frozen=True, slots=True)
class Asking:
    """Some answers are still missing."""

    missing: tuple[Player, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """Everyone has accepted: the match begins."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The match does not begin.

    `returning` parties go back to the head of the queue, the longest wait first, with their
    waiting time. `leaving` parties have lost their tickets; `faults` names the players at fault. A
    blameless member of such a party loses the ticket, and nothing else.
    """

    returning: tuple[Party, ...]
    leaving: tuple[Party, ...]
    faults: tuple[tuple[Player, Fault], ...]


State = Asking | Ready | Broken


def accept(check: ReadyCheck, player: Player, now: float) -> ReadyCheck:
    """The check once this player has accepted; repeating it changes nothing.

    Raises NotAsked, or AlreadySettled when it comes too late to change anything.
    """
    if player in check.accepted:
        return check
    _must_be_open(check, player, now)
    return replace(check, accepted=check.accepted | {player})


def decline(check: ReadyCheck, player: Player, now: float) -> ReadyCheck:
    """The check once this player has declined, even after accepting; repeating it changes nothing.

    Raises NotAsked, or AlreadySettled when it comes too late to change anything.
    """
    if player in check.declined:
        return check
    _must_be_open(check, player, now)
    return replace(check, accepted=check.accepted - {player}, declined=check.declined | {player})


def _must_be_open(check: ReadyCheck, player: Player, now: float) -> None:
    if player not in check.players:
        raise NotAsked("This player was not asked.")
    match state(check, now):
        case Ready():
            raise AlreadySettled("Everyone has accepted: the match has begun.")
        case Broken() if check.declined:
            raise AlreadySettled("Somebody has declined: there is no match.")
        case Broken():
            raise AlreadySettled("The time to accept has passed: there is no match.")


def state(check: ReadyCheck, now: float) -> State:
    """The state of the check: missing answers, ready, or broken."""
    missing = tuple(player for player in check.players if player not in check.accepted)
    if not missing:
        return Ready()
    if check.declined:
        # Missing answers were not late: only players who declined are at fault.
        return _broken(check, dict.fromkeys(check.declined, Fault.DECLINED))
    if now >= check.deadline:
        return _broken(check, dict.fromkeys(missing, Fault.NO_RESPONSE))
    return Asking(missing)


def _broken(check: ReadyCheck, faults: dict[Player, Fault]) -> Broken:
    leaving = [party for party in check.parties if not faults.keys().isdisjoint(party.players)]
    returning = [party for party in check.parties if party not in leaving]
    returning.sort(key=lambda party: party.waiting_since)
    return Broken(
        tuple(returning),
        tuple(leaving),
        tuple((player, faults[player]) for player in check.players if player in faults),
    )


@dataclass(frozen=True, slots=True)
class CooldownRules:
    """How long a player who broke a check must pause: each time longer, until it is forgotten."""

    first_seconds: float = 30.0
    growth: float = 2.0
    longest_seconds: float = 1800.0
    forgotten_after_seconds: float = 86_400.0

    def __post_init__(self) -> None:
        """ValueError for pauses that shrink."""
        if not 0 <= self.first_seconds <= self.longest_seconds or not (1 <= self.growth <= 100):
            raise ValueError("A pause grows up to the longest, at most a hundredfold each time.")


@dataclass(frozen=True, slots=True)
class Record:
    """A player's broken checks that are not forgotten, and until when the player must pause."""

    faults: int
    last_fault_at: float
    until: float


CLEAN = Record(0, float("-inf"), float("-inf"))


def after_fault(record: Record, now: float, rules: CooldownRules) -> Record:
    """The record of a player who has just broken a check."""
    forgotten = now - record.last_fault_at >= rules.forgotten_after_seconds
    faults = 1 if forgotten else record.faults + 1
    steps = min(faults - 1, 64)  # a power of more would overflow, and the longest has been reached
    pause = min(rules.first_seconds * rules.growth**steps, rules.longest_seconds)
    return Record(faults, now, max(record.until, now + pause))
