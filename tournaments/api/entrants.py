"""Who takes part: added by the organiser, registered by themselves, checked in, seeded."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from msgspec import UNSET

from lib.database.paging import ListQuery, Order, page_of
from lib.errors import Malformed, NotFound
from lib.http import counted_guess
from lib.names import parse_name
from matchmaking.callers import players_of
from tournaments.models import Entrant, EntryStatus
from tournaments.services.actors import player_actor
from tournaments.services.entry.check_in import (
    check_in,
    check_in_all,
    check_in_own,
    close_check_in,
    open_check_in,
    readmit,
    undo_check_in,
)
from tournaments.services.entry.entrants import (
    Details,
    add_entrants,
    remove_entrant,
    rename_entrant,
    replace_entrant,
    set_details,
)
from tournaments.services.entry.registration import (
    approve,
    close_registration,
    decline,
    leave_tournament,
    open_registration,
    own_entry,
    register,
)
from tournaments.services.entry.rosters import add_member, make_captain, remove_member
from tournaments.services.entry.seeding import set_seeds, shuffle_seeds, sort_by_rating

from . import schemas
from .api_setup import ONE, Organised, Router, caller, organised, sees_all, sender
from .bodies import (
    MYSELF,
    NO_REASON,
    OPEN,
    SELF_CHECK_IN,
    CheckInBody,
    EntrantChange,
    EntrantsBody,
    NameBody,
    PhaseBody,
    ReplaceBody,
    SeedsBody,
    Why,
)
from .idempotency import once_in_one
from .tournaments import tournament_of

router = Router("Entrants")
LIST = f"{ONE}/entrants"
ENTRANT = f"{LIST}/<int:entrant_id>"
MEMBER = f"{ONE}/members/<int:member_id>"


_ORDERS: dict[str, Order] = {
    "seed": (("seed", int), ("pk", int)),
    "name": (("name_key", str), ("pk", int)),
    "rating": (("rating", int | None), ("pk", int)),
    "entered": (("entered_at", datetime), ("pk", int)),
}


class EntrantsQuery(ListQuery, kw_only=True):
    """Which entrants, and in which order; all of them unless a part is asked for."""

    status: EntryStatus | None = None
    sort: Literal["seed", "-seed", "name", "-name", "rating", "-rating", "entered", "-entered"] = (
        "seed"
    )


@router.route("GET", LIST, for_all=True)
def list_entrants(
    request: HttpRequest, tournament_id: UUID, query: EntrantsQuery
) -> schemas.Entrants:
    """Everybody on the list, by seed: those who take part, wait, or are out again.

    Who asks to be entered, or was declined, is shown to the organiser and to judges.
    """
    found = tournament_of(tournament_id)
    rows = found.entrants.all() if sees_all(request, found) else found.entrants.listed()
    if query.status is not None:
        rows = rows.filter(status=query.status)
    page = page_of(rows.prefetch_related("members"), query, _ORDERS)
    return schemas.Entrants(schemas.Entrant.listed(page.rows), next=page.next)


@router.route("POST", LIST, status=201, once=once_in_one)
def enter_players(
    request: HttpRequest, tournament_id: UUID, body: EntrantsBody = MYSELF
) -> schemas.ChangedEntrants:
    """Add `players` or `entrants`, as the organiser; or, with neither, register yourself.

    The `status` of each says whether there was a place.
    """
    if body.is_registration:
        rows = [_register(request, tournament_id, body)]
    else:
        rows = add_entrants(**organised(request, tournament_id), entrants=body.new())
    return schemas.ChangedEntrants("Entered", schemas.Entrant.listed(rows))


def _register(request: HttpRequest, tournament_id: UUID, body: EntrantsBody) -> Entrant:
    with counted_guess(request, wrong="wrong_code", at=tournament_id):
        return register(
            tournament_id=tournament_id,
            player=sender(request),
            name=body.name,
            code=body.code,
            members=body.members,
            rating=body.rating,
            club=body.club,
            region=body.region,
        )


@router.route("PATCH", ENTRANT)
def change_entrant(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: EntrantChange
) -> schemas.OneEntrant:
    """Rename an entrant, write down rating, club or region, admit or decline who asked."""
    who = organised(request, tournament_id)
    with transaction.atomic():
        entrant = _entrant(tournament_id, entrant_id)
        if body.name is not None and body.name != entrant.name:
            rename_entrant(**who, entrant_id=entrant_id, name=body.name)
        if (body.rating, body.club, body.region) != (UNSET, None, None):
            set_details(**who, entrant_id=entrant_id, details=_details(entrant, body))
        if body.status == "entered":
            admit = readmit if entrant.status == EntryStatus.ABSENT else approve
            admit(**who, entrant_id=entrant_id)
        elif body.status == "declined":
            decline(**who, entrant_id=entrant_id, why=body.why)
    return _one("Changed", _entrant(tournament_id, entrant_id))


def _details(entrant: Entrant, body: EntrantChange) -> Details:
    return Details(
        rating=entrant.rating if body.rating is UNSET else body.rating,
        club=entrant.club if body.club is None else body.club,
        region=entrant.region if body.region is None else body.region,
    )


@router.route("DELETE", ENTRANT)
def remove_from_list(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: Why = NO_REASON
) -> schemas.Confirmation:
    """Take an entrant off the list before the start, as the organiser; or yourself."""
    if _is_own(request, tournament_id, entrant_id):
        leave_tournament(tournament_id=tournament_id, player=sender(request))
    else:
        who = organised(request, tournament_id)
        remove_entrant(**who, entrant_id=entrant_id, why=body.why)
    return schemas.Confirmation("Left", "The entrant is off the list.")


def _is_own(request: HttpRequest, tournament_id: UUID, entrant_id: int) -> bool:
    who = caller(request)
    player = players_of([who]).get(who)
    rows = tournament_of(tournament_id).entrants.filter(pk=entrant_id)
    return player is not None and rows.filter(player=player).exists()


@router.route("POST", f"{ENTRANT}/members", status=201, once=once_in_one)
def add_player(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: NameBody
) -> schemas.OneEntrant:
    """Put a name on a team's roster; the first on it is its captain."""
    add_member(**organised(request, tournament_id), entrant_id=entrant_id, name=body.name)
    return _one("Added", _entrant(tournament_id, entrant_id))


