"""Pages of tournaments: Olga organises, Staffan is staff, Vic only looks."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match, MatchState, Player
from matchmaking.services.players import create_guest
from matchmaking.tests.staff import staff
from tournaments.models import (
    Format,
    Pairing,
    Seeding,
    StageSettings,
    Station,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.permissions import RIGHT
from tournaments.services.progress.results import by_forfeit, by_score, enter_result, set_live_score
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.setup.creation import create_tournament

from .builders import DOUBLE, SINGLE, first_wins, match_of, started

pytestmark = pytest.mark.django_db

Page = Any  # a response as Django's test client dresses it
QueryCount = Callable[[int], AbstractContextManager[Any]]
FOUR = ("Ann", "Bob", "Cem", "Dan")
AS_PERSON = {"Accept": "text/html"}
AS_SCRIPT = {"Accept": "application/json"}


def words(response: Page) -> str:
    return str(response.content, "utf-8")


def messages_of(response: Page) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def olga() -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username="Olga").token
    return browser


@pytest.fixture
def staffan() -> Client:
    return staff("staffan", RIGHT)


def draft(*names: str, name: str = "Friday Cup", byes: bool = False) -> Tournament:
    organiser = Player.objects.filter(name="Olga").first()
    players = names or FOUR
    return create_tournament(name=name, players=players, byes=byes, organiser=organiser).tournament


def running(*names: str, byes: bool = False) -> Tournament:
    tournament = draft(*names, byes=byes)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    return tournament


def play_out(tournament: Tournament) -> None:
    """Side 0 wins everything."""
    of_it = Match.objects.filter(pairing__group__stage__tournament=tournament)
    while match := of_it.filter(state=MatchState.OPEN).first():
        enter_result(
            tournament_id=tournament.pk, match_id=match.pk, report=by_score((1, 0)), actor=ORGANISER
        )


def show(tournament: Tournament, browser: Client | None = None, query: str = "") -> str:
    response = (browser or Client()).get(reverse("tournament", args=[tournament.pk]) + query)
    assert response.status_code == 200
    return words(response)


def place(html: str, key: str) -> str:
    """The part of a page that draws one pairing."""
    found = re.search(rf'<li class="pairing [^>]*id="{re.escape(key)}".*?</li>', html, re.DOTALL)
    assert found is not None, key
    return found.group()


def names_in(card: str) -> list[str]:
    return re.findall(r'<bdi class="who"[^>]*>(.*?)</bdi>', card)


# The list.


def test_an_empty_list_says_how_to_make_one() -> None:
    html = words(Client().get(reverse("tournaments")))
    assert "No tournament yet" in html and reverse("tournament-new") in html


def test_the_list_tells_state_size_and_winner() -> None:
    play_out(running())
    draft("Ann", "Bob", name="Next Week")
    html = words(Client().get(reverse("tournaments")))
    assert html.index("Next Week") < html.index("Friday Cup")  # the newest first
    assert "state-draft" in html and "state-finished" in html
    assert "2 players" in html and "4 players" in html
    assert "<span>Winner</span> <bdi>Ann</bdi>" in html


def test_a_winner_from_the_lower_half() -> None:
    tournament = running("Ann", "Bob")
    match = match_of(tournament, "W1.1")
    enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=by_score((0, 1)), actor=ORGANISER
    )
    assert "<bdi>Bob</bdi>" in words(Client().get(reverse("tournaments")))


def test_a_long_list_has_pages() -> None:
    for i in range(25):
        draft("Ann", "Bob", name=f"Cup {i}")
    first = words(Client().get(reverse("tournaments")))
    second = words(Client().get(reverse("tournaments") + "?page=2"))
    assert "Cup 24<" in first and "Cup 4<" not in first and "Page 1 of 2" in first
    assert "Cup 4<" in second and 'rel="prev"' in second and 'rel="next"' not in second
    assert "Page 2 of 2" in words(Client().get(reverse("tournaments") + "?page=99"))


# A new one.


def make(browser: Client, players: str, **fields: str) -> Page:
    form = {"name": "Friday Cup", "players": players, "seeding": Seeding.GIVEN} | fields
    return browser.post(reverse("tournament-new"), form)


def test_names_become_a_running_tournament(olga: Client) -> None:
    response = make(olga, "Ann\r\n\r\n  Bob \nCem\nDan\n")
    tournament = Tournament.objects.get()
    assert response["Location"] == reverse("tournament", args=[tournament.pk])
    assert tournament.state == TournamentState.RUNNING
    assert tournament.organiser == Player.objects.get(name="Olga")
    assert [entrant.name for entrant in tournament.entrants.all()] == list(FOUR)


def test_a_draft_is_kept_and_started_later(olga: Client) -> None:
    make(olga, "\n".join(FOUR), draft="1")
    tournament = Tournament.objects.get()
    assert tournament.state == TournamentState.DRAFT
    html = show(tournament, olga)
    assert "Start the tournament" in html and "This is the draw as it stands now" in html
    olga.post(reverse("tournament-start", args=[tournament.pk]))
    assert "Semi-finals" in show(tournament)


def test_a_visitor_becomes_a_guest_and_the_organiser() -> None:
    browser = Client()
    assert "Choose a name first." in words(make(browser, "Ann\nBob"))
    make(browser, "Ann\nBob", organiser="Vic")
    tournament = Tournament.objects.get()
    assert tournament.organiser is not None and tournament.organiser.name == "Vic"
    assert "Enter result" in show(tournament, browser)


def test_staff_without_a_player_organise_as_staff(staffan: Client) -> None:
    assert 'name="organiser"' not in words(staffan.get(reverse("tournament-new")))
    make(staffan, "Ann\nBob")
    tournament = Tournament.objects.get()
    assert tournament.organiser is None and "Enter result" in show(tournament, staffan)


@pytest.mark.parametrize(
    ("players", "complaint"),
    [
        ("", "Paste at least two names, one a line."),
        ("\n \n", "A tournament needs at least two players."),
        ("Ann", "A tournament needs at least two players."),
        ("Ann\n\nBob\nann", "Line 4: &#x27;ann&#x27; is already on line 1."),
        ("Ann\n" + "x" * 33, "Line 2: The name has 33 characters."),
        ("Ann\nBo\u0007b", "Line 2: The name has a character that cannot be shown"),
        ("\n".join(f"Player {i}" for i in range(1026)), "1026 players are too many"),
        ("Ann\n" + "admin\n" * 9, "And 4 more."),
    ],
)
def test_a_wrong_list_is_kept_and_its_lines_named(
    olga: Client, players: str, complaint: str
) -> None:
    response = make(olga, players)
    assert response.status_code == 400 and complaint in words(response)
    assert "The tournament is not created yet" in words(response)
    assert not Tournament.objects.exists()


def test_other_fields_are_checked_too(olga: Client) -> None:
    assert "required" in words(make(olga, "Ann\nBob", name=" "))
    assert "printable" in words(make(olga, "Ann\nBob", name="a\u202eb"))
    assert "Select a valid choice" in words(make(olga, "Ann\nBob", seeding="by weight"))


def test_an_odd_number_with_byes(olga: Client) -> None:
    make(olga, "Ann\nBob\nCem", byes="on")
    card = place(show(Tournament.objects.get()), "W1.1")
    assert names_in(card) == ["Ann", "bye"] and "is-walkover" in card


def test_neighbours_may_meet_first(olga: Client) -> None:
    make(olga, "\n".join(FOUR), seeding=Seeding.LISTED)
    html = show(Tournament.objects.get())
    firsts = {frozenset(names_in(place(html, key))) for key in ("W1.1", "W1.2")}
    assert firsts == {frozenset({"Ann", "Bob"}), frozenset({"Cem", "Dan"})}


# A tournament's page.


def test_a_place_that_needs_no_match_is_passed_over() -> None:
    cup = draft(*(f"Player {n}" for n in range(1, 12)), byes=True)
    cup.stages.create(format=Format.DOUBLE_ELIMINATION)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    html = show(cup)
    # L1.1 is between nobody and the loser of W1.2, who so goes on to L2.1.
    assert "passes-loser" in place(html, "L1.1")
    assert names_in(place(html, "L2.1")) == ["Loser of W2.3", "Loser of W1.2"]
    assert "0 of 20 played" in re.sub(r"<[^>]+>", "", html)  # two losses each, but for the winner
    answer = Client().get(f"/api/tournaments/{cup.pk}").json()
    matches = [
        match
        for group in answer["stages"][0]["groups"]
        for round_ in group["rounds"]
        for match in round_["matches"]
    ]
    side = next(match for match in matches if match["key"] == "L2.1")["sides"][1]
    assert (side["from"], side["key"]) == ("loser", "W1.2")


def test_the_bracket_is_drawn_round_by_round() -> None:
    tournament = running()
    enter_result(
        tournament_id=tournament.pk,
        match_id=match_of(tournament, "W1.1").pk,
        report=by_score((0, 1)),
        actor=ORGANISER,
    )
    html = show(tournament)
    assert re.findall(r'class="round-name"[^>]*>(.*?)<', html) == ["Semi-finals", "Final"]
    decided, ready, final = (place(html, key) for key in ("W1.1", "W1.2", "W2.1"))
    assert names_in(decided) == ["Ann", "Dan"] and "is-decided" in decided
    assert re.findall(r'class="score">(.*?)<', decided) == ["0", "1"]
    assert decided.index("is-winner") > decided.index("Ann")
    assert "is-ready" in ready
    assert names_in(final) == ["Dan", "Winner of W1.2"] and "is-pending" in final
    assert '<span id="decided-count">1</span> of 3 played' in html
    assert '<span id="ready-count">1</span> ready to play' in html


def test_a_forfeit_is_reported_instead_of_a_score() -> None:
    tournament = running("Ann", "Bob")
    match = match_of(tournament, "W1.1")
    enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=by_forfeit(1), actor=ORGANISER
    )
    scores = re.findall(r'class="score">(.*?)<', place(show(tournament), "W1.1"))
    assert scores == ["forfeit", ""]


def test_a_finished_tournament_names_its_winner() -> None:
    tournament = running()
    play_out(tournament)
    html = show(tournament)
    assert '<bdi class="champion-name">Ann</bdi>' in html
    assert "state-finished" in html


def test_a_bracket_reset_is_awaited_and_then_not_needed() -> None:
    tournament = started(4, DOUBLE)
    assert names_in(place(show(tournament), "GF2")) == ["Winner of GF", "Loser of GF"]
    play_out(tournament)
    assert names_in(place(show(tournament), "GF2")) == ["not needed", ""]


def test_the_places_are_reported_down_to_the_last_once_it_is_over() -> None:
    tournament = running()
    assert "Final places" not in show(tournament)
    play_out(tournament)
    places = '<span class="place">(.*?)</span> <bdi>(.*?)</bdi>'
    expected = [("1", "Ann"), ("2", "Bob"), ("3–4", "Cem"), ("3–4", "Dan")]
    assert re.findall(places, show(tournament)) == expected
    for name in ("screen", "print"):
        page = Client().get(reverse(f"tournament-{name}", args=[tournament.pk]))
        assert re.findall(places, words(page)) == expected


def test_a_followed_name_is_marked_without_a_script() -> None:
    html = show(running(), query="?follow=dan")
    assert html.count(" is-followed") == 1 and "is-followed" in place(html, "W1.1")


def test_names_are_shown_as_text() -> None:
    html = show(running("<b>Ann</b>", "Bob"))
    assert "<b>Ann</b>" not in html and "&lt;b&gt;Ann&lt;/b&gt;" in html


@pytest.mark.parametrize("plan", [SINGLE, DOUBLE])
def test_a_large_bracket_costs_no_more_queries_and_bytes(
    django_assert_num_queries: QueryCount, plan: StageSettings
) -> None:
    for players in (8, 256):
        tournament = started(players, plan)
        address = reverse("tournament", args=[tournament.pk])
        with django_assert_num_queries(7):
            response = Client().get(address)
        with django_assert_num_queries(1):
            assert len(Client().get(address).content) == len(response.content)
    assert len(response.content) < 300_000


def test_both_brackets_and_the_grand_final_are_drawn() -> None:
    html = show(started(5, DOUBLE))
    parts = re.findall(r'<section class="part part-(\w+)"', html)
    assert parts == ["winners", "losers", "final"]
    assert "Winners' bracket" in unescape(html) and "Losers' bracket" in unescape(html)
    assert "is-walkover" in place(html, "W1.1") and "is-empty" in place(html, "L1.2")
    assert "Bracket reset" in html


def test_a_third_place_match_has_a_part_of_its_own() -> None:
    html = show(started(4, StageSettings(third_place=True)))
    assert re.findall(r'<section class="part part-(\w+)"', html) == ["winners", "third_place"]


def test_the_score_so_far_is_lit() -> None:
    tournament = started(4, StageSettings(best_of=3))
    match = match_of(tournament, "W1.1")
    set_live_score(tournament_id=tournament.pk, match_id=match.pk, scores=(1, 0))
    card = place(show(tournament), "W1.1")
    assert "is-live" in card and re.findall(r'class="score">(.*?)<', card) == ["1", "0"]


def test_the_station_is_shown_until_the_match_is_played() -> None:
    tournament = started(4)
    station = Station.objects.create(tournament=tournament, number=1, name="Court <1>")
    Pairing.objects.filter(key="W1.1").update(station=station)
    assert "Court &lt;1&gt;" in place(show(tournament), "W1.1")
    first_wins(tournament, "W1.1")
    assert "Court" not in place(show(tournament), "W1.1")


def test_stages_and_groups_are_tabs_with_plain_addresses() -> None:
    tournament = started(8, StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2), SINGLE)
    html = show(tournament)
    for query in ("?stage=1", "?stage=2", "?stage=1&amp;group=1", "?stage=1&amp;group=2"):
        assert f'href="{query}"' in html, query
    assert "It begins when" in show(tournament, query="?stage=2")
    for query in ("?stage=9&group=9", "?stage=x", "?group=-1", "?round=99999999"):
        show(tournament, query=query)


def test_a_fragment_is_only_what_changes() -> None:
    html = show(running(), query="?fragment=1")
    assert html.strip().startswith('<div id="tournament"') and "<html" not in html


def test_the_page_tells_other_sites_what_it_is() -> None:
    tournament = running()
    html = show(tournament)
    address = f"http://testserver/tournaments/{tournament.pk}"
    assert f'property="og:image" content="{address}/preview.png"' in html
    assert 'property="og:url" content="http://testserver/t/friday-cup"' in html
    assert 'content="4 players, running"' in html


# What its organiser does.


def test_cancelling_a_tournament(olga: Client) -> None:
    tournament = running()
    address = reverse("tournament-cancel", args=[tournament.pk])
    assert "Cancel the tournament" in show(tournament, olga)
    Client().post(address, headers=AS_PERSON)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.RUNNING
    assert messages_of(olga.post(address, headers=AS_PERSON)) == ["The tournament is cancelled."]
    html = show(tournament, olga)
    assert "state-cancelled" in html
    assert "Enter result" not in html and "Cancel the tournament" not in html
    assert messages_of(olga.post(address, headers=AS_PERSON)) == [
        "Friday Cup is already cancelled."
    ]


def test_a_draft_that_was_called_off_shows_its_players() -> None:
    tournament = draft()
    cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    assert "cancelled before the draw was made" in show(tournament)


def test_starting_twice_is_refused_in_words(olga: Client) -> None:
    tournament = running()
    again = olga.post(reverse("tournament-start", args=[tournament.pk]), headers=AS_PERSON)
    assert messages_of(again) == ["Friday Cup is already running."]
    assert Pairing.objects.count() == 3


@pytest.mark.parametrize("name", ["tournament-start", "tournament-cancel"])
def test_changes_are_posts(name: str) -> None:
    assert Client().get(reverse(name, args=[draft().pk])).status_code == 405
