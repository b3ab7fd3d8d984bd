"""Matches of teams, or of more than two sides, by Glicko-2: one against one is its own case.

Its formulas take games of two players. So each side's match is a game against every other side:

- **A team is as strong as the mean of its players**, as the pairing has it. A player of a team of
  n moves the team by a nth, so that a game tells a nth as much of each; what is not known of the
  others, team mates too, blurs it as the opponent's deviation does.
- **Among n sides** the games are not independent: who came first beat all others by one good
  performance. Together they count as much as the whole order tells of a side by the model of
  Plackett and Luce, whose pairs win by the same curve as two players.

`make bench ARGS=ratings` measures how true the deviations are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from statistics import fmean

from .glicko2 import TAU, Game, Rating, rate_period, widen

Side = Sequence[Rating]


@dataclass(frozen=True, slots=True)
class _Team:
    """A side as one player: its mean, the variance of the mean, and its players."""

    mean: float
    variance: float
    players: Side

    @classmethod
    def of(cls, players: Side) -> "_Team":
        mean = fmean(player.rating for player in players)
        variance = sum(player.deviation**2 for player in players) / len(players) ** 2
        return cls(mean, variance, players)

    def opponent_of(self, player: Rating, team: "_Team") -> Rating:
        """This side as a player of `team` meets it: as far off as the means of the two are."""
        others = team.variance - (player.deviation / len(team.players)) ** 2
        apart = team.mean - self.mean
        return Rating(player.rating - apart, sqrt(max(0.0, others) + self.variance))


def rate_sides(
    sides: Sequence[Side],
    ranks: Sequence[int],
    *,
    idle_periods: Sequence[Sequence[float]],
    tau: float = TAU,
) -> list[list[Rating]]:
    """The ratings of all players after a match; the lower a side's rank the better, ties are equal.

    `idle_periods` are as for `rate_match`, for each player.
    """
    teams = [
        _Team.of([widen(p, max(0.0, idle - 1)) for p, idle in zip(side, waits, strict=True)])
        for side, waits in zip(sides, idle_periods, strict=True)
    ]
    weight = _weight(len(teams))
    return [
        [
            rate_period(
                player,
                [
                    Game(
                        other.opponent_of(player, team),
                        _score(ranks[place], ranks[against]),
                        weight=weight,
                        share=1 / len(team.players),
                    )
                    for against, other in enumerate(teams)
                    if against != place
                ],
                tau=tau,
                periods=min(1.0, idle),
            )
            for player, idle in zip(team.players, idle_periods[place], strict=True)
        ]
        for place, team in enumerate(teams)
    ]


def _score(rank: int, other: int) -> float:
    if rank == other:
        return 0.5
    return float(rank < other)


@lru_cache(maxsize=64)
def _weight(sides: int) -> float:
    """What one of a side's games counts: 1 for two sides.

    An order of n equals tells (n - H) / n of a side, with H = 1 + 1/2 + … + 1/n; a game 1/4.
    """
    harmonic = sum(Fraction(1, place) for place in range(1, sides + 1))
    return float(4 * (sides - harmonic) / (sides * (sides - 1)))
