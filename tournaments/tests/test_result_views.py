"""Entering, correcting and taking back results: Olga organises, Judy judges, Vic only looks."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import MatchState, Outcome
from matchmaking.services.players import create_guest
from matchmaking.tests.staff import staff
from tournaments.models import (
    Format,
    Judge,
    Pairing,
    StageSettings,
    Station,
    Tournament,
    TournamentState,
)
from tournaments.services.permissions import RIGHT

from .builders import first_wins, match_of, names, pairing, started

pytestmark = pytest.mark.django_db

Page = Any  # a response as Django's test client dresses it
FOUR = ("Ann", "Bob", "Cem", "Dan")
AS_PERSON = {"Accept": "text/html"}
AS_SCRIPT = {"Accept": "application/json"}


def messages_of(response: Page) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def guest(name: str) -> tuple[Client, Any]:
    made = create_guest(username=name)
    browser = Client()
    browser.cookies[GUEST_COOKIE] = made.token
    return browser, made.player


def cup(*plans: StageSettings) -> tuple[Client, Tournament]:
    """A tournament of four that runs, and its organiser's browser."""
    olga, player = guest("Olga")
    tournament = started(FOUR, *plans)
    tournament.organiser = player
    tournament.save()
    return olga, tournament


def address(tournament: Tournament, key: str, name: str = "tournament-match") -> str:
    return reverse(name, args=[tournament.pk, match_of(tournament, key).pk])


def enter(browser: Client, tournament: Tournament, key: str, **fields: Any) -> Page:
    return browser.post(address(tournament, key), fields, headers=AS_SCRIPT)


