"""The caller of a request: what it shows of its sender, before any query."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from lib.database.prepared import PreparedRead
from lib.errors import Forbidden, Unauthenticated
from lib.schemas import timestamp
from lib.tracing.trace import note_player

from .models import Player, PlayerToken

#: For more callers, one query is quicker though it is written anew.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Caller:
    """A player already looked up (by session or cookie), a bearer token's digest, or nobody."""

    player_id: UUID | None = None
    token_sha256: str | None = None
    key_sha256: str | None = None
    """Of a service's key, where keys are taken: it speaks for no player."""

    @property
    def is_nobody(self) -> bool:
        """Whether the request shows nothing of its sender that names a player."""
        return self.player_id is None and self.token_sha256 is None

    @property
    def key(self) -> str:
        """A text that identifies the caller; empty for nobody."""
        return self.token_sha256 or self.key_sha256 or str(self.player_id or "")


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
    ids = {caller.player_id for caller in known if caller.player_id}
    tokens = {one.token_sha256 for one in known if one.token_sha256 and not one.player_id}
    by_key: dict[object, Player] = {}
    for player in _players(ids, tokens):
        by_key |= {player.pk: player, player.token_sha256: player}
    by_key.update(players_by_short_token(one for one in tokens if one not in by_key))
    keys = {caller: caller.player_id or caller.token_sha256 for caller in known}
    players = {caller: by_key[key] for caller, key in keys.items() if key in by_key}
    if len(players) == 1:
        note_player(next(iter(players.values())).pk)
    return players


def _players(ids: Collection[UUID], tokens: Collection[str]) -> Iterable[Player]:
    """The players of these ids, and guests of these tokens' digests, with their accounts."""
    if len(ids) + len(tokens) <= _FEW:
        return chain.from_iterable([*map(_by_id, ids), *map(_by_token, tokens)])
    found = Player.objects.filter(Q(pk__in=ids) | Q(token_sha256__in=tokens))
    return found.select_related("user")


_by_id = PreparedRead(lambda pk: Player.objects.filter(pk=pk).select_related("user"), UUID)
_by_token = PreparedRead(
    lambda digest: Player.objects.filter(token_sha256=digest).select_related("user"), str
)


def players_by_short_token(digests: Iterable[str]) -> dict[str, Player]:
    """The players of services' tokens that have not expired, by the tokens' digests.

    A token ends with the key of the service that vouched for its player.
    """
    return {digest: token.player for digest, token in _good_tokens(digests).items()}


def _good_tokens(digests: Iterable[str]) -> dict[str, PlayerToken]:
    asked = list(digests)
    if not asked:
        return {}
    good = PlayerToken.objects.filter(token_sha256__in=asked, expires_at__gt=timezone.now())
    good = good.exclude(player__external__key__revoked_at__isnull=False)
    return {one.token_sha256: one for one in good.select_related("player__user")}


@dataclass(frozen=True, slots=True)
class Identified:
    """Whose a socket is, or nobody's; and when the token that says so ends, if it does."""

    player: Player | None = None
    ends_at: datetime | None = None


def player_by_token(digest: str) -> Identified:
    """The player whose token has this digest: a guest's, or one of a service's tokens."""
    if (guest := Player.objects.filter(token_sha256=digest).first()) is not None:
        return Identified(guest)
    token = _good_tokens([digest]).get(digest)
    return Identified(token.player, token.expires_at) if token else Identified()


def check_no_key(caller: Caller) -> None:
    """Raise `Forbidden` for a service key, where a player acts, or nobody."""
    if caller.key_sha256 is not None:
        raise Forbidden(
            "A service key speaks for no player. Send the player's own token here, such as one "
            "that your server asked for.",
            code="needs_player",
        )


def unknown(caller: Caller) -> Unauthenticated:
    """The refusal for a caller without a player; raises that of `check_no_key`."""
    check_no_key(caller)
    if caller.is_nobody:
        return Unauthenticated("Show who you are: send your token as `Authorization: Bearer …`.")
    expired = PlayerToken.objects.filter(token_sha256=caller.token_sha256).first()
    if expired is not None:
        return token_expired(expired.expires_at)
    return Unauthenticated("This token is not known here. Queue without it to get a new one.")


def token_expired(at: datetime) -> Unauthenticated:
    """The refusal of a player token whose time is over."""
    return Unauthenticated(
        f"This player token ended, at the latest at {timestamp(at)}. Ask the game's server for "
        "another.",
        code="token_expired",
    )
