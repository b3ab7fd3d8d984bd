"""How true ratings are: seasons of players whose strength is known, in every kind of match.

A season has players of normally distributed strength, who meet at random. Sides perform by the
model of the ratings: a team as the mean of its players, each side with the noise by which who has
400 points more wins ten of eleven matches. No player changes, but for one question: when somebody
improves, how long is it until this shows?
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log, sqrt
from random import Random
from statistics import fmean

from matchmaking.engine.glicko2 import SCALE, Rating
from matchmaking.engine.rating_history import Played, RatingState
from matchmaking.rating_systems import UNRATED, Duel, Melee, Outcome, rate_by

PERIOD = timedelta(days=7)
FLOOR = 45.0
RANKED_DEVIATION = 110.0
#: Team size and sides of the kinds of match that are measured.
KINDS = ((1, 2), (2, 2), (3, 2), (5, 2), (1, 3), (1, 4), (1, 8), (2, 3))
SPREADS = (100.0, 200.0, 350.0)
MATCHES = 200  # of each player
MATCHES_A_WEEK = 20
SEED = 2026


@dataclass(frozen=True)
class Season:
    """How true the ratings of one season were."""

    within: float
    """How often the true strength lay within two deviations, over the whole season."""
    ranked_after: float
    """Matches until a player has a rank, in the mean; those who have none count as all of them."""
    deviation: float
    """At the end, in the mean."""
    error: float
    """The root of the mean square error at the end."""


def season(
    size: int, sides: int, spread: float, *, matches: int = MATCHES, seed: int = SEED
) -> Season:
    """Simulate one season."""
    chance = Random(seed)
    strengths = _strengths(max(40, 2 * size * sides), spread, chance)
    states = [UNRATED] * len(strengths)
    played, ranked = [0] * len(strengths), dict.fromkeys(range(len(strengths)), matches)
    rate, now = rate_by(PERIOD, least_deviation=FLOOR), 0.0
    rounds = matches * len(strengths) // (size * sides)
    seconds = matches / MATCHES_A_WEEK * PERIOD.total_seconds() / rounds
    hits: list[bool] = []
    for number in range(rounds):
        now += seconds
        seats = chance.sample(range(len(strengths)), size * sides)
        outcome = _outcome([strengths[seat] for seat in seats], size, chance)
        after = rate(Played(tuple(seats), outcome, now), tuple(states[seat] for seat in seats))
        for seat, state in zip(seats, after, strict=True):
            states[seat] = state
            played[seat] += 1
            if state.rating.deviation <= RANKED_DEVIATION * sqrt(size):
                ranked[seat] = min(ranked[seat], played[seat])
        if number % max(1, rounds // 50) == 0:
            hits += _hits(states, strengths)
    errors = [state.rating.rating - true for state, true in zip(states, strengths, strict=True)]
    return Season(
        within=fmean(hits),
        ranked_after=fmean(ranked.values()),
        deviation=fmean(state.rating.deviation for state in states),
        error=sqrt(fmean(error**2 for error in errors)),
    )


def _strengths(players: int, spread: float, chance: Random) -> list[float]:
    """Around 1500 in the mean, since results say only how far apart players are."""
    drawn = [chance.gauss(0, spread) for _ in range(players)]
    return [1500 + one - fmean(drawn) for one in drawn]


def _hits(states: Sequence[RatingState], strengths: Sequence[float]) -> list[bool]:
    return [
        abs(state.rating.rating - true) <= 2 * state.rating.deviation
        for state, true in zip(states, strengths, strict=True)
    ]


def _outcome(strengths: Sequence[float], size: int, chance: Random) -> Outcome:
    """How players of these strengths end, `size` of them on each side."""
    performances = [
        fmean(strengths[first : first + size]) - SCALE * log(chance.expovariate(1.0))
        for first in range(0, len(strengths), size)
    ]
    ranks = [1 + sum(other > own for other in performances) for own in performances]
    if len(strengths) == 2:
        return Duel(float(ranks[0] == 1))
    return Melee((size,) * len(ranks), tuple(ranks))


def matches_to_catch_up(floor: float, *, before: int = 700, gain: float = 200.0) -> int:
    """How many duels somebody needs who has improved, until three quarters of it show.

    `before` matches have been played at 1500, against players of 1500 who are as sure.
    """
    rate, now, number = rate_by(PERIOD, least_deviation=floor), 0.0, 0
    ours = other = UNRATED
    while ours.rating.rating < 1500 + 0.75 * gain or number <= before:
        number += 1
        now += PERIOD.total_seconds() / MATCHES_A_WEEK
        ahead = 0.0 if number <= before else gain
        score = 1 / (1 + 10 ** (-ahead / 400))  # what is expected of them, in each match
        ours, _ = rate(Played((0, 1), Duel(score), now), (ours, other))
        other = RatingState(Rating(1500, ours.rating.deviation), now)
    return number - before


def report(runs: int) -> None:
    """Measure, and print the tables of docs/matchmaking.md."""
    print(f"\n{runs} seasons of {MATCHES} matches a player for each spread of strengths\n")
    print("| team | sides | within two deviations | ranked after | deviation | error |")
    print("|---|---|---|---|---|---|")
    for size, sides in KINDS:
        found = [
            season(size, sides, spread, seed=SEED + run)
            for spread in SPREADS
            for run in range(runs)
        ]
        cells = [
            f"{100 * fmean(one.within for one in found):.0f} %",
            f"{fmean(one.ranked_after for one in found):.0f}",
            f"{fmean(one.deviation for one in found):.0f}",
            f"{fmean(one.error for one in found):.0f}",
        ]
        print(f"| {size} | {sides} | {' | '.join(cells)} |")
    print("\n| deviation not under | matches until an improvement of 200 shows |\n|---|---|")
    for floor in (0.0, 30.0, FLOOR, 60.0):
        print(f"| {floor:.0f} | {matches_to_catch_up(floor)} |")
