"""Everything that this process counts, and how.

A `Counter` or `Histogram` takes a lock for each number, some two microseconds: right for a request,
a batch or an announcement. What happens for every frame is a plain number of the program, which is
read when somebody asks (`counts`, `gauges`).
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody asks for

registry = CollectorRegistry()
#: Numbers by the values of their labels, in the order of the labels; () without labels.
Numbers = Mapping[tuple[str, ...], float]
#: Of what should take milliseconds, and must not take seconds.
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0)
OTHER = "other"


class ReadWhenAsked(Collector):
    """Plain numbers of the program: `read` returns them, must not wait, and runs on any thread."""

    def __init__(
        self,
        family: Callable[..., CounterMetricFamily | GaugeMetricFamily],
        read: Callable[[], Numbers],
    ) -> None:
        self._family, self._read = family, read

    def describe(self) -> Iterable[Metric]:
        """The family without numbers."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """The numbers of now."""
        family = self._family()
        for values, number in self._read().items():
            family.add_metric(values, number)
        return [family]


def counts(name: str, text: str, labels: Sequence[str], read: Callable[[], Numbers]) -> None:
    """Numbers that only grow."""
    registry.register(
        ReadWhenAsked(lambda: CounterMetricFamily(_full(name), text, labels=labels), read)
    )


def gauges(name: str, text: str, labels: Sequence[str], read: Callable[[], Numbers]) -> None:
    """Numbers that rise and fall."""
    registry.register(
        ReadWhenAsked(lambda: GaugeMetricFamily(_full(name), text, labels=labels), read)
    )


def counter(name: str, text: str, *labels: str) -> Counter:
    """Something that happens, counted with a lock."""
    return Counter(_full(name), text, labels, registry=registry)


def histogram(name: str, text: str, *labels: str, buckets: Sequence[float] = SECONDS) -> Histogram:
    """How long, or how much, and how often."""
    return Histogram(_full(name), text, labels, buckets=buckets, registry=registry)


def by_one_label(numbers: Mapping[str, float]) -> Numbers:
    """Numbers by one label, copied at once: their owner goes on counting."""
    return {(value,): number for value, number in tuple(numbers.items())}


class Capped:
    """The values of a label of which there may be any number; beyond `most` they are `other`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, value: str) -> str:
        """The value, or `other`."""
        if value not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(value)
        return value


class Latest:
    """Numbers that one process reads from the database for all, and shows while they are fresh.

    A monitor that asks never waits for the database; and when another process reads them, two do
    not show them at the same time for longer than this.
    """

    def __init__(self, *, fresh_seconds: float = 15.0) -> None:
        self._fresh_seconds = fresh_seconds
        self._numbers: Numbers = {}
        self._read_at = 0.0

    def set(self, numbers: Numbers) -> None:
        """Show these from now on."""
        self._numbers, self._read_at = numbers, time.monotonic()

    def __call__(self) -> Numbers:
        """The numbers, unless they are old."""
        is_fresh = time.monotonic() - self._read_at < self._fresh_seconds
        return self._numbers if is_fresh else {}


def _full(name: str) -> str:
    return f"matchpoint_{name}"
