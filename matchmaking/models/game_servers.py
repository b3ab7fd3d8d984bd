"""What a game server says of the matches that it runs."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .matches import Match, Seat

ADDRESS_MAX_CHARS = 255
JOIN_CODE_MAX_CHARS = 255
WHY_MAX_CHARS = 200


class ServedMatch(models.Model):
    """A match that a game server runs: where, since when, and what each player did in it.

    `by_side` has what only that side may see, in the order of the sides; `statistics` are the
    players' by their id. `sequence` is the number of the last live score that was stored.
    """

    match = models.OneToOneField(
        Match, models.CASCADE, primary_key=True, related_name="served", editable=False
    )
    address = models.CharField(max_length=ADDRESS_MAX_CHARS, blank=True)
    join_code = models.CharField(max_length=JOIN_CODE_MAX_CHARS, blank=True)
    by_side = models.JSONField(default=list, db_default=[], blank=True)
    allocated_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveBigIntegerField(default=0, db_default=0)
    statistics = models.JSONField(default=dict, db_default={}, blank=True)
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When the game server last said something of it."
    )
    why = models.CharField(max_length=WHY_MAX_CHARS, blank=True, help_text="Why it was called off.")

    def __str__(self) -> str:
        return str(self.match_id)


class PlaceState(models.TextChoices):
    """The state of a place in a running match."""

    OPEN = "open", "open"
    FILLED = "filled", "filled"
    WITHDRAWN = "withdrawn", "withdrawn"


class OpenPlace(models.Model):
    """The place of a player who left a running match, offered to those who wait in its pool."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="places")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="places", db_index=False)
    state = models.CharField(max_length=10, choices=PlaceState, default=PlaceState.OPEN)
    filled_by = models.OneToOneField(
        Seat, models.CASCADE, null=True, blank=True, related_name="place_taken"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("created_at", "id")
        indexes = (
            models.Index(fields=("match",), condition=Q(state="open"), name="place_open_of_match"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("seat",), condition=Q(state="open"), name="one_open_offer_of_a_seat"
            ),
            models.CheckConstraint(
                condition=Q(state=PlaceState.FILLED, filled_by__isnull=False)
                | (~Q(state=PlaceState.FILLED) & Q(filled_by__isnull=True)),
                name="place_is_filled_by_a_seat",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat} in {self.match_id}"
