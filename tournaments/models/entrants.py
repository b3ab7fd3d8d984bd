"""Entrants: players or teams, on the list, waiting for a place, or withdrawn."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.names import NAME_MAX_CHARS, SKELETON_MAX_CHARS
from matchmaking.models import Player

from .rows import Row
from .tournament import Tournament

LABEL_MAX_CHARS = 40


class EntryStatus(models.TextChoices):
    """The state of an entry; only the `ENTERED` are drawn and paired."""

    APPLIED = "applied", "asks to be entered"
    WAITING = "waiting", "waits for a place"
    ENTERED = "entered", "takes part"
    DECLINED = "declined", "was not admitted"
    ABSENT = "absent", "did not check in"
    WITHDRAWN = "withdrawn", "has withdrawn"
    DISQUALIFIED = "disqualified", "is disqualified"


#: Not on the list, or not yet: whom the organiser has not admitted is nobody else's business.
UNLISTED = frozenset({EntryStatus.APPLIED, EntryStatus.DECLINED})


class EntrantQuerySet(models.QuerySet["Entrant"]):
    """Entrants by their statuses."""

    def taking_part(self) -> "EntrantQuerySet":
        """Those who are drawn and paired."""
        return self.filter(status=EntryStatus.ENTERED)

    def listed(self) -> "EntrantQuerySet":
        """Those whom everybody may see: admitted by the organiser."""
        return self.exclude(status__in=UNLISTED)


class Entrant(Row):
    """A player or a team in a tournament, by name.

    `seed` 1 is the strongest. Every entrant has one, so that lists have an order; when the draw is
    made, those who take part are numbered from 1 without a gap, and all others come after them.
    """

    tournament = models.ForeignKey(Tournament, models.CASCADE, related_name="entrants")
    seed = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_MAX_CHARS)
    name_key = models.CharField(max_length=SKELETON_MAX_CHARS, editable=False)
    player = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="entries"
    )
    status = models.CharField(max_length=12, choices=EntryStatus, default=EntryStatus.ENTERED)
    rating = models.PositiveIntegerField(null=True, blank=True)
    club = models.CharField(max_length=LABEL_MAX_CHARS, blank=True)
    region = models.CharField(max_length=LABEL_MAX_CHARS, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntrantQuerySet.as_manager()

    class Meta:
        ordering = ("seed",)
        constraints = (
            models.UniqueConstraint(fields=("tournament", "seed"), name="one_entrant_per_seed"),
            models.UniqueConstraint(
                fields=("tournament", "name_key"), name="entrant_name_is_unique"
            ),
            models.UniqueConstraint(
                fields=("tournament", "player"),
                condition=Q(player__isnull=False),
                name="one_entrant_per_player",
            ),
            models.CheckConstraint(condition=Q(seed__gte=1), name="seeds_start_at_one"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def takes_part(self) -> bool:
        """Whether it is drawn and paired."""
        return self.status == EntryStatus.ENTERED

    @property
    def has_left(self) -> bool:
        """Whether it was drawn, and has withdrawn or is disqualified."""
        return self.status in {EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED}


class Member(Row):
    """A player on the roster of a team; the captain acts for it."""

    entrant = models.ForeignKey(Entrant, models.CASCADE, related_name="members")
    name = models.CharField(max_length=NAME_MAX_CHARS)
    player = models.ForeignKey(
        Player, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    is_captain = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_captain", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("entrant",), condition=Q(is_captain=True), name="one_captain_per_team"
            ),
            models.UniqueConstraint(
                fields=("entrant", "player"),
                condition=Q(player__isnull=False),
                name="one_membership_per_player_and_team",
            ),
        )

    def __str__(self) -> str:
        return self.name
