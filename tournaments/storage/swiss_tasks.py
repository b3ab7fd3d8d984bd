"""The next round of a Swiss as the pairing engines are asked for it; read only."""

from collections.abc import Iterator
from fractions import Fraction

from tournaments.engine.history import Bye, ByeKind
from tournaments.engine.swiss import PairingTask, Prohibition, VirtualPoints
from tournaments.models import Contender, Group

from .tables import Table


def next_task(table: Table) -> PairingTask:
    """The round after the last that is paired: who is absent from it, and what was before.

    Two tasks are equal when nothing that the pairing looks at has changed in between.
    """
    number = len(table.rounds) + 1
    byes = {bye.player: bye for bye in table.byes_of(number)}
    byes |= {
        one.seed: Bye(one.seed, ByeKind.ZERO_POINT)
        for one in table.contenders
        if not can_play(one, number)
    }
    return PairingTask(
        table.history(),
        tuple(byes[seed] for seed in sorted(byes)),
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
