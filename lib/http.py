"""HTTP for programs: bodies are read, refusals become responses with their status codes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from lib.database.faults import log_outage, outage_of

from . import limits
from .errors import (
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    Outage,
    Overloaded,
    RateLimited,
    Refusal,
    Unauthenticated,
    WrongMethod,
)
from .faults import fault_text
from .limits import Guess
from .schemas import Refused
from .tracing.trace import request_id
from .version import version

Body = TypeVar("Body")
RETRY_AFTER_SECONDS = 2
#: In the ASGI scope of a request for which no thread is kept while its view waits.
THREADLESS = "matchpoint.threadless"

_HEADERS = "_answer_headers"

_STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    WrongMethod: 405,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Overloaded: 503,
    Outage: 503,
    Refusal: 400,
}
_STATUS_BY_CODE = {
    "too_slow": 408,
    "too_large": 413,
    "wrong_type": 415,
    "idempotency_mismatch": 422,
    "rate_limited": 429,
    "headers_too_large": 431,
}
_encoder = msgspec.json.Encoder()


def json_bytes(answer: Any) -> bytes:
    """An answer as JSON."""
    return _encoder.encode(answer)


def json_response(answer: Any, *, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(json_bytes(answer), content_type="application/json", status=status)


def linked(request: HttpRequest, response: HttpResponse, cursor: str | None) -> HttpResponse:
    """A part of a list, with the address of the next part."""
    if cursor is not None:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop("offset", None)
        query["cursor"] = cursor
        response["Link"] = link_to_next(f"{request.path}?{query.urlencode()}")
    return response


def link_to_next(address: str) -> str:
    """The header `Link` that leads to the next part of a list, as RFC 8288 writes it."""
    return f'<{address}>; rel="next"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether who asks has the answer with this tag already."""
    asked = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return asked == ["*"] or etag.removeprefix("W/") in {one.removeprefix("W/") for one in asked}


def not_modified(etag: str) -> HttpResponse:
    """The answer to who has it already."""
    response = HttpResponseNotModified()
    response["ETag"] = etag
    return response


def etag_of(*parts: object) -> str:
    """The tag of what an answer is made of; a new version may write the same otherwise."""
    text = "\0".join(map(str, (version(), *parts)))
    return f'W/"{blake2b(text.encode(), digest_size=12).hexdigest()}"'


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer to a read with its tag, or none of it to who has it already."""
    if response.status_code != 200:
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    return not_modified(response["ETag"]) if is_known(request, response["ETag"]) else response


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    if refusal.code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[refusal.code]
    return next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)


def refusal_response(refusal: Refusal) -> HttpResponse:
    """A refusal as a JSON response."""
    status = status_of(refusal)
    named = request_id() if isinstance(refusal, Outage) else ""
    refused = Refused(refusal.code, refusal.message, named or msgspec.UNSET)
    response = json_response(refused, status=status)
    if status in {429, 503}:
        seconds = refusal.seconds if isinstance(refusal, RateLimited) else RETRY_AFTER_SECONDS
        response["Retry-After"] = str(seconds)
    if isinstance(refusal, WrongMethod):
        response["Allow"] = refusal.allowed
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def add_answer_headers(request: HttpRequest, headers: Mapping[str, str]) -> None:
    """Have the answer carry these headers, be it a refusal."""
    request.__dict__.setdefault(_HEADERS, {}).update(headers)


def with_answer_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with the headers that were added for it."""
    for name, value in request.__dict__.get(_HEADERS, {}).items():
        response[name] = value
    return response


def check_newcomer(request: HttpRequest) -> None:
    """Raise a refusal when an address makes guests or accounts without end."""
    if not limits.newcomers.take(request.META.get("REMOTE_ADDR")):
        raise Refusal("Too many new players from your address. Wait.", code="rate_limited")


@contextmanager
def counted_guess(request: HttpRequest, *, wrong: str, at: object) -> Iterator[None]:
    """Count a code that somebody types: raises a refusal after too many wrong ones.

    `wrong` is the code of the refusal of a wrong one, `at` what the code opens. Right ones are not
    counted, so that a hall of players behind one address may all enter.
    """
    guess = Guess(
        (limits.codes_by_address, request.META.get("REMOTE_ADDR", "")), (limits.codes_by_holder, at)
    )
    if not guess.is_allowed():
        raise RateLimited("Too many wrong codes. Wait a minute, then try again.", seconds=60)
    try:
        yield
    except Refusal as refusal:
        if refusal.code != wrong:
            guess.was_right()
        raise
    guess.was_right()


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, not a person with a browser."""
    return request.content_type == "application/json" or "text/html" not in request.headers.get(
        "Accept", ""
    )


def read_body(request: HttpRequest, shape: type[Body]) -> Body:
    """The request's JSON body in that shape; raises `Malformed` naming what is wrong with it."""
    body = raw_body(request)
    if not body:
        raise Malformed("The body is not JSON: nothing instead of an object - at `$`.")
    if request.content_type != "application/json":
        raise Malformed(
            "Send JSON with the header `Content-Type: application/json`.", code="wrong_type"
        )
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise Malformed(f"The body does not fit: {_faults(body, shape) or error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {error}.") from error


def _faults(body: bytes, shape: Any) -> str:
    """What does not fit about a body; nothing when it cannot be read without its shape either."""
    try:
        return fault_text(msgspec.json.decode(body), shape)
    except (msgspec.DecodeError, RecursionError):
        return ""


def read_address(given: dict[str, Any], shape: type[Body]) -> Body:
    """What an address says, in that shape; raises `Malformed`."""
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        faults = fault_text(given, shape, place="", strict=False)
        raise Malformed(f"The address does not fit: {faults or error}.") from error


def sent_fields(request: HttpRequest) -> frozenset[str]:
    """The names of the fields that a body has which was read."""
    return frozenset(msgspec.json.decode(raw_body(request), type=dict[str, msgspec.Raw]))


def raw_body(request: HttpRequest) -> bytes:
    """The body, when it is not over-long; raises `Malformed`."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > settings.MATCHPOINT_BODY_MAX_BYTES:
        limit = settings.MATCHPOINT_BODY_MAX_BYTES // 1024
        raise Malformed(f"The body is larger than {limit} KiB.", code="too_large")
    return body


def read_query(request: HttpRequest, shape: type[Body]) -> Body:
    """The query string in that shape; raises `Malformed`."""
    given = request.GET.dict()
    query = read_address(given, shape)
    for name, text in given.items():
        if type(getattr(query, name, None)) is int and not text.isdecimal():  # such as 1e3
            raise Malformed(f"The address does not fit: `{name}` is a whole number.")
    return query


def outage_response(error: Exception) -> HttpResponse:
    """The answer while the database cannot be used; raises the error if it is another fault."""
    outage = outage_of(error)
    if outage is None:
        raise error
    log_outage(outage, error)
    response = refusal_response(outage)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's line says no more
    return response
