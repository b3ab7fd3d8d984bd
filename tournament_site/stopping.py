"""How this process ends: what runs is finished, and who is connected goes elsewhere, in turn.

A proxy finds out from refused connections, and one that asks `/readyz` before. Nothing is cut off:
requests on connections that are open already are answered, with `Connection: close`. Sockets are
closed one after another, so that not everybody comes back at the same moment.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from matchmaking.services.queue.held_reads import release_reads
from play.rooms.process import park_process_rooms
from streams.sockets import close_sockets_in_turn
from webhooks.feed import release_feed_reads

from .duties import duties
from .monitoring.readiness import begin_stopping, is_stopping

log = logging.getLogger(__name__)

#: Of `MATCHPOINT_STOP_SECONDS`: to be seen as unready, to give up the rooms, to close the sockets.
#: What is left is for connections that a proxy keeps.
_UNREADY, _ROOMS, _SOCKETS = 0.2, 0.25, 0.35
#: How long a request that runs is waited for after that: a round of a Swiss takes its time.
_LONGEST_REQUEST_SECONDS = 25.0
_LOOK_SECONDS = 0.05

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Stopping:
    """The end of this process, and the requests that it has to finish first."""

    def __init__(self) -> None:
        self._requests = 0

    def around(self, application: Application) -> Application:
        """The application, with its requests counted, and the last ones ending their connection."""

        async def serve(scope: dict[str, Any], receive: Any, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return

            def send_last(message: dict[str, Any]) -> Awaitable[None]:
                if is_stopping() and message["type"] == "http.response.start":
                    headers = [*message.get("headers", ()), (b"connection", b"close")]
                    message = message | {"headers": headers}
                return send(message)

            self._requests += 1
            try:
                await application(scope, receive, send_last)
            finally:
                self._requests -= 1

        return serve

    async def run(
        self, *, stop_listening: Callable[[], None], is_empty: Callable[[], bool]
    ) -> None:
        """Part with everybody; `is_empty` says whether no connection is left."""
        begin_stopping()
        seconds = settings.MATCHPOINT_STOP_SECONDS
        log.info("Stopping: closing the sockets within %g s", seconds)
        await duties.hand_over()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        await self._until(is_empty, loop.time() + _UNREADY * seconds)
        stop_listening()
        release_reads()
        release_feed_reads()
        await park_process_rooms(_ROOMS * seconds)
        await close_sockets_in_turn(_SOCKETS * seconds)
        await self._until(is_empty, end)
        await self._until(lambda: not self._requests, loop.time() + _LONGEST_REQUEST_SECONDS)

    @staticmethod
    async def _until(is_so: Callable[[], bool], deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while not is_so() and loop.time() < deadline:  # noqa: ASYNC110 - the servers say nothing
            await asyncio.sleep(_LOOK_SECONDS)


stopping = Stopping()
