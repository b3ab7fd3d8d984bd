"""Players: people with an account, and guests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.database.ids import new_id
from lib.names import NAME_MAX_CHARS, SKELETON_MAX_CHARS
from service_keys.models import ServiceKey

EXTERNAL_ID_MAX_CHARS = 80


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

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
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


class ExternalPlayer(models.Model):
    """A player for whom a service vouches by its key, under the id that they have there."""

    player = models.OneToOneField(Player, models.CASCADE, primary_key=True, related_name="external")
    key = models.ForeignKey(
        ServiceKey, models.PROTECT, related_name="external_players", db_index=False
    )  # indexed with the id, below
    external_id = models.CharField(max_length=EXTERNAL_ID_MAX_CHARS)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key", "external_id"), name="one_player_for_each_id_of_a_key"
            ),
        )

    def __str__(self) -> str:
        return self.external_id


class PlayerToken(models.Model):
    """A token that speaks for a player of a service until it expires; the database has its hash."""

    player = models.ForeignKey(Player, models.CASCADE, related_name="tokens")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.player} until {self.expires_at:%Y-%m-%d %H:%M}"
