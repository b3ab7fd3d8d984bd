"""Whole tournaments: settings, stages, groups, rounds, matches, all in order."""

from collections.abc import Mapping
from typing import Self, cast
from uuid import UUID

from django.db.models import Prefetch
from msgspec import UNSET, UnsetType

from lib.errors import NotFound
from lib.schemas import Schema, Timestamp, including, timestamp
from matchmaking.models import DecidedBy
from tournaments import models
from tournaments.models import (
    UNLISTED,
    ByeKind,
    CommonStageSettings,
    Pairing,
    Part,
    TournamentSettings,
)

from .briefs import Brief, EntrantBrief, StageBrief
from .matches import Match, Sources, sources_of

#: Settings that an answer has in another shape, under another name, or not at all.
_OTHERWISE = frozenset({"name", "format", "rounds_planned", "tie_breaks"})
_NOT_SHOWN = frozenset({"entry_code", "starts_at"})


class Bye(Schema):
    """A round that somebody sits out."""

    entrant: int
    name: str
    round: int
    kind: ByeKind

    @classmethod
    def of(cls, bye: models.Bye) -> Self:
        """A bye."""
        entrant = bye.contender.entrant
        return cls(entrant.pk, entrant.name, bye.round_number, cast(ByeKind, bye.kind))


#: The byes of a tournament, by the id of their group and the number of their round.
Byes = Mapping[tuple[int, int], list[Bye]]


def _byes_of(tournament: models.Tournament) -> Byes:
    byes: dict[tuple[int, int], list[Bye]] = {}
    rows = models.Bye.objects.filter(contender__group__stage__tournament=tournament)
    for row in rows.select_related("contender__entrant"):
        byes.setdefault((row.contender.group_id, row.round_number), []).append(Bye.of(row))
    return byes


class Round(Schema):
    """Matches that are played side by side."""

    number: int
    name: str
    part: Part
    matches: list[Match]
    byes: list[Bye] | UnsetType = UNSET
    """In a table: who sits this round out, and why."""
    note: str | UnsetType = UNSET
    """In a Swiss: how else than by the Dutch system it was paired; empty otherwise."""

    @classmethod
    def of(cls, group: models.Group, round_: models.Round, sources: Sources, byes: Byes) -> Self:
        """A round of a group; needs its pairings with what stands around them."""
        rows = list(round_.pairings.all())
        for row in rows:
            row.group, row.round = group, round_
        matches = [Match.of(row, sources) for row in rows]
        is_table = round_.part == Part.TABLE
        resting = byes.get((group.pk, round_.number), []) if is_table else UNSET
        note = round_.note if is_table else UNSET
        return cls(round_.number, round_.name, cast(Part, round_.part), matches, resting, note)


class Group(Schema):
    """A bracket or table of its own."""

    number: int
    name: str
    rounds: list[Round]

    @classmethod
    def of(cls, stage: models.Stage, group: models.Group, byes: Byes) -> Self:
        """A group of a stage."""
        group.stage = stage
        rounds = sorted(group.rounds.all(), key=_in_bracket)
        sources = sources_of(row for round_ in rounds for row in round_.pairings.all())
        listed = [Round.of(group, one, sources, byes) for one in rounds]
        return cls(group.number, group.name, listed)


def _in_bracket(round_: models.Round) -> tuple[int, int]:
    """The winners' bracket, the losers', the finals, the third place; each from its first round."""
    return Part.values.index(round_.part), round_.number


class Points(Schema):
    """What a match of a table is worth, and a bye."""

    win: float
    draw: float
    loss: float
    bye: float


@including(CommonStageSettings, but=_OTHERWISE, is_answer=True)
class Stage(StageBrief, kw_only=True):
    """A part of a tournament played in one format."""

    rounds: int | None
    """Of a Swiss."""
    points: Points
    tie_breaks: list[str]
    """As they were chosen; empty for the usual ones."""
    groups: list[Group]
    """Those that were made, once the stage has begun; `group_count` are planned."""

    @classmethod
    def of_whole(cls, stage: models.Stage, byes: Byes) -> Self:
        """A stage with its groups."""
        points = (stage.points_win, stage.points_draw, stage.points_loss, stage.points_bye)
        names = set(CommonStageSettings.__struct_fields__) - _OTHERWISE
        return cls.of(
            stage,
            rounds=stage.rounds_planned,
            points=Points(*map(float, points)),
            tie_breaks=[name.lower() for name in stage.tie_breaks],
            groups=[Group.of(stage, group, byes) for group in stage.groups.all()],
            **{name: getattr(stage, name) for name in names},
        )


@including(TournamentSettings, but=_NOT_SHOWN, is_answer=True)
class Settings(Schema, kw_only=True):
    """What a tournament is like, as `PATCH` takes it."""

    slug: str | None
    """The short address, under /t/."""
    starts_at: Timestamp | None
    rated_in: str | None
    """The short name of a pool."""
    decided_by: DecidedBy
    """Whose word a result is; of players, as far as `reporting` asks them."""
    game_server: str | None
    """The name of the key of the game server that decides, if one does."""

    @classmethod
    def of(cls, tournament: models.Tournament) -> Self:
        """The settings in the words that change them; the code is for who has it."""
        names = set(TournamentSettings.__struct_fields__) - _NOT_SHOWN
        return cls(
            slug=tournament.slug,
            starts_at=timestamp(tournament.starts_at) if tournament.starts_at else None,
            rated_in=tournament.rated_in.slug if tournament.rated_in else None,
            decided_by=DecidedBy(tournament.decided_by),
            game_server=tournament.game_server.name if tournament.game_server else None,
            **{name: getattr(tournament, name) for name in names},
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
        .select_related("rated_in", "game_server")
        .prefetch_related(
            "entrants",
            "stages__groups__rounds",
            Prefetch("stages__groups__rounds__pairings", pairings.order_by("number")),
        )
        .first()
    )
    if tournament is None:
        raise NotFound("There is no such tournament.")
    listed = [row for row in tournament.entrants.all() if row.status not in UNLISTED]
    byes = _byes_of(tournament)
    return Tournament.of(
        tournament,
        created_at=timestamp(tournament.created_at),
        settings=Settings.of(tournament),
        entrants=[EntrantBrief.of(entrant) for entrant in listed],
        stages=[Stage.of_whole(stage, byes) for stage in tournament.stages.all()],
    )
