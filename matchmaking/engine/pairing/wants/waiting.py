"""On what parties do not agree, and when they will if they go on waiting."""

from __future__ import annotations

from math import inf

from .attributes import Attribute, By, Kind
from .compiled import Field, Span, Wants


def differences(one: Wants, other: Wants) -> list[Attribute]:
    """The attributes that keep two parties apart now."""
    found = [
        field.attribute
        for field in one.layout.fields
        if not one.accepts & other.accepts & field.bits
    ]
    for number, attribute in enumerate(one.layout.numbers):
        mine, theirs = one.spans[number], other.spans[number]
        if _apart(mine, theirs) > min(mine[2], theirs[2]):
            found.append(attribute)
    return found


def _apart(mine: Span, theirs: Span) -> float:
    return max(mine[1], theirs[1]) - min(mine[0], theirs[0])


def seconds_to_agree(one: Wants, other: Wants, waits: tuple[float, float]) -> float:
    """When these two agree if both keep waiting; infinite if waiting does not do it."""
    soon = 0.0
    for attribute in differences(one, other):
        if attribute.kind is Kind.NUMBER:
            number = one.layout.numbers.index(attribute)
            apart = _apart(one.spans[number], other.spans[number])
            needed = max(_seconds_to(attribute, apart, wait) for wait in waits)
        elif attribute.kind is Kind.LATENCY and one.layout.latency is not None:
            needed = _seconds_to_region(one.layout.latency, one, other, waits)
        else:
            needed = attribute.after_seconds - max(waits)
        soon = max(soon, needed)
    return soon


def _seconds_to(attribute: Attribute, apart: float, wait: float) -> float:
    """When a party that has waited so long takes others so far apart."""
    missing = apart - attribute.limit_after(wait)
    if missing <= 0:
        return 0.0
    by_growth = missing / attribute.growth if attribute.growth else inf
    return min(by_growth, max(0.0, attribute.after_seconds - wait))


def _seconds_to_region(field: Field, one: Wants, other: Wants, waits: tuple[float, float]) -> float:
    ways = [
        max(
            _seconds_to(field.attribute, ping, wait)
            for ping, wait in zip((mine, theirs), waits, strict=True)
        )
        for mine, theirs in zip(one.pings, other.pings, strict=True)
        if max(mine, theirs) < inf
    ]
    return min(ways, default=inf)


def words(attribute: Attribute) -> str:
    """Who does not wait, as a part of a sentence: "with the same `mode`"."""
    if attribute.kind is Kind.LATENCY:
        return "near enough to a region that is near to you"
    return {
        By.EQUAL: f"with the same `{attribute.name}`",
        By.OVERLAP: f"with a `{attribute.name}` in common with you",
    }.get(attribute.by, f"with a `{attribute.name}` near yours")
