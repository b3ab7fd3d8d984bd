"""The event log: streams of committed facts, numbered without holes in commit order."""

import secrets

from django.db import models
from django.utils import timezone


def new_epoch() -> str:
    """A name for a stream's new life; old numbers mean nothing in it."""
    return secrets.token_hex(8)


class Stream(models.Model):
    """An ordered log of events; `seq` is the number of the last one, 0 when there is none.

    Appending updates this row first, so its lock orders the writers: numbers follow commits.
    """

    name = models.CharField(max_length=64, primary_key=True)
    epoch = models.CharField(max_length=16, default=new_epoch)
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "lobby_stream"

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """A committed fact that people may see."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=40)
    text = models.TextField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "lobby_event"
        ordering = ("stream", "seq")
        constraints = (models.UniqueConstraint(fields=("stream", "seq"), name="one_event_per_seq"),)
        indexes = (models.Index(fields=("stream", "at"), name="event_by_age"),)

    def __str__(self) -> str:
        return f"{self.stream_id} {self.seq}: {self.text}"
