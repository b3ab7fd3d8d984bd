"""FIDE report files (TRF): a table as one, and one as the document of a Swiss."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil, log2

from lib.names import NAME_MAX_CHARS
from tournaments.engine.errors import EngineError
from tournaments.engine.history import Bye, History, Match, PointSystem, Result, Round
from tournaments.engine.swiss import PairingTask, read_trf, write_trf
from tournaments.models import Format, Group
from tournaments.storage.swiss_tasks import next_task
from tournaments.storage.tables import read_table

from .document import (
    VERSION,
    ByePart,
    ContenderPart,
    Document,
    EntrantPart,
    GroupPart,
    PairingPart,
    ResultPart,
    RoundPart,
    StagePart,
    TournamentPart,
    part,
)
from .text import BadFile

_SWISS, _ROUND_ROBIN = (f"\n092 Individual: {system}" for system in ("Swiss-System", "Round-Robin"))
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
    task = next_task(table) if is_swiss else PairingTask(table.history())
    text = write_trf(task, str(stage.tournament))
    return text if is_swiss else text.replace(_SWISS, _ROUND_ROBIN, 1)


def document_of_trf(text: str) -> Document:
    """A report file as a Swiss that is as far as the file is; raises `BadFile` naming the line."""
    try:
        task = read_trf(text)
    except EngineError as error:
        raise BadFile(str(error), code="bad_trf") from error
    if task.virtual_points:
        raise BadFile("An accelerated Swiss cannot be kept here.", code="bad_trf")
    history = task.history
    planned = history.round_count or ceil(log2(max(2, len(history.players))))
    has_begun = bool(history.rounds or task.byes)
    waiting = any(one.unfinished for one in history.rounds) or len(history.rounds) < planned
    state = ("running" if waiting else "finished") if has_begun else None
    number_of = {player.id: number for number, player in enumerate(history.players, start=1)}
    return Document(
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
                groups=[_group(task, number_of)] if has_begun else [],
                **_points(history.points),
            )
        ],
    )


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


def _group(task: PairingTask, number_of: dict[int, int]) -> GroupPart:
    history = task.history
    announced = list(_byes(task.byes, task.round_number, number_of))
    return GroupPart(
        first_colour=history.first_colour.value,
        forbidden_pairs=sorted(
            (min(pair), max(pair))
            for pair in ([number_of[one] for one in both] for both in task.forbidden)
        ),
        contenders=[ContenderPart(entrant=number, seed=number) for number in number_of.values()],
        rounds=[
            RoundPart(
                number=number,
                name=f"Round {number}",
                pairings=list(_pairings(one, number, number_of)),
            )
            for number, one in enumerate(history.rounds, start=1)
        ],
        byes=[
            bye
            for number, one in enumerate(history.rounds, start=1)
            for bye in _byes(one.byes, number, number_of)
        ]
        + announced,
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
