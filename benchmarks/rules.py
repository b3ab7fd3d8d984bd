"""Two rules of pools, simulated: the rematch pause at night, and gathered arrivals.

Needs no server: the pairing engine and a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random
from statistics import fmean

from matchmaking.engine.pairing import Match, Member, Rules, Ticket, match_at_once, pair_pool

SEED = 2026
_MATCHES = 4_000
_SHORTEST_MATCH, _LONGEST_MATCH = 180.0, 420.0
_SECONDS_OF_ARRIVALS = 120
_MEAN_RATING, _RATING_DEVIATION = 1500.0, 300.0


def rematches(players: int, rules: Rules, matches: int = _MATCHES) -> float:
    """Of players who queue again at once, the share of matches against the last opponent."""
    chance, numbers = Random(SEED), count()
    last: dict[int, int] = {}
    waiting: dict[object, Ticket] = {}
    events: list[tuple[float, int, int | None]] = [(0.0, next(numbers), None)]
    for player in range(players):
        heappush(events, (chance.random() * _LONGEST_MATCH, next(numbers), player))
    played = again = 0

    def begin(found: list[Match], now: float) -> None:
        nonlocal played, again
        for match in found:
            one, other = (int(str(ticket.members[0].player)) for ticket in match.tickets)
            played += 1
            again += last.get(one) == other and last.get(other) == one
            last[one], last[other] = other, one
            for ticket in match.tickets:
                del waiting[ticket.id]
            end = now + chance.uniform(_SHORTEST_MATCH, _LONGEST_MATCH)
            for player in (one, other):
                heappush(events, (end, next(numbers), player))

    while played < matches:
        now, _, comes = heappop(events)
        if comes is None:  # the tick
            begin(pair_pool(list(waiting.values()), rules, now), now)
            heappush(events, (now + 1.0, next(numbers), None))
            continue
        met = (str(last[comes]),) if comes in last else ()
        ticket = Ticket(comes, (Member(str(comes), 1500.0, met),), now)
        found = match_at_once(ticket, waiting.values(), rules, now)
        waiting[ticket.id] = ticket
        begin([found] if found else [], now)
    return again / played


def _arrivals(a_second: float) -> Iterator[Ticket]:
    chance, now = Random(SEED), 0.0
    for number in count():
        now += chance.expovariate(a_second)
        if now > _SECONDS_OF_ARRIVALS:
            return
        rating = chance.gauss(_MEAN_RATING, _RATING_DEVIATION)
        yield Ticket(number, (Member(number, rating),), now)


def gathered(a_second: float, gather_seconds: int, rules: Rules) -> tuple[float, float]:
    """Mean gap in points and mean wait in seconds: paired at once, or gathered first."""
    waiting: dict[object, Ticket] = {}
    gaps: list[float] = []
    waits: list[float] = []

    def begin(found: list[Match], now: float) -> None:
        for match in found:
            gaps.append(match.gap)
            for ticket in match.tickets:
                waits.append(now - ticket.waiting_since)
                waiting.pop(ticket.id, None)

    tick = step = float(gather_seconds or 1)
    for ticket in _arrivals(a_second):
        while tick < ticket.waiting_since:
            begin(pair_pool(list(waiting.values()), rules, tick), tick)
            tick += step
        now = ticket.waiting_since
        found = None if gather_seconds else match_at_once(ticket, waiting.values(), rules, now)
        waiting[ticket.id] = ticket
        begin([found] if found else [], now)
    return fmean(gaps), fmean(waits)


def report() -> None:
    """Simulate, and print the tables."""
    print("\nPlayers who queue again at once: matches against the last opponent, %\n")
    print("| players | no rule | rematch memory 2 | rematch pause 20 s |\n|---|---|---|---|")
    ways = (Rules(), Rules(rematch_memory=2), Rules(rematch_pause=20.0))
    for players in (8, 12, 20):
        shares = [f"{rematches(players, rules) * 100:.0f}" for rules in ways]
        print(f"| {players} | {' | '.join(shares)} |")
    print("\nArrivals, windows of 100 points: at once, or gathered\n")
    print("| arrivals a second | gather seconds | mean gap, points | mean wait, s |")
    print("|---|---|---|---|")
    for a_second, seconds in ((50.0, 0), (50.0, 1), (5.0, 0), (5.0, 1), (5.0, 5)):
        gap, wait = gathered(a_second, seconds, Rules(window_start=100, window_growth=10))
        print(f"| {a_second:.0f} | {seconds} | {gap:.0f} | {wait:.1f} |")
