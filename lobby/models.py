"""The lobby's rows beside its stream: mutes and presence."""

from django.db import models


class Mute(models.Model):
    """A player who may not chat for a while."""

    player = models.OneToOneField("matchmaking.Player", models.CASCADE, related_name="mute")
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.player} until {self.until:%Y-%m-%d %H:%M}"


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
