"""The log of deliveries is kept for a while."""

from datetime import datetime

from django.conf import settings

from lib.heavy.slices import delete_slice
from webhooks.models import Delivery


def delete_old_deliveries(*, now: datetime) -> int:
    """Delete a slice of the deliveries that were last tried long ago; returns how many."""
    life = settings.MATCHPOINT_WEBHOOK_KEEP
    return delete_slice(Delivery.objects.filter(attempted_at__lt=now - life)) if life else 0
