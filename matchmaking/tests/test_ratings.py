"""Ratings: moved once by each finished match, taken back exactly, reset by a season's end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from lib.errors import Conflict
from matchmaking.engine.glicko2 import Rating as Strength
from matchmaking.engine.glicko2 import rate_match as glicko2_match
from matchmaking.leaderboards import best_of, deviation_now, history_of, table
from matchmaking.models import (
    Match,
    Outcome,
    RatedMatch,
    Rating,
    RatingChange,
    Season,
    SeasonPlace,
    Seat,
)
from matchmaking.results import Result
from matchmaking.services.matches import (
    cancel_match,
    correct_match,
    finish_match,
    leave_match,
    reopen_match,
)
from matchmaking.services.ratings import current_ratings, rate_match
from matchmaking.services.seasons import end_due_seasons, end_season
from matchmaking.signals import match_closed

from .meetings import caller, meeting, player, player_id, pool, won

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Every match ends a day after the one before it."""
    days = count()
    with patch(
        "matchmaking.services.matches.timezone.now",
        lambda: START + timedelta(days=next(days), microseconds=1),
    ):
        yield


def rating(name: str, slug: str = "ladder") -> Rating:
    return Rating.objects.get(player=player(name), pool=pool(slug))


def test_two_new_players_are_rated_by_glicko2() -> None:
    won("Ann", "Bob")
    ann, bob = glicko2_match((Strength(), Strength()), 1.0, idle_periods=(1e6, 1e6))
    assert rating("Ann").rating == ann.rating and rating("Bob").rating == bob.rating
    assert rating("Ann").deviation == ann.deviation
    assert (rating("Ann").matches, rating("Bob").matches) == (1, 1)


def test_a_draw_between_equals_moves_nobody() -> None:
    finish_match(
        match=meeting("Ann", "Bob", best_of=2, draws=True),
        result=Result(None, Outcome.DRAWN, (1, 1)),
    )
    assert rating("Ann").rating == rating("Bob").rating == pytest.approx(1500)


def test_who_gives_up_loses_rating() -> None:
    leave_match(match_id=meeting("Ann", "Bob").pk, caller=caller("Ann"))
    assert rating("Ann").rating < 1500 < rating("Bob").rating


@pytest.mark.parametrize("result", [Result.forfeit(0), Result.double_forfeit()])
def test_a_forfeit_is_not_rated(result: Result) -> None:
    finish_match(match=meeting("Ann", "Bob"), result=result)
    assert not RatingChange.objects.exists() and not Rating.objects.exists()


def test_a_cancelled_match_is_not_rated() -> None:
    cancel_match(match_id=meeting("Ann", "Bob").pk)
    assert not Rating.objects.exists()


def test_a_pool_that_is_not_rated_moves_nobody_unless_the_match_says_so() -> None:
    casual, ladder = pool("casual"), pool()
    casual.rated = False
    casual.save()
    won("Ann", "Bob", slug="casual")
    assert not Rating.objects.exists()
    match = meeting("Ann", "Bob", slug="casual")
    match.rated_in = ladder
    finish_match(match=match, result=Result(0, Outcome.PLAYED, (1, 0)))
    assert set(Rating.objects.values_list("pool__slug", flat=True)) == {"ladder"}


def test_an_entrant_who_is_only_a_name_leaves_the_match_unrated() -> None:
    match = Match.objects.create(rated_in=pool())
    Seat.objects.create(match=match, side=0, player=player("Ann"), name="Ann")
    Seat.objects.create(match=match, side=1, name="The stranger")
    finish_match(match=match, result=Result(0, Outcome.PLAYED, (1, 0)))
    assert not Rating.objects.exists()


def test_a_match_is_rated_once_whoever_tells_twice() -> None:
    match = won("Ann", "Bob")
    before = rating("Ann").rating
    match_closed.send(sender=Match, match=match)
    rate_match(match=match)
    assert rating("Ann").rating == before
    assert RatedMatch.objects.count() == 1 and RatingChange.objects.count() == 2


