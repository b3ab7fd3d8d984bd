"""A room by itself: who is there, its phases, its games. Time is a number, storing a list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from lib.errors import Refusal
from play import registry
from play.engine.record import Change, states_of_changes
from play.messages import (
    AcceptOffer,
    Input,
    MakeOffer,
    Move,
    Phase,
    PlayMessage,
    Rematch,
    Resign,
)
from play.rooms.members import Member
from play.rooms.real_time import RealTimeRoom
from play.rooms.room import Room
from play.rooms.turns import TurnRoom
from play.services.rooms import EndedGame, StoredRoom
from streams.outbox import Frames, Outbox

from .games import Race, RaceSettings

ANN, BOB = uuid4(), uuid4()


class Box(Outbox):
    """A socket's way out that keeps what was sent; `stalled` is a reader that has stopped."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.code = 0
        self.stalled = False

    def put(self, frames: Frames) -> None:
        for message in frames.messages:
            if isinstance(message, bytes):
                self.raw.append(message)
            else:
                self.sent.append(msgspec.json.decode(message))

    def buffered(self) -> int:
        return 1_000_000 if self.stalled else 0

    def close(self, code: int, reason: str = "") -> None:
        self.code = code

    def last(self, kind: str) -> dict[str, Any]:
        return [one for one in self.sent if one["type"] == kind][-1]


