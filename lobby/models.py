"""The lobby's rows beside its stream: mutes and presence."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.addresses import client_network, parse_address


class Speakers(models.TextChoices):
    """Who may talk in the lobby."""

    ALL = "all", "anybody, with or without a name"
    NAMED = "named", "guests and registered players"
    REGISTERED = "registered", "registered players"


class ChatSettings(models.Model):
    """Who may talk in the lobby, and how often; one row, or none for the defaults."""

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW, editable=False)
    speakers = models.CharField(
        "who may talk", max_length=10, choices=Speakers, default=Speakers.ALL
    )
    slow_seconds = models.PositiveIntegerField(
        "slow mode",
        default=0,
        validators=(MaxValueValidator(3600),),
        help_text="Seconds between two lines of one player; 0 for no slow mode.",
    )

    class Meta:
        verbose_name_plural = "chat settings"
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="chat_has_one_row_of_settings"),
        )

    def __str__(self) -> str:
        return "Chat settings"

    @classmethod
    def current(cls) -> "ChatSettings":
        """The settings, as of now."""
        return cls.objects.filter(pk=cls.ROW).first() or cls()


class Mute(models.Model):
    """Who may not talk for a while: a player, and newcomers at the address they talked from."""

    player = models.OneToOneField(
        "matchmaking.Player", models.CASCADE, null=True, blank=True, related_name="mute"
    )
    address = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_index=True,
        help_text="Of IPv6 its /64. There, whoever has no name, or was no player before the mute, "
        "may not talk either.",
    )
    since = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(player__isnull=False) | ~Q(address=""),
                name="mute_has_a_player_or_an_address",
                violation_error_message="Name a player, an address, or both.",
            ),
            models.UniqueConstraint(
                fields=("address",),
                condition=Q(player__isnull=True),
                name="address_is_muted_once",
                violation_error_message="This address is muted already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.player or self.address} until {self.until:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """The address as lines are counted by it; raises `ValidationError`."""
        if not self.address:
            return
        alone = self.address.partition("/")[0]
        if parse_address(alone) is None:
            raise ValidationError({"address": "This is no address, such as 192.0.2.7."})
        self.address = client_network(alone)


class LineSource(models.Model):
    """Where a line of chat came from; for moderators' mutes, and deleted after a day."""

    seq = models.BigIntegerField(primary_key=True)
    player = models.UUIDField(null=True)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.seq}: {self.address}"


class Presence(models.Model):
    """The people connected to one server process, leased: a dead process's rows expire."""

    process = models.CharField(max_length=32, primary_key=True)
    expires_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    people = models.JSONField(default=list, help_text="Public id and name of the first of them.")

    class Meta:
        verbose_name_plural = "presence"

    def __str__(self) -> str:
        return f"{self.process}: {self.count}"
