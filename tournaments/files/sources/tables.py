"""A round robin or a Swiss of a source as a group."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tournaments.files.document import ByePart, ContenderPart, GroupPart, PairingPart, RoundPart
from tournaments.files.text import BadFile

from .meetings import Ending, Meeting, results_of

MOST_LEGS = 2


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it was read; `is_over` when all of its matches have results."""

    group: GroupPart
    is_over: bool
    rounds: int
    legs: int = 1
    has_draws: bool = False
    remarks: list[str] = field(default_factory=list)


def read_round_robin(
    meetings: Sequence[Meeting], entrants: Sequence[int], *, number: int = 1, name: str = ""
) -> ReadTable:
    """A round robin of these entrants, by their seeds; raises `BadFile`."""
    met = Counter(frozenset(one.sides) for one in meetings)
    legs = max(met.values(), default=1)
    if legs > MOST_LEGS:
        raise BadFile(
            f"Everybody meets everybody {legs} times there. Here it is once or twice.",
            code="not_kept",
        )
    read = _table(_in_rounds(meetings), entrants, (), number, name)
    return replace(read, legs=legs)


def read_swiss(
    meetings: Sequence[Meeting], entrants: Sequence[int], byes: Iterable[ByePart]
) -> ReadTable:
    """The rounds of a Swiss as far as they are paired."""
    return _table(meetings, entrants, byes, 1, "")


def byes_of(
    meetings: Sequence[Meeting], entrants: Sequence[int], has_left: Mapping[int, bool]
) -> list[ByePart]:
    """Who has no opponent in a round: one with the bye of the pairing, all others are absent."""
    rounds: dict[int, set[int]] = defaultdict(set)
    for meeting in meetings:
        rounds[meeting.round] |= {side for side in meeting.sides if side is not None}
    byes = []
    for number, playing in sorted(rounds.items()):
        idle = [one for one in sorted(entrants) if one not in playing]
        here = [one for one in idle if not has_left.get(one)] or idle
        rests = here[-1] if here else None
        for one in idle:
            kind = "pairing_allocated" if one == rests and len(here) == 1 else "zero_point"
            byes.append(ByePart(entrant=one, round=number, kind=kind))  # type: ignore[arg-type]
    return byes


def _in_rounds(meetings: Sequence[Meeting]) -> list[Meeting]:
    """The same in rounds in which nobody plays twice, as early as may be if they are not so."""
    once = all(
        times == 1
        for times in Counter((m.round, side) for m in meetings for side in m.sides).values()
    )
    if once and all(m.round > 0 for m in meetings):
        return list(meetings)
    busy: dict[int, set[int | None]] = defaultdict(set)
    moved = []
    for one in sorted(meetings, key=lambda m: m.round):
        number = 1
        while busy[number] & {*one.sides}:
            number += 1
        busy[number] |= {*one.sides}
        moved.append(replace(one, round=number))
    return moved


def _table(
    meetings: Sequence[Meeting],
    entrants: Sequence[int],
    byes: Iterable[ByePart],
    number: int,
    name: str,
) -> ReadTable:
    by_round: dict[int, list[Meeting]] = defaultdict(list)
    for one in meetings:
        if None in one.sides or len({*one.sides}) < 2:
            raise BadFile(f"{one.where}: two different entrants must meet.", code="not_kept")
        by_round[one.round].append(one)
    rounds, remarks = [], []
    for place, (_, here) in enumerate(sorted(by_round.items()), start=1):
        results = results_of(here, where=f"Round {place}")
        remarks += results.remarks
        pairings = [
            PairingPart(
                key=f"R{place}.{board}",
                first=one.sides[0],
                second=one.sides[1],
                result=results.parts.get(one.name),
            )
            for board, one in enumerate(here, start=1)
        ]
        rounds.append(
            RoundPart(number=place, name=f"Round {place}", best_of=results.best_of,
                      pairings=pairings)
        )  # fmt: skip
    contenders = [
        ContenderPart(entrant=entrant, seed=seed)
        for seed, entrant in enumerate(sorted(entrants), start=1)
    ]
    return ReadTable(
        GroupPart(number=number, name=name, contenders=contenders, rounds=rounds, byes=list(byes)),
        is_over=bool(meetings) and all(one.is_decided for one in meetings),
        rounds=len(rounds),
        has_draws=any(one.ending is Ending.DRAWN for one in meetings),
        remarks=remarks,
    )


def letter(number: int) -> str:
    """A group's name: A, B, C, and numbers after Z."""
    return chr(ord("A") + number - 1) if number <= 26 else str(number)
