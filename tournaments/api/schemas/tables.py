"""Swiss rounds and standings as they are answered."""

from collections.abc import Sequence
from typing import Any, Self, cast

from msgspec import UNSET, UnsetType

from lib.schemas import Schema
from tournaments import models
from tournaments.engine import standings as engine
from tournaments.engine import swiss
from tournaments.models import Part
from tournaments.schemas import Bye, Match, Round, StageBrief
from tournaments.services.progress.pairing_by_hand import Suggestion
from tournaments.storage import tables


class PairedRound(Round, kw_only=True):
    """A round of a Swiss as it is paired."""

    byes: list[Bye]
    note: str
    """How else than by the Dutch system it was paired, and what that gave up; empty otherwise."""

    @classmethod
    def of_row(cls, row: models.Round) -> Self:
        """A round with its matches and byes."""
        pairings = row.pairings.select_related(
            "round", "top", "bottom", "match", "station", "group__stage"
        )
        byes = models.Bye.objects.filter(contender__group=row.group_id, round_number=row.number)
        return cls(
            row.number,
            row.name,
            cast(Part, row.part),
            Match.listed(list(pairings.order_by("number"))),
            byes=[Bye.of(bye) for bye in byes.select_related("contender__entrant")],
            note=row.note,
        )


class Paired(Schema):
    """A round that was paired."""

    status: str
    round: PairedRound


class Present(Schema):
    """Somebody who plays a round that is not yet paired."""

    entrant: int
    name: str
    met: list[int]
    """The ids of those who play it too and were met before."""


class NextRound(Schema):
    """The next round of a Swiss, to be paired by hand."""

    number: int
    players: list[Present]
    """Who plays, the leaders first."""
    byes: list[Bye]
    """Who asked to sit it out."""
    pairs: list[tuple[int, int]]
    """As a beginning, White first: legal where that is possible, else by the standings."""

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """A round as it is suggested."""
        return cls(
            suggestion.number,
            [Present(one.pk, one.name, list(suggestion.met[one.pk])) for one in suggestion.present],
            [Bye.of(bye) for bye in suggestion.byes],
            [(white.pk, black.pk) for white, black in suggestion.pairs],
        )


class PairingReason(Schema):
    """A sentence about a round, with what it goes by."""

    words: str
    article: str
    """The article or criterion of FIDE C.04.3, such as `1.4`, `5.2.1` or `C12`."""

    @classmethod
    def listed(cls, reasons: Sequence[swiss.Reason]) -> list[Self]:
        """Reasons in their order."""
        return [cls(one.words, one.article) for one in reasons]


class BoardReasons(Schema):
    """Why two were paired, and with these colours."""

    board: int
    white: int
    black: int
    """The entrants' ids."""
    reasons: list[PairingReason]


class RoundReasons(Schema):
    """Why a round of a Swiss was paired as it was, by the results as they are now."""

    stage: int
    number: int
    name: str
    broken: list[str]
    """Absolute rules that the round does not keep; empty for the Dutch system."""
    boards: list[BoardReasons]
    bye: list[PairingReason]
    """Why it is this player who rests; empty when nobody does."""
    whole: list[PairingReason]
    """The topscorers, and how often each criterion could not be met."""

    @classmethod
    def of(cls, table: tables.Table, row: models.Round, found: swiss.RoundReasons) -> Self:
        """What was found out about a round."""
        entrant = {seed: one.entrant_id for seed, one in table.by_seed.items()}
        boards = [
            BoardReasons(
                number, entrant[one.white], entrant[one.black], PairingReason.listed(one.reasons)
            )
            for number, one in enumerate(found.boards, start=1)
        ]
        return cls(
            table.stage.number,
            row.number,
            row.name,
            list(found.broken),
            boards,
            PairingReason.listed(found.rest),
            PairingReason.listed(found.whole),
        )


class RoundLength(Schema):
    """How long a round's matches are."""

    number: int
    name: str
    best_of: int


class ChangedRound(Schema):
    """A round after a change."""

    status: str
    round: RoundLength


