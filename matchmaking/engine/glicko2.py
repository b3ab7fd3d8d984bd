"""Glicko-2: a player's rating, its deviation and its volatility.

After Mark Glickman, "Example of the Glicko-2 system" (2022); "Step" in a comment is a step of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, pi, sqrt

SCALE = 173.7178  # rating points in one unit of the Glicko-2 scale (Step 2)
CENTRE = 1500.0
HIGHEST_DEVIATION = 350.0  # that of an unknown player
TAU = 0.5

_ITERATIONS = 200
_PRECISION = 1e-12
_LEAST_INFORMATION = 1e-30  # a game between the far ends of the scale has next to no information


@dataclass(frozen=True, slots=True)
class Rating:
    """A player's strength: rating and deviation in points, and volatility."""

    rating: float = CENTRE
    deviation: float = HIGHEST_DEVIATION
    volatility: float = 0.06

    def __post_init__(self) -> None:
        """Raise `ValueError` for impossible values."""
        can_be = 0 < self.deviation < inf and 0 < self.volatility < inf
        if not can_be or not isfinite(self.rating):
            raise ValueError(f"This is no Glicko-2 rating: {self}.")


@dataclass(frozen=True, slots=True)
class Game:
    """One game of the rated player: the opponent's rating before it, and the score 1, 0.5 or 0.

    `weight` is how many games it counts for, and `share` the player's part in what was played: both
    are 1 between two players.
    """

    opponent: Rating
    score: float
    weight: float = 1.0
    share: float = 1.0

    def __post_init__(self) -> None:
        """Raise `ValueError` for an impossible score."""
        if not 0 <= self.score <= 1:
            raise ValueError(f"A score is from 0 to 1, not {self.score}.")


def rate_period(
    player: Rating, games: Sequence[Game], *, tau: float = TAU, periods: float = 1.0
) -> Rating:
    """The rating after one rating period with these games; none at all widens the deviation.

    The opponents' ratings are those from before the period. `periods` is its length in rating
    periods: less than 1 for a game that came sooner. ValueError if it, or `tau`, is below zero.
    """
    if periods < 0 or tau <= 0:
        raise ValueError("A period is not shorter than nothing, and tau is above zero.")
    if not games:
        return widen(player, periods)
    mu, phi = (player.rating - CENTRE) / SCALE, player.deviation / SCALE
    information, surprise = _evidence(mu, games)
    variance = 1 / information
    volatility = _new_volatility(phi, player.volatility, variance, variance * surprise, tau)
    phi_before = sqrt(phi**2 + periods * volatility**2)  # Step 6
    phi_after = 1 / sqrt(1 / phi_before**2 + information)  # Step 7
    mu_after = mu + phi_after**2 * surprise
    return Rating(CENTRE + SCALE * mu_after, SCALE * phi_after, volatility)  # Step 8


def widen(player: Rating, periods: float) -> Rating:
    """The rating after so many rating periods without a game (the end of Step 6).

    The deviation stays within that of an unknown player.
    """
    if periods < 0:
        raise ValueError("Nobody is idle for less than nothing.")
    deviation = sqrt(player.deviation**2 + periods * (SCALE * player.volatility) ** 2)
    highest = max(HIGHEST_DEVIATION, player.deviation)
    return Rating(player.rating, min(deviation, highest), player.volatility)


def rate_match(
    players: tuple[Rating, Rating],
    score: float,
    *,
    idle_periods: tuple[float, float],
    tau: float = TAU,
) -> tuple[Rating, Rating]:
    """Both ratings after one finished match; `score` is the first player's.

    `idle_periods` is how long it is, in rating periods, since each was last rated. The match is
    the one game of a period that ends with it: its length is that time, at most 1; what was
    before it were periods without a game. Over whole periods this is Glickman's calculation.
    """
    first, second = (
        widen(player, max(0.0, idle - 1))
        for player, idle in zip(players, idle_periods, strict=True)
    )
    lengths = [min(1.0, idle) for idle in idle_periods]
    return (
        rate_period(first, [Game(second, score)], tau=tau, periods=lengths[0]),
        rate_period(second, [Game(first, 1 - score)], tau=tau, periods=lengths[1]),
    )


def _evidence(mu: float, games: Sequence[Game]) -> tuple[float, float]:
    """1/v and delta/v: the information of the games, and their difference from the expectation."""
    information = surprise = 0.0
    for game in games:
        phi = game.opponent.deviation / SCALE
        g = 1 / sqrt(1 + 3 * phi**2 / pi**2)
        distance = g * (mu - (game.opponent.rating - CENTRE) / SCALE)
        slope = game.share * g
        # 1 - expected is taken from the exponent: as a difference it would round to zero.
        expected, beaten = _logistic(distance), _logistic(-distance)
        information += game.weight * slope**2 * expected * beaten
        surprise += game.weight * slope * (game.score - expected)
    return max(information, _LEAST_INFORMATION), surprise


def _logistic(distance: float) -> float:
    if distance < 0:
        return exp(distance) / (1 + exp(distance))
    return 1 / (1 + exp(-distance))


def _new_volatility(
    phi: float, volatility: float, variance: float, delta: float, tau: float
) -> float:
    """Step 5: the root of f by the Illinois method."""
    a = log(volatility**2)

    def f(x: float) -> float:
        spread = phi**2 + variance + exp(x)
        return exp(x) * (delta**2 - spread) / (2 * spread**2) - (x - a) / tau**2

    low = a
    if delta**2 > phi**2 + variance:
        high = log(delta**2 - phi**2 - variance)
    else:
        high = a - tau
        while f(high) < 0:
            high -= tau
    f_low, f_high = f(low), f(high)
    for _ in range(_ITERATIONS):
        if abs(high - low) <= _PRECISION:
            break
        middle = low + (low - high) * f_low / (f_high - f_low)
        f_middle = f(middle)
        if f_middle * f_high <= 0:
            low, f_low = high, f_high
        else:
            f_low /= 2
        high, f_high = middle, f_middle
    return exp(low / 2)
