"""Between a round robin as the engine knows it and the rows that keep it."""

from collections.abc import Sequence

from django.utils import timezone

from tournaments.engine.round_robin import (
    TableRound,
    berger_table,
    double_berger_table,
    snake_groups,
)
from tournaments.models import (
    Contender,
    Entrant,
    Group,
    Pairing,
    PairingState,
    Part,
    Round,
    Slot,
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
    Contender.objects.bulk_create(
        Contender(group=group, entrant=entrant, seed=seed)
        for group, members in zip(groups, dealt, strict=True)
        for seed, entrant in enumerate(members, start=1)
    )
    rounds: list[Round] = []
    rows: list[Pairing] = []
    for group, members in zip(groups, dealt, strict=True):
        for table in _table(len(members), stage.legs):
            round_ = Round(
                group=group,
                part=Part.TABLE,
                number=table.number,
                name=f"Round {table.number}",
                published_at=timezone.now(),
            )
            rounds.append(round_)
            rows += _pairings(round_, table, members)
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


def _table(size: int, legs: int) -> tuple[TableRound, ...]:
    return double_berger_table(size) if legs == DOUBLE else berger_table(size)


def _pairings(round_: Round, table: TableRound, members: Sequence[Entrant]) -> list[Pairing]:
    return [
        Pairing(
            group=round_.group,
            round=round_,
            number=number,
            key=f"R{table.number}.{number}",
            state=PairingState.READY,
            top_slot=Slot.ENTRANT,
            top=members[white - 1],
            bottom_slot=Slot.ENTRANT,
            bottom=members[black - 1],
        )
        for number, (white, black) in enumerate(table.pairs, start=1)
    ]
