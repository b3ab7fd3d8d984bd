"""Positions that are hard for the Dutch system: how far the engine gets with them in a limit.

`python -m benchmarks.hard_swisses` prints a table; name positions and `--sizes` to choose.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from itertools import combinations
from random import Random

from tournaments.engine.history import History, Match, Player, Result, Round
from tournaments.engine.swiss import (
    DutchEngine,
    NoPairingPossible,
    PairingTask,
    PairingUnfinished,
)

SIZES = (100, 200, 300)
LIMIT_SECONDS = 20
_BLOCK = 10


def _players(count: int) -> tuple[Player, ...]:
    return tuple(Player(number) for number in range(1, count + 1))


def _first_round(count: int, forbidden: Iterable[tuple[int, int]]) -> PairingTask:
    return PairingTask(History(_players(count)), forbidden=frozenset(map(frozenset, forbidden)))


def halves(count: int) -> PairingTask:
    """Nobody may meet anybody of the other half."""
    half = count // 2
    return _first_round(count, (pair for pair in _pairs(count) if pair[0] <= half < pair[1]))


def halves_and_colours(count: int) -> PairingTask:
    """The same after a round of draws in which the upper half had White."""
    half = count // 2
    drawn = [Match(one, one + half, Result.DRAW, Result.DRAW) for one in range(1, half + 1)]
    history = History(_players(count), (Round(tuple(drawn), ()),))
    return PairingTask(history, forbidden=halves(count).forbidden)


def blocks(count: int) -> PairingTask:
    """Ten may meet one another, and nobody else."""
    block = [(number - 1) // _BLOCK for number in range(count + 1)]
    return _first_round(count, (pair for pair in _pairs(count) if block[pair[0]] != block[pair[1]]))


def third_above_third(count: int) -> PairingTask:
    """The upper third may only meet the middle third."""
    third = count // 3
    above = (pair for pair in _pairs(count) if pair[0] <= third)
    return _first_round(count, (pair for pair in above if not third < pair[1] <= 2 * third))


def clubs(count: int) -> PairingTask:
    """Three clubs, evenly mixed, of which nobody meets their own."""
    return _first_round(count, (pair for pair in _pairs(count) if (pair[1] - pair[0]) % 3 == 0))


def by_chance(count: int) -> PairingTask:
    """Of a hundred pairs 97 are forbidden."""
    rng = Random(count)
    return _first_round(count, (pair for pair in _pairs(count) if rng.random() < 0.97))


def all_due_alike(count: int) -> PairingTask:
    """The upper half had White twice and won: nobody of it may meet another of it."""
    half = count // 2
    rounds = [
        [
            Match(one, half + 1 + (one - 1 + shift) % half, Result.WIN, Result.LOSS)
            for one in range(1, half + 1)
        ]
        for shift in range(2)
    ]
    return PairingTask(
        History(_players(count), tuple(Round(tuple(matches), ()) for matches in rounds))
    )


def nearly_all_met(count: int) -> PairingTask:
    """Three quarters of all rounds that there can be are played, with draws."""
    rng = Random(count)
    order = list(range(1, count + 1))
    rng.shuffle(order)
    rounds = []
    for _ in range(count * 3 // 4):
        order = [order[0], order[-1], *order[1:-1]]
        matches = []
        for one, other in zip(order[: count // 2], reversed(order), strict=False):
            result = rng.choice(tuple(Result))
            white, black = (one, other) if rng.random() < 0.5 else (other, one)
            matches.append(Match(white, black, result, result.reverse))
        rounds.append(Round(tuple(matches), ()))
    return PairingTask(History(_players(count), tuple(rounds)))


def _pairs(count: int) -> Iterable[tuple[int, int]]:
    return combinations(range(1, count + 1), 2)


POSITIONS: dict[str, Callable[[int], PairingTask]] = {
    position.__name__: position
    for position in (
        halves,
        halves_and_colours,
        blocks,
        third_above_third,
        clubs,
        by_chance,
        all_due_alike,
        nearly_all_met,
    )
}


def attempt(task: PairingTask, limit: float) -> str:
    """What came of a position, and the seconds of CPU."""
    begin = time.process_time()
    try:
        DutchEngine(lambda: time.process_time() < begin + limit).pair(task)
        outcome = "paired"
    except NoPairingPossible:
        outcome = "there is no pairing"
    except PairingUnfinished as error:
        outcome = f"stopped. {error}"
    return f"{time.process_time() - begin:.2f} | {outcome}"


def report(names: Iterable[str] = POSITIONS, sizes: Iterable[int] = SIZES) -> None:
    """A line for each position and size, until one takes longer than the limit."""
    print(f"\nHard positions, at most {LIMIT_SECONDS} s of CPU each\n")
    print("| position | players | s of CPU | |\n|---|---|---|---|")
    for name in names:
        for size in sizes:
            line = attempt(POSITIONS[name](size), LIMIT_SECONDS)
            print(f"| {name.replace('_', ' ')} | {size:,} | {line} |", flush=True)
            if "stopped" in line:
                break


def main() -> None:
    """Run the positions that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("positions", nargs="*", default=list(POSITIONS), metavar="POSITION")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PLAYERS")
    chosen = parser.parse_args()
    report(chosen.positions, chosen.sizes)


if __name__ == "__main__":
    main()
