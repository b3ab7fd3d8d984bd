"""What matchmaking counts: matches as queues make them, and the queues themselves."""

from collections.abc import Iterable, Sequence

from lib.metrics.registry import Capped, Latest, gauges, histogram

#: Pools are labels; staff may make any number of them.
MOST_POOLS = 50

match_wait = histogram(
    "match_wait_seconds",
    "How long a player waited for the match that a queue made.",
    "pool",
    buckets=(1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0),
)
match_gap = histogram(
    "match_rating_gap",
    "By how many points of rating the sides of a new match differ.",
    "pool",
    buckets=(25.0, 50.0, 100.0, 200.0, 300.0, 400.0, 600.0),
)
pool_label = Capped(MOST_POOLS)
#: Read by one process for all; see `tournament_site.monitoring.totals`.
queue_length, queue_oldest, matches_open = Latest(), Latest(), Latest()
gauges("queue_length", "Players who wait, by pool.", ("pool",), queue_length)
gauges(
    "queue_oldest_seconds",
    "How long the longest has been waiting, by pool.",
    ("pool",),
    queue_oldest,
)
gauges("matches_open", "Matches that are not over.", (), matches_open)


def matches_made(pool: str, *, waits: Iterable[float], rating_gaps: Sequence[float]) -> None:
    """A queue made matches of players who had waited so many seconds each."""
    label = pool_label(pool)
    wait = match_wait.labels(label)
    for seconds in waits:
        wait.observe(max(0.0, seconds))
    if rating_gaps:
        gap = match_gap.labels(label)
        for points in rating_gaps:
            gap.observe(points)
