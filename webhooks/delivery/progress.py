"""What became of messages, stored many at a time: no endpoint waits for another's commit."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lib.group_commit import GroupCommit
from lib.schemas import timestamp
from webhooks.models import Delivery, Endpoint, EndpointState

from .sender import Outcome

#: Of one message; the first go when there are more.
MOST_ATTEMPTS = 64
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="deliveries")


@dataclass(frozen=True, slots=True)
class Attempted:
    """An attempt, and how its endpoint stands after it.

    `turn` is the endpoint's when the attempt began: one that is another by now stays as it is.
    `changes` is nothing for a message outside the order, such as a test.
    """

    endpoint: UUID
    turn: int
    message_id: str
    seq: int
    type: str
    outcome: Outcome | None
    changes: dict[str, Any]

    @property
    def shown(self) -> dict[str, Any]:
        """The attempt as the log of deliveries has it."""
        assert self.outcome is not None
        return {
            "at": timestamp(self.outcome.at),
            "status": self.outcome.status,
            "milliseconds": self.outcome.milliseconds,
            "error": self.outcome.error,
            "answer": self.outcome.answer,
        }


@transaction.atomic
def store_attempts(attempts: Sequence[Attempted]) -> list[bool | Exception]:
    """Store attempts in the order they were made; says of each whether its turn still holds."""
    last = {(one.endpoint, one.turn): one.changes for one in attempts if one.changes}
    holds = {
        (endpoint, turn): bool(
            Endpoint.objects.filter(pk=endpoint, turn=turn, state=EndpointState.ACTIVE).update(
                **_merged(attempts, endpoint, turn)
            )
        )
        for endpoint, turn in last
    }
    _store_log([one for one in attempts if one.outcome is not None])
    return [holds.get((one.endpoint, one.turn), True) for one in attempts]


def _merged(attempts: Sequence[Attempted], endpoint: UUID, turn: int) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for one in attempts:
        if (one.endpoint, one.turn) == (endpoint, turn):
            merged |= one.changes
    return merged


def _store_log(attempts: Sequence[Attempted]) -> None:
    """The log of deliveries; endpoints that were deleted meanwhile have none."""
    endpoints = {one.endpoint for one in attempts}
    living = set(Endpoint.objects.filter(pk__in=endpoints).values_list("pk", flat=True))
    known = {
        (row.endpoint_id, row.message_id): row
        for row in Delivery.objects.filter(
            endpoint__in=living, message_id__in={one.message_id for one in attempts}
        )
    }
    old = set(known)
    for one in attempts:
        if one.endpoint not in living:
            continue
        assert one.outcome is not None
        row = known.setdefault(
            (one.endpoint, one.message_id),
            Delivery(
                endpoint_id=one.endpoint, message_id=one.message_id, seq=one.seq, type=one.type
            ),
        )
        row.attempts = [*row.attempts, one.shown][-MOST_ATTEMPTS:]
        row.attempted_at = one.outcome.at
        row.is_delivered = row.is_delivered or one.outcome.is_delivered
    Delivery.objects.bulk_create(row for key, row in known.items() if key not in old)
    Delivery.objects.bulk_update(
        [known[key] for key in old], ("attempts", "attempted_at", "is_delivered")
    )


progress: GroupCommit[Attempted, bool] = GroupCommit(store_attempts, _thread)


def after_success(seq: int, at: datetime) -> dict[str, Any]:
    """How an endpoint stands that has accepted a message."""
    return {
        "position": seq, "failures": 0, "failing_since": None, "next_attempt_at": None,
        "succeeded_at": at, "why": "",
    }  # fmt: skip
