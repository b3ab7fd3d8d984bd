"""The start undone."""

from tournaments.models import EntryStatus, Tournament, TournamentState
from tournaments.services.actors import Actor
from tournaments.services.progress.redraw import check_can_redraw
from tournaments.services.progress.stages import tear_down
from tournaments.services.progress.start import number_seeds
from tournaments.services.undoable import TournamentStarted
from tournaments.signals import day_moved


def undo_start(tournament: Tournament, undone: TournamentStarted, actor: Actor) -> str:
    """Back to before the start, as long as no result is in; who has left since then stays out.

    The shuffle seed is kept, so that a start undone by mistake draws the same again.
    """
    check_can_redraw(tournament)
    tear_down(list(tournament.stages.all()))
    if not undone.is_planned:
        tournament.stages.all().delete()
    tournament.change(state=TournamentState(undone.state), started_at=None)
    rows = {entrant.pk: entrant for entrant in tournament.entrants.all()}
    there = tournament.entrants.filter(status__in=(EntryStatus.ABSENT, EntryStatus.ENTERED))
    for entrant_id, status in undone.statuses:
        there.filter(pk=entrant_id).update(status=status)
    tournament.entrants.filter(pk__in=undone.unrated).update(rating=None)
    number_seeds(tournament, [rows[pk] for pk in undone.order if pk in rows])
    day_moved.send(sender=Tournament, tournament=tournament)
    return ""
