"""A room whose game is played in turns, by a clock for each side."""

from typing import Any, cast

from lib.errors import Conflict, Refusal
from play.engine.chess_clock import ChessClock
from play.engine.game import GameOutcome, IllegalMove, Reason, TurnGame, TurnSettings
from play.engine.record import Turn, states_of_turns, unpack_turns
from play.messages import (
    AcceptOffer,
    DeclineOffer,
    MakeOffer,
    Move,
    Offer,
    Phase,
    PlayMessage,
    Position,
)
from streams.outbox import Frames

from .members import Member
from .room import Room

DRAW, TAKEBACK = "draw", "takeback"
#: What stands in the list of moves for one that may not be seen yet.
HIDDEN_MOVE = "?"


class TurnRoom(Room):
    """Takes moves in turn. The clock runs on while the side that is to move is away."""

    pauses = False
    _chess_clock: ChessClock

    def resume(self, state: bytes, record: bytes, length: int) -> None:
        self.record: list[Turn] = unpack_turns(record)
        self._set_up()
        try:
            self._states += states_of_turns(self._game, self.state, self.record)
        except IllegalMove as error:
            raise ValueError("These moves are none of this game.") from error
        for before, turn in zip(self._states, self.record, strict=False):
            self._chess_clock = self._chess_clock.after(self._game.to_move(before), turn.ms)
        self._changed()

    def begin(self) -> None:
        self.record = []
        self._set_up()

    def _set_up(self) -> None:
        assert isinstance(self.settings, TurnSettings)
        start = self._game.setup(self.settings, seed=self.seed, first=self.first)
        self._states = [start]
        self._chess_clock = ChessClock.of(
            seconds=self.settings.seconds, increment=self.settings.increment
        )
        self._offer: Offer | None = None
        self._changed()

    def _changed(self) -> None:
        """Moves were made or taken back."""
        self.state, self.length = self._states[-1], len(self.record)

    @property
    def _game(self) -> TurnGame[Any]:
        return cast(TurnGame[Any], self.game)

    def run(self) -> None:
        self._start_clock()
        self._publish()

    def stop(self) -> None:
        self._chess_clock = self._chess_clock.stopped(self._now_ms())

    def _start_clock(self) -> None:
        self._chess_clock = self._chess_clock.started(self._to_move, self._now_ms())
        flag = self._chess_clock.flag_at_ms()
        assert flag is not None
        self.clock.call_at(flag / 1000, self._look_at_flag)

    def _look_at_flag(self) -> None:
        """A side whose time is over has lost; an alarm of an earlier move finds time left."""
        flag = self._chess_clock.flag_at_ms()
        if self.phase is Phase.PLAYING and flag is not None and flag <= self._now_ms():
            self.end_game(GameOutcome(1 - self._to_move, self.scores, Reason.TIME))

    def _now_ms(self) -> int:
        return round(self.clock.now() * 1000)

    @property
    def _to_move(self) -> int:
        return self._game.to_move(self.state)

    # What players do.

    def act(self, side: int, message: PlayMessage) -> None:
        if self.phase is not Phase.PLAYING or self.is_held:
            raise Conflict("The game is not being played at the moment.", code="not_playing")
        match message:
            case Move(move, ply):
                self._move(side, move, ply)
            case MakeOffer(what):
                self._make_offer(side, what)
            case AcceptOffer():
                self._accept_offer(side)
            case DeclineOffer():
                self._offer = None
                self._publish()
            case _:
                raise Refusal("This game is played in turns: send `move`.", code="turns")

    def _move(self, side: int, move: str, ply: int | None) -> None:
        if ply is not None and ply != self.length:
            raise Conflict(f"{self.length} moves have been made, not {ply}.", code="other_position")
        if side != self._to_move:
            raise Conflict("It is not your turn.", code="not_your_turn")
        now = self._now_ms()
        try:
            after = self._game.apply(self.state, move)
        except IllegalMove as error:
            raise Refusal(str(error), code="illegal_move") from error
        spent = self._chess_clock.left_ms[side] - self._chess_clock.left(now)[side]
        self._chess_clock = self._chess_clock.moved(now)
        self.record.append(Turn(move, spent))
        self._states.append(after)
        self._changed()
        self._offer = None
        outcome = self._game.outcome(after)
        if outcome is None:
            self._start_clock()
        self._publish()
        if outcome is not None:
            self.end_game(outcome)

    def _make_offer(self, side: int, what: str) -> None:
        if what not in {DRAW, TAKEBACK}:
            raise Refusal("Offer a `draw` or a `takeback`.", code="no_offer")
        if what == DRAW and not self.game.draws:
            raise Refusal("This game has no draws.", code="no_draws")
        if what == TAKEBACK and not self._game.takebacks:
            raise Refusal("No move of this game is taken back.", code="no_takebacks")
        if what == TAKEBACK and not self._moves_to_take_back(side):
            raise Conflict("You have made no move yet.", code="nothing_to_take_back")
        if self._offer is not None and self._offer.side != side and self._offer.what == what:
            self._accept_offer(side)
            return
        self._offer = Offer(side, what)
        self._publish()

    def _accept_offer(self, side: int) -> None:
        offer = self._offer
        if offer is None or offer.side == side:
            raise Conflict("There is no offer to accept.", code="no_offer")
        self._offer = None
        if offer.what == DRAW:
            self.end_game(GameOutcome(None, self.scores, Reason.AGREED))
            return
        self.stop()
        for _ in range(self._moves_to_take_back(offer.side)):
            self.record.pop()
            self._states.pop()
        self._changed()
        self._start_clock()
        self._publish()

    def _moves_to_take_back(self, side: int) -> int:
        """How many moves lie behind the last position in which this side was to move."""
        for back, state in enumerate(reversed(self._states[:-1]), start=1):
            if self._game.to_move(state) == side:
                return back
        return 0

    # States.

    def _publish(self) -> None:
        for side in self.sides:
            if side.player is not None:
                self.show(side.player)
        if self.audience.members:
            frames = Frames((self._position(None).text_frame(),))
            self.audience.send(frames, frames, is_state=False)

    def show(self, member: Member) -> None:
        member.send(self._position(member.side))

    def _position(self, side: int | None) -> Position:
        is_on = self._game.outcome(self.state) is None
        to_move = self._to_move if is_on else None
        return Position(
            number=self.number,
            ply=self.length,
            view=self._game.view(self.state, side),
            to_move=to_move,
            legal=self._game.legal(self.state) if is_on and side == to_move else (),
            last=self._last(side),
            moves=self._moves(side),
            clocks_ms=self._chess_clock.left(self._now_ms()),
            running=self._chess_clock.running,
            offer=self._offer,
            offers=self._offers(side) if is_on and side is not None else (),
        )

    def _offers(self, side: int) -> list[str]:
        can_take_back = self._game.takebacks and self._moves_to_take_back(side) > 0
        return [DRAW] * self._game.draws + [TAKEBACK] * can_take_back

    def _last(self, side: int | None) -> str | None:
        if self.record and self._game.sees_move(self._states[-2], side, now=self.state):
            return self.record[-1].move
        return None

    def _moves(self, side: int | None) -> list[str]:
        game, now = self._game, self.state
        return [
            game.notation(state, turn.move) if game.sees_move(state, side, now=now) else HIDDEN_MOVE
            for state, turn in zip(self._states, self.record, strict=False)
        ]
