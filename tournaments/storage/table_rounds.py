"""Rounds of tables, stored and read: those of a round robin at once, of a Swiss one by one."""

from collections.abc import Sequence

import msgspec
from django.utils import timezone

from tournaments.engine.round_robin import berger_table, double_berger_table, snake_groups
from tournaments.models import (
    Bye,
    ByeKind,
    Entrant,
    Group,
    Pairing,
    PairingState,
    Part,
    Round,
    Stage,
)

from .matches import create_matches

DOUBLE = 2


def store_round_robin(stage: Stage, seeded: Sequence[Entrant]) -> list[list[str]]:
    """Deal these entrants into groups that all play at once; returns the first round's names.

    Every pairing of every round is made now, with its match. Who rests in a round has no row.
    """
    dealt = snake_groups(seeded, stage.group_count)
    groups = [
        Group(stage=stage, number=number, name=group_name(number) if len(dealt) > 1 else "")
        for number in range(1, len(dealt) + 1)
    ]
    Group.objects.bulk_create(groups)
    rounds: list[Round] = []
    rows: list[Pairing] = []
    for group, members in zip(groups, dealt, strict=True):
        group.enter(members)
        table = double_berger_table if stage.legs == DOUBLE else berger_table
        for one in table(len(members)):
            pairs = [(members[white - 1], members[black - 1]) for white, black in one.pairs]
            round_, boards = _build_round(group, one.number, pairs)
            rounds.append(round_)
            rows += boards
    Round.objects.bulk_create(rounds)
    create_matches(stage, rows)
    Pairing.objects.bulk_create(rows)
    return [[str(row.top), str(row.bottom)] for row in rows if row.round.number == 1]


def group_name(number: int) -> str:
    """A for the first, Z for the 26th, then AA."""
    name = ""
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _build_round(
    group: Group, number: int, pairs: Sequence[tuple[Entrant, Entrant]], best_of: int | None = None
) -> tuple[Round, list[Pairing]]:
    """A round of a table with its pairings (White, Black) in board order; not stored."""
    round_ = Round(
        group=group,
        part=Part.TABLE,
        number=number,
        name=f"Round {number}",
        best_of=best_of,
        published_at=timezone.now(),
    )
    return round_, [
        Pairing.of_board(
            round_, board, f"R{number}.{board}", white, black, state=PairingState.READY
        )
        for board, (white, black) in enumerate(pairs, start=1)
    ]


class RecordedRound(msgspec.Struct, frozen=True):
    """A round of a Swiss: who met, by board, and who had the pairing-allocated bye."""

    number: int
    best_of: int | None
    pairs: list[tuple[int, int]]
    resting: list[int]
    note: str = ""


def store_round(
    group: Group,
    number: int,
    pairs: Sequence[tuple[Entrant, Entrant]],
    best_of: int | None = None,
    note: str = "",
) -> tuple[Round, list[Pairing]]:
    """Store and publish a round with its matches, the pairs (White, Black) in board order."""
    round_, rows = _build_round(group, number, pairs, best_of)
    round_.note = note
    round_.save()
    create_matches(group.stage, rows)
    Pairing.objects.bulk_create(rows)
    return round_, rows


def recorded_round(round_: Round) -> RecordedRound:
    """A round as the record keeps it."""
    byes = Bye.objects.filter(contender__group=round_.group_id, round_number=round_.number)
    resting = byes.filter(kind=ByeKind.PAIRING_ALLOCATED, preset=False)
    return RecordedRound(
        number=round_.number,
        best_of=round_.best_of,
        pairs=list(round_.pairings.order_by("number").values_list("top", "bottom")),
        resting=list(resting.values_list("contender__entrant", flat=True)),
        note=round_.note,
    )


def restore_round(group: Group, recorded: RecordedRound) -> tuple[Round, list[Pairing]]:
    """Store a recorded round again; those in it are still contenders of the group."""
    contenders = {one.entrant_id: one for one in group.contenders.select_related("entrant")}
    pairs = [(contenders[one].entrant, contenders[other].entrant) for one, other in recorded.pairs]
    number, kind = recorded.number, ByeKind.PAIRING_ALLOCATED
    Bye.objects.bulk_create(
        Bye(contender=contenders[entrant], round_number=number, kind=kind)
        for entrant in recorded.resting
    )
    return store_round(group, number, pairs, recorded.best_of, recorded.note)
