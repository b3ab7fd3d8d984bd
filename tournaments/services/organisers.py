"""Who may run a tournament."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from matchmaking.callers import Caller, player_of
from matchmaking.errors import Forbidden, Unidentified, Unknown
from matchmaking.models import Player

from ..models import Tournament

RIGHT = "tournaments.change_tournament"


def may_organise(tournament: Tournament, player: Player | None) -> bool:
    """Whether a player is this tournament's organiser, or staff with the right to run any."""
    if player is None:
        return False
    if tournament.organiser_id == player.pk:
        return True
    return player.user is not None and may_organise_all(player.user)


def may_organise_all(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether an account may run every tournament."""
    return isinstance(user, User) and user.is_staff and user.has_perm(RIGHT)


def check_organiser(*, tournament_id: UUID, caller: Caller) -> None:
    """Raise unless the caller holds the tournament's token, is its organiser, or is staff."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise Unknown("There is no such tournament.")
    if caller.is_nobody:
        raise Unidentified(
            "Only the organiser may do this. Send the tournament's token as "
            "`Authorization: Bearer …`."
        )
    if caller.token_sha256 and caller.token_sha256 == tournament.token_sha256:
        return
    if not may_organise(tournament, player_of(caller)):
        raise Forbidden("Only the organiser of this tournament may do this.")
