"""Playing brackets: for every size, by chance, with forfeits, corrections and reopenings."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.elimination import (
    BYE,
    DOUBLE_FORFEIT,
    UNDECIDED,
    VACANT,
    Bracket,
    Entrant,
    Outcome,
    PairingStatus,
    Part,
    Pending,
    ResolvedPairing,
    Side,
    Win,
    WinnerOf,
    advance,
    champion,
    correct,
    decide,
    double_elimination,
    placings,
    reopen,
    resolve,
    single_elimination,
    walkovers_due,
)
from tournaments.engine.errors import (
    PairingAlreadyDecided,
    PairingNotDecided,
    PairingNotReady,
    UnknownPairing,
)

from .builders import FIRST, SECOND, by_chance, downstream, play_out, ready_keys

EVERY_SIZE = range(2, 131)
brackets = st.builds(
    lambda double, count, third: (
        double_elimination(count) if double else single_elimination(count, third_place=third)
    ),
    st.booleans(),
    st.integers(2, 40),
    st.booleans(),
)
chances = st.integers(0, 2**32).map(Random)


def defeats(state: dict[str, ResolvedPairing]) -> Counter[int]:
    return Counter(
        one.loser.seed
        for one in state.values()
        if one.status is PairingStatus.DECIDED and isinstance(one.loser, Entrant)
    )


def matches_played(state: dict[str, ResolvedPairing]) -> int:
    return sum(one.status is PairingStatus.DECIDED for one in state.values())


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_single_elimination_everyone_loses_once_but_the_winner(entrant_count: int) -> None:
    bracket = single_elimination(entrant_count)
    state, outcomes = play_out(bracket, Random(entrant_count))
    best = champion(bracket, state)
    assert isinstance(best, Entrant)
    everyone = set(range(1, entrant_count + 1))
    assert defeats(state) == Counter(everyone - {best.seed})
    assert matches_played(state) == entrant_count - 1
    assert state == resolve(bracket, outcomes)
    assert_placings_are_total(bracket, state)


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_double_elimination_everyone_loses_twice_but_the_winner(entrant_count: int) -> None:
    bracket = double_elimination(entrant_count)
    state, outcomes = play_out(bracket, Random(entrant_count))
    best = champion(bracket, state)
    assert isinstance(best, Entrant)
    lost = defeats(state)
    was_reset = state["GF2"].status is PairingStatus.DECIDED
    assert lost.pop(best.seed, 0) == (1 if state["GF"].outcome == SECOND else 0)
    assert set(lost.values()) == {2}
    assert matches_played(state) == 2 * entrant_count - (1 if was_reset else 2)
    assert was_reset == (state["GF"].outcome == SECOND)
    assert state == resolve(bracket, outcomes)
    assert_placings_are_total(bracket, state)


def assert_placings_are_total(bracket: Bracket, state: dict[str, ResolvedPairing]) -> None:
    """Everyone once, and the shared places fill 1 to N without a gap or an overlap."""
    table = placings(bracket, state)
    assert sorted(one.seed for one in table) == list(range(1, bracket.entrant_count + 1))
    sharing = Counter((one.first, one.last) for one in table)
    next_place = 1
    for (first, last), count in sorted(sharing.items()):
        assert first == next_place
        assert last - first + 1 == count
        next_place = last + 1
    assert next_place == bracket.entrant_count + 1
    assert all(one.settled for one in table)


@pytest.mark.parametrize("entrant_count", EVERY_SIZE)
def test_favourites_who_always_win_end_in_the_order_of_their_seeds(entrant_count: int) -> None:
    for bracket in (single_elimination(entrant_count), double_elimination(entrant_count)):
        state = resolve(bracket, {})
        while ready := ready_keys(state):
            first, second = state[ready[0]].sides
            assert isinstance(first, Entrant) and isinstance(second, Entrant)
            better = FIRST if first.seed < second.seed else SECOND
            state.update(advance(bracket, state, ready[0], better))
        assert champion(bracket, state) == Entrant(1)
        if not bracket.is_double:
            assert [one.seed for one in placings(bracket, state)] == list(
                range(1, entrant_count + 1)
            )


@settings(deadline=None, max_examples=150)
@given(brackets, chances, st.sampled_from([0.0, 0.1, 0.5]))
def test_step_by_step_equals_all_at_once(bracket: Bracket, rng: Random, forfeits: float) -> None:
    state, outcomes = play_out(bracket, rng, forfeits=forfeits)
    assert state == resolve(bracket, outcomes)
    assert not any(
        one.status in (PairingStatus.PENDING, PairingStatus.READY) for one in state.values()
    )
    assert_placings_are_total(bracket, state)


@settings(deadline=None, max_examples=80)
@given(brackets, chances, st.sampled_from([0.0, 0.2]))
def test_reopening_empties_exactly_what_was_built_on_it(
    bracket: Bracket, rng: Random, forfeits: float
) -> None:
    state, outcomes = play_out(bracket, rng, forfeits=forfeits)
    key = rng.choice(list(outcomes))
    revision = reopen(bracket, state, key)
    assert set(revision.emptied) == still_playable_without(bracket, outcomes, key)
    remaining = {k: v for k, v in outcomes.items() if k != key and k not in revision.emptied}
    before = dict(state)
    state.update(revision.changed)
    assert state == resolve(bracket, remaining)
    assert all(before[changed] != state[changed] for changed in revision.changed)
    for again in (key, *revision.emptied):
        state.update(advance(bracket, state, again, outcomes[again]))
    assert state == before


def still_playable_without(bracket: Bracket, outcomes: dict[str, Outcome], key: str) -> set[str]:
    """The outcomes that cannot stand once `key` has none: found by trying one after another."""
    kept: dict[str, Outcome] = {}
    for pairing in bracket:
        if pairing.key not in outcomes or pairing.key == key:
            continue
        if resolve(bracket, kept)[pairing.key].status is PairingStatus.READY:
            kept[pairing.key] = outcomes[pairing.key]
    return set(outcomes) - set(kept) - {key}


@settings(deadline=None, max_examples=150)
@given(brackets, chances)
def test_correcting_keeps_what_the_correction_does_not_touch(bracket: Bracket, rng: Random) -> None:
    state, outcomes = play_out(bracket, rng, forfeits=0.1)
    key = rng.choice(list(outcomes))
    corrected = by_chance(rng, forfeits=0.3)
    revision = correct(bracket, state, key, corrected)
    if corrected == outcomes[key]:
        assert revision.emptied == ()
    assert set(revision.emptied) <= set(reopen(bracket, state, key).emptied)
    state.update(revision.changed)
    remaining = {k: v for k, v in outcomes.items() if k not in revision.emptied}
    assert state == resolve(bracket, remaining | {key: corrected})


@settings(deadline=None, max_examples=60)
@given(brackets, chances)
def test_those_who_withdraw_are_walked_over_until_they_are_out(
    bracket: Bracket, rng: Random
) -> None:
    state, outcomes, withdrawn = resolve(bracket, {}), {}, set[int]()
    while ready := ready_keys(state):
        if rng.random() < 0.2:
            withdrawn.add(rng.randint(1, bracket.entrant_count))
        due = walkovers_due(state, withdrawn)
        key, outcome = next(iter(due.items()), (rng.choice(ready), by_chance(rng)))
        if key not in due:
            sides = state[key].sides
            assert not any(isinstance(one, Entrant) and one.seed in withdrawn for one in sides)
        outcomes[key] = outcome
        state.update(advance(bracket, state, key, outcome))
    assert state == resolve(bracket, outcomes)
    assert_placings_are_total(bracket, state)


@settings(deadline=None, max_examples=100)
@given(brackets, chances)
def test_a_decision_brings_all_walkovers_that_follow_one_by_one(
    bracket: Bracket, rng: Random
) -> None:
    state, outcomes = resolve(bracket, {}), {}
    seeds = range(1, bracket.entrant_count + 1)
    withdrawn = {seed for seed in seeds if rng.random() < 0.3}
    while ready := ready_keys(state):
        due = walkovers_due(state, withdrawn)
        key, outcome = next(iter(due.items()), (rng.choice(ready), by_chance(rng)))
        decisions = decide(bracket, state, key, outcome, withdrawn)
        assert decisions[0].key == key and decisions[0].outcome == outcome
        before = dict(state)
        for number, decision in enumerate(decisions):
            if number:
                assert walkovers_due(state, withdrawn)[decision.key] == decision.outcome
                assert before[decision.key].status is not PairingStatus.READY
            state.update(advance(bracket, state, decision.key, decision.outcome))
            outcomes[decision.key] = decision.outcome
        left = walkovers_due(state, withdrawn).keys()
        assert left <= walkovers_due(before, withdrawn).keys()  # those have not followed from this
    assert state == resolve(bracket, outcomes)


@settings(deadline=None, max_examples=60)
@given(brackets, chances)
def test_a_replaced_outcome_brings_its_walkovers_too(bracket: Bracket, rng: Random) -> None:
    state, outcomes = play_out(bracket, rng, forfeits=0.1)
    key = rng.choice(list(outcomes))
    corrected = by_chance(rng)
    withdrawn = {seed for seed in range(1, bracket.entrant_count + 1) if rng.random() < 0.3}
    first, *walkovers = decide(bracket, state, key, corrected, withdrawn)
    assert first.changed == correct(bracket, state, key, corrected).changed
    state.update(first.changed)
    for decision in walkovers:
        assert walkovers_due(state, withdrawn)[decision.key] == decision.outcome
        state.update(decision.changed)
    assert not walkovers_due({key: state[key] for key in first.changed}, withdrawn)


def test_a_pairing_that_cannot_be_played_is_not_decided() -> None:
    bracket = single_elimination(4)
    with pytest.raises(PairingNotReady):
        decide(bracket, resolve(bracket, {}), "W2.1", FIRST)


def test_when_both_have_withdrawn_it_is_a_double_forfeit() -> None:
    state = resolve(single_elimination(4), {})
    assert walkovers_due(state, {1, 4}) == {"W1.1": DOUBLE_FORFEIT}
    assert walkovers_due(state, {2}) == {"W1.2": Win(Side.SECOND, loser_leaves=True)}


@settings(deadline=None, max_examples=100)
@given(brackets, chances)
def test_an_outcome_changes_only_what_is_downstream(bracket: Bracket, rng: Random) -> None:
    state = resolve(bracket, {})
    while ready := ready_keys(state):
        key = rng.choice(ready)
        near = {one: state[one] for one in (key, *downstream(bracket, key))}
        state.update(advance(bracket, near, key, by_chance(rng, forfeits=0.2)))


def test_a_straightforward_result_changes_three_pairings_at_any_size() -> None:
    for entrant_count in (8, 1024):
        bracket = double_elimination(entrant_count)
        changes = advance(bracket, resolve(bracket, {}), "W1.1", FIRST)
        assert set(changes) == {"W1.1", "W2.1", "L1.1"}


def test_byes_advance_by_themselves_through_the_losers_bracket() -> None:
    """Of five, 4 and 5 meet in round one; the loser finds no opponent in losers' round 1."""
    bracket = double_elimination(5)
    state = resolve(bracket, {"W1.2": FIRST})
    assert state["W1.1"].status is PairingStatus.WALKOVER
    assert state["W2.1"].sides == (Entrant(1), Entrant(4))
    assert state["L1.1"].sides == (BYE, Entrant(5))
    assert state["L1.1"].status is PairingStatus.WALKOVER
    assert state["L1.2"].status is PairingStatus.EMPTY
    assert state["L2.1"].sides[1] == Entrant(5)


