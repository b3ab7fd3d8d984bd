"""What a process counts: plain numbers, capped labels, and totals that grow old."""

import time

import pytest
from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily

from lib.metrics import database
from lib.metrics.registry import Capped, Latest, ReadWhenAsked, by_one_label


def test_plain_numbers_are_read_when_somebody_asks() -> None:
    numbers = {"lobby": 1}
    registry = CollectorRegistry()
    registry.register(
        ReadWhenAsked(
            lambda: CounterMetricFamily("frames", "Frames.", labels=["kind"]),
            lambda: by_one_label(numbers),
        )
    )
    numbers["lobby"] += 1
    assert b'frames_total{kind="lobby"} 2.0' in generate_latest(registry)


def test_a_label_has_no_more_values_than_its_cap() -> None:
    label = Capped(2)
    assert [label(pool) for pool in ("one", "two", "three", "one", "four")] == [
        "one",
        "two",
        "other",
        "one",
        "other",
    ]


def test_a_total_that_nobody_reads_any_more_is_not_shown() -> None:
    total = Latest(fresh_seconds=0.05)
    assert total() == {}
    total.set({(): 3})
    assert total() == {(): 3}
    time.sleep(0.06)
    assert total() == {}


@pytest.mark.django_db
def test_statements_are_timed_once_however_often_a_connection_is_taken() -> None:
    for _ in range(2):
        database._watch_connection(connection)
    try:
        assert connection.execute_wrappers.count(database._timed) == 1
        before = _statements()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert _statements() == before + 1
    finally:
        connection.execute_wrappers.remove(database._timed)


def _statements() -> float:
    samples = [s for family in database.query_seconds.collect() for s in family.samples]
    return next(s.value for s in samples if s.name.endswith("_count"))
