"""Tournaments: listed, one whole, its settings and stages."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from lib.database.paging import Order, PageQuery, page_of
from lib.errors import NotFound
from lib.http import etag_of, is_known, json_bytes, not_modified, sent_fields
from matchmaking.models import Pool
from service_keys.models import ServiceKey
from tournaments.models import Tournament, TournamentState
from tournaments.revisions import KeptReads
from tournaments.selectors import listed_tournaments
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import set_stages

from . import schemas
from .api_setup import ONE, Router, organised
from .bodies import SettingsBody, StagesBody, plans

router = Router("Tournaments")

_ORDERS: dict[str, Order] = {
    "created": (("created_at", datetime), ("pk", UUID)),
    "name": (("name", str), ("pk", UUID)),
}


class TournamentsQuery(PageQuery, kw_only=True):
    """Which part of the list is asked for."""

    state: TournamentState | None = None
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    """Which page, instead of a cursor."""
    sort: Literal["-created", "created", "name", "-name"] = "-created"


@router.route("GET", "api/tournaments", for_all=True)
def list_tournaments(request: HttpRequest, query: TournamentsQuery) -> schemas.Listed:
    """All tournaments, the newest first; perhaps only those of one `state`."""
    found = listed_tournaments()
    if query.state is not None:
        found = found.filter(state=query.state)
    pages = Paginator(found, query.size)
    number = pages.get_page(query.page).number
    page = page_of(found, query, _ORDERS, skip=(number - 1) * query.size)
    return schemas.Listed(
        tournaments=[schemas.Line.of(one) for one in page.rows],
        page=number,
        pages=pages.num_pages,
        total=pages.count,
        next=page.next,
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
    if changes.get("game_server") is not None:
        changes["game_server"] = _key(changes["game_server"])
    return changes


def _key(name: str) -> ServiceKey:
    named = ServiceKey.objects.filter(name=name[:100], revoked_at=None)
    key = named.first() if name.isprintable() else None
    if key is None:
        raise NotFound(
            "There is no key of this name: `game_server` names one.", code="unknown_game_server"
        )
    return key


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
    """An answer that is made once for each revision of a tournament; raises `Overloaded`.

    Who has it already is answered without making it.
    """
    etag = etag_of(tournament.pk, tournament.revision, *variant)
    if is_known(request, etag):
        return not_modified(etag)
    content = _kept.get(tournament, variant, make, request.META.get("REMOTE_ADDR"))
    response = HttpResponse(content, content_type=kind)
    response["ETag"] = etag
    return response


def tournament_of(tournament_id: UUID) -> Tournament:
    """A tournament; raises `NotFound`."""
    found = Tournament.objects.filter(pk=tournament_id).first()
    if found is None:
        raise NotFound("There is no such tournament.")
    return found
