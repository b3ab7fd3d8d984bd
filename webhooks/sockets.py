"""The feed as a socket: the stream of facts, for whoever shows a key that may read."""

import asyncio
from uuid import UUID

from django.urls import re_path
from django.utils import timezone

from lib.errors import Forbidden, Unauthenticated
from matchmaking.sockets import Welcome
from service_keys.access import (
    check_key,
    count_requests,
    enter_socket,
    key_digest,
    keys_by_digest,
    leave_socket,
)
from service_keys.models import Scope, ServiceKey
from service_keys.services import note_use
from streams.consumers import StreamConsumer
from streams.frames import EventFrame
from streams.relay import in_thread
from streams.sockets import SIGNED_OUT, open_sockets

from .facts import FACTS_STREAM


class FeedSocket(StreamConsumer):
    """A socket on the facts; closed when its key is good no more."""

    kind = "feed"
    stream = FACTS_STREAM
    key_sha256: str
    #: The key that it counts for.
    key_id: UUID | None = None
    loop: asyncio.AbstractEventLoop

    async def identify(self) -> None:
        """Find the key; raises `Unauthenticated`, and `RateLimited` for one that asks for much."""
        header = self.headers.get(b"authorization", b"").decode("latin-1")
        self.loop = asyncio.get_running_loop()
        self.key_sha256, key = await in_thread(_good_key, header)
        count_requests([key])
        enter_socket(key)
        self.key_id = key.pk

    def closed(self) -> None:
        """Count it out."""
        super().closed()
        if self.key_id is not None:
            leave_socket(self.key_id)

    def welcome(self, recent: list[EventFrame]) -> Welcome:
        """Where the stream stands."""
        return Welcome(self.stream, self.feed.epoch, self.feed.seq, None, recent)


def _good_key(header: str) -> tuple[str, ServiceKey]:
    """The digest of a key that may read, and the key."""
    digest = key_digest(header)
    if digest is None:
        raise Unauthenticated(
            "Show a service key: send it as `Authorization: Bearer mp_…`.", code="unknown_key"
        )
    try:
        key = check_key(keys_by_digest([digest]).get(digest), Scope.READ)
    except Forbidden as refusal:  # a socket has one way to say who may not open it
        closing = Unauthenticated(refusal.message)
        closing.code = refusal.code
        raise closing from refusal
    note_use(key, now=timezone.now())
    return digest, key


def _may_read(key: ServiceKey | None) -> bool:
    return key is not None and key.is_good and Scope.READ in key.scopes


class KeyLookout:
    """Closes this process's sockets of keys that are good no more, wherever that came about.

    They were revoked or have expired, lost their scope, or have another token and no overlap.
    """

    last_sent = ""

    def look(self) -> str | None:
        """Read the keys of the open sockets, if there are any."""
        sockets = [one for one in open_sockets() if isinstance(one, FeedSocket)]
        if sockets:
            keys = keys_by_digest({one.key_sha256 for one in sockets})
            for one in sockets:
                if not _may_read(keys.get(one.key_sha256)):
                    one.loop.call_soon_threadsafe(one.outbox.close, SIGNED_OUT, "key revoked")
        return None

    def leave(self) -> None:
        """Nothing is left behind."""


websocket_urlpatterns = [re_path(r"^feed/ws/?$", FeedSocket.as_asgi())]
