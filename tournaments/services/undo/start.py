"""The start taken back: the draw is thrown away, and everything is as it was before it."""

from typing import Any

from tournaments.models import EntryStatus, Tournament, TournamentState
from tournaments.services.progress.redraw import check_can_redraw
from tournaments.services.progress.reopen import UNDO
from tournaments.services.progress.stages import tear_down
from tournaments.services.progress.start import number_seeds
from tournaments.signals import day_moved


def undo_start(tournament: Tournament, data: dict[str, Any]) -> str:
    """Back to before the start, as long as no result is in; who has left since then stays out.

    The lot is kept, so that a start taken back by mistake draws the same again.
    """
    check_can_redraw(tournament)
    tear_down(list(tournament.stages.all()))
    if not data["is_planned"]:
        tournament.stages.all().delete()
    tournament.state, tournament.started_at = TournamentState(data["state"]), None
    tournament.save(update_fields=("state", "started_at"))
    rows = {entrant.pk: entrant for entrant in tournament.entrants.all()}
    there = tournament.entrants.filter(status__in=(EntryStatus.ABSENT, EntryStatus.ENTERED))
    for entrant_id, status in data["statuses"]:
        there.filter(pk=entrant_id).update(status=status)
    tournament.entrants.filter(pk__in=data["unrated"]).update(rating=None)
    number_seeds(tournament, [rows[pk] for pk in data["order"] if pk in rows])
    day_moved.send(sender=Tournament, tournament=tournament)
    return ""


UNDO["start"] = undo_start
