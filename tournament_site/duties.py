"""Periodic work, on the server's own loop; one process at a time holds the lease for it."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from django.utils import timezone

from lib.database.faults import log_outage, outage_of
from lib.database.leases import LeaseClaim, give_up_leases
from lib.idempotency import delete_stale_responses
from lobby.chat import delete_old_sources
from lobby.presence import delete_stale_presence
from matchmaking.services.matches import lapse_matches
from matchmaking.services.parties import delete_old_parties
from matchmaking.services.queue.held_reads import release_reads
from matchmaking.services.queue.tickets import expire_tickets
from matchmaking.services.queue.ticks import tick_pools
from matchmaking.services.reports import confirm_unanswered_reports
from matchmaking.services.seasons import end_due_seasons
from streams.broadcast import serve_from_this_loop
from streams.log import trim
from streams.relay import stop_local_relay
from streams.sockets import close_sockets
from tournaments.services.entry.check_in import open_due_check_ins

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
_LEASE = timedelta(seconds=20)
MATCHMAKER_TICK_SECONDS = 1.0
_MATCHMAKER_LEASE = timedelta(seconds=8)
_TICKS_BETWEEN_CLEANING = 60


class Duties:
    """Expires, lapses and trims, while this process holds the lease."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)
        self._task: asyncio.Task[None] | None = None
        self._ticks = count()
        self._upkeep = LeaseClaim("upkeep", holder=self.holder, life=_LEASE)
        self._matchmaker = LeaseClaim("matchmaker", holder=self.holder, life=_MATCHMAKER_LEASE)

    def start(self) -> None:
        """Begin, on the running loop; again is harmless."""
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.get_loop() is not loop:
            # Before the first socket, too, no request may wait for the layer.
            serve_from_this_loop()
            self._task = loop.create_task(self._run())

    async def stop(self) -> None:
        """End: close sockets so that they reconnect, give up the lease."""
        close_sockets()
        release_reads()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await stop_local_relay()
        try:
            await database_sync_to_async(give_up_leases, thread_sensitive=False)(holder=self.holder)
        except DatabaseError as error:
            log.warning("The lease is left to run out: %s", error)

    async def lifespan(self, receive: Any, send: Any) -> None:
        """The ASGI lifespan protocol, for servers that speak it."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _run(self) -> None:
        await asyncio.gather(
            _repeat(self.tick, TICK_SECONDS),
            _repeat(self.tick_matchmaker, MATCHMAKER_TICK_SECONDS),
        )

    def tick_matchmaker(self) -> bool:
        """Do in the pools what time brings about, if this process holds the lease for it."""
        if not self._matchmaker.take():
            return False
        tick_pools(now=timezone.now())
        return True

    def tick(self) -> bool:
        """Do what is due, if this process holds the lease; says whether it does."""
        clean = next(self._ticks) % _TICKS_BETWEEN_CLEANING == 0
        if not self._upkeep.take():
            return False
        now = timezone.now()
        expire_tickets(now=now)
        confirm_unanswered_reports(now=now)
        lapse_matches(now=now)
        end_due_seasons(now=now)
        open_due_check_ins(now=now)
        if clean:
            delete_stale_responses(now=now)
            delete_old_parties(now=now)
            delete_stale_presence()
            delete_old_sources(now=now)
            trim(now=now)
        return True


async def _repeat(duty: Callable[[], bool], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await database_sync_to_async(duty, thread_sensitive=False)()
        except Exception as error:
            if (outage := outage_of(error)) is not None:
                log_outage(outage, error)
            else:
                log.exception("The duty %s failed; it is tried again", duty.__name__)


duties = Duties()
