"""Swiss tournaments by chance, with all that organisers and players do to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from tournaments.engine.history import (
    Bye,
    ByeKind,
    Colour,
    History,
    Match,
    Player,
    PointSystem,
    Result,
    Round,
)
from tournaments.engine.swiss import PairingTask, SwissPairing, VirtualPoints

from .tournaments import both_forfeited

POINTS = (
    PointSystem(),
    PointSystem.of(3, 1, 0, 3),
    PointSystem.of(1, Fraction(1, 2), 0, Fraction(1, 2)),
    PointSystem.of(3, 2, 1, 2),
    PointSystem.of(2, 1, 0, 0),
)
BYES = (ByeKind.HALF_POINT, ByeKind.HALF_POINT, ByeKind.ZERO_POINT, ByeKind.FULL_POINT)


@dataclass(frozen=True)
class Habits:
    """How often things happen in a tournament."""

    draws: float = 0.3
    absence: float = 0.0
    forfeits: float = 0.0
    late: float = 0.0
    leaving: float = 0.0
    forbidden: float = 0.0
    accelerated: bool = False

    @classmethod
    def by_chance(cls, rng: Random) -> Habits:
        """Most tournaments have some of it, few have all."""

        def often(rate: float) -> float:
            return rate * rng.random() if rng.random() < 0.5 else 0.0

        return cls(
            rng.choice((0.0, 0.1, 0.3, 0.6, 0.9)),
            often(0.2),
            often(0.15),
            often(0.2),
            often(0.1),
            often(0.5),
            rng.random() < 0.15,
        )


Pair = Callable[[PairingTask], SwissPairing | None]


def play(
    rng: Random, count: int, round_count: int, habits: Habits, points: PointSystem, pair: Pair
) -> Iterator[PairingTask]:
    """Every round's task; `pair` answers with the pairing, None ends the tournament."""
    players = tuple(Player(number) for number in range(1, count + 1))
    plan = rng.choice((round_count, round_count, 0))
    found = History(players, (), points, plan, rng.choice(tuple(Colour)))
    from_round = {one.id: 1 + (rng.random() < habits.late) * rng.randrange(3) for one in players}
    gone: set[int] = set()
    for number in range(1, round_count + 1):
        gone |= {one.id for one in players if number > 1 and rng.random() < habits.leaving / 2}
        task = PairingTask(
            found,
            tuple(
                Bye(one.id, ByeKind.ZERO_POINT if is_out else rng.choice(BYES))
                for one in players
                if (is_out := one.id in gone or from_round[one.id] > number)
                or rng.random() < habits.absence
            ),
            _forbidden(rng, players, habits),
            _virtual_points(players, round_count, points) if habits.accelerated else (),
        )
        if len(task.absent) == count:
            return
        yield task
        pairing = pair(task)
        if pairing is None:
            return
        matches = tuple(_result(rng, habits, white, black) for white, black in pairing.pairs)
        resting = tuple(Bye(one, ByeKind.PAIRING_ALLOCATED) for one in pairing.resting)
        found = replace(found, rounds=(*found.rounds, Round(matches, task.byes + resting)))


def _forbidden(
    rng: Random, players: tuple[Player, ...], habits: Habits
) -> frozenset[frozenset[int]]:
    ids = [one.id for one in players]
    pairs = int(habits.forbidden * len(ids)) if len(ids) > 3 else 0
    return frozenset(frozenset(rng.sample(ids, 2)) for _ in range(pairs))


def _virtual_points(
    players: tuple[Player, ...], round_count: int, points: PointSystem
) -> tuple[VirtualPoints, ...]:
    """The Baku acceleration of FIDE C.04.7."""
    ahead = 2 * ((len(players) + 3) // 4)
    full = (round_count + 1) // 2
    return tuple(
        VirtualPoints(one.id, number, points.win if number <= (full + 1) // 2 else points.draw)
        for number in range(1, full + 1)
        for one in players[:ahead]
    )


def _result(rng: Random, habits: Habits, white: int, black: int) -> Match:
    if rng.random() < habits.forfeits:
        winner = rng.choice((Result.WIN, Result.LOSS))
        one_sided = Match(white, black, winner, winner.reverse, played=False)
        return rng.choice((one_sided, one_sided, both_forfeited(white, black)))
    if rng.random() < habits.draws:
        return Match(white, black, Result.DRAW, Result.DRAW)
    # The stronger wins more often, as the smaller number stands for.
    is_white = rng.random() < (0.65 if white < black else 0.35)
    result = Result.WIN if is_white else Result.LOSS
    return Match(white, black, result, result.reverse)
