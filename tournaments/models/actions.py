"""The record of a tournament: who did what, and how it is undone."""

from django.db import models
from django.utils import timezone

from matchmaking.models import Player

from .tournament import Tournament

#: The verb of an action that undid another.
UNDONE = "undo"
#: Two players by their names, and how many others.
ACTOR_MAX_CHARS = 80


class Action(models.Model):
    """What somebody did to a tournament, and what an undo of it needs.

    `verb` is a stable word (`result`, `reopen`, `withdraw`, …), `text` a sentence. `undo` is a
    struct of `services.undoable`, empty where the action cannot be undone. An undo is an action
    too: `undoes` is the one that it undid or skipped.
    """

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="actions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(Player, models.SET_NULL, null=True, related_name="actions")
    actor_name = models.CharField(
        max_length=ACTOR_MAX_CHARS, help_text="As shown then; roles without a name."
    )
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
        """Whether it has been undone."""
        return hasattr(self, "undone_by") and self.undone_by.verb == UNDONE
