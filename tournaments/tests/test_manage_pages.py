"""The organiser's pages and the players': Olga organises, Ann plays, Vic only looks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from matchmaking.tests.staff import staff
from tournaments.models import Entry, Format, StageSettings, Tournament, TournamentState
from tournaments.pages.manage_actions import reordered
from tournaments.selectors import open_pairing
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.registration import open_registration
from tournaments.services.operations import OPERATIONS
from tournaments.services.permissions import RIGHT
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.venue.judges import add_judge
from tournaments.services.venue.stations import add_stations

from .manage_builders import FOUR, OLGA, fresh, named, pairing, who

pytestmark = pytest.mark.django_db

TABS = ("", "-settings", "-stations", "-judges", "-record")


def browser_of(name: str) -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username=name).token
    return browser


@pytest.fixture
def olga() -> Client:
    return browser_of("Olga")


@pytest.fixture
def cup(olga: Client) -> Tournament:
    organiser = Player.objects.get(name="Olga")
    return create_tournament(
        name="Friday Cup", players=FOUR, organiser=organiser, byes=True
    ).tournament


def page(browser: Client, tournament: Tournament, tab: str = "") -> str:
    response = browser.get(reverse(f"tournament-manage{tab}", args=[tournament.pk]))
    assert response.status_code == 200
    return str(response.content, "utf-8")


def do(browser: Client, tournament: Tournament, action: str, **data: Any) -> list[str]:
    """Press a button; returns the messages shown afterwards."""
    address = reverse("tournament-do", args=[tournament.pk, action])
    response = browser.post(address, data, headers={"Accept": "text/html"})
    assert response.status_code == 302
    return messages_of(response)


def messages_of(response: Any) -> list[str]:
    """The last that was said; what an unread page said before is still there."""
    return [str(message) for message in get_messages(response.wsgi_request)][-1:]


# Who may come in.


@pytest.mark.parametrize("tab", TABS)
def test_the_pages_open_for_the_organiser_and_staff_only(
    tab: str, olga: Client, cup: Tournament
) -> None:
    assert "Friday Cup" in page(olga, cup, tab)
    assert "Friday Cup" in page(staff("staffan", RIGHT), cup, tab)
    for stranger in (Client(), browser_of("Vic")):
        response = stranger.get(reverse(f"tournament-manage{tab}", args=[cup.pk]))
        assert response.status_code == 302 and "Only the organiser" in messages_of(response)[0]


@pytest.mark.parametrize("action", sorted(OPERATIONS))
def test_no_button_works_for_a_stranger_and_none_breaks_without_its_form(
    action: str, olga: Client, cup: Tournament
) -> None:
    assert do(Client(), cup, action) == ["Only the organiser of this tournament may do that."]
    assert not cup.actions.exists()
    assert len(do(olga, cup, action)) == 1


def test_a_program_is_answered_in_json(olga: Client, cup: Tournament) -> None:
    address = reverse("tournament-do", args=[cup.pk, "shuffle"])
    asked = {"Accept": "application/json"}
    assert olga.post(address, headers=asked).json()["status"] == "Done"
    refused = Client().post(address, headers=asked)
    assert refused.status_code == 403 and refused.json()["code"] == "forbidden"


def test_there_is_no_such_button(olga: Client, cup: Tournament) -> None:
    assert olga.post(reverse("tournament-do", args=[cup.pk, "explode"])).status_code == 404


@pytest.mark.parametrize("why", ["a\x00b", "a\u202eb", "\u200b"])
def test_a_reason_that_cannot_be_shown_is_refused(why: str, olga: Client, cup: Tournament) -> None:
    entrant = named(cup, "Dan").pk
    assert "reason" in do(olga, cup, "remove", entrant=entrant, why=why)[0]
    assert who(cup) == list(FOUR) and not cup.actions.exists()


def test_a_club_that_cannot_be_shown_is_refused(olga: Client, cup: Tournament) -> None:
    entrant = named(cup, "Ann").pk
    assert "club" in do(olga, cup, "details", entrant=entrant, club="a\u202eb")[0]
    assert named(cup, "Ann").club == "" and not cup.actions.exists()


def test_a_button_leads_back_to_its_page_and_nowhere_else(olga: Client, cup: Tournament) -> None:
    address = reverse("tournament-do", args=[cup.pk, "shuffle"])
    back = reverse("tournament-manage-record", args=[cup.pk])

    def leads_to(page: str) -> str:
        response = olga.post(address, {"back": page}, headers={"Accept": "text/html"})
        return str(response["Location"])

    assert leads_to(back) == back
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:1"):
        assert leads_to(elsewhere) == reverse("tournament-manage", args=[cup.pk])


# Entrants.


def test_names_are_pasted(olga: Client, cup: Tournament) -> None:
    address = reverse("tournament-manage", args=[cup.pk])
    olga.post(address, {"lines": "Eve, 1500, Owls\nFay"})
    assert who(cup) == [*FOUR, "Eve", "Fay"]
    wrong = olga.post(address, {"lines": "Gus\nann\n" + "x" * 40})
    assert wrong.status_code == 400 and b"Line 3" in wrong.content
    taken = olga.post(address, {"lines": "ann"})
    assert taken.status_code == 400 and b"already on the list" in taken.content
    assert cup.entrants.count() == 6


def test_seeds_are_saved_from_their_boxes(olga: Client, cup: Tournament) -> None:
    do(olga, cup, "seeds", **{f"seed-{named(cup, 'Dan').pk}": "1"})
    assert who(cup) == ["Dan", "Ann", "Bob", "Cem"]
    assert (
        "not a whole number" in do(olga, cup, "seeds", **{f"seed-{named(cup, 'Ann').pk}": "x"})[0]
    )


def test_the_form_of_seeds_takes_as_many_as_may_play(olga: Client, cup: Tournament) -> None:
    boxes = {f"seed-{number}": number for number in range(10_000, 11_024)}
    assert do(olga, cup, "seeds", **boxes) == ["The seeds are set."]
    address = reverse("tournament-do", args=[cup.pk, "seeds"])
    many = {f"seed-{number}": number for number in range(3000)}
    refused = olga.post(address, many, headers={"Accept": "text/html"})
    assert refused.status_code == 400 and b"That cannot be read" in refused.content
    assert olga.post(address, many).json()["code"] == "malformed"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "abcd"),
        ({"d": 1}, "dabc"),
        ({"a": 4}, "bcda"),
        ({"a": 2, "b": 1, "c": 3, "d": 4}, "bacd"),
        ({"a": 4, "b": 3, "c": 2, "d": 1}, "dcba"),
        ({"a": 99, "b": -3}, "bcda"),
    ],
)
def test_changed_numbers_move_rows(given: dict[str, int], expected: str) -> None:
    by_letter = {ord(letter): number for letter, number in given.items()}
    ordered = reordered([ord(letter) for letter in "abcd"], dict(by_letter))
    assert "".join(map(chr, ordered)) == expected


def test_a_number_as_long_as_a_line_is_refused(olga: Client, cup: Tournament) -> None:
    ann = named(cup, "Ann").pk
    for number in ("9" * 19, "9" * 5000, "-" + "9" * 19):
        assert "too large" in do(olga, cup, "seeds", **{f"seed-{ann}": number})[0]
    do(olga, cup, "seeds", **{f"seed-{ann}": "9" * 15})
    assert who(cup) == ["Bob", "Cem", "Dan", "Ann"]


def test_an_entrants_page_renames_replaces_and_takes_off(olga: Client, cup: Tournament) -> None:
    ann = named(cup, "Ann")
    address = reverse("tournament-manage-entrant", args=[cup.pk, ann.pk])
    assert b"Ann" in olga.get(address).content
    assert olga.get(reverse("tournament-manage-entrant", args=[cup.pk, 0])).status_code == 404
    do(olga, cup, "rename", entrant=ann.pk, name="Anna")
    do(olga, cup, "details", entrant=ann.pk, rating="1800", club="Owls", region="")
    assert (named(cup, "Anna").rating, named(cup, "Anna").club) == (1800, "Owls")
    assert "Rating" in do(olga, cup, "details", entrant=ann.pk, rating="-5")[0]
    do(olga, cup, "replace", entrant=ann.pk, name="Eve")
    do(olga, cup, "remove", entrant=named(cup, "Bob").pk, why="ill")
    assert who(cup) == ["Eve", "Cem", "Dan"]
    do(olga, cup, "undo", why="he is well again")
    assert who(cup) == ["Eve", "Bob", "Cem", "Dan"]
    assert "he is well again" in page(olga, cup, "-record")


# Registration.


def opened(cup: Tournament, entry: Entry = Entry.OPEN, **changes: Any) -> Tournament:
    change_settings(tournament_id=cup.pk, actor=OLGA, changes={"entry": entry, **changes})
    open_registration(tournament_id=cup.pk, actor=OLGA)
    return fresh(cup)


def register(browser: Client, cup: Tournament, **data: str) -> Any:
    return browser.post(reverse("tournament-register", args=[cup.pk]), data)


def test_a_visitor_registers_and_is_known_from_then_on(cup: Tournament) -> None:
    opened(cup)
    visitor = Client()
    public = reverse("tournament", args=[cup.pk])
    assert b"Registration is open" in visitor.get(public).content
    assert b"Your name" in visitor.get(reverse("tournament-register", args=[cup.pk])).content
    assert messages_of(register(visitor, cup, username="Eve")) == ["You are entered."]
    assert who(cup) == [*FOUR, "Eve"]
    assert b"Leave the tournament" in visitor.get(public).content
    again = register(visitor, cup)
    assert again.status_code == 400 and b"already on the list, as Eve" in again.content
    left = visitor.post(reverse("tournament-leave", args=[cup.pk]))
    assert messages_of(left) == ["You are no longer entered."] and who(cup) == [*FOUR]


def test_a_refused_visitor_leaves_no_guest_behind(cup: Tournament) -> None:
    opened(cup, Entry.CODE, entry_code="smash")
    before = Player.objects.count()
    wrong = register(Client(), cup, username="Eve", code="lob")
    assert wrong.status_code == 400 and b"not the tournament" in wrong.content
    assert Player.objects.count() == before
    assert messages_of(register(Client(), cup, username="Eve", code="smash")) == [
        "You are entered."
    ]


def test_a_team_registers(cup: Tournament) -> None:
    opened(cup, team_size=2)
    register(browser_of("Eve"), cup, team="The Owls", members="Fay")
    assert [m.name for m in named(cup, "The Owls").members.all()] == ["Eve", "Fay"]


def test_the_organiser_admits_who_asked(olga: Client, cup: Tournament) -> None:
    opened(cup, Entry.APPROVAL)
    eve = browser_of("Eve")
    assert "The organiser decides" in messages_of(register(eve, cup))[0]
    assert "Requests to enter" in page(olga, cup)
    do(olga, cup, "admit", entrant=named(cup, "Eve").pk)
    assert "Eve" in who(cup)


def test_a_player_checks_in_and_nobody_else_can_do_it(olga: Client, cup: Tournament) -> None:
    opened(cup)
    eve, address = browser_of("Eve"), reverse("tournament-check-in", args=[cup.pk])
    register(eve, cup)
    do(olga, cup, "open-check-in")
    public = reverse("tournament", args=[cup.pk])
    assert b"check in" in eve.get(public).content
    assert "not entered" in messages_of(browser_of("Vic").post(address))[0]
    assert "Sign in first" in messages_of(Client().post(address))[0]
    assert messages_of(eve.post(address)) == ["You are checked in."]
    assert "1 checked in" in page(olga, cup)
    do(olga, cup, "check-in", entrant=named(cup, "Ann").pk)
    assert "3 who had not checked in" in do(olga, cup, "start")[0]
    assert sorted(who(cup)) == ["Ann", "Eve"]
    do(olga, cup, "readmit", entrant=named(cup, "Bob").pk)
    assert fresh(cup).state == TournamentState.RUNNING and "Bob" in who(cup)


# Settings and stages.


def settings_form(browser: Client, cup: Tournament) -> dict[str, str]:
    """The settings as the page would send them unchanged."""
    response = browser.get(reverse("tournament-manage-settings", args=[cup.pk]))
    form = response.context["form"]
    sent: dict[str, str] = {}
    for field in form:
        value = field.value()
        if field.name == "starts_at":
            sent |= {"starts_at_0": "", "starts_at_1": ""}
        elif value not in {None, False}:
            sent[field.name] = str(value)
    return sent


def test_settings_are_saved_and_refusals_are_said_where_they_belong(
    olga: Client, cup: Tournament
) -> None:
    address = reverse("tournament-manage-settings", args=[cup.pk])
    form = settings_form(olga, cup)
    assert olga.post(address, form).status_code == 302 and not cup.actions.exists()
    saved = olga.post(address, form | {"capacity": "8", "name": "Saturday Cup"})
    assert saved.status_code == 302 and fresh(cup).capacity == 8
    past = {"starts_at_0": "2001-01-01", "starts_at_1": "12:00"}
    wrong: list[dict[str, str]] = [
        {"capacity": "3"}, {"entry": "code"}, {"name": " "}, {"match_minutes": "0"}, past,
        {"starts_at_0": "soon"},
    ]  # fmt: skip
    for change in wrong:
        response = olga.post(address, form | {"capacity": "8"} | change)
        assert response.status_code == 400
        assert b"field-errors" in response.content or b"form-error" in response.content


def stage_form(**fields: str) -> dict[str, str]:
    usual = {
        "format": "round_robin", "best_of": "1", "group_count": "2", "legs": "1", "advance": "",
        "points_win": "3", "points_draw": "1", "points_loss": "0", "points_bye": "0", "name": "",
    }  # fmt: skip
    return usual | fields


def stages_post(*stages: dict[str, str]) -> dict[str, str]:
    sent = {"stages": "1", "stage-TOTAL_FORMS": str(len(stages)), "stage-INITIAL_FORMS": "0"}
    for number, stage in enumerate(stages):
        sent |= {f"stage-{number}-{name}": value for name, value in stage.items()}
    return sent


def test_groups_and_playoffs_are_planned(olga: Client, cup: Tournament) -> None:
    address = reverse("tournament-manage-settings", args=[cup.pk])
    groups = stage_form(advance="1", tie_break_1="BUCHHOLZ", tie_break_2="WINS", draws="on")
    playoffs = stage_form(format="single_elimination", best_of="3", name="Playoffs")
    assert olga.post(address, stages_post(groups, playoffs)).status_code == 302
    first, second = cup.stages.all()
    assert (first.group_count, int(first.points_win)) == (2, 3)
    assert first.tie_breaks == ["BUCHHOLZ", "WINS"]
    assert (second.format, second.best_of, second.name) == ("single_elimination", 3, "Playoffs")
    html = page(olga, cup, "-settings")
    assert "Stage 2" in html and 'value="Playoffs"' in html
    wrong = olga.post(address, stages_post(stage_form(), playoffs))
    assert wrong.status_code == 400 and b"how many go on" in wrong.content
    garbage = olga.post(address, stages_post(stage_form(best_of="x", format="chess")))
    assert garbage.status_code == 400
    assert cup.stages.count() == 2


def test_another_stage_is_added_to_the_form_only(olga: Client, cup: Tournament) -> None:
    address = reverse("tournament-manage-settings", args=[cup.pk])
    response = olga.post(address, stages_post(stage_form()) | {"add-stage": "1"})
    assert response.status_code == 200 and b"Stage 2" in response.content
    assert not cup.stages.exists()


# Stations and judges.


def test_matches_are_called_and_stations_freed(olga: Client, cup: Tournament) -> None:
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    do(olga, cup, "add-stations", names="Table 1\n\nTable 2\n")
    assert "Ann vs Dan: Table 1" in do(olga, cup, "call-next")[0]
    html = page(olga, cup, "-stations")
    assert "0 free of 2" in html and re.search(r"about <time", html)
    do(olga, cup, "free", pairing=str(pairing(cup, "W1.1").pk))
    table = cup.stations.get(name="Table 1")
    do(olga, cup, "call", pairing=str(pairing(cup, "W1.1").pk), station=table.pk)
    assert pairing(cup, "W1.1").station == table
    do(olga, cup, "rename-station", station=table.pk, name="Centre court")
    assert "Centre court" in page(olga, cup, "-stations")


def test_a_judge_is_invited_and_accepts_the_invitation(olga: Client, cup: Tournament) -> None:
    add_stations(tournament_id=cup.pk, names=["Table 1"], actor=OLGA)
    address = reverse("tournament-manage-judges", args=[cup.pk])
    shown = str(olga.post(address, {"name": "Jo"}).content, "utf-8")
    token = re.search(r'class="token">([^<]+)<', shown)
    assert token and token[1] not in page(olga, cup, "-judges")
    assert olga.post(address, {"name": "Jo"}).status_code == 400
    assert olga.post(address, {"name": "Kim", "is_player": "on"}).status_code == 400
    claim = reverse("tournament-judge", args=[cup.pk])
    jo = browser_of("Josephine")
    assert b"sign in" in Client().get(claim).content
    assert jo.post(claim, {"token": "wrong"}).status_code == 400
    assert messages_of(jo.post(claim, {"token": token[1]})) == [
        "You may enter results in every match."
    ]
    judge = cup.judges.get()
    do(olga, cup, "judge-station", judge=judge.pk, station=cup.stations.get().pk)
    assert "as <bdi>Josephine</bdi>" in page(olga, cup, "-judges")
    do(olga, cup, "remove-judge", judge=judge.pk)
    assert not cup.judges.exists()


def test_a_judge_sees_no_organisers_page(cup: Tournament) -> None:
    jo = browser_of("Jo")
    token = add_judge(tournament_id=cup.pk, name="Jo", actor=OLGA).token
    jo.post(reverse("tournament-judge", args=[cup.pk]), {"token": token})
    assert jo.get(reverse("tournament-manage", args=[cup.pk])).status_code == 302


# Files, and a Swiss.


def test_entrants_come_from_a_file_and_a_bad_one_is_refused_by_its_line(
    olga: Client, cup: Tournament
) -> None:
    good = SimpleUploadedFile("e.csv", b"name,rating\nEve,1500\nFay,1400\n")
    assert do(olga, cup, "upload", file=good) == ["Added 2 from the file."]
    assert who(cup) == [*FOUR, "Eve", "Fay"]
    bad = SimpleUploadedFile("e.csv", b"name,rating\nGus,strong\n")
    assert "Line 2" in do(olga, cup, "upload", file=bad)[0]
    assert cup.entrants.count() == 6


def test_a_swiss_has_buttons_of_its_own(olga: Client, cup: Tournament) -> None:
    plan = StageSettings(format=Format.SWISS, rounds_planned=3)
    set_stages(tournament_id=cup.pk, stages=[plan], actor=OLGA)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert "Late entry" in page(olga, cup)
    assert "from round 2" in do(olga, cup, "late", line="Eve, 1500")[0]
    ann = named(cup, "Ann")
    assert "Sits out" in str(
        olga.get(reverse("tournament-manage-entrant", args=[cup.pk, ann.pk])).content
    )
    assert do(olga, cup, "bye", entrant=ann.pk, kind="half_point") == ["Ann sits out round 2."]
    assert "no such bye" in do(olga, cup, "bye", entrant=ann.pk, kind="long")[0]
    assert "plays in the next round" in do(olga, cup, "no-bye", entrant=ann.pk)[0]
    assert "withdrawn" in do(olga, cup, "unpair")[0]


def test_a_start_with_seconds_is_not_changed_by_saving_something_else(
    olga: Client, cup: Tournament
) -> None:
    starts_at = timezone.now() - timedelta(minutes=5)
    Tournament.objects.filter(pk=cup.pk).update(starts_at=starts_at)
    date = {"starts_at_0": f"{starts_at:%Y-%m-%d}", "starts_at_1": f"{starts_at:%H:%M}"}
    form = settings_form(olga, cup) | date | {"name": "Sunday Cup"}
    saved = olga.post(reverse("tournament-manage-settings", args=[cup.pk]), form)
    assert saved.status_code == 302
    assert (fresh(cup).name, fresh(cup).starts_at) == ("Sunday Cup", starts_at)


def test_a_player_is_shown_whom_to_play_and_where_to_report(cup: Tournament) -> None:
    opened(cup, reporting="players")
    eve, public = browser_of("Eve"), reverse("tournament", args=[cup.pk])
    register(eve, cup)
    start_tournament(tournament_id=cup.pk, actor=OLGA)
    shown = str(eve.get(public).content, "utf-8")
    mine = open_pairing(named(cup, "Eve"))
    assert mine is not None
    assert f"/matches/{mine.match_id}" in shown and "report the result" in shown
    other = mine.bottom if mine.top == named(cup, "Eve") else mine.top
    assert f"You play <bdi>{other}</bdi> now" in shown
    assert "You play" not in str(Client().get(public).content, "utf-8")
