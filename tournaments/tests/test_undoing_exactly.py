"""An undo leaves a tournament as it was; a correction touches nothing that it does not concern."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from lib.errors import Conflict
from matchmaking.models import RatedMatch, Rating, Seat
from matchmaking.tests.meetings import player, pool, won
from tournaments.engine.seeding import listed_again, seed_as_listed
from tournaments.files.export import export_tournament
from tournaments.models import (
    Contender,
    Entrant,
    Format,
    Pairing,
    PairingState,
    Round,
    Seeding,
    StageSettings,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.check_in import check_in, open_check_in, readmit
from tournaments.services.entry.entrants import remove_entrant, rename_entrant, replace_entrant
from tournaments.services.entry.seeding import set_seeds
from tournaments.services.progress.byes_and_late_entries import ask_bye
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import by_forfeit, by_score
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group, unpair_round
from tournaments.services.progress.withdrawals import reinstate_entrant, withdraw_entrant
from tournaments.services.setup.settings import change_settings
from tournaments.services.transfer.imports import import_tournament
from tournaments.services.undo.stack import undo_last
from tournaments.services.venue.stations import add_stations, assign_next

from .builders import (
    DOUBLE,
    SINGLE,
    correct_result,
    draft,
    first_wins,
    forfeit,
    match_of,
    names,
    pairing,
    play_on,
    report,
    second_wins,
    started,
)
from .manage_builders import STAFF, guest
from .pictures import ids, picture

pytestmark = pytest.mark.django_db

GROUPS = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2)
SWISS = StageSettings(Format.SWISS, rounds_planned=2, draws=True)
TABLE = StageSettings(Format.ROUND_ROBIN)


def named(cup: Tournament, name: str) -> Entrant:
    return cup.entrants.get(name=name)


def leave(cup: Tournament, name: str) -> None:
    withdraw_entrant(tournament_id=cup.pk, entrant_id=named(cup, name).pk, actor=ORGANISER)


def come_back(cup: Tournament, name: str) -> list[Pairing]:
    return reinstate_entrant(tournament_id=cup.pk, entrant_id=named(cup, name).pk, actor=ORGANISER)


def undo(cup: Tournament) -> str:
    return undo_last(tournament_id=cup.pk, actor=ORGANISER).text


def correct(cup: Tournament, key: str, *scores: int, stage: int = 1, group: int = 1) -> None:
    match = match_of(cup, key, stage=stage, group=group)
    correct_result(tournament_id=cup.pk, match_id=match.pk, report=by_score(scores))


# A stage that follows another.


def swiss_after_groups(capture: DjangoCaptureOnCommitCallbacks, players: int = 8) -> Tournament:
    """Groups are played, and a Swiss of the first two of each has its first round."""
    cup = started(players, GROUPS, SWISS)
    with capture(execute=True):
        play_on_stage(cup, 1)
    return cup


def play_on_stage(cup: Tournament, stage: int) -> None:
    ready = Pairing.objects.filter(
        group__stage__tournament=cup, group__stage__number=stage, state=PairingState.READY
    )
    while row := ready.order_by("group__number", "key").first():
        report(cup, row.key, by_score([1, 0]), stage=stage, group=row.group.number)


@pytest.mark.parametrize("how", ["reopen", "correct"])
def test_the_rounds_of_a_later_swiss_come_back_with_their_results(
    how: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cup = swiss_after_groups(django_capture_on_commit_callbacks)
    play_on_stage(cup, 2)
    ask_bye(tournament_id=cup.pk, entrant_id=swiss_seed(cup, 1).pk, actor=ORGANISER)
    pair_next_round(group=swiss_group(cup), engine="quick", actor=ORGANISER)
    play_on_stage(cup, 2)
    was, matches = picture(cup), ids(cup)
    if how == "reopen":
        match = match_of(cup, "R1.1")
        reopen_result(tournament_id=cup.pk, match_id=match.pk, actor=ORGANISER)
    else:
        with django_capture_on_commit_callbacks(execute=True):
            correct(cup, "R1.1", 0, 1)
    assert picture(cup) != was
    with django_capture_on_commit_callbacks(execute=True):
        text = undo(cup)
    assert "could not be entered" not in text
    assert picture(cup) == was
    assert ids(cup) == matches


def test_one_undo_takes_back_a_result_and_the_swiss_that_began_by_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cup = swiss_after_groups(django_capture_on_commit_callbacks)
    assert swiss_group(cup).last_round == 1
    matches = ids(cup)
    last = Pairing.objects.of(cup).filter(group__stage__number=1).latest("match__closed_at")
    undo(cup)
    last.refresh_from_db()
    assert last.state == PairingState.READY
    assert cup.stages.get(number=2).state == StageState.PENDING
    with django_capture_on_commit_callbacks(execute=True):
        report(cup, last.key, by_score([1, 0]), group=last.group.number)
    assert ids(cup) == matches  # the same two meet again in each


def test_one_undo_takes_back_a_start_with_its_first_round() -> None:
    cup = draft(4, SWISS)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    matches = ids(cup)
    assert undo(cup).startswith("Undone: Started")
    cup.refresh_from_db()
    assert cup.is_before_start
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert ids(cup) == matches


@pytest.mark.parametrize("plan", [SINGLE, TABLE, SWISS], ids=["bracket", "table", "swiss"])
def test_another_order_is_undone_with_the_draw_that_it_made(
    plan: StageSettings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cup = started(4, plan)
    was, matches = picture(cup), ids(cup)
    order = list(cup.entrants.order_by("-seed").values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        set_seeds(tournament_id=cup.pk, order=order, actor=ORGANISER)
    assert not ids(cup) & matches
    with django_capture_on_commit_callbacks(execute=True):
        undo(cup)
    assert (picture(cup), ids(cup)) == (was, matches)


def swiss_seed(cup: Tournament, seed: int) -> Entrant:
    return Contender.objects.get(
        group__stage__tournament=cup, group__stage__format=Format.SWISS, seed=seed
    ).entrant


def test_a_stage_that_begins_anew_is_as_it_was_planned(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    plan = StageSettings(Format.SWISS, rounds_planned=5)
    cup = started(5, StageSettings(Format.ROUND_ROBIN, advance=5), plan)
    leave(cup, "P5")
    with django_capture_on_commit_callbacks(execute=True):
        play_on(cup)
    stage = cup.stages.get(number=2)
    assert stage.rounds_planned == 3  # of four players
    come_back(cup, "P5")
    stage.refresh_from_db()
    assert (stage.state, stage.rounds_planned) == (StageState.PENDING, 5)


def test_who_leaves_or_comes_back_changes_no_later_stage_by_a_correction() -> None:
    cup = started(8, GROUPS, SINGLE)
    leave(cup, "P8")
    play_on_stage(cup, 1)
    first_wins(cup, "W1.1", stage=2)
    gone = names(cup, "W1.2", stage=2)[1]
    assert gone is not None
    leave(cup, gone)
    come_back(cup, "P8")
    row = pairing(cup, "R1.2")
    assert row.match is not None
    # The same winner by another way: nobody's place changes.
    was = picture(cup)["stages"][1]
    won = row.winner
    assert won is not None
    correct_result(tournament_id=cup.pk, match_id=row.match.pk, report=by_forfeit(won))
    assert picture(cup)["stages"][1] == was


def test_a_stage_that_is_restored_has_those_who_were_there_when_it_began() -> None:
    cup = started(8, GROUPS, SINGLE)
    first_wins(cup, "R1.1", "R2.2")
    second_wins(cup, "R3.1")
    leave(cup, "P1")  # who has won the whole group
    play_on_stage(cup, 1)
    assert "P1" not in {*names(cup, "W1.1", stage=2), *names(cup, "W1.2", stage=2)}
    play_on_stage(cup, 2)
    come_back(cup, "P1")
    was = picture(cup)
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "R1.1", group=2).pk, actor=ORGANISER)
    undo(cup)
    assert picture(cup) == was


def test_a_stage_that_is_restored_has_who_left_it_too() -> None:
    cup = started(8, GROUPS, SINGLE)
    for group in (1, 2):
        for key in ("R1.1", "R1.2", "R2.1", "R2.2", "R3.1", "R3.2"):
            white, black = names(cup, key, group=group)
            assert white is not None and black is not None
            scores = [1, 0] if white < black else [0, 1]
            report(cup, key, by_score(scores), group=group)
    leave(cup, "P4")  # the second of group A; P5 is the third
    was = picture(cup)
    assert names(cup, "R1.2") == ["P4", "P5"]
    correct(cup, "R1.2", 0, 1)
    assert "P4" not in {*names(cup, "W1.1", stage=2), *names(cup, "W1.2", stage=2)}
    undo(cup)
    assert picture(cup) == was


def test_matches_that_come_back_keep_their_places_in_the_ratings() -> None:
    cup = draft(4, StageSettings(Format.ROUND_ROBIN, advance=2), SINGLE)
    change_settings(tournament_id=cup.pk, actor=STAFF, changes={"rated_in": pool()})
    for entrant in cup.entrants.all():
        entrant.change(player=player(f"Player {entrant}"))
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    play_on(cup)
    won("Player P1", "Player P2")
    was = ratings()
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "R1.1").pk, actor=ORGANISER)
    assert ratings() != was
    undo(cup)
    assert ratings() == was


def ratings() -> list[list[Any]]:
    return [
        list(RatedMatch.objects.values_list("number", "match", "outcome")),
        list(Rating.objects.order_by("player").values_list("player", "rating", "deviation")),
    ]


# A Swiss.


def test_an_undo_goes_on_past_a_round_that_was_paired_anew() -> None:
    cup = started(4, SWISS)
    pictures = []

    def done() -> None:
        pictures.append(picture(cup))

    done()
    report(cup, "R1.1", by_score([1, 0]))
    done()
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "R1.1").pk, actor=ORGANISER)
    done()
    unpair_round(tournament_id=cup.pk, actor=ORGANISER)
    done()
    pair_next_round(group=swiss_group(cup), engine="quick", actor=ORGANISER)
    while pictures:
        undo(cup)
        assert picture(cup) == pictures.pop()


def test_undo_restores_a_withdrawn_round_exactly() -> None:
    cup = started(5, SWISS)
    round_ = Round.objects.get(group__stage__tournament=cup)
    set_round_best_of(tournament_id=cup.pk, round_id=round_.pk, best_of=3, actor=ORGANISER)
    leave(cup, "P2")  # forfeits
    was = picture(cup)
    unpair_round(tournament_id=cup.pk, actor=ORGANISER)
    undo(cup)
    assert picture(cup) == was


def test_a_swiss_that_was_ended_by_mistake_goes_on() -> None:
    cup = started(4, SWISS)
    play_on(cup)
    was = picture(cup)
    end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    undo(cup)
    assert picture(cup) == was
    assert pair_next_round(group=swiss_group(cup), engine="quick", actor=ORGANISER).number == 2


def test_a_swiss_whose_next_stage_has_results_stays_ended() -> None:
    cup = started(4, StageSettings(Format.SWISS, rounds_planned=2, advance=2), SINGLE)
    play_on(cup)
    end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    first_wins(cup, "W1.1", stage=2)
    undo_last(tournament_id=cup.pk, skip=True, actor=ORGANISER)
    with pytest.raises(Conflict, match="next stage has results"):
        undo(cup)


def test_who_is_back_in_a_swiss_that_was_over_is_paired_again() -> None:
    cup = started(4, SWISS)
    play_on(cup)
    pair_next_round(group=swiss_group(cup), engine="quick", actor=ORGANISER)
    row = Pairing.objects.filter(group__stage__tournament=cup, state="ready").earliest("key")
    report(cup, row.key, by_score([1, 0]))
    last = Pairing.objects.get(group__stage__tournament=cup, state="ready")
    leave(cup, str(last.top))
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    undo(cup)
    assert Contender.objects.get(entrant=last.top).until_round is None


def test_a_swiss_that_all_but_one_have_left_before_its_first_round_can_be_ended() -> None:
    cup = started(3, SWISS)
    unpair_round(tournament_id=cup.pk, actor=ORGANISER)
    with pytest.raises(Conflict, match="Pair the first one"):
        end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    for name in ("P1", "P2"):
        leave(cup, name)
    was = picture(cup)
    end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert import_tournament(data=export_tournament(cup)).tournament.state == cup.state
    undo(cup)
    assert picture(cup) == was


# Results.


def test_an_undone_result_is_played_where_it_was() -> None:
    cup = started(4)
    add_stations(tournament_id=cup.pk, names=["Court 1"], actor=ORGANISER)
    assign_next(tournament_id=cup.pk, actor=ORGANISER)
    was = pairing(cup, "W1.1")
    first_wins(cup, "W1.1")
    undo(cup)
    now = pairing(cup, "W1.1")
    assert (now.station_id, now.called_at) == (was.station_id, was.called_at)
    first_wins(cup, "W1.1")
    assign_next(tournament_id=cup.pk, actor=ORGANISER)  # the other match is there now
    undo(cup)
    assert pairing(cup, "W1.1").station_id is None
    assert pairing(cup, "W1.2").station_id is not None


def test_who_replaced_another_plays_the_match_that_is_reopened() -> None:
    cup = started(4)
    first_wins(cup, "W1.1")
    was = seats(cup, "W1.1")
    deb = guest("Deb")
    replace_entrant(
        tournament_id=cup.pk, entrant_id=named(cup, "P1").pk, name="", actor=ORGANISER, player=deb
    )
    assert seats(cup, "W1.1") == was  # who played it
    reopen_result(tournament_id=cup.pk, match_id=match_of(cup, "W1.1").pk, actor=ORGANISER)
    assert seats(cup, "W1.1") == [("Deb", deb.pk), was[1]]
    undo(cup)
    assert seats(cup, "W1.1") == was


def seats(cup: Tournament, key: str) -> list[tuple[str, Any]]:
    rows = Seat.objects.filter(match=match_of(cup, key)).order_by("side")
    return list(rows.values_list("name", "player"))


def test_a_new_name_is_not_written_over_the_one_who_was_replaced() -> None:
    cup = started(4)
    first_wins(cup, "W1.1")
    first = named(cup, "P1")
    replace_entrant(tournament_id=cup.pk, entrant_id=first.pk, name="Deb", actor=ORGANISER)
    rename_entrant(tournament_id=cup.pk, entrant_id=first.pk, name="Debby", actor=ORGANISER)
    assert seats(cup, "W1.1")[0][0] == "P1"
    undo(cup)
    assert seats(cup, "W1.1")[0][0] == "P1"


# Who comes back.


def test_who_comes_back_empties_no_result_that_was_entered() -> None:
    cup = started(4)
    leave(cup, "P4")
    first_wins(cup, "W1.2")
    forfeit(cup, "W2.1", 0)  # the other finalist did not come
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert come_back(cup, "P4") == []
    assert pairing(cup, "W2.1").state == PairingState.DECIDED


def test_a_return_is_undone_with_all_that_fell_by_it() -> None:
    cup = started(8, DOUBLE)
    leave(cup, "P8")
    leave(cup, "P1")  # walks over to the winner of the match beside
    first_wins(cup, "W1.3", "W1.4")
    was = picture(cup)
    assert come_back(cup, "P8")
    assert picture(cup) != was
    undo(cup)
    assert picture(cup) == was


def test_a_return_is_undone_in_a_tournament_that_is_over() -> None:
    cup = started(4)
    leave(cup, "P4")
    first_wins(cup, "W1.2", "W2.1")
    was = picture(cup)
    come_back(cup, "P4")
    undo(cup)
    assert picture(cup) == was


def test_who_is_back_after_the_draw_was_made_anew_has_a_place_in_it() -> None:
    cup = started(3)
    leave(cup, "P1")  # has a bye, so that nothing is decided
    order = [named(cup, name).pk for name in ("P3", "P2")]
    set_seeds(tournament_id=cup.pk, order=order, actor=ORGANISER)
    assert not Contender.objects.filter(entrant=named(cup, "P1")).exists()
    come_back(cup, "P1")
    assert Contender.objects.filter(entrant=named(cup, "P1")).exists()
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_a_stage_for_which_too_few_were_left_begins_when_one_is_back() -> None:
    cup = started(3, StageSettings(Format.ROUND_ROBIN, advance=2), SINGLE)
    for name in ("P1", "P2"):
        leave(cup, name)
    play_on_stage(cup, 1)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    was = picture(cup)
    come_back(cup, "P1")
    play_on_stage(cup, 1)
    assert cup.stages.get(number=2).state == StageState.RUNNING
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    while picture(cup) != was:
        undo(cup)


# The draw.


@pytest.mark.parametrize("count", [2, 3, 5, 8, 11])
def test_a_list_is_found_again_from_its_seeds(count: int) -> None:
    entrants = [f"P{number}" for number in range(count)]
    assert listed_again(seed_as_listed(entrants)) == entrants


def test_neighbours_in_the_list_meet_after_a_second_draw_too() -> None:
    cup = draft(5)
    change_settings(tournament_id=cup.pk, actor=ORGANISER, changes={"seeding": Seeding.LISTED})
    open_check_in(tournament_id=cup.pk, actor=ORGANISER)
    for name in ("P1", "P2", "P3", "P4"):
        check_in(tournament_id=cup.pk, entrant_id=named(cup, name).pk, actor=ORGANISER)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    readmit(tournament_id=cup.pk, entrant_id=named(cup, "P5").pk, actor=ORGANISER)
    met = {tuple(names(cup, f"W1.{n}")) for n in range(1, 5)} | {tuple(names(cup, "W2.2"))}
    assert ("P4", "P5") in met and ("P2", "P3") in met


def test_the_seeds_of_a_second_draw_are_undone_with_how_they_were_drawn() -> None:
    cup = draft(4)
    change_settings(tournament_id=cup.pk, actor=ORGANISER, changes={"seeding": Seeding.LISTED})
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    final = Round.objects.get(group__stage__tournament=cup, number=2)
    set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=5, actor=ORGANISER)
    was = picture(cup)
    order = list(cup.entrants.order_by("-seed").values_list("pk", flat=True))
    set_seeds(tournament_id=cup.pk, order=order, actor=ORGANISER)
    final = Round.objects.get(group__stage__tournament=cup, number=2)
    assert final.best_of == 5
    undo(cup)
    assert picture(cup) == was


# Entries and settings.


def test_who_is_back_on_the_list_is_who_was_there() -> None:
    cup = draft(4)
    open_check_in(tournament_id=cup.pk, actor=ORGANISER)
    second = named(cup, "P2")
    rename_entrant(tournament_id=cup.pk, entrant_id=second.pk, name="Bob", actor=ORGANISER)
    check_in(tournament_id=cup.pk, entrant_id=second.pk, actor=ORGANISER)
    was = Entrant.objects.filter(pk=second.pk).values().get()
    remove_entrant(tournament_id=cup.pk, entrant_id=second.pk, actor=ORGANISER)
    undo(cup)
    assert Entrant.objects.filter(pk=second.pk).values().get() == was
    undo(cup)  # and so can be undone what was done before
    undo(cup)
    assert named(cup, "P2").checked_in_at is None


def test_a_setting_of_a_tournament_that_runs_is_undone() -> None:
    cup = started(4)
    change_settings(tournament_id=cup.pk, actor=ORGANISER, changes={"match_minutes": 7})
    undo(cup)
    cup.refresh_from_db()
    assert cup.match_minutes == 30


def test_where_a_match_was_played_is_in_the_file() -> None:
    cup = started(4)
    add_stations(tournament_id=cup.pk, names=["Court 1"], actor=ORGANISER)
    assign_next(tournament_id=cup.pk, actor=ORGANISER)
    first_wins(cup, "W1.1")
    copy = import_tournament(data=export_tournament(cup)).tournament
    assert str(pairing(copy, "W1.1").station) == "Court 1"
