"""Whom the record names, by every way in: who acts is named, and a bare token is the organiser."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Match
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.reports import (
    Claim,
    confirm_result,
    confirm_unanswered_reports,
    report_result,
)
from matchmaking.tests.meetings import caller, pool
from matchmaking.tests.meetings import player as seated
from matchmaking.tests.staff import staff
from tournaments.files.export import export_tournament
from tournaments.models import Entry, Reporting, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.check_in import open_check_in
from tournaments.services.permissions import RIGHT
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.venue.judges import add_judge, claim_judgeship

from .api_client import JSON
from .builders import match_of, started
from .manage_builders import OLGA, guest, open_cup

pytestmark = pytest.mark.django_db

FOUR = ["Ann", "Bob", "Cem", "Dan"]
MAKERS = {
    "nobody": "the organiser",
    "a guest's token": "Olga",
    "a guest's cookie": "Olga",
    "a player's session": "Ria",
    "a staff account": "staffan",
}


def sender(who: str) -> Client:
    """Somebody new at a browser, or a program."""
    if who == "a staff account":
        return staff("staffan", RIGHT, "tournaments.view_tournament")
    browser = Client(headers={"Accept": JSON})
    if who == "a player's session":
        browser.force_login(sign_up(username="Ria", password="correct horse", guest=None))
    elif who == "a guest's cookie":
        browser.cookies[GUEST_COOKIE] = create_guest(username="Olga").token
    elif who != "nobody":
        browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {create_guest(username='Olga').token}"
    return browser


def recorded(cup: Tournament) -> set[str]:
    """Whom the record names."""
    return set(cup.actions.values_list("actor_name", flat=True))


def made() -> Tournament:
    return Tournament.objects.latest("created_at")


@pytest.mark.parametrize("who", MAKERS)
def test_who_makes_a_tournament_is_named(who: str) -> None:
    browser = sender(who)
    body = {"name": "Cup", "players": FOUR, "stages": [{"format": "double_elimination"}]}
    assert browser.post("/tournament", body, JSON).status_code == 201
    assert made().actions.count() > 1 and recorded(made()) == {MAKERS[who]}


@pytest.mark.parametrize("who", MAKERS)
def test_who_imports_a_tournament_is_named(who: str) -> None:
    file = export_tournament(create_tournament(name="Cup", players=FOUR).tournament)
    report = "012 Cup\n001    1      Ann\n001    2      Bob\nXXR 3\n"
    browser = sender(who)
    for content, kind in ((file, JSON), (report, "text/plain")):
        answer = browser.post("/api/tournaments/import", content, kind)
        assert answer.status_code == 201, answer.content
        assert recorded(made()) == {MAKERS[who]}


@pytest.mark.parametrize("who", MAKERS)
def test_who_fills_in_the_page_of_a_new_tournament_is_named(who: str) -> None:
    file = export_tournament(create_tournament(name="Cup", players=FOUR).tournament)
    expected = "Vic" if who == "nobody" else MAKERS[who]
    if who == "a guest's token":
        return  # a page is for browsers
    browser = sender(who)
    form = {"organiser": "Vic", "name": "New", "players": "\n".join(FOUR), "seeding": "given"}
    assert browser.post(reverse("tournament-new"), form).status_code == 302
    assert made().name == "New" and recorded(made()) == {expected}
    upload = {"organiser": "Vic", "file": SimpleUploadedFile("cup.json", file)}
    assert browser.post(reverse("tournament-import"), upload).status_code == 302
    assert made().name == "Cup" and recorded(made()) == {expected}


def owned(who: str, browser: Client) -> tuple[Tournament, str]:
    """A running cup that this browser may run, and its token."""
    new = create_tournament(name="Cup", players=FOUR)
    if who in {"a guest's token", "a guest's cookie", "a player's session"}:
        created = browser.post("/tournament", {"name": "Cup", "players": FOUR}, JSON).json()
        return Tournament.objects.get(pk=created["tournament"]["id"]), created["token"]
    start_tournament(tournament_id=new.tournament.pk, actor=ORGANISER)
    return new.tournament, new.token


ACTING = {
    "the bare token": "the organiser",
    "the token beside a player's session": "Ria",
    "the token beside a guest's cookie": "Olga",
    "the token beside a staff account": "staffan",
    **{who: name for who, name in MAKERS.items() if who != "nobody"},
}


@pytest.mark.parametrize("who", ACTING)
def test_who_acts_is_named_over_http_and_on_pages(who: str) -> None:
    person = who.removeprefix("the token beside ")
    browser = sender("nobody" if who == "the bare token" else person)
    cup, token = owned(who, browser)
    headers: Any = {"Authorization": f"Bearer {token}"} if who.startswith("the ") else {}
    cup.actions.all().delete()
    first, second = (match_of(cup, key).pk for key in ("W1.1", "W1.2"))
    api = f"/api/tournaments/{cup.pk}"
    won = {"scores": [1, 0]}
    for address, body in (
        (f"{api}/matches/{first}/result", won),
        (f"{api}/withdraw", {"entrant": "Bob"}),
        (f"{api}/stations", {"names": ["1"]}),
        (f"{api}/undo", {}),
    ):
        answer = browser.post(address, body, JSON, headers=headers)
        assert answer.status_code in {200, 201}, answer.content
    assert browser.patch(api, {"name": "Mine"}, JSON, headers=headers).status_code == 200
    page = reverse("tournament-match", args=[cup.pk, second])
    assert browser.post(page, {"outcome": "win-0"}, headers=headers).status_code in {200, 302}
    undo = reverse("tournament-undo", args=[cup.pk])
    assert browser.post(undo, headers=headers).status_code in {200, 302}
    assert cup.actions.count() >= 7 and recorded(cup) - {"Matchpoint"} == {ACTING[who]}


def test_a_token_beside_a_session_does_not_rise_to_the_rights_of_the_account() -> None:
    browser = staff("staffan", RIGHT)
    other = create_tournament(name="Other", players=FOUR)
    cup = create_tournament(name="Cup", players=FOUR).tournament
    headers: Any = {"Authorization": f"Bearer {other.token}"}
    body = {"name": "Mine"}
    answer = browser.patch(f"/api/tournaments/{cup.pk}", body, JSON, headers=headers)
    assert answer.status_code == 401


def test_the_admin_names_the_account() -> None:
    browser = staff("staffan", RIGHT, *(f"tournaments.{may}_tournament" for may in ("add", "view")))
    form = {"name": "Cup", "players": "\n".join(FOUR), "seeding": "given", "byes": "on"}
    add = reverse("admin:tournaments_tournament_add")
    assert browser.post(add, form | {"format": "double_elimination"}).status_code == 302
    cup = made()
    step = reverse("admin:tournaments_tournament_step", args=[cup.pk, "open-check-in"])
    assert browser.post(step).status_code == 302
    assert recorded(cup) == {"staffan"}


def test_a_judge_is_named_by_invitation_by_program_and_in_a_browser() -> None:
    cup = started(4)
    invited = add_judge(tournament_id=cup.pk, name="Judy", actor=ORGANISER)
    jo = create_guest(username="Jo")
    cup.actions.all().delete()
    claim_judgeship(tournament_id=cup.pk, token=invited.token, player=jo.player)
    assert recorded(cup) == {"Jo"}
    cup.actions.all().delete()
    for key, token in (("W1.1", invited.token), ("W1.2", jo.token)):
        address = f"/api/tournaments/{cup.pk}/matches/{match_of(cup, key).pk}/result"
        headers: Any = {"Authorization": f"Bearer {token}"}
        assert Client().post(address, {"scores": [1, 0]}, JSON, headers=headers).status_code == 200
    assert recorded(cup) == {"Judy"}


def test_who_enters_checks_in_and_leaves_is_named() -> None:
    ann = create_guest(username="Ann")
    browser, program = Client(), {"Authorization": f"Bearer {ann.token}"}
    browser.cookies[GUEST_COOKIE] = ann.token
    for headers in (program, {}):
        cup = open_cup(Entry.OPEN)
        guest_too = guest("Bob" if headers else "Cem")
        cup.actions.all().delete()
        api = f"/api/tournaments/{cup.pk}"
        if headers:
            assert browser.post(f"{api}/entrants", {}, JSON, headers=headers).status_code == 201
        else:
            assert browser.post(reverse("tournament-register", args=[cup.pk])).status_code == 302
        open_check_in(tournament_id=cup.pk, actor=ORGANISER)
        cup.actions.filter(actor_name="the organiser").delete()
        if headers:
            assert browser.post(f"{api}/check-in", {}, JSON, headers=headers).status_code == 200
            own = cup.entrants.get(player=ann.player).pk
            assert browser.delete(f"{api}/entrants/{own}", headers=headers).status_code in {
                200,
                204,
            }
        else:
            browser.post(reverse("tournament-check-in", args=[cup.pk]))
            browser.post(reverse("tournament-leave", args=[cup.pk]))
        assert guest_too.name not in recorded(cup)
        assert cup.actions.count() == 3 and recorded(cup) == {"Ann"}


# Results by the players.


def meeting(*sides: str) -> tuple[Tournament, Match]:
    """A cup whose players report, and its final."""
    cup = create_tournament(name="Cup", players=sides).tournament
    Tournament.objects.filter(pk=cup.pk).update(reporting=Reporting.PLAYERS, rated_in=pool())
    for entrant in cup.entrants.all():
        entrant.change(player=seated(entrant.name))
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    cup.actions.all().delete()
    return cup, match_of(cup, "W1.1")


def say(match: Match, name: str, claim: Claim) -> None:
    report_result(match_id=match.pk, caller=caller(name), claim=claim)


def test_both_who_agree_on_a_result_are_named() -> None:
    cup, match = meeting("Ann", "Bob")
    say(match, "Ann", Claim([1, 0]))
    confirm_result(match_id=match.pk, caller=caller("Bob"))
    assert recorded(cup) == {"Ann and Bob"}


def test_both_who_agree_on_a_counter_are_named() -> None:
    cup, match = meeting("Ann", "Bob")
    say(match, "Ann", Claim([1, 0]))
    say(match, "Bob", Claim([0, 1]))
    confirm_result(match_id=match.pk, caller=caller("Ann"))
    assert recorded(cup) == {"Ann and Bob"}


def test_the_longest_names_are_whole_and_leave_with_the_export() -> None:
    names = "Ä" * 32, "B" * 32
    cup, match = meeting(*names)
    say(match, names[0], Claim([1, 0]))
    confirm_result(match_id=match.pk, caller=caller(names[1]))
    assert recorded(cup) == {" and ".join(names)}
    cup.refresh_from_db()
    actions = json.loads(export_tournament(cup))["actions"]
    assert actions[0]["by"] == " and ".join(names)
    answer = Client().post("/api/tournaments/import", export_tournament(cup), JSON)
    assert answer.status_code == 201, answer.content


def test_who_concedes_is_named_alone() -> None:
    cup, match = meeting("Ann", "Bob")
    say(match, "Bob", Claim(forfeit=True))
    action = cup.actions.get()
    assert (action.actor_name, action.actor) == ("Bob", seated("Bob"))


def test_whom_nobody_answers_is_named_alone() -> None:
    cup, match = meeting("Ann", "Bob")
    say(match, "Ann", Claim([1, 0]))
    confirm_unanswered_reports(now=timezone.now() + timedelta(days=1))
    assert recorded(cup) == {"Ann"}
    match.refresh_from_db()
    for _ in range(2):
        enter_result(
            tournament_id=cup.pk, match_id=match.pk, report=by_score((1, 0)), actor=OLGA,
            revision=match.revision,
        )  # fmt: skip
    assert [str(action) for action in cup.actions.filter(actor_name="Olga")] == [
        "confirmed: Ann beat Bob 1:0 (Final)"
    ]
