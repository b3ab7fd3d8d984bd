"""How the routes of tournaments are made, and who calls them."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar, cast
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.urls import URLPattern, path

from lib.endpoints import by_method, endpoint, operations_of
from lib.errors import Forbidden, Unauthenticated
from lib.http import check_newcomer
from lib.schemas import Json
from matchmaking.callers import Caller, player_of
from matchmaking.identity import browser_player, caller_of
from matchmaking.models import Player
from service_keys.access import bearer_key, check_key
from service_keys.models import Scope
from tournaments.models import Tournament
from tournaments.services.actors import Actor, key_actor
from tournaments.services.permissions import (
    actor_for,
    check_organiser,
    owner_actor,
    under_own_name,
)

View = TypeVar("View", bound=Callable[..., Any])
Once = Callable[[Any, int], Any]

ONE = "api/tournaments/<uuid:tournament_id>"
#: How a route under a tournament refuses; each also because of the body or an outage.
REFUSALS = (400, 401, 403, 404, 409)
_ALWAYS = (413, 415, 431, 503)
IDEMPOTENCY_MISMATCH = 422
#: The description of a route for everybody: a token may be sent, and need not.
_FOR_ALL: list[Json] = [{}, {"Sender": []}]


class Router:
    """Routes about one thing: each is a view at an address, described under its own name."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._views: dict[str, list[Callable[..., Any]]] = defaultdict(list)

    def route(
        self,
        method: str,
        address: str,
        *,
        refusals: tuple[int, ...] = REFUSALS,
        for_all: bool = False,
        extra: Json | None = None,
        once: Once | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """Add a view; `refusals` are the statuses of its own, and `extra` is described beside.

        `once` is how a request with an Idempotency-Key is done once (`idempotency`).
        """
        if once is not None:
            refusals = (*refusals, IDEMPOTENCY_MISMATCH)

        def add(view: View) -> View:
            if once is not None:
                view = once(view, options.get("status", 200))
            described = {"operationId": view.__name__, **(extra or {})}
            if for_all:
                described["security"] = _FOR_ALL
            options.setdefault("tag", self._tag)
            make = endpoint(
                method, first=_identify, refusals=refusals + _ALWAYS, extra=described, **options
            )
            self._views[address].append(make(view))
            return view

        return add

    @property
    def urlpatterns(self) -> list[URLPattern]:
        """The addresses, with and without a final slash, named after their first view."""
        found = []
        for address, views in self._views.items():
            view = by_method(*views)
            name = f"api-{operations_of(view)[0].view.__name__.replace('_', '-')}"
            found += [path(address, view, name=name), path(f"{address}/", view)]
        return found


def _identify(request: HttpRequest) -> None:
    """Everybody is let in, but for a header that is none; each view says what they may."""
    request.caller = caller_of(request)  # type: ignore[attr-defined]


def caller(request: HttpRequest) -> Caller:
    """Who sends the request."""
    return cast(Caller, request.caller)  # type: ignore[attr-defined]


def sender(request: HttpRequest) -> Player:
    """The player who sends the request; raises `Unauthenticated` for everybody else."""
    return player_of(caller(request))


def maker(request: HttpRequest) -> tuple[Player | None, Actor]:
    """The player who makes a tournament, if one does, and who that is in the record.

    Nobody may too, and then only the token organises it; or a key that may run tournaments.
    """
    key = bearer_key(request)
    if key is not None:
        return None, key_actor(check_key(key, Scope.TOURNAMENTS))
    owner = _owner(request)
    return owner, owner_actor(owner, account(request))


def _owner(request: HttpRequest) -> Player | None:
    if caller(request).is_nobody:
        check_newcomer(request)
        return None
    return sender(request)


def account(request: HttpRequest) -> AbstractBaseUser | AnonymousUser | None:
    """The account of a browser's session; none beside a bearer token, which goes before it."""
    return None if "Authorization" in request.headers else request.user


class Organised(TypedDict):
    """A tournament and its organiser, who acts: arguments of a service."""

    tournament_id: UUID
    actor: Actor


def sees_all(request: HttpRequest, tournament: Tournament) -> bool:
    """Whether who asks is the organiser, a judge or staff; a stranger's token is nobody's."""
    try:
        actor_for(tournament=tournament, caller=caller(request), user=account(request))
    except (Forbidden, Unauthenticated):
        return False
    return True


def organised(request: HttpRequest, tournament_id: UUID) -> Organised:
    """The tournament by its organiser, if that is who sends the request; raises for others."""
    actor = check_organiser(
        tournament_id=tournament_id, caller=caller(request), user=account(request)
    )
    return {"tournament_id": tournament_id, "actor": named(request, actor)}


def named(request: HttpRequest, actor: Actor) -> Actor:
    """The actor by their own name, where a browser's session shows it beside the token."""
    return under_own_name(actor, browser_player(request), request.user)
