"""Old lines of chat, emptied before other events of their age are dropped."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from lib.heavy.slices import SLICE
from matchmaking.services.sign_outs import have_read_anew
from streams.models import Event

from .moderation import DELETED
from .stream_names import LOBBY


@transaction.atomic
def delete_old_lines(*, now: datetime) -> int:
    """Empty a slice of the lines older than `CHAT_KEEP_DAYS`; returns how many.

    Their numbers stay, and no event says so: pages that are open keep what they show.
    """
    life: timedelta = settings.MATCHPOINT_CHAT_KEEP
    if not life:
        return 0
    lines = Event.objects.filter(stream=LOBBY, type="chat", at__lt=now - life)
    old = list(lines.exclude(text=DELETED["text"]).values_list("pk", flat=True)[:SLICE])
    if old:
        Event.objects.filter(pk__in=old).update(**DELETED)
        have_read_anew([LOBBY])
    return len(old)
