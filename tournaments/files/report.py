"""FIDE report files (TRF): a table as one, and one as the document of a Swiss."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, log2

from lib.names import NAME_MAX_CHARS
from tournaments.engine.errors import EngineError
from tournaments.engine.history import Bye, ByeKind, History, Match, PointSystem, Result, Round
from tournaments.engine.standings import TieBreak
from tournaments.engine.swiss import PairingTask, Report, read_report, write_report
from tournaments.models import Format, Group
from tournaments.storage.swiss_tasks import next_task, prohibitions_of
from tournaments.storage.tables import engine_bye, read_table

from .document import (
    VERSION,
    ByePart,
    ContenderPart,
    Document,
    EntrantPart,
    GroupPart,
    PairingPart,
    PlanPart,
    ResultPart,
    RoundPart,
    StagePart,
    TournamentPart,
    part,
)
from .text import BadFile

_SWISS, _ROUND_ROBIN = (f"\n092 Individual: {system}" for system in ("Swiss-System", "Round-Robin"))
#: At most so many totals that contradict their cells are named.
WARNINGS_NAMED = 5
#: The results a file can have, and how a match of ours ends that way; scores where played.
_OUTCOMES = {
    (Result.WIN, Result.LOSS, True): ("played", 0, [1, 0]),
    (Result.LOSS, Result.WIN, True): ("played", 1, [0, 1]),
    (Result.DRAW, Result.DRAW, True): ("drawn", None, [0, 0]),
    (Result.WIN, Result.LOSS, False): ("forfeit", 0, []),
    (Result.LOSS, Result.WIN, False): ("forfeit", 1, []),
    (Result.LOSS, Result.LOSS, False): ("double_forfeit", None, []),
}


def group_trf(group: Group) -> str:
    """A Swiss or round robin group as a report file; raises `BadFile` for a bracket."""
    stage = group.stage
    if stage.is_elimination:
        raise BadFile("A report file is for a Swiss or a round robin, not for a bracket.")
    table = read_table(group)
    is_swiss = stage.format == Format.SWISS
    if not is_swiss:
        report = Report.of(PairingTask(table.history()))
        return write_report(report, str(stage.tournament)).replace(_SWISS, _ROUND_ROBIN, 1)
    task = next_task(table)
    later = [bye for bye in table.byes if bye.round_number > task.round_number]
    byes = ((bye.round_number, engine_bye(bye)) for bye in later)
    report = Report(task, tuple(prohibitions_of(group)), tuple(byes))
    return write_report(report, str(stage.tournament))


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report file as a document; `places` are the ranks in it, by entrants' seeds."""

    document: Document
    warnings: tuple[str, ...]
    places: Mapping[int, int]


def document_of_trf(text: str) -> ReadReport:
    """A report file as a Swiss that is as far as the file is, and warnings about the file.

    Raises `BadFile` naming the line.
    """
    try:
        report = read_report(text)
    except EngineError as error:
        raise BadFile(str(error), code="bad_trf") from error
    task, history = report.task, report.task.history
    planned, warnings = _planned_rounds(report)
    has_begun = bool(history.rounds or task.byes)
    waiting = any(one.unfinished for one in history.rounds) or len(history.rounds) < planned
    state = ("running" if waiting else "finished") if has_begun else None
    number_of = {player.id: number for number, player in enumerate(history.players, start=1)}
    plan = _plan(report, number_of)
    tie_breaks, unknown = _tie_breaks(text)
    document = Document(
        matchpoint=VERSION,
        tournament=part(TournamentPart, name=_title(text), state=state or "draft"),
        entrants=_entrants(history),
        stages=[
            part(
                StagePart,
                format=Format.SWISS,
                state=state or "pending",
                rounds_planned=planned,
                draws=True,
                tie_breaks=tie_breaks,
                groups=[_group(history, plan, number_of)] if has_begun else [],
                **_points(history.points),
            )
        ],
        pairing_plan=None if plan == PlanPart() else plan,
    )
    return ReadReport(document, (*warnings, *unknown), _places(text, number_of))


