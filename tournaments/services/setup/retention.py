"""Drafts that nobody has touched for long."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from lib.heavy.slices import delete_slice
from tournaments.models import Action, Tournament, TournamentState


def delete_old_drafts(*, now: datetime) -> int:
    """Delete some drafts that were made and last changed long ago; returns how many."""
    life: timedelta = settings.MATCHPOINT_DRAFT_KEEP
    acts = Action.objects.filter(tournament=OuterRef("pk"), at__gte=now - life)
    old = Tournament.objects.filter(state=TournamentState.DRAFT, created_at__lt=now - life)
    return delete_slice(old.exclude(Exists(acts))) if life else 0
