"""Tournaments: listed, one whole, its settings and stages."""

from collections.abc import Callable, Collection
from typing import Annotated, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from lib.errors import NotFound
from lib.http import json_bytes, sent_fields
from lib.schemas import Schema
from matchmaking.models import Pool
from tournaments.models import Tournament, TournamentState
from tournaments.revisions import KeptReads
from tournaments.selectors import listed_tournaments
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages

from . import schemas
from .api_setup import ONE, Router, organised
from .bodies import SettingsBody, StagesBody, plans

router = Router("Tournaments")

Size = Annotated[int, Meta(ge=1, le=200)]


class TournamentsQuery(Schema):
    """Which part of the list is asked for."""

    state: TournamentState | None = None
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    size: Size = 50


@router.route("GET", "api/tournaments", for_all=True)
def list_tournaments(request: HttpRequest, query: TournamentsQuery) -> schemas.Listed:
    """All tournaments, the newest first; perhaps only those of one `state`."""
    found = listed_tournaments()
    if query.state is not None:
        found = found.filter(state=query.state)
    shown = Paginator(found, query.size).get_page(query.page)
    return schemas.Listed(
        tournaments=[schemas.Line.of(one) for one in shown.object_list],
        page=shown.number,
        pages=shown.paginator.num_pages,
        total=shown.paginator.count,
    )


@router.route("GET", ONE, returns=schemas.Tournament, for_all=True)
def show_tournament(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """A whole tournament: stages, their groups, rounds and matches."""
    found = tournament_of(tournament_id)
    rated_in = found.rated_in and found.rated_in.slug

    def made() -> bytes:
        return json_bytes(schemas.whole_tournament(tournament_id))

    return kept_file(request, found, ("whole", rated_in), made, kind="application/json")


@router.route("PATCH", ONE)
def change_tournament(
    request: HttpRequest, tournament_id: UUID, body: SettingsBody
) -> schemas.Tournament:
    """Change settings; what is left out stays. Most can be changed only before the start."""
    who = organised(request, tournament_id)
    change_settings(**who, changes=changes_of(body, sent_fields(request)))
    return schemas.whole_tournament(tournament_id)


@router.route("PUT", f"{ONE}/stages")
def plan_stages(request: HttpRequest, tournament_id: UUID, body: StagesBody) -> schemas.Tournament:
    """Plan the stages of a tournament that has not started, in place of those it had."""
    set_stages(**organised(request, tournament_id), stages=plans(body.stages))
    return schemas.whole_tournament(tournament_id)


def changes_of(body: SettingsBody, names: Collection[str]) -> dict[str, Any]:
    """These settings, as the service takes them."""
    changes: dict[str, Any] = {name: getattr(body, name) for name in names}
    if changes.get("rated_in") is not None:
        changes["rated_in"] = _pool(changes["rated_in"])
    return changes


def _pool(slug: str) -> Pool:
    pool = Pool.objects.filter(slug=slug[:100]).first() if slug.isprintable() else None
    if pool is None:
        raise NotFound("There is no such pool: `rated_in` is its short name.", code="unknown_pool")
    return pool


_kept = KeptReads[bytes](size=len)


def kept_file(
    request: HttpRequest,
    tournament: Tournament,
    variant: tuple[object, ...],
    make: Callable[[], bytes],
    *,
    kind: str,
) -> HttpResponse:
    """An answer that is made once for each revision of a tournament; raises `Overloaded`."""
    content = _kept.get(tournament, variant, make, request.META.get("REMOTE_ADDR"))
    return HttpResponse(content, content_type=kind)


def tournament_of(tournament_id: UUID) -> Tournament:
    """A tournament; raises `NotFound`."""
    found = Tournament.objects.filter(pk=tournament_id).first()
    if found is None:
        raise NotFound("There is no such tournament.")
    return found
