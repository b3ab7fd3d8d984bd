"""The admin of tournaments: run by Olga the organiser, looked at by Vera."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from matchmaking.models import Match, MatchState, Outcome, Player
from matchmaking.services.players import sign_up
from matchmaking.services.queue.joining import Join, join_pools
from matchmaking.tests.staff import staff, viewer
from tournaments.apps import ORGANISERS, RIGHTS
from tournaments.models import (
    Entrant,
    Format,
    Pairing,
    Seeding,
    StageSettings,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.setup.creation import create_tournament

from .builders import SINGLE, play_on, started

pytestmark = pytest.mark.django_db

QueryLimit = Callable[[int], AbstractContextManager[Any]]
FOUR = ("Ann", "Bob", "Cem", "Dan")


@pytest.fixture
def olga() -> Client:
    browser = staff("olga")
    User.objects.get(username="olga").groups.add(Group.objects.get(name=ORGANISERS))
    return browser


@pytest.fixture
def vera() -> Client:
    return viewer("tournaments", "tournament")


def draft(*names: str, name: str = "Friday Cup", byes: bool = False) -> Tournament:
    return create_tournament(name=name, players=names or FOUR, byes=byes).tournament


def running(*names: str, name: str = "Friday Cup") -> Tournament:
    tournament = draft(*names, name=name)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    return tournament


def match_of(tournament: Tournament, key: str) -> Match:
    return Match.objects.get(pairing__group__stage__tournament=tournament, pairing__key=key)


def page(name: str, *args: object) -> str:
    return reverse(f"admin:tournaments_tournament_{name}", args=args)


def result_page(tournament: Tournament, key: str) -> str:
    return page("result", tournament.pk, match_of(tournament, key).pk)


def words(browser: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """What a page says, after a post if there is `data`, wherever it leads."""
    if data is None:
        response = browser.get(address, follow=True)
    else:
        response = browser.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def noted() -> list[tuple[str, int, str]]:
    """Who did what, the last first."""
    return [
        (entry.user.get_username(), entry.action_flag, entry.change_message)
        for entry in LogEntry.objects.all()
    ]


def entry(**changes: str) -> dict[str, str]:
    names = "Ann\r\nBob\r\n\r\n  Cem \r\nDan\r\n"
    return {"name": "Friday Cup", "players": names, "seeding": "given"} | changes


# Made.


def test_a_tournament_is_made_by_pasting_names(olga: Client) -> None:
    assert "One name a line" in words(olga, page("add"))
    said = words(olga, page("add"), entry())
    assert "Made Friday Cup with 4 entrants." in said
    tournament = Tournament.objects.get()
    assert tournament.state == TournamentState.DRAFT
    assert [entrant.name for entrant in tournament.entrants.all()] == list(FOUR)
    assert page("start", tournament.pk) in said
    assert noted() == [("olga", ADDITION, "Made Friday Cup with 4 entrants.")]


def test_seeding_and_byes_are_chosen(olga: Client) -> None:
    three = entry(players="Ann\nBob\nCem", seeding="random", byes="on")
    words(olga, page("add"), three)
    tournament = Tournament.objects.get()
    assert (tournament.seeding, tournament.byes) == (Seeding.RANDOM, True)


def test_a_tournament_is_made_and_started_at_once(olga: Client) -> None:
    said = words(olga, page("add"), entry(_start="1"))
    assert "Started Friday Cup: 2 pairings in the first round." in said
    assert Tournament.objects.get().state == TournamentState.RUNNING
    assert [flag for _, flag, _ in noted()] == [CHANGE, ADDITION]


def test_its_maker_is_the_organiser_when_also_a_player(olga: Client) -> None:
    user = sign_up(username="Rita", password="a long enough one", guest=None)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    rita = Client()
    rita.force_login(user)
    words(rita, page("add"), entry())
    assert Tournament.objects.get().organiser == Player.objects.get(user=user)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"players": "Ann\nBob\nAnn"}, "Line 3: &#x27;Ann&#x27; is already on line 1."),
        ({"players": "Ann"}, "A tournament needs at least two players."),
        ({"players": " \n "}, "at least two"),
        ({"players": "Ann\n" + "B" * 33}, "Line 2: The name has 33 characters."),
        ({"name": "   "}, "This field is required."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"seeding": "strength"}, "Select a valid choice"),
        ({"players": "\n".join(f"P{n}" for n in range(1026))}, "1026 players are too many"),
    ],
)
def test_what_makes_no_tournament_is_refused_with_a_reason(
    olga: Client, changes: dict[str, str], reason: str
) -> None:
    assert reason in words(olga, page("add"), entry(**changes))
    assert not Tournament.objects.exists()
    assert noted() == []


# Found.


def test_the_list_shows_state_entrants_and_progress(olga: Client) -> None:
    cup = running()
    draft(name="Monday Cup")
    enter_result(
        tournament_id=cup.pk,
        match_id=match_of(cup, "W1.1").pk,
        report=by_score((1, 0)),
        actor=ORGANISER,
    )
    shown = words(olga, page("changelist"))
    assert "1 of 3 decided" in shown
    assert '<td class="field-entrant_count">4</td>' in shown
    found = words(olga, page("changelist") + "?state__exact=draft")
    assert "Monday Cup" in found and "Friday Cup" not in found


def test_progress_does_not_count_byes(olga: Client) -> None:
    tournament = draft("Ann", "Bob", "Cem", byes=True)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert "0 of 2 decided" in words(olga, page("changelist"))


def test_a_tournament_is_found_by_an_entrant(olga: Client) -> None:
    running()
    running("Eve", "Fay", name="Duel")
    found = words(olga, page("changelist") + "?q=fay")
    assert "Duel" in found and "Friday Cup" not in found


def test_a_list_of_fifty_needs_few_queries(
    olga: Client, django_assert_max_num_queries: QueryLimit
) -> None:
    for number in range(50):
        running("Ann", "Bob", name=f"Cup {number}")
    for address in (page("changelist"), reverse("admin:matchmaking_match_changelist")):
        with django_assert_max_num_queries(14):
            assert "Cup 49" in words(olga, address)


# Read.


def test_the_page_shows_bracket_entrants_and_what_is_to_be_played(olga: Client) -> None:
    tournament = running()
    enter_result(
        tournament_id=tournament.pk,
        match_id=match_of(tournament, "W1.1").pk,
        report=by_score((1, 0)),
        actor=ORGANISER,
    )
    shown = words(olga, page("change", tournament.pk))
    assert "Semi-finals" in shown and "Final" in shown and "Winner of W1.2" in shown
    assert "<strong>Ann</strong>" in shown and "1:0" in shown
    assert result_page(tournament, "W1.2") in shown
    assert result_page(tournament, "W1.1") not in shown
    assert f'href="/tournaments/{tournament.pk}"' in shown


def test_each_group_of_several_is_named(olga: Client) -> None:
    groups = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=1)
    cup = started(4, groups, SINGLE)
    play_on(cup)
    shown = words(olga, page("change", cup.pk))
    for caption in ("Stage 1, Group A: Round 1", "Stage 1, Group B: Round 1", "Stage 2: Final"):
        assert f"<caption>{caption}</caption>" in shown
    assert "<td>1:0</td>" in shown and "<td>:</td>" not in shown


def test_a_big_tournament_s_page_needs_few_queries(
    olga: Client, django_assert_max_num_queries: QueryLimit
) -> None:
    tournament = running(*(f"Player {number}" for number in range(64)))
    with django_assert_max_num_queries(14):
        assert words(olga, page("change", tournament.pk)).count("Enter<span") == 32


def test_the_organiser_s_token_is_not_shown(olga: Client) -> None:
    tournament = draft()
    assert tournament.token_sha256
    for address in (page("changelist"), page("change", tournament.pk)):
        assert tournament.token_sha256 not in words(olga, address)


# Run.


def test_a_draft_is_started_after_a_question(olga: Client) -> None:
    tournament = draft()
    address = page("start", tournament.pk)
    assert "4 entrants are seeded (in the order given)" in words(olga, address)
    assert Tournament.objects.get().state == TournamentState.DRAFT
    assert "Started Friday Cup: 2 pairings" in words(olga, address, {"yes": "1"})
    assert Tournament.objects.get().state == TournamentState.RUNNING
    assert "Friday Cup is already running." in words(olga, address, {"yes": "1"})
    assert Pairing.objects.count() == 3
    assert noted() == [("olga", CHANGE, "Started Friday Cup: 2 pairings in the first round.")]


def test_an_odd_draft_without_byes_is_not_started(olga: Client) -> None:
    tournament = draft("Ann", "Bob", "Cem", byes=True)
    Tournament.objects.update(byes=False)
    said = words(olga, page("start", tournament.pk), {"yes": "1"})
    assert "Number of players must be even." in said
    assert Tournament.objects.get().state == TournamentState.DRAFT
    assert not Pairing.objects.exists()
    assert noted() == []


def test_a_tournament_is_run_to_its_end(olga: Client) -> None:
    tournament = running()
    form = words(olga, result_page(tournament, "W1.1"))
    assert "Result of Ann vs Dan" in form
    first = {"ending": "played", "score_0": "0", "score_1": "1"}
    assert "Entered Ann vs Dan: Dan won 1:0." in words(olga, result_page(tournament, "W1.1"), first)
    forfeit = words(olga, result_page(tournament, "W1.2"), {"ending": "0"})
    assert "Entered Bob vs Cem: Bob won by forfeit." in forfeit
    last = words(olga, result_page(tournament, "W2.1"), first)
    assert "Entered Dan vs Bob: Bob won 1:0." in last
    assert "First place: <strong>Bob</strong>" in last
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED
    assert match_of(tournament, "W1.2").outcome == Outcome.FORFEIT
    assert [message for _, _, message in noted()] == [
        "Entered Dan vs Bob: Bob won 1:0.",
        "Entered Bob vs Cem: Bob won by forfeit.",
        "Entered Ann vs Dan: Dan won 1:0.",
    ]


def test_a_result_is_entered_once(olga: Client) -> None:
    tournament = running()
    address = result_page(tournament, "W1.1")
    words(olga, address, {"ending": "played", "score_0": "1", "score_1": "0"})
    again = words(olga, address, {"ending": "played", "score_0": "0", "score_1": "1"})
    assert "This match is already finished." in again
    assert Pairing.objects.get(key="W1.1").winner == 0
    assert Pairing.objects.get(key="W2.1").top == Entrant.objects.get(name="Ann")
    assert len(noted()) == 1
    assert "This match is already finished." in words(olga, address)


def test_a_score_that_decides_nothing_is_refused(olga: Client) -> None:
    tournament = running()
    draw = {"ending": "played", "score_0": "0", "score_1": "0"}
    said = words(olga, result_page(tournament, "W1.1"), draw)
    assert "0:0 decides nothing" in said
    assert match_of(tournament, "W1.1").state == MatchState.OPEN


def test_a_result_of_a_cancelled_tournament_is_refused(olga: Client) -> None:
    tournament = running()
    address = result_page(tournament, "W1.1")
    cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    said = words(olga, address, {"ending": "0"})
    assert "Friday Cup is cancelled: results can be entered only while it is running." in said
    assert noted() == []


def test_a_match_of_another_tournament_is_not_found(olga: Client) -> None:
    one, other = running(), running(name="Other")
    address = page("result", one.pk, match_of(other, "W1.1").pk)
    assert olga.post(address, {"ending": "0"}).status_code == 404


def test_a_tournament_is_cancelled_after_a_question(olga: Client) -> None:
    tournament = running()
    address = page("cancel", tournament.pk)
    assert "Cancel Friday Cup?" in words(olga, address)
    assert Tournament.objects.get().state == TournamentState.RUNNING
    assert "Cancelled Friday Cup." in words(olga, address, {"yes": "1"})
    assert Tournament.objects.get().state == TournamentState.CANCELLED
    assert not Match.objects.filter(state=MatchState.OPEN).exists()
    assert "Friday Cup is already cancelled." in words(olga, address, {"yes": "1"})
    assert len(noted()) == 1


def test_the_buttons_fit_the_state(olga: Client) -> None:
    def buttons(tournament: Tournament) -> list[str]:
        shown = words(olga, page("change", tournament.pk))
        names = ("start", "cancel", "delete")
        return [name for name in names if page(name, tournament.pk) in shown]

    tournament = draft()
    assert buttons(tournament) == ["start", "cancel", "delete"]
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert buttons(tournament) == ["cancel"]
    cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert buttons(tournament) == []


def test_only_a_draft_is_deleted(olga: Client) -> None:
    kept, thrown_away = running(), draft(name="Monday Cup")
    for tournament, status in ((kept, 403), (thrown_away, 302)):
        answer = olga.post(page("delete", tournament.pk), {"post": "yes"})
        assert answer.status_code == status
    assert Tournament.objects.get() == kept
    assert Entrant.objects.count() == 4
    assert "delete_selected" not in words(olga, page("changelist"))


def test_rows_are_not_edited_by_hand(olga: Client) -> None:
    tournament = running()
    answer = olga.post(page("change", tournament.pk), {"name": "X", "state": "finished"})
    assert answer.status_code == 403
    tournament.refresh_from_db()
    assert (tournament.name, tournament.state) == ("Friday Cup", TournamentState.RUNNING)


# A bracket's matches in the list of all matches.


def match_page(name: str, match: Match) -> str:
    return reverse(f"admin:matchmaking_match_{name}", args=[match.pk])


def test_a_bracket_s_match_leads_to_its_tournament(olga: Client) -> None:
    tournament = running()
    match = match_of(tournament, "W1.1")
    shown = words(olga, match_page("change", match))
    assert page("change", tournament.pk) in shown
    assert result_page(tournament, "W1.1") in shown
    assert match_page("cancel", match) not in shown
    answer = olga.get(match_page("result", match))
    assert answer["Location"] == result_page(tournament, "W1.1")


def test_a_bracket_s_match_is_not_finished_behind_its_back(olga: Client) -> None:
    match = match_of(running(), "W1.1")
    words(olga, match_page("result", match), {"ending": "0"})
    match.refresh_from_db()
    assert match.state == MatchState.OPEN
    assert noted() == []


def test_cancelling_a_bracket_s_match_is_refused_with_a_reason(olga: Client) -> None:
    match = match_of(running(), "W1.1")
    said = words(olga, match_page("cancel", match), {"yes": "1"})
    assert "This match has a place in a bracket" in said
    chosen = {"action": "cancel_matches", "_selected_action": [str(match.pk)]}
    listed = reverse("admin:matchmaking_match_changelist")
    assert "This match has a place in a bracket" in words(olga, listed, chosen)
    match.refresh_from_db()
    assert match.state == MatchState.OPEN
    assert noted() == []


def test_matches_are_found_by_their_tournament(olga: Client) -> None:
    running()
    join_pools([Join("Eve"), Join("Fay")])
    listed = reverse("admin:matchmaking_match_changelist")
    found = words(olga, f"{listed}?q=friday")
    assert "Ann vs Dan" in found and "Eve vs Fay" not in found
    assert "Eve vs Fay" in words(olga, listed)


def test_who_may_change_matches_only_gets_no_way_into_a_bracket() -> None:
    match = match_of(running(), "W1.1")
    mia = staff("mia", "matchmaking.change_match")
    assert "/results/" not in words(mia, match_page("change", match))
    assert mia.post(match_page("result", match), {"ending": "0"}, follow=True).status_code == 403


# Who may only look.


def test_vera_sees_no_buttons(vera: Client) -> None:
    tournament = running()
    shown = words(vera, page("change", tournament.pk))
    assert "Ann" in shown
    assert "/results/" not in shown
    for name in ("start", "cancel", "delete"):
        assert page(name, tournament.pk) not in shown
    assert page("add") not in words(vera, page("changelist"))


def test_vera_cannot_act(vera: Client) -> None:
    cup, monday = running(), draft(name="Monday Cup")
    addresses = [
        page("add"),
        page("start", monday.pk),
        page("cancel", cup.pk),
        page("delete", monday.pk),
        page("change", cup.pk),
        result_page(cup, "W1.1"),
    ]
    for address in addresses:
        assert vera.post(address, entry() | {"ending": "0", "post": "yes"}).status_code == 403
    assert Tournament.objects.count() == 2
    assert not Match.objects.exclude(state=MatchState.OPEN).exists()
    assert noted() == []


def test_who_may_only_add_makes_drafts() -> None:
    adam = staff("adam", "tournaments.add_tournament", "tournaments.view_tournament")
    assert "_start" not in words(adam, page("add"))
    words(adam, page("add"), entry(_start="1"))
    assert Tournament.objects.get().state == TournamentState.DRAFT


def test_the_group_of_organisers_has_its_rights() -> None:
    group = Group.objects.get(name=ORGANISERS)
    given = group.permissions.values_list("content_type__app_label", "codename")
    assert set(given) == {(app, name) for app, names in RIGHTS.items() for name in names}


# How the pages are made.


def test_tournaments_come_first(olga: Client) -> None:
    shown = words(olga, reverse("admin:index"))
    places = [shown.index(f"/admin/{app}/") for app in ("tournaments", "matchmaking", "lobby")]
    assert places == sorted(places)


def test_pages_hold_to_the_content_security_policy(olga: Client) -> None:
    cup, monday = running(), draft(name="Monday Cup")
    addresses = [
        reverse("admin:index"),
        page("changelist"),
        page("add"),
        page("change", cup.pk),
        page("start", monday.pk),
        page("cancel", cup.pk),
        page("history", cup.pk),
        result_page(cup, "W1.1"),
    ]
    for address in addresses:
        shown = words(olga, address)
        assert not re.search(r"\s(style|on\w+)=", shown), address
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", shown)), address
        assert "<style" not in shown
