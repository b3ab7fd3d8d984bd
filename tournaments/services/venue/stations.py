"""Stations (tables, courts or consoles), assigned to matches that can be played."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from lib.errors import Conflict, NotFound, Refusal
from tournaments.models import Pairing, PairingState, Station, Tournament
from tournaments.order_of_play import ready_in_order
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.guards import check_not_over, row_of
from tournaments.services.locking import check_runs, lock_tournament
from tournaments.services.undoable import StationSet, Undoable
from tournaments.signals import stations_changed

STATIONS_MAX = 200
NAME_MAX_CHARS = 40


@transaction.atomic
def add_stations(*, tournament_id: UUID, names: Sequence[str], actor: Actor) -> list[Station]:
    """Add stations after those there are; raises `Conflict` for a name that is taken."""
    tournament = lock_tournament(tournament_id, check_not_over)
    parsed = [parse_station_name(name) for name in names]
    if not parsed:
        raise Refusal("Paste at least one name, one a line.")
    if tournament.stations.count() + len(parsed) > STATIONS_MAX:
        raise Conflict(f"A tournament has at most {STATIONS_MAX} stations.", code="list_full")
    for place, name in enumerate(parsed):
        _check_free(tournament, name, others=parsed[:place])
    last = tournament.stations.aggregate(last=Max("number"))["last"] or 0
    stations = Station.objects.bulk_create(
        Station(tournament=tournament, number=number, name=name)
        for number, name in enumerate(parsed, start=last + 1)
    )
    _record(tournament, actor, "added " + ", ".join(parsed))
    return stations


def parse_station_name(raw: str) -> str:
    """A station's name, 1 to 40 printable characters; raises `Refusal`."""
    name = " ".join(raw.split())
    if not name or len(name) > NAME_MAX_CHARS or not name.isprintable():
        raise Refusal(
            f"A name has 1 to {NAME_MAX_CHARS} characters, all of them printable.", code="bad_name"
        )
    return name


def _check_free(
    tournament: Tournament, name: str, *, others: Iterable[str] = (), but: Station | None = None
) -> None:
    taken = tournament.stations.filter(name=name).exclude(pk__in=[but.pk] if but else [])
    if name in others or taken.exists():
        raise Conflict(f"There is already a station {name!r}.", code="name_taken")


@transaction.atomic
def rename_station(*, tournament_id: UUID, station_id: int, name: str, actor: Actor) -> Station:
    """Rename a station."""
    tournament = lock_tournament(tournament_id, check_not_over)
    station = row_of(tournament.stations, station_id, "station")
    before, parsed = station.name, parse_station_name(name)
    _check_free(tournament, parsed, but=station)
    station.change(name=parsed)
    _record(tournament, actor, f"renamed {before} to {station}")
    return station


@transaction.atomic
def remove_station(*, tournament_id: UUID, station_id: int, actor: Actor) -> None:
    """Remove a station that is free and has no judge of its own."""
    tournament = lock_tournament(tournament_id, check_not_over)
    station = row_of(tournament.stations, station_id, "station")
    _check_not_taken(station)
    if judge := station.judges.first():
        raise Conflict(f"{judge} is its judge. Remove the judge first.", code="station_taken")
    station.delete()
    _record(tournament, actor, f"removed {station}")


@transaction.atomic
def assign_station(
    *, tournament_id: UUID, pairing_id: UUID, station_id: int, actor: Actor
) -> Pairing:
    """Call a match to a station; raises `Conflict` while either is taken."""
    tournament = lock_tournament(tournament_id, check_runs)
    station = row_of(tournament.stations, station_id, "station")
    pairing = _ready_pairing(tournament, pairing_id)
    if pairing.station_id == station.pk:
        return pairing
    _check_not_taken(station)
    busy = _busy(tournament, but=pairing)
    for entrant in pairing.both:
        if entrant.pk in busy:
            raise Conflict(f"{entrant} still plays at {busy[entrant.pk]}.", code="entrant_busy")
    undo = StationSet(pairing=pairing.pk, before=pairing.station_id)
    _call(pairing, station)
    _record(tournament, actor, f"called {pairing.title} to {station}", undo)
    stations_changed.send(sender=Pairing, tournament=tournament, pairings=[pairing])
    return pairing


