"""Where webhooks go, how far each has got, and what became of each message."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matchmaking.models import Pool
from tournaments.models import Tournament

URL_MAX_CHARS = 1000


class WebhookFormat(models.TextChoices):
    """How a message is written."""

    STANDARD = "standard", "Standard Webhooks"
    DISCORD = "discord", "Discord"


class EndpointState(models.TextChoices):
    """Whether an endpoint is sent anything."""

    ACTIVE = "active", "active"
    PARKED = "parked", "parked: it failed for too long"
    DISABLED = "disabled", "disabled"


class Endpoint(models.Model):
    """An address that is sent facts: of the whole site, of a pool, or of a tournament.

    `position` is the number of the last fact that it is done with. `turn` counts how often somebody
    has set the position otherwise, so that a delivery under way then does not set it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=URL_MAX_CHARS)
    format = models.CharField(max_length=10, choices=WebhookFormat, default=WebhookFormat.STANDARD)
    types = models.JSONField(
        default=list, blank=True, help_text="The types of facts that are sent; empty for all."
    )
    pool = models.ForeignKey(Pool, models.CASCADE, null=True, blank=True, related_name="webhooks")
    tournament = models.ForeignKey(
        Tournament, models.CASCADE, null=True, blank=True, related_name="webhooks"
    )
    sealed_secret = models.CharField(max_length=200, default="", editable=False)
    sealed_previous = models.CharField(max_length=200, default="", blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)

    state = models.CharField(
        max_length=10, choices=EndpointState, default=EndpointState.ACTIVE, editable=False
    )
    why = models.CharField(
        max_length=300, default="", blank=True, editable=False,
        help_text="Why it is not sent anything, or what failed last.",
    )  # fmt: skip
    position = models.PositiveBigIntegerField(default=0, editable=False)
    turn = models.PositiveIntegerField(default=0, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(pool__isnull=True) | Q(tournament__isnull=True),
                name="webhook_for_pool_or_tournament",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A message to an endpoint, with each attempt to deliver it.

    `attempts` holds for each its time, status, milliseconds, error, and the start of the answer.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60)
    seq = models.PositiveBigIntegerField(help_text="The number of the fact; 0 for a test.")
    type = models.CharField(max_length=40)
    attempts = models.JSONField(default=list)
    attempted_at = models.DateTimeField(default=timezone.now)
    is_delivered = models.BooleanField(default=False)

    class Meta:
        ordering = ("-attempted_at", "-id")
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "message_id"), name="one_delivery_of_a_message"
            ),
        )
        indexes = (
            models.Index(fields=("attempted_at",), name="delivery_by_age"),
            models.Index(fields=("endpoint", "-attempted_at"), name="delivery_of_endpoint"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"