def _tie_breaks(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Record 212 or 202: what the standings are ranked by, and what of it there is not here.

    `BH/C1`, `BH:C1` and `BH-C1` are Buchholz cut 1; that points of games are meant goes without
    saying where there are no teams.
    """
    by_code = {line[:3]: line[4:] for line in text.splitlines() if line[:3] in {"202", "212"}}
    codes = [code.strip().upper() for code in by_code.get("212", by_code.get("202", "")).split(",")]
    known: dict[str, str] = {}
    unknown = []
    for code in filter(None, codes):
        written = "-".join(one for one in re.split("[-/:]", code) if one not in {"GP", "MP"})
        found = next((one for one in TieBreak if one.value == written), None)
        if found is not None:
            known[found.name] = code
        else:
            unknown.append(code[:20])
    said = [f"The tie-break {', '.join(unknown[:5])} of the file, which there is not here."]
    known.pop(TieBreak.POINTS.name, None)
    return tuple(known), said if unknown else []


def _places(text: str, number_of: Mapping[int, int]) -> dict[int, int]:
    """The ranks in the players' lines."""
    places = {}
    for line in text.splitlines():
        number, rank = line[4:8].strip(), line[85:89].strip()
        if line[:3] == "001" and number.isdecimal() and rank.isdecimal() and int(rank):
            places[number_of[int(number)]] = int(rank)
    return places


def _planned_rounds(report: Report) -> tuple[int, list[str]]:
    """How many rounds there will be, and what is to be said of it and of the totals."""
    more = len(report.warnings) - WARNINGS_NAMED
    warnings = [*report.warnings[:WARNINGS_NAMED], *([f"And {more} more."] if more > 0 else [])]
    history = report.task.history
    if history.planned_rounds:
        return history.round_count, warnings
    usual = ceil(log2(max(2, len(history.players))))
    announced = [number for number, _ in report.later_byes]
    announced += [report.task.round_number] if report.task.byes else []
    planned = max(usual, len(history.rounds), *announced, 0)
    if planned > len(history.rounds):
        warnings.append(f"The file does not say how many rounds there are: {planned} are planned.")
    return planned, warnings


def _title(text: str) -> str:
    """Record 012: what the tournament is called."""
    for line in text.splitlines():
        if line.startswith("012") and line[4:].strip():
            return " ".join(line[4:].split())[:80]
    return "Swiss tournament"


def _entrants(history: History) -> list[EntrantPart]:
    """Names are cut to what fits; of two that are the same, the later gets its number."""
    found, taken = [], set()
    for number, player in enumerate(history.players, start=1):
        name = player.name[:NAME_MAX_CHARS].strip() or f"No. {player.id}"
        if name.casefold() in taken:
            suffix = f" ({player.id})"
            name = name[: NAME_MAX_CHARS - len(suffix)] + suffix
        taken.add(name.casefold())
        found.append(EntrantPart(seed=number, name=name, rating=player.rating or None))
    return found


def _points(points: PointSystem) -> dict[str, Decimal]:
    if points.half_point_bye != points.draw or points.absent:
        raise BadFile(
            "The file has other points for a half-point bye than for a draw, or points for "
            "being absent: that cannot be kept here.",
            code="bad_trf",
        )
    return {
        "points_win": _decimal(points.win),
        "points_draw": _decimal(points.draw),
        "points_loss": _decimal(points.loss),
        "points_bye": _decimal(points.pairing_bye),
    }


def _decimal(points: Fraction) -> Decimal:
    return Decimal(f"{float(points):.10f}")


def _plan(report: Report, number_of: dict[int, int]) -> PlanPart:
    """What the file says of the rounds to come, by the players' ids made seeds."""
    task = report.task
    coming = task.round_number
    pairs: set[tuple[int, int]] = set()
    prohibitions = []
    for one in report.prohibitions:
        among = sorted(number_of[player] for player in one.players)
        if len(among) == 2 and one.is_for_all_rounds:
            pairs.add((among[0], among[1]))
        elif one.last:
            prohibitions.append((max(one.first, 1), one.last, among))
    return PlanPart(
        first_colour=task.history.first_colour.value,
        forbidden_pairs=sorted(pairs),
        prohibitions=prohibitions,
        virtual_points=[
            (number_of[one.player], one.round, f"{float(one.points):.4f}")
            for one in task.virtual_points
        ],
        byes=[
            ByePart(number_of[bye.player], number, bye.kind.value, preset=_is_preset(bye))
            for number, bye in [*((coming, bye) for bye in task.byes), *report.later_byes]
        ],
    )


def _is_preset(bye: Bye) -> bool:
    return bye.kind is ByeKind.PAIRING_ALLOCATED


def _group(history: History, plan: PlanPart, number_of: dict[int, int]) -> GroupPart:
    played = [
        bye
        for number, one in enumerate(history.rounds, start=1)
        for bye in _byes(one.byes, number, number_of)
    ]
    return GroupPart(
        first_colour=plan.first_colour,
        forbidden_pairs=plan.forbidden_pairs,
        prohibitions=plan.prohibitions,
        virtual_points=plan.virtual_points,
        contenders=[ContenderPart(entrant=number, seed=number) for number in number_of.values()],
        rounds=[
            RoundPart(
                number=number,
                name=f"Round {number}",
                pairings=list(_pairings(one, number, number_of)),
            )
            for number, one in enumerate(history.rounds, start=1)
        ],
        byes=played + plan.byes,
    )


def _byes(byes: Iterable[Bye], number: int, number_of: dict[int, int]) -> Iterable[ByePart]:
    return (ByePart(entrant=number_of[b.player], round=number, kind=b.kind.value) for b in byes)


def _pairings(one: Round, number: int, number_of: dict[int, int]) -> Iterable[PairingPart]:
    """The boards of a round by the better seed, since the file has no board numbers."""
    boards = [
        *((match.white, match.black, _result(match, number)) for match in one.matches),
        *((white, black, None) for white, black in one.unfinished),
    ]
    boards.sort(key=lambda board: min(number_of[board[0]], number_of[board[1]]))
    return (
        PairingPart(
            key=f"R{number}.{place}",
            first=number_of[white],
            second=number_of[black],
            result=result,
        )
        for place, (white, black, result) in enumerate(boards, start=1)
    )


def _result(match: Match, number: int) -> ResultPart:
    how = (match.white_result, match.black_result, match.played)
    if how not in _OUTCOMES:
        raise BadFile(
            f"Player {match.white}, round {number}: both results of this match cannot be kept "
            "here: one wins, or it is a draw, or neither came.",
            code="bad_trf",
        )
    outcome, winner, scores = _OUTCOMES[how]
    return part(ResultPart, outcome=outcome, winner=winner, scores=scores)
