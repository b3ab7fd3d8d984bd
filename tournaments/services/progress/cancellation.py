"""Tournaments cancelled."""

from uuid import UUID

from django.db import transaction

from lib.errors import Conflict
from tournaments.models import Tournament, TournamentState
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.signals import tournament_closed
from tournaments.storage.matches import cancel_open_matches


@transaction.atomic
def cancel_tournament(*, tournament_id: UUID, actor: Actor, why: str = "") -> Tournament:
    """Cancel a tournament, and with it the matches not yet played."""
    tournament = lock_tournament(tournament_id)
    if tournament.is_over:
        raise Conflict(f"{tournament.name} is already {tournament.get_state_display()}.")
    cancel_open_matches(tournament)
    tournament.change(state=TournamentState.CANCELLED)
    audit_log.record(tournament, actor, "cancel", "Called off", why=why)
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=None)
    return tournament
