"""Checks before a change of the entries: the row, the tournament's state, a free name."""

from collections.abc import Callable
from uuid import UUID

from lib.errors import Conflict, NotFound
from lib.names import Name
from tournaments.models import Entrant, Tournament, TournamentState
from tournaments.signals import day_moved

from . import audit_log
from .actors import Actor
from .locking import lock_tournament
from .undoable import StateMoved


def entrant_of(tournament: Tournament, entrant_id: int) -> Entrant:
    """An entrant of this tournament; raises `NotFound`."""
    entrant = tournament.entrants.filter(pk=entrant_id).first()
    if entrant is None:
        raise NotFound("There is no such entrant in this tournament.")
    return entrant


def lock_entrant(
    tournament_id: UUID, entrant_id: int, check: Callable[[Tournament], None]
) -> tuple[Tournament, Entrant]:
    """Lock a tournament, check it, and find its entrant; raises `NotFound`, and as `check` does."""
    tournament = lock_tournament(tournament_id)
    check(tournament)
    return tournament, entrant_of(tournament, entrant_id)


def check_before_start(tournament: Tournament) -> None:
    """Raise `Conflict` once the tournament has started or is over."""
    if not tournament.is_before_start:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: this can be done only before "
            "the start.",
            code="too_late",
        )


def check_not_over(tournament: Tournament) -> None:
    """Raise `Conflict` when the tournament is finished or cancelled."""
    if tournament.is_over:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: nothing more changes in it.",
            code="too_late",
        )


def check_name_is_free(tournament: Tournament, name: Name, *, but: Entrant | None = None) -> None:
    """Raise `Conflict` when another entrant has the name."""
    others = tournament.entrants.exclude(pk=but.pk) if but else tournament.entrants.all()
    if others.filter(name_key=name.name_key).exists():
        raise Conflict(
            f"{name.display!r} is already on the list. Every entrant needs another name.",
            code="name_taken",
        )


def change_state(tournament: Tournament, to: TournamentState, actor: Actor, did: str) -> None:
    """Change the state of a locked tournament before its start."""
    before = tournament.state
    tournament.state = to
    tournament.save(update_fields=("state",))
    audit_log.record(tournament, actor, "day", did, undo=StateMoved(before=before, after=to.value))
    day_moved.send(sender=Tournament, tournament=tournament)
