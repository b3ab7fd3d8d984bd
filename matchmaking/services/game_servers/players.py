"""A service's own players: vouched for by its key, without an account here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from lib import tokens
from lib.errors import Malformed, NotFound
from lib.heavy.slices import delete_slice
from lib.names import NAME_MAX_CHARS, Name, parse_name
from matchmaking.models import ExternalPlayer, Player, PlayerToken, SignInName
from matchmaking.models.players import EXTERNAL_ID_MAX_CHARS
from matchmaking.models.tickets import TAG_MAX_CHARS
from matchmaking.services.players import bears
from matchmaking.services.sign_outs import close_sockets_of
from service_keys.models import ServiceKey

LEAST_SECONDS = 60
MOST_SECONDS = 24 * 3600
#: How many tokens of one player may be good at once; one more ends the first.
MOST_TOKENS = 20
#: So long an expired token is kept, to say that it has expired.
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShortToken:
    """A new token, which is shown this once, and until when it is good."""

    player: Player
    token: str
    expires_at: datetime


def check_external_id(external_id: str) -> str:
    """The id as it is; raises `Malformed` for one that cannot be stored."""
    is_printable = external_id.isprintable() and "/" not in external_id
    if not 1 <= len(external_id) <= EXTERNAL_ID_MAX_CHARS or not is_printable:
        raise Malformed(
            f"A player's id has 1 to {EXTERNAL_ID_MAX_CHARS} characters, all of them printable.",
            code="bad_external_id",
        )
    return external_id


def set_external_player(*, key: ServiceKey, external_id: str, name: str) -> Player:
    """Make the player of this id, or give them another name; repeating it changes nothing.

    Raises `BadName` and `Malformed`.
    """
    check_external_id(external_id)
    wanted = parse_name(name)
    try:
        return _set(key, external_id, wanted)
    except IntegrityError:  # the same request came twice at once, and the other one made the player
        return _set(key, external_id, wanted)


@transaction.atomic
def _set(key: ServiceKey, external_id: str, wanted: Name) -> Player:
    known = ExternalPlayer.objects.select_related("player")
    found = known.filter(key=key, external_id=external_id).first()
    player = found.player if found else Player()
    if player.user_id is not None:
        return player  # who has registered since keeps the name of the account
    name = _told_apart(wanted, player)
    if found is None or player.name != name.display:
        player.name, player.name_key, player.skeleton = name
        player.save()
    if found is None:
        ExternalPlayer.objects.create(player=player, key=key, external_id=external_id)
    return player


def _told_apart(name: Name, player: Player) -> Name:
    """The name, with a tag where it is a registered player's: nobody passes for one of them."""
    if not SignInName.objects.filter(bears(name)).exists():
        return name
    tag = f" #{player.pk.hex[-TAG_MAX_CHARS:]}"
    return parse_name(name.display[: NAME_MAX_CHARS - len(tag)].rstrip() + tag)


def external_player(*, key: ServiceKey, external_id: str) -> Player:
    """The key's player of this id; raises `NotFound`."""
    found = ExternalPlayer.objects.select_related("player")
    row = found.filter(key=key, external_id=check_external_id(external_id)).first()
    if row is None:
        raise unknown_player(external_id)
    return row.player


def unknown_player(external_id: str) -> NotFound:
    """The refusal of an id that a key has not made a player of."""
    return NotFound(
        f"You have no player {external_id!r}. Make them first, by a PUT to "
        "/api/external-players/<id>.",
        code="unknown_player",
    )


@transaction.atomic
def new_player_token(*, key: ServiceKey, external_id: str, seconds: int) -> ShortToken:
    """A token that speaks for a player for so long; raises `NotFound` and `Malformed`."""
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise Malformed(f"`seconds` is from {LEAST_SECONDS} to {MOST_SECONDS}.")
    player = external_player(key=key, external_id=external_id)
    good = PlayerToken.objects.filter(player=player).order_by("-expires_at")
    PlayerToken.objects.filter(pk__in=[one.pk for one in good[MOST_TOKENS - 1 :]]).delete()
    token = tokens.new_token()
    expires_at = timezone.now() + timedelta(seconds=seconds)
    PlayerToken.objects.create(
        player=player, token_sha256=tokens.digest(token), expires_at=expires_at
    )
    return ShortToken(player, token, expires_at)


@transaction.atomic
def end_player_tokens(*, key: ServiceKey, external_id: str) -> Player:
    """End all tokens of a player, and close the sockets that were opened with them."""
    player = external_player(key=key, external_id=external_id)
    close_sockets_of(player.pk)
    return player


def delete_expired_tokens(*, now: datetime) -> int:
    """Delete a slice of the tokens that expired long ago; returns how many."""
    return delete_slice(PlayerToken.objects.filter(expires_at__lt=now - _KEPT))
