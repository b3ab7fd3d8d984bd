"""Ids of rows: version 7 of UUIDs, which rise with the time."""

import time
import uuid

import pytest

from lib.database.ids import new_id


def test_an_id_is_a_uuid_of_version_7_and_says_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_rise_as_numbers_and_as_texts_and_none_comes_twice() -> None:
    made = []
    for _ in range(300):
        made.append(new_id())
        end = time.perf_counter_ns() + 1_000  # more than the 244 ns that a step of the time is
        while time.perf_counter_ns() < end:
            pass
    assert made == sorted(made) and [one.hex for one in made] == sorted(one.hex for one in made)
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_the_time_is_read_to_a_4096th_of_a_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    # RFC 9562, section 6.2, method 3: 0.5 ms are 2,048 of 4,096.
    monkeypatch.setattr(time, "time_ns", lambda: 1_645_557_742_000_500_000)
    made = new_id()
    assert made.hex[:16] == "017f22e279b07800"  # the milliseconds are those of appendix A.6
