"""Parties into sides of several players, or more than two sides: the best over a whole pool.

Parties stand in the order of their ratings. For each the narrowest match is sought in which it is
the lowest; of these matches the best set in which none overlap is taken; and so on with the rest,
until there is none. Large parties first get the small ones that fill their teams.
Parties that have waited too long come first: among themselves, then one by one with
anybody. Fresh opponents come before others, and regions before foreign ones.

Every match keeps the rules. That every possible match is found is not promised, for that is as
hard as packing; tests hold small pools to trying everything, and there 99 of 100 are found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence

from .contenders import ANYWHERE, Contender, all_regions, roles_in, wants_in
from .gathering import Gathering, Group, could_fill, value
from .shapes import count_sizes, team_shapes, thrifty_team_shapes
from .values import Rules
from .wants.split import lanes

# From how many places in the line a party's match is sought, the nearest first.
_PLACES_TRIED = 200


def group_with(party: Contender, pool: Sequence[Contender], rules: Rules) -> Group | None:
    """The match that this party can have now, if any; `pool` includes it."""
    shapes = team_shapes(rules.team_size)
    for with_rematches in _stages(pool):
        for lane in _lanes(pool):
            if party in lane:
                gathering = Gathering(lane, rules, shapes, with_rematches=with_rematches)
                group = _around(party, gathering)
                if group is not None:
                    return group
    return None


def group_pool(pool: Sequence[Contender], rules: Rules) -> list[Group]:
    """Matches over the whole pool, which is in queue order."""
    found = _overdue_first(pool, rules)
    gone = {one for group in found for one in group}
    return found + _over_lanes([one for one in pool if one not in gone], rules)


def _over_lanes(pool: Sequence[Contender], rules: Rules) -> list[Group]:
    found: list[Group] = []
    gone: set[Contender] = set()
    for with_rematches in _stages(pool):
        for lane in _lanes(pool):
            left = [one for one in lane if one not in gone]
            groups = _over_lane(left, rules, with_rematches=with_rematches)
            gone.update(one for group in groups for one in group)
            found += groups
    return found


def _stages(pool: Sequence[Contender]) -> tuple[bool, ...]:
    """Whether to allow rematches: first without, if any party has recent opponents."""
    return (False, True) if any(one.avoids for one in pool) else (True,)


def _lanes(pool: Sequence[Contender]) -> Iterator[list[Contender]]:
    """The parties that could meet, region by region: first by preference, then by acceptance.

    The same for what else they want. Each in the order of ratings; equals stay in queue order.
    """
    for line in _lanes_by_region(pool):
        wants = wants_in(line)
        if not wants:
            yield line
        for lane in lanes(wants):
            yield [line[place] for place in lane]


def _lanes_by_region(pool: Sequence[Contender]) -> Iterator[list[Contender]]:
    line = sorted(pool, key=lambda one: one.rating)
    regions = all_regions(one.ticket for one in line)
    if not regions:
        yield line
        return
    for is_relaxed in (False, True):
        for region in regions:
            yield [
                one
                for one in line
                if one.prefers == ANYWHERE
                or region in one.ticket.regions
                or (is_relaxed and one.accepts == ANYWHERE)
            ]


def _overdue_first(pool: Sequence[Contender], rules: Rules) -> list[Group]:
    """Matches for parties that have waited too long: among themselves, then with anybody."""
    found = _over_lanes([one for one in pool if one.is_overdue], rules)
    gone = {one for group in found for one in group}
    # They fit everybody: where one finds no match, no other that is the same would.
    hopeless: set[Hashable] = set()
    for party in pool:
        if not party.is_overdue or party in gone or _likeness(party) in hopeless:
            continue
        group = group_with(party, [one for one in pool if one not in gone], rules)
        if group is None:
            hopeless.add(_likeness(party))
        else:
            found.append(group)
            gone.update(group)
    return found


def _likeness(party: Contender) -> Hashable:
    """What it depends on whether a party that has waited too long finds a match."""
    wants = None if party.wants is None else (party.wants.accepts, party.wants.spans)
    return party.size, wants, roles_in((party,))


def _around(party: Contender, gathering: Gathering) -> Group | None:
    """The best match with `party`, sought outwards from its own rating.

    After the first is found the search goes on for as many places as a match has players.
    """
    line, rules = gathering.line, gathering.rules
    counts = count_sizes((one.size for one in line), rules.team_size)
    if not could_fill(counts, gathering.shapes, rules, party):
        return None
    own = line.index(party)
    places = sorted(range(len(line)), key=lambda place: (abs(place - own), place))
    best: Group | None = None
    tries_left = _PLACES_TRIED
    for lowest in places[:_PLACES_TRIED]:
        group = gathering.narrowest(lowest, party)
        if group is not None and (best is None or value(group) > value(best)):
            if best is None:
                tries_left = rules.players
            best = group
        tries_left -= 1
        if tries_left < 0:
            break
    return best


def _over_lane(lane: Sequence[Contender], rules: Rules, *, with_rematches: bool) -> list[Group]:
    """The best set of matches among those in the lane, until no more are found."""
    found: list[Group] = []
    left = list(lane)
    counts = count_sizes((one.size for one in left), rules.team_size)
    for shapes in (thrifty_team_shapes(counts), team_shapes(rules.team_size)):
        while could_fill(counts, shapes, rules):
            gathering = Gathering(left, rules, shapes, with_rematches=with_rematches)
            groups = _best_apart(gathering)
            if not groups:
                break
            gone = {one for group in groups for one in group}
            left = [one for one in left if one not in gone]
            counts = count_sizes((one.size for one in left), rules.team_size)
            found += groups
    return found


def _best_apart(gathering: Gathering) -> list[Group]:
    """Of the narrowest matches from each place up, the most valuable set without overlaps.

    As in the scheduling of weighted intervals: an overlap is one of places in the line.
    """
    place_of = {one: place for place, one in enumerate(gathering.line)}
    runs = []
    for lowest in range(len(gathering.line)):
        group = gathering.narrowest(lowest)
        if group is not None:
            places = [place_of[one] for one in group]
            runs.append((max(places), min(places), group))
    runs.sort(key=lambda run: run[:2])
    ends = [last for last, _, _ in runs]
    best = [0.0]
    choices: list[int | None] = []  # for each run: how many runs end before it, if it is taken
    for number, (_, first, group) in enumerate(runs):
        before = bisect_right(ends, first - 1)
        total = best[before] + value(group)
        choices.append(before if total > best[number] else None)
        best.append(max(total, best[number]))
    chosen, number = [], len(runs)
    while number:
        before_it = choices[number - 1]
        if before_it is None:
            number -= 1
        else:
            chosen.append(runs[number - 1][2])
            number = before_it
    return chosen
