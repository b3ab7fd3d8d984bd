"""HTTP for programs: a guest's own token."""

from django.http import HttpRequest, HttpResponse

from lib.endpoints import endpoint
from lib.http import json_response
from lib.schemas import Answer
from matchmaking.callers import player_of
from matchmaking.identity import GUEST_COOKIE, caller_of, set_guest_cookie
from matchmaking.services.players import replace_token


class TokenReplaced(Answer, tag="Token Replaced"):
    """A guest's new token; the old one is known no more."""

    token: str


@endpoint("POST", tag="Players", returns=TokenReplaced)
def token(request: HttpRequest) -> HttpResponse:
    """Withdraw the guest's token and get a new one; sockets of the player are closed with 4410."""
    fresh = replace_token(player_of(caller_of(request)))
    response = json_response(TokenReplaced(fresh))
    if GUEST_COOKIE in request.COOKIES:
        set_guest_cookie(response, fresh)
    return response
