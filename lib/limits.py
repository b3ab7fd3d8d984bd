"""How much of one thing in how little time: token buckets, kept in this process's memory."""

import time
from collections import OrderedDict

from django.conf import settings

from .addresses import client_network


class Bucket:
    """Lets through `burst` at once, then `per_second`."""

    __slots__ = ("_burst", "_left", "_per_second", "_since")

    def __init__(self, *, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._left, self._since = burst, time.monotonic()

    def take(self) -> bool:
        """Whether one more is let through now."""
        if not settings.RATE_LIMITS:
            return True
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """A bucket for each of many keys, such as addresses; the longest unused are forgotten."""

    def __init__(self, *, burst: float, per_second: float, keep: int = 20_000) -> None:
        self._burst, self._per_second, self._keep = burst, per_second, keep
        self._buckets: OrderedDict[object, Bucket] = OrderedDict()

    def take(self, key: object) -> bool:
        """Whether one more of this key is let through now."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(burst=self._burst, per_second=self._per_second)
            if len(self._buckets) > self._keep:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket.take()


class AddressBuckets(Buckets):
    """A bucket for each client address; whoever has a /64 of IPv6 is one client."""

    def take(self, key: object) -> bool:
        """Whether one more of this address is let through now."""
        return super().take(client_network(str(key)))


#: Guests and accounts made from one address; a game's backend may queue a crowd at once.
newcomers = AddressBuckets(burst=600, per_second=30)
#: Tries to sign in from one address, and for one name.
sign_ins_by_address = AddressBuckets(burst=20, per_second=0.2)
sign_ins_by_name = Buckets(burst=8, per_second=0.05)
