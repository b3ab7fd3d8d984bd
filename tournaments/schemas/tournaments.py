"""Whole tournaments: settings, stages, groups, rounds, matches, all in order."""

from typing import Self, cast
from uuid import UUID

from django.db.models import Prefetch

from lib.errors import NotFound
from lib.schemas import Schema, Timestamp, timestamp
from tournaments import models
from tournaments.models import Entry, KeepApart, Pairing, Part, Reporting, Seeding

from .briefs import Brief, EntrantBrief, StageBrief
from .matches import Match, Sources, sources_of


class Round(Schema):
    """Matches that are played side by side."""

    number: int
    name: str
    part: Part
    matches: list[Match]

    @classmethod
    def of(cls, group: models.Group, round_: models.Round, sources: Sources) -> Self:
        """A round of a group; needs its pairings with what stands around them."""
        rows = list(round_.pairings.all())
        for row in rows:
            row.group, row.round = group, round_
        matches = [Match.of(row, sources) for row in rows]
        return cls(round_.number, round_.name, cast(Part, round_.part), matches)


class Group(Schema):
    """A bracket or table of its own."""

    number: int
    name: str
    rounds: list[Round]

    @classmethod
    def of(cls, stage: models.Stage, group: models.Group) -> Self:
        """A group of a stage."""
        group.stage = stage
        rounds = sorted(group.rounds.all(), key=_in_bracket)
        sources = sources_of(row for round_ in rounds for row in round_.pairings.all())
        return cls(group.number, group.name, [Round.of(group, one, sources) for one in rounds])


def _in_bracket(round_: models.Round) -> tuple[int, int]:
    """The winners' bracket, the losers', the finals, the third place; each from its first round."""
    return Part.values.index(round_.part), round_.number


class Points(Schema):
    """What a match of a table is worth, and a bye."""

    win: float
    draw: float
    loss: float
    bye: float


class Stage(StageBrief, kw_only=True):
    """A part of a tournament played in one format."""

    best_of: int
    semi_best_of: int | None
    """Of the semi-finals, when another."""
    final_best_of: int | None
    """Of the final, when another."""
    third_place: bool
    rounds: int | None
    """Of a Swiss."""
    group_count: int
    """Groups that are planned; `groups` has them once the stage has begun."""
    legs: int
    draws: bool
    points: Points
    tie_breaks: list[str]
    """As they were chosen; empty for the usual ones."""
    advance: int | None
    """How many of each group go on."""
    groups: list[Group]

    @classmethod
    def of_whole(cls, stage: models.Stage) -> Self:
        """A stage with its groups."""
        points = (stage.points_win, stage.points_draw, stage.points_loss, stage.points_bye)
        return cls.of(
            stage,
            best_of=stage.best_of,
            semi_best_of=stage.semi_best_of,
            final_best_of=stage.final_best_of,
            third_place=stage.third_place,
            rounds=stage.rounds_planned,
            group_count=stage.group_count,
            legs=stage.legs,
            draws=stage.draws,
            points=Points(*map(float, points)),
            tie_breaks=[name.lower() for name in stage.tie_breaks],
            advance=stage.advance,
            groups=[Group.of(stage, group) for group in stage.groups.all()],
        )


class Settings(Schema):
    """What a tournament is like, as `PATCH` takes it."""

    slug: str | None
    """The short address, under /t/."""
    about: str
    entry: Entry
    capacity: int | None
    team_size: int
    check_in_minutes: int | None
    starts_at: Timestamp | None
    match_minutes: int
    reporting: Reporting
    rated_in: str | None
    """The short name of a pool."""
    seeding: Seeding
    byes: bool
    keep_apart: KeepApart

    @classmethod
    def of(cls, tournament: models.Tournament) -> Self:
        """The settings in the words that change them; the code is for who has it."""
        return cls(
            slug=tournament.slug,
            about=tournament.about,
            entry=cast(Entry, tournament.entry),
            capacity=tournament.capacity,
            team_size=tournament.team_size,
            check_in_minutes=tournament.check_in_minutes,
            starts_at=timestamp(tournament.starts_at) if tournament.starts_at else None,
            match_minutes=tournament.match_minutes,
            reporting=cast(Reporting, tournament.reporting),
            rated_in=tournament.rated_in.slug if tournament.rated_in else None,
            seeding=cast(Seeding, tournament.seeding),
            byes=tournament.byes,
            keep_apart=cast(KeepApart, tournament.keep_apart),
        )


class Tournament(Brief):
    """A whole tournament."""

    created_at: Timestamp
    settings: Settings
    entrants: list[EntrantBrief]
    stages: list[Stage]


def whole_tournament(tournament_id: UUID) -> Tournament:
    """A whole tournament; raises `NotFound`."""
    pairings = Pairing.objects.select_related("top", "bottom", "match", "station")
    tournament = (
        models.Tournament.objects.filter(pk=tournament_id)
        .select_related("rated_in")
        .prefetch_related(
            "entrants",
            "stages__groups__rounds",
            Prefetch("stages__groups__rounds__pairings", pairings.order_by("number")),
        )
        .first()
    )
    if tournament is None:
        raise NotFound("There is no such tournament.")
    return Tournament.of(
        tournament,
        created_at=timestamp(tournament.created_at),
        settings=Settings.of(tournament),
        entrants=[EntrantBrief.of(entrant) for entrant in tournament.entrants.all()],
        stages=[Stage.of_whole(stage) for stage in tournament.stages.all()],
    )
