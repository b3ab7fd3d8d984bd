"""Reads that are more than a lookup."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, UUIDField

from lib.database.prepared import PreparedRead
from lib.errors import NotFound
from service_keys.models import ServiceKey

from .models import (
    CheckState,
    Match,
    Party,
    Player,
    Pool,
    ReadyAnswer,
    ReadyCheck,
    Report,
    ReportState,
    Season,
    Seat,
    Ticket,
    TicketQuerySet,
    TicketState,
)
from .ports.match_host import match_host

#: Of how many reports every page reminds a player.
_MOST_ASKED = 3


def live_tickets(*, now: datetime) -> QuerySet[Ticket]:
    """Waiting tickets with a recent sign of life, the oldest first."""
    return Ticket.objects.waiting().filter(
        Q(leave_at=None) | Q(leave_at__gt=now),
        seen_at__gte=now - settings.MATCHPOINT_TICKET_LIFE,
    )


def is_live(ticket: Ticket, *, now: datetime) -> bool:
    """Whether a waiting ticket has a recent sign of life, by the rule of `live_tickets`."""
    if ticket.leave_at is not None and ticket.leave_at <= now:
        return False
    return ticket.seen_at >= now - settings.MATCHPOINT_TICKET_LIFE


def waiting_names(*, now: datetime, limit: int) -> tuple[int, list[tuple[str, str]]]:
    """How many wait, and pool slug and name of the first `limit` of them."""
    tickets = live_tickets(now=now)
    first = list(tickets.values_list("pool__slug", "name")[:limit])
    return (tickets.count() if len(first) == limit else len(first)), first


def queues(*, now: datetime, most: int) -> dict[str, tuple[int, datetime | None]]:
    """How many wait in each open pool and since when the longest does; of so many pools."""
    waits = Q(tickets__state=TicketState.WAITING)
    pools = Pool.objects.filter(is_open=True).order_by("pk")[:most]
    counted = pools.annotate(
        count=Count("tickets", filter=waits), oldest=Min("tickets__waiting_since", filter=waits)
    )
    return {
        slug: (count, oldest)
        for slug, count, oldest in counted.values_list("slug", "count", "oldest")
    }


def with_check(tickets: TicketQuerySet) -> TicketQuerySet:
    """These tickets, each with the id of the ready check that it is in.

    One statement sees both: a ticket is `proposed` exactly when it is in an open check.
    """
    asked = ReadyAnswer.objects.filter(ticket=OuterRef("pk"), check_of__state=CheckState.OPEN)
    check = Subquery(asked.order_by().values("check_of")[:1], output_field=UUIDField())
    return tickets.annotate(open_check_id=check)  # type: ignore[no-redef]


def open_ticket(player: Player) -> Ticket | None:
    """The player's open ticket: waiting, or in a ready check."""
    return with_check(Ticket.objects.open().in_full()).filter(player=player).first()


def checks_of(tickets: Iterable[Ticket]) -> dict[UUID, ReadyCheck]:
    """The ready checks, with their answers, that these tickets were in when they were read."""
    ids = {ticket.open_check_id for ticket in tickets if ticket.open_check_id is not None}
    found = ReadyCheck.objects.filter(pk__in=ids).prefetch_related("answers") if ids else ()
    return {check.pk: check for check in found}


def match_of(match_id: UUID) -> Match:
    """A match with its pool and seats; raises `NotFound`."""
    match = Match.objects.in_full().filter(pk=match_id).first()
    if match is None:
        raise NotFound("There is no such match.")
    return match


def listed_matches(
    *,
    key: ServiceKey | None,
    pool: str | None = None,
    tournament: UUID | None = None,
    player: UUID | None = None,
) -> QuerySet[Match]:
    """The matches of a pool, tournament or player; else of all pools, and those a key decides."""
    found = Match.objects.in_full()
    if pool is not None:
        found = found.filter(pool__slug=pool) if pool.isprintable() else found.none()
    if tournament is not None:
        found = found.filter(pk__in=match_host().matches_of(tournament))
    if player is not None:
        found = found.filter(pk__in=Seat.objects.filter(player=player).values("match"))
    if (pool, tournament, player) == (None, None, None):
        of_key = match_host().matches_of_key(key) if key else ()
        found = found.filter(Q(pool__isnull=False) | Q(pk__in=of_key))
    return found


