"""How it stands: the tables of each stage and group, and the places in a bracket."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import to_builtins
from pydantic import Field

from lib.http import json_response
from lib.schemas import Json
from tournaments.engine.standings import TieBreak
from tournaments.models import Contender, Group, Stage
from tournaments.schemas import StageBrief
from tournaments.storage.tables import (
    BracketPlace,
    Standing,
    bracket_places,
    group_standings,
    tie_breaks_of,
)

from . import schemas
from .api_setup import FOR_ALL, Router
from .tournaments import ONE, tournament_of

router = Router(tags=["Tournaments"])

RoundNumber = Annotated[int, Field(ge=1, le=1000)]


@router.get(f"{ONE}/standings", response=schemas.found(schemas.Standings), openapi_extra=FOR_ALL)
def show_standings(
    request: HttpRequest, tournament_id: UUID, after_round: RoundNumber | None = None
) -> HttpResponse:
    """The standings by stage and group; `after_round` looks back at tables.

    Each value of a tie-break comes with the words that reproduce it. In a bracket, `rank` and
    `shared_by` are the places that somebody holds or, while not `settled`, can still reach.
    """
    stages = tournament_of(tournament_id).stages.prefetch_related("groups")
    return json_response({"stages": [_stage(stage, after_round) for stage in stages]})


def _stage(stage: Stage, after_round: int | None) -> Json:
    breaks = () if stage.is_elimination else tie_breaks_of(stage)
    groups = [_group(stage, group, breaks, after_round) for group in stage.groups.all()]
    brief: Json = to_builtins(StageBrief.of(stage))
    return brief | {
        "tie_breaks": [_tie_break(one) for one in breaks],
        "groups": groups,
    }


def _tie_break(one: TieBreak) -> Json:
    return {"name": one.name.lower(), "title": one.title, "definition": one.definition}


def _group(
    stage: Stage, group: Group, breaks: tuple[TieBreak, ...], after_round: int | None
) -> Json:
    group.stage = stage
    if stage.is_elimination:
        lines = [_place(place) for place in bracket_places(group)]
    else:
        rows = group_standings(group, after_round=after_round)
        lines = [_standing(row, breaks) for row in rows]
    return {"number": group.number, "name": group.name, "standings": lines}


def _place(place: BracketPlace) -> Json:
    return _who(place.contender) | {
        "rank": place.first,
        "shared_by": place.last - place.first + 1,
        "settled": place.settled,
        "values": [],
    }


def _standing(row: Standing, breaks: tuple[TieBreak, ...]) -> Json:
    values = zip(breaks, row.values, strict=True)
    return _who(row.contender) | {
        "rank": row.rank,
        "shared_by": row.shared_by,
        "played": row.played,
        "won": row.won,
        "drawn": row.drawn,
        "lost": row.lost,
        "values": [
            {"name": one.name.lower(), "value": str(value), "words": value.words}
            for one, value in values
        ],
    }


def _who(contender: Contender) -> Json:
    entrant = contender.entrant
    return {"entrant": entrant.pk, "name": entrant.name, "seed": contender.seed}
