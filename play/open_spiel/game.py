"""A game of OpenSpiel as a game of this site."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

import msgspec

from play.engine.game import GameOutcome, IllegalMove, TurnGame, TurnSettings

from .messages import Found, Next, Position, Search
from .process import SEARCH_SECONDS, Worker, WorkerFailed

#: What only those who move need of a view.
_FOR_PLAYERS = {"cells", "history", "player"}
#: How many games a computer plays out before it moves, by strength.
_SIMULATIONS = (0, 20, 200, 1000)


class Spot(NamedTuple):
    """A position: which side began, the game and its seed, and all that the worker says of it."""

    first: int
    game: str
    seed: int
    line: bytes


@dataclass(frozen=True)
class Offer:
    """One of OpenSpiel's games, and how it is offered here.

    `players` is what player 0 and player 1 are called; `far` is the one who sits at the upper
    edge, if the board is turned for that. `load` has places for the settings.
    """

    slug: str
    name: str
    load: str
    about: str
    players: tuple[str, str]
    far: int | None = None
    draws: bool = False
    takebacks: bool = True
    settings: type[TurnSettings] = TurnSettings


class SpielGame(TurnGame[Spot]):
    """A game whose rules another process has: one question for each move."""

    def __init__(self, offer: Offer, worker: Worker) -> None:
        self.slug, self.name, self.about = offer.slug, offer.name, offer.about  # type: ignore[misc]
        self.settings, self.draws = offer.settings, offer.draws  # type: ignore[misc]
        self.takebacks = offer.takebacks  # type: ignore[misc]
        self._offer, self._worker = offer, worker

    def prepare(self) -> None:
        """The other process starts before a room needs it."""
        self._worker.start()

    def setup(self, settings: Any, *, seed: int, first: int) -> Spot:
        """After what chance brings before the first move."""
        game = self._offer.load.format(**msgspec.structs.asdict(settings))
        return Spot(first, game, seed, self._worker.ask(Next(game, seed, [])))

    def to_move(self, state: Spot) -> int:
        """The side; at the end, either."""
        position = _read(state.line)
        return _other(state, position.player or 0)

    def legal(self, state: Spot) -> Sequence[str]:
        """As the worker writes them."""
        return _read(state.line).moves

    def apply(self, state: Spot, move: str) -> Spot:
        """Ask for the position after a legal move; whatever is no legal move is never asked."""
        position = _read(state.line)
        if move not in position.moves:
            raise IllegalMove(f"{move[:40]!r} is not among the moves that are legal now.")
        ask = Next(state.game, state.seed, position.history, move)
        try:
            return state._replace(line=self._worker.ask(ask))
        except WorkerFailed as error:
            raise IllegalMove(f"{error} Try it once more, or another move.") from error

    def outcome(self, state: Spot) -> GameOutcome | None:
        """Whoever gained more has won."""
        gained = _read(state.line).returns
        if not gained:
            return None
        if gained[0] == gained[1]:
            return GameOutcome(None, (0, 0))
        winner = _other(state, int(gained[1] > gained[0]))
        return GameOutcome(winner, (int(winner == 0), int(winner == 1)))

    def scores(self, state: Spot) -> tuple[int, int]:
        """There are none before the end."""
        outcome = self.outcome(state)
        return outcome.scores if outcome else (0, 0)

    def view(self, state: Spot, side: int | None) -> dict[str, Any]:
        """What the worker shows to that player, and what each side is called."""
        views = _read(state.line).views
        player = 2 if side is None else _other(state, side)
        view: dict[str, Any] = msgspec.json.decode(views[min(player, len(views) - 1)])
        if side is None:
            view = {name: shown for name, shown in view.items() if name not in _FOR_PLAYERS}
        return view | {
            "sides": [self._offer.players[_other(state, side)] for side in range(2)],
            "is_turned": player == self._offer.far,
            "game": state.game,
        }

    def pack(self, state: Spot) -> bytes:
        """All of it, so that nobody need be asked."""
        return msgspec.msgpack.encode(state)

    def unpack(self, packed: bytes) -> Spot:
        """What was packed."""
        try:
            state = msgspec.msgpack.decode(packed, type=Spot)
            _read(state.line)
        except msgspec.MsgspecError as error:
            raise ValueError("These bytes are no position.") from error
        return state

    def bot(
        self, view: dict[str, Any], legal: Sequence[str], *, strength: int, chance: Random
    ) -> str:
        """A tree search by OpenSpiel; what is hidden is guessed."""
        ask = Search(
            view["game"], chance.getrandbits(31), view["history"], _SIMULATIONS[strength],
            view["player"], view.get("information"),
        )  # fmt: skip
        try:
            line = self._worker.ask(ask, seconds=SEARCH_SECONDS)
        except WorkerFailed:
            return chance.choice(legal)
        return msgspec.json.decode(line, type=Found).move


_decoder = msgspec.json.Decoder(Position)


@lru_cache(maxsize=256)
def _read(line: bytes) -> Position:
    return _decoder.decode(line)


def _other(state: Spot, one: int) -> int:
    """The side of a player, or the player of a side: who began is `first`."""
    return one ^ _read(state.line).starter ^ state.first
