"""Matches over their sockets: two players, spectators, cheaters; what is stored, and once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from pytest_django import Settings

from lib.errors import Refusal
from matchmaking.callers import Caller
from matchmaking.models import Match, MatchState, Outcome, Pool, Rating
from matchmaking.results import Result
from matchmaking.services.matches import finish_match, leave_match
from matchmaking.services.queue.joining import Join, Joined, join_pools
from play import registry
from play.engine.game import GameOutcome, Reason
from play.messages import INPUT, STATE_HEAD, STATE_KIND, SUBPROTOCOL
from play.models import Host, PlayedGame, RoomRow
from play.rooms import process, room
from play.selectors import check_played
from play.services import rooms as room_services
from streams.models import Stream
from streams.outbox import EXTENSION
from streams.relay import in_thread

from .conftest import Visit, Visitor
from .games import Race, TakeMatches

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for three seconds in a test."""
    monkeypatch.setattr(room, "COUNTDOWN_SECONDS", 0.05)
    monkeypatch.setattr(room, "PAUSE_SECONDS", 0.0)


class Meeting:
    """A match of a pool, and the tokens of its two players."""

    def __init__(self, joined: list[Any]) -> None:
        first, second = joined
        assert isinstance(first, Joined) and isinstance(second, Joined) and second.match
        self.match: UUID = second.match.pk
        self.players = (first.player.pk, second.player.pk)
        self.tokens = (first.token or "", second.token or "")
        self.path = f"/matches/{self.match}/ws"

    def now(self) -> Match:
        return Match.objects.get(pk=self.match)


def meeting(game: str = "race", best_of: int = 1, **settings: Any) -> Meeting:
    Pool.objects.update_or_create(
        slug="play", name="Play", plays=game, play_settings=settings, best_of=best_of
    )
    return Meeting(list(join_pools([Join("Ann", pool="play"), Join("Bob", pool="play")])))


async def both(visit: Visit, met: Meeting, **more: Any) -> tuple[Visitor, Visitor]:
    """Both players in the room, and play on."""
    ann = await visit(met.path, token=met.tokens[0], **more)
    bob = await visit(met.path, token=met.tokens[1], **more)
    for visitor in (ann, bob):
        await playing(visitor)
    return ann, bob


async def playing(visitor: Visitor, *, number: int = 1) -> None:
    """The game of this number is being played."""
    while True:
        shown = await visitor.next("room")
        if (shown["phase"], shown["number"]) == ("playing", number):
            return


async def test_a_match_that_is_not_played_here_has_its_events_only(visit: Visit) -> None:
    joined = await in_thread(join_pools, [Join("Ann"), Join("Bob")])
    met = Meeting(list(joined))
    watcher = await visit(met.path)
    assert watcher.first["stream"] == f"match:{met.match}"
    await watcher.say("hello")
    assert (await watcher.next())["code"] == "not_played_here"
    await in_thread(leave_match, match_id=met.match, caller=Caller(player_id=met.players[1]))
    event = await watcher.next()
    assert (event["type"], event["text"]) == ("match_finished", "Bob conceded to Ann")
    assert not await Host.objects.aexists()