def test_after_a_double_forfeit_the_next_opponent_walks_over() -> None:
    bracket = single_elimination(8)
    state = resolve(bracket, {"W1.1": DOUBLE_FORFEIT, "W1.2": FIRST})
    assert state["W2.1"].sides == (VACANT, Entrant(4))
    assert state["W2.1"].status is PairingStatus.WALKOVER
    assert state["W3.1"].sides == (Entrant(4), Pending(WinnerOf("W2.2")))


def test_two_double_forfeits_side_by_side_leave_an_empty_pairing() -> None:
    bracket = double_elimination(8)
    state = resolve(bracket, {"W1.1": DOUBLE_FORFEIT, "W1.2": DOUBLE_FORFEIT})
    assert state["W2.1"].status is PairingStatus.EMPTY
    assert state["L1.1"].status is PairingStatus.EMPTY
    assert state["W3.1"].sides[0] == VACANT
    assert state["L2.2"].sides == (VACANT, Pending(WinnerOf("L1.2")))


def test_an_expelled_loser_does_not_drop_into_the_losers_bracket() -> None:
    state = resolve(double_elimination(4), {"W1.1": Win(Side.FIRST, loser_leaves=True)})
    assert state["L1.1"].sides[0] == VACANT
    assert state["W1.1"].loser == Entrant(4)


