"""The caller of a request: what it shows of its sender, before any query."""

from dataclasses import dataclass
from uuid import UUID

from lib.errors import Unauthenticated

from .models import Player


@dataclass(frozen=True, slots=True)
class Caller:
    """A player already looked up (by session or cookie), a bearer token's digest, or nobody."""

    player_id: UUID | None = None
    token_sha256: str | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether the request shows nothing of its sender."""
        return self.player_id is None and self.token_sha256 is None

    @property
    def key(self) -> str:
        """A text that identifies the caller; empty for nobody."""
        return self.token_sha256 or str(self.player_id or "")


NOBODY = Caller()


def player_of(caller: Caller) -> Player:
    """The caller's player; raises `Unauthenticated` for nobody or an unknown token."""
    if caller.is_nobody:
        raise Unauthenticated("Show who you are: send your token as `Authorization: Bearer …`.")
    query = Player.objects.select_related("user")
    found = (
        query.filter(pk=caller.player_id)
        if caller.player_id
        else query.filter(token_sha256=caller.token_sha256)
    ).first()
    if found is None:
        raise Unauthenticated("This token is not known here. Queue without it to get a new one.")
    return found
