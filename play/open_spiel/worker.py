"""The process that has the rules: `python -m play.open_spiel.worker`, a line in, a line out.

It keeps nothing that cannot be lost: a question has the whole history of its game. On any fault it
ends, and whoever asked starts another.
"""

import signal
import sys
from collections import Counter, OrderedDict
from functools import cache
from random import Random
from typing import Any

import msgspec
import pyspiel

from .messages import Found, Next, Position, Search
from .views import move_text, move_texts, views_of

#: Positions that are kept, so that a move need not be reached from the start again.
_MOST_KEPT = 512
_WORLDS, _MOST_TRIES = 12, 4000
_UCT, _SEARCH_MIB = 2.0, 64

_kept: OrderedDict[tuple[str, tuple[int, ...]], tuple[Any, int]] = OrderedDict()


@cache
def _game(name: str) -> Any:
    return pyspiel.load_game(name)


def position(ask: Next) -> Position:
    """The position after a move, and after what chance brings then."""
    history = list(ask.history)
    state, starter = _reached(ask.game, history)
    if ask.move is not None:
        state = state.clone()
        _apply(state, move_texts(ask.game, state)[ask.move], history)
    while state.is_chance_node():
        _apply(state, _drawn(state, _chance(ask.seed, len(history))), history)
    if starter < 0:
        starter = state.current_player()
    _keep(ask.game, history, state, starter)
    is_over = state.is_terminal()
    moves = {} if is_over else move_texts(ask.game, state)
    return Position(
        history=history,
        starter=starter,
        player=None if is_over else state.current_player(),
        moves=list(moves),
        views=[msgspec.Raw(msgspec.json.encode(v)) for v in views_of(ask.game, state, moves)],
        returns=state.returns() if is_over else [],
    )


def _apply(state: Any, action: int, history: list[int]) -> None:
    state.apply_action(action)
    history.append(action)


def _chance(seed: int, length: int) -> Random:
    """The same luck after as many actions, whatever the library's own generators do."""
    return Random(seed << 16 | length)


def _drawn(state: Any, chance: Random) -> int:
    left = chance.random()
    outcomes: list[tuple[int, float]] = state.chance_outcomes()
    for action, probability in outcomes:
        left -= probability
        if left < 0:
            return action
    return outcomes[-1][0]


def _reached(game: str, history: list[int]) -> tuple[Any, int]:
    """The state after a history, and who moved first in it (-1: nobody yet)."""
    kept = _kept.get((game, tuple(history)))
    if kept is not None:
        return kept[0].clone(), kept[1]
    state, starter = _game(game).new_initial_state(), -1
    for action in history:
        if starter < 0 and not state.is_chance_node():
            starter = state.current_player()
        state.apply_action(action)
    return state, starter


def _keep(game: str, history: list[int], state: Any, starter: int) -> None:
    _kept[game, tuple(history)] = (state, starter)
    if len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)


def search(ask: Search) -> Found:
    """A move by Monte Carlo tree search; what is hidden is guessed, some times over."""
    chance = Random(ask.seed)
    if ask.information is None:
        state, _ = _reached(ask.game, ask.history)
        worlds = [state]
    else:
        worlds = _guesses(ask, chance)
    votes: Counter[int] = Counter()
    for state in worlds:
        evaluator = pyspiel.RandomRolloutEvaluator(1, chance.getrandbits(31))
        bot = pyspiel.MCTSBot(
            _game(ask.game), evaluator, _UCT, max(2, ask.simulations // len(worlds)), _SEARCH_MIB,
            True, chance.getrandbits(31), False,
        )  # fmt: skip
        votes[bot.step(state)] += 1
    best = votes.most_common(1)[0][0]
    return Found(move_text(ask.game, worlds[0], best))


def _guesses(ask: Search, chance: Random) -> list[Any]:
    """States that may be, by what the player knows; raises if none is found."""
    found = []
    for _ in range(_MOST_TRIES):
        state = _guess(ask, chance)
        if state is not None and state.information_state_string(ask.player) == ask.information:
            found.append(state)
            if len(found) == _WORLDS:
                break
    if not found:
        raise ValueError("No state fits what the player knows.")
    return found


def _guess(ask: Search, chance: Random) -> Any:
    state = _game(ask.game).new_initial_state()
    for action in [*ask.history, None]:
        while state.is_chance_node():
            state.apply_action(_drawn(state, chance))
        if action is not None:
            if action not in state.legal_actions():
                return None
            state.apply_action(action)
    return state


def main() -> None:
    """Answer until there is nobody who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the site's affair
    questions = msgspec.json.Decoder(Next | Search)
    _say(b"{}")  # ready
    for line in sys.stdin.buffer:
        ask = questions.decode(line)
        answer = position(ask) if isinstance(ask, Next) else search(ask)
        _say(msgspec.json.encode(answer))


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
