"""Who is to be sent facts, and how far they have got."""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Min

from service_keys.models import ServiceKey
from streams import log

from .facts import FACTS_STREAM
from .metrics import Totals
from .models import Endpoint, EndpointState


def is_awaited() -> bool:
    """Whether any fact is to be written: there is an endpoint that may be sent it, or a key.

    Read in the fact's own transaction, so whoever was there before it began is not passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_AWAITED, (EndpointState.DISABLED,))
        return bool(cursor.fetchone()[0])


_IS_AWAITED = (
    f"SELECT EXISTS (SELECT 1 FROM {Endpoint._meta.db_table} WHERE state <> %s)"  # noqa: S608
    f" OR EXISTS (SELECT 1 FROM {ServiceKey._meta.db_table} WHERE revoked_at IS NULL)"
)


def reached_by_all() -> int | None:
    """The number of the last fact that no active endpoint needs any more; None without any.

    One that is parked holds nothing back.
    """
    active = Endpoint.objects.filter(state=EndpointState.ACTIVE)
    reached: int | None = active.aggregate(least=Min("position"))["least"]
    return reached


def webhook_totals(now: datetime) -> Totals:
    """How all endpoints stand, for monitors."""
    counted = dict(Endpoint.objects.order_by().values_list("state").annotate(n=Count("pk")))
    since = Endpoint.objects.filter(state=EndpointState.ACTIVE).aggregate(
        least=Min("failing_since")
    )["least"]
    reached, heads = reached_by_all(), log.heads([FACTS_STREAM])
    head = heads[FACTS_STREAM].seq if FACTS_STREAM in heads else 0
    return Totals(
        by_state={state: counted.get(state, 0) for state in EndpointState.values},
        backlog=0 if reached is None else max(0, head - reached),
        failing_seconds=max(0.0, (now - since).total_seconds()) if since else 0.0,
    )
