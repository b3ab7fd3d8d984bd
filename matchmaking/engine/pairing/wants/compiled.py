"""Values of attributes, compiled for one pass over a pool: bits for options, spans for numbers.

Each attribute with options has a field of bits in one integer. Two parties have something in
common in every field if no field of `one & other` is empty: a carry from each field says so, all
in one addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import inf

import msgspec

from .attributes import Attribute, By, Kind

Said = Mapping[str, object]
"""What one player says, by the name of the attribute; what is left out does not matter to them."""
Span = tuple[float, float, float]
"""The least and the greatest number of a party, and how far apart it would be from others."""

_ANY_SPAN: Span = (inf, -inf, inf)
# Regions so many milliseconds from a party's nearest are as good to it.
_AS_NEAR = 20.0


class Field(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Where the options of an attribute are in the integer."""

    attribute: Attribute
    offset: int
    bits: int

    def mask(self, options: Iterable[str]) -> int:
        """These options as bits; unknown ones have none, for the pool may have changed."""
        names, mask = self.attribute.options, 0
        for option in options:
            if option in names:
                mask |= 1 << (self.offset + names.index(option))
        return mask

    def options(self, mask: int) -> tuple[str, ...]:
        """The options whose bits are set."""
        return tuple(
            option
            for place, option in enumerate(self.attribute.options, start=self.offset)
            if mask >> place & 1
        )


class Layout(msgspec.Struct, frozen=True, eq=False):
    """The attributes of a pool, and where each is kept."""

    fields: tuple[Field, ...]
    numbers: tuple[Attribute, ...]
    near_numbers: tuple[Attribute, ...]
    latency: Field | None
    carry: int
    tops: int
    everything: int
    wishes: tuple[tuple[int, float], ...]


