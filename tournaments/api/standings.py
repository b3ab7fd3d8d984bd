"""How it stands: the tables of each stage and group, and the places in a bracket."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from lib.http import json_bytes
from lib.schemas import Schema
from tournaments.storage.final_places import final_places

from . import schemas
from .api_setup import ONE, Router
from .tournaments import kept_file, tournament_of

router = Router("Tournaments")


class StandingsQuery(Schema):
    """As of when the standings are asked for."""

    after_round: Annotated[int, Meta(ge=1, le=1000)] | None = None


@router.route("GET", f"{ONE}/standings", returns=schemas.Standings, for_all=True)
def show_standings(
    request: HttpRequest, tournament_id: UUID, query: StandingsQuery
) -> HttpResponse:
    """The standings by stage and group; `after_round` looks back at tables.

    Each value of a tie-break comes with the words that reproduce it. In a bracket, `rank` and
    `shared_by` are the places that somebody holds or, while not `settled`, can still reach.
    `places` are the final ones over all stages, once the tournament is over.
    """
    found, after = tournament_of(tournament_id), query.after_round

    def made() -> bytes:
        stages = found.stages.prefetch_related("groups")
        shown = [schemas.StageStandings.after(stage, after) for stage in stages]
        places = [schemas.FinalPlace.of(place) for place in final_places(found)]
        return json_bytes(schemas.Standings(shown, places))

    return kept_file(request, found, ("standings", after), made, kind="application/json")