class GivenBye(Schema):
    """A bye that was given."""

    status: str
    bye: Bye


class EndedStage(Schema):
    """A stage that was ended."""

    status: str
    stage: StageBrief


class TieBreak(Schema):
    """What those are ordered by who have equal points."""

    name: str
    title: str
    definition: str

    @classmethod
    def of(cls, tie_break: engine.TieBreak) -> Self:
        """A tie-break."""
        return cls(tie_break.name.lower(), tie_break.title, tie_break.definition)


class Value(Schema):
    """The value of one tie-break, or of the points."""

    name: str
    value: str
    words: str
    """How it comes about, so that it can be added up by hand."""


class Standing(Schema, kw_only=True):
    """A line of the standings."""

    entrant: int
    name: str
    seed: int
    """The number in the group."""
    rank: int
    shared_by: int
    """How many share this rank."""
    settled: bool | UnsetType = UNSET
    """In a bracket: whether the place is final."""
    played: int | UnsetType = UNSET
    """Matches that were played; `won`, `drawn` and `lost` are among them, forfeits and byes not."""
    won: int | UnsetType = UNSET
    drawn: int | UnsetType = UNSET
    lost: int | UnsetType = UNSET
    won_by_forfeit: int | UnsetType = UNSET
    lost_by_forfeit: int | UnsetType = UNSET
    values: list[Value]

    @classmethod
    def of(cls, contender: models.Contender, **more: Any) -> Self:
        """A contender's line."""
        entrant = contender.entrant
        return cls(entrant=entrant.pk, name=entrant.name, seed=contender.seed, **more)

    @classmethod
    def of_place(cls, place: tables.Placing) -> Self:
        """The places in a bracket that somebody holds or can reach."""
        return cls.of(
            place.contender,
            rank=place.first,
            shared_by=place.shared_by,
            settled=place.settled,
            values=[],
        )

    @classmethod
    def of_row(cls, row: tables.Standing, breaks: Sequence[engine.TieBreak]) -> Self:
        """A line of a table, with the value of each tie-break."""
        return cls.of(
            row.contender,
            rank=row.rank,
            shared_by=row.shared_by,
            played=row.played,
            won=row.won,
            drawn=row.drawn,
            lost=row.lost,
            won_by_forfeit=row.won_by_forfeit,
            lost_by_forfeit=row.lost_by_forfeit,
            values=[
                Value(one.name.lower(), str(value), value.words)
                for one, value in zip(breaks, row.values, strict=True)
            ],
        )


class GroupStandings(Schema):
    """The standings of a group."""

    number: int
    name: str
    standings: list[Standing]


class StageStandings(StageBrief):
    """The standings of a stage."""

    tie_breaks: list[TieBreak]
    groups: list[GroupStandings]

    @classmethod
    def after(cls, stage: models.Stage, number: int | None) -> Self:
        """A stage's tables after that round, or as they are; a bracket as it is."""
        breaks = () if stage.is_elimination else tables.tie_breaks_of(stage)
        groups = []
        for group in stage.groups.all():
            group.stage = stage
            if stage.is_elimination:
                lines = [Standing.of_place(place) for place in tables.bracket_places(group)]
            else:
                rows = tables.group_standings(group, after_round=number)
                lines = [Standing.of_row(row, breaks) for row in rows]
            groups.append(GroupStandings(group.number, group.name, lines))
        return cls.of(stage, tie_breaks=[TieBreak.of(one) for one in breaks], groups=groups)


class FinalPlace(Schema):
    """Where an entrant ended in a whole tournament."""

    entrant: int
    name: str
    rank: int
    shared_by: int
    """How many share this place."""

    @classmethod
    def of(cls, place: tables.Placing) -> Self:
        """A settled place."""
        entrant = place.contender.entrant
        return cls(entrant.pk, entrant.name, place.first, place.shared_by)


class Standings(Schema):
    """The standings of a tournament."""

    stages: list[StageStandings]
    places: list[FinalPlace]
    """Over all stages, once the tournament is over; empty before."""
