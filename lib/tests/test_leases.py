"""One process at a time does a periodic duty."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lib.leases import give_up_leases, take_lease
from lib.models import Lease

pytestmark = pytest.mark.django_db

LIFE = timedelta(seconds=20)
NOW = timezone.now()


def take(holder: str, *, after: timedelta = timedelta(), duty: str = "upkeep") -> bool:
    return take_lease(duty, holder=holder, now=NOW + after, life=LIFE)


def test_the_first_has_it_and_keeps_it() -> None:
    assert take("a") and not take("b")
    assert take("a", after=LIFE / 2)
    assert not take("b", after=LIFE)  # it was renewed meanwhile


def test_a_holder_that_is_gone_loses_it() -> None:
    assert take("a")
    assert take("b", after=LIFE + timedelta(seconds=1))
    assert not take("a", after=LIFE + timedelta(seconds=2))
    assert Lease.objects.get().holder == "b"


def test_duties_are_held_apart() -> None:
    assert take("a") and take("b", duty="other")
    assert not take("b") and not take("a", duty="other")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["nobody", "a holder that is gone"])
def test_one_of_many_who_reach_for_it_at_once_has_it(before: str) -> None:
    for turn in range(5):
        duty, start = f"duty {turn}", threading.Barrier(4)
        if before != "nobody":
            take("gone", after=-2 * LIFE, duty=duty)

        def reach(holder: str, duty: str = duty, start: threading.Barrier = start) -> bool:
            start.wait(5)
            try:
                return take(holder, duty=duty)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(reach, "abcd")) == 1


def test_a_holder_that_stops_lets_others_in_at_once() -> None:
    take("a")
    take("b", duty="other")
    give_up_leases(holder="a")
    assert take("b") and not take("a", duty="other")
