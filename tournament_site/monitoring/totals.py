"""Totals that only the database knows: one process reads them every few seconds, for all."""

from datetime import timedelta

from django.utils import timezone

from lib.database.leases import LeaseClaim
from matchmaking.metrics import MOST_POOLS, matches_open, queue_length, queue_oldest
from matchmaking.models import Match, MatchState
from matchmaking.selectors import queues
from tournaments.metrics import tournaments_running
from tournaments.models import Tournament, TournamentState
from webhooks import metrics as webhooks
from webhooks.selectors import webhook_totals

READ_SECONDS = 5.0
_LEASE = timedelta(seconds=20)


class Totals:
    """Reads the totals, while this process holds the lease for it."""

    def __init__(self, holder: str) -> None:
        self._claim = LeaseClaim("totals", holder=holder, life=_LEASE)

    def read_totals(self) -> bool:
        """Read them anew; says whether this process holds the lease."""
        if not self._claim.take():
            return False
        now = timezone.now()
        found = queues(now=now, most=MOST_POOLS)
        queue_length.set({(slug,): count for slug, (count, _) in found.items()})
        queue_oldest.set(
            {
                (slug,): max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
                for slug, (_, oldest) in found.items()
            }
        )
        matches_open.set({(): Match.objects.filter(state=MatchState.OPEN).count()})
        running = Tournament.objects.filter(state=TournamentState.RUNNING)
        tournaments_running.set({(): running.count()})
        webhooks.set_totals(webhook_totals(now))
        return True
