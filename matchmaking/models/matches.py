"""Matches and their seats."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.database.ids import new_id

from .players import Player
from .pools import REGION_MAX_CHARS, ROLE_MAX_CHARS, Pool


class MatchState(models.TextChoices):
    """The state of a match; only `OPEN` holds its players."""

    OPEN = "open", "open"
    FINISHED = "finished", "finished"
    CANCELLED = "cancelled", "cancelled"
    LAPSED = "lapsed", "lapsed"


class Outcome(models.TextChoices):
    """How a finished match ended."""

    PLAYED = "played", "played"
    DRAWN = "drawn", "drawn"
    CONCEDED = "conceded", "conceded"
    FORFEIT = "forfeit", "forfeit"
    DOUBLE_FORFEIT = "double_forfeit", "forfeited by both"


#: How a match may end without a winner.
WITHOUT_WINNER = (Outcome.DRAWN, Outcome.DOUBLE_FORFEIT)


class MatchQuerySet(models.QuerySet["Match"]):
    """Matches with what is shown of them."""

    def in_full(self) -> Self:
        """With the pool and the seats."""
        return self.select_related("pool").prefetch_related("seats")


class Match(models.Model):
    """Sides meet and there is an outcome; made by a pool or by a bracket.

    `scores` holds the games won by each side, and `games` the points of each game where they are
    known; `winner` is the index of a side, none when it was drawn or forfeited by both.
    `live_scores` is the score while it is played: not yet a result.
    `revision` counts its results, so that a correction says which it replaces. `rated_in` is the
    pool whose ratings it changes, `pool` the one that made it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="matches", db_index=False
    )  # indexed with its age, below
    region = models.CharField(
        max_length=REGION_MAX_CHARS, blank=True, default="", help_text="Where the players meet."
    )
    attributes = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="What its players have in common."
    )
    state = models.CharField(max_length=10, choices=MatchState, default=MatchState.OPEN)
    outcome = models.CharField(max_length=14, choices=Outcome, null=True, blank=True)
    best_of = models.PositiveSmallIntegerField(default=1)
    draws = models.BooleanField(default=False, help_text="Whether it may end without a winner.")
    scores = models.JSONField(default=list, blank=True)
    games = models.JSONField(default=list, db_default=[], blank=True)
    live_scores = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    rated_in = models.ForeignKey(
        Pool, models.SET_NULL, null=True, blank=True, related_name="rated_matches"
    )
    winner = models.PositiveSmallIntegerField(null=True, blank=True)
    rematch_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="rematches",
        db_index=False, help_text="The match whose players meet again in this one.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name_plural = "matches"
        indexes = (
            models.Index(
                fields=("created_at",), condition=Q(state="open"), name="match_open_by_age"
            ),
            models.Index(fields=("pool", "created_at"), name="match_by_pool_and_age"),
            models.Index(fields=("created_at", "id"), name="match_by_age"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state=MatchState.OPEN, closed_at__isnull=True)
                | (~Q(state=MatchState.OPEN) & Q(closed_at__isnull=False)),
                name="match_open_or_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(state=MatchState.FINISHED, outcome__isnull=False)
                | (~Q(state=MatchState.FINISHED) & Q(outcome__isnull=True)),
                name="match_outcome_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__isnull=False,
                    outcome__in=("played", "conceded", "forfeit"),
                    winner__isnull=False,
                )
                | (
                    (Q(outcome__isnull=True) | Q(outcome__in=WITHOUT_WINNER))
                    & Q(winner__isnull=True)
                ),
                name="match_winner_when_there_is_one",
            ),
            models.CheckConstraint(
                condition=Q(best_of__gte=1) & Q(best_of__lte=99), name="match_best_of_in_range"
            ),
            models.UniqueConstraint(
                fields=("rematch_of",),
                condition=Q(rematch_of__isnull=False),
                name="one_rematch_of_a_match",
            ),
        )

    def __str__(self) -> str:
        return " vs ".join(seat.name for seat in self.seats.all()) or str(self.pk)

    @property
    def agreed(self) -> str:
        """What its players have in common, in words."""
        parts = [
            f"{name}: {value if isinstance(value, str) else ', '.join(map(str, value))}"
            for name, value in self.attributes.items()
        ]
        return " · ".join(parts)


class Seat(models.Model):
    """One player's, or one named entrant's, place on one side of a match.

    `holds` is true until the match has ended or one of its players has reported its result; it is
    what keeps a player to one unfinished match in each pool.
    """

    match = models.ForeignKey(Match, models.CASCADE, related_name="seats")
    side = models.PositiveSmallIntegerField()
    player = models.ForeignKey(Player, models.PROTECT, null=True, blank=True, related_name="seats")
    name = models.CharField(max_length=80)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(
        max_length=ROLE_MAX_CHARS, blank=True, default="", db_default="", help_text="In the team."
    )
    holds = models.BooleanField(default=True)
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="When the player left; the match went on."
    )
    came_at = models.DateTimeField(
        null=True, blank=True, help_text="When the player took a place that had become free."
    )

    class Meta:
        ordering = ("side", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("player", "pool"),
                condition=Q(holds=True),
                name="one_unfinished_match_per_player_and_pool",
            ),
            models.UniqueConstraint(fields=("match", "player"), name="one_seat_per_match"),
        )

    def __str__(self) -> str:
        return self.name
