"""What a waiting party is shown; rules and pools that make no sense."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given, settings

from matchmaking.engine.pairing import (
    Explanation,
    Explanations,
    Member,
    PairingError,
    Reason,
    Rules,
    Ticket,
    match_at_once,
    pair_in_order,
    sentence,
)

from .builders import NOW, drawn_rules, drawn_tickets, may_meet, pair_pool, party, solo

DUEL = Rules(window_start=100, window_growth=10, longest_wait=300, region_seconds=60)
TWOS = Rules(team_size=2, party_limit=2, window_start=100)


def waiting(*tickets: Ticket, rules: Rules) -> list[Explanation]:
    return list(pair_pool(tickets, rules, NOW).waiting)


def reasons(*tickets: Ticket, rules: Rules) -> list[str]:
    return [sentence(one, rules) for one in waiting(*tickets, rules=rules)]


def test_alone() -> None:
    [ann] = waiting(solo("ann", waits=7), rules=DUEL)
    assert (ann.place, ann.wait_seconds, ann.window) == (1, 7, 170)
    assert (ann.fitting_players, ann.reason, ann.next_fit_seconds) == (0, Reason.ALONE, inf)
    assert sentence(ann, DUEL) == "Nobody else waits here yet."


def test_out_of_the_window_and_when_that_ends() -> None:
    bob, ann = waiting(solo("ann", 1500, waits=2), solo("bob", 1750, waits=5), rules=DUEL)
    assert (ann.place, ann.reason) == (2, Reason.RATING)
    # Ann's window is 120 points now and must reach 250, at 10 a second.
    assert ann.next_fit_seconds == bob.next_fit_seconds == 13
    assert sentence(ann, DUEL) == (
        "Nobody within 120 points waits yet. One more fits in 13 s at the latest."
    )


def test_the_longest_wait_ends_it_too() -> None:
    rules = Rules(window_start=100, longest_wait=300)
    tickets = (solo("ann", 1500, waits=2), solo("bob", 2750, waits=290))
    assert [one.next_fit_seconds for one in waiting(*tickets, rules=rules)] == [10, 10]
    assert reasons(*tickets, rules=Rules(window_start=100))[0] == (
        "Nobody within 100 points waits yet."
    )


def test_another_region() -> None:
    tickets = solo("ann", 1500, waits=20, regions="eu"), solo("bob", 1500, regions="us")
    ann, bob = waiting(*tickets, rules=DUEL)
    assert ann.reason is bob.reason is Reason.REGION
    assert ann.next_fit_seconds == 40
    assert "in your region" in sentence(ann, DUEL)


def test_too_few() -> None:
    tickets = solo("ann", 1500), party("duo", 1500, 1550), solo("far", 1900)
    ann = waiting(*tickets, rules=TWOS)[0]
    assert (ann.fitting_players, ann.reason) == (2, Reason.TOO_FEW)
    assert sentence(ann, TWOS) == "3 of 4 players are there within 100 points."


def test_parties_that_do_not_fill_the_teams() -> None:
    rules = Rules(team_size=3, party_limit=2, window_start=100)
    duos = [party(f"duo{n}", 1500, 1500) for n in range(3)]
    assert {one.reason for one in waiting(*duos, rules=rules)} == {Reason.SIZES}
    assert reasons(*duos, rules=rules)[0] == (
        "Enough players fit within 100 points, but their parties do not fill the teams."
    )


def test_those_who_fit_do_not_fit_each_other() -> None:
    tickets = [solo("ann", 1500), solo("low", 1410), solo("high", 1590), solo("top", 1595)]
    ann = waiting(*tickets, rules=TWOS)[0]
    assert (ann.fitting_players, ann.reason) == (3, Reason.TOGETHER)


def test_a_party_that_has_become_too_large_is_reported_and_harms_nobody() -> None:
    rules = Rules(team_size=2, party_limit=1, window_start=1000)
    duo, four = party("duo", 1500, 1500, waits=9), [solo(f"p{n}") for n in range(4)]
    pairing = pair_pool([duo, *four], rules, NOW)
    assert len(pairing.matches) == 1
    assert [one.reason for one in pairing.waiting] == [Reason.PARTY_TOO_LARGE]
    assert sentence(pairing.waiting[0], rules) == "The pool takes parties of at most 1 now."
    assert match_at_once(duo, four, rules, NOW) is None


def test_one_ticket_is_explained_before_the_pool_is_paired() -> None:
    ann, bob = solo("ann", 1500), solo("bob", 1520, waits=3)
    explanation = Explanations([ann, bob], DUEL, NOW).of("ann")
    assert (explanation.place, explanation.fitting_players) == (2, 1)
    assert explanation.reason is Reason.DUE
    assert "is being made" in sentence(explanation, DUEL)


@settings(max_examples=40)
@given(drawn_tickets(most=15), drawn_rules())
def test_who_fits_is_counted_and_everyone_can_be_explained(
    tickets: list[Ticket], rules: Rules
) -> None:
    explanations = Explanations(tickets, rules, NOW)
    for ticket in tickets:
        explanation = explanations.of(ticket.id)
        fitting = [one for one in tickets if one is not ticket and may_meet(one, ticket, rules)]
        assert explanation.fitting_players == sum(len(one.members) for one in fitting)
        assert explanation.next_fit_seconds >= 0
        assert sentence(explanation, rules)


@settings(max_examples=40)
@given(drawn_tickets(most=6), drawn_rules())
def test_whoever_is_promised_a_fit_gets_one(tickets: list[Ticket], rules: Rules) -> None:
    for one in pair_pool(tickets, rules, NOW).waiting:
        if one.next_fit_seconds < inf:
            later = NOW + one.next_fit_seconds + 1e-6
            left = [each.ticket for each in pair_pool(tickets, rules, NOW).waiting]
            assert Explanations(left, rules, later).of(one.ticket.id).fitting_players > 0


def test_someone_who_waits_twice_is_refused() -> None:
    twice = Ticket("again", (Member("ann", 1500),), NOW)
    with pytest.raises(PairingError, match="two tickets"):
        pair_pool([solo("ann"), twice], DUEL, NOW)


def test_a_wait_from_a_clock_that_runs_ahead_is_none() -> None:
    [ann] = waiting(solo("ann", waits=-5), rules=DUEL)
    assert (ann.wait_seconds, ann.window) == (0, 100)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (lambda: Rules(team_size=6), "1 to 5 players"),
        (lambda: Rules(team_size=0), "1 to 5 players"),
        (lambda: Rules(teams=1), "2 teams"),
        (lambda: Rules(team_size=5, teams=9), "40 players"),
        (lambda: Rules(party_limit=2), "fits into a team"),
        (lambda: Rules(window_start=-1), "below zero"),
        (lambda: Rules(window_growth=inf), "has an end"),
        (lambda: Rules(longest_wait=float("nan")), "below zero"),
        (lambda: Rules(rematch_memory=-1), "memory"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(bad: Callable[[], Rules], why: str) -> None:
    with pytest.raises(PairingError, match=why):
        bad()


def test_first_come_first_matched() -> None:
    assert pair_in_order("abcde") == [("a", "b"), ("c", "d")]
    assert pair_in_order([1]) == []
