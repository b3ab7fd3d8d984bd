"""Who is meant by a name or an id, typed at a command line."""

from uuid import UUID

from lib.errors import NotFound
from matchmaking.models import Player
from matchmaking.services.accounts import account_called


def player_called(typed: str) -> Player:
    """A player by id, or a registered one by name; raises `NotFound`. Guests may share a name."""
    try:
        found = Player.objects.filter(pk=UUID(typed)).first()
    except ValueError:
        user = account_called(typed)
        found = Player.objects.filter(user=user).first() if user else None
    if found is None:
        raise NotFound(
            f"There is no registered player called {typed!r}, and no player with that id. A guest"
            " is found by the id, which is in the address of their page (/players/<id>)."
        )
    return found
