"""The final order of an elimination tournament, down to the last; equals share their places."""

from collections import Counter
from dataclasses import dataclass

from .bracket import THIRD_PLACE_MATCH, Bracket, Bye, Pairing, Part
from .progress import State, champion
from .state import DoubleForfeit, Entrant, Occupant, PairingStatus, ResolvedPairing, Vacant, sent_on


@dataclass(frozen=True, slots=True)
class Placing:
    """The places an entrant holds or, while not `settled`, can still reach as things stand."""

    seed: int
    first: int
    last: int
    settled: bool

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}\u2013{self.last}"


def placings(bracket: Bracket, state: State) -> tuple[Placing, ...]:
    """Everyone's places, best first, equals by seed.

    Who goes out in the same round shares the places of that round: 3 and 4, 5 to 8, and so on.
    Places count those who really went out, so a double forfeit makes more of them equal.
    """
    stages = _exit_stages(bracket, state)
    still_to_come = Counter(
        stage
        for pairing in bracket.pairings
        for stage in _expected_exits(bracket, pairing, state[pairing.key])
    )
    sizes = Counter(stages.values()) + still_to_come
    lasts, left = {}, bracket.entrant_count
    for stage in sorted(sizes):
        lasts[stage] = left
        left -= sizes[stage]
    lowest_open = min(still_to_come, default=max(sizes) + 1)
    in_play = bracket.entrant_count - len(stages)
    waiting = state[THIRD_PLACE_MATCH].sides if THIRD_PLACE_MATCH in bracket else ()
    third = {one.seed for one in waiting if isinstance(one, Entrant)}
    table = [
        Placing(seed, lasts[stage] - sizes[stage] + 1, lasts[stage], stage < lowest_open)
        for seed, stage in stages.items()
    ]
    table += [
        Placing(seed, 3 if seed in third else 1, in_play, False)
        for seed in range(1, bracket.entrant_count + 1)
        if seed not in stages
    ]
    return tuple(sorted(table, key=lambda placing: (placing.first, placing.last, placing.seed)))


def _exit_stages(bracket: Bracket, state: State) -> dict[int, int]:
    """How far each entrant came who is through: a higher stage is better."""
    stages: dict[int, int] = {}
    for pairing in bracket.pairings:
        resolved = state[pairing.key]
        stage = _stage(bracket, pairing)
        for occupant in _leavers(pairing, resolved):
            if isinstance(occupant, Entrant):
                stages[occupant.seed] = stage
        if pairing.part is Part.THIRD_PLACE and isinstance(resolved.winner, Entrant):
            stages[resolved.winner.seed] = stage + 1
    best = champion(bracket, state)
    if isinstance(best, Entrant):
        stages[best.seed] = _final_stage(bracket) + 1
    return stages


def _leavers(pairing: Pairing, resolved: ResolvedPairing) -> tuple[Occupant, ...]:
    """Who leaves the tournament with the outcome of this pairing, its winner aside."""
    if isinstance(resolved.outcome, DoubleForfeit):
        return resolved.sides
    if pairing.loser_to is not None and isinstance(sent_on(resolved)[1], Entrant):
        return ()
    return (resolved.loser,)


def _expected_exits(
    bracket: Bracket, pairing: Pairing, resolved: ResolvedPairing
) -> tuple[int, ...]:
    """The stages that an open pairing will send somebody home from, if it is played."""
    if resolved.status not in (PairingStatus.PENDING, PairingStatus.READY):
        return ()
    stage = _stage(bracket, pairing)
    match pairing.part:
        case Part.THIRD_PLACE:
            return stage, stage + 1
        case Part.FINAL:
            return (stage, stage + 1) if pairing.winner_to is None else ()
    last_of_single = not bracket.is_double and pairing.winner_to is None
    contested = not any(isinstance(occupant, Bye | Vacant) for occupant in resolved.sides)
    goes_out = pairing.loser_to is None and contested
    return (stage,) * goes_out + (stage + 1,) * last_of_single


def _stage(bracket: Bracket, pairing: Pairing) -> int:
    """The stage of those who go out here, in steps of four to leave room in between."""
    match pairing.part:
        case Part.FINAL:
            return _final_stage(bracket)
        case Part.THIRD_PLACE:
            return 4 * (bracket.winners_rounds - 1) + 1
        case Part.LOSERS:
            return 4 * pairing.round
        case Part.WINNERS:
            if bracket.is_double:
                return 4 * max(1, 2 * pairing.round - 2)  # where the loser would have dropped in
            return 4 * pairing.round


def _final_stage(bracket: Bracket) -> int:
    return 4 * (bracket.losers_rounds + 1 if bracket.is_double else bracket.winners_rounds)
