"""The next round of a Swiss as the pairing engines are asked for it; read only."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from tournaments import models as stored
from tournaments.engine.history import Bye, ByeKind
from tournaments.engine.swiss import PairingTask, Prohibition, SwissPairing, VirtualPoints
from tournaments.models import Contender, Group

from .tables import Table


def next_task(table: Table) -> PairingTask:
    """The round after the last that is paired: who is absent from it, and what was before.

    Two tasks are equal when nothing that the pairing looks at has changed in between.
    """
    number = len(table.rounds) + 1
    gone = [one.seed for one in table.contenders if not can_play(one, number)]
    return _task(table, number, {bye.player: bye for bye in table.byes_of(number)}, gone)


def task_before(table: Table, number: int) -> tuple[PairingTask, SwissPairing]:
    """A round as it was asked for, by the results as they are now, and how it was paired."""
    pairing = pairing_of(table, number)
    paired = {*pairing.resting, *(seed for pair in pairing.pairs for seed in pair)}
    byes = {bye.player: bye for bye in table.byes_of(number) if bye.player not in paired}
    gone = [seed for seed in table.by_seed if seed not in paired and seed not in byes]
    return _task(table, number, byes, gone), pairing


def pairing_of(table: Table, number: int) -> SwissPairing:
    """Who met in a round, by board, and who had its bye."""
    pairs = [(row.top_id, row.bottom_id) for row in table.boards(number)]
    return SwissPairing(
        tuple((table.seed_of[w], table.seed_of[b]) for w, b in pairs if w and b),
        tuple(
            bye.contender.seed
            for bye in table.byes
            if bye.round_number == number
            and bye.kind == stored.ByeKind.PAIRING_ALLOCATED
            and not bye.preset
        ),
    )


def _task(table: Table, number: int, byes: Mapping[int, Bye], gone: Iterable[int]) -> PairingTask:
    sitting_out = {**byes, **{seed: Bye(seed, ByeKind.ZERO_POINT) for seed in gone}}
    return PairingTask(
        table.history(after_round=number - 1),
        tuple(sitting_out[seed] for seed in sorted(sitting_out)),
        frozenset(pair for one in prohibitions_of(table.group) for pair in one.pairs_in(number)),
        tuple(
            VirtualPoints(seed, round_, Fraction(points))
            for seed, round_, points in table.group.virtual_points
        ),
    )


def prohibitions_of(group: Group) -> Iterator[Prohibition]:
    """Who must not meet, in all rounds or in some, by seed."""
    for one, other in group.forbidden_pairs:
        yield Prohibition((one, other))
    for first, last, among in group.prohibitions:
        yield Prohibition(tuple(among), first, last)


def can_play(contender: Contender, number: int) -> bool:
    """Whether somebody is in the tournament in that round, come and not gone."""
    last = contender.until_round
    has_come = contender.from_round <= number
    return has_come and (last is None or number <= last) and contender.entrant.takes_part
