"""A periodic duty runs in one process at a time: the one that holds its lease.

No process trusts the time of day for it, which may be set back or differ between machines. The
holder renews its row, and counts its own time since then. Another takes the row over only after it
has itself watched it for as long as a lease lasts without seeing it change: so a dead holder loses
it whatever its row says, and a living one never does.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib.metrics.work import leases_held
from lib.models import Lease


class LeaseClaim:
    """One process's claim to one duty."""

    def __init__(
        self,
        duty: str,
        *,
        holder: str,
        life: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._duty, self._holder, self._life, self._clock = duty, holder, life, clock
        self._seconds = life.total_seconds()
        self._renew_at = 0.0
        self._seen: Lease | None = None
        self._seen_at = 0.0

    def take(self) -> bool:
        """Take, or keep, the right to the duty; false while another process holds it.

        It is renewed only when half of it is over: most calls cost nothing.
        """
        # Before the row changes: nobody may count less of the lease than its holder.
        now = self._clock()
        if now < self._renew_at:
            return True
        is_mine = False
        try:
            is_mine = self._renew()
        finally:
            leases_held[self._duty] = is_mine
        self._renew_at = now + self._seconds / 2 if is_mine else 0.0
        return is_mine

    def _renew(self) -> bool:
        lease = Lease.objects.filter(duty=self._duty).first()
        if lease is None:
            return self._create()
        if lease.holder != self._holder and not self._is_abandoned(lease):
            return False
        renewed = self._row()
        unchanged = Lease.objects.filter(
            duty=self._duty, holder=lease.holder, expires_at=lease.expires_at
        )
        return bool(unchanged.update(holder=renewed.holder, expires_at=renewed.expires_at))

    def _create(self) -> bool:
        try:
            with transaction.atomic():
                self._row().save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def _row(self) -> Lease:
        return Lease(duty=self._duty, holder=self._holder, expires_at=timezone.now() + self._life)

    def _is_abandoned(self, lease: Lease) -> bool:
        """Whether another's lease has not changed for so long that its holder is gone."""
        now = self._clock()  # after the row was read: it was renewed before
        is_same = (
            self._seen is not None
            and self._seen.holder == lease.holder
            and self._seen.expires_at == lease.expires_at
        )
        if not is_same:
            self._seen, self._seen_at = lease, now
        return now - self._seen_at > self._seconds


def give_up_leases(*, holder: str) -> None:
    """Let others have this process's duties at once."""
    Lease.objects.filter(holder=holder).delete()
    leases_held.update(dict.fromkeys(leases_held, False))
