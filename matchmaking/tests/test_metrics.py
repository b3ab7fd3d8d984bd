"""Matches that queues make are measured by pool: the wait, and how well the sides fit."""

from typing import Any

import pytest
from django.utils import timezone

from lib.metrics.registry import registry
from matchmaking.selectors import queues
from matchmaking.services.queue.ticks import pair_waiting

from .queueing import age, guest, join, pool, rate

pytestmark = pytest.mark.django_db


def measured(name: str, where: str) -> tuple[float, float]:
    """How many were measured, and their sum."""
    labels = {"pool": where}
    found = [
        registry.get_sample_value(f"matchpoint_{name}_{of}", labels) for of in ("count", "sum")
    ]
    return found[0] or 0.0, found[1] or 0.0


def test_a_match_is_measured_by_the_wait_and_by_how_far_apart_its_sides_are(
    django_capture_on_commit_callbacks: Any,
) -> None:
    where = pool("measured", window_start=600)
    ann, bob = guest("Ann"), guest("Bob")
    rate(ann, where, 1500.0)
    rate(bob, where, 1620.0)
    with django_capture_on_commit_callbacks(execute=True):
        join(ann, where)
        age(ann, 42)
        join(bob, where)
        pair_waiting(pool=where, now=timezone.now())
    count, seconds = measured("match_wait_seconds", "measured")
    assert (count, round(seconds)) == (2, 42)
    assert measured("match_rating_gap", "measured") == (1, 120.0)


def test_queues_are_counted_with_their_oldest_wait_and_no_more_pools_than_asked() -> None:
    quiet, busy = pool("quiet"), pool("busy")
    join(guest("Ann"), busy)
    now = timezone.now()
    found = queues(now=now, most=50)
    assert found[quiet.slug] == (0, None)
    count, oldest = found[busy.slug]
    assert count == 1 and oldest is not None and oldest <= now
    assert len(queues(now=now, most=1)) == 1
