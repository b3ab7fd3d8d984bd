"""Entrants added, removed, renamed and replaced by the organiser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lib.errors import Conflict
from lib.names import Name, parse_name
from matchmaking.models import MatchState, Player, Seat
from tournaments.files.entrant_lines import NewEntrant, parse_label
from tournaments.models import Entrant, EntryStatus, Tournament
from tournaments.services import audit_log, capacity, guards, undoable
from tournaments.services.actors import Actor
from tournaments.services.locking import lock_tournament
from tournaments.services.pool_ratings import pool_rating
from tournaments.services.setup.creation import BadEntrants

ENTRANT_FIELDS = (
    "seed", "name", "name_key", "status", "rating", "club", "region", "entered_at", "checked_in_at",
)  # fmt: skip


@transaction.atomic
def add_entrants(
    *, tournament_id: UUID, entrants: Sequence[NewEntrant], actor: Actor
) -> list[Entrant]:
    """Add entrants at the end of the list; those without a place join the waiting list.

    Raises `Conflict` for a name that is on the list already, and then adds nobody.
    """
    tournament = lock_tournament(tournament_id)
    names = check_new_entrants(tournament, entrants)
    left, seed = capacity.places_left(tournament), capacity.next_seed(tournament)
    rows = [
        new.row(
            tournament,
            seed + place,
            name,
            status=EntryStatus.ENTERED if place < left else EntryStatus.WAITING,
        )
        for place, (new, name) in enumerate(zip(entrants, names, strict=True))
    ]
    Entrant.objects.bulk_create(rows)
    words = ", ".join(row.name for row in rows)
    text = f"added {words}" if len(rows) == 1 else f"added {len(rows)} entrants: {words}"
    undo = undoable.EntrantsAdded(entrants=[row.pk for row in rows])
    audit_log.record(tournament, actor, "add", text, undo=undo)
    for status, change in capacity.CHANGE_OF.items():
        capacity.announce_all(tournament, [row for row in rows if row.status == status], change)
    return rows


def check_new_entrants(tournament: Tournament, entrants: Sequence[NewEntrant]) -> list[Name]:
    """The names under which these can be added; raises a refusal as `add_entrants` does."""
    guards.check_before_start(tournament)
    if not entrants:
        raise BadEntrants("Paste at least one name.")
    capacity.check_list_length(tournament, len(entrants))
    return _new_names(tournament, entrants)


def _new_names(tournament: Tournament, entrants: Sequence[NewEntrant]) -> list[Name]:
    names = [parse_name(new.name) for new in entrants]
    keys = [name.name_key for name in names]
    there = set(tournament.entrants.filter(name_key__in=keys).values_list("name_key", flat=True))
    for place, name in enumerate(names):
        if name.name_key in there or name.name_key in keys[:place]:
            raise guards.name_taken(name)
    return names


@transaction.atomic
def remove_entrant(*, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = "") -> None:
    """Remove an entrant before the start; the first on the waiting list moves up."""
    tournament = lock_tournament(tournament_id)
    if not tournament.is_before_start:
        raise Conflict(
            "Nobody is taken off the list after the start. Withdraw the entrant instead.",
            code="too_late",
        )
    entrant = guards.entrant_of(tournament, entrant_id)
    text, undo = f"took {entrant} off the list", undoable.EntrantRemoved(entrant=_recorded(entrant))
    entrant.delete()
    audit_log.record(tournament, actor, "remove", text, why=why, undo=undo)
    capacity.announce(tournament, entrant, capacity.EntryChange.LEFT)
    capacity.fill_places(tournament)


def _recorded(entrant: Entrant) -> undoable.RecordedEntrant:
    return undoable.RecordedEntrant(
        id=entrant.pk,
        player=entrant.player_id,
        members=[
            undoable.RecordedMember(name=one.name, player=one.player_id, is_captain=one.is_captain)
            for one in entrant.members.all()
        ],
        **{field: getattr(entrant, field) for field in ENTRANT_FIELDS},
    )


@transaction.atomic
def rename_entrant(*, tournament_id: UUID, entrant_id: int, name: str, actor: Actor) -> Entrant:
    """Rename an entrant, also in its matches; those of a replaced predecessor keep their name."""
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id)
    undo = undoable.EntrantRenamed(entrant=entrant.pk, before=entrant.name)
    give_name(tournament, entrant, parse_name(name))
    audit_log.record(tournament, actor, "rename", f"renamed {undo.before} to {entrant}", undo=undo)
    return entrant


def give_name(tournament: Tournament, entrant: Entrant, name: Name) -> None:
    """Store another name for an entrant and its seats; raises `Conflict` for one that is taken."""
    guards.check_is_free(tournament, name, but=entrant)
    seats_of(entrant).filter(name=entrant.name).update(name=name.display)
    entrant.change(name=name.display, name_key=name.name_key)
    capacity.announce(tournament, entrant, capacity.EntryChange.RENAMED)


@dataclass(frozen=True, slots=True)
class Details:
    """An entrant's rating, club and region."""

    rating: int | None = None
    club: str = ""
    region: str = ""


@transaction.atomic
def set_details(*, tournament_id: UUID, entrant_id: int, details: Details, actor: Actor) -> Entrant:
    """Store an entrant's rating, club and region; raises a refusal for a bad label."""
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_not_over)
    club, region = parse_label(details.club), parse_label(details.region)
    entrant.change(rating=details.rating, club=club, region=region)
    audit_log.record(tournament, actor, "rename", f"changed the details of {entrant}")
    return entrant


@transaction.atomic
def replace_entrant(
    *,
    tournament_id: UUID,
    entrant_id: int,
    name: str,
    actor: Actor,
    player: Player | None = None,
    why: str = "",
) -> Entrant:
    """Replace an entrant by another player, who takes over its results and open matches.

    Matches that have been played keep the name of their player.
    """
    tournament, entrant = guards.lock_entrant(tournament_id, entrant_id, guards.check_not_over)
    parsed = parse_name(player.name if player else name)
    guards.check_is_free(tournament, parsed, player, but=entrant)
    before = _recorded(entrant)
    entrant.name, entrant.name_key, entrant.player = parsed.display, parsed.name_key, player
    entrant.rating = pool_rating(tournament, entrant.player_id)
    entrant.club = entrant.region = ""
    entrant.save()
    open_seats(entrant).update(name=entrant.name, player=player)
    text, undo = f"{entrant} replaces {before.name}", undoable.EntrantReplaced(entrant.pk, before)
    audit_log.record(tournament, actor, "replace", text, why=why, undo=undo)
    capacity.announce(tournament, entrant, capacity.EntryChange.RENAMED)
    return entrant


def seats_of(entrant: Entrant) -> Any:
    """An entrant's seats in the matches of its tournament."""
    return Seat.objects.filter(
        Q(side=0, match__pairing__top=entrant) | Q(side=1, match__pairing__bottom=entrant)
    )


def open_seats(entrant: Entrant) -> Any:
    """An entrant's seats in matches that are not yet played."""
    return seats_of(entrant).filter(match__state=MatchState.OPEN)
