"""Games that bots play, as rooms record them."""

from random import Random
from typing import Any

from matchmaking.models import Match, Pool
from matchmaking.results import Result
from matchmaking.services.matches import finish_match
from matchmaking.services.queue.joining import Join, Joined, join_pools
from play.engine.game import SIDES, GameOutcome, RealTimeGame, TurnGame
from play.engine.record import Change, Recorded, Turn, pack_record
from play.models import PlayedGame
from play.registry import game_of


def bots_play(slug: str, *, seed: int = 1, **settings: Any) -> tuple[Recorded, GameOutcome]:
    """A game of a gentle and a steady computer, and how it ended."""
    game, chance = game_of(slug), Random(seed)
    chosen = game.settings(**settings)
    play: Any = _hold if isinstance(game, RealTimeGame) else _take_turns
    entries, length, outcome = play(game, game.setup(chosen, seed=seed, first=seed % 2), chance)
    return Recorded(settings, seed, seed % 2, pack_record(entries), length), outcome


def _hold(game: RealTimeGame[Any], state: Any, chance: Random) -> Any:
    entries, held, length = [], [0] * SIDES, 0
    while (outcome := game.outcome(state)) is None:
        for side in range(SIDES):
            move = game.bot(state, side, strength=side + 1, chance=chance)
            if move != held[side]:
                held[side] = move
                entries.append(Change(length, side, move))
        state = game.step(state, (held[0], held[1]))
        length += 1
    return entries, length, outcome


def _take_turns(game: TurnGame[Any], state: Any, chance: Random) -> Any:
    entries: list[Turn] = []
    while (outcome := game.outcome(state)) is None:
        view, side = game.view(state, game.to_move(state)), game.to_move(state)
        move = game.bot(view, game.legal(state), strength=side + 1, chance=chance)
        entries.append(Turn(move, chance.randrange(1, 5000)))
        state = game.apply(state, move)
    return entries, len(entries), outcome


def met(slug: str) -> Match:
    """A match of a pool that plays this game."""
    Pool.objects.update_or_create(slug=f"of-{slug}", name=f"Of {slug}", plays=slug)
    _, joined = join_pools([Join("Ann", pool=f"of-{slug}"), Join("Bob", pool=f"of-{slug}")])
    assert isinstance(joined, Joined) and joined.match
    return Match.objects.in_full().get(pk=joined.match.pk)


def played_match(slug: str, *, seed: int = 1, **settings: Any) -> Match:
    """A finished match of one game that bots played."""
    match = met(slug)
    recorded, outcome = bots_play(slug, seed=seed, **settings)
    store(match, recorded, outcome)
    scores = [int(outcome.winner == 0), int(outcome.winner == 1)]
    finish_match(match=match, result=Result.by_score(scores, best_of=match.best_of, draws=False))
    return match


def store(match: Match, recorded: Recorded, outcome: GameOutcome, number: int = 1) -> PlayedGame:
    """Store a game of a match."""
    slug = match.pool.plays if match.pool else ""
    return PlayedGame.objects.create(
        match=match, revision=match.revision, number=number, game=slug,
        version=game_of(slug).version, settings=recorded.settings, first=recorded.first,
        seed=recorded.seed, record=recorded.record, length=recorded.length,
        winner=outcome.winner, scores=list(outcome.scores), reason=outcome.reason,
    )  # fmt: skip
