"""Tables on the pages: rounds, standings that can be added up, who beat whom."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.models import Outcome
from tournaments.engine.swiss import (
    DutchEngine,
    PairingTask,
    RoundReasons,
    SwissPairing,
    reasons_for,
)
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import ByeKind, Format, Pairing, Round, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress import swiss_rounds
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late
from tournaments.services.progress.pairing_by_hand import pair_by_hand
from tournaments.services.progress.results import by_double_forfeit, by_forfeit, by_score
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.storage.swiss_reasons import round_reasons
from tournaments.storage.tables import read_table

from .builders import first_wins, report, started
from .table_builders import group_of, pair, play, play_by_chance, swiss

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


@pytest.fixture
def paired_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds are paired in this process: the test's transaction stays open."""
    monkeypatch.setattr(swiss_rounds, "pair_apart", lambda task, seconds: DutchEngine().pair(task))


def reasons(html: str) -> str:
    """What stands under "Why these pairs?", as text."""
    found = re.search(r'<details class="how reasons".*?</details>', html, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split())


@pytest.mark.usefixtures("paired_here")
def test_a_swiss_round_says_why_its_pairs_were_made() -> None:
    tournament = swiss(5, 3)
    play(tournament)  # P1 and P4 win, P5 has the bye
    pair(tournament)
    said = reasons(show(tournament))
    assert "Both have 1 point (1.3)" in said and "P2 has had no" not in said
    assert "floats down" in said and "(1.4)" in said and "White for" in said
    assert "The bye" in said and "Not again for" not in said
    assert "Pairs of different scores: 1 (C6)" in said
    first = reasons(show(tournament, "?round=1"))
    assert "Both have 0 points (1.3)" in first and "pairing number of the higher ranked" in first
    assert "P5 has the bye" in first and "Nothing had to be given up" in first


@pytest.mark.usefixtures("paired_here")
def test_who_left_later_is_still_in_the_reasons_of_the_rounds_before() -> None:
    tournament = swiss(4, 3)
    before = reasons(show(tournament))
    one = tournament.entrants.get(name="P1")
    withdraw_entrant(tournament_id=tournament.pk, entrant_id=one.pk, actor=ORGANISER)
    assert reasons(show(tournament, "?round=1")) == before and "P1 – P3" in before


def test_a_round_paired_by_hand_or_after_an_open_match_has_no_reasons() -> None:
    tournament = swiss(4, 3)
    play(tournament)
    met = [(row.top_id, row.bottom_id) for row in Pairing.objects.all()]
    pairs = [(met[0][0], met[1][0]), (met[0][1], met[1][1])]
    pair_by_hand(tournament_id=tournament.pk, pairs=pairs, actor=ORGANISER)  # type: ignore[arg-type]
    said = reasons(show(tournament))
    assert said.endswith("there are no reasons by it. Paired by hand.")
    assert "Both have" in reasons(show(tournament, "?round=1"))


def test_the_reasons_of_a_long_table_are_a_link_away() -> None:
    tournament = started(70, StageSettings(Format.SWISS, rounds_planned=3))
    html = show(tournament)
    assert 'href="?stage=1&group=1&round=1&reasons#reasons">Why these pairs?' in html
    assert "Both have" not in html
    asked = show(tournament, "?stage=1&group=1&round=1&reasons")
    assert "Both have 0 points" in reasons(asked) and 'id="reasons" open' in asked


def test_the_reasons_are_of_the_very_task_that_was_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byes, late entries and withdrawals that came later change nothing about a round."""
    asked: list[RoundReasons] = []

    def pair_here(task: PairingTask, *, seconds: float) -> SwissPairing:
        pairing = DutchEngine().pair(task)
        asked.append(reasons_for(task, pairing))
        return pairing

    monkeypatch.setattr(swiss_rounds, "pair_apart", pair_here)
    tournament = swiss(9, 5)
    who: dict[str, Any] = {"tournament_id": tournament.pk, "actor": ORGANISER}
    rng, entrants = Random(3), {one.name: one for one in tournament.entrants.all()}
    for name in ("P2", "P5", "P7"):
        play_by_chance(tournament, rng)
        ask_bye(**who, entrant_id=entrants[name].pk, kind=ByeKind.HALF_POINT)
        pair(tournament)
        withdraw_entrant(**who, entrant_id=entrants[f"P{len(asked)}"].pk)
        enter_late(**who, entrant=NewEntrant(f"Late {name}"))
    table = read_table(group_of(tournament))
    assert len(asked) == 4
    assert [round_reasons(table, round_) for round_ in table.rounds] == asked
