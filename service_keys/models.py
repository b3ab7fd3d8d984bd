"""Service keys: what other programs show to act here, such as game servers."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

NAME_MAX_CHARS = 80
SHOWN_CHARS = 8
ACTION_MAX_CHARS = 200


class Scope(models.TextChoices):
    """What a key may do."""

    READ = "read", "read what is not public, and follow events"
    POOLS = "pools", "make and change pools and seasons"
    MATCHES = "matches", "queue players of its own, and decide matches"
    TOURNAMENTS = "tournaments", "run tournaments as an organiser"
    MODERATION = "moderation", "mute players and erase what they wrote"


class ServiceKey(models.Model):
    """A key of another program; of its token only the SHA-256 is stored.

    After a rotation the token before it is good until `previous_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        max_length=NAME_MAX_CHARS,
        unique=True,
        help_text="What uses it. The record says under this name what was done.",
    )
    scopes = models.JSONField(default=list)
    shown = models.CharField(
        "begins with", max_length=SHOWN_CHARS, editable=False, help_text="How its token begins."
    )
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    previous_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    requests_a_minute = models.PositiveIntegerField(
        default=6000, validators=(MinValueValidator(1),), help_text="More are refused with 429."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(previous_sha256__isnull=True, previous_until__isnull=True)
                | Q(previous_sha256__isnull=False, previous_until__isnull=False),
                name="service_key_previous_token_ends",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A key has scopes, all of them known, none twice."""
        known = isinstance(self.scopes, list) and all(one in Scope.values for one in self.scopes)
        if not known or not self.scopes or len(set(self.scopes)) < len(self.scopes):
            raise ValidationError({"scopes": f"Some of {', '.join(Scope.values)}, each once."})

    @property
    def is_good(self) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class KeyAction(models.Model):
    """What a key did, where no record of a tournament or match names it."""

    key = models.ForeignKey(ServiceKey, models.CASCADE, related_name="actions")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    text = models.CharField(max_length=ACTION_MAX_CHARS)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.text
