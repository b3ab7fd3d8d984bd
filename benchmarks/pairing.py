"""The pairing engine alone, on one core: how fast it is, and how well it pairs arrivals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, median, quantiles

from matchmaking.engine.pairing import (
    Match,
    Member,
    Rules,
    Ticket,
    match_at_once,
    pair_in_order,
    pair_pool,
)

from .plots import draw
from .servers import ROOT

PLOT = ROOT / "docs" / "pairing.svg"
SIZES = (1_000, 10_000, 100_000)
PARTIES = (500, 1_000, 2_000)
ARRIVALS = 10_000
SEED = 2026

_MEAN_RATING, _RATING_DEVIATION = 1500.0, 300.0
_LONGEST_WAIT_SECONDS = 60.0
_TICK_SECONDS = 8.0  # of the comparisons at ticks; Matchpoint itself ticks each second

DUELS = Rules(window_start=50, window_growth=5)
BUSY_DUELS = Rules(
    window_start=50, window_growth=5, longest_wait=58, rematch_memory=3, region_seconds=40
)
FIVES = Rules(team_size=5, party_limit=5, window_start=50, window_growth=5)
_REGIONS = ("africa", "america", "asia", "europe")


@dataclass(frozen=True)
class Speed:
    """The cost of pairing one pool, in seconds of CPU."""

    name: str
    tickets: int
    players: int
    matches: int
    seconds: float


@dataclass(frozen=True)
class Quality:
    """How well a method paired the arrivals: gaps in rating points, waits in seconds."""

    name: str
    matches: int
    mean_gap: float
    p95_gap: float
    mean_wait: float
    p95_wait: float


def waiting_pool(rules: Rules, tickets: int, *, crowded: bool = False) -> list[Ticket]:
    """Parties of all sizes that the rules allow, waiting for up to a minute at time 0.

    A crowded pool also has regions and recent opponents.
    """
    chance = Random(SEED)
    pool, players = [], 0
    for number in range(tickets):
        size = chance.randint(1, rules.party_limit)
        strength = chance.gauss(_MEAN_RATING, _RATING_DEVIATION)
        members = tuple(
            Member(
                players + place,
                strength + (chance.gauss(0, 50) if size > 1 else 0),
                tuple(chance.randrange(tickets) for _ in range(3)) if crowded else (),
            )
            for place in range(size)
        )
        players += size
        since = -chance.uniform(0, _LONGEST_WAIT_SECONDS)
        regions = (chance.choice(_REGIONS),) if crowded else ()
        pool.append(Ticket(number, members, since, regions))
    return pool


def measure_speed(name: str, rules: Rules, tickets: int, *, crowded: bool = False) -> Speed:
    """Pair one pool once."""
    pool = waiting_pool(rules, tickets, crowded=crowded)
    start = time.process_time()
    matches = pair_pool(pool, rules, now=0.0)
    seconds = time.process_time() - start
    players = sum(len(ticket.members) for ticket in pool)
    return Speed(name, tickets, players, len(matches), seconds)


def measure_newcomer(rules: Rules, waiting: int, *, newcomers: int = 20) -> float:
    """Median milliseconds of CPU to find a match for a newcomer among tickets that do not fit."""
    chance = Random(SEED)
    pool = [Ticket(n, (Member(n, 10_000.0 * n),), -chance.uniform(0, 60)) for n in range(waiting)]
    taken = []
    for number in range(newcomers):
        newcomer = Ticket(-1, (Member(-1, 10_000.0 * chance.randrange(waiting) + 1),), 0.0)
        start = time.process_time()
        match = match_at_once(newcomer, pool, rules, now=0.0)
        taken.append(time.process_time() - start)
        assert (match is not None) == rules.is_duel, number
    return median(taken) * 1e3


def arrivals(count: int = ARRIVALS, seed: int = SEED) -> list[Ticket]:
    """Single players, one a second in the mean, with normal ratings."""
    chance, now, tickets = Random(seed), 0.0, []
    for number in range(count):
        now += chance.expovariate(1.0)
        rating = chance.gauss(_MEAN_RATING, _RATING_DEVIATION)
        tickets.append(Ticket(number, (Member(number, rating),), now))
    return tickets


# A way of pairing: the waiting tickets in order; the last of them if it is new, or None; the time.
Matcher = Callable[[Sequence[Ticket], Ticket | None, float], Iterable[Match]]


def simulate(
    name: str, matcher: Matcher, tickets: Sequence[Ticket], *, tick_seconds: float = 1.0
) -> Quality:
    """Let the tickets arrive, with ticks between; those left unmatched are not counted."""
    waiting: dict[object, Ticket] = {}
    gaps: list[float] = []
    waits: list[float] = []

    def pair(newcomer: Ticket | None, now: float) -> None:
        for match in matcher(list(waiting.values()), newcomer, now):
            gaps.append(match.gap)
            for ticket in match.tickets:
                waits.append(now - ticket.waiting_since)
                del waiting[ticket.id]

    tick = tick_seconds
    for ticket in tickets:
        while tick < ticket.waiting_since:
            pair(None, tick)
            tick += tick_seconds
        waiting[ticket.id] = ticket
        pair(ticket, ticket.waiting_since)
    p95_gap, p95_wait = (quantiles(values, n=20)[-1] for values in (gaps, waits))
    return Quality(name, len(gaps), fmean(gaps), p95_gap, fmean(waits), p95_wait)


def _duel(first: Ticket, second: Ticket) -> Match:
    return Match(((first,), (second,)))


def first_come(waiting: Sequence[Ticket], newcomer: Ticket | None, now: float) -> list[Match]:
    """The first with the next, at once."""
    return [_duel(first, second) for first, second in pair_in_order(waiting)]


def first_fit(rules: Rules) -> Matcher:
    """The longest wait with the longest wait that fits, at once: the usual greedy pairing."""

    def match(waiting: Sequence[Ticket], newcomer: Ticket | None, now: float) -> Iterable[Match]:
        def window(ticket: Ticket) -> float:
            return rules.window_start + rules.window_growth * (now - ticket.waiting_since)

        left = list(waiting)
        while left:
            one = left.pop(0)
            for other in left:
                if abs(one.rating - other.rating) <= min(window(one), window(other)):
                    left.remove(other)
                    yield _duel(one, other)
                    break

    return match


def at_ticks(matcher: Matcher) -> Matcher:
    """The same, but at ticks only."""

    def match(waiting: Sequence[Ticket], newcomer: Ticket | None, now: float) -> Iterable[Match]:
        return () if newcomer else matcher(waiting, newcomer, now)

    return match


def matchpoint(rules: Rules) -> Matcher:
    """As Matchpoint pairs: a newcomer at once, and the whole pool at each tick."""

    def match(waiting: Sequence[Ticket], newcomer: Ticket | None, now: float) -> Iterable[Match]:
        if newcomer is None:
            return pair_pool(waiting, rules, now)
        made = match_at_once(newcomer, waiting[:-1], rules, now)
        return [] if made is None else [made]

    return match


def delayed(quality: Quality, seconds: float) -> Quality:
    """First come, first matched, with every match delayed: the gaps stay the same."""
    return replace(
        quality,
        name=f"{quality.name}, delayed",
        mean_wait=quality.mean_wait + seconds,
        p95_wait=quality.p95_wait + seconds,
    )


@dataclass(frozen=True)
class Comparison:
    """Matchpoint beside another way of pairing the same arrivals."""

    ours: Quality
    other: Quality

    @property
    def gap_ratio(self) -> float:
        """Our mean gap as a part of the other's."""
        return self.ours.mean_gap / self.other.mean_gap

    @property
    def wait_ratio(self) -> float:
        """Our mean wait as a part of the other's."""
        return self.ours.mean_wait / self.other.mean_wait


