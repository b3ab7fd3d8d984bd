"""What the lobby keeps beside its stream: who may not chat, and who is here."""

from django.db import models


class Mute(models.Model):
    """A player who may not chat for a while."""

    player = models.OneToOneField("matchmaking.Player", models.CASCADE, related_name="mute")
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.player} until {self.until:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """Who is in the lobby through one server process, leased: a dead process's people vanish."""

    process = models.CharField(max_length=32, primary_key=True)
    expires_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    people = models.JSONField(default=list, help_text="Public id and name of the first of them.")

    class Meta:
        verbose_name_plural = "presence"

    def __str__(self) -> str:
        return f"{self.process}: {self.count}"
