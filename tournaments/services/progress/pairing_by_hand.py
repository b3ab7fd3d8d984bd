"""A round of a Swiss that the organiser pairs by hand, checked before it is published."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from lib.errors import Conflict, Refusal
from tournaments.engine.swiss import NoPairingPossible, PairingTask, QuickEngine, SwissPairing
from tournaments.engine.swiss.contenders import Contender as SwissContender
from tournaments.engine.swiss.contenders import contenders
from tournaments.models import Bye, Entrant, Round
from tournaments.services.actors import Actor
from tournaments.services.locking import check_runs, lock_tournament
from tournaments.storage.swiss_tasks import next_task
from tournaments.storage.tables import Table

from .swiss_rounds import BY_HAND, publish_round, swiss_group, table_to_pair


class BadPairing(Refusal):
    """Pairs that are no round."""

    code = "bad_pairing"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The next round to be paired by hand: who can play, the leaders first, and pairs to begin.

    `met` are those of them whom each has met, by the entrants' ids; `byes` were asked for. `pairs`
    are legal where that is possible, else neighbours in the standings, who may have met.
    """

    number: int
    present: Sequence[Entrant]
    met: Mapping[int, Sequence[int]]
    byes: Sequence[Bye]
    pairs: Sequence[tuple[Entrant, Entrant]]


def suggest_pairs(tournament_id: UUID) -> Suggestion:
    """Pairs for the next round of the Swiss; raises `Conflict` when none can be paired now."""
    with transaction.atomic():
        table, task = _next_round(tournament_id)
    ranked = sorted(contenders(task), key=lambda one: (-one.score, one.number))
    entrant_of = {one.id: table.by_seed[one.id].entrant for one in ranked}
    return Suggestion(
        number=task.round_number,
        present=list(entrant_of.values()),
        met={
            entrant_of[one.id].pk: [entrant_of[o].pk for o in sorted(one.met) if o in entrant_of]
            for one in ranked
        },
        byes=[bye for bye in table.byes if bye.round_number == task.round_number],
        pairs=[(entrant_of[white], entrant_of[black]) for white, black in _pairs(task, ranked)],
    )


def _pairs(task: PairingTask, ranked: Sequence[SwissContender]) -> Sequence[tuple[int, int]]:
    try:
        return QuickEngine().pair(task).pairs
    except NoPairingPossible:
        ids = [one.id for one in ranked]
        return list(zip(ids[::2], ids[1::2], strict=False))


@transaction.atomic
def pair_by_hand(
    *,
    tournament_id: UUID,
    pairs: Sequence[tuple[int, int]],
    actor: Actor,
    stage: int | None = None,
    repeats: bool = False,
    why: str = "",
) -> Round:
    """Publish the next round of the Swiss with these pairs of entrants' ids, White first.

    Of an odd number the one left out has the bye. Raises `BadPairing` when somebody is left out,
    paired twice or cannot play, and `Conflict` when two have met, unless `repeats` allows it.
    """
    table, task = _next_round(tournament_id, stage)
    present = contenders(task)
    seeds = _seeds(table, pairs, present)
    met = {one.id: one.met for one in present}
    again = [
        f"{table.by_seed[white].entrant} and {table.by_seed[black].entrant}"
        for white, black in seeds
        if black in met[white]
    ]
    if again and not repeats:
        raise Conflict(
            f"They have met before: {', '.join(again)}. Pair them otherwise, or allow it.",
            code="have_met",
        )
    paired = {seed for pair in seeds for seed in pair}
    resting = tuple(one.id for one in present if one.id not in paired)
    how = f"by hand; met before: {', '.join(again)}" if again else "by hand"
    return publish_round(table, SwissPairing(seeds, resting), actor, how=how, note=BY_HAND, why=why)


def _next_round(tournament_id: UUID, stage: int | None = None) -> tuple[Table, PairingTask]:
    """The locked tournament's Swiss, and the task of its next round."""
    group = swiss_group(lock_tournament(tournament_id, check_runs), stage=stage)
    table = table_to_pair(group.pk)
    return table, next_task(table)


def _seeds(
    table: Table, pairs: Sequence[tuple[int, int]], present: Sequence[SwissContender]
) -> tuple[tuple[int, int], ...]:
    """The pairs by seed; raises `BadPairing` unless each who is present is in just one."""
    here = {table.by_seed[one.id].entrant_id: table.by_seed[one.id] for one in present}
    times = Counter(entrant for pair in pairs for entrant in pair)
    if times.keys() - here.keys():
        raise BadPairing("Somebody in these pairs does not play this round.")
    twice = [str(here[entrant].entrant) for entrant, count in times.items() if count > 1]
    if twice:
        raise BadPairing(f"In more than one place: {', '.join(twice[:5])}.")
    left_out = [str(one.entrant) for entrant, one in here.items() if entrant not in times]
    if len(left_out) != len(here) % 2:
        raise BadPairing(f"Everybody must be paired. Left out: {', '.join(left_out[:5])}.")
    return tuple((here[white].seed, here[black].seed) for white, black in pairs)
