"""The records of a TRF other than the players': rounds, colours, scores, byes, absences."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tournaments.engine.history import ByeKind, Colour, PointSystem

from .task import VirtualPoints
from .trf_cells import BYES, TrfError
from .trf_report import MOST_ROUNDS, Prohibition

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
    "Z": ("absent",),
    "ZPB": ("absent",),
    "FL": ("absent",),
    "P": ("pairing_bye",),
    "PAB": ("pairing_bye",),
}
BB_CODES = {"BBW": "W", "BBD": "D", "BBL": "L", "BBZ": "ZPB", "BBF": "FL", "BBU": "PAB"}
#: What would change the pairing in a way that is not supported.
UNSUPPORTED = {
    "013": "team tournaments are not supported",
    "310": "team tournaments are not supported",
    "299": "points that are assigned by hand are not supported",
}
POINTS = r"\d{1,4}(?:[.,]\d{0,4})?|[.,]\d{1,4}"
SCORE = re.compile(rf"([A-Z]{{1,3}}) {{0,9}}=? {{0,9}}({POINTS})")
MOST_POINTS = 1000
#: So many pairs can be forbidden: enough for any tournament, and too few to fill the memory.
MOST_PAIRS = 1_000_000
#: So many virtual points, each of one player in one round.
MOST_VIRTUAL_POINTS = 100_000


@dataclass
class Records:
    """The records read so far.

    `by_position`: players are numbered by their order in the file, `points_are_said`:
    a record has the points of each result.
    """

    round_count: int = 0
    first_colour: Colour | None = None
    points: PointSystem = field(default_factory=PointSystem)
    absent: set[int] = field(default_factory=set)
    by_position: bool = False
    points_are_said: bool = False
    prohibitions: list[Prohibition] = field(default_factory=list)
    byes: dict[int, dict[int, ByeKind]] = field(default_factory=dict)
    _pairs: int = 0
    _mentions: dict[int, int] = field(default_factory=dict)
    _bye_has_points: bool = False
    _virtual: dict[int, dict[int, Fraction]] = field(default_factory=dict)
    _virtual_count: int = 0
    _baku_line: int = 0

    def read(self, code: str, rest: str, line: int) -> None:
        """One record; those that do not matter to the pairing are passed over."""
        if code in UNSUPPORTED:
            raise TrfError(f"Line {line}: {UNSUPPORTED[code]}.")
        if code in READERS:
            READERS[code](self, code, rest, line)

    def byes_in(self, round_number: int) -> dict[int, ByeKind]:
        """The byes of a round that have a record of their own."""
        return self.byes.get(round_number, {})

    def virtual_points(self, known: Collection[int]) -> tuple[VirtualPoints, ...]:
        """The points of an accelerated Swiss; TrfError if they are missing."""
        if self._baku_line and not self._virtual:
            raise TrfError(
                f"Line {self._baku_line}: an accelerated Swiss needs its points in records 250."
            )
        return tuple(
            VirtualPoints(player, round_number, points)
            for player, rounds in sorted(self._virtual.items())
            if player in known
            for round_number, points in sorted(rounds.items())
        )

    def check_players(self, known: Collection[int]) -> None:
        """TrfError if a record names a player without a player's line."""
        for player, line in self._mentions.items():
            if player not in known:
                raise TrfError(f"Line {line}: there is no player {player}.")

    def _players(self, text: str, line: int) -> list[int]:
        players = [_whole(one, line) for one in re.sub("[,/]", " ", text).split()]
        self._mention(players, line)
        return players

    def _mention(self, players: Iterable[int], line: int) -> None:
        for player in players:
            self._mentions.setdefault(player, line)

    def _read_round_count(self, code: str, rest: str, line: int) -> None:
        self.round_count = _whole(rest, line)

    def _read_absent(self, code: str, rest: str, line: int) -> None:
        self.absent.update(self._players(rest, line))

    def _read_system(self, code: str, rest: str, line: int) -> None:
        if rest.strip().upper().endswith("_BAKU"):
            self._baku_line = line

    def _read_colour(self, code: str, rest: str, line: int) -> None:
        """The colour of the first pairing number: W or B, `white1` or `black1`."""
        words = rest.lower().split()
        self.by_position |= code == "XXC" and "rank" in words
        for colour, names in ((Colour.WHITE, ("w", "white1")), (Colour.BLACK, ("b", "black1"))):
            if any(name in words for name in names):
                self.first_colour = colour
                return
        if code == "152":
            raise TrfError(f"Line {line}: the first colour is neither W nor B.")

    def _read_strangers(self, code: str, rest: str, line: int) -> None:
        """Those named must never meet."""
        self._forbid(1, MOST_ROUNDS, self._players(rest, line), line)

    def _read_prohibition(self, code: str, rest: str, line: int) -> None:
        """From a round to a round (or in that one only), those named must not meet."""
        first = _whole(rest[:3], line)
        last = _whole(rest[4:7], line) if rest[4:7].strip() else first
        if not first:  # from no round on: in all of them
            first, last = 1, MOST_ROUNDS
        self._forbid(first, last, self._players(rest[8:], line), line)

    def _forbid(self, first: int, last: int, players: Iterable[int], line: int) -> None:
        among = tuple(sorted(set(players)))
        self._pairs += len(among) * (len(among) - 1) // 2
        if self._pairs > MOST_PAIRS:
            raise TrfError(f"Line {line}: there are more than {MOST_PAIRS} forbidden pairs.")
        self.prohibitions.append(Prohibition(among, first, last))

    def _read_byes(self, code: str, rest: str, line: int) -> None:
        """F or H, the round, and those who have that bye."""
        kind = rest[:1].strip().upper()
        if kind not in ("", "F", "H", "Z"):
            raise TrfError(f"Line {line}: {kind!r} is no bye.")
        byes = self.byes.setdefault(_whole(rest[2:5], line), {})
        byes |= dict.fromkeys(self._players(rest[6:], line), BYES[kind])

    def _read_acceleration(self, code: str, rest: str, line: int) -> None:
        """Points for those from one number to another, from a round to a round."""
        points = _points(rest[5:9].strip(), line)
        rounds = _from_to(rest[10:13], rest[14:17], line)
        players = _from_to(rest[18:22], rest[23:27], line)
        self._mention((players[0], players[-1]), line)
        self._accelerate(players, dict.fromkeys(rounds, points), line)

    def _read_own_acceleration(self, code: str, rest: str, line: int) -> None:
        """One player's points, round by round."""
        player = _whole(rest[:4], line)
        self._mention((player,), line)
        cells = rest[5:].rstrip()
        given = [cells[start : start + 4].strip() for start in range(0, len(cells), 5)]
        points = {number: _points(text or "0", line) for number, text in enumerate(given, start=1)}
        self._accelerate((player,), points, line)

    def _accelerate(self, players: Collection[int], points: dict[int, Fraction], line: int) -> None:
        if len(points) > MOST_ROUNDS:
            raise TrfError(f"Line {line}: there are more than {MOST_ROUNDS} rounds.")
        self._virtual_count += len(players) * len(points)
        if self._virtual_count > MOST_VIRTUAL_POINTS:
            raise TrfError(
                f"Line {line}: there are more than {MOST_VIRTUAL_POINTS} virtual points."
            )
        for player in players:
            self._virtual.setdefault(player, {}).update(points)

    def _read_score(self, code: str, rest: str, line: int) -> None:
        self._set_scores([(BB_CODES[code], rest.strip())], line)

    def _read_scores(self, code: str, rest: str, line: int) -> None:
        scores = SCORE.findall(rest.upper())
        if not scores:
            raise TrfError(f"Line {line}: there are no points in this record.")
        self._set_scores(scores, line)

    def _set_scores(self, scores: Iterable[tuple[str, str]], line: int) -> None:
        """The points of a result; the bye of the pairing is worth a win by default."""
        self.points_are_said = True
        changes: dict[str, Fraction] = {}
        for code, text in scores:
            changes |= dict.fromkeys(SCORE_FIELDS.get(code, ()), _points(text, line))
        self._bye_has_points |= "pairing_bye" in changes
        if "win" in changes and not self._bye_has_points:
            changes["pairing_bye"] = changes["win"]
        self.points = replace(self.points, **changes)


