"""Tickets at one moment of the pairing, and which of them fit."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from math import inf

import msgspec

from .values import Member, PairingError, Rules, Ticket
from .wants.compiled import Layout, Wants, agree, discontent, layout_of, place_of, wants_of

# What is weighed against rating points, so that each of these outweighs all before it:
# a second region, a long wait, the head of the queue, a rematch, one player more in a match,
# two beyond their windows, a party that has waited too long.
NEXT_PLACE = 1e-5  # where ratings do not matter, neighbours in the queue meet
FAR_REGION = 400.0
LONG_WAIT = 200_000.0
AT_HEAD = 200_000.0
REMATCH = 1e6
PLAYER = 1e9
BEYOND_WINDOWS = 3e9
OVERDUE = 1e12

# What each step from a player's best role costs a side, in rating points of one player.
NEXT_ROLE = 50.0

ANYWHERE = -1  # every bit: a region mask that meets all others


class Contender(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A ticket with its window, regions and weight at this moment.

    `rating` is the party's; where ratings do not matter, it is derived from the place.
    `window` has grown with the wait, to no end once the wait is too long; `own_window` leaves that
    out. `is_paused` says that it does not meet recent opponents yet. `accepts` and `prefers` are
    bit masks of regions. `worth` is what it costs to leave the party waiting. `wants` are its
    attributes, None where the pool has none. `roles` are what each player can take.
    """

    ticket: Ticket
    place: int
    size: int
    rating: float
    wait: float
    window: float
    own_window: float
    is_overdue: bool
    is_paused: bool
    accepts: int
    prefers: int
    players: tuple[Hashable, ...]
    avoids: frozenset[Hashable]
    worth: float
    wants: Wants | None = None
    roles: tuple[tuple[str, ...], ...] = ()


def queue_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Tickets in queue order, the head of the queue first; equal times keep the given order."""
    return sorted(tickets, key=lambda ticket: (not ticket.at_head, ticket.waiting_since))


def all_regions(tickets: Iterable[Ticket]) -> list[str]:
    """Every region that a ticket names, in alphabetical order."""
    return sorted({region for ticket in tickets for region in ticket.regions})


def contenders(tickets: Sequence[Ticket], rules: Rules, now: float) -> list[Contender]:
    """All tickets in queue order, as the rules see them now.

    Raises `PairingError` if a player waits twice. Parties larger than the rules allow (they may
    have changed since) are included.
    """
    bits = {region: 1 << place for place, region in enumerate(all_regions(tickets))}
    layout = layout_of(rules.attributes) if rules.attributes else None
    result = [
        _contender(ticket, place, rules, now, bits, layout)
        for place, ticket in enumerate(queue_order(tickets), start=1)
    ]
    players = [player for one in result for player in one.players]
    if len(set(players)) < len(players):
        raise PairingError("A player waits on two tickets.")
    return result


def _contender(
    ticket: Ticket,
    place: int,
    rules: Rules,
    now: float,
    bits: dict[str, int],
    layout: Layout | None,
) -> Contender:
    wait = max(0.0, now - ticket.waiting_since)
    is_overdue = wait >= rules.longest_wait
    members = ticket.members
    own_window = rules.window_after(wait)
    prefers = sum(bits[region] for region in set(ticket.regions)) if ticket.regions else ANYWHERE
    return Contender(
        ticket,
        place,
        len(members),
        ticket.rating if rules.is_rated else place * NEXT_PLACE,
        wait,
        inf if is_overdue else own_window,
        own_window,
        is_overdue,
        wait < rules.rematch_pause and not is_overdue,
        ANYWHERE if is_overdue or wait >= rules.region_seconds else prefers,
        prefers,
        tuple(member.player for member in members),
        _avoided(members, rules.remembered),
        _worth(ticket, wait, rules) + is_overdue * OVERDUE,
        None if layout is None else wants_of(layout, [one.attributes for one in members], wait),
        tuple([member.roles for member in members]),
    )


_NOBODY: frozenset[Hashable] = frozenset()


def _avoided(members: tuple[Member, ...], memory: int) -> frozenset[Hashable]:
    if not memory or not any(member.recent_opponents for member in members):
        return _NOBODY
    return frozenset(one for member in members for one in member.recent_opponents[:memory])


def _worth(ticket: Ticket, wait: float, rules: Rules) -> float:
    patience = min(wait * rules.points_per_second, LONG_WAIT)
    return len(ticket.members) * PLAYER + patience + ticket.at_head * AT_HEAD


def within_windows(one: Contender, other: Contender) -> bool:
    """Whether each is in the other's window, as it has grown with the wait."""
    gap = abs(one.rating - other.rating)
    return gap <= one.own_window and gap <= other.own_window


def fits(one: Contender, other: Contender) -> bool:
    """Whether two parties may be in one match: by rating, or a wait too long, and by region.

    And by what they want. Recent opponents may not for a while.
    """
    if not (one.is_overdue or other.is_overdue or within_windows(one, other)):
        return False
    if not one.accepts & other.accepts or is_too_early(one, other):
        return False
    return want_the_same(one, other)


def want_the_same(one: Contender, other: Contender) -> bool:
    """Whether two parties may be in one match by the pool's attributes."""
    return one.wants is None or other.wants is None or agree(one.wants, other.wants)


def unmet_wishes(one: Contender, other: Contender) -> float:
    """What it costs in rating points that these two wish for something else."""
    if one.wants is None or other.wants is None:
        return 0.0
    return discontent(one.wants, other.wants)


def roles_in(parties: Iterable[Contender]) -> tuple[tuple[str, ...], ...]:
    """The roles that each player of these can take, the best first."""
    return tuple(roles for one in parties for roles in one.roles)


def wants_in(parties: Sequence[Contender]) -> list[Wants]:
    """What each of these wants; nothing where the pool has no attributes."""
    return [one.wants for one in parties if one.wants is not None]


def is_too_early(one: Contender, other: Contender) -> bool:
    """Whether two parties would meet again, and neither has waited through the pause."""
    return one.is_paused and other.is_paused and would_meet_again(one, other)


def would_meet_again(one: Contender, other: Contender) -> bool:
    """Whether a player of one party is among the last opponents of one of the other."""
    return not (one.avoids.isdisjoint(other.players) and other.avoids.isdisjoint(one.players))


def meeting_place(parties: Sequence[Contender]) -> str | None:
    """The region in which a match takes place: one that all accept, and most prefer most.

    None if nobody asks for one, or if there is none in which all would play. Where the pool asks
    for the way to each region, the shortest way decides.
    """
    wants = wants_in(parties)
    nearest = place_of(wants) if wants else None
    if nearest is not None:
        return nearest
    names = all_regions(one.ticket for one in parties)
    possible = [
        region
        for region in names
        if all(one.accepts == ANYWHERE or region in one.ticket.regions for one in parties)
    ]

    def discontent(region: str) -> tuple[int, int, str]:
        wishes = [one.ticket.regions for one in parties if one.ticket.regions]
        unhappy = sum(region not in wish for wish in wishes)
        return unhappy, sum(wish.index(region) for wish in wishes if region in wish), region

    return min(possible, key=discontent, default=None)
