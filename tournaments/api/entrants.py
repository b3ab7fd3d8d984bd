"""Who takes part: added by the organiser, registered by themselves, checked in, seeded."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from msgspec import to_builtins

from lib.errors import Malformed, NotFound
from lib.http import json_response
from lib.names import parse_name
from lib.schemas import Json, timestamp
from matchmaking.callers import player_of
from tournaments.models import Entrant, EntryStatus
from tournaments.schemas import EntrantBrief
from tournaments.services.actors import Actor
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
from tournaments.services.permissions import player_actor

from . import schemas
from .api_setup import FOR_ALL, Router, caller, organiser, sender
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
from .tournaments import ONE, tournament_of

router = Router(tags=["Entrants"])
LIST = f"{ONE}/entrants"
ENTRANT = f"{LIST}/{{int:entrant_id}}"
MEMBER = f"{ONE}/members/{{int:member_id}}"


@router.get(LIST, response=schemas.found(schemas.Entrants), openapi_extra=FOR_ALL)
def list_entrants(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Everybody on the list, by seed: those who take part, wait, or are out again."""
    rows = tournament_of(tournament_id).entrants.prefetch_related("members")
    return json_response({"entrants": [entrant_answer(entrant) for entrant in rows]})


@router.post(LIST, response={201: schemas.ChangedEntrants} | schemas.found_errors())
def enter_players(
    request: HttpRequest, tournament_id: UUID, body: EntrantsBody = MYSELF
) -> HttpResponse:
    """Add `players` or `entrants`, as the organiser; or, with neither, register yourself.

    The `status` of each says whether there was a place.
    """
    if body.is_registration:
        rows = [_register(request, tournament_id, body)]
    else:
        actor = organiser(request, tournament_id)
        rows = add_entrants(tournament_id=tournament_id, entrants=body.new(), actor=actor)
    return json_response(
        {"status": "Entered", "entrants": [entrant_answer(row) for row in rows]}, status=201
    )


def _register(request: HttpRequest, tournament_id: UUID, body: EntrantsBody) -> Entrant:
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


@router.patch(ENTRANT, response=schemas.found(schemas.OneEntrant))
def change_entrant(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: EntrantChange
) -> HttpResponse:
    """Rename an entrant, write down rating, club or region, admit or decline who asked."""
    actor = organiser(request, tournament_id)
    who: Any = {"tournament_id": tournament_id, "entrant_id": entrant_id, "actor": actor}
    with transaction.atomic():
        entrant = _entrant(tournament_id, entrant_id)
        if body.name is not None and body.name != entrant.name:
            rename_entrant(name=body.name, **who)
        if body.model_fields_set & {"rating", "club", "region"}:
            set_details(details=_details(entrant, body), **who)
        if body.status == "entered":
            _admit(entrant, who)
        elif body.status == "declined":
            decline(why=body.why, **who)
    return _answer("Changed", _entrant(tournament_id, entrant_id))


def _admit(entrant: Entrant, who: Any) -> None:
    if entrant.status == EntryStatus.ABSENT:
        readmit(**who)
    else:
        approve(**who)


def _details(entrant: Entrant, body: EntrantChange) -> Details:
    named = body.model_fields_set
    return Details(
        rating=body.rating if "rating" in named else entrant.rating,
        club=entrant.club if body.club is None else body.club,
        region=entrant.region if body.region is None else body.region,
    )


@router.delete(ENTRANT, response=schemas.found(schemas.Confirmation))
def remove_from_list(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: Why = NO_REASON
) -> HttpResponse:
    """Take an entrant off the list before the start, as the organiser; or yourself."""
    if _is_own(request, tournament_id, entrant_id):
        leave_tournament(tournament_id=tournament_id, player=sender(request))
    else:
        actor = organiser(request, tournament_id)
        remove_entrant(
            tournament_id=tournament_id, entrant_id=entrant_id, actor=actor, why=body.why
        )
    return json_response({"status": "Left", "message": "The entrant is off the list."})


def _is_own(request: HttpRequest, tournament_id: UUID, entrant_id: int) -> bool:
    who = caller(request)
    rows = tournament_of(tournament_id).entrants.filter(pk=entrant_id)
    if who.player_id is not None:
        return rows.filter(player=who.player_id).exists()
    token = who.token_sha256
    return token is not None and rows.filter(player__token_sha256=token).exists()


@router.post(f"{ENTRANT}/members", response={201: schemas.OneEntrant} | schemas.found_errors())
def add_player(
    request: HttpRequest, tournament_id: UUID, entrant_id: int, body: NameBody
) -> HttpResponse:
    """Put a name on a team's roster; the first on it is its captain."""
    actor = organiser(request, tournament_id)
    add_member(tournament_id=tournament_id, entrant_id=entrant_id, name=body.name, actor=actor)
    return _answer("Added", _entrant(tournament_id, entrant_id), status=201)


@router.delete(MEMBER, response=schemas.found(schemas.OneEntrant))
def drop_player(request: HttpRequest, tournament_id: UUID, member_id: int) -> HttpResponse:
    """Take somebody off a roster; the captain only as the last on it."""
    actor = organiser(request, tournament_id)
    team = remove_member(tournament_id=tournament_id, member_id=member_id, actor=actor)
    return _answer("Removed", _entrant(tournament_id, team.pk))