READERS: dict[str, Callable[[Records, str, str, int], None]] = {
    **dict.fromkeys(("XXR", "142"), Records._read_round_count),
    **dict.fromkeys(("XXC", "152"), Records._read_colour),
    **dict.fromkeys(("162", "XXS"), Records._read_scores),
    **dict.fromkeys(BB_CODES, Records._read_score),
    "192": Records._read_system,
    "240": Records._read_byes,
    "250": Records._read_acceleration,
    "260": Records._read_prohibition,
    "XXA": Records._read_own_acceleration,
    "XXP": Records._read_strangers,
    "XXZ": Records._read_absent,
}


def _from_to(first: str, last: str, line: int) -> range:
    """Numbers from one to another, both included, or the one alone."""
    begin = _whole(first, line)
    end = _whole(last, line) if last.strip() else begin
    if not 0 < begin <= end:
        raise TrfError(f"Line {line}: {begin} to {end} is no range.")
    return range(begin, end + 1)


def _whole(text: str, line: int) -> int:
    text = text.strip()
    if not text.isdecimal() or len(text) > 4:
        raise TrfError(f"Line {line}: {text[:20]!r} should be a number.")
    return int(text)


def _points(text: str, line: int) -> Fraction:
    if not re.fullmatch(POINTS, text, re.ASCII):
        raise TrfError(f"Line {line}: {text[:20]!r} should be points.")
    worth = Fraction(text.replace(",", "."))
    if worth > MOST_POINTS:
        raise TrfError(f"Line {line}: {text[:20]!r} points cannot be.")
    return worth
