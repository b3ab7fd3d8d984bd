"""Tie-breaks against the published answers of Mario Held's exercises (FIDE C.07)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from tournaments.engine.history import History
from tournaments.engine.standings import Row, System, TieBreak, standings
from tournaments.engine.swiss.trf import read_trf

from .builders import DATA

EXPECTED: dict[str, Any] = json.loads((DATA / "tiebreaks" / "expected.json").read_text())
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


def held(name: str) -> History:
    return read_trf((DATA / "tiebreaks" / f"held_{name}.trf").read_text()).history


def values(rows: tuple[Row, ...]) -> dict[str, Fraction]:
    """The last value asked for, by start number."""
    return {str(row.player): row.values[-1].amount for row in rows}


def fractions(published: dict[str, str]) -> dict[str, Fraction]:
    return {player: Fraction(value) for player, value in published.items()}


@pytest.mark.parametrize("name", EXPECTED["swiss_5"])
def test_swiss_under_the_edition_of_2026(name: str) -> None:
    rows = standings(held("swiss_5"), [OURS[name]])
    changes = EXPECTED["swiss_5_changes_from_2026_03_01"].get(name, {})
    assert values(rows) == fractions(EXPECTED["swiss_5"][name] | changes)


@pytest.mark.parametrize("name", EXPECTED["round_robin_6"])
def test_round_robin(name: str) -> None:
    rows = standings(held("round_robin"), [OURS[name]], system=System.ROUND_ROBIN)
    assert values(rows) == fractions(EXPECTED["round_robin_6"][name])


@pytest.mark.parametrize(
    ("name", "system", "published"),
    [
        ("swiss_9", System.SWISS, "direct_encounter_rank_swiss_9"),
        ("round_robin", System.ROUND_ROBIN, "direct_encounter_rank_round_robin_6"),
    ],
)
def test_direct_encounter(name: str, system: System, published: str) -> None:
    rows = standings(held(name), [TieBreak.POINTS, TieBreak.DIRECT_ENCOUNTER], system=system)
    assert {str(row.player): row.rank for row in rows} == EXPECTED[published]
