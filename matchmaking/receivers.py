"""What follows when an account is saved, and when a service key is revoked.

Pages, the admin and `createsuperuser` save accounts: only Django's own signals see all three.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from service_keys.models import ServiceKey
from service_keys.signals import key_revoked

from .models import Player
from .services.accounts import (
    close_sockets_of_account,
    prepare_account_name,
    store_account_name,
)
from .services.sign_outs import close_sockets_of, close_sockets_of_service


@receiver(pre_save, sender=User)
def account_is_saved(
    *, instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Refuse a name that another account has."""
    if not raw and (update_fields is None or "username" in update_fields):
        prepare_account_name(instance)


@receiver(post_save, sender=User)
def account_was_saved(
    *, instance: User, created: bool, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Claim a new account's name; a changed one may have a new password, or be blocked."""
    if created and not raw:
        store_account_name(instance)
    elif update_fields is None or not update_fields <= {"last_login", "email"}:
        close_sockets_of_account(instance)


@receiver(post_delete, sender=Player)
def player_was_deleted(*, instance: Player, **kwargs: Any) -> None:
    """Close the sockets of a player who is no more."""
    close_sockets_of(instance.pk)


@receiver(key_revoked)
def key_was_revoked(*, key: ServiceKey, **kwargs: Any) -> None:
    """Close the sockets of the players for whom it vouched: their tokens end with it."""
    close_sockets_of_service(key)
