"""Builders for tests of the queue: pools with rules, guests, who joins and what came of it."""

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from matchmaking.callers import Caller
from matchmaking.models import (
    OPEN_STATES,
    Match,
    Party,
    Player,
    Pool,
    Rating,
    ReadyCheck,
    Seat,
    Ticket,
)
from matchmaking.services.parties import create_party, join_party
from matchmaking.services.players import create_guest
from matchmaking.services.queue.joining import Join, Joined, join_pool

SECOND = timedelta(seconds=1)


def pool(slug: str = "ranked", **rules: Any) -> Pool:
    made = Pool(slug=slug, name=slug.title(), **rules)
    made.full_clean()
    made.save()
    return made


def guest(name: str) -> Player:
    return create_guest(username=name).player


def caller(player: Player | UUID) -> Caller:
    return Caller(player_id=player.pk if isinstance(player, Player) else player)


def join(player: Player, where: Pool, **more: Any) -> Joined:
    joined = join_pool(Join(None, where.slug, caller(player), **more))
    assert isinstance(joined, Joined)
    return joined


def ticket(player: Player) -> Ticket:
    """The player's last ticket."""
    found = Ticket.objects.filter(player=player).order_by("waiting_since").last()
    assert found is not None
    return found


def state(player: Player) -> str:
    return ticket(player).state


def party_of(leader: Player, *others: Player, where: Pool | None = None) -> Party:
    made = create_party(caller=caller(leader), pool=where.slug if where else None).party
    for other in others:
        join_party(code=made.code, caller=caller(other))
    return made


def rate(player: Player, where: Pool, rating: float) -> None:
    """Give a player who has not queued yet a rating in a pool."""
    Rating.objects.create(
        player=player,
        pool=where,
        rating=rating,
        deviation=100,
        volatility=0.06,
        rated_at=timezone.now(),
        sure_until=timezone.now(),
    )


def age(player: Player, seconds: float) -> None:
    """Let a player, and who waits along, have waited for so much longer."""
    mine = ticket(player)
    since = mine.waiting_since - seconds * SECOND
    same = {"party": mine.party_id} if mine.party_id else {"pk": mine.pk}
    Ticket.objects.filter(**same).update(waiting_since=since)


def sides(match: Match | None) -> list[set[str]]:
    """The names on each side."""
    assert match is not None
    seats = Seat.objects.filter(match=match)
    numbers = sorted({seat.side for seat in seats})
    return [{seat.name for seat in seats if seat.side == number} for number in numbers]


def open_check() -> ReadyCheck:
    return ReadyCheck.objects.get(state="open")


def later(check: ReadyCheck) -> datetime:
    return check.deadline + SECOND


def nobody_is_twice() -> None:
    """One open ticket for each player, one unfinished match for each player and pool."""
    waits = Ticket.objects.filter(state__in=OPEN_STATES).values("player").annotate(n=Count("pk"))
    assert all(row["n"] == 1 for row in waits)
    held = list(Seat.objects.filter(holds=True).values_list("player", "pool"))
    assert all(one != other for one, other in combinations(held, 2))
