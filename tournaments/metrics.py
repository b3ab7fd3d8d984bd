"""What tournaments count: rounds of a Swiss by the Dutch system, and tournaments that run."""

from lib.metrics.registry import Latest, gauges, histogram

swiss_pairing = histogram(
    "swiss_pairing_seconds",
    "How long a round took to pair by the Dutch system, by how that ended.",
    "result",
    buckets=(0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0),
)
for _result in ("paired", "timeout", "impossible", "failed"):
    swiss_pairing.labels(_result)
#: Read by one process for all; see `tournament_site.monitoring.totals`.
tournaments_running = Latest()
gauges(
    "tournaments_running",
    "Tournaments that have started and are not over.",
    (),
    tournaments_running,
)
