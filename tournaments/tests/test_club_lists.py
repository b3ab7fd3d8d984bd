"""Lists of entrants as clubs have them: encodings, header lines, rosters, and a look before."""

import time
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import Refusal
from matchmaking.identity import GUEST_COOKIE
from matchmaking.services.players import create_guest
from tournaments.files.encodings import guess_encoding
from tournaments.files.entrant_sheet import SheetEntrant, parse_pasted, parse_sheet
from tournaments.files.text import BadFile, read_text
from tournaments.models import Tournament

from .api_client import Cup

pytestmark = pytest.mark.django_db

Row = tuple[str, int | None, str, str]


def row_of(one: SheetEntrant) -> Row:
    return one.new.name, one.new.rating, one.new.club, one.new.region


def rows(text: str, *, teams: bool = False) -> list[Row]:
    return [row_of(one) for one in parse_sheet(text, teams=teams).entrants]


def rosters(text: str) -> dict[str, tuple[str, ...]]:
    return {one.new.name: one.members for one in parse_sheet(text, teams=True).entrants}


# Header lines


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Nombre;Elo\nAna;1800\n", ("Ana", 1800, "", "")),
        # Swiss-Manager and Chess-Results, English and German.
        (
            "No.;;Name;FideID;FED;Rtg;Club/City\n1;GM;Doe, Jane;15030;NOR;1850;Oslo\n",
            ("Doe, Jane", 1850, "Oslo", "NOR"),
        ),
        (
            "Nr.\tName\tVorname\tVerein\tLand\tDWZ\tEloI\n1\tMüller\tUwe\tSK\tGER\t1850-23\t0\n",
            ("Uwe Müller", 1850, "SK", "GER"),
        ),
        ("Mitspielende;Elo;Verein\nUwe;1500;SK\n", ("Uwe", 1500, "SK", "")),
        # Vega, Challonge, start.gg.
        (
            "NAME;TITLE;ID-FIDE;COUNTRY;Rtg FIDE\nRossi, Ada;;1;ITA;1500\n",
            ("Rossi, Ada", 1500, "", "ITA"),
        ),
        ("Participant,Seed,Final Rank,Email\nAnn,1,2,a@b\n", ("Ann", None, "", "")),
        (
            "Id,GamerTag,Prefix,First Name,Last Name,Seed\n8,Tom7,TSM,Tom,Jones,1\n",
            ("Tom7", None, "TSM", ""),
        ),
        # A surname and a first name in columns of their own; the plain word is the other half.
        ("Surname,First name,Rtg\nDoe,Jane,1850\n", ("Jane Doe", 1850, "", "")),
        (
            "Nom;Prénom;Club;Elo;Féd.\nDupré;Zoé;Lyon;1900;FRA\n",
            ("Zoé Dupré", 1900, "Lyon", "FRA"),
        ),
        ("Nombre;Apellidos;País\nJosé;Muñoz;ESP\n", ("José Muñoz", None, "", "ESP")),
        ("Cognome;Nome;Circolo\nRossi;Ada;Roma\n", ("Ada Rossi", None, "Roma", "")),
        ("Nome;Apelido;Clube\nInês;Sá;Porto\n", ("Inês Sá", None, "Porto", "")),
        ("Nazwisko i imię;Ranking;Klub\nJan Kos;1500;Gdynia\n", ("Jan Kos", 1500, "Gdynia", "")),
        ("Achternaam;Voornaam;Vereniging\nSmit;Piet;Ede\n", ("Piet Smit", None, "Ede", "")),
        (
            "Фамилия;Имя;Рейтинг;Клуб;Страна\nПетров;Иван;1500;Мир;RUS\n",
            ("Иван Петров", 1500, "Мир", "RUS"),
        ),
        ("ФИО;Рейтинг\nИван Петров;1500\n", ("Иван Петров", 1500, "", "")),
        ("Příjmení;Jméno;Oddíl\nNovák;Jan;Brno\n", ("Jan Novák", None, "Brno", "")),
        ("Név;Élő-pont;Egyesület\nKis Éva;1500;Pécs\n", ("Kis Éva", 1500, "Pécs", "")),
        ("Namn\tRating\tKlubb\nÅsa Ek\t-\tLund\n", ("Åsa Ek", None, "Lund", "")),
    ],
)
def test_headers_are_read_in_the_words_of_programs_and_languages(text: str, first: Row) -> None:
    assert rows(text) == [first]


