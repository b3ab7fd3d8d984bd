"""Rounds of a Swiss, stored and read."""

from collections.abc import Sequence

import msgspec
from django.utils import timezone

from tournaments.models import (
    Bye,
    ByeKind,
    Entrant,
    Group,
    Pairing,
    PairingState,
    Part,
    Round,
    Slot,
)

from .matches import create_matches


class RecordedRound(msgspec.Struct, frozen=True):
    """A round of a Swiss: who met, by board, and who had the pairing-allocated bye."""

    number: int
    best_of: int | None
    pairs: list[tuple[int, int]]
    resting: list[int]


def store_round(
    group: Group,
    number: int,
    pairs: Sequence[tuple[Entrant, Entrant]],
    best_of: int | None = None,
) -> tuple[Round, list[Pairing]]:
    """Store and publish a round with its matches, the pairs (White, Black) in board order."""
    round_ = Round.objects.create(
        group=group,
        part=Part.TABLE,
        number=number,
        name=f"Round {number}",
        best_of=best_of,
        published_at=timezone.now(),
    )
    rows = [
        Pairing(
            group=group,
            round=round_,
            number=board,
            key=f"R{number}.{board}",
            state=PairingState.READY,
            top_slot=Slot.ENTRANT,
            top=white,
            bottom_slot=Slot.ENTRANT,
            bottom=black,
        )
        for board, (white, black) in enumerate(pairs, start=1)
    ]
    create_matches(group.stage, rows)
    Pairing.objects.bulk_create(rows)
    return round_, rows


def recorded_round(round_: Round) -> RecordedRound:
    """A round as the record keeps it."""
    rows = round_.pairings.order_by("number")
    resting = Bye.objects.filter(
        contender__group=round_.group_id,
        round_number=round_.number,
        kind=ByeKind.PAIRING_ALLOCATED,
        preset=False,
    )
    return RecordedRound(
        number=round_.number,
        best_of=round_.best_of,
        pairs=list(rows.values_list("top", "bottom")),
        resting=list(resting.values_list("contender__entrant", flat=True)),
    )


def restore_round(group: Group, recorded: RecordedRound) -> tuple[Round, list[Pairing]]:
    """Store a recorded round again; those in it are still contenders of the group."""
    contenders = {one.entrant_id: one for one in group.contenders.select_related("entrant")}
    pairs = [
        (contenders[top].entrant, contenders[bottom].entrant) for top, bottom in recorded.pairs
    ]
    Bye.objects.bulk_create(
        Bye(
            contender=contenders[entrant],
            round_number=recorded.number,
            kind=ByeKind.PAIRING_ALLOCATED,
        )
        for entrant in recorded.resting
    )
    return store_round(group, recorded.number, pairs, recorded.best_of)
