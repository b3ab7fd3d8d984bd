"""Ratings: how strong a player is in a pool, and every change of it in the order it came."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from .matches import Match
from .players import Player
from .pools import Pool
from .seasons import Season


class Rating(models.Model):
    """How strong a player is in one pool, as of `rated_at`.

    In points around 1500, see `rating_systems`. Players without a rated match have no row.
    `matches` are those of the pool's present season.
    """

    player = models.ForeignKey(Player, models.CASCADE, related_name="ratings")
    pool = models.ForeignKey(Pool, models.CASCADE, related_name="ratings")
    rating = models.FloatField()
    deviation = models.FloatField(help_text="At `rated_at`; it widens while nothing is played.")
    volatility = models.FloatField()
    rated_at = models.DateTimeField()
    sure_until = models.DateTimeField(
        null=True,
        help_text="When the rating loses its rank if nothing is played; empty without a rank.",
    )
    matches = models.PositiveIntegerField(default=0, help_text="Rated in the present season.")

    class Meta:
        ordering = ("-rating",)
        indexes = (models.Index(fields=("pool", "-rating"), name="rating_best_of_pool"),)
        constraints = (
            models.UniqueConstraint(fields=("player", "pool"), name="one_rating_per_pool"),
            models.CheckConstraint(
                condition=Q(deviation__gt=0, volatility__gt=0), name="rating_can_be"
            ),
        )

    def __str__(self) -> str:
        return f"{self.player}: {self.rating:.0f}"


class RatedMatch(models.Model):
    """A match's place in a pool's history, or a season's end, which has no match.

    `number` orders a pool's; `outcome` is the rating system's input, so that the match can be rated
    again. A match that moved nobody, or whose result was taken back, keeps its place: the next
    result of the same match is rated there.
    """

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="rating_history")
    season = models.ForeignKey(Season, models.PROTECT, related_name="rated")
    number = models.PositiveIntegerField()
    match = models.OneToOneField(Match, models.CASCADE, null=True, related_name="rated")
    outcome = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "rated matches"
        constraints = (
            models.UniqueConstraint(fields=("pool", "number"), name="one_rated_match_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.pool} {self.number}"


class RatingChangeQuerySet(models.QuerySet["RatingChange"]):
    """Changes, and those that moved somebody."""

    def moved(self) -> Self:
        """Without the places of players whose rating a match left as it was: guests played it."""
        return self.filter(at_after__gt=F("at_before"))


class RatingChange(models.Model):
    """A player's rating before and after one rated match; `place` is the player's in it."""

    rated = models.ForeignKey(RatedMatch, models.CASCADE, related_name="changes")
    player = models.ForeignKey(Player, models.CASCADE, related_name="rating_changes")
    place = models.PositiveIntegerField()
    rating_before = models.FloatField()
    deviation_before = models.FloatField()
    volatility_before = models.FloatField()
    at_before = models.DateTimeField()
    rating_after = models.FloatField()
    deviation_after = models.FloatField()
    volatility_after = models.FloatField()
    at_after = models.DateTimeField()

    objects = RatingChangeQuerySet.as_manager()

    class Meta:
        ordering = ("rated__number", "place")
        constraints = (
            models.UniqueConstraint(fields=("rated", "player"), name="rated_once_per_match"),
            models.UniqueConstraint(fields=("rated", "place"), name="one_rated_player_per_place"),
        )

    def __str__(self) -> str:
        return f"{self.player}: {self.rating_before:.0f} to {self.rating_after:.0f}"