async def test_a_match_whose_game_fails_or_is_gone_says_so_and_shows_its_events(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = await in_thread(meeting)
    with monkeypatch.context() as broken:
        broken.setattr(Race, "setup", lambda *args, **kwargs: 1 // 0)
        ann = await visit(met.path, token=met.tokens[0])
        assert (await ann.next("error"))["code"] == "game_failed"
    with monkeypatch.context() as gone:
        games = {slug: game for slug, game in registry.games().items() if slug != "race"}
        gone.setattr(registry, "games", lambda: games)
        bob = await visit(met.path, token=met.tokens[1])
        assert (await bob.next("error"))["code"] == "unknown_game"
    await in_thread(leave_match, match_id=met.match, caller=Caller(player_id=met.players[1]))
    for visitor in (ann, bob):
        assert (await visitor.next("match_finished"))["text"] == "Bob conceded to Ann"


@pytest.mark.parametrize(
    ("game", "kind", "method", "act"),
    [
        ("race", Race, "step", {"type": "input", "move": "push"}),
        ("matches", TakeMatches, "apply", {"type": "move", "move": "1"}),
    ],
)
async def test_a_game_that_breaks_goes_on_from_what_was_stored(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, game: str, kind: type, method: str, act: Any
) -> None:
    met = await in_thread(meeting, game)
    ann, bob = await both(visit, met)
    with monkeypatch.context() as broken:
        broken.setattr(kind, method, lambda *args: 1 // 0)
        for visitor in (ann, bob):
            await visitor.say(act)
        assert [await visitor.closed() for visitor in (ann, bob)] == [1012, 1012]
    ann, bob = await both(visit, met)
    await ann.say({"type": "resign"})
    assert (await bob.next("game_over"))["winner"] == 1


async def test_what_does_not_exist_has_no_stream(visit: Visit) -> None:
    visitor = await visit(f"/matches/{uuid4()}/ws")
    assert (visitor.first["type"], visitor.first["code"]) == ("error", "not_found")
    assert await visitor.closed() == 4404
    assert not await Stream.objects.filter(name__startswith="match").aexists()


async def test_two_players_play_a_match_and_the_result_is_stored_with_its_rating(
    visit: Visit,
) -> None:
    met = await in_thread(meeting, goal=20)
    ann, bob = await both(visit, met)
    await ann.say('{"type":"input","move":"push"}')
    over = await bob.next("game_over")
    assert (over["winner"], over["scores"], over["text"]) == (0, [2, 0], "The game: Ann wins, 2:0.")
    while (await bob.next("room"))["phase"] != "over":
        pass
    match = await in_thread(met.now)
    assert (match.state, match.outcome, match.winner) == ("finished", "played", 0)
    assert match.games == [[2, 0]]
    game = await PlayedGame.objects.aget()
    assert (game.number, game.length, game.winner) == (1, 20, 0)
    assert await Rating.objects.acount() == 2
    assert not await RoomRow.objects.filter(host__isnull=False).aexists()


async def test_best_of_three_is_played_in_one_room(visit: Visit) -> None:
    met = await in_thread(meeting, best_of=3, goal=10)
    ann, bob = await both(visit, met)
    for number, winner in enumerate((ann, bob, ann), start=1):
        if number > 1:
            await playing(winner, number=number)
        await winner.say({"type": "input", "move": "push"})
        while (await winner.next("game_over"))["number"] < number:
            pass
    while (await bob.next("room"))["phase"] != "over":
        pass
    match = await in_thread(met.now)
    assert (match.scores, match.winner) == ([2, 1], 0)
    assert [game.number async for game in PlayedGame.objects.order_by("number")] == [1, 2, 3]


async def test_the_page_plays_in_binary_frames(visit: Visit) -> None:
    met = await in_thread(meeting, goal=200)
    ann, _ = await both(visit, met, subprotocols=[SUBPROTOCOL])
    await ann.say(INPUT.pack(1, 1, 3))
    for _ in range(20):
        output = await ann.receive_output(2)
        if "bytes" in output:
            kind, number, step, mine, _ = STATE_HEAD.unpack_from(output["bytes"])
            if mine == 3:
                break
    assert (kind, number) == (STATE_KIND, 1) and step >= 3
    await ann.say(b"rubbish")
    assert (await ann.next("error"))["code"] == "malformed"


async def test_a_cheater_changes_nothing(visit: Visit) -> None:
    met = await in_thread(meeting, goal=200)
    ann, _ = await both(visit, met)
    other = await in_thread(join_pools, [Join("Cho")])
    assert isinstance(other[0], Joined)
    spectator, stranger = await visit(met.path), await visit(met.path, token=other[0].token)
    for visitor, said, code in (
        (spectator, {"type": "input", "move": "push"}, "forbidden"),
        (stranger, {"type": "resign"}, "forbidden"),
        (ann, {"type": "input", "move": "fly"}, "no_move"),
        (ann, {"type": "input", "move": "push", "n": 10**6}, "future_input"),
        (ann, {"type": "input", "move": "push", "n": -5}, "old_input"),
        (ann, {"type": "input", "move": 7}, "malformed"),
        (ann, "{", "malformed"),
        (ann, {"type": "move", "move": "1"}, "no_turns"),
    ):
        await visitor.say(said)
        assert (await visitor.next("error"))["code"] == code
    rooms = await process.process_rooms()
    assert rooms.rooms[met.match].state.at == (0, 0)


async def test_a_flood_of_inputs_is_refused_and_then_closed(visit: Visit) -> None:
    met = await in_thread(meeting, goal=250)
    ann, _ = await both(visit, met)
    for n in range(1000):
        await ann.say({"type": "input", "move": "push", "n": n % 7})
    assert await ann.closed() == 4429


async def test_spectators_are_counted_and_players_talk(visit: Visit) -> None:
    met = await in_thread(meeting, goal=250)
    _, bob = await both(visit, met)
    watcher = await visit(met.path)
    while (await bob.next("room"))["spectators"] != 1:
        pass
    await bob.say("good luck")
    said = await watcher.next("said")
    assert (said["name"], said["side"], said["text"]) == ("Bob", 1, "good luck")
    await watcher.say("hello")
    assert (await watcher.next("error"))["code"] == "no_name"


async def test_a_judge_ends_the_match_and_the_room(visit: Visit) -> None:
    met = await in_thread(meeting, goal=250)
    ann, _ = await both(visit, met)
    match = await in_thread(Match.objects.in_full().get, pk=met.match)
    await in_thread(finish_match, match=match, result=Result(1, Outcome.FORFEIT))
    while (await ann.next("room"))["phase"] != "over":
        pass
    assert not await PlayedGame.objects.aexists()


async def test_a_result_is_stored_once_though_the_database_is_away(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = await in_thread(meeting, goal=20)
    ann, bob = await both(visit, met)
    real, calls = room_services.store_game, []

    def fails_twice(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        real(*args, **kwargs)
        if len(calls) == 2:
            raise OperationalError("the answer was lost")

    monkeypatch.setattr(process, "store_game", fails_twice)
    await ann.say({"type": "input", "move": "push"})
    while (await bob.next("room"))["phase"] != "over":
        pass
    assert len(calls) == 3 and await PlayedGame.objects.acount() == 1
    assert (await in_thread(met.now)).state == MatchState.FINISHED


async def test_both_want_another_and_get_it(visit: Visit) -> None:
    met = await in_thread(meeting, goal=20)
    ann, bob = await both(visit, met)
    await ann.say({"type": "resign"})
    for visitor in (ann, bob):
        while (await visitor.next("room"))["phase"] != "over":
            pass
        await visitor.say({"type": "rematch"})
    while not (found := (await ann.next("room"))["next_match"]):
        pass
    match = await Match.objects.aget(pk=found)
    assert match.state == MatchState.OPEN and await match.seats.acount() == 2


async def test_another_process_takes_over_and_the_first_stores_nothing_more(visit: Visit) -> None:
    met = await in_thread(meeting, goal=200)
    ann, _ = await both(visit, met)
    await ann.say({"type": "input", "move": "push"})
    await asyncio.sleep(0.2)
    rooms = await process.process_rooms()
    held = rooms.rooms[met.match]
    await in_thread(room_services.store_rooms, [held.snapshot()], host_id=rooms.host_id)
    await in_thread(Host.objects.create, id="other", channel="")
    still_held = await in_thread(room_services.open_room, met.match, host_id="other")
    assert isinstance(still_held, room_services.HeldBy) and still_held.host_id == rooms.host_id
    await Host.objects.filter(pk=rooms.host_id).adelete()
    taken = await in_thread(room_services.open_room, met.match, host_id="other")
    assert isinstance(taken, room_services.StoredRoom) and taken.length > 0
    ended = held._ended_game(GameOutcome(0, (0, 0), Reason.ABSENT))
    with pytest.raises(room_services.Fenced):
        await in_thread(
            room_services.store_absence, held.snapshot(), ended, absent=1, host_id=rooms.host_id
        )
    assert await ann.closed() == 1012
    assert (await in_thread(met.now)).state == MatchState.OPEN


async def test_a_game_that_somebody_left_for_good_can_be_watched_again(
    visit: Visit, settings: Settings
) -> None:
    settings.MATCHPOINT_ABSENCE_SECONDS = 1
    met = await in_thread(meeting, goal=500)
    ann, bob = await both(visit, met)
    await ann.say({"type": "input", "move": "push"})
    await asyncio.sleep(0.3)
    await bob.disconnect()
    while (await ann.next("room"))["phase"] != "over":
        pass
    assert (await in_thread(met.now)).outcome == Outcome.CONCEDED
    played = await PlayedGame.objects.aget()
    assert (played.winner, played.reason) == (0, "absent") and played.length > 5
    await in_thread(check_played, played)


async def test_a_match_that_is_opened_again_is_played_again(visit: Visit) -> None:
    met = await in_thread(meeting, goal=20)
    ann, _ = await both(visit, met)
    await ann.say({"type": "resign"})
    while (await ann.next("room"))["phase"] != "over":
        pass
    with pytest.raises(Refusal):
        await in_thread(room_services.open_room, met.match, host_id="other")


class Wire:
    """A server's socket that is handed over at once."""

    receiver: Any = None

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def hand_over(self, receiver: Any) -> "Wire":
        self.receiver = receiver
        return self

    def write(self, frames: bytes) -> None:
        self.sent.append(frames)

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.sent.append(b"close")

    def pause(self) -> None: ...

    def resume(self) -> None: ...


async def test_a_server_may_hand_the_socket_over(visit: Visit) -> None:
    met, wire = await in_thread(meeting, goal=200), Wire()
    ann = Visitor(met.path, token=met.tokens[0])
    ann.scope["extensions"] = {EXTENSION: wire}
    assert (await ann.connect(5.0))[0]
    bob = await visit(met.path, token=met.tokens[1])
    await playing(bob)
    assert wire.receiver is not None
    wire.receiver.take_bytes(INPUT.pack(1, 1, 1))
    while (await bob.next("state"))["view"]["at"][0] == 0:
        pass
    sent = len(wire.sent)
    wire.receiver.take_bytes(b"rubbish")
    assert any(b"malformed" in frame for frame in wire.sent[sent:])
    wire.receiver.take_text('{"type": "resign"}')
    wire.receiver.gone(1006)  # what came before is read all the same
    while (await bob.next("room"))["phase"] != "over":
        pass
    sent = len(wire.sent)
    wire.receiver.take_bytes(b"rubbish")
    assert len(wire.sent) == sent
