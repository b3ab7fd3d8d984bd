"""The same two players once more: made once, and only while both are free."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.models import Match, MatchState, Pool, RatingChange, Seat, Ticket, TicketState
from matchmaking.results import Result
from matchmaking.selectors import match_of
from matchmaking.services.matches import cancel_match, finish_match
from matchmaking.services.queue.joins import NewMatch
from matchmaking.services.queue.outlook import pool_statistics
from matchmaking.services.rematches import make_rematch
from matchmaking.signals import match_made

from .meetings import meeting, player, pool, won
from .queueing import join

pytestmark = pytest.mark.django_db


def refusal(match: Match) -> str:
    with pytest.raises(Conflict) as refused:
        make_rematch(match_id=match.pk)
    return refused.value.code


def names(match: Match) -> list[str]:
    return [seat.name for seat in match.seats.all()]


def test_the_same_players_meet_in_the_pool_on_the_other_sides() -> None:
    Pool.objects.filter(pk=pool().pk).update(best_of=3, draws=True)
    match = won("Ann", "Bob")
    Match.objects.filter(pk=match.pk).update(region="eu")
    heard: list[NewMatch] = []

    def receive(matches: Sequence[NewMatch], **kwargs: Any) -> None:
        heard.extend(matches)

    match_made.connect(receive)
    try:
        made = match_of(make_rematch(match_id=match.pk).pk)
    finally:
        match_made.disconnect(receive)
    assert names(made) == ["Bob", "Ann"] and made.rematch_of == match
    assert (made.best_of, made.draws, made.region) == (3, True, "eu")
    assert made.state == MatchState.OPEN and made.pool == made.rated_in == pool()
    assert [one.match for one in heard] == [made]
    assert [one.username for one in heard[0].players] == ["Bob", "Ann"]
    assert {ticket.match for ticket in heard[0].tickets} == {made}
    assert {ticket.state for ticket in Ticket.objects.all()} == {TicketState.MATCHED}
    finish_match(match=made, result=Result.by_score([2, 0], best_of=3))
    assert RatingChange.objects.moved().filter(rated__match=made).count() == 2


def test_each_match_is_followed_by_one() -> None:
    match = won("Ann", "Bob")
    second = make_rematch(match_id=match.pk)
    assert refusal(match) == "rematch_made"
    finish_match(match=match_of(second.pk), result=Result.by_score([1, 0], best_of=1))
    assert refusal(match) == "rematch_made"
    assert names(match_of(make_rematch(match_id=second.pk).pk)) == ["Ann", "Bob"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(pool=pool(), rematch_of=match)


def test_who_waits_or_plays_is_not_free() -> None:
    match = won("Ann", "Bob")
    elsewhere = Pool.objects.create(slug="other", name="Other")
    join(player("Bob"), elsewhere)
    assert refusal(match) == "not_free"
    Ticket.objects.update(state=TicketState.CANCELLED)
    busy = meeting("Bob", "Cem")
    assert refusal(match) == "not_free"
    cancel_match(match_id=busy.pk)
    assert make_rematch(match_id=match.pk).pool == pool()


def test_a_closed_pool_takes_no_rematch() -> None:
    match = won("Ann", "Bob")
    Pool.objects.update(is_open=False)
    assert refusal(match) == "pool_closed"


@pytest.mark.parametrize("sides", [("Ann", "Bob"), (["Ann", "Bob"], ["Cem", "Dan"])])
def test_only_two_players_of_a_match_that_is_over_meet_again(sides: tuple[Any, Any]) -> None:
    match = meeting(*sides)
    if len(match.seats.all()) > 2:
        finish_match(match=match, result=Result.by_score([1, 0], best_of=1))
    assert refusal(match) == "no_rematch"


def test_a_match_that_was_called_off_is_played_again() -> None:
    match = meeting("Ann", "Bob")
    cancel_match(match_id=match.pk)
    assert make_rematch(match_id=match.pk).rematch_of == match


def test_a_rematch_is_no_wait() -> None:
    match = won("Ann", "Bob")
    make_rematch(match_id=match.pk)
    shown = pool_statistics([pool()], now=timezone.now())[pool().pk]
    assert shown.median_wait_seconds is None and shown.matches_last_hour == 2


@pytest.mark.django_db(transaction=True)
def test_of_calls_at_once_one_makes_it() -> None:
    match = won("Ann", "Bob")
    start = Barrier(4)

    def call() -> str:
        start.wait()
        try:
            make_rematch(match_id=match.pk)
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(4) as threads:
        said = [one.result() for one in [threads.submit(call) for _ in range(4)]]
    assert sorted(said) == ["made", "rematch_made", "rematch_made", "rematch_made"]
    assert Seat.objects.filter(holds=True).count() == 2
