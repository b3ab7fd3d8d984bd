"""A periodic duty runs in one process at a time: the one that holds its lease."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from .models import Lease


def take_lease(duty: str, *, holder: str, now: datetime, life: timedelta) -> bool:
    """Take, or keep, the right to a duty; false while another process holds it."""
    expires_at = now + life
    mine_or_stale = Lease.objects.filter(duty=duty, holder=holder) | Lease.objects.filter(
        duty=duty, expires_at__lt=now
    )
    if mine_or_stale.update(holder=holder, expires_at=expires_at):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(duty=duty, holder=holder, expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def give_up_leases(*, holder: str) -> None:
    """Let others have this process's duties at once."""
    Lease.objects.filter(holder=holder).delete()
