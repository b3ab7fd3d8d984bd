"""The Dutch system: how long a round takes, and whether it is the one that gacrux pairs.

`python -m benchmarks.dutch COUNT` plays so many odd tournaments and names each round that differs.
"""

from __future__ import annotations

import argparse
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from math import exp, log
from random import Random
from statistics import median

from tournaments.engine.history import PointSystem
from tournaments.engine.swiss import NoPairingPossible, PairingTask, SwissEngine, SwissPairing
from tournaments.engine.swiss.dutch import DutchEngine
from tournaments.engine.tests.gacrux_reference import GacruxEngine
from tournaments.engine.tests.odd_swisses import POINTS, Habits, play

from . import hard_swisses
from .plots import draw
from .servers import ROOT

PLOT = ROOT / "docs" / "dutch.svg"
SIZES = (50, 100, 300, 1_000, 3_000, 10_000)
DRAWS = (0.0, 0.3, 0.6)
ROUNDS = 9
MANY_ROUNDS = 200
REFERENCE_SIZES = (50, 100, 300, 1_000)
#: What gacrux has for a round, and for all rounds of one size, in seconds of CPU.
PATIENCE = 20
GACRUX_SECONDS = 60
_MOST_FOR_MANY_ROUNDS = 1_000
_MOST_ROUNDS = 11


@dataclass(frozen=True)
class Speed:
    """Seconds of CPU for a round, over `rounds` rounds; the most memory of the process in MiB."""

    players: int
    rounds: int
    middle: float
    slowest: float
    memory: float


def seconds_of(players: int, rounds: int, engine: SwissEngine) -> list[float]:
    """Tournaments of nine rounds, turn about by how many draws there are."""
    spent: list[float] = []

    def pair(task: PairingTask) -> SwissPairing:
        start = time.process_time()
        pairing = engine.pair(task)
        spent.append(time.process_time() - start)
        return pairing

    seed = 0
    while len(spent) < rounds:
        habits = Habits(draws=DRAWS[seed % len(DRAWS)])
        tournament = play(Random(seed), players, ROUNDS, habits, PointSystem(), pair)
        for _ in tournament:  # a task is paired when the next one is asked for
            if len(spent) >= rounds:
                break
        seed += 1
    return spent


def measure(players: int, rounds: int) -> Speed:
    """The speed in a process of its own, whose memory is then the engine's."""
    command = [sys.executable, "-m", "benchmarks.dutch", "--time", str(players), str(rounds)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT)
    middle, slowest, memory = map(float, done.stdout.split())
    return Speed(players, rounds, middle, slowest, memory)


class Unanswered(Exception):
    """The other program took too long, or broke."""


def attempt(engine: SwissEngine, task: PairingTask) -> SwissPairing | None:
    """The pairing, None where there is none."""
    try:
        return engine.pair(task)
    except NoPairingPossible:
        return None


def ask_gacrux(task: PairingTask, seconds: float) -> SwissPairing | None:
    """What gacrux pairs in so many seconds of CPU; raises `Unanswered`."""

    def give_up(*_: object) -> None:
        raise Unanswered(f"no answer in {seconds:g} s")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return attempt(GacruxEngine(), task)
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
        raise Unanswered(f"broke with {type(error).__name__}") from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass
class Tally:
    """What a comparison came to."""

    tournaments: int = 0
    rounds: int = 0
    different: int = 0
    unanswered: int = 0
    slowest: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.tournaments} tournaments, {self.rounds} rounds, {self.different} differ, "
            f"{self.unanswered} not answered by gacrux; our slowest took {self.slowest:.2f} s."
        )

    def see(self, seed: int, task: PairingTask, seconds: float) -> SwissPairing | None:
        """Pair a round by both; returns ours."""
        begin = time.process_time()
        mine = attempt(DutchEngine(), task)
        self.slowest = max(self.slowest, time.process_time() - begin)
        self.rounds += 1
        try:
            theirs = ask_gacrux(task, seconds)
        except Unanswered as error:
            self.unanswered += 1
            print(f"Seed {seed}, round {task.round_number}: gacrux {error}.", flush=True)
            return mine
        if mine != theirs:
            self.different += 1
            print(f"Seed {seed}, round {task.round_number}: {mine} but {theirs}.", flush=True)
        return mine


def _count(rng: Random, fewest: int, most: int, *, mostly_small: bool) -> int:
    """How many players: any number alike, or as many from 10 to 20 as from 100 to 200."""
    if mostly_small:
        return round(exp(rng.uniform(log(fewest), log(most))))
    return rng.randint(fewest, most)


