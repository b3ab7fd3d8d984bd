"""The course of a tournament: started, left by some, called off; and the record of it."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from msgspec import Meta

from lib.database.paging import Order, PageQuery, page_of
from lib.errors import Conflict
from tournaments.display.draft import draft_of
from tournaments.revisions import large_write, size_of, slot_if_large
from tournaments.selectors import tournament_entrants
from tournaments.services.permissions import actor_for
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.progress.withdrawals import (
    disqualify_entrant,
    reinstate_entrant,
    withdraw_entrant,
)
from tournaments.services.undo.stack import last_undoable, undo_last

from . import schemas
from .api_setup import ONE, Organised, Router, account, caller, organised
from .bodies import NO_REASON, UNDO_LAST, EntrantRef, UndoBody, Why
from .entrants import entrant_ref
from .idempotency import once_afterwards, once_in_one
from .tournaments import tournament_of

router = Router("The course of play")


@router.route("GET", f"{ONE}/draw", for_all=True)
def show_draw(request: HttpRequest, tournament_id: UUID) -> schemas.Draw:
    """The draw as it would be made now, before the start; nothing is stored."""
    found = tournament_of(tournament_id)
    with slot_if_large(found, request.META.get("REMOTE_ADDR")):
        draft = draft_of(found, tournament_entrants(found))
        if draft is None:
            raise Conflict(f"{found.name} has started, or is over.", code="already_started")
        return schemas.Draw.of(draft)


@router.route("POST", f"{ONE}/start", once=once_afterwards)
def start_play(request: HttpRequest, tournament_id: UUID) -> schemas.Started:
    """Seed and draw the entrants, and begin the first stage."""
    who, draft = organised(request, tournament_id), tournament_of(tournament_id)
    with large_write(size_of(draft), request.META.get("REMOTE_ADDR")):
        brackets = start_tournament(**who)
    tournament = tournament_of(tournament_id)
    return schemas.Started("Started", brackets, schemas.Brief.of(tournament))


@router.route("POST", f"{ONE}/cancel", once=once_in_one)
def call_off(request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON) -> schemas.Ended:
    """Call the tournament off, and with it the matches not yet played."""
    tournament = cancel_tournament(**organised(request, tournament_id), why=body.why)
    return schemas.Ended("Cancelled", schemas.Brief.of(tournament))


@router.route("POST", f"{ONE}/withdraw", once=once_in_one)
def withdraw(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> schemas.OneEntrant:
    """Let an entrant leave: its open matches are forfeited, and it is paired no more."""
    entrant = withdraw_entrant(**_leaving(request, tournament_id, body))
    return schemas.OneEntrant("Withdrawn", schemas.Entrant.of(entrant))


@router.route("POST", f"{ONE}/disqualify", once=once_in_one)
def disqualify(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> schemas.OneEntrant:
    """Expel an entrant: as a withdrawal, by the organiser's word."""
    entrant = disqualify_entrant(**_leaving(request, tournament_id, body))
    return schemas.OneEntrant("Disqualified", schemas.Entrant.of(entrant))


@router.route("POST", f"{ONE}/reinstate", once=once_in_one)
def reinstate(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> schemas.Reinstated:
    """Let an entrant that withdrew take part again. Forfeited matches open again."""
    opened = reinstate_entrant(**_leaving(request, tournament_id, body))
    return schemas.Reinstated("Reinstated", schemas.Match.listed(opened))


class _Leaving(Organised):
    entrant_id: int
    why: str


def _leaving(request: HttpRequest, tournament_id: UUID, body: EntrantRef) -> _Leaving:
    who = organised(request, tournament_id)
    return {**who, "entrant_id": entrant_ref(tournament_id, body.entrant), "why": body.why}


@router.route("POST", f"{ONE}/undo", tag="The day", once=once_in_one)
def undo_action(
    request: HttpRequest, tournament_id: UUID, body: UndoBody = UNDO_LAST
) -> schemas.Undone:
    """Undo the last action that can be undone; called again, the one before it.

    One that can no longer be undone blocks those before it: `skip` leaves it as it is.
    """
    who = organised(request, tournament_id)
    action = undo_last(**who, why=body.why, skip=body.skip, number=body.number)
    status = "Left As It Is" if body.skip else "Undone"
    return schemas.Undone(status, schemas.Action.of(action))


_ORDERS: dict[str, Order] = {"number": (("number", int),)}


class ActionsQuery(PageQuery, kw_only=True):
    """Which part of the record is asked for."""

    before: Annotated[int, Meta(ge=1)] | None = None
    """Only those with a lower number."""
    sort: Literal["number", "-number"] = "-number"


@router.route("GET", f"{ONE}/actions", tag="The day")
def list_actions(request: HttpRequest, tournament_id: UUID, query: ActionsQuery) -> schemas.Actions:
    """The record of who did what, the newest first; for the organiser and the judges.

    `undoable` is the number of the action that an undo would take back.
    """
    found = tournament_of(tournament_id)
    actor_for(tournament=found, caller=caller(request), user=account(request))
    rows = found.actions.select_related("undone_by")
    if query.before is not None:
        rows = rows.filter(number__lt=query.before)
    page, last = page_of(rows, query, _ORDERS), last_undoable(found)
    return schemas.Actions(
        actions=[schemas.Action.of(action) for action in page.rows],
        undoable=None if last is None else last.number,
        next=page.next,
    )
