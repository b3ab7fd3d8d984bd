"""How a bracket moves on: from outcomes to who stands where, all at once or step by step."""

import heapq
from collections import ChainMap
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from tournaments.engine.errors import (
    PairingAlreadyDecided,
    PairingNotDecided,
    PairingNotReady,
    UnknownPairing,
)

from .bracket import (
    BRACKET_RESET,
    GRAND_FINAL,
    Bracket,
    Bye,
    LoserOf,
    Pairing,
    Place,
    Seed,
    Side,
    Source,
    WinnerOf,
)
from .state import (
    DOUBLE_FORFEIT,
    UNDECIDED,
    Entrant,
    Occupant,
    Outcome,
    PairingStatus,
    ResolvedPairing,
    Undecided,
    Win,
    sent_on,
    settle,
)

State: TypeAlias = Mapping[str, ResolvedPairing]


@dataclass(frozen=True, slots=True)
class Revision:
    """What follows when the outcome of a pairing is reopened or replaced.

    `changed` holds the new state of every pairing that is no longer as it was, the revised one
    included; `emptied` the later ones, in order of play, whose own outcome falls away.
    """

    changed: dict[str, ResolvedPairing]
    emptied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A pairing's outcome, and the new state of every pairing that changes by it."""

    key: str
    outcome: Outcome
    changed: dict[str, ResolvedPairing]


def resolve(bracket: Bracket, outcomes: Mapping[str, Outcome]) -> dict[str, ResolvedPairing]:
    """Everything known of every pairing, in order of play; byes and walkovers move by themselves.

    PairingNotReady if an outcome belongs to a pairing that nobody could have played, and
    UnknownPairing if to none at all.
    """
    for key in outcomes:
        if key not in bracket:
            raise UnknownPairing(f"There is no pairing {key!r} in this bracket.")
    state: dict[str, ResolvedPairing] = {}
    sent: dict[str, tuple[Occupant, Occupant]] = {}
    for pairing in bracket.pairings:
        first, second = pairing.sides
        resolved = settle(
            pairing,
            (_arrival(first, sent), _arrival(second, sent)),
            outcomes.get(pairing.key, UNDECIDED),
        )
        state[pairing.key] = resolved
        sent[pairing.key] = sent_on(resolved)
    return state


def _arrival(source: Source, sent: Mapping[str, tuple[Occupant, Occupant]]) -> Occupant:
    match source:
        case WinnerOf(key):
            return sent[key][0]
        case LoserOf(key):
            return sent[key][1]
        case Seed(seed):
            return Entrant(seed)
        case Bye():
            return source


def advance(
    bracket: Bracket, state: State, key: str, outcome: Outcome
) -> dict[str, ResolvedPairing]:
    """Decide a pairing that is ready; returns the new state of every pairing that changes.

    Looks up only this pairing and those downstream of it, so `state` need not hold the others.
    """
    match state[bracket[key].key].status:
        case PairingStatus.READY:
            return _revise(bracket, state, key, outcome).changed
        case PairingStatus.DECIDED:
            raise PairingAlreadyDecided(f"Pairing {key} is decided already.")
        case _:
            raise PairingNotReady(f"Pairing {key} has not got two entrants to play it.")


def decide(
    bracket: Bracket, state: State, key: str, outcome: Outcome, withdrawn: Collection[int] = ()
) -> tuple[Decision, ...]:
    """Decide a pairing, or replace its outcome, with all walkovers that follow, in order.

    A pairing that becomes ready is a walkover where one of its entrants, by seed, is `withdrawn`.
    The first decision is that of `key`; each next one follows from those before it.
    """
    # Only the first map of a chain is written to.
    known = ChainMap[str, ResolvedPairing]({}, cast(MutableMapping[str, ResolvedPairing], state))
    decisions: list[Decision] = []
    due = [(key, outcome)]
    while due:
        key, outcome = due.pop()
        if known[key].status is PairingStatus.DECIDED:
            changed = correct(bracket, known, key, outcome).changed
        else:
            changed = advance(bracket, known, key, outcome)
        known.update(changed)
        decisions.append(Decision(key, outcome, changed))
        due += reversed(walkovers_due(changed, withdrawn).items())
    return tuple(decisions)


def walkovers_due(state: State, withdrawn: Collection[int]) -> dict[str, Outcome]:
    """The outcomes of the ready pairings in which somebody (by seed) has withdrawn."""
    due: dict[str, Outcome] = {}
    for key, resolved in state.items():
        if resolved.status is not PairingStatus.READY:
            continue
        gone = [isinstance(one, Entrant) and one.seed in withdrawn for one in resolved.sides]
        if all(gone):
            due[key] = DOUBLE_FORFEIT
        elif any(gone):
            due[key] = Win(Side.SECOND if gone[Side.FIRST] else Side.FIRST, loser_leaves=True)
    return due


def reopen(bracket: Bracket, state: State, key: str) -> Revision:
    """Take the outcome of a pairing back, and with it all that was built upon it."""
    return correct(bracket, state, key, UNDECIDED)


def correct(bracket: Bracket, state: State, key: str, outcome: Outcome | Undecided) -> Revision:
    """Replace the outcome of a pairing; later ones stand where the same entrants arrive."""
    if state[bracket[key].key].status is not PairingStatus.DECIDED:
        raise PairingNotDecided(f"Pairing {key} has no outcome yet.")
    return _revise(bracket, state, key, outcome)


def _revise(bracket: Bracket, state: State, key: str, outcome: Outcome | Undecided) -> Revision:
    """Settle one pairing anew and follow the change downstream, in order of play."""
    changed: dict[str, ResolvedPairing] = {}
    emptied: list[str] = []
    arrivals: dict[str, list[Occupant]] = {}
    due = [bracket.positions[key]]
    while due:
        pairing = bracket.pairings[heapq.heappop(due)]
        before = state[pairing.key]
        if pairing.key == key:
            after = settle(pairing, before.sides, outcome)
        else:
            first, second = arrivals[pairing.key]
            after = settle(pairing, (first, second))
            if before.status is PairingStatus.DECIDED:
                emptied.append(pairing.key)
        changed[pairing.key] = after
        for place, occupant in _moves(pairing, before, after):
            if place.key not in arrivals:
                arrivals[place.key] = list(state[place.key].sides)
                heapq.heappush(due, bracket.positions[place.key])
            arrivals[place.key][place.side] = occupant
    return Revision(changed, tuple(emptied))


def _moves(
    pairing: Pairing, before: ResolvedPairing, after: ResolvedPairing
) -> list[tuple[Place, Occupant]]:
    """The places that this pairing now fills differently."""
    places = (pairing.winner_to, pairing.loser_to)
    return [
        (place, now)
        for place, was, now in zip(places, sent_on(before), sent_on(after), strict=True)
        if place is not None and was != now
    ]


def champion(bracket: Bracket, state: State) -> Occupant:
    """Who won the tournament: Pending while open, Vacant if nobody was left to win it."""
    if not bracket.is_double:
        return state[f"W{bracket.winners_rounds}.1"].winner
    if BRACKET_RESET in bracket and state[BRACKET_RESET].status is not PairingStatus.NOT_NEEDED:
        return state[BRACKET_RESET].winner
    return state[GRAND_FINAL].winner
