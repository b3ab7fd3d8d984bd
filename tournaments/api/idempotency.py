"""A request that carries an Idempotency-Key is done once, and answered twice the same."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib import idempotency
from lib.http import json_response
from lib.idempotency import IdempotencyKey, Replay
from lib.schemas import Schema

from .api_setup import caller

CREATED = 201
New = TypeVar("New", bound=Schema)


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


@transaction.atomic
def _make(make: Callable[[], New], once: IdempotencyKey | None) -> New | Replay:
    if once is None:
        return make()
    stored = idempotency.stored_responses([once]).get(once.digest)
    if stored is not None:
        return idempotency.replay(once, stored)
    answer = make()
    row = idempotency.record(once, answer, status=CREATED, now=timezone.now())
    row.save(force_insert=True)
    return answer
