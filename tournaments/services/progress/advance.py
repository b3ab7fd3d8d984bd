"""What follows from a result: its sides advance, and withdrawn entrants are walked over."""

from collections.abc import Iterable

from matchmaking.models import Outcome
from matchmaking.results import Result
from matchmaking.services.matches import store_result
from tournaments.engine import elimination as engine
from tournaments.models import EntryStatus, Pairing, PairingState, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import MATCHPOINT
from tournaments.signals import pairing_decided
from tournaments.storage.brackets import group_state

from .stage_replay import Replay
from .stages import advance_stage, has_open


def advance(pairing: Pairing, result: Result, replay: Replay | None = None) -> None:
    """Carry the sides of a finished match on, as far as its result carries, in its transaction.

    The stage and the tournament go on when it was the last match. While results are replayed
    nobody is walked over. Needs the pairing in full.
    """
    was_decided = pairing.state == PairingState.DECIDED
    if pairing.group.stage.is_elimination:
        _advance_bracket(pairing, result, replay)
    else:
        pairing.change(state=PairingState.DECIDED, winner=result.winner)
        _notify(pairing, [pairing])
    if was_decided or not has_open(pairing.group):
        advance_stage(pairing.group.stage, replay)


def _advance_bracket(pairing: Pairing, result: Result, replay: Replay | None) -> None:
    """Store the decision of a bracket's pairing, then each walkover that follows from it."""
    bracket, state = group_state(pairing.group)
    left = (EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED)
    gone = pairing.group.contenders.filter(entrant__status__in=() if replay else left)
    withdrawn = frozenset(gone.values_list("seed", flat=True))
    outcome = bracket_outcome(pairing, result)
    first, *walkovers = engine.decide(bracket, state, pairing.key, outcome, withdrawn)
    _notify(pairing, state.store(first.changed))
    for decision in walkovers:
        row = state.row(decision.key)
        _end_by_walkover(row, _walkover(row))
        _notify(row, state.store(decision.changed))


def _notify(pairing: Pairing, changed: list[Pairing]) -> None:
    tournament = pairing.group.stage.tournament
    pairing_decided.send(sender=Pairing, tournament=tournament, pairings=changed)


def bracket_outcome(pairing: Pairing, result: Result) -> engine.Outcome:
    """A result as the engine has it; a withdrawn entrant that forfeits advances nowhere."""
    if result.winner is None:
        return engine.DOUBLE_FORFEIT
    leaves = result.outcome == Outcome.FORFEIT and pairing.both[1 - result.winner].has_left
    return engine.Win(engine.Side(result.winner), loser_leaves=leaves)


def walk_over(pairings: Iterable[Pairing]) -> bool:
    """Decide those of these pairings that wait for a withdrawn entrant; whether there were any.

    Needs them in full.
    """
    due = [
        (row, _walkover(row))
        for row in pairings
        if row.state == PairingState.READY and any(one and one.has_left for _, one in row.sides)
    ]
    for row, result in due:
        _end_by_walkover(row, result)
        advance(row, result)
    return bool(due)


def walk_over_all(tournament: Tournament) -> None:
    """Decide every pairing of a tournament that waits for a withdrawn entrant."""
    ready = Pairing.objects.in_full().of(tournament).ready().filter(match__isnull=False)
    while walk_over(ready.all()):
        pass


def _end_by_walkover(row: Pairing, result: Result) -> None:
    """End the match of a pairing; the record says who goes through in a bracket."""
    if row.group.stage.is_elimination:
        if result.winner is None:
            text = f"{row.top} and {row.bottom} have both left: nobody goes through"
        else:
            goes_on, gone = row.both[result.winner], row.both[1 - result.winner]
            text = f"{goes_on} has a walkover: {gone} has left"
        tournament, match = row.group.stage.tournament, {"match": str(row.match_id)}
        audit_log.record(tournament, MATCHPOINT, "walkover", f"{text} ({row.round})", data=match)
    store_result(match=row.known_match, result=result)


def _walkover(row: Pairing) -> Result:
    """How a pairing with a withdrawn entrant ends: for the side that still takes part."""
    top, bottom = row.both
    if top.has_left and bottom.has_left:
        return Result.double_forfeit()
    return Result.forfeit(1 if top.has_left else 0)
