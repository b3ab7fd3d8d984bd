"""Who may run a tournament, judge in it, or enter a result."""

from dataclasses import replace
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from lib.errors import Forbidden, NotFound, Unauthenticated
from matchmaking.callers import NOBODY, Caller, player_of, players_of
from matchmaking.models import Player
from matchmaking.services.access.second_factor import acts_as_staff
from service_keys.access import check_key, keys_by_digest
from service_keys.models import Scope
from tournaments.models import Judge, Pairing, Tournament

from .actors import ORGANISER, Actor, key_actor, player_actor

RIGHT = "tournaments.change_tournament"
Account = AbstractBaseUser | AnonymousUser


def may_organise(tournament: Tournament, player: Player | None) -> bool:
    """Whether a player is this tournament's organiser, or staff with the right to run any."""
    if player is None:
        return False
    if tournament.organiser_id == player.pk:
        return True
    return player.user is not None and may_organise_all(player.user)


def may_organise_all(user: Account) -> bool:
    """Whether an account may run every tournament."""
    return acts_as_staff(user) and user.has_perm(RIGHT)


def owner_actor(organiser: Player | None, user: Account | None = None) -> Actor:
    """Who makes a tournament: its player, an account without one, or whoever gets its token.

    `user` is the account of a browser's session, as below.
    """
    account = organiser.user if organiser else user
    actor = ORGANISER
    if organiser is not None:
        actor = player_actor(organiser)
    elif isinstance(account, User):
        actor = Actor(account.get_username())
    return replace(actor, is_staff=account is not None and may_organise_all(account))


def under_own_name(actor: Actor, player: Player | None, user: Account) -> Actor:
    """Whoever acts by the organiser's token, as the player or account that is signed in beside it.

    They may do what the token may, and no more.
    """
    return replace(owner_actor(player, user), is_staff=False) if actor is ORGANISER else actor


def check_may_rate(actor: Actor) -> None:
    """Raise `Forbidden` for everybody but staff, who alone tie a tournament to a pool's ratings."""
    if not actor.is_staff:
        raise Forbidden(
            "Only staff may choose the pool whose ratings a tournament moves. Leave the choice as "
            "it is, and ask them.",
            code="staff_only",
        )


def check_may_choose_server(actor: Actor) -> None:
    """Raise `Forbidden` for everybody but staff, who alone let a key decide a tournament."""
    if not actor.is_staff:
        raise Forbidden(
            "Only staff may choose the game server that decides. Ask them to.", code="staff_only"
        )


def organiser_actor(
    *, tournament: Tournament, caller: Caller = NOBODY, user: Account | None = None
) -> Actor | None:
    """Whoever asks, as one who may do everything in this tournament; None for others.

    `user` is the account of a browser's session, for staff who are no players. Raises
    `Unauthenticated` for a token that is nobody's, and as `check_key` for a service key that may
    run no tournaments.
    """
    if caller.key_sha256 is not None:
        found = keys_by_digest([caller.key_sha256]).get(caller.key_sha256)
        return key_actor(check_key(found, Scope.TOURNAMENTS))
    if caller.token_sha256 and caller.token_sha256 == tournament.token_sha256:
        return ORGANISER
    player = None if caller.is_nobody else player_of(caller)
    if player is not None and may_organise(tournament, player):
        return owner_actor(player)
    if user is not None and may_organise_all(user):
        return Actor(user.get_username(), player.pk if player else None, is_staff=True)
    return None


def judge_of(*, tournament: Tournament, caller: Caller) -> Judge | None:
    """The judge of this tournament that a token or a player is."""
    if caller.is_nobody:
        return None
    judges = Judge.objects.filter(tournament=tournament)
    if caller.player_id is not None:
        return judges.filter(player=caller.player_id).first()
    by_token = judges.filter(token_sha256=caller.token_sha256).first()
    player = None if by_token else players_of([caller]).get(caller)
    return judges.filter(player=player).first() if player else by_token


def actor_for(
    *, tournament: Tournament, caller: Caller = NOBODY, user: Account | None = None
) -> Actor:
    """The organiser or a judge; raises `Forbidden` or `Unauthenticated` for everybody else.

    A judge has a `judge_id` and may enter results, no more: see `check_may_enter_result`.
    """
    judge = judge_of(tournament=tournament, caller=caller)
    actor = None
    if judge is None or caller.token_sha256 is None or judge.token_sha256 != caller.token_sha256:
        actor = organiser_actor(tournament=tournament, caller=caller, user=user)
    if actor is None and judge is not None:
        actor = Actor(judge.name, judge.player_id, judge.pk)
    if actor is not None:
        return actor
    if caller.is_nobody:
        raise Unauthenticated(
            "Only the organiser may do this. Send the tournament's token as "
            "`Authorization: Bearer …`."
        )
    raise Forbidden("Only the organiser of this tournament may do this.")


def check_organiser(*, tournament_id: UUID, caller: Caller, user: Account | None = None) -> Actor:
    """Who organises this tournament; raises unless the caller holds its token, or is staff."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        raise NotFound("There is no such tournament.")
    actor = actor_for(tournament=tournament, caller=caller, user=user)
    if not actor.may_run:
        raise Forbidden("A judge enters results; only the organiser may do this.")
    return actor


def check_may_enter_result(
    *, tournament: Tournament, pairing: Pairing, caller: Caller, user: Account | None = None
) -> Actor:
    """Who enters a result; raises for a judge of another station, and for everybody else."""
    actor = actor_for(tournament=tournament, caller=caller, user=user)
    if actor.judge_id is None:
        return actor
    judge = Judge.objects.select_related("station").get(pk=actor.judge_id)
    if judge.station is not None and judge.station_id != pairing.station_id:
        raise Forbidden(
            f"You are the judge of {judge.station.name}, and this match is not played there. "
            "Ask the organiser."
        )
    return actor
