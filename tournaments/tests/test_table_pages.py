"""Tables on the pages: rounds, standings that can be added up, who beat whom."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.models import Outcome
from tournaments.models import Format, Round, StageSettings, Tournament
from tournaments.services.progress.results import by_double_forfeit, by_forfeit, by_score

from .builders import first_wins, report, started

pytestmark = pytest.mark.django_db

TABLE = StageSettings(Format.ROUND_ROBIN, draws=True)
FOUR = ("Ann", "Bob", "Cem", "Dan")


def show(tournament: Tournament, query: str = "") -> str:
    response = Client().get(reverse("tournament", args=[tournament.pk]) + query)
    assert response.status_code == 200
    return unescape(str(response.content, "utf-8"))


def cells(html: str, table: str) -> list[list[str]]:
    """The body of a table, as text."""
    body = re.search(rf'<table class="{table}">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr.*?</tr>", body.group(1), re.DOTALL)
    return [
        [
            re.sub(r"<p>.*?</p>|<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_standings_show_places_points_and_records() -> None:
    tournament = started(FOUR, TABLE)
    first_wins(tournament, "R1.1")  # Ann beats Dan
    html = show(tournament)
    lines = cells(html, "standings")
    assert lines[0][:3] == ["1", "Ann", "1"] and lines[-1][1] == "Dan"
    assert "1 0 0" in lines[0] and "0 0 1" in lines[-1]
    assert "1 of 6 played" in html and "Standings so far" in html


def test_ties_are_shown_as_ties_and_values_with_their_words() -> None:
    tournament = started(FOUR, TABLE)
    for key in ("R1.1", "R1.2"):
        report(tournament, key, by_score((0, 0)))
    html = show(tournament)
    assert {line[0] for line in cells(html, "standings")} == {"1–4"}
    assert re.search(r'<details class="value"><summary>0.5</summary><p>[^<]*Dan', html)


def test_a_draw_of_one_game_is_half_a_point_each_wherever_it_stands() -> None:
    tournament = started(FOUR, TABLE)
    match = report(tournament, "R1.1", by_score((0, 0))).match
    assert match is not None
    scores = re.findall(r'class="score">(.*?)<', show(tournament, "?round=1"))
    assert scores[:2] == ["½", "½"]
    address = reverse("tournament-screen", args=[tournament.pk])
    assert '<span class="slide-score">½:½</span>' in Client().get(address).content.decode()
    address = reverse("tournament-match", args=[tournament.pk, match.pk])
    assert "Drawn, ½:½." in Client().get(address).content.decode()
    assert str(tournament.actions.first()) == "Ann and Dan drew (Round 1)"


def test_the_cross_table_is_seen_from_both_sides() -> None:
    tournament = started(FOUR, TABLE)
    first_wins(tournament, "R1.1")
    report(tournament, "R1.2", by_forfeit(1))
    rows = {row[1]: row[2:] for row in cells(show(tournament), "cross")}
    assert rows["Ann"] == ["", "", "", "1"] and rows["Dan"] == ["0", "", "", ""]
    assert {rows["Bob"][2], rows["Cem"][1]} == {"+", "-"}


def test_a_round_is_chosen_by_a_plain_address() -> None:
    tournament = started(FOUR, TABLE)
    first_wins(tournament, "R1.1", "R1.2", "R2.1")
    assert 'aria-current="true">Round 2' in show(tournament)  # where something is open
    html = show(tournament, "?round=1")
    assert 'id="R1.1"' in html and 'id="R2.1"' not in html
    assert "Standings after round 1" in html


def test_a_round_that_is_not_published_stays_hidden() -> None:
    tournament = started(FOUR, TABLE)
    Round.objects.filter(number=3).update(published_at=None)
    html = show(tournament, "?round=3")
    assert "Round 2" in html and "Round 3" not in html and 'id="R3.1"' not in html


def test_who_rests_is_reported() -> None:
    assert re.search(r"<bdi>\w+</bdi> <span>rests", show(started(FOUR[:3], TABLE)))


def test_a_swiss_shows_each_round_in_the_lines() -> None:
    tournament = started(FOUR, StageSettings(Format.SWISS, rounds_planned=3))
    first_wins(tournament, "R1.1")
    html = show(tournament)
    assert any("w1" in cell for line in cells(html, "standings") for cell in line)
    assert 'class="cross"' not in html


def test_a_long_table_explains_one_line_at_a_time() -> None:
    tournament = started(70, StageSettings(Format.SWISS, rounds_planned=3))
    html = show(tournament)
    assert 'class="value"' not in html
    explained = show(tournament, "?stage=1&group=1&why=3")
    assert "<bdi>P3</bdi>: place" in explained


def test_names_are_text_everywhere() -> None:
    tournament = started(("<b>Ann</b>", "Bob"), TABLE)
    raw = Client().get(reverse("tournament", args=[tournament.pk])).content
    assert b"<b>Ann" not in raw


@pytest.mark.parametrize("plan", [TABLE, StageSettings(Format.SWISS, rounds_planned=3)])
def test_a_large_table_costs_no_more_queries(
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]], plan: StageSettings
) -> None:
    for players in (4, 30):
        tournament = started(players, plan)
        with django_assert_max_num_queries(9):
            show(tournament)


def test_a_double_forfeit_is_a_loss_for_both() -> None:
    tournament = started(FOUR, TABLE)
    first_wins(tournament, "R1.2")
    row = report(tournament, "R1.1", by_double_forfeit())
    assert row.match is not None and row.match.outcome == Outcome.DOUBLE_FORFEIT
    rows = {row[1]: row[2:] for row in cells(show(tournament), "cross")}
    assert rows["Ann"][3] == rows["Dan"][0] == "-"


def test_a_cross_table_shows_the_points_of_single_games() -> None:
    tournament = started(FOUR, TABLE)
    report(tournament, "R1.1", by_score((16, 9)))
    html = show(tournament)
    assert "16:9" in html and "9:16" in html
