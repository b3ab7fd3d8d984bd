"""Players: people with an account, and guests."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.names import NAME_MAX_CHARS, SKELETON_MAX_CHARS


class SignInName(models.Model):
    """The name by which an account signs in, in the forms by which names are compared.

    No two accounts have names that a reader takes for one, whether they are players or staff. An
    account from before this rule whose name clashes has no row: it signs in by its exact name.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    name_key = models.TextField(unique=True)
    skeleton = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.name_key


class ExternalAccount(models.Model):
    """An account of another site by which somebody signs in here."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="external_accounts"
    )
    site = models.CharField(max_length=20)
    subject = models.CharField(max_length=255)
    name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "subject"), name="external_account_signs_in_one_account"
            ),
            models.UniqueConstraint(
                fields=("user", "site"), name="account_has_one_external_account_of_a_site"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name or self.subject} ({self.site})"


class Player(models.Model):
    """A person: registered when there is a `user`, else a guest known by a token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="player"
    )
    name = models.CharField(max_length=NAME_MAX_CHARS)
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    skeleton = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("name_key",),
                condition=Q(user__isnull=False),
                name="registered_name_is_unique",
            ),
            models.UniqueConstraint(
                fields=("skeleton",),
                condition=Q(user__isnull=False),
                name="registered_name_has_no_look_alike",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_guest(self) -> bool:
        """Whether the player has no account."""
        return self.user_id is None
