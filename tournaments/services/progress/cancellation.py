"""Tournaments cancelled."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lib.errors import Conflict
from matchmaking.models import Match, MatchState, Seat
from tournaments.models import Tournament, TournamentState
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.signals import tournament_closed


@transaction.atomic
def cancel_tournament(*, tournament_id: UUID, actor: Actor, why: str = "") -> Tournament:
    """Cancel a tournament, and with it the matches not yet played."""
    tournament = lock_tournament(tournament_id)
    if tournament.is_over:
        raise Conflict(f"{tournament.name} is already {tournament.get_state_display()}.")
    open_matches = Match.objects.filter(
        pairing__group__stage__tournament=tournament, state=MatchState.OPEN
    )
    Seat.objects.filter(match__in=open_matches).update(holds=False)
    open_matches.update(state=MatchState.CANCELLED, closed_at=timezone.now())
    tournament.state = TournamentState.CANCELLED
    tournament.save(update_fields=("state",))
    audit_log.record(tournament=tournament, actor=actor, verb="cancel", text="Called off", why=why)
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=None)
    return tournament