def show(browser: Client, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return str(response.content, "utf-8")


def test_a_result_sends_the_winner_on() -> None:
    olga, tournament = cup()
    answer = enter(olga, tournament, "W1.1", outcome="win-1")
    assert answer.json() == {"status": "Done", "message": "The result is entered."}
    assert names(tournament, "W2.1") == ["Dan", None]


def test_without_a_script_it_goes_back_to_the_place_in_the_bracket() -> None:
    olga, tournament = cup()
    answer = olga.post(address(tournament, "W1.1"), {"outcome": "win-0"}, headers=AS_PERSON)
    assert answer["Location"].endswith("?stage=1&group=1#W1.1")
    assert messages_of(answer) == ["The result is entered."]


def test_a_best_of_three_needs_its_score() -> None:
    olga, tournament = cup(StageSettings(best_of=3))
    refused = enter(olga, tournament, "W1.1", outcome="win-0")
    assert refused.status_code == 400 and "best of 3" in refused.json()["message"]
    for scores in (("1", "1"), ("3", "0"), ("-1", "2"), ("", "2")):
        first, second = scores
        answer = enter(olga, tournament, "W1.1", outcome="score", first=first, second=second)
        assert answer.status_code == 400, scores
    enter(olga, tournament, "W1.1", first="1", second="2")  # as the Enter key sends it
    assert match_of(tournament, "W1.1").scores == [1, 2]


def test_the_score_so_far_is_no_result() -> None:
    olga, tournament = cup(StageSettings(best_of=3))
    answer = enter(olga, tournament, "W1.1", outcome="live", first="1", second="0")
    assert answer.json()["message"] == "The score so far is shown."
    match = match_of(tournament, "W1.1")
    assert (match.state, match.live_scores) == (MatchState.OPEN, [1, 0])


def test_forfeits_of_one_and_of_both() -> None:
    olga, tournament = cup()
    enter(olga, tournament, "W1.1", outcome="forfeit-1")
    assert match_of(tournament, "W1.1").outcome == Outcome.FORFEIT
    assert match_of(tournament, "W1.1").winner == 1
    enter(olga, tournament, "W1.2", outcome="double-forfeit")
    assert match_of(tournament, "W1.2").outcome == Outcome.DOUBLE_FORFEIT


def test_a_draw_only_where_there_are_draws() -> None:
    olga, tournament = cup()
    assert "Draw" not in show(olga, address(tournament, "W1.1"))
    assert enter(olga, tournament, "W1.1", outcome="draw").status_code == 400


def test_a_draw_in_a_table() -> None:
    olga, tournament = cup(StageSettings(Format.ROUND_ROBIN, draws=True))
    assert "Draw" in show(olga, address(tournament, "R1.1"))
    enter(olga, tournament, "R1.1", outcome="draw")
    assert match_of(tournament, "R1.1").outcome == Outcome.DRAWN


def test_only_the_organiser_judges_and_staff_may_enter_results() -> None:
    olga, tournament = cup()
    for browser in (Client(), staff("nosy")):
        assert "<form" not in show(browser, address(tournament, "W1.1") + "?fragment=1")
        answer = enter(browser, tournament, "W1.1", outcome="win-0")
        assert answer.status_code == 403, answer
    assert match_of(tournament, "W1.1").state == MatchState.OPEN
    for browser, key in ((olga, "W1.1"), (staff("staffan", RIGHT), "W1.2")):
        assert "<form" in show(browser, address(tournament, key) + "?fragment=1")
        assert enter(browser, tournament, key, outcome="win-0").status_code == 200


def test_a_judge_of_one_station_enters_results_there() -> None:
    judy, player = guest("Judy")
    _, tournament = cup()
    station = Station.objects.create(tournament=tournament, number=1, name="Court 1")
    Judge.objects.create(tournament=tournament, name="Judy", player=player, station=station)
    Pairing.objects.filter(key="W1.1").update(station=station)
    page = show(judy, reverse("tournament", args=[tournament.pk]))
    assert "Enter result" in page and "Cancel the tournament" not in page
    assert enter(judy, tournament, "W1.2", outcome="win-0").status_code == 403
    assert enter(judy, tournament, "W1.1", outcome="win-0").status_code == 200
    undo = judy.post(reverse("tournament-undo", args=[tournament.pk]), headers=AS_SCRIPT)
    assert undo.status_code == 403


def test_a_judge_corrects_and_reopens_nothing() -> None:
    judy, player = guest("Judy")
    _, tournament = cup()
    Judge.objects.create(tournament=tournament, name="Judy", player=player)
    assert enter(judy, tournament, "W1.1", outcome="win-0").status_code == 200
    page = show(judy, address(tournament, "W1.1"))
    assert "<form" not in page.split("<main")[1] and "Only the organiser corrects" in page
    revision = match_of(tournament, "W1.1").revision
    assert enter(judy, tournament, "W1.1", outcome="win-1", revision=revision).status_code == 403
    path = address(tournament, "W1.1", "tournament-reopen")
    for answer in (judy.get(path, headers=AS_SCRIPT), judy.post(path, headers=AS_SCRIPT)):
        assert answer.status_code == 403
    assert match_of(tournament, "W1.1").winner == 0


def test_a_result_for_others_than_were_shown_is_refused() -> None:
    olga, tournament = cup()
    first_wins(tournament, "W1.1", "W1.2")
    seen = {"outcome": "win-0", "revision": match_of(tournament, "W2.1").revision}
    assert f'name="revision" value="{seen["revision"]}"' in show(olga, address(tournament, "W2.1"))
    fields = {"outcome": "win-1", "revision": match_of(tournament, "W1.1").revision}
    enter(olga, tournament, "W1.1", **fields)
    answer = enter(olga, tournament, "W2.1", **seen)
    assert answer.status_code == 409 and answer.json()["code"] == "result_changed"
    assert match_of(tournament, "W2.1").state == MatchState.OPEN


@pytest.mark.parametrize("fields", [{"outcome": "win-2"}, {"outcome": ""}, {"first": "x"}, {}])
def test_a_result_that_says_nothing_is_refused(fields: dict[str, str]) -> None:
    olga, tournament = cup()
    answer = enter(olga, tournament, "W1.1", **fields)
    assert answer.status_code == 400 and answer.json()["message"].startswith("Say who won")
    assert match_of(tournament, "W1.1").state == MatchState.OPEN


def test_what_is_filled_in_beside_a_result_is_named() -> None:
    olga, tournament = cup()
    for fields, expected in (({"why": "x" * 301}, "reason"), ({"revision": "x"}, "Load the page")):
        answer = enter(olga, tournament, "W1.1", outcome="win-0", **fields)
        assert answer.status_code == 400 and expected in answer.json()["message"]


def test_a_match_that_nobody_can_play_yet_leads_to_its_place() -> None:
    olga, tournament = cup()
    final = pairing(tournament, "W2.1").pk
    for name in ("tournament-match", "tournament-reopen"):
        path = reverse(name, args=[tournament.pk, final])
        answer = olga.get(path, headers=AS_PERSON)
        assert answer["Location"].endswith("#W2.1") and "earlier matches" in messages_of(answer)[0]
        assert olga.post(path, {"outcome": "win-0"}, headers=AS_SCRIPT).status_code == 409


def test_a_second_result_is_refused_in_words() -> None:
    olga, tournament = cup()
    enter(olga, tournament, "W1.1", outcome="win-0")
    again = enter(olga, tournament, "W1.1", outcome="win-1")
    assert again.status_code == 409
    assert match_of(tournament, "W1.1").winner == 0


def test_a_correction_names_the_result_that_it_corrects() -> None:
    olga, tournament = cup()
    first_wins(tournament, "W1.1")
    revision = match_of(tournament, "W1.1").revision
    page = show(olga, address(tournament, "W1.1"))
    assert f'name="revision" value="{revision}"' in page
    fields = {"outcome": "win-1", "revision": revision, "why": "misread"}
    assert enter(olga, tournament, "W1.1", **fields).json()["message"] == "The result is corrected."
    assert names(tournament, "W2.1")[0] == "Dan"
    assert enter(olga, tournament, "W1.1", **fields).status_code == 409  # somebody was quicker


def test_reopening_first_shows_what_it_empties() -> None:
    olga, tournament = cup()
    first_wins(tournament, "W1.1", "W1.2", "W2.1")
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED
    path = address(tournament, "W1.1", "tournament-reopen")
    page = show(olga, path)
    assert "is removed too" in page and "Ann</bdi> against <bdi>Bob" in page
    assert "then runs again" in page
    assert match_of(tournament, "W1.1").state == MatchState.FINISHED  # only shown
    answer = olga.post(path, {"why": "wrong table"}, headers=AS_SCRIPT)
    assert answer.json()["message"] == "The match is open again."
    assert match_of(tournament, "W1.1").state == MatchState.OPEN
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.RUNNING


def test_reopening_is_not_for_everybody_nor_for_what_is_open() -> None:
    olga, tournament = cup()
    path = address(tournament, "W1.1", "tournament-reopen")
    assert olga.get(path, headers=AS_PERSON).status_code == 302
    first_wins(tournament, "W1.1")
    assert Client().get(path, headers=AS_SCRIPT).status_code == 403
    assert Client().post(path, headers=AS_SCRIPT).status_code == 403
    assert match_of(tournament, "W1.1").state == MatchState.FINISHED


def test_the_last_action_is_undone() -> None:
    olga, tournament = cup()
    enter(olga, tournament, "W1.1", outcome="win-0")
    page = show(olga, reverse("tournament", args=[tournament.pk]))
    assert "Undo last" in page and "Ann beat Dan" in page
    undo = reverse("tournament-undo", args=[tournament.pk])
    assert "Ann beat Dan" in olga.post(undo, headers=AS_SCRIPT).json()["message"]
    assert match_of(tournament, "W1.1").state == MatchState.OPEN


def test_a_match_of_another_tournament_is_unknown() -> None:
    olga, first = cup()
    second = started(FOUR)
    wrong = reverse("tournament-match", args=[first.pk, match_of(second, "W1.1").pk])
    assert olga.get(wrong).status_code == 404
    assert olga.post(wrong, {"outcome": "win-0"}).status_code == 404


def test_the_next_round_of_a_swiss_is_paired_from_the_page() -> None:
    olga, tournament = cup(StageSettings(Format.SWISS, rounds_planned=2))
    page, pair = (reverse(f"tournament{name}", args=[tournament.pk]) for name in ("", "-pair"))
    assert "Pair round 2" not in show(olga, page)
    assert olga.post(pair, headers=AS_SCRIPT).status_code == 409
    first_wins(tournament, "R1.1", "R1.2")
    assert "Pair round 2" in show(olga, page) and "Pair round 2" not in show(Client(), page)
    assert Client().post(pair, headers=AS_SCRIPT).status_code == 403
    answer = olga.post(f"{pair}?stage=1", {"engine": "quick"}, headers=AS_SCRIPT)
    assert answer.json()["message"] == "Round 2 is paired."
    assert "Pair round" not in show(olga, page)


def test_a_pairing_that_takes_too_long_offers_the_quick_way(settings: Any) -> None:
    olga, tournament = cup(StageSettings(Format.SWISS, rounds_planned=2))
    first_wins(tournament, "R1.1", "R1.2")
    settings.MATCHPOINT_SWISS_SECONDS = 0
    pair = reverse("tournament-pair", args=[tournament.pk])
    answer = olga.post(f"{pair}?stage=1", headers=AS_PERSON)
    assert answer["Location"].endswith("?stage=1&quick=1")
    assert "Pair it quickly" in show(olga, answer["Location"])


def test_the_points_of_each_game_are_entered_and_shown() -> None:
    olga, tournament = cup(StageSettings(best_of=3))
    assert 'name="game_3_1"' in show(olga, address(tournament, "W1.1"))
    none = enter(olga, tournament, "W1.1", outcome="points", game_1_0="", game_1_1="")
    assert none.status_code == 400 and "points of each game" in none.json()["message"]
    points = {"game_1_0": "5", "game_1_1": "11", "game_2_0": "0", "game_2_1": "11"}
    enter(olga, tournament, "W1.1", outcome="points", **points)
    assert match_of(tournament, "W1.1").scores == [0, 2]
    shown = show(olga, address(tournament, "W1.1"))
    assert "won, 0:2 (5:11, 0:11)." in shown and 'name="game_2_1" type="number"' in shown


def test_a_single_game_has_points_so_far_and_in_the_end() -> None:
    olga, tournament = cup()
    points = {"game_1_0": "7", "game_1_1": "5"}
    enter(olga, tournament, "W1.1", outcome="live-points", **points)
    assert match_of(tournament, "W1.1").live_scores == [7, 5]
    assert 'value="7"' in show(olga, address(tournament, "W1.1"))
    enter(olga, tournament, "W1.1", outcome="points", **(points | {"game_1_0": "16"}))
    assert match_of(tournament, "W1.1").games == [[16, 5]]
    assert "won, 16:5." in show(olga, address(tournament, "W1.1"))


def test_drawn_games_are_asked_for_where_there_are_draws() -> None:
    olga, tournament = cup(StageSettings(Format.ROUND_ROBIN, best_of=2, draws=True))
    assert 'name="drawn"' in show(olga, address(tournament, "R1.1"))
    score = {"outcome": "score", "first": "1", "second": "0"}
    refused = enter(olga, tournament, "R1.1", **score, drawn="0")
    assert refused.status_code == 400 and "1 of the 2 games" in refused.json()["message"]
    assert enter(olga, tournament, "R1.1", **score, drawn="1").status_code == 200
    assert re.search(r'name="drawn"[^>]* value="1"', show(olga, address(tournament, "R1.1")))
