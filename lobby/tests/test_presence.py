"""Who is here: leased, so that nobody stays for ever; sent only when it changed."""

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


def gone_silent(tracker: PresenceTracker, seconds: float) -> None:
    ago = timezone.now() - timedelta(seconds=seconds)
    Presence.objects.filter(process=tracker.process).update(expires_at=ago)


def test_who_comes_and_goes() -> None:
    tracker = PresenceTracker()
    for person in (BOB, ANN, None, None):
        tracker.arrive(person)
    tracker.look()
    assert online() == 4 and names() == ["Ann", "bob"]
    tracker.depart(ANN)
    tracker.depart(None)
    tracker.look()
    assert online() == 2 and names() == ["bob"]


def test_a_second_tab_counts_once() -> None:
    tracker = PresenceTracker()
    tracker.arrive(ANN)
    tracker.arrive(ANN)
    tracker.look()
    assert online() == 1
    tracker.depart(ANN)
    tracker.look()
    assert online() == 1 and names() == ["Ann"]
    tracker.depart(ANN)
    tracker.look()
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
    assert delete_stale_presence(now=timezone.now()) == 0  # it may only be late
    gone_silent(dead, 60)
    assert delete_stale_presence(now=timezone.now()) == 1 and Presence.objects.count() == 1


def test_nobody_stays_from_before_a_clock_was_set_back() -> None:
    tracker = PresenceTracker()
    tracker.arrive(ANN)
    tracker.look()
    gone_silent(tracker, -3600)
    assert (online(), names()) == (0, [])
    assert delete_stale_presence(now=timezone.now()) == 1


def test_a_process_that_was_only_late_is_back_at_its_next_look() -> None:
    tracker = PresenceTracker()
    tracker.arrive(ANN)
    tracker.look()
    gone_silent(tracker, 60)
    delete_stale_presence(now=timezone.now())
    tracker._renewed -= 5  # looked last some seconds ago
    tracker.look()
    assert names() == ["Ann"]


def test_it_is_reported_only_when_it_changed() -> None:
    tracker = PresenceTracker()
    tracker.arrive(ANN)
    assert tracker.look() is not None
    assert tracker.look() is None
    tracker.arrive(ANN)  # a second tab changes nothing that can be seen
    assert tracker.look() is None
    join_pool(Join("Cem"))
    frame = tracker.look()
    assert frame is not None and '"waiting":{"count":1,"names":["Cem"]}' in frame
    assert tracker.last_sent == frame


def test_a_crowd_is_counted_and_the_first_of_it_named() -> None:
    tracker = PresenceTracker()
    for number in range(500):
        tracker.arrive((UUID(int=number), f"P{number:03}"))
    frame = tracker.look()
    assert frame is not None and len(frame) < 10_000
    assert online() == 500 and len(names()) == PEOPLE_SHOWN


def test_a_crowd_that_arrives_writes_one_row_at_the_next_look(
    django_assert_max_num_queries: QueryLimit,
) -> None:
    tracker = PresenceTracker()
    with django_assert_max_num_queries(0):
        for number in range(5000):
            tracker.arrive((UUID(int=number), f"P{number}"))
    with django_assert_max_num_queries(12):
        tracker.look()
