"""What players say came out of their match."""

from typing import Literal, Self, cast
from uuid import UUID

from lib.schemas import Schema, Timestamp, timestamp
from matchmaking import models, results
from matchmaking.models import Outcome
from matchmaking.results import report_claim, report_counter

from .players import PlayerName

OpenReport = Literal["pending", "disputed"]


class Result(Schema):
    """A result as one side claims it."""

    outcome: Outcome
    winner: int | None
    """The side that won; null in a draw."""
    scores: list[int]
    games: list[tuple[int, int]]

    @classmethod
    def of(cls, result: results.Result) -> Self:
        """A result on the wire."""
        return cls(result.outcome, result.winner, list(result.scores), list(result.games))


class Report(Schema):
    """A result that waits for the other side, or for the organiser."""

    id: UUID
    state: OpenReport
    by: PlayerName
    side: int
    """For which side it was reported."""
    result: Result
    counter: Result | None
    """What the other side claims, if it said so."""
    confirm_by: Timestamp | None
    """When silence confirms it; null once somebody has answered."""

    @classmethod
    def of(cls, report: models.Report) -> Self:
        """A report; needs its reporter."""
        counter = report_counter(report)
        is_pending = report.state == models.ReportState.PENDING
        return cls(
            id=report.pk,
            state=cast(OpenReport, report.state),
            by=PlayerName.of(report.reporter),
            side=report.side,
            result=Result.of(report_claim(report)),
            counter=Result.of(counter) if counter else None,
            confirm_by=timestamp(report.confirm_by) if is_pending else None,
        )