def test_the_better_of_several_ratings_counts() -> None:
    text = "Name,RtgN,RtgI,Rtg\nAnn,1400,1500,0\nBob,1400,,\nCem,,,\n"
    assert [rating for _, rating, _, _ in rows(text)] == [1500, 1400, None]


@pytest.mark.parametrize("word", ["Player", "Players", "NAME", "Spieler", "Nom", "Игрок"])
def test_a_header_line_of_one_word_is_nobody(word: str) -> None:
    assert rows(f"{word}\nAnn\nBob\n") == [("Ann", None, "", ""), ("Bob", None, "", "")]
    with pytest.raises(BadFile, match="no entrants"):
        parse_sheet(f"{word}\n")


def test_who_is_called_like_a_header_with_numbers_beside_is_somebody() -> None:
    assert rows("Player,1800\nAnn,1700\n")[0] == ("Player", 1800, "", "")
    assert rows("Player1\nPlayer2\n")[0] == ("Player1", None, "", "")


def test_columns_that_are_not_used_are_said() -> None:
    sheet = parse_sheet("Name;FideID;Geburt;status\nAnn;1503014;1990;entered\n")
    assert sheet.warnings == ["Columns that are not used: 'FideID', 'Geburt'."]


def test_a_comma_and_a_space_belong_to_the_name() -> None:
    assert rows("Smith, John\nDoe, Jane, 1800, Owls\n") == [
        ("Smith, John", None, "", ""),
        ("Doe, Jane", 1800, "Owls", ""),
    ]


# Teams


def test_a_team_line_has_the_roster_in_a_tournament_of_teams() -> None:
    assert rosters("Best,Timon,Jessie\nRest, Ann, Bob\nLast,1800,Club\n") == {
        "Best": ("Timon", "Jessie"),
        "Rest": ("Ann", "Bob"),
        "Last": (),
    }
    assert rosters("Team;Player 1;Player 2\nBest;Timon;Jessie\n") == {"Best": ("Timon", "Jessie")}
    assert rosters("Team,Player\nBest,Timon\nRest,Ann\nBest,Jessie\n") == {
        "Best": ("Timon", "Jessie"),
        "Rest": ("Ann",),
    }


@pytest.mark.parametrize("parse", [parse_sheet, parse_pasted])
def test_elsewhere_a_team_line_is_told_how_to_be_written(parse: Any) -> None:
    with pytest.raises(Refusal, match="set the players in a team first"):
        parse("Best,Timon,Jessie\nRest,Ann,Bob\n")


def test_a_pasted_table_is_read_by_its_header_and_lines_are_read_as_lines() -> None:
    assert [row_of(one) for one in parse_pasted("Nombre\tElo\nAna\t1800\n").entrants] == [
        ("Ana", 1800, "", "")
    ]
    pasted = parse_pasted("Smith, John\nAnn;1700;Owls\nBob, 1800").entrants
    assert [row_of(one) for one in pasted] == [
        ("Smith, John", None, "", ""),
        ("Ann", 1700, "Owls", ""),
        ("Bob", 1800, "", ""),
    ]
    assert parse_pasted("Player").entrants[0].new.name == "Player"


# Encodings

NAMES = {
    "cp1252": ["Muñoz", "Begoña", "Jürgen Weiß", "Hélène Lefèvre", "João Simões", "Søren Kjær",
               "Björn Åkesson", "Niccolò", "Giosuè", "Øyvind Bøe", "Brûlé", "Inês Gonçalves"],
    "cp1250": ["Paweł Wójcik", "Jędrzej", "Kamiński", "Dvořák", "Zdeněk Růžička", "Vlčková",
               "Erdős", "Szűcs", "Kovačević", "Šarić", "Ľubomír Ftáčnik", "Staňková"],
    "cp1251": ["Иван", "Щукин", "Ёлкина", "Їжакевич", "Въчев", "Іванчук"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "name"), [(encoding, one) for encoding, names in NAMES.items() for one in names]
)
def test_one_name_is_enough_to_guess_the_encoding(encoding: str, name: str) -> None:
    body = f"Name;Rating\nAnn Smith;1500\n{name};1600\n".encode(encoding)
    assert body.decode(guess_encoding(body)) == body.decode(encoding)


