"""Duels: the best pairing of a whole pool of single players.

What is best: first that players who have waited too long play, and that only they are matched
beyond windows; then as many matches as possible, then fresh opponents; then those who have waited
longest, near ratings and near regions, weighed against each other (`Rules.points_per_second`,
`FAR_REGION`). Players are points on the line of ratings, and only near ones are considered: see
`Effort`.

What is guaranteed: no two of those left fit each other. No player who has waited too long is left
while another, who has not, plays. Up to 10 tickets the pairing is the best there is. Beyond that
it is the best among each one's nearest, as far as the number of plans followed allows; tests hold
pools of up to 60 to an exact matching.
"""

from __future__ import annotations

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
    within_windows,
    would_meet_again,
)
from .frontier import cheapest_matching

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
# How far to look for them, past those who do not fit.
_SEARCHED_PLACES = 64


def cost(one: Contender, other: Contender) -> float:
    """The cost of pairing these two, who fit."""
    total = abs(one.rating - other.rating)
    if not within_windows(one, other):
        total += BEYOND_WINDOWS
    if not one.prefers & other.prefers:
        total += FAR_REGION
    if (one.avoids or other.avoids) and would_meet_again(one, other):
        total += REMATCH
    return total


def pair_duels(waiting: Sequence[Contender]) -> list[Duel]:
    """The best pairing of the pool; `waiting` is in queue order."""
    line = sorted(waiting, key=_rating)  # equals stay in queue order
    effort = next(each for each in _EFFORTS if len(line) <= each.tickets)
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
    return seat_overdue(duels + added, left)


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
    for place in range(len(line)):
        for other, price in _nearest(line, place, range(place + 1, len(line)), effort):
            below[other].append((place, price))
    for place, one in enumerate(line):
        if one.is_overdue:
            known = {other for other, _ in below[place]}
            found = _nearest(line, place, range(place - 1, -1, -1), effort)
            below[place] += [(other, price) for other, price in found if other not in known]
    return below


def _nearest(
    line: Sequence[Contender], place: int, places: range, effort: Effort
) -> Iterator[tuple[int, float]]:
    """The nearest fitting opponents with their costs; recent opponents do not count."""
    one = line[place]
    rating, window, accepts, is_overdue = one.rating, one.window, one.accepts, one.is_overdue
    is_paused, found, beyond = one.is_paused, 0, 0
    for other_place in places[:_SEARCHED_PLACES]:
        other = line[other_place]
        gap = abs(other.rating - rating)
        if gap > window:
            return
        if is_paused and is_too_early(one, other):
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
    duels = []
    for place in sorted(range(len(left)), key=lambda place: left[place].window):
        if not free[place]:
            continue
        found = min(
            (_first_fit(left, place, above), _first_fit(left, place, below)),
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


def _first_fit(left: Sequence[Contender], place: int, following: Sequence[int]) -> int:
    """The nearest free one on this side who fits, better a fresh opponent; -1 if there is none."""
    one, again = left[place], -1
    other = following[place]
    while other >= 0 and abs(left[other].rating - one.rating) <= one.window:
        if fits(one, left[other]):
            if not would_meet_again(one, left[other]):
                return other
            again = other if again < 0 else again
        other = following[other]
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
            if one.accepts & stays.accepts
        ]
        loss, place, stays = min(swaps, default=(inf, 0, one), key=lambda swap: swap[:2])
        if loss < one.worth:
            duels[place] = (one, stays)
    return duels