def open_report(match: Match) -> Report | None:
    """The open report on a match."""
    return open_reports([match]).get(match.pk)


def open_reports(matches: Collection[Match]) -> dict[UUID, Report]:
    """The open reports on these matches, by match."""
    found = Report.objects.open().in_full().filter(match__in=matches)
    return {report.match_id: report for report in found}


def reports_to_answer(player: Player) -> list[Report]:
    """Others' reports on the player's matches that the player has not answered, oldest first."""
    asked = Report.objects.filter(state=ReportState.PENDING).filter(
        match__seats__in=Seat.objects.filter(player=player, left_at=None)
    )
    waiting = asked.exclude(votes__player=player).select_related("reporter")
    return list(waiting.order_by("confirm_by")[:_MOST_ASKED])


def party_of(player: Player) -> Party | None:
    """The party that a player is in, with its members."""
    return Party.objects.in_full().filter(members__player=player).first()


def open_matches(player: Player) -> list[Match]:
    """The player's unfinished pool matches, the newest first."""
    held = Match.objects.filter(seats__player=player, seats__holds=True, pool__isnull=False)
    return list(held.in_full())


_pools_of_slug = PreparedRead(
    lambda slug: Pool.objects.select_related("game_server").filter(slug=slug), str
)


def pool_of(slug: str) -> Pool:
    """The pool of this slug, with its game server; raises `NotFound`."""
    for pool in _pools_of_slug(slug) if slug.isprintable() else ():  # PostgreSQL takes no NUL
        return pool
    raise NotFound(f"There is no pool {slug!r}.", code="unknown_pool")


_seasons_now = PreparedRead(lambda pool_id: Season.objects.filter(pool=pool_id, ended_at=None), int)


def season_of(pool: Pool) -> Season | None:
    """The season that runs in a pool."""
    return next(iter(_seasons_now(pool.pk)), None)


def open_pools() -> QuerySet[Pool]:
    """Pools that take players."""
    return Pool.objects.filter(is_open=True)


def moved_tickets(ticket_ids: list[UUID], asked: list[UUID]) -> QuerySet[Ticket]:
    """Those of these tickets that do not simply wait, or were in a ready check (`asked`)."""
    return with_check(Ticket.objects.in_full()).filter(
        ~Q(state=TicketState.WAITING) | Q(pk__in=asked), pk__in=ticket_ids
    )


# Most are free, so one statement says so of all, in place of two more that find nothing. The states
# stand in it, since SQLite uses an index with a condition only where it can read it.
_READ = """
    SELECT p.*, e.key_id AS service, e.external_id AS external_id,
        EXISTS (SELECT 1 FROM matchmaking_ticket t
                WHERE t.player_id = p.id AND t.state IN ('waiting', 'proposed'))
        OR EXISTS (SELECT 1 FROM matchmaking_seat s
                   WHERE s.player_id = p.id AND s.pool_id = %s AND s.holds) AS is_busy
    FROM matchmaking_externalplayer e JOIN matchmaking_player p ON p.id = e.player_id
    WHERE e.key_id IN ({keys}) AND e.external_id IN ({ids})
"""


_OPEN_OF_KEY = """
    SELECT COUNT(*) FROM matchmaking_ticket
    WHERE queued_by_id = %s AND state IN ('waiting', 'proposed')
"""


def open_tickets_of(key: ServiceKey) -> int:
    """How many tickets that a service has queued are open."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_OF_KEY, [_stored(key)])
        [count] = cursor.fetchone()
    return int(count)


def _stored(key: ServiceKey) -> Any:
    """The key's id as the database has it."""
    return ServiceKey._meta.pk.get_db_prep_value(key.pk, connection)


class NamedPlayer(Protocol):
    """A player as a service names them; `is_busy` with a ticket, or in a match of the pool."""

    service: UUID | str
    external_id: str
    is_busy: bool


def external_players(
    pool: Pool, keys: Iterable[ServiceKey], ids: Collection[str]
) -> list[tuple[Player, NamedPlayer]]:
    """The players that these services call so, each with how."""
    prepared = {_stored(key) for key in keys}
    if not prepared or not ids:
        return []
    statement = _READ.format(
        keys=", ".join(["%s"] * len(prepared)), ids=", ".join(["%s"] * len(ids))
    )
    found = Player.objects.raw(statement, [pool.pk, *prepared, *ids])
    return [(player, cast("NamedPlayer", player)) for player in found]