def measure_quality(count: int = ARRIVALS, seed: int = SEED) -> tuple[Comparison, ...]:
    """Compare mean gaps and waits on one set of arrivals, in four ways.

    1. At once, with windows, beside first come delayed to the same mean wait. (Nothing has a
       shorter mean wait than first come at once, and nothing that has as short a one can choose.)
    2. At ticks, with every rating in the window, beside first come at the same ticks: both let
       all play who can, so their waits are the same without any delay.
    3. At once, with windows, beside first fit with the same windows: small pools leave little to
       choose.
    4. At ticks, with windows, beside first fit at the same ticks with the same windows.
    """
    tickets = arrivals(count, seed)
    narrow, wide = Rules(window_start=60, window_growth=10), Rules(window_start=1e5)
    ours = simulate("Matchpoint", matchpoint(narrow), tickets)
    at_once = simulate("first come", first_come, tickets)
    return (
        Comparison(ours, delayed(at_once, ours.mean_wait - at_once.mean_wait)),
        _compare_at_ticks(tickets, "first come", matchpoint(wide), first_come),
        Comparison(ours, simulate("first fit", first_fit(narrow), tickets)),
        _compare_at_ticks(tickets, "first fit", matchpoint(narrow), first_fit(narrow)),
    )


def _compare_at_ticks(
    tickets: Sequence[Ticket], name: str, ours: Matcher, other: Matcher
) -> Comparison:
    return Comparison(
        simulate("Matchpoint, at ticks", at_ticks(ours), tickets, tick_seconds=_TICK_SECONDS),
        simulate(f"{name}, at ticks", at_ticks(other), tickets, tick_seconds=_TICK_SECONDS),
    )


def report(runs: int) -> None:
    """Measure, print the tables, and draw how cost grows into the documentation."""
    print("\nPairing a whole pool, one core\n")
    print("| pool | tickets | players | matches | CPU, s |\n|---|---|---|---|---|")
    curves: dict[str, list[tuple[float, float]]] = {}
    pools = [("1v1", DUELS, size, False) for size in SIZES]
    pools += [("1v1, regions, rematches", BUSY_DUELS, size, True) for size in SIZES]
    pools += [("5v5, parties of 1 to 5", FIVES, size, False) for size in PARTIES]
    for name, rules, tickets, crowded in pools:
        speeds = [measure_speed(name, rules, tickets, crowded=crowded) for _ in range(runs)]
        one, seconds = speeds[0], median(speed.seconds for speed in speeds)
        curves.setdefault(name, []).append((tickets, seconds))
        print(f"| {name} | {tickets} | {one.players} | {one.matches} | {seconds:.2f} |")
    PLOT.write_text(draw("What pairing a pool costs", "tickets waiting", "seconds of CPU", curves))
    print(f"\nA newcomer among 10,000 that do not fit: {measure_newcomer(DUELS, 10_000):.1f} ms")
    print(f"\n{ARRIVALS} arrivals, one a second, ratings normal\n")
    print("| pairing | mean gap | mean wait, s | beside | mean gap | mean wait, s | gap ratio |")
    print("|---|---|---|---|---|---|---|")
    for both in measure_quality():
        cells = [
            f"{each.name} | {each.mean_gap:.0f} | {each.mean_wait:.1f}"
            for each in (both.ours, both.other)
        ]
        print(f"| {' | '.join(cells)} | {both.gap_ratio:.2f} |")
