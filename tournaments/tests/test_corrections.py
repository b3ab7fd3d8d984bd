"""Results taken back, with what was built on them; and actions undone, the last one first."""

from functools import partial
from uuid import uuid4

import pytest

from lib.errors import Conflict, NotFound
from matchmaking.models import MatchState
from tournaments.models import (
    Format,
    Pairing,
    PairingState,
    StageSettings,
    StageState,
    Station,
    TournamentState,
)
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.entry.entrants import rename_entrant
from tournaments.services.progress.reopen import preview_reopen, reopen_result
from tournaments.services.progress.results import by_double_forfeit, by_score
from tournaments.services.progress.start import cancel_tournament
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.services.undo.stack import last_undoable, undo_last
from tournaments.services.venue.stations import add_stations, assign_station
from tournaments.signals import pairing_reopened, tournament_reopened

from .builders import (
    DOUBLE,
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

GROUPS = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=1)


def test_the_organiser_sees_what_would_be_emptied_and_nothing_happens() -> None:
    cup = started(4)
    first_wins(cup, "W1.1", "W1.2", "W2.1")
    match = match_of(cup, "W1.1")
    shown = preview_reopen(tournament_id=cup.pk, match_id=match.pk)
    assert [row.key for row in shown] == ["W2.1"]
    assert pairing(cup, "W2.1").state == PairingState.DECIDED
    assert preview_reopen(tournament_id=cup.pk, match_id=match_of(cup, "W2.1").pk) == []


def test_reopening_a_first_match_empties_what_followed() -> None:
    cup = started(4)
    first_wins(cup, "W1.1", "W1.2", "W2.1")
    match, final = match_of(cup, "W1.1"), match_of(cup, "W2.1")
    received: list[object] = []

    def receive(pairings: list[Pairing], rebuilt: bool, **kwargs: object) -> None:
        received.append(([row.key for row in pairings], rebuilt))

    def hear_tournament(**kwargs: object) -> None:
        received.append("goes on")

    pairing_reopened.connect(receive)
    tournament_reopened.connect(hear_tournament)
    try:
        emptied = reopen_result(
            tournament_id=cup.pk, match_id=match.pk, actor=Actor("Ann"), why="typo"
        )
    finally:
        pairing_reopened.disconnect(receive)
        tournament_reopened.disconnect(hear_tournament)
    assert [row.key for row in emptied] == ["W2.1"]
    assert received == ["goes on", (["W1.1", "W2.1"], False)]
    assert match_of(cup, "W1.1").state == MatchState.OPEN
    final.refresh_from_db()
    assert final.state == MatchState.CANCELLED
    assert names(cup, "W2.1") == [None, "P2"]
    cup.refresh_from_db()
    assert cup.state == TournamentState.RUNNING and cup.finished_at is None
    action = cup.actions.first()
    assert action is not None and action.why == "typo"
    assert action.text == ("Reopened: P1 beat P4 1:0 (Semi-finals); 1 later results were emptied")


def test_in_a_table_the_other_matches_stand() -> None:
    league = started(4, TABLE)
    play_on(league)
    match = match_of(league, "R1.1")
    assert reopen_result(tournament_id=league.pk, match_id=match.pk, actor=ORGANISER) == []
    open_ones = Pairing.objects.filter(group__stage__tournament=league, state=PairingState.READY)
    assert [row.key for row in open_ones] == ["R1.1"]
    league.refresh_from_db()
    assert league.state == TournamentState.RUNNING
    first_wins(league, "R1.1")
    league.refresh_from_db()
    assert league.state == TournamentState.FINISHED


def test_a_stage_built_on_the_result_falls_with_it() -> None:
    cup = started(4, GROUPS, StageSettings())
    play_on(cup)
    final = match_of(cup, "W1.1", stage=2)
    match = match_of(cup, "R1.1", stage=1)
    shown = preview_reopen(tournament_id=cup.pk, match_id=match.pk)
    assert [row.pk for row in shown] == [pairing(cup, "W1.1", stage=2).pk]
    reopen_result(tournament_id=cup.pk, match_id=match.pk, actor=ORGANISER)
    states = cup.stages.order_by("number").values_list("state", flat=True)
    assert list(states) == [StageState.RUNNING, StageState.PENDING]
    assert not Pairing.objects.filter(group__stage__number=2).exists()
    final.refresh_from_db()
    assert final.state == MatchState.CANCELLED
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert pairing(cup, "W1.1", stage=2).state == PairingState.DECIDED


def test_a_correction_that_changes_who_goes_on_begins_the_next_stage_anew() -> None:
    cup = started(4, GROUPS, StageSettings())
    play_on(cup)
    assert names(cup, "W1.1", stage=2) == ["P1", "P2"]
    match = match_of(cup, "R1.1")
    before = [str(e) for _, e in pairing(cup, "R1.1").sides]
    winner = pairing(cup, "R1.1").winner
    flipped = [0, 1] if winner == 0 else [1, 0]
    correct_result(tournament_id=cup.pk, match_id=match.pk, report=by_score(flipped))
    loser = before[1 - (winner or 0)]
    assert names(cup, "W1.1", stage=2) == [loser, "P2"]
    assert match_of(cup, "W1.1", stage=2).state == MatchState.OPEN
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert names(cup, "W1.1", stage=2) == ["P1", "P2"]
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_what_cannot_be_reopened() -> None:
    cup = started(4)
    with pytest.raises(Conflict) as refusal:
        reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "W1.1").pk, actor=ORGANISER)
    assert refusal.value.code == "not_decided"
    for call in (preview_reopen, partial(reopen_result, actor=ORGANISER)):
        with pytest.raises(NotFound):
            call(tournament_id=cup.pk, match_id=uuid4())
        with pytest.raises(NotFound):
            call(tournament_id=uuid4(), match_id=uuid4())
    first_wins(cup, "W1.1")
    match = match_of(cup, "W1.1")
    cancel_tournament(tournament_id=cup.pk, actor=ORGANISER)
    with pytest.raises(Conflict) as refusal:
        reopen_result(tournament_id=cup.pk, match_id=match.pk, actor=ORGANISER)
    assert refusal.value.code == "not_running"


