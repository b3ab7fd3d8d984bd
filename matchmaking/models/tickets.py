"""Tickets: players' waits in pools."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.database.ids import new_id
from lib.names import NAME_MAX_CHARS, SKELETON_MAX_CHARS
from service_keys.models import ServiceKey

from .matches import Match
from .parties import Party
from .players import Player
from .pools import Pool

TAG_MAX_CHARS = 4


class TicketState(models.TextChoices):
    """The state of a wait; `WAITING` and `PROPOSED` are open."""

    WAITING = "waiting", "waiting"
    PROPOSED = "proposed", "proposed"
    MATCHED = "matched", "matched"
    CANCELLED = "cancelled", "cancelled"
    EXPIRED = "expired", "expired"
    DECLINED = "declined", "declined"
    NO_RESPONSE = "slept", "slept"


#: The states in which a ticket holds its player.
OPEN_STATES = (TicketState.WAITING, TicketState.PROPOSED)


class EndReason(models.TextChoices):
    """Why a ticket was cancelled by others."""

    NONE = "", "none"
    POOL_CLOSED = "pool_closed", "the pool was closed"
    PARTY = "party", "a member of the party ended it"


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Tickets by their state, and with what is shown of them."""

    def open(self) -> Self:
        """Those that hold their player."""
        return self.filter(state__in=OPEN_STATES)

    def waiting(self) -> Self:
        """Those that wait for a match, the oldest first."""
        return self.filter(state=TicketState.WAITING)

    def in_full(self) -> Self:
        """With the pool, the player, the party, and the match with its seats."""
        related = self.select_related("pool", "player", "party", "match__pool")
        return related.prefetch_related("match__seats")


class Ticket(models.Model):
    """A player's wait in a pool, oldest `waiting_since` first.

    The tickets of a party's members are one wait: they have the party and `waiting_since` in
    common, and stand or fall together. So a player has one open ticket, alone or not, by a plain
    constraint. `rating` and `avoids` are what the pairing goes by, as of the join: nothing moves
    them while a player waits. They are empty in a plain pool.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="tickets")
    player = models.ForeignKey(Player, models.CASCADE, related_name="tickets")
    party = models.ForeignKey(
        Party, models.SET_NULL, null=True, blank=True, related_name="tickets", db_index=False
    )  # indexed where there is one, below
    name = models.CharField(max_length=NAME_MAX_CHARS + TAG_MAX_CHARS + 2)
    tag = models.CharField(
        max_length=TAG_MAX_CHARS,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Where guests may share a name: what tells them apart, and is in the name.",
    )
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS)
    skeleton = models.CharField(max_length=SKELETON_MAX_CHARS)
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.WAITING)
    reason = models.CharField(
        max_length=12, choices=EndReason, default=EndReason.NONE, blank=True, editable=False
    )
    match = models.ForeignKey(Match, models.SET_NULL, null=True, blank=True, related_name="tickets")
    queued_by = models.ForeignKey(
        ServiceKey, models.PROTECT, null=True, blank=True, editable=False, related_name="tickets",
        db_index=False, help_text="The key of the service that queued it, if one did.",
    )  # fmt: skip
    waiting_since = models.DateTimeField(default=timezone.now)
    at_head = models.BooleanField(
        default=False, help_text="Back from a match that was not played: before all others."
    )
    regions = models.JSONField(default=list, blank=True)
    attributes = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="The player's values, by attribute."
    )
    roles = models.JSONField(
        default=list, db_default=[], blank=True, help_text="What the player can be, best first."
    )
    rating = models.FloatField(null=True, blank=True, editable=False)
    avoids = models.JSONField(default=list, blank=True, editable=False)
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When its owner last showed life."
    )
    leave_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When it ends because its socket dropped; a sign of life clears it.",
    )

    objects = TicketQuerySet.as_manager()
    #: The ready check that it is in, read in one look with the rest; see `selectors.with_check`.
    open_check_id: uuid.UUID | None = None

    class Meta:
        ordering = ("waiting_since",)
        indexes = (
            models.Index(
                fields=("pool", "waiting_since"),
                condition=Q(state="waiting"),
                name="ticket_waiting_by_age",
            ),
            models.Index(
                fields=("queued_by", "state"),
                condition=Q(queued_by__isnull=False),
                name="ticket_of_a_key_by_state",
            ),
            models.Index(
                fields=("party",), condition=Q(party__isnull=False), name="ticket_by_party"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("player",),
                condition=Q(state__in=OPEN_STATES),
                name="one_open_ticket_per_player",
            ),
            models.UniqueConstraint(
                fields=("pool", "name_key", "tag"),
                condition=Q(state__in=OPEN_STATES),
                name="waiting_name_is_unique_in_pool",
            ),
            models.UniqueConstraint(
                fields=("pool", "skeleton", "tag"),
                condition=Q(state__in=OPEN_STATES),
                name="waiting_name_has_no_look_alike",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES) | Q(match__isnull=True),
                name="open_ticket_has_no_match",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.pool}"

    @property
    def wait_key(self) -> uuid.UUID | int:
        """What the tickets of one wait have in common: the party, or the ticket itself."""
        return self.pk if self.party_id is None else self.party_id
