"""Recorded results, entered again where the same entrants meet."""

from collections.abc import Sequence

from matchmaking.models import Seat
from matchmaking.results import Result
from matchmaking.services.matches import store_result
from tournaments.models import Pairing, PairingState, Tournament
from tournaments.services.undoable import RecordedGroup, RecordedResult

from .advance import advance
from .dependents import result_of
from .stage_replay import Replay, restore_group


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
