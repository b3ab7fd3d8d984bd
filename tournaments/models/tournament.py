"""A tournament, its settings and its state."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from matchmaking.models import DecidedBy, Player, Pool
from service_keys.models import ServiceKey

from .rows import Row
from .tournament_settings import TEAM_SIZE_MAX, Entry, KeepApart, Reporting, Seeding

TOURNAMENT_NAME_MAX_CHARS = 80
SLUG_MAX_CHARS = 40


class TournamentState(models.TextChoices):
    """A tournament's states, in order; `CANCELLED` may follow any but `FINISHED`."""

    DRAFT = "draft", "draft"
    REGISTRATION = "registration", "open for registration"
    CHECK_IN = "check_in", "checking in"
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    CANCELLED = "cancelled", "cancelled"


class Tournament(Row):
    """An event with entrants; its organiser holds a token, is `organiser`, or is staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=TOURNAMENT_NAME_MAX_CHARS)
    slug = models.CharField(
        max_length=SLUG_MAX_CHARS, unique=True, null=True, editable=False,
        help_text="Its short address, under /t/; one of its `ShortAddress` rows.",
    )  # fmt: skip
    about = models.TextField(max_length=4000, blank=True, help_text="Plain text for the players.")
    state = models.CharField(
        max_length=12, choices=TournamentState, default=TournamentState.DRAFT, editable=False
    )

    # The draw.
    seeding = models.CharField(max_length=10, choices=Seeding, default=Seeding.GIVEN)
    shuffle_seed = models.BigIntegerField(
        null=True, blank=True, editable=False, db_column="lot", help_text="Repeats the shuffle."
    )
    byes = models.BooleanField(
        default=False, help_text="Let the first seeds sit out when the number is odd."
    )
    keep_apart = models.CharField(
        max_length=6, choices=KeepApart, default=KeepApart.NOBODY, blank=True
    )

    # Entry.
    entry = models.CharField(max_length=10, choices=Entry, default=Entry.ORGANISER)
    entry_code = models.CharField(max_length=40, blank=True)
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="Who comes after so many waits for a place."
    )
    team_size = models.PositiveSmallIntegerField(
        default=1, help_text="Players on the roster of an entrant; 1 for single players."
    )
    check_in_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long before the start check-in opens; empty for none."
    )

    # Schedule and results.
    starts_at = models.DateTimeField(null=True, blank=True)
    match_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="What a match takes, for the estimated times."
    )
    reporting = models.CharField(max_length=10, choices=Reporting, default=Reporting.ORGANISER)
    decided_by = models.CharField(
        max_length=12, choices=DecidedBy, default=DecidedBy.PLAYERS, db_default=DecidedBy.PLAYERS,
        help_text="Whose word a result is. The organiser and judges may enter it in any case.",
    )  # fmt: skip
    game_server = models.ForeignKey(
        ServiceKey, models.PROTECT, null=True, blank=True, related_name="tournaments",
        db_index=False, help_text="The key of the game server that decides, if one does.",
    )  # fmt: skip
    plays = models.SlugField(
        max_length=40, blank=True, default="", db_default="", db_index=False,
        help_text="The game that is played here, in the browser. Empty: results are reported.",
    )  # fmt: skip
    play_settings = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="What is set of this game."
    )
    rated_in = models.ForeignKey(
        Pool, models.SET_NULL, null=True, blank=True, related_name="tournaments",
        help_text="The pool whose ratings its matches move.",
    )  # fmt: skip

    organiser = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="organised"
    )
    pairing_plan = models.JSONField(
        default=dict, blank=True, editable=False,
        help_text="What a report file says of the rounds of a first Swiss, by entrants' ids.",
    )  # fmt: skip
    token_sha256 = models.CharField(max_length=64, null=True, editable=False)
    origin = models.CharField(
        max_length=16, db_default="", db_index=True, editable=False,
        help_text="The digest of the address it was made from; empty when staff made it.",
    )  # fmt: skip
    revision = models.CharField(
        max_length=16, db_default="", editable=False,
        help_text="Another one after each change of anything in it.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("running", "finished")) | Q(started_at__isnull=False),
                name="tournament_that_runs_has_started",
            ),
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False)
                | (~Q(state="finished") & Q(finished_at__isnull=True)),
                name="tournament_finished_at_when_finished",
            ),
            models.CheckConstraint(
                condition=Q(team_size__gte=1, team_size__lte=TEAM_SIZE_MAX),
                name="tournament_team_size_in_range",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=DecidedBy.GAME_SERVER, game_server__isnull=False)
                | ~Q(decided_by=DecidedBy.GAME_SERVER),
                name="tournament_game_server_is_named",
            ),
            models.CheckConstraint(
                condition=Q(match_minutes__gte=1), name="tournament_match_takes_time"
            ),
            models.CheckConstraint(
                condition=~Q(entry="code") | ~Q(entry_code=""), name="tournament_entry_has_its_code"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen in it."""
        return self.state in {TournamentState.FINISHED, TournamentState.CANCELLED}

    @property
    def is_before_start(self) -> bool:
        """Whether its entrants can still be entered, seeded and checked in."""
        return self.state in BEFORE_START


class ShortAddress(models.Model):
    """A short address that leads to a tournament, now or since it was changed; never to another."""

    slug = models.CharField(primary_key=True, max_length=SLUG_MAX_CHARS)
    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="short_addresses")

    def __str__(self) -> str:
        return self.slug


BEFORE_START = frozenset(
    {TournamentState.DRAFT, TournamentState.REGISTRATION, TournamentState.CHECK_IN}
)
