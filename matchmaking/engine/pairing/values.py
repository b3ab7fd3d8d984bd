"""The values of the pairing: tickets, rules and matches."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from math import inf

from .wants.attributes import Attribute
from .wants.roles import ANY_ROLE

MAX_TEAM_SIZE = 5
MAX_PLAYERS = 40


class PairingError(ValueError):
    """Rules that contradict themselves, or a player who waits on two tickets."""


@dataclass(frozen=True, slots=True)
class Member:
    """A player of a party; `recent_opponents` has the latest first.

    `attributes` are what the player says of those that the pool declares, `roles` what the player
    can be in a team, the best first, none for any.
    """

    player: Hashable
    rating: float
    recent_opponents: tuple[Hashable, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict, hash=False)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """One party's wait.

    `waiting_since` is in seconds of the same clock as `now`. `regions` are those it would play
    in, the best first; none means any. `at_head` is for tickets that return from a match that
    was not played: they come before all others, in the order of their waits.
    """

    id: Hashable
    members: tuple[Member, ...]
    waiting_since: float
    regions: tuple[str, ...] = ()
    at_head: bool = False

    @property
    def rating(self) -> float:
        """The party's strength: the mean of its members'."""
        return sum(member.rating for member in self.members) / len(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a pool matches; lengths of time are in seconds, windows in rating points.

    A window is how far from a party's rating another's may be. It starts and grows as said; an
    infinite start means that ratings do not matter. Two parties fit when each is in the other's
    window. After the longest wait a party fits everybody in every region, and goes first.

    `party_limit` is the most players on one ticket. Each player's last `rematch_memory` opponents
    are avoided while there are others who fit. For `rematch_pause` seconds they are not met at all,
    until one of the two has waited that long. Regions are kept for `region_seconds`; after that a
    ticket's are preferred only.

    Attributes exclude too, the longest wait or not, until they are wishes. `roles` are those of
    each team and how many of each it has; the other places are anybody's.
    """

    team_size: int = 1
    teams: int = 2
    party_limit: int = 1
    window_start: float = inf
    window_growth: float = 0.0
    longest_wait: float = inf
    rematch_memory: int = 0
    rematch_pause: float = 0.0
    region_seconds: float = inf
    attributes: tuple[Attribute, ...] = ()
    roles: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        """PairingError if the rules contradict themselves."""
        if not 1 <= self.team_size <= MAX_TEAM_SIZE:
            raise PairingError(f"A team has 1 to {MAX_TEAM_SIZE} players.")
        if self.teams < 2 or self.players > MAX_PLAYERS:
            raise PairingError(f"A match has 2 teams at least and {MAX_PLAYERS} players at most.")
        if not 1 <= self.party_limit <= self.team_size:
            raise PairingError("A party has at least one player and fits into a team.")
        lengths = (
            self.window_start,
            self.window_growth,
            self.longest_wait,
            self.rematch_pause,
            self.region_seconds,
        )
        if not all(length >= 0 for length in lengths) or self.window_growth == inf:
            raise PairingError("Windows and waits are not below zero, and growth has an end.")
        if self.rematch_memory < 0:
            raise PairingError("The rematch memory is not below zero.")
        if sum(count for _, count in self.roles) > self.team_size:
            raise PairingError("A team has no more roles than players.")

    @property
    def players(self) -> int:
        """How many a match takes."""
        return self.team_size * self.teams

    @property
    def slots(self) -> tuple[str, ...]:
        """The role of each place in a team; empty where there are no roles."""
        named = [role for role, count in self.roles for _ in range(count)]
        return (*named, *[ANY_ROLE] * (self.team_size - len(named))) if named else ()

    @property
    def is_duel(self) -> bool:
        """Whether two single players meet."""
        return self.players == 2

    @property
    def is_rated(self) -> bool:
        """Whether ratings matter for the pairing."""
        return self.window_start < inf

    @property
    def remembered(self) -> int:
        """How many of a player's last opponents count: with a pause one at least."""
        return max(self.rematch_memory, 1 if self.rematch_pause else 0)

    @property
    def points_per_second(self) -> float:
        """How many rating points of difference a second of waiting outweighs.

        As many as the window grows in it; where it does not grow, a minute is worth the window.
        """
        if not self.is_rated:
            return 1.0
        return self.window_growth or self.window_start / 60 or 1.0

    def window_after(self, wait: float) -> float:
        """How wide a party's window is after so many seconds, the longest wait left out."""
        return self.window_start + self.window_growth * wait


@dataclass(frozen=True, slots=True)
class Match:
    """Sides of whole parties, and the region, None if nobody asks for one.

    `attributes` are what they have in common, and `roles` the role of each player, side by side,
    in the order of the tickets and their members; empty where there are none.
    """

    sides: tuple[tuple[Ticket, ...], ...]
    region: str | None = None
    attributes: Mapping[str, str | list[str]] = field(default_factory=dict, hash=False)
    roles: tuple[tuple[str, ...], ...] = ()

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """All its tickets, the first side first."""
        return tuple(ticket for side in self.sides for ticket in side)

    @property
    def gap(self) -> float:
        """The difference of the strongest and the weakest side's mean rating, in points."""
        means = [side_rating(side) for side in self.sides]
        return max(means) - min(means)


def side_rating(side: tuple[Ticket, ...]) -> float:
    """The mean rating of a side's players."""
    ratings = [member.rating for ticket in side for member in ticket.members]
    return sum(ratings) / len(ratings)
