"""Reports: the results that players report, until one becomes the match's result."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.database.ids import new_id

from .matches import Match, Outcome
from .players import Player


class ReportState(models.TextChoices):
    """The state of a report; only `PENDING` and `DISPUTED` are open."""

    PENDING = "pending", "waits for the other side"
    DISPUTED = "disputed", "disputed"
    CONFIRMED = "confirmed", "confirmed"
    SILENT = "silent", "confirmed by silence"
    DECIDED = "decided", "decided by the organiser"
    REPLACED = "replaced", "replaced by another"
    OVERTAKEN = "overtaken", "overtaken: the match ended otherwise"


OPEN_REPORT = (ReportState.PENDING, ReportState.DISPUTED)


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by their state, and with what is shown of them."""

    def open(self) -> Self:
        """Those that are not settled."""
        return self.filter(state__in=OPEN_REPORT)

    def in_full(self) -> Self:
        """With the players of both sides who reported and answered."""
        return self.select_related("reporter", "answered_by")


class Report(models.Model):
    """The result that one side reports, and in a dispute the other side's.

    `outcome`, `winner`, `scores` and `games` are the result that is claimed, as of a match.
    `counter` is what the other side claims, with the same fields; it is empty without an
    objection, and for an objection without a result.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    match = models.ForeignKey(Match, models.CASCADE, related_name="reports")
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.PENDING)
    reporter = models.ForeignKey(Player, models.PROTECT, related_name="reports")
    side = models.PositiveSmallIntegerField(help_text="The reporter's.")
    outcome = models.CharField(max_length=14, choices=Outcome)
    winner = models.PositiveSmallIntegerField(null=True)
    scores = models.JSONField(default=list, blank=True)
    games = models.JSONField(default=list, db_default=[], blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirm_by = models.DateTimeField(help_text="Until then the other side may object.")
    answered_by = models.ForeignKey(Player, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    counter = models.JSONField(
        null=True, help_text="In a dispute, what the other side says came out, if it said so."
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            models.Index(
                fields=("confirm_by",), condition=Q(state="pending"), name="report_pending_by_time"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("match",),
                condition=Q(state__in=("pending", "disputed")),
                name="one_open_report_per_match",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | Q(answered_by__isnull=False),
                name="disputed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reporter} on {self.match_id}"


class Vote(models.Model):
    """What a player of the match agrees with: the report, or the other side's counter."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="votes")
    player = models.ForeignKey(Player, models.PROTECT, related_name="+")
    side = models.PositiveSmallIntegerField()
    for_counter = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("report", "player"), name="one_vote_per_report"),
        )

    def __str__(self) -> str:
        return f"{self.player} on {self.report}"
