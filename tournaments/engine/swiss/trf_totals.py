"""The points of a result, computed from the players' totals in a TRF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from tournaments.engine.history import History, PointSystem, score, score_sheets

TOTAL = re.compile(r" *(\d{1,3}(?:[.,]\d)?) *", re.ASCII)
#: Win, draw and loss, in the order in which they are tried.
USUAL = (
    (Fraction(1), Fraction(1, 2), Fraction(0)),
    (Fraction(3), Fraction(1), Fraction(0)),
    (Fraction(2), Fraction(1), Fraction(0)),
)


def parse_total(text: str) -> Fraction | None:
    """The points written in a player's line, None if there are none that can be read."""
    found = TOTAL.fullmatch(text)
    return Fraction(found[1].replace(",", ".")) if found else None


def points_by_totals(history: History, totals: Mapping[int, Fraction | None]) -> PointSystem:
    """The points of a result in a file without them, by the totals of its players.

    The usual system unless another makes up every total and that one does not: a file that was
    cut after a round keeps the totals of the end, and no system makes up those.
    """
    for win, draw, loss in USUAL:
        for bye in (win, draw, loss):
            points = PointSystem.of(win, draw, loss, bye)
            sheets = score_sheets(replace(history, points=points))
            if all(score(lines) == totals[player] for player, lines in sheets.items()):
                return points
    return history.points
