"""Pools with attributes and roles, and a judge of them that knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations
from math import inf
from random import Random

from hypothesis import strategies as st

from matchmaking.engine.pairing import Attribute, By, Kind, Match, Member, Rules, Ticket

from .builders import NOW, drawn_rules, drawn_tickets

MAPS = ("dust", "nuke", "mill", "pier")
MODE = Attribute(name="mode", kind=Kind.CHOICE, by=By.EQUAL, options=("fast", "slow", "odd"))
MAP = Attribute(name="map", kind=Kind.CHOICES, by=By.OVERLAP, options=MAPS, after_seconds=80)
LEVEL = Attribute(name="level", kind=Kind.NUMBER, by=By.WITHIN, within=5, growth=0.1)
TONGUE = Attribute(name="tongue", kind=Kind.CHOICE, by=By.PREFER, options=("de", "en"), weight=300)
AGE = Attribute(name="age", kind=Kind.NUMBER, by=By.PREFER, weight=3)
WAY = Attribute(
    name="way", kind=Kind.LATENCY, by=By.LATENCY, options=("eu", "us", "asia"), within=60, growth=1
)
ALL = (MODE, MAP, LEVEL, TONGUE, AGE, WAY)


def said(chance: Random, attribute: Attribute) -> object:
    """What somebody may say of an attribute."""
    if attribute.kind is Kind.CHOICE:
        return chance.choice(attribute.options)
    if attribute.kind is Kind.CHOICES:
        return chance.sample(attribute.options, chance.randint(1, 2))
    if attribute.kind is Kind.NUMBER:
        return chance.randint(1, 60)
    return {one: chance.randint(5, 200) for one in attribute.options if chance.random() < 0.8}


def wanting(
    tickets: Iterable[Ticket], rules: Rules, chance: Random, silent: float = 0.15
) -> list[Ticket]:
    """The same tickets, whose members say something of each attribute and of their roles."""
    named = [role for role, _ in rules.roles]

    def member(one: Member) -> Member:
        says = {
            each.name: said(chance, each) for each in rules.attributes if chance.random() >= silent
        }
        roles = chance.sample(named, chance.randint(0, len(named)))
        return replace(one, attributes=says, roles=tuple(roles))

    return [replace(one, members=tuple(map(member, one.members))) for one in tickets]


@st.composite
def wanting_pools(
    draw: st.DrawFn, form: tuple[int, int, int] = (1, 2, 1), most: int = 12
) -> tuple[list[Ticket], Rules]:
    """Pools in which some attributes are matched."""
    attributes = tuple(draw(st.lists(st.sampled_from(ALL), max_size=3, unique=True)))
    rules = replace(draw(drawn_rules(*form)), attributes=attributes)
    chance = draw(st.randoms(use_true_random=False))
    return wanting(draw(drawn_tickets(form[2], most)), rules, chance), rules


def could_play(tickets: Sequence[Ticket], rules: Rules) -> bool:
    """Whether what these say of the attributes lets all of them play together."""
    return all(_suits(attribute, tickets) for attribute in rules.attributes)


def _suits(attribute: Attribute, tickets: Sequence[Ticket]) -> bool:
    if attribute.by is By.PREFER:
        return True
    if attribute.kind is not Kind.NUMBER:
        return any(
            all(_takes(attribute, one, option) for one in tickets) for option in attribute.options
        )
    spoken = [
        (float(str(member.attributes[attribute.name])), ticket)
        for ticket in tickets
        for member in ticket.members
        if attribute.name in member.attributes
    ]
    return all(
        abs(number - other) <= min(_limit(attribute, one), _limit(attribute, two))
        for (number, one), (other, two) in combinations(spoken, 2)
    )


def _limit(attribute: Attribute, ticket: Ticket) -> float:
    wait = max(0.0, NOW - ticket.waiting_since)
    if wait >= attribute.after_seconds:
        return inf
    return attribute.within + attribute.growth * wait


def _takes(attribute: Attribute, ticket: Ticket, option: str) -> bool:
    """Whether every member plays with this option, or in this region."""
    limit = _limit(attribute, ticket)
    for member in ticket.members:
        value = member.attributes.get(attribute.name)
        if value is None:
            continue
        if isinstance(value, dict):
            if not value.get(option, inf) <= limit or option not in value:
                return False
        elif limit < inf and option not in ([value] if isinstance(value, str) else value):  # type: ignore[operator]
            return False
    return True


def broken_wants(matches: Sequence[Match], rules: Rules) -> list[str]:
    """What a pairing does against attributes and roles, in words."""
    return [problem for match in matches for problem in _broken_in(match, rules)]


def _broken_in(match: Match, rules: Rules) -> Iterator[str]:
    if not could_play(match.tickets, rules):
        yield f"{[one.id for one in match.tickets]} do not want the same"
    for attribute in rules.attributes:
        value = match.attributes.get(attribute.name, [])
        for option in [value] if isinstance(value, str) else value:
            if attribute.by is not By.PREFER and not all(
                _takes(attribute, one, option) for one in match.tickets
            ):
                yield f"not all would play {option}"
    if rules.roles:
        for side, roles in zip(match.sides, match.roles, strict=True):
            members = [member for one in side for member in one.members]
            if sorted(roles) != sorted(rules.slots):
                yield f"a team of {roles}"
            for one, role in zip(members, roles, strict=True):
                if role != "any" and one.roles and role not in one.roles:
                    yield f"{one.player} does not play {role}"


def can_be_cast(wishes: Sequence[Sequence[str]], slots: Sequence[str]) -> int | None:
    """The fewest steps from the players' best roles, by trying every order; None if it cannot."""

    def steps(order: Sequence[str]) -> int | None:
        total = 0
        for mine, role in zip(wishes, order, strict=True):
            if mine and role != "any":
                if role not in mine:
                    return None
                total += list(mine).index(role)
        return total

    found = [steps(order) for order in set(permutations(slots, len(wishes)))]
    return min((one for one in found if one is not None), default=None)
