"""The caller of a request: what it shows of its sender, before any query."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from lib.errors import Unauthenticated
from lib.tracing.trace import note_player

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
    player = players_of([caller]).get(caller)
    if player is None:
        raise unknown(caller)
    return player


def players_of(callers: Iterable[Caller]) -> dict[Caller, Player]:
    """The players of those callers who have one."""
    known = [caller for caller in callers if not caller.is_nobody]
    if not known:
        return {}
    ids = [caller.player_id for caller in known if caller.player_id]
    tokens = [caller.token_sha256 for caller in known if not caller.player_id]
    found = Player.objects.filter(Q(pk__in=ids) | Q(token_sha256__in=tokens))
    by_key: dict[object, Player] = {}
    for player in found.select_related("user"):
        by_key |= {player.pk: player, player.token_sha256: player}
    keys = {caller: caller.player_id or caller.token_sha256 for caller in known}
    players = {caller: by_key[key] for caller, key in keys.items() if key in by_key}
    if len(players) == 1:
        note_player(next(iter(players.values())).pk)
    return players


def unknown(caller: Caller) -> Unauthenticated:
    """The refusal for a caller without a player."""
    if caller.is_nobody:
        return Unauthenticated("Show who you are: send your token as `Authorization: Bearer …`.")
    return Unauthenticated("This token is not known here. Queue without it to get a new one.")
