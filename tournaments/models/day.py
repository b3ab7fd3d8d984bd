"""Stations, judges, and the record of who did what on the day of a tournament."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matchmaking.models import Player

from .tournament import Tournament


class Station(models.Model):
    """A table, court or console; an open pairing has it for itself."""

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="stations")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "number"), name="one_station_per_number"),
            models.UniqueConstraint(fields=("tournament", "name"), name="one_station_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class Judge(models.Model):
    """Somebody who may enter results in this tournament, or at one of its stations only.

    Known by a token, or as the `player` who has claimed the invitation.
    """

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="judges")
    name = models.CharField(max_length=40)
    player = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="judgeships"
    )
    station = models.ForeignKey(
        Station, models.CASCADE, null=True, blank=True, related_name="judges"
    )
    token_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "name"), name="one_judge_per_name"),
            models.UniqueConstraint(
                fields=("tournament", "player"),
                condition=Q(player__isnull=False),
                name="one_judgeship_per_player",
            ),
        )

    def __str__(self) -> str:
        return self.name


#: The verb of an action that has taken back another.
UNDONE = "undo"


class Action(models.Model):
    """What somebody did to a tournament, and how it is taken back.

    `verb` is a stable word (`result`, `reopen`, `withdraw`, …), `text` says it to people. `undo` is
    what `services.corrections` needs to take it back, empty where that cannot be done. An undo is
    an action of its own, and names the one that it undid, or that it left as it is.
    """

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="actions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(Player, models.SET_NULL, null=True, related_name="actions")
    actor_name = models.CharField(max_length=60, help_text="As shown then; roles without a name.")
    verb = models.CharField(max_length=24)
    text = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True)
    undo = models.JSONField(default=dict, blank=True)
    undoes = models.OneToOneField("self", models.SET_NULL, null=True, related_name="undone_by")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "number"), name="one_action_per_number"),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def is_undone(self) -> bool:
        """Whether it has been taken back."""
        return hasattr(self, "undone_by") and self.undone_by.verb == UNDONE
