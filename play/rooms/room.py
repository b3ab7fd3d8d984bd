"""A match while it is played: who is there, its phases, its games one after another.

A room knows neither the database nor a process: what must be stored it hands to its `Keeper`, and
goes on when that is done. All of it runs on the event loop; time comes from the room's clock.
"""

from abc import ABC, abstractmethod
from typing import Any, Protocol
from uuid import UUID

import msgspec

from lib.errors import Conflict, Forbidden, Refusal
from play.engine.game import SIDES, Game, GameOutcome, Reason
from play.messages import (
    AcceptOffer,
    DeclineOffer,
    GameOver,
    Input,
    MakeOffer,
    Move,
    Phase,
    PlayMessage,
    Rematch,
    Resign,
    Said,
    SideNow,
)
from play.messages import Room as RoomMessage
from play.services.rooms import EndedGame, RoomSnapshot, StoredRoom, new_seed
from streams.frames import ServerMessage
from streams.outbox import Frames

from .absence import Absence
from .audience import Audience
from .clock import RoomClock
from .members import Member, Side
from .wording import how_it_ended

COUNTDOWN_SECONDS = 3.0
#: Between two games of a match, before the countdown of the next.
PAUSE_SECONDS = 2.0


class Keeper(Protocol):
    """What a room hands on: the process's other half of it."""

    clock: RoomClock

    def game_ended(self, room: "Room", ended: EndedGame, *, is_last: bool) -> None:
        """Store a game; then call `go_on`."""

    def side_stayed_away(self, room: "Room", side: int, ended: EndedGame) -> None:
        """Store the end of the match, and the game that ends with it; then call `go_on`."""

    def scores_changed(self, room: "Room") -> None:
        """Show the score elsewhere too."""

    def rematch_wanted(self, room: "Room") -> None:
        """Make a match of the same players; then call `rematch_made`."""

    def room_failed(self, room: "Room") -> None:
        """Forget it, and let everybody come back to what was stored last."""


