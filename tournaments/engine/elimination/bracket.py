"""The shape of an elimination bracket: who meets whom, and where winners and losers go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import TypeAlias

from tournaments.engine.errors import UnknownPairing

GRAND_FINAL = "GF"
BRACKET_RESET = "GF2"
THIRD_PLACE_MATCH = "P3"


class Part(Enum):
    """The part of a bracket that a pairing belongs to."""

    WINNERS = "winners"
    LOSERS = "losers"
    FINAL = "final"
    THIRD_PLACE = "third_place"


class Side(IntEnum):
    """One of the two sides of a pairing; usable as an index."""

    FIRST = 0
    SECOND = 1

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.SECOND if self is Side.FIRST else Side.FIRST


@dataclass(frozen=True, slots=True)
class Seed:
    """A side taken by the entrant with this seed from the start (1 is the best)."""

    seed: int


@dataclass(frozen=True, slots=True)
class Bye:
    """A side that nobody ever takes: the opponent goes through without play."""


@dataclass(frozen=True, slots=True)
class WinnerOf:
    """A side taken by the winner of another pairing."""

    key: str


@dataclass(frozen=True, slots=True)
class LoserOf:
    """A side taken by the loser of another pairing."""

    key: str


Source: TypeAlias = Seed | Bye | WinnerOf | LoserOf
BYE = Bye()


@dataclass(frozen=True, slots=True)
class Place:
    """One side of one pairing."""

    key: str
    side: Side


@dataclass(frozen=True, slots=True)
class Pairing:
    """A place in the bracket where two sides meet.

    `key` is stable: `W1.2` is match 2 of winners' round 1, `L3.1` of losers' round 3, `GF` the
    grand final, `GF2` the bracket reset, `P3` the third-place match. `winner_to` and `loser_to`
    are None where nobody goes on: the source at the far end then never names this pairing.
    """

    key: str
    part: Part
    round: int
    number: int
    sides: tuple[Source, Source]
    winner_to: Place | None
    loser_to: Place | None

    @property
    def is_reset(self) -> bool:
        """Whether this is the second grand final, played only if the first one calls for it."""
        return self.key == BRACKET_RESET


@dataclass(frozen=True)
class Bracket:
    """An elimination bracket for entrants with the seeds 1 to `entrant_count`.

    `pairings` are in an order of play: no pairing comes before one that feeds it.
    """

    entrant_count: int
    pairings: tuple[Pairing, ...]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each key stands in `pairings`."""
        return {pairing.key: index for index, pairing in enumerate(self.pairings)}

    def __getitem__(self, key: str) -> Pairing:
        try:
            return self.pairings[self.positions[key]]
        except KeyError:
            raise UnknownPairing(f"There is no pairing {key!r} in this bracket.") from None

    def __contains__(self, key: object) -> bool:
        return key in self.positions

    def __iter__(self) -> Iterator[Pairing]:
        return iter(self.pairings)

    def __len__(self) -> int:
        return len(self.pairings)

    @property
    def is_double(self) -> bool:
        """Whether a first defeat leads to the losers' bracket instead of out."""
        return GRAND_FINAL in self.positions

    @cached_property
    def winners_rounds(self) -> int:
        """How many rounds the winners' bracket has."""
        return max(pairing.round for pairing in self.pairings if pairing.part is Part.WINNERS)

    @cached_property
    def losers_rounds(self) -> int:
        """How many rounds the losers' bracket has; 0 without one."""
        rounds = (pairing.round for pairing in self.pairings if pairing.part is Part.LOSERS)
        return max(rounds, default=0)

    def rounds(self, part: Part) -> tuple[tuple[Pairing, ...], ...]:
        """The pairings of one part, round by round."""
        by_round: dict[int, list[Pairing]] = {}
        for pairing in self.pairings:
            if pairing.part is part:
                by_round.setdefault(pairing.round, []).append(pairing)
        return tuple(tuple(by_round[number]) for number in sorted(by_round))
