"""What rooms do when their match changes elsewhere."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from matchmaking.models import Match
from matchmaking.signals import match_closed

from .rooms.process import notify_match_over


@receiver(match_closed)
def end_room(match: Match, **kwargs: Any) -> None:
    """A match has ended, perhaps by a judge or because a player left it."""
    transaction.on_commit(lambda: notify_match_over(match.pk))
