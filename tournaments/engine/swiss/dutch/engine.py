"""The FIDE Dutch system (C.04.3, edition of 1 February 2026), bracket by bracket."""

from __future__ import annotations

from itertools import groupby

from tournaments.engine.swiss.contenders import broken_rules, in_board_order, seat
from tournaments.engine.swiss.task import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    SwissPairing,
)

from .board import View, can_complete, is_robust, lowest_bye
from .bracket import Outcome, pair_bracket
from .field import Entrant, entrants
from .progress import (
    DecidedBracket,
    MayGoOn,
    PairingUnfinished,
    Progress,
    Step,
    Stopped,
    Work,
    always,
)


class DutchEngine:
    """Pairs by the Dutch system: the best pairing by all its criteria, colours included.

    Numbers for the colour rule 5.2.5 pass over players who were never paired, as the reference
    programs do. `may_go_on` is asked after each small piece of work: when it says no, the round
    is not paired, and `PairingUnfinished` tells how far it is decided.
    """

    def __init__(self, may_go_on: MayGoOn = always) -> None:
        self._may_go_on = may_go_on

    def pair(self, task: PairingTask) -> SwissPairing:
        """The next round."""
        task.check()
        course = _Course(entrants(task), Work(self._may_go_on))
        try:
            left = course.run()
        except Stopped:
            raise PairingUnfinished(course.progress()) from None
        pairs = [pair for outcome in course.outcomes for pair in outcome.pairs]
        return _checked(task, pairs, left)


class _Course:
    """One bracket after the other; `outcomes` are those of the brackets that are decided."""

    def __init__(self, field: list[Entrant], work: Work) -> None:
        self.field, self.work = field, work
        self.levels = [list(members) for _, members in groupby(field, key=lambda one: one.level)]
        self.outcomes: list[Outcome] = []

    def run(self) -> list[Entrant]:
        """Pair all brackets; returns who has the bye."""
        self.work.check()
        bye_level = _bye_level(self.field, self.work)
        for place, own in enumerate(self.levels):
            lower = self.levels[place + 1 :]
            below = [one for level in lower[1:] for one in level]
            next_ = lower[0] if lower else []
            view = View(self._moved(), own, next_, below, bye_level, self.work)
            outcome = pair_bracket(view)
            if outcome is None:
                raise NoPairingPossible("No pairing of this round keeps the absolute rules.")
            self.outcomes.append(outcome)
        return self._moved()

    def _moved(self) -> list[Entrant]:
        """Those moved down to the next bracket."""
        return self.outcomes[-1].floating if self.outcomes else []

    def progress(self) -> Progress:
        """How far it is."""
        decided = tuple(
            DecidedBracket(
                own[0].contender.score,
                tuple((one.contender.id, other.contender.id) for one, other in outcome.pairs),
                tuple(one.contender.id for one in outcome.floating),
            )
            for own, outcome in zip(self.levels, self.outcomes, strict=False)
        )
        score, players = None, len(self.field)
        if self.work.step is not Step.ROUND:
            own = self.levels[len(decided)]
            score, players = own[0].contender.score, len(self._moved()) + len(own)
        return Progress(decided, len(self.levels), score, players, self.work.step)


def _checked(
    task: PairingTask, pairs: list[tuple[Entrant, Entrant]], left: list[Entrant]
) -> SwissPairing:
    """The round with colours and boards; PairingFailed if it breaks an absolute rule."""
    seated = (seat(task, one.contender, other.contender) for one, other in pairs)
    pairing = SwissPairing(in_board_order(task, seated), tuple(one.contender.id for one in left))
    if broken := broken_rules(task, pairing):
        raise PairingFailed(f"The pairing breaks a rule: {broken[0]}")
    return pairing


def _bye_level(field: list[Entrant], work: Work) -> int | None:
    """The level that the bye goes to (C5), None with an even number of players."""
    if len(field) % 2 == 0:
        if can_complete(field, None, work):
            return None
        raise NoPairingPossible("No pairing of this round keeps the absolute rules.")
    levels = {one.level for one in field if not one.contender.had_bye}
    if levels and is_robust(field, (), 0):
        return min(levels)
    level = lowest_bye(field, levels, work) if levels else None
    if level is None:
        raise NoPairingPossible("Nobody can have the bye so that all others can be paired.")
    return level
