"""Builders of tournaments in rounds: by hand, by chance, and out of report files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from tournaments.engine.history import (
    Bye,
    ByeKind,
    History,
    Match,
    Player,
    PointSystem,
    Result,
    Round,
)
from tournaments.engine.swiss import PairingTask, QuickEngine, SwissEngine, read_trf

WIN, DRAW, LOSS = Result.WIN, Result.DRAW, Result.LOSS
REQUESTED_BYES = (ByeKind.HALF_POINT, ByeKind.ZERO_POINT)


def won(white: int, black: int, games: tuple[int, int] = (1, 0)) -> Match:
    """White won."""
    return Match(white, black, WIN, LOSS, games=games)


def lost(white: int, black: int, games: tuple[int, int] = (0, 1)) -> Match:
    """Black won."""
    return Match(white, black, LOSS, WIN, games=games)


def drawn(white: int, black: int) -> Match:
    """Nobody won."""
    return Match(white, black, DRAW, DRAW)


def forfeited(winner: int, loser: int) -> Match:
    """The winner, with White, had nobody to play."""
    return Match(winner, loser, WIN, LOSS, played=False)


def both_forfeited(white: int, black: int) -> Match:
    """Neither came."""
    return Match(white, black, LOSS, LOSS, played=False)


def history(names: str, *rounds: Round, points: PointSystem | None = None) -> History:
    """A tournament of players named by words, numbered from 1."""
    players = tuple(Player(number, name) for number, name in enumerate(names.split(), start=1))
    return History(players, rounds, points or PointSystem())


def played(*matches: Match, byes: dict[int, ByeKind] | None = None) -> Round:
    """A round of these matches and byes."""
    return Round(matches, tuple(Bye(*one) for one in (byes or {}).items()))


def by_chance(
    player_count: int,
    round_count: int,
    rng: Random,
    *,
    engine: SwissEngine | None = None,
    absence: float = 0.05,
    forfeits: float = 0.04,
    watch: Callable[[PairingTask], None] = lambda task: None,
) -> History:
    """A Swiss tournament by chance, with byes asked for, absences and forfeits."""
    players = tuple(
        Player(number, f"P{number}", 2500 - 3 * number) for number in range(1, player_count + 1)
    )
    found = History(players, planned_rounds=round_count)
    for _ in range(round_count):
        byes = tuple(
            Bye(player.id, rng.choice(REQUESTED_BYES))
            for player in players
            if rng.random() < absence
        )
        task = PairingTask(found, byes)
        watch(task)
        pairing = (engine or QuickEngine()).pair(task)
        matches = tuple(match_by_chance(pair, rng, forfeits) for pair in pairing.pairs)
        byes += tuple(Bye(player, ByeKind.PAIRING_ALLOCATED) for player in pairing.resting)
        found = replace(found, rounds=(*found.rounds, Round(matches, byes)))
    return found


def match_by_chance(pair: tuple[int, int], rng: Random, forfeits: float) -> Match:
    """A result by chance, a share of them forfeits by one or both."""
    white, black = pair
    if rng.random() < forfeits:
        one_sided = Match(white, black, WIN, LOSS, played=False)
        other_sided = Match(white, black, LOSS, WIN, played=False)
        return rng.choice((one_sided, other_sided, both_forfeited(white, black)))
    result = rng.choice((WIN, DRAW, LOSS))
    return Match(white, black, result, result.reverse)


def published_rounds(path: Path) -> list[tuple[PairingTask, Round]]:
    """Each round of a finished tournament: the task before it, and what was paired."""
    full = read_trf(path.read_text()).history
    full = replace(full, planned_rounds=len(full.rounds))
    return [
        (PairingTask(full.after(number), _absences(full, one)), one)
        for number, one in enumerate(full.rounds)
    ]


def _absences(full: History, one: Round) -> tuple[Bye, ...]:
    """Who was not to be paired in a round."""
    asked = tuple(bye for bye in one.byes if bye.kind is not ByeKind.PAIRING_ALLOCATED)
    seen = {bye.player for bye in one.byes}
    seen |= {player for match in one.matches for player in (match.white, match.black)}
    return asked + tuple(
        Bye(player.id, ByeKind.ZERO_POINT) for player in full.players if player.id not in seen
    )
