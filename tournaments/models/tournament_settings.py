"""What an organiser can set about a tournament: one struct for its row and its document."""

from datetime import datetime
from typing import Annotated, Any

from django.db import models
from msgspec import Meta

from lib.schemas import Schema

from .stage_settings import Count

TEAM_SIZE_MAX = 20


class Seeding(models.TextChoices):
    """How entrants get their seeds when the tournament starts."""

    GIVEN = "given", "in the order given"
    RATING = "rating", "by rating, the highest first"
    RANDOM = "random", "shuffled"
    LISTED = "listed", "neighbours in the list meet first"


class KeepApart(models.TextChoices):
    """Entrants that the draw keeps apart in round one, where that is possible."""

    NOBODY = "", "nobody"
    CLUB = "club", "members of one club"
    REGION = "region", "those of one region"


class Entry(models.TextChoices):
    """How players come into the tournament."""

    ORGANISER = "organiser", "the organiser enters them"
    OPEN = "open", "anybody"
    CODE = "code", "anybody with the code"
    APPROVAL = "approval", "the organiser approves each"


class Reporting(models.TextChoices):
    """Who else, besides organiser and judges, reports results."""

    ORGANISER = "organiser", "only the organiser and the judges"
    PLAYERS = "players", "the players: one reports, the other confirms"


class TournamentSettings(Schema):
    """The settings of a tournament, under the names of the fields of `models.Tournament`."""

    about: str = ""
    """Plain text for the players."""
    seeding: Seeding = Seeding.GIVEN
    byes: bool = False
    """Allow an odd number in an elimination: the first seeds sit out."""
    keep_apart: KeepApart = KeepApart.NOBODY
    """Who do not meet in the first round, where that is possible."""
    entry: Entry = Entry.ORGANISER
    """Who may enter: only through the organiser, anybody, with the code, or after approval."""
    entry_code: str = ""
    capacity: Count | None = None
    """Further entrants wait for a place."""
    team_size: Count = 1
    """Players in a team; 1 for single players."""
    check_in_minutes: Count | None = None
    """How long before `starts_at` check-in opens; null for none."""
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    match_minutes: Count = 30
    reporting: Reporting = Reporting.ORGANISER
    """Whether players may report results themselves."""
    plays: str = ""
    """The game that is played here, in the browser; empty where results are reported."""
    play_settings: dict[str, Any] = {}
    """What is set of this game."""
