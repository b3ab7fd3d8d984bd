"""Checks before a change of the entries: the row, the tournament's state, a free name."""

from typing import TypeVar
from uuid import UUID

from django.db import models

from lib.errors import Conflict, NotFound
from lib.names import Name
from matchmaking.models import Player
from tournaments.models import Entrant, Tournament, TournamentState
from tournaments.signals import day_moved

from . import audit_log
from .actors import Actor
from .locking import Check, lock_tournament, wrong_state
from .undoable import StateMoved

Found = TypeVar("Found", bound=models.Model)


def row_of(rows: models.Manager[Found], pk: int, noun: str) -> Found:
    """One of the rows of a tournament, such as its stations; raises `NotFound`."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no such {noun} in this tournament.")
    return row


def entrant_of(tournament: Tournament, entrant_id: int) -> Entrant:
    """An entrant of this tournament; raises `NotFound`."""
    return row_of(tournament.entrants, entrant_id, "entrant")


def lock_entrant(
    tournament_id: UUID, entrant_id: int, *checks: Check
) -> tuple[Tournament, Entrant]:
    """Lock a tournament as `lock_tournament` does, and find its entrant; raises `NotFound`."""
    tournament = lock_tournament(tournament_id, *checks)
    return tournament, entrant_of(tournament, entrant_id)


def check_before_start(tournament: Tournament) -> None:
    """Raise `Conflict` once the tournament has started or is over."""
    if not tournament.is_before_start:
        raise wrong_state(tournament, "this can be done only before the start.")


def check_not_over(tournament: Tournament) -> None:
    """Raise `Conflict` when the tournament is finished or cancelled."""
    if tournament.is_over:
        raise wrong_state(tournament, "nothing more changes in it.")


def name_taken(name: Name) -> Conflict:
    """Why an entrant cannot have this name."""
    return Conflict(
        f"{name.display!r} is already on the list. Every entrant needs another name.",
        code="name_taken",
    )


def check_is_free(
    tournament: Tournament, name: Name, player: Player | None = None, *, but: Entrant | None = None
) -> None:
    """Raise `Conflict` when another entrant has the name, or is the player."""
    others = tournament.entrants.exclude(pk=but.pk) if but else tournament.entrants.all()
    if others.filter(name_key=name.name_key).exists():
        raise name_taken(name)
    if player is not None and others.filter(player=player).exists():
        raise Conflict(f"{player} is already on the list.", code="already_entered")


def change_state(tournament: Tournament, to: TournamentState, actor: Actor, did: str) -> None:
    """Change the state of a locked tournament before its start."""
    before = tournament.state
    tournament.change(state=to)
    audit_log.record(tournament, actor, "day", did, undo=StateMoved(before=before, after=to.value))
    day_moved.send(sender=Tournament, tournament=tournament)
