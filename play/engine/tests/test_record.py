"""Records and clocks: what is stored comes back, and time is neither lost nor made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from play.engine.chess_clock import ChessClock
from play.engine.record import (
    Change,
    Turn,
    pack_record,
    unpack_changes,
    unpack_turns,
)


@given(st.lists(st.builds(Turn, st.text(max_size=8), st.integers(0, 2**40)), max_size=60))
def test_turns_come_back(turns: list[Turn]) -> None:
    assert unpack_turns(pack_record(turns)) == turns


@given(st.lists(st.builds(Change, st.integers(0, 2**31), st.integers(0, 1), st.integers(0, 9))))
def test_changes_come_back(changes: list[Change]) -> None:
    assert unpack_changes(pack_record(changes)) == changes


@pytest.mark.parametrize("unpack", [unpack_turns, unpack_changes])
def test_an_empty_record_has_no_entries_and_rubbish_is_none(unpack: object) -> None:
    assert callable(unpack) and unpack(b"") == []
    with pytest.raises(ValueError, match="no record"):
        unpack(b"rubbish")
    with pytest.raises(ValueError, match="no record"):
        unpack(pack_record([Turn("1", 0)])[:-3])


@given(spent=st.lists(st.integers(0, 9_000), max_size=20), pause=st.integers(0, 50_000))
def test_a_clock_counts_only_the_time_of_the_side_that_thinks(spent: list[int], pause: int) -> None:
    clock, plain, now = ChessClock.of(seconds=300, increment=3), [300_000, 300_000], 1_000
    for n, ms in enumerate(spent):
        side = n % 2
        clock = clock.started(side, now).moved(now + ms)
        now += ms + pause
        plain[side] += 3_000 - ms
        assert clock.left(now) == tuple(plain)
        assert clock.flag_at_ms() is None


def test_a_clock_says_when_time_is_over_and_never_goes_below_zero() -> None:
    clock = ChessClock.of(seconds=10, increment=0).started(1, 5_000)
    assert clock.flag_at_ms() == 15_000
    assert clock.left(14_999) == (10_000, 1)
    assert clock.left(99_999) == (10_000, 0)
    assert clock.stopped(7_000).left(99_999) == (10_000, 8_000)
