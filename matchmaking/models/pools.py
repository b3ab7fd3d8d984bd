"""Pools: queues with their rules."""

from math import inf

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from matchmaking.engine.pairing import Kind, Rules
from matchmaking.engine.pairing.values import MAX_PLAYERS, MAX_TEAM_SIZE
from service_keys.models import ServiceKey

from .declarations import (
    Declaration,
    DeclarationError,
    checked_declarations,
    checked_roles,
    declarations,
    named_roles,
)

REGION_MAX_CHARS = 40
ROLE_MAX_CHARS = 40


class LeaveRule(models.TextChoices):
    """Who loses when a player leaves an unfinished match of teams, or of more than two sides."""

    ALONE = "alone", "the player alone; the match goes on"
    SIDE = "side", "the player's whole side"


class DecidedBy(models.TextChoices):
    """Whose word a match's result is."""

    PLAYERS = "players", "its players"
    ORGANISER = "organiser", "the organiser"
    GAME_SERVER = "game_server", "a game server"


class Pool(models.Model):
    """A queue with its rules; `slug` is its name on the wire.

    A pool that says nothing else is `plain`: first come, first matched, at once.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    game = models.CharField(max_length=80, blank=True, help_text="What is played here.")
    is_open = models.BooleanField(default=True, help_text="Whether players may queue here.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    plays = models.SlugField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        db_index=False,
        help_text="The game that is played here, in the browser. Empty: results are reported.",
    )
    play_settings = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="What is set of this game."
    )
    rated = models.BooleanField(
        default=True, help_text="Whether its matches move the players' ratings."
    )

    deviation_floor = models.PositiveSmallIntegerField(
        default=45,
        db_default=45,
        validators=(MaxValueValidator(200),),
        help_text="No match makes a rating surer than this, so that players who improve are seen "
        "to. 0 for no limit.",
    )

    rate_unanswered = models.BooleanField(
        "rate unanswered reports",
        default=False,
        db_default=False,
        help_text="Whether a win that one side reports moves ratings though the other does not "
        "answer. Otherwise it is rated once they confirm it, or you do.",
    )

    guests_count = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether guests have a rank, and results against them move registered players. "
        "Anybody makes as many guests as they like.",
    )
    ranked_opponents = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        help_text="A rank needs matches of the season against so many different players, guests "
        "only where they count.",
    )
    rated_a_day = models.PositiveSmallIntegerField(
        default=10,
        db_default=0,  # the pools that were there before this rule
        help_text="How many matches against the same opponent are rated on one day (UTC). Those "
        "of tournaments always are. 0: all.",
    )

    team_size = models.PositiveSmallIntegerField(
        default=1, help_text=f"Players in a team, 1 to {MAX_TEAM_SIZE}."
    )
    teams = models.PositiveSmallIntegerField(default=2, help_text="Teams in a match, 2 or more.")
    party_limit = models.PositiveSmallIntegerField(
        default=1, help_text="The most players who may queue together; at most a whole team."
    )
    window_start = models.FloatField(
        null=True,
        blank=True,
        help_text="How many rating points apart two may be at first. Empty: ratings do not matter.",
    )
    window_growth = models.FloatField(
        default=0.0, help_text="By how many points the window grows with each second of waiting."
    )
    longest_wait_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="After so long anybody fits, and the wait goes first. Empty: never.",
    )
    ready_seconds = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How long players have to accept a match. Empty: no ready check.",
    )
    rematch_memory = models.PositiveSmallIntegerField(
        default=0, help_text="How many of the last opponents to avoid while others wait."
    )
    rematch_pause_seconds = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="For how many seconds of waiting the last opponent is not met at all. 0: never.",
    )
    gather_seconds = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="How long arrivals are gathered before they are paired. 0: at once.",
    )
    regions = models.JSONField(
        default=list,
        blank=True,
        help_text='Where one may play, such as ["eu", "us"]. Empty: it does not matter.',
    )
    region_seconds = models.PositiveIntegerField(
        default=60, help_text="How long a player's regions are kept to; then they are a wish."
    )
    attributes = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="What players say of the match they want, and how it is matched.",
    )
    roles = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text='How many of each role a team has, such as {"keeper": 1, "any": 2}. '
        "Empty: there are no roles.",
    )
    best_of = models.PositiveSmallIntegerField(default=1, help_text="The games of a match.")
    draws = models.BooleanField(default=False, help_text="Whether a match may end drawn.")
    leaving = models.CharField(
        max_length=5,
        choices=LeaveRule,
        default=LeaveRule.ALONE,
        db_default=LeaveRule.ALONE,
        help_text="Who loses when a player leaves a match of teams, or of more than two sides.",
    )
    shared_names = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether guests of the same name may wait here; a number tells them apart.",
    )

    decided_by = models.CharField(
        max_length=12,
        choices=DecidedBy,
        default=DecidedBy.PLAYERS,
        db_default=DecidedBy.PLAYERS,
        help_text="Whose word the result of a match is. Staff may enter results in any case.",
    )
    game_server = models.ForeignKey(
        ServiceKey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pools",
        db_index=False,
        help_text="The key of the game server that decides, if one does.",
    )
    rating_by_server = models.BooleanField(
        "ratings by the game server",
        default=False,
        db_default=False,
        help_text="Whether the game server may say, of each ticket, by which rating it is paired.",
    )
    backfill = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether the place of a player who left a running match, as the game server "
        "says, is offered to those who wait.",
    )

    DEFAULT = "default"

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=DecidedBy.GAME_SERVER, game_server__isnull=False)
                | ~Q(decided_by=DecidedBy.GAME_SERVER),
                name="pool_game_server_is_named",
                violation_error_message="Say which game server decides: choose its key.",
            ),
            models.CheckConstraint(
                condition=Q(team_size__gte=1) & Q(team_size__lte=MAX_TEAM_SIZE),
                name="pool_team_size_in_range",
                violation_error_message=f"A team has 1 to {MAX_TEAM_SIZE} players.",
            ),
            models.CheckConstraint(
                condition=Q(teams__gte=2) & Q(teams__lte=MAX_PLAYERS / F("team_size")),
                name="pool_teams_in_range",
                violation_error_message=(
                    f"A match has 2 teams at least and {MAX_PLAYERS} players at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(party_limit__gte=1) & Q(party_limit__lte=F("team_size")),
                name="pool_party_fits_into_team",
                violation_error_message="A party has one player at least, and fits into a team.",
            ),
            models.CheckConstraint(
                condition=(Q(window_start__isnull=True) | Q(window_start__gte=0))
                & Q(window_growth__gte=0),
                name="pool_window_not_below_zero",
                violation_error_message="A window is not below zero, and does not shrink.",
            ),
            models.CheckConstraint(
                condition=Q(ready_seconds__isnull=True) | Q(ready_seconds__gte=1),
                name="pool_ready_check_lasts",
                violation_error_message="A ready check lasts a second at least, or leave it empty.",
            ),
            models.CheckConstraint(
                condition=Q(plays="") | Q(teams=2, team_size=1),
                name="pool_plays_one_against_one",
                violation_error_message="A game that is played here has two teams of one player.",
            ),
            models.CheckConstraint(
                condition=Q(best_of__gte=1) & Q(best_of__lte=99),
                name="pool_best_of_in_range",
                violation_error_message="A match is best of 1 to 99.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Regions are short names, none twice; attributes, roles and who decides make sense."""
        if self.plays and self.decided_by != DecidedBy.PLAYERS:
            raise ValidationError({"decided_by": "A game that is played here decides by itself."})
        names = self.regions
        if not isinstance(names, list) or not all(_is_region(name) for name in names):
            raise ValidationError(
                {"regions": f"A list of names, each 1 to {REGION_MAX_CHARS} characters."}
            )
        if len(set(names)) < len(names):
            raise ValidationError({"regions": "A region is named twice."})
        try:
            declared = checked_declarations(self.attributes or [])
        except DeclarationError as error:
            raise ValidationError({"attributes": str(error)}) from error
        if names and any(one.kind is Kind.LATENCY for one in declared):
            raise ValidationError(
                {"attributes": "A latency decides where a match is: leave the regions empty."}
            )
        try:
            checked_roles(self.roles or {}, self.team_size)
        except DeclarationError as error:
            raise ValidationError({"roles": str(error)}) from error

    @property
    def declared(self) -> tuple[Declaration, ...]:
        """What players say of the match they want."""
        return declarations(self.attributes)

    @property
    def rules(self) -> Rules:
        """The rules as the pairing engine takes them."""
        return Rules(
            team_size=self.team_size,
            teams=self.teams,
            party_limit=self.party_limit,
            window_start=inf if self.window_start is None else self.window_start,
            window_growth=self.window_growth,
            longest_wait=_or_never(self.longest_wait_seconds),
            rematch_memory=self.rematch_memory,
            rematch_pause=float(self.rematch_pause_seconds),
            region_seconds=float(self.region_seconds),
            attributes=tuple(one.attribute for one in self.declared),
            roles=named_roles(self.roles),
        )

    @property
    def is_plain(self) -> bool:
        """Whether players are paired first come, first matched, without a ready check."""
        return (
            self.team_size == 1
            and self.teams == 2
            and self.window_start is None
            and self.ready_seconds is None
            and not self.rematch_memory
            and not self.rematch_pause_seconds
            and not self.gather_seconds
            and not self.regions
            and not self.attributes
        )

    @property
    def time_matters(self) -> bool:
        """Whether waiting alone can make a match possible."""
        return bool(
            self.longest_wait_seconds is not None
            or (self.window_start is not None and self.window_growth)
            or self.regions
            or any(one.growth or one.after_seconds is not None for one in self.declared)
            or self.rematch_pause_seconds
            or self.gather_seconds
        )


def _or_never(seconds: int | None) -> float:
    return inf if seconds is None else float(seconds)


def _is_region(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and 0 < len(name) <= REGION_MAX_CHARS
