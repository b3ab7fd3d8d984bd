"""Between the rounds of a Swiss and the rows that keep them."""

from collections.abc import Sequence
from typing import Any

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


def round_data(round_: Round) -> dict[str, Any]:
    """A round as the record of the day keeps it: who met, and who had the bye of the pairing."""
    rows = round_.pairings.order_by("number")
    resting = Bye.objects.filter(
        contender__group=round_.group_id,
        round_number=round_.number,
        kind=ByeKind.PAIRING_ALLOCATED,
    )
    return {
        "number": round_.number,
        "best_of": round_.best_of,
        "pairs": [list(pair) for pair in rows.values_list("top", "bottom")],
        "resting": list(resting.values_list("contender__entrant", flat=True)),
    }


def store_again(group: Group, data: dict[str, Any]) -> tuple[Round, list[Pairing]]:
    """Store a round as `round_data` told it; those in it are contenders of the group still."""
    contenders = {one.entrant_id: one for one in group.contenders.select_related("entrant")}
    pairs = [(contenders[top].entrant, contenders[bottom].entrant) for top, bottom in data["pairs"]]
    Bye.objects.bulk_create(
        Bye(
            contender=contenders[entrant],
            round_number=data["number"],
            kind=ByeKind.PAIRING_ALLOCATED,
        )
        for entrant in data["resting"]
    )
    return store_round(group, data["number"], pairs, data["best_of"])