@transaction.atomic
def free_station(*, tournament_id: UUID, pairing_id: UUID, actor: Actor) -> Pairing:
    """Free a match's station; the match waits to be called again."""
    tournament = lock_tournament(tournament_id, check_runs)
    pairing = _ready_pairing(tournament, pairing_id)
    if pairing.station is None:
        raise Conflict("This match has no station.", code="no_station")
    text = f"freed {pairing.station} of {pairing.title}"
    undo = StationSet(pairing=pairing.pk, before=pairing.station_id)
    _call(pairing, None)
    _record(tournament, actor, text, undo)
    stations_changed.send(sender=Pairing, tournament=tournament, pairings=[pairing])
    return pairing


@transaction.atomic
def assign_next(*, tournament_id: UUID, actor: Actor) -> list[Pairing]:
    """Call as many matches as there are free stations, in the order of play."""
    tournament = lock_tournament(tournament_id, check_runs)
    busy = set(_busy(tournament))
    taken = _at_stations(tournament).values("station")
    free = list(tournament.stations.exclude(pk__in=taken).order_by("number"))
    called: list[Pairing] = []
    for pairing in ready_in_order(tournament):
        if not free:
            break
        sides = {pairing.top_id, pairing.bottom_id}
        if pairing.station_id is None and not busy & sides:
            busy |= sides
            _call(pairing, free.pop(0))
            called.append(pairing)
    if called:
        words = ", ".join(f"{pairing.title} to {pairing.station}" for pairing in called)
        _record(tournament, actor, f"called {words}")
        stations_changed.send(sender=Pairing, tournament=tournament, pairings=called)
    return called


def place_at(tournament: Tournament, pairing: Pairing, station_id: int | None) -> None:
    """Put a pairing at a station that must be free, or at none; nothing is recorded."""
    station = station_of(tournament, station_id)
    if station is not None:
        _check_not_taken(station)
    _call(pairing, station)


def call_again(
    tournament: Tournament, pairing: Pairing, station: Station, called_at: datetime | None
) -> None:
    """Put a pairing back where it was played, unless the station or one of its sides is busy."""
    busy = _busy(tournament, but=pairing)
    there = station.pairings.ready().exclude(pk=pairing.pk)
    if not there.exists() and not busy.keys() & {pairing.top_id, pairing.bottom_id}:
        pairing.change(station=station, called_at=called_at)


def _call(pairing: Pairing, station: Station | None) -> None:
    pairing.change(station=station, called_at=timezone.now() if station else None)


def station_of(tournament: Tournament, station_id: int | None) -> Station | None:
    """A station of this tournament, None for none; raises `NotFound`."""
    return None if station_id is None else row_of(tournament.stations, station_id, "station")


def _check_not_taken(station: Station) -> None:
    there = station.pairings.select_related("top", "bottom").ready()
    if pairing := there.first():
        raise Conflict(f"{pairing.title} is played at {station}.", code="station_taken")


def _ready_pairing(tournament: Tournament, pairing_id: UUID) -> Pairing:
    pairing = Pairing.objects.filter(pk=pairing_id).first_in(tournament)
    if pairing is None:
        raise NotFound("There is no such match in this tournament.")
    if pairing.state != PairingState.READY:
        raise Conflict(
            f"This match {pairing.get_state_display()}: only one that can be played has a station.",
            code="not_ready",
        )
    return pairing


def _at_stations(tournament: Tournament) -> QuerySet[Pairing]:
    return Pairing.objects.of(tournament).ready().filter(station__isnull=False)


def _busy(tournament: Tournament, but: Pairing | None = None) -> dict[int | None, str]:
    """The stations of entrants that play now: names of stations by ids of entrants."""
    playing = _at_stations(tournament).select_related("station")
    return {
        entrant: str(pairing.station)
        for pairing in playing
        if but is None or pairing.pk != but.pk
        for entrant in (pairing.top_id, pairing.bottom_id)
    }


def _record(tournament: Tournament, actor: Actor, text: str, undo: Undoable | None = None) -> None:
    audit_log.record(tournament, actor, "station", text, undo=undo)
