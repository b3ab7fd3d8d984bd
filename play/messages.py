"""Every message of a match that is played here, one type each, and the binary form of two of them.

`docs/protocol.md` is held to this module.
"""

from collections.abc import Sequence
from enum import StrEnum
from struct import Struct
from typing import Any

import msgspec

from lib.schemas import Schema
from streams.frames import ClientMessage, Ping, Resume, ServerMessage

#: The WebSocket subprotocol in which states and inputs are binary; all else stays JSON.
SUBPROTOCOL = "matchpoint.play.1"


class Phase(StrEnum):
    """What a room does now."""

    WAITING = "waiting"
    """Not every side is here yet."""
    COUNTDOWN = "countdown"
    PLAYING = "playing"
    PAUSED = "paused"
    """A side dropped; its time runs."""
    OVER = "over"


class SideNow(Schema):
    """One side of a match that is played here."""

    name: str
    here: bool
    """Whether a player of this side is connected."""
    absence_ms: int
    """How much longer this side may be away, in the whole match, before it loses."""
    won: int
    """Games won."""
    rematch: bool = False
    """Whether it wants to play again."""


class Offer(Schema):
    """What a side offers, until the other answers or moves."""

    side: int
    what: str
    """`draw` or `takeback`."""


class Room(ServerMessage, tag="room"):
    """How the match stands, sent first and whenever it changes."""

    text: str
    game: str
    settings: dict[str, Any]
    phase: Phase
    you: int | None
    """Your side; null for a spectator."""
    sides: Sequence[SideNow]
    number: int
    """The number of the game in the match, from 1."""
    best_of: int
    scores: Sequence[int]
    """The points of each side in this game."""
    countdown_ms: int | None
    """How long until play begins, in a countdown."""
    absent: int | None
    """The side whose absence time runs now."""
    spectators: int
    delay_ms: int
    """How far behind the play a spectator is."""
    next_match: str | None = None
    """The id of the rematch, once both sides want it."""


class State(ServerMessage, tag="state"):
    """A real-time game at one step. `applied` are the numbers of the last inputs used."""

    number: int
    step: int
    applied: Sequence[int]
    view: dict[str, Any]


class Position(ServerMessage, tag="position"):
    """A game of turns after one move: what you see, whose turn it is, and your legal moves."""

    number: int
    ply: int
    """How many moves have been made."""
    view: dict[str, Any]
    to_move: int | None
    legal: Sequence[str]
    """Your moves; empty when it is not your turn."""
    last: str | None
    """The last move; null before the first, or if you may not see it yet."""
    moves: Sequence[str]
    """All moves so far, as they are written; `?` for one that you may not see yet."""
    clocks_ms: Sequence[int]
    """What is left on each side's clock, when this was sent."""
    running: int | None
    """The side whose clock runs."""
    offer: Offer | None
    offers: Sequence[str]
    """What you may offer: `draw`, `takeback`."""


class GameOver(ServerMessage, tag="game_over"):
    """A game ended; the match goes on unless the next `room` says that it is over."""

    text: str
    number: int
    winner: int | None
    scores: Sequence[int]
    reason: str


class Said(ServerMessage, tag="said"):
    """Somebody said something in this room. It is not stored."""

    name: str
    side: int | None
    """The side of a player; null for a spectator."""
    text: str


class LiveMatch(Schema):
    """A match that is being played here."""

    id: str
    game: str
    game_name: str
    """What the game is called."""
    sides: Sequence[str]
    scores: Sequence[int]
    """The points of the game that is played."""
    won: Sequence[int]
    """Games won."""
    best_of: int
    spectators: int


class Live(ServerMessage, tag="live"):
    """On the lobby's socket: the matches that are played here now. Not logged; the last counts."""

    count: int
    matches: Sequence[LiveMatch]
    """The first of them."""


class Input(ClientMessage, tag="input"):
    """Hold a move from a step on, in a real-time game.

    `n` is the step at which it shall count, by the client's clock; it rises from input to input.
    Without it the input counts at the next step. One that comes too late counts at the next step.
    """

    move: str
    n: int | None = None


class Move(ClientMessage, tag="move"):
    """Make a move in a game of turns. With `ply`, only if so many moves have been made."""

    move: str
    ply: int | None = None


class Resign(ClientMessage, tag="resign"):
    """Give up the game that is being played."""


class MakeOffer(ClientMessage, tag="offer"):
    """Offer a `draw`, or ask to take back your last move (`takeback`)."""

    what: str


class AcceptOffer(ClientMessage, tag="accept"):
    """Agree to the other side's offer."""


class DeclineOffer(ClientMessage, tag="decline"):
    """Do not agree to it, or take your own offer back."""


class Rematch(ClientMessage, tag="rematch"):
    """After a match of a pool: play the same opponent again, once both want to."""


class Say(ClientMessage, tag="chat"):
    """Say something in this room."""

    text: str


PlayMessage = (
    Input | Move | Resign | MakeOffer | AcceptOffer | DeclineOffer | Rematch | Say | Resume | Ping
)
decoder: msgspec.json.Decoder[PlayMessage] = msgspec.json.Decoder(PlayMessage)

SERVER_MESSAGES = (Room, State, Position, GameOver, Said, Live)
CLIENT_MESSAGES = (Input, Move, Resign, MakeOffer, AcceptOffer, DeclineOffer, Rematch, Say)

# The binary form, all numbers little-endian.

#: Kind, game number, step, the last input number applied of each side; the game's frame follows.
STATE_HEAD = Struct("<BBIII")
STATE_KIND = 1
#: Kind, index of the move, n.
INPUT = Struct("<BBI")
INPUT_KIND = 1
