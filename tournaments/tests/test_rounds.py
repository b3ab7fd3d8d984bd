"""A Swiss round by round: paired in a process of its own, taken back, sat out, joined late."""

import subprocess
import sys
from collections import Counter
from itertools import count
from math import inf
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState
from tournaments import swiss_worker
from tournaments.engine.swiss import PairingFailed
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import Bye, ByeKind, Pairing, Round, StageState, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress import swiss_rounds
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.results import by_double_forfeit, by_forfeit
from tournaments.services.progress.swiss_rounds import pair_next_round, unpair_round
from tournaments.services.progress.withdrawals import reinstate_entrant, withdraw_entrant
from tournaments.services.undo.stack import undo_last
from tournaments.storage.swiss_tasks import next_task
from tournaments.storage.tables import group_history, group_standings, read_table

from .table_builders import (
    DRAW,
    WHITE_WINS,
    contender,
    enter,
    group_of,
    open_pairings,
    pair,
    pairs_of,
    play,
    play_by_chance,
    round_robin,
    swiss,
)

pytestmark = pytest.mark.django_db


def entrant(tournament: Tournament, name: str) -> int:
    return tournament.entrants.get(name=name).pk


def points(tournament: Tournament) -> dict[str, str]:
    return {
        one.contender.entrant.name: str(one.points) for one in group_standings(group_of(tournament))
    }


def test_the_first_round_pairs_the_top_half_with_the_bottom_half() -> None:
    tournament = swiss(6, 3)
    first = Round.objects.get()
    assert pairs_of(first) == [("P1", "P4"), ("P5", "P2"), ("P3", "P6")]
    assert first.published_at is not None
    assert [row.key for row in first.pairings.all()] == ["R1.1", "R1.2", "R1.3"]
    assert Match.objects.filter(state=MatchState.OPEN, draws=True).count() == 3
    assert tournament.stages.get().state == StageState.RUNNING


def test_a_round_waits_for_every_result_of_the_last() -> None:
    tournament = swiss(4, 2)
    with pytest.raises(Conflict, match=r"Round 1: P1 vs P3 has no result yet, nor have 1 more"):
        pair(tournament)
    play(tournament)
    assert pair(tournament).number == 2
    play(tournament)
    tournament.refresh_from_db()
    assert tournament.state == "finished"
    with pytest.raises(Conflict):
        pair(tournament)


def test_only_a_swiss_is_paired_round_by_round() -> None:
    tournament = round_robin(4)
    with pytest.raises(Conflict, match="only a Swiss") as refusal:
        pair(tournament)
    assert refusal.value.code == "not_swiss"


@pytest.mark.parametrize("chance", range(3))
def test_nobody_meets_twice_and_nobody_has_two_byes(chance: int) -> None:
    tournament = swiss(9, 5)
    rng = Random(chance)
    for _ in range(4):
        play_by_chance(tournament, rng)
        pair(tournament)
    play_by_chance(tournament, rng)
    played = Pairing.objects.exclude(match__outcome__in=("forfeit", "double_forfeit"))
    met = Counter(frozenset((row.top_id, row.bottom_id)) for row in played)
    assert max(met.values()) == 1
    byes = Counter(Bye.objects.values_list("contender", flat=True))
    assert len(byes) == sum(byes.values()) == 5
    tournament.refresh_from_db()
    assert tournament.state == "finished"
    places = group_of(tournament).contenders.values_list("first", "last")
    assert all(first and last and first <= last for first, last in places)


def test_when_the_time_is_up_the_organiser_can_pair_quickly() -> None:
    tournament = swiss(6, 3)
    play(tournament)
    with override_settings(MATCHPOINT_SWISS_SECONDS=0), pytest.raises(Conflict) as refusal:
        pair(tournament)
    assert refusal.value.code == "pairing_timeout"
    assert refusal.value.message == (
        "The round was not paired within 0 seconds. No pair is decided yet. Next: whether all can "
        "be paired, and at which score the bye goes (C1 to C5). Nothing is stored. Pair it "
        "quickly: that keeps the absolute rules (nobody meets twice, nobody has two byes) and "
        "leaves out the finer ones."
    )
    assert Round.objects.count() == 1
    second = pair_next_round(group=group_of(tournament), engine="quick", actor=ORGANISER)
    assert second.pairings.count() == 3
    assert "quickly" in tournament.actions.first().text  # type: ignore[union-attr]


