"""What follows from the end of a match: its sides go on, and who has left is walked over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from matchmaking.models import Match, MatchState, Outcome
from matchmaking.results import Result
from matchmaking.services.matches import finish_match
from tournaments.engine import elimination as engine
from tournaments.models import Entrant, EntryStatus, Pairing, PairingState, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import MATCHPOINT, PLAYERS
from tournaments.services.locking import address
from tournaments.signals import pairing_decided, pairing_scored
from tournaments.storage.brackets import group_state
from tournaments.wording import pairing_words

from .stage_replay import beginning_as_before
from .stages import has_open, proceed

#: Whether the service that ends a match writes it into the record of the day.
_is_told: ContextVar[bool] = ContextVar("is_told", default=False)
#: Whether results that were there before are being entered again.
_is_restoring: ContextVar[bool] = ContextVar("is_restoring", default=False)
LEFT = frozenset({EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED})


def has_left(entrant: Entrant) -> bool:
    """Whether an entrant takes part no more."""
    return entrant.status in LEFT


def end_match(*, match: Match, result: Result) -> None:
    """End a match of a tournament, for a service that writes down itself what was done."""
    token = _is_told.set(True)
    try:
        finish_match(match=match, result=result)
    finally:
        _is_told.reset(token)


def follow_result(*, match: Match) -> None:
    """Carry a finished match's sides on; the stage and the tournament go on when it was the last.

    Called by `receivers` in the transaction that ended the match. A result on which the players
    agreed by themselves is written into the record here.
    """
    if match.state != MatchState.FINISHED:
        return
    pairing = (
        Pairing.objects.select_related(
            "group__stage__tournament", "round", "top", "bottom", "station"
        )
        .filter(match=match)
        .first()
    )
    if pairing is None:
        return
    was_decided = pairing.state == PairingState.DECIDED
    changed = _decide(pairing, match)
    stage = pairing.group.stage
    if not _is_told.get():
        audit_log.record(
            tournament=stage.tournament,
            actor=PLAYERS,
            verb="result",
            text=pairing_words(pairing),
            data={"match": str(match.pk)},
            undo={"kind": "result", "at": address(pairing)},
        )
    pairing_decided.send(sender=Pairing, tournament=stage.tournament, pairings=changed)
    if walk_over(changed):
        return  # those matches have followed on by themselves
    if was_decided or not has_open(pairing.group):
        proceed(stage)


def _decide(pairing: Pairing, match: Match) -> list[Pairing]:
    """Write the result into its pairing; gives all that changed by it, this one first."""
    pairing.match = match
    if not pairing.group.stage.is_elimination:
        pairing.state = PairingState.DECIDED
        pairing.winner = match.winner
        pairing.save(update_fields=("state", "winner"))
        return [pairing]
    bracket, state = group_state(pairing.group)
    outcome = bracket_outcome(pairing, Result.of(match))
    if pairing.state == PairingState.DECIDED:
        changed = engine.correct(bracket, state, pairing.key, outcome).changed
    else:
        changed = engine.advance(bracket, state, pairing.key, outcome)
    return state.store(changed)


def bracket_outcome(pairing: Pairing, result: Result) -> engine.Outcome:
    """A result as the engine has it; who forfeits for having left goes nowhere."""
    if result.winner is None:
        return engine.DOUBLE_FORFEIT
    loser = pairing.sides[1 - result.winner][1]
    assert loser is not None
    leaves = result.outcome == Outcome.FORFEIT and has_left(loser)
    return engine.Win(engine.Side(result.winner), loser_leaves=leaves)


@contextmanager
def restoring(tournament: Tournament, rounds: Sequence[dict[str, Any]] = ()) -> Iterator[None]:
    """While results are entered again, nobody is walked over: what was played comes back first.

    `rounds` are the `later_rounds` that there were: stages that begin have the same people.
    """
    token = _is_restoring.set(True)
    try:
        with beginning_as_before(rounds):
            yield
    finally:
        _is_restoring.reset(token)
    ready = Pairing.objects.filter(
        group__stage__tournament=tournament, state=PairingState.READY, match__isnull=False
    )
    related = ("group__stage__tournament", "round", "top", "bottom", "match")
    while walk_over(list(ready.select_related(*related))):
        pass


def walk_over(pairings: Sequence[Pairing]) -> bool:
    """Decide what is ready to be played but for somebody who has left; whether there was any."""
    if _is_restoring.get():
        return False
    due = [(row, result) for row in pairings if (result := _walkover(row)) is not None]
    for row, result in due:
        assert row.match is not None
        if row.group.stage.is_elimination:
            _tell_walkover(row, result)
        end_match(match=row.match, result=result)
    return bool(due)


def _tell_walkover(row: Pairing, result: Result) -> None:
    """Write down who goes through because who should have been met has left."""
    if result.winner is None:
        text = f"{row.top} and {row.bottom} have both left: nobody goes through"
    else:
        goes_on, gone = (row.sides[side][1] for side in (result.winner, 1 - result.winner))
        text = f"{goes_on} has a walkover: {gone} has left"
    stage = row.group.stage
    audit_log.record(
        tournament=stage.tournament,
        actor=MATCHPOINT,
        verb="walkover",
        text=f"{text} ({row.round})",
        data={"match": str(row.match_id)},
    )


def _walkover(row: Pairing) -> Result | None:
    """How a pairing that could be played ends at once: for the side that is still there."""
    if row.state != PairingState.READY:
        return None
    assert row.top is not None and row.bottom is not None
    match has_left(row.top), has_left(row.bottom):
        case False, False:
            return None
        case True, True:
            return Result.double_forfeit()
        case True, _:
            return Result.forfeit(1)
        case _:
            return Result.forfeit(0)


def tell_score(*, match: Match) -> None:
    """Tell how a tournament's match stands."""
    related = Pairing.objects.select_related(
        "group__stage__tournament", "round", "top", "bottom", "match", "station"
    )
    pairing = related.filter(match=match).first()
    if pairing is not None:
        tournament = pairing.group.stage.tournament
        pairing_scored.send(sender=Pairing, tournament=tournament, pairing=pairing)
