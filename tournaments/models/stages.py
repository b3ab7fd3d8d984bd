"""Stages, their groups, contenders, rounds and byes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Max, Q

from lib.database.rows import insert_rows

from .entrants import Entrant
from .rows import Row
from .stage_settings import BEST_OF_MAX, Format, StageSettings
from .tournament import Tournament


class StageState(models.TextChoices):
    """A stage waits for the one before it, runs, and is finished."""

    PENDING = "pending", "not yet begun"
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"


class Stage(Row):
    """A part of a tournament played in one format; for its settings see `StageSettings`.

    `planned` keeps the settings that were changed while it was played, as they were planned, until
    the stage is taken down.
    """

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=40, blank=True)
    format = models.CharField(max_length=20, choices=Format, default=Format.SINGLE_ELIMINATION)
    state = models.CharField(max_length=8, choices=StageState, default=StageState.PENDING)
    best_of = models.PositiveSmallIntegerField(default=1)
    semi_best_of = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Semi-finals, when not like the rounds before."
    )
    final_best_of = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The final, when not like the rounds before."
    )
    third_place = models.BooleanField(default=False)
    group_count = models.PositiveSmallIntegerField(default=1)
    legs = models.PositiveSmallIntegerField(default=1)
    rounds_planned = models.PositiveSmallIntegerField(null=True, blank=True)
    planned = models.JSONField(default=dict, blank=True, editable=False)

    draws = models.BooleanField(default=False, help_text="Whether a match may be drawn.")
    points_win = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    points_draw = models.DecimalField(max_digits=5, decimal_places=2, default="0.5")
    points_loss = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    points_bye = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    tie_breaks = models.JSONField(default=list, blank=True)
    advance = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "number"), name="one_stage_per_number"),
            models.CheckConstraint(
                condition=Q(best_of__gte=1, best_of__lte=BEST_OF_MAX), name="stage_best_of_in_range"
            ),
            models.CheckConstraint(
                condition=(Q(semi_best_of=None) | Q(semi_best_of__range=(1, BEST_OF_MAX)))
                & (Q(final_best_of=None) | Q(final_best_of__range=(1, BEST_OF_MAX))),
                name="stage_late_best_of_in_range",
            ),
            models.CheckConstraint(
                condition=Q(legs__in=(1, 2), group_count__gte=1), name="stage_has_legs_and_groups"
            ),
            models.CheckConstraint(
                condition=~Q(format__endswith="elimination") | Q(draws=False, group_count=1),
                name="elimination_without_draws_or_groups",
            ),
        )

    def __str__(self) -> str:
        return self.name or f"Stage {self.number}"

    @property
    def is_elimination(self) -> bool:
        """Whether it is a bracket."""
        return Format(self.format).is_elimination

    @classmethod
    def of(cls, settings: StageSettings, **fields: Any) -> "Stage":
        """A row with these settings; it is not saved."""
        values = {name: getattr(settings, name) for name in StageSettings.__struct_fields__}
        return cls(**values | {"name": settings.name.strip()}, **fields)

    @property
    def settings(self) -> dict[str, Any]:
        """Its settings, by the names of the fields of `StageSettings`; points in short: 1, 0.5."""
        values = {name: getattr(self, name) for name in StageSettings.__struct_fields__}
        return {
            name: Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value
            for name, value in values.items()
        }

    def override_plan(self, **values: int | None) -> None:
        """Change settings until the stage is taken down."""
        for field, value in values.items():
            planned = self.planned.pop(field, getattr(self, field))
            if planned != value:
                self.planned[field] = planned
        self.change(**values, planned=self.planned)

    def take_down(self) -> None:
        """Let it wait again, with the settings that were planned."""
        self.change(**self.planned, planned={}, state=StageState.PENDING)


class Colour(models.TextChoices):
    """The side of a board."""

    WHITE = "w", "White"
    BLACK = "b", "Black"


class GroupQuerySet(models.QuerySet["Group"]):
    """Groups with the rows around them."""

    def in_full(self) -> "GroupQuerySet":
        """Each with its stage and tournament."""
        return self.select_related("stage__tournament")


class Group(Row):
    """A table or bracket of its own inside a stage; most stages have one.

    `first_colour` and what follows it are for a Swiss, and come with a report file that names
    them. `forbidden_pairs` are lists of two seeds; `prohibitions` are for some rounds only, as
    `[first round, last round, seeds]`; `virtual_points` of an accelerated Swiss are
    `[seed, round, points]`, the points as text. `draw` is that of a bracket which was drawn
    elsewhere, as `engine.elimination.Draw` has it; it can be long, so it is not read with the
    pairings, and `has_draw` says whether to read it.
    """

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=20, blank=True, help_text="A, B, C; none for the only one.")
    first_colour = models.CharField(
        max_length=1, choices=Colour, default=Colour.WHITE,
        help_text="The colour drawn for the top seed in the first round.",
    )  # fmt: skip
    forbidden_pairs = models.JSONField(
        default=list, blank=True, help_text="Pairs of seeds that must not meet."
    )
    prohibitions = models.JSONField(default=list, blank=True, editable=False)
    virtual_points = models.JSONField(default=list, blank=True, editable=False)
    has_draw = models.BooleanField(default=False, db_default=False, editable=False)
    draw = models.JSONField(default=list, db_default=[], blank=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("stage", "number"), name="one_group_per_number"),
        )

    def __str__(self) -> str:
        return f"Group {self.name}" if self.name else str(self.stage)

    @property
    def last_round(self) -> int:
        """The number of the last round that is paired, 0 before the first."""
        return self.rounds.aggregate(last=Max("number"))["last"] or 0

    def enter(self, seeded: Iterable[Entrant]) -> None:
        """Store the contenders of a new group, in the order of their seeds."""
        insert_rows(
            [
                Contender(group=self, entrant=entrant, seed=seed)
                for seed, entrant in enumerate(seeded, start=1)
            ]
        )

    def add(self, entrant: Entrant, *, from_round: int) -> "Contender":
        """Add a contender after the others, who plays from a round on."""
        last = self.contenders.aggregate(last=Max("seed"))["last"] or 0
        return self.contenders.create(entrant=entrant, seed=last + 1, from_round=from_round)


class Contender(Row):
    """An entrant in a group: `seed` counts there from 1 (the bracket's or the table's number).

    `from_round` is the first round in which it can be paired, `until_round` the last one, for
    late entries and withdrawals. `first` and `last` are the places it holds once they are settled.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="contenders")
    entrant = models.ForeignKey(Entrant, models.PROTECT, related_name="contentions")
    seed = models.PositiveIntegerField()
    from_round = models.PositiveSmallIntegerField(default=1)
    until_round = models.PositiveSmallIntegerField(null=True)
    first = models.PositiveIntegerField(null=True)
    last = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("group__number", "seed")
        constraints = (
            models.UniqueConstraint(fields=("group", "seed"), name="one_contender_per_seed"),
            models.UniqueConstraint(fields=("group", "entrant"), name="one_contender_per_entrant"),
            models.CheckConstraint(condition=Q(seed__gte=1), name="contenders_seed_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.seed}. {self.entrant}"


class Part(models.TextChoices):
    """The part of a bracket that a round belongs to; a table has only one."""

    WINNERS = "winners", "winners' bracket"
    LOSERS = "losers", "losers' bracket"
    FINAL = "final", "grand final"
    THIRD_PLACE = "third_place", "third place"
    TABLE = "table", "table"


class Round(Row):
    """Pairings that are played side by side; hidden from players until it is published."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="rounds")
    part = models.CharField(max_length=11, choices=Part, default=Part.WINNERS)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    best_of = models.PositiveSmallIntegerField(null=True, help_text="When not the stage's own.")
    published_at = models.DateTimeField(null=True)
    note = models.CharField(
        max_length=200, blank=True, db_default="", help_text="How else it was paired than usually."
    )

    class Meta:
        ordering = ("group__number", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("group", "part", "number"), name="one_round_per_number"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ByeKind(models.TextChoices):
    """Why a contender has no opponent; for its points see `engine.history.PointSystem`."""

    PAIRING_ALLOCATED = "pairing_allocated", "bye of the pairing"
    FULL_POINT = "full_point", "full-point bye"
    HALF_POINT = "half_point", "half-point bye"
    ZERO_POINT = "zero_point", "absent"


class Bye(Row):
    """A contender's round without an opponent in a table: asked for ahead, or of the pairing.

    A bye of the pairing that is `preset` was not given by it but comes from a report file, and
    stays when the round is taken back.
    """

    contender = models.ForeignKey(Contender, models.CASCADE, related_name="byes")
    round_number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=ByeKind)
    preset = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("round_number", "contender__seed")
        constraints = (
            models.UniqueConstraint(
                fields=("contender", "round_number"), name="one_bye_per_contender_and_round"
            ),
        )

    def __str__(self) -> str:
        return f"{self.contender.entrant}: {self.get_kind_display()} in round {self.round_number}"