def test_no_bracket_reset_when_the_unbeaten_side_wins() -> None:
    bracket = double_elimination(2)
    state = resolve(bracket, {"W1.1": FIRST, "GF": FIRST})
    assert state["GF2"].status is PairingStatus.NOT_NEEDED
    assert champion(bracket, state) == Entrant(1)


def test_bracket_reset_when_the_unbeaten_side_loses_the_grand_final() -> None:
    bracket = double_elimination(2)
    state = resolve(bracket, {"W1.1": FIRST, "GF": SECOND})
    assert state["GF2"].status is PairingStatus.READY
    assert isinstance(champion(bracket, state), Pending)
    state.update(advance(bracket, state, "GF2", SECOND))
    assert champion(bracket, state) == Entrant(1)


def test_no_bracket_reset_against_a_finalist_who_is_expelled() -> None:
    bracket = double_elimination(2)
    state = resolve(bracket, {"W1.1": FIRST, "GF": Win(Side.SECOND, loser_leaves=True)})
    assert state["GF2"].status is PairingStatus.NOT_NEEDED
    assert champion(bracket, state) == Entrant(2)


def test_a_double_forfeit_in_the_final_leaves_no_champion() -> None:
    bracket = single_elimination(2)
    state = resolve(bracket, {"W1.1": DOUBLE_FORFEIT})
    assert champion(bracket, state) == VACANT
    assert [str(one) for one in placings(bracket, state)] == ["1\u20132", "1\u20132"]


