"""How much one maker of tournaments may make: places in a while, and tournaments that are open."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lib import limits
from lib.addresses import client_network
from lib.errors import Conflict, Refusal
from matchmaking.models import Player
from tournaments.models import Tournament, TournamentState
from tournaments.services.actors import Actor

#: What the smallest tournament counts for, in entrants.
LEAST_SIZE = 8
#: What a file counts for: so many bytes for an entrant.
BYTES_FOR_EACH = 512
#: One that was made so long ago and is still open no longer counts: its maker may have lost it.
COUNTED_FOR = timedelta(days=30)
_OVER = (TournamentState.FINISHED, TournamentState.CANCELLED)


def origin_of(*, address: object, actor: Actor, size: int) -> str:
    """Where a tournament of so many entrants is made: the digest of an address, nothing for staff.

    Raises `Refusal` when too much was made from there, or by that player, in a short time.
    """
    if actor.is_staff:
        return ""
    weight = max(LEAST_SIZE, size)
    is_allowed = limits.making_by_address.take(address, weight)
    if is_allowed and actor.player_id is not None:
        is_allowed = limits.making_by_player.take(actor.player_id, weight)
    if not is_allowed:
        raise Refusal(
            "You have made many large tournaments in a short time. Wait a minute.",
            code="rate_limited",
        )
    return salted_hmac("origin", client_network(str(address))).hexdigest()[:16]


def check_quota(organiser: Player | None, origin: str) -> None:
    """Raise `Conflict` when a maker has too many tournaments that are not over.

    Who has an account is counted alone; guests, of whom anybody can be many, by address too.
    """
    if not origin or not settings.RATE_LIMITS:
        return
    recent = Tournament.objects.filter(created_at__gte=timezone.now() - COUNTED_FOR)
    still_open = recent.exclude(state__in=_OVER)
    by_player = settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_PLAYER
    if organiser is not None and still_open.filter(organiser=organiser).count() >= by_player:
        raise _too_many(by_player, "You have")
    if organiser is None or organiser.is_guest:
        by_address = settings.MATCHPOINT_OPEN_TOURNAMENTS_PER_ADDRESS
        anonymous = Q(organiser__isnull=True) | Q(organiser__user__isnull=True)
        if still_open.filter(anonymous, origin=origin).count() >= by_address:
            raise _too_many(by_address, "Your address has")


def _too_many(count: int, who: str) -> Conflict:
    return Conflict(
        f"{who} {count} tournaments that are not over. Finish or cancel one before the next.",
        code="too_many_open",
    )
