"""What an organiser sees of a webhook: how it stands, and what became of its messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webhooks.facts import PING
from webhooks.models import Delivery, Endpoint
from webhooks.services.trials import attempt_in_words, is_good

from .forms import IN_WORDS, host_of

_ANSWER_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One request, and what came of it; of a good one the answer is of no interest."""

    at: datetime
    words: str
    answer: str

    @classmethod
    def of(cls, attempt: dict[str, Any]) -> "AttemptView":
        """An attempt as the log has it."""
        answer = "" if is_good(attempt) else attempt["answer"][:_ANSWER_SHOWN]
        return cls(datetime.fromisoformat(attempt["at"]), attempt_in_words(attempt), answer)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message with its attempts, of which the last says what became of it."""

    row: Delivery
    words: str
    attempts: Sequence[AttemptView]
    may_repeat: bool

    @classmethod
    def of(cls, row: Delivery) -> "DeliveryView":
        """A delivery; a test is not kept, so it is not sent again."""
        words = "Test" if row.type == PING else IN_WORDS.get(row.type, row.type)
        attempts = [AttemptView.of(one) for one in row.attempts]
        return cls(row, words, attempts, may_repeat=row.seq > 0)

    @property
    def last(self) -> AttemptView:
        """The last attempt."""
        return self.attempts[-1]


def deliveries_of(rows: Iterable[Delivery]) -> list[DeliveryView]:
    """Those that were tried."""
    return [DeliveryView.of(row) for row in rows if row.attempts]


@dataclass(frozen=True, slots=True)
class EndpointView:
    """A webhook as its organiser sees it; of its address the host, since the rest may be secret."""

    row: Endpoint
    host: str
    backlog: int
    wants: Sequence[str]
    deliveries: Sequence[DeliveryView]

    @classmethod
    def of(cls, row: Endpoint, head: int, deliveries: Iterable[Delivery]) -> "EndpointView":
        """An endpoint, beside the number of the last fact."""
        return cls(
            row=row,
            host=host_of(row),
            backlog=max(0, head - row.position),
            wants=[IN_WORDS.get(kind, kind) for kind in row.types],
            deliveries=deliveries_of(deliveries),
        )
