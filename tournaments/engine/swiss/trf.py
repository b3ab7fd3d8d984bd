"""The FIDE tournament report file: reading one into a pairing task, and writing one.

Understood are the records of TRF16 and TRF-2026 that pairing needs, and the extensions of the
pairing programs (XXR, XXC, XXZ, XXP, XXS and those beginning with BB); others are passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tournaments.engine.history import (
    Bye,
    ByeKind,
    Colour,
    History,
    Match,
    Player,
    PointSystem,
    Round,
    score,
    score_sheets,
)

from .task import PairingTask, SwissPairing, VirtualPoints
from .trf_cells import (
    CELL_WIDTH,
    PAIRING_BYE,
    Cell,
    TrfError,
    colour_of,
    parse_bye,
    parse_cell,
    parse_match,
    write_cell,
)
from .trf_records import Records
from .trf_report import MOST_ROUNDS, Prohibition, Report, wrong_totals
from .trf_totals import parse_total, points_by_totals

FIRST_CELL = 91
#: The letters of record 240.
REQUESTED = {ByeKind.HALF_POINT: "H", ByeKind.FULL_POINT: "F", ByeKind.ZERO_POINT: "Z"}
MOST_PLAYERS = 9999
MOST_CHARACTERS = 60_000


@dataclass
class _Draft:
    """What has been read so far."""

    records: Records = field(default_factory=Records)
    players: dict[int, Player] = field(default_factory=dict)
    totals: dict[int, Fraction | None] = field(default_factory=dict)
    cells: dict[int, dict[int, Cell]] = field(default_factory=lambda: defaultdict(dict))
    cell_rounds: int = 0


def read_trf(text: str) -> PairingTask:
    """The tournament in the text, and the round that is to be paired next; raises as `read_report`.

    A trailing round in which nobody has an opponent announces who will not be paired.
    """
    return read_report(text).task


def read_report(text: str) -> Report:
    """All that the text says; TrfError with the number of the line if something does not fit."""
    draft = _Draft()
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        _read_line(draft, number, line.expandtabs(1))
    if not draft.players:
        raise TrfError("There is not a single player (a line beginning with 001).")
    return _finish(draft)


def _read_line(draft: _Draft, number: int, line: str) -> None:
    if len(line) > MOST_CHARACTERS:
        raise TrfError(f"Line {number} has more than {MOST_CHARACTERS} characters.")
    code, rest = line[:3].upper(), line[4:]
    if code == "001":
        _read_player(draft, number, line)
    else:
        draft.records.read(code, rest, number)


def _read_player(draft: _Draft, number: int, line: str) -> None:
    try:
        player = Player(int(line[4:8]), line[14:47].strip(), int(line[48:52].strip() or 0))
    except ValueError:
        raise TrfError(f"Line {number}: the start number or the rating is no number.") from None
    if not 0 < player.id <= MOST_PLAYERS:
        raise TrfError(f"Line {number}: {player.id} is no start number.")
    if player.id in draft.players:
        raise TrfError(f"Line {number}: there is a player {player.id} already.")
    draft.players[player.id] = player
    draft.totals[player.id] = parse_total(line[80:84])
    played = line[FIRST_CELL:].rstrip()
    for index in range(0, len(played), CELL_WIDTH):
        round_number = index // CELL_WIDTH + 1
        if round_number > MOST_ROUNDS:
            raise TrfError(f"Line {number}: there are more than {MOST_ROUNDS} rounds.")
        cell = parse_cell(played[index : index + CELL_WIDTH], player.id, round_number, number)
        if not cell.is_blank:
            draft.cells[round_number][player.id] = cell
            draft.cell_rounds = max(draft.cell_rounds, round_number)


def _finish(draft: _Draft) -> Report:
    records = draft.records
    rounds_paired = max((number for number in draft.cells if _is_paired(draft, number)), default=0)
    rounds = tuple(_round(draft, number) for number in range(1, rounds_paired + 1))
    numbers = draft.players if records.by_position else sorted(draft.players)
    players = tuple(draft.players[number] for number in numbers)
    history = History(players, rounds, records.points, records.round_count)
    history = replace(history, first_colour=records.first_colour or _colour_drawn(history))
    if not records.points_are_said:
        history = replace(history, points=points_by_totals(history, draft.totals))
    records.check_players(draft.players)
    following = rounds_paired + 1
    report = Report(
        PairingTask(
            history,
            _announced(draft, following),
            frozenset(pair for one in records.prohibitions for pair in one.pairs_in(following)),
            records.virtual_points(draft.players),
        ),
        tuple(records.prohibitions),
        tuple(_later_byes(draft, following)),
    )
    return replace(report, warnings=tuple(wrong_totals(report, draft.totals)))


def _is_paired(draft: _Draft, number: int) -> bool:
    """Whether the round was paired: somebody has an opponent.

    Or somebody has the bye of the pairing and nobody is left to be paired; otherwise that bye was
    set beforehand, as JaVaFo reads it too.
    """
    cells = draft.cells[number]
    if any(cell.opponent for cell in cells.values()):
        return True
    settled = cells.keys() | draft.records.byes_in(number).keys()
    return any(cell.result == PAIRING_BYE for cell in cells.values()) and (
        settled >= draft.players.keys()
    )


def _round(draft: _Draft, number: int) -> Round:
    """One round out of its cells; both players' cells of a match must agree."""
    cells = draft.cells[number]
    matches: list[Match] = []
    unfinished: list[tuple[int, int]] = []
    byes = [Bye(*one) for one in draft.records.byes_in(number).items() if one[0] not in cells]
    for cell in cells.values():
        if not cell.opponent:
            byes.append(parse_bye(cell))
        elif colour_of(cell) is Colour.WHITE:
            black = _answer(cells, cell)
            if cell.result or black.result:
                matches.append(parse_match(cell, black))
            else:
                unfinished.append((cell.player, black.player))
        else:
            _answer(cells, cell)
    return Round(tuple(matches), tuple(byes), tuple(unfinished))


