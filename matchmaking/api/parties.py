"""HTTP for programs: make a party, look at it, join it by its code, leave it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from msgspec import UNSET, Meta

from lib.endpoints import endpoint
from lib.http import check_newcomer, counted_guess
from lib.schemas import Body
from matchmaking import schemas
from matchmaking.callers import Caller
from matchmaking.identity import caller_of
from matchmaking.services.parties import (
    MemberWishes,
    PartyEntry,
    create_party,
    join_party,
    leave_party,
    party_by_code,
)

_TAG = "Parties"
_MOST_ROLES = 32


class PartyBody(Body):
    """What `POST /parties` takes."""

    pool: str | None = None
    username: str | None = None
    attributes: dict[str, Any] | None = None
    """The player's own, for when the party queues; left out to keep what was said."""
    roles: Annotated[list[str], Meta(max_length=_MOST_ROLES)] | None = None
    """What the player can be in a team, the best first; left out to keep what was said."""


class PartyJoinBody(Body):
    """What `POST /parties/<code>/join` takes: a name, from who has no token yet.

    Members say by it too what they want of a match; joining again changes it.
    """

    username: str | None = None
    attributes: dict[str, Any] | None = None
    """The player's own, for when the party queues; left out to keep what was said."""
    roles: Annotated[list[str], Meta(max_length=_MOST_ROLES)] | None = None
    """What the player can be in a team, the best first; left out to keep what was said."""


_NO_BODY = PartyBody()
_NO_JOIN_BODY = PartyJoinBody()


@endpoint("POST", tag=_TAG, status=201)
def parties(request: HttpRequest, body: PartyBody = _NO_BODY) -> schemas.PartyEntered:
    """Make a party; a newcomer becomes a guest by it."""
    caller = _caller(request, body.username)
    wishes = MemberWishes(body.attributes, body.roles)
    entered = create_party(caller=caller, pool=body.pool, username=body.username, wishes=wishes)
    message = f"Tell your friends the code {entered.party.code}."
    return _entered("Party Created", message, entered)


def _caller(request: HttpRequest, username: str | None) -> Caller:
    caller = caller_of(request)
    if caller.is_nobody and username is not None:
        check_newcomer(request)
    return caller


def _entered(
    status: Literal["Party Created", "Joined"], message: str, entered: PartyEntry
) -> schemas.PartyEntered:
    party, player = schemas.Party.of(entered.party), schemas.PlayerName.of(entered.player)
    return schemas.PartyEntered(status, message, party, player, entered.token or UNSET)


@endpoint("GET", tag=_TAG)
def party(request: HttpRequest, code: str) -> schemas.PartyShown:
    """A party of one's own."""
    found = party_by_code(code=code.upper(), caller=caller_of(request))
    return schemas.PartyShown(schemas.Party.of(found))


@endpoint("POST", tag=_TAG)
def join(
    request: HttpRequest, code: str, body: PartyJoinBody = _NO_JOIN_BODY
) -> schemas.PartyEntered:
    """Join a party by its code."""
    caller = _caller(request, body.username)
    with counted_guess(request, wrong="unknown_party", at=f"party {code.upper()}"):
        entered = join_party(
            code=code.upper(),
            caller=caller,
            username=body.username,
            wishes=MemberWishes(body.attributes, body.roles),
        )
    message = f"You are in the party of {entered.party.leader.name}, who queues all of you."
    return _entered("Joined", message, entered)


@endpoint("DELETE", tag=_TAG)
def leave(request: HttpRequest, code: str) -> schemas.PartyLeft:
    """Leave a party, which ends its wait."""
    leave_party(code=code.upper(), caller=caller_of(request))
    return schemas.PartyLeft("You left the party.")
