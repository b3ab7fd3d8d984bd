"""A match's end: by a result, by leaving, by the clock; once, and its players are free again."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.errors import Conflict, Forbidden, NotFound, Unauthenticated
from matchmaking.callers import NOBODY
from matchmaking.models import Match, MatchState, Seat
from matchmaking.ports import game_host
from matchmaking.ports.game_host import NoGames
from matchmaking.results import BadScore, Result
from matchmaking.services.matches import cancel_match, finish_match, lapse_matches, leave_match
from matchmaking.signals import match_closed

from .meetings import caller, meeting, play_match, stored

pytestmark = pytest.mark.django_db

LIFE = settings.MATCHPOINT_MATCH_LIFE


def pool_match(first: str = "Ann", second: str = "Bob") -> Match:
    return meeting(first, second)


def test_leaving_concedes_to_the_other_side() -> None:
    match = pool_match()
    leave_match(match_id=match.pk, caller=caller("Ann"))
    ended = stored(match)
    assert (ended.state, ended.outcome, ended.winner) == ("finished", "conceded", 1)
    assert ended.closed_at is not None
    assert not Seat.objects.filter(holds=True).exists()


def test_only_a_player_of_the_match_leaves_it() -> None:
    match, _ = pool_match(), pool_match("Cem", "Dan")
    with pytest.raises(Forbidden):
        leave_match(match_id=match.pk, caller=caller("Cem"))
    with pytest.raises(Unauthenticated):
        leave_match(match_id=match.pk, caller=NOBODY)
    with pytest.raises(NotFound):
        leave_match(match_id=uuid4(), caller=caller("Ann"))
    assert stored(match).state == MatchState.OPEN


ENDINGS: list[Callable[[Match], object]] = [
    lambda match: leave_match(match_id=match.pk, caller=caller("Bob")),
    lambda match: cancel_match(match_id=match.pk),
    lambda match: play_match(match=match, scores=[1, 0]),
    lambda match: finish_match(match=match, result=Result.forfeit(0)),
]


@pytest.mark.parametrize("first", ENDINGS)
@pytest.mark.parametrize("second", ENDINGS)
def test_a_match_ends_once(
    first: Callable[[Match], object], second: Callable[[Match], object]
) -> None:
    match = pool_match()
    stale = stored(match)
    first(match)
    ended = stored(match)
    with pytest.raises(Conflict, match="already") as refusal:
        second(stale)
    assert refusal.value.code == "match_closed"
    after = stored(match)
    assert (after.state, after.outcome, after.winner) == (ended.state, ended.outcome, ended.winner)


def test_an_unplayed_match_lapses_after_its_time() -> None:
    match, fresh = pool_match(), pool_match("Cem", "Dan")
    Match.objects.filter(pk=match.pk).update(
        created_at=timezone.now() - LIFE - timedelta(seconds=1)
    )
    assert lapse_matches(now=timezone.now()) == 1
    assert stored(match).state == MatchState.LAPSED and stored(fresh).state == MatchState.OPEN
    assert lapse_matches(now=timezone.now()) == 0
    assert not Seat.objects.filter(match=match, holds=True).exists()


def test_a_match_that_is_being_played_here_does_not_lapse(monkeypatch: pytest.MonkeyPatch) -> None:
    played, left = pool_match(), pool_match("Cem", "Dan")
    Match.objects.update(created_at=timezone.now() - 2 * LIFE)
    playing = {played.pk}
    monkeypatch.setattr(
        NoGames, "being_played", lambda host, match_ids, *, now: playing & set(match_ids)
    )
    monkeypatch.setattr(game_host, "_host", NoGames())
    assert lapse_matches(now=timezone.now()) == 1
    assert stored(played).state == MatchState.OPEN and stored(left).state == MatchState.LAPSED
    playing.clear()
    assert lapse_matches(now=timezone.now()) == 1


def test_an_ending_is_reported_once_with_its_seats() -> None:
    ended: list[Match] = []

    def receive(match: Match, **kwargs: object) -> None:
        ended.append(match)

    match = pool_match()
    match_closed.connect(receive)
    try:
        leave_match(match_id=match.pk, caller=caller("Ann"))
        with pytest.raises(Conflict):
            leave_match(match_id=match.pk, caller=caller("Bob"))
    finally:
        match_closed.disconnect(receive)
    assert ended == [match]
    assert [seat.name for seat in ended[0].seats.all()] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("scores", "best_of", "winner"),
    [([1, 0], 1, 0), ([0, 1], 1, 1), ([2, 1], 3, 0), ([0, 2], 3, 1), ([3, 2], 5, 0)],
)
def test_who_wins_by_the_score(scores: list[int], best_of: int, winner: int) -> None:
    assert Result.by_score(scores, best_of=best_of).winner == winner


@pytest.mark.parametrize(
    ("scores", "best_of", "words"),
    [
        ([0, 0], 1, "decides nothing"),
        ([1, 1], 3, "decides nothing"),
        ([1, 0], 3, "won with 2"),
        ([1, 1], 1, "Game 1 ended 1:1"),
        ([2, 2], 3, "more games"),
        ([10**400, 0], 1, "from 0 to 9999"),
        ([1], 1, "two scores"),
        ([], 1, "two scores"),
        ([1, 0, 0], 1, "two scores"),
        ([-1, 2], 1, "below zero"),
    ],
)
def test_scores_that_decide_nothing(scores: list[int], best_of: int, words: str) -> None:
    with pytest.raises(BadScore, match=words):
        Result.by_score(scores, best_of=best_of)


def test_a_bad_score_leaves_the_match_open() -> None:
    match = pool_match()
    with pytest.raises(BadScore):
        play_match(match=match, scores=[1, 1])
    assert stored(match).state == MatchState.OPEN


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "finished"},
        {"closed_at": timezone.now()},
        {"state": "cancelled", "closed_at": timezone.now(), "winner": 1},
        {"winner": 0},
        {"best_of": 0},
    ],
)
def test_what_cannot_be_is_not_stored(wrong: dict[str, object]) -> None:
    match = pool_match()
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.filter(pk=match.pk).update(**wrong)