class Wants(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What a party wants at this moment.

    `accepts` and `prefers` are bits; what has become a wish is in `prefers` only. `spans` are of
    the numbers that limit, `near` of those that are preferred. `pings` are to each region.
    """

    layout: Layout
    accepts: int
    prefers: int
    spans: tuple[Span, ...]
    near: tuple[Span, ...]
    pings: tuple[float, ...]


@lru_cache(maxsize=256)
def layout_of(attributes: tuple[Attribute, ...]) -> Layout:
    """Where each of these is kept."""
    fields, offset, carry, tops, everything = [], 0, 0, 0, 0
    for one in attributes:
        if one.kind is Kind.NUMBER:
            continue
        bits = ((1 << len(one.options)) - 1) << offset
        fields.append(Field(one, offset, bits))
        carry |= bits
        everything |= bits
        tops |= 1 << (offset + len(one.options))
        offset += len(one.options) + 1
    numbers = tuple(one for one in attributes if one.kind is Kind.NUMBER)
    return Layout(
        tuple(fields),
        tuple(one for one in numbers if one.by is By.WITHIN),
        tuple(one for one in numbers if one.by is By.PREFER),
        next((field for field in fields if field.attribute.kind is Kind.LATENCY), None),
        carry,
        tops,
        everything,
        tuple(
            (field.bits, field.attribute.weight)
            for field in fields
            if field.attribute.kind is not Kind.LATENCY
        ),
    )


def wants_of(layout: Layout, members: Sequence[Said], wait: float) -> Wants:
    """What a party wants after this wait: what all its members would play."""
    accepts = prefers = layout.everything
    pings: tuple[float, ...] = ()
    for field in layout.fields:
        attribute = field.attribute
        if field is layout.latency:
            pings = _pings(attribute, members)
            own = _within(field, pings, min(pings, default=0.0) + _AS_NEAR)
            loose = _within(field, pings, attribute.limit_after(wait))
        else:
            own = field.bits
            for said in members:
                own &= _mask(field, said)
            is_wish = attribute.by is By.PREFER or wait >= attribute.after_seconds
            loose = field.bits if is_wish else own
        prefers &= (own & loose) | ~field.bits
        accepts &= loose | ~field.bits
    return Wants(
        layout,
        accepts,
        prefers,
        tuple([_span(one, members, one.limit_after(wait)) for one in layout.numbers]),
        tuple([_span(one, members, inf) for one in layout.near_numbers]),
        pings,
    )


def _mask(field: Field, said: Said) -> int:
    value = said.get(field.attribute.name)
    if value is None:
        return field.bits
    if isinstance(value, str):
        return field.mask((value,))
    return field.mask(value) if isinstance(value, list | tuple) else field.bits


def _span(attribute: Attribute, members: Sequence[Said], limit: float) -> Span:
    numbers = [said.get(attribute.name) for said in members]
    known = [one for one in numbers if isinstance(one, int | float)]
    return (min(known), max(known), limit) if known else _ANY_SPAN


def _pings(attribute: Attribute, members: Sequence[Said]) -> tuple[float, ...]:
    """The longest way of a member to each region; no end where one has not measured it.

    A name of a region instead, as of a match that is being played, is there and nowhere else.
    """
    measured = [said.get(attribute.name) for said in members]
    known = [
        {one: 0.0} if isinstance(one, str) else one
        for one in measured
        if isinstance(one, str | Mapping)
    ]
    return tuple(
        max((float(one.get(region, inf)) for one in known), default=0.0)
        for region in attribute.options
    )


def _within(field: Field, pings: Sequence[float], limit: float) -> int:
    mask = 0
    for place, ping in enumerate(pings, start=field.offset):
        if ping <= limit and ping < inf:
            mask |= 1 << place
    return mask


# Two parties.


def agree(one: Wants, other: Wants) -> bool:
    """Whether two parties can be in one match by what they want."""
    layout = one.layout
    if ((one.accepts & other.accepts) + layout.carry) & layout.tops != layout.tops:
        return False
    if one.spans:
        for number, (low, high, limit) in enumerate(one.spans):
            low2, high2, limit2 = other.spans[number]
            apart = (high if high > high2 else high2) - (low if low < low2 else low2)
            if apart > limit or apart > limit2:
                return False
    return True


def together(one: Wants, other: Wants) -> Wants | None:
    """What two parties want in one match; None if they do not agree."""
    if not agree(one, other):
        return None
    return Wants(
        one.layout,
        one.accepts & other.accepts,
        one.prefers & other.prefers,
        tuple(
            [
                (min(low, low2), max(high, high2), min(limit, limit2))
                for (low, high, limit), (low2, high2, limit2) in zip(
                    one.spans, other.spans, strict=True
                )
            ]
        ),
        (),
        (),
    )


def discontent(one: Wants, other: Wants) -> float:
    """What the wishes cost that are not met if these two meet, in rating points."""
    layout, total = one.layout, 0.0
    both = one.prefers & other.prefers
    if (both + layout.carry) & layout.tops != layout.tops:
        for bits, weight in layout.wishes:
            if not both & bits:
                total += weight
    if one.near:
        for attribute, mine, theirs in zip(layout.near_numbers, one.near, other.near, strict=True):
            apart = max(mine[1], theirs[1]) - min(mine[0], theirs[0])
            total += max(0.0, apart) * attribute.weight
    if layout.latency is not None:
        total += _best_ping((one, other), layout.latency)[0] * layout.latency.attribute.weight
    return total


def _best_ping(parties: Sequence[Wants], field: Field) -> tuple[float, float, int]:
    """Of the regions that all accept the shortest way of the last, and the region's place."""
    together = field.bits
    for one in parties:
        together &= one.accepts
    ways = [
        (max(one.pings[place] for one in parties), sum(one.pings[place] for one in parties), place)
        for place in range(len(field.attribute.options))
        if together >> (field.offset + place) & 1
    ]
    return min(ways, default=(0.0, 0.0, -1))


# A match.


def agreed(parties: Sequence[Wants]) -> dict[str, str | list[str]]:
    """What the parties of a match have in common, by the name of the attribute.

    Of a choice it is one option, of choices all that suit everybody. Where wishes differ, it is
    what most would like; a preference that has nothing in common is left out.
    """
    result: dict[str, str | list[str]] = {}
    for field in parties[0].layout.fields:
        attribute = field.attribute
        if attribute.kind is Kind.LATENCY:
            place = _best_ping(parties, field)[2]
            if place >= 0:
                result[attribute.name] = attribute.options[place]
            continue
        options = _in_common(field, parties)
        if not options or (attribute.by is By.PREFER and not _shared(field, parties)):
            continue
        result[attribute.name] = options[0] if attribute.kind is Kind.CHOICE else list(options)
    return result


def _shared(field: Field, parties: Sequence[Wants]) -> int:
    mask = field.bits
    for one in parties:
        mask &= one.prefers
    return mask


def _in_common(field: Field, parties: Sequence[Wants]) -> tuple[str, ...]:
    """The options that all like; else of those that all accept the ones that most like."""
    if all(one.prefers & field.bits == field.bits for one in parties):
        return ()  # nobody cares
    shared = _shared(field, parties)
    if not shared:
        accepted = field.bits
        for one in parties:
            accepted &= one.accepts
        liked = {
            option: sum(bool(one.prefers & field.mask((option,))) for one in parties)
            for option in field.options(accepted)
        }
        return tuple(one for one in liked if liked[one] == max(liked.values()))
    return field.options(shared)


def place_of(parties: Sequence[Wants]) -> str | None:
    """The region of a match by the ways to it; None where the pool does not ask for them."""
    field = parties[0].layout.latency
    if field is None:
        return None
    place = _best_ping(parties, field)[2]
    return field.attribute.options[place] if place >= 0 else None
