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
from tournaments.services import audit_log, capacity, guards
from tournaments.services.actors import Actor, player_actor
from tournaments.services.locking import lock_tournament
from tournaments.services.pool_ratings import pool_rating
from tournaments.services.progress.attendance import missing_players
from tournaments.services.undoable import EntrantsAdded, StatusChanged

from .rosters import add_founders

#: What an entrant did who registered, by the status of the entry.
_RECORDED_AS = {
    EntryStatus.APPLIED: "asks to be entered",
    EntryStatus.WAITING: "registered, and waits for a place",
    EntryStatus.ENTERED: "registered",
}
_OPEN = {TournamentState.REGISTRATION, TournamentState.CHECK_IN}


@transaction.atomic
def open_registration(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Open registration; raises `Conflict` when only the organiser enters players."""
    tournament = lock_tournament(tournament_id, guards.check_before_start)
    if tournament.state != TournamentState.DRAFT:
        raise Conflict("Registration is already open.", code="already_open")
    if tournament.entry == Entry.ORGANISER:
        raise Conflict(
            "Only the organiser enters players here. Choose in the settings who may register.",
            code="entry_closed",
        )
    guards.change_state(tournament, TournamentState.REGISTRATION, actor, "opened registration")
    return tournament


@transaction.atomic
def close_registration(*, tournament_id: UUID, actor: Actor) -> Tournament:
    """Close registration; entries stay."""
    tournament = lock_tournament(tournament_id)
    if tournament.state != TournamentState.REGISTRATION:
        raise Conflict("Registration is not open.", code="not_open")
    guards.change_state(tournament, TournamentState.DRAFT, actor, "closed registration")
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
    _check_may_register(tournament, player, code)
    capacity.check_list_length(tournament, 1)
    parsed = _name_for(tournament, player, name)
    _check_is_free(tournament, parsed)
    status = EntryStatus.APPLIED if tournament.entry == Entry.APPROVAL else _place(tournament)
    entrant = Entrant.objects.create(
        tournament=tournament,
        seed=capacity.next_seed(tournament),
        name=parsed.display,
        name_key=parsed.name_key,
        player=player,
        status=status,
        rating=pool_rating(tournament, player.pk) if rating is None else rating,
        club=parse_label(club),
        region=parse_label(region),
    )
    add_founders(tournament, entrant, captain=player, others=members)
    _check_in_newcomer(tournament, entrant)
    undo = EntrantsAdded(entrants=[entrant.pk])
    text = f"{entrant} {_RECORDED_AS[status]}"
    audit_log.record(tournament, player_actor(player), "register", text, undo=undo)
    capacity.announce(tournament, entrant)
    return entrant


def _check_in_newcomer(tournament: Tournament, entrant: Entrant) -> None:
    """Registering during check-in checks in too, except a team that is short of players."""
    if tournament.state == TournamentState.CHECK_IN and not missing_players(tournament, entrant):
        entrant.change(checked_in_at=timezone.now())


def is_open_to_players(tournament: Tournament) -> bool:
    """Whether players may enter by themselves now."""
    return tournament.state in _OPEN and tournament.entry != Entry.ORGANISER


def _check_may_register(tournament: Tournament, player: Player, code: str) -> None:
    if tournament.state not in _OPEN:
        raise Conflict("Registration is not open.", code="registration_closed")
    if tournament.entry == Entry.ORGANISER:
        raise Conflict(
            "Only the organiser enters players here. Ask to be entered.", code="entry_closed"
        )

    is_right = compare_digest(code.strip().encode(), tournament.entry_code.encode())
    if tournament.entry == Entry.CODE and not is_right:
        raise Forbidden("This is not the tournament's code. Ask the organiser.", code="wrong_code")
    entrant = entry_of(tournament, player)
    if entrant is not None and entrant.status == EntryStatus.DECLINED:
        raise Conflict("The organiser has not admitted you.", code="declined")
    if entrant is not None:
        raise Conflict(f"You are already on the list, as {entrant}.", code="already_entered")


def _check_is_free(tournament: Tournament, name: Name) -> None:
    """Raise `Conflict` when the name is taken: perhaps by somebody who is not on the public list.

    So it does not say whether that one is entered, asks to be, or was declined.
    """
    if tournament.entrants.filter(name_key=name.name_key).exists():
        raise Conflict(
            f"The name {name.display!r} cannot be entered here. Choose another.", code="name_taken"
        )


def _name_for(tournament: Tournament, player: Player, name: str) -> Name:
    """A player's own name; a team's must not be that of another registered player."""
    if tournament.team_size == 1:
        return parse_name(player.name)
    if not name.strip():
        raise Refusal("Give your team a name.", code="bad_name")
    parsed = parse_name(name)
    check_name_free(parsed, but=player.pk)
    return parsed


def _place(tournament: Tournament) -> EntryStatus:
    """The status of an entry that is admitted now."""
    return EntryStatus.ENTERED if capacity.places_left(tournament) > 0 else EntryStatus.WAITING


def entry_of(tournament: Tournament, player: Player) -> Entrant | None:
    """A player's entry, or that of their team."""
    entries = tournament.entrants.filter(Q(player=player) | Q(members__player=player))
    return entries.distinct().first()


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
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_before_start)
    if entrant.status not in {EntryStatus.APPLIED, EntryStatus.DECLINED}:
        raise Conflict(f"{entrant} does not ask to be entered.", code="not_applied")
    undo = _set_status(entrant, _place(tournament))
    text = f"admitted {entrant}" + ("" if entrant.takes_part else " to the waiting list")
    audit_log.record(tournament, actor, "approve", text, undo=undo)
    capacity.announce(tournament, entrant)
    return entrant


@transaction.atomic
def decline(*, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = "") -> Entrant:
    """Decline an entry; its place, if any, goes to the first on the waiting list."""
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_before_start)
    if entrant.status == EntryStatus.DECLINED:
        raise Conflict(f"{entrant} is already declined.", code="declined")
    undo = _set_status(entrant, EntryStatus.DECLINED)
    audit_log.record(tournament, actor, "decline", f"declined {entrant}", why=why, undo=undo)
    capacity.announce(tournament, entrant, capacity.EntryChange.DECLINED)
    capacity.fill_places(tournament)
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
    entrant = own_entry(tournament_id=tournament_id, player=player)
    if entrant.player_id != player.pk:
        raise Forbidden(f"Only the captain of {entrant} may take the team out.")
    if entrant.status != EntryStatus.DECLINED:
        entrant.delete()
    audit_log.record(tournament, player_actor(player), "leave", f"{entrant} left")
    capacity.announce(tournament, entrant, capacity.EntryChange.LEFT)
    capacity.fill_places(tournament)
