"""Roles in a team: who takes which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

#: A place in a team that anybody takes.
ANY_ROLE = "any"

Wishes = tuple[str, ...]
"""The roles that a player can take, the best first; none for any."""


def rank(wishes: Wishes, role: str) -> int | None:
    """How far down in a player's list a role is; None if the player does not take it."""
    if not wishes or role == ANY_ROLE:
        return 0
    return wishes.index(role) if role in wishes else None


@lru_cache(maxsize=100_000)
def assign(players: tuple[Wishes, ...], slots: tuple[str, ...]) -> tuple[str, ...] | None:
    """A role for each player, so that they are as content as can be; None if it cannot be.

    `slots` may be more than the players are. By trying everything, for a team is small: the best
    for the first players and each set of slots they can fill.
    """
    found = _best(players, slots)
    return None if found is None else tuple(slots[slot] for slot in found[1])


@lru_cache(maxsize=100_000)
def displeasure(players: tuple[Wishes, ...], slots: tuple[str, ...]) -> int | None:
    """How many steps the players are from their best roles together; None if it cannot be."""
    found = _best(players, slots)
    return None if found is None else found[0]


def _best(players: Sequence[Wishes], slots: Sequence[str]) -> tuple[int, tuple[int, ...]] | None:
    plans: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for wishes in players:
        following: dict[int, tuple[int, tuple[int, ...]]] = {}
        for taken, (steps, places) in plans.items():
            seen: set[str] = set()
            for slot, role in enumerate(slots):
                step = rank(wishes, role)
                if step is None or taken >> slot & 1 or role in seen:
                    continue
                seen.add(role)
                plan = (steps + step, (*places, slot))
                key = taken | 1 << slot
                if key not in following or plan < following[key]:
                    following[key] = plan
        plans = following
    return min(plans.values(), default=None)


class _Places(msgspec.Struct, frozen=True, eq=False):
    """The places of several teams by Hall's theorem: one field of bits for each set of roles.

    All players find a place if, for each set of roles, those who take no role outside of it are no
    more than its places, those of any role included. `limits` has these numbers; the top bit of
    each field is a `guard`, which stays when no more than the limit is subtracted.
    """

    names: tuple[str, ...]
    width: int
    limits: int
    guards: int


@lru_cache(maxsize=256)
def _places_of(slots: tuple[str, ...], teams: int) -> _Places:
    names = tuple(sorted(set(slots) - {ANY_ROLE}))
    width = (2 * len(slots) * teams).bit_length() + 1
    limits = guards = 0
    for roles in range(1 << len(names)):
        inside = {ANY_ROLE, *(name for place, name in enumerate(names) if roles >> place & 1)}
        guard = 1 << (width * (roles + 1) - 1)
        guards |= guard
        limits += guard + (sum(slot in inside for slot in slots) * teams << width * roles)
    return _Places(names, width, limits, guards)


@lru_cache(maxsize=100_000)
def _claim(party: tuple[Wishes, ...], names: tuple[str, ...], width: int) -> int:
    """How many of a party take no role outside of each set of roles."""
    claim = 0
    for wishes in party:
        takes = sum(1 << place for place, name in enumerate(names) if name in wishes or not wishes)
        claim += sum(1 << width * s for s in range(1 << len(names)) if takes & ~s == 0)
    return claim


class Casting:
    """The places of several teams and who takes them: each party is added if all find a role.

    It does not say who plays with whom: for parties of one it need not, for there is always a
    division that keeps the roles.
    """

    def __init__(self, slots: tuple[str, ...], teams: int) -> None:
        self._places = _places_of(slots, teams)
        #: How many have been added, by what they take; a value to go back to.
        self.taken = 0

    def add(self, party: tuple[Wishes, ...]) -> bool:
        """Add the players of a party; if one of them finds no role, nothing changes."""
        places = self._places
        taken = self.taken + _claim(party, places.names, places.width)
        if (places.limits - taken) & places.guards != places.guards:
            return False
        self.taken = taken
        return True