@router.route("DELETE", MEMBER)
def drop_player(request: HttpRequest, tournament_id: UUID, member_id: int) -> schemas.OneEntrant:
    """Take somebody off a roster; the captain only as the last on it."""
    team = remove_member(**organised(request, tournament_id), member_id=member_id)
    return _one("Removed", _entrant(tournament_id, team.pk))


@router.route("POST", f"{MEMBER}/captain", once=once_in_one)
def appoint_captain(
    request: HttpRequest, tournament_id: UUID, member_id: int
) -> schemas.OneEntrant:
    """Let another player of the roster speak for the team."""
    member = make_captain(**organised(request, tournament_id), member_id=member_id)
    return _one("Changed", _entrant(tournament_id, member.entrant_id))


@router.route("POST", f"{ONE}/replace", once=once_in_one)
def replace_player(
    request: HttpRequest, tournament_id: UUID, body: ReplaceBody
) -> schemas.OneEntrant:
    """Let somebody else take an entrant's place, its results and its open matches."""
    who = organised(request, tournament_id)
    entrant_id = entrant_ref(tournament_id, body.entrant)
    entrant = replace_entrant(**who, entrant_id=entrant_id, name=body.name, why=body.why)
    return _one("Replaced", entrant)


@router.route("POST", f"{ONE}/registration", once=once_in_one)
def set_registration(
    request: HttpRequest, tournament_id: UUID, body: PhaseBody = OPEN
) -> schemas.Day:
    """Open registration; `{"open": false}` closes it."""
    move = open_registration if body.open else close_registration
    return schemas.Day.of(move(**organised(request, tournament_id)))


@router.route("POST", f"{ONE}/check-in/window", once=once_in_one)
def set_check_in(request: HttpRequest, tournament_id: UUID, body: PhaseBody = OPEN) -> schemas.Day:
    """Open check-in; `{"open": false}` does without it after all."""
    move = open_check_in if body.open else close_check_in
    return schemas.Day.of(move(**organised(request, tournament_id)))


@router.route("POST", f"{ONE}/check-in", once=once_in_one)
def note_arrival(
    request: HttpRequest, tournament_id: UUID, body: CheckInBody = SELF_CHECK_IN
) -> schemas.Arrived:
    """Check yourself in; as the organiser, check in an `entrant`, or `all`."""
    if body.all:
        count = check_in_all(**organised(request, tournament_id))
        return schemas.Arrived("Checked In", message=f"{count} were checked in.")
    if body.entrant is None and body.present:
        tournament_of(tournament_id)
        entrant = check_in_own(tournament_id=tournament_id, player=sender(request))
    else:
        entrant_id, who = _arriving(request, tournament_id, body)
        note = check_in if body.present else undo_check_in
        entrant = note(**who, entrant_id=entrant_id)
    status = "Checked In" if body.present else "Not Checked In"
    return schemas.Arrived(status, schemas.Entrant.of(entrant))


def _arriving(
    request: HttpRequest, tournament_id: UUID, body: CheckInBody
) -> tuple[int, Organised]:
    if body.entrant is not None:
        who = organised(request, tournament_id)
        return entrant_ref(tournament_id, body.entrant), who
    tournament_of(tournament_id)
    player = sender(request)
    own = own_entry(tournament_id=tournament_id, player=player)
    return own.pk, {"tournament_id": tournament_id, "actor": player_actor(player)}


@router.route("POST", f"{ONE}/seeds", once=once_in_one)
def seed_players(
    request: HttpRequest, tournament_id: UUID, body: SeedsBody
) -> schemas.ChangedEntrants:
    """Seed in the `order` of ids, `by` rating, or by lot; until the first result is in."""
    who = organised(request, tournament_id)
    if body.order is not None:
        rows = set_seeds(**who, order=body.order)
    elif body.by == "rating":
        rows = sort_by_rating(**who)
    elif body.by == "lot" or body.lot is not None:
        rows = shuffle_seeds(**who, shuffle_seed=body.lot)
    else:
        raise Malformed('Give the `order` of ids, or say `by`: "rating" or "lot".')
    return schemas.ChangedEntrants("Seeded", schemas.Entrant.listed(rows))


def entrant_ref(tournament_id: UUID, ref: int | str) -> int:
    """The id of an entrant that is named by its id or its name; raises `NotFound`."""
    rows = tournament_of(tournament_id).entrants.all()
    by = {"pk": ref} if isinstance(ref, int) else {"name_key": parse_name(ref).name_key}
    entrant_id: int | None = rows.filter(**by).values_list("pk", flat=True).first()
    if entrant_id is None:
        raise NotFound("There is no such entrant in this tournament.")
    return entrant_id


def _entrant(tournament_id: UUID, entrant_id: int) -> Entrant:
    rows = tournament_of(tournament_id).entrants.prefetch_related("members")
    entrant = rows.filter(pk=entrant_id).first()
    if entrant is None:
        raise NotFound("There is no such entrant in this tournament.")
    return entrant


def _one(status: str, entrant: Entrant) -> schemas.OneEntrant:
    return schemas.OneEntrant(status, schemas.Entrant.of(entrant))
