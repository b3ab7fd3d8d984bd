"""What depends on a result: the later results that are void when it is reopened or replaced."""

from collections.abc import Sequence

from matchmaking.models import MatchState, Outcome
from matchmaking.results import Result
from tournaments.engine import elimination as engine
from tournaments.models import Pairing, StageState
from tournaments.services.locking import address, later_stages
from tournaments.services.undoable import RecordedResult
from tournaments.storage.brackets import group_state

from .advance import bracket_outcome


def recorded_result(pairing: Pairing) -> RecordedResult:
    """A decided pairing's result, as the record keeps it."""
    assert pairing.match is not None
    result = Result.of(pairing.match)
    seats = sorted(pairing.match.seats.all(), key=lambda seat: seat.side)
    return RecordedResult(
        at=address(pairing),
        sides=(pairing.top_id, pairing.bottom_id),
        seats=[(seat.name, str(seat.player_id) if seat.player_id else None) for seat in seats],
        winner=result.winner,
        outcome=result.outcome,
        scores=list(result.scores),
    )


def result_of(recorded: RecordedResult) -> Result:
    """A recorded result."""
    return Result(recorded.winner, Outcome(recorded.outcome), tuple(recorded.scores))


def emptied_by_reopening(pairing: Pairing) -> list[Pairing]:
    """The later decided pairings that lose their results with this one, in order of play."""
    emptied: list[Pairing] = []
    if pairing.group.stage.is_elimination:
        bracket, state = group_state(pairing.group)
        keys = engine.reopen(bracket, state, pairing.key).emptied
        emptied = [state.row(key) for key in keys]
    return emptied + _decided_in_later_stages(pairing)


def emptied_by_correction(pairing: Pairing, after: Result) -> list[RecordedResult]:
    """The later results that may fall away when this one is replaced, in order of play.

    All those of later stages are among them: whether they stand shows only afterwards.
    """
    emptied: list[Pairing] = []
    if pairing.group.stage.is_elimination:
        bracket, state = group_state(pairing.group)
        correction = engine.correct(bracket, state, pairing.key, bracket_outcome(pairing, after))
        emptied = [state.row(key) for key in correction.emptied]
    return recorded_results(emptied + _decided_in_later_stages(pairing))


def recorded_results(pairings: Sequence[Pairing]) -> list[RecordedResult]:
    """The results of decided pairings, as the record keeps them."""
    return [recorded_result(pairing) for pairing in pairings]


def _decided_in_later_stages(pairing: Pairing) -> list[Pairing]:
    stage = pairing.group.stage
    begun = [later for later in later_stages(stage) if later.state != StageState.PENDING]
    decided = Pairing.objects.in_full().decided().filter(group__stage__in=begun)
    played = decided.filter(match__state=MatchState.FINISHED).prefetch_related("match__seats")
    return list(played.order_by("group__stage__number", "match__closed_at"))