def _answer(cells: dict[int, Cell], cell: Cell) -> Cell:
    """The opponent's cell, which must name the same match."""
    other = cells.get(cell.opponent)
    if other is None or other.opponent != cell.player or cell.opponent == cell.player:
        raise cell.error(f"player {cell.opponent} does not have the same match")
    if colour_of(other) is colour_of(cell):
        raise cell.error(f"player {cell.opponent} has the same colour")
    return other


def _announced(draft: _Draft, number: int) -> tuple[Bye, ...]:
    """The byes of the round to be paired."""
    absent = {player: Bye(player, ByeKind.ZERO_POINT) for player in draft.records.absent}
    byes = absent | _byes_ahead(draft, number)
    return tuple(byes[player] for player in sorted(byes))


def _byes_ahead(draft: _Draft, number: int) -> dict[int, Bye]:
    """The byes of a round that is not paired: written as cells, or in records of their own."""
    byes = {player: Bye(player, kind) for player, kind in draft.records.byes_in(number).items()}
    return byes | {player: parse_bye(cell) for player, cell in draft.cells.get(number, {}).items()}


def _later_byes(draft: _Draft, coming: int) -> Iterator[tuple[int, Bye]]:
    """The byes of the rounds after the one to be paired."""
    for number in sorted(draft.records.byes.keys() | draft.cells.keys()):
        if number > coming:
            byes = _byes_ahead(draft, number)
            yield from ((number, byes[player]) for player in sorted(byes))


def _colour_drawn(history: History) -> Colour:
    """The colour drawn by lot, as the first colours played show it; White before that.

    The first among those paired so far had the colour drawn, the second the other one,
    and so on (FIDE C.04.3, 5.2.5); the first of them with a colour decides.
    """
    paired: set[int] = set()
    for played in history.rounds:
        colours: dict[int, Colour] = {}
        pairs = [(match.white, match.black) for match in played.matches]
        for white, black in (*pairs, *played.unfinished):
            colours |= {white: Colour.WHITE, black: Colour.BLACK}
        paired |= colours.keys()
        paired |= {bye.player for bye in played.byes if bye.kind is ByeKind.PAIRING_ALLOCATED}
        numbered = [player.id for player in history.players if player.id in paired]
        for index, player in enumerate(numbered):
            if player in colours:
                return colours[player].other if index % 2 else colours[player]
    return Colour.WHITE


def write_trf(task: PairingTask, name: str = "") -> str:
    """The tournament as a report file that knows of no round after the one to be paired."""
    return write_report(Report.of(task), name)


def write_report(report: Report, name: str = "") -> str:
    """The tournament as a report file, for other programs to read; line ends are LF.

    Players are numbered by their order, from 1.
    """
    task = report.task
    history = task.history
    number_of = {player.id: number for number, player in enumerate(history.players, start=1)}
    sheets = score_sheets(history)
    lines = [f"012 {_plain(name)}", f"062 {len(history.players)}", "092 Individual: Swiss-System"]
    if history.round_count:
        lines.append(f"142 {history.round_count}")
    lines += [f"152 {history.first_colour.value.upper()}", *_score_records(history.points)]
    ranks = _ranks({player: score(sheet) for player, sheet in sheets.items()})
    ahead = _cells_ahead(report)
    for player in history.players:
        sheet = sheets[player.id]
        cells = "".join(write_cell(line, number_of) for line in sheet) + ahead.get(player.id, "")
        total = f"{float(score(sheet)):4.1f}"
        rating = f"{min(player.rating, 9999):4d}" if player.rating else "    "
        lines.append(
            f"001 {number_of[player.id]:4d}      {_plain(player.name)[:33]:33} {rating}"
            f"{'':28}{total} {ranks[player.id]:4d}{cells}"
        )
    lines += _bye_records(report, number_of)
    lines += [_prohibition_record(one, number_of) for one in report.prohibitions]
    lines += [_acceleration_record(one, number_of) for one in task.virtual_points]
    return "\n".join(lines) + "\n"