def test_the_database_refuses_a_second_rating_of_one_match() -> None:
    match = won("Ann", "Bob")
    first = RatedMatch.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RatedMatch.objects.create(
            pool=first.pool, season=first.season, number=2, match=match, outcome={}, at=first.at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        RatedMatch.objects.create(
            pool=first.pool, season=first.season, number=1, outcome={}, at=first.at
        )


def test_teams_are_rated_in_the_same_points() -> None:
    finish_match(
        match=meeting(["Ann", "Bea"], ["Cem", "Dan"]), result=Result(0, Outcome.PLAYED, (1, 0))
    )
    assert rating("Ann").rating == rating("Bea").rating > 1500
    assert rating("Cem").rating == rating("Dan").rating < 1500
    assert 0 < rating("Ann").deviation < 350


def test_no_match_leaves_a_deviation_under_the_pools_floor() -> None:
    sure, unlimited = pool("sure"), pool("unlimited")
    sure.deviation_floor, unlimited.deviation_floor = 150, 0
    for one in (sure, unlimited):
        one.save()
        for number in range(20):
            won(*(("Ann", "Bob") if number % 2 else ("Bob", "Ann")), slug=one.slug)
    assert rating("Ann", "sure").deviation == 150
    assert rating("Ann", "unlimited").deviation < 110


def test_of_three_sides_the_order_counts() -> None:
    finish_match(match=meeting("Ann", "Bob", "Cem"), result=Result(1, Outcome.PLAYED, (5, 9, 1)))
    assert rating("Bob").rating > rating("Ann").rating > rating("Cem").rating


def test_inactivity_widens_the_deviation_that_is_read() -> None:
    won("Ann", "Bob")
    row = rating("Ann")
    assert deviation_now(row, now=row.rated_at) == row.deviation
    assert deviation_now(row, now=row.rated_at + timedelta(days=700)) > row.deviation
    assert deviation_now(row, now=row.rated_at + timedelta(days=10**5)) == 350


def test_the_queue_reads_ratings_and_1500_for_the_unknown() -> None:
    won("Ann", "Bob")
    ids = [player_id("Ann"), player_id("Zoe")]
    assert current_ratings(pool(), ids) == {ids[0]: rating("Ann").rating, ids[1]: 1500.0}


# Taking back and correcting.

#: How a match may end, at first and after a correction; a forfeit is not rated.
ENDINGS = (
    Result(0, Outcome.PLAYED), Result(1, Outcome.PLAYED), Result(None, Outcome.DRAWN),
    Result.forfeit(0),
)  # fmt: skip


def ladder(slug: str = "ladder") -> tuple[dict[str, Any], list[list[Any]]]:
    """Everything that is stored of a pool's ratings, but for numbers and ids."""
    rows = {
        row.player.name: (
            row.rating, row.deviation, row.volatility, row.rated_at, row.sure_until, row.matches
        )
        for row in Rating.objects.filter(pool__slug=slug).select_related("player")
    }  # fmt: skip
    history = [
        [
            (
                change.player.name, change.rating_before, change.deviation_before,
                change.volatility_before, change.at_before, change.rating_after,
                change.deviation_after, change.volatility_after, change.at_after,
            )
            for change in rated.changes.select_related("player").order_by("player__name")
        ]
        for rated in RatedMatch.objects.filter(pool__slug=slug).order_by("number")
    ]  # fmt: skip
    return rows, [step for step in history if step]


def play(match: Match, result: Result, at: datetime) -> Match:
    with patch("matchmaking.services.matches.timezone.now", lambda: at):
        return finish_match(match=match, result=result)


@pytest.mark.parametrize("seed", range(12))
def test_a_result_taken_back_leaves_what_would_be_without_it(seed: int) -> None:
    chance = Random(seed)
    names = ["Ann", "Bob", "Cem", "Dan", "Eve", "Fay"]
    program = []
    for day in range(9):
        sides: list[Any] = list(chance.sample(names, 2))
        if chance.random() < 0.3:
            four = chance.sample(names, 4)
            sides = [four[:2], four[2:]]
        at = START + timedelta(days=3 * day, seconds=chance.random() * 1e5)
        program.append((sides, chance.choice(ENDINGS[:3]), at))
    season_ends_after = chance.choice([None, 3, 6])
    undone = chance.sample(range(9), 2)
    made: dict[int, Match] = {}
    for slug, left_out in (("ladder", set()), ("without", set(undone))):
        for number, (sides, result, at) in enumerate(program):
            if number not in left_out:
                made[number] = play(meeting(*sides, slug=slug, draws=True), result, at)
            if number == season_ends_after:
                end_season(pool=pool(slug), now=at + timedelta(hours=1))
        if slug == "ladder":
            for number in undone:
                cancel_match(match_id=reopen_match(match=made[number]).pk)
    assert ladder("ladder") == ladder("without")


def test_taking_back_touches_only_those_whom_the_match_reached() -> None:
    wrong = won("Ann", "Bob")
    won("Cem", "Dan")
    apart = rating("Cem")
    reopen_match(match=wrong)
    assert not Rating.objects.filter(player__name__in=("Ann", "Bob")).exists()
    assert rating("Cem").rating == apart.rating


def test_a_result_entered_again_is_rated_in_its_first_place() -> None:
    match = won("Ann", "Bob")
    won("Ann", "Cem")
    reopen_match(match=match)
    finish_match(match=match, result=Result(1, Outcome.PLAYED, (0, 1)))
    first, second = RatedMatch.objects.all()
    assert (first.match, first.at) == (match, START + timedelta(microseconds=1))
    bob, ann = glicko2_match((Strength(), Strength()), 1.0, idle_periods=(1e6, 1e6))
    assert rating("Bob").rating == bob.rating
    assert second.changes.get(player=player("Ann")).rating_before == ann.rating
    assert (rating("Ann").matches, rating("Bob").matches) == (2, 1)


@pytest.mark.parametrize("seed", range(12))
def test_a_corrected_result_leaves_what_would_be_if_it_had_been_entered_so(seed: int) -> None:
    chance = Random(seed)
    names = ["Ann", "Bob", "Cem", "Dan", "Eve", "Fay"]
    program = []
    for day in range(9):
        four: list[Any] = chance.sample(names, 4)
        sides = four[:2] if chance.random() < 0.7 else [four[:2], four[2:]]
        at = START + timedelta(days=3 * day, seconds=chance.random() * 1e5)
        program.append((sides, chance.choice(ENDINGS), at))
    season_ends_after = chance.choice([None, 3, 6])
    other = {n: chance.choice(ENDINGS) for n in chance.sample(range(9), 3)}
    made: dict[int, Match] = {}
    for slug in ("ladder", "right"):
        for number, (sides, first, at) in enumerate(program):
            result = other.get(number, first) if slug == "right" else first
            made[number] = play(meeting(*sides, slug=slug, draws=True), result, at)
            if number == season_ends_after:
                end_season(pool=pool(slug), now=at + timedelta(hours=1))
        if slug == "ladder":
            for number, result in other.items():
                if result != program[number][1]:
                    correct_match(match=made[number], result=result)
    assert ladder("ladder") == ladder("right")


def test_a_correction_among_many_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    match = won("Ann", "Bob")
    for number in range(60):
        won("Ann" if number % 2 else "Bob", f"Cem {number % 7}")
    with django_assert_max_num_queries(46):
        correct_match(match=match, result=Result(1, Outcome.PLAYED, (0, 1)))


# The table and its seasons.


def play_often(*names: str, rounds: int = 9) -> None:
    """The earlier in the list, the stronger: two wins of three."""
    for number in range(rounds):
        for place, name in enumerate(names):
            for other in names[place + 1 :]:
                won(*((name, other) if number % 3 < 2 else (other, name)))


def test_the_table_ranks_the_sure_and_marks_the_provisional() -> None:
    play_often("Ann", "Bob", "Cem", "Dan")
    won("Zoe", "Yan")
    now = rating("Zoe").rated_at
    lines = best_of(pool(), now=now, limit=10)
    assert [(line.rank, line.name) for line in lines] == [
        (1, "Ann"), (2, "Bob"), (3, "Cem"), (4, "Dan"), (None, "Zoe"), (None, "Yan"),
    ]  # fmt: skip
    assert all(line.rank is None for line in best_of(pool(), now=now + timedelta(9999), limit=10))


def test_a_season_ends_with_its_table_kept_and_a_soft_reset() -> None:
    play_often("Ann", "Bob", "Cem", rounds=12)
    before = rating("Ann")
    shown = best_of(pool(), now=before.rated_at, limit=10)
    ended = end_season(pool=pool(), now=before.rated_at)
    kept = SeasonPlace.objects.filter(season=ended)
    assert [(p.rank, p.name, p.rating, p.matches) for p in kept] == [
        (line.rank, line.name, line.rating, line.matches) for line in shown
    ]
    after = rating("Ann")
    assert after.rating == 1500 + (before.rating - 1500) * 0.75
    assert after.deviation == 150 and after.matches == 0
    assert not table(pool().pk, now=before.rated_at).exists()
    assert [season.number for season in Season.objects.filter(ended_at=None)] == [2]


def test_a_season_ends_once_and_by_itself_when_its_time_has_come() -> None:
    won("Ann", "Bob")
    season = Season.objects.get()
    season.ends_at = START
    season.save()
    assert end_due_seasons(now=START) == 1 and end_due_seasons(now=START) == 0
    with pytest.raises(Conflict, match="is over"):
        end_season(pool=pool(), now=START, number=1)
    assert Season.objects.count() == 2


def test_there_is_one_present_season() -> None:
    won("Ann", "Bob")
    with pytest.raises(IntegrityError), transaction.atomic():
        Season.objects.create(pool=pool(), number=9)


def test_the_history_goes_from_the_oldest_to_the_newest() -> None:
    won("Ann", "Bob")
    won("Bob", "Ann")
    first, last = history_of(player_id("Ann"), pool(), limit=10)
    assert first.rating_after == last.rating_before and first.at_after < last.at_after
    assert len(history_of(player_id("Ann"), pool(), limit=1)) == 1
