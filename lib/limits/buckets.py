"""Token buckets, kept in this process's memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.conf import settings

from lib.addresses import client_network
from lib.metrics.work import rate_limited

#: Once this share of a burst is new to the other processes, they are not kept waiting for it.
_URGENT_SHARE = 0.25


class Bucket:
    """Lets through `burst` at once, then `per_second`."""

    __slots__ = ("_burst", "_left", "_per_second", "_since")

    def __init__(self, *, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._left, self._since = burst, time.monotonic()

    def take(self, weight: float = 1) -> bool:
        """Whether one more is let through now, which counts for as much as its weight."""
        return not settings.RATE_LIMITS or self.draw(weight)

    def draw(self, weight: float = 1) -> bool:
        """The same, where RATE_LIMITS has no say: for what this process does by itself."""
        self._refill()
        if self._left < weight:
            return False
        self._left -= weight
        return True

    def left(self) -> float:
        """How much is let through at once now."""
        self._refill()
        return self._left

    def spend(self, weight: float) -> None:
        """Count what has been let through elsewhere; more than is left is a debt."""
        self._refill()
        self._left = min(self._burst, self._left - weight)

    def give_back(self) -> None:
        """Do not count one that was let through."""
        self._left = min(self._burst, self._left + 1)

    def _refill(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now


class Buckets:
    """A bucket for each of many keys, such as addresses; the longest unused are forgotten.

    Those with a name can be counted by all processes together: `Exchange` collects what was let
    through here from `collect`, and `spend` counts what was elsewhere. Their refusals are counted.
    """

    def __init__(
        self, *, burst: float, per_second: float, keep: int = 20_000, name: str = ""
    ) -> None:
        self._burst, self._per_second, self._keep = burst, per_second, keep
        self._buckets: OrderedDict[Any, Bucket] = OrderedDict()
        self.name = name
        self._unsent: dict[str, float] | None = None
        self._hurry: Callable[[], None] = lambda: None

    @property
    def pace(self) -> tuple[float, float]:
        """How much is let through at once, and then how much a second."""
        return self._burst, self._per_second

    def take(self, key: object, weight: float = 1) -> bool:
        """Whether one more of this key is let through now."""
        key = self.key(key)
        if not self._bucket(key).take(weight):
            if self.name:
                rate_limited.labels(self.name).inc()
            return False
        if self._unsent is not None:
            self._note(key, weight)
        return True

    def left(self, key: object) -> float:
        """How much of this key is let through at once now; less than nothing is a debt."""
        return self._bucket(self.key(key)).left()

    def give_back(self, key: object) -> None:
        """Do not count one of this key that was let through."""
        key = self.key(key)
        self._bucket(key).give_back()
        if self._unsent is not None:
            self._note(key, -1)

    def spend(self, key: str, weight: float) -> None:
        """Count what another process has let through; its key is as `key` returns it."""
        self._bucket(key).spend(weight)

    def share(self, hurry: Callable[[], None] | None) -> None:
        """From now on note what is let through, and `hurry` when it is much; None ends that."""
        self._hurry = hurry or (lambda: None)
        self._unsent = None if hurry is None else {}

    def collect(self) -> dict[str, float]:
        """What was let through by key since the last time."""
        if self._unsent is None:
            return {}
        unsent, self._unsent = self._unsent, {}
        # At once, and not while it is looped over: a thread may still be writing to it.
        return {key: weight for key, weight in list(unsent.items()) if weight}

    def key(self, key: object) -> Any:
        """The key under which something is counted, which all processes write alike."""
        return repr(key) if self.name else key

    def _note(self, key: Any, weight: float) -> None:
        unsent = self._unsent
        if unsent is not None:
            total = unsent[key] = unsent.get(key, 0) + weight
            if total >= self._burst * _URGENT_SHARE:
                self._hurry()

    def _bucket(self, key: Any) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(burst=self._burst, per_second=self._per_second)
            if len(self._buckets) > self._keep:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket


class AddressBuckets(Buckets):
    """A bucket for each client address; whoever has a /64 of IPv6 is one client."""

    def key(self, key: object) -> str:
        """The client that an address belongs to."""
        return client_network(str(key))
