"""The record of a tournament: who did what, and what an undo of it needs."""

from typing import Any

import msgspec
from django.db.models import Max

from lib.errors import Malformed
from tournaments.models import Action, Tournament
from tournaments.models.actions import ACTOR_MAX_CHARS

from .actors import Actor
from .undoable import Undoable

TEXT_MAX_CHARS = 300


def record(
    tournament: Tournament,
    actor: Actor,
    verb: str,
    text: str,
    *,
    why: str = "",
    data: dict[str, Any] | None = None,
    undo: Undoable | None = None,
    undoes: Action | None = None,
) -> Action:
    """Record what an actor did, in the transaction that did it; the tournament is locked.

    Without `undo` it cannot be undone. Raises `Malformed` for a reason that cannot be shown.
    """
    reason = " ".join(why.split())
    if not reason.isprintable():
        raise Malformed("The reason has characters that cannot be shown. Type it again.")
    last = tournament.actions.aggregate(last=Max("number"))["last"] or 0
    return Action.objects.create(
        tournament=tournament,
        number=last + 1,
        actor_id=actor.player_id,
        actor_name=actor.name[:ACTOR_MAX_CHARS],
        verb=verb,
        text=text[:TEXT_MAX_CHARS],
        why=reason[:TEXT_MAX_CHARS],
        data=data or {},
        undo={} if undo is None else msgspec.to_builtins(undo),
        undoes=undoes,
    )
