"""One process at a time does a periodic duty, whatever the time of day is said to be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lib.database.leases import LeaseClaim, give_up_leases
from lib.models import Lease

pytestmark = pytest.mark.django_db

LIFE = 20.0
HOUR = timedelta(hours=1)


class Clock:
    """Time since some start, which a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def claim(self, holder: str, duty: str = "upkeep") -> LeaseClaim:
        return LeaseClaim(duty, holder=holder, life=timedelta(seconds=LIFE), clock=self)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_first_has_it_and_keeps_it(clock: Clock) -> None:
    a, b = clock.claim("a"), clock.claim("b")
    assert a.take() and not b.take()
    for _ in range(10):
        clock.now += LIFE / 2
        assert a.take() and not b.take()


def test_most_calls_cost_nothing(clock: Clock) -> None:
    a = clock.claim("a")
    a.take()
    clock.now += LIFE / 2 - 1
    with CaptureQueriesContext(connection) as asked:
        assert a.take()
    assert not asked.captured_queries


def test_a_holder_that_is_gone_loses_it(clock: Clock) -> None:
    a, b = clock.claim("a"), clock.claim("b")
    assert a.take() and not b.take()
    clock.now += LIFE
    assert not b.take()
    clock.now += 1
    assert b.take() and not a.take()
    assert Lease.objects.get().holder == "b"


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, timedelta(days=365)])
def test_the_time_of_day_in_a_dead_holders_row_does_not_count(
    clock: Clock, ahead: timedelta
) -> None:
    Lease.objects.create(duty="upkeep", holder="gone", expires_at=timezone.now() + ahead)
    b = clock.claim("b")
    assert not b.take()  # its holder may be alive, with another idea of the time
    clock.now += LIFE + 1
    assert b.take()
    clock.now += LIFE / 2
    assert b.take()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_is_set_changes_nothing_for_a_living_holder(
    clock: Clock, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = clock.claim("a"), clock.claim("b")
    assert a.take() and not b.take()
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + jump)
    for _ in range(20):
        clock.now += LIFE / 4
        assert a.take() and not b.take()
    clock.now += LIFE / 4
    assert not b.take()
    clock.now += LIFE + 1
    assert b.take()


def test_two_never_hold_it_at_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that stop, start and sleep at random, under a clock that is set at random."""
    random = Random(7)
    real, jump = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + jump[0])
    claims = [clock.claim(str(number)) for number in range(3)]
    # Who takes it may do the duty for half a lease without asking again.
    held_until = [0.0] * 3
    turns = 0
    for number in range(3, 2000):
        clock.now += random.uniform(0, LIFE / 3)
        jump[0] = timedelta(seconds=random.choice([0, 0, 3600, -3600, 1]))
        who = random.randrange(3)
        if random.random() < 0.05:  # it dies, and starts anew under another name
            claims[who], held_until[who] = clock.claim(str(number)), 0.0
        if claims[who].take():
            others = [until for other, until in enumerate(held_until) if other != who]
            assert max(others) < clock.now
            held_until[who] = clock.now + LIFE / 2
            turns += 1
    assert turns > 400


def test_duties_are_held_apart(clock: Clock) -> None:
    a, b = clock.claim("a"), clock.claim("b", "other")
    assert a.take() and b.take()
    assert not clock.claim("b").take() and not clock.claim("a", "other").take()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["nobody", "a holder that is gone"])
def test_one_of_many_who_reach_for_it_at_once_has_it(clock: Clock, before: str) -> None:
    for turn in range(5):
        duty, start = f"duty {turn}", threading.Barrier(4)
        claims = [clock.claim(holder, duty) for holder in "abcd"]
        if before != "nobody":
            clock.claim("gone", duty).take()
            assert not any(claim.take() for claim in claims)
            clock.now += LIFE + 1

        def reach(claim: LeaseClaim, start: threading.Barrier = start) -> bool:
            start.wait(5)
            try:
                return claim.take()
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(reach, claims)) == 1


def test_a_holder_that_stops_lets_others_in_at_once(clock: Clock) -> None:
    a, b = clock.claim("a"), clock.claim("b", "other")
    assert a.take() and b.take()
    give_up_leases(holder="a")
    assert clock.claim("b").take() and not clock.claim("a", "other").take()
