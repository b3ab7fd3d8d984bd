"""Reads that are more than a lookup."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, UUIDField

from lib.errors import NotFound

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
    Seat,
    Ticket,
    TicketQuerySet,
    TicketState,
)

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


def open_report(match: Match) -> Report | None:
    """The open report on a match."""
    return Report.objects.open().in_full().filter(match=match).first()


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


def open_pools() -> QuerySet[Pool]:
    """Pools that take players."""
    return Pool.objects.filter(is_open=True)


def moved_tickets(ticket_ids: list[UUID], asked: list[UUID]) -> QuerySet[Ticket]:
    """Those of these tickets that do not simply wait, or were in a ready check (`asked`)."""
    return with_check(Ticket.objects.in_full()).filter(
        ~Q(state=TicketState.WAITING) | Q(pk__in=asked), pk__in=ticket_ids
    )