def test_a_limit_names_the_forbidden_pairs_and_what_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock of the worker ticks at each look at it: one before the last it is nearly done."""
    tournament = swiss(12, 3)
    group = group_of(tournament)
    group.forbidden_pairs = [[1, 2]]
    group.save()
    play(tournament)
    task = next_task(read_table(group))
    ticks = count()
    monkeypatch.setattr(swiss_worker, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    whole = swiss_worker.solve(swiss_worker.encode_task(task), inf).pairing
    needed = next(ticks)
    assert whole is not None
    answer = swiss_worker.solve(swiss_worker.encode_task(task), needed - 2)
    assert answer.fault is swiss_worker.Fault.UNFINISHED

    def answered(*how: object, **more: object) -> object:
        return SimpleNamespace(stdout=swiss_worker.encode_answer(answer))

    monkeypatch.setattr(subprocess, "run", answered)
    with pytest.raises(swiss_worker.PairingTimeout) as timeout:
        swiss_worker.pair_apart(task, seconds=20)
    progress = timeout.value.progress
    assert progress is not None
    decided = [frozenset(pair) for one in progress.decided for pair in one.pairs]
    assert decided and {frozenset(pair) for pair in whole.pairs}.issuperset(decided)
    with pytest.raises(Conflict, match="Forbid fewer pairs, or pair this round by hand") as refusal:
        pair(tournament)
    words = f"Decided: {len(progress.decided)} of {progress.brackets} score groups, "
    assert words in refusal.value.message
    assert Round.objects.count() == 1


def test_a_worker_that_breaks_or_hangs_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    tournament = swiss(6, 3)
    task = next_task(read_table(group_of(tournament)))
    monkeypatch.setattr(sys, "executable", "/bin/cat")
    with pytest.raises(PairingFailed, match="broke"):
        swiss_worker.pair_apart(task, seconds=20)
    run = subprocess.run

    def hang(command: list[str], **how: Any) -> Any:
        return run(["/bin/sleep", "600"], **how)

    monkeypatch.setattr(subprocess, "run", hang)
    monkeypatch.setattr(swiss_worker, "ANSWER_SECONDS", 0.1)
    with pytest.raises(swiss_worker.PairingTimeout, match=r"not paired within 0\.1 seconds\.$"):
        swiss_worker.pair_apart(task, seconds=0.1)


def test_a_pairing_is_not_stored_when_somebody_left_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tournament = swiss(7, 3)
    play(tournament)

    def pair_slowly(task: object, *, seconds: float) -> object:
        withdraw_entrant(
            tournament_id=tournament.pk, entrant_id=entrant(tournament, "P7"), actor=ORGANISER
        )
        return swiss_worker.pair_apart(task, seconds=seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(swiss_rounds, "pair_apart", pair_slowly)
    with pytest.raises(Conflict) as refusal:
        pair(tournament)
    assert refusal.value.code == "changed_meanwhile"
    assert Round.objects.count() == 1


def test_of_two_who_pair_at_once_the_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tournament = swiss(6, 3)
    play(tournament)

    def pair_second(task: object, *, seconds: float) -> object:
        pair_next_round(group=group_of(tournament), engine="quick", actor=ORGANISER)
        return swiss_worker.pair_apart(task, seconds=seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(swiss_rounds, "pair_apart", pair_second)
    with pytest.raises(Conflict, match="has no result yet"):
        pair(tournament)
    assert Round.objects.count() == 2 and Pairing.objects.count() == 6


def test_who_asked_for_a_bye_sits_out_for_half_a_point() -> None:
    tournament = swiss(6, 3)
    play(tournament)
    asked = entrant(tournament, "P1")
    ask_bye(tournament_id=tournament.pk, entrant_id=asked, actor=ORGANISER)
    ask_bye(
        tournament_id=tournament.pk,
        entrant_id=entrant(tournament, "P6"),
        kind=ByeKind.ZERO_POINT,
        actor=ORGANISER,
    )
    second = pair(tournament)
    assert {name for both in pairs_of(second) for name in both} == {"P2", "P3", "P4", "P5"}
    assert points(tournament)["P1"] == "1.5" and points(tournament)["P6"] == "0"
    with pytest.raises(Conflict, match="Round 2 is already paired"):
        take_bye_back(
            tournament_id=tournament.pk, entrant_id=asked, round_number=2, actor=ORGANISER
        )
    with pytest.raises(Refusal, match="only 3 rounds"):
        ask_bye(tournament_id=tournament.pk, entrant_id=asked, round_number=4, actor=ORGANISER)
    with pytest.raises(Refusal, match="asked for as"):
        ask_bye(
            tournament_id=tournament.pk,
            entrant_id=asked,
            kind=ByeKind.PAIRING_ALLOCATED,
            actor=ORGANISER,
        )


def test_a_bye_is_withdrawn_and_undone() -> None:
    tournament = swiss(6, 3)
    asked = entrant(tournament, "P1")
    ask_bye(tournament_id=tournament.pk, entrant_id=asked, round_number=3, actor=ORGANISER)
    take_bye_back(tournament_id=tournament.pk, entrant_id=asked, round_number=3, actor=ORGANISER)
    assert not Bye.objects.exists()
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert Bye.objects.get().kind == ByeKind.HALF_POINT
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert not Bye.objects.exists()
    with pytest.raises(Conflict, match="has no bye"):
        take_bye_back(tournament_id=tournament.pk, entrant_id=asked, actor=ORGANISER)


def test_who_comes_late_has_nothing_for_the_rounds_before() -> None:
    tournament = swiss(5, 3)
    play(tournament)
    late = enter_late(
        tournament_id=tournament.pk, entrant=NewEntrant("Late", 1800), actor=ORGANISER
    )
    assert (late.seed, late.from_round) == (6, 2)
    second = pair(tournament)
    assert "Late" in {name for both in pairs_of(second) for name in both}
    assert points(tournament)["Late"] == "0"
    sheet = group_history(group_of(tournament)).rounds[0]
    assert 6 not in {bye.player for bye in sheet.byes}
    with pytest.raises(Conflict, match="already on the list"):
        enter_late(tournament_id=tournament.pk, entrant=NewEntrant("late"), actor=ORGANISER)


def test_a_late_entry_is_undone_until_it_is_paired() -> None:
    tournament = swiss(4, 3)
    enter_late(tournament_id=tournament.pk, entrant=NewEntrant("Late"), actor=ORGANISER)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert not tournament.entrants.filter(name="Late").exists()
    enter_late(
        tournament_id=tournament.pk, entrant=NewEntrant("Late"), from_round=3, actor=ORGANISER
    )
    play(tournament)
    assert "Late" not in {name for both in pairs_of(pair(tournament)) for name in both}


def test_nobody_comes_late_to_a_round_robin() -> None:
    tournament = round_robin(4)
    with pytest.raises(Conflict) as refusal:
        enter_late(tournament_id=tournament.pk, entrant=NewEntrant("Late"), actor=ORGANISER)
    assert refusal.value.code == "not_swiss"


def test_who_has_left_is_not_paired_any_more_and_may_come_back() -> None:
    tournament = swiss(6, 4)
    play(tournament)
    left = entrant(tournament, "P2")
    ask_bye(tournament_id=tournament.pk, entrant_id=left, actor=ORGANISER)
    withdraw_entrant(tournament_id=tournament.pk, entrant_id=left, actor=ORGANISER)
    second = pair(tournament)
    assert "P2" not in {name for both in pairs_of(second) for name in both}
    assert Bye.objects.get().kind == ByeKind.PAIRING_ALLOCATED  # not the half point asked for
    play(tournament)
    reinstate_entrant(tournament_id=tournament.pk, entrant_id=left, actor=ORGANISER)
    third = pair(tournament)
    assert "P2" in {name for both in pairs_of(third) for name in both}


def test_a_round_is_withdrawn_until_a_result_is_in() -> None:
    tournament = swiss(5, 3)
    play(tournament)
    before = pairs_of(pair(tournament))
    assert Bye.objects.count() == 2
    assert unpair_round(tournament_id=tournament.pk, actor=ORGANISER) == 2
    assert Round.objects.count() == 1 and Bye.objects.count() == 1
    assert Match.objects.filter(state=MatchState.CANCELLED).count() == 2
    assert pairs_of(pair(tournament)) == before
    enter(tournament, open_pairings(tournament)[0], DRAW)
    with pytest.raises(Conflict, match="has a result"):
        unpair_round(tournament_id=tournament.pk, actor=ORGANISER)


def test_a_round_is_paired_again_without_who_left_after_it_was_paired() -> None:
    tournament = swiss(6, 3)
    withdraw_entrant(
        tournament_id=tournament.pk, entrant_id=entrant(tournament, "P6"), actor=ORGANISER
    )
    assert unpair_round(tournament_id=tournament.pk, actor=ORGANISER) == 1
    first = pair(tournament)
    assert len(pairs_of(first)) == 2
    assert Bye.objects.get().contender.entrant.name == "P5"


def test_pairing_a_round_is_undone() -> None:
    tournament = swiss(4, 3)
    play(tournament)
    pair(tournament)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert Round.objects.count() == 1
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)  # the last result of round 1
    assert len(open_pairings(tournament)) == 1


def test_forfeits_are_distinguished_from_played_losses() -> None:
    tournament = swiss(6, 3)
    one, two, three = open_pairings(tournament)
    enter(tournament, one, WHITE_WINS)
    enter(tournament, two, by_forfeit(1))
    enter(tournament, three, by_double_forfeit())
    matches = group_history(group_of(tournament)).rounds[0].matches
    outcomes = [(one.white_result.value, one.black_result.value, one.played) for one in matches]
    assert outcomes == [("win", "loss", True), ("loss", "win", False), ("loss", "loss", False)]


def test_no_pairing_is_possible_when_all_have_met() -> None:
    tournament = swiss(4, 3)
    play(tournament)
    for name in ("P1", "P2", "P3"):
        ask_bye(
            tournament_id=tournament.pk,
            entrant_id=entrant(tournament, name),
            kind=ByeKind.ZERO_POINT,
            actor=ORGANISER,
        )
    with pytest.raises(Conflict, match="at least two players") as refusal:
        pair(tournament)
    assert refusal.value.code == "no_pairing"
    assert contender(tournament, "P4").until_round is None


def test_a_round_of_one_is_refused() -> None:
    tournament = swiss(4, 3)
    play(tournament)
    for name in ("P1", "P2", "P3"):
        withdraw_entrant(
            tournament_id=tournament.pk, entrant_id=entrant(tournament, name), actor=ORGANISER
        )
    with pytest.raises(Conflict, match="at least two players who are present"):
        pair(tournament)
