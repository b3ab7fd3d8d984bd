"""Parties: players who queue together."""

from typing import Any, Literal, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from lib.schemas import Answer, Schema
from matchmaking import models

from .players import PlayerName


class PartyMember(PlayerName):
    """A member, and what they said of the match they want."""

    attributes: dict[str, Any] | UnsetType = UNSET
    roles: list[str] | UnsetType = UNSET

    @classmethod
    def of_row(cls, member: models.PartyMember) -> Self:
        """A member; needs the player."""
        player = member.player
        return cls(player.pk, player.name, member.attributes or UNSET, member.roles or UNSET)


class Party(Schema):
    """A party as its members see it."""

    code: str
    pool: str | None
    """The one pool it is for; null for any."""
    leader: UUID
    members: list[PartyMember]

    @classmethod
    def of(cls, party: models.Party) -> Self:
        """A party; needs its pool, and its members with their players."""
        return cls(
            code=party.code,
            pool=party.pool.slug if party.pool else None,
            leader=party.leader_id,
            members=[PartyMember.of_row(member) for member in party.members.all()],
        )


class PartyEntered(Schema):
    """A party that the player has made or joined."""

    status: Literal["Party Created", "Joined"]
    message: str
    party: Party
    player: PlayerName
    token: str | UnsetType
    """For a guest that this request made, shown this once."""


class PartyShown(Answer, tag="Party"):
    """A party of the player's."""

    party: Party


class PartyLeft(Answer, tag="Left"):
    """The player is in no party any more."""

    message: str