def test_the_encoding_can_be_named_and_what_is_broken_is_refused() -> None:
    greek = "Νίκος".encode("cp1253")
    assert read_text(greek, encoding="windows-1253").text == "Νίκος"
    assert read_text("Ö".encode("latin-1"), encoding="ISO-8859-1").text == "Ö"
    with pytest.raises(BadFile, match="no encoding 'klingon'"):
        read_text(greek, encoding="klingon")
    with pytest.raises(BadFile, match="Line 2 is not text in UTF-8"):
        read_text("Zoë Müller\n".encode() + b"\xff")
    with pytest.raises(BadFile, match="save it as CSV"):
        read_text(b"PK\x03\x04\x14\x00")


MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 4 * MEBIBYTE,
        "a, b\n" * MEBIBYTE,
        "," * 4 * MEBIBYTE,
        "name" + ",x" * 2 * MEBIBYTE,
        "a;" * 2 * MEBIBYTE + "\n" + "b",
    ],
    ids=["newlines", "rows", "commas", "columns", "cells"],
)
@pytest.mark.parametrize("parse", [parse_sheet, parse_pasted])
def test_what_is_far_too_long_is_refused_in_a_moment(parse: Any, text: str) -> None:
    begun = time.process_time()
    with pytest.raises(Refusal):
        parse(text)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("piece", [b"\xff", b"\xe9a\xff ", b"\xe9\n", b"abcdefg\n"])
def test_the_encoding_of_a_long_file_is_guessed_in_a_moment(piece: bytes) -> None:
    body = piece * (4 * MEBIBYTE // len(piece) - 1) + b"\xe9"
    begun = time.process_time()
    read_text(body)
    assert time.process_time() - begun < 5


@settings(deadline=None, max_examples=150)
@given(
    st.text(st.sampled_from("aB \t;,\"'\n\r\x000159-=Éñß") | st.characters(), max_size=60),
    st.sampled_from(["", "Name;Elo\n", "Team,Player\n", "sep=;\n", "Elo,Club,x\n"]),
    st.booleans(),
)
def test_garbage_is_read_or_refused_and_never_breaks(text: str, head: str, teams: bool) -> None:
    for parse in (parse_sheet, parse_pasted):
        with suppress(Refusal):
            parse(head + text, teams=teams)
    with suppress(Refusal):
        parse_sheet(read_text((head + text).encode("utf-8", "surrogatepass")).text)


# Over HTTP


def send(cup: Cup, data: bytes, query: str = "", kind: str = "text/csv") -> Any:
    headers = {"Authorization": f"Bearer {cup.owner.token}"}
    path = f"{cup.address}/entrants.csv{query}"
    return Client().generic("POST", path, data, content_type=kind, headers=headers)


def test_a_dry_run_says_how_the_file_is_read_and_adds_nobody() -> None:
    cup = Cup("A", "B", start=False)
    data = "Imię;Nazwisko;Elo;Uwagi\nPaweł;Łoś;1500;x\n".encode("cp1250")
    read = send(cup, data, "?dry_run=true")
    assert read.status_code == 200 and read.json() == {
        "status": "Read",
        "encoding": "cp1250",
        "guessed": True,
        "columns": [
            {"title": "Imię", "meaning": "first name"},
            {"title": "Nazwisko", "meaning": "surname"},
            {"title": "Elo", "meaning": "rating"},
            {"title": "Uwagi", "meaning": ""},
        ],
        "entrants": [
            {"line": 2, "name": "Paweł Łoś", "rating": 1500, "club": "", "region": "",
             "members": []},
        ],
        "warnings": [
            "The file is not in UTF-8. It was read as Windows-1250 (Central European), a best "
            "guess.",
            "Columns that are not used: 'Uwagi'.",
        ],
    }  # fmt: skip
    assert Tournament.objects.get().entrants.count() == 2
    named = send(cup, data, "?dry_run=true", "text/csv; charset=windows-1250").json()
    assert named["guessed"] is False and len(named["warnings"]) == 1
    added = send(cup, data)
    assert added.status_code == 201 and added.json()["warnings"] == read.json()["warnings"]
    again = send(cup, data, "?dry_run=true")
    assert again.status_code == 409 and again.json()["code"] == "name_taken"


def test_a_dry_run_refuses_as_the_import_does() -> None:
    cup = Cup("A", "B", start=False)
    for data in (b"name,rating\nAnn,many\n", b"Best,Timon,Jessie\n", b"Player\n"):
        assert send(cup, data, "?dry_run=1").json() == send(cup, data).json()
    assert (
        Client().post(f"{cup.address}/entrants.csv?dry_run=1", b"Z", "text/csv").status_code == 401
    )


# On the page


@pytest.fixture
def olga() -> Client:
    browser = Client()
    browser.cookies[GUEST_COOKIE] = create_guest(username="Olga").token
    return browser


@pytest.fixture
def cup(olga: Client) -> Tournament:
    olga.post("/tournaments/new", {
        "name": "Cup", "players": "Ann\nBob", "format": "single_elimination", "best_of": 1,
        "seeding": "given", "draft": "1",
    })  # fmt: skip
    return Tournament.objects.get()


def upload(browser: Client, cup: Tournament, data: bytes, **fields: str) -> Any:
    file = SimpleUploadedFile("list.csv", data)
    return browser.post(reverse("tournament-manage-import", args=[cup.pk]), {"file": file} | fields)


def who(cup: Tournament) -> list[str]:
    return list(cup.entrants.order_by("seed").values_list("name", flat=True))


def test_a_file_is_shown_before_anybody_is_added(olga: Client, cup: Tournament) -> None:
    data = "Apellidos;Nombre;Elo;Nota\nMuñoz;Ana;1800;x\n=1+1;Ed;;\n".encode("cp1252")
    shown = upload(olga, cup, data)
    page = shown.content.decode()
    assert shown.status_code == 200 and who(cup) == ["Ann", "Bob"]
    for said in (
        "Nobody is added yet.",
        "It was read as Windows-1252 (Western European), a best guess.",
        "Columns that are not used: &#x27;Nota&#x27;.",
        "Apellidos as surname; Nombre as first name; Elo as rating.",
        "Ana Muñoz",
    ):
        assert said in page
    csv = shown.context["csv"]
    done = olga.post(reverse("tournament-manage-import", args=[cup.pk]), {"csv": csv}, follow=True)
    assert "Added 2." in done.content.decode()
    assert who(cup) == ["Ann", "Bob", "Ana Muñoz", "Ed =1+1"]


def test_another_encoding_may_be_chosen(olga: Client, cup: Tournament) -> None:
    data = "Νίκος;1500\n".encode("cp1253")
    page = upload(olga, cup, data, encoding="cp1253").content.decode()
    assert "Νίκος" in page and "Read as Windows-1253 (Greek)." in page


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"Ann\n", "already on the list"), (b"A,x\n", "Line 1, rating"), (b"", "empty")],
)
def test_a_file_that_cannot_be_added_says_why(
    olga: Client, cup: Tournament, data: bytes, said: str
) -> None:
    response = upload(olga, cup, data)
    assert response.status_code == 400 and said in response.content.decode()
    assert who(cup) == ["Ann", "Bob"]


