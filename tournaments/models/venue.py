"""Stations and judges."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matchmaking.models import Player

from .rows import Row
from .tournament import Tournament


class Station(Row):
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


class Judge(Row):
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