@router.post(f"{MEMBER}/captain", response=schemas.found(schemas.OneEntrant))
def appoint_captain(request: HttpRequest, tournament_id: UUID, member_id: int) -> HttpResponse:
    """Let another player of the roster speak for the team."""
    actor = organiser(request, tournament_id)
    member = make_captain(tournament_id=tournament_id, member_id=member_id, actor=actor)
    return _answer("Changed", _entrant(tournament_id, member.entrant_id))


@router.post(f"{ONE}/replace", response=schemas.found(schemas.OneEntrant))
def replace_player(request: HttpRequest, tournament_id: UUID, body: ReplaceBody) -> HttpResponse:
    """Let somebody else take an entrant's place, its results and its open matches."""
    actor = organiser(request, tournament_id)
    entrant = replace_entrant(
        tournament_id=tournament_id,
        entrant_id=entrant_ref(tournament_id, body.entrant),
        name=body.name,
        actor=actor,
        why=body.why,
    )
    return _answer("Replaced", entrant)


@router.post(f"{ONE}/registration", response=schemas.found(schemas.Day))
def set_registration(
    request: HttpRequest, tournament_id: UUID, body: PhaseBody = OPEN
) -> HttpResponse:
    """Open registration; `{"open": false}` closes it."""
    actor = organiser(request, tournament_id)
    move = open_registration if body.open else close_registration
    return _day(move(tournament_id=tournament_id, actor=actor).state)


@router.post(f"{ONE}/check-in/window", response=schemas.found(schemas.Day))
def set_check_in(request: HttpRequest, tournament_id: UUID, body: PhaseBody = OPEN) -> HttpResponse:
    """Open check-in; `{"open": false}` does without it after all."""
    actor = organiser(request, tournament_id)
    move = open_check_in if body.open else close_check_in
    return _day(move(tournament_id=tournament_id, actor=actor).state)


@router.post(f"{ONE}/check-in", response=schemas.found(schemas.Arrived))
def note_arrival(
    request: HttpRequest, tournament_id: UUID, body: CheckInBody = SELF_CHECK_IN
) -> HttpResponse:
    """Check yourself in; as the organiser, check in an `entrant`, or `all`."""
    if body.all:
        actor = organiser(request, tournament_id)
        count = check_in_all(tournament_id=tournament_id, actor=actor)
        return json_response({"status": "Checked In", "message": f"{count} were checked in."})
    if body.entrant is None and body.present:
        tournament_of(tournament_id)
        player = player_of(caller(request))
        return _answer("Checked In", check_in_own(tournament_id=tournament_id, player=player))
    entrant_id, actor = _arriving(request, tournament_id, body)
    note = check_in if body.present else undo_check_in
    entrant = note(tournament_id=tournament_id, entrant_id=entrant_id, actor=actor)
    return _answer("Checked In" if body.present else "Not Checked In", entrant)


def _arriving(request: HttpRequest, tournament_id: UUID, body: CheckInBody) -> tuple[int, Actor]:
    if body.entrant is not None:
        actor = organiser(request, tournament_id)
        return entrant_ref(tournament_id, body.entrant), actor
    tournament_of(tournament_id)
    player = player_of(caller(request))
    return own_entry(tournament_id=tournament_id, player=player).pk, player_actor(player)


@router.post(f"{ONE}/seeds", response=schemas.found(schemas.ChangedEntrants))
def seed_players(request: HttpRequest, tournament_id: UUID, body: SeedsBody) -> HttpResponse:
    """Seed in the `order` of ids, `by` rating, or by lot; until the first result is in."""
    actor = organiser(request, tournament_id)
    if body.order is not None:
        rows = set_seeds(tournament_id=tournament_id, order=body.order, actor=actor)
    elif body.by == "rating":
        rows = sort_by_rating(tournament_id=tournament_id, actor=actor)
    elif body.by == "lot" or body.lot is not None:
        rows = shuffle_seeds(tournament_id=tournament_id, actor=actor, shuffle_seed=body.lot)
    else:
        raise Malformed('Give the `order` of ids, or say `by`: "rating" or "lot".')
    return json_response({"status": "Seeded", "entrants": [entrant_answer(row) for row in rows]})


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


def _answer(done: str, entrant: Entrant, *, status: int = 200) -> HttpResponse:
    return json_response({"status": done, "entrant": entrant_answer(entrant)}, status=status)


def _day(state: str) -> HttpResponse:
    answer: Json = {"status": "Changed", "state": state}
    return json_response(answer)


def entrant_answer(entrant: Entrant) -> Json:
    """An entrant with its roster; needs its members prefetched."""
    brief: Json = to_builtins(EntrantBrief.of(entrant))
    return brief | {
        "rating": entrant.rating,
        "club": entrant.club,
        "region": entrant.region,
        "checked_in_at": entrant.checked_in_at and timestamp(entrant.checked_in_at),
        "player": str(entrant.player_id) if entrant.player_id else None,
        "members": [
            {"id": member.pk, "name": member.name, "captain": member.is_captain}
            for member in entrant.members.all()
        ],
    }