def compare(
    seeds: Iterable[int], fewest: int, most: int, *, mostly_small: bool, patience: float
) -> int:
    """Play a tournament for each seed; returns how many rounds differ from gacrux's.

    gacrux has `patience` seconds for each round; those it does not answer are counted apart.
    """
    tally = Tally()
    for seed in seeds:
        rng = Random(seed)
        points = rng.choice(POINTS) if rng.random() < 0.4 else PointSystem()
        count = _count(rng, fewest, most, mostly_small=mostly_small)
        habits = Habits.by_chance(rng)
        length = rng.randint(1, _MOST_ROUNDS)
        for _ in play(
            rng, count, length, habits, points, partial(tally.see, seed, seconds=patience)
        ):
            pass
        tally.tournaments += 1
        if tally.tournaments % 100 == 0:
            print(tally, flush=True)
    print(tally)
    return tally.different


@dataclass(frozen=True)
class Beside:
    """Seconds of CPU for the same rounds, ours and gacrux's; `unanswered` are those it gave up."""

    ours: list[float]
    theirs: list[float]
    unanswered: int

    def __str__(self) -> str:
        """Cells of a table: gacrux's median and slowest, and how many times as long in all."""
        if not self.theirs:
            return f"- | - | {self.unanswered} not answered | -"
        rounds = f"{len(self.theirs)} of {len(self.theirs) + self.unanswered}"
        ratio = sum(self.theirs) / sum(self.ours)
        return f"{median(self.theirs):.2f} | {max(self.theirs):.2f} | {rounds} | {ratio:.0f}"


def beside_gacrux(players: int, rounds: int) -> Beside:
    """Both engines on one round after the other, until gacrux has had its time for this size."""
    ours, theirs, unanswered = [], [], 0

    def pair(task: PairingTask) -> SwissPairing:
        nonlocal unanswered
        begin = time.process_time()
        pairing = DutchEngine().pair(task)
        middle = time.process_time()
        try:
            ask_gacrux(task, PATIENCE)
        except Unanswered:
            unanswered += 1
        else:
            ours.append(middle - begin)
            theirs.append(time.process_time() - middle)
        return pairing

    begin, seed = time.process_time(), 0
    while len(theirs) + unanswered < rounds:
        habits = Habits(draws=DRAWS[seed % len(DRAWS)])
        for _ in play(Random(seed), players, ROUNDS, habits, PointSystem(), pair):
            if time.process_time() - begin > GACRUX_SECONDS:
                return Beside(ours, theirs, unanswered)
        seed += 1
    return Beside(ours, theirs, unanswered)


def report(runs: int) -> None:
    """The growth with the number of players, the ratio to gacrux, and the hard positions.

    It takes several minutes. In parts: `python -m benchmarks.dutch --part growth`, then
    `--part beside`, and `python -m benchmarks.hard_swisses`.
    """
    report_growth()
    report_beside(runs)
    hard_swisses.report()


def report_growth() -> None:
    """The growth with the number of players; draws the plot."""
    print("\n| players | rounds | s of CPU a round | slowest | MiB |\n|---|---|---|---|---|")
    found = []
    for players in SIZES:
        many = MANY_ROUNDS if players <= _MOST_FOR_MANY_ROUNDS else ROUNDS * len(DRAWS)
        speed = measure(players, many if players < SIZES[-1] else ROUNDS)
        found.append(speed)
        print(
            f"| {players:,} | {speed.rounds} | {speed.middle:.3f} | {speed.slowest:.3f} "
            f"| {speed.memory:.0f} |",
            flush=True,
        )
    curves = {
        "median": [(one.players, one.middle) for one in found],
        "slowest": [(one.players, one.slowest) for one in found],
    }
    title = "A round of a Swiss by the Dutch system"
    PLOT.write_text(draw(title, "players", "seconds of CPU a round", curves))


def report_beside(runs: int) -> None:
    """Both engines on the same rounds, where gacrux answers."""
    limits = f"{PATIENCE} s for a round and {GACRUX_SECONDS} s for a size"
    print(f"\nBeside gacrux, which has {limits}\n")
    print("| players | s of CPU a round | gacrux | slowest | rounds it answered | x |")
    print("|---|---|---|---|---|---|")
    for players in REFERENCE_SIZES:
        both = beside_gacrux(players, ROUNDS * runs)
        middle = f"{median(both.ours):.3f}" if both.ours else "-"
        print(f"| {players:,} | {middle} | {both} |", flush=True)


def main() -> None:
    """Compare, or answer to `measure`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many tournaments")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--sizes", type=int, nargs=2, default=(2, 60), metavar="PLAYERS")
    parser.add_argument(
        "--mostly-small", action="store_true", help="half of them below the sizes' geometric mean"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, help="seconds for gacrux a round"
    )
    parser.add_argument("--part", choices=("growth", "beside"), help="of the report, and no more")
    parser.add_argument("--time", type=int, nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.time:
        count, rounds = chosen.time
        spent = seconds_of(count, rounds, DutchEngine())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(median(spent), max(spent), memory)
        return
    if chosen.part:
        report_growth() if chosen.part == "growth" else report_beside(len(DRAWS))
        return
    different = compare(
        range(chosen.first, chosen.first + chosen.count),
        *chosen.sizes,
        mostly_small=chosen.mostly_small,
        patience=chosen.patience,
    )
    if different:
        sys.exit(1)


if __name__ == "__main__":
    main()
