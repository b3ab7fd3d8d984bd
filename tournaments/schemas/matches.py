"""Places in a bracket or table, as matches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self, cast
from uuid import UUID

from django.db.models import Q
from msgspec import UNSET, UnsetType, field

from lib.schemas import Schema
from matchmaking.models import Outcome
from matchmaking.results import as_games
from matchmaking.wording import scores_of
from tournaments.models import Pairing, PairingState, Slot


class Source(NamedTuple):
    """Whose winner or loser comes to a side that is not yet known."""

    whose: Literal["winner", "loser"]
    of: UUID
    key: str


_ABSENCES = {Slot.BYE: "bye", Slot.VACANT: "nobody", Slot.PENDING: ""}
#: On the two sides of a bracket reset that was not called for.
_NOT_NEEDED = ("not needed", "")

#: Where somebody comes from who is not yet known, by the pairing and side that wait for them.
Sources = Mapping[tuple[UUID, int], Source]


def sources_of(pairings: Iterable[Pairing]) -> Sources:
    """For each side that these pairings lead to: whose winner or loser comes there.

    A pairing without a match is passed over: its source is the one of the side that comes through.
    """
    found: dict[tuple[UUID, int], Source] = {}
    passed = {}
    for row in pairings:
        if row.winner_to_id is not None and row.winner_to_side is not None:
            found[row.winner_to_id, row.winner_to_side] = Source("winner", row.pk, row.key)
            if row.passes_side is not None:
                passed[row.pk] = row.passes_side
        if row.loser_to_id is not None and row.loser_to_side is not None:
            found[row.loser_to_id, row.loser_to_side] = Source("loser", row.pk, row.key)
    return {place: _beyond(source, passed, found) for place, source in found.items()}


def _beyond(source: Source, passed: Mapping[UUID, int], found: Sources) -> Source:
    while source.whose == "winner" and source.of in passed:
        before = found.get((source.of, passed[source.of]))
        if before is None:
            return source
        source = before
    return source


def sources_to(waiting: Collection[UUID]) -> Sources:
    """The sources of the sides of these pairings, read back to the matches that decide them."""
    rows: dict[UUID, Pairing] = {}
    while waiting:
        feeding = Pairing.objects.filter(Q(winner_to__in=waiting) | Q(loser_to__in=waiting))
        new = [row for row in feeding if row.pk not in rows]
        rows |= {row.pk: row for row in new}
        waiting = [row.pk for row in new if row.passes_side is not None]
    return sources_of(rows.values())


class Place(Schema):
    """Where somebody goes: a side of a match."""

    match: UUID
    side: int


class Side(Schema, kw_only=True):
    """What stands on a side of a match."""

    slot: Slot
    entrant: int | None
    """The entrant's id, once known."""
    name: str | None
    seed: int | None
    from_: Literal["winner", "loser"] | UnsetType = field(name="from", default=UNSET)
    """Whose winner or loser comes here, while it is not yet known."""
    of: UUID | UnsetType = UNSET
    """The id of that match."""
    key: str | UnsetType = UNSET
    """The key of that match."""
    text: str
    """What is shown here: the name, whose winner or loser comes, or that nobody does."""
    score: str
    """What is shown beside it: games won, or a word."""


class Match(Schema):
    """A place in a bracket or a table where two sides meet, and what comes of it."""

    id: UUID
    """The same before its sides are known and after; for all routes of a match."""
    key: str
    """Its name in its group, such as `W1.2`, `GF` or `R3.1`."""
    round: int
    number: int
    state: PairingState
    best_of: int
    winner: int | None
    """The index of the side that won, or goes on."""
    winner_to: Place | None
    loser_to: Place | None
    scores: list[int]
    """Games won by each side."""
    games: list[tuple[int, int]]
    """The points of each game, where they were given."""
    live_scores: list[int]
    """How it stands while it is played; of a single game the points."""
    outcome: Outcome | None
    """How it ended."""
    revision: int
    """Counts its results; a correction says which it has seen."""
    station: str | None
    sides: list[Side]

    @classmethod
    def of(cls, row: Pairing, sources: Sources, **more: Any) -> Self:
        """A place; needs what stands around it."""
        match = row.match
        return cls(
            id=row.pk,
            key=row.key,
            round=row.round.number,
            number=row.number,
            state=cast(PairingState, row.state),
            best_of=match.best_of if match else row.round.best_of or row.group.stage.best_of,
            winner=row.winner,
            winner_to=_place(row.winner_to_id, row.winner_to_side),
            loser_to=_place(row.loser_to_id, row.loser_to_side),
            scores=match.scores if match else [],
            games=list(as_games(match.games)) if match else [],
            live_scores=match.live_scores if match else [],
            outcome=cast(Outcome | None, match.outcome) if match else None,
            revision=match.revision if match else 0,
            station=row.station.name if row.station else None,
            sides=[_side(row, number, sources) for number in (0, 1)],
            **more,
        )

    @classmethod
    def listed(cls, pairings: Sequence[Pairing]) -> list[Self]:
        """Places, each with where those come from who are not yet known."""
        waiting = [row.pk for row in pairings if Slot.PENDING in (row.top_slot, row.bottom_slot)]
        sources = sources_to(waiting)
        return [cls.of(row, sources) for row in pairings]


def _place(pairing_id: UUID | None, side: int | None) -> Place | None:
    return None if pairing_id is None or side is None else Place(pairing_id, side)


def absence_text(row: Pairing, number: int, sources: Sources) -> str:
    """What is shown on a side without an entrant."""
    if row.state == PairingState.NOT_NEEDED:
        return _NOT_NEEDED[number]
    slot = (row.top_slot, row.bottom_slot)[number]  # the other side's entrant may not be read
    source = sources.get((row.pk, number))
    if source is not None and slot == Slot.PENDING:
        return f"{source.whose.capitalize()} of {source.key}"
    return _ABSENCES[Slot(slot)]


def _side(row: Pairing, number: int, sources: Sources) -> Side:
    slot, entrant = row.sides[number]
    source = sources.get((row.pk, number)) if slot == Slot.PENDING else None
    return Side(
        slot=cast(Slot, slot),
        entrant=entrant.pk if entrant else None,
        name=entrant.name if entrant else None,
        seed=entrant.seed if entrant else None,
        from_=source.whose if source else UNSET,
        of=source.of if source else UNSET,
        key=source.key if source else UNSET,
        text=entrant.name if entrant else absence_text(row, number, sources),
        score=scores_of(row.match)[number],
    )
