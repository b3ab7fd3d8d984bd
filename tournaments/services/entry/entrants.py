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
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.capacity import (
    CHANGE_OF,
    EntryChange,
    announce,
    announce_all,
    check_list_length,
    fill_places,
    next_seed,
    places_left,
)
from tournaments.services.guards import (
    check_before_start,
    check_name_is_free,
    check_not_over,
    entrant_of,
    lock_entrant,
)
from tournaments.services.locking import lock_tournament
from tournaments.services.pool_ratings import pool_rating
from tournaments.services.setup.creation import BadEntrants
from tournaments.services.undoable import (
    EntrantRemoved,
    EntrantRenamed,
    EntrantReplaced,
    EntrantsAdded,
    RecordedEntrant,
    RecordedMember,
)

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
    tournament = lock_tournament(tournament_id, check_before_start)
    if not entrants:
        raise BadEntrants("Paste at least one name.")
    check_list_length(tournament, len(entrants))
    names = _new_names(tournament, entrants)
    left, seed = places_left(tournament), next_seed(tournament)
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
    audit_log.record(
        tournament,
        actor,
        "add",
        _added_in_words(rows),
        undo=EntrantsAdded(entrants=[row.pk for row in rows]),
    )
    for status, change in CHANGE_OF.items():
        announce_all(tournament, [row for row in rows if row.status == status], change)
    return rows


def _new_names(tournament: Tournament, entrants: Sequence[NewEntrant]) -> list[Name]:
    names = [parse_name(new.name) for new in entrants]
    keys = [name.name_key for name in names]
    there = set(tournament.entrants.filter(name_key__in=keys).values_list("name_key", flat=True))
    for place, name in enumerate(names):
        if name.name_key in there or name.name_key in keys[:place]:
            raise Conflict(
                f"{name.display!r} is already on the list. Every entrant needs another name.",
                code="name_taken",
            )
    return names


def _added_in_words(rows: Sequence[Entrant]) -> str:
    if len(rows) == 1:
        return f"added {rows[0]}"
    return f"added {len(rows)} entrants: " + ", ".join(row.name for row in rows)


@transaction.atomic
def remove_entrant(*, tournament_id: UUID, entrant_id: int, actor: Actor, why: str = "") -> None:
    """Remove an entrant before the start; the first on the waiting list moves up."""
    tournament = lock_tournament(tournament_id)
    if not tournament.is_before_start:
        raise Conflict(
            "Nobody is taken off the list after the start. Withdraw the entrant instead.",
            code="too_late",
        )
    entrant = entrant_of(tournament, entrant_id)
    recorded = _recorded(entrant)
    entrant.delete()
    audit_log.record(
        tournament,
        actor,
        "remove",
        f"took {entrant} off the list",
        why=why,
        undo=EntrantRemoved(entrant=recorded),
    )
    announce(tournament, entrant, EntryChange.LEFT)
    fill_places(tournament)


def _recorded(entrant: Entrant) -> RecordedEntrant:
    return RecordedEntrant(
        id=entrant.pk,
        player=entrant.player_id,
        members=[
            RecordedMember(name=one.name, player=one.player_id, is_captain=one.is_captain)
            for one in entrant.members.all()
        ],
        **{field: getattr(entrant, field) for field in ENTRANT_FIELDS},
    )


@transaction.atomic
def rename_entrant(*, tournament_id: UUID, entrant_id: int, name: str, actor: Actor) -> Entrant:
    """Rename an entrant, also in its matches; those of a replaced predecessor keep their name."""
    tournament = lock_tournament(tournament_id)
    entrant = entrant_of(tournament, entrant_id)
    parsed = parse_name(name)
    check_name_is_free(tournament, parsed, but=entrant)
    before = entrant.name
    entrant.change(name=parsed.display, name_key=parsed.name_key)
    seats_of(entrant).filter(name=before).update(name=entrant.name)
    audit_log.record(
        tournament,
        actor,
        "rename",
        f"renamed {before} to {entrant}",
        undo=EntrantRenamed(entrant=entrant.pk, before=before),
    )
    announce(tournament, entrant, EntryChange.RENAMED)
    return entrant


@dataclass(frozen=True, slots=True)
class Details:
    """An entrant's rating, club and region."""

    rating: int | None = None
    club: str = ""
    region: str = ""


@transaction.atomic
def set_details(*, tournament_id: UUID, entrant_id: int, details: Details, actor: Actor) -> Entrant:
    """Store an entrant's rating, club and region; raises a refusal for a bad label."""
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_not_over)
    entrant.rating = details.rating
    entrant.club, entrant.region = parse_label(details.club), parse_label(details.region)
    entrant.save(update_fields=("rating", "club", "region"))
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
    tournament, entrant = lock_entrant(tournament_id, entrant_id, check_not_over)
    parsed = parse_name(player.name if player else name)
    check_name_is_free(tournament, parsed, but=entrant)
    if player is not None and tournament.entrants.filter(player=player).exclude(pk=entrant.pk):
        raise Conflict(f"{player} is already on the list.", code="already_entered")
    before = _recorded(entrant)
    entrant.name, entrant.name_key, entrant.player = parsed.display, parsed.name_key, player
    entrant.rating = pool_rating(tournament, entrant.player_id)
    entrant.club = entrant.region = ""
    entrant.save()
    open_seats(entrant).update(name=entrant.name, player=player)
    audit_log.record(
        tournament,
        actor,
        "replace",
        f"{entrant} replaces {before.name}",
        why=why,
        undo=EntrantReplaced(entrant=entrant.pk, before=before),
    )
    announce(tournament, entrant, EntryChange.RENAMED)
    return entrant


def seats_of(entrant: Entrant) -> Any:
    """An entrant's seats in the matches of its tournament."""
    return Seat.objects.filter(
        Q(side=0, match__pairing__top=entrant) | Q(side=1, match__pairing__bottom=entrant)
    )


def open_seats(entrant: Entrant) -> Any:
    """An entrant's seats in matches that are not yet played."""
    return seats_of(entrant).filter(match__state=MatchState.OPEN)
