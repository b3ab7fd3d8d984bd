"""Standings: order, ties, every tie-break by hand, and a second opinion from another program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from time import process_time
from typing import Any

import pytest
from gacrux.tiebreak import tiebreak
from hypothesis import given, settings
from hypothesis import strategies as st

from tournaments.engine.errors import EngineError
from tournaments.engine.history import (
    Bye,
    ByeKind,
    History,
    Player,
    PointSystem,
    Round,
    score_sheets,
)
from tournaments.engine.round_robin import berger_table
from tournaments.engine.standings import Row, System, TieBreak, shown, standings
from tournaments.engine.standings.table import VALUE_OF
from tournaments.engine.swiss import PairingTask

from .gacrux_reference import chess_json
from .tournaments import (
    both_forfeited,
    by_chance,
    drawn,
    forfeited,
    history,
    lost,
    match_by_chance,
    played,
    won,
)

POINTS, DE = TieBreak.POINTS, TieBreak.DIRECT_ENCOUNTER
BUCHHOLZ, CUT_1 = TieBreak.BUCHHOLZ, TieBreak.BUCHHOLZ_CUT_1


def ranks(rows: Sequence[Row]) -> dict[int, int]:
    return {row.player: row.rank for row in rows}


def amounts(found: History, tie_break: TieBreak, **rules: Any) -> dict[int, Fraction]:
    return {row.player: row.values[0].amount for row in standings(found, [tie_break], **rules)}


def words(found: History, tie_break: TieBreak, player: int, **rules: Any) -> str:
    rows = standings(found, [tie_break], **rules)
    return next(row.values[0].words for row in rows if row.player == player)


CLUB = history(
    "Ann Bob Cid Dan",
    played(won(1, 2), won(3, 4)),
    played(won(1, 3), lost(2, 4)),
)


def test_the_most_points_come_first_and_ties_are_shown_as_ties() -> None:
    rows = standings(CLUB, [POINTS])
    assert [(row.player, row.rank, row.shared_by) for row in rows] == [
        (1, 1, 1),
        (3, 2, 2),
        (4, 2, 2),
        (2, 4, 1),
    ]


def test_without_criteria_all_are_tied() -> None:
    assert {row.rank for row in standings(CLUB, [])} == {1}
    assert standings(history(""), [POINTS]) == ()


def test_a_tie_break_only_parts_those_who_are_tied() -> None:
    rows = standings(CLUB, [POINTS, TieBreak.BLACKS])
    assert [row.player for row in rows] == [1, 4, 3, 2]
    assert [row.rank for row in rows] == [1, 2, 3, 4]


def test_direct_encounter_between_two() -> None:
    rows = standings(CLUB, [POINTS, DE])
    assert ranks(rows) == {1: 1, 3: 2, 4: 3, 2: 4}
    assert rows[1].values[1].words == "1 (Dan) = 1; place 1 of the 2 tied"


def test_direct_encounter_cannot_part_a_ring() -> None:
    ring = history("Ann Bob Cid", played(won(1, 2)), played(won(2, 3)), played(won(3, 1)))
    rows = standings(ring, [POINTS, DE], system=System.ROUND_ROBIN)
    assert set(ranks(rows).values()) == {1}
    assert "place 1 shared by 3 of the 3 tied" in rows[0].values[1].words


def test_direct_encounter_when_not_all_have_met() -> None:
    """Ann beat both; whatever the missing match brings, she stays ahead (C.07 6.3)."""
    found = history("Ann Bob Cid", played(won(1, 2)), played(won(1, 3)))
    assert ranks(standings(found, [DE])) == {1: 1, 2: 2, 3: 2}
    one_match = history("Ann Bob Cid", played(won(1, 2)))
    assert ranks(standings(one_match, [DE])) == {1: 1, 2: 1, 3: 1}


def test_two_who_met_twice_count_the_average() -> None:
    found = history("Ann Bob", played(won(1, 2)), played(drawn(2, 1)))
    rows = standings(found, [DE], system=System.ROUND_ROBIN)
    assert rows[0].values[0].amount == Fraction(3, 4)


def test_a_forfeit_is_an_encounter_in_a_round_robin_only() -> None:
    found = history("Ann Bob", played(forfeited(2, 1)))
    assert ranks(standings(found, [DE], system=System.ROUND_ROBIN)) == {2: 1, 1: 2}
    assert ranks(standings(found, [DE])) == {1: 1, 2: 1}


def test_point_difference_and_points_scored() -> None:
    points = replace(won(1, 2, games=(2, 1)), game_points=(29, 25))
    found = history("Ann Bob", played(points), played(forfeited(2, 1)))
    assert amounts(found, TieBreak.POINT_DIFFERENCE) == {1: 4, 2: -4}
    assert amounts(found, TieBreak.POINTS_SCORED) == {1: 29, 2: 25}
    assert "29:25 against Bob" in words(found, TieBreak.POINT_DIFFERENCE, 1)


def test_game_difference_and_games_won() -> None:
    found = history("Ann Bob", played(won(1, 2, (2, 1))), played(lost(1, 2, (0, 2))))
    assert amounts(found, TieBreak.GAME_DIFFERENCE) == {1: -1, 2: 1}
    assert amounts(found, TieBreak.GAMES_WON) == {1: 2, 2: 3}
    assert "2:1 against Bob" in words(found, TieBreak.GAME_DIFFERENCE, 1)


def test_points_of_another_system() -> None:
    found = history(
        "Ann Bob Cid",
        played(drawn(1, 2), byes={3: ByeKind.PAIRING_ALLOCATED}),
        points=PointSystem.of(3, 1, 0, 2),
    )
    assert amounts(found, POINTS) == {1: 1, 2: 1, 3: 2}
    assert amounts(found, TieBreak.WINS) == {1: 0, 2: 0, 3: 0}


def test_buchholz_in_words() -> None:
    assert words(CLUB, BUCHHOLZ, 1) == "0 (round 1, Bob) + 1 (round 2, Cid) = 1"
    assert words(CLUB, CUT_1, 1) == "1 (round 2, Cid) = 1; left out: 0 (round 1, Bob)"


def test_sonneborn_berger_in_words() -> None:
    assert words(CLUB, TieBreak.SONNEBORN_BERGER, 1) == (
        "0 (round 1, Bob: 0 \N{MULTIPLICATION SIGN} 1) + "
        "1 (round 2, Cid: 1 \N{MULTIPLICATION SIGN} 1) = 1"
    )


def test_the_dummy_of_an_unplayed_round_is_limited_since_2026() -> None:
    """Ann has three points, but her bye counts as half of the three rounds (16.4.2)."""
    found = history(
        "Ann Bob Cid",
        played(won(2, 3), byes={1: ByeKind.PAIRING_ALLOCATED}),
        played(won(1, 2), byes={3: ByeKind.PAIRING_ALLOCATED}),
        played(won(1, 3), byes={2: ByeKind.PAIRING_ALLOCATED}),
    )
    assert amounts(found, BUCHHOLZ)[1] == Fraction(3, 2) + 2 + 1
    assert "own score 3, limited" in words(found, BUCHHOLZ, 1)


def test_byes_asked_for_at_the_end_count_as_draws_to_the_opponents() -> None:
    """Bob goes home after round one: his opponents see a draw a round (16.3.2)."""
    found = history("Ann Bob Cid Dan", played(won(1, 2), won(3, 4)), Round(), Round())
    assert amounts(found, BUCHHOLZ)[1] == 1 + 2 * 1
    back = replace(found, rounds=(*found.rounds, played(drawn(2, 4))))
    assert Fraction(1, 2) in {term.amount for term in rows_terms(back, 1)}


def rows_terms(found: History, player: int) -> tuple[Any, ...]:
    rows = standings(found, [BUCHHOLZ])
    return next(row.values[0].terms for row in rows if row.player == player)


def test_a_round_missed_voluntarily_is_cut_first() -> None:
    found = history(
        "Ann Bob Cid Dan",
        played(won(1, 2), won(3, 4)),
        played(won(4, 3), byes={1: ByeKind.HALF_POINT}),
        played(won(1, 4), won(3, 2)),
    )
    assert "left out: 1.5 (round 2, not played" in words(found, CUT_1, 1)


def test_koya_counts_points_against_those_with_half() -> None:
    ring = history(
        "Ann Bob Cid",
        played(won(1, 2)),
        played(won(1, 3)),
        played(drawn(2, 3)),
    )
    found = amounts(ring, TieBreak.KOYA, system=System.ROUND_ROBIN)
    assert found == {1: 0, 2: 0, 3: 0}
    beaten = replace(ring, rounds=(played(lost(1, 2)), *ring.rounds[1:]))
    assert amounts(beaten, TieBreak.KOYA, system=System.ROUND_ROBIN) == {
        1: 0,
        2: 1,
        3: Fraction(1, 2),
    }


def test_progressive_scores() -> None:
    assert amounts(CLUB, TieBreak.PROGRESSIVE) == {1: 3, 2: 0, 3: 2, 4: 1}
    assert amounts(CLUB, TieBreak.PROGRESSIVE_CUT_1) == {1: 2, 2: 0, 3: 1, 4: 1}


def test_a_round_of_rest_counts_in_the_progressive_score_once_it_is_played() -> None:
    ring = history("Ann Bob Cid", played(won(1, 2)), played(drawn(2, 3)), played(lost(3, 1)))
    assert amounts(ring, TieBreak.PROGRESSIVE, system=System.ROUND_ROBIN) == {
        1: 1 + 1 + 2,
        2: Fraction(1, 2) + Fraction(1, 2),
        3: Fraction(1, 2) + Fraction(1, 2),
    }
    begun = replace(ring, rounds=(ring.rounds[0], *(Round(unfinished=((2, 3),)),) * 2))
    assert amounts(begun, TieBreak.PROGRESSIVE, system=System.ROUND_ROBIN) == {1: 1, 2: 0, 3: 0}


def test_ratings_of_the_unrated_do_not_count() -> None:
    rated = tuple(
        replace(player, rating=rating)
        for player, rating in zip(CLUB.players, (0, 1801, 1800, 0), strict=True)
    )
    found = replace(CLUB, players=rated)
    aro = TieBreak.AVERAGE_RATING_OF_OPPONENTS
    assert amounts(found, aro) == {1: 1801, 2: 0, 3: 0, 4: 1801}
    assert words(found, aro, 1) == "(1801 (Bob) + 1800 (Cid)) ÷ 2 = 1800.5, rounded 1801"
    assert words(found, aro, 2) == "no rated opponents"
    assert amounts(found, TieBreak.PERFORMANCE_RATING)[1] == 1801 + 800


def test_matches_still_being_played_do_not_count() -> None:
    going_on = replace(CLUB, rounds=(*CLUB.rounds, Round(unfinished=((1, 4), (2, 3)))))
    for tie_break in TieBreak:
        if tie_break not in (TieBreak.FORE_BUCHHOLZ, TieBreak.KOYA):
            assert amounts(going_on, tie_break) == amounts(CLUB, tie_break)


def test_fore_buchholz_takes_the_last_round_for_drawn() -> None:
    going_on = replace(CLUB, rounds=(*CLUB.rounds, Round(unfinished=((1, 4), (2, 3)))))
    done = replace(CLUB, rounds=(*CLUB.rounds, played(drawn(1, 4), drawn(2, 3))))
    for found in (going_on, done):
        assert amounts(found, TieBreak.FORE_BUCHHOLZ) == amounts(done, BUCHHOLZ)


def test_a_double_forfeit_gives_neither_a_win() -> None:
    found = history("Ann Bob", played(both_forfeited(1, 2)))
    assert amounts(found, POINTS) == {1: 0, 2: 0}
    assert amounts(found, TieBreak.WINS) == {1: 0, 2: 0}


def test_a_round_of_rest_is_no_round_in_a_round_robin() -> None:
    found = history("Ann Bob Cid", played(won(2, 3)), played(won(1, 2)), played(won(3, 1)))
    assert amounts(found, BUCHHOLZ, system=System.ROUND_ROBIN) == {1: 2, 2: 2, 3: 2}


def test_a_history_that_cannot_be_is_refused() -> None:
    with pytest.raises(EngineError, match="Round 1: there is no player 7"):
        score_sheets(history("Ann Bob", played(won(1, 7))))
    with pytest.raises(EngineError, match="Round 1: player 1 is in it twice"):
        score_sheets(history("Ann Bob Cid", played(won(1, 2), won(1, 3))))
    twice = Round((won(1, 2),), (Bye(2, ByeKind.HALF_POINT),))
    with pytest.raises(EngineError, match="player 2 is in it twice"):
        score_sheets(history("Ann Bob", twice))


def test_numbers_are_shown_as_people_write_them() -> None:
    numbers = (Fraction(3), Fraction(5, 2), Fraction(37, 4), Fraction(1, 3), Fraction(-2))
    assert [shown(number) for number in numbers] == ["3", "2.5", "9.25", "0.33", "-2"]


def test_every_tie_break_is_named_explained_and_computed() -> None:
    assert len({tie_break.title for tie_break in TieBreak}) == len(TieBreak)
    assert all(tie_break.definition.endswith(".") for tie_break in TieBreak)
    assert set(VALUE_OF) == set(TieBreak) - {DE}


@settings(deadline=None, max_examples=25)
@given(
    st.integers(8, 20), st.integers(1, 4), st.integers(0, 10**9), st.permutations(list(TieBreak))
)
def test_standings_are_total_and_words_add_up(
    players: int, rounds: int, seed: int, tie_breaks: list[TieBreak]
) -> None:
    found = by_chance(players, rounds, Random(seed), absence=0.1)
    rows = standings(found, tie_breaks[:4])
    assert sorted(row.player for row in rows) == list(range(1, players + 1))
    for place, row in enumerate(rows, start=1):
        assert row.rank <= place < row.rank + row.shared_by
        for value, tie_break in zip(row.values, tie_breaks, strict=False):
            assert value.words
            if value.terms and tie_break not in RATING_TIE_BREAKS:
                assert value.amount == sum(term.amount for term in value.terms if not term.cut)
    first = tie_breaks[0]
    if first is not DE:
        assert all(a.values[0].amount >= b.values[0].amount for a, b in pairwise(rows))


RATING_TIE_BREAKS = {TieBreak.AVERAGE_RATING_OF_OPPONENTS, TieBreak.PERFORMANCE_RATING}

# What another program calls ours; it is asked for a second opinion.
ELSEWHERE = {
    "WIN": TieBreak.WINS,
    "WON": TieBreak.WINS_OVER_THE_BOARD,
    "BH": BUCHHOLZ,
    "BH/C1": CUT_1,
    "BH/C2": TieBreak.BUCHHOLZ_CUT_2,
    "BH/M1": TieBreak.MEDIAN_BUCHHOLZ,
    "FB": TieBreak.FORE_BUCHHOLZ,
    "SB": TieBreak.SONNEBORN_BERGER,
    "SB/C1": TieBreak.SONNEBORN_BERGER_CUT_1,
    "KS": TieBreak.KOYA,
    "PS": TieBreak.PROGRESSIVE,
    "BPG": TieBreak.BLACKS,
    "BWG": TieBreak.WINS_WITH_BLACK,
    "ARO": TieBreak.AVERAGE_RATING_OF_OPPONENTS,
    "TPR": TieBreak.PERFORMANCE_RATING,
}


def second_opinion(found: History, *names: str, system: System = System.SWISS) -> Any:
    tournament = chess_json(PairingTask(found))
    tournament["numRounds"] = len(found.rounds)
    for competitor, player in zip(tournament["competitors"], found.players, strict=True):
        competitor["rating"] = {"rating": player.rating}
    kind = "swiss" if system is System.SWISS else "pre_determined"
    program = tiebreak(tournament, len(found.rounds), {kind: True, "check": True})
    program.rulesversion = 2  # of 2026
    for position, name in enumerate(names, start=1):
        program.compute_single_tiebreak(program.parse_tiebreak(position, name))
    return program.cmps


@pytest.mark.parametrize("seed", range(8))
def test_another_program_finds_the_same(seed: int) -> None:
    rng = Random(seed)
    absence = rng.choice((0.02, 0.1, 0.3))
    found = by_chance(rng.randrange(12, 30), 5, rng, absence=absence, forfeits=0.1)
    for name, tie_break in ELSEWHERE.items():
        theirs = second_opinion(found, name)
        assert amounts(found, tie_break) == {
            player: Fraction(one["tiebreakScore"][0] or 0) for player, one in theirs.items()
        }
    theirs = second_opinion(found, "PTS", "DE")
    ours = standings(found, [POINTS, DE])
    assert ranks(ours) == {player: one["rank"] for player, one in theirs.items()}


@pytest.mark.parametrize("count", [5, 6, 7, 8])
def test_another_program_finds_the_same_in_a_round_robin(count: int) -> None:
    rng = Random(count)
    rounds = tuple(
        Round(tuple(match_by_chance(pair, rng, 0.15) for pair in one.pairs))
        for one in berger_table(count)
    )
    players = tuple(Player(number, f"P{number}", 2500 - number) for number in range(1, count + 1))
    found = History(players, rounds, PointSystem.of(3, 1, 0, 3), len(rounds))
    for name, tie_break in ELSEWHERE.items():
        theirs = second_opinion(found, name, system=System.ROUND_ROBIN)
        assert amounts(found, tie_break, system=System.ROUND_ROBIN) == {
            player: Fraction(one["tiebreakScore"][0] or 0) for player, one in theirs.items()
        }


def test_a_thousand_players_are_ranked_quickly() -> None:
    found = by_chance(1000, 5, Random(1))
    started = process_time()
    standings(found, [POINTS, DE, CUT_1, BUCHHOLZ, TieBreak.SONNEBORN_BERGER])
    assert process_time() - started < 3
