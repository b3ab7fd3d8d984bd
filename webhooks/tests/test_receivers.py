"""Facts are written in their own transaction, in order, while somebody awaits them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction

from matchmaking.models import Match, Pool
from matchmaking.services.queue.joining import join_pools
from matchmaking.services.queue.joins import Join
from matchmaking.signals import match_scored
from streams.log import Draft, append, append_at_the_end
from streams.models import Event
from tournaments.tests.builders import first_wins, started
from webhooks.facts import FACTS, FACTS_STREAM
from webhooks.models import Endpoint, EndpointState

pytestmark = pytest.mark.django_db(transaction=True)


def facts() -> list[tuple[str, Any]]:
    """The facts that were written, each decoded as its type says."""
    rows = Event.objects.filter(stream=FACTS_STREAM).order_by("seq")
    return [(row.type, msgspec.convert(row.data, FACTS[row.type])) for row in rows]


def test_nothing_is_written_while_nobody_awaits_it() -> None:
    off = Endpoint.objects.create(name="off", url="https://a.example", state=EndpointState.DISABLED)
    started(2)
    assert facts() == []
    Endpoint.objects.filter(pk=off.pk).update(state=EndpointState.PARKED)
    started(2)
    assert [kind for kind, _ in facts()] == ["match.made", "tournament.started"]


def test_each_fact_has_the_data_that_its_type_says() -> None:
    Endpoint.objects.create(name="all", url="https://a.example")
    Pool.objects.get_or_create(slug="default", defaults={"name": "Default"})
    join_pools([Join("ann"), Join("bob")])
    cup = started(2)
    first_wins(cup, "W1.1")
    (made, pool_fact), *rest = facts()
    assert made == "match.made"
    assert [[p.username for p in side] for side in pool_fact.match.sides] == [["ann"], ["bob"]]
    assert [kind for kind, _ in rest] == [
        "match.made",
        "tournament.started",
        "match.finished",
        "tournament.match_finished",
        "tournament.finished",
    ]
    assert rest[0][1].tournament.id == cup.pk and rest[0][1].match.id == rest[2][1].match.id
    assert rest[2][1].tournament.id == cup.pk and rest[2][1].match.winner == 0
    assert rest[4][1].winner == "P1"


def test_what_is_undone_leaves_no_fact_and_no_hole() -> None:
    Endpoint.objects.create(name="all", url="https://a.example")
    match = Match.objects.create()
    with transaction.atomic():
        match_scored.send(sender=Match, match=match)
        try:
            with transaction.atomic():
                match_scored.send(sender=Match, match=match)
                raise ValueError
        except ValueError:
            pass
    with pytest.raises(ValueError), transaction.atomic():  # noqa: PT011, PT012
        match_scored.send(sender=Match, match=match)
        raise ValueError
    with transaction.atomic():
        match_scored.send(sender=Match, match=match)
    assert list(Event.objects.filter(stream=FACTS_STREAM).values_list("seq", flat=True)) == [1, 2]


def test_transactions_that_append_in_any_order_never_wait_in_a_ring() -> None:
    """The stream is locked with the commit alone, so one may name it before another stream."""

    def write(first: bool) -> None:
        try:
            for n in range(20):
                with transaction.atomic():
                    if first:
                        append_at_the_end(FACTS_STREAM, [Draft("match.scored", str(n))])
                    append("lobby", [Draft("chat", str(n))])
                    if not first:
                        append_at_the_end(FACTS_STREAM, [Draft("match.scored", str(n))])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, (True, False)))
    numbers = Event.objects.filter(stream=FACTS_STREAM).order_by("seq")
    assert list(numbers.values_list("seq", flat=True)) == list(range(1, 41))
