"""How the periodic duties fare: when each was done last, how long it took, how often it failed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lib.metrics.registry import by_one_label, counter, gauges, histogram

duty_seconds = histogram("duty_seconds", "How long a periodic duty took.", "duty")
duty_failures = counter("duty_failures", "How often a periodic duty failed.", "duty")
_done_at: dict[str, float] = {}
gauges(
    "duty_last_done_timestamp_seconds",
    "When this process last did a duty, or found that another does it.",
    ("duty",),
    lambda: by_one_label(_done_at),
)


@contextmanager
def measured(duty: str) -> Iterator[None]:
    """Count a run of a duty."""
    began, failures = time.monotonic(), duty_failures.labels(duty)
    try:
        yield
    except Exception:
        failures.inc()
        raise
    _done_at[duty] = time.time()
    duty_seconds.labels(duty).observe(time.monotonic() - began)