class Clock:
    """A clock that a test moves, and the rooms that it would step."""

    def __init__(self) -> None:
        self.time = 0.0
        self.stepped: set[Any] = set()
        self.alarms: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    def add(self, room: Any) -> None:
        self.stepped.add(room)

    def remove(self, room: Any) -> None:
        self.stepped.discard(room)

    def call_at(self, when: float, call: Callable[[], None]) -> None:
        self.alarms.append((when, call))

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and ring whatever is due; nothing is stepped."""
        end = self.time + seconds
        while due := [alarm for alarm in self.alarms if alarm[0] <= end]:
            alarm = min(due, key=lambda one: one[0])
            self.alarms.remove(alarm)
            self.time = max(self.time, alarm[0])
            alarm[1]()
        self.time = end

    def steps(self, count: int) -> None:
        """Step what is stepped so often."""
        for _ in range(count):
            self.time += 1 / 60
            for room in tuple(self.stepped):
                room.step()


class Keeper:
    """Stores in lists, and lets the room go on when the test says so."""

    def __init__(self) -> None:
        self.clock: Any = Clock()
        self.games: list[tuple[EndedGame, bool]] = []
        self.absent: list[int] = []
        self.rematches = 0

    def room_failed(self, room: Room) -> None:
        raise AssertionError("This room does not fail.")

    def game_ended(self, room: Room, ended: EndedGame, *, is_last: bool) -> None:
        self.games.append((ended, is_last))

    def side_stayed_away(self, room: Room, side: int, ended: EndedGame) -> None:
        self.absent.append(side)

    def scores_changed(self, room: Room) -> None:
        pass

    def rematch_wanted(self, room: Room) -> None:
        self.rematches += 1


def stored(game: str, **more: Any) -> StoredRoom:
    first_begins = UUID(int=(uuid4().int >> 1 << 1) + 1)  # so that side 0 begins game 1
    fields: dict[str, Any] = {
        "match_id": first_begins, "fence": 1, "revision": 0, "game": game, "settings": {},
        "version": 1, "names": ("Ann", "Bob"), "players": (frozenset({ANN}), frozenset({BOB})),
        "best_of": 1, "draws": False, "pool": "pool", "number": 1, "won": (0, 0), "drawn": 0,
        "absence_ms": (60_000, 60_000), "seed": 1, "state": b"", "record": b"", "length": 0,
        "is_begun": False,
    }  # fmt: skip
    return StoredRoom(**fields | more)


class Table:
    """A room with its clock and its sockets."""

    def __init__(self, game: str = "race", **more: Any) -> None:
        self.keeper = Keeper()
        self.clock: Clock = self.keeper.clock
        delay = more.pop("delay_seconds", 0.0)
        kind: Any = {"race": RealTimeRoom, "matches": TurnRoom}[game]
        self.room: Room = kind(
            stored(game, **more), registry.game_of(game), self.keeper, delay_seconds=delay
        )

    def come(self, side: int | None, *, is_binary: bool = False) -> Member:
        name = "Zoe" if side is None else ("Ann", "Bob")[side]
        member = Member(Box(), name, side, is_binary)
        self.room.join(member)
        return member

    def both(self) -> tuple[Member, Member]:
        """Both come, and the countdown is over."""
        members = self.come(0), self.come(1)
        self.clock.pass_by(5)
        assert self.room.phase is Phase.PLAYING
        return members

    def refused(self, member: Member, message: PlayMessage) -> str:
        with pytest.raises(Refusal) as refusal:
            self.room.receive(member, message)
        return refusal.value.code


def sent(member: Member, kind: str) -> dict[str, Any]:
    assert isinstance(member.outbox, Box)
    return member.outbox.last(kind)


# Phases and absence.


def test_play_begins_after_a_countdown_once_both_are_here() -> None:
    table = Table()
    ann = table.come(0)
    assert sent(ann, "room")["phase"] == "waiting" and sent(ann, "room")["absent"] == 1
    table.come(1)
    assert sent(ann, "room")["settings"] == {"goal": 30}  # of a pool that sets nothing
    assert sent(ann, "room")["phase"] == "countdown" and not table.clock.stepped
    table.clock.pass_by(3.1)
    assert sent(ann, "room")["phase"] == "playing" and table.room in table.clock.stepped


def test_who_never_comes_to_a_pools_match_has_forfeited_it() -> None:
    table = Table()
    table.come(0)
    table.clock.pass_by(59)
    assert not table.keeper.absent
    table.clock.pass_by(2)
    assert table.keeper.absent == [1] and not table.room.snapshot().is_begun


def test_nobody_s_time_runs_before_a_brackets_match_has_begun() -> None:
    table = Table(pool=None)
    table.come(0)
    table.clock.pass_by(3600)
    assert not table.keeper.absent


def test_a_dropped_player_pauses_the_game_and_the_time_away_is_counted_in_all() -> None:
    table = Table()
    ann, bob = table.both()
    table.clock.steps(10)
    table.room.leave(bob)
    assert sent(ann, "room")["phase"] == "paused" and not table.clock.stepped
    table.clock.pass_by(40)
    bob = table.come(1)
    assert sent(bob, "room")["sides"][1]["absence_ms"] == 20_000
    table.clock.pass_by(4)
    assert table.room.phase is Phase.PLAYING and table.room.length == 10
    table.room.leave(bob)
    table.clock.pass_by(19)
    assert not table.keeper.absent
    table.clock.pass_by(2)
    assert table.keeper.absent == [1] and table.room.snapshot().is_begun


def test_nobody_s_time_runs_while_both_are_away() -> None:
    table = Table()
    ann, bob = table.both()
    table.room.leave(bob)
    table.clock.pass_by(10)
    table.room.leave(ann)
    table.clock.pass_by(500)
    ann = table.come(0)
    assert sent(ann, "room")["sides"][1]["absence_ms"] == 50_000


def test_an_outage_of_the_server_costs_nobody_time() -> None:
    table = Table(is_begun=True)
    table.come(0)
    table.clock.pass_by(14)
    assert table.room.snapshot().absence_ms == (60_000, 60_000)
    table.clock.pass_by(11)
    assert table.room.snapshot().absence_ms == (60_000, 50_000)


def test_a_process_that_is_unsure_stands_still_and_goes_on() -> None:
    table = Table()
    ann, bob = table.both()
    table.room.hold()
    assert not table.clock.stepped and "cannot go on" in sent(ann, "room")["text"]
    table.room.leave(bob)
    table.clock.pass_by(100)
    assert not table.keeper.absent
    table.come(1)
    table.room.release()
    table.clock.pass_by(4)
    assert table.room.phase is Phase.PLAYING


def test_the_newest_page_of_a_player_plays_and_the_older_is_told() -> None:
    table = Table()
    old, _ = table.both()
    new = table.come(0)
    assert sent(old, "error")["code"] == "elsewhere" and sent(new, "room")["you"] == 0
    table.room.leave(old)
    assert table.room.phase is Phase.PLAYING
    table.room.receive(new, Input("push"))


# A game that moves by itself.


def test_inputs_count_at_their_step_and_one_a_step() -> None:
    table = Table()
    ann, bob = table.both()
    table.room.receive(ann, Input("push", 5))
    table.room.receive(ann, Input("rest", 6))
    table.room.receive(bob, Input("push"))
    table.clock.steps(20)
    assert table.room.state.at == (1, 20)
    assert table.room.record == [Change(0, 1, 1), Change(5, 0, 1), Change(6, 0, 0)]


def test_an_input_that_comes_late_counts_now_and_changes_nothing_before() -> None:
    table = Table()
    ann, _ = table.both()
    table.clock.steps(10)
    before = table.room.state
    table.room.receive(ann, Input("push", 3))
    assert table.room.state == before
    table.clock.steps(1)
    assert table.room.record == [Change(10, 0, 1)] and sent(ann, "state")["applied"] == [3, 0]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (Input("fly"), "no_move"),
        (Input("push", 61), "future_input"),
        (Input("push", 2**40), "future_input"),
        (Input("push", -1), "old_input"),
        (Move("1"), "no_turns"),
        (MakeOffer("draw"), "no_turns"),
        (Rematch(), "not_over"),
    ],
)
def test_what_is_no_input_is_refused_and_moves_nothing(message: PlayMessage, code: str) -> None:
    table = Table()
    ann, _ = table.both()
    assert table.refused(ann, message) == code
    table.clock.steps(3)
    assert table.room.state.at == (0, 0) and table.room.record == []


def test_inputs_numbered_backwards_and_floods_are_refused() -> None:
    table = Table()
    ann, _ = table.both()
    for n in range(10, 16):
        table.room.receive(ann, Input("push", n))
    assert table.refused(ann, Input("rest", 12)) == "old_input"
    assert table.refused(ann, Input("rest", 20)) == "too_many_inputs"


def test_a_spectator_who_plays_is_refused() -> None:
    table = Table()
    table.both()
    zoe = table.come(None)
    for message in (Input("push"), Resign(), Rematch()):
        assert table.refused(zoe, message) == "forbidden"


def test_who_drops_holds_nothing() -> None:
    table = Table()
    ann, _ = table.both()
    table.room.receive(ann, Input("push"))
    table.clock.steps(2)
    table.room.leave(ann)
    table.come(0)
    table.clock.pass_by(4)
    table.clock.steps(5)
    assert table.room.state.at == (2, 0)


def test_states_are_sent_when_something_changes_and_else_six_times_a_second() -> None:
    table = Table()
    ann, _ = table.both()
    bob = table.come(1, is_binary=True)
    assert isinstance(ann.outbox, Box) and isinstance(bob.outbox, Box)
    ann.outbox.sent.clear()
    bob.outbox.raw.clear()
    table.clock.steps(60)
    assert len([one for one in ann.outbox.sent if one["type"] == "state"]) == 6
    assert len(bob.outbox.raw) == 6
    table.room.receive(ann, Input("push"))
    table.clock.steps(1)
    assert len(bob.outbox.raw) == 7 and bob.outbox.raw[-1][0] == 1


def test_a_stalled_reader_gets_the_newest_state_not_a_backlog() -> None:
    table = Table()
    ann, _ = table.both()
    assert isinstance(ann.outbox, Box)
    ann.outbox.stalled = True
    table.clock.steps(120)
    ann.outbox.sent.clear()
    ann.outbox.stalled = False
    table.clock.steps(10)
    [state] = [one for one in ann.outbox.sent if one["type"] == "state"]
    assert state["step"] == 130


def test_a_game_that_is_over_is_stored_before_it_is_announced_and_its_record_is_the_game() -> None:
    table = Table(best_of=3)
    ann, _ = table.both()
    table.room.receive(ann, Input("push"))
    table.clock.steps(40)
    [(ended, is_last)] = table.keeper.games
    assert not is_last and ended.outcome.winner == 0 and ended.length == 30
    assert not table.clock.stepped
    assert not [one for one in ann.outbox.sent if one["type"] == "game_over"]  # type: ignore[attr-defined]
    track = Race().setup(RaceSettings(), seed=ended.seed, first=ended.first)
    changes: Any = ended.record
    *_, final = states_of_changes(Race(), track, changes, steps=ended.length)
    assert Race().outcome(final) == ended.outcome
    table.room.go_on()
    assert sent(ann, "game_over")["winner"] == 0
    assert sent(ann, "room")["number"] == 2 and sent(ann, "room")["phase"] == "countdown"


def test_the_last_game_ends_the_match_and_both_may_want_another() -> None:
    table = Table()
    ann, bob = table.both()
    table.room.receive(ann, Resign())
    [(ended, is_last)] = table.keeper.games
    assert is_last and ended.outcome.winner == 1
    assert table.refused(ann, Rematch()) == "not_over"
    table.room.go_on()
    assert sent(bob, "room")["phase"] == "over"
    table.room.receive(ann, Rematch())
    assert sent(bob, "room")["sides"][0]["rematch"] and not table.keeper.rematches
    table.room.receive(bob, Rematch())
    assert vars(table.keeper)["rematches"] == 1


def test_a_stored_game_goes_on_where_it_was() -> None:
    table = Table()
    ann, _ = table.both()
    table.room.receive(ann, Input("push"))
    table.clock.steps(12)
    shot = table.room.snapshot()
    columns = shot.fields()
    again = Table(
        state=columns["state"], record=columns["record"], length=columns["length"],
        is_begun=True, seed=shot.seed,
    )  # fmt: skip
    again.both()
    again.clock.steps(3)
    assert again.room.length == 15 and again.room.state.at == (12, 0)
    track = Race().setup(RaceSettings(), seed=1, first=0)
    *_, state = states_of_changes(Race(), track, again.room.record, steps=15)
    assert state == again.room.state


def test_a_state_that_cannot_be_read_voids_the_game_which_is_played_again() -> None:
    table = Table(state=b"rubbish", is_begun=True, won=(1, 0), best_of=3, number=2)
    ann, _ = table.both()
    assert table.room.length == 0 and sent(ann, "room")["sides"][0]["won"] == 1
    assert isinstance(ann.outbox, Box)
    texts = [one["text"] for one in ann.outbox.sent if one["type"] == "room"]
    assert texts[0].startswith("This game was lost") and texts[-1] == "The game is on."


def test_spectators_see_what_happened_a_while_ago() -> None:
    table = Table(delay_seconds=5)
    ann, _ = table.both()
    zoe = table.come(None)
    table.room.receive(ann, Input("push"))
    table.clock.steps(60)
    assert isinstance(zoe.outbox, Box)
    assert not [one for one in zoe.outbox.sent if one["type"] == "state"]
    table.clock.pass_by(4.5)
    assert sent(zoe, "state")["step"] <= 31


# A game of turns.


def test_moves_in_turn_decide_the_game() -> None:
    table = Table("matches")
    ann, bob = table.both()
    assert sent(ann, "position")["legal"] == ["1", "2", "3"]
    assert sent(bob, "position")["legal"] == []
    assert table.refused(bob, Move("1")) == "not_your_turn"
    assert table.refused(ann, Move("4")) == "illegal_move"
    assert table.refused(ann, Move("1", 3)) == "other_position"
    assert table.refused(ann, Input("push")) == "turns"
    table.room.receive(ann, Move("3", 0))
    table.room.receive(bob, Move("1"))
    assert sent(ann, "position")["moves"] == ["3", "1"]
    table.room.receive(ann, Move("3"))
    [(ended, is_last)] = table.keeper.games
    assert (is_last, ended.outcome.winner, ended.length) == (True, 0, 3)


def test_a_side_whose_time_is_over_has_lost_also_when_it_is_away() -> None:
    table = Table("matches", settings={"seconds": 20, "increment": 2})
    ann, bob = table.both()
    table.clock.pass_by(3)
    table.room.receive(ann, Move("1"))
    assert sent(ann, "position")["clocks_ms"] == [17_000, 20_000]
    table.room.leave(bob)
    assert table.room.phase is Phase.PLAYING
    table.clock.pass_by(19.9)
    assert not table.keeper.games
    table.clock.pass_by(0.2)
    assert table.keeper.games[0][0].outcome.winner == 0


def test_a_move_is_taken_back_by_agreement_only() -> None:
    table = Table("matches")
    ann, bob = table.both()
    assert table.refused(bob, MakeOffer("takeback")) == "nothing_to_take_back"
    table.room.receive(ann, Move("1"))
    assert [sent(one, "position")["offers"] for one in (ann, bob)] == [
        ["draw", "takeback"],
        ["draw"],
    ]
    table.room.receive(bob, Move("2"))
    table.room.receive(ann, MakeOffer("takeback"))
    assert sent(bob, "position")["offer"] == {"side": 0, "what": "takeback"}
    assert table.refused(ann, AcceptOffer()) == "no_offer"
    table.room.receive(bob, AcceptOffer())
    assert sent(bob, "position")["moves"] == [] and sent(bob, "position")["to_move"] == 0


def test_a_draw_is_agreed_and_played_again_where_the_match_has_none() -> None:
    table = Table("matches")
    ann, bob = table.both()
    table.room.receive(ann, MakeOffer("draw"))
    table.room.receive(bob, MakeOffer("draw"))
    [(ended, is_last)] = table.keeper.games
    assert ended.outcome.winner is None and not is_last
    drawn = Table("matches", draws=True)
    ann, bob = drawn.both()
    drawn.room.receive(ann, MakeOffer("draw"))
    drawn.room.receive(bob, AcceptOffer())
    assert drawn.keeper.games[0][1]
