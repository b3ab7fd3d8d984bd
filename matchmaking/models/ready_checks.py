"""Ready checks: a match that was found, and the players' answers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.database.ids import new_id

from .matches import Match
from .players import Player
from .pools import REGION_MAX_CHARS, ROLE_MAX_CHARS, Pool
from .tickets import Ticket


class CheckState(models.TextChoices):
    """The state of a check; only `OPEN` holds its tickets."""

    OPEN = "open", "open"
    READY = "ready", "everybody accepted"
    BROKEN = "broken", "somebody declined or slept"
    CALLED_OFF = "called_off", "called off"


class Answer(models.TextChoices):
    """A player's answer."""

    NONE = "", "nothing yet"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"


class ReadyCheck(models.Model):
    """A match that a pool proposes to its players until `deadline`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="ready_checks")
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.OPEN)
    region = models.CharField(max_length=REGION_MAX_CHARS, blank=True, default="")
    attributes = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deadline = models.DateTimeField()
    match = models.OneToOneField(
        Match, models.SET_NULL, null=True, blank=True, related_name="ready_check"
    )

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("deadline",), condition=Q(state="open"), name="check_open_by_end"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class ReadyAnswer(models.Model):
    """A player's answer to a ready check, by the player's ticket."""

    check_of = models.ForeignKey(ReadyCheck, models.CASCADE, related_name="answers")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="answers")
    side = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=ROLE_MAX_CHARS, blank=True, default="", db_default="")
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.NONE, blank=True)

    class Meta:
        ordering = ("side", "id")
        constraints = (
            models.UniqueConstraint(fields=("check_of", "ticket"), name="asked_once_per_check"),
        )

    def __str__(self) -> str:
        return f"{self.ticket}: {self.get_answer_display()}"


class Cooldown(models.Model):
    """A player's broken ready checks in a pool, and until when the player must pause."""

    player = models.ForeignKey(Player, models.CASCADE, related_name="cooldowns")
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="cooldowns")
    faults = models.PositiveIntegerField()
    last_fault_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("player", "pool"), name="one_cooldown_per_player_and_pool"
            ),
        )

    def __str__(self) -> str:
        return f"{self.player} in {self.pool} until {self.until}"
