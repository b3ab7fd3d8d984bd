"""Results: played, drawn, forfeited, as they stand, and corrected."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.errors import Conflict, NotFound
from matchmaking.models import Match, MatchState, Outcome
from matchmaking.results import BadScore
from matchmaking.tests.meetings import play_match
from tournaments.models import Action, Pairing, PairingState, StageSettings, TournamentState
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.progress.results import (
    by_double_forfeit,
    by_forfeit,
    by_score,
    enter_result,
    set_live_score,
)
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.progress.start import cancel_tournament
from tournaments.services.undo.stack import undo_last
from tournaments.signals import pairing_decided, pairing_scored

from .builders import (
    DOUBLE,
    SINGLE,
    TABLE,
    correct_result,
    first_wins,
    match_of,
    names,
    pairing,
    play_on,
    report,
    second_wins,
    started,
)

pytestmark = pytest.mark.django_db

ANN = Actor("Ann the judge")


def test_a_result_is_written_down_with_who_entered_it_and_why() -> None:
    cup = started(4)
    match = match_of(cup, "W1.1")
    enter_result(
        tournament_id=cup.pk, match_id=match.pk, report=by_score([1, 0]), actor=ANN, why="seen"
    )
    action = cup.actions.first()
    assert action is not None
    assert (action.verb, action.actor_name, action.why) == ("result", "Ann the judge", "seen")
    assert action.text == "P1 beat P4 1:0 (Semi-finals)"


def test_neither_comes_and_whoever_waits_walks_over() -> None:
    cup = started(4)
    report(cup, "W1.1", by_double_forfeit())
    first_wins(cup, "W1.2")
    final = pairing(cup, "W2.1")
    assert (final.state, final.match) == (PairingState.WALKOVER, None)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert pairing(cup, "W1.1").match.outcome == Outcome.DOUBLE_FORFEIT  # type: ignore[union-attr]


def test_neither_comes_in_a_double_elimination_and_both_are_out() -> None:
    cup = started(4, DOUBLE)
    report(cup, "W1.1", by_double_forfeit())
    first_wins(cup, "W1.2")
    assert pairing(cup, "L1.1").state == PairingState.WALKOVER
    assert pairing(cup, "L2.1").state == PairingState.WALKOVER
    assert names(cup, "GF") == ["P2", "P3"]


def test_a_forfeit_sends_the_loser_to_the_losers_bracket() -> None:
    cup = started(4, DOUBLE)
    report(cup, "W1.1", by_forfeit(0))
    assert names(cup, "L1.1") == ["P4", None]


def test_a_draw_counts_where_there_are_draws() -> None:
    league = started(3, StageSettings(TABLE.format, draws=True, best_of=2))
    report(league, "R1.1", by_score([1, 1]))
    row = pairing(league, "R1.1")
    assert row.match is not None
    assert (row.state, row.winner, row.match.outcome) == ("decided", None, Outcome.DRAWN)


@pytest.mark.parametrize("scores", [[0, 0], [1, 1], [-1, 1], [1], [3, 0], [2, 2]])
def test_a_score_that_this_match_cannot_have_changes_nothing(scores: list[int]) -> None:
    cup = started(2, StageSettings(best_of=3))
    with pytest.raises(BadScore):
        report(cup, "W1.1", by_score(scores))
    assert match_of(cup, "W1.1").state == MatchState.OPEN


@pytest.mark.parametrize("winner", [2, -1])
def test_a_forfeit_has_a_side_for_its_winner(winner: int) -> None:
    cup = started(2)
    with pytest.raises(BadScore):
        report(cup, "W1.1", by_forfeit(winner))
    assert match_of(cup, "W1.1").state == MatchState.OPEN


def test_a_result_that_the_players_agree_on_is_written_down_and_can_be_undone() -> None:
    cup = started(4)
    play_match(match=match_of(cup, "W1.1"), scores=[0, 1])
    action = cup.actions.first()
    assert action is not None
    assert (action.actor_name, action.text) == ("the players", "P4 beat P1 1:0 (Semi-finals)")
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert match_of(cup, "W1.1").state == MatchState.OPEN


def test_a_late_report_is_refused() -> None:
    over, off = started(2), started(4)
    first_wins(over, "W1.1")
    cancel_tournament(tournament_id=off.pk, actor=ORGANISER)
    for cup in (over, off):
        with pytest.raises(Conflict) as refusal:
            first_wins(cup, "W1.1")
        assert refusal.value.code == "not_running"


def test_a_live_score_is_reported_and_is_no_result() -> None:
    cup = started(2, StageSettings(best_of=3))
    received: list[Pairing] = []

    def receive(pairing: Pairing, **kwargs: object) -> None:
        received.append(pairing)

    pairing_scored.connect(receive)
    try:
        match = match_of(cup, "W1.1")
        set_live_score(tournament_id=cup.pk, match_id=match.pk, scores=[1, 1])
    finally:
        pairing_scored.disconnect(receive)
    assert [row.key for row in received] == ["W1.1"]
    match.refresh_from_db()
    assert (match.live_scores, match.state) == ([1, 1], MatchState.OPEN)
    with pytest.raises(BadScore):
        set_live_score(tournament_id=cup.pk, match_id=match.pk, scores=[2, 2])
    report(cup, "W1.1", by_score([2, 1]))
    match.refresh_from_db()
    assert match.live_scores == []


def test_a_correction_keeps_what_the_same_people_play() -> None:
    cup = started(4, StageSettings(best_of=3))
    for key in ("W1.1", "W1.2", "W2.1"):
        report(cup, key, by_score([2, 0]))
    final = match_of(cup, "W2.1").pk
    match = match_of(cup, "W1.1")
    correct_result(tournament_id=cup.pk, match_id=match.pk, report=by_score([2, 1]))
    match.refresh_from_db()
    assert match.scores == [2, 1]
    assert match_of(cup, "W2.1").pk == final
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_a_correction_empties_what_others_would_have_played() -> None:
    cup = started(4)
    first_wins(cup, "W1.1", "W1.2", "W2.1")
    final = match_of(cup, "W2.1")
    changed: list[list[str]] = []

    def receive(pairings: list[Pairing], **kwargs: object) -> None:
        changed.append([row.key for row in pairings])

    pairing_decided.connect(receive)
    try:
        correct_result(
            tournament_id=cup.pk, match_id=match_of(cup, "W1.1").pk, report=by_score([0, 1])
        )
    finally:
        pairing_decided.disconnect(receive)
    assert changed == [["W1.1", "W2.1"]]
    assert names(cup, "W2.1") == ["P4", "P2"]
    anew = match_of(cup, "W2.1")
    assert anew.pk == final.pk and anew.revision > final.revision
    assert (anew.state, anew.outcome, anew.scores) == (MatchState.OPEN, None, [])
    assert [seat.name for seat in anew.seats.all()] == ["P4", "P2"]
    cup.refresh_from_db()
    assert cup.state == TournamentState.RUNNING and cup.finished_at is None


def test_of_two_who_correct_at_once_the_second_is_refused() -> None:
    cup = started(4)
    first_wins(cup, "W1.1")
    match = match_of(cup, "W1.1")
    for scores, received in (([0, 1], False), ([1, 0], True)):
        if received:
            with pytest.raises(Conflict, match="omebody else") as refusal:
                _correct(cup.pk, match, scores)
            assert refusal.value.code == "result_changed"
        else:
            _correct(cup.pk, match, scores)
    assert pairing(cup, "W1.1").winner == 1


def _correct(tournament_id: UUID, match: Match, scores: list[int]) -> None:
    enter_result(
        tournament_id=tournament_id,
        match_id=match.pk,
        report=by_score(scores),
        revision=match.revision,
        actor=ORGANISER,
    )


def test_the_same_result_again_is_no_correction() -> None:
    cup = started(4)
    match = match_of(cup, "W1.1")
    with pytest.raises(NotFound):
        enter_result(
            tournament_id=cup.pk, match_id=uuid4(), report=by_score([1, 0]), actor=ORGANISER
        )
    first_wins(cup, "W1.1")
    before = Action.objects.count()
    correct_result(tournament_id=cup.pk, match_id=match.pk, report=by_score([1, 0]))
    assert Action.objects.count() == before


def test_a_round_may_be_longer_than_the_others() -> None:
    cup = started(4)
    final = pairing(cup, "W2.1").round
    set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=5, actor=ORGANISER)
    first_wins(cup, "W1.1", "W1.2")
    assert match_of(cup, "W2.1").best_of == 5
    report(cup, "W2.1", by_score([3, 2]))
    semi_finals = pairing(started(4), "W1.1").round
    with pytest.raises(BadScore):
        set_round_best_of(
            tournament_id=semi_finals.group.stage.tournament_id,
            round_id=semi_finals.pk,
            best_of=2,
            actor=ORGANISER,
        )
    with pytest.raises(Conflict):
        set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=3, actor=ORGANISER)


@pytest.mark.parametrize("plan", [SINGLE, DOUBLE])
def test_a_result_costs_the_same_in_a_large_bracket(plan: StageSettings) -> None:
    small, large = started(8, plan), started(256, plan)
    counts = []
    for cup in (small, large):
        first_wins(cup, "W1.1")
        with CaptureQueriesContext(connection) as captured:
            second_wins(cup, "W1.2")
        counts.append(len(captured))
    assert counts[0] == counts[1] < 40


def test_everything_played_the_tournament_has_its_winner() -> None:
    cup = started(7, DOUBLE)
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    places = cup.stages.get().groups.get().contenders.order_by("first", "seed")
    assert [str(c.entrant) for c in places][:2] == ["P1", "P2"]
