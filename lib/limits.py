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

    def take(self, weight: float = 1) -> bool:
        """Whether one more is let through now, which counts for as much as its weight."""
        if not settings.RATE_LIMITS:
            return True
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now
        if self._left < weight:
            return False
        self._left -= weight
        return True

    def give_back(self) -> None:
        """Do not count one that was let through."""
        self._left = min(self._burst, self._left + 1)


class Buckets:
    """A bucket for each of many keys, such as addresses; the longest unused are forgotten."""

    def __init__(self, *, burst: float, per_second: float, keep: int = 20_000) -> None:
        self._burst, self._per_second, self._keep = burst, per_second, keep
        self._buckets: OrderedDict[object, Bucket] = OrderedDict()

    def take(self, key: object, weight: float = 1) -> bool:
        """Whether one more of this key is let through now."""
        return self._bucket(key).take(weight)

    def give_back(self, key: object) -> None:
        """Do not count one of this key that was let through."""
        self._bucket(key).give_back()

    def _bucket(self, key: object) -> Bucket:
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

    def _bucket(self, key: object) -> Bucket:
        return super()._bucket(client_network(str(key)))


class Guess:
    """A guess at a secret: counted by each of its keys, and no longer once it was right."""

    def __init__(self, *counted: tuple[Buckets, object]) -> None:
        self._counted = counted

    def is_allowed(self) -> bool:
        """Whether it may be tried now; if one key has had too many, the later ones count none."""
        return all(buckets.take(key) for buckets, key in self._counted)

    def was_right(self) -> None:
        """Count it no longer."""
        for buckets, key in self._counted:
            buckets.give_back(key)


#: Guests and accounts made from one address; a game's backend may queue a crowd at once.
newcomers = AddressBuckets(burst=600, per_second=30)
#: Tournaments that are made, by the number of their entrants: ten of 1,024 at once.
making_by_address = AddressBuckets(burst=10_240, per_second=30)
making_by_player = Buckets(burst=10_240, per_second=30)
#: Wrong passwords: for one name from one address or from one device that knows the account, for
#: anybody from one address, and for one name from everywhere. A stranger cannot use up the last.
passwords_by_name_there = Buckets(burst=8, per_second=0.05)
passwords_by_address = AddressBuckets(burst=60, per_second=0.2)
passwords_by_name = Buckets(burst=200, per_second=1)
#: Wrong codes of parties and of tournaments from one address, and for one of them from everywhere.
# A right one counts while it is looked at, and a hall of players may all enter at the same moment.
codes_by_address = AddressBuckets(burst=100, per_second=0.05)
codes_by_holder = Buckets(burst=200, per_second=0.5)
