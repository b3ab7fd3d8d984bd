"""What webhooks count: attempts, and what still waits."""

from dataclasses import dataclass, field

from lib.metrics.registry import Latest, counter, gauges

deliveries = counter(
    "webhook_attempts", "Attempts to deliver a webhook, by how they went.", "result"
)
DELIVERED, FAILED = deliveries.labels("delivered"), deliveries.labels("failed")
#: Read by one process for all; see `tournament_site.monitoring.totals`.
endpoints, backlog, oldest_failure = Latest(), Latest(), Latest()
gauges("webhook_endpoints", "Addresses that are sent webhooks, by state.", ("state",), endpoints)
gauges(
    "webhook_backlog",
    "Facts that the active endpoint which is furthest behind has not got yet.",
    (),
    backlog,
)
gauges(
    "webhook_failing_seconds",
    "For how long the active endpoint that has failed the longest has been failing.",
    (),
    oldest_failure,
)


@dataclass(frozen=True, slots=True)
class Totals:
    """How the endpoints stand."""

    by_state: dict[str, int] = field(default_factory=dict)
    backlog: int = 0
    failing_seconds: float = 0.0


def set_totals(totals: Totals) -> None:
    """Show these from now on."""
    endpoints.set({(state,): count for state, count in totals.by_state.items()})
    backlog.set({(): totals.backlog})
    oldest_failure.set({(): totals.failing_seconds})
