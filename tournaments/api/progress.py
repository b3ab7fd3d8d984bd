"""The course of a tournament: started, left by some, called off; and the record of it."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from lib.http import json_response
from lib.schemas import Json, timestamp
from tournaments.models import Action
from tournaments.schemas import Brief, Match
from tournaments.services.permissions import actor_for
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.progress.withdrawals import (
    disqualify_entrant,
    reinstate_entrant,
    withdraw_entrant,
)
from tournaments.services.undo.stack import undo_last

from . import schemas
from .api_setup import Router, account, caller, organiser
from .bodies import NO_REASON, UNDO_LAST, EntrantRef, UndoBody, Why
from .entrants import entrant_answer, entrant_ref
from .tournaments import ONE, Size, tournament_of

router = Router(tags=["The course of play"])


@router.post(f"{ONE}/start", response=schemas.found(schemas.Started))
def start_play(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Seed and draw the entrants, and begin the first stage."""
    actor = organiser(request, tournament_id)
    brackets = start_tournament(tournament_id=tournament_id, actor=actor)
    tournament = Brief.of(tournament_of(tournament_id))
    return json_response({"status": "Started", "brackets": brackets, "tournament": tournament})


@router.post(f"{ONE}/cancel", response=schemas.found(schemas.Ended))
def call_off(request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON) -> HttpResponse:
    """Call the tournament off, and with it the matches not yet played."""
    actor = organiser(request, tournament_id)
    tournament = cancel_tournament(tournament_id=tournament_id, actor=actor, why=body.why)
    return json_response({"status": "Cancelled", "tournament": Brief.of(tournament)})


@router.post(f"{ONE}/withdraw", response=schemas.found(schemas.OneEntrant))
def withdraw(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> HttpResponse:
    """Let an entrant leave: its open matches are forfeited, and it is paired no more."""
    entrant = withdraw_entrant(
        tournament_id=tournament_id,
        actor=organiser(request, tournament_id),
        entrant_id=entrant_ref(tournament_id, body.entrant),
        why=body.why,
    )
    return json_response({"status": "Withdrawn", "entrant": entrant_answer(entrant)})


@router.post(f"{ONE}/disqualify", response=schemas.found(schemas.OneEntrant))
def disqualify(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> HttpResponse:
    """Expel an entrant: as a withdrawal, by the organiser's word."""
    entrant = disqualify_entrant(
        tournament_id=tournament_id,
        actor=organiser(request, tournament_id),
        entrant_id=entrant_ref(tournament_id, body.entrant),
        why=body.why,
    )
    return json_response({"status": "Disqualified", "entrant": entrant_answer(entrant)})


@router.post(f"{ONE}/reinstate", response=schemas.found(schemas.Reinstated))
def reinstate(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> HttpResponse:
    """Let an entrant that withdrew take part again. Forfeited matches open again."""
    opened = reinstate_entrant(
        tournament_id=tournament_id,
        actor=organiser(request, tournament_id),
        entrant_id=entrant_ref(tournament_id, body.entrant),
        why=body.why,
    )
    answers = Match.listed(opened)
    return json_response({"status": "Reinstated", "matches": answers})


@router.post(f"{ONE}/undo", response=schemas.found(schemas.Undone), tags=["The day"])
def undo_action(
    request: HttpRequest, tournament_id: UUID, body: UndoBody = UNDO_LAST
) -> HttpResponse:
    """Undo the last action that can be undone; called again, the one before it.

    One that can no longer be undone blocks those before it: `skip` leaves it as it is.
    """
    actor = organiser(request, tournament_id)
    action = undo_last(
        tournament_id=tournament_id,
        actor=actor,
        why=body.why,
        skip=body.skip,
        number=body.number,
    )
    status = "Left As It Is" if body.skip else "Undone"
    return json_response({"status": status, "action": action_answer(action)})


@router.get(f"{ONE}/actions", response=schemas.found(schemas.Actions), tags=["The day"])
def list_actions(
    request: HttpRequest,
    tournament_id: UUID,
    before: Annotated[int, Field(ge=1)] | None = None,
    size: Size = 50,
) -> HttpResponse:
    """The record of who did what, the newest first; for the organiser and the judges."""
    found = tournament_of(tournament_id)
    actor_for(tournament=found, caller=caller(request), user=account(request))
    rows = found.actions.select_related("undone_by")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return json_response({"actions": [action_answer(action) for action in rows[:size]]})


def action_answer(action: Action) -> Json:
    """What somebody did."""
    return {
        "number": action.number,
        "at": timestamp(action.at),
        "by": action.actor_name,
        "verb": action.verb,
        "text": action.text,
        "why": action.why,
        "undone": action.is_undone,
    }
