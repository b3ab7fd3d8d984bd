"""The matchmaker's duty: one process at a time has it, and it moves when that one dies."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lib.models import Lease
from tournament_site.duties import Duties

pytestmark = pytest.mark.django_db


def test_one_process_ticks_until_it_dies() -> None:
    first, second = Duties(), Duties()
    assert first.tick_matchmaker() and not second.tick_matchmaker()
    assert first.tick_matchmaker() and not second.tick_matchmaker()
    Lease.objects.filter(duty="matchmaker").update(expires_at=timezone.now() - timedelta(seconds=1))
    assert second.tick_matchmaker()
    assert Lease.objects.get(duty="matchmaker").holder == second.holder


def test_a_tick_without_players_writes_nothing() -> None:
    duties = Duties()
    duties.tick_matchmaker()
    with CaptureQueriesContext(connection) as asked:
        assert duties.tick_matchmaker()
    words = [query["sql"].split()[0] for query in asked]
    assert set(words) == {"SELECT"} and len(words) <= 3
