"""What this browser may do in a tournament."""

from dataclasses import dataclass

from django.http import HttpRequest

from lib.errors import Forbidden, Refusal, Unauthenticated
from matchmaking.identity import caller_of
from tournaments.models import Pairing, Tournament
from tournaments.services.actors import Actor
from tournaments.services.permissions import actor_for, check_may_enter_result


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a reader; `actor` is None for one without any."""

    actor: Actor | None

    @property
    def may_run(self) -> bool:
        """Whether the reader is an organiser."""
        return self.actor is not None and self.actor.judge_id is None

    @property
    def may_enter(self) -> bool:
        """Whether results may be entered; a judge of a station may only do it there."""
        return self.actor is not None


def rights_of(request: HttpRequest, tournament: Tournament) -> Rights:
    """The rights of the sender of a request."""
    try:
        return Rights(
            actor_for(tournament=tournament, caller=caller_of(request), user=request.user)
        )
    except Refusal:
        return Rights(None)


def organiser_of(request: HttpRequest, tournament: Tournament) -> Actor:
    """The organiser who sent a request; raises `Forbidden`."""
    rights = rights_of(request, tournament)
    if rights.actor is None or not rights.may_run:
        raise Forbidden("Only the organiser of this tournament may do that.")
    return rights.actor


def entering(request: HttpRequest, tournament: Tournament, pairing: Pairing) -> Actor:
    """The actor who enters a result; raises `Forbidden`."""
    try:
        return check_may_enter_result(
            tournament=tournament, pairing=pairing, caller=caller_of(request), user=request.user
        )
    except Unauthenticated as refusal:
        raise Forbidden("Only the organiser and the judges may enter results.") from refusal
