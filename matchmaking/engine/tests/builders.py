"""Builders for the engine tests, and a judge of pairings that knows nothing of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from hypothesis import strategies as st

from matchmaking.engine import pairing
from matchmaking.engine.pairing import Explanation, Match, Member, Rules, Ticket

NOW = 1000.0


def solo(
    name: str,
    rating: float = 1500,
    *,
    waits: float = 0,
    met: str = "",
    regions: str = "",
    at_head: bool = False,
) -> Ticket:
    """One player's ticket; `met` are the latest opponents, `regions` the best first."""
    member = Member(name, rating, tuple(met.split()))
    return Ticket(name, (member,), NOW - waits, tuple(regions.split()), at_head)


def party(name: str, *ratings: float, waits: float = 0, regions: str = "") -> Ticket:
    """A ticket of as many players as ratings: ann1, ann2 and so on."""
    members = tuple(Member(f"{name}{n}", rating) for n, rating in enumerate(ratings, start=1))
    return Ticket(name, members, NOW - waits, tuple(regions.split()))


class Pairing(NamedTuple):
    """Matches, and explanations for the tickets left, in queue order."""

    matches: list[Match]
    waiting: list[Explanation]


def pair_pool(tickets: Sequence[Ticket], rules: Rules, now: float) -> Pairing:
    """Pair a pool, and explain why the others wait."""
    matches = pairing.pair_pool(tickets, rules, now)
    taken = {ticket.id for match in matches for ticket in match.tickets}
    left = [ticket for ticket in tickets if ticket.id not in taken]
    return Pairing(matches, explain(left, rules, now))


def explain(tickets: Sequence[Ticket], rules: Rules, now: float) -> list[Explanation]:
    """Why each of these has no match, the head of the queue first."""
    explanations = pairing.Explanations(tickets, rules, now)
    return sorted((explanations.of(one.id) for one in tickets), key=lambda each: each.place)


def names(match: Match) -> tuple[str, ...]:
    """The sides as words: "ann bob", "cid"."""
    return tuple(" ".join(str(ticket.id) for ticket in side) for side in match.sides)


def drawn_tickets(party_limit: int = 1, most: int = 12) -> st.SearchStrategy[list[Ticket]]:
    """Pools with all that makes pairing hard, in random order."""
    member = st.tuples(st.integers(1000, 2000), st.lists(st.integers(0, 30), max_size=3))
    ticket = st.tuples(
        st.lists(member, min_size=1, max_size=party_limit),
        st.integers(0, 120),
        st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        st.booleans(),
    )
    return st.lists(ticket, max_size=most).map(_tickets)


Drawn = tuple[list[tuple[int, list[int]]], int, list[str], bool]


def _tickets(drawn: list[Drawn]) -> list[Ticket]:
    tickets, players = [], 0
    for number, (members, wait, regions, at_head) in enumerate(drawn):
        people = tuple(
            Member(players + place, rating, tuple(met))
            for place, (rating, met) in enumerate(members)
        )
        players += len(people)
        tickets.append(Ticket(number, people, NOW - wait, tuple(regions), at_head))
    return tickets


def drawn_rules(
    team_size: int = 1, teams: int = 2, party_limit: int = 1
) -> st.SearchStrategy[Rules]:
    """Rules for such matches, from strict to none."""
    return st.builds(
        Rules,
        team_size=st.just(team_size),
        teams=st.just(teams),
        party_limit=st.just(party_limit),
        window_start=st.sampled_from([0.0, 50.0, 200.0, float("inf")]),
        window_growth=st.sampled_from([0.0, 1.0, 5.0]),
        longest_wait=st.sampled_from([30.0, 100.0, float("inf")]),
        rematch_memory=st.integers(0, 3),
        rematch_pause=st.sampled_from([0.0, 0.0, 20.0, 60.0]),
        region_seconds=st.sampled_from([0.0, 60.0, float("inf")]),
    )


def is_overdue(ticket: Ticket, rules: Rules) -> bool:
    """Whether it has waited too long."""
    return NOW - ticket.waiting_since >= rules.longest_wait


def accepts(ticket: Ticket, region: str, rules: Rules) -> bool:
    """Whether it would play there by now."""
    wait = NOW - ticket.waiting_since
    relaxed = wait >= rules.region_seconds or is_overdue(ticket, rules)
    return relaxed or not ticket.regions or region in ticket.regions


def may_meet(one: Ticket, other: Ticket, rules: Rules) -> bool:
    """Whether two tickets fit each other, as the rules say it in words."""
    if not _share_region([one, other], rules):
        return False
    if is_overdue(one, rules) or is_overdue(other, rules):
        return True
    if _meets_too_early(one, other, rules):
        return False
    gap = abs(one.rating - other.rating)
    windows = (
        rules.window_start + rules.window_growth * (NOW - ticket.waiting_since)
        for ticket in (one, other)
    )
    return all(gap <= window for window in windows)


def _meets_too_early(one: Ticket, other: Ticket, rules: Rules) -> bool:
    """Whether one of these met one of those last, and both have just come."""
    memory = max(rules.rematch_memory, 1)
    met = any(
        theirs.player in mine.recent_opponents[:memory]
        for these, those in ((one, other), (other, one))
        for mine in these.members
        for theirs in those.members
    )
    longest = NOW - min(one.waiting_since, other.waiting_since)
    return met and longest < rules.rematch_pause


def _share_region(tickets: Sequence[Ticket], rules: Rules) -> bool:
    asked = {region for ticket in tickets for region in ticket.regions}
    return not asked or any(all(accepts(t, region, rules) for t in tickets) for region in asked)


def broken_rules(tickets: Sequence[Ticket], matches: Sequence[Match], rules: Rules) -> list[str]:
    """What a pairing does against the rules, in words; nothing if it is fine."""
    problems = [problem for match in matches for problem in _broken_in(match, rules)]
    seated = [ticket for match in matches for ticket in match.tickets]
    players = [member.player for ticket in seated for member in ticket.members]
    if len(set(players)) < len(players):
        problems.append("somebody is in two matches")
    if any(ticket not in tickets for ticket in seated):
        problems.append("a party was taken apart")
    return problems


def _broken_in(match: Match, rules: Rules) -> Iterator[str]:
    if [sum(len(one.members) for one in side) for side in match.sides] != (
        [rules.team_size] * rules.teams
    ):
        yield "the sides have the wrong sizes"
    for one, other in combinations(match.tickets, 2):
        if not may_meet(one, other, rules):
            yield f"{one.id} and {other.id} do not fit"
    asked = any(ticket.regions for ticket in match.tickets)
    if (match.region is None) == asked:
        yield "the match is nowhere"
    for ticket in match.tickets:
        if match.region is not None and not accepts(ticket, match.region, rules):
            yield f"{ticket.id} would not play in {match.region}"
        if len(ticket.members) > rules.party_limit:
            yield f"{ticket.id} is too large"
