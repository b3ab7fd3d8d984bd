"""How tables stand: tie-breaks out of rows, shared places, cross-tables and rounds as shown."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tournaments.display.standings import resting, view_cross_table, view_standings
from tournaments.engine import tests as engine_tests
from tournaments.engine.standings import TieBreak
from tournaments.models import ByeKind, Format, Stage, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.byes_and_late_entries import ask_bye
from tournaments.services.progress.results import by_double_forfeit, by_forfeit, by_score
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.services.setup.creation import create_tournament
from tournaments.services.transfer.imports import import_trf
from tournaments.storage.tables import (
    bracket_places,
    group_history,
    group_standings,
    read_table,
    settle_places,
    tie_breaks_of,
)

from .table_builders import (
    BLACK_WINS,
    DRAW,
    WHITE_WINS,
    enter,
    group_of,
    names,
    open_pairings,
    pair,
    play,
    round_robin,
    swiss,
)

pytestmark = pytest.mark.django_db

HELD = Path(engine_tests.__file__).parent / "data" / "tiebreaks"
PUBLISHED: dict[str, Any] = json.loads((HELD / "expected.json").read_text())
OURS = {
    "BH": TieBreak.BUCHHOLZ,
    "BH/C1": TieBreak.BUCHHOLZ_CUT_1,
    "FB": TieBreak.FORE_BUCHHOLZ,
    "SB": TieBreak.SONNEBORN_BERGER,
    "SB/C1": TieBreak.SONNEBORN_BERGER_CUT_1,
    "ARO": TieBreak.AVERAGE_RATING_OF_OPPONENTS,
    "TPR": TieBreak.PERFORMANCE_RATING,
    "WIN": TieBreak.WINS,
    "WON": TieBreak.WINS_OVER_THE_BOARD,
    "BPG": TieBreak.BLACKS,
    "BWG": TieBreak.WINS_WITH_BLACK,
    "PS": TieBreak.PROGRESSIVE,
    "PS/C1": TieBreak.PROGRESSIVE_CUT_1,
    "KS": TieBreak.KOYA,
}


def test_held_s_published_tie_breaks_come_out_of_the_rows() -> None:
    tournament = import_trf(data=(HELD / "held_swiss_5.trf").read_bytes()).tournament
    asked = list(PUBLISHED["swiss_5"])
    Stage.objects.update(tie_breaks=[OURS[name].name for name in asked])
    rows = group_standings(group_of(tournament))
    for place, name in enumerate(asked, start=1):
        changes = PUBLISHED["swiss_5_changes_from_2026_03_01"].get(name, {})
        expected = PUBLISHED["swiss_5"][name] | changes
        found = {str(row.contender.seed): row.values[place].amount for row in rows}
        assert found == {player: Fraction(value) for player, value in expected.items()}, name


def standing(tournament: Tournament) -> list[tuple[str, str, str]]:
    return [
        (one.places, one.contender.entrant.name, str(one.points))
        for one in group_standings(group_of(tournament))
    ]


def test_points_are_those_of_the_stage() -> None:
    plan = StageSettings(
        Format.ROUND_ROBIN, draws=True, points_win=Decimal(3), points_draw=Decimal(1)
    )
    tournament = create_tournament(name="L", players=names(3), stages=[plan]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    play(tournament, [DRAW, WHITE_WINS, BLACK_WINS])
    assert [points for _, _, points in standing(tournament)] == ["6", "1", "1"]


def test_who_is_tied_after_all_tie_breaks_shares_the_place() -> None:
    tournament = round_robin(4)
    play(tournament, [DRAW])
    assert [place for place, _, _ in standing(tournament)] == ["1–4"] * 4
    group = group_of(tournament)
    assert set(group.contenders.values_list("first", "last")) == {(1, 4)}
    assert [one.seed for one in settle_places(stage=group.stage)[0]] == [1, 2, 3, 4]


def test_what_decides_when_the_stage_names_nothing() -> None:
    league, cup = Stage(format=Format.ROUND_ROBIN), Stage(format=Format.SWISS, best_of=3)
    assert tie_breaks_of(league)[:2] == (TieBreak.POINTS, TieBreak.DIRECT_ENCOUNTER)
    assert TieBreak.GAME_DIFFERENCE in tie_breaks_of(cup)
    named = Stage(format=Format.SWISS, tie_breaks=["WINS", "POINTS"])
    assert tie_breaks_of(named) == (TieBreak.POINTS, TieBreak.WINS)


def test_games_count_in_matches_of_several() -> None:
    tournament = round_robin(3, best_of=3)
    play(tournament, [by_score([2, 1]), by_score([2, 0])])
    matches = [match for one in group_history(group_of(tournament)).rounds for match in one.matches]
    assert {match.games for match in matches} == {(2, 1), (2, 0)}
    assert "GAME_DIFFERENCE" in [one.name for one in tie_breaks_of(group_of(tournament).stage)]


def test_a_rest_in_a_round_robin_is_worth_nothing() -> None:
    tournament = round_robin(3)
    assert [points for _, _, points in standing(tournament)] == ["0", "0", "0"]
    table = read_table(group_of(tournament))
    assert [one.words for one in resting(table, 1)] == ["rests"]


def test_forfeits_and_byes_are_not_played() -> None:
    tournament = swiss(5, 3)
    one, two = open_pairings(tournament)
    enter(tournament, one, by_forfeit(0))
    enter(tournament, two, by_double_forfeit())
    record = {
        row.contender.entrant.name: (str(row.points), row.played, row.by_forfeit)
        for row in group_standings(group_of(tournament))
    }
    assert record["P5"] == ("1", 0, "")  # the bye
    assert sorted(record.values())[-1] == ("1", 0, "+1")
    assert sorted(record.values())[:3] == [("0", 0, "\u22121")] * 3


def test_the_standings_after_an_earlier_round() -> None:
    tournament = swiss(4, 2)
    play(tournament)
    pair(tournament)
    before = [row.points.amount for row in group_standings(group_of(tournament))]
    play(tournament)
    after_one = group_standings(group_of(tournament), after_round=1)
    assert [row.points.amount for row in after_one] == before
    assert sum(row.points.amount for row in group_standings(group_of(tournament))) == 4


@pytest.mark.parametrize("count", [8, 24])
def test_reading_a_table_costs_the_same_however_large_it_is(count: int) -> None:
    group = group_of(round_robin(count))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        group_standings(group)
    assert len(queries) == 4


def test_places_in_a_bracket_are_settled_as_players_go_out() -> None:
    tournament = create_tournament(name="Cup", players=names(4)).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    enter(tournament, open_pairings(tournament)[0], WHITE_WINS)
    group = group_of(tournament)
    placings = {one.contender.entrant.name: one for one in bracket_places(group)}
    assert placings["P4"].places == "3–4" and not placings["P1"].settled
    while open_pairings(tournament):
        play(tournament, [WHITE_WINS])
    placings = {one.contender.entrant.name: one for one in bracket_places(group)}
    assert [one.places for one in placings.values()] == ["1", "2", "3–4", "3–4"]
    assert all(one.settled for one in placings.values())


def test_every_value_is_shown_with_the_words_that_reproduce_it() -> None:
    tournament = swiss(4, 2)
    play(tournament)
    view = view_standings(read_table(group_of(tournament)))
    first = view.rows[0]
    assert str(first.standing.points) == "1"
    assert first.standing.points.words == "1 (round 1, win against P3) = 1"
    assert [one.title for one in view.headings][:3] == ["Points", "Buchholz cut 1", "Buchholz"]
    assert len(first.standing.values) == len(view.headings)
    assert not view.is_final
    assert (first.sheet[0].text, first.sheet[0].words) == ("3w1", "win with White against P3: 1")


def test_a_cross_table_shows_every_meeting_from_both_sides() -> None:
    tournament = round_robin(3, legs=2)
    play(tournament, [WHITE_WINS, DRAW])
    view = view_cross_table(read_table(group_of(tournament)))
    assert [row.contender.entrant.name for row in view] == ["P1", "P2", "P3"]
    for line, row in enumerate(view):
        assert row.cells[line][0].kind == "self"
        for column, cells in enumerate(row.cells):
            if line != column:
                mirrored = view[column].cells[line]
                assert len(cells) == 2
                assert [{"1": "0", "0": "1", "=": "="}[cell.text] for cell in cells] == [
                    cell.text for cell in mirrored
                ]
                assert [cell.words[:7] for cell in cells] == [cell.words[:7] for cell in mirrored]


def test_a_round_shows_entrants_without_an_opponent_and_why() -> None:
    tournament = swiss(7, 4)
    play(tournament, [WHITE_WINS, DRAW, BLACK_WINS])
    asked, left = tournament.entrants.get(name="P1"), tournament.entrants.get(name="P3")
    ask_bye(
        tournament_id=tournament.pk, entrant_id=asked.pk, kind=ByeKind.HALF_POINT, actor=ORGANISER
    )
    withdraw_entrant(tournament_id=tournament.pk, entrant_id=left.pk, actor=ORGANISER)
    pair(tournament)
    table = read_table(group_of(tournament))
    words = {one.entrant.name: one.words for one in resting(table, 2)}
    assert (words["P1"], words["P3"]) == ("half-point bye", "has left")
    assert len(words) == 3 and "has the bye" in words.values()
    rows = {row.entrant.name: row for row in view_standings(table).rows}
    assert not rows["P3"].entrant.takes_part
    assert rows["P1"].sheet[1].text == "half-point bye"


def test_the_points_of_games_decide_where_the_stage_says_so() -> None:
    plan = StageSettings(
        Format.ROUND_ROBIN, best_of=3, tie_breaks=("POINT_DIFFERENCE", "POINTS_SCORED")
    )
    tournament = create_tournament(name="L", players=names(3), stages=[plan]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    lost_by = {("P1", "P2"): 2, ("P2", "P3"): 9, ("P3", "P1"): 9}
    for row in open_pairings(tournament):
        top, bottom = str(row.top), str(row.bottom)
        game = (
            (lost_by[bottom, top], 11) if (bottom, top) in lost_by else (11, lost_by[top, bottom])
        )
        enter(tournament, row, by_score(None, games=[game, game]))
    rows = group_standings(group_of(tournament))
    values = [(row.contender.entrant.name, *map(str, row.values)) for row in rows]
    assert values == [("P1", "1", "14", "40"), ("P3", "1", "0", "40"), ("P2", "1", "-14", "26")]