def test_the_list_of_another_organiser_is_not_for_a_stranger(cup: Tournament) -> None:
    assert upload(Client(), cup, b"Zoe\n").status_code == 302
    Client().post(reverse("tournament-manage-import", args=[cup.pk]), {"csv": "name\nZoe\n"})
    assert who(cup) == ["Ann", "Bob"]


def test_a_pasted_table_is_shown_first_and_pasted_lines_are_added(
    olga: Client, cup: Tournament
) -> None:
    manage = reverse("tournament-manage", args=[cup.pk])
    shown = olga.post(manage, {"lines": "Nombre\tElo\nAna\t1800\n"})
    assert "Nobody is added yet." in shown.content.decode() and who(cup) == ["Ann", "Bob"]
    olga.post(manage, {"lines": "Cem, 1700\nDan"})
    assert who(cup) == ["Ann", "Bob", "Cem", "Dan"]


def test_pasted_teams_come_with_their_rosters(olga: Client, cup: Tournament) -> None:
    Tournament.objects.update(team_size=2)
    olga.post(reverse("tournament-manage", args=[cup.pk]), {"lines": "Best,Timon,Jessie\nRest"})
    best = cup.entrants.get(name="Best")
    assert [member.name for member in best.members.all()] == ["Timon", "Jessie"]
    assert who(cup) == ["Ann", "Bob", "Best", "Rest"]


def test_a_new_tournament_takes_a_pasted_table_but_no_rosters(olga: Client) -> None:
    form = {"name": "Open", "format": "single_elimination", "best_of": 1, "seeding": "given"}
    olga.post("/tournaments/new", form | {"players": "Nom;Elo\nZoé;1900\nLéa;1800", "draft": "1"})
    assert who(Tournament.objects.get(name="Open")) == ["Zoé", "Léa"]
    teams = {"players": "Team;Member 1\nBest;Timon\nRest;Ann"}
    assert "This is a list of teams" in olga.post("/tournaments/new", form | teams).content.decode()
