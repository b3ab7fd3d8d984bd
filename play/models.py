"""Rooms, the processes that run them, and the games that were played in them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matchmaking.models import Match


class Host(models.Model):
    """A process that runs rooms. `beats` rises while it lives; `channel` is where it is reached."""

    id = models.CharField(max_length=32, primary_key=True)
    channel = models.CharField(max_length=200, blank=True)
    beats = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.id


class RoomRow(models.Model):
    """A match that is played here, as it was last stored.

    One process runs it at a time: whoever holds `host` with this `fence`. Taking it over raises
    the fence, so that nothing is stored any more by the process that had it before.

    `revision` is that of the match for which it was begun: a match that is opened again is played
    again. `state` and `record` are the running game `number`, packed, after `length` steps or
    moves; `won` counts games.
    """

    match = models.OneToOneField(Match, models.CASCADE, primary_key=True, related_name="room")
    game = models.SlugField(max_length=40)
    settings = models.JSONField(default=dict)
    host = models.ForeignKey(Host, models.SET_NULL, null=True, blank=True, related_name="rooms")
    fence = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    number = models.PositiveSmallIntegerField(default=1)
    won = models.JSONField(default=list)
    drawn = models.PositiveSmallIntegerField(default=0)
    absence_ms = models.JSONField(default=list)
    seed = models.BigIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1)
    state = models.BinaryField(default=b"")
    record = models.BinaryField(default=b"")
    length = models.PositiveIntegerField(default=0)
    scores = models.JSONField(default=list)
    is_begun = models.BooleanField(default=False, help_text="Whether all sides have been here.")
    is_live = models.BooleanField(default=False, help_text="Whether it is being played now.")
    spectators = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "room"
        indexes = (
            models.Index(fields=("stored_at",), condition=Q(is_live=True), name="room_live"),
        )

    def __str__(self) -> str:
        return f"{self.game}: {self.match_id}"


class PlayedGame(models.Model):
    """A finished game, from which it can be played again: seed, settings and moves.

    `length` counts steps or moves. `revision` is that of the match when the game was played.
    """

    match = models.ForeignKey(Match, models.CASCADE, related_name="played_games")
    revision = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    game = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    settings = models.JSONField()
    first = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    record = models.BinaryField()
    length = models.PositiveIntegerField()
    winner = models.PositiveSmallIntegerField(null=True, blank=True)
    scores = models.JSONField()
    reason = models.CharField(max_length=10)
    played_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("played_at",)
        indexes = (models.Index(fields=("played_at",), name="played_game_age"),)
        constraints = (
            models.UniqueConstraint(
                fields=("match", "revision", "number"), name="a_game_is_stored_once"
            ),
        )

    def __str__(self) -> str:
        return f"Game {self.number} of {self.match_id}"
