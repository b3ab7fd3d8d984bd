"""A room whose game moves by itself: inputs in, states out, sixty steps a second."""

from collections import deque
from typing import Any

from lib.errors import Refusal
from play.engine.game import SIDES, RealTimeGame
from play.engine.record import Change, unpack_changes
from play.messages import STATE_HEAD, STATE_KIND, Input, Phase, PlayMessage, State
from streams.outbox import Frames

from .members import Member
from .room import Room

#: Inputs of a side that wait for their step.
MOST_WAITING = 6
#: How many steps ahead an input may be. Clients run ahead by their delay and a little more.
MOST_AHEAD_STEPS = 60
#: A state is sent after so many steps without one: pages compute what is between.
QUIET_STEPS = 10
_MOST_NUMBER = 2**32 - 1


class RealTimeRoom(Room):
    """Steps its game while it is played. One numbered input of a side counts at each step."""

    game: RealTimeGame[Any]
    #: The moves that the sides hold.
    _held: tuple[int, int]

    def resume(self, state: bytes, record: bytes, length: int) -> None:
        self.state = self.game.unpack(state)
        self.record: list[Change] = unpack_changes(record)
        self.length = length
        held = [0] * SIDES
        for change in self.record:
            held[change.side] = change.move
        self._held = (held[0], held[1])
        self._reset_inputs()

    def begin(self) -> None:
        self.state = self.game.setup(self.settings, seed=self.seed, first=self.first)
        self.record, self.length, self._held = [], 0, (0, 0)
        self._reset_inputs()

    def _reset_inputs(self) -> None:
        self._inputs: tuple[deque[tuple[int, int]], ...] = (deque(), deque())
        #: The number of each side's last input, and of the last that counted.
        self._last = [self.length - 1] * SIDES
        self._applied = [0] * SIDES
        self._sent_at = self.length

    def run(self) -> None:
        """Begin to step; neither side holds anything."""
        self._reset_inputs()
        for side in range(SIDES):
            self.let_go(side)
        self.clock.add(self)
        self._publish()

    def stop(self) -> None:
        self.clock.remove(self)

    def let_go(self, side: int) -> None:
        self._inputs[side].clear()
        self._hold(side, 0)

    def _hold(self, side: int, move: int) -> bool:
        if self._held[side] == move:
            return False
        self._held = (self._held[0], move) if side else (move, self._held[1])
        self.record.append(Change(self.length, side, move))
        return True

    def step(self) -> None:
        """Move the game on by one step. It is called so often that its lines count."""
        first, second = self._inputs
        is_news = (first or second) and self._use_inputs()
        game, before = self.game, self.state
        self.state = after = game.step(before, self._held)
        self.length += 1
        has_jumped = game.has_jumped(before, after)
        if is_news or has_jumped or self.length - self._sent_at >= QUIET_STEPS:
            self._publish()
        if has_jumped:
            self.keeper.scores_changed(self)
        outcome = game.outcome(after)
        if outcome is not None:
            self.end_game(outcome)

    def _use_inputs(self) -> bool:
        """One input of each side counts, if its step has come; says whether a move changed."""
        is_news = False
        for side, inputs in enumerate(self._inputs):
            if inputs and inputs[0][0] <= self.length:
                self._applied[side], move = inputs.popleft()
                is_news |= self._hold(side, move)
        return is_news

    # Inputs.

    def act(self, side: int, message: PlayMessage) -> None:
        if not isinstance(message, Input):
            raise Refusal("This game has no turns: send `input`.", code="no_turns")
        if message.move not in self.game.moves:
            there = ", ".join(self.game.moves)
            raise Refusal(f"There is no move {message.move!r}. There are: {there}.", code="no_move")
        self.take_input(side, self.game.moves.index(message.move), message.n)

    def take_input(self, side: int, move: int, number: int | None) -> None:
        """An input of a side; raises `Refusal`. While nothing moves it is left out."""
        if not 0 <= move < len(self.game.moves):
            raise Refusal("There is no such move.", code="no_move")
        if self.phase is not Phase.PLAYING:
            return
        if number is None:
            number = max(self.length, self._last[side] + 1)
        if number <= self._last[side]:
            raise Refusal(f"Input {number} does not follow {self._last[side]}.", code="old_input")
        if number > self.length + MOST_AHEAD_STEPS:
            raise Refusal(
                f"Input {number} is too far ahead of step {self.length}.", code="future_input"
            )
        if len(self._inputs[side]) >= MOST_WAITING:
            raise Refusal("Too many inputs wait for their step.", code="too_many_inputs")
        self._last[side] = number
        self._inputs[side].append((number, move))

    # States.

    def _publish(self) -> None:
        """Send everybody the state; its text is made only if somebody reads it."""
        self._sent_at = self.length
        binary, text = self._binary_frames(), None
        for side in self.sides:
            if side.player is not None and side.player.is_binary:
                side.player.send_state(binary)
            elif side.player is not None:
                text = text or self._text_frames()
                side.player.send_state(text)
        if self.audience.is_sent_to:
            self.audience.send(text or self._text_frames(), binary, is_state=True)

    def show(self, member: Member) -> None:
        member.outbox.send(self._binary_frames() if member.is_binary else self._text_frames())

    def _binary_frames(self) -> Frames:
        head = STATE_HEAD.pack(STATE_KIND, self.number, self.length, *self._applied)
        return Frames((head + self.game.frame(self.state),))

    def _text_frames(self) -> Frames:
        view = self.game.view(self.state, None)
        state = State(self.number, self.length, tuple(self._applied), view)
        return Frames((state.text_frame(),))