def test_a_match_of_somebody_who_has_left_is_corrected_instead() -> None:
    cup = started(4, DOUBLE)
    first_wins(cup, "W1.1")
    withdraw_entrant(
        tournament_id=cup.pk, entrant_id=cup.entrants.get(name="P4").pk, actor=ORGANISER
    )
    match = match_of(cup, "W1.1")
    with pytest.raises(Conflict, match="P4 left") as refusal:
        reopen_result(tournament_id=cup.pk, match_id=match.pk, actor=ORGANISER)
    assert refusal.value.code == "has_left"
    correct_result(tournament_id=cup.pk, match_id=match.pk, report=by_score([0, 1]))
    assert names(cup, "L1.1") == ["P1", None]


def test_reopening_does_not_assign_a_station_that_has_another_match() -> None:
    cup = started(4)
    table = Station.objects.create(tournament=cup, number=1, name="Table 1")
    Pairing.objects.filter(pk=pairing(cup, "W1.1").pk).update(station=table)
    first_wins(cup, "W1.1")
    Pairing.objects.filter(pk=pairing(cup, "W1.2").pk).update(station=table)
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "W1.1").pk, actor=ORGANISER)
    assert pairing(cup, "W1.1").station_id is None


def test_undoing_goes_back_step_by_step() -> None:
    cup = started(4)
    first_wins(cup, "W1.1", "W1.2")
    second_wins(cup, "W2.1")
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "W1.1").pk, actor=ORGANISER)
    assert undo_last(tournament_id=cup.pk, actor=ORGANISER).text.startswith("Undone: Reopened")
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED and pairing(cup, "W2.1").winner == 1
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert match_of(cup, "W2.1").state == MatchState.OPEN
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    states = {row.key: row.state for row in Pairing.objects.all()}
    assert states == {"W1.1": "ready", "W1.2": "ready", "W2.1": "pending"}


def test_there_is_an_end_to_undoing() -> None:
    cup = started(2)
    first_wins(cup, "W1.1")
    undone = undo_last(tournament_id=cup.pk, actor=Actor("Ann"), why="wrong match")
    assert (undone.actor_name, undone.why) == ("Ann", "wrong match")
    assert undone.undoes is not None and undone.undoes.verb == "result"
    assert (
        undo_last(tournament_id=cup.pk, actor=ORGANISER).text == "Undone: Started with 2 entrants"
    )
    with pytest.raises(Conflict) as refusal:
        undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert refusal.value.code == "nothing_to_undo"


def test_a_double_forfeit_is_reopened_too() -> None:
    cup = started(4, DOUBLE)
    report(cup, "W1.1", by_double_forfeit())
    first_wins(cup, "W1.2")
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    first_wins(cup, "W1.1")
    assert names(cup, "W2.1") == ["P1", None] and names(cup, "L1.1") == ["P4", None]


def test_what_cannot_be_undone_any_more_is_named_and_passed_over() -> None:
    cup, olga = started(4), Actor("Olga")
    first = cup.entrants.get(name="P1")
    rename_entrant(tournament_id=cup.pk, entrant_id=first.pk, name="Ann", actor=olga)
    add_stations(tournament_id=cup.pk, names=["Table 1"], actor=olga)
    assign_station(
        tournament_id=cup.pk,
        pairing_id=pairing(cup, "W1.1").pk,
        station_id=cup.stations.get().pk,
        actor=olga,
    )
    first_wins(cup, "W1.1")
    undo_last(tournament_id=cup.pk, skip=True, actor=ORGANISER)
    called = last_undoable(cup)
    assert called is not None and called.text == "called Ann vs P4 to Table 1"
    with pytest.raises(Conflict, match=r"'called .* cannot be undone: .*Leave it as it is"):
        undo_last(tournament_id=cup.pk, actor=ORGANISER)
    left = undo_last(tournament_id=cup.pk, skip=True, number=called.number, actor=ORGANISER)
    assert left.text == "Left as it is: called Ann vs P4 to Table 1"
    called.refresh_from_db()
    assert not called.is_undone
    undone = undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert undone.undoes is not None and undone.undoes.is_undone
    first.refresh_from_db()
    assert first.name == "P1"


def test_of_two_who_undo_the_same_action_the_second_is_refused() -> None:
    cup = started(4)
    first_wins(cup, "W1.1", "W1.2")
    seen = last_undoable(cup)
    assert seen is not None
    undo_last(tournament_id=cup.pk, number=seen.number, actor=ORGANISER)
    with pytest.raises(Conflict) as refusal:
        undo_last(tournament_id=cup.pk, number=seen.number, actor=ORGANISER)
    assert refusal.value.code == "undo_changed"
    assert pairing(cup, "W1.1").state == PairingState.DECIDED
