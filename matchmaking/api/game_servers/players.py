"""A service's own players, and the tokens that speak for them."""

from typing import Annotated

from django.http import HttpRequest
from msgspec import Meta

from lib.endpoints import endpoint
from lib.schemas import Body, timestamp
from matchmaking import schemas
from matchmaking.services.game_servers.players import (
    LEAST_SECONDS,
    MOST_SECONDS,
    end_player_tokens,
    new_player_token,
    set_external_player,
)
from service_keys.models import Scope

from .keys import by_key, key_of

_TAG = "Game servers"


class ExternalPlayerBody(Body):
    """What a player is called."""

    name: str
    """As the site's names are; several of your players may have the same."""


class TokenBody(Body):
    """How long a token is good."""

    seconds: Annotated[int, Meta(ge=LEAST_SECONDS, le=MOST_SECONDS)] = 3600


_AN_HOUR = TokenBody()


@endpoint("PUT", tag=_TAG, first=by_key(Scope.MATCHES))
def external_player(
    request: HttpRequest, external_id: str, body: ExternalPlayerBody
) -> schemas.ExternalPlayer:
    """Make a player of yours, or give them another name, by a key with the scope `matches`."""
    key = key_of(request)
    player = set_external_player(key=key, external_id=external_id, name=body.name)
    return schemas.ExternalPlayer(player.pk, player.name, external_id)


@endpoint("POST", tag=_TAG, first=by_key(Scope.MATCHES), status=201)
def player_token(
    request: HttpRequest, external_id: str, body: TokenBody = _AN_HOUR
) -> schemas.ShortToken:
    """A token that speaks for a player of yours, wherever a guest's token does, until it ends."""
    key = key_of(request)
    made = new_player_token(key=key, external_id=external_id, seconds=body.seconds)
    shown = schemas.PlayerName.of(made.player)
    return schemas.ShortToken(made.token, timestamp(made.expires_at), shown)


@endpoint("DELETE", tag=_TAG, first=by_key(Scope.MATCHES))
def end_tokens(request: HttpRequest, external_id: str) -> schemas.TokensEnded:
    """End all tokens of a player of yours, and close the sockets that they opened."""
    key = key_of(request)
    player = end_player_tokens(key=key, external_id=external_id)
    return schemas.TokensEnded("Ended", schemas.PlayerName.of(player))
