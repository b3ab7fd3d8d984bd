"""Tournaments, entrants, stages, rounds and pairings."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from matchmaking.models import SKELETON_MAX_CHARS, Match, Player
from matchmaking.names import NAME_MAX_CHARS

TOURNAMENT_NAME_MAX_CHARS = 80


class TournamentState(models.TextChoices):
    """A tournament's day, in order; `CANCELLED` may follow any but `FINISHED`."""

    DRAFT = "draft", "draft"
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    CANCELLED = "cancelled", "cancelled"


class Seeding(models.TextChoices):
    """How entrants get their seeds when the tournament starts."""

    GIVEN = "given", "in the order given"
    RANDOM = "random", "shuffled"
    LISTED = "listed", "neighbours in the list meet first"


class Tournament(models.Model):
    """An event with entrants; its organiser holds a token, is `organiser`, or is staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=TOURNAMENT_NAME_MAX_CHARS)
    state = models.CharField(
        max_length=10, choices=TournamentState, default=TournamentState.DRAFT, editable=False
    )
    seeding = models.CharField(max_length=10, choices=Seeding, default=Seeding.GIVEN)
    byes = models.BooleanField(
        default=False, help_text="Let the first seeds sit out when the number is odd."
    )
    organiser = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="organised"
    )
    token_sha256 = models.CharField(max_length=64, null=True, editable=False)
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
        )

    def __str__(self) -> str:
        return self.name


class Entrant(models.Model):
    """A player in a tournament, by name; `seed` 1 is the strongest."""

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="entrants")
    seed = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_MAX_CHARS)
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    player = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="entries"
    )

    class Meta:
        ordering = ("seed",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "seed"), name="one_entrant_per_seed"),
            models.UniqueConstraint(
                fields=("tournament", "name_key"), name="entrant_name_is_unique"
            ),
            models.CheckConstraint(condition=Q(seed__gte=1), name="seeds_start_at_one"),
        )

    def __str__(self) -> str:
        return self.name


class Format(models.TextChoices):
    """How a stage pairs its entrants."""

    SINGLE_ELIMINATION = "single_elimination", "single elimination"


class Stage(models.Model):
    """A part of a tournament played in one format."""

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField(default=1)
    format = models.CharField(max_length=20, choices=Format, default=Format.SINGLE_ELIMINATION)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "number"), name="one_stage_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.tournament}, stage {self.number}"


class Round(models.Model):
    """Pairings that are played side by side."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("stage", "number"), name="one_round_per_number"),
        )

    def __str__(self) -> str:
        return self.name


class Slot(models.TextChoices):
    """What stands on one side of a pairing."""

    ENTRANT = "entrant", "an entrant"
    BYE = "bye", "nobody: a bye"
    VACANT = "vacant", "nobody: those who might have come are out"
    PENDING = "pending", "not yet known"


class Pairing(models.Model):
    """A place in the bracket where two sides meet; `match` exists once both are entrants.

    Side 0 is `top`, side 1 is `bottom`. `winner` is the index of the side that goes on: by its
    match, or because the other side is a bye.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="pairings")
    round = models.ForeignKey(Round, models.CASCADE, related_name="pairings")
    number = models.PositiveIntegerField(help_text="Its place in the round, from the top, from 1.")
    key = models.CharField(max_length=12, help_text="Its name in the bracket, such as W1.1.")
    top_slot = models.CharField(max_length=8, choices=Slot, default=Slot.PENDING)
    top = models.ForeignKey(Entrant, models.PROTECT, null=True, related_name="+")
    bottom_slot = models.CharField(max_length=8, choices=Slot, default=Slot.PENDING)
    bottom = models.ForeignKey(Entrant, models.PROTECT, null=True, related_name="+")
    winner = models.PositiveSmallIntegerField(null=True)
    winner_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="fed_by")
    winner_to_side = models.PositiveSmallIntegerField(null=True)
    match = models.OneToOneField(Match, models.PROTECT, null=True, related_name="pairing")

    class Meta:
        ordering = ("round__number", "number")
        constraints = (
            models.UniqueConstraint(fields=("stage", "key"), name="one_pairing_per_key"),
            models.UniqueConstraint(fields=("round", "number"), name="one_pairing_per_place"),
            models.CheckConstraint(
                condition=Q(top_slot="entrant", top__isnull=False)
                | (~Q(top_slot="entrant") & Q(top__isnull=True)),
                name="top_entrant_when_known",
            ),
            models.CheckConstraint(
                condition=Q(bottom_slot="entrant", bottom__isnull=False)
                | (~Q(bottom_slot="entrant") & Q(bottom__isnull=True)),
                name="bottom_entrant_when_known",
            ),
            models.CheckConstraint(
                condition=Q(match__isnull=True) | Q(top_slot="entrant", bottom_slot="entrant"),
                name="match_between_entrants",
            ),
            models.CheckConstraint(
                condition=Q(winner__isnull=True)
                | Q(winner=0, top__isnull=False)
                | Q(winner=1, bottom__isnull=False),
                name="winner_is_an_entrant",
            ),
            models.CheckConstraint(
                condition=Q(winner_to__isnull=True, winner_to_side__isnull=True)
                | Q(winner_to__isnull=False, winner_to_side__in=(0, 1)),
                name="winner_goes_to_a_side",
            ),
            models.CheckConstraint(
                condition=Q(top__isnull=True) | ~Q(top=F("bottom")), name="nobody_meets_himself"
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def sides(self) -> tuple[tuple[str, Entrant | None], tuple[str, Entrant | None]]:
        """Both sides, top first: what stands there, and who if it is an entrant."""
        return (self.top_slot, self.top), (self.bottom_slot, self.bottom)
