"""Changes of entries, seeds, stations and settings undone."""

from uuid import UUID

from django.utils.dateparse import parse_datetime

from lib.errors import Conflict
from lib.names import parse_name
from matchmaking.models import Player, Pool
from tournaments.models import (
    Entrant,
    EntryStatus,
    Member,
    Pairing,
    PairingState,
    Seeding,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import Actor
from tournaments.services.capacity import (
    CHANGE_OF,
    EntryChange,
    announce,
    announce_all,
    fill_places,
    places_left,
)
from tournaments.services.entry.entrants import ENTRANT_FIELDS, open_seats, seats_of
from tournaments.services.guards import check_before_start, check_name_is_free, entrant_of
from tournaments.services.permissions import check_may_rate
from tournaments.services.progress.redraw import check_can_redraw, redraw
from tournaments.services.progress.start import number_seeds
from tournaments.services.setup.settings import check_in_time
from tournaments.services.undoable import (
    CheckedIn,
    EntrantRemoved,
    EntrantRenamed,
    EntrantReplaced,
    EntrantsAdded,
    SeedsChanged,
    SettingsChanged,
    StateMoved,
    StationSet,
    StatusChanged,
)
from tournaments.services.venue.stations import place_at
from tournaments.signals import day_moved, stations_changed


def undo_state(tournament: Tournament, undone: StateMoved, actor: Actor) -> str:
    """Back to the state before registration or check-in opened or closed."""
    if tournament.state != undone.after:
        raise Conflict("The day has moved on since then.", code="too_late")
    tournament.change(state=TournamentState(undone.before))
    day_moved.send(sender=Tournament, tournament=tournament)
    return ""


def undo_check_in(tournament: Tournament, undone: CheckedIn, actor: Actor) -> str:
    """The entrant is not checked in any more."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    entrant.change(checked_in_at=None)
    announce(tournament, entrant, EntryChange.UNCHECKED)
    return ""


def undo_added(tournament: Tournament, undone: EntrantsAdded, actor: Actor) -> str:
    """Those who were entered are off the list again."""
    check_before_start(tournament)
    entrants = list(tournament.entrants.filter(pk__in=undone.entrants))
    tournament.entrants.filter(pk__in=undone.entrants).delete()
    announce_all(tournament, entrants, EntryChange.LEFT)
    fill_places(tournament)
    return ""


def undo_removed(tournament: Tournament, undone: EntrantRemoved, actor: Actor) -> str:
    """Who was taken off the list is on it again, with the old seed where that is free."""
    check_before_start(tournament)
    kept = undone.entrant
    entrant = Entrant(pk=kept.id, tournament=tournament, player_id=_player(kept.player))
    for field in ENTRANT_FIELDS:
        setattr(entrant, field, getattr(kept, field))
    check_name_is_free(tournament, parse_name(entrant.name))
    if entrant.status == EntryStatus.ENTERED and places_left(tournament) < 1:
        entrant.status = EntryStatus.WAITING
    order = list(tournament.entrants.all())
    last = max((other.seed for other in order), default=0)
    place = sum(other.seed < entrant.seed for other in order)
    entrant.seed = last + 1
    entrant.save(force_insert=True)
    for member in kept.members:
        Member.objects.create(
            entrant=entrant,
            name=member.name,
            player_id=_player(member.player),
            is_captain=member.is_captain,
        )
    order.insert(place, entrant)
    number_seeds(tournament, order)
    announce(tournament, entrant, CHANGE_OF.get(EntryStatus(entrant.status), EntryChange.DECLINED))
    return ""


def _player(player_id: UUID | None) -> UUID | None:
    """A recorded player, if there still is one."""
    found = Player.objects.filter(pk__in=[player_id] if player_id else [])
    return found.values_list("pk", flat=True).first()


def undo_status(tournament: Tournament, undone: StatusChanged, actor: Actor) -> str:
    """An entry stands as it did before it was admitted or declined."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, undone.entrant)
    before = EntryStatus(undone.before)
    if before == EntryStatus.ENTERED and places_left(tournament) < 1:
        before = EntryStatus.WAITING
    entrant.change(status=before)
    fill_places(tournament)
    return ""


def undo_renamed(tournament: Tournament, undone: EntrantRenamed, actor: Actor) -> str:
    """The entrant has its former name."""
    entrant = entrant_of(tournament, undone.entrant)
    name = parse_name(undone.before)
    check_name_is_free(tournament, name, but=entrant)
    seats = seats_of(entrant).filter(name=entrant.name)
    entrant.change(name=name.display, name_key=name.name_key)
    seats.update(name=entrant.name)
    announce(tournament, entrant, EntryChange.RENAMED)
    return ""


def undo_replaced(tournament: Tournament, undone: EntrantReplaced, actor: Actor) -> str:
    """The first entrant has the place again, and its open matches."""
    entrant, before = entrant_of(tournament, undone.entrant), undone.before
    check_name_is_free(tournament, parse_name(before.name), but=entrant)
    for field in ("name", "name_key", "rating", "club", "region"):
        setattr(entrant, field, getattr(before, field))
    entrant.player_id = _player(before.player)
    entrant.save()
    open_seats(entrant).update(name=entrant.name, player=entrant.player_id)
    announce(tournament, entrant, EntryChange.RENAMED)
    return ""


def undo_seeds(tournament: Tournament, undone: SeedsChanged, actor: Actor) -> str:
    """The former order, and the draw made again if there is one."""
    started = not tournament.is_before_start
    if started:
        check_can_redraw(tournament)
    rows = {entrant.pk: entrant for entrant in tournament.entrants.all()}
    number_seeds(tournament, [rows[pk] for pk in undone.order if pk in rows])
    if started:
        tournament.seeding = Seeding.GIVEN  # just so, not as it was once drawn
        redraw(tournament, actor)
    tournament.change(seeding=undone.seeding, shuffle_seed=undone.shuffle_seed)
    return ""


def undo_station(tournament: Tournament, undone: StationSet, actor: Actor) -> str:
    """The match is at its former station, or at none."""
    pairing = Pairing.objects.filter(
        pk=undone.pairing, group__stage__tournament=tournament, state=PairingState.READY
    ).first()
    if pairing is None:
        raise Conflict("This match has been played since then.", code="too_late")
    place_at(tournament, pairing, undone.before)
    stations_changed.send(sender=Pairing, tournament=tournament, pairings=[pairing])
    return ""


def undo_settings(tournament: Tournament, undone: SettingsChanged, actor: Actor) -> str:
    """The former settings."""
    before = dict(undone.before)
    check_in_time(tournament, before)
    if before.get("starts_at"):
        before["starts_at"] = parse_datetime(before["starts_at"])
    if "rated_in" in before:
        check_may_rate(actor)
        before["rated_in"] = Pool.objects.filter(pk=before["rated_in"]).first()
    for field, value in before.items():
        setattr(tournament, field, value)
    tournament.save(update_fields=tuple(before))
    return ""
