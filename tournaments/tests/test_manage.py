"""Managing a tournament: check-in, seeds, stations, judges, settings, and what is due by time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from lib.errors import Conflict, Forbidden, NotFound, Refusal, Unauthenticated
from lib.tokens import digest
from matchmaking.callers import NOBODY, Caller
from matchmaking.services.players import create_guest, sign_up
from matchmaking.tests.staff import staff
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import (
    Entry,
    EntryStatus,
    Format,
    Pairing,
    Seeding,
    StageSettings,
    Tournament,
    TournamentState,
)
from tournaments.order_of_play import estimated_starts
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.entry.check_in import (
    check_in,
    check_in_all,
    close_check_in,
    open_check_in,
    open_due_check_ins,
    readmit,
    undo_check_in,
)
from tournaments.services.entry.entrants import add_entrants
from tournaments.services.entry.registration import register
from tournaments.services.entry.seeding import set_seeds, shuffle_seeds, sort_by_rating
from tournaments.services.permissions import actor_for, check_may_enter_result, check_organiser
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.undo.stack import undo_last
from tournaments.services.venue.judges import (
    add_judge,
    claim_judgeship,
    remove_judge,
    set_judge_station,
)
from tournaments.services.venue.stations import (
    add_stations,
    assign_next,
    assign_station,
    free_station,
    remove_station,
    rename_station,
)

from .manage_builders import (
    FOUR,
    OLGA,
    comes,
    draft,
    fresh,
    guest,
    named,
    open_cup,
    pairing,
    running,
    said,
    who,
)  # fmt: skip

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def win(tournament: Tournament, key: str) -> None:
    """The top side wins."""
    match = pairing(tournament, key).match
    assert match is not None
    enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=by_score((1, 0)), actor=ORGANISER
    )


# Check-in.


def checking_in(*names: str) -> Tournament:
    cup = draft(*names)
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    return fresh(cup)


def here(cup: Tournament, *names: str) -> None:
    for name in names:
        check_in(tournament_id=cup.pk, entrant_id=named(cup, name).pk, actor=OLGA)


def test_entrants_not_checked_in_are_left_out_at_the_start() -> None:
    cup = checking_in()
    here(cup, "Ann", "Cem", "Dan")
    undo_check_in(tournament_id=cup.pk, entrant_id=named(cup, "Dan").pk, actor=OLGA)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert who(cup) == ["Ann", "Cem"] and sorted(who(cup, "absent")) == ["Bob", "Dan"]


def test_without_check_in_everybody_plays() -> None:
    cup = checking_in()
    close_check_in(tournament_id=cup.pk, actor=OLGA)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert len(who(cup)) == 4


def test_a_waiting_entrant_who_is_checked_in_takes_the_place_of_one_who_is_not() -> None:
    cup = open_cup(capacity=2)
    for name in ("Ann", "Bob", "Cem", "Dan"):
        comes(cup, name)
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    here(cup, "Ann", "Dan")
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert who(cup) == ["Ann", "Dan"]


def test_one_click_readmits_an_entrant_who_was_left_out() -> None:
    cup = checking_in()
    here(cup, "Ann", "Cem", "Dan")
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    bob = named(cup, "Bob")
    readmit(tournament_id=cup.pk, entrant_id=bob.pk, actor=OLGA)
    assert sorted(who(cup)) == ["Ann", "Bob", "Cem", "Dan"]
    assert Pairing.objects.filter(group__stage__tournament=cup).count() == 3
    with pytest.raises(Conflict, match="was not left out"):
        readmit(tournament_id=cup.pk, entrant_id=bob.pk, actor=OLGA)


def test_a_bracket_with_results_lets_nobody_in() -> None:
    cup = checking_in("Ann", "Bob", "Cem", "Dan", "Eve")
    here(cup, "Ann", "Bob", "Cem", "Dan")
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    win(cup, "W1.1")
    with pytest.raises(Conflict, match="only a Swiss stage"):
        readmit(tournament_id=cup.pk, entrant_id=named(cup, "Eve").pk, actor=OLGA)
    assert named(cup, "Eve").status == EntryStatus.ABSENT


def test_check_in_is_refused_when_it_makes_no_sense() -> None:
    cup = checking_in()
    with pytest.raises(Conflict, match="already open"):
        open_check_in(tournament_id=cup.pk, actor=OLGA)
    with pytest.raises(NotFound):
        check_in(tournament_id=cup.pk, entrant_id=0, actor=OLGA)
    assert check_in_all(tournament_id=cup.pk, actor=OLGA) == 4
    assert check_in_all(tournament_id=cup.pk, actor=OLGA) == 0
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    with pytest.raises(Conflict, match="only before the start"):
        check_in(tournament_id=cup.pk, entrant_id=named(cup, "Ann").pk, actor=OLGA)
    with pytest.raises(Conflict, match="only before the start"):
        open_check_in(tournament_id=cup.pk, actor=OLGA)
    with pytest.raises(Conflict, match="not open"):
        close_check_in(tournament_id=cup.pk, actor=OLGA)
    asking = open_cup(Entry.APPROVAL)
    entrant = comes(asking, "Fay")
    with pytest.raises(Conflict, match="cannot be checked in"):
        check_in(tournament_id=asking.pk, entrant_id=entrant.pk, actor=OLGA)


def test_a_check_in_is_undone() -> None:
    cup = checking_in()
    here(cup, "Ann")
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert named(cup, "Ann").checked_in_at is None


# Time.


def test_check_in_opens_by_itself_so_long_before_the_start() -> None:
    now = timezone.now()
    cup = open_cup(starts_at=now + timedelta(hours=2), check_in_minutes=30)
    untimed = open_cup()
    assert open_due_check_ins(now=now + timedelta(minutes=89)) == 0
    assert open_due_check_ins(now=now + timedelta(minutes=90)) == 1
    assert fresh(cup).state == TournamentState.CHECK_IN
    assert fresh(untimed).state == TournamentState.REGISTRATION
    assert said(cup) == "Matchpoint opened check-in"
    assert open_due_check_ins(now=now + timedelta(hours=9)) == 0


# Seeds.


def ids(cup: Tournament, *names: str) -> list[int]:
    return [named(cup, name).pk for name in names]


def test_seeds_are_set_by_hand_and_undone() -> None:
    cup = draft()
    set_seeds(tournament_id=cup.pk, order=ids(cup, "Dan", "Cem", "Bob", "Ann"), actor=OLGA)
    assert who(cup) == ["Dan", "Cem", "Bob", "Ann"]
    set_seeds(tournament_id=cup.pk, order=ids(cup, "Dan", "Ann", "Cem", "Bob"), actor=OLGA)
    assert who(cup) == ["Dan", "Ann", "Cem", "Bob"]
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert who(cup) == ["Dan", "Cem", "Bob", "Ann"]


def test_the_same_shuffle_seed_gives_the_same_order_from_any_order() -> None:
    cup = draft()
    shuffle_seeds(tournament_id=cup.pk, shuffle_seed=7, actor=OLGA)
    first = who(cup)
    shuffle_seeds(tournament_id=cup.pk, actor=OLGA)
    shuffle_seeds(tournament_id=cup.pk, shuffle_seed=7, actor=OLGA)
    assert who(cup) == first and fresh(cup).shuffle_seed == 7


def test_seeds_by_rating_put_unrated_entrants_last() -> None:
    cup = draft("Ann", "Bob")
    with pytest.raises(Conflict, match="Nobody has a rating"):
        sort_by_rating(tournament_id=cup.pk, actor=OLGA)
    rated = [NewEntrant("Cem", 1500), NewEntrant("Dan", 1900), NewEntrant("Eve", 0)]
    add_entrants(tournament_id=cup.pk, entrants=rated, actor=OLGA)
    sort_by_rating(tournament_id=cup.pk, actor=OLGA)
    assert who(cup) == ["Dan", "Cem", "Eve", "Ann", "Bob"]
    assert fresh(cup).seeding == Seeding.GIVEN


def test_seeds_are_refused_that_fit_nobody() -> None:
    cup = draft()
    for order in ([], ids(cup, "Ann", "Ann", "Bob", "Cem"), [*ids(cup, *FOUR), 0]):
        with pytest.raises(Refusal, match="everybody who takes part"):
            set_seeds(tournament_id=cup.pk, order=order, actor=OLGA)


def test_before_the_first_result_new_seeds_draw_again_and_after_it_the_draw_stands() -> None:
    cup = running()
    assert str(pairing(cup, "W1.1").match) == "Ann vs Dan"
    set_seeds(tournament_id=cup.pk, order=ids(cup, "Bob", "Ann", "Dan", "Cem"), actor=OLGA)
    assert str(pairing(cup, "W1.1").match) == "Bob vs Cem"
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert str(pairing(cup, "W1.1").match) == "Ann vs Dan"
    win(cup, "W1.1")
    with pytest.raises(Conflict, match="A result is in"):
        shuffle_seeds(tournament_id=cup.pk, actor=OLGA)


# Stations.


def at_tables(*tables: str) -> Tournament:
    cup = running()
    add_stations(tournament_id=cup.pk, names=tables, actor=OLGA)
    return cup


def call(cup: Tournament, key: str, table: str) -> Pairing:
    station = cup.stations.get(name=table)
    return assign_station(
        tournament_id=cup.pk, pairing_id=pairing(cup, key).pk, station_id=station.pk, actor=OLGA
    )


def test_matches_are_called_in_order_to_the_free_stations_and_free_them_when_decided() -> None:
    cup = at_tables("Table 1")
    assert [p.key for p in assign_next(tournament_id=cup.pk, actor=OLGA)] == ["W1.1"]
    assert said(cup) == "Olga called Ann vs Dan to Table 1"
    assert assign_next(tournament_id=cup.pk, actor=OLGA) == []
    win(cup, "W1.1")
    assert [p.key for p in assign_next(tournament_id=cup.pk, actor=OLGA)] == ["W1.2"]


def test_a_station_is_for_one_match_at_a_time() -> None:
    cup = at_tables("Table 1", "Table 2")
    call(cup, "W1.1", "Table 1")
    with pytest.raises(Conflict, match="Ann vs Dan is played at Table 1"):
        call(cup, "W1.2", "Table 1")
    call(cup, "W1.1", "Table 2")
    call(cup, "W1.2", "Table 1")
    with pytest.raises(Conflict, match="can be played"):
        call(cup, "W2.1", "Table 1")
    free_station(tournament_id=cup.pk, pairing_id=pairing(cup, "W1.2").pk, actor=OLGA)
    with pytest.raises(Conflict, match="has no station"):
        free_station(tournament_id=cup.pk, pairing_id=pairing(cup, "W1.2").pk, actor=OLGA)
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert str(pairing(cup, "W1.2").station) == "Table 1"


def test_stations_have_names_of_their_own() -> None:
    cup = at_tables("Table 1", "Table 2")
    first, second = cup.stations.all()
    for names in (["Table 2"], ["Court", "Court"], [""], ["x" * 41], [], ["a\x07"]):
        with pytest.raises(Refusal):
            add_stations(tournament_id=cup.pk, names=names, actor=OLGA)
    with pytest.raises(Conflict, match="already a station"):
        rename_station(tournament_id=cup.pk, station_id=first.pk, name="Table 2", actor=OLGA)
    rename_station(tournament_id=cup.pk, station_id=first.pk, name="Centre", actor=OLGA)
    call(cup, "W1.1", "Centre")
    with pytest.raises(Conflict, match="is played at Centre"):
        remove_station(tournament_id=cup.pk, station_id=first.pk, actor=OLGA)
    add_judge(tournament_id=cup.pk, name="Jo", station_id=second.pk, actor=OLGA)
    with pytest.raises(Conflict, match="Remove the judge first"):
        remove_station(tournament_id=cup.pk, station_id=second.pk, actor=OLGA)
    with pytest.raises(NotFound):
        remove_station(tournament_id=cup.pk, station_id=0, actor=OLGA)
    remove_judge(tournament_id=cup.pk, judge_id=cup.judges.get().pk, actor=OLGA)
    remove_station(tournament_id=cup.pk, station_id=second.pk, actor=OLGA)
    assert [str(s) for s in cup.stations.all()] == ["Centre"]


def test_stations_are_given_only_while_the_tournament_runs() -> None:
    cup = draft()
    with pytest.raises(Conflict, match="running"):
        assign_next(tournament_id=cup.pk, actor=OLGA)


# Estimated times.


def minutes(cup: Tournament, now: datetime) -> dict[str, int]:
    starts = estimated_starts(cup, now=now)
    keys = Pairing.objects.in_bulk(list(starts))
    return {keys[pk].key: int((at - now).total_seconds() // 60) for pk, at in starts.items()}


def test_estimates_follow_the_bracket_and_the_number_of_stations() -> None:
    cup = running()
    now = timezone.now()
    assert minutes(cup, now) == {"W1.1": 0, "W1.2": 0, "W2.1": 30}
    add_stations(tournament_id=cup.pk, names=["Table 1"], actor=OLGA)
    assert minutes(cup, now) == {"W1.1": 0, "W1.2": 30, "W2.1": 60}
    change_settings(tournament_id=cup.pk, actor=OLGA, changes={"match_minutes": 10})
    assert minutes(fresh(cup), now) == {"W1.1": 0, "W1.2": 10, "W2.1": 20}


def test_estimates_go_by_what_is_played_now() -> None:
    cup = at_tables("Table 1")
    call(cup, "W1.2", "Table 1")
    called = pairing(cup, "W1.2").called_at
    assert called is not None
    assert minutes(cup, called + timedelta(minutes=10)) == {"W1.2": -10, "W1.1": 20, "W2.1": 50}


# Judges and rights.


def holder(token: str) -> Caller:
    return Caller(token_sha256=digest(token))


def test_a_judge_of_a_station_enters_results_there_and_nowhere_else() -> None:
    cup = at_tables("Table 1", "Table 2")
    call(cup, "W1.1", "Table 1")
    station = cup.stations.get(name="Table 1")
    token = add_judge(tournament_id=cup.pk, name="Jo", station_id=station.pk, actor=OLGA).token

    def enter(key: str) -> Actor:
        return check_may_enter_result(
            tournament=cup, pairing=pairing(cup, key), caller=holder(token)
        )

    actor = enter("W1.1")
    assert actor.name == "Jo" and actor.judge_id is not None
    with pytest.raises(Forbidden, match="judge of Table 1"):
        enter("W1.2")
    with pytest.raises(Forbidden, match="only the organiser"):
        check_organiser(tournament_id=cup.pk, caller=holder(token))
    judge = cup.judges.get()
    set_judge_station(tournament_id=cup.pk, judge_id=judge.pk, station_id=None, actor=OLGA)
    assert enter("W1.2").judge_id == judge.pk
    remove_judge(tournament_id=cup.pk, judge_id=judge.pk, actor=OLGA)
    with pytest.raises(Unauthenticated):
        enter("W1.2")


def test_a_player_takes_an_invitation_and_becomes_its_judge() -> None:
    cup = running()
    token = add_judge(tournament_id=cup.pk, name="Jo", actor=OLGA).token
    jo, kim = guest("Jo"), guest("Kim")
    with pytest.raises(Forbidden, match="not the token of a judge"):
        claim_judgeship(tournament_id=cup.pk, token="x", player=jo)
    claim_judgeship(tournament_id=cup.pk, token=f" {token}\n", player=jo)
    claim_judgeship(tournament_id=cup.pk, token=token, player=jo)
    with pytest.raises(Conflict, match="Somebody else"):
        claim_judgeship(tournament_id=cup.pk, token=token, player=kim)
    assert actor_for(tournament=cup, caller=Caller(player_id=jo.pk)).judge_id is not None
    with pytest.raises(Forbidden):
        actor_for(tournament=cup, caller=Caller(player_id=kim.pk))


def test_a_registered_player_is_made_a_judge_by_name() -> None:
    cup = running()
    sign_up(username="Jo", password="correct horse battery", guest=None)
    made = add_judge(tournament_id=cup.pk, name="jo", is_player=True, actor=OLGA)
    assert made.token == "" and made.judge.player is not None
    for again in (True, False):
        with pytest.raises(Conflict, match="already a judge"):
            add_judge(tournament_id=cup.pk, name="Jo", is_player=again, actor=OLGA)
    with pytest.raises(NotFound, match="signed up"):
        add_judge(tournament_id=cup.pk, name="Kim", is_player=True, actor=OLGA)
    with pytest.raises(Refusal, match="no such station"):
        add_judge(tournament_id=cup.pk, name="Lou", station_id=0, actor=OLGA)


def test_organisers_are_the_creator_holders_of_the_token_and_staff() -> None:
    olga = create_guest(username="Olga")
    made = create_tournament(name="Cup", players=FOUR, organiser=olga.player)
    cup = made.tournament
    assert actor_for(tournament=cup, caller=holder(made.token)).name == "the organiser"
    for caller in (holder(olga.token), Caller(player_id=olga.player.pk)):
        assert actor_for(tournament=cup, caller=caller).name == "Olga"
    browser = staff("staffan", "tournaments.change_tournament")
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    assert actor_for(tournament=cup, user=user).name == "staffan"
    with pytest.raises(Unauthenticated):
        actor_for(tournament=cup, caller=NOBODY)


# Settings.


def change(cup: Tournament, **changes: Any) -> Tournament:
    return change_settings(tournament_id=cup.pk, actor=OLGA, changes=changes)


def test_settings_are_changed_recorded_and_undone() -> None:
    cup = draft()
    later = timezone.now() + timedelta(days=1)
    change(cup, name="Saturday Cup", capacity=8, starts_at=later)
    changed = fresh(cup)
    assert (changed.name, changed.capacity, changed.starts_at) == ("Saturday Cup", 8, later)
    assert said(cup) == "Olga changed the name, the capacity, the start"
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    back = fresh(cup)
    assert (back.name, back.capacity, back.starts_at) == ("Friday Cup", None, None)


def test_a_change_of_nothing_leaves_no_record() -> None:
    cup = draft()
    change(cup, name="Friday Cup", byes=True)
    assert not cup.actions.exists()


def test_more_places_admit_waiting_entrants() -> None:
    cup = open_cup(capacity=2)
    for name in FOUR:
        comes(cup, name)
    change(cup, capacity=3)
    assert who(cup) == ["Ann", "Bob", "Cem"]
    change(cup, capacity=None)
    assert len(who(cup)) == 4
    with pytest.raises(Conflict, match="4 take part already"):
        change(cup, capacity=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"about": "x" * 4001},
        {"about": "a\x00b"},
        {"entry": Entry.CODE},
        {"entry_code": "x" * 41},
        {"capacity": 1},
        {"capacity": 10**9},
        {"team_size": 0},
        {"team_size": 21},
        {"match_minutes": 0},
        {"check_in_minutes": 0},
        {"check_in_minutes": 10**6},
        {"starts_at": NOON - timedelta(days=9999)},
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    cup = draft()
    with pytest.raises(Refusal):
        change(cup, **changes)
    assert not cup.actions.exists()


def test_when_it_runs_only_a_little_can_be_changed_and_less_when_it_is_over() -> None:
    cup = running("Ann", "Bob")
    change(cup, about="Bring water.", match_minutes=20)
    with pytest.raises(Conflict, match="too late to change the capacity, byes"):
        change(cup, capacity=8, byes=False)
    win(cup, "W1.1")
    change(cup, name="The Cup")
    with pytest.raises(Conflict, match="too late to change the length of a match"):
        change(cup, match_minutes=30)


def test_teams_cannot_become_smaller_than_their_rosters() -> None:
    cup = open_cup(team_size=2)
    register(tournament_id=cup.pk, player=guest("Ann"), name="Owls", members=["Bob"])
    with pytest.raises(Conflict, match="Take some off first"):
        change(cup, team_size=1)


# A Swiss.


def swiss(*names: str) -> Tournament:
    cup = checking_in(*names)
    plan = StageSettings(format=Format.SWISS, rounds_planned=3)
    set_stages(tournament_id=cup.pk, stages=[plan], actor=OLGA)
    return cup


def swiss_pairings(cup: Tournament) -> list[Pairing]:
    return list(Pairing.objects.filter(group__stage__tournament=cup).select_related("match"))


def test_a_swiss_takes_somebody_late_from_the_next_round(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cup = swiss("Ann", "Bob", "Cem", "Dan", "Eve")
    here(cup, "Ann", "Bob", "Cem", "Dan")
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    with django_capture_on_commit_callbacks(execute=True):
        shuffle_seeds(tournament_id=cup.pk, shuffle_seed=3, actor=OLGA)
        assert swiss_pairings(cup) == []  # it is paired with nothing locked
    win(cup, swiss_pairings(cup)[0].key)
    eve = named(cup, "Eve")
    readmit(tournament_id=cup.pk, entrant_id=eve.pk, actor=OLGA)
    assert said(cup) == "Olga readmitted Eve from round 2"
    assert eve.contentions.get().from_round == 2
