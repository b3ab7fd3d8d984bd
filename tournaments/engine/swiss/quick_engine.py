"""A quick Swiss pairing for when the Dutch system takes too long.

It keeps the absolute rules of FIDE C.04.3 (2.1: nobody meets twice, no second bye, no two with
the same absolute colour preference) and pairs equal scores as far as it goes, top half against
bottom half; the finer criteria it leaves aside.
"""

from __future__ import annotations

from .contenders import Contender, contenders, in_board_order, may_meet, seat
from .matching import UNMATCHED, complete_matching, who_can_stay_out
from .task import NoPairingPossible, PairingTask, SwissPairing


class QuickEngine:
    """Pairs in a moment at any size; refuses only what no pairing could do."""

    def pair(self, task: PairingTask) -> SwissPairing:
        """The next round."""
        task.check()
        ranked = sorted(contenders(task), key=lambda one: (-one.score, one.number))
        if len(ranked) % 2 == 0:
            return _answer(task, ranked, _match(task, ranked))
        resting = _resting(task, ranked)
        paired = [one for one in ranked if one is not resting]
        return _answer(task, paired, _match(task, paired), (resting.id,))


def _resting(task: PairingTask, ranked: list[Contender]) -> Contender:
    """The lowest who may have the bye so that all others can be paired."""

    def can_pair(one: int, other: int) -> bool:
        return may_meet(task, ranked[one], ranked[other])

    partner = _match(task, ranked)
    if partner.count(UNMATCHED) == 1:
        for place in reversed(who_can_stay_out(partner, can_pair)):
            if not ranked[place].had_bye:
                return ranked[place]
    raise NoPairingPossible("Nobody can have the bye so that all others can be paired.")


def _match(task: PairingTask, ranked: list[Contender]) -> list[int]:
    """Whom each is paired with, as places in `ranked`: greedily, then completed."""

    def can_pair(one: int, other: int) -> bool:
        return may_meet(task, ranked[one], ranked[other])

    partner = [UNMATCHED] * len(ranked)
    waiting = list(range(len(ranked)))
    while waiting:
        one = waiting.pop(0)
        for other in _candidates(ranked, one, waiting):
            if can_pair(one, other):
                partner[one], partner[other] = other, one
                waiting.remove(other)
                break
    return complete_matching(partner, can_pair)


def _candidates(ranked: list[Contender], one: int, waiting: list[int]) -> list[int]:
    """Those still waiting in the order in which they suit `one`.

    Of one's own score group first the one half a group away, outwards from there; then the next
    scores in order.
    """
    equals = 0
    while equals < len(waiting) and ranked[waiting[equals]].score == ranked[one].score:
        equals += 1
    middle = equals // 2
    near = sorted(range(equals), key=lambda place: (abs(place - middle), place))
    return [waiting[place] for place in near] + waiting[equals:]


def _answer(
    task: PairingTask, ranked: list[Contender], partner: list[int], resting: tuple[int, ...] = ()
) -> SwissPairing:
    """Colours and boards; the ranked come in order, so the first of a pair is ranked higher."""
    if UNMATCHED in partner:
        raise NoPairingPossible("No pairing of this round keeps the absolute rules.")
    pairs = [(ranked[one], ranked[other]) for one, other in enumerate(partner) if one < other]
    return SwissPairing(in_board_order(task, (seat(task, *pair) for pair in pairs)), resting)