def test_the_third_place_match_decides_third_and_fourth() -> None:
    bracket = single_elimination(4, third_place=True)
    state = resolve(bracket, {"W1.1": FIRST, "W1.2": FIRST, "W2.1": FIRST, "P3": SECOND})
    assert [(one.seed, one.first, one.last) for one in placings(bracket, state)] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 3),
        (4, 4, 4),
    ]


def test_places_while_play_goes_on_say_what_can_still_be_reached() -> None:
    bracket = single_elimination(8)
    state = resolve(bracket, {"W1.1": FIRST})
    table = {one.seed: one for one in placings(bracket, state)}
    assert (table[8].first, table[8].last, table[8].settled) == (5, 8, False)
    assert (table[1].first, table[1].last, table[1].settled) == (1, 7, False)


def test_losers_of_a_round_share_its_places() -> None:
    bracket = double_elimination(8)
    state, _ = play_out(bracket, Random(1))
    assert [str(one) for one in placings(bracket, state)] == [
        "1", "2", "3", "4", "5\u20136", "5\u20136", "7\u20138", "7\u20138",
    ]  # fmt: skip


def test_what_cannot_be_is_refused() -> None:
    bracket = single_elimination(4)
    state = resolve(bracket, {"W1.1": FIRST})
    with pytest.raises(PairingNotReady):
        advance(bracket, state, "W2.1", FIRST)
    with pytest.raises(PairingAlreadyDecided):
        advance(bracket, state, "W1.1", FIRST)
    with pytest.raises(PairingNotDecided):
        reopen(bracket, state, "W1.2")
    with pytest.raises(UnknownPairing):
        advance(bracket, state, "L1.1", FIRST)
    with pytest.raises(UnknownPairing):
        resolve(bracket, {"L1.1": FIRST})
    with pytest.raises(PairingNotReady):
        resolve(bracket, {"W2.1": FIRST})
    with pytest.raises(PairingNotReady):
        resolve(single_elimination(3), {"W1.1": FIRST})


def test_an_open_pairing_says_so() -> None:
    state = resolve(single_elimination(2), {})
    assert state["W1.1"].outcome == UNDECIDED
    assert state["W1.1"].status is PairingStatus.READY


def rematches_before_the_final(bracket: Bracket, state: dict[str, ResolvedPairing]) -> int:
    met: Counter[frozenset[object]] = Counter(
        frozenset(state[pairing.key].sides)
        for pairing in bracket
        if pairing.part in (Part.WINNERS, Part.LOSERS)
        and state[pairing.key].status is PairingStatus.DECIDED
    )
    return sum(count - 1 for count in met.values())


def test_few_meet_twice_before_the_grand_final() -> None:
    """0.71 rematches a tournament are expected of even players; 200 runs stay close to it."""
    bracket = double_elimination(64)
    rng = Random(2026)
    found = sum(rematches_before_the_final(bracket, play_out(bracket, rng)[0]) for _ in range(200))
    assert found / 200 < 0.8
