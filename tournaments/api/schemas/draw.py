"""The draw of a draft as it is answered."""

from collections.abc import Iterable
from typing import Self, cast

from lib.schemas import Schema
from tournaments import models
from tournaments.display.bracket import PairingView, RoundView, SideView
from tournaments.display.draft import DraftView
from tournaments.models import PairingState, Part, Slot
from tournaments.schemas import EntrantBrief


class DrawnSide(Schema):
    """What stands on a side of a match that is drawn."""

    slot: Slot
    seed: int | None
    text: str
    """The name, whose winner or loser comes, or that nobody does."""

    @classmethod
    def of(cls, side: SideView) -> Self:
        """A side."""
        return cls(cast(Slot, side.slot), side.seed, side.name)


class DrawnMatch(Schema):
    """A place in a bracket that is drawn; it has no id before the start."""

    key: str
    state: PairingState
    sides: list[DrawnSide]

    @classmethod
    def of(cls, pairing: PairingView) -> Self:
        """A place."""
        sides = [DrawnSide.of(side) for side in pairing.sides]
        return cls(pairing.key, cast(PairingState, pairing.state), sides)


class DrawnRound(Schema):
    """A round of a bracket that is drawn."""

    number: int
    name: str
    part: Part
    matches: list[DrawnMatch]

    @classmethod
    def of(cls, row: RoundView) -> Self:
        """A round."""
        matches = [DrawnMatch.of(pairing) for pairing in row.pairings]
        return cls(row.number, row.name, cast(Part, row.part), matches)


class DrawnGroup(Schema):
    """A group of a round robin that is drawn."""

    name: str
    entrants: list[EntrantBrief]


class Draw(Schema):
    """The draw of the first stage as it would be made now."""

    refusal: str
    """Why the tournament could not start now; empty if it could."""
    warning: str
    """What is to be expected of so many rounds for so few, such as that no pairing will be left."""
    shuffled: bool
    """Whether the players are still to be shuffled, at the start."""
    byes: int
    """How many of the first seeds sit out the first round of an elimination."""
    entrants: list[EntrantBrief]
    """By the seeds that they would get; in the order of the list where they are shuffled."""
    rounds: list[DrawnRound]
    """Of a bracket of up to 256."""
    groups: list[DrawnGroup]
    """Of a round robin in several groups that is not shuffled."""

    @classmethod
    def of(cls, draft: DraftView) -> Self:
        """The draw of a draft."""
        return cls(
            refusal=draft.refusal,
            warning=draft.warning,
            shuffled=draft.is_shuffled,
            byes=draft.byes,
            entrants=_briefs(draft.entrants),
            rounds=[DrawnRound.of(row) for row in draft.bracket.rounds] if draft.bracket else [],
            groups=[DrawnGroup(name, _briefs(members)) for name, members in draft.groups],
        )


def _briefs(entrants: Iterable[models.Entrant]) -> list[EntrantBrief]:
    return [EntrantBrief.of(entrant) for entrant in entrants]
