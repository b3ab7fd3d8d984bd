"""One process has a room at a time; what another stores that has lost it does not count."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from matchmaking.models import Match, MatchState, Pool
from play.engine.game import GameOutcome
from play.engine.record import Change
from play.models import Host, PlayedGame, RoomRow
from play.services import hosts
from play.services.rooms import (
    EndedGame,
    Fenced,
    HeldBy,
    RoomSnapshot,
    StoredRoom,
    open_room,
    release_room,
    store_absence,
    store_game,
    store_rooms,
    store_scores,
)

from .games import Track
from .records import met

pytestmark = pytest.mark.django_db


def opened(match: UUID, host_id: str, channel: str | None = "") -> StoredRoom:
    """The room as this process has it."""
    room = open_room(match, host_id=host_id, channel=channel)
    assert isinstance(room, StoredRoom)
    return room


def snapshot(room: StoredRoom, **changes: Any) -> RoomSnapshot:
    """The room after ten steps."""
    shot = RoomSnapshot(
        match_id=room.match_id, fence=room.fence, number=room.number, won=room.won,
        drawn=room.drawn, absence_ms=room.absence_ms, seed=room.seed, game=room.game,
        state=Track(30, (10, 0)), record=(Change(0, 0, 1),), length=10, scores=(1, 0),
        is_begun=True, is_live=True, spectators=0,
    )  # fmt: skip
    return replace(shot, **changes)


def ended(room: StoredRoom, winner: int = 0) -> EndedGame:
    """The game of the room, over after 30 steps."""
    return EndedGame(
        number=room.number, revision=room.revision, settings=room.settings, seed=room.seed,
        first=0, record=(Change(0, winner, 1),), length=30,
        outcome=GameOutcome(winner, (3 * (1 - winner), 3 * winner)),
    )  # fmt: skip


def best_of_three() -> UUID:
    match = met("race").pk
    Pool.objects.update(best_of=3)
    Match.objects.update(best_of=3)
    return match


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_open", [False, True])
def test_of_processes_that_open_a_room_at_once_one_has_it(was_open: bool) -> None:
    match, start = met("race").pk, Barrier(4)
    if was_open:
        release_room(snapshot(opened(match, "before")), host_id="before")

    def take(number: int) -> StoredRoom | HeldBy:
        start.wait()
        try:
            return open_room(match, host_id=f"host {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(take, range(4)))
    [room] = [one for one in found if isinstance(one, StoredRoom)]
    assert {one.host_id for one in found if isinstance(one, HeldBy)} == {
        RoomRow.objects.get().host_id
    }
    assert (room.fence, room.length) == ((2, 10) if was_open else (1, 0))


def test_a_process_that_lost_a_room_stores_nothing_more_of_it() -> None:
    match = met("race").pk
    room = opened(match, "frozen")
    store_rooms([snapshot(room)], host_id="frozen")
    Host.objects.filter(pk="frozen").delete()
    other = opened(match, "other")
    late = snapshot(room, length=20)
    assert store_rooms([late], host_id="frozen") == {match}
    release_room(late, host_id="frozen")
    store_scores([(late, (2, 0))], host_id="frozen")
    with pytest.raises(Fenced):
        store_game(ended(room), late, is_last=True, host_id="frozen")
    with pytest.raises(Fenced):
        store_absence(late, ended(room), absent=1, host_id="frozen")
    row = RoomRow.objects.get()
    assert (row.host_id, row.fence, row.length) == ("other", other.fence, 10)
    assert not PlayedGame.objects.exists()
    assert Match.objects.get().live_scores in (None, [])


def test_a_process_that_was_given_up_opens_no_room_until_it_registers_again() -> None:
    first, second = met("race").pk, met("connect-four").pk
    opened(first, "frozen")
    Host.objects.filter(pk="frozen").delete()
    with pytest.raises(Fenced):
        open_room(second, host_id="frozen", channel=None)
    assert opened(second, "frozen", "there").fence == 1


def test_a_game_that_another_process_played_is_not_taken_for_ones_own() -> None:
    match = best_of_three()
    room = opened(match, "frozen")
    Host.objects.filter(pk="frozen").delete()
    other = opened(match, "other")
    after = snapshot(other, number=2)
    store_game(ended(other, winner=1), after, is_last=False, host_id="other")
    store_game(ended(other, winner=1), after, is_last=False, host_id="other")  # its answer was lost
    late = snapshot(room, number=2)
    with pytest.raises(Fenced):
        store_game(ended(room, winner=0), late, is_last=False, host_id="frozen")
    assert PlayedGame.objects.get().winner == 1


def test_a_snapshot_from_before_a_game_was_stored_does_not_bring_it_back() -> None:
    room = opened(best_of_three(), "here")
    before, after = snapshot(room), snapshot(room, number=2, won=(1, 0), length=0, seed=7)
    store_game(ended(room), after, is_last=False, host_id="here")
    assert store_rooms([before], host_id="here") == set()
    row = RoomRow.objects.get()
    assert (row.number, row.won, row.seed, row.length) == (2, [1, 0], 7, 0)


def test_an_absence_is_stored_once_though_its_answer_was_lost() -> None:
    match = met("race").pk
    room = opened(match, "here")
    for _ in range(2):
        store_absence(snapshot(room), ended(room), absent=1, host_id="here")
    assert Match.objects.get().state == MatchState.FINISHED


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_process_whose_beats_stand_still_is_gone_after_six_seconds() -> None:
    clock = Clock()
    watch = hosts.HostWatch("here", clock)
    match = met("race").pk
    opened(match, "there")
    for _ in range(7):
        assert watch.look() == {"there"}
        clock.now += 1
    assert watch.look() == set()
    assert RoomRow.objects.get().host_id is None and opened(match, "here").fence == 2


def test_nobody_is_given_up_by_a_process_that_could_not_look() -> None:
    clock = Clock()
    watch = hosts.HostWatch("here", clock)
    opened(met("race").pk, "there")
    assert watch.look() == {"there"}
    clock.now += 7  # the database was away: nobody could show that they live
    assert watch.look() == {"there"}


def test_many_rooms_are_stored_by_one_statement_those_of_others_left_out(
    django_assert_num_queries: Any,
) -> None:
    shots = [snapshot(opened(met("race").pk, "host")) for _ in range(3)]
    mine, lost, further = shots
    Host.objects.create(pk="other")
    RoomRow.objects.filter(pk=lost.match_id).update(host="other", fence=2)
    RoomRow.objects.filter(pk=further.match_id).update(number=2)
    with django_assert_num_queries(2):
        assert store_rooms(shots, host_id="host") == {lost.match_id}
    stored = {row.pk: row for row in RoomRow.objects.all()}
    assert stored[mine.match_id].length == 10
    assert stored[mine.match_id].scores == [1, 0]
    assert stored[lost.match_id].length == stored[further.match_id].length == 0
