"""What a waiting player is shown, and how pools do."""

from datetime import timedelta

import pytest
from django.utils import timezone
from msgspec import to_builtins

from matchmaking.models import Match, Player, Pool, Ticket
from matchmaking.schemas import Outlook
from matchmaking.services.queue.outlook import outlook, outlooks_of, pool_statistics

from .queueing import SECOND, guest, join, party_of, pool, rate, ticket

pytestmark = pytest.mark.django_db


def waits(name: str, where: Pool, rating: float = 1500) -> Player:
    player = guest(name)
    rate(player, where, rating)
    assert join(player, where).match is None
    return player


def outlook_of(player: Player, after: float = 0) -> Outlook:
    mine = ticket(player)
    return outlook(mine, now=mine.waiting_since + after * SECOND)


def past_waits(where: Pool, *seconds: float, rating: float = 1500) -> None:
    """Matches that were made a moment ago, of players who had waited so long."""
    now = timezone.now()
    for number, wait in enumerate(seconds):
        match = Match.objects.create(pool=where, created_at=now)
        player = guest(f"Past {rating:.0f} {number}")
        Ticket.objects.create(
            pool=where,
            player=player,
            name=player.name,
            name_key=player.name_key,
            skeleton=player.skeleton,
            state="matched",
            match=match,
            rating=rating,
            waiting_since=now - wait * SECOND,
        )


def test_alone_in_the_default_pool() -> None:
    ann = guest("Ann")
    join(ann, Pool.objects.get())
    assert outlook_of(ann) == Outlook(1, None, 0, None, "Nobody else waits here yet.")


def test_the_window_is_said_and_grows() -> None:
    ranked = pool(window_start=100, window_growth=10)
    ann = waits("Ann", ranked)
    bob = waits("Bob", ranked, 1800)
    assert (outlook_of(ann).place, outlook_of(bob).place) == (1, 2)
    assert outlook_of(ann).window == 100 and outlook_of(ann, after=5).window == 150
    assert outlook_of(ann).why.startswith("Nobody within 100 points waits yet.")
    assert "20 s at the latest" in outlook_of(ann).why


def test_those_who_fit_are_counted() -> None:
    squads = pool(team_size=2, window_start=200)
    ann, _, _ = (waits(name, squads, at) for name, at in (("Ann", 1500), ("B", 1600), ("C", 2500)))
    assert outlook_of(ann).fitting == 1
    assert outlook_of(ann).why == "2 of 4 players are there within 200 points."


def test_a_party_has_one_outlook() -> None:
    squads = pool(team_size=2, party_limit=2)
    ann, bob = guest("Ann"), guest("Bob")
    join(ann, squads, party=party_of(ann, bob).code)
    found = outlooks_of([ticket(ann), ticket(bob)], now=timezone.now())
    assert found[ticket(ann).pk] == found[ticket(bob).pk]


def test_the_estimate_is_of_those_who_waited_as_long() -> None:
    ranked = pool(window_start=10)
    past_waits(ranked, 10, 20, 60)
    ann = waits("Ann", ranked)
    assert outlook_of(ann).estimate_seconds == pytest.approx(20)
    assert outlook_of(ann, after=30).estimate_seconds == pytest.approx(30)
    assert outlook_of(ann, after=90).estimate_seconds is None


def test_the_estimate_is_of_near_ratings_where_there_are_enough() -> None:
    ranked = pool(window_start=10)
    past_waits(ranked, *[5] * 12)
    past_waits(ranked, *[500] * 14, rating=2400)
    assert outlook_of(waits("Ann", ranked)).estimate_seconds == pytest.approx(5)
    assert outlook_of(waits("Bob", ranked, 2400)).estimate_seconds == pytest.approx(500)
    assert outlook_of(waits("Cem", ranked, 800)).estimate_seconds == pytest.approx(500)


def test_how_a_pool_does() -> None:
    ranked = pool(window_start=10)
    past_waits(ranked, 10, 20, 60)
    Match.objects.create(pool=ranked, created_at=timezone.now() - timedelta(hours=2))
    waits("Ann", ranked)
    found = pool_statistics(Pool.objects.all(), now=timezone.now())
    assert to_builtins(found[ranked.pk]) == {
        "waiting": 1,
        "median_wait_seconds": 20.0,
        "matches_last_hour": 3,
    }
    default = Pool.objects.get(slug=Pool.DEFAULT)
    assert found[default.pk].median_wait_seconds is None
