"""A tournament saved as a file from its page, and made again from the file on another."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Player
from matchmaking.services.players import create_guest
from tournaments.models import Format, StageSettings, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament

from .imported.challonge import Answer, elimination

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username="Olga").token
    return browser


@pytest.fixture
def league() -> Tournament:
    olga = Player.objects.filter(name="Olga").first()
    made = create_tournament(
        name="League",
        players=("Ann", "Bob", "Cem"),
        organiser=olga,
        stages=[StageSettings(format=Format.ROUND_ROBIN)],
    ).tournament
    start_tournament(tournament_id=made.pk, actor=ORGANISER)
    return made


def send(browser: Client, content: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile("cup", content)
    return browser.post(reverse("tournament-import"), {"file": file} | fields)


def links(browser: Client, tournament: Tournament) -> list[str]:
    page = browser.get(reverse("tournament", args=[tournament.pk])).content.decode()
    files = page.split('id="files"')[1].split("</ul>")[0]
    return [part.split('"')[0] for part in files.split('href="')[1:]]


def test_every_file_of_the_page_can_be_fetched(olga: Client, league: Tournament) -> None:
    organised, looked_at = links(olga, league), links(Client(), league)
    assert [one.rsplit("/", 1)[1] for one in looked_at] == [
        "entrants.csv", "matches.csv", "standings.csv", "1.trf",
    ]  # fmt: skip
    assert set(organised) - set(looked_at) == {
        f"/api/tournaments/{league.pk}/export.json",
        reverse("tournament-import"),
    }
    for link in organised:
        assert olga.get(link).status_code == 200


def test_a_draft_has_only_its_entrants(olga: Client) -> None:
    draft = create_tournament(name="Cup", players=("Ann", "Bob")).tournament
    assert links(Client(), draft) == [f"/api/tournaments/{draft.pk}/entrants.csv"]


@pytest.mark.parametrize("ending", ["export.json", "stages/1/groups/1.trf"])
def test_it_is_made_again_with_its_sender_as_organiser(
    olga: Client, league: Tournament, ending: str
) -> None:
    content = olga.get(f"/api/tournaments/{league.pk}/{ending}").content
    response = send(olga, content)
    again = Tournament.objects.exclude(pk=league.pk).get()
    assert response.headers["Location"] == reverse("tournament", args=[again.pk])
    assert again.state == TournamentState.RUNNING
    assert again.organiser is not None and again.organiser.name == "Olga"
    assert sorted(again.entrants.values_list("name", flat=True)) == ["Ann", "Bob", "Cem"]


def test_a_visitor_becomes_a_guest(olga: Client, league: Tournament) -> None:
    content = olga.get(f"/api/tournaments/{league.pk}/export.json").content
    vic = Client()
    assert send(vic, content).status_code == 400  # without a name
    assert send(vic, content, organiser="Vic").status_code == 302
    assert Tournament.objects.filter(organiser__name="Vic").count() == 1
    assert "Vic" in vic.get("/tournaments").content.decode()


def test_what_contradicts_itself_in_a_file_is_shown(olga: Client) -> None:
    line = f"001    1      {'Ann':33} 1500{'':28} 3.0    1"
    response = send(olga, f"{line}\n001    2      José\nXXR 1\n".encode("latin-1"))
    page = olga.get(response.headers["Location"]).content.decode()
    assert "Ann has 3 points in the file, and 0 by the results in it." in page
    assert "It was read as Windows-1252 (Western European), a best guess." in page


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "The file is empty."),
        (b"no file of ours", "not a single player"),
        (b'{"name": "Cup"', "JSON"),
        (b"\xff\xfe\xff", "UTF-16"),
        (b"001" + b"x" * (4 * 1024 * 1024), "larger than 4 MB"),
    ],
)
def test_what_cannot_be_read_is_reported_at_the_field(
    olga: Client, content: bytes, expected: str
) -> None:
    response = send(olga, content)
    assert response.status_code == 400
    error = response.content.decode().split('class="field-errors"')[1].split("</ul>")[0]
    assert expected in error
    assert not Tournament.objects.exists()


def test_a_guest_made_by_a_failed_try_is_kept(olga: Client) -> None:
    vic = Client()
    assert send(vic, b"garbage", organiser="Vic").status_code == 400
    assert GUEST_COOKIE in vic.cookies
    assert "Your name" not in vic.get(reverse("tournament-import")).content.decode()


def test_a_file_is_looked_at_before_anything_is_stored(olga: Client) -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora"])
    elimination(answer, third=True)
    answer.play(lambda first, second: (min(first, second), "1-0" if first < second else "0-1"),
                most=2)  # fmt: skip
    shown = send(olga, json.dumps(answer.value()).encode(), preview="").content.decode()
    assert not Tournament.objects.exists()
    for said in ("Challonge", "Harbour Open", "single elimination", "2 results, 2 still to play"):
        assert said in shown, said
    packed = shown.split('name="packed" value="')[1].split('"')[0]
    made = olga.post(reverse("tournament-import"), {"packed": packed, "source": "challonge"})
    assert made.status_code == 302 and Tournament.objects.get().name == "Harbour Open"


@pytest.mark.parametrize("packed", ["x", "eJw=", "AAAA"])
def test_a_kept_file_that_is_broken_is_asked_for_again(olga: Client, packed: str) -> None:
    again = olga.post(reverse("tournament-import"), {"packed": packed})
    assert again.status_code == 400 and not Tournament.objects.exists()
