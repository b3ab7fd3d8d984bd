"""What the site knows of a player, as JSON for them."""

import json
import re
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField
from django.utils import timezone

from lib.version import version
from lobby.models import LineSource
from matchmaking.models import Player

from .traces import chat_of, rows_about

#: What proves who somebody is stays on the server, also from themselves.
_SECRET = re.compile(r"password|token|secret|sha256|sealed|(^|_)key$|skeleton")
#: Others', or of no meaning to anybody.
_LEFT_OUT = {"admin.LogEntry.user", "auth.User_groups.user", "auth.User_user_permissions.user"}


def export_as_json(player: Player) -> str:
    """The same, to read or to keep."""
    return json.dumps(export_of(player), cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)


def export_of(player: Player) -> dict[str, Any]:
    """Everything about a player: their row and account, and each row that refers to them."""
    found = {
        "site": settings.PUBLIC_URL,
        "version": version(),
        "made_at": timezone.now(),
        "player": _plain(player),
        "account": _plain(player.user) if player.user else None,
        "chat": list(chat_of(player).order_by("seq").values("at", "text")),
        "chat_addresses": list(LineSource.objects.filter(player=player.pk).values("at", "address")),
    }
    about = [*rows_about(Player, player.pk)]
    if player.user is not None:
        about += rows_about(type(player.user), player.user.pk)
    rows = {name: [_plain(row) for row in rows] for name, rows in about if name not in _LEFT_OUT}
    return found | {"rows": {name: each for name, each in sorted(rows.items()) if each}}


def _plain(row: Any) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if not isinstance(field, BinaryField) and not _SECRET.search(field.name)
    }
