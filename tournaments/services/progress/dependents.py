"""What depends on a result: later results, emptied with it, recorded, and entered again."""

from collections.abc import Sequence

from matchmaking.models import MatchState, Outcome, Seat
from matchmaking.results import Result, as_games
from matchmaking.services.matches import store_result
from tournaments.engine import elimination as engine
from tournaments.models import Pairing, PairingState, StageState, Tournament
from tournaments.services.locking import address, later_stages
from tournaments.services.undoable import RecordedGroup, RecordedResult
from tournaments.storage.brackets import group_state

from .advance import advance, bracket_outcome
from .stage_replay import Replay, restore_group


def recorded_result(pairing: Pairing) -> RecordedResult:
    """A decided pairing's result, as the record keeps it."""
    result = Result.of(pairing.known_match)
    seats = sorted(pairing.known_match.seats.all(), key=lambda seat: seat.side)
    return RecordedResult(
        at=address(pairing),
        sides=(pairing.top_id, pairing.bottom_id),
        seats=[(seat.name, str(seat.player_id) if seat.player_id else None) for seat in seats],
        winner=result.winner,
        outcome=result.outcome,
        scores=list(result.scores),
        games=list(result.games),
    )


def result_of(recorded: RecordedResult) -> Result:
    """A recorded result."""
    return Result(
        recorded.winner,
        Outcome(recorded.outcome),
        tuple(recorded.scores),
        as_games(recorded.games),
    )


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


def replay_results(
    tournament: Tournament,
    results: Sequence[RecordedResult],
    replay: Replay,
    groups: Sequence[RecordedGroup] = (),
) -> int:
    """Enter results again, and restore the groups of later stages as soon as these begin.

    Returns how many results did not find their place. Nobody is walked over yet.
    """
    left, due = list(results), list(groups)
    while True:
        missed = []
        for recorded in left:
            due = _restore(tournament, due, up_to=recorded.at[0])
            if not _enter(tournament, recorded, replay):
                missed.append(recorded)
        if len(missed) == len(left):
            _restore(tournament, due)
            return len(left)
        left = missed


def _restore(
    tournament: Tournament, due: list[RecordedGroup], *, up_to: int | None = None
) -> list[RecordedGroup]:
    """Restore the groups whose stages have begun, as far as a stage; returns the others."""
    return [
        group
        for group in due
        if (up_to is not None and group.at[0] > up_to) or not restore_group(tournament, group)
    ]


def _enter(tournament: Tournament, recorded: RecordedResult, replay: Replay) -> bool:
    row = Pairing.objects.at(*recorded.at).first_in(tournament)
    if row is None or row.match is None or (row.top_id, row.bottom_id) != recorded.sides:
        return False
    result = result_of(recorded)
    if row.state != PairingState.READY:
        return Result.of(row.match) == result  # it has not fallen
    for side, (name, player) in enumerate(recorded.seats):
        Seat.objects.filter(match=row.match, side=side).update(name=name, player=player)
    store_result(match=row.match, result=result)
    advance(row, result, replay)
    return True
