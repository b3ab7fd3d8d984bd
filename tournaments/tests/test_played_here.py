"""Tournaments whose matches are played here: the game, its settings, and who reports results."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, Player
from matchmaking.ports.game_host import PlayedHere, game_of_match
from matchmaking.selectors import match_of
from matchmaking.tests.games import install_darts
from tournaments.files.export import export_tournament
from tournaments.files.text import BadFile
from tournaments.models import Reporting, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.setup.settings import change_settings
from tournaments.services.transfer.imports import import_tournament
from tournaments.services.undo.stack import undo_last

from .api_client import Cup
from .builders import draft
from .test_manage_pages import browser_of, settings_form
from .test_player_reports import cup, say

pytestmark = pytest.mark.django_db

SETTINGS = {"legs": 2, "double": False, "board": "London"}


@pytest.fixture(autouse=True)
def darts(monkeypatch: pytest.MonkeyPatch) -> None:
    install_darts(monkeypatch)


def set_game(tournament: Tournament, **changes: Any) -> Tournament:
    return change_settings(tournament_id=tournament.pk, actor=ORGANISER, changes=changes)


def played_cup() -> tuple[Tournament, Match]:
    """A cup of Ann and Bob that is played here, and its final."""
    made, match = cup(reporting=Reporting.PLAYERS)
    Tournament.objects.filter(pk=made.pk).update(plays="darts", play_settings=SETTINGS)
    return made, match_of(match.pk)


def test_players_do_not_report_what_is_played_here_and_the_organiser_does() -> None:
    made, match = played_cup()
    assert game_of_match(match) == PlayedHere("darts", SETTINGS)
    with pytest.raises(Conflict) as refused:
        say(match, "Ann", 1, 0)
    assert refused.value.code == "played_here"
    enter_result(tournament_id=made.pk, match_id=match.pk, report=by_score([1, 0]), actor=ORGANISER)
    assert Match.objects.get(pk=match.pk).winner == 0


def test_a_match_of_one_who_is_only_a_name_is_reported() -> None:
    _, match = played_cup()
    match.seats.filter(side=0).update(player=None)
    assert game_of_match(match_of(match.pk)) is None
    assert say(match, "Bob", 1, 0) is not None


def test_a_game_comes_with_its_own_settings_and_undo_takes_both_back() -> None:
    made = draft(4)
    made = set_game(made, plays="darts")
    assert made.play_settings == SETTINGS | {"legs": 3}
    made = set_game(made, play_settings={"legs": 2})
    assert Tournament.objects.get(pk=made.pk).play_settings == SETTINGS
    assert set_game(made, plays="").play_settings == {}
    undo_last(tournament_id=made.pk, actor=ORGANISER)
    made.refresh_from_db()
    assert (made.plays, made.play_settings) == ("darts", SETTINGS)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"plays": "ludo"}, "unknown_game"),
        ({"plays": "darts", "play_settings": {"legs": 10}}, "bad_settings"),
        ({"play_settings": {"legs": 1}}, "bad_settings"),
    ],
)
def test_what_no_game_has_is_refused(changes: dict[str, Any], code: str) -> None:
    made = draft(4)
    with pytest.raises(Refusal) as refused:
        set_game(made, **changes)
    assert refused.value.code == code


def test_the_api_makes_shows_and_changes_it() -> None:
    made = Cup(*"ABCD", plays="darts", play_settings={"legs": 2}, start=False)
    assert made.show()["settings"]["play_settings"] == SETTINGS
    owner = made.owner
    wrong = owner.send("PATCH", made.address, {"play_settings": {"legs": 10}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_settings")
    shown = owner.send("PATCH", made.address, {"plays": ""}).json()["settings"]
    assert (shown["plays"], shown["play_settings"]) == ("", {})


def test_a_file_keeps_it() -> None:
    made = set_game(draft(4), plays="darts", play_settings={"legs": 2})
    document = json.loads(export_tournament(made))
    again = import_tournament(data=json.dumps(document).encode()).tournament
    assert (again.plays, again.play_settings) == ("darts", SETTINGS)
    document["tournament"]["plays"] = "ludo"
    with pytest.raises(BadFile, match="'ludo' is not installed"):
        import_tournament(data=json.dumps(document).encode())


def test_the_form_of_a_new_tournament_has_the_game() -> None:
    address = reverse("tournament-new")
    page = Client().get(address).content.decode()
    assert "elsewhere: results are reported" in page and "Darts: Legs" in page
    form = {
        "organiser": "Olga", "name": "Cup", "players": "Ann\nBob", "seeding": "given",
        "plays": "darts", "play-darts-legs": "2", "play-darts-board": "",
    }  # fmt: skip
    wrong = Client().post(address, form | {"play-darts-legs": "10"})
    assert wrong.status_code == 400 and "less than or equal to 9" in wrong.content.decode()
    assert Client().post(address, form).status_code == 302
    assert Tournament.objects.get().play_settings == SETTINGS
    reported = form | {"name": "Other", "plays": "", "play-darts-legs": "10"}
    assert Client().post(address, reported).status_code == 302
    assert Tournament.objects.get(name="Other").play_settings == {}


def test_the_form_of_the_settings_changes_the_game() -> None:
    browser = browser_of("Olga")
    made = draft(4)
    Tournament.objects.filter(pk=made.pk).update(organiser=Player.objects.get(name="Olga"))
    address = reverse("tournament-manage-settings", args=[made.pk])
    sent = settings_form(browser, made)
    assert browser.post(address, sent | {"plays": "darts"}).status_code == 302
    made.refresh_from_db()
    assert made.play_settings == SETTINGS | {"legs": 3}
    browser.post(address, sent | {"plays": "darts", "play-darts-legs": "2"})
    made.refresh_from_db()
    assert made.play_settings["legs"] == 2
