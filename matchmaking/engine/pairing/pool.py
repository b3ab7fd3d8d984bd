"""The pairing of a pool: takes tickets, rules and the time; returns matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .balance import divide
from .contenders import Contender, contenders, fits, meeting_place, roles_in, wants_in
from .duels import best_opponent, pair_duels
from .gathering import Group
from .groups import group_pool, group_with
from .values import Match, Rules, Ticket
from .wants.compiled import agreed
from .wants.roles import assign
from .wants.split import cells


def pair_pool(tickets: Sequence[Ticket], rules: Rules, now: float) -> list[Match]:
    """Pair all waiting tickets as well as possible; the match with the longest wait comes first.

    The order of `tickets` matters only for equal times. Raises `PairingError` if a player waits
    on two of them.
    """
    able = [one for one in contenders(tickets, rules, now) if one.size <= rules.party_limit]
    groups: list[Group] = []
    for part in _parts(able):
        groups += pair_duels(part, len(able)) if rules.is_duel else group_pool(part, rules)
    ordered = sorted(groups, key=lambda group: min(one.place for one in group))
    return [_match(group, rules) for group in ordered]


def _parts(pool: Sequence[Contender]) -> list[list[Contender]]:
    """The pool in parts between which nobody fits by what they want, each in queue order."""
    wants = wants_in(pool)
    if not wants:
        return [list(pool)] if pool else []
    return [[pool[place] for place in cell] for cell in cells(wants) if len(cell) > 1]


def match_at_once(
    newcomer: Ticket, waiting: Iterable[Ticket], rules: Rules, now: float
) -> Match | None:
    """The match that a new ticket makes possible, if any; no match without it is sought.

    For use whenever somebody joins a pool that was paired before: only a match with the newcomer
    can have become possible since, but for what time does.
    """
    if len(newcomer.members) > rules.party_limit:
        return None
    near = contenders([*_in_reach(newcomer, waiting, rules, now), newcomer], rules, now)
    [mine] = [one for one in near if one.ticket is newcomer]
    others = [one for one in near if one is not mine]
    if rules.attributes:
        others = [one for one in others if fits(mine, one)]
    if rules.is_duel:
        opponent = best_opponent(mine, others)
        return None if opponent is None else _match((mine, opponent), rules)
    group = group_with(mine, [*others, mine] if rules.attributes else near, rules)
    return None if group is None else _match(group, rules)


def _in_reach(
    newcomer: Ticket, waiting: Iterable[Ticket], rules: Rules, now: float
) -> list[Ticket]:
    """The tickets that may fit by rating: a quick filter, since most of a pool is far off."""
    wait, rating = now - newcomer.waiting_since, newcomer.rating
    able = [one for one in waiting if len(one.members) <= rules.party_limit]
    if wait >= rules.longest_wait:
        return able
    window = rules.window_after(max(0.0, wait))
    return [
        one
        for one in able
        if abs(one.rating - rating) <= window or now - one.waiting_since >= rules.longest_wait
    ]


def _match(group: Group, rules: Rules) -> Match:
    sides: Sequence[Sequence[Contender]]
    if rules.is_duel:
        sides = [[one] for one in sorted(group, key=lambda one: one.place)]
    else:
        sides = divide(group, rules)
    wants = wants_in(group)
    return Match(
        tuple(tuple(one.ticket for one in side) for side in sides),
        meeting_place(group),
        agreed(wants) if wants else {},
        tuple(assign(roles_in(side), rules.slots) or () for side in sides) if rules.slots else (),
    )
