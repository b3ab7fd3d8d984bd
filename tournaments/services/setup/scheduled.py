"""What happens to a tournament because a time has come."""

from datetime import datetime, timedelta

from lib.errors import Refusal
from tournaments.models import Tournament, TournamentState
from tournaments.services.actors import MATCHPOINT
from tournaments.services.entry.check_in import open_check_in


def tend_tournaments(*, now: datetime) -> int:
    """Open check-in where it is time, in tournaments open for registration; gives how many.

    Starting is left to the organiser.
    """
    opened = 0
    waiting = Tournament.objects.filter(
        state=TournamentState.REGISTRATION,
        check_in_minutes__isnull=False,
        starts_at__isnull=False,
    )
    for tournament in waiting:
        assert tournament.starts_at is not None
        if tournament.starts_at - timedelta(minutes=tournament.check_in_minutes or 0) > now:
            continue
        try:
            open_check_in(tournament_id=tournament.pk, actor=MATCHPOINT)
        except Refusal:
            continue  # moved on at the last moment
        opened += 1
    return opened
