"""How much of one thing in how little time."""

import pytest
from pytest_django import Settings

from lib.limits import Bucket, Buckets
from lobby import limits
from streams.limits import message_bucket


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time; a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def taken(bucket: Bucket, wishes: int) -> int:
    return sum(bucket.take() for _ in range(wishes))


def test_so_many_at_once_then_so_many_a_second(clock: list[float]) -> None:
    bucket = Bucket(burst=5, per_second=2)
    assert taken(bucket, 10) == 5
    clock[0] += 1
    assert taken(bucket, 10) == 2
    clock[0] += 0.4
    assert taken(bucket, 10) == 0
    clock[0] += 0.1
    assert taken(bucket, 10) == 1


def test_waiting_saves_up_no_more_than_the_burst(clock: list[float]) -> None:
    bucket = Bucket(burst=5, per_second=2)
    clock[0] += 3600
    assert taken(bucket, 100) == 5


def test_each_key_has_a_bucket_of_its_own(clock: list[float]) -> None:
    buckets = Buckets(burst=2, per_second=1)
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert buckets.take("b")


def test_the_longest_unused_are_forgotten(clock: list[float]) -> None:
    buckets = Buckets(burst=1, per_second=0, keep=2)
    assert buckets.take("a") and buckets.take("b")
    assert not buckets.take("a")  # used again just now
    assert buckets.take("c")
    assert not buckets.take("a") and buckets.take("b")


def test_they_can_be_turned_off(clock: list[float], settings: Settings) -> None:
    settings.RATE_LIMITS = False
    assert taken(Bucket(burst=1, per_second=0), 100) == 100


def test_a_person_who_types_is_never_held_up(clock: list[float]) -> None:
    messages, player = message_bucket(), object()
    for _ in range(200):
        clock[0] += 1.1
        assert messages.take() and limits.chat_by_speaker.take(player)


def test_six_sockets_of_one_address_say_no_more_than_one_and_a_busy_hall_is_not_held_up(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("chat_by_speaker", "chat_by_guests", "chat_by_address"):
        pace: Buckets = getattr(limits, name)
        fresh = type(pace)(burst=pace._burst, per_second=pace._per_second)
        monkeypatch.setattr(limits, name, fresh)

    def taken_of(speaker: object) -> bool:
        return limits.chat_by_speaker.take(speaker) and limits.chat_by_guests.take("192.0.2.7")

    assert sum(taken_of("192.0.2.7") for _ in range(100)) == 8  # nameless, of whatever socket
    said = 0
    for _ in range(40):
        clock[0] += 0.3
        said += sum(taken_of(f"guest {n}") for n in range(6))
    assert said <= 45
    clock[0] += 60
    for n in range(60):  # sixty guests greet each other within a minute
        clock[0] += 1
        assert taken_of(f"player {n}")
