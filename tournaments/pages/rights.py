"""What this browser may do in a tournament."""

from django.http import HttpRequest

from lib.errors import Forbidden, Refusal, Unauthenticated
from matchmaking.identity import browser_player, caller_of
from tournaments.models import Pairing, Tournament
from tournaments.services.actors import Actor
from tournaments.services.permissions import actor_for, check_may_enter_result, under_own_name


def reader_of(request: HttpRequest, tournament: Tournament) -> Actor | None:
    """The organiser or judge who sent a request; None for everybody else."""
    try:
        actor = actor_for(tournament=tournament, caller=caller_of(request), user=request.user)
    except Refusal:
        return None
    return under_own_name(actor, browser_player(request), request.user)


def organiser_of(request: HttpRequest, tournament: Tournament) -> Actor:
    """The organiser who sent a request; raises `Forbidden`."""
    actor = reader_of(request, tournament)
    if actor is None or not actor.may_run:
        raise Forbidden("Only the organiser of this tournament may do that.")
    return actor


def entering(request: HttpRequest, tournament: Tournament, pairing: Pairing) -> Actor:
    """The actor who enters a result; raises `Forbidden`."""
    try:
        actor = check_may_enter_result(
            tournament=tournament, pairing=pairing, caller=caller_of(request), user=request.user
        )
    except Unauthenticated as refusal:
        raise Forbidden("Only the organiser and the judges may enter results.") from refusal
    return under_own_name(actor, browser_player(request), request.user)
