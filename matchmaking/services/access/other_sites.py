"""Accounts of other sites, by which people sign in here: made, connected, disconnected."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from lib.errors import Conflict
from matchmaking.models import ExternalAccount, Player
from matchmaking.services.players import sign_up


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at another site, as that site says: a subject never changes, a name may."""

    site: str
    subject: str
    name: str


def account_of(who: Identity) -> User | None:
    """The account here of somebody from another site."""
    found = ExternalAccount.objects.filter(site=who.site, subject=who.subject)
    row = found.select_related("user").first()
    return row.user if row else None


@transaction.atomic
def sign_up_from(who: Identity, *, username: str, guest: Player | None) -> User:
    """Register a player without a password; a guest stays the same player.

    Raises `BadName`, or `Conflict` when the name is taken, or the other account was connected.
    """
    user = sign_up(username=username, password=None, guest=guest)
    _store(user, who)
    return user


@transaction.atomic
def connect(user: User, who: Identity) -> None:
    """Let somebody from another site sign in to an account; twice is once, raises `Conflict`."""
    owner = account_of(who)
    if owner is None:
        _store(user, who)
    elif owner.pk != user.pk:
        raise Conflict("It signs in another account here. Disconnect it there first.")


@transaction.atomic
def disconnect(user: User, site: str) -> None:
    """Take a way to sign in from an account; raises `Conflict` when it is the last."""
    User.objects.select_for_update().get(pk=user.pk)
    others = ExternalAccount.objects.filter(user=user).exclude(site=site)
    if not user.has_usable_password() and not others.exists():
        raise Conflict("It is the only way to sign in that you have. Set a password first.")
    ExternalAccount.objects.filter(user=user, site=site).delete()


def _store(user: User, who: Identity) -> None:
    try:
        with transaction.atomic():
            ExternalAccount.objects.create(
                user=user, site=who.site, subject=who.subject, name=who.name[:100]
            )
    except IntegrityError as race:
        raise Conflict("An account of that site is connected already.") from race
