"""Duties are measured, and totals are read by one process for all."""

import pytest

from lib.database.faults import DISK_FULL, log_outage
from lib.database.leases import give_up_leases
from lib.metrics.registry import registry
from matchmaking.metrics import queue_length
from matchmaking.services.queue.joining import Join, join_pool
from tournament_site.monitoring.duties import measured
from tournament_site.monitoring.totals import Totals


def shown(name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"matchpoint_{name}", labels)


def test_a_duty_that_fails_is_counted_and_is_not_done() -> None:
    with pytest.raises(ZeroDivisionError), measured("one that fails"):
        raise ZeroDivisionError
    assert shown("duty_failures_total", duty="one that fails") == 1
    assert shown("duty_last_done_timestamp_seconds", duty="one that fails") is None
    with measured("one that fails"):
        pass
    assert shown("duty_seconds_count", duty="one that fails") == 1
    assert shown("duty_last_done_timestamp_seconds", duty="one that fails")


@pytest.mark.django_db
def test_totals_are_read_by_whoever_holds_the_lease() -> None:
    join_pool(Join("Ann"))
    queue_length.set({})
    first, second = Totals("one"), Totals("two")
    assert first.read_totals()
    assert shown("queue_length", pool="default") == 1
    assert shown("queue_oldest_seconds", pool="default") is not None
    assert shown("matches_open") == 0 and shown("tournaments_running") == 0
    assert shown("lease_held", duty="totals") == 1
    queue_length.set({})
    assert not second.read_totals()
    assert shown("queue_length", pool="default") is None
    assert shown("lease_held", duty="totals") == 0
    give_up_leases(holder="one")
    assert second.read_totals()
    assert shown("lease_held", duty="totals") == 1
    give_up_leases(holder="two")
    assert shown("lease_held", duty="totals") == 0


def test_an_outage_is_counted_also_when_it_is_not_logged() -> None:
    before = shown("outages_total", code="disk_full") or 0
    for _ in range(20):
        log_outage(DISK_FULL, OSError())
    assert shown("outages_total", code="disk_full") == before + 20
