"""How it stands: the tables of each stage and group, and the places in a bracket."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from msgspec import Meta

from lib.schemas import Schema

from . import schemas
from .api_setup import ONE, Router
from .tournaments import tournament_of

router = Router("Tournaments")


class StandingsQuery(Schema):
    """As of when the standings are asked for."""

    after_round: Annotated[int, Meta(ge=1, le=1000)] | None = None


@router.route("GET", f"{ONE}/standings", for_all=True)
def show_standings(
    request: HttpRequest, tournament_id: UUID, query: StandingsQuery
) -> schemas.Standings:
    """The standings by stage and group; `after_round` looks back at tables.

    Each value of a tie-break comes with the words that reproduce it. In a bracket, `rank` and
    `shared_by` are the places that somebody holds or, while not `settled`, can still reach.
    """
    stages = tournament_of(tournament_id).stages.prefetch_related("groups")
    found = [schemas.StageStandings.after(stage, query.after_round) for stage in stages]
    return schemas.Standings(found)
