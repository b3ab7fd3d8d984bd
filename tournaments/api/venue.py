"""The day: stations, which matches are called to them, and judges."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from msgspec import UNSET

from lib.schemas import timestamp
from tournaments.order_of_play import estimated_starts
from tournaments.revisions import slot_if_large
from tournaments.services.venue.judges import add_judge, remove_judge, set_judge_station
from tournaments.services.venue.stations import (
    add_stations,
    assign_next,
    assign_station,
    free_station,
    remove_station,
    rename_station,
)

from . import schemas
from .api_setup import ONE, REFUSALS, Router, organised
from .bodies import JudgeBody, NameBody, StationBody, StationsBody
from .idempotency import created, once_in_one
from .tournaments import tournament_of

router = Router("The day")
STATIONS, JUDGES = f"{ONE}/stations", f"{ONE}/judges"


@router.route("GET", STATIONS, for_all=True)
def list_stations(request: HttpRequest, tournament_id: UUID) -> schemas.Stations:
    """The stations, and which match each has."""
    rows = list(tournament_of(tournament_id).stations.all())
    return schemas.Stations(schemas.Station.listed(rows))


@router.route("POST", STATIONS, status=201, once=once_in_one)
def new_stations(
    request: HttpRequest, tournament_id: UUID, body: StationsBody
) -> schemas.ChangedStations:
    """Add stations: tables, courts or consoles, by their names."""
    rows = add_stations(**organised(request, tournament_id), names=body.names)
    return schemas.ChangedStations("Added", schemas.Station.listed(rows))


@router.route("POST", f"{STATIONS}/next", once=once_in_one)
def call_next_matches(request: HttpRequest, tournament_id: UUID) -> schemas.Called:
    """Call the next matches, in the order of play, to the stations that are free."""
    called = assign_next(**organised(request, tournament_id))
    return schemas.Called("Called", schemas.Match.listed(called))


@router.route("PATCH", f"{STATIONS}/<int:station_id>")
def name_station(
    request: HttpRequest, tournament_id: UUID, station_id: int, body: NameBody
) -> schemas.OneStation:
    """Give a station another name."""
    who = organised(request, tournament_id)
    station = rename_station(**who, station_id=station_id, name=body.name)
    return schemas.OneStation("Renamed", schemas.Station.of(station))


@router.route("DELETE", f"{STATIONS}/<int:station_id>")
def drop_station(
    request: HttpRequest, tournament_id: UUID, station_id: int
) -> schemas.Confirmation:
    """Take a station away that is free and has no judge of its own."""
    remove_station(**organised(request, tournament_id), station_id=station_id)
    return schemas.Confirmation("Removed", "The station is gone.")


@router.route("POST", f"{ONE}/matches/<uuid:match_id>/station", once=once_in_one)
def call_match(
    request: HttpRequest, tournament_id: UUID, match_id: UUID, body: StationBody
) -> schemas.Entered:
    """Call a match that can be played to a station, or free its station with null."""
    who = organised(request, tournament_id)
    if body.station is None:
        pairing = free_station(**who, pairing_id=match_id)
    else:
        pairing = assign_station(**who, pairing_id=match_id, station_id=body.station)
    return schemas.Entered.of("Called", pairing)


@router.route("GET", f"{ONE}/schedule", for_all=True)
def show_schedule(request: HttpRequest, tournament_id: UUID) -> schemas.Schedule:
    """About when each open match begins, by its id; estimated anew each minute."""
    found = tournament_of(tournament_id)
    minute = timezone.now().replace(second=0, microsecond=0)  # the same answer until the next
    with slot_if_large(found, request.META.get("REMOTE_ADDR")):
        starts = estimated_starts(found, now=minute)
    return schemas.Schedule({pairing_id: timestamp(at) for pairing_id, at in starts.items()})


@router.route("GET", JUDGES)
def list_judges(request: HttpRequest, tournament_id: UUID) -> schemas.Judges:
    """The judges and their stations; for the organiser."""
    organised(request, tournament_id)
    rows = tournament_of(tournament_id).judges.select_related("station")
    return schemas.Judges([schemas.Judge.of(row) for row in rows])


@router.route("POST", JUDGES, status=201, returns=schemas.NewJudge, refusals=(*REFUSALS, 422))
def new_judge(request: HttpRequest, tournament_id: UUID, body: JudgeBody) -> HttpResponse:
    """Make somebody a judge; the token is shown this once. Takes an Idempotency-Key."""
    who = organised(request, tournament_id)

    def make() -> schemas.NewJudge:
        new = add_judge(**who, name=body.name, is_player=body.is_player, station_id=body.station)
        return schemas.NewJudge("Added", schemas.Judge.of(new.judge), new.token or UNSET)

    return created(request, make)


@router.route("PATCH", f"{JUDGES}/<int:judge_id>")
def place_judge(
    request: HttpRequest, tournament_id: UUID, judge_id: int, body: StationBody
) -> schemas.OneJudge:
    """Limit a judge to a station, or with null to none."""
    who = organised(request, tournament_id)
    judge = set_judge_station(**who, judge_id=judge_id, station_id=body.station)
    return schemas.OneJudge("Changed", schemas.Judge.of(judge))


@router.route("DELETE", f"{JUDGES}/<int:judge_id>")
def drop_judge(request: HttpRequest, tournament_id: UUID, judge_id: int) -> schemas.Confirmation:
    """Take a judge's rights away; what the judge has entered stays."""
    remove_judge(**organised(request, tournament_id), judge_id=judge_id)
    return schemas.Confirmation("Removed", "The judge is gone.")
