"""What attributes and roles cost: the same pools paired with and without, one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from statistics import median

from matchmaking.engine.pairing import Attribute, By, Kind, Rules, Ticket, match_at_once, pair_pool

from .pairing import DUELS, FIVES, SEED, waiting_pool

TICKETS = 100_000
PARTIES = 2_000
NEWCOMERS = 50

_MODE = Attribute(
    name="mode", kind=Kind.CHOICE, by=By.EQUAL, options=("ranked", "casual", "rapid", "blitz")
)
_MAPS = Attribute(
    name="maps", kind=Kind.CHOICES, by=By.OVERLAP, options=tuple("abcdefgh"), after_seconds=50
)
_LEVEL = Attribute(name="level", kind=Kind.NUMBER, by=By.WITHIN, within=5, growth=0.1)
_LANGUAGE = Attribute(
    name="language", kind=Kind.CHOICE, by=By.PREFER, options=tuple("klmnop"), weight=50
)
_WAY = Attribute(
    name="way", kind=Kind.LATENCY, by=By.LATENCY, options=("eu", "us", "asia"), within=80, growth=1
)
_SHARD = Attribute(
    name="shard", kind=Kind.CHOICE, by=By.EQUAL, options=tuple(f"s{n}" for n in range(50))
)
_DISTANCE = Attribute(name="distance", kind=Kind.NUMBER, by=By.WITHIN, within=200, growth=1)
#: What is declared, two attributes at a time; the last two split a pool into many small ones.
DECLARED = {
    "mode equal, maps overlap": (_MODE, _MAPS),
    "level within 5, language preferred": (_LEVEL, _LANGUAGE),
    "mode equal, latency": (_MODE, _WAY),
    "one of 50 shards equal, maps overlap": (_SHARD, _MAPS),
    "distance within 200 of 100,000, maps overlap": (_DISTANCE, _MAPS),
}


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU to pair a pool, and how many of its tickets were matched."""

    seconds: float
    matched: int


def _said(chance: Random, one: Attribute) -> object:
    if one.kind is Kind.CHOICE:
        return chance.choice(one.options)
    if one.kind is Kind.CHOICES:
        return chance.sample(one.options, 3)
    if one.kind is Kind.LATENCY:
        home = chance.choice(one.options)
        return {each: 25.0 if each == home else chance.uniform(60, 200) for each in one.options}
    return chance.uniform(0, 100_000) if one is _DISTANCE else float(chance.randint(1, 60))


def saying(pool: list[Ticket], attributes: tuple[Attribute, ...]) -> list[Ticket]:
    """The same tickets, whose parties say something of each attribute."""
    chance = Random(SEED)
    return [
        replace(
            ticket,
            members=tuple(replace(one, attributes=said) for one in ticket.members),
        )
        for ticket in pool
        for said in [{each.name: _said(chance, each) for each in attributes}]
    ]


def casting(pool: list[Ticket]) -> list[Ticket]:
    """The same tickets, whose players can take one to three roles."""
    chance = Random(SEED)
    names = ("keeper", "healer", "wing")
    return [
        replace(
            ticket,
            members=tuple(
                replace(one, roles=tuple(chance.sample(names, chance.randint(1, 3))))
                for one in ticket.members
            ),
        )
        for ticket in pool
    ]


def measure(pool: list[Ticket], rules: Rules) -> Cost:
    """Pair one pool once."""
    start = time.process_time()
    matches = pair_pool(pool, rules, now=0.0)
    seconds = time.process_time() - start
    return Cost(seconds, sum(len(match.tickets) for match in matches))


def measure_newcomers(pool: list[Ticket], rules: Rules) -> float:
    """Median milliseconds of CPU to find a match for somebody who comes."""
    taken = []
    for newcomer in pool[:NEWCOMERS]:
        others = pool[NEWCOMERS:]
        start = time.process_time()
        match_at_once(replace(newcomer, waiting_since=0.0), others, rules, now=0.0)
        taken.append(time.process_time() - start)
    return median(taken) * 1e3


def report(runs: int) -> None:
    """Pair each pool with and without, in turn, so that both meet the same load."""
    print(f"\n{TICKETS:,} single players, one core\n")
    print("| attributes | CPU, s | x without | matched |\n|---|---|---|---|")
    plain = waiting_pool(DUELS, TICKETS)
    pools = {name: saying(plain, both) for name, both in DECLARED.items()}
    _table(
        runs,
        lambda: measure(plain, DUELS),
        {
            name: lambda name=name: measure(  # type: ignore[misc]
                pools[name], replace(DUELS, attributes=DECLARED[name])
            )
            for name in DECLARED
        },
    )
    fives = waiting_pool(FIVES, PARTIES)
    print(f"\n{PARTIES:,} parties of 1 to 5 into teams of five, one core\n")
    print("| | CPU, s | x without | matched |\n|---|---|---|---|")
    roles = (("keeper", 1), ("healer", 2))
    _table(
        runs,
        lambda: measure(fives, FIVES),
        {
            "mode equal, maps overlap": lambda: measure(
                saying(fives, (_MODE, _MAPS)), replace(FIVES, attributes=(_MODE, _MAPS))
            ),
            "a keeper and two healers": lambda: measure(
                casting(fives), replace(FIVES, roles=roles)
            ),
        },
    )
    print("\nA newcomer among 10,000, milliseconds of CPU (p50)\n")
    few = waiting_pool(DUELS, 10_000)
    some = saying(few, (_MODE, _MAPS))
    without = measure_newcomers(few, DUELS)
    with_them = measure_newcomers(some, replace(DUELS, attributes=(_MODE, _MAPS)))
    print(f"| without | mode equal, maps overlap |\n|---|---|\n| {without:.1f} | {with_them:.1f} |")


def _table(runs: int, without: Callable[[], Cost], ways: dict[str, Callable[[], Cost]]) -> None:
    every = {"none": without, **ways}
    costs: dict[str, list[Cost]] = {name: [] for name in every}
    for _ in range(runs):
        for name, way in every.items():
            costs[name].append(way())
    base = median(cost.seconds for cost in costs["none"])
    for name, measured in costs.items():
        seconds = median(cost.seconds for cost in measured)
        print(f"| {name} | {seconds:.2f} | {seconds / base:.2f} | {measured[0].matched:,} |")
