"""Parties: players who queue together."""

import secrets
from typing import Self

from django.db import models
from django.utils import timezone

from .players import Player
from .pools import Pool

CODE_MAX_CHARS = 12
#: Characters that cannot be confused when read aloud.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_CHARS = 6


def new_code(chars: int = _CODE_CHARS) -> str:
    """A code that nobody has thought of."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(chars))


class PartyQuerySet(models.QuerySet["Party"]):
    """Parties with what is shown of them."""

    def in_full(self) -> Self:
        """With the pool, the leader and the members."""
        return self.select_related("pool", "leader").prefetch_related("members__player")


class Party(models.Model):
    """Players who queue together; anybody with the `code` may join.

    Its leader queues all of them. With a `pool` it may queue in no other.
    """

    code = models.CharField(max_length=CODE_MAX_CHARS, unique=True)
    leader = models.ForeignKey(Player, models.CASCADE, related_name="led_parties")
    pool = models.ForeignKey(Pool, models.CASCADE, null=True, blank=True, related_name="parties")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        indexes = (models.Index(fields=("created_at",), name="party_by_age"),)

    def __str__(self) -> str:
        return self.code


class PartyMember(models.Model):
    """A player's place in a party; a player has at most one."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="members")
    player = models.OneToOneField(Player, models.CASCADE, related_name="party_member")
    attributes = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="The member's own, for the next wait."
    )
    roles = models.JSONField(
        default=list, db_default=[], blank=True, help_text="What the member can be, best first."
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("joined_at", "id")

    def __str__(self) -> str:
        return f"{self.player} in {self.party}"
