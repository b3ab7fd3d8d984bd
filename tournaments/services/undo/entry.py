"""How what was done about entries, seeds, stations and settings is taken back."""

from typing import Any
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
from tournaments.services.entry.capacity import (
    CHANGE_OF,
    EntryChange,
    announce,
    announce_all,
    fill_places,
    places_left,
)
from tournaments.services.entry.entrants import ENTRANT_FIELDS, ENTRANT_TIMES, open_seats, seats_of
from tournaments.services.entry.guards import check_before_start, check_name_is_free, entrant_of
from tournaments.services.progress.redraw import check_can_redraw, redraw
from tournaments.services.progress.reopen import UNDO
from tournaments.services.progress.start import number_seeds
from tournaments.services.setup.settings import check_in_time
from tournaments.services.venue.stations import place_at
from tournaments.signals import day_moved, stations_changed


def undo_day(tournament: Tournament, data: dict[str, Any]) -> str:
    """Back to the state before registration or check-in opened or closed."""
    if tournament.state != data["after"]:
        raise Conflict("The day has moved on since then.", code="too_late")
    tournament.state = TournamentState(data["before"])
    tournament.save(update_fields=("state",))
    day_moved.send(sender=Tournament, tournament=tournament)
    return ""


def undo_check(tournament: Tournament, data: dict[str, Any]) -> str:
    """The entrant is not checked in any more."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, data["entrant"])
    entrant.checked_in_at = None
    entrant.save(update_fields=("checked_in_at",))
    announce(tournament, entrant, EntryChange.UNCHECKED)
    return ""


def undo_entered(tournament: Tournament, data: dict[str, Any]) -> str:
    """Those who were entered are off the list again."""
    check_before_start(tournament)
    entrants = list(tournament.entrants.filter(pk__in=data["entrants"]))
    tournament.entrants.filter(pk__in=data["entrants"]).delete()
    announce_all(tournament, entrants, EntryChange.LEFT)
    fill_places(tournament)
    return ""


def undo_removed(tournament: Tournament, data: dict[str, Any]) -> str:
    """Who was taken off the list is on it again, with the old seed where that is free."""
    check_before_start(tournament)
    kept = data["entrant"]
    entrant = Entrant(pk=kept["id"], tournament=tournament, player_id=_player(kept["player"]))
    for field in ENTRANT_FIELDS:
        setattr(entrant, field, kept[field])
    for field in ENTRANT_TIMES:
        setattr(entrant, field, parse_datetime(kept[field] or ""))
    check_name_is_free(tournament, parse_name(entrant.name))
    if entrant.status == EntryStatus.ENTERED and places_left(tournament) < 1:
        entrant.status = EntryStatus.WAITING
    order = list(tournament.entrants.all())
    last = max((other.seed for other in order), default=0)
    place = sum(other.seed < entrant.seed for other in order)
    entrant.seed = last + 1
    entrant.save(force_insert=True)
    for member in kept["members"]:
        Member.objects.create(
            entrant=entrant,
            name=member["name"],
            player_id=_player(member["player"]),
            is_captain=member["is_captain"],
        )
    order.insert(place, entrant)
    number_seeds(tournament, order)
    announce(tournament, entrant, CHANGE_OF.get(EntryStatus(entrant.status), EntryChange.DECLINED))
    return ""


def _player(raw: str | None) -> UUID | None:
    """The player of a kept entry, if he is still there."""
    return Player.objects.filter(pk=raw).values_list("pk", flat=True).first() if raw else None


def undo_status(tournament: Tournament, data: dict[str, Any]) -> str:
    """An entry stands as it did before it was admitted or declined."""
    check_before_start(tournament)
    entrant = entrant_of(tournament, data["entrant"])
    before = EntryStatus(data["before"])
    if before == EntryStatus.ENTERED and places_left(tournament) < 1:
        before = EntryStatus.WAITING
    entrant.status = before
    entrant.save(update_fields=("status",))
    fill_places(tournament)
    return ""


def undo_renamed(tournament: Tournament, data: dict[str, Any]) -> str:
    """The entrant has its former name."""
    entrant = entrant_of(tournament, data["entrant"])
    name = parse_name(data["before"])
    check_name_is_free(tournament, name, but=entrant)
    seats = seats_of(entrant).filter(name=entrant.name)
    entrant.name, entrant.name_key = name.display, name.name_key
    entrant.save(update_fields=("name", "name_key"))
    seats.update(name=entrant.name)
    announce(tournament, entrant, EntryChange.RENAMED)
    return ""


def undo_replaced(tournament: Tournament, data: dict[str, Any]) -> str:
    """The first entrant has the place again, and its open matches."""
    entrant, before = entrant_of(tournament, data["entrant"]), data["before"]
    check_name_is_free(tournament, parse_name(before["name"]), but=entrant)
    for field in ("name", "name_key", "rating", "club", "region"):
        setattr(entrant, field, before[field])
    entrant.player_id = _player(before["player"])
    entrant.save()
    open_seats(entrant).update(name=entrant.name, player=entrant.player_id)
    announce(tournament, entrant, EntryChange.RENAMED)
    return ""


def undo_seeds(tournament: Tournament, data: dict[str, Any]) -> str:
    """The former order, and the draw made again if there is one."""
    started = not tournament.is_before_start
    if started:
        check_can_redraw(tournament)
    rows = {entrant.pk: entrant for entrant in tournament.entrants.all()}
    number_seeds(tournament, [rows[pk] for pk in data["order"] if pk in rows])
    if started:
        tournament.seeding = Seeding.GIVEN  # just so, not as it was once drawn
        redraw(tournament)
    tournament.seeding, tournament.lot = data["seeding"], data["lot"]
    tournament.save(update_fields=("seeding", "lot"))
    return ""


def undo_station(tournament: Tournament, data: dict[str, Any]) -> str:
    """The match is at its former station, or at none."""
    pairing = Pairing.objects.filter(
        pk=data["pairing"], group__stage__tournament=tournament, state=PairingState.READY
    ).first()
    if pairing is None:
        raise Conflict("This match has been played since then.", code="too_late")
    place_at(tournament, pairing, data["before"])
    stations_changed.send(sender=Pairing, tournament=tournament, pairings=[pairing])
    return ""


def undo_settings(tournament: Tournament, data: dict[str, Any]) -> str:
    """The former settings."""
    before = dict(data["before"])
    check_in_time(tournament, before)
    if before.get("starts_at"):
        before["starts_at"] = parse_datetime(before["starts_at"])
    if "rated_in" in before:
        before["rated_in"] = Pool.objects.filter(pk=before["rated_in"]).first()
    for field, value in before.items():
        setattr(tournament, field, value)
    tournament.save(update_fields=tuple(before))
    return ""


UNDO |= {
    "day": undo_day,
    "check_in": undo_check,
    "entered": undo_entered,
    "removed": undo_removed,
    "status": undo_status,
    "renamed": undo_renamed,
    "replaced": undo_replaced,
    "seeds": undo_seeds,
    "station": undo_station,
    "settings": undo_settings,
}
