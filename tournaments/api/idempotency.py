"""A request that carries an Idempotency-Key is done once, and answered twice the same."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib import idempotency
from lib.errors import Refusal
from lib.http import json_response
from lib.idempotency import IdempotencyKey, Replay
from lib.schemas import Schema

from .api_setup import caller

CREATED = 201
New = TypeVar("New", bound=Schema)
View = TypeVar("View", bound=Callable[..., Any])


def created(
    request: HttpRequest,
    make: Callable[[], New],
    *,
    complete: Callable[[New], New] = lambda answer: answer,
    body: bytes | None = None,
) -> HttpResponse:
    """Make something in one transaction with the record of the answer: 201.

    `complete` then does what must not hold that transaction, and returns the answer with it.
    `body` is the request's, if it has been read already.
    """
    once = IdempotencyKey.of_request(request, caller=caller(request).key, body=body)
    try:
        answer = _make(make, once)
    except IntegrityError:
        if once is None:
            raise
        # The same key was at work in another request: now its answer is there.
        answer = _make(make, once)
    if isinstance(answer, Replay):
        return json_response(answer.answer, status=answer.status)
    whole = complete(answer)
    if once is not None and whole is not answer:
        idempotency.amend(once, whole)
    return json_response(whole, status=CREATED)


def once_in_one(view: View, status: int) -> View:
    """The view, done once for each key, in one transaction with the record of its answer.

    For views that write soon and little: the database is locked from their first read on.
    """
    return _once(view, status, _make)


def once_afterwards(view: View, status: int) -> View:
    """The view, done once for each key; its answer is recorded right after its own transaction.

    For work that must hold no transaction while it reads and counts, and that is refused anyway
    when it is done twice: a retry in the moment between is.
    """
    return _once(view, status, _make_then_record)


def _once(view: View, status: int, make: Callable[..., Any]) -> View:
    @wraps(view)
    def answered(request: HttpRequest, **arguments: Any) -> Any:
        once = IdempotencyKey.of_request(request, caller=caller(request).key)
        if once is None:
            return view(request, **arguments)

        def do() -> Any:
            return view(request, **arguments)

        try:
            answer = make(do, once, status)
        except (IntegrityError, Refusal):
            # The same key may have been at work in another request: now its answer is there.
            answer = _stored(once)
            if answer is None:
                raise
        if isinstance(answer, Replay):
            return json_response(answer.answer, status=answer.status)
        return answer

    return cast(View, answered)


def _make_then_record(make: Callable[[], New], once: IdempotencyKey, status: int) -> New | Replay:
    stored = _stored(once)
    if stored is not None:
        return stored
    answer = make()
    idempotency.record(once, answer, status=status, now=timezone.now()).save(force_insert=True)
    return answer


def _stored(once: IdempotencyKey) -> Replay | None:
    row = idempotency.stored_responses([once]).get(once.digest)
    return None if row is None else idempotency.replay(once, row)


@transaction.atomic
def _make(
    make: Callable[[], New], once: IdempotencyKey | None, status: int = CREATED
) -> New | Replay:
    return make() if once is None else _make_then_record(make, once, status)
