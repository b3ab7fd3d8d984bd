"""Views for programs: a typed function becomes a view, and its types describe it.

    @endpoint("POST", tag="Parties", status=201)
    def new_party(request: HttpRequest, body: PartyBody = PartyBody()) -> PartyEntered:

`body` and `query` are read into their structs; a `body` with a default may be left out. What the
function returns is encoded. One that returns a response itself declares in `returns` what it holds.
`first` is called before anything is read; `also` has other answers by status; `refusals` are the
statuses of refusals, if they are described one by one; `extra` is what else the description says.
A `Guard` looks at each request before its view, but where `is_guarded` is false.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from msgspec import Struct, defstruct, structs

from .errors import Refusal, WrongMethod
from .http import (
    json_response,
    linked,
    outage_response,
    raw_body,
    read_address,
    read_body,
    read_query,
    refusal_response,
    tagged,
    wants_json,
    with_answer_headers,
)
from .schemas import Json, Paged

View = Callable[..., Any]

_FAILURES = (Refusal, DatabaseError)


class Guard(NamedTuple):
    """What sees each request before its view does: `check` asks the database, and may refuse."""

    concerns: Callable[[HttpRequest], bool]
    check: Callable[[HttpRequest], None]


#: Those that the apps have registered.
guards: list[Guard] = []


def _guard(request: HttpRequest) -> None:
    for guard in guards:
        if guard.concerns(request):
            guard.check(request)


async def _guard_async(request: HttpRequest) -> None:
    if any(guard.concerns(request) for guard in guards):
        await database_sync_to_async(_guard, thread_sensitive=False)(request)


@dataclass(frozen=True, slots=True)
class File:
    """What a view returns that answers with a file: its media type, and what the file holds."""

    type: str
    schema: Json = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does at an address, as the types of its view say.

    HEAD goes with GET (RFC 9110, section 9.3.2): the server leaves out the body.
    """

    methods: tuple[str, ...]
    tag: str
    view: View
    status: int
    returns: Any
    body: Any
    is_body_required: bool
    query: Any
    address: type[Struct]
    first: Callable[[HttpRequest], None] | None = None
    also: dict[int, Any] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    extra: Json = field(default_factory=dict)
    is_guarded: bool = True

    @classmethod
    def of(
        cls,
        view: View,
        methods: tuple[str, ...],
        tag: str,
        status: int,
        returns: Any,
        **more: Any,
    ) -> "Operation":
        """Read the view's signature."""
        signature = inspect.signature(view)
        _, *parameters = signature.parameters.values()
        kinds = {parameter.name: parameter.annotation for parameter in parameters}
        body = signature.parameters.get("body")
        return cls(
            methods=(*methods, "HEAD") if "GET" in methods else methods,
            tag=tag,
            view=view,
            status=status,
            returns=signature.return_annotation if returns is None else returns,
            body=kinds.pop("body", None),
            is_body_required=body is not None and body.default is body.empty,
            query=kinds.pop("query", None),
            address=defstruct("Address", list(kinds.items())),
            **more,
        )

    @property
    def method(self) -> str:
        """The one that is described."""
        return self.methods[0]

    def read(self, request: HttpRequest, parameters: dict[str, Any]) -> dict[str, Any]:
        """The view's arguments; raises `Malformed`."""
        if request.method not in self.methods:
            raise WrongMethod.of(request.method, self.methods)
        if self.first is not None:
            self.first(request)
        parameters = structs.asdict(read_address(parameters, self.address))
        if self.body is not None and (self.is_body_required or raw_body(request)):
            parameters["body"] = read_body(request, self.body)
        if self.query is not None:
            parameters["query"] = read_query(request, self.query)
        return parameters

    def response(self, request: HttpRequest, answer: Any) -> HttpResponseBase:
        """What the view returned, as a response; that of a read has a tag."""
        is_made = isinstance(answer, HttpResponseBase)
        response = answer if is_made else json_response(answer, status=self.status)
        if self.method != "GET" or not isinstance(response, HttpResponse):
            return response
        if isinstance(answer, Paged):
            linked(request, response, answer.next)
        return tagged(request, response)


def endpoint(
    *methods: str, tag: str, status: int = 200, returns: Any = None, **more: Any
) -> Callable[[View], View]:
    """Make a view out of a function, plain or async; refusals and outages become JSON responses."""

    def decorate(view: View) -> View:
        operation = Operation.of(view, methods, tag, status, returns, **more)

        def respond(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
            try:
                if operation.is_guarded:
                    _guard(request)
                answer = operation.response(
                    request, view(request, **operation.read(request, parameters))
                )
            except _FAILURES as failure:
                answer = _failed(failure)
            return with_answer_headers(request, answer)

        async def respond_async(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
            try:
                if operation.is_guarded:
                    await _guard_async(request)
                arguments = operation.read(request, parameters)
                answer = operation.response(request, await view(request, **arguments))
            except _FAILURES as failure:
                answer = _failed(failure)
            return with_answer_headers(request, answer)

        is_async = iscoroutinefunction(view)
        return _described(wraps(view)(respond_async if is_async else respond), (operation,))

    return decorate


def _failed(failure: Exception) -> HttpResponseBase:
    if isinstance(failure, Refusal):
        return refusal_response(failure)
    return outage_response(failure)


def by_method(*views: View) -> View:
    """One address for several endpoints, each with a method of its own."""
    operations = tuple(operation for view in views for operation in operations_of(view))
    table = {m: view for view in views for one in operations_of(view) for m in one.methods}

    def chosen(request: HttpRequest) -> View:
        return table.get(request.method or "", partial(_wrong_method, allowed=table))

    @wraps(views[0])
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        response: HttpResponseBase = chosen(request)(request, **parameters)
        return response

    @wraps(views[0])
    async def answer_async(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        view = chosen(request)
        if not iscoroutinefunction(view):
            view = database_sync_to_async(view, thread_sensitive=False)
        response: HttpResponseBase = await view(request, **parameters)
        return response

    is_async = any(map(iscoroutinefunction, views))
    return _described(answer_async if is_async else answer, operations)


def _wrong_method(request: HttpRequest, *, allowed: Iterable[str], **_: Any) -> HttpResponseBase:
    return refusal_response(WrongMethod.of(request.method, allowed))


def page_or_json(page: View, view: View) -> View:
    """A page for people and JSON for programs at one address."""

    @wraps(view)
    def answer(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        shows_page = request.method in {"GET", "HEAD"} and not wants_json(request)
        response: HttpResponseBase = (page if shows_page else view)(request, **parameters)
        return response

    return _described(answer, operations_of(view))


@csrf_exempt
async def socket_only(request: HttpRequest) -> HttpResponse:
    """The answer to a plain request on a socket's address."""
    return HttpResponse("WebSocket endpoint only", content_type="text/plain", status=400)


def described_by(view: View) -> Callable[[View], View]:
    """Describe a view that does more than serve programs by the endpoint that it leads to."""
    return lambda other: _described(other, operations_of(view))


def operations_of(view: View) -> tuple[Operation, ...]:
    """What a view does for programs; nothing for a page."""
    return getattr(view, "operations", ())


def _described(view: View, operations: tuple[Operation, ...]) -> View:
    view.operations = operations  # type: ignore[attr-defined]
    return view
