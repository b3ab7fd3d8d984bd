"""A process, Redis and PostgreSQL go away in turn: bounded answers, nothing lost or repeated."""

import pytest

from .outages import outages


@pytest.mark.services
async def test_outages_lose_and_repeat_nothing() -> None:
    report = await outages(seed=1, redis_seconds=2.0, frozen_seconds=3.0, postgres_seconds=4.0)
    assert report.complaints == []
    assert report.events > 100
