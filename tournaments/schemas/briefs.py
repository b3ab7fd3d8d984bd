"""Tournaments, entrants and stages in one line each."""

from typing import Any, Self, cast
from uuid import UUID

from django.conf import settings

from lib.schemas import Schema
from tournaments import models
from tournaments.models import EntryStatus, Format, StageState, TournamentState


def tournament_url(tournament: models.Tournament) -> str:
    """The tournament's page; absolute when the site knows its public address."""
    return f"{settings.PUBLIC_URL}/tournaments/{tournament.pk}"


class Brief(Schema):
    """A tournament in one line."""

    id: UUID
    name: str
    url: str
    state: TournamentState

    @classmethod
    def of(cls, tournament: models.Tournament, **more: Any) -> Self:
        """A tournament."""
        return cls(
            id=tournament.pk,
            name=tournament.name,
            url=tournament_url(tournament),
            state=cast(TournamentState, tournament.state),
            **more,
        )


class EntrantBrief(Schema):
    """An entrant in one line."""

    id: int
    seed: int
    name: str
    status: EntryStatus

    @classmethod
    def of(cls, entrant: models.Entrant, **more: Any) -> Self:
        """An entrant as everybody sees it."""
        return cls(
            id=entrant.pk,
            seed=entrant.seed,
            name=entrant.name,
            status=cast(EntryStatus, entrant.status),
            **more,
        )


class StageBrief(Schema):
    """A stage in one line."""

    number: int
    name: str
    format: Format
    state: StageState

    @classmethod
    def of(cls, stage: models.Stage, **more: Any) -> Self:
        """A stage."""
        return cls(
            number=stage.number,
            name=str(stage),
            format=cast(Format, stage.format),
            state=cast(StageState, stage.state),
            **more,
        )
