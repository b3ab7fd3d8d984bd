"""Duels: the best pairing of a whole pool of single players.

What is best: first that players who have waited too long play, and that only they are matched
beyond windows; then as many matches as possible, then fresh opponents; then those who have waited
longest, near ratings and near regions, weighed against each other (`Rules.points_per_second`,
`FAR_REGION`). Players are points on the line of ratings, and only near ones are considered: see
`Effort`.

What is guaranteed: no two of those left fit each other. No player who has waited too long is left
while another, who has not, plays with somebody whom the first could play with; without attributes,
that is while another plays at all. Up to 10 tickets the pairing is the best there is. Beyond that
it is the best among each one's nearest, as far as the number of plans followed allows; tests hold
pools of up to 60 to an exact matching.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from .contenders import (
    BEYOND_WINDOWS,
    FAR_REGION,
    REMATCH,
    Contender,
    fits,
    is_too_early,
    unmet_wishes,
    want_the_same,
    wants_in,
    within_windows,
    would_meet_again,
)
from .frontier import cheapest_matching
from .wants.split import Reach, reaches

Duel = tuple[Contender, Contender]


class Effort(NamedTuple):
    """How much to look at in a pool of up to `tickets`.

    `nearest` is how many of the nearest who fit to consider on either side, and `beyond` how many
    of these beyond the windows; `plans` is how many plans to follow.
    """

    tickets: float
    nearest: int
    beyond: int
    plans: int


_EFFORTS = (
    Effort(10, nearest=9, beyond=9, plans=512),
    Effort(200, nearest=8, beyond=4, plans=1024),
    Effort(2_000, nearest=6, beyond=3, plans=64),
    Effort(inf, nearest=4, beyond=2, plans=16),
)
# In a large pool with attributes: who fits stands further apart, so that more plans differ.
_APART = Effort(inf, nearest=3, beyond=2, plans=12)
# How far to look for them, past those who do not fit.
_SEARCHED_PLACES = 64
# How far apart in the line two may be in one plan: a plan remembers each place between them.
_SWEPT_PLACES = 1_000


def cost(one: Contender, other: Contender) -> float:
    """The cost of pairing these two, who fit."""
    total = abs(one.rating - other.rating)
    if not within_windows(one, other):
        total += BEYOND_WINDOWS
    if not one.prefers & other.prefers:
        total += FAR_REGION
    if (one.avoids or other.avoids) and would_meet_again(one, other):
        total += REMATCH
    return total if one.wants is None else total + unmet_wishes(one, other)


def pair_duels(waiting: Sequence[Contender], pool_size: int = 0) -> list[Duel]:
    """The best pairing of the pool; `waiting` is in queue order.

    If it is only a part of the pool, `pool_size` is how many wait in the whole.
    """
    line = sorted(waiting, key=_rating)  # equals stay in queue order
    effort = next(each for each in _EFFORTS if max(pool_size, len(line)) <= each.tickets)
    if effort is _EFFORTS[-1] and wants_in(line[:1]):
        effort = _APART
    pairs = cheapest_matching(
        [one.rating for one in line],
        _nearest_below(line, effort),
        [one.worth for one in line],
        effort.plans,
    )
    paired = {place for pair in pairs for place in pair}
    left = [one for place, one in enumerate(line) if place not in paired]
    duels = [(line[one], line[other]) for one, other in pairs]
    added, left = _pair_left(left)
    duels = seat_overdue(duels + added, left)
    while line and line[0].wants is not None and any(one.is_overdue for one in left):
        # Who gave up a place for them may fit somebody who is left and wants something else.
        gone = {one for duel in duels for one in duel}
        added, left = _pair_left([one for one in line if one not in gone])
        if not added:
            break
        duels = seat_overdue(duels + added, left)
    return duels


def best_opponent(newcomer: Contender, waiting: Sequence[Contender]) -> Contender | None:
    """The best opponent for a newcomer among the waiting, if anybody fits."""
    fitting = [one for one in waiting if fits(newcomer, one)]
    return min(fitting, key=lambda one: cost(newcomer, one) - one.worth, default=None)


def _rating(one: Contender) -> float:
    return one.rating


def _nearest_below(line: Sequence[Contender], effort: Effort) -> list[list[tuple[int, float]]]:
    """For each place in the line the lower ones that may be paired with it, and at what cost.

    Each looks up for its nearest; one that has waited too long also looks down, since it fits
    those whose own windows do not reach it.
    """
    below: list[list[tuple[int, float]]] = [[] for _ in line]
    reach = _reaches(line)
    for place in range(len(line)):
        above = _places_above(place, len(line), reach[place])
        for other, price in _nearest(line, place, above, effort):
            below[other].append((place, price))
    for place, one in enumerate(line):
        if one.is_overdue:
            known = {other for other, _ in below[place]}
            found = _nearest(line, place, _places_below(place, reach[place]), effort)
            below[place] += [(other, price) for other, price in found if other not in known]
    return below


def _reaches(line: Sequence[Contender]) -> list[Reach]:
    """Where those are whom each may fit by what they want; all where the pool has no attributes."""
    wants = wants_in(line)
    return reaches(wants) if wants else [None] * len(line)


def _places_above(place: int, end: int, reach: Reach) -> Sequence[int]:
    """The next places upwards of those who may fit."""
    if reach is None:
        return range(place + 1, min(end, place + 1 + _SEARCHED_PLACES))
    first = bisect_right(reach, place)
    end = bisect_right(reach, place + _SWEPT_PLACES, first)
    return reach[first : min(end, first + _SEARCHED_PLACES)]


def _places_below(place: int, reach: Reach) -> Sequence[int]:
    """The next places downwards of those who may fit."""
    if reach is None:
        return range(place - 1, max(-1, place - 1 - _SEARCHED_PLACES), -1)
    end = bisect_left(reach, place)
    first = bisect_left(reach, place - _SWEPT_PLACES, 0, end)
    return reach[max(first, end - _SEARCHED_PLACES) : end][::-1]


def _nearest(
    line: Sequence[Contender], place: int, places: Sequence[int], effort: Effort
) -> Iterator[tuple[int, float]]:
    """The nearest fitting opponents with their costs; recent opponents do not count."""
    one = line[place]
    rating, window, accepts, is_overdue = one.rating, one.window, one.accepts, one.is_overdue
    is_paused, has_wants, found, beyond = one.is_paused, one.wants is not None, 0, 0
    for other_place in places:
        other = line[other_place]
        gap = abs(other.rating - rating)
        if gap > window:
            return
        if is_paused and is_too_early(one, other):
            continue
        if has_wants and not want_the_same(one, other):
            continue
        if accepts & other.accepts and (gap <= other.window or is_overdue):
            price = cost(one, other)
            if price >= BEYOND_WINDOWS:
                beyond += 1
                if beyond > effort.beyond:
                    continue
            yield other_place, price
            found += price < REMATCH or price >= BEYOND_WINDOWS
            if found == effort.nearest:
                return


def _pair_left(left: Sequence[Contender]) -> tuple[list[Duel], list[Contender]]:
    """Pair those of the rest who fit each other, but were too far apart in the line before.

    The narrowest windows come first: they look at few, and then few remain for the wide ones.
    """
    above = [*range(1, len(left)), -1]
    below = [*range(-1, len(left) - 1)]
    free = [True] * len(left)
    reach = _reaches(left)
    duels = []
    for place in sorted(range(len(left)), key=lambda place: left[place].window):
        if not free[place]:
            continue
        found = min(
            _first_fit(left, place, _onwards(place, above, reach[place], free, 1)),
            _first_fit(left, place, _onwards(place, below, reach[place], free, -1)),
            key=lambda other: inf if other < 0 else cost(left[place], left[other]),
        )
        if found < 0:
            continue
        duels.append((left[place], left[found]))
        for gone in (place, found):
            free[gone] = False
            if above[gone] >= 0:
                below[above[gone]] = below[gone]
            if below[gone] >= 0:
                above[below[gone]] = above[gone]
    return duels, [one for one, is_free in zip(left, free, strict=True) if is_free]


def _onwards(
    place: int, following: Sequence[int], reach: Reach, free: Sequence[bool], step: int
) -> Iterator[int]:
    """The free places on this side of those who may fit, the nearest first."""
    if reach is None:
        other = following[place]
        while other >= 0:
            yield other
            other = following[other]
        return
    at = bisect_right(reach, place) if step > 0 else bisect_left(reach, place) - 1
    while 0 <= at < len(reach):
        if free[reach[at]]:
            yield reach[at]
        at += step


def _first_fit(left: Sequence[Contender], place: int, others: Iterator[int]) -> int:
    """The nearest of these who fits, better a fresh opponent; -1 if there is none."""
    one, again = left[place], -1
    for other in others:
        if abs(left[other].rating - one.rating) > one.window:
            break
        if fits(one, left[other]):
            if not would_meet_again(one, left[other]):
                return other
            again = other if again < 0 else again
    return again


def seat_overdue(duels: list[Duel], left: Sequence[Contender]) -> list[Duel]:
    """Let a party that has waited too long replace the one whose replacement costs least."""
    for one in left:
        if not one.is_overdue:
            continue
        swaps = [
            (out.worth + cost(one, stays) - cost(out, stays), place, stays)
            for place, duel in enumerate(duels)
            for out, stays in (duel, duel[::-1])
            if one.accepts & stays.accepts and want_the_same(one, stays)
        ]
        loss, place, stays = min(swaps, default=(inf, 0, one), key=lambda swap: swap[:2])
        if loss < one.worth:
            duels[place] = (one, stays)
    return duels
