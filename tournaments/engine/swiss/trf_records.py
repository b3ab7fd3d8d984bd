"""The records of a TRF other than the players': rounds, colours, scores, byes, absences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

from tournaments.engine.history import ByeKind, Colour, PointSystem
from tournaments.engine.swiss.trf_cells import BYES, TrfError

# What a score is for, by the codes of record 162 and of XXS.
SCORE_FIELDS = {
    "W": ("win",),
    "WW": ("win",),
    "BW": ("win",),
    "FW": ("win",),
    "FPB": ("win",),
    "D": ("draw", "half_point_bye"),
    "WD": ("draw",),
    "BD": ("draw",),
    "HPB": ("half_point_bye",),
    "L": ("loss",),
    "WL": ("loss",),
    "BL": ("loss",),
    "A": ("absent",),
    "ZPB": ("absent",),
    "FL": ("absent",),
    "P": ("pairing_bye",),
    "PAB": ("pairing_bye",),
}
BB_CODES = {"BBW": "W", "BBD": "D", "BBL": "L", "BBZ": "ZPB", "BBF": "FL", "BBU": "PAB"}
ACCELERATIONS = frozenset({"XXA", "250"})
SCORE = re.compile(r"([A-Z]+)\s*=?\s*(\d+(?:\.\d*)?|\.\d+)")
MOST_POINTS = 1000


@dataclass
class Records:
    """The records read so far."""

    round_count: int = 0
    first_colour: Colour | None = None
    points: PointSystem = field(default_factory=PointSystem)
    absent: set[int] = field(default_factory=set)
    _byes: dict[int, dict[int, ByeKind]] = field(default_factory=dict)
    _prohibitions: list[tuple[int, int, frozenset[int]]] = field(default_factory=list)
    _mentions: list[tuple[int, int]] = field(default_factory=list)

    def read(self, code: str, rest: str, line: int) -> None:
        """One record; those that do not matter to the pairing are passed over."""
        match code:
            case "XXR" | "142":
                self.round_count = _whole(rest, line)
            case "XXC" | "152":
                self._read_colour(code, rest, line)
            case "XXZ":
                self.absent.update(self._players(rest, line))
            case "XXP":
                self._prohibitions.append((0, 0, frozenset(self._players(rest, line))))
            case "260":
                self._read_prohibition(rest, line)
            case "240":
                self._read_byes(rest, line)
            case "162" | "XXS":
                self._read_scores(SCORE.findall(rest.upper()), line)
            case _ if code in BB_CODES:
                self._read_scores([(BB_CODES[code], rest.strip())], line)
            case _ if code in ACCELERATIONS:
                raise TrfError(f"Line {line}: accelerated pairings are not supported.")

    def byes_in(self, round_number: int) -> dict[int, ByeKind]:
        """The byes of a round that have a record of their own."""
        return self._byes.get(round_number, {})

    def forbidden(self, round_number: int) -> set[frozenset[int]]:
        """The pairs that must not meet in a round."""
        return {
            frozenset(pair)
            for first, last, players in self._prohibitions
            if not first or first <= round_number <= last
            for pair in combinations(players, 2)
        }

    def check_players(self, known: Collection[int]) -> None:
        """TrfError if a record speaks of somebody who has no player's line."""
        for line, player in self._mentions:
            if player not in known:
                raise TrfError(f"Line {line}: there is no player {player}.")

    def _players(self, text: str, line: int) -> list[int]:
        players = [_whole(one, line) for one in text.replace(",", " ").split()]
        self._mentions += [(line, player) for player in players]
        return players

    def _read_colour(self, code: str, rest: str, line: int) -> None:
        """The colour of the first pairing number: W or B, `white1` or `black1`."""
        words = rest.lower().split()
        for colour, names in ((Colour.WHITE, ("w", "white1")), (Colour.BLACK, ("b", "black1"))):
            if any(name in words for name in names):
                self.first_colour = colour
                return
        if code == "152":
            raise TrfError(f"Line {line}: the first colour is neither W nor B.")

    def _read_prohibition(self, rest: str, line: int) -> None:
        """From a round to a round (or in that one only), those named must not meet."""
        first = _whole(rest[:3], line)
        last = _whole(rest[4:7], line) if rest[4:7].strip() else first
        self._prohibitions.append((first, last, frozenset(self._players(rest[8:], line))))

    def _read_byes(self, rest: str, line: int) -> None:
        """F or H, the round, and those who have that bye."""
        kind = rest[:1].strip().upper()
        if kind not in ("", "F", "H", "Z"):
            raise TrfError(f"Line {line}: {kind!r} is no bye.")
        byes = self._byes.setdefault(_whole(rest[2:5], line), {})
        byes |= dict.fromkeys(self._players(rest[6:], line), BYES[kind])

    def _read_scores(self, scores: Iterable[tuple[str, str]], line: int) -> None:
        for code, text in scores:
            worth = _points(text, line)
            changes = dict.fromkeys(SCORE_FIELDS.get(code, ()), worth)
            self.points = replace(self.points, **changes)


def _whole(text: str, line: int) -> int:
    text = text.strip()
    if not text.isdecimal() or len(text) > 4:
        raise TrfError(f"Line {line}: {text[:20]!r} should be a number.")
    return int(text)


def _points(text: str, line: int) -> Fraction:
    try:
        worth = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise TrfError(f"Line {line}: {text[:20]!r} should be points.") from None
    if not 0 <= worth <= MOST_POINTS:
        raise TrfError(f"Line {line}: {text[:20]!r} points cannot be.")
    return worth
