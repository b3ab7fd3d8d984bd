"""Players as others see them."""

from typing import Self
from uuid import UUID

from lib.schemas import Schema
from matchmaking import models


class PlayerName(Schema):
    """Somebody, by public id and name."""

    id: UUID | None
    """Null for a name without a player."""
    username: str

    @classmethod
    def of(cls, player: models.Player) -> Self:
        """A player as others see them."""
        return cls(player.pk, player.name)
