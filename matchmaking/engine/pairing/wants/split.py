"""A pool split by what its parties want, so that nobody is looked for among those who differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, product
from math import floor, inf

from .compiled import Field, Span, Wants

Reach = list[int] | None
"""The places of those with whom a party may agree, in ascending order; None for all."""
_Bucket = tuple[int, bool] | None
"""Where a number is, and whether its limit is unusually wide; None without a number."""
_Classes = dict[_Bucket, dict[int, list[int]]]

# How many pairs of classes are compared at most; beyond that, only numbers divide a cell.
_MOST_COMPARED = 300_000
# Who agrees with one in so many finds them among neighbours.
_DENSE = 8
# Into how many lanes by options a cell is divided at most.
_MOST_LANES = 64
# The limits of nine in ten parties are no wider than the buckets.
_USUAL = 0.9


def cells(wants: Sequence[Wants]) -> list[list[int]]:
    """Parties, by their places in `wants`, in groups between which nobody agrees."""
    if not wants:
        return []
    groups: dict[Hashable, list[int]] = defaultdict(list)
    keys = _keys({one.accepts for one in wants}, wants[0].layout.fields)
    for place, one in enumerate(wants):
        key = keys[one.accepts]
        if key is not None:  # what a party's members want has nothing in common: it fits nobody
            groups[key].append(place)
    found = list(groups.values())
    for number in range(len(wants[0].spans)):
        found = [part for group in found for part in _apart(group, wants, number)]
    return found


def _keys(masks: Iterable[int], fields: Sequence[Field]) -> dict[int, tuple[int, ...] | None]:
    """For each mask of bits the connected sets of options it belongs to, one in each field."""
    keys: dict[int, tuple[int, ...] | None] = dict.fromkeys(masks, ())
    for field in fields:
        connected: list[int] = []
        for bits in {mask & field.bits for mask in keys}:
            joined, rest = bits, []
            for each in connected:
                if each & joined:
                    joined |= each
                else:
                    rest.append(each)
            connected = [*rest, joined] if bits else connected
        for mask, key in keys.items():
            mine = next((each for each in connected if each & mask), None)
            keys[mask] = None if mine is None or key is None else (*key, mine)
    return keys


def _apart(group: list[int], wants: Sequence[Wants], number: int) -> list[list[int]]:
    """A group cut wherever all below are too far from all above by one number."""
    spans = [wants[place].spans[number] for place in group]
    if len(group) < 2 or any(low == inf for low, _, _ in spans):
        return [group]
    order = sorted(range(len(group)), key=lambda index: spans[index][0])
    above, widest = [0.0] * len(order), 0.0
    for at in range(len(order) - 1, -1, -1):
        widest = max(widest, spans[order[at]][2])
        above[at] = widest
    parts, below = [[group[order[0]]]], spans[order[0]][2]
    for at in range(1, len(order)):
        low, _, limit = spans[order[at]]
        if low - spans[order[at - 1]][0] > min(below, above[at]):
            parts.append([])
            below = 0.0
        parts[-1].append(group[order[at]])
        below = max(below, limit)
    return [sorted(part) for part in parts]


def reaches(wants: Sequence[Wants]) -> list[Reach]:
    """For each party of a cell where those are with whom it may agree."""
    anywhere: list[Reach] = [None] * len(wants)
    classes = _classes(wants)
    if len(classes) == 1 and len(next(iter(classes.values()))) == 1:
        return anywhere
    layout = wants[0].layout
    for bucket, by_mask in classes.items():
        near = _near(bucket, classes)
        for mask, places in by_mask.items():
            found = [
                theirs
                for group in near
                for other, theirs in group.items()
                if ((mask & other) + layout.carry) & layout.tops == layout.tops
            ]
            if sum(map(len, found)) * _DENSE >= len(wants):
                continue
            reach = sorted(chain.from_iterable(found))
            for place in places:
                anywhere[place] = reach
    return anywhere


def _classes(wants: Sequence[Wants]) -> _Classes:
    """Parties by their number that divides most, and by their bits."""
    buckets = _buckets(wants)
    classes: _Classes = defaultdict(lambda: defaultdict(list))
    for place, one in enumerate(wants):
        classes[buckets[place]][one.accepts].append(place)
    compared = sum(
        len(by_mask) * sum(map(len, _near(bucket, classes))) for bucket, by_mask in classes.items()
    )
    if compared <= _MOST_COMPARED:
        return classes
    everything = wants[0].layout.everything
    return {
        bucket: {everything: sorted(chain.from_iterable(by_mask.values()))}
        for bucket, by_mask in classes.items()
    }


def _buckets(wants: Sequence[Wants]) -> list[_Bucket]:
    best: list[_Bucket] = [None] * len(wants)
    most = 1
    for number in range(len(wants[0].spans)):
        spans = [one.spans[number] for one in wants]
        limits = sorted(limit for low, _, limit in spans if low < inf)
        width = limits[int(_USUAL * (len(limits) - 1))] if limits else inf
        if width < inf:
            buckets = [_bucket(span, max(width, 1e-9)) for span in spans]
            if len(set(buckets)) > most:
                best, most = buckets, len(set(buckets))
    return best


def _bucket(span: Span, width: float) -> _Bucket:
    low, _, limit = span
    return None if low == inf else (floor(low / width), limit > width)


def _near(bucket: _Bucket, classes: _Classes) -> list[dict[int, list[int]]]:
    """The classes whose numbers may be near enough: at most one narrow width apart.

    Two that are wide may be further apart, and who has no number is near everybody.
    """
    if bucket is None:
        return list(classes.values())
    place, is_wide = bucket
    near: list[_Bucket] = [(place + step, False) for step in (-1, 0, 1)]
    if is_wide:
        near += [one for one in classes if one is not None and one[1]]
    else:
        near += [(place + step, True) for step in (-1, 0, 1)]
    return [classes[one] for one in (*near, None) if one in classes]


def lanes(wants: Sequence[Wants]) -> Iterator[list[int]]:
    """The parties of a cell that have options in common, for each set of these.

    First by what they prefer, then by what they accept.
    """
    if not wants:
        return
    for bits_of in (_prefers, _accepts):
        if bits_of is _accepts and all(one.accepts == one.prefers for one in wants):
            break  # there are no wishes: it would be the same again
        yield from _lanes_by(bits_of, wants)


def _prefers(one: Wants) -> int:
    return one.prefers


def _accepts(one: Wants) -> int:
    return one.accepts


def _lanes_by(bits_of: Callable[[Wants], int], wants: Sequence[Wants]) -> Iterator[list[int]]:
    masks = [bits_of(one) for one in wants]
    choices: list[list[int]] = []
    count, is_whole = 1, True
    for field in wants[0].layout.fields:
        if len({mask & field.bits for mask in masks}) == 1:
            continue
        options = [1 << (field.offset + place) for place in range(len(field.attribute.options))]
        if count * len(options) > _MOST_LANES:
            is_whole = False
            continue
        count *= len(options)
        choices.append(options)
    for chosen in product(*choices):
        needed = sum(chosen)
        lane = [place for place, mask in enumerate(masks) if mask & needed == needed]
        if len(lane) > 1:
            yield lane
    if choices and not is_whole:
        yield list(range(len(wants)))
