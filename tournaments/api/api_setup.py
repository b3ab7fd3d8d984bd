"""How the API reads bodies, identifies callers and answers refusals."""

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja import Router as NinjaRouter
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.security.base import AuthBase

from lib.errors import Malformed, Refusal, WrongMethod
from lib.http import check_newcomer, outage_response, read_body, refusal_response
from lib.openapi import Components
from lib.schemas import Json
from matchmaking.callers import Caller, player_of
from matchmaking.identity import caller_of
from matchmaking.models import Player
from tournaments.services.actors import Actor
from tournaments.services.permissions import check_organiser

#: So many wrong fields are named at once; who mends those sees the next.
FAULTS_SHOWN = 3


#: The description of a route for everybody: a token may be sent, and need not.
FOR_ALL: dict[str, Any] = {"security": [{}, {"Sender": []}]}

#: The structs that the routes answer with, for the description.
components = Components()


class Router(NinjaRouter):
    """Routes whose `response` has structs by status; ninja describes pydantic's models only."""

    def api_operation(
        self,
        methods: list[str],
        path: str,
        *,
        response: Any = None,
        openapi_extra: Json | None = None,
        **options: Any,
    ) -> Any:
        """A route; what `openapi_extra` says of a status takes precedence."""
        kinds, extra = response or {200: None}, openapi_extra or {}
        answers = {status: components.response(kind, status) for status, kind in kinds.items()}
        responses = answers | extra.get("responses", {})
        return super().api_operation(
            methods,
            path,
            response=dict.fromkeys(kinds),
            openapi_extra=extra | {"responses": responses},
            **options,
        )


class Sender(AuthBase):
    """Everybody is let in; `request.auth` says who it is, and each operation what they may."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "The token of the tournament, of one of its judges, or of a player. A browser's session "
        "speaks for its player too; its requests carry Django's CSRF token."
    )

    def __call__(self, request: HttpRequest) -> Caller:
        """Read the header or the cookies."""
        return caller_of(request)


class JsonObject(Parser):
    """Bodies are JSON objects, not over-long, with their content type."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Read the body; raises `Malformed`, which ninja wraps."""
        return read_body(request, dict)


def caller(request: HttpRequest) -> Caller:
    """Who sends the request."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]  # set by ninja


def sender(request: HttpRequest) -> Player:
    """The player who sends the request; raises `Unauthenticated` for everybody else."""
    return player_of(caller(request))


def maker(request: HttpRequest) -> Player | None:
    """The player who makes a tournament; nobody may too, and then only the token organises it."""
    if caller(request).is_nobody:
        check_newcomer(request)
        return None
    return sender(request)


def account(request: HttpRequest) -> AbstractBaseUser | AnonymousUser | None:
    """The account of a browser's session; none beside a bearer token, which goes before it."""
    return None if "Authorization" in request.headers else request.user


def organiser(request: HttpRequest, tournament_id: UUID) -> Actor:
    """The organiser, if that is who sends the request; raises a refusal for everybody else."""
    return check_organiser(
        tournament_id=tournament_id, caller=caller(request), user=account(request)
    )


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal_response(error)


def _unfit(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal_response(Malformed(said(error.errors)))


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    cause = error.__cause__
    return refusal_response(cause if isinstance(cause, Refusal) else Malformed(error.message))


def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal_response(Malformed("The body is too large.", code="too_large"))


def _outage(request: HttpRequest, error: Any) -> HttpResponse:
    return outage_response(error)


def _fault(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def said(errors: Sequence[dict[str, Any]]) -> str:
    """What does not fit, with where it stands: `$.players[1]`."""
    faults = list(
        dict.fromkeys(f"{_words(error)} - at `{_place(error['loc'])}`" for error in errors)
    )
    more = len(faults) - FAULTS_SHOWN
    rest = [f"and {more} more"] if more > 0 else []
    where = "address" if errors[0]["loc"][0] in {"query", "path"} else "body"
    return f"The {where} does not fit: {'; '.join([*faults[:FAULTS_SHOWN], *rest])}."


def _words(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "There is no such field"
    return str(error["msg"]).removeprefix("Value error, ").removesuffix(".")


def _place(loc: Sequence[str | int]) -> str:
    """A field as JSON tools write it; in a body, the first two names are ninja's."""
    if loc[0] != "body":
        return str(loc[-1])
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc[2:])


class DescribedAPI(NinjaAPI):
    """An API whose operations are named after their views."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name that generated clients call it by."""
        return operation.view_func.__name__


def make_api(*, title: str, description: str) -> NinjaAPI:
    """An API whose errors are the project's own."""
    api = DescribedAPI(
        title=title,
        description=description,
        urls_namespace="api",
        version="1",
        docs_url=None,
        openapi_url=None,
        auth=Sender(),
        parser=JsonObject(),
    )
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: _refused,
        ValidationError: _unfit,
        HttpError: _http_error,
        RequestDataTooBig: _too_large,
        OperationalError: _outage,
        InterfaceError: _outage,
        Http404: _fault,
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
    return api


def addresses(api: NinjaAPI) -> list[URLPattern]:
    """The API's addresses, with and without a final slash."""
    found: dict[str, URLPattern] = {}
    for pattern in api.urls[0]:
        if not isinstance(pattern, URLPattern) or pattern.name == "api-root":
            continue
        route = str(pattern.pattern)
        if route not in found:
            view = _machine_view(cast(Callable[..., HttpResponseBase], pattern.callback))
            found[route] = path(route, view, name=f"api-{pattern.name}".replace("_", "-"))
            found[f"{route}/"] = path(f"{route}/", view)
    return list(found.values())


def _machine_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view as our middleware protects it: ninja's own is exempt from the check for forgery."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            return refusal_response(
                WrongMethod.of(request.method, sorted(response["Allow"].split(", ")))
            )
        return response

    return answer
