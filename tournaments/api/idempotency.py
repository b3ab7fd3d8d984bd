"""A request that carries an Idempotency-Key is done once, and answered twice the same."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lib import idempotency
from lib.http import json_response
from lib.idempotency import IdempotencyKey
from lib.schemas import Json

from .api_setup import caller

CREATED = 201


def created(
    request: HttpRequest,
    make: Callable[[], Json],
    *,
    complete: Callable[[Json], None] | None = None,
    body: bytes | None = None,
) -> HttpResponse:
    """Make something in one transaction with the record of the answer: 201.

    `complete` then does what must not hold that transaction, and adds to the answer. `body` is
    the request's, if it has been read already.
    """
    once = IdempotencyKey.of_request(request, caller=caller(request).key, body=body)
    try:
        answer, status, is_new = _make(make, once)
    except IntegrityError:
        if once is None:
            raise
        # The same key was at work in another request: now its answer is there.
        answer, status, is_new = _make(make, once)
    if is_new and complete is not None:
        complete(answer)
        if once is not None:
            idempotency.amend(once, answer)
    return json_response(answer, status=status)


@transaction.atomic
def _make(make: Callable[[], Json], once: IdempotencyKey | None) -> tuple[Json, int, bool]:
    if once is not None:
        stored = idempotency.stored_responses([once]).get(once.digest)
        if stored is not None:
            before = idempotency.replay(once, stored)
            return before.answer, before.status, False
    answer = make()
    if once is not None:
        row = idempotency.record(once, answer, status=CREATED, now=timezone.now())
        row.save(force_insert=True)
    return answer, CREATED, True
