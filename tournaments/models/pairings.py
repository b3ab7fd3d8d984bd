"""Pairings: the places in a bracket or a table where two sides meet."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

from lib.database.ids import new_id
from matchmaking.models import Match

from .entrants import Entrant
from .rows import Row
from .stages import Group, Round
from .tournament import Tournament
from .venue import Station


class Slot(models.TextChoices):
    """What is on one side of a pairing."""

    ENTRANT = "entrant", "an entrant"
    BYE = "bye", "nobody: a bye"
    VACANT = "vacant", "nobody: those who might have come are out"
    PENDING = "pending", "not yet known"


class PairingState(models.TextChoices):
    """How far a pairing is, as `engine.elimination.PairingStatus` has it."""

    PENDING = "pending", "waits for others"
    READY = "ready", "can be played"
    DECIDED = "decided", "decided"
    WALKOVER = "walkover", "needs no match: nobody comes against the one who is there"
    EMPTY = "empty", "nobody comes"
    NOT_NEEDED = "not_needed", "not needed"


def draw_id(group: Group, entrants: Iterable[Entrant]) -> uuid.UUID:
    """The name of a draw, out of which the ids of its pairings are made with their keys.

    The same entrants drawn again in the same order have the ids that they had, so that a match that
    comes back, such as by an undo, is found where it was.
    """
    drawn = " ".join(str(entrant.pk) for entrant in entrants)
    return uuid.uuid5(group.stage.tournament_id, f"{group.stage.number}.{group.number} {drawn}")


class PairingQuerySet(models.QuerySet["Pairing"]):
    """Pairings with the rows around them, and by how far they are."""

    def in_full(self) -> "PairingQuerySet":
        """Each with its tournament, stage, group, round, sides, match and station."""
        return self.select_related(
            "group__stage__tournament", "round", "top", "bottom", "match", "station"
        ).defer("group__draw")

    def of(self, tournament: Tournament) -> "PairingQuerySet":
        """Those of a tournament."""
        return self.filter(group__stage__tournament=tournament)

    def at(self, stage: int, group: int, key: str) -> "PairingQuerySet":
        """Those at a place: stage and group by number, and the key."""
        return self.filter(group__stage__number=stage, group__number=group, key=key)

    def ready(self) -> "PairingQuerySet":
        """Those that can be played now."""
        return self.filter(state=PairingState.READY)

    def decided(self) -> "PairingQuerySet":
        """Those that have a result."""
        return self.filter(state=PairingState.DECIDED)

    def open(self) -> "PairingQuerySet":
        """Those that are played now or later."""
        return self.filter(state__in=(PairingState.PENDING, PairingState.READY))

    def first_in(self, tournament: Tournament) -> "Pairing | None":
        """The first in a tournament that is locked, in full, so that both share that row."""
        pairing = self.in_full().of(tournament).first()
        if pairing is not None:
            pairing.group.stage.tournament = tournament
        return pairing


class Pairing(Row):
    """A place in a bracket or a table; `match` exists once both sides are entrants, with its id.

    Side 0 is `top` (White where colours matter), side 1 is `bottom`. `winner` is the index of the
    side that won or goes on; none in a draw and a double forfeit, see `match.outcome`.
    `loser_leaves`: the loser is expelled or withdrawn, and plays no further match.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, models.CASCADE, related_name="pairings")
    round = models.ForeignKey(Round, models.CASCADE, related_name="pairings")
    number = models.PositiveIntegerField(help_text="Its place in the round, from the top, from 1.")
    key = models.CharField(max_length=12, help_text="Its name in the group: W1.1, GF, R3.2.")
    state = models.CharField(max_length=10, choices=PairingState, default=PairingState.PENDING)
    top_slot = models.CharField(max_length=8, choices=Slot, default=Slot.PENDING)
    top = models.ForeignKey(Entrant, models.PROTECT, null=True, related_name="+")
    bottom_slot = models.CharField(max_length=8, choices=Slot, default=Slot.PENDING)
    bottom = models.ForeignKey(Entrant, models.PROTECT, null=True, related_name="+")
    winner = models.PositiveSmallIntegerField(null=True)
    loser_leaves = models.BooleanField(default=False)
    winner_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="fed_by")
    winner_to_side = models.PositiveSmallIntegerField(null=True)
    loser_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="fed_by_losers")
    loser_to_side = models.PositiveSmallIntegerField(null=True)
    match = models.OneToOneField(Match, models.PROTECT, null=True, related_name="pairing")
    station = models.ForeignKey(Station, models.SET_NULL, null=True, related_name="pairings")
    called_at = models.DateTimeField(null=True, help_text="When its station was given to it.")

    objects = PairingQuerySet.as_manager()

    class Meta:
        ordering = ("group__number", "round__number", "number")
        indexes = (
            models.Index(
                fields=("group",),
                condition=Q(state__in=("pending", "ready")),
                name="pairing_open_by_group",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("group", "key"), name="one_pairing_per_key"),
            models.UniqueConstraint(fields=("round", "number"), name="one_pairing_per_place"),
            models.UniqueConstraint(
                fields=("station",),
                condition=Q(state="ready", station__isnull=False),
                name="one_open_pairing_per_station",
            ),
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
                condition=Q(match__isnull=True) | Q(match=F("id")), name="match_has_pairings_id"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("ready", "decided"))
                | Q(top_slot="entrant", bottom_slot="entrant"),
                name="ready_pairing_has_both_sides",
            ),
            models.CheckConstraint(
                condition=Q(winner__isnull=True)
                | Q(winner=0, top__isnull=False)
                | Q(winner=1, bottom__isnull=False),
                name="winner_is_an_entrant",
            ),
            models.CheckConstraint(
                condition=Q(winner__isnull=True) | Q(state__in=("decided", "walkover")),
                name="winner_of_what_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(winner_to__isnull=True, winner_to_side__isnull=True)
                | Q(winner_to__isnull=False, winner_to_side__in=(0, 1)),
                name="winner_goes_to_a_side",
            ),
            models.CheckConstraint(
                condition=Q(loser_to__isnull=True, loser_to_side__isnull=True)
                | Q(loser_to__isnull=False, loser_to_side__in=(0, 1)),
                name="loser_goes_to_a_side",
            ),
            models.CheckConstraint(
                condition=Q(top__isnull=True) | ~Q(top=F("bottom")), name="nobody_meets_himself"
            ),
        )

    def __str__(self) -> str:
        return self.key

    @classmethod
    def of_board(
        cls, round_: Round, number: int, key: str, top: Entrant, bottom: Entrant, **fields: Any
    ) -> "Pairing":
        """A pairing of a table, with both sides known; it is not saved."""
        slots = {"top_slot": Slot.ENTRANT, "bottom_slot": Slot.ENTRANT}
        id_ = uuid.uuid5(draw_id(round_.group, (top, bottom)), key)
        places = {"id": id_, "group": round_.group, "round": round_, "number": number, "key": key}
        return cls(**places, **slots, top=top, bottom=bottom, **fields)

    @property
    def known_match(self) -> Match:
        """The match of a pairing that has one."""
        assert self.match is not None
        return self.match

    @property
    def both(self) -> tuple[Entrant, Entrant]:
        """The sides of a pairing that has both."""
        assert self.top is not None and self.bottom is not None
        return self.top, self.bottom

    @property
    def title(self) -> str:
        """Who meets."""
        return f"{self.top} vs {self.bottom}"

    @property
    def sides(self) -> tuple[tuple[str, Entrant | None], tuple[str, Entrant | None]]:
        """Both sides, top first: what stands there, and who if it is an entrant."""
        return (self.top_slot, self.top), (self.bottom_slot, self.bottom)

    @property
    def passes_side(self) -> int | None:
        """The side that will go through without a match, as nobody comes against it."""
        slots = (self.top_slot, self.bottom_slot)
        if Slot.PENDING in slots and (Slot.BYE in slots or Slot.VACANT in slots):
            return slots.index(Slot.PENDING)
        return None
