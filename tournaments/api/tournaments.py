"""Tournaments: listed, one whole, its settings and stages."""

from typing import Annotated, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from msgspec import to_builtins
from pydantic import Field

from lib.errors import NotFound
from lib.http import json_response
from lib.schemas import Json, timestamp
from matchmaking.models import Pool
from tournaments import models
from tournaments.models import TournamentState
from tournaments.schemas import Brief, whole_tournament
from tournaments.selectors import listed_tournaments
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages

from . import schemas
from .api_setup import FOR_ALL, Router, organiser
from .bodies import SettingsBody, StagesBody

router = Router(tags=["Tournaments"])
ONE = "/api/tournaments/{uuid:tournament_id}"

Page = Annotated[int, Field(ge=1, le=100_000)]
Size = Annotated[int, Field(ge=1, le=200)]


@router.get("/api/tournaments", response=schemas.found(schemas.Listed), openapi_extra=FOR_ALL)
def list_tournaments(
    request: HttpRequest,
    state: TournamentState | None = None,
    page: Page = 1,
    size: Size = 50,
) -> HttpResponse:
    """All tournaments, the newest first; perhaps only those of one `state`."""
    found = listed_tournaments()
    if state is not None:
        found = found.filter(state=state)
    shown = Paginator(found, size).get_page(page)
    return json_response(
        {
            "tournaments": [_listed(one) for one in shown.object_list],
            "page": shown.number,
            "pages": shown.paginator.num_pages,
            "total": shown.paginator.count,
        }
    )


def _listed(tournament: Any) -> Json:
    brief: Json = to_builtins(Brief.of(tournament))
    return brief | {
        "created_at": timestamp(tournament.created_at),
        "starts_at": tournament.starts_at and timestamp(tournament.starts_at),
        "entrants": tournament.entrant_count,
        "champion": tournament.champion,
    }


@router.get(ONE, response=schemas.found(schemas.Tournament), openapi_extra=FOR_ALL)
def show_tournament(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A whole tournament: stages, their groups, rounds and matches."""
    return json_response(whole_tournament(tournament_id))


@router.patch(ONE, response=schemas.found(schemas.Tournament))
def change_tournament(
    request: HttpRequest, tournament_id: UUID, body: SettingsBody
) -> HttpResponse:
    """Change settings; what is left out stays. Most can be changed only before the start."""
    actor = organiser(request, tournament_id)
    changes = changes_of(body)
    change_settings(tournament_id=tournament_id, actor=actor, changes=changes)
    return json_response(whole_tournament(tournament_id))


@router.put(f"{ONE}/stages", response=schemas.found(schemas.Tournament))
def plan_stages(request: HttpRequest, tournament_id: UUID, body: StagesBody) -> HttpResponse:
    """Plan the stages of a tournament that has not started, in place of those it had."""
    actor = organiser(request, tournament_id)
    set_stages(tournament_id=tournament_id, stages=body.plans(), actor=actor)
    return json_response(whole_tournament(tournament_id))


def changes_of(body: SettingsBody, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The settings that the sender has given."""
    named = (body.model_fields_set & SettingsBody.model_fields.keys()) - but
    changes: dict[str, Any] = {name: getattr(body, name) for name in named}
    if changes.get("rated_in") is not None:
        changes["rated_in"] = _pool(changes["rated_in"])
    return changes


def _pool(slug: str) -> Pool:
    pool = Pool.objects.filter(slug=slug[:100]).first() if slug.isprintable() else None
    if pool is None:
        raise NotFound("There is no such pool: `rated_in` is its short name.", code="unknown_pool")
    return pool


def tournament_of(tournament_id: UUID) -> models.Tournament:
    """A tournament; raises `NotFound`."""
    found = models.Tournament.objects.filter(pk=tournament_id).first()
    if found is None:
        raise NotFound("There is no such tournament.")
    return found
