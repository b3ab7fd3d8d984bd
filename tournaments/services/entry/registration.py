"""Players register themselves: at once, by a code, or after approval."""

from collections.abc import Sequence
from hmac import compare_digest
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lib.errors import Conflict, Forbidden, NotFound, Refusal
from lib.names import Name, parse_name
from matchmaking.models import Player
from matchmaking.services.players import check_name_free
from tournaments.files.entrant_lines import parse_label
from tournaments.models import Entrant, Entry, EntryStatus, Tournament, TournamentState
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.capacity import (
    CHANGE_OF,
    EntryChange,
    announce,
    check_list_length,
    fill_places,
    next_seed,
    places_left,
)
from tournaments.services.guards import (
    change_state,
    check_before_start,
    check_name_is_free,
    lock_entrant,
)
from tournaments.services.locking import lock_tournament
from tournaments.services.permissions import player_actor
from tournaments.services.pool_ratings import pool_rating
from tournaments.services.progress.attendance import missing_players
from tournaments.services.undoable import EntrantsAdded, StatusChanged

from .rosters import add_founders

_OPEN = {TournamentState.REGISTRATION, TournamentState.CHECK_IN}


@transaction.atomic
def open_registration(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Open registration; raises `Conflict` when only the organiser enters players."""
    tournament = lock_tournament(tournament_id, check_before_start)
    if tournament.state != TournamentState.DRAFT:
        raise Conflict("Registration is already open.", code="already_open")
    if tournament.entry == Entry.ORGANISER:
        raise Conflict(
            "Only the organiser enters players here. Choose in the settings who may register.",
            code="entry_closed",
        )
    change_state(tournament, TournamentState.REGISTRATION, actor, "opened registration")
    return tournament


@transaction.atomic
def close_registration(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Close registration; entries stay."""
    tournament = lock_tournament(tournament_id)
    if tournament.state != TournamentState.REGISTRATION:
        raise Conflict("Registration is not open.", code="not_open")
    change_state(tournament, TournamentState.DRAFT, actor, "closed registration")
    return tournament


@transaction.atomic
def register(
    *,
    tournament_id: UUID,
    player: Player,
    name: str = "",
    code: str = "",
    members: Sequence[str] = (),
    rating: int | None = None,
    club: str = "",
    region: str = "",
) -> Entrant:
    """Register a player, or their team under its `name`; its status shows whether it has a place.

    `members` are the others of the team. The default `rating` is that in the tournament's pool.
    Raises `Conflict`, `Forbidden` for a wrong code, and `BadName`.
    """
    tournament = lock_tournament(tournament_id)
    _check_open(tournament)
    _check_code(tournament, code)
    _check_not_in(tournament, player)
    check_list_length(tournament, 1)
    parsed = _name_for(tournament, player, name)
    check_name_is_free(tournament, parsed)
    entrant = Entrant.objects.create(
        tournament=tournament,
        seed=next_seed(tournament),
        name=parsed.display,
        name_key=parsed.name_key,
        player=player,
        status=_status(tournament),
        rating=pool_rating(tournament, player.pk) if rating is None else rating,
        club=parse_label(club),
        region=parse_label(region),
    )
    add_founders(tournament, entrant, captain=player, others=members)
    _check_in_newcomer(tournament, entrant)
    audit_log.record(
        tournament,
        player_actor(player),
        "register",
        _words_of(entrant),
        undo=EntrantsAdded(entrants=[entrant.pk]),
    )
    announce(tournament, entrant, CHANGE_OF[EntryStatus(entrant.status)])
    return entrant


def _check_in_newcomer(tournament: Tournament, entrant: Entrant) -> None:
    """Registering during check-in checks in too, except a team that is short of players."""
    if tournament.state == TournamentState.CHECK_IN and not missing_players(tournament, entrant):
        entrant.change(checked_in_at=timezone.now())


def is_open_to_players(tournament: Tournament) -> bool:
    """Whether players may enter by themselves now."""
    return tournament.state in _OPEN and tournament.entry != Entry.ORGANISER


def _check_open(tournament: Tournament) -> None:
    if tournament.state not in _OPEN:
        raise Conflict("Registration is not open.", code="registration_closed")
    if tournament.entry == Entry.ORGANISER:
        raise Conflict(
            "Only the organiser enters players here. Ask to be entered.", code="entry_closed"
        )


def _check_code(tournament: Tournament, code: str) -> None:
    if tournament.entry != Entry.CODE:
        return
    if not compare_digest(code.strip().encode(), tournament.entry_code.encode()):
        raise Forbidden("This is not the tournament's code. Ask the organiser.", code="wrong_code")


def _check_not_in(tournament: Tournament, player: Player) -> None:
    entrant = entry_of(tournament, player)
    if entrant is None:
        return
    if entrant.status == EntryStatus.DECLINED:
        raise Conflict("The organiser has not admitted you.", code="declined")
    raise Conflict(f"You are already on the list, as {entrant}.", code="already_entered")


def _name_for(tournament: Tournament, player: Player, name: str) -> Name:
    """A player's own name; a team's must not be that of another registered player."""
    if tournament.team_size == 1:
        return parse_name(player.name)
    if not name.strip():
        raise Refusal("Give your team a name.", code="bad_name")
    parsed = parse_name(name)
    check_name_free(parsed, but=player.pk)
    return parsed


def _status(tournament: Tournament) -> EntryStatus:
    if tournament.entry == Entry.APPROVAL:
        return EntryStatus.APPLIED
    return EntryStatus.ENTERED if places_left(tournament) > 0 else EntryStatus.WAITING


def _words_of(entrant: Entrant) -> str:
    match EntryStatus(entrant.status):
        case EntryStatus.APPLIED:
            return f"{entrant} asks to be entered"
        case EntryStatus.WAITING:
            return f"{entrant} registered, and waits for a place"
        case _:
            return f"{entrant} registered"


def entry_of(tournament: Tournament, player: Player) -> Entrant | None:
    """A player's entry, or that of their team."""
    return (
        tournament.entrants.filter(Q(player=player) | Q(members__player=player)).distinct().first()
    )


def own_entry(*, tournament_id: UUID, player: Player) -> Entrant:
    """The player's entry; raises `NotFound` without one."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    entrant = entry_of(tournament, player) if tournament else None
    if entrant is None:
        raise NotFound("You are not entered in this tournament.")
    return entrant


@transaction.atomic
def approve(*, tournament_id: UUID, entrant_id: int, actor: Actor) -> Entrant:
    """Approve an applied or declined entry: it gets a place, or joins the waiting list."""
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_before_start)
    if entrant.status not in {EntryStatus.APPLIED, EntryStatus.DECLINED}:
        raise Conflict(f"{entrant} does not ask to be entered.", code="not_applied")
    has_place = places_left(tournament) > 0
    undo = _set_status(entrant, EntryStatus.ENTERED if has_place else EntryStatus.WAITING)
    text = f"admitted {entrant}" + ("" if has_place else " to the waiting list")
    audit_log.record(tournament, actor, "approve", text, undo=undo)
    announce(tournament, entrant, CHANGE_OF[EntryStatus(entrant.status)])
    return entrant


@transaction.atomic
def decline(*, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = "") -> Entrant:
    """Decline an entry; its place, if any, goes to the first on the waiting list."""
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_before_start)
    if entrant.status == EntryStatus.DECLINED:
        raise Conflict(f"{entrant} is already declined.", code="declined")
    undo = _set_status(entrant, EntryStatus.DECLINED)
    audit_log.record(tournament, actor, "decline", f"declined {entrant}", why=why, undo=undo)
    announce(tournament, entrant, EntryChange.DECLINED)
    fill_places(tournament)
    return entrant


def _set_status(entrant: Entrant, status: EntryStatus) -> StatusChanged:
    undo = StatusChanged(entrant=entrant.pk, before=entrant.status)
    entrant.change(status=status)
    return undo


@transaction.atomic
def leave_tournament(*, tournament_id: UUID, player: Player) -> None:
    """Leave before the start; the first on the waiting list moves up."""
    tournament = lock_tournament(tournament_id)
    if not tournament.is_before_start:
        raise Conflict(
            "The tournament has started. Ask the organiser to withdraw you.", code="too_late"
        )
    entrant = entry_of(tournament, player)
    if entrant is None:
        raise NotFound("You are not entered in this tournament.")
    if entrant.player_id != player.pk:
        raise Forbidden(f"Only the captain of {entrant} may take the team out.")
    if entrant.status != EntryStatus.DECLINED:
        entrant.delete()
    audit_log.record(tournament, player_actor(player), "leave", f"{entrant} left")
    announce(tournament, entrant, EntryChange.LEFT)
    fill_places(tournament)
