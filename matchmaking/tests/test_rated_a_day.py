"""How many matches against the same opponent are rated on one day: farming takes its time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from matchmaking.models import Match, Pool, Rating
from matchmaking.results import Result
from matchmaking.services import matches
from matchmaking.services.matches import correct_match, reopen_match

from .meetings import finished, meeting, play_match, player, won

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ladder() -> Pool:
    """A pool in which two matches a day are rated."""
    return Pool.objects.create(slug="ladder", name="Ladder", guests_count=True, rated_a_day=2)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time at which matches end."""
    now = [NOON]

    def read() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    monkeypatch.setattr("django.utils.timezone.now", read)
    return now


def rating(name: str) -> float:
    return Rating.objects.get(player=player(name)).rating


def test_a_third_match_on_one_day_moves_nobody(clock: list[datetime]) -> None:
    won("Ann", "Bob")
    won("Bob", "Ann")
    before = rating("Ann"), rating("Bob")
    third = won("Ann", "Bob")
    assert (rating("Ann"), rating("Bob")) == before
    page = Client(headers={"accept": "text/html"}).get(f"/matches/{third.pk}").content.decode()
    assert "so often on this day" in page
    assert Rating.objects.get(player=player("Ann")).matches == 2
    won("Ann", "Cem")
    assert rating("Ann") > before[0]
    clock[0] = NOON + timedelta(hours=12)  # the next day begins
    won("Bob", "Ann")
    assert rating("Bob") > before[1]


def test_what_becomes_of_the_first_results_changes_nothing_in_the_third() -> None:
    first, second, third = (won("Ann", "Bob") for _ in range(3))
    before = rating("Ann")
    correct_match(match=in_full(third), result=Result.by_score((0, 1), best_of=1))
    assert rating("Ann") == before
    reopen_match(match=in_full(second))
    finished(in_full(second), Result.by_score((1, 0), best_of=1))
    assert rating("Ann") == before
    correct_match(match=in_full(first), result=Result.forfeit(0))
    won("Ann", "Bob")
    assert rating("Ann") < before  # the second alone is rated


def test_of_teams_those_who_have_met_all_opponents_so_often_are_not_moved() -> None:
    for _ in range(2):
        play_match(match=meeting(["Ann", "Amy"], ["Bob", "Ben"]), scores=(1, 0))
    before = {name: rating(name) for name in ("Ann", "Bob")}
    play_match(match=meeting(["Ann", "Cem"], ["Bob", "Ben"]), scores=(1, 0))
    assert rating("Ann") == before["Ann"]
    assert rating("Bob") < before["Bob"] and rating("Cem") > 1500


def test_matches_of_a_tournament_are_all_rated(ladder: Pool) -> None:
    for _ in range(3):
        last = rating("Ann") if Rating.objects.exists() else 1500.0
        match = meeting("Ann", "Bob")
        Match.objects.filter(pk=match.pk).update(pool=None, rated_in=ladder)
        matches.store_result(match=in_full(match), result=Result.by_score((1, 0), best_of=1))
        assert rating("Ann") > last


def test_a_new_pool_rates_ten() -> None:
    assert Pool(slug="new", name="New").rated_a_day == 10


def in_full(match: Match) -> Match:
    return Match.objects.in_full().get(pk=match.pk)
