"""Seasons of a pool, and the archived table of each past one."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .players import Player
from .pools import Pool


class Season(models.Model):
    """One season of a pool; the present one has no `ended_at`.

    When it ends the table is archived, and ratings move towards 1500: `keep_percent` of the
    distance stays, and no deviation is under `least_deviation`.
    """

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="seasons")
    number = models.PositiveIntegerField(editable=False)
    name = models.CharField(max_length=80, blank=True, help_text="Empty for Season and its number.")
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(
        "ends",
        null=True,
        blank=True,
        help_text="When it ends by itself; empty until somebody ends it.",
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    keep_percent = models.PositiveSmallIntegerField(
        "ratings keep",
        default=75,
        help_text="Per cent of the distance from 1500 that the next season begins with.",
    )
    least_deviation = models.PositiveSmallIntegerField(
        default=150, help_text="How unsure every rating is at least when the next season begins."
    )

    class Meta:
        ordering = ("pool", "-number")
        constraints = (
            models.UniqueConstraint(fields=("pool", "number"), name="one_season_per_number"),
            models.UniqueConstraint(
                fields=("pool",),
                condition=Q(ended_at__isnull=True),
                name="one_present_season_per_pool",
            ),
            models.CheckConstraint(
                condition=Q(keep_percent__lte=100), name="season_keeps_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(least_deviation__lte=350), name="season_deviation_in_range"
            ),
        )

    def __str__(self) -> str:
        return self.name or f"Season {self.number}"


class SeasonPlace(models.Model):
    """A player's line in a season's table when it ended; `rank` is none for a provisional one."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="places")
    player = models.ForeignKey(Player, models.SET_NULL, null=True, related_name="season_places")
    name = models.CharField(max_length=80)
    line = models.PositiveIntegerField(help_text="Its place in the table, from 1.")
    rank = models.PositiveIntegerField(null=True)
    rating = models.FloatField()
    deviation = models.FloatField()
    matches = models.PositiveIntegerField()

    class Meta:
        ordering = ("line",)
        constraints = (
            models.UniqueConstraint(fields=("season", "line"), name="one_season_place_per_line"),
            models.UniqueConstraint(
                fields=("season", "player"), name="one_season_place_per_player"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line}. {self.name}"
