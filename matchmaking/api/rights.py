"""Who may change pools and seasons: keys with the scope for it, and staff with the permission."""

from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest

from lib.errors import Forbidden
from matchmaking.callers import player_of
from matchmaking.identity import bearer, caller_of
from service_keys.access import bearer_key, check_key
from service_keys.models import Scope, ServiceKey
from service_keys.services import record_action

_FOUND = "_pools_actor"


def by_right(permission: str) -> Callable[[HttpRequest], None]:
    """What lets keys with the scope `pools` in, and staff accounts with this permission."""

    def check(request: HttpRequest) -> None:
        key = bearer_key(request)
        found = _staff(request, permission) if key is None else check_key(key, Scope.POOLS)
        request.__dict__[_FOUND] = found

    return check


def _staff(request: HttpRequest, permission: str) -> User:
    has_token = not bearer(request.headers.get("Authorization")).is_nobody
    user = None if has_token else request.user
    if user is None or not user.is_authenticated:
        user = player_of(caller_of(request)).user
    if user is None or not (user.is_active and user.is_staff and user.has_perm(permission)):
        raise Forbidden(
            "Only staff who may change this in the admin, and service keys with the scope "
            "'pools', do this."
        )
    return user


def record(request: HttpRequest, row: Model, flag: int, text: str) -> None:
    """Record, in the transaction that did it, what the one who was let in has done."""
    actor: ServiceKey | User = request.__dict__[_FOUND]
    if isinstance(actor, ServiceKey):
        record_action(actor, text)
    else:
        LogEntry.objects.log_actions(actor.pk, [row], flag, text, single_object=True)
