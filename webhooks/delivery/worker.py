"""One endpoint's deliveries: in order, each until it is accepted, whatever others do meanwhile."""

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from streams import log as stream_log
from streams.relay import in_thread, local_relay
from webhooks import metrics
from webhooks.facts import FACTS_STREAM
from webhooks.models import Endpoint, EndpointState
from webhooks.sealed_secrets import SecretLost
from webhooks.wanted import Fact, Wanted

from .messages import message_of
from .progress import Attempted, after_success, progress
from .sender import Outcome, Sender

log = logging.getLogger(__name__)

#: Between attempts: twice as long each time, up to this.
LONGEST_PAUSE_SECONDS = 3600.0
_READ_AT_ONCE = 200
#: Accepted messages of an endpoint whose rows are not yet stored.
_MOST_UNSTORED = 32
#: So many facts that it does not want, and its position is stored all the same.
_PASSED_OVER = 100
#: Nothing has come for so long: time to store the position.
_QUIET_SECONDS = 5.0
_UNSIGNED = "Its secret cannot be read, since SECRET_KEY has changed: rotate the secret."
_MISSED = (
    "Facts that it had not got yet are not kept any more. It goes on from the oldest there is."
)


class Superseded(Exception):
    """Somebody has changed the endpoint: another worker goes on, or none."""


def pause_seconds(failures: int, retry_after: float | None = None) -> float:
    """How long to wait after so many failures; at least as long as the endpoint asks."""
    doubled: float = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(failures - 1, 20))
    asked = min(retry_after or 0.0, LONGEST_PAUSE_SECONDS)
    return max(doubled * random.uniform(0.9, 1.1), asked)


class Worker:
    """Delivers to one endpoint as it was when it began; `moved` is set when there are new facts."""

    def __init__(self, endpoint: Endpoint, sender: Sender, slots: asyncio.Semaphore) -> None:
        self.endpoint, self.turn = endpoint, endpoint.turn
        self.moved = asyncio.Event()
        self._wanted = Wanted.by(endpoint)
        self._sender, self._slots = sender, slots
        self._position = self._stored = endpoint.position
        self._unstored: set[asyncio.Future[bool]] = set()

    async def run(self) -> None:
        """Deliver until cancelled, or until the endpoint is not to be sent anything more."""
        try:
            while True:
                for fact in await self._next():
                    if self._wanted.covers(fact):
                        await self._deliver(fact)
                    self._position = fact.seq
                    if self._position - self._stored >= _PASSED_OVER:
                        await self._store_position()
        except Superseded:
            pass
        finally:
            if self._unstored:
                await asyncio.wait(self._unstored, timeout=2)

    async def _next(self) -> Sequence[Fact]:
        """The facts after the position, as soon as there are any."""
        while True:
            self.moved.clear()
            feed = await (await local_relay()).feed(FACTS_STREAM)
            self._position = min(self._position, feed.seq)  # a log that was replaced may be shorter
            entries = feed.after(self._position)
            if entries is None:
                entries = await in_thread(
                    stream_log.read, FACTS_STREAM, epoch=feed.epoch, after=self._position,
                    limit=_READ_AT_ONCE,
                )  # fmt: skip
                if entries and entries[0].seq != self._position + 1:
                    await self._store({"why": _MISSED})
            if entries:
                return [Fact.of_entry(entry) for entry in entries]
            await self._wait()

    async def _wait(self) -> None:
        """Wait for more; meanwhile it is stored how far the endpoint has got."""
        if self._position > self._stored:
            try:
                async with asyncio.timeout(_QUIET_SECONDS):
                    await self.moved.wait()
            except TimeoutError:
                await self._store_position()
        await self.moved.wait()

    async def _deliver(self, fact: Fact) -> None:
        """Send a fact until it is accepted; raises `Superseded` when it is not to be sent again."""
        while True:
            await self._until_due()
            async with self._slots:
                outcome = await self._attempt(fact)
            if outcome.is_delivered:
                metrics.DELIVERED.inc()
                self._succeeded()
                await self._store(after_success(fact.seq, outcome.at), fact, outcome, wait=False)
                self._stored = fact.seq
                return
            metrics.FAILED.inc()
            await self._store(self._failed(outcome), fact, outcome)
            if self.endpoint.state != EndpointState.ACTIVE:
                log.warning(
                    "Webhooks to endpoint %s have ended: %s", self.endpoint.pk, self.endpoint.state
                )
                raise Superseded

    async def _until_due(self) -> None:
        if self.endpoint.next_attempt_at is not None:
            due_in = (self.endpoint.next_attempt_at - timezone.now()).total_seconds()
            # A clock that was set back must not make it wait for longer than it may.
            await asyncio.sleep(min(max(0.0, due_in), LONGEST_PAUSE_SECONDS))

    async def _attempt(self, fact: Fact) -> Outcome:
        try:
            message = message_of(fact, self.endpoint)
        except SecretLost:
            return Outcome(timezone.now(), 0, error=_UNSIGNED)
        return await self._sender.send(message)

    def _succeeded(self) -> None:
        self.endpoint.failures, self.endpoint.failing_since = 0, None
        self.endpoint.next_attempt_at = None

    def _failed(self, outcome: Outcome) -> dict[str, Any]:
        """How the endpoint stands after a failure: to be tried again, parked, or disabled."""
        now, endpoint = timezone.now(), self.endpoint
        why = outcome.error or f"It answered with the status {outcome.status}."
        endpoint.failures += 1
        endpoint.failing_since = endpoint.failing_since or now
        pause = pause_seconds(endpoint.failures, outcome.retry_after)
        endpoint.next_attempt_at = now + timedelta(seconds=pause)
        if outcome.is_gone:
            endpoint.state, why = EndpointState.DISABLED, "It answered 410: it wants nothing more."
        elif now - endpoint.failing_since >= settings.MATCHPOINT_WEBHOOK_RETRY:
            endpoint.state = EndpointState.PARKED
        return {
            "failures": endpoint.failures,
            "failing_since": endpoint.failing_since,
            "next_attempt_at": endpoint.next_attempt_at,
            "state": endpoint.state,
            "why": why[:300],
        }

    async def _store_position(self) -> None:
        await self._store({"position": self._position})
        self._stored = self._position

    async def _store(
        self,
        changes: dict[str, Any],
        fact: Fact | None = None,
        outcome: Outcome | None = None,
        *,
        wait: bool = True,
    ) -> None:
        """Store how the endpoint stands; raises `Superseded` if somebody has changed it."""
        stored = progress.submit(
            Attempted(
                endpoint=self.endpoint.pk,
                turn=self.turn,
                message_id=fact.message_id if fact else "",
                seq=fact.seq if fact else 0,
                type=fact.type if fact else "",
                outcome=outcome,
                changes=changes,
            )
        )
        self._unstored.add(stored)
        while self._unstored and (wait or len(self._unstored) >= _MOST_UNSTORED):
            await asyncio.wait(self._unstored, return_when=asyncio.FIRST_COMPLETED)
            self._take_stored()
        self._take_stored()

    def _take_stored(self) -> None:
        done = {one for one in self._unstored if one.done()}
        self._unstored -= done
        if not all(one.result() for one in done):
            raise Superseded
