"""What a game is: a pure class that sets up a state, moves it on, and says when it is over.

A state is a value: `step` and `apply` return a new one and leave the old one as it was. Chance
comes from the seed alone. So a game that is played again from its seed and moves is the same game.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Meta

State = TypeVar("State")
SIDES = 2


class Reason(StrEnum):
    """Why a game is over."""

    PLAYED = "played"
    RESIGNED = "resigned"
    AGREED = "agreed"
    TIME = "time"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class GameOutcome:
    """How a game ended: `winner` is the index of a side, None in a draw; `scores` are its points.

    `text` says what decided it, such as "four in a row"; it may be empty.
    """

    winner: int | None
    scores: tuple[int, int]
    reason: Reason = Reason.PLAYED
    text: str = ""


class GameSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set of a game, by a pool or a tournament. Each field has a default.

    Bounds are `msgspec.Meta` on the field's type, and so are its title and description, which the
    forms show.
    """


class TurnSettings(GameSettings, frozen=True):
    """The settings that every game of turns has: its clock, in seconds."""

    seconds: Annotated[int, Meta(ge=10, le=7200, title="Time for each player, in seconds")] = 300
    increment: Annotated[int, Meta(ge=0, le=300, title="Seconds that each move adds")] = 3


class IllegalMove(Exception):
    """A move that the rules do not allow now; the text says why."""


class Game(ABC, Generic[State]):
    """A game of two sides. Subclass `RealTimeGame` or `TurnGame`."""

    slug: ClassVar[str]
    name: ClassVar[str]
    #: Raised whenever the same moves no longer give the same game: older records are not replayed.
    version: ClassVar[int] = 1
    settings: ClassVar[type[GameSettings]] = GameSettings
    #: Whether a game may end drawn.
    draws: ClassVar[bool] = False
    #: The page's view: a module below the static files, such as `play/pong/view.js`.
    script: ClassVar[str]
    #: The script of a page in which it is played against the computer, if it has one.
    practice: ClassVar[str] = ""
    #: One sentence for those who do not know it, and how it is played with the keyboard.
    about: ClassVar[str] = ""

    def prepare(self) -> None:
        """Called in a thread before a room of it opens: what takes long is done here, once."""

    @abstractmethod
    def setup(self, settings: Any, *, seed: int, first: int) -> State:
        """The state at the start. `first` is the side that begins; it alternates between games."""

    @abstractmethod
    def outcome(self, state: State) -> GameOutcome | None:
        """How the game ended; None while it goes on."""

    @abstractmethod
    def scores(self, state: State) -> tuple[int, int]:
        """The points of each side so far."""

    @abstractmethod
    def view(self, state: State, side: int | None) -> dict[str, Any]:
        """What one side may see, or with None a spectator, as JSON. Hidden things stay out."""

    @abstractmethod
    def pack(self, state: State) -> bytes:
        """The state as bytes, to be stored."""

    @abstractmethod
    def unpack(self, packed: bytes) -> State:
        """The state that was packed; raises `ValueError` for bytes that are none."""


class RealTimeGame(Game[State]):
    """A game that moves on by itself, in steps of a fixed length, while players hold a move."""

    #: Steps in a second.
    step_hz: ClassVar[int] = 60
    #: What a player may hold; the first is held by one who does nothing.
    moves: ClassVar[Sequence[str]]

    @abstractmethod
    def step(self, state: State, held: tuple[int, int]) -> State:
        """The next state. `held` are indexes of `moves`, one for each side."""

    @abstractmethod
    def has_jumped(self, before: State, after: State) -> bool:
        """Whether the page cannot know by itself what happened in this step, such as a serve.

        Then the state is sent at once; otherwise a few times a second and when a move changes.
        """

    def frame(self, state: State) -> bytes:
        """The state in few bytes, for the page's script. Both sides and spectators get the same."""
        return self.pack(state)

    def read_frame(self, frame: bytes) -> State:
        """The state of a frame, for a computer that plays over a socket."""
        return self.unpack(frame)

    def bot(self, state: State, side: int, *, strength: int, chance: Random) -> int:
        """The index of the move that a computer holds now. `strength` is 1 to 3."""
        raise NotImplementedError


class TurnGame(Game[State]):
    """A game of moves in turn, by a clock for each side; its settings are `TurnSettings`."""

    settings: ClassVar[type[GameSettings]] = TurnSettings
    #: A view for games that have none of their own: it shows what `view` says, and buttons.
    script: ClassVar[str] = "play/generic/view.js"
    #: Whether a move may be taken back by agreement; not where that would show something hidden.
    takebacks: ClassVar[bool] = True

    @abstractmethod
    def to_move(self, state: State) -> int:
        """The side whose turn it is.

        Where both move at once they do so in turn here, and `sees_move` hides the first move.
        """

    @abstractmethod
    def legal(self, state: State) -> Sequence[str]:
        """The moves of the side whose turn it is, as text."""

    @abstractmethod
    def apply(self, state: State, move: str) -> State:
        """The state after a move of the side whose turn it is; raises `IllegalMove`."""

    def notation(self, state: State, move: str) -> str:
        """How a move of this state is written in a record of the game."""
        return move

    def sees_move(self, before: State, side: int | None, *, now: State) -> bool:
        """Whether a side, or with None a spectator, may see by now which move was made in `before`.

        By default all see all moves.
        """
        return True

    def bot(
        self, view: dict[str, Any], legal: Sequence[str], *, strength: int, chance: Random
    ) -> str:
        """The move that a computer makes, which sees what its side sees. `strength` is 1 to 3.

        By default it is any legal one.
        """
        return chance.choice(legal)
