"""Players, pools, tickets and matches; what must never be twice is a constraint here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .names import NAME_MAX_CHARS

# A skeleton may be longer than its name: one character can look like two.
SKELETON_MAX_CHARS = 4 * NAME_MAX_CHARS


class Player(models.Model):
    """A person: registered when there is a `user`, else a guest known by a token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="player"
    )
    name = models.CharField(max_length=NAME_MAX_CHARS)
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    skeleton = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    token_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("name_key",),
                condition=Q(user__isnull=False),
                name="registered_name_is_unique",
            ),
            models.UniqueConstraint(
                fields=("skeleton",),
                condition=Q(user__isnull=False),
                name="registered_name_has_no_look_alike",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_guest(self) -> bool:
        """Whether nobody has signed up for this player."""
        return self.user_id is None


class Pool(models.Model):
    """A queue with its rules; `slug` is its name on the wire."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_open = models.BooleanField(default=True, help_text="Whether players may queue here.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    DEFAULT = "default"

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MatchState(models.TextChoices):
    """Whether a match goes on; only `OPEN` holds its players."""

    OPEN = "open", "open"
    FINISHED = "finished", "finished"
    CANCELLED = "cancelled", "cancelled"
    LAPSED = "lapsed", "lapsed"


class Outcome(models.TextChoices):
    """How a finished match came to its end."""

    PLAYED = "played", "played"
    CONCEDED = "conceded", "conceded"
    FORFEIT = "forfeit", "forfeit"


class Match(models.Model):
    """Sides meet and there is an outcome; made by a pool or by a bracket.

    `scores` holds the games won by each side; `winner` is the index of a side.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, blank=True, related_name="matches")
    state = models.CharField(max_length=10, choices=MatchState, default=MatchState.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome, null=True, blank=True)
    best_of = models.PositiveSmallIntegerField(default=1)
    scores = models.JSONField(default=list, blank=True)
    winner = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name_plural = "matches"
        indexes = (
            models.Index(
                fields=("created_at",), condition=Q(state="open"), name="match_open_by_age"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state=MatchState.OPEN, closed_at__isnull=True)
                | (~Q(state=MatchState.OPEN) & Q(closed_at__isnull=False)),
                name="match_open_or_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(state=MatchState.FINISHED, outcome__isnull=False, winner__isnull=False)
                | (
                    ~Q(state=MatchState.FINISHED) & Q(outcome__isnull=True) & Q(winner__isnull=True)
                ),
                name="match_outcome_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(best_of__gte=1) & Q(best_of__lte=99), name="match_best_of_in_range"
            ),
        )

    def __str__(self) -> str:
        return " vs ".join(seat.name for seat in self.seats.all()) or str(self.pk)


class Seat(models.Model):
    """One player's, or one named entrant's, place on one side of a match.

    `holds` is true while the match is open; it is what keeps a player to one unfinished match
    in each pool.
    """

    match = models.ForeignKey(Match, models.CASCADE, related_name="seats")
    side = models.PositiveSmallIntegerField()
    player = models.ForeignKey(Player, models.PROTECT, null=True, blank=True, related_name="seats")
    name = models.CharField(max_length=80)
    pool = models.ForeignKey(Pool, models.PROTECT, null=True, blank=True, related_name="+")
    holds = models.BooleanField(default=True)

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


class TicketState(models.TextChoices):
    """Where a wait stands; only `WAITING` is open."""

    WAITING = "waiting", "waiting"
    MATCHED = "matched", "matched"
    CANCELLED = "cancelled", "cancelled"
    EXPIRED = "expired", "expired"


class Ticket(models.Model):
    """A player's wait in a pool, oldest `waiting_since` first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="tickets")
    player = models.ForeignKey(Player, models.CASCADE, related_name="tickets")
    name = models.CharField(max_length=NAME_MAX_CHARS)
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS)
    skeleton = models.CharField(max_length=SKELETON_MAX_CHARS)
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.WAITING)
    match = models.ForeignKey(Match, models.SET_NULL, null=True, blank=True, related_name="tickets")
    waiting_since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When its owner last showed life."
    )

    class Meta:
        ordering = ("waiting_since",)
        indexes = (
            models.Index(
                fields=("pool", "waiting_since"),
                condition=Q(state="waiting"),
                name="ticket_waiting_by_age",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("player",),
                condition=Q(state=TicketState.WAITING),
                name="one_open_ticket_per_player",
            ),
            models.UniqueConstraint(
                fields=("pool", "name_key"),
                condition=Q(state=TicketState.WAITING),
                name="waiting_name_is_unique_in_pool",
            ),
            models.UniqueConstraint(
                fields=("pool", "skeleton"),
                condition=Q(state=TicketState.WAITING),
                name="waiting_name_has_no_look_alike",
            ),
            models.CheckConstraint(
                condition=~Q(state=TicketState.WAITING) | Q(match__isnull=True),
                name="waiting_ticket_has_no_match",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.pool}"


class Answered(models.Model):
    """What a request with an Idempotency-Key was answered, so that a retry is told the same."""

    digest = models.CharField(max_length=64, primary_key=True)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    sealed_token = models.CharField(max_length=128, default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "answered request"
        indexes = (models.Index(fields=("created_at",), name="answered_by_age"),)

    def __str__(self) -> str:
        return self.digest[:12]


class Lease(models.Model):
    """The right of one process to do a periodic duty until `expires_at`."""

    duty = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.duty}: {self.holder}"
