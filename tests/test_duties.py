"""The matchmaker's duty: one process at a time has it, and it moves when that one dies."""

import time
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tournament_site import duties
from tournament_site.duties import Duties

from .server import MatchpointServer, rows

pytestmark = pytest.mark.django_db


def test_one_process_ticks_until_it_stops() -> None:
    first, second = Duties(), Duties()
    for _ in range(2):
        assert first.tick_matchmaker() and not second.tick_matchmaker()
        assert first.tick() and not second.tick()


def test_a_tick_without_players_writes_nothing() -> None:
    duties = Duties()
    duties.tick_matchmaker()
    with CaptureQueriesContext(connection) as asked:
        assert duties.tick_matchmaker()
    words = [query["sql"].split()[0] for query in asked]
    assert set(words) == {"SELECT"} and len(words) <= 3


def test_duties_go_on_after_a_crash_and_a_clock_that_went_back_an_hour() -> None:
    with MatchpointServer() as site:
        ahead = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        # As a process leaves it that was killed before the clock was set back.
        rows(
            site.database_url,
            "INSERT OR REPLACE INTO matchmaking_lease (duty, holder, expires_at)"
            f" VALUES ('matchmaker', 'killed', '{ahead}')",
        )
        until = time.monotonic() + 20
        while _holder(site) == "killed" and time.monotonic() < until:
            time.sleep(0.5)
        assert _holder(site) != "killed"


def _holder(site: MatchpointServer) -> str:
    [[holder]] = rows(
        site.database_url, "SELECT holder FROM matchmaking_lease WHERE duty = 'matchmaker'"
    )
    return str(holder)


def test_cleaning_has_a_lease_of_its_own_and_goes_on_until_all_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = {"rows": 3}

    def delete(*, now: datetime) -> int:
        left["rows"] = max(0, left["rows"] - 1)
        return left["rows"]

    def returns(*, now: datetime) -> int:
        raise IntegrityError

    monkeypatch.setattr(duties, "CLEANING", (returns, delete))
    monkeypatch.setattr(duties, "_PAUSE_SECONDS", 0)
    first, second = Duties(), Duties()
    assert first.tick() and second.clean()
    assert left["rows"] == 0


def test_every_cleaner_runs_on_an_empty_site() -> None:
    for delete in duties.CLEANING:
        assert delete(now=timezone.now()) == 0
