"""The day: stations, which matches are called to them, and judges."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib.http import json_response
from lib.schemas import Json, timestamp
from tournaments.models import Judge, Station
from tournaments.order_of_play import estimated_starts
from tournaments.schemas import Match
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
from .api_setup import FOR_ALL, Router, organiser
from .bodies import JudgeBody, NameBody, StationBody, StationsBody
from .idempotency import created
from .tournaments import ONE, tournament_of

router = Router(tags=["The day"])
STATIONS, JUDGES = f"{ONE}/stations", f"{ONE}/judges"


@router.get(STATIONS, response=schemas.found(schemas.Stations), openapi_extra=FOR_ALL)
def list_stations(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """The stations, and which match each has."""
    rows = tournament_of(tournament_id).stations.all()
    return json_response({"stations": [_station_answer(station) for station in rows]})


def _station_answer(station: Station) -> Json:
    pairing = station.pairings.filter(state="ready").first()
    return {
        "id": station.pk,
        "number": station.number,
        "name": station.name,
        "match": str(pairing.match_id) if pairing else None,
    }


@router.post(STATIONS, response={201: schemas.ChangedStations} | schemas.found_errors())
def new_stations(request: HttpRequest, tournament_id: UUID, body: StationsBody) -> HttpResponse:
    """Add stations: tables, courts or consoles, by their names."""
    actor = organiser(request, tournament_id)
    rows = add_stations(tournament_id=tournament_id, names=body.names, actor=actor)
    answers = [_station_answer(station) for station in rows]
    return json_response({"status": "Added", "stations": answers}, status=201)


@router.post(f"{STATIONS}/next", response=schemas.found(schemas.Called))
def call_next_matches(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Call the next matches, in the order of play, to the stations that are free."""
    actor = organiser(request, tournament_id)
    called = assign_next(tournament_id=tournament_id, actor=actor)
    answers = Match.listed(called)
    return json_response({"status": "Called", "matches": answers})


@router.patch(f"{STATIONS}/{{int:station_id}}", response=schemas.found(schemas.OneStation))
def name_station(
    request: HttpRequest, tournament_id: UUID, station_id: int, body: NameBody
) -> HttpResponse:
    """Give a station another name."""
    actor = organiser(request, tournament_id)
    station = rename_station(
        tournament_id=tournament_id, station_id=station_id, name=body.name, actor=actor
    )
    return json_response({"status": "Renamed", "station": _station_answer(station)})


@router.delete(f"{STATIONS}/{{int:station_id}}", response=schemas.found(schemas.Confirmation))
def drop_station(request: HttpRequest, tournament_id: UUID, station_id: int) -> HttpResponse:
    """Take a station away that is free and has no judge of its own."""
    actor = organiser(request, tournament_id)
    remove_station(tournament_id=tournament_id, station_id=station_id, actor=actor)
    return json_response({"status": "Removed", "message": "The station is gone."})


@router.post(f"{ONE}/matches/{{uuid:match_id}}/station", response=schemas.found(schemas.Entered))
def call_match(
    request: HttpRequest, tournament_id: UUID, match_id: UUID, body: StationBody
) -> HttpResponse:
    """Call a match that can be played to a station, or free its station with null."""
    actor = organiser(request, tournament_id)
    if body.station is None:
        pairing = free_station(tournament_id=tournament_id, pairing_id=match_id, actor=actor)
    else:
        pairing = assign_station(
            tournament_id=tournament_id,
            pairing_id=match_id,
            station_id=body.station,
            actor=actor,
        )
    return json_response({"status": "Called", "match": Match.listed([pairing])[0]})


@router.get(f"{ONE}/schedule", response=schemas.found(schemas.Schedule), openapi_extra=FOR_ALL)
def show_schedule(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """About when each open match begins, by its id; estimated anew each time."""
    starts = estimated_starts(tournament_of(tournament_id), now=timezone.now())
    return json_response({"starts": {str(pk): timestamp(at) for pk, at in starts.items()}})


@router.get(JUDGES, response=schemas.found(schemas.Judges))
def list_judges(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """The judges and their stations; for the organiser."""
    organiser(request, tournament_id)
    rows = tournament_of(tournament_id).judges.select_related("station")
    return json_response({"judges": [_judge_answer(judge) for judge in rows]})


def _judge_answer(judge: Judge) -> Json:
    return {
        "id": judge.pk,
        "name": judge.name,
        "player": str(judge.player_id) if judge.player_id else None,
        "station": judge.station_id,
    }


@router.post(JUDGES, response={201: schemas.NewJudge} | schemas.found_errors(422))
def new_judge(request: HttpRequest, tournament_id: UUID, body: JudgeBody) -> HttpResponse:
    """Make somebody a judge; the token is shown this once. Takes an Idempotency-Key."""
    actor = organiser(request, tournament_id)

    def make() -> Json:
        new = add_judge(
            tournament_id=tournament_id,
            name=body.name,
            actor=actor,
            is_player=body.is_player,
            station_id=body.station,
        )
        answer = {"status": "Added", "judge": _judge_answer(new.judge)}
        return answer | ({"token": new.token} if new.token else {})

    return created(request, make)


@router.patch(f"{JUDGES}/{{int:judge_id}}", response=schemas.found(schemas.OneJudge))
def place_judge(
    request: HttpRequest, tournament_id: UUID, judge_id: int, body: StationBody
) -> HttpResponse:
    """Limit a judge to a station, or with null to none."""
    actor = organiser(request, tournament_id)
    judge = set_judge_station(
        tournament_id=tournament_id, judge_id=judge_id, station_id=body.station, actor=actor
    )
    return json_response({"status": "Changed", "judge": _judge_answer(judge)})


@router.delete(f"{JUDGES}/{{int:judge_id}}", response=schemas.found(schemas.Confirmation))
def drop_judge(request: HttpRequest, tournament_id: UUID, judge_id: int) -> HttpResponse:
    """Take a judge's rights away; what the judge has entered stays."""
    actor = organiser(request, tournament_id)
    remove_judge(tournament_id=tournament_id, judge_id=judge_id, actor=actor)
    return json_response({"status": "Removed", "message": "The judge is gone."})
