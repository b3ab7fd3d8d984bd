"""The ready check: who plays, who waits again, who pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.readiness import (
    CLEAN,
    AlreadySettled,
    Asking,
    Broken,
    CooldownRules,
    Fault,
    NotAsked,
    Party,
    Ready,
    ReadyCheck,
    accept,
    after_fault,
    decline,
    state,
)

ANN = Party("t1", ("ann",), waiting_since=5)
BOB = Party("t2", ("bob", "bea"), waiting_since=3)
CID = Party("t3", ("cid",), waiting_since=4)


def asked(limit: float = 10) -> ReadyCheck:
    return ReadyCheck((ANN, BOB, CID), deadline=100 + limit)


def accepted_by(*players: str) -> ReadyCheck:
    check = asked()
    for player in players:
        check = accept(check, player, now=101)
    return check


def test_the_match_begins_when_all_have_accepted() -> None:
    assert state(accepted_by("ann", "bob", "bea"), now=109) == Asking(("cid",))
    ready = accepted_by("ann", "bob", "bea", "cid")
    assert state(ready, now=109) == Ready()
    assert state(ready, now=1000) == Ready()


def test_who_declines_costs_the_party_its_ticket_and_the_others_nothing() -> None:
    check = decline(accepted_by("ann"), "bea", now=102)
    assert state(check, now=102) == Broken(
        returning=(CID, ANN), leaving=(BOB,), faults=(("bea", Fault.DECLINED),)
    )


def test_who_sleeps_is_out_when_the_limit_has_passed() -> None:
    check = accepted_by("ann", "bob")
    assert state(check, now=109.9) == Asking(("bea", "cid"))
    assert state(check, now=110) == Broken(
        returning=(ANN,),
        leaving=(BOB, CID),
        faults=(("bea", Fault.NO_RESPONSE), ("cid", Fault.NO_RESPONSE)),
    )


def test_one_may_think_better_of_it_until_it_is_settled() -> None:
    check = decline(accepted_by("ann"), "ann", now=103)
    assert isinstance(state(check, now=103), Broken)
    with pytest.raises(AlreadySettled, match="begun"):
        decline(accepted_by("ann", "bob", "bea", "cid"), "ann", now=104)


def test_saying_it_again_changes_nothing() -> None:
    check = accepted_by("ann")
    assert accept(check, "ann", now=500) is check
    declined = decline(check, "bob", now=102)
    assert decline(declined, "bob", now=500) is declined


@pytest.mark.parametrize("answer", [accept, decline])
def test_an_answer_that_comes_too_late_is_refused(
    answer: Callable[[ReadyCheck, str, float], ReadyCheck],
) -> None:
    with pytest.raises(AlreadySettled, match="has passed"):
        answer(asked(), "ann", 110)
    with pytest.raises(AlreadySettled, match="declined"):
        answer(decline(asked(), "bob", now=101), "ann", 102)
    with pytest.raises(NotAsked):
        answer(asked(), "eve", 101)


@given(st.lists(st.tuples(st.sampled_from("abcdx"), st.booleans(), st.integers(0, 12)), max_size=9))
def test_every_party_either_plays_returns_or_leaves_through_somebodys_fault(
    answers: list[tuple[str, bool, int]],
) -> None:
    parties = (Party(1, ("a", "b"), 7.0), Party(2, ("c",), 6.0), Party(3, ("d",), 8.0))
    check = ReadyCheck(parties, deadline=10)
    for player, yes, now in sorted(answers, key=lambda answer: answer[2]):
        before = state(check, now)
        try:
            check = (accept if yes else decline)(check, player, now)
        except NotAsked:
            assert player == "x"
        except AlreadySettled:
            assert not isinstance(before, Asking)
    end = state(check, now=10)
    if isinstance(end, Ready):
        assert check.accepted == set("abcd")
        return
    assert isinstance(end, Broken)
    assert len(end.returning) + len(end.leaving) == 3
    assert {party.ticket for party in (*end.returning, *end.leaving)} == {1, 2, 3}
    assert end.leaving and end.faults
    at_fault = {player for player, _ in end.faults}
    assert all(at_fault & set(party.players) for party in end.leaving)
    assert not any(at_fault & set(party.players) for party in end.returning)
    assert [p.waiting_since for p in end.returning] == sorted(
        p.waiting_since for p in end.returning
    )


RULES = CooldownRules(first_seconds=30, growth=2, longest_seconds=200, forgotten_after_seconds=1000)


def test_each_pause_is_longer_up_to_the_longest() -> None:
    record, pauses, now = CLEAN, [], 0.0
    for _ in range(5):
        record = after_fault(record, now, RULES)
        pauses.append(record.until - now)
        now = record.until
    assert pauses == [30, 60, 120, 200, 200]


def test_old_faults_are_forgotten() -> None:
    once = after_fault(CLEAN, 0, RULES)
    assert after_fault(once, 999, RULES).until == 999 + 60
    assert after_fault(once, 1000, RULES).until == 1000 + 30


def test_a_new_fault_never_shortens_a_pause() -> None:
    record = after_fault(CLEAN, 0, RULES)
    for _ in range(3):
        record = after_fault(record, 0, RULES)
    kind = CooldownRules(first_seconds=1, longest_seconds=1)
    assert after_fault(record, 1, kind).until == record.until


def test_however_many_faults_there_is_an_answer() -> None:
    record = replace(CLEAN, faults=10**9, last_fault_at=0.0)
    harsh = CooldownRules(growth=100)
    assert after_fault(record, 1, harsh).until == 1 + harsh.longest_seconds


def test_pauses_that_shrink_are_refused() -> None:
    for bad in ({"growth": 0.5}, {"first_seconds": 60, "longest_seconds": 30}):
        with pytest.raises(ValueError, match="pause"):
            CooldownRules(**bad)
