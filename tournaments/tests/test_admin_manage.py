"""Operations in the admin, each confirmed first; Staffan may act, Vera may only look."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from matchmaking.tests.staff import staff, viewer
from tournaments.models import Format, Round, StageSettings, Tournament, TournamentState
from tournaments.services.permissions import RIGHT

from .builders import play_on, started
from .manage_builders import draft, fresh, named, open_cup, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffan() -> Client:
    return staff("staffan", RIGHT, "tournaments.view_tournament", "tournaments.add_tournament")


def change_page(browser: Client, tournament: Tournament) -> str:
    response = browser.get(reverse("admin:tournaments_tournament_change", args=[tournament.pk]))
    assert response.status_code == 200
    return str(response.content, "utf-8")


def step(tournament: Tournament, name: str) -> str:
    return reverse("admin:tournaments_tournament_step", args=[tournament.pk, name])


def test_steps_are_asked_taken_and_recorded_under_the_accounts_name(staffan: Client) -> None:
    cup = draft()
    assert "Open check-in" in change_page(staffan, cup)
    assert b"left out at the start" in staffan.get(step(cup, "open-check-in")).content
    assert fresh(cup).state == TournamentState.DRAFT
    staffan.post(step(cup, "open-check-in"))
    assert fresh(cup).state == TournamentState.CHECK_IN
    assert said(cup) == "staffan opened check-in"
    html = change_page(staffan, cup)
    assert "Close check-in" in html and "opened check-in" in html
    staffan.post(step(cup, "undo"))
    assert fresh(cup).state == TournamentState.DRAFT


def test_registration_opens_and_closes(staffan: Client) -> None:
    cup = open_cup()
    staffan.post(step(cup, "close-registration"))
    assert fresh(cup).state == TournamentState.DRAFT
    staffan.post(step(cup, "open-registration"))
    assert fresh(cup).state == TournamentState.REGISTRATION
    again = staffan.post(step(cup, "open-registration"))
    assert [str(m) for m in get_messages(again.wsgi_request)][-1] == "Registration is already open."


def test_the_organisers_pages_are_a_click_away(staffan: Client) -> None:
    cup = draft()
    manage = reverse("tournament-manage", args=[cup.pk])
    assert manage in change_page(staffan, cup)
    address = reverse("tournament-do", args=[cup.pk, "remove"])
    staffan.post(address, {"entrant": named(cup, "Ann").pk}, headers={"Accept": "text/html"})
    assert said(cup) == "staffan took Ann off the list"


def test_who_may_only_look_takes_no_step() -> None:
    cup, vera = draft(), viewer("tournaments", "tournament")
    assert "Open check-in" not in change_page(vera, cup)
    assert vera.post(step(cup, "open-check-in")).status_code == 403
    assert fresh(cup).state == TournamentState.DRAFT


@pytest.mark.django_db(transaction=True)  # a round is paired with nothing locked
def test_the_next_round_of_a_swiss_is_paired_once_the_last_is_played(staffan: Client) -> None:
    cup = started(4, StageSettings(Format.SWISS, rounds_planned=2))
    assert "Pair the next round" not in change_page(staffan, cup)
    play_on(cup)
    assert "Pair the next round" in change_page(staffan, cup)
    staffan.post(step(cup, "pair"))
    assert Round.objects.count() == 2 and said(cup) == "staffan Round 2 paired, 2 matches"
    play_on(cup)
    assert "Pair the next round" not in change_page(staffan, cup)


def test_there_is_no_such_step(staffan: Client) -> None:
    assert staffan.get(step(draft(), "explode")).status_code == 404


def test_a_swiss_draft_is_made_and_one_open_for_players(staffan: Client) -> None:
    address = reverse("admin:tournaments_tournament_add")
    form = {"seeding": "given", "format": "swiss", "best_of": "1", "rounds_planned": "3"}
    staffan.post(address, form | {"name": "Swiss", "players": "A\nB\nC\nD\nE", "_save": "1"})
    stage = Tournament.objects.get(name="Swiss").stages.get()
    assert (stage.format, stage.rounds_planned) == ("swiss", 3)
    staffan.post(address, form | {"name": "Open", "players": "", "entry": "open", "_save": "1"})
    assert not Tournament.objects.get(name="Open").entrants.exists()
