"""What `lib` counts: batches, outages, leases."""

from .registry import by_one_label, counter, gauges, histogram

batch_items = histogram(
    "batch_items",
    "How many requests shared a commit, by what they asked for.",
    "batch",
    buckets=(1, 2, 4, 8, 16, 32, 64),
)
batch_seconds = histogram("batch_seconds", "How long a batch took, commit included.", "batch")
outages = counter("outages", "Requests that met a database which could not be used.", "code")
rate_limited = counter("rate_limited", "Requests that were refused as too many.", "kind")
#: Whether this process holds a lease, by its duty.
leases_held: dict[str, bool] = {}
gauges(
    "lease_held",
    "1 where this process holds the lease of a duty.",
    ("duty",),
    lambda: by_one_label(leases_held),
)
