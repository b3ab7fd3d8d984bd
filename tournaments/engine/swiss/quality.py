"""What a pairing gives up of the finer rules, which the Dutch system would keep where it can.

Counted, not compared: some of it no pairing could avoid.
"""

from __future__ import annotations

from dataclasses import dataclass

from tournaments.engine.history import Colour

from .colours import Strength
from .contenders import Contender, contenders
from .task import PairingTask, SwissPairing


@dataclass(frozen=True, slots=True)
class Quality:
    """How many pairs and players a pairing of a round does less well by (FIDE C.04.3, 2.3, 2.4).

    `unequal` pairs meet across scores, `far` ones by more than a win; `against_colour` players do
    not get the colour that they prefer, `against_strong` ones of them prefer it strongly.
    """

    unequal: int
    far: int
    against_colour: int
    against_strong: int

    @property
    def words(self) -> str:
        """What is less good, as a sentence; nothing when all is well."""
        parts = [
            _counted(self.unequal, "pair has", "pairs have", "different scores")
            + (f" ({self.far} by more than a win)" if self.far else ""),
            _counted(self.against_colour, "player does", "players do", "not get the colour due")
            + (f" ({self.against_strong} strongly due)" if self.against_strong else ""),
        ]
        found = [part for part in parts if part]
        return f"{'; '.join(found)}." if found else ""


def _counted(count: int, one: str, many: str, rest: str) -> str:
    return f"{count} {one if count == 1 else many} {rest}" if count else ""


def quality_of(task: PairingTask, pairing: SwissPairing) -> Quality:
    """Count what a pairing of the round gives up."""
    present = {one.id: one for one in contenders(task)}
    pairs = [(present[white], present[black]) for white, black in pairing.pairs]
    gaps = [abs(white.score - black.score) for white, black in pairs]
    missed = [
        one.preference.strength
        for pair in pairs
        for is_black, one in enumerate(pair)
        if _misses(one, is_white=not is_black)
    ]
    return Quality(
        unequal=sum(gap > 0 for gap in gaps),
        far=sum(gap > task.points.win for gap in gaps),
        against_colour=len(missed),
        against_strong=sum(strength >= Strength.STRONG for strength in missed),
    )


def _misses(one: Contender, *, is_white: bool) -> bool:
    """Whether somebody prefers the other colour."""
    wish = one.preference
    return bool(wish.strength) and (wish.colour is Colour.WHITE) is not is_white