def _byes_to_come(report: Report) -> list[tuple[int, Bye]]:
    """The byes of all rounds that are not paired, with their rounds."""
    return [*((report.task.round_number, bye) for bye in report.task.byes), *report.later_byes]


def _cells_ahead(report: Report) -> dict[int, str]:
    """The cells of rounds that are not paired: absences of the next, byes of the pairing of any."""
    coming = report.task.round_number
    cells: dict[int, str] = {}
    for number, bye in _byes_to_come(report):
        is_absence = bye.kind is ByeKind.ZERO_POINT and number == coming
        if is_absence or bye.kind is ByeKind.PAIRING_ALLOCATED:
            before = cells.get(bye.player, "").ljust((number - coming) * CELL_WIDTH)
            cells[bye.player] = f"{before}  0000 - {'Z' if is_absence else PAIRING_BYE}"
    return cells


def _ranks(scores: dict[int, Fraction]) -> dict[int, int]:
    ordered = sorted(scores.values(), reverse=True)
    return {player: ordered.index(points) + 1 for player, points in scores.items()}


def _score_records(points: PointSystem) -> list[str]:
    """Record 162: what win, draw, loss and the bye of the pairing are worth.

    Absence only where it is worth something, since programs differ about its letter.
    """
    worth = {
        "W": points.win,
        "D": points.draw,
        "L": points.loss,
        "P": points.pairing_bye,
    }
    if points.absent:
        worth["A"] = points.absent
    parts = "    ".join(f"{letter}{_points_text(value)}" for letter, value in worth.items())
    half = (
        [f"XXS HPB={float(points.half_point_bye)}"] if points.half_point_bye != points.draw else []
    )
    return [f"162  {parts}", *half]


def _plain(text: str) -> str:
    """Text that cannot break out of its line."""
    return "".join(character if character.isprintable() else " " for character in text)


def _bye_records(report: Report, number_of: dict[int, int]) -> list[str]:
    """Byes of the rounds to come that are no cells.

    Programs differ in whether the total of points must contain a cell's; XXZ is for those that do
    not know record 240.
    """
    coming = report.task.round_number
    given: dict[tuple[int, str], list[int]] = {}
    for number, bye in _byes_to_come(report):
        letter = REQUESTED.get(bye.kind)
        if letter and not (letter == "Z" and number == coming):
            given.setdefault((number, letter), []).append(number_of[bye.player])
    lines = []
    for (number, letter), players in sorted(given.items()):
        row = " ".join(f"{player:04d}" for player in sorted(players))
        lines.append(f"240 {letter} {number:03d} {row}")
        if number == coming:
            lines.append(f"XXZ {' '.join(map(str, sorted(players)))}")
    return lines


def _prohibition_record(one: Prohibition, number_of: dict[int, int]) -> str:
    """Record 260: those who must not meet, and in which rounds."""
    players = " ".join(f"{number_of[player]:4d}" for player in one.players)
    return f"260 {one.first:03d} {min(one.last, MOST_ROUNDS - 1):03d} {players}"


def _acceleration_record(one: VirtualPoints, number_of: dict[int, int]) -> str:
    """Record 250: virtual points of one player in one round."""
    rounds, players = f"{one.round:3d} " * 2, f"{number_of[one.player]:4d} " * 2
    return f"250      {_points_text(one.points)} {rounds}{players}".rstrip()


def _points_text(points: Fraction) -> str:
    """Points in four characters, with one decimal where that is all."""
    text = f"{float(points):.1f}" if (points * 10).denominator == 1 else f"{float(points):g}"
    return text.removeprefix("0" if len(text) > 4 else "").rjust(4)


def pairing_text(pairing: SwissPairing) -> str:
    """A round as the pairing programs print it: a count, then `white black`; 0 is the bye."""
    boards = [*pairing.pairs, *((player, 0) for player in pairing.resting)]
    return "".join(f"{line}\n" for line in [len(boards), *(f"{w} {b}" for w, b in boards)])
