"""Who is here: leased, so that nobody stays for ever; told only when it changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from lobby.models import Presence
from lobby.presence import PEOPLE_SHOWN, PresenceTracker, delete_stale_presence, everybody
from matchmaking.services.queue.joining import Join, join_pool

pytestmark = pytest.mark.django_db

QueryLimit = Callable[[int], AbstractContextManager[Any]]
ANN, BOB = (uuid4(), "Ann"), (uuid4(), "bob")


def names() -> list[str]:
    return [person.username for person in everybody().online.people]


def online() -> int:
    return everybody().online.count


def gone_silent(desk: PresenceTracker, seconds: float) -> None:
    ago = timezone.now() - timedelta(seconds=seconds)
    Presence.objects.filter(process=desk.process).update(expires_at=ago)


def test_who_comes_and_goes() -> None:
    desk = PresenceTracker()
    for person in (BOB, ANN, None, None):
        desk.arrive(person)
    desk.look()
    assert online() == 4 and names() == ["Ann", "bob"]
    desk.depart(ANN)
    desk.depart(None)
    desk.look()
    assert online() == 2 and names() == ["bob"]


def test_a_second_tab_counts_once() -> None:
    desk = PresenceTracker()
    desk.arrive(ANN)
    desk.arrive(ANN)
    desk.look()
    assert online() == 1
    desk.depart(ANN)
    desk.look()
    assert online() == 1 and names() == ["Ann"]
    desk.depart(ANN)
    desk.look()
    assert online() == 0


def test_several_processes_are_summed_up() -> None:
    first, second = PresenceTracker(), PresenceTracker()
    first.arrive(ANN)
    second.arrive(BOB)
    second.arrive(None)
    first.look()
    second.look()
    assert online() == 3 and names() == ["Ann", "bob"]
    second.leave()
    assert online() == 1 and names() == ["Ann"]


def test_a_dead_processs_people_vanish_with_its_lease() -> None:
    alive, dead = PresenceTracker(), PresenceTracker()
    alive.arrive(ANN)
    dead.arrive(BOB)
    alive.look()
    dead.look()
    gone_silent(dead, 0)
    assert names() == ["Ann"]
    assert delete_stale_presence() == 0  # it may only be late
    gone_silent(dead, 60)
    assert delete_stale_presence() == 1 and Presence.objects.count() == 1


def test_a_process_that_was_only_late_is_back_at_its_next_look() -> None:
    desk = PresenceTracker()
    desk.arrive(ANN)
    desk.look()
    gone_silent(desk, 60)
    delete_stale_presence()
    desk._renewed -= timedelta(seconds=5)  # looked last some seconds ago
    desk.look()
    assert names() == ["Ann"]


def test_it_is_told_only_when_it_changed() -> None:
    desk = PresenceTracker()
    desk.arrive(ANN)
    assert desk.look() is not None
    assert desk.look() is None
    desk.arrive(ANN)  # a second tab changes nothing that can be seen
    assert desk.look() is None
    join_pool(Join("Cem"))
    told = desk.look()
    assert told is not None and '"waiting":{"count":1,"names":["Cem"]}' in told
    assert desk.last_sent == told


def test_a_crowd_is_counted_and_the_first_of_it_named() -> None:
    desk = PresenceTracker()
    for number in range(500):
        desk.arrive((UUID(int=number), f"P{number:03}"))
    frame = desk.look()
    assert frame is not None and len(frame) < 10_000
    assert online() == 500 and len(names()) == PEOPLE_SHOWN


def test_a_crowd_that_arrives_writes_one_row_at_the_next_look(
    django_assert_max_num_queries: QueryLimit,
) -> None:
    desk = PresenceTracker()
    with django_assert_max_num_queries(0):
        for number in range(5000):
            desk.arrive((UUID(int=number), f"P{number}"))
    with django_assert_max_num_queries(12):
        desk.look()
