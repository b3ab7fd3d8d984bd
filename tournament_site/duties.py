"""Periodic work, on the server's own loop; one process at a time holds the lease for it."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import Error as DatabaseError
from django.db import IntegrityError
from django.utils import timezone

from lib import limits
from lib.database.faults import log_outage, outage_of
from lib.database.leases import LeaseClaim, give_up_leases
from lib.database.processes import SHOW_SECONDS, delete_gone_processes, part, show_life
from lib.heavy.slices import delete_slice
from lib.idempotency import delete_stale_responses
from lib.limits import Exchange
from lobby import limits as chat_limits
from lobby.chat import delete_old_sources
from lobby.presence import delete_stale_presence
from lobby.retention import delete_old_lines
from lobby.stream_names import LOBBY
from matchmaking.services.access.invitations import delete_old_invitations
from matchmaking.services.game_servers.players import delete_expired_tokens
from matchmaking.services.matches import lapse_matches
from matchmaking.services.parties import delete_old_parties
from matchmaking.services.queue.held_reads import release_reads
from matchmaking.services.queue.tickets import expire_tickets
from matchmaking.services.queue.ticks import follow_clock, tick_pools
from matchmaking.services.reports import confirm_unanswered_reports
from matchmaking.services.retention import (
    delete_idle_guests,
    delete_old_checks,
    delete_old_tickets,
)
from matchmaking.services.seasons import end_due_seasons
from matchmaking.services.sign_outs import SIGN_OUTS
from play.rooms.process import stop_process_rooms
from play.services.retention import delete_old_games, delete_old_rooms
from service_keys.access import requests_by_key, sockets_by_key
from service_keys.services import delete_old_actions, store_uses
from streams import limits as socket_limits
from streams.broadcast import serve_from_this_loop
from streams.log import delete_idle_streams, trim
from streams.relay import stop_local_relay
from streams.sockets import close_sockets
from tournaments.services.entry.check_in import open_due_check_ins
from tournaments.services.setup.retention import delete_old_drafts
from webhooks.delivery.deliverer import Deliverer
from webhooks.facts import FACTS_STREAM
from webhooks.feed import release_feed_reads
from webhooks.services.retention import delete_old_deliveries
from webhooks.services.trials import sent_by_hand

from .monitoring import exposition, totals
from .monitoring.duties import measured
from .monitoring.loop import watch_loop

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
_LEASE = timedelta(seconds=20)
MATCHMAKER_TICK_SECONDS = 1.0
_MATCHMAKER_LEASE = timedelta(seconds=8)
CLEANING_SECONDS = 300.0
#: After each slice that is deleted, for others to write; SQLite's waiting writers look this often.
_PAUSE_SECONDS = 0.1

#: Limits that all processes count together, where there is a Redis. Of each process's own are those
#: of one socket, what there is room for, and the lines of the log.
SHARED_LIMITS = (
    limits.newcomers,
    limits.making_by_address,
    limits.making_by_player,
    limits.passwords_by_name_there,
    limits.passwords_by_address,
    limits.passwords_by_name,
    limits.codes_by_address,
    limits.codes_by_holder,
    limits.mails_by_address,
    limits.mails_to,
    requests_by_key,
    socket_limits.connects,
    chat_limits.chat_by_speaker,
    chat_limits.chat_by_guests,
    chat_limits.chat_by_address,
    sent_by_hand,
)


def delete_expired_sessions(*, now: datetime) -> int:
    """Delete a slice of the browser sessions that are over; returns how many."""
    return delete_slice(Session.objects.filter(expire_date__lt=now))


#: What is deleted, a slice with each call, until a call returns 0.
CLEANING: tuple[Callable[..., int], ...] = (
    delete_stale_responses,
    delete_old_parties,
    delete_stale_presence,
    delete_gone_processes,
    delete_old_sources,
    delete_old_lines,
    delete_old_checks,
    delete_old_tickets,
    delete_idle_guests,
    delete_expired_tokens,
    delete_old_drafts,
    delete_old_rooms,
    delete_old_games,
    delete_expired_sessions,
    delete_old_invitations,
    delete_old_deliveries,
    delete_old_actions,
    trim,
    partial(delete_idle_streams, but=[LOBBY, SIGN_OUTS, FACTS_STREAM]),
)


class Duties:
    """Expires, lapses and trims, while this process holds the lease."""

    def __init__(self) -> None:
        self.holder = secrets.token_hex(16)
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = Event()
        self._ended_on: asyncio.AbstractEventLoop | None = None
        self._upkeep = LeaseClaim("upkeep", holder=self.holder, life=_LEASE)
        self._cleaning = LeaseClaim("cleaning", holder=self.holder, life=_LEASE)
        self._matchmaker = LeaseClaim("matchmaker", holder=self.holder, life=_MATCHMAKER_LEASE)
        self._totals = totals.Totals(self.holder)

    def start(self) -> None:
        """Begin, on the running loop; again is harmless."""
        if self._task is not None and self._task.get_loop().is_running():
            return  # each request asks, and to ask which loop runs takes a system call
        loop = asyncio.get_running_loop()
        if self._ended_on is loop:
            return
        # Before the first socket, too, no request may wait for the layer.
        serve_from_this_loop()
        self._is_stopping.clear()
        self._task = loop.create_task(self._run())

    async def hand_over(self) -> None:
        """End the periodic work, and let another process have the leases for it."""
        self._is_stopping.set()
        self._ended_on = asyncio.get_running_loop()
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        try:
            await database_sync_to_async(self._part, thread_sensitive=False)()
        except DatabaseError as error:
            log.warning("The lease is left to run out: %s", error)

    def _part(self) -> None:
        store_uses()
        give_up_leases(holder=self.holder)
        part(self.holder)

    async def stop(self) -> None:
        """End all that serves connections: close sockets so that they reconnect, give up rooms."""
        await self.hand_over()
        close_sockets()
        release_reads()
        release_feed_reads()
        await stop_process_rooms()
        await stop_local_relay()

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
            _repeat(self.clean, CLEANING_SECONDS),
            _repeat(self.show_life, SHOW_SECONDS),
            _repeat(store_uses, TICK_SECONDS),
            share_limits(),
            Deliverer(self.holder).run(),
            *self._watches(),
        )

    def _watches(self) -> Sequence[Coroutine[None, None, None]]:
        """What is measured for monitors only, if there are any."""
        if not exposition.is_open():
            return ()
        return _repeat(self._totals.read_totals, totals.READ_SECONDS), watch_loop()

    def tick_matchmaker(self) -> bool:
        """Do in the pools what time brings about, if this process holds the lease for it."""
        if not self._matchmaker.take():
            return False
        tick_pools(now=timezone.now())
        return True

    def show_life(self) -> bool:
        """Say to commands that this process serves."""
        show_life(self.holder)
        return True

    def tick(self) -> bool:
        """Do what is due, if this process holds the lease; says whether it does."""
        if not self._upkeep.take():
            return False
        now = timezone.now()
        follow_clock(now=now)
        expire_tickets(now=now)
        confirm_unanswered_reports(now=now)
        lapse_matches(now=now)
        end_due_seasons(now=now)
        open_due_check_ins(now=now)
        return True

    def clean(self) -> bool:
        """Delete what nobody needs any more, a slice at a time, so that others write in between.

        It ends early when the process stops, or another has taken the lease.
        """
        for delete in CLEANING:
            while self._cleaning.take():
                try:
                    deleted = delete(now=timezone.now())
                except IntegrityError:
                    break  # somebody has just come back: the next time it is passed over
                if not deleted or self._is_stopping.wait(_PAUSE_SECONDS):
                    break
        return not self._is_stopping.is_set()


async def share_limits() -> None:
    """Count limits together with the other processes until cancelled; alone without a Redis."""
    if settings.REDIS_URL and settings.RATE_LIMITS:
        await Exchange(
            url=settings.REDIS_URL,
            buckets=SHARED_LIMITS,
            counts={
                socket_limits.open_sockets.by_client: settings.MATCHPOINT_SOCKETS_PER_ADDRESS,
                sockets_by_key: settings.MATCHPOINT_SOCKETS_OF_A_KEY,
            },
        ).run()


async def _repeat(duty: Callable[[], bool], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            with measured(duty.__name__):
                await database_sync_to_async(duty, thread_sensitive=False)()
        except Exception as error:
            if (outage := outage_of(error)) is not None:
                log_outage(outage, error)
            else:
                log.exception("The duty %s failed; it is tried again", duty.__name__)


duties = Duties()