class Room(ABC):
    """A match that is played in this process. `RealTimeRoom` and `TurnRoom` play its games."""

    #: Whether the game stops while a side is away.
    pauses = True

    def __init__(
        self, stored: StoredRoom, game: Game[Any], keeper: Keeper, *, delay_seconds: float = 0.0
    ) -> None:
        self.stored, self.game, self.keeper, self.clock = stored, game, keeper, keeper.clock
        self.settings = game.settings(**stored.settings)
        self.sides = [
            Side(name, absence / 1000, won)
            for name, absence, won in zip(stored.names, stored.absence_ms, stored.won, strict=True)
        ]
        self.audience = Audience(self.clock, delay_seconds)
        self.number, self.drawn, self.seed = stored.number, stored.drawn, stored.seed
        self.is_begun = stored.is_begun
        self.phase = Phase.WAITING
        self.next_match: UUID | None = None
        #: The scores that others were shown last.
        self.last_shown: tuple[int, int] | None = None
        #: While the process cannot be sure that the room is its own.
        self._is_unsure = False
        #: While something is stored on which the match goes on.
        self.is_storing = False
        #: Whether a game was lost in an outage, and is played again.
        self._is_voided = False
        self._ended: GameOutcome | None = None
        self._countdown_ends = 0.0
        self._absence = Absence(self.sides, self.clock, self._look, has_grace=stored.is_begun)
        self._resume_game()

    # The game, by subclass.

    @abstractmethod
    def resume(self, state: bytes, record: bytes, length: int) -> None:
        """Continue a stored game after so many steps or moves; raises `ValueError` if it cannot."""

    @abstractmethod
    def begin(self) -> None:
        """Set up game `number` from `seed`."""

    @abstractmethod
    def run(self) -> None:
        """The game moves on from now on."""

    @abstractmethod
    def stop(self) -> None:
        """The game stands still from now on."""

    @abstractmethod
    def show(self, member: Member) -> None:
        """Send one member the state."""

    @abstractmethod
    def act(self, side: int, message: PlayMessage) -> None:
        """Something that a player does in the game; raises `Refusal`."""

    def let_go(self, side: int) -> None:  # noqa: B027 - most games have nothing to let go of
        """A side's player is gone: it holds nothing any more."""

    #: The state now, the moves so far, and how many steps or moves that are.
    state: Any
    record: list[Any]
    length: int

    @property
    def scores(self) -> tuple[int, int]:
        """The points of the running game."""
        return self.game.scores(self.state)

    @property
    def shown_scores(self) -> tuple[int, int]:
        """What is shown elsewhere: the points of the one game, or the games won."""
        return self.scores if self.stored.best_of == 1 else (self.sides[0].won, self.sides[1].won)

    @property
    def first(self) -> int:
        """The side that begins this game; it alternates."""
        return (self.stored.match_id.int + self.number) % SIDES

    def _resume_game(self) -> None:
        is_same = self.stored.version == self.game.version
        try:
            if not self.stored.state or not is_same:
                raise ValueError("There is no state of this game.")
            self.resume(self.stored.state, self.stored.record, self.stored.length)
        except ValueError:
            self._is_voided = bool(self.stored.state)
            if self._is_voided:
                self.seed = new_seed()
            self.begin()

    # Who is there.

    def join(self, member: Member) -> None:
        """Let somebody in. A player who comes again takes over from an earlier socket."""
        if member.side is None:
            self.audience.members.add(member)
        else:
            side = self.sides[member.side]
            earlier, side.player = side.player, member
            if earlier is not None:
                earlier.refuse(Conflict("You play on another page now.", code="elsewhere"))
                earlier.side = None
                self.audience.members.add(earlier)
        self._look()
        self.send_room()
        if member.side is not None or not self.audience.delay_seconds:
            self.show(member)
        elif self.audience.is_behind:
            member.send(self.room_message(None))

    def leave(self, member: Member) -> None:
        """Somebody's socket is gone."""
        self.audience.members.discard(member)
        for number, side in enumerate(self.sides):
            if side.player is member:
                side.player = None
                side.wants_rematch = False
                self.let_go(number)
        self._look()
        self.send_room()

    @property
    def members(self) -> list[Member]:
        """Everybody here."""
        return [side.player for side in self.sides if side.player] + list(self.audience.members)

    @property
    def is_empty(self) -> bool:
        """Whether nobody is here."""
        return not self.audience.members and not any(side.is_here for side in self.sides)

    # Phases.

    @property
    def is_held(self) -> bool:
        """Whether nobody can do anything for now."""
        return self._is_unsure or self.is_storing

    def hold(self) -> None:
        """Stand still: the process cannot be sure for now that the room is its own."""
        self._is_unsure = True
        if self.phase in {Phase.PLAYING, Phase.COUNTDOWN}:
            self._pause()
        self._absence.settle()
        self.send_room()

    def release(self) -> None:
        """Go on after `hold`."""
        self._is_unsure = False
        self._look()
        self.send_room()

    def _look(self) -> None:
        """Do what follows from who is there and what time it is; called again at any change."""
        if self.phase is Phase.OVER or self.is_held:
            return
        now = self.clock.now()
        if all(side.is_here for side in self.sides):
            self._absence.settle()
            self.is_begun = True
            if self.phase in {Phase.WAITING, Phase.PAUSED}:
                self._count_down()
            elif self.phase is Phase.COUNTDOWN and now >= self._countdown_ends:
                self.phase, self._is_voided = Phase.PLAYING, False
                self.run()
                self.send_room()
            return
        if self.phase is Phase.COUNTDOWN or (self.phase is Phase.PLAYING and self.pauses):
            self._pause()
            self.send_room()
        self._count_absence()

    def _count_down(self, *, pause: float = 0.0) -> None:
        self.phase = Phase.COUNTDOWN
        self._countdown_ends = self.clock.now() + pause + COUNTDOWN_SECONDS
        self.clock.call_at(self._countdown_ends, self._look)

    def _pause(self) -> None:
        self.stop()
        self.phase = Phase.PAUSED if self.is_begun else Phase.WAITING

    def _count_absence(self) -> None:
        """Time runs for a side that is away alone, once it is known to play."""
        is_counted = self.is_begun or self.stored.pool is not None
        late = self._absence.count(is_counted=is_counted)
        if late is not None:
            self.stop()
            self.is_storing = True
            outcome = GameOutcome(1 - late, self.scores, Reason.ABSENT)
            self.keeper.side_stayed_away(self, late, self._ended_game(outcome))

    # Games.

    def end_game(self, outcome: GameOutcome) -> None:
        """A game is over: it is stored first, then announced by `go_on`."""
        self.stop()
        self._absence.settle()
        self.is_storing, self._ended = True, outcome
        if outcome.winner is not None:
            self.sides[outcome.winner].won += 1
        else:
            self.drawn += 1
        ended = self._ended_game(outcome)
        is_last = self._is_decided()
        if not is_last:
            self.number += 1
            self.seed = new_seed()
            self.begin()
        self.keeper.game_ended(self, ended, is_last=is_last)

    def _ended_game(self, outcome: GameOutcome) -> EndedGame:
        return EndedGame(
            number=self.number, revision=self.stored.revision, settings=self.stored.settings,
            seed=self.seed, first=self.first, record=tuple(self.record), length=self.length,
            outcome=outcome,
        )  # fmt: skip

    def _is_decided(self) -> bool:
        first, second = (side.won for side in self.sides)
        if not self.stored.draws:
            return max(first, second) > self.stored.best_of // 2
        missing = self.stored.best_of - first - second - self.drawn
        return missing <= 0 or abs(first - second) > missing

    def go_on(self) -> None:
        """What was to be stored is stored: announce the game, and begin the next or end."""
        outcome, self._ended, self.is_storing = self._ended, None, False
        if outcome is not None:
            is_over = self._is_decided()
            number = self.number if is_over else self.number - 1
            called = f"Game {number}" if self.stored.best_of > 1 else "The game"
            text = how_it_ended(called, outcome, self.stored.names)
            self.send(GameOver(text, number, outcome.winner, outcome.scores, outcome.reason))
            if not is_over:
                self._count_down(pause=PAUSE_SECONDS)
                self.show_all()
                self._look()
                self.send_room()
                return
        self.end()

    def end(self) -> None:
        """The match is over, by its games or otherwise."""
        self.stop()
        self.is_storing = False
        self._absence.settle()
        self.phase = Phase.OVER
        self.send_room()

    # What players do.

    def receive(self, member: Member, message: PlayMessage) -> None:
        """A member's message; raises `Refusal`."""
        if member.side is None:
            raise Forbidden("You watch this match. Only its players act in it.")
        match message:
            case Rematch():
                self._want_rematch(member.side)
            case Resign() if self.phase is not Phase.OVER and self.is_begun and not self.is_held:
                scores = self.scores
                self.end_game(GameOutcome(1 - member.side, scores, Reason.RESIGNED))
            case Input() | Move() | MakeOffer() | AcceptOffer() | DeclineOffer() | Resign():
                self.act(member.side, message)
            case _:
                raise Refusal("This is not done in a match.", code="malformed")

    def fail(self) -> None:
        """Its game raised an error that no rule has: nobody knows how it stands now."""
        self.keeper.room_failed(self)

    def say(self, member: Member, text: str) -> None:
        """Show everybody here what a member says."""
        said = Said(member.name, member.side, text)
        for one in self.members:
            one.send(said)

    def _want_rematch(self, side: int) -> None:
        if self.phase is not Phase.OVER:
            raise Conflict("This match is not over yet.", code="not_over")
        if self.stored.pool is None:
            raise Conflict("This match has a place in a tournament.", code="bracket_match")
        self.sides[side].wants_rematch = True
        self.send_room()
        if self.next_match is None and all(one.wants_rematch for one in self.sides):
            self.keeper.rematch_wanted(self)

    def rematch_refused(self, refusal: Refusal) -> None:
        """There is no next match, and why."""
        for side in self.sides:
            side.wants_rematch = False
            if side.player is not None:
                side.player.refuse(refusal)
        self.send_room()

    def rematch_made(self, match_id: UUID) -> None:
        """Both may go on to the next match."""
        self.next_match = match_id
        self.send_room()

    # What is sent.

    def send(self, message: ServerMessage) -> None:
        """Send everybody a message."""
        frames = Frames((message.text_frame(),))
        for side in self.sides:
            if side.player is not None:
                side.player.outbox.send(frames)
        self.audience.send(frames, frames, is_state=False)

    def show_all(self) -> None:
        """Send everybody the state, each side what it may see."""
        for member in self.members:
            self.show(member)

    def send_room(self) -> None:
        """Send everybody how the match stands."""
        for side in self.sides:
            if side.player is not None:
                side.player.send(self.room_message(side.player.side))
        if self.audience.members:
            frames = Frames((self.room_message(None).text_frame(),))
            self.audience.send(frames, frames, is_state=False)

    def room_message(self, you: int | None) -> RoomMessage:
        """How the match stands, for one side or a spectator."""
        countdown = self._countdown_ends - self.clock.now()
        return RoomMessage(
            text=self._text(),
            game=self.game.slug,
            settings=msgspec.structs.asdict(self.settings),
            phase=self.phase,
            you=you,
            sides=[
                SideNow(
                    side.name, side.is_here, int(self._absence.left(number) * 1000), side.won,
                    side.wants_rematch,
                )
                for number, side in enumerate(self.sides)
            ],
            number=self.number,
            best_of=self.stored.best_of,
            scores=self.scores,
            countdown_ms=max(0, int(countdown * 1000)) if self.phase is Phase.COUNTDOWN else None,
            absent=self._absence.side,
            spectators=len(self.audience),
            delay_ms=0 if you is not None else int(self.audience.delay_seconds * 1000),
            next_match=str(self.next_match) if self.next_match else None,
        )  # fmt: skip

    def _text(self) -> str:
        away = [side.name for side in self.sides if not side.is_here]
        if self.phase is Phase.OVER:
            return "The match is over."
        if self._ended is not None:
            return "The result is being stored."
        if self.is_held:
            return "The server cannot go on right now. The game continues in a moment."
        if self._is_voided and self.phase is not Phase.PLAYING:
            return "This game was lost when the server stopped. It is played again from its start."
        if away:
            return f"Waiting for {' and '.join(away)}."
        return "Get ready." if self.phase is Phase.COUNTDOWN else "The game is on."

    def snapshot(self) -> RoomSnapshot:
        """What is stored of it now."""
        return RoomSnapshot(
            match_id=self.stored.match_id,
            fence=self.stored.fence,
            number=self.number,
            won=(self.sides[0].won, self.sides[1].won),
            drawn=self.drawn,
            absence_ms=(int(self._absence.left(0) * 1000), int(self._absence.left(1) * 1000)),
            seed=self.seed,
            game=self.game.slug,
            state=self.state,
            record=tuple(self.record),
            length=self.length,
            scores=self.scores,
            is_begun=self.is_begun,
            is_live=self.phase in {Phase.PLAYING, Phase.COUNTDOWN, Phase.PAUSED},
            spectators=len(self.audience),
        )
